"""Cards follow the file: death ends them, a move to another province too, two files of one person have one card."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from lianxin.cards import states
from lianxin.cards.living import barring, carry_out
from lianxin.cards.models import Box, Card, Step
from lianxin.cards.moving import Moving, locked, of_holders
from lianxin.engine import clock
from lianxin.engine.effects import listens
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal.actions import Writing
from lianxin.people.identities import files_of, some
from lianxin.people.mergemodels import Carried
from lianxin.people.models import Person

TABLE = "cards.card"
Merged = Sequence[tuple[int, int, int]]  # (merge, loser, survivor)


@listens("person-died", "cards")
def person_died(*, ids: Sequence[int], by: Actor, at: dt.datetime, **_: Any) -> None:
    """The cards of the dead end at once; what lies in a box goes back, what was filed falls back to its desk."""
    with transaction.atomic():
        cards = of_holders(files_of(ids))
        if cards:
            with journal.entry(action="cards.die", by=by, at=at, cards=len(cards)) as writer:
                carry_out(cards, "die", reason="died", by=by, at=at, writer=writer)


@listens("person-moved", "cards")
def person_moved(*, ids: Sequence[int], by: Actor, at: dt.datetime, **_: Any) -> None:
    """A card goes along inside the city. Whoever moved to another province receives its card there; ours ends."""
    homes = {
        pk: home for part in some(ids) for pk, home in Person.objects.filter(pk__in=part).values_list("pk", "home")
    }
    groups: dict[str, list[int]] = {}
    for person, home in homes.items():
        if home.startswith(settings.CITY):
            groups.setdefault(home, []).append(person)
    for home, persons in groups.items():
        for part in some(persons):
            Card.objects.filter(holder__in=part).exclude(area=home).update(area=home, moved_at=at)
    away = [pk for pk, home in homes.items() if home and not home.startswith(settings.CITY[:2])]
    with transaction.atomic():
        cards = [card for card in of_holders(away) if Moving.leads(card, "leave") is not None]
        if cards:
            with journal.entry(action="cards.leave", by=by, at=at, cards=len(cards)) as writer:
                carry_out(cards, "leave", reason="province", by=by, at=at, writer=writer)


@listens("person-changed", "cards")
def person_changed(*, ids: Sequence[int], by: Actor, at: dt.datetime, **_: Any) -> None:
    """A provincial notice that was recorded in a file, or ended, is carried out on the card."""
    day = clock.day(at)
    suspended = set(_with(ids, "suspended"))
    barred = barring(ids, day)
    verbs: dict[str, list[int]] = {
        "cancel": [pk for pk, state in barred.items() if state == "cancelled"],
        "suspend": [pk for pk, state in barred.items() if state == "suspended" and pk not in suspended],
        "resume": [pk for pk in suspended if pk not in barred],
    }
    if not any(verbs.values()):
        return
    with transaction.atomic():
        for verb, persons in verbs.items():
            cards = [card for card in of_holders(persons) if Moving.leads(card, verb) is not None]
            if verb == "resume":
                by_notice = _last_reason(cards)
                cards = _free([card for card in cards if by_notice.get(card.pk) == "notice"])
            if cards:
                with journal.entry(action=f"cards.{verb}", by=by, at=at, cards=len(cards)) as writer:
                    carry_out(cards, verb, reason="notice", by=by, at=at, writer=writer)


def _with(ids: Sequence[int], state: str) -> list[int]:
    if len(ids) > 2000:  # a ledger of everyone: few are suspended
        asked = set(ids)
        return [pk for pk in Card.objects.filter(state=state).values_list("holder_id", flat=True) if pk in asked]
    return [pk for part in some(ids)
            for pk in Card.objects.filter(holder__in=part, state=state).values_list("holder_id", flat=True)]  # fmt: skip


def _free(cards: Sequence[Card]) -> list[Card]:
    """One card each of holders who have none in hand."""
    have: set[int] = set()
    for part in some(card.holder_id for card in cards):
        rows = Card.objects.filter(holder__in=part, state__in=sorted(states.HELD))
        have.update(rows.values_list("holder_id", flat=True))
    return list({card.holder_id: card for card in cards if card.holder_id not in have}.values())


def _last_reason(cards: Sequence[Card]) -> dict[int, str]:
    found: dict[int, str] = {}
    for part in some(card.pk for card in cards):
        found |= dict(
            Step.objects.filter(card__in=part, verb="suspend").order_by("pk").values_list("card_id", "reason")
        )
    return found


@listens("person-merged", "cards")
def person_merged(*, merges: Merged, by: Actor, at: dt.datetime, writer: Writing) -> None:
    """Two files are one person's: all cards are theirs, and of two that work the newer is suspended until it came back."""
    into = {loser: (merge, survivor) for merge, loser, survivor in merges}
    cards = of_holders([*into, *(survivor for _, survivor in into.values())])
    came = [card for card in cards if card.holder_id in into]
    ended: list[int] = []
    for part in some(into):
        over = Card.objects.filter(holder__in=part, state__in=sorted(states.OVER))
        ended += over.values_list("pk", flat=True)
    rows = [*came, *locked(ended)]
    if not rows:
        return
    kept = [
        Carried(merge_id=into[card.holder_id][0], table=TABLE, old=card.pk, before={"holder": card.holder_id})
        for card in rows
    ]
    new = {card.pk: into[card.holder_id][1] for card in rows}
    mine: dict[int, list[Card]] = {}
    for card in cards:
        mine.setdefault(new.get(card.pk, card.holder_id), []).append(card)
    _one_each(mine, by, at, writer)
    for card in rows:
        Card.objects.filter(pk=card.pk).update(holder=new[card.pk])
    Carried.objects.bulk_create(kept, batch_size=500)


