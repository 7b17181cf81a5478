"""Read cards and boxes, always within a scope. No number of a card is ever read back whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Count, Min, Q, QuerySet

from lianxin.access import seal
from lianxin.access.queries import office_names, within
from lianxin.cards import states
from lianxin.cards.filing import parameter
from lianxin.cards.models import Box, Card, Step
from lianxin.cards.sceneread import Scene as Scene
from lianxin.cards.sceneread import scene_table as scene_table
from lianxin.engine import clock
from lianxin.engine.scope import Actor, Scope
from lianxin.people.identities import some

MISSING_LONG, UNHANDED_LONG = 14, 30


@dataclass(frozen=True, slots=True)
class Row:
    """A card as lists show it."""

    id: int
    person: int
    name: str
    file_number: str
    kind: str
    state: str
    since: dt.date
    due_on: dt.date | None
    area: str
    to_home: bool
    box: int | None
    box_number: str
    office: str
    office_en: str
    filing: str
    lock: int
    over: bool


@dataclass(frozen=True, slots=True)
class Happened:
    """One step of a card, as its page shows it."""

    on: dt.date
    at: dt.datetime
    verb: str
    from_state: str
    to_state: str
    reason: str
    words: str
    signer: str
    by_name: str


@dataclass(frozen=True, slots=True)
class View:
    """A card's page: the row, how it ends in digits (for those who hold it in hand), its steps, the newest last."""

    row: Row
    ending: str
    ground: str
    case: int | None
    replaces: int | None
    activated_on: dt.date | None
    lost_on: dt.date | None
    steps: tuple[Happened, ...]


@dataclass(frozen=True, slots=True)
class Boxed:
    """A box as lists show it. ``lying`` is what lies in it now, ``missing`` of that what was not found."""

    id: int
    number: str
    sender: str
    sender_en: str
    office: str
    office_en: str
    area: str
    level: str
    state: str
    listed: int
    counted: int | None
    extra: int
    lying: int
    missing: int
    packed_at: dt.datetime
    received_at: dt.datetime | None
    received_by: str
    seen_at: dt.datetime | None
    words: str
    unseen: int | None  # days since somebody last looked, where that is too long


@dataclass(frozen=True, slots=True)
class Balance:
    """Where the cards of a box's list are: the parts add up to ``listed``, always."""

    listed: int
    lying: int
    missing: int
    ended: int
    onward: int
    handed: int
    out: int  # made again, or sent back to the bank

    @property
    def even(self) -> bool:
        """Whether nothing is lost."""
        return self.listed == self.lying + self.missing + self.ended + self.onward + self.handed + self.out


def _rows(found: QuerySet[Card]) -> list[Row]:
    cards = found.select_related("holder", "box__office", "filing")
    return [
        Row(card.pk, card.holder_id, card.holder.name, card.holder.file_number, card.kind, card.state, card.since, card.due_on,
            card.area, card.to_home, card.box_id, card.box.number if card.box else "", card.box.office.name if card.box else "",
            (card.box.office.name_en or card.box.office.name) if card.box else "", card.filing.number if card.filing else "",
            card.lock, card.state in states.OVER)
        for card in cards
    ]  # fmt: skip


def cards(
    scope: Scope, *, state: str = "", area: str = "", kind: str = "", text: str = "", box: int | None = None,
    late: dt.date | None = None, after: int | None = None, limit: int = 50,
) -> list[Row]:  # fmt: skip
    """Cards of one's area, the newest first; ``late`` are those whose part was due before that day; ``text`` a name or
    a file number, whole."""
    rows = Card.objects.filter(within(scope, "area"))
    if area:
        rows = rows.filter(within(scope.narrowed(area), "area"))
    if state == "back":
        rows = rows.filter(state__in=sorted(states.OVER), box__isnull=False)
    elif state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind=kind)
    if text:
        rows = rows.filter(Q(holder__name=text) | Q(holder__file_number=text.upper()))
    if box is not None:
        rows = rows.filter(box=box)
    if late is not None:
        rows = rows.filter(due_on__lt=late, state__in=sorted(states.MAKING))
    if after is not None:
        rows = rows.filter(pk__lt=after)
    return _rows(rows.order_by("-pk")[:limit])


