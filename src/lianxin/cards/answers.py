"""What comes back by file: the province's answer to a filing, and which cards the bank activated on which day.

Every row stands for itself: what fits is done, what does not is named by row and reason and can be sent again. The same
file again changes nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.access import seal
from lianxin.access.permissions import require
from lianxin.cards import bankfile, boxes, filing, filingfile, states
from lianxin.cards.bankfile import Fault, Row
from lianxin.cards.boxes import Listed
from lianxin.cards.models import Card, Filing, Step
from lianxin.cards.moving import Moving, locked
from lianxin.cards.refusals import NoSuchCard
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.people import identities
from lianxin.people.identities import some

# How provinces and banks write yes and no; anything else is not guessed.
YES = frozenset(
    {"制发", "准予制发", "同意", "同意制发", "通过", "审核通过", "批准", "已制", "已制发", "已制证", "yes", "made"}
)
NO = frozenset({"不予制发", "不同意", "不通过", "审核不通过", "未通过", "不批准", "驳回", "退回", "no", "turned down"})
ACTIVATED: dict[str, tuple[str, ...]] = {
    "number": bankfile.HEADERS["number"],
    "day": ("激活日期", "启用日期", "开通日期", "activated on"),
}
_DAY = re.compile(r"^(\d{4})([-/.年]?)(\d{1,2})[-/.月]?(\d{1,2})日?(?: 00:00:00)?$")


@dataclass(slots=True)
class Answered:
    """What became of a file: ``done`` counts by what was done, ``refused`` names rows, ``back`` are these as they came."""

    read: int = 0
    done: dict[str, int] = field(default_factory=dict)  # agree | make | turn-down | activate
    unchanged: int = 0
    refused: list[Fault] = field(default_factory=list)
    header: list[str] = field(default_factory=list)
    cells: Mapping[int, Sequence[str]] = field(default_factory=dict)


def _opened(path: Path, found: bankfile.Table | None, heads: str) -> tuple[bankfile.Table, Answered, str]:
    if found is None:
        raise Refusal(_("%(file)s has no row with the headers %(heads)s; nothing was changed.")
                      % {"file": path.name, "heads": heads})  # fmt: skip
    made = Answered(read=len(found.rows), header=found.header, cells=found.cells)
    return found, made, hashlib.sha256(path.read_bytes()).hexdigest()


def read_answer(*, filing: int, path: Path, by: Actor, at: dt.datetime, dry_run: bool = False) -> Answered:
    """Take in what the province (or the bank for it) answers to one filing: yes, no with a reason, or made, with box and
    number. Raises :class:`NoSuchCard` where the filing is not one's own."""
    require(by, "card.file")
    asked = Filing.objects.filter(pk=filing).first()
    if asked is None or not (by.may("*") or by.scope.covers(asked.area)):
        raise NoSuchCard(_("There is no such filing in your area."))
    found = bankfile.table(path, filingfile.WORDS, filingfile.is_answer)
    given, made, digest = _opened(path, found, "办理结果, 档案编号 / 证件号码")
    with transaction.atomic():
        pks = Card.objects.filter(filing=asked).values_list("pk", flat=True)
        cards = locked(pks)
        todo = _sorted(given, cards, asked, made)
        _carried_out(todo, digest, made, by, at, dry_run)
    made.refused.sort(key=lambda one: one.place)
    return made


@dataclass(slots=True)
class _Todo:
    yes: list[Card] = field(default_factory=list)
    no: dict[str, list[Card]] = field(default_factory=lambda: defaultdict(list))
    boxed: list[tuple[Row, int]] = field(default_factory=list)


