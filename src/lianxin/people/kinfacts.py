"""Facts that follow from kin: who is whose spouse, parent or child on the day, and who of them serves.

A kin row says "person is the <kind> of relative" and is stored once; here it is read both ways. Adoption equals birth,
and who brought somebody up counts as a parent (军人地位和权益保障法 §68).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lianxin.people import models
from lianxin.people.dated import MERITS, Asked, award_rows, rows_of

Frame = Any
ADULT = 18
CODES = (
    "military_family", "spouse_serving", "parent_serving", "child_serving", "child_best_merit", "minor_children",
    "only_guardian",
)  # fmt: skip


def of_kin(asked: Asked, codes: Sequence[str], frame: Callable[..., Frame]) -> Frame:
    """A frame of ``id`` and ``codes`` for those who have kin on file; ``frame`` gives each person's own facts."""
    import polars as pl

    links = _links(asked)
    near = asked.only(None if asked.ids is None else sorted({*links["other"].to_list(), *asked.ids}))
    needed = ["serving", "alive", "age", "in_education", "able_to_work"]
    known = frame(subject="person", day=asked.day, known_at=asked.known_at, ids=near.ids, codes=needed)
    seen = links.join(known, left_on="other", right_on="id", how="left")
    own = known.select(pl.col("id").alias("self"), "age", "in_education", "able_to_work")
    spouse, parent, child = (pl.col("role") == role for role in ("spouse", "parent", "child"))
    serving = pl.col("serving").fill_null(False)
    minor = child & (pl.col("age") < ADULT) & pl.col("alive").fill_null(True)
    made = seen.group_by("self").agg(
        (spouse & serving).any().alias("spouse_serving"),
        (parent & serving).any().alias("parent_serving"),
        (child & serving).any().alias("child_serving"),
        minor.fill_null(False).sum().alias("minor_children"),
    )
    made = made.join(own, on="self", how="left")
    dependent = (
        (pl.col("age") < ADULT) | pl.col("in_education").fill_null(False) | ~pl.col("able_to_work").fill_null(True)
    )
    made = made.with_columns(
        (
            pl.col("spouse_serving") | pl.col("child_serving") | (pl.col("parent_serving") & dependent.fill_null(False))
        ).alias("military_family")
    )
    if "child_best_merit" in codes:
        best = award_rows(near).group_by("person_id").agg(pl.col("rank").min())
        children = links.filter(pl.col("role") == "child").join(best, left_on="other", right_on="person_id")
        names = dict(enumerate(MERITS))
        merit = pl.col("rank").replace_strict(names, default="none", return_dtype=pl.String)
        top = children.group_by("self").agg(pl.col("rank").min()).select("self", merit.alias("child_best_merit"))
        made = made.join(top, on="self", how="left")
    if "only_guardian" in codes:
        made = made.join(_only_guardians(links, known, asked, frame), on="self", how="left")
    return made.rename({"self": "id"}).select("id", *codes)


def _links(asked: Asked) -> Frame:
    """``self`` has ``other`` as spouse, parent or child."""
    import polars as pl

    columns = ["person_id", "relative_id", "kind"]
    rows = rows_of(models.Kin, columns, asked)
    if asked.ids is not None:
        rows = pl.concat([rows, rows_of(models.Kin, columns, asked, by="relative_id")]).unique(maintain_order=True)
    up = {"spouse": "spouse", "parent": "parent", "fosterer": "parent", "child": "child"}
    down = {"spouse": "spouse", "parent": "child", "fosterer": "child", "child": "parent"}
    rows = rows.filter(pl.col("kind").is_in(list(up)))
    kind = pl.col("kind")
    seen_by_relative = rows.select(
        pl.col("relative_id").alias("self"), pl.col("person_id").alias("other"), kind.replace(up).alias("role")
    )
    seen_by_person = rows.select(
        pl.col("person_id").alias("self"), pl.col("relative_id").alias("other"), kind.replace(down).alias("role")
    )
    both = pl.concat([seen_by_relative, seen_by_person]).unique(maintain_order=True)
    return both if asked.ids is None else both.filter(pl.col("self").is_in(list(asked.ids)))


def _only_guardians(links: Frame, known: Frame, asked: Asked, frame: Callable[..., Frame]) -> Frame:
    """Who has a minor child whose other parent is not on file or not living."""
    import polars as pl

    children = links.filter(pl.col("role") == "child").select("self", pl.col("other").alias("child"))
    minors = children.join(known.filter((pl.col("age") < ADULT) & pl.col("alive")), left_on="child", right_on="id")
    about = None if asked.ids is None else minors["child"].unique().to_list()
    parents = _links(asked.only(about)).filter(pl.col("role") == "parent")
    others = None if asked.ids is None else parents["other"].unique().to_list()
    living = frame(subject="person", day=asked.day, known_at=asked.known_at, ids=others, codes=["alive"])
    alive = parents.join(living.filter(pl.col("alive")), left_on="other", right_on="id")
    count = alive.group_by("self").agg(pl.len().alias("parents")).rename({"self": "child"})
    alone = minors.join(count, on="child", how="left").filter(pl.col("parents").fill_null(1) <= 1)
    return alone.select("self").unique().with_columns(pl.lit(True).alias("only_guardian"))
