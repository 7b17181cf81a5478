"""How every card moves: locked, followed through the table of its life, written with a step. Nothing else sets a state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from lianxin.cards import states
from lianxin.cards.models import Card, Count, Step
from lianxin.cards.refusals import NoSuchCard, NotNow, Stale
from lianxin.engine import clock
from lianxin.engine.scope import Actor
from lianxin.journal.actions import Writing, update_columns
from lianxin.people.identities import some

COLUMNS = ("state", "since", "due_on", "box_id", "filing_id", "number_sealed", "number_mark", "activated_on", "lost_on",
           "moved_at", "lock", "holder_id", "area")  # fmt: skip
KEEPS = frozenset(
    {"die", "cancel", "leave", "suspend", "resume", "lose", "recover", "activate"}
)  # it lies where it lay


def locked(ids: Iterable[int]) -> list[Card]:
    """These cards, locked in the order of their ids."""
    rows = Card.objects.select_for_update(of=("self",)).select_related("box")
    return [card for part in some(sorted(set(ids))) for card in rows.filter(pk__in=part).order_by("pk")]


def of_holders(persons: Iterable[int], *, living: bool = True) -> list[Card]:
    """The cards of these files, locked."""
    rows = Card.objects.all()
    rows = rows.exclude(state__in=sorted(states.OVER)) if living else rows
    return locked(pk for part in some(persons) for pk in rows.filter(holder__in=part).values_list("pk", flat=True))


def seen(ids: int | Iterable[int], by: Actor, *, expected: int | None = None) -> list[Card]:
    """The cards an actor may touch, locked. One outside the area raises :class:`NoSuchCard`, an old page :class:`Stale`."""
    asked = [ids] if isinstance(ids, int) else list(dict.fromkeys(ids))
    found = locked(asked)
    if len(found) != len(asked) or not all(by.may("*") or by.scope.covers(card.area) for card in found):
        raise NoSuchCard(_("There is no such card in your area."))
    if expected is not None and any(card.lock != expected for card in found):
        raise Stale(
            _("Somebody did something with this card after the page was opened. Nothing was changed; look again.")
        )
    return found


@dataclass
class Moving:
    """Steps of some cards under one entry: follow verbs, then settle all of them."""

    writer: Writing
    by: Actor
    at: dt.datetime
    on: dt.date = field(default=dt.date.min)
    steps: list[Step] = field(default_factory=list)
    touched: dict[int, Card] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.on == dt.date.min:
            self.on = clock.day(self.at)

    def follow(
        self, cards: Sequence[Card], verb: str, *, box: int | None = None, due: dt.date | None = None, **said: Any
    ) -> None:
        """The same verb for all of these; ``box`` is where they lie afterwards. Raises :class:`NotNow` for the whole."""
        wrong = [card for card in cards if self.leads(card, verb) is None]
        if wrong:
            raise NotNow(
                _(
                    "%(count)d of these cards do not stand where this can be done. Nothing was changed; open the list again."
                )
                % {"count": len(wrong)}
            )
        for card in cards:
            self._one(card, verb, card.box_id if verb in KEEPS else box, due, said)

    @staticmethod
    def leads(card: Card, verb: str) -> str | None:
        """Where a verb leads a card."""
        return states.leads(verb, card.state, activated=card.activated_on is not None, lost=card.lost_on is not None)

    def _one(self, card: Card, verb: str, box: int | None, due: dt.date | None, said: dict[str, Any]) -> None:
        after = self.leads(card, verb)
        assert after is not None
        self.steps.append(Step(
            card_id=card.pk, at=self.at, on=self.on, verb=verb, from_state=card.state, to_state=after, box=card.box_id,
            into=box, by_account=self.by.account, by_name=self.by.name[:80], office=self.by.office, **said,
        ))  # fmt: skip
        card.state, card.since, card.due_on, card.box_id, card.moved_at = after, self.on, due, box, self.at
        card.lock += 1
        if verb == "activate":
            card.activated_on = self.on
        elif verb == "lose":
            card.lost_on = self.on
        elif verb == "recover":
            card.lost_on = None
        self.touched[card.pk] = card

    def settle(self) -> None:
        """Write cards and steps. Those that leave a state go first, so that no moment knows two cards of one person."""
        rows = sorted(self.touched.values(), key=lambda card: (card.state not in states.OVER, card.pk))
        if rows:
            update_columns(Card, COLUMNS, [(*(getattr(card, name) for name in COLUMNS), card.pk) for card in rows])
            self.writer.add(self.steps)
        self.steps, self.touched = [], {}


def parted(
    cards: Sequence[Card], verb: str, fits: Callable[[Card], bool] | None = None
) -> tuple[list[Card], list[Card]]:
    """Those for which a verb leads somewhere (and which fit), and the others."""
    able = [card for card in cards if Moving.leads(card, verb) is not None and (fits is None or fits(card))]
    ids = {card.pk for card in able}
    return able, [card for card in cards if card.pk not in ids]


def hold(kind: str, day: dt.date) -> None:
    """Wait for others who do the same, so that what comes to be now has ids of its own in one row."""
    Count.objects.get_or_create(kind=kind, year=day.year)
    Count.objects.select_for_update().get(kind=kind, year=day.year)


def numbered(kind: str, day: dt.date, prefix: str) -> str:
    """The next number of a kind in a year; never given twice."""
    Count.objects.get_or_create(kind=kind, year=day.year)
    row = Count.objects.select_for_update().get(kind=kind, year=day.year)
    row.last += 1
    row.save(update_fields=["last"])
    return f"{prefix}-{day.year}-{row.last:06d}"
