"""The facts that services look at, from the files and from higher rooms: of everyone, or of a few at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from lianxin.engine import facts as vocabulary
from lianxin.engine.declaration import Service
from lianxin.engine.effects import providers
from lianxin.people import facts as files
from lianxin.people.dated import Asked

OF_THE_SERVICE = ("received_count", "days_since_received", "open_case")


def facts_of(
    *,
    subject: str,
    codes: Sequence[str],
    day: dt.date,
    service: str,
    ids: Sequence[int] | None = None,
    known_at: dt.datetime | None = None,
    known: Mapping[str, vocabulary.Fact] = vocabulary.VOCABULARY,
    asked: Asked | None = None,
) -> Any:
    """A Polars frame of ``codes`` for ``ids`` (None: everyone): the file's facts joined with what higher rooms know."""
    from_files = [code for code in codes if code not in provided()]
    frame = files.frame(subject=subject, day=day, known_at=known_at, ids=ids, codes=from_files, facts=known,
                        asked=asked)  # fmt: skip
    return with_provided(frame, codes, day=day, service=service, ids=ids, subject=subject)


def provided() -> dict[str, str]:
    """The facts that higher rooms provide, and which provides each."""
    return {code: name for name, (codes, _) in providers().items() for code in codes}


def with_provided(
    frame: Any,
    codes: Sequence[str],
    *,
    day: dt.date,
    service: str,
    ids: Sequence[int] | None,
    subject: str,
    named: Mapping[str, str] | None = None,
) -> Any:
    """``frame`` with what higher rooms know of ``codes``, in columns called by the code or as ``named`` says."""
    import polars as pl

    names = named or {}
    wanted = [code for code in codes if code in provided()]
    for offered, handler in providers().values():
        mine = [code for code in wanted if code in offered]
        if mine:
            more = handler(ids=ids, day=day, service=service, subject=subject, codes=mine)
            more = more.select("id", *(pl.col(code).alias(names.get(code, code)) for code in mine))
            frame = frame.join(more, on="id", how="left")
    absents = {code: vocabulary.VOCABULARY[code].absent_for(subject) for code in wanted}  # type: ignore[arg-type]
    filled = [pl.col(names.get(code, code)).fill_null(it) for code, it in absents.items() if it is not None]
    return frame.with_columns(filled) if filled else frame


def facts_of_few(
    services: Sequence[Service], ids: Mapping[str, Sequence[int]], day: dt.date
) -> dict[str, dict[int, dict[str, Any]]]:
    """Kind → subject → what the files and the rooms say of it, whatever the service, as far as ``services`` look at it.

    ``ids`` names persons and families (households); what is read of persons serves their households.
    """
    by_kind = {kind: [found for found in services if found.subject == kind] for kind in ids}
    homes = Asked(day, ids=tuple(ids.get("family", ()))) if by_kind.get("family") and ids.get("family") else None
    made: dict[str, dict[int, dict[str, Any]]] = {kind: {} for kind in ids}
    persons = {*ids.get("person", ())} if by_kind.get("person") else set()
    inside = {*files.members_of(homes)["person_id"].to_list()} if homes else set()
    codes, known = _looked_at(by_kind.get("person", []))
    every = sorted(persons | inside)
    if every:
        codes |= dict.fromkeys(files.COUNTED if homes else ())
        frame = facts_of(subject="person", codes=list(codes), day=day, service="", ids=every, known=known)
        made["person"] = {row["id"]: row for row in frame.to_dicts() if row["id"] in persons}
        if homes:
            homes.memo["persons"] = (frozenset(every), frame)
    if homes:
        codes, known = _looked_at(by_kind["family"])
        frame = facts_of(subject="family", codes=list(codes), day=day, service="", ids=homes.ids, known=known,
                         asked=homes)  # fmt: skip
        made["family"] = {row["id"]: row for row in frame.to_dicts()}
    return made


def _looked_at(services: Sequence[Service]) -> tuple[dict[str, None], dict[str, vocabulary.Fact]]:
    """The facts that services look at, without those of the service itself; and what each is."""
    outside = provided()
    known: dict[str, vocabulary.Fact] = dict(vocabulary.VOCABULARY)
    codes: dict[str, None] = {"residence": None}
    for found in services:
        known |= found.facts
        codes |= dict.fromkeys((*found.fact_names(), *([found.event] if found.event else [])))
    return {code: None for code in codes if code not in OF_THE_SERVICE or code not in outside}, known
