"""What of payments is only a state, and what the covered rows say of it: the walk of the journal compares both.

Lines, attempts and recoveries stand where the postings say; that a line is no duplicate, and that a correction was
approved and by whom, is what an entry of the journal says. Nothing is written for it (decision 27).
"""

from __future__ import annotations

from collections.abc import Iterator

from lianxin.journal.models import Entry
from lianxin.journal.pictures import Altered, derives
from lianxin.payments import ledger
from lianxin.payments.models import Line
from lianxin.payments.replaymodels import Replay


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


def _details(action: str) -> list[dict[str, int]]:
    return list(Entry.objects.filter(action=action).values_list("detail", flat=True))


def _signed() -> list[tuple[int | None, dict[str, int]]]:
    return list(Entry.objects.filter(action="payments.approve-replay").values_list("by_account", "detail"))
