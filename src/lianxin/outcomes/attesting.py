"""Achievements that no case produced (titles held, coverage, documents): written down from a paper, agreed to by another.

What is agreed to is a row of the register like any other, from the source ``attestation:<id>``. Nothing is edited: what
was wrong is taken back with a reason, and its row is reversed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lianxin.access import actions as access
from lianxin.access.permissions import require
from lianxin.access.queries import within
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, Scope
from lianxin.journal import actions as journal
from lianxin.outcomes import actions as register
from lianxin.outcomes.models import Attestation, Ruling
from lianxin.outcomes.posted import Posted, UnfitOutcome

SOURCE = "attestation:"
AGREE, TURN_DOWN, TAKE_BACK = "agree", "turn-down", "take-back"
PENDING, AGREED, TURNED_DOWN, TAKEN_BACK = "pending", "agreed", "turned-down", "taken-back"
_STATES = {AGREE: AGREED, TURN_DOWN: TURNED_DOWN, TAKE_BACK: TAKEN_BACK}
REPORTED = "reported-figure"  # the service of numbers that were reported by hand; the category is the figure's code


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One achievement as it is written down. ``paper`` names the document; ``scan`` is the digest of its kept picture.

    ``kind`` to ``unit`` are the columns of the register by which ``figure`` counts it; ``amount`` is fen.
    """

    figure: str
    title: str
    paper: str
    kind: str
    service: str
    area: str
    happened_on: dt.date
    programme: str = ""
    category: str = ""
    level: str = ""
    unit: str = ""
    ended_on: dt.date | None = None
    quantity: int = 1
    amount: int | None = None
    scan: str = ""
    scan_type: str = ""


def attest(*, achievements: Sequence[Said], by: Actor, at: dt.datetime) -> list[Attestation]:
    """Write achievements down, one or many; nothing counts before somebody else agreed.

    Raises :class:`Refusal` for one without title or paper, on a day still to come, or that is written down already
    (same figure, area, day and title) and was not turned down or taken back.
    """
    for one in achievements:
        require(by, "attest.write", area=one.area)
        _check(one, clock.day(at))
    _refuse_twice(achievements)
    with journal.entry(action="outcomes.attest", by=by, at=at) as writer:
        made = writer.add([
            Attestation(
                figure=one.figure[:60], title=one.title.strip()[:200], kind=one.kind, service=one.service[:60],
                programme=one.programme[:60], category=one.category[:60], level=one.level, unit=one.unit[:20],
                area=one.area, happened_on=one.happened_on, ended_on=one.ended_on, quantity=one.quantity,
                amount=one.amount, paper=one.paper.strip()[:120], scan=one.scan, scan_type=one.scan_type,
                account=by.account, by_name=by.name[:80], recorded_at=at,
            )
            for one in achievements
        ])  # fmt: skip
        writer.say(attested=len(made))
    return made


def _check(one: Said, today: dt.date) -> None:
    if not one.title.strip():
        raise Refusal(_("Say in a few words what was achieved."))
    if not one.paper.strip():
        raise Refusal(_("Name the paper that shows it: its number or title, and whose it is."))
    if one.happened_on > today:
        raise Refusal(_("The day is still to come."))
    if one.quantity < 1 or (one.amount is not None and one.amount < 1):
        raise Refusal(_("Say how much it was, more than nothing."))
    try:
        _posted(one, SOURCE + "0").check()
    except UnfitOutcome as wrong:
        raise Refusal(_("The last day comes before the first one.")) from wrong


def _refuse_twice(achievements: Sequence[Said]) -> None:
    keys = [(one.figure, one.area, one.happened_on, one.title.strip()[:200]) for one in achievements]
    figures, areas = {key[0] for key in keys}, {key[1] for key in keys}
    held = Attestation.objects.filter(figure__in=figures, area__in=areas).exclude(
        rulings__verb__in=(TURN_DOWN, TAKE_BACK)
    )
    known = set(held.values_list("figure", "area", "happened_on", "title"))
    if len(set(keys)) < len(keys) or known & set(keys):
        raise Refusal(_("This is written down already, with the same title, area and day."))


def rule(*, attestations: Sequence[int], agreed: bool, by: Actor, at: dt.datetime, words: str = "") -> list[Ruling]:
    """Agree to what somebody else wrote down (it is posted to the register), or turn it down with ``words``.

    Raises :class:`Refusal` where one is not waiting, or where the same person wrote it down, under whichever account.
    """
    if not agreed and not words.strip():
        raise Refusal(_("Say why it is turned down."))
    found = _held(attestations, by)
    for one in found:
        if one.rulings.exists():
            raise Refusal(_("Somebody ruled on this already."))
    access.apart(by.account, {one.account for one in found},
                 _("You wrote this down yourself; somebody else agrees to it."))  # fmt: skip
    with journal.entry(action="outcomes.rule", by=by, at=at) as writer:
        made = writer.add([_ruling(one, AGREE if agreed else TURN_DOWN, words, by, at) for one in found])
        if agreed:
            rows = [_posted(one, f"{SOURCE}{one.pk}") for one in found]
            register.post(outcomes=rows, by=by, at=at, writer=writer)
        writer.say(ruled=len(made), agreed=agreed)
    return made


