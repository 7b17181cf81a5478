"""A large replay is found in the background, piece by piece: how far it is can be seen, and a kill loses nothing."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.payments import replaying
from lianxin.payments.actions.replays import entry_of, ready, rows_of
from lianxin.payments.replaymodels import Correction, Replay

SMALL = 3000  # lines that are replayed while one waits
PIECE = 1000  # cases


def size(by: Actor, service: str) -> int:
    """How many lines a replay of a service in the actor's area looks at."""
    return replaying.lines_of(by.scope.narrowed(by.area), service).count()


def begin(
    *, service: str, from_on: dt.date, to_on: dt.date, reason: str, by: Actor, at: dt.datetime, least: int = 0
) -> Replay:
    """Open a replay whose differences are found afterwards, by :func:`find_out`. Raises :class:`Refusal`."""
    newest, reason = ready(service, by.area, from_on, to_on, reason, by)
    with transaction.atomic():
        waiting = Replay.objects.select_for_update().filter(
            service=service, area=by.area, state__in=["finding", "proposed", "approved"]
        ).first()  # fmt: skip
        if waiting is not None:
            if waiting.state == "finding" and (waiting.from_on, waiting.to_on) == (from_on, to_on):
                return waiting  # the second click
            raise Refusal(
                _("A replay of this service waits already (number %(number)d): let it be approved, or drop it first.")
                % {"number": waiting.pk}
            )
        cases = replaying.lines_of(by.scope.narrowed(by.area), service).values("case").distinct().count()
        with journal.entry(
            action="payments.begin-replay", by=by, at=at, area=by.area, purpose=reason,
            service=service if newest.sealed else "", said=service, cases=cases,
        ) as writer:  # fmt: skip
            made = Replay.objects.create(
                service=service, area=by.area, sealed=newest.sealed, version=newest, from_on=from_on,
                to_on=min(to_on, clock.day(at)), reason=reason, least=max(0, least), state="finding",
                maker=by.account or 0, maker_name=by.name, made_at=at, total=cases,
            )  # fmt: skip
            writer.say(replay=made.pk)
    return made


def find_out(*, replay: int, by: Actor, at: dt.datetime) -> Replay | None:
    """Find what differs, piece by piece, and put the proposal up; the same call again goes on where it was stopped.

    None where it was dropped meanwhile. A replay that found nothing says so and waits for nobody.
    """
    while True:
        with transaction.atomic():
            held = Replay.objects.select_for_update().filter(pk=replay).first()
            if held is None or held.state != "finding":
                return held if held is not None and held.state != "dropped" else None
            scope = by.scope.narrowed(held.area)
            ids = replaying.lines_of(scope, held.service).filter(case_id__gt=held.reached).order_by("case_id")
            some = list(ids.values_list("case_id", flat=True).distinct()[:PIECE])
            if not some:
                return _end(held, by, at)
            found = replaying.find_given(scope, held.service, held.from_on, held.to_on, (some[0], some[-1]))
            if found:
                with entry_of("payments.find-corrections", held, by, at, held.reason) as writer:
                    writer.add(rows_of(held, found, 0))
                    writer.say(lines=len(found))
            held.reached, held.done = some[-1], held.done + len(some)
            held.save(update_fields=["reached", "done"])


def _end(held: Replay, by: Actor, at: dt.datetime) -> Replay:
    """What was refused, the small debts that are left, and the proposal stands."""
    refused = replaying.find_refused(by.scope.narrowed(held.area), held.service, held.from_on, held.to_on)
    with entry_of("payments.propose-replay", held, by, at, held.reason) as writer:
        writer.add(rows_of(held, refused, 0))
        rows = Correction.objects.filter(replay=held)
        owes = rows.filter(kind="recover").order_by().values("person").annotate(fen=Sum(F("was") - F("now")))
        small = list(owes.filter(fen__lt=held.least).values_list("person", flat=True)) if held.least else []
        for start in range(0, len(small), 900):
            mine = rows.filter(person__in=small[start : start + 900], kind="recover")
            mine.update(state="left", why="below-the-least")
        held.state = "proposed" if rows.exists() else "nothing"
        held.save(update_fields=["state"])
        writer.say(lines=rows.count())
    return held
