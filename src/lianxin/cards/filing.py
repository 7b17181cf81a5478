"""Filing with the province, its answer, and cards that were handed over before this house was used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.access.permissions import require
from lianxin.cards import states, telling
from lianxin.cards.models import Card, Filing, Step
from lianxin.cards.moving import Moving, hold, numbered, seen
from lianxin.cards.refusals import NotNow
from lianxin.casework.models import Case
from lianxin.catalogue.queries import in_force
from lianxin.engine import clock, effects, workdays
from lianxin.engine.deliveries import Delivered, Delivery, HandedOver
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal.actions import Writing, insert
from lianxin.outcomes.models import Outcome
from lianxin.people import facts
from lianxin.people.identities import some
from lianxin.people.models import Person

SERVICE, AGAIN = "preferential-card", "card-replacement"
KINDS = ("veteran", "bereaved")
FILE_WITHIN = 30  # working days; the service's parameter ``file_within`` wins
CHUNK = 5000
CARD = ("person_id", "holder_id", "kind", "case", "replaces_id", "ground", "area", "to_home", "state", "since", "due_on",
        "filing_id", "activated_on", "moved_at", "lock")  # fmt: skip
STEP = ("card_id", "at", "on", "verb", "from_state", "to_state", "box", "into", "reason", "words", "signer", "mandate",
        "by_account", "by_name", "office")  # fmt: skip


def parameter(code: str, day: dt.date, otherwise: int) -> int:
    """A number of the service of cards on a day: what the catalogue says, in its own unit."""
    found = in_force(day).get(SERVICE)
    known = found.service.parameters.get(code) if found else None
    value = known.on(day) if known else None
    return value if isinstance(value, int) else otherwise


def file(*, deliveries: Sequence[Delivery], by: Actor, at: dt.datetime, writer: Writing) -> list[Delivered]:
    """File what was approved with the province: a card comes to be for each, and its case waits until it is handed over.

    A second filing of a case whose card is being made changes nothing; where the holder says that a card written down as
    handed over never came, that one is noted as lost and another is filed.
    """
    held = _running([one.case for one in deliveries])
    persons = _standing_for([one.person for one in deliveries if one.person is not None])
    fresh = [one for one in deliveries if one.case not in held or held[one.case].state not in states.MAKING]
    if fresh:
        _lost_on_the_way([held[one.case] for one in fresh if one.case in held], by, at, writer)
        made = _filed(fresh, persons, by, at, writer)
        held |= {card.case or 0: card for card in made}
    ids = {one.case for one in fresh}
    return [
        Delivered(case=one.case, state="underway", source=source(held[one.case]), fresh=one.case in ids)
        for one in deliveries
    ]


def source(card: Card) -> str:
    """The register's name of a card that was handed over: it counts once."""
    return f"card:{card.pk}"


def _running(cases: Sequence[int]) -> dict[int, Card]:
    rows = (
        Card.objects.filter(case__in=part).exclude(state__in=sorted(states.OVER | {states.LOST}))
        for part in some(cases)
    )
    return {card.case or 0: card for part in rows for card in part.order_by("pk")}


def _standing_for(persons: Sequence[int]) -> dict[int, Person]:
    rows = (Person.objects.filter(pk__in=part).only("pk", "survivor", "home", "died_on") for part in some(persons))
    return {one.pk: one for part in rows for one in part}


def _lost_on_the_way(cards: Sequence[Card], by: Actor, at: dt.datetime, writer: Writing) -> None:
    moving = Moving(writer, by, at)
    moving.follow([card for card in cards if card.state in states.HELD], "lose", reason="not-received")
    moving.settle()


def _filed(
    fresh: Sequence[Delivery], persons: Mapping[int, Person], by: Actor, at: dt.datetime, writer: Writing
) -> list[Card]:
    day = clock.day(at)
    nobody = [one for one in fresh if one.person is None or one.person not in persons]
    dead = [
        one
        for one in fresh
        if one.person is not None and one.person in persons and persons[one.person].died_on is not None
    ]
    if nobody or dead:
        raise NotNow(_("%(count)d of these are for nobody living on file. Nothing was filed; take them out.")
                     % {"count": len(nobody) + len(dead)})  # fmt: skip
    due = workdays.nth_working_day(day, parameter("file_within", day, FILE_WITHIN))
    area = by.area or fresh[0].area[:4]
    filing = writer.add([
        Filing(number=numbered("filing", day, "BA"), area=area, filed_on=day, due_on=due, count=len(fresh), at=at,
               by_account=by.account)
    ])[0]  # fmt: skip
    forms = {pk: form for part in some([one.case for one in fresh])
             for pk, form in Case.objects.filter(pk__in=part).values_list("pk", "form")}  # fmt: skip
    people = [one.person for one in fresh if one.person is not None]
    kinds = kinds_of(people, day)
    olds = _held_by(people)
    rows = []
    for one in fresh:
        person, form, old = one.person or 0, forms.get(one.case) or {}, olds.get(one.person or 0)
        rows.append((
            person, person, _kind(one, form, old, kinds.get(person, ())), one.case, old.pk if old else None,
            one.kind if one.service == AGAIN else "", persons[person].home or one.area, form.get("handing") == "home",
            states.FILED, day, due, filing.pk, None, at, 0,
        ))  # fmt: skip
    ids = _come_to_be(rows, "file", states.REVIEWED, by, at, day, writer)
    made = [card for part in some(ids) for card in Card.objects.filter(pk__in=part).order_by("pk")]
    telling.tell(made, "card-filed", by=by, at=at, writer=writer, given={"until": due.isoformat()})
    return made


