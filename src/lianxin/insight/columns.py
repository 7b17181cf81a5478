"""The register by columns: rows that lie by what they are (kind, service, programme, category, level, unit) and then by day,
so that a figure reads some runs of them. Millions are counted in a moment; where they come from is :mod:`columnstore`'s.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lianxin.engine.expressions import tree
from lianxin.engine.expressions.reference import Evaluation

if TYPE_CHECKING:
    import polars as pl

DIMS = ("kind", "service", "programme", "category", "level", "unit")
WHOLE = ("id", "day", "ended", "person", "family", "organisation", "place", "quantity", "amount")
LEVELS = {"county": 6, "township": 9, "village": 12}  # digits of a code
KNOWN = 1000  # conditions whose runs are remembered
DONE_TO = frozenset({
    "visit", "payment", "card", "placement", "appointment", "seat", "advice", "errand", "case", "need",
})  # fmt: skip
_EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Run:
    """Rows of one sort that lie together: what they are, where they begin, how many they are."""

    facts: Mapping[str, Any]
    start: int
    count: int


@dataclass(frozen=True)
class Part:
    """Rows by columns, sorted by sort and day; ``areas`` are the codes that their ``area`` numbers."""

    frame: pl.DataFrame
    runs: tuple[Run, ...]
    areas: tuple[str, ...]
    _known: dict[int, tuple[tree.Node, list[Run]]] = field(default_factory=dict, repr=False, compare=False)
    _inside: dict[str, tuple[list[str], list[int]]] = field(default_factory=dict, repr=False, compare=False)

    def inside(self, asked: Asked) -> tuple[list[str], list[int]]:
        """The codes that the part's areas are counted under, and which of them lie in the asked one."""
        key = None if asked.moved else asked.prefix
        found = self._inside.get(key) if key is not None else None
        if found is None:
            codes = [asked.moved.get(code, code) for code in self.areas]
            found = codes, [place for place, code in enumerate(codes) if asked.prefix <= code < asked.after]
            if key is not None:
                self._inside[key] = found
        return found

    def counted(self, node: tree.Node) -> list[Run]:
        """The runs that a condition counts; asked once for each condition."""
        found = self._known.get(id(node))
        if found is None:
            if len(self._known) > KNOWN:
                self._known.clear()
            found = (
                node,
                [run for run in self.runs if fits(node, run.facts)],
            )  # the node is kept so that its id stays its own
            self._known[id(node)] = found
        return found[1]

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Part:
        """From plain rows (DIMS, ``code``, WHOLE)."""
        import polars as pl

        codes = sorted(frame["code"].unique().to_list())
        frame = (
            frame.sort(*DIMS, "day", "id")
            .with_columns(pl.col("code").replace_strict(codes, range(len(codes)), return_dtype=pl.Int32).alias("area"))
        )  # fmt: skip
        counts = frame.group_by(*DIMS, maintain_order=True).len()
        runs, start = [], 0
        for *facts, count in counts.iter_rows():
            runs.append(Run({name: known or None for name, known in zip(DIMS, facts, strict=True)}, start, count))
            start += count
        return cls(frame.select("area", *WHOLE), tuple(runs), tuple(codes))

    def plain(self) -> pl.DataFrame:
        """The rows again as :meth:`of` takes them."""
        import polars as pl

        names = pl.DataFrame(
            {"area": range(len(self.areas)), "code": self.areas}, {"area": pl.Int32, "code": pl.String}
        )
        parts = [
            self.frame.slice(run.start, run.count).with_columns(
                *(pl.lit(run.facts[name] or "", pl.String).alias(name) for name in DIMS)
            )
            for run in self.runs
        ]
        return pl.concat(parts).join(names, on="area").select(*_schema()) if parts else frame_of([])


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows of which area and days, and how they are put together.

    ``prefix`` and ``after`` bound the area's codes; ``moved`` says which code a code is counted under, ``merged`` which person.
    ``standing``: rows begun by ``last`` and not ended on that day, whenever they began. ``measure`` is count, open, distinct,
    amount or quantity, and ``key`` what a distinct count counts.
    """

    node: tree.Node
    prefix: str
    after: str
    first: dt.date | None
    last: dt.date
    measure: str
    key: str = ""
    by: tuple[str, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict)
    merged: Mapping[int, int] = field(default_factory=dict)
    people: bool = True  # whether it is counted how many stand behind each group

    @property
    def standing(self) -> bool:
        """Whether what is open on the last day is counted."""
        return self.measure == "open"


@dataclass(frozen=True)
class Now:
    """All live rows of this moment for some eyes: the copy, what came since, what is sealed; ``gone`` ones do not count."""

    parts: tuple[Part, ...]
    gone: tuple[int, ...] = ()

    def count(self, asked: Asked) -> list[tuple[Any, ...]]:
        """For each group its keys, the value, rows, rows without a key, people behind them, of them unnamed."""
        import polars as pl

        found = [
            rows for place, part in enumerate(self.parts)
            for rows in _chosen(part, asked, self.gone if place == 0 else ())
        ]  # fmt: skip
        if not found:
            return [] if asked.by else [(0, 0, 0, 0, 0)]
        every = pl.concat(found)
        if asked.merged:
            old, new = list(asked.merged), list(asked.merged.values())
            every = every.with_columns(pl.col("person").replace(old, new).cast(pl.Int32))
        told = _told(asked)
        made = every.group_by(*asked.by).agg(told) if asked.by else every.select(told)
        return made.rows()

    def newest(self, asked: Asked, before: tuple[dt.date, int] | None, limit: int) -> list[int]:
        """The ids of the newest asked rows, by day and then id, older than ``before``; the same work however deep."""
        import polars as pl

        found: list[pl.DataFrame] = []
        for number, part in enumerate(self.parts):
            place = Place.of(part, asked, self.gone if number == 0 else ())
            for run in part.counted(asked.node):
                last = min(asked.last, before[0]) if before is not None else asked.last
                rows = _between(part.frame.slice(run.start, run.count), None if asked.standing else asked.first, last)
                found += _tail(rows.select("day", "id", "area", "ended"), place.where, before, limit)
        if not found:
            return []
        every = pl.concat(found).sort("day", "id", descending=True)
        return every["id"].head(limit).to_list()


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a part the asked rows are: the codes that its areas are counted under, and what else must hold."""

    codes: list[str]
    where: list[Any]

    @classmethod
    def of(cls, part: Part, asked: Asked, gone: Sequence[int]) -> Place:
        """The area, what stands, what was taken back since."""
        import polars as pl

        codes, inside = part.inside(asked)
        where: list[pl.Expr] = []
        if len(inside) < len(codes):
            row = bool(inside) and inside[-1] - inside[0] + 1 == len(inside)
            where.append(pl.col("area").is_between(inside[0], inside[-1]) if row else pl.col("area").is_in(inside))
        if asked.standing:
            where.append(pl.col("ended").is_null() | (pl.col("ended") > _number(asked.last)))
        if gone:
            where.append(~pl.col("id").is_in(list(gone)))
        return cls(codes, where)


