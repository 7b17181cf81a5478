"""Find files that may be one person's twice: for everyone at once, set-based, in seconds; the nightly run does it.

Pairs come from blocks (everybody who shares a key: a sound and a birth date with one digit left open, a phone, an account,
a relative and a birth date). Each pair's signs are named and weighed in :mod:`doublewords`. ID numbers are opened for
the pairs alone of which they decide, are compared here, and leave as a sign.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction

from lianxin.access import seal
from lianxin.engine import identity
from lianxin.people.dated import read
from lianxin.people.doublewords import LEAST, SIGNS, score
from lianxin.people.identities import some
from lianxin.people.mergemodels import Double
from lianxin.people.models import BankAccount, Kin, Particulars, Person

if TYPE_CHECKING:
    import polars as pl

Pair = tuple[int, int]
BLOCK = 40  # a key that more people than this share tells nothing
LEVELS = (12, 9, 6, 4)
BORN = slice(6, 14)  # of an ID number
ORDER = slice(14, 17)  # the number in the order of births


@dataclass(slots=True)
class Card:
    """What of a file is compared."""

    name: str
    sound: str
    sex: str
    born: str  # 19800203
    died: str
    home: str
    family: int | None
    phone: bytes | None
    salt: bytes
    former: set[str] = field(default_factory=set)
    accounts: set[bytes] = field(default_factory=set)
    kin: set[tuple[str, int]] = field(default_factory=set)  # what the relative is, and who
    sealed: bytes | None = None
    number: str | None = None  # opened


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a look at everybody found."""

    pairs: int
    added: int
    reopened: int
    gone: int


def refresh(*, at: dt.datetime) -> Refreshed:
    """Look at everybody again. A pair that was dismissed stays dismissed until what speaks for it is another thing."""
    found = candidates()
    added, changed, gone, reopened = [], [], [], 0
    held = {(row.one_id, row.other_id): row for row in Double.objects.all()}
    for pair, (points, signs, area) in found.items():
        row = held.get(pair)
        if row is None:
            added.append(Double(one_id=pair[0], other_id=pair[1], area=area, score=points, signs=signs, state="open",
                                found_at=at))  # fmt: skip
        elif (row.score, row.signs, row.area) != (points, signs, area):
            if row.state in {"dismissed", "merged"} and row.signs != signs:
                row.state, reopened = "open", reopened + 1
            row.score, row.signs, row.area = points, signs, area
            changed.append(row)
    gone = [row.pk for pair, row in held.items() if row.state == "open" and pair not in found]
    with transaction.atomic():
        Double.objects.bulk_create(added, batch_size=500, ignore_conflicts=True)
        Double.objects.bulk_update(changed, ["score", "signs", "area", "state"], batch_size=200)
        for part in some(gone):
            Double.objects.filter(pk__in=part, state="open").delete()
    return Refreshed(len(found), len(added), reopened, len(gone))


def candidates() -> dict[Pair, tuple[int, list[str], str]]:
    """(older file, newer file) → score, signs, and the area that covers both homes."""
    people = _people()
    pairs = set(_pairs(people))
    cards = _cards(people, {pk for pair in pairs for pk in pair})
    likely = {
        pair: signs for pair in pairs if score(signs := _signs(cards[pair[0]], cards[pair[1]], pair)) >= LEAST - 34
    }
    _open_numbers(cards, {pk for pair in likely for pk in pair})
    found: dict[Pair, tuple[int, list[str], str]] = {}
    for pair, signs in likely.items():
        one, other = cards[pair[0]], cards[pair[1]]
        every = [*signs, *_by_number(one, other, signs)]
        if (points := score(every)) >= LEAST:
            said = sorted(every, key=lambda code: (-SIGNS[code].weight, code))
            found[pair] = (points, said, covering(one.home, other.home))
    return found


def compare(one: int, other: int) -> tuple[int, list[str], str]:
    """The same for two files that somebody laid side by side, however little speaks for it."""
    cards = _cards(_people([one, other]), {one, other})
    _open_numbers(cards, cards)
    pair = (min(one, other), max(one, other))
    signs = _signs(cards[pair[0]], cards[pair[1]], pair)
    signs += _by_number(cards[pair[0]], cards[pair[1]], signs)
    return score(signs), signs, covering(cards[one].home, cards[other].home)


def covering(home: str, other: str) -> str:
    """The smallest area that covers both homes; blank where not even a city does."""
    return next((home[:size] for size in LEVELS if len(home) >= size and home[:size] == other[:size]), "")