def _sorted(given: bankfile.Table, cards: Sequence[Card], asked: Filing, made: Answered) -> _Todo:
    """What each row asks for; rows that cannot be understood or fit nothing are refused."""
    files = identities.filed([said["file_number"] for _place, said in given.rows if said.get("file_number")])
    numbers = identities.numbered([_id(said) for _place, said in given.rows if _id(said)])
    held = {card.person_id: card for card in cards} | {card.holder_id: card for card in cards}
    todo, seen = _Todo(), set[int]()
    for place, said in given.rows:
        card, column, reason = _whose(said, files, numbers, held)
        if card is None:
            made.refused.append(Fault(place, column, reason))
        elif said.get("filing") and said["filing"] != asked.number:
            made.refused.append(Fault(place, "filing", "other-filing"))
        elif card.pk in seen:
            made.refused.append(Fault(place, column, "twice"))
        else:
            seen.add(card.pk)
            _one(place, said, card, todo, made)
    return todo


def _id(said: Mapping[str, str]) -> str:
    """The ID number of a row; blank where it is masked."""
    number = said.get("id_number", "").upper()
    return "" if "*" in number else number


def _whose(
    said: Mapping[str, str], files: Mapping[str, tuple[int, int | None, str]],
    numbers: Mapping[str, tuple[int, int | None, str]], held: Mapping[int, Card],
) -> tuple[Card | None, str, str]:  # fmt: skip
    """The card of the filing that a row is about, or the column and the reason why there is none."""
    file, number = said.get("file_number", ""), _id(said)
    if not file and not number:
        return None, "file_number", "missing"
    hits = [found[key] for found, key in ((files, file), (numbers, number)) if key and key in found]
    column = "file_number" if file else "id_number"
    if len(hits) < bool(file) + bool(number):
        return None, "file_number" if file and file not in files else "id_number", "unknown"
    cards = {held[hit[0]].pk: held[hit[0]] for hit in hits if hit[0] in held}
    if not cards:
        return None, column, "not-filed"
    if len(cards) > 1 or len({hit[0] in held for hit in hits}) > 1:
        return None, "id_number", "contradicts"
    return next(iter(cards.values())), column, ""


def _one(place: int, said: Mapping[str, str], card: Card, todo: _Todo, made: Answered) -> None:
    answer, words = said.get("answer", "").lower(), said.get("reason", "")[:200]
    box, number = said.get("box", "")[:32], said.get("number", "")
    if answer in NO:
        if not words:
            made.refused.append(Fault(place, "reason", "missing"))
        elif card.state == states.FILED:
            todo.no[words].append(card)
        elif card.state == states.TURNED_DOWN:
            made.unchanged += 1
        else:
            made.refused.append(Fault(place, "answer", "not-waiting"))
    elif answer not in YES:
        made.refused.append(Fault(place, "answer", "unreadable" if answer else "missing"))
    elif bool(box) != bool(number):
        made.refused.append(Fault(place, "number" if box else "box", "missing"))
    elif card.state == states.TURNED_DOWN:
        made.refused.append(Fault(place, "answer", "not-waiting"))
    elif card.state != states.FILED or (not box and card.due_on is None):
        made.unchanged += 1  # answered before, or farther by now
    elif box and not bankfile.plain_number(number):
        made.refused.append(Fault(place, "number", "unreadable"))
    elif box:
        row = Row(place, box, "", "", bankfile.plain_number(number), said.get("area", "")[:12])
        todo.boxed.append((row, card.holder_id))
    else:
        todo.yes.append(card)


def _carried_out(todo: _Todo, digest: str, made: Answered, by: Actor, at: dt.datetime, dry: bool) -> None:
    turned = sum(map(len, todo.no.values()))
    made.done = {"agree": len(todo.yes), "turn-down": turned}
    if not dry and todo.yes:
        with journal.entry(action="cards.agree", by=by, at=at, cards=len(todo.yes), file=digest) as writer:
            moving = Moving(writer, by, at)
            moving.follow(todo.yes, "agree")
            moving.settle()
    if not dry and turned:
        with journal.entry(action="cards.turn-down", by=by, at=at, cards=turned, file=digest) as writer:
            moving = Moving(writer, by, at)
            for words, cards in todo.no.items():
                moving.follow(cards, "turn-down", words=words)
            moving.settle()
            everyone = [card for cards in todo.no.values() for card in cards]
            filing.fell(everyone, "turned-down", by=by, at=at, writer=writer)
    listed = Listed()
    boxes.take(todo.boxed, digest, listed, by, at, dry)
    made.done["make"] = listed.added
    made.unchanged += listed.unchanged
    made.refused += listed.refused


