"""Boxes: from the bank with its list, counted at every hand-over, packed on to the next office; differences explained."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.access import seal
from lianxin.access.models import Office
from lianxin.access.permissions import require
from lianxin.access.queries import offices_over
from lianxin.cards import bankfile, states, telling
from lianxin.cards.bankfile import Fault, Row
from lianxin.cards.models import Box, Card
from lianxin.cards.moving import Moving, locked, numbered
from lianxin.cards.refusals import NoSuchCard, NotNow
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.people import identities
from lianxin.people.identities import some
from lianxin.people.models import Person

KEEP = "card.keep"
PIECE = 5000
DOWN = {"city": "county", "county": "township", "township": "village"}
HOUSES = ("station", "centre", "bureau")


@dataclass(slots=True)
class Listed:
    """What became of a bank's list."""

    read: int = 0
    added: int = 0
    unchanged: int = 0
    boxes: list[int] = field(default_factory=list)
    refused: list[Fault] = field(default_factory=list)


def read_list(*, path: Path, by: Actor, at: dt.datetime, dry_run: bool = False) -> Listed:
    """Take the bank's list in: its boxes are on their way, its cards have their (sealed) number. Safe to repeat.

    A row is for a card that the city filed and that is not made yet; the box goes to the office of the area it names, or
    to the city. Rows that fit nobody are refused by row and reason, the others are taken.
    """
    require(by, "card.file")
    rows, faults = bankfile.read(path)
    done = Listed(read=len(rows) + len(faults), refused=faults)
    persons = _persons(rows, done)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    take(persons, digest, done, by, at, dry_run)
    return done


def take(
    persons: Sequence[tuple[Row, int]], digest: str, done: Listed, by: Actor, at: dt.datetime, dry_run: bool
) -> None:
    """Put the cards of these rows, whose persons are known, into the boxes they name; says in ``done`` what became of each."""
    groups: dict[tuple[str, str], list[tuple[Row, int]]] = defaultdict(list)
    for row, person in persons:
        groups[row.box, row.area].append((row, person))
    offices = _offices({area for _, area in groups}, by)
    for (number, area), some_rows in sorted(groups.items()):
        if area not in offices:
            done.refused += [Fault(row.place, "area", "elsewhere") for row, _ in some_rows]
            continue
        _box(number, offices[area], some_rows, digest, done, by, at, dry_run)


def _persons(rows: Sequence[Row], done: Listed) -> list[tuple[Row, int]]:
    by_number = identities.numbered([row.id_number for row in rows if row.id_number])
    by_file = identities.filed([row.file_number for row in rows if row.file_number and not row.id_number])
    found = []
    for row in rows:
        hit = by_number.get(row.id_number) if row.id_number else by_file.get(row.file_number)
        if hit is None:
            done.refused.append(Fault(row.place, "id_number" if row.id_number else "file_number", "unknown"))
        else:
            found.append((row, hit[0]))
    return found


def _offices(areas: Collection[str], by: Actor) -> dict[str, Office]:
    level = {4: "city", 6: "county", 9: "township", 12: "village"}
    home = by.area[:4]
    ids = {
        area: offices_over([area or home], level.get(len(area or home), "city"), HOUSES).get(area or home)
        for area in areas
    }
    known = Office.objects.in_bulk([pk for pk in ids.values() if pk is not None])
    return {
        area: known[pk]
        for area, pk in ids.items()
        if pk is not None and (by.may("*") or by.scope.covers(known[pk].area_id))
    }


