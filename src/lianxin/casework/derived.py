"""What became of a delivery that was counted at once: the register says so, and the walk of the journal compares.

Deliveries that a bank or an office completes later are compared in their rooms (payments, cards) with what those cover.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import BooleanField, Case, Exists, OuterRef, Value, When
from django.db.models.functions import Concat

from lianxin.casework.models import Period
from lianxin.journal.pictures import Altered, derives
from lianxin.outcomes.actions import REVERSED
from lianxin.outcomes.models import Outcome

LATER = ("payment:", "card:")  # sources of deliveries that other rooms complete


@derives
def altered() -> Iterator[Altered]:
    """Deliveries that are not done, or not reversed, as the register has it."""
    taken_back = Exists(Outcome.objects.filter(source=Concat(OuterRef("source"), Value(REVERSED))))
    rows = Period.objects.annotate(back=Case(When(taken_back, then=True), default=False, output_field=BooleanField()))
    for prefix in LATER:
        rows = rows.exclude(source__startswith=prefix)
    for pk, entry, state, back in rows.order_by("pk").values_list("pk", "entry_id", "state", "back").iterator():
        if state != ("reversed" if back else "done"):
            yield Altered("casework.period", pk, entry)
