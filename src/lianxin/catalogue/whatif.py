"""What a draft would do: who gains, who loses, what it costs, whose facts are missing. It stores nothing.

:func:`weigh` is the one door: a compiled service and a day in, a :class:`WhatIf` out. The draft and the version in force
are judged in one pass over the same facts, so that whatever differs comes from the draft alone.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from lianxin.access.queries import area_names
from lianxin.catalogue import matching
from lianxin.catalogue.queries import Published, in_force
from lianxin.engine import judging
from lianxin.engine.declaration import Service
from lianxin.engine.facts import VOCABULARY, Fact, Name
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Scope
from lianxin.people import categories
from lianxin.people.dated import Asked

Progress = Callable[[str], None]
CHANGES = ("gain", "lose", "more", "less", "same", "unknown")
ROUNDS = {"monthly": 12, "quarterly": 4, "yearly": 1}  # rounds in a year; whatever else is given once
BANDS = ((0, 17), (18, 44), (45, 59), (60, 69), (70, 79), (80, None))
_BELOW = {4: 6, 6: 9, 9: 12}  # digits of the areas right below one
_OF_FAMILY = ("has_bereaved", "has_serving", "has_veteran")


@dataclass(frozen=True, slots=True)
class Side:
    """The draft, or the version in force: how many it entitles, how many hang on a fact, what one round costs (fen)."""

    entitled: int = 0
    unknown: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """The whole, or a part of it. ``more`` and ``less`` are entitled by both, for another amount; ``same`` as before."""

    code: str
    name: Name
    before: Side
    after: Side
    gain: int = 0
    lose: int = 0
    more: int = 0
    less: int = 0
    same: int = 0


@dataclass(frozen=True, slots=True)
class Wanting:
    """A fact that files lack. ``settles``: for so many it is the only one; ``among``: so many lack it, with others or not."""

    fact: str
    name: Name
    settles: int
    among: int


@dataclass(frozen=True, slots=True, eq=False)
class WhatIf:
    """What the draft would do on the day, beside what is in force then (``against`` None: the service is new).

    ``touched`` is a frame of everybody whom either of the two entitles or leaves open: ``id`` (of the draft's kind of
    subject), ``area`` of residence, ``change`` (:data:`CHANGES`), ``before`` and ``after`` (fen, null where nothing is
    paid) and ``missing`` (facts joined by a space, for whom the draft leaves open).
    """

    draft: Service
    against: Published | None
    day: dt.date
    judged: int
    total: Line
    areas: tuple[Line, ...]
    ages: tuple[Line, ...]
    categories: tuple[Line, ...]
    wanting: tuple[Wanting, ...]
    errors: int
    touched: Any = field(repr=False)

    @property
    def repeats(self) -> tuple[str, str]:
        """How often the version in force and the draft are given."""
        return (self.against.service.repeat if self.against else self.draft.repeat), self.draft.repeat

    @property
    def largest(self) -> tuple[int, int]:
        """The largest amount that one subject gets in a round: by the draft, and by the version in force."""
        return self.touched["after"].max() or 0, self.touched["before"].max() or 0

    def to_json(self) -> dict[str, Any]:
        """As ``lianxin catalogue preview --json`` prints it: money in fen, whole numbers."""
        against = self.against
        return {
            "service": self.draft.code, "name": _plain(self.draft.name), "as_of": self.day.isoformat(),
            "subject": self.draft.subject, "repeat": self.draft.repeat,
            "against": {"version": against.number, "repeat": against.service.repeat} if against else None,
            "judged": self.judged, **self._line(self.total),
            "counties": [self._part(one) for one in self.areas],
            "ages": [self._part(one) for one in self.ages],
            "categories": [self._part(one) for one in self.categories],
            "unknowns": [
                {"fact": one.fact, "name": _plain(one.name), "settles": one.settles, "among": one.among}
                for one in self.wanting
            ],
            "errors": self.errors,
        }  # fmt: skip

    def _part(self, line: Line) -> dict[str, Any]:
        return {"code": line.code, "name": _plain(line.name), **self._line(line)}

    def _line(self, line: Line) -> dict[str, Any]:
        was, will = self.repeats
        return {
            "entitled": line.after.entitled, "entitled_before": line.before.entitled, "gain": line.gain,
            "lose": line.lose, "more": line.more, "less": line.less, "same": line.same,
            "unknown": line.after.unknown, "unknown_before": line.before.unknown,
            "cost": cost(line.after.amount, will), "cost_before": cost(line.before.amount, was),
        }  # fmt: skip


def _plain(name: Name) -> dict[str, str]:
    return {"zh": name.zh, "en": name.en}


def cost(amount: int, repeat: str) -> dict[str, int | None]:
    """What so much a round costs: the round, a month (None where it is not given by the period), a year; fen."""
    return {"round": amount, "month": per_month(amount, repeat), "year": per_year(amount, repeat)}


def per_year(amount: int, repeat: str) -> int:
    """What so much a round comes to in a year; of what is given once, everybody once."""
    return amount * ROUNDS.get(repeat, 1)


def per_month(amount: int, repeat: str) -> int | None:
    """A twelfth of the year, to the fen; None of what is not given by the period."""
    return (per_year(amount, repeat) + 6) // 12 if repeat in ROUNDS else None


def weigh(draft: Service, day: dt.date, *, scope: Scope | None = None, progress: Progress | None = None) -> WhatIf:
    """Judge ``draft`` for everyone on ``day`` beside the version in force then, counted inside ``scope`` (None: all).

    Raises :class:`Refusal` for a service that may not be tried: see :func:`refuse`.
    """
    against = in_force(day).get(draft.code)
    refuse(draft, against)
    if against is not None and (against.service.subject != draft.subject or not against.service.who):
        against = None  # nothing to compare: it judged others, or nobody
    return _weighed([draft], {draft.code: against}, day, scope, progress)[0]


def weigh_all(drafts: Sequence[Service], day: dt.date, *, progress: Progress | None = None) -> list[WhatIf]:
    """:func:`weigh` of many services for everyone, in their order; the facts are read once for each kind of subject."""
    chosen = in_force(day)
    for draft in drafts:
        refuse(draft, chosen.get(draft.code))
    beside = {
        one.code: found if found is not None and found.service.subject == one.subject and found.service.who else None
        for one in drafts
        for found in (chosen.get(one.code),)
    }
    made: dict[str, WhatIf] = {}
    for subject in dict.fromkeys(one.subject for one in drafts):
        mine = [one for one in drafts if one.subject == subject]
        made |= {found.draft.code: found for found in _weighed(mine, beside, day, None, progress)}
    return [made[one.code] for one in drafts]


def refuse(draft: Service, against: Published | None) -> None:
    """Refuse what is not tried: a sealed service (its people are its access list's), one that tests nobody, one whose
    subjects have no files to judge."""
    if draft.sealed or (against is not None and against.service.sealed):
        raise Refusal(
            gettext("%(code)s cannot be tried: whom a sealed service is about is known to its access list alone.")
            % {"code": draft.code}
        )
    if not draft.who:
        raise Refusal(
            gettext("%(code)s has no conditions: anybody may ask, so nobody gains or loses.") % {"code": draft.code}
        )
    if draft.subject not in {"person", "family"}:
        raise Refusal(
            gettext("%(code)s judges organisations; there are no files of organisations to try it on.")
            % {"code": draft.code}
        )


def _weighed(
    drafts: Sequence[Service], beside: dict[str, Published | None], day: dt.date, scope: Scope | None,
    progress: Progress | None,
) -> list[WhatIf]:  # fmt: skip
    """Drafts of one kind of subject."""
    tell = progress or (lambda _stage: None)
    subject, asked = drafts[0].subject, Asked(day)
    both = [one for draft in drafts for one in (Published(0, 0, draft), beside[draft.code]) if one is not None]
    also = ["age"] if subject == "person" else list(_OF_FAMILY)
    tell("facts")
    frame, judged = matching.facts_for(both, subject, day, None, also=also, read=asked)
    tell("judge")
    verdicts = iter(judging.candidates_of(judged, frame, day))
    tell("count")
    about = _about(frame, subject, asked, scope)
    made = []
    for draft in drafts:
        new, against = next(verdicts), beside[draft.code]
        old = next(verdicts) if against is not None else new.clear()
        made.append(_counted(draft, against, day, _touched(old, new, about), about.height, scope))
    return made


def _about(frame: Any, subject: str, asked: Asked, scope: Scope | None) -> Any:
    """``id``, ``area``, ``age`` and ``category`` of everyone whom the scope covers."""
    import polars as pl

    area = pl.col("residence").fill_null("").alias("area")
    if subject == "person":
        about = frame.select("id", area, "age").join(
            categories.first(asked), left_on="id", right_on="person_id", how="left", maintain_order="left"
        )
    else:
        kind = pl.coalesce(pl.when(pl.col(code)).then(pl.lit(code)) for code in _OF_FAMILY)
        about = frame.select("id", area, pl.lit(None, pl.Int64).alias("age"), kind.alias("category"))
    if scope is None or scope.covers(settings.CITY):
        return about
    if scope.reach != "area" or not scope.areas:
        return about.clear()
    return about.filter(pl.any_horizontal(pl.col("area").str.starts_with(one) for one in scope.areas))


def _touched(old: Any, new: Any, about: Any) -> Any:
    """Everybody whom either version entitles or leaves open, with what changes and where, how old and what they are."""
    import polars as pl

    def of(frame: Any, name: str) -> Any:
        entitled = pl.col("verdict") == "entitled"
        return frame.select("id", entitled.alias(f"{name}:e"), pl.col("amount").alias(name),
                            pl.col("missing").alias(f"{name}:missing"), pl.col("error").alias(f"{name}:error"))  # fmt: skip

    both = of(old, "before").join(of(new, "after"), on="id", how="full", coalesce=True)
    was, now = (pl.col(f"{name}:e").fill_null(value=False) for name in ("before", "after"))
    before, after = (pl.col(name).fill_null(0) for name in ("before", "after"))
    change = (
        pl.when(now & ~was).then(pl.lit("gain")).when(was & ~now).then(pl.lit("lose"))
        .when(was & (after > before)).then(pl.lit("more")).when(was & (after < before)).then(pl.lit("less"))
        .when(was).then(pl.lit("same")).otherwise(pl.lit("unknown"))
    )  # fmt: skip
    return both.with_columns(
        change.alias("change"),
        pl.col("after:missing").fill_null("").alias("missing"),
        (pl.col("before:e") == pl.lit(value=False)).fill_null(value=False).alias("open_before"),
        (pl.col("after:e") == pl.lit(value=False)).fill_null(value=False).alias("open_after"),
        pl.col("after:error").fill_null(value=False).alias("error"),
    ).join(about, on="id", how="inner").sort("id")  # fmt: skip


def _counted(
    draft: Service, against: Published | None, day: dt.date, touched: Any, judged: int, scope: Scope | None
) -> WhatIf:
    total = next(iter(_lines(touched, None).values()), _line({}))
    wide = min(scope.areas, key=len) if scope is not None and scope.areas else settings.CITY
    if scope is not None and scope.covers(settings.CITY):
        wide = settings.CITY
    return WhatIf(
        draft, against, day, judged, _named(total, "", Name("合计", "all")),
        _areas(touched, wide), _ages(touched, draft.subject), _categories(touched, draft.subject),
        _wanting(touched, draft.facts), int(touched["error"].sum() or 0),
        touched.select("id", "area", "change", "before", "after", "missing"),
    )  # fmt: skip


def _lines(touched: Any, by: Any) -> dict[Any, Line]:
    """A line for each value of ``by`` (None: one for all)."""
    import polars as pl

    entitled = {"before": pl.col("change").is_in(["lose", "more", "less", "same"]),
                "after": pl.col("change").is_in(["gain", "more", "less", "same"])}  # fmt: skip
    rows = touched.group_by((pl.lit("") if by is None else by).alias("key")).agg(
        *((pl.col("change") == one).sum().alias(one) for one in CHANGES),
        *(holds.sum().alias(f"{name}_entitled") for name, holds in entitled.items()),
        *(pl.col(f"open_{name}").sum().alias(f"{name}_unknown") for name in entitled),
        *(pl.col(name).sum().alias(f"{name}_amount") for name in entitled),
    )
    return {row["key"]: _line(row) for row in rows.to_dicts()}


def _line(row: dict[str, Any]) -> Line:
    def of(name: str) -> int:
        return int(row.get(name) or 0)

    before, after = (
        Side(of(f"{name}_entitled"), of(f"{name}_unknown"), of(f"{name}_amount")) for name in ("before", "after")
    )
    counts = (of("gain"), of("lose"), of("more"), of("less"), of("same"))
    return Line("", Name("", ""), before, after, *counts)


def _named(line: Line, code: str, name: Name) -> Line:
    return Line(code, name, line.before, line.after, line.gain, line.lose, line.more, line.less, line.same)


def _areas(touched: Any, wide: str) -> tuple[Line, ...]:
    """The areas right below ``wide`` by code; who lives elsewhere, or nobody knows where, comes last."""
    import polars as pl

    digits = _BELOW.get(len(wide), 12)
    area = pl.col("area")
    found = _lines(touched, pl.when(area.str.starts_with(wide) & (area.str.len_bytes() >= digits))
                   .then(area.str.slice(0, digits)).otherwise(pl.lit("")))  # fmt: skip
    names = area_names([code for code in found if code])
    outside = Name("不在以上各地", "none of these places")
    return tuple(
        _named(found[code], code, Name(*names.get(code, (code, code))) if code else outside)
        for code in sorted(found, key=lambda code: code or ":")
    )


def _ages(touched: Any, subject: str) -> tuple[Line, ...]:
    """The age bands; families have none."""
    import polars as pl

    if subject != "person":
        return ()
    band = pl.lit("")
    for first, _last in BANDS:
        band = pl.when(pl.col("age") >= first).then(pl.lit(str(first))).otherwise(band)
    found = _lines(touched, band)
    names = {
        str(first): (f"{first}-{last}", Name(f"{first}–{last} 岁", f"{first} to {last}"))
        if last is not None
        else (f"{first}+", Name(f"{first} 岁以上", f"{first} and over"))
        for first, last in BANDS
    }
    names[""] = ("", Name("年龄不详", "age unknown"))
    return tuple(_named(found[key], *names[key]) for key in names if key in found)


def _categories(touched: Any, subject: str) -> tuple[Line, ...]:
    """Everybody once, under the first category that they have, so that the parts make up the whole."""
    import polars as pl

    found = _lines(touched, pl.col("category").fill_null(""))
    order = (*(categories.FIRST if subject == "person" else _OF_FAMILY), "")
    other = Name("其他", "others")
    return tuple(_named(found[code], code, VOCABULARY[code].name if code else other) for code in order if code in found)


def _wanting(touched: Any, facts: Any) -> tuple[Wanting, ...]:
    """The facts that are missing, those first which settle most people alone."""
    import polars as pl

    alone: Counter[str] = Counter()
    among: Counter[str] = Counter()
    rows = touched.filter(pl.col("missing") != "").group_by("missing").agg(pl.len().alias("people"))
    for missing, people in rows.select("missing", "people").rows():
        codes = missing.split()
        among.update(dict.fromkeys(codes, people))
        if len(codes) == 1:
            alone[codes[0]] += people
    order = sorted(among, key=lambda code: (-alone[code], -among[code], code))
    return tuple(Wanting(code, _name(facts.get(code), code), alone[code], among[code]) for code in order)


def _name(fact: Fact | None, code: str) -> Name:
    return fact.name if fact is not None else Name(code, code)