def _chosen(part: Part, asked: Asked, gone: Sequence[int]) -> Iterable[pl.DataFrame]:
    """The asked rows of a part, run by run, with no more columns than are counted."""
    place = Place.of(part, asked, gone)
    for run in part.counted(asked.node):
        rows = _between(part.frame.slice(run.start, run.count), None if asked.standing else asked.first, asked.last)
        rows = rows.filter(*place.where) if place.where else rows
        if rows.height:
            yield rows.select(*_columns(asked, run, place.codes))


def _columns(asked: Asked, run: Run, codes: Sequence[str]) -> list[Any]:
    """What is needed of a run's rows: who, the keys of the groups, what is counted."""
    import polars as pl

    day = pl.col("day").cast(pl.Date)
    dated = {
        "year": day.dt.year(), "month": day.dt.strftime("%Y-%m"),
        "quarter": pl.format("{}-Q{}", day.dt.year(), day.dt.quarter()),
    }  # fmt: skip
    made = [
        pl.col("person"),
        pl.col("family"),
        pl.lit(run.facts["kind"] in DONE_TO).alias("done_to"),
        pl.col("quantity"),
    ]
    made += [pl.col("amount")] if asked.measure == "amount" else []
    for name in dict.fromkeys([*asked.by, asked.key]):
        if name in DIMS:
            made.append(pl.lit(run.facts[name], pl.String).alias(name))
        elif name in dated:
            made.append(dated[name].alias(name))
        elif name in LEVELS:
            short = [code[: LEVELS[name]] for code in codes]
            made.append(pl.col("area").replace_strict(range(len(short)), short, return_dtype=pl.String).alias(name))
        elif name in ("organisation", "place"):
            made.append(pl.col(name))
    return made