def _people(ids: Iterable[int] | None = None) -> pl.DataFrame:
    import polars as pl

    columns = ["id", "name", "pinyin", "sex", "born_on", "died_on", "home", "family_id"]
    where = "" if ids is None else f" AND id IN ({','.join(str(int(one)) for one in ids)})"
    rest = f'FROM "{Person._meta.db_table}" WHERE visible AND survivor_id IS NULL{where} ORDER BY id'
    return read(Person, columns, rest).with_columns(
        pl.col("born_on").dt.strftime("%Y%m%d").fill_null("").alias("born"),
        pl.when(pl.col("pinyin") == "").then(pl.col("name")).otherwise(pl.col("pinyin")).alias("sound"),
    )


def _pairs(people: pl.DataFrame) -> Iterator[Pair]:
    """Everybody who shares a key with somebody."""
    import polars as pl

    dated = people.filter(pl.col("born") != "")
    for place in range(8):
        open_digit = pl.col("born").str.slice(0, place) + "." + pl.col("born").str.slice(place + 1)
        yield from _sharing(dated.select("id", key=pl.col("sound") + open_digit))
    turned = pl.col("born").str.split("").list.sort().list.join("")
    yield from _sharing(dated.select("id", key=pl.col("sound") + turned))
    for place in range(4):
        open_letter = pl.col("name").str.slice(0, place) + "." + pl.col("name").str.slice(place + 1)
        longer = dated.filter(pl.col("name").str.len_chars() > max(place, 1))
        yield from _sharing(longer.select("id", key=open_letter + pl.col("born")))
    yield from _sharing(people.filter(pl.col("family_id").is_not_null()).select(
        "id", key=pl.col("family_id").cast(pl.String) + pl.col("sound")))  # fmt: skip
    born = dict(people.select("id", "born").iter_rows())
    yield from _sharing_rows(Person.objects.filter(phone_mark__isnull=False).values_list("pk", "phone_mark"), born)
    yield from _sharing_rows(
        BankAccount.objects.filter(superseded_at__isnull=True).values_list("person_id", "number_mark"), born
    )
    formers = Particulars.objects.filter(superseded_at__isnull=True).exclude(former_name="")
    yield from _sharing_rows(_named(people, formers, born), born)
    yield from _sharing_rows(_related(born), born)


def _named(people: pl.DataFrame, formers: Any, born: dict[int, str]) -> list[tuple[int, tuple[str, str]]]:
    """Present names of those who bear a former name of somebody born that day, and these."""
    said = [(pk, (name, born[pk])) for pk, name in formers.values_list("person_id", "former_name") if pk in born]
    wanted = {key for _, key in said}
    rows = people.select("id", "name", "born").iter_rows()
    return [*said, *((pk, (name, day)) for pk, name, day in rows if (name, day) in wanted)]


def _related(born: dict[int, str]) -> Iterator[tuple[int, tuple[str, int, str]]]:
    """The birth date and one relative, from either end."""
    rows = Kin.objects.filter(superseded_at__isnull=True, kind__in=["spouse", "parent"])
    for person, relative, kind in rows.values_list("person_id", "relative_id", "kind").iterator(chunk_size=20_000):
        if born.get(person):
            yield person, (kind, relative, born[person])
        if born.get(relative):
            yield relative, (kind + ".", person, born[relative])


def _sharing(keyed: pl.DataFrame) -> Iterator[Pair]:
    import polars as pl

    groups = keyed.group_by("key").agg("id").filter(pl.col("id").list.len().is_between(2, BLOCK))
    for ids in groups["id"].to_list():
        yield from _both(ids)


def _sharing_rows(rows: Iterable[tuple[int, Any]], born: dict[int, str]) -> Iterator[Pair]:
    groups: dict[Any, set[int]] = defaultdict(set)
    for pk, key in rows:
        if pk in born:
            groups[bytes(key) if isinstance(key, memoryview) else key].add(pk)
    for ids in groups.values():
        if 2 <= len(ids) <= BLOCK:
            yield from _both(sorted(ids))


def _both(ids: list[int]) -> Iterator[Pair]:
    ids = sorted(ids)
    for place, one in enumerate(ids):
        for other in ids[place + 1 :]:
            yield one, other


