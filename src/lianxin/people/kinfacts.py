"""Facts that follow from kin: who is whose spouse, parent or child on the day, who of them serves, who of them fell.

A kin row says "person is the <kind> of relative" and is stored once; here it is read both ways. The rules of standing
are :mod:`lianxin.people.standing`; this module reads for them what the files hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from lianxin.people import models, standing
from lianxin.people.dated import MANY, MERITS, Asked, award_rows, died_rows, last, rows_of

Frame = Any
CODES = (
    "military_family", "spouse_serving", "parent_serving", "child_serving", "child_best_merit", "minor_children",
    "only_guardian", "bereaved", "bereaved_of", "bereaved_as", "pension_kin", "accompanying",
)  # fmt: skip
_FALLEN = ("bereaved", "bereaved_of", "bereaved_as", "pension_kin")
_NEAR = tuple(code for code in CODES if code not in {*_FALLEN, "accompanying"})
KNOWN = ["serving", "alive", "age", "in_education", "able_to_work", "capacity"]
STANDING = ["person_id", "code", "grade", "cause", "role", "valid_from"]
KIN = ["person_id", "relative_id", "kind"]
KIN_EVER = [*KIN, "basis", "maintained", "ended_by", "valid_from", "valid_to"]
UNTOUCHED = "NOT (basis = 'step' AND maintained = '')"


def of_kin(asked: Asked, codes: Sequence[str], about: Frame | None, frame: Callable[..., Frame]) -> Frame:
    """A frame of ``id`` and ``codes`` for those who have kin on file or a standing that comes from kin.

    ``about`` is what standing asks of each person and their kin (:data:`KNOWN`), where it was read already.
    """
    import polars as pl

    made = pl.DataFrame({"id": pl.Series([], dtype=pl.Int64)})
    near = [code for code in codes if code in _NEAR]
    if about is None:
        about = known(asked, frame) if near or asked.ids is not None else _known_of_some(asked, codes, frame)
    parts = [_of_the_living(asked, near, about, frame)] if near else []
    if any(code in codes for code in _FALLEN):
        parts.append(_bereaved(asked, about))
    if "accompanying" in codes:
        parts.append(_accompanying(asked, about))
    for part in parts:
        if part.height:
            made = made.join(part, on="id", how="full", coalesce=True) if made.height else part
    return made[["id", *(code for code in codes if code in made.columns)]]


def around(asked: Asked) -> Asked:
    """Those asked about and all their kin ever; :meth:`Asked.only` of them and what is read for them serves both."""
    return asked.only(sorted({*(asked.ids or ()), *_ends(touching(asked, asked.ids or ()))}))


def known(asked: Asked, frame: Callable[..., Frame]) -> Frame:
    """What standing asks about each person: of everyone, or of those asked about and all their kin ever."""
    if asked.ids is None:
        return frame(subject="person", day=asked.day, codes=KNOWN, asked=asked)
    return frame(subject="person", day=asked.day, codes=KNOWN, asked=around(asked))


def asks_of_all(codes: Iterable[str]) -> bool:
    """Whether such facts ask :data:`KNOWN` of everybody; those of the fallen and of who accompanies ask it of few."""
    return not {*codes}.isdisjoint(_NEAR)


def _known_of_some(asked: Asked, codes: Sequence[str], frame: Callable[..., Frame]) -> Frame:
    """What standing asks, of the kin of the fallen, of those said to accompany, and of all their kin: the others have no
    standing of these kinds."""
    ids: set[int] = set()
    if any(code in codes for code in _FALLEN):
        dead = fallen(asked, None)["id"].to_list()
        ids.update(_ends(touching(asked, dead)))
    if "accompanying" in codes:
        ids.update(said_accompanying(asked)["id"].to_list())
    ids.update(_ends(touching(asked, ids)))
    some = asked if len(ids) > MANY else asked.only(sorted(ids))
    return frame(subject="person", day=asked.day, known_at=asked.known_at, codes=KNOWN, asked=some)


def _ends(rows: Frame) -> set[int]:
    return {*rows["person_id"].to_list(), *rows["relative_id"].to_list()}


def _of_the_living(asked: Asked, codes: Sequence[str], known: Frame, frame: Callable[..., Frame]) -> Frame:
    import polars as pl

    links = linked(asked)
    if links.is_empty():
        return links.select(pl.col("self").alias("id"))
    seen = links.join(known, left_on="other", right_on="id", how="left")
    spouse, parent, child = (pl.col("role") == role for role in ("spouse", "parent", "child"))
    serving = pl.col("serving").fill_null(False) & pl.col("alive").fill_null(True)
    minor = child & (pl.col("age") < standing.rules()[1]) & pl.col("alive").fill_null(True)
    made = seen.group_by("self").agg(
        (spouse & serving).any().alias("spouse_serving"),
        (parent & serving).any().alias("parent_serving"),
        (child & serving).any().alias("child_serving"),
        minor.fill_null(False).sum().alias("minor_children"),
    )
    if "military_family" in codes:
        held = derived(asked, known).filter(pl.col("set") == "military_family")
        made = made.with_columns(pl.col("self").is_in(held["self"].to_list()).alias("military_family"))
    if "child_best_merit" in codes:
        top = _merits_of_children(asked, links)
        made = made.join(top, on="self", how="left") if top.height else made
    if "only_guardian" in codes:
        alone = _only_guardians(links, known, asked, frame)
        made = made.join(alone, on="self", how="left") if alone.height else made
    return made.select(pl.col("self").alias("id"), *(code for code in codes if code in made.columns))


def _merits_of_children(asked: Asked, links: Frame) -> Frame:
    """The highest merit of any child of whoever has one that won any: self, child_best_merit."""
    import polars as pl

    rows = award_rows(_near(asked, links))
    if rows.height:
        best = rows.group_by("person_id").agg(pl.col("rank").min())
        rows = links.filter(pl.col("role") == "child").join(best, left_on="other", right_on="person_id")
    if rows.is_empty():
        return rows
    merit = pl.col("rank").replace_strict(dict(enumerate(MERITS)), default="none", return_dtype=pl.String)
    return rows.group_by("self").agg(pl.col("rank").min()).select("self", merit.alias("child_best_merit"))


def _near(asked: Asked, links: Frame) -> Asked:
    if asked.ids is None:
        return asked
    return asked.only(sorted({*links["other"].to_list(), *asked.ids}))


def derived(asked: Asked, known: Frame) -> Frame:
    """Every standing that follows from a serving relative: self, set, other, role, cause (blank)."""
    import polars as pl

    role = {"spouse": "spouse", "parent": "child", "child": "parent", "sibling": "sibling"}
    links = linked(asked).select("self", "other", pl.col("role").replace(role), pl.lit(False).alias("kept"))
    return standing.of_serving(links, known)


def linked(asked: Asked) -> Frame:
    """``self`` has ``other`` as spouse, parent or child on the day."""
    import polars as pl

    key = ("links",)
    if key not in asked.memo:
        if asked.ids is None:
            rows = rows_of(models.Kin, KIN, asked, only=UNTOUCHED)
        else:  # both_ways leaves out the untouched
            rows = touching(asked, asked.ids)
            rows = standing.valid(rows, asked.day) if rows.height else rows
        both = standing.both_ways(rows.filter(pl.col("kind") != "sibling"))
        # both_ways says what self is to other; here it is asked what other is to self
        made = both.lazy().select(pl.col("other").alias("self"), pl.col("self").alias("other"), "role")
        if asked.ids is not None:
            made = made.filter(pl.col("self").is_in(list(asked.ids)))
        asked.memo[key] = made.unique(maintain_order=True).collect(optimizations=pl.QueryOptFlags.none())
    return asked.memo[key]


def touching(asked: Asked, ids: Iterable[int]) -> Frame:
    """Kin rows of any day in which one of ``ids`` stands at either end."""
    some = asked.only(sorted(set(ids)))
    key = ("touching", some.ids)
    if key not in asked.memo:
        asked.memo[key] = rows_of(models.Kin, KIN_EVER, some, by=("person_id", "relative_id"), ever=True)
    return asked.memo[key]


def standings(asked: Asked) -> Frame:
    """The dated categories of the day."""
    return rows_of(models.Standing, STANDING, asked)


def fallen(asked: Asked, among: Sequence[int] | None) -> Frame:
    """Who died in service by the day: id, cause, died_on (the day of death, else since when the file says so)."""
    import polars as pl

    whose = asked if among is None else asked.only(among)
    rows = last(standings(whose).filter(pl.col("code") == "fallen"))
    if rows.is_empty():
        return pl.DataFrame(schema={"id": pl.Int64, "cause": pl.String, "died_on": pl.Date})
    died = last(died_rows(asked.only(rows["person_id"].to_list())))
    day = pl.coalesce("died_on", "valid_from")
    return (
        rows.select("person_id", "cause", "valid_from")
        .join(died, on="person_id", how="left")
        .select(pl.col("person_id").alias("id"), "cause", day.alias("died_on"))
        .filter(pl.col("died_on") <= asked.day)
    )


def of_fallen(asked: Asked, known: Frame) -> Frame:
    """Every standing that follows from a soldier who died in service: self, set, other, role, cause."""
    import polars as pl

    own = None if asked.ids is None else touching(asked, asked.ids)
    among = None if own is None else sorted({*own["person_id"].to_list(), *own["relative_id"].to_list()})
    dead = fallen(asked, among)
    if dead.is_empty():
        return standing.nobody()
    theirs = touching(asked, dead["id"].to_list())
    selves = {*theirs["person_id"].to_list(), *theirs["relative_id"].to_list()} - set(dead["id"].to_list())
    selves = selves if asked.ids is None else selves & set(asked.ids)
    rows = pl.concat([theirs, touching(asked, selves)]).unique(maintain_order=True)
    supporters = standing.valid(rows.filter(pl.col("kind").is_in(["supporter", "fosterer", "guardian"])), asked.day)
    held = standing.of_fallen(standing.both_ways(rows), supporters, known, dead, asked.day)
    return held.filter(pl.col("self").is_in(sorted(selves)))


def _bereaved(asked: Asked, known: Frame) -> Frame:
    """The bereaved as ledgers say them, and as they follow from the dead; what a ledger says comes first.

    A ledger's widow who, by her kin, has married again and supports nobody of the dead's is none any more.
    """
    import polars as pl

    said = last(standings(asked).filter(pl.col("code") == "bereaved"))
    held = of_fallen(asked, known)
    if said.is_empty() and held.is_empty():
        return pl.DataFrame({"id": pl.Series([], dtype=pl.Int64)})
    over = remarried(asked, said)
    said = said.join(over, left_on="person_id", right_on="self", how="anti")
    said = said.select(
        pl.col("person_id").alias("id"), pl.col("cause").alias("said_of"), pl.col("role").alias("said_as")
    )
    rank = {cause: place for place, cause in enumerate(standing.CAUSES)}
    held = held.with_columns(
        pl.col("cause").replace_strict(rank, default=len(rank), return_dtype=pl.Int64).alias("rank")
    )
    first = held.filter(pl.col("set") == "bereaved").sort("rank", "other").unique("self", keep="first")
    first = first.select(pl.col("self").alias("id"), "cause", "role")
    draws = held.filter(pl.col("set") == "pension_kin").select(pl.col("self").alias("id")).unique()
    both = said.join(first, on="id", how="full", coalesce=True)
    both = both.select(
        "id", pl.lit(True).alias("bereaved"),
        pl.coalesce("said_of", "cause").alias("bereaved_of"), pl.coalesce("said_as", "role").alias("bereaved_as"),
    )  # fmt: skip
    draws = draws.with_columns(pl.lit(True).alias("pension_kin"))
    return both.join(draws, on="id", how="full", coalesce=True)


def remarried(asked: Asked, said: Frame) -> Frame:
    """Of those whom a ledger calls bereaved as a spouse, who has married since (column ``self``).

    Both days must be known: the ledger's (since when bereaved) and the marriage's. Who still supports somebody counts
    on (军人抚恤优待条例 第二十条).
    """
    import polars as pl

    widowed = said.filter((pl.col("role") == "spouse") & pl.col("valid_from").is_not_null())
    if widowed.is_empty():
        return pl.DataFrame({"self": pl.Series([], dtype=pl.Int64)})
    rows = touching(asked, widowed["person_id"].to_list())
    since = pl.col("valid_from")
    married = standing.both_ways(rows).filter((pl.col("role") == "spouse") & (since <= asked.day))
    late = married.join(widowed.select(pl.col("person_id").alias("self"), since.alias("bereaved_on")), on="self")
    late = late.filter(since > pl.col("bereaved_on")).select("self").unique()
    cares = standing.valid(rows.filter(pl.col("kind") == "supporter"), asked.day)
    return late.join(cares, left_on="self", right_on="person_id", how="anti")


def said_accompanying(asked: Asked) -> Frame:
    """Who accompanies a soldier as the forces or a ledger say: id, accompanying."""
    import polars as pl

    said = attested(asked, "accompanying").rename({"person_id": "id"})
    marked = standings(asked).filter(pl.col("code") == "accompanying")
    if said.is_empty() and marked.is_empty():
        return pl.DataFrame(schema={"id": pl.Int64, "accompanying": pl.Boolean})
    marked = marked.select(pl.col("person_id").alias("id"), pl.lit(True).alias("marked")).unique()
    both = said.join(marked, on="id", how="full", coalesce=True)
    return both.select("id", pl.coalesce("holds", "marked").alias("accompanying"))


def attested(asked: Asked, code: str) -> Frame:
    """What was attested of each person's ``code``: person_id, holds."""
    import polars as pl

    columns = ["person_id", "code", "holds"]
    if asked.few:
        rows = rows_of(models.Attested, columns, asked)
        rows = rows.filter(pl.col("code") == code) if rows.height else rows
    else:
        rows = rows_of(models.Attested, columns, asked, only=f"code = '{code}'")
    return last(rows)[["person_id", "holds"]]


