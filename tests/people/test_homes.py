"""A household at the desk: what its members' files say it may need, and the last digits of a phone."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianxin.access import seal
from lianxin.engine.scope import Scope, over
from lianxin.journal import actions as journal
from lianxin.people import homes
from lianxin.people import models as people
from lianxin.people.hits import Hit
from tests.factories.casework import AT, CITY, SIBLING_VILLAGE, SYSTEM, VILLAGE, resident, write
from tests.factories.casework import town as make_town

DAY = AT.date()


@pytest.fixture
def town(db):
    return make_town()


def born(years):
    return DAY.replace(year=DAY.year - years) - dt.timedelta(days=1)


def lives_with(person, other):
    """Two people in one household."""
    people.Person.objects.filter(pk=other.pk).update(family=person.family)
    people.Membership.objects.filter(person=other).update(family=person.family)
    return other


def phone(person, number):
    salt = seal.salt()
    people.Person.objects.filter(pk=person.pk).update(salt=salt, phone_mark=seal.mark(number, "phone"))
    people.Particulars.objects.filter(person=person).update(phone_sealed=seal.seal(number, salt, "phone"))


def needs(person):
    return set(homes.home(over(VILLAGE), person.family_id, DAY).needs)


def test_an_old_mother_whose_son_serves_is_alone(town):
    mother, son = resident(50, "程兰", born=born(71)), resident(51, "程川", born=born(30))
    assert needs(mother) == {"old-alone"}
    lives_with(mother, son)
    assert needs(mother) == set()
    write(people.Service(person=son, kind="nco", enlisted_on=born(12), recorded_at=AT))
    assert needs(mother) == {"old-alone", "away"}


def test_a_mother_with_a_baby_while_the_father_is_away(town):
    mother = resident(60, "何梅", born=born(30))
    lives_with(mother, resident(61, "何宝", born=born(1)))
    father = lives_with(mother, resident(62, "何山", born=born(31)))
    assert needs(mother) == {"baby"}
    write(people.Service(person=father, kind="officer", enlisted_on=born(12), recorded_at=AT))
    assert needs(mother) == {"baby", "one-adult", "away"}


def test_the_dead_are_not_at_home_and_a_disability_on_file_is_said(town):
    widow, husband = resident(70, "卫兰", born=born(83)), resident(71, "卫国", born=born(86))
    lives_with(widow, husband)
    assert needs(widow) == {"old-only", "very-old"}
    people.Particulars.objects.filter(person=husband).update(died_on=born(1))
    write(people.Standing(person=widow, code="disabled_soldier", grade=5, cause="duty", recorded_at=AT))
    found = homes.home(over(VILLAGE), widow.family_id, DAY)
    assert [one.person.name for one in found.members] == ["卫兰"]
    assert set(found.needs) == {"old-alone", "very-old", "disabled"}


AGES = st.lists(st.tuples(st.integers(0, 99), st.booleans()), min_size=1, max_size=6)


@given(AGES)
def test_whoever_is_called_alone_has_nobody_else_at_home(ages):
    """Over any household: "alone" and "only old" exclude each other, and neither is said where somebody younger is home."""
    members = [
        homes.Member(Hit(n, "", "", "", None, None, "", "", None), age, "", ("away",) if away else
                     ("baby",) if age < homes.BABY else ())
        for n, (age, away) in enumerate(ages)
    ]  # fmt: skip
    said = set(homes._needs(members))
    here = [age for age, away in ages if not away]
    assert ("old-alone" in said) == (len(here) == 1 and here[0] >= homes.OLD)
    assert ("old-only" in said) == (len(here) > 1 and min(here) >= homes.OLD)
    assert ("away" in said) == (len(here) < len(ages))
    assert not {"old-alone", "old-only"} & said or "one-adult" not in said


def test_the_last_digits_of_a_phone_find_who_calls_inside_ones_own_community(town):
    wife, neighbour = town.persons["wife"], town.persons["neighbour"]
    phone(wife, "13900001234")
    phone(neighbour, "13800001234")
    assert [one.id for one in homes.callers(over(VILLAGE), "1234")] == [wife.pk]
    assert [one.id for one in homes.callers(over(VILLAGE), "０００１２３４")] == [wife.pk]
    assert [one.id for one in homes.callers(over(SIBLING_VILLAGE), "1234")] == [neighbour.pk]
    assert len(homes.callers(over(CITY), "1234")) == 2
    for text in ("234", "9999", "139000012345", "何1234", ""):
        assert homes.callers(over(VILLAGE), text) == []
    assert homes.callers(Scope("assigned", (), (), 1, ()), "1234") == []


def test_a_number_given_up_finds_nobody(town):
    wife = town.persons["wife"]
    phone(wife, "13900001234")
    old = people.Particulars.objects.get(person=wife)
    with journal.entry(action="test", by=SYSTEM, at=AT) as writing:
        writing.supersede(people.Particulars, [old.pk], AT)
        salt = people.Person.objects.get(pk=wife.pk).salt
        writing.add([people.Particulars(person=wife, name=wife.name, home=VILLAGE, recorded_at=AT,
                                        phone_sealed=seal.seal("13900005678", salt, "phone"))])  # fmt: skip
    assert homes.callers(over(VILLAGE), "1234") == []
    assert [one.id for one in homes.callers(over(VILLAGE), "5678")] == [wife.pk]


def test_over_too_many_people_only_a_whole_number_finds_somebody(town, monkeypatch):
    phone(town.persons["wife"], "13900001234")
    monkeypatch.setattr(homes, "MANY", 1)
    assert homes.callers(over(VILLAGE), "1234") == []