def _cards(people: pl.DataFrame, wanted: Iterable[int]) -> dict[int, Card]:
    """What is compared of these persons, read in a few statements."""
    keep = set(wanted)
    cards: dict[int, Card] = {}
    for pk, name, sound, sex, born, died, home, family in people.select(
        "id", "name", "sound", "sex", "born", "died_on", "home", "family_id"
    ).iter_rows():
        if pk in keep:
            cards[pk] = Card(name, sound, sex, born, str(died or ""), home, family, None, b"")
    for part in some(cards):
        for pk, salt, phone in Person.objects.filter(pk__in=part).values_list("pk", "salt", "phone_mark"):
            cards[pk].salt, cards[pk].phone = bytes(salt), bytes(phone) if phone else None
        rows = Particulars.objects.filter(person__in=part, superseded_at__isnull=True).order_by("valid_from", "pk")
        for pk, former, number in rows.values_list("person_id", "former_name", "id_sealed"):
            cards[pk].former |= {former} - {""}
            cards[pk].sealed = bytes(number) if number else cards[pk].sealed
        for pk, mark in BankAccount.objects.filter(person__in=part, superseded_at__isnull=True).values_list(
            "person_id", "number_mark"
        ):
            cards[pk].accounts.add(bytes(mark))
        kin = Kin.objects.filter(superseded_at__isnull=True, kind__in=["spouse", "parent"])
        for person, relative, kind in kin.filter(person__in=part).values_list("person_id", "relative_id", "kind"):
            cards[person].kin.add(("spouse" if kind == "spouse" else "child", relative))
        for person, relative, kind in kin.filter(relative__in=part).values_list("person_id", "relative_id", "kind"):
            cards[relative].kin.add((kind, person))
    return cards


def _signs(one: Card, other: Card, pair: Pair) -> list[str]:
    """What the files say, without the ID numbers."""
    said = [*_names(one, other), *_days(one, other)]
    said += [code for code, same in (
        ("phone", one.phone is not None and one.phone == other.phone),
        ("account", bool(one.accounts & other.accounts)),
        ("household", one.family is not None and one.family == other.family),
        ("village", len(one.home) == 12 and one.home == other.home),
        ("county", one.home[:6] != other.home[:6]),
        ("sex", bool(one.sex and other.sex) and one.sex != other.sex),
        ("linked", pair[1] in {pk for _, pk in one.kin}),
        ("no-number", (one.sealed is None) != (other.sealed is None)),
    ) if same]  # fmt: skip
    return said + sorted({kind for kind, _ in one.kin & other.kin})


def _names(one: Card, other: Card) -> list[str]:
    if one.name == other.name:
        return ["name"]
    if other.name in one.former or one.name in other.former or one.former & other.former:
        return ["former"]
    if one.sound == other.sound:
        return ["sound"]
    near = len(one.name) == len(other.name) and _differ(one.name, other.name) == 1
    return ["near-name"] if near and len(one.name) > 2 else []


def _days(one: Card, other: Card) -> list[str]:
    said = ["both-dead"] if one.died and one.died == other.died else []
    if not one.born or not other.born:
        return said
    if one.born == other.born:
        return [*said, "born"]
    if turned(one.born, other.born):
        return [*said, "born-turned"]
    return [*said, "born-digit"] if _differ(one.born, other.born) == 1 else said


def _differ(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


def turned(one: str, other: str) -> bool:
    """Whether two texts of one length differ by two neighbours changed round, or by day and month."""
    places = [place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(places) == 2 and places[1] - places[0] <= 2:
        return one[places[0]] == other[places[1]] and one[places[1]] == other[places[0]]
    return len(one) == 8 and one[:4] == other[:4] and one[4:6] == other[6:] and one[6:] == other[4:6]


def _open_numbers(cards: dict[int, Card], wanted: Iterable[int]) -> None:
    for pk in wanted:
        card = cards[pk]
        if card.sealed is not None and card.number is None:
            card.number = _modern(seal.unseal(card.sealed, card.salt, "id"))


def _modern(number: str) -> str:
    """An ID number of before 1999 with its century and check digit."""
    if len(number) == 15 and number.isdigit():
        number = number[:6] + "19" + number[6:]
        return number + identity.check_digit(number)
    return number.upper()


def _by_number(one: Card, other: Card, signs: Iterable[str]) -> list[str]:
    """What two ID numbers say of each other."""
    if not one.number or not other.number or len(one.number) != len(other.number):
        return []
    first, second = one.number[:17], other.number[:17]
    apart = _differ(first, second)
    if first[: ORDER.start] == second[: ORDER.start] and ("parent" in signs or not {"name", "former"} & set(signs)):
        return ["id-sibling"]
    if apart == 1:
        return ["id-digit"]
    if turned(first[BORN], second[BORN]) and first[:6] == second[:6] and first[ORDER] == second[ORDER]:
        return ["id-turned"]
    return ["id-turned"] if turned(first, second) else ["id-other"]
