"""Standing that follows from kin: who is 军人家属, 遗属, 随军家属 on a day, through whom, under which article.

Pure: tables of the day in, a table of who holds what out; for everyone and for one person by the same code. Which
relatives count is data (``kinsets.yaml``). Nothing is kept: a divorce, a birthday, a discharge or a death ends a
standing on its own day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

Frame = Any
ROLES = ("spouse", "parent", "child", "sibling")
CAUSES = ("martyr", "duty", "illness")  # gravest first


@dataclass(frozen=True, slots=True)
class KinSet:
    """One set of relatives: whose (serving, fallen), which of them under which conditions, and the rule's source."""

    code: str
    of: str
    zh: str
    en: str
    law: str
    article: str
    kin: dict[str, tuple[tuple[str, ...], ...]]  # role → ways to count: every word of one way must hold
    asserted: bool = False
    again: str = ""  # the article under which one counts who would not otherwise


@cache
def rules() -> tuple[dict[str, KinSet], int]:
    """The kin sets by code, and the age at which a child is grown up."""
    from ruamel.yaml import YAML

    said = YAML(typ="safe", pure=True).load(Path(__file__).parent / "kinsets.yaml")
    made = {}
    for code, one in said["sets"].items():
        kin = {role: tuple(tuple(way.split()) for way in ways) for role, ways in one["kin"].items()}
        made[code] = KinSet(code, one["of"], one["name"]["zh"], one["name"]["en"], one["cite"]["law"],
                            one["cite"]["article"], kin, one.get("asserted", False),
                            one.get("again", {}).get("article", ""))  # fmt: skip
    return made, int(said["ages"]["adult"]["value"])


def both_ways(kin: Frame) -> Frame:
    """Kin rows read from both ends: ``self`` is the ``role`` of ``other``, with what the link says.

    ``kin``: person_id, relative_id, kind and, where they matter, basis, maintained, ended_by, valid_from, valid_to.
    Guardians and supporters are no kin. ``kept`` says that ``self`` was the one maintained. A step link without
    upbringing is left out.
    """
    import polars as pl

    up = {"spouse": "spouse", "parent": "parent", "fosterer": "parent", "child": "child", "sibling": "sibling"}
    down = {**up, "parent": "child", "fosterer": "child", "child": "parent"}
    kind, maintained = pl.col("kind"), pl.col("maintained")
    blank = [pl.lit("").alias(name) for name in ("basis", "maintained", "ended_by") if name not in kin.columns]
    days = [pl.lit(None, pl.Date).alias(name) for name in ("valid_from", "valid_to") if name not in kin.columns]
    rows = kin.lazy().with_columns(*blank, *days)
    rows = rows.filter(kind.is_in(list(up)) & ((pl.col("basis") != "step") | (maintained != "")))
    rest = ["ended_by", "valid_from", "valid_to"]
    first = rows.select(
        pl.col("person_id").alias("self"), pl.col("relative_id").alias("other"), kind.replace(up).alias("role"),
        (maintained == "person").alias("kept"), *rest,
    )  # fmt: skip
    second = rows.select(
        pl.col("relative_id").alias("self"), pl.col("person_id").alias("other"), kind.replace(down).alias("role"),
        (maintained == "relative").alias("kept"), *rest,
    )  # fmt: skip
    return pl.concat([first, second]).collect(optimizations=pl.QueryOptFlags.none())


def valid(rows: Frame, day: dt.date | Any) -> Frame:
    """The rows that are valid on a day (or on each row's own day, given as a column)."""
    import polars as pl

    since, until = pl.col("valid_from"), pl.col("valid_to")
    return rows.filter((since.is_null() | (since <= day)) & (until.is_null() | (until >= day)))


def of_serving(links: Frame, known: Frame) -> Frame:
    """Who holds a set of the serving on the day: ``self``, ``set``, ``other`` (the soldier), ``role``, ``cause``.

    ``links`` are those valid on the day; ``known`` has id, alive, serving, age, in_education, able_to_work, capacity.
    """
    import polars as pl

    soldiers = known.filter(pl.col("serving") & pl.col("alive")).select(pl.col("id").alias("other"))
    near = links.join(soldiers, on="other", how="inner").join(known, left_on="self", right_on="id", how="left")
    near = near.filter(pl.col("alive").fill_null(True)).with_columns(pl.lit("").alias("cause"))
    return _counted(near, "serving")


