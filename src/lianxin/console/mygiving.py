"""The giver's own page: what we offer, what we gave and the thanks that came, certificates with one click."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.campaigns import actions, certificates
from lianxin.campaigns import queries as campaigns
from lianxin.console import giving, papercodes
from lianxin.console.acting import attempt
from lianxin.console.dayfield import DayInput
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.scope import over

SHOWN = 20


def _office(request: Request) -> int:
    """The giver's own office; who sits in none has no such page."""
    if not request.actor.scope.offices:
        raise Http404
    return request.actor.scope.offices[0]


@page("offer.own")
def mine(request: Request) -> HttpResponse:
    """Hours of this year and in all, what is offered, what was done and the thanks."""
    office, scope, today = _office(request), request.actor.scope, clock.today()
    year = dt.date(today.year, 1, 1)
    after = number_of(request.GET.get("after", "")) or 0
    rows = campaigns.did(scope, office=office, after=after, limit=SHOWN + 1)
    times, minutes = campaigns.confirmed(office, year, today)
    all_times, all_minutes = campaigns.confirmed(office, dt.date(2000, 1, 1), today)
    place = 0 if get_language() == "zh-hans" else 1
    given = {
        "offers": [(one, giving.kind_name(one.kind), giving.when(one), giving.state(one))
                   for one in campaigns.offers_by(scope, clock.now())],
        "times": times, "hours": divmod(minutes, 60), "all_times": all_times, "all_hours": divmod(all_minutes, 60),
        "did": [(row, row.what[place]) for row in rows[:SHOWN]], "thanks": [row for row in rows if row.thanks][:3],
        "more": rows[SHOWN - 1].id if len(rows) > SHOWN else None, "after": after,
        "certificates": certificates.given(scope, office), "form": _certify(request, office), "year": today.year,
    }  # fmt: skip
    return render(request, "console/campaigns/mine.html", given)


def _certify(request: Request, office: int, data: Any = None) -> CertifyForm:
    form = CertifyForm(data, initial={"from_on": dt.date(clock.today().year, 1, 1), "to_on": clock.today()})
    helpers = campaigns.helpers_of(request.actor.scope, office)
    form.fields["who"] = forms.ChoiceField(
        label=_("Whose hours"),
        choices=[("", _("all of us")), *((str(pk), name) for pk, name in helpers)],
        required=False,
    )
    form.order_fields(["who"])
    return form


class CertifyForm(forms.Form):
    """For which time hours are certified."""

    from_on = forms.DateField(label=_("From"), widget=DayInput())
    to_on = forms.DateField(label=_("To"), widget=DayInput())


@page("offer.own")
@require_POST
def certify(request: Request) -> HttpResponse:
    """Certify a time; the page then offers the paper."""
    office = _office(request)
    form = _certify(request, office, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        attempt(request, lambda: certificates.issue(
            office=office, from_on=given["from_on"], to_on=min(given["to_on"], clock.today()),
            account=number_of(given["who"]), by=request.actor, at=clock.now()),
            _("The certificate is ready: open it below."))  # fmt: skip
    return redirect(reverse("console:my-giving") + "#certificates")


@page("offer.own")
def certificate(request: Request, number: str) -> HttpResponse:
    """One of our certificates as PDF."""
    office = _office(request)
    found = next((one for one in certificates.given(request.actor.scope, office) if one.number == number), None)
    if found is None:
        raise Http404
    code = papercodes.of_object(request, "hours", reverse("console:givers"))
    return as_pdf(certificates.printed(found, code), found.number)


def as_pdf(content: bytes, name: str) -> HttpResponse:
    """A paper of our own making, to look at and print."""
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@page("offer.own")
def offer(request: Request) -> HttpResponse:
    """Offer something more, or change what we offer: a kind named again is replaced."""
    by, at = request.actor, clock.now()
    office = _office(request)
    scope = over(by.area) if by.area else by.scope
    held = {one.id: one for one in campaigns.offers_by(by.scope, at)}
    one = held.get(number_of(request.GET.get("offer", "")) or 0)
    form = giving.OfferForm(
        request.POST or None, scope=scope, initial=giving.initial(one) if one else {"area": by.area}
    )
    if request.method == "POST" and form.is_valid() and attempt(
        request, lambda: actions.offer(office=office, **form.said(), by=by, at=at), _("Kept. Thank you!")
    ):  # fmt: skip
        return redirect("console:my-giving")
    given: dict[str, Any] = {"form": form, "heading": _("What we offer"), "back": reverse("console:my-giving")}
    if one is not None:
        given |= {"one": one, "state": giving.state(one), "may_stop": reverse("console:my-offer-stop", args=[one.id]),
                  "pause": giving.PauseForm(initial={"until": clock.today() + dt.timedelta(days=14)})}  # fmt: skip
    return render(request, "console/campaigns/offer.html", given, status=422 if form.errors else 200)


@page("offer.own")
@require_POST
def stop(request: Request, offer: int) -> HttpResponse:
    """Pause, take up again or end one of our own offers."""
    if offer not in {one.id for one in campaigns.offers_by(request.actor.scope, clock.now())}:
        raise Http404
    giving.stopped(request, offer)
    return redirect("console:my-giving")


urls: list[URLPattern] = [
    path("giving/", mine, name="my-giving"),
    path("giving/offer/", offer, name="my-offer"),
    path("giving/offer/<int:offer>/stop/", stop, name="my-offer-stop"),
    path("giving/certify/", certify, name="certify"),
    path("giving/certificates/<slug:number>/", certificate, name="certificate"),
]
