"""What happens to a card in its holder's hands: handed over, activated, lost, found, suspended, cancelled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.access.permissions import require
from lianxin.cards import credentials, states, telling
from lianxin.cards.boxes import KEEP
from lianxin.cards.filing import SERVICE, fell, source
from lianxin.cards.models import Card
from lianxin.cards.moving import Moving, locked, seen
from lianxin.cards.refusals import NoSuchCard, NotNow
from lianxin.casework.models import Case
from lianxin.engine import clock, effects
from lianxin.engine.deliveries import HandedOver
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal.actions import Writing
from lianxin.outcomes import actions as register
from lianxin.outcomes.posted import Posted
from lianxin.people import wards
from lianxin.people.identities import some
from lianxin.people.models import Person, Suspension

SIGNERS = ("self", "guardian", "proxy")


def hand(
    *, cards: Collection[int] | int, signer: str = "self", at_home: bool = False, by: Actor, at: dt.datetime,
    mandate: int | None = None, expected: int | None = None,
) -> list[Card]:  # fmt: skip
    """Hand cards over against a signature, at the counter or at home; each counts once in the register.

    An older card of the holder ends with it. A child's is signed for by a guardian. Nothing is handed to the dead, nor
    while a provincial notice is in force. Somebody's second click changes nothing.
    """
    require(by, KEEP)
    if signer not in SIGNERS:
        raise NotNow(_("Say who signed: the holder, a guardian, or somebody with a mandate."))
    with transaction.atomic():
        found = seen(cards, by)
        todo = [card for card in found if card.state not in states.HELD]
        if not todo:
            return found
        if expected is not None:
            seen(cards, by, expected=expected)
        if any(card.state != states.RECEIVED for card in todo):
            raise NotNow(_("A card is handed over from the box in which it was counted. Count the box first."))
        _fit(todo, signer, clock.day(at))
        with journal.entry(action="cards.hand", by=by, at=at, person=todo[0].holder_id if len(todo) == 1 else None,
                           area=todo[0].area if len(todo) == 1 else "", cards=len(todo)) as writer:  # fmt: skip
            _handed(todo, signer, at_home, mandate, by, at, writer)
    return found


def _fit(cards: Sequence[Card], signer: str, day: dt.date) -> None:
    people = wards.known([card.holder_id for card in cards])
    barred = barring([card.holder_id for card in cards], day)
    for card in cards:
        who = people.get(card.holder_id)
        if who is None or who.died_on is not None:
            raise NotNow(_("This person has died. The card goes back; nothing was handed over."))
        if card.holder_id in barred:
            raise NotNow(
                _("A provincial notice about %(name)s is in force. Nothing was handed over.") % {"name": who.name}
            )
        if signer == "self" and who.child(day):
            raise NotNow(_("%(name)s is a child: a guardian signs.") % {"name": who.name})


def barring(persons: Collection[int], day: dt.date) -> dict[int, str]:
    """Of these, those about whom a provincial notice is in force on ``day``: suspended | cancelled."""
    found: dict[int, str] = {}
    for part in some(persons):
        rows = Suspension.objects.filter(person__in=part, superseded_at__isnull=True).order_by("pk")
        for person, state, since, until in rows.values_list("person_id", "state", "valid_from", "valid_to"):
            if (since is None or since <= day) and (until is None or day <= until):
                found[person] = state if found.get(person) != "cancelled" else "cancelled"
    return found


def _handed(
    cards: Sequence[Card], signer: str, at_home: bool, mandate: int | None, by: Actor, at: dt.datetime, writer: Writing
) -> None:
    day = clock.day(at)
    wanted = sorted(states.HELD | {states.LOST, states.SUSPENDED})
    olds = [pk for part in some(card.holder_id for card in cards)
            for pk in Card.objects.filter(holder__in=part, state__in=wanted).values_list("pk", flat=True)]  # fmt: skip
    moving = Moving(writer, by, at)
    moving.follow(locked(olds), "replace", reason="new-card")
    moving.settle()
    moving.follow(cards, "hand", signer=signer, mandate=mandate, reason="home" if at_home else "counter")
    moving.settle()
    services: dict[int, tuple[str, str]] = {}
    homes: dict[int, int | None] = {}
    for part in some(card.case or 0 for card in cards):
        asked = Case.objects.filter(pk__in=part).values_list("pk", "service", "kind")
        services |= {pk: (service, kind) for pk, service, kind in asked}
    for part in some(card.holder_id for card in cards):
        homes |= dict(Person.objects.filter(pk__in=part).values_list("pk", "family_id"))
    rows = []
    for card in cards:
        service, kind = services.get(card.case or 0, (SERVICE, ""))
        rows.append(Posted(kind="card", service=service, area=card.area, happened_on=day, source=source(card),
                           person=card.holder_id, family=homes.get(card.holder_id), case=card.case,
                           category=kind or card.kind, organisation=by.office))  # fmt: skip
    register.post(outcomes=rows, by=by, at=at, writer=writer)
    told = [HandedOver(case=card.case, source=source(card), on=day) for card in cards if card.case]
    if told:
        effects.announce("cards-handed", cards=told, by=by, at=at, writer=writer)
    telling.tell(cards, "card-handed", by=by, at=at, writer=writer)


def activate(*, cards: Collection[int] | int, by: Actor, at: dt.datetime, on: dt.date | None = None) -> list[Card]:
    """The bank, or the holder's own word, says that these work. Active ones stay as they are."""
    with transaction.atomic():
        found = _own_or_kept(cards, by)
        todo = [card for card in found if card.state == states.DELIVERED]
        if [card for card in found if card.state not in states.HELD]:
            raise NotNow(_("Only a card that was handed over can be activated."))
        if todo:
            with journal.entry(action="cards.activate", by=by, at=at, cards=len(todo)) as writer:
                moving = Moving(writer, by, at, on or clock.day(at))
                moving.follow(todo, "activate")
                moving.settle()
    return found