def _one_each(mine: Mapping[int, Sequence[Card]], by: Actor, at: dt.datetime, writer: Writing) -> None:
    """Of two in hand the newer is suspended; of two being made the one less far is cancelled."""
    doubled: list[Card] = []
    spare: list[Card] = []
    order = [states.RECEIVED, states.MADE, states.MISSING, states.FILED]
    for rows in mine.values():
        held = sorted((card for card in rows if card.state in states.HELD), key=lambda card: (card.since, card.pk))
        doubled += held[1:]
        making = sorted(
            (card for card in rows if card.state in states.MAKING), key=lambda card: (order.index(card.state), card.pk)
        )
        spare += making[1:]
    if doubled:
        carry_out(doubled, "suspend", reason="two-files", by=by, at=at, writer=writer)
    if spare:
        carry_out(spare, "cancel", reason="two-files", by=by, at=at, writer=writer)


@listens("person-unmerged", "cards")
def person_unmerged(*, merges: Merged, by: Actor, at: dt.datetime, writer: Writing) -> None:
    """They are two persons' after all: each has the cards again that were theirs; what was suspended for it goes on."""
    ids = [merge for merge, _, _ in merges]
    survivors = [survivor for _, _, survivor in merges]
    for one in Carried.objects.filter(merge__in=ids, table=TABLE).order_by("-pk"):
        Card.objects.filter(pk=one.old or 0).update(holder=one.before["holder"])
        survivors.append(one.before["holder"])
    cards = [card for card in of_holders(survivors) if card.state == states.SUSPENDED]
    why = _last_reason(cards)
    back = _free([card for card in cards if why.get(card.pk) == "two-files"])
    if back:
        carry_out(back, "resume", reason="two-files", by=by, at=at, writer=writer)


@listens("person-weighed", "cards")
def person_weighed(*, ids: Sequence[int], found: dict[str, dict[int, int]], **_: Any) -> None:
    """How many cards these files have."""
    living = Card.objects.filter(holder__in=list(ids)).exclude(state__in=sorted(states.OVER))
    rows = list(living.values_list("holder_id", flat=True))
    found["cards"] = {person: rows.count(person) for person in set(rows)}


@listens("areas-redrawn", "cards")
def redrawn(*, pairs: Mapping[str, str], moved: dict[str, int], **_: Any) -> None:
    """Cards and boxes lie in the area that took over."""
    moved["cards"] = sum(Card.objects.filter(area=code).update(area=into) for code, into in pairs.items())
    for code, into in pairs.items():
        Box.objects.filter(area=code).update(area=into)


@listens("areas-redrawn-back", "cards")
def redrawn_back(*, pairs: Mapping[str, str], moved: dict[str, int], **_: Any) -> None:
    """Cards go back where their holders live again, boxes to their office's area."""
    done = 0
    for code, into in pairs.items():
        homes = Person.objects.filter(home=code).values("pk")
        done += Card.objects.filter(area=into, holder__in=homes).update(area=code)
        for pk, area in Box.objects.filter(area=into).values_list("pk", "office__area"):
            Box.objects.filter(pk=pk).update(area=area)
    moved["cards"] = done