def read_activations(*, path: Path, by: Actor, at: dt.datetime, dry_run: bool = False) -> Answered:
    """Take in the bank's file of activated cards: number and day. A card that works already stays as it is."""
    require(by, "card.file")
    found = bankfile.table(path, ACTIVATED, lambda heads: set(heads) == set(ACTIVATED))
    given, made, digest = _opened(path, found, "卡号, 激活日期")
    marks = seal.marked(
        {number for _place, said in given.rows if (number := bankfile.plain_number(said["number"]))}, "card"
    )
    with transaction.atomic():
        ids = {
            marks[bytes(mark)]: pk
            for part in some(marks)
            for mark, pk in Card.objects.filter(number_mark__in=part).values_list("number_mark", "pk")
            if mark is not None
        }
        cards = {card.pk: card for card in locked(ids.values()) if by.may("*") or by.scope.covers(card.area)}
        known = {number: cards[pk] for number, pk in ids.items() if pk in cards}
        handed = _handed(list(cards))
        days: dict[dt.date, list[Card]] = defaultdict(list)
        seen: set[str] = set()
        for place, said in given.rows:
            fault = _activation(place, said, known, handed, seen, days, made, clock.day(at))
            made.refused += [fault] if fault else []
        made.done = {"activate": sum(map(len, days.values()))}
        if days and not dry_run:
            with journal.entry(
                action="cards.activate", by=by, at=at, cards=made.done["activate"], file=digest
            ) as writer:
                for on, some_cards in sorted(days.items()):
                    moving = Moving(writer, by, at, on)
                    moving.follow(some_cards, "activate")
                    moving.settle()
    return made


def _handed(cards: Sequence[int]) -> dict[int, dt.date]:
    rows = (Step.objects.filter(card__in=part, verb="hand").order_by("pk") for part in some(cards))
    return {card: on for part in rows for card, on in part.values_list("card", "on")}


def _activation(
    place: int, said: Mapping[str, str], known: Mapping[str, Card], handed: Mapping[int, dt.date], seen: set[str],
    days: dict[dt.date, list[Card]], made: Answered, today: dt.date,
) -> Fault | None:  # fmt: skip
    """Sort one row of activations into its day; what is wrong with it, where something is."""
    number, on = bankfile.plain_number(said["number"]), day_of(said["day"])
    card = known.get(number)
    if not number:
        return Fault(place, "number", "unreadable" if said["number"] else "missing")
    if number in seen:
        return Fault(place, "number", "twice")
    seen.add(number)
    if card is None:
        return Fault(place, "number", "no-card")
    if on is None or on > today:
        return Fault(place, "day", ("future" if on else "unreadable") if said["day"] else "missing")
    if card.state in states.MAKING:
        return Fault(place, "number", "not-handed")
    if card.state == states.ACTIVE:
        made.unchanged += 1
    elif card.state != states.DELIVERED:
        return Fault(place, "number", "not-held")
    elif card.pk in handed and on < handed[card.pk]:
        return Fault(place, "day", "before-handing")
    else:
        days[on].append(card)
    return None


def day_of(text: str) -> dt.date | None:
    """A day as banks write it: 2026-05-06, 2026/5/6, 20260506, 2026年5月6日."""
    found = _DAY.match(text)
    if found is None or (not found[2] and len(text) != 8):
        return None
    try:
        return dt.date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        return None