def _told(asked: Asked) -> list[Any]:
    import polars as pl

    who = pl.coalesce("person", -pl.col("family"))
    each = pl.when(pl.col("quantity") > 1).then("quantity").otherwise(1)
    unnamed = pl.when(pl.col("done_to") & who.is_null()).then(each).otherwise(0).sum()
    key = {"amount": "amount", "quantity": "quantity", "mean": "quantity", "distinct": asked.key}.get(asked.measure, "")
    value = {
        "amount": pl.col("amount").sum() if key == "amount" else pl.len(), "quantity": pl.col("quantity").sum(),
        "mean": pl.col("quantity").mean().round(),
        "distinct": pl.col(key).drop_nulls().n_unique() if asked.measure == "distinct" else pl.len(),
    }.get(asked.measure, pl.len())  # fmt: skip
    return [
        value.cast(pl.Int64).alias("value"), pl.len().cast(pl.Int64).alias("rows"),
        (pl.col(key).null_count().cast(pl.Int64) if key else pl.lit(0, pl.Int64)).alias("keyless"),
        (who.drop_nulls().n_unique().cast(pl.Int64) + unnamed if asked.people else pl.lit(0, pl.Int64)).alias("people"),
        unnamed.alias("unnamed"),
    ]  # fmt: skip


def _tail(
    rows: pl.DataFrame, where: Sequence[Any], before: tuple[dt.date, int] | None, limit: int
) -> Iterable[pl.DataFrame]:
    """The last rows of a run that fit, looked for from its end in steps that grow."""
    import polars as pl

    tests = list(where)
    if before is not None:
        day = _number(before[0])
        tests.append((pl.col("day") < day) | (pl.col("id") < before[1]))
    end, step, left = rows.height, max(limit * 4, 1024), limit
    while end > 0 and left > 0:
        some = rows.slice(max(end - step, 0), min(step, end))
        some = (some.filter(*tests) if tests else some).tail(left)
        if some.height:
            yield some.select("day", "id")
        left -= some.height
        end, step = end - step, step * 8


def only_sorts(node: tree.Node) -> bool:
    """Whether a condition asks only what rows are, not who or when: then it is answered once for each sort."""
    return set(tree.fact_names(node)) <= set(DIMS)


def fits(node: tree.Node, facts: Mapping[str, Any]) -> bool:
    """Whether rows of this sort are counted by a condition that asks only that."""
    return Evaluation(facts, {}).value(node) is True


def _number(day: dt.date) -> int:
    return (day - _EPOCH).days


def _between(rows: pl.DataFrame, first: dt.date | None, last: dt.date) -> pl.DataFrame:
    """The rows of some days, found by halving: they lie by day."""
    days = rows["day"]
    begin = int(days.search_sorted(_number(first), side="left")) if first is not None else 0
    end = int(days.search_sorted(_number(last), side="right"))
    return rows.slice(begin, max(end - begin, 0))


def _schema() -> dict[str, Any]:
    import polars as pl

    return {**dict.fromkeys((*DIMS, "code"), pl.String), **dict.fromkeys(WHOLE[:-2], pl.Int32),
            **dict.fromkeys(WHOLE[-2:], pl.Int64)}  # fmt: skip


def frame_of(rows: Sequence[Sequence[Any]]) -> pl.DataFrame:
    """Plain rows as the database gives them."""
    import polars as pl

    schema = _schema()
    each = zip(*rows, strict=True) if rows else ([] for _ in schema)
    return pl.DataFrame(
        [pl.Series(name, values, dtype) for (name, dtype), values in zip(schema.items(), each, strict=True)]
    )
