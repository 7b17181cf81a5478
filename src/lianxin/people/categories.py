"""What a person is (参战, 残疾军人 …), as one asks for it in a search or a list: on a day, from the dated rows.

``#code`` terms of the index name everybody with an open row, whatever its days; :func:`holds` looks at the days.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q

from lianxin.people.dated import Asked, rows_of, service_rows
from lianxin.people.models import Service, Standing

if TYPE_CHECKING:
    import polars as pl

STANDING = ["person_id", "code", "grade", "cause", "role", "valid_from"]  # as facts ask: the same rows are read once

# Code → what may be typed for it. The codes of standings are those of the dated rows.
WORDS: dict[str, tuple[str, ...]] = {
    "veteran": ("退役军人", "退伍军人", "老兵", "退役", "veteran", "veterans"),
    "serving": ("现役军人", "现役", "serving"),
    "bereaved": ("三属", "遗属", "烈属", "烈士遗属", "军烈属", "bereaved"),
    "disabled_soldier": ("残疾军人", "伤残军人", "伤残", "残疾", "disabled"),
    "combat": ("参战", "参战人员", "参战退役人员", "combat"),
    "nuclear_test": ("参试", "参试人员", "参试退役人员", "nuclear test"),
    "returned_sick": ("带病回乡", "带病回乡退伍军人", "returned sick"),
    "enlisted_before_1954": ("1954年10月31日前入伍", "在乡老复员军人", "老复员军人"),
    "accompanying": ("随军家属", "随军", "accompanying"),
}
_BY_WORD = {"".join(word.split()): code for code, words in WORDS.items() for word in words}


# One category for each person where parts must make up the whole: the first of these.
FIRST = (
    "bereaved", "disabled_soldier", "combat", "nuclear_test", "returned_sick", "enlisted_before_1954", "accompanying",
    "serving", "veteran",
)  # fmt: skip


def first(asked: Asked) -> pl.DataFrame:
    """``person_id`` and ``category``, the first of :data:`FIRST` that holds on the day, of everybody who has one."""
    import polars as pl

    rank = {code: place for place, code in enumerate(FIRST)}
    stands = rows_of(Standing, STANDING, asked).filter(pl.col("code").is_in(FIRST)).select("person_id", "code")
    served = service_rows(asked).select(
        "person_id",
        pl.when("serving").then(pl.lit("serving")).when("veteran").then(pl.lit("veteran")).alias("code"),
    )
    both = pl.concat([stands, served]).drop_nulls()
    place = pl.col("code").replace_strict(rank, return_dtype=pl.Int8).min()
    found = both.group_by("person_id").agg(place)
    return found.select("person_id", pl.col("code").replace_strict(dict(enumerate(FIRST)), return_dtype=pl.String)
                        .alias("category"))  # fmt: skip


def named(text: str) -> str | None:
    """The category that a word typed means."""
    return _BY_WORD.get("".join(text.lower().split()))


def valid(day: dt.date) -> Q:
    """Open rows that hold on a day."""
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
    return begun & (Q(valid_to__isnull=True) | Q(valid_to__gte=day)) & Q(superseded_at__isnull=True)


def _served(code: str, day: dt.date) -> Q:
    ended = Q(discharged_on__lte=day)
    if code == "veteran":
        return ended & Q(expelled=False)
    begun = Q(enlisted_on__lte=day) | Q(enlisted_on__isnull=True) & ~Q(kind="")
    return begun & (Q(discharged_on__isnull=True) | Q(discharged_on__gt=day))


def holds(code: str, day: dt.date) -> Q:
    """Persons of whom the category holds on a day."""
    mine: Any = {"person": OuterRef("pk")}
    if code in {"veteran", "serving"}:
        return Q(Exists(Service.objects.filter(valid(day), _served(code, day), **mine)))
    return Q(Exists(Standing.objects.filter(valid(day), code=code, **mine)))


def of(persons: Sequence[int], day: dt.date) -> dict[int, list[str]]:
    """The categories of each person on a day, in the order of :data:`WORDS`."""
    held: dict[int, set[str]] = defaultdict(set)
    for code in ("veteran", "serving"):
        rows = Service.objects.filter(valid(day), _served(code, day), person__in=persons)
        for pk in rows.values_list("person_id", flat=True):
            held[pk].add(code)
    for pk, code in Standing.objects.filter(valid(day), person__in=persons).values_list("person_id", "code"):
        held[pk].add(code)
    return {pk: [code for code in WORDS if code in codes] for pk, codes in held.items()}
