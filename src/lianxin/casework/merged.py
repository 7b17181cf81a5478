"""Cases follow the file that goes on: they move with a ledger, and of two running ones of a service one goes on.

Whose a case is stands in its moves, so a case that comes to another file or household says so in a note.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from lianxin.casework import states
from lianxin.casework.models import Case, Move
from lianxin.casework.moving import COLUMNS, SOME, Moving, apart, locked, service_of
from lianxin.engine.scope import Actor
from lianxin.journal.actions import Writing
from lianxin.people.identities import some
from lianxin.people.mergemodels import Carried

TABLE = "casework.case"
ENDED_BY = {
    states.PROPOSED: "lapse", states.STANDING: "end", states.REVIEW: "end", states.OPEN: "withdraw",
    states.WAITING: "withdraw", states.PUBLICISED: "withdraw",
}  # fmt: skip
# Which of two goes on: what stands before what is at a desk, before what was only proposed. Money on its way stays.
FIRST = (
    states.STANDING,
    states.REVIEW,
    states.UNDERWAY,
    states.PUBLICISED,
    states.OPEN,
    states.WAITING,
    states.PROPOSED,
)
PICTURE = tuple(name for name in COLUMNS if name != "version_lock")
CAME, WENT, JOINED = "file-merged", "file-parted", "household-joined"  # reasons of notes
Merged = Sequence[tuple[int, int, int]]  # (merge, loser, survivor)


def follow(*, merges: Merged, by: Actor, at: dt.datetime, writer: Writing) -> None:
    """The loser's cases are the survivor's; of two running ones of the same service and cause one is ended."""
    into = {loser: (merge, survivor) for merge, loser, survivor in merges}
    kept: list[Carried] = []
    for part in some(into):
        moved: dict[int, list[int]] = defaultdict(list)
        cases = list(Case.objects.filter(person__in=part).order_by("pk"))
        for case in cases:
            merge, survivor = into[case.person_id or 0]
            moved[survivor].append(case.pk)
            kept.append(Carried(merge_id=merge, table=TABLE, old=case.pk, before={"person": case.person_id}))
            case.person_id = survivor
        for survivor, ids in moved.items():
            Case.objects.filter(pk__in=ids).update(person=survivor)
        writer.add([_note(case, CAME, by, at) for case in cases])
    Carried.objects.bulk_create(kept, batch_size=500)
    _one_each({survivor: merge for merge, _, survivor in merges}, kept, by, at, writer)


def _one_each(
    merge_of: Mapping[int, int], moved: Sequence[Carried], by: Actor, at: dt.datetime, writer: Writing
) -> None:
    """End every running case but one of each service and cause, and remember how it stood."""
    came = {one.old for one in moved}
    groups: dict[tuple[Any, ...], list[Case]] = defaultdict(list)
    for part in some(merge_of):
        for case in Case.objects.filter(person__in=part).exclude(state__in=states.ENDED).order_by("pk"):
            if service_of(case).repeat != "on-demand":
                groups[case.person_id, case.service, case.cause, case.event_on].append(case)
    doubled = [rows for rows in groups.values() if len(rows) > 1 and any(case.pk in came for case in rows)]
    ending: list[int] = []
    for rows in doubled:
        rows.sort(key=lambda case: (FIRST.index(case.state), case.pk))
        ending += [case.pk for case in rows[1:] if case.state in ENDED_BY]
    kept: list[Carried] = []
    for start in range(0, len(ending), SOME):
        for group in apart(locked(ending[start : start + SOME])):
            kept += _end(group, merge_of, by, at, writer)
    Carried.objects.bulk_create(kept, batch_size=500)


def _end(group: list[Case], merge_of: Mapping[int, int], by: Actor, at: dt.datetime, writer: Writing) -> list[Carried]:
    fields = {field.attname: field for field in Case._meta.concrete_fields}
    kept = [
        Carried(merge_id=merge_of[case.person_id or 0], table=TABLE, old=case.pk, before={
            name: fields[name].value_to_string(case) if getattr(case, name) is not None else None
            for name in PICTURE if name != "form"
        })
        for case in group
    ]  # fmt: skip
    moving = Moving(writer, by, at, group)
    for case in group:
        moving.follow(case, ENDED_BY[case.state], reason="merged")
    moving.settle()
    for one, case in zip(kept, group, strict=True):
        one.before["ended"] = case.state
    return kept


def give_back(*, merges: Merged, by: Actor, at: dt.datetime, writer: Writing) -> None:
    """Cases that came with a merge go back to their file, as they stood; what a desk did since stays done."""
    loser = {merge: loser for merge, loser, _ in merges}
    fields = {field.attname: field for field in Case._meta.concrete_fields}
    moves: list[Move] = []
    for one in Carried.objects.filter(merge__in=list(loser), table=TABLE).order_by("-pk"):
        case = Case.objects.select_for_update().get(pk=one.old or 0)
        if "person" in one.before:
            Case.objects.filter(pk=case.pk).update(person=one.before["person"])
            case.person_id = one.before["person"]
            moves.append(_note(case, WENT, by, at))
            continue
        last = Move.objects.filter(case=case).exclude(reason__in=(CAME, WENT, JOINED)).order_by("-pk").first()
        if case.state != one.before["ended"] or last is None or last.reason != "merged":
            continue
        said: dict[str, Any] = {name: None if value is None else fields[name].to_python(value)
                for name, value in one.before.items() if name != "ended"}  # fmt: skip
        Case.objects.filter(pk=case.pk).update(**said, version_lock=case.version_lock + 1)
        ended = (case.state, case.step)
        for name, value in said.items():
            setattr(case, name, value)
        moves.append(_said(case, "reopen", "unmerged", ended, by, at))
    writer.add(moves)


def joined(*, pairs: Mapping[int, int], by: Actor, at: dt.datetime, writer: Writing) -> None:
    """What runs for a household goes on for the one that it joined."""
    for part in some(pairs):
        cases = list(Case.objects.filter(family__in=part).exclude(state__in=states.ENDED).order_by("pk"))
        for case in cases:
            case.family_id = pairs[case.family_id or 0]
        for into in {case.family_id for case in cases}:
            Case.objects.filter(pk__in=[case.pk for case in cases if case.family_id == into]).update(family=into)
        writer.add([_note(case, JOINED, by, at) for case in cases])


def _note(case: Case, reason: str, by: Actor, at: dt.datetime) -> Move:
    return _said(case, "note", reason, (case.state, case.step), by, at)


def _said(case: Case, verb: str, reason: str, before: tuple[str, int], by: Actor, at: dt.datetime) -> Move:
    """A move that says how the case stands now, and how it stood before."""
    return Move(
        case=case, at=at, by_account=by.account, by_name=by.name, office=by.office, verb=verb, from_state=before[0],
        to_state=case.state, from_step=before[1], to_step=case.step, reason=reason, due_at=case.due_at,
    ).seen(case)  # fmt: skip
