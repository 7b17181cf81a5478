"""Statements of operators: made from signed counts at agreed rates, through three hands, corrected, reversed.

A line of payments is owed to a person for a case; an operator is owed for counts, so it has its own statement with the
same three hands, and the approved one is the order on which the city's treasury pays (docs/decisions/0031).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from lianxin.access.actions import apart
from lianxin.access.models import Office
from lianxin.access.permissions import require
from lianxin.cards import forces, states, tariffs
from lianxin.cards.devices import ALGORITHMS, confirmed, fingerprint
from lianxin.cards.models import Count, Statement, StatementLine, StatementStep, Tally, UseBatch
from lianxin.cards.refusals import NoSuchCard, NotNow
from lianxin.cards.useread import MILITARY, counted, signed
from lianxin.engine import clock, cose
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal.actions import Writing
from lianxin.outcomes import actions as outcomes
from lianxin.outcomes.posted import Posted

MAKE, CHECK, APPROVE, BANK = "batch.make", "batch.check", "batch.approve", "batch.bank"
SERVICES = {"bus": "bus-free", "scenic": "scenic-ticket", "hospital": "medical-priority", "shop": "merchant-offer",
            "window": "preferential-card"}  # fmt: skip
Key = tuple[str, str, str, int]  # scene, line, kind, fen


def first_of(month: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day of a month."""
    first = month.replace(day=1)
    return first, (first + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)


def proven(office: int, month: dt.date) -> int:
    """The uses of a month that signatures prove; raises a refusal where the counts say anything else.

    Every signature is checked again, under a key that the journal covers, and the signed rows are added up. Military
    identity cards have no signed rows: their number is sealed (:mod:`lianxin.cards.forces`).
    """
    first, last = first_of(month)
    found: dict[tuple[str, str, dt.date, int, str], int] = {}
    batches = UseBatch.objects.filter(office=office, last_on__gte=first, first_on__lte=last)
    rows = batches.values_list("scene", "line", "counts", "signature", "public", "algorithm", "number", "machine_id")
    known = confirmed(machine__office=office)
    for scene, line, counts, signature, public, algorithm, number, machine in rows.iterator(chunk_size=500):
        if (machine, fingerprint(algorithm, bytes(public))) not in known:
            raise Refusal(
                _("Device %(device)s counted under a key that no second keeper of devices confirmed. Have it confirmed; "
                  "nothing was made.") % {"device": machine}
            )  # fmt: skip
        verifier = cose.verifier(ALGORITHMS[algorithm], bytes(public))
        if not verifier.verify(signed(counts), bytes(signature)):
            raise Refusal(
                _("Batch %(number)s does not carry its device's signature. Nothing was made.") % {"number": number}
            )
        for (day, hour, kind), uses in counted(json.loads(counts)["counts"]).items():
            if first <= day <= last:
                key = (scene, line, day, hour, kind)
                found[key] = found.get(key, 0) + uses
    kept = Tally.objects.filter(office=office, day__range=(first, last), hour__gte=0)
    tallied = {tuple(row[:-1]): row[-1] for row in kept.values_list("scene", "line", "day", "hour", "kind", "uses")}
    if tallied != found or forces.unproven(office, first, last):
        raise Refusal(
            _("The counts of this month are not what the devices signed. Nothing was made; tell the administrator.")
        )
    return sum(found.values())


def owed(office: int, month: dt.date) -> dict[Key, int]:
    """Uses by scene, line, kind and rate, as the counts stand now. Raises a refusal where a rate is missing."""
    first, last = first_of(month)
    rate = tariffs.rates(office)
    found: dict[Key, int] = {}
    missing: set[tuple[str, str]] = set()
    rows = Tally.objects.filter(office=office, day__range=(first, last)).order_by("scene", "line", "kind", "day")
    for scene, line, kind, day, uses in rows.values_list("scene", "line", "kind", "day").annotate(n=Sum("uses")):
        fen = rate(scene, line, kind, day)
        if fen is None:
            missing.add((scene, line or kind))
        else:
            key = (scene, line, kind, fen)
            found[key] = found.get(key, 0) + uses
    if missing:
        what = "、".join(sorted(line for _scene, line in missing)[:12])
        raise Refusal(
            _("No rate counts for: %(what)s. Write one down and have it agreed to; nothing was made.") % {"what": what}
        )
    return found