def card(scope: Scope, pk: int) -> View | None:
    """One card of the area, with what happened to it."""
    found = Card.objects.filter(within(scope, "area"), pk=pk)
    rows = _rows(found)
    if not rows:
        return None
    one = found.select_related("person").get()
    ending = ""
    if one.number_sealed is not None:
        ending = seal.unseal(one.number_sealed, bytes(one.person.salt), "card")[-4:]
    return View(rows[0], ending, one.ground, one.case, one.replaces_id, one.activated_on, one.lost_on, _steps(pk))


def _steps(card: int) -> tuple[Happened, ...]:
    rows = Step.objects.filter(card=card).order_by("pk")
    columns = ("on", "at", "verb", "from_state", "to_state", "reason", "words", "signer", "by_name")
    return tuple(Happened(*row) for row in rows.values_list(*columns))


def of_persons(persons: Sequence[int]) -> list[Row]:
    """The cards of one's own household that are not over, for whoever may see them: the caller says whose."""
    found: list[Row] = []
    for part in some(persons):
        living = Card.objects.filter(holder__in=part).exclude(state__in=sorted(states.OVER))
        found += _rows(living.order_by("pk"))
    return found


def mine(actor: Actor) -> list[Row]:
    """The actor's own cards that are not over, and those of persons they act for in everything."""
    if not actor.may("own.view"):
        return []
    return of_persons(sorted({pk for pk in (actor.person, *actor.scope.persons) if pk is not None}))


def numbered(scope: Scope, number: str) -> int | None:
    """The card with this number, which somebody holds in hand: by its mark, nothing is opened."""
    plain = "".join(number.split())
    found = Card.objects.filter(within(scope, "area"), number_mark__in=seal.marks(plain, "card"))
    return found.values_list("pk", flat=True).first()


def unseen_days(day: dt.date) -> int:
    """After how many days a box must have been looked at."""
    return parameter("unseen_days", day, MISSING_LONG)


@dataclass(frozen=True, slots=True)
class Unseen:
    """A box of one's own desk that nobody has seen to: not counted, or counted with cards that nobody hands over."""

    id: int
    number: str
    lying: int
    days: int
    why: str  # uncounted: it has to be counted | unhanded: what lies in it has to reach its holders


def unseen(actor: Actor, *, at: dt.datetime, limit: int = 10) -> list[Unseen]:
    """Boxes that lie with the actor's own office longer than the catalogue allows, the longest first: not counted for
    ``unseen_days``, or with cards that lie counted and unclaimed for ``unhanded_days``."""
    if actor.office is None or not actor.may("card.keep"):
        return []
    day = clock.day(at)
    since = at - dt.timedelta(days=unseen_days(day))
    handing = day - dt.timedelta(days=parameter("unhanded_days", day, UNHANDED_LONG))
    lying = Q(cards__state__in=[states.MADE, states.RECEIVED, states.MISSING])
    rows = Box.objects.filter(office=actor.office).annotate(
        lying=Count("cards", filter=lying),
        ready=Count("cards", filter=Q(cards__state=states.RECEIVED)),
        oldest=Min("cards__since", filter=Q(cards__state=states.RECEIVED)),
    )
    found = []
    for box in rows.filter(lying__gt=0).filter(
        Q(seen_at__lt=since) | Q(seen_at__isnull=True, packed_at__lt=since) | Q(oldest__lt=handing)
    ):
        looked = box.seen_at or box.packed_at
        if looked < since:
            found.append(Unseen(box.pk, box.number, box.lying, (at - looked).days, "uncounted"))
        else:
            found.append(Unseen(box.pk, box.number, box.ready, (day - box.oldest).days, "unhanded"))
    return sorted(found, key=lambda one: (-one.days, one.id))[:limit]


