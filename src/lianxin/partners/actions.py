"""Agreements with shops, hospitals, bus lines and others: made, changed, ended; the plaque is in the register."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from lianxin.access.models import Office
from lianxin.access.permissions import require
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.outcomes import actions as register
from lianxin.outcomes.posted import Posted
from lianxin.partners.models import Agreement

SERVICE = "merchant-offer"


def agree(
    *, office: int, plaque: str, offer: str, by: Actor, at: dt.datetime, since: dt.date | None = None,
    until: dt.date | None = None, paper: str = "",
) -> Agreement:  # fmt: skip
    """Record an agreement of a partner office, replacing an earlier one; a plaque is posted to the register once."""
    partner = Office.objects.filter(pk=office, kind="partner").first()
    if partner is None:
        raise Refusal(_("There is no such partner."))
    require(by, "case.dispatch", area=partner.area_id)
    day = since or clock.day(at)
    if until is not None and until < day:
        raise Refusal(_("The agreement ends before it begins."))
    if plaque and Agreement.objects.filter(plaque=plaque, superseded_at__isnull=True).exclude(office=partner).exists():
        raise Refusal(_("This plaque hangs at another partner."))
    with journal.entry(action="partners.agree", by=by, at=at, area=partner.area_id, giver=office) as writer:
        held = Agreement.objects.filter(office=partner, superseded_at__isnull=True)
        writer.supersede(Agreement, list(held.values_list("pk", flat=True)), at)
        [made] = writer.add([Agreement(office=partner, plaque=plaque, offer=offer, valid_from=day, valid_to=until,
                                       paper=paper, recorded_at=at)])  # fmt: skip
        if plaque:
            register.post(outcomes=[_plaque(made, partner, day)], by=by, at=at, writer=writer)
    return made


def end(*, agreement: int, on: dt.date, reason: str, by: Actor, at: dt.datetime) -> Agreement:
    """End an agreement on a day and take the plaque down (摘牌); a reason is kept in the journal."""
    held = Agreement.objects.select_related("office").filter(pk=agreement, superseded_at__isnull=True).first()
    if held is None or not by.scope.covers(held.office.area_id):
        raise Refusal(_("There is no such agreement."))
    require(by, "case.dispatch", area=held.office.area_id)
    if not reason.strip():
        raise Refusal(_("Say why the agreement ends."))
    begun = held.valid_from or on
    if on < begun:
        raise Refusal(_("The agreement ends before it begins."))
    with journal.entry(action="partners.end", by=by, at=at, area=held.office.area_id, purpose=reason[:200]) as writer:
        writer.supersede(Agreement, [held.pk], at)
        [made] = writer.add([Agreement(office=held.office, plaque=held.plaque, offer=held.offer, valid_from=begun,
                                       valid_to=on, paper=held.paper, recorded_at=at)])  # fmt: skip
        if held.plaque:
            hung = _plaque(held, held.office, begun)
            register.post(outcomes=[hung], by=by, at=at, writer=writer)
            register.reverse(sources=[hung.source], by=by, at=at, reason="taken down", writer=writer)
            down = _plaque(held, held.office, begun, until=on)
            register.post(outcomes=[down], by=by, at=at, writer=writer)
    return made


def _plaque(one: Agreement, office: Office, since: dt.date, until: dt.date | None = None) -> Posted:
    name = f"plaque:{office.pk}:{one.plaque}" + (f":{until.isoformat()}" if until else "")
    return Posted(kind="plaque", service=SERVICE, area=office.area_id, happened_on=since, ended_on=until, source=name,
                  organisation=office.pk, category="partner")  # fmt: skip