def make(*, office: int, month: dt.date, by: Actor, at: dt.datetime) -> Statement:
    """A statement for a month that is over; where one stands already, only what came later or changed since."""
    operator = Office.objects.filter(pk=office).first()
    if operator is None:
        raise NoSuchCard(_("There is no such office."))
    require(by, MAKE, area=operator.area_id)
    first, last = first_of(month)
    if last >= clock.day(at):
        raise NotNow(_("The month is not over. Nothing was made."))
    with transaction.atomic():
        Count.objects.select_for_update().get_or_create(kind="settle", year=first.year)  # one maker after another
        if Statement.objects.filter(office=office, month=first, state__in=("made", "checked", "returned")).exists():
            raise NotNow(_("A statement for this month is under way. Nothing was made."))
        proven(office, first)
        lines = owed(office, first)
        stands = StatementLine.objects.filter(statement__office=office, statement__month=first, correction=False,
                                              statement__state__in=("approved", "paid"))  # fmt: skip
        for row in stands:
            key = (row.scene, row.line, row.kind, row.fen)
            lines[key] = lines.get(key, 0) - row.uses
        rows = [(*key, uses) for key, uses in sorted(lines.items()) if uses]
        if not rows:
            raise NotNow(_("There is nothing to settle for this month."))
        return _made(operator, first, rows, by, at)


def _made(
    operator: Office, month: dt.date, rows: list[tuple[str, str, str, int, int]], by: Actor, at: dt.datetime
) -> Statement:
    uses, total = sum(row[4] for row in rows), sum(row[3] * row[4] for row in rows)
    with journal.entry(
        action="cards.statement-make", by=by, at=at, area=operator.area_id, office=operator.pk
    ) as writer:
        place = Count.objects.get(kind="settle", year=month.year).last + 1
        Count.objects.filter(kind="settle", year=month.year).update(last=place)
        made = Statement.objects.create(
            number=f"JS-{month:%Y%m}-{place:04d}", office=operator, area=operator.area_id, month=month, state="made", uses=uses,
            total=total, maker=_account(by), maker_name=by.name[:80], made_at=at,
        )  # fmt: skip
        writer.add([StatementLine(statement=made, scene=scene, line=line, kind=kind, uses=n, fen=fen, amount=n * fen)
                    for scene, line, kind, fen, n in rows])  # fmt: skip
        _stepped(made, "make", "", by, at, writer)
        writer.say(statement=made.number, uses=uses, total=total)
    return made


def _account(by: Actor) -> int:
    if by.account is None:
        raise Refusal(_("Somebody signs a statement in their own name."))
    return by.account


def _stepped(made: Statement, verb: str, words: str, by: Actor, at: dt.datetime, writer: Writing) -> None:
    writer.add([StatementStep(
        statement=made, at=at, verb=verb, to_state=made.state, uses=made.uses, total=made.total, checker=made.checker,
        approver=made.approver, paid_on=made.paid_on, words=words[:200], by_account=by.account, by_name=by.name[:80] or "-",
    )])  # fmt: skip


@contextmanager
def _act(
    statement: int, verb: str, permission: str, by: Actor, at: dt.datetime, words: str = ""
) -> Iterator[tuple[Statement, Writing]]:
    """The statement locked, its new state, the step written after."""
    with transaction.atomic():
        found = Statement.objects.select_for_update().filter(pk=statement).first()
        if found is None or not by.scope.covers(found.area):
            raise NoSuchCard(_("There is no such statement in your area."))
        require(by, permission, area=found.area)
        if verb in states.STATEMENT:
            before, after = states.STATEMENT[verb]
            if found.state not in before:
                raise NotNow(_("The statement does not stand so any more. Open it again; nothing was changed."))
            found.state = after
        with journal.entry(
            action=f"cards.statement-{verb}", by=by, at=at, area=found.area, statement=found.number
        ) as writer:
            yield found, writer
            found.save()
            _stepped(found, verb, words, by, at, writer)


def _authors(found: Statement) -> list[int]:
    """Every account that wrote at it: who made, corrected or handed it in again. No hand of them signs it later."""
    steps = StatementStep.objects.filter(statement=found, verb__in=("make", "correct", "resubmit"))
    return sorted({found.maker, *(one for one in steps.values_list("by_account", flat=True) if one is not None)})


def check(*, statement: int, by: Actor, at: dt.datetime) -> None:
    """The second hand: by another than the maker; the counts are proven once more."""
    with _act(statement, "check", CHECK, by, at) as (found, _writer):
        apart(
            by.account,
            _authors(found),
            _("Whoever made or corrected the statement does not check it. Ask somebody else."),
        )
        _adds_up(found)
        proven(found.office_id, found.month)
        found.checker, found.checker_name = by.account, by.name[:80]


def approve(*, statement: int, by: Actor, at: dt.datetime) -> None:
    """The third hand: by another than the first two. What was used stands in the register from now on."""
    with _act(statement, "approve", APPROVE, by, at) as (found, writer):
        apart(
            by.account,
            [*_authors(found), found.checker],
            _("Whoever made, corrected or checked the statement does not approve it. Ask somebody else."),
        )
        _adds_up(found)
        found.approver, found.approver_name = by.account, by.name[:80]
        outcomes.post(outcomes=_posted(found), by=by, at=at, writer=writer)