def boxes(
    scope: Scope, *, at: dt.datetime, state: str = "", pk: int | None = None, after: int | None = None, limit: int = 50
) -> list[Boxed]:
    """Boxes that lie with, or go to, an office of the area, the newest first. ``state`` ``unseen``: too long unlooked at;
    ``lying``: something lies in it."""
    since = at - dt.timedelta(days=unseen_days(clock.day(at)))
    rows = Box.objects.filter(within(scope, "area"))
    lying = Card.objects.filter(box__isnull=False).values("box")
    if state == "unseen":
        rows = rows.filter(pk__in=lying).filter(Q(seen_at__lt=since) | Q(seen_at__isnull=True, packed_at__lt=since))
    elif state == "lying":
        rows = rows.filter(pk__in=lying)
    elif state:
        rows = rows.filter(state=state)
    rows = rows if pk is None else rows.filter(pk=pk)
    rows = rows if after is None else rows.filter(pk__lt=after)
    found = list(rows.select_related("office").order_by("-pk")[:limit])
    counts = _counts([box.pk for box in found])
    names = office_names([box.sender_id for box in found if box.sender_id])
    return [_boxed(box, counts.get(box.pk, {}), names, since, at) for box in found]


def _counts(ids: Sequence[int]) -> dict[int, dict[str, int]]:
    counts: dict[int, dict[str, int]] = {}
    rows = Card.objects.filter(box__in=ids).values_list("box", "state").annotate(n=Count("pk")).order_by()
    for box, state, n in rows:
        counts.setdefault(box or 0, {})[state] = n
    return counts


def _boxed(
    box: Box, held: dict[str, int], names: dict[int, tuple[str, str]], since: dt.datetime, at: dt.datetime
) -> Boxed:
    looked = box.seen_at or box.packed_at
    lying = sum(held.values())
    sender = names.get(box.sender_id or 0, ("", ""))
    return Boxed(
        box.pk, box.number, *sender, box.office.name, box.office.name_en or box.office.name, box.area, box.office.level, box.state,
        box.listed, box.counted, box.extra, lying, held.get(states.MISSING, 0), box.packed_at, box.received_at, box.received_by,
        box.seen_at, box.words, (at - looked).days if lying and looked < since else None,
    )  # fmt: skip


def box(scope: Scope, pk: int, *, at: dt.datetime) -> Boxed | None:
    """One box of the area."""
    return next(iter(boxes(scope, at=at, pk=pk)), None)


def balance(box: int) -> Balance:
    """Where the cards of a box's list are."""
    held = _counts([box]).get(box, {})
    steps = Step.objects.filter(box=box).exclude(into=box).values_list("verb").annotate(n=Count("pk")).order_by()
    left = dict(steps)
    ended = sum(n for state, n in held.items() if state in states.OVER)
    missing = held.get(states.MISSING, 0)
    listed = Box.objects.values_list("listed", flat=True).get(pk=box)
    return Balance(listed, sum(held.values()) - ended - missing, missing, ended, left.get("pack", 0), left.get("hand", 0),
                   left.get("make-again", 0) + left.get("destroy", 0))  # fmt: skip


def handlist(scope: Scope, box: int) -> Iterator[Row]:
    """What lies in a box to be handed over, by place and name: the list with the column for signatures."""
    found = Card.objects.filter(within(scope, "area"), box=box, state=states.RECEIVED)
    yield from _rows(found.order_by("area", "holder__pinyin", "pk"))


def totals(scope: Scope) -> dict[str, int]:
    """How many cards stand how, in one's area."""
    rows = Card.objects.filter(within(scope, "area")).values_list("state").annotate(n=Count("pk")).order_by()
    return dict(rows)