def of_fallen(ever: Frame, supporters: Frame, known: Frame, fallen: Frame, day: dt.date) -> Frame:
    """Who holds a set of the fallen on the day, as :func:`of_serving`.

    ``ever`` are links valid on any day, ``supporters`` the supporter rows valid on the day (person_id supports
    relative_id), ``fallen`` has id, cause and died_on of those who died in service by the day.
    """
    import polars as pl

    dead = fallen.select(pl.col("id").alias("other"), "cause", "died_on")
    known_on_day = ever.filter(pl.col("valid_from").is_null() | (pl.col("valid_from") <= day))
    near = known_on_day.join(dead, on="other", how="inner")
    died, since, until = pl.col("died_on"), pl.col("valid_from"), pl.col("valid_to")
    lasted = until.is_null() | (until >= died) | (pl.col("ended_by") == "death")
    near = near.filter(lasted & ((pl.col("role") != "spouse") | since.is_null() | (since <= died)))
    near = near.join(_again(known_on_day, near), on=["self", "other"], how="left", maintain_order="left")
    near = near.join(_supports(ever, supporters, dead), on=["self", "other"], how="left", maintain_order="left")
    near = near.join(known, left_on="self", right_on="id", how="left").filter(pl.col("alive").fill_null(True))
    return _counted(near.with_columns(pl.col("again", "supports").fill_null(False)), "fallen")


def _again(links: Frame, near: Frame) -> Frame:
    """The widowed who married again since: a marriage with another that did not begin before the death."""
    import polars as pl

    widowed = near.filter(pl.col("role") == "spouse").select("self", "other", "died_on")
    since = pl.col("valid_from")
    later = links.filter(pl.col("role") == "spouse").select("self", pl.col("other").alias("new"), "valid_from")
    found = widowed.join(later, on="self", how="inner").filter(
        (pl.col("new") != pl.col("other")) & (since.is_null() | (since > pl.col("died_on")))
    )
    return found.select("self", "other").unique().with_columns(pl.lit(True).alias("again"))


def _supports(links: Frame, supporters: Frame, dead: Frame) -> Frame:
    """Who supports a parent of the dead, or a brother or sister whom the dead maintained."""
    import polars as pl

    theirs = links.join(dead.select("other"), on="other", how="inner")
    cared = theirs.filter((pl.col("role") == "parent") | ((pl.col("role") == "sibling") & pl.col("kept")))
    cared = cared.select(pl.col("self").alias("relative_id"), "other")
    found = supporters.join(cared, on="relative_id", how="inner").select(pl.col("person_id").alias("self"), "other")
    return found.unique().with_columns(pl.lit(True).alias("supports"))


def nobody() -> Frame:
    """A table of who holds what, with nobody in it."""
    import polars as pl

    return pl.DataFrame(schema={"self": pl.Int64, "set": pl.String, "other": pl.Int64, "role": pl.String,
                                "cause": pl.String})  # fmt: skip


def _counted(near: Frame, of: str) -> Frame:
    """Those of the relatives whom each kin set counts."""
    import polars as pl

    made = []
    for one in rules()[0].values():
        if one.of == of:
            for role, ways in one.kin.items():
                holds = pl.any_horizontal(pl.all_horizontal(_condition(word) for word in way) for way in ways)
                said = near.filter((pl.col("role") == role) & holds)
                made.append(said.select("self", pl.lit(one.code).alias("set"), "other", "role", "cause"))
    return pl.concat(made).unique(maintain_order=True)


def _condition(word: str) -> Any:
    import polars as pl

    if word == "any":
        return pl.lit(True)
    if word == "minor":
        return (pl.col("age") < rules()[1]).fill_null(False)
    if word == "studying":
        return pl.col("in_education").fill_null(False)
    if word == "unable":
        return ~pl.col("able_to_work").fill_null(True) | (pl.col("capacity") != "full").fill_null(False)
    if word == "maintained":
        return pl.col("kept")
    if word == "faithful":
        return ~pl.col("again") | pl.col("supports")
    raise ValueError(f"kinsets.yaml: no condition {word}")


def ended_marriages(asserted: Frame, ever: Frame, known: Frame, day: dt.date) -> Frame:
    """Of those said to accompany a soldier, the ones whose kin say that it is over (column ``self``).

    It is over where the file knows a spouse of theirs, and none whom they are married to on the day serves. A file
    that knows no spouse at all contradicts nothing.
    """
    import polars as pl

    married = ever.filter(pl.col("role") == "spouse").join(asserted.select("self"), on="self", how="semi")
    serving = known.filter(pl.col("serving") & pl.col("alive")).select(pl.col("id").alias("other"))
    still = valid(married, day).join(serving, on="other", how="semi")
    return married.select("self").unique().join(still, on="self", how="anti")


def sets_of(role: str) -> Iterator[KinSet]:
    """The kin sets that know a role."""
    return (one for one in rules()[0].values() if role in one.kin)