def take_back(*, attestation: int, reason: str, by: Actor, at: dt.datetime) -> Ruling:
    """Take back what was agreed to: its row is reversed, every number that counted it moves."""
    if not reason.strip():
        raise Refusal(_("Say why it is taken back."))
    [one] = _held([attestation], by)
    if [ruling.verb for ruling in one.rulings.all()] != [AGREE]:
        raise Refusal(_("Only what was agreed to can be taken back."))
    with journal.entry(action="outcomes.take-back", by=by, at=at) as writer:
        made = writer.add([_ruling(one, TAKE_BACK, reason, by, at)])[0]
        register.reverse(sources=[f"{SOURCE}{one.pk}"], by=by, at=at, reason=reason, writer=writer)
    return made


def _held(ids: Sequence[int], by: Actor) -> list[Attestation]:
    found = list(Attestation.objects.filter(within(by.scope, "area"), pk__in=ids).select_for_update().order_by("pk"))
    if not found or len(found) < len(set(ids)):
        raise Refusal(_("There is no such achievement in your area."))
    for one in found:
        require(by, "attest.rule", area=one.area)
    return found


def _ruling(one: Attestation, verb: str, words: str, by: Actor, at: dt.datetime) -> Ruling:
    return Ruling(
        attestation=one, verb=verb, words=words.strip()[:200], account=by.account, by_name=by.name[:80], at=at
    )


def _posted(one: Said | Attestation, source: str) -> Posted:
    return Posted(
        kind=one.kind, service=one.service, programme=one.programme, category=one.category, level=one.level, unit=one.unit,
        area=one.area, happened_on=one.happened_on, ended_on=one.ended_on, quantity=one.quantity, amount=one.amount,
        source=source,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attested:
    """An achievement as lists and its page show it; ``state`` is pending, agreed, turned-down or taken-back."""

    id: int
    figure: str
    title: str
    area: str
    happened_on: dt.date
    ended_on: dt.date | None
    quantity: int
    unit: str
    amount: int | None
    paper: str
    scan: str
    scan_type: str
    account: int | None
    by_name: str
    recorded_at: dt.datetime
    state: str
    rulings: tuple[Ruling, ...]


def listed(
    scope: Scope, *, state: str = "", figure: str = "", after: int | None = None, limit: int = 50
) -> list[Attested]:
    """Achievements of the scope, the newest first."""
    rows = Attestation.objects.filter(within(scope, "area")).order_by("-pk")
    if figure:
        rows = rows.filter(figure=figure)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    verb = next((verb for verb, said in _STATES.items() if said == state), "")
    if state == PENDING:
        rows = rows.filter(rulings__isnull=True)
    elif state == AGREED:
        rows = rows.filter(rulings__verb=AGREE).exclude(rulings__verb=TAKE_BACK)
    elif verb:
        rows = rows.filter(rulings__verb=verb)
    return [_shown(row) for row in rows.prefetch_related("rulings")[:limit]]


def one(scope: Scope, pk: int) -> Attested | None:
    """One achievement inside the scope."""
    row = Attestation.objects.filter(within(scope, "area"), pk=pk).prefetch_related("rulings").first()
    return None if row is None else _shown(row)


def _shown(row: Attestation) -> Attested:
    rulings = tuple(sorted(row.rulings.all(), key=lambda ruling: ruling.pk))
    return Attested(
        row.pk, row.figure, row.title, row.area, row.happened_on, row.ended_on, row.quantity, row.unit, row.amount,
        row.paper, row.scan, row.scan_type, row.account, row.by_name, row.recorded_at,
        _STATES[rulings[-1].verb] if rulings else PENDING, rulings,
    )  # fmt: skip


def reported(scope: Scope, figure: str, area: str) -> Attested | None:
    """The newest number for a figure that was reported by hand over an area and agreed to."""
    rows = Attestation.objects.filter(
        within(scope, "area"), service=REPORTED, category=figure, area=area, rulings__verb=AGREE
    )
    row = rows.exclude(rulings__verb=TAKE_BACK).order_by("-happened_on", "-pk").prefetch_related("rulings").first()
    return None if row is None else _shown(row)
