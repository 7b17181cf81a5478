"""The whole city, county by county: which households live where, and what each of them will be in the ledgers for.

Every county has random streams of its own, so that counties can be made in any process and in any order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random

from lianxin.demo import past_benefits, recipe
from lianxin.demo.households import MAKERS
from lianxin.demo.members import Household, Making, Member, Numbers
from lianxin.demo.places import Place, places

STARS = "419902014"  # the township where the personas live together
WIFE_AT, VETERAN_AT = f"{STARS}001", f"{STARS}201"
SIBLING = "419903001"  # the township of the clerk who must not see them
_SOUTH = {"419902", "419903", "419904"}  # where the forces' families live


@dataclass(slots=True)
class Past:
    """What the ledgers of past years say of one county."""

    good_news: list[tuple[str, str, str, str, dt.date]] = field(default_factory=list)  # number, household, home, merit
    spouses: list[tuple[str, str, bool]] = field(default_factory=list)  # number, home, whether still entitled
    subsidies: list[tuple[str, str, int]] = field(default_factory=list)  # number, home, years of service
    asks: list[tuple[str, str, str]] = field(default_factory=list)  # number, household, home
    rights: list[tuple[str, str]] = field(default_factory=list)  # number, home
    fresh: list[tuple[str, str, str, dt.date]] = field(default_factory=list)  # name, number, merit: made known now
    stars: dict[str, str] = field(default_factory=dict)  # persona → identity number
    given: past_benefits.Given | None = None  # what else was given before
    persons: int = 0
    holders: int = 0


@dataclass(slots=True)
class Quota:
    """How many households of a county are still to be given a past or a present."""

    awarded: list[str] = field(default_factory=list)  # the merits to give
    fresh: int = 0
    rights: int = 0
    spouses: int = 0
    standing: int = 0
    entitled: int = 0
    unsure: int = 0
    subsidies: int = 0


class City:
    """A city of ``holders`` card-holders as it is on ``today`` (new awards are dated around it)."""

    def __init__(self, holders: int, today: dt.date) -> None:
        self.holders = holders
        self.today = today
        self.places = places()
        self.decks = self._dealt()
        self.quotas = self._quotas()

    def counties(self) -> list[str]:
        """The codes of the counties."""
        return [row[0] for row in recipe.COUNTIES]

    def county(self, code: str, past: Past) -> Iterator[Household]:
        """The households of a county in the order of their villages; what ledgers need is noted in ``past``."""
        rng, shaping = _stream("households", code), _stream("livings", code)
        numbers = Numbers(code, self.counties().index(code) + 1)
        quota = replace(self.quotas[code], awarded=[*self.quotas[code].awarded])
        for village, kinds in self._homes(code):
            making = Making(rng, numbers, village.code, village.name, village.rural)
            for kind in kinds:
                making.begin()
                household = MAKERS[kind](making)
                _star(household, making, past)
                if "soldier" in past.stars and "mother" not in past.stars:
                    yield _mother(household, making, past)
                _marked(household, quota, rng, past, self.today)
                past_benefits.shape(household, shaping)
                if past.given is not None:
                    past_benefits.note(household, past.given)
                past.persons += len(household.members)
                past.holders += sum(member.holder for member in household.members)
                yield household

    def _dealt(self) -> dict[str, dict[str, int]]:
        """Households of each kind for each county."""
        shares = {row[0]: row[5] for row in recipe.COUNTIES}
        near = {code: share for code, share in shares.items() if code in _SOUTH}
        decks: dict[str, dict[str, int]] = {code: {} for code in shares}
        for kind, count in recipe.deck(self.holders).items():
            for code, part in recipe.split(count, near if kind == "accompanying" else shares).items():
                decks[code][kind] = part
        return decks

    def _quotas(self) -> dict[str, Quota]:
        serving = {code: deck.get("serving", 0) for code, deck in self.decks.items()}
        near = {code: deck["accompanying"] for code, deck in self.decks.items() if deck.get("accompanying")}
        quotas = {code: Quota() for code in serving}
        merits = recipe.merits(self.holders)
        _stream("merits", "").shuffle(merits)
        news = recipe.split(min(len(merits), sum(serving.values()) // 2), serving)
        for code, count in news.items():
            quotas[code].awarded, merits = merits[:count], merits[count:]
        scaled = recipe.scaled
        for name, total, parts in (
            ("fresh", scaled(recipe.NEW_AWARDS, self.holders, 6), serving),
            ("rights", scaled(sum(recipe.RIGHTS.values()), self.holders, 5), serving),
            ("spouses", scaled(recipe.SPOUSES, self.holders, 4), near),
            ("standing", scaled(recipe.STANDING_SPOUSES, self.holders, 3), near),
            ("entitled", scaled(recipe.NEW_SPOUSES, self.holders, 4), near),
            ("unsure", scaled(recipe.UNSURE_SPOUSES, self.holders, 2), near),
            ("subsidies", scaled(recipe.SUBSIDIES, self.holders, 5), serving),
        ):
            for code, part in recipe.split(total, parts).items():
                setattr(quotas[code], name, part)
        return quotas

    def _homes(self, county: str) -> Iterator[tuple[Place, list[str]]]:
        """Each village of a county and the kinds of the households that live in it."""
        rng = _stream("homes", county)
        villages = [place for place in self.places if len(place.code) == 12 and place.code.startswith(county)]
        deck = dict(self.decks[county])
        starred = {WIFE_AT: "accompanying", VETERAN_AT: "elder"} if county == STARS[:6] else {}
        homes: dict[str, list[str]] = {village.code: [] for village in villages}
        for code, kind in starred.items():
            if deck.get(kind):
                homes[code].append(kind)
                deck[kind] -= 1
        cards = [kind for kind, count in deck.items() for _ in range(count)]
        rng.shuffle(cards)
        weights = [(0.5 + rng.random()) * (6 if village.code in starred else 1) for village in villages]
        whole, at = sum(weights), 0.0
        begun = 0
        for village, weight in zip(villages, weights, strict=True):
            at += weight
            until = len(cards) if village is villages[-1] else round(len(cards) * at / whole)
            homes[village.code].extend(cards[begun:until])
            begun = until
        return ((village, homes[village.code]) for village in villages)


def _stream(name: str, code: str) -> Random:
    return Random(f"{recipe.SEED}/{name}/{code}")  # noqa: S311  an invented city needs no secrecy


def _star(household: Household, making: Making, past: Past) -> None:
    """Shape the first household of the two villages where personas live."""
    if household.kind == "accompanying" and making.home == WIFE_AT and "wife" not in past.stars:
        wife = household.members[1]
        making.reach(wife, 0, 1.1)
        wife.account_verified = True
        wife.employment, wife.insured, wife.registered, wife.income = "unemployed", False, True, 0
        wife.since = dt.date(recipe.UNTIL, 6, 1)
        past.stars["wife"] = wife.number
        past.stars["soldier"] = household.members[0].number
    elif household.kind == "elder" and making.home == VETERAN_AT and "veteran" not in past.stars:
        old = household.members[0]
        _aged(old, making)
        household.members[:] = [old]
        past.stars["veteran"] = old.number


def _mother(home: Household, making: Making, past: Past) -> Household:
    """The mother of the soldier far away: alone, a few houses on, and without a phone. No other household shifts for her."""
    alone = Making(_stream("mother", home.code), making.numbers, making.home, making.place, making.rural)
    alone.begin()
    mother = alone.member(False, dt.date(1955, 4, 12))
    mother.employment, mother.insured, mother.verified = "retired", True, True
    home.members[0].mother = mother.number
    past.stars["mother"] = mother.number
    past.persons += 1
    return Household("mother", alone.code, alone.home, [mother])


def _aged(old: Member, making: Making) -> None:
    """A rural veteran of about eighty without a phone, whose subsidy nobody has asked for yet."""
    old.born = dt.date(1945, 3, 8)
    old.number = making.numbers.identity(making.rng, old.born, old.male)
    old.kind, old.enlisted, old.discharged = "conscript", dt.date(1964, 12, 1), dt.date(1968, 3, 1)
    old.settlement, old.rural, old.employment, old.insured, old.phone = "self_employed", True, "none", False, ""
    old.categories, old.grade, old.cause, old.disabled_from, old.verified = "", None, "", None, True
    making.reach(old, 0, 1.1)
    old.account_verified = True


def _marked(household: Household, quota: Quota, rng: Random, past: Past, today: dt.date) -> None:
    """Give a household what the quotas of its county still want."""
    head = household.members[0]
    if household.kind == "serving":
        _soldier(household, quota, rng, past, today)
    elif household.kind == "accompanying":
        _spouse(household.members[1], quota, rng, past)
    elif head.employment == "none" and head.holder and quota.subsidies and head.number not in past.stars.values():
        quota.subsidies -= 1
        past.subsidies.append((head.number, head.home, _years(head)))
    asks = rng.random() < recipe.ASKS_SHARE and household.kind not in {"veteran", "couple"}
    stars = set(past.stars.values())
    near = household.home == WIFE_AT and stars.isdisjoint(member.number for member in household.members)
    if (asks or near) and head.died is None:
        past.asks.append((head.number, household.code, household.home))


def _soldier(household: Household, quota: Quota, rng: Random, past: Past, today: dt.date) -> None:
    soldier = next(member for member in household.members if member.kind and not member.discharged)
    if quota.awarded:
        merit = quota.awarded.pop()
        first = max(recipe.SINCE, soldier.enlisted.year + 1 if soldier.enlisted else 0)
        on = dt.date(min(first + int(rng.random() * (recipe.UNTIL - first + 1)), recipe.UNTIL), 1, 1)
        on += dt.timedelta(days=int(rng.random() * 300))
        soldier.merits.append((merit, on))
        past.good_news.append((soldier.number, household.code, household.home, merit, on))
    elif quota.fresh:
        quota.fresh -= 1
        merit = "second" if rng.random() < 0.2 else "third"
        past.fresh.append((soldier.name, soldier.number, merit, today - dt.timedelta(days=12 + int(rng.random() * 40))))
    elif quota.rights:
        quota.rights -= 1
        past.rights.append((household.members[0].number, household.home))


def _spouse(wife: Member, quota: Quota, rng: Random, past: Past) -> None:
    if wife.number in past.stars.values():
        return
    if quota.spouses:
        quota.spouses -= 1
        standing = quota.standing > 0
        past.spouses.append((wife.number, wife.home, standing))
        if standing:
            quota.standing -= 1
            _without_work(wife, rng, registered=True)
    elif quota.entitled:
        quota.entitled -= 1
        _without_work(wife, rng, registered=True)
    elif quota.unsure:
        quota.unsure -= 1
        _without_work(wife, rng, registered=None)


def _years(member: Member) -> int:
    if member.enlisted is None or member.discharged is None:
        return 0
    return member.discharged.year - member.enlisted.year - ((member.discharged.month, 1) < (member.enlisted.month, 1))


def _without_work(wife: Member, rng: Random, *, registered: bool | None) -> None:
    wife.employment, wife.insured, wife.registered, wife.income = "unemployed", False, registered, None
    wife.since = dt.date(recipe.UNTIL - 1, 1 + int(rng.random() * 12), 1)
    wife.bank = wife.bank or "澄川城市银行"
