"""What of payments is only a state, and what the covered rows say of it: the walk of the journal compares both.

Lines, attempts and recoveries stand where the postings say, and so does the period of a case that is paid; that a line is
no duplicate, that a correction was approved and by whom, and which of its rows were left or had changed meanwhile, is
what an entry of the journal says. Nothing else is written for it (decision 27).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import F, Max, Sum

from lianxin.casework.models import Period
from lianxin.journal.models import Entry
from lianxin.journal.pictures import Altered, derives
from lianxin.payments import ledger
from lianxin.payments.models import Line, Posting
from lianxin.payments.replaying import MONEY
from lianxin.payments.replaymodels import Correction, Recovery, Replay

BANK = {"pay": "done", "bounce": "returned", "recall": "returned"}  # what the bank's word makes of a period


@derives
def altered() -> Iterator[Altered]:
    """The first row of each kind that somebody altered by hand."""
    for fault in ledger.altered():
        yield Altered(fault.row._meta.label_lower, fault.row.pk, fault.row.entry_id)
    cleared = Line.objects.filter(cleared=True).order_by("pk").values_list("pk", "entry_id")
    said = {one["line"] for one in _details("payments.clear-duplicate")}
    yield from [Altered("payments.line", pk, entry) for pk, entry in cleared.iterator() if pk not in said][:1]
    signed = {(one["replay"], account) for account, one in _signed()}
    for pk, approver in (
        Replay.objects.filter(state__in=["approved", "applied"]).order_by("pk").values_list("pk", "approver")
    ):
        if (pk, approver) not in signed:
            yield Altered("payments.replay", pk, 0)


@derives
def periods() -> Iterator[Altered]:
    """Periods of cases that stand otherwise than the bank's last word about their lines, which the books have."""
    words = Posting.objects.filter(transaction__how__in=BANK).exclude(line__correction__kind="top-up").order_by()
    last = dict[tuple[int, str], int]()
    for case, period, newest in words.values_list("line__case", "line__period").annotate(last=Max("transaction")):
        last[case, period] = newest
    how = dict(Posting.objects.filter(transaction__in=words.values("transaction")).order_by()
               .values_list("transaction", "transaction__how").distinct())  # fmt: skip
    rows = Period.objects.filter(source__startswith="payment:").order_by("pk")
    wanted = rows.values_list("pk", "entry_id", "case_id", "period", "state")
    for pk, entry, case, period, state in wanted.iterator(chunk_size=20000):
        word = how.get(last.get((case, period), 0))
        if state != (BANK[word] if word else "underway"):
            yield Altered("casework.period", pk, entry)


@derives
def corrections() -> Iterator[Altered]:
    """Rows of a replay that are carried out, left or given up otherwise than their lines, recoveries and entries say."""
    left, gone = _rows("payments.leave-corrections", "left"), _rows("payments.carry-out-corrections", "gone")
    made = set(Line.objects.filter(correction__isnull=False).values_list("correction", flat=True))
    made |= set(Recovery.objects.values_list("correction", flat=True))
    small = _small()
    rows = Correction.objects.order_by("pk").values_list(
        "pk", "entry_id", "state", "kind", "person_id", "replay_id", "replay__state"
    )
    for pk, entry, state, kind, person, replay, stage in rows.iterator(chunk_size=20000):
        if kind not in MONEY:
            may = {"aside"}
        elif pk in made:
            may = {"applied"}
        elif left.names(pk, replay, state == "left"):
            may = {"left"}
        elif (replay, person, kind) in small and stage != "finding":
            may = {"left", "open"} if stage == "dropped" else {"left"}  # perhaps dropped before all was found
        elif gone.names(pk, replay, state == "gone"):
            may = {"gone"}
        elif stage == "applied" or (stage == "approved" and state != "open"):
            may = {"applied"} if kind == "recover" else set()  # what was taken back off lines that nobody had sent
        else:
            may = {"open"}
        if state not in may:
            yield Altered("payments.correction", pk, entry)


class _Named:
    """Corrections that entries name, by their ids; of older entries that only said how many, so many of each replay."""

    def __init__(self) -> None:
        self.ids: set[int] = set()
        self.more: dict[int, int] = defaultdict(int)

    def names(self, pk: int, replay: int, stands: bool) -> bool:
        if pk in self.ids:
            return True
        if stands and self.more[replay]:
            self.more[replay] -= 1
            return True
        return False


def _rows(action: str, word: str) -> _Named:
    found = _Named()
    for one in _details(action):
        if f"{word}_rows" in one:
            found.ids |= set(one[f"{word}_rows"])
        else:
            found.more[one["replay"]] += one.get(word, 0)
    return found


def _small() -> set[tuple[int, int, str]]:
    """(replay, person, kind) of what is less in all than a replay recovers from one person."""
    owed = Correction.objects.filter(kind="recover").order_by().values_list("replay", "person", "replay__least")
    sums = owed.annotate(fen=Sum(F("was") - F("now")))
    return {(replay, person, "recover") for replay, person, least, fen in sums if fen < least}


def _details(action: str) -> list[Mapping[str, Any]]:
    return list(Entry.objects.filter(action=action).values_list("detail", flat=True))


def _signed() -> list[tuple[int | None, Mapping[str, Any]]]:
    return list(Entry.objects.filter(action="payments.approve-replay").values_list("by_account", "detail"))