def lose(*, card: int, by: Actor, at: dt.datetime, words: str = "") -> Card:
    """The holder, or the desk for them, says that it is lost: from now on no verifier lets it pass, nor any code that was
    made for it. Said twice is said once."""
    with transaction.atomic():
        found = _own_or_kept(card, by)[0]
        if found.lost_on is not None:
            return found
        if Moving.leads(found, "lose") is None:
            raise NotNow(_("This card is not in anybody's hands; there is nothing to lose."))
        with journal.entry(action="cards.lose", by=by, at=at, person=found.holder_id, area=found.area) as writer:
            moving = Moving(writer, by, at)
            moving.follow([found], "lose", words=words.strip()[:200])
            moving.settle()
            credentials.lost(card=found.pk, at=at, writer=writer)
            telling.tell([found], "card-lost", by=by, at=at, writer=writer)
    return found


def recover(*, card: int, by: Actor, at: dt.datetime) -> Card:
    """It was found again, and no new one is held: it counts as before, with a new code. The desk looks at the card first."""
    require(by, KEEP)
    with transaction.atomic():
        found = seen(card, by)[0]
        if found.state != states.LOST:
            return found
        if Card.objects.filter(holder=found.holder_id, state__in=sorted(states.HELD)).exclude(pk=found.pk).exists():
            raise NotNow(_("The holder has another card by now; the one that was found goes back to the bank."))
        with journal.entry(action="cards.recover", by=by, at=at, person=found.holder_id, area=found.area) as writer:
            moving = Moving(writer, by, at)
            moving.follow([found], "recover")
            moving.settle()
            telling.tell([found], "card-found", by=by, at=at, writer=writer)
    return found


def notice(*, cards: Collection[int], verb: str, paper: str, by: Actor, at: dt.datetime) -> int:
    """Carry out a notice of the province: ``suspend``, ``resume``, ``cancel`` or ``leave``. ``paper`` names the notice."""
    require(by, "card.file")
    if verb not in {"suspend", "resume", "cancel", "leave"}:
        raise NotNow(_("There is no such notice."))
    if len(paper.strip()) < 2:
        raise NotNow(_("Name the province's notice: its number and day."))
    with transaction.atomic():
        found = seen(cards, by)
        with journal.entry(
            action=f"cards.{verb}", by=by, at=at, purpose=paper.strip()[:200], cards=len(found)
        ) as writer:
            carry_out(found, verb, reason="notice", words=paper.strip()[:200], by=by, at=at, writer=writer)
    return len(found)


def carry_out(
    cards: Sequence[Card], verb: str, *, reason: str, by: Actor, at: dt.datetime, writer: Writing, words: str = ""
) -> None:
    """Suspend, resume, cancel, end: for everyone at once; cases of cards that will not come fall back to their desk."""
    making = [card for card in cards if card.state in states.MAKING]
    moving = Moving(writer, by, at)
    moving.follow(cards, verb, reason=reason, words=words)
    moving.settle()
    fell([card for card in making if card.state in states.OVER], reason, by=by, at=at, writer=writer)
    if verb in {"suspend", "cancel", "resume"}:
        telling.tell(cards, f"card-{verb}", by=by, at=at, writer=writer)


def _own_or_kept(cards: Collection[int] | int, by: Actor) -> list[Card]:
    """Cards of the actor's area, or one's own (and those of persons one acts for)."""
    ids = [cards] if isinstance(cards, int) else list(cards)
    found = locked(ids)
    own = {by.person, *by.scope.persons} - {None} if by.may("own.ask") else set()
    fits = all(card.holder_id in own or by.may("*") or (by.may(KEEP) and by.scope.covers(card.area)) for card in found)
    if len(found) != len(set(ids)) or not fits:
        raise NoSuchCard(_("There is no such card."))
    return found
