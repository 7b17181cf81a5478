"""What a correction owes to somebody who still owes settles their debt first: nothing is paid while it is asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from lianxin.engine import clock
from lianxin.journal.actions import Writing
from lianxin.payments import books, objections
from lianxin.payments.models import Line
from lianxin.payments.replaymodels import Correction, Recovery, Replay

SOME = 900


class Debts:
    """The open recoveries of some persons and one service, locked, and how much of each is still open (fen)."""

    def __init__(self, replay: Replay, persons: Iterable[int]) -> None:
        self._of: dict[int, list[Recovery]] = {}
        self._left: dict[int, int] = {}
        self._taken: dict[int, int] = {}
        every = sorted(set(persons))
        for start in range(0, len(every), SOME):
            rows = Recovery.objects.filter(
                person__in=every[start : start + SOME], service=replay.service, state="open",
                area__startswith=replay.area, sealed=replay.sealed,
            )  # fmt: skip
            for one in rows.select_for_update().order_by("pk"):
                self._of.setdefault(one.person_id, []).append(one)
                self._left[one.pk] = one.amount - one.returned - one.waived
        self._waits = objections.waiting(debt for rows in self._of.values() for debt in rows)

    def settle(self, one: Correction, fen: int) -> list[tuple[Recovery, int]]:
        """Which debts ``fen`` owed by a correction settles, and how much of each: first that of the same period, whose
        claim it takes back, then the oldest; what is objected to waits, unless it is that very period."""
        mine = self._of.get(one.person_id or 0, [])
        same = [debt for debt in mine if (debt.case_id, debt.period) == (one.case_id, one.period)]
        rest = [debt for debt in mine if debt not in same and debt.pk not in self._waits]
        found = []
        for debt in [*same, *rest]:
            part = min(fen, self._left[debt.pk])
            if part > 0:
                fen -= part
                self._left[debt.pk] -= part
                self._taken[debt.pk] = self._taken.get(debt.pk, 0) + part
                found.append((debt, part))
        return found

    def book(self, made: Sequence[Line], writer: Writing, at: dt.datetime) -> None:
        """Post what was settled, on the new lines and on those of the debts, and note it on the recoveries."""
        netted = [line for line in made if line.against_id is not None]
        if not netted:
            return
        every = {debt.pk: debt for rows in self._of.values() for debt in rows}
        on = clock.day(at)
        books.move(writer, how="net", source=f"net:{writer.id}", on=on,
                   owed=[(line.pk, line.service, line.amount) for line in netted])  # fmt: skip
        books.move(writer, how="settle", source=f"settle:{writer.id}", on=on,
                   owed=[(every[pk].line_id, every[pk].service, fen) for pk, fen in self._taken.items()])  # fmt: skip
        for pk, fen in self._taken.items():
            debt = every[pk]
            debt.returned += fen
            debt.state, debt.moved_at = "open" if self._left[pk] else "settled", at
        Recovery.objects.bulk_update(
            [every[pk] for pk in self._taken], ["returned", "state", "moved_at"], batch_size=200
        )