def _accompanying(asked: Asked, known: Frame) -> Frame:
    """What the forces approved, as long as the kin on file do not say that the marriage or the service is over."""
    import polars as pl

    said = said_accompanying(asked)
    if said.is_empty():
        return said
    over = no_longer_accompanying(asked, said.filter("accompanying")["id"].to_list(), known)
    return said.with_columns(pl.col("accompanying") & ~pl.col("id").is_in(over))


def no_longer_accompanying(asked: Asked, ids: Sequence[int], known: Frame) -> list[int]:
    """Those of ``ids`` whose kin contradict that they accompany a serving spouse."""
    import polars as pl

    if not ids:
        return []
    ever = standing.both_ways(touching(asked, ids))
    found = standing.ended_marriages(pl.DataFrame({"self": list(ids)}), ever, known, asked.day)
    return list(found["self"].to_list())


def _only_guardians(links: Frame, known: Frame, asked: Asked, frame: Callable[..., Frame]) -> Frame:
    """Who has a minor child whose other parent is not on file or not living."""
    import polars as pl

    children = links.filter(pl.col("role") == "child").select("self", pl.col("other").alias("child"))
    minors = children.join(
        known.filter((pl.col("age") < standing.rules()[1]) & pl.col("alive")), left_on="child", right_on="id"
    )
    if minors.is_empty():
        return minors
    about = None if asked.ids is None else minors["child"].unique().to_list()
    parents = (links if about is None else linked(asked.only(about))).filter(pl.col("role") == "parent")
    if about is None:
        living = known.select("id", "alive")
    else:
        near = asked.only(parents["other"].unique().to_list())
        living = frame(subject="person", day=asked.day, codes=["alive"], asked=near)
    alive = parents.join(living.filter(pl.col("alive")), left_on="other", right_on="id")
    count = alive.group_by("self").agg(pl.len().alias("parents")).rename({"self": "child"})
    alone = minors.join(count, on="child", how="left").filter(pl.col("parents").fill_null(1) <= 1)
    return alone.select("self").unique().with_columns(pl.lit(True).alias("only_guardian"))
