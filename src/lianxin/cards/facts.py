"""The fact ``card_state`` of conditions: how the card of each person stood on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from lianxin.cards.models import Card, Step
from lianxin.cards.states import FACT
from lianxin.engine.effects import provides
from lianxin.people.identities import some

if TYPE_CHECKING:
    import polars as pl

# Of several cards of one person the one that says most.
FIRST = ("active", "issued", "suspended", "applied", "lost", "cancelled")
FEW = 20_000


@provides("cards", "card_state")
def card_state(*, ids: Sequence[int] | None, day: dt.date, **_: Any) -> pl.DataFrame:
    """A frame ``id`` and ``card_state`` for persons who have a card (replaced, left and ended ones say nothing)."""
    import polars as pl

    stands: dict[int, str] = {}
    for holder, state in _on(ids, day):
        said = FACT.get(state)
        if said is not None and (holder not in stands or FIRST.index(said) < FIRST.index(stands[holder])):
            stands[holder] = said
    schema = {"id": pl.Int64, "card_state": pl.String}
    return pl.DataFrame({"id": list(stands), "card_state": list(stands.values())}, schema=schema)


def _on(ids: Sequence[int] | None, day: dt.date) -> Iterable[tuple[int, str]]:
    """Holder and state of every card as it stood on a day; a card that moved later by its steps."""
    rows = Card.objects.order_by()
    parts = [rows] if ids is None or len(ids) > FEW else [rows.filter(holder__in=part) for part in some(ids)]
    later: dict[int, int] = {}
    for part in parts:
        for pk, holder, state, since in part.values_list("pk", "holder_id", "state", "since"):
            if since <= day:
                yield holder, state
            else:
                later[pk] = holder
    for part_ids in some(later):
        stood = dict(
            Step.objects.filter(card__in=part_ids, on__lte=day)
            .order_by("card_id", "pk")
            .values_list("card_id", "to_state")
        )
        yield from ((later[pk], state) for pk, state in stood.items())