def kinds_of(persons: Sequence[int], day: dt.date) -> dict[int, tuple[str, ...]]:
    """Which of the two kinds of card somebody may have."""
    if not persons:
        return {}
    frame = facts.frame(subject="person", day=day, ids=sorted(set(persons)), codes=KINDS)
    return {row["id"]: tuple(kind for kind in KINDS if row[kind]) for row in frame.to_dicts()}


def _kind(one: Delivery, form: Mapping[str, object], old: Card | None, may: Sequence[str]) -> str:
    """The kind that was chosen; else what the file bears out; of two the old card's, for ``kind`` the other one."""
    chosen = str(form.get("kind") or "")
    if chosen in KINDS and (not may or chosen in may):
        return chosen
    if old is not None:
        other = next(kind for kind in KINDS if kind != old.kind)
        return other if one.kind == "kind" and other in may else old.kind
    return may[0] if may else KINDS[0]


def _held_by(persons: Sequence[int]) -> dict[int, Card]:
    wanted = sorted(states.HELD | {states.LOST, states.SUSPENDED})
    rows = (Card.objects.filter(holder__in=part, state__in=wanted).order_by("pk") for part in some(persons))
    return {card.holder_id: card for part in rows for card in part}


def _come_to_be(
    rows: Sequence[tuple[object, ...]],
    verb: str,
    before: str,
    by: Actor,
    at: dt.datetime,
    on: dt.date | None,
    writer: Writing,
) -> list[int]:
    """Cards and their first steps, both through the database's fastest road; the ids, in the order of ``rows``."""
    hold("filing", clock.day(at))
    last = Card.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    insert(Card, CARD, list(rows))
    made = list(Card.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True))
    state, since = CARD.index("state"), CARD.index("since")
    said = (verb, before)
    writer.load(Step, STEP, [
        (pk, at, on or row[since], *said, row[state], None, None, "", "", "", None, by.account, by.name[:80], by.office)
        for pk, row in zip(made, rows, strict=True)
    ])  # fmt: skip
    return made


def turn_down(*, cards: Sequence[int], reason: str, by: Actor, at: dt.datetime) -> int:
    """The province says no: these end, and their cases lie at the desk again with what it said."""
    require(by, "card.file")
    if not reason.strip():
        raise NotNow(_("Say what the province gave as its reason."))
    with transaction.atomic():
        found = seen(cards, by)
        with journal.entry(
            action="cards.turn-down", by=by, at=at, purpose=reason.strip()[:200], cards=len(found)
        ) as writer:
            moving = Moving(writer, by, at)
            moving.follow(found, "turn-down", words=reason.strip()[:200])
            moving.settle()
            fell(list(found), "turned-down", by=by, at=at, writer=writer)
    return len(found)


def fell(cards: Sequence[Card], reason: str, *, by: Actor, at: dt.datetime, writer: Writing) -> None:
    """Tell casework of cards that will not come: their desks decide anew."""
    rows = [
        HandedOver(case=card.case, source=source(card), on=clock.day(at), reason=reason) for card in cards if card.case
    ]
    if rows:
        effects.announce("cards-fell", cards=rows, by=by, at=at, writer=writer)


def take_over(*, by: Actor, at: dt.datetime) -> int:
    """A card for every delivery in the register that has none yet: those handed over before this house was used.

    Their numbers are the bank's alone. Resumable: pieces of 5,000, each an entry of its own. Returns how many.
    """
    run, done = f"cards-{uuid4().hex[:12]}", 0
    rows = _unknown()
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        with journal.entry(action="cards.take-over", by=by, at=at, run=run, cards=len(part)) as writer:
            done += len(_come_to_be([
                (person, person, kind, None, None, "", area, False, states.ACTIVE, on, None, None, on, at, 0)
                for person, kind, area, on in part
            ], "take-over", "", by, at, None, writer))  # fmt: skip
    return done


def _unknown() -> list[tuple[int, str, str, dt.date]]:
    """Whom the register gave a card and who has none here: person, kind, area, day. The dead and the moved-away are left out."""
    have = set(Card.objects.values_list("holder_id", flat=True))
    people = Person.objects.filter(died_on__isnull=True, survivor__isnull=True, visible=True)
    living = dict(people.values_list("pk", "home"))
    given = Outcome.objects.filter(
        service=SERVICE, kind__in=("card", "record"), reverses__isnull=True, person__isnull=False
    )
    reversed_ = set(
        Outcome.objects.filter(service=SERVICE, reverses__isnull=False).values_list("reverses_id", flat=True)
    )
    last: dict[int, tuple[dt.date, str]] = {}
    for pk, person, on, category in given.order_by().values_list("pk", "person", "happened_on", "category"):
        if pk in reversed_ or person is None or person in have or person not in living:
            continue
        if person not in last or on > last[person][0]:
            last[person] = (on, category)
    kinds: dict[int, tuple[str, ...]] = {}
    if any(category not in KINDS for _, category in last.values()):
        kinds = kinds_of(list(last), max(on for on, _ in last.values()))
    return [
        (person, category if category in KINDS else (kinds.get(person) or KINDS)[0], living[person], on)
        for person, (on, category) in sorted(last.items())  # in the order of the indexes: written twice as fast
    ]
