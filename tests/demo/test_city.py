"""The generated city: the same for ever, nobody's, and adding up to what the recipe says."""

import csv
import datetime as dt
import hashlib
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from lianxin.demo import ledgers, names, past, places, recipe
from lianxin.demo.city import STARS, City, Past
from lianxin.engine import identity
from lianxin.engine.money import fen

TODAY = dt.date(2026, 11, 24)
FORBIDDEN = set((Path(__file__).parents[1] / "house" / "forbidden.txt").read_text().split())


def whole(holders: int) -> tuple[list, list[Past]]:
    city, pasts, homes = City(holders, TODAY), [], []
    for code in city.counties():
        noted = Past()
        homes.extend(city.county(code, noted))
        pasts.append(noted)
    return homes, pasts


@pytest.fixture(scope="module")
def small():
    return whole(2000)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_same_seed_gives_the_same_ledgers(tmp_path):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        city, noted = City(300, TODAY), Past()
        ledgers.people_of(city, "419902", tmp_path / name, noted)
        past.write(tmp_path / name, [noted], 300)
    plain = sorted(path.name for path in (tmp_path / "one").glob("*.csv"))
    assert len(plain) == 6
    for name in plain:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_a_county_is_the_same_whoever_was_made_before(small):
    alone, noted = City(2000, TODAY), Past()
    again = [member.number for home in alone.county("419922", noted) for member in home.members]
    assert again == [member.number for home in small[0] for member in home.members if member.home[:6] == "419922"]


@pytest.mark.parametrize("holders", [1, 7, 40, 200, 2000])
def test_it_has_exactly_as_many_card_holders_as_asked(holders):
    _, pasts = whole(holders)
    assert sum(noted.holders for noted in pasts) == holders


def test_identity_numbers_are_sound_and_nobodys(small):
    numbers = [(member.number, member) for home in small[0] for member in home.members]
    assert len({number for number, _ in numbers}) == len(numbers)
    for number, member in numbers:
        assert number.startswith("4199")
        assert identity.fault(number) is None
        assert identity.born(number) == member.born
        assert identity.sex(number) == ("male" if member.male else "female")


def test_phones_and_accounts_come_from_unallotted_blocks_and_once(small):
    members = [member for home in small[0] for member in home.members]
    phones = [member.phone for member in members if member.phone]
    accounts = [member.account for member in members if member.account]
    assert len(set(phones)) == len(phones)
    assert len(set(accounts)) == len(accounts)
    assert all(phone.startswith("154") and len(phone) == 11 for phone in phones)
    assert all(account.startswith("9941") and len(account) == 19 for account in accounts)


def test_nobody_bears_a_name_that_is_avoided(small):
    from lianxin.demo.avoided import avoided

    borne = {member.name for home in small[0] for member in home.members}
    for name in borne:
        assert hashlib.sha256(name.encode()).hexdigest()[:12] not in FORBIDDEN
        assert not avoided(name)
    assert any(set(name) & set(names.RARE) for name in borne)


def test_places_are_as_many_as_the_city_has_and_named_once_in_each_township():
    found = places.places()
    counted = Counter(len(place.code) for place in found)
    assert counted[6] == 6
    assert counted[9] == 105
    assert 1900 <= counted[12] <= 2100
    assert len({place.code for place in found}) == len(found)
    villages = Counter((place.code[:9], place.name) for place in found if len(place.code) == 12)
    assert max(villages.values()) == 1
    assert all(place.english.isascii() for place in found)


def test_kin_are_on_file_before_those_who_name_them(small):
    seen: set[str] = set()
    for home in small[0]:
        for member in home.members:
            for relative in (member.spouse, member.father, member.mother):
                assert not relative or relative in seen
            seen.add(member.number)


def test_the_personas_live_together(small):
    stars = {name: number for noted in small[1] for name, number in noted.stars.items()}
    members = {member.number: member for home in small[0] for member in home.members}
    wife, veteran = members[stars["wife"]], members[stars["veteran"]]
    assert wife.home.startswith(STARS)
    assert veteran.home.startswith(STARS)
    assert wife.employment == "unemployed"
    assert wife.registered
    assert wife.phone
    assert not veteran.phone
    assert 79 <= TODAY.year - veteran.born.year <= 82


def test_the_default_recipe_makes_the_figures_come_out():
    families = sum(count for count, _ in recipe.GOOD_NEWS.values())
    assert families == 975
    assert sum(count * each for count, each in recipe.GOOD_NEWS.values()) == 203_000_000
    assert sum(recipe.RIGHTS.values()) == 538
    assert len(recipe.RIGHTS) == 5
    assert recipe.SPOUSES == 340
    assert len(recipe.merits(recipe.HOLDERS)) == families


def test_the_ledgers_of_a_small_city_scale(tmp_path, small):
    homes, pasts = small
    made = {path.name.split("-")[0]: rows(path) for path in past.write(tmp_path, pasts, 2000)}
    news = [row for row in made["喜报奖励台账"] if not row["金额（元）"]]
    assert len(news) == len({row["户编号"] for row in news}) == len(recipe.merits(2000)) == 14
    rewards = Counter(row["分类"] for row in made["喜报奖励台账"] if row["金额（元）"])
    assert rewards == {"first": 1, "second": 2, "third": 11}
    assert len(made["涉军维权台账"]) == recipe.scaled(538, 2000)
    assert all(row["保密"] == "是" for row in made["涉军维权台账"])
    assert {row["身份证号"] for row in news} <= {member.number for home in homes for member in home.members}
    sources = [row["来源编号"] for ledger in made.values() for row in ledger]
    assert len(set(sources)) == len(sources)


def test_spouses_of_the_default_city_are_paid_370_odd_ten_thousands_one_month_once():
    spouses = [("", "", place < recipe.STANDING_SPOUSES) for place in range(recipe.SPOUSES)]
    spans = past.months_paid(spouses, recipe.HOLDERS)
    total = sum(recipe.spouse_fen(month) for span in spans for month in span)
    assert fen("3700000") < total < fen("3800000")
    assert all(1 < len(span) <= recipe.CAP_MONTHS for span in spans)
    for span in spans:
        assert all((later.year * 12 + later.month) - (one.year * 12 + one.month) == 1 for one, later in pairwise(span))