def _adds_up(found: Statement) -> None:
    sums = StatementLine.objects.filter(statement=found).aggregate(uses=Sum("uses"), total=Sum("amount"))
    if (sums["uses"], sums["total"]) != (found.uses, found.total):
        raise Refusal(_("Uses or total do not agree with the lines. Cancel this statement and make it anew."))


def _posted(found: Statement) -> list[Posted]:
    """One row a scene. The register takes nothing below nothing: who owes the city something is settled with the next month."""
    _first, last = first_of(found.month)
    rows = StatementLine.objects.filter(statement=found).order_by("scene").values_list("scene")
    sums = [(scene, uses, amount) for scene, uses, amount in rows.annotate(n=Sum("uses"), sum=Sum("amount"))]
    if any(uses < 0 or amount < 0 for _scene, uses, amount in sums):
        raise Refusal(
            _("It takes more back than it gives. Cancel it, and correct the statement of the next month by it.")
        )
    return [
        Posted(kind="record", service=SERVICES[scene], area=found.area, happened_on=last, source=f"uses:{found.pk}:{scene}",
               organisation=found.office_id, category="uses", quantity=uses, unit="人次", amount=amount)
        for scene, uses, amount in sums
    ]  # fmt: skip


def send_back(*, statement: int, words: str, by: Actor, at: dt.datetime) -> None:
    """Back to its maker, with what to look at; what was signed is signed again."""
    if not words.strip():
        raise Refusal(_("Say what the maker should look at."))
    permission = CHECK if by.may(CHECK) else APPROVE
    with _act(statement, "return", permission, by, at, words) as (found, _writer):
        found.checker, found.checker_name, found.note = None, "", words.strip()[:200]


def resubmit(*, statement: int, by: Actor, at: dt.datetime) -> None:
    """Hand it in again."""
    with _act(statement, "resubmit", MAKE, by, at) as (found, _writer):
        found.maker, found.maker_name = _account(by), by.name[:80]


def cancel(*, statement: int, words: str, by: Actor, at: dt.datetime) -> None:
    """Nothing of it counts; the month can be settled anew."""
    if not words.strip():
        raise Refusal(_("Say why, in a few words."))
    with _act(statement, "cancel", MAKE, by, at, words) as (found, _writer):
        found.note = words.strip()[:200]


def correct(
    *,
    statement: int,
    scene: str,
    line: str,
    kind: str,
    uses: int,
    fen: int,
    words: str,
    paper: str,
    by: Actor,
    at: dt.datetime,
) -> None:
    """Add or take away uses while the statement is with its maker, with words and a paper: after a dispute, a broken device."""
    if not words.strip() or not paper.strip() or uses == 0 or scene not in SERVICES or not 0 <= fen <= tariffs.MOST:
        raise Refusal(_("A correction says where, how many uses, why, and which paper bears it out."))
    with _act(statement, "correct", MAKE, by, at, words) as (found, writer):
        if found.state not in ("made", "returned"):
            raise NotNow(_("It is signed. Have it sent back first; nothing was changed."))
        writer.add([StatementLine(
            statement=found, scene=scene, line=line.strip()[:40], kind=kind[:10], uses=uses, fen=fen, amount=uses * fen,
            correction=True, words=words.strip()[:200], paper=paper.strip()[:120],
        )])  # fmt: skip
        found.uses, found.total = found.uses + uses, found.total + uses * fen


def pay(*, statement: int, on: dt.date, paper: str, by: Actor, at: dt.datetime) -> None:
    """The treasury paid: on which day, under which number."""
    if on > clock.day(at) or not paper.strip():
        raise Refusal(_("Say on which day it was paid and under which number."))
    with _act(statement, "pay", BANK, by, at, paper) as (found, _writer):
        found.paid_on = on


def reverse(*, statement: int, words: str, by: Actor, at: dt.datetime) -> None:
    """Take back what was approved and not paid: the register too; the month is settled anew."""
    if not words.strip():
        raise Refusal(_("Say why, in a few words."))
    with _act(statement, "reverse", APPROVE, by, at, words) as (found, writer):
        found.note = words.strip()[:200]
        sources = [one.source for one in _posted(found)]
        outcomes.reverse(sources=sources, by=by, at=at, reason=words, writer=writer)


def military(found: Statement) -> int:
    """Uses with a military identity card: a number of the month."""
    rows = StatementLine.objects.filter(statement=found, kind=MILITARY)
    return int(rows.aggregate(n=Sum("uses"))["n"] or 0)
