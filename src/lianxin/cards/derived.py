"""Whether a card that a case ordered came: its steps say so, and the walk of the journal compares."""

from __future__ import annotations

from collections.abc import Iterator

from lianxin.cards import states
from lianxin.cards.models import Card, Step
from lianxin.casework.models import Period
from lianxin.journal.pictures import Altered, derives

PREFIX = "card:"


@derives
def altered() -> Iterator[Altered]:
    """Deliveries of cards that stand otherwise than their cards: handed over, given up, or on their way."""
    handed = set(Step.objects.filter(verb="hand").values_list("card_id", flat=True).iterator(chunk_size=20000))
    over = set(Card.objects.filter(case__isnull=False, state__in=sorted(states.OVER)).values_list("pk", flat=True))
    rows = Period.objects.filter(source__startswith=PREFIX).order_by("pk")
    for pk, entry, source, state in rows.values_list("pk", "entry_id", "source", "state").iterator(chunk_size=20000):
        card = int(source.removeprefix(PREFIX))
        if state != ("done" if card in handed else "returned" if card in over else "underway"):
            yield Altered("casework.period", pk, entry)
