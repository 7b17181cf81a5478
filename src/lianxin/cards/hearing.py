"""Refusals of a right: reported as cases of ``refusal-report``, both sides heard, found upheld or not, the holder told."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from lianxin.access.models import Office
from lianxin.access.permissions import require
from lianxin.access.queries import within
from lianxin.cards.models import Finding
from lianxin.cards.refusals import NoSuchCard, NotNow
from lianxin.casework import actions as casework
from lianxin.casework.models import Case
from lianxin.catalogue.queries import in_force
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, Scope
from lianxin.journal import actions as journal
from lianxin.notices import actions as notices
from lianxin.notices.actions import Message

SERVICE = "refusal-report"
YEAR = dt.timedelta(days=365)


def find(
    *,
    case: int,
    upheld: bool,
    words: str,
    by: Actor,
    at: dt.datetime,
    office: int | None = None,
    expected: int | None = None,
) -> Finding:
    """Write down what was found, after the place's side was heard, and end the case with it; the holder is told.

    ``office`` is the partner whose place it was: an upheld one counts against its plaque. Said twice is said once.
    """
    require(by, "case.deliver")
    with transaction.atomic():
        found = Case.objects.select_for_update(of=("self",)).filter(pk=case, service=SERVICE).first()
        if found is None or not (by.may("*") or by.scope.covers(found.area)):
            raise NoSuchCard(_("There is no such case in your area."))
        held = Finding.objects.filter(case=case, superseded_at__isnull=True).first()
        if held is not None and found.state != "open":
            return held
        if found.state != "open" or found.step_name != "deliver":
            raise NotNow(
                _("Hear the place's side first: the case has not come to its last step yet. Nothing was changed.")
            )
        if len(words.strip()) < 2:
            raise Refusal(_("Say in a sentence what was found; both sides read it."))
        partner = Office.objects.filter(pk=office, kind="partner").first() if office else None
        if office and (partner is None or not (by.may("*") or by.scope.covers(partner.area_id))):
            raise Refusal(_("There is no such partner in your area."))
        with journal.entry(action="cards.finding", by=by, at=at, case=case, area=found.area, upheld=upheld) as writer:
            if held is not None:
                writer.supersede(Finding, [held.pk], at)
            made = writer.add([
                Finding(case=case, scene=found.kind[:12], office=partner, place=str(found.form.get("place") or "")[:80],
                        area=found.area, upheld=upheld, words=words.strip()[:300], by_account=by.account, recorded_at=at)
            ])[0]  # fmt: skip
            casework.deliver(cases=case, words=words.strip()[:300], by=by, at=at, expected=expected)
            template = "refusal-upheld" if upheld else "refusal-not-upheld"
            given = {"place": made.place, "words": made.words, "number": found.number}
            if found.person_id:
                message = Message(template, person=found.person_id, given=given, case=case, area=found.area)
                notices.send(notices=[message], by=by, at=at, writer=writer)
    return made


def finding(case: int) -> Finding | None:
    """What was found in a case, where something was."""
    return Finding.objects.select_related("office").filter(case=case, superseded_at__isnull=True).first()


def upheld(scope: Scope, *, at: dt.datetime) -> dict[int, int]:
    """Partner → how many refusals were upheld against it within a year."""
    rows = Finding.objects.filter(within(scope, "office__area"), upheld=True, superseded_at__isnull=True,
                                  recorded_at__gte=at - YEAR)  # fmt: skip
    return dict(rows.values_list("office").annotate(n=Count("pk")).order_by())


def limit(day: dt.date) -> int:
    """From how many upheld ones within a year a plaque should come down."""
    found = in_force(day).get(SERVICE)
    known = found.service.parameters.get("upheld_limit") if found else None
    value = known.on(day) if known else None
    return value if isinstance(value, int) else 3