def _box(
    number: str,
    office: Office,
    rows: Sequence[tuple[Row, int]],
    digest: str,
    done: Listed,
    by: Actor,
    at: dt.datetime,
    dry: bool,
) -> None:
    """One box of the list, in one transaction: whole, or not at all."""
    held = Box.objects.filter(number=number).first()
    if held is not None:
        same = held.digest == digest and held.office_id == office.pk
        done.unchanged += len(rows) if same else 0
        done.refused += [] if same else [Fault(row.place, "box", "twice") for row, _ in rows]
        return
    with transaction.atomic():
        waiting = {card.holder_id: card for card in _waiting([person for _, person in rows])}
        taken: dict[int, Row] = {}
        for row, person in rows:
            if person in waiting and person not in taken:
                taken[person] = row
            else:
                done.refused.append(Fault(row.place, "id_number", "twice" if person in taken else "not-waiting"))
        done.added += len(taken)
        if dry or not taken:
            return
        with journal.entry(
            action="cards.box", by=by, at=at, area=office.area_id, cards=len(taken), file=digest
        ) as writer:
            box = writer.add([Box(number=number, office=office, area=office.area_id, listed=len(taken), packed_at=at,
                                  packed_by=by.account, digest=digest, state=states.PACKED)])[0]  # fmt: skip
            cards = [waiting[person] for person in taken]
            _sealed(cards, taken)
            moving = Moving(writer, by, at)
            moving.follow(cards, "make", box=box.pk)
            moving.settle()
        done.boxes.append(box.pk)


def _waiting(persons: Sequence[int]) -> list[Card]:
    ids = [pk for part in some(persons)
           for pk in Card.objects.filter(holder__in=part, state=states.FILED).values_list("pk", flat=True)]  # fmt: skip
    return locked(ids)


def _sealed(cards: Sequence[Card], taken: Mapping[int, Row]) -> None:
    """Give each card its number, sealed under its person's salt; the mark finds it again, nothing shows it."""
    salts = {pk: salt for part in some(card.person_id for card in cards)
             for pk, salt in Person.objects.filter(pk__in=part).values_list("pk", "salt")}  # fmt: skip
    for card in cards:
        number = taken[card.holder_id].number
        card.number_sealed = seal.seal(number, bytes(salts[card.person_id]), "card")
        card.number_mark = seal.mark(number, "card")


def opened(box: int, by: Actor) -> Box:
    """A box that lies with, or goes to, an office of the actor's area; locked."""
    require(by, KEEP)
    found = Box.objects.select_for_update(of=("self",)).select_related("office").filter(pk=box).first()
    if found is None or not (by.may("*") or by.scope.covers(found.area)):
        raise NoSuchCard(_("There is no such box in your area."))
    return found


def count(*, box: int, missing: Collection[int] = (), extra: int = 0, by: Actor, at: dt.datetime) -> Box:
    """Count a box: sign for it, or look at it again. ``missing`` are cards of its list that are not there.

    Everything else of its list is there. ``extra`` says how many lay in it that are not on its list. What differs has to
    be explained before the box counts as settled.
    """
    if not 0 <= extra <= 100_000:
        raise Refusal(_("Say how many cards lie in it that are not on the list."))
    with transaction.atomic():
        found = opened(box, by)
        lying = locked(
            Card.objects.filter(box=found).exclude(state__in=sorted(states.OVER)).values_list("pk", flat=True)
        )
        gone = set(missing)
        if gone - {card.pk for card in lying}:
            raise NotNow(
                _("Some of the cards marked as missing are not in this box. Nothing was counted; open it again.")
            )
        first = found.received_at is None
        with journal.entry(action="cards.count", by=by, at=at, area=found.area, cards=len(lying) - len(gone), missing=len(gone),
                           extra=extra) as writer:  # fmt: skip
            moving = Moving(writer, by, at)
            fresh = [card for card in lying if card.pk not in gone and card.state == states.MADE]
            back = [card for card in lying if card.pk not in gone and card.state == states.MISSING]
            moving.follow(fresh, "receive", box=found.pk)
            moving.follow(back, "find", box=found.pk)
            lately = [card for card in lying if card.pk in gone and card.state != states.MISSING]
            moving.follow(lately, "miss", box=found.pk)
            moving.settle()
            if first:
                found.received_at, found.received_by, found.counted = at, by.name[:80], found.listed - len(gone)
            told = found.state == states.SETTLED  # what was explained once is not asked again
            differs = bool(lately or extra > found.extra) if told else bool(gone or extra)
            found.state = states.BOX["differ" if differs else "count"][found.state]
            found.extra, found.seen_at = extra, at
            found.save(update_fields=["state", "counted", "extra", "received_at", "received_by", "seen_at"])
            if found.office.level in {"township", "village"}:
                telling.tell(fresh, "card-arrived", by=by, at=at, writer=writer)
    return found


