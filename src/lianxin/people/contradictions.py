"""What cannot be true together in a file: found over everyone or a few, by the same rules; never mended by themselves.

Every rule answers the persons it is about. A page that would make a new one is refused; what ledgers brought is listed.
The sentences are in :mod:`lianxin.people.mending`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from lianxin.people import kinfacts, models, standing
from lianxin.people.dated import Asked, last, rows_of, service_rows

Frame = Any
_EVER = dt.date(1, 1, 1)
_NEVER = dt.date(9999, 12, 31)
GENERATIONS = 12  # how far a circle is looked for around one person


class Files:
    """What the rules look at, read once: the rows of all days that are known today."""

    def __init__(self, ids: Sequence[int] | None, day: dt.date) -> None:
        import polars as pl

        self.day = day
        self.asked = Asked(day, None, None if ids is None else tuple(ids))
        self.kin = self._kin()
        about = self.asked
        if ids is not None:
            ends = {*self.kin["person_id"].to_list(), *self.kin["relative_id"].to_list()}
            about = self.asked.only(sorted({*ids, *ends}))
        self.about = about
        who = last(rows_of(models.Particulars, ["person_id", "sex", "born_on", "died_on"], about, ever=True))
        self.who = who.rename({"person_id": "id"})
        self.service = self._rows(models.Service, ["enlisted_on", "discharged_on", "kind"])
        self.links = standing.both_ways(self.kin)
        days = self.who.select("id", "born_on", "died_on", "sex")
        self.pairs = self.links.join(days, left_on="self", right_on="id", how="left").join(
            days, left_on="other", right_on="id", how="left", suffix="_other"
        )
        self.dead = pl.min_horizontal("died_on", "died_on_other")

    def _kin(self) -> Frame:
        if self.asked.ids is None:
            return rows_of(models.Kin, kinfacts.KIN_EVER, self.asked, ever=True)
        return kinfacts.touching(self.asked, self.asked.ids)

    def _rows(self, model: Any, columns: Sequence[str]) -> Frame:
        """Rows of any day of those asked about, with their birth and death."""
        named = ["person_id", *columns, "valid_from", "valid_to"]
        rows = rows_of(model, named, self.asked, ever=True)
        return rows.join(self.who, left_on="person_id", right_on="id", how="left", maintain_order="left")

    def rows(self, model: Any, columns: Sequence[str]) -> Frame:
        """As the rules ask for them."""
        return self._rows(model, columns)


def found(ids: Sequence[int] | None, day: dt.date) -> set[tuple[int, str]]:
    """(person, code) of every contradiction in the files of ``ids`` (None: everyone's), as known now."""
    files = Files(ids, day)
    wanted = None if ids is None else set(ids)
    return {
        (person, code)
        for code, rule in RULES.items()
        for person in rule(files)
        if person is not None and (wanted is None or person in wanted)
    }


def _born(files: Files) -> Iterable[int]:
    import polars as pl

    return files.service.filter(pl.col("enlisted_on") <= pl.col("born_on"))["person_id"].to_list()


def _discharged(files: Files) -> Iterable[int]:
    import polars as pl

    return files.service.filter(pl.col("discharged_on") < pl.col("enlisted_on"))["person_id"].to_list()


def _died(files: Files) -> Iterable[int]:
    import polars as pl

    return files.who.filter(pl.col("died_on") < pl.col("born_on"))["id"].to_list()


def _served_dead(files: Files) -> Iterable[int]:
    import polars as pl

    late = (pl.col("enlisted_on") > pl.col("died_on")) | (pl.col("discharged_on") > pl.col("died_on"))
    return files.service.filter(late)["person_id"].to_list()


def _awarded(files: Files) -> Iterable[int]:
    """An award before the first enlistment."""
    import polars as pl

    first = files.service.group_by("person_id").agg(pl.col("enlisted_on").min().alias("first"))
    rows = files.rows(models.Award, ["merit"]).join(first, on="person_id", how="inner")
    return rows.filter(pl.col("valid_from") < pl.col("first"))["person_id"].to_list()


def _twice_serving(files: Files) -> Iterable[int]:
    """Two periods of service at once. Rows of one enlistment are one period (a promotion)."""
    import polars as pl

    rows = files.service.filter(pl.col("enlisted_on").is_not_null())
    periods = rows.group_by("person_id", "enlisted_on").agg(
        pl.when(pl.col("discharged_on").is_null().all())
        .then(None)
        .otherwise(pl.col("discharged_on").max())
        .alias("end")
    )
    ordered = periods.sort("person_id", "enlisted_on").with_columns(
        pl.col("enlisted_on").shift(-1).over("person_id").alias("next")
    )
    clash = pl.col("next").is_not_null() & (pl.col("end").is_null() | (pl.col("end") > pl.col("next")))
    return ordered.filter(clash)["person_id"].to_list()


def _overlapping(rows: Frame, by: str, what: str) -> list[int]:
    """Those of ``by`` for whom two rows of different ``what`` hold on one day (``start`` and ``end``, both given)."""
    import polars as pl

    several = rows.filter(pl.col(by).is_duplicated()).select(by, what, "start", "end")
    both = several.join(several, on=by, how="inner", suffix="_2").filter(pl.col(what) < pl.col(f"{what}_2"))
    at_once = pl.max_horizontal("start", "start_2") <= pl.min_horizontal("end", "end_2")
    return both.filter(at_once)[by].to_list()


def _two_spouses(files: Files) -> Iterable[int]:
    """Married to two at once. Of a marriage whose first day is unknown only its last known day counts.

    Somebody widowed may marry on the very next day: a marriage ends the day before the death.
    """
    import polars as pl

    marriages = files.pairs.filter(pl.col("role") == "spouse")
    end = pl.min_horizontal(
        pl.col("valid_to"), pl.col("died_on").dt.offset_by("-1d"), pl.col("died_on_other").dt.offset_by("-1d"),
        pl.lit(files.day),
    )  # fmt: skip
    rows = marriages.with_columns(end.alias("end")).with_columns(pl.coalesce("valid_from", "end").alias("start"))
    return _overlapping(rows.filter(pl.col("start") <= pl.col("end")), "self", "other")


def _wed_dead(files: Files) -> Iterable[int]:
    import polars as pl

    late = files.pairs.filter((pl.col("role") == "spouse") & (pl.col("valid_from") > files.dead))
    return late["self"].to_list()


def _two_households(files: Files) -> Iterable[int]:
    import polars as pl

    rows = files.rows(models.Membership, ["family_id"]).with_columns(
        pl.col("valid_from").fill_null(_EVER).alias("start"), pl.col("valid_to").fill_null(_NEVER).alias("end")
    )
    return _overlapping(rows, "person_id", "family_id")


def _two_grades(files: Files) -> Iterable[int]:
    import polars as pl

    rows = files.rows(models.Standing, ["code", "grade"]).filter(
        (pl.col("code") == "disabled_soldier") & pl.col("grade").is_not_null()
    )
    rows = rows.with_columns(
        pl.col("valid_from").fill_null(_EVER).alias("start"), pl.col("valid_to").fill_null(_NEVER).alias("end")
    )
    return _overlapping(rows, "person_id", "grade")


def _younger_parent(files: Files) -> Iterable[int]:
    import polars as pl

    rows = files.pairs.filter((pl.col("role") == "parent") & (pl.col("born_on") >= pl.col("born_on_other")))
    return [*rows["self"].to_list(), *rows["other"].to_list()]


def _three_parents(files: Files) -> Iterable[int]:
    """More than one mother or father by birth."""
    import polars as pl

    rows = files.kin.filter((pl.col("kind") == "parent") & pl.col("basis").is_in(["", "birth"])).join(
        files.who.select("id", "sex"), left_on="person_id", right_on="id", how="left"
    )
    rows = rows.filter(pl.col("sex") != "").unique(["person_id", "relative_id"])
    count = rows.group_by("relative_id", "sex").agg(pl.len().alias("parents"))
    return count.filter(pl.col("parents") > 1)["relative_id"].to_list()


def _both_spouse_and_blood(files: Files) -> Iterable[int]:
    import polars as pl

    married = files.links.filter(pl.col("role") == "spouse").select("self", "other").unique()
    blood = files.links.filter(pl.col("role") != "spouse").select("self", "other").unique()
    return married.join(blood, on=["self", "other"], how="semi")["self"].to_list()


def _own_ancestor(files: Files) -> Iterable[int]:
    """Parents in a circle: edges that lead out of the graph at either end are taken away until only circles stay."""
    import polars as pl

    rows = files.kin if files.asked.ids is None else _ancestry(files)
    edges = rows.filter(pl.col("kind").is_in(["parent", "fosterer", "child"]))
    up = pl.col("kind") != "child"
    edges = edges.select(
        pl.when(up).then("person_id").otherwise("relative_id").alias("parent"),
        pl.when(up).then("relative_id").otherwise("person_id").alias("child"),
    ).unique()
    while True:
        kept = edges.join(edges.select(pl.col("child").alias("parent")).unique(), on="parent", how="semi")
        kept = kept.join(kept.select(pl.col("parent").alias("child")).unique(), on="child", how="semi")
        if kept.height == edges.height:
            return [*kept["parent"].to_list(), *kept["child"].to_list()]
        edges = kept


def _ancestry(files: Files) -> Frame:
    """The kin rows around those asked about, widened until no new person comes."""
    import polars as pl

    seen, rows = set(files.asked.ids or ()), files.kin
    for _ in range(GENERATIONS):
        ends = {*rows["person_id"].to_list(), *rows["relative_id"].to_list()} - seen
        if not ends:
            break
        seen |= ends
        rows = pl.concat([rows, kinfacts.touching(files.asked, sorted(ends))]).unique()
    return rows


def _fallen_alive(files: Files) -> Iterable[int]:
    import polars as pl

    rows = files.rows(models.Standing, ["code"]).filter((pl.col("code") == "fallen") & pl.col("died_on").is_null())
    return rows["person_id"].to_list()


def _accompanying(files: Files) -> Iterable[int]:
    """Said to accompany a soldier, while the marriage or the service is over."""
    import polars as pl

    said = kinfacts.said_accompanying(files.asked).filter("accompanying")["id"].to_list()
    if not said:
        return []
    serving = service_rows(files.about).select(pl.col("person_id").alias("id"), "serving")
    alive = pl.col("died_on").is_null() | (pl.col("died_on") > files.day)
    known = files.who.select("id", alive.alias("alive")).join(serving, on="id", how="left")
    known = known.with_columns(pl.col("serving").fill_null(False))
    return kinfacts.no_longer_accompanying(files.asked, said, known)


def _remarried(files: Files) -> Iterable[int]:
    import polars as pl

    said = last(kinfacts.standings(files.asked).filter(pl.col("code") == "bereaved"))
    found = kinfacts.remarried(files.asked, said)
    return list(found["self"].to_list())


def _studying(files: Files) -> Iterable[int]:
    import polars as pl

    rows = last(rows_of(models.Livelihood, ["person_id", "in_education", "graduates_on"], files.asked))
    return rows.filter(pl.col("in_education") & (pl.col("graduates_on") <= files.day))["person_id"].to_list()


def _guardian(files: Files) -> Iterable[int]:
    """A guardian who has died while the link goes on."""
    import polars as pl

    links = standing.valid(files.kin.filter(pl.col("kind") == "guardian"), files.day)
    dead = files.who.filter(pl.col("died_on") <= files.day).select(pl.col("id").alias("person_id"))
    return links.join(dead, on="person_id", how="semi")["relative_id"].to_list()


RULES: dict[str, Callable[[Files], Iterable[int]]] = {
    "born-after-enlisted": _born,
    "discharged-before-enlisted": _discharged,
    "died-before-born": _died,
    "served-after-death": _served_dead,
    "award-before-enlisted": _awarded,
    "two-services": _twice_serving,
    "two-spouses": _two_spouses,
    "married-after-death": _wed_dead,
    "two-households": _two_households,
    "two-grades": _two_grades,
    "parent-younger": _younger_parent,
    "two-of-one-parent": _three_parents,
    "spouse-and-kin": _both_spouse_and_blood,
    "own-ancestor": _own_ancestor,
    "fallen-alive": _fallen_alive,
    "accompanying-over": _accompanying,
    "remarried": _remarried,
    "studies-over": _studying,
    "guardian-dead": _guardian,
}
# What time alone brings about: listed for the clerk, and no reason to refuse what somebody writes.
BY_TIME = frozenset({"accompanying-over", "remarried", "studies-over", "guardian-dead"})