def explain(*, box: int, words: str, by: Actor, at: dt.datetime) -> Box:
    """Say what became of a difference; cards still missing are then made again or stay on the list of the missing."""
    if len(words.strip()) < 2:
        raise Refusal(_("Say what became of the difference."))
    with transaction.atomic():
        found = opened(box, by)
        if found.state != states.DIFFERS:
            return found
        with journal.entry(action="cards.explain", by=by, at=at, area=found.area, purpose=words.strip()[:200]):
            found.state, found.words, found.explained_at, found.explained_by = (
                states.SETTLED,
                words.strip()[:300],
                at,
                by.account,
            )
            found.save(update_fields=["state", "words", "explained_at", "explained_by"])
    return found


def pack(*, box: int, cards: Collection[int] | None = None, by: Actor, at: dt.datetime) -> list[Box]:
    """Pack what lies in a box on to the next offices down, each card towards where its holder lives: one box for each.

    ``cards`` narrows it; left out, everything that has such an office. Returns the boxes, with their lists.
    """
    with transaction.atomic():
        found = opened(box, by)
        level = DOWN.get(found.office.level)
        if level is None:
            raise NotNow(_("This is the last office: the cards are handed over from here."))
        lying = Card.objects.filter(box=found, state=states.RECEIVED)
        ids = list(lying.values_list("pk", flat=True))
        rows = locked(ids if cards is None else [pk for pk in ids if pk in set(cards)])
        inside = [card for card in rows if card.area.startswith(found.area)]
        offices = offices_over(sorted({card.area for card in inside}), level, HOUSES)
        groups: dict[int, list[Card]] = defaultdict(list)
        for card in inside:
            if card.area in offices:
                groups[offices[card.area]].append(card)
        if not groups:
            raise NotNow(_("Nothing lies here that the next office down is waiting for."))
        return _packed(found, groups, by, at)


def _packed(parent: Box, groups: Mapping[int, Sequence[Card]], by: Actor, at: dt.datetime) -> list[Box]:
    known = Office.objects.in_bulk(list(groups))
    day = clock.day(at)
    with journal.entry(
        action="cards.pack", by=by, at=at, area=parent.area, cards=sum(map(len, groups.values()))
    ) as writer:
        made = writer.add([
            Box(number=numbered("box", day, "X"), parent=parent, sender=parent.office, office=known[office],
                area=known[office].area_id, listed=len(cards), packed_at=at, packed_by=by.account, state=states.PACKED)
            for office, cards in sorted(groups.items())
        ])  # fmt: skip
        moving = Moving(writer, by, at)
        for one in made:
            moving.follow(list(groups[one.office_id]), "pack", box=one.pk)
        moving.settle()
        Box.objects.filter(pk=parent.pk).update(seen_at=at)
    return made


def make_again(*, cards: Sequence[int], reason: str, by: Actor, at: dt.datetime) -> int:
    """Misprinted, or gone for good: the bank makes these anew, under another number."""
    require(by, "card.file")
    return _out(cards, "make-again", reason, by, at)


def destroy(*, cards: Sequence[int], reason: str, by: Actor, at: dt.datetime) -> int:
    """Cards that nobody will receive any more leave their box: sent back to the bank."""
    require(by, KEEP)
    return _out(cards, "destroy", reason, by, at)


def _out(cards: Sequence[int], verb: str, reason: str, by: Actor, at: dt.datetime) -> int:
    if len(reason.strip()) < 2:
        raise Refusal(_("Say why, in a few words."))
    with transaction.atomic():
        found = [card for card in locked(cards) if by.may("*") or by.scope.covers(card.area)]
        if len(found) != len(set(cards)):
            raise NoSuchCard(_("There is no such card in your area."))
        with journal.entry(
            action=f"cards.{verb}", by=by, at=at, purpose=reason.strip()[:200], cards=len(found)
        ) as writer:
            moving = Moving(writer, by, at)
            if verb == "make-again":
                for card in found:
                    card.number_sealed = card.number_mark = None
            moving.follow(
                [card for card in found if verb != "destroy" or card.box_id], verb, words=reason.strip()[:200]
            )
            moving.settle()
    return len(found)
