"""Hall screens: the administrator makes and revokes their links; a link shows rounded numbers to whoever opens it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page, public
from lianxin.console import lists
from lianxin.console.acting import attempt
from lianxin.console.areafield import AreaField
from lianxin.console.dayfield import DayInput
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.insight import screens

SECONDS = 20  # that a face stands before the next one


class Making(forms.Form):
    """A new screen."""

    name = forms.CharField(
        label=_("Where it hangs"), max_length=80, help_text=_("The service hall of the centre, for example.")
    )
    area = AreaField()
    until_on = forms.DateField(label=_("Opens until"), widget=DayInput())


def _state(one: Any) -> str:
    if one.revoked_at:
        return gettext("revoked")
    return gettext("opens") if screens.stands(one, clock.now()) else gettext("its day has gone")


LISTING = lists.Listing(
    "screens", _("Hall screens"),
    (
        lists.Column("name", _("Where it hangs"), head=True, href=lambda one: reverse("console:screen", args=[one.pk])),
        lists.Column("area", _("Area"), "area"),
        lists.Column("by_name", _("Made by")), lists.Column("made_at", _("Made on"), "moment"),
        lists.Column("until_on", _("Opens until"), "day"),
        lists.Column("state", _("State"), value=_state, tone=lambda one: "pine" if screens.stands(one, clock.now()) else ""),
    ),
    words=_("A link shows rounded numbers of an area to whoever opens it: no people, nothing small, nothing sealed."),
    empty=_("No screen yet"), empty_words=_("Make a link, open it once on the screen in the hall, and leave it open."),
    exports=False, template="console/insight/screens.html",
)  # fmt: skip


@page("screens.keep")
def every(request: Request) -> HttpResponse:
    """All screens of one's area; a new one."""
    actor, at = request.actor, clock.now()
    form = Making(
        request.POST or None, initial={"area": actor.area, "until_on": clock.today() + dt.timedelta(days=180)}
    )
    area = form.fields["area"]
    if isinstance(area, AreaField):
        area.scope = actor.scope
    if request.method == "POST" and form.is_valid():
        made: list[Any] = []
        given = form.cleaned_data

        def act() -> None:
            made.append(
                screens.make(name=given["name"], area=given["area"], until_on=given["until_on"], by=actor, at=at)
            )

        if attempt(request, act, _("The link is made.")):
            return redirect("console:screen", screen=made[0].pk)

    def fetch(asked: lists.Asked) -> lists.Page:
        found = screens.every(actor.scope, after=number_of(asked.after) or 0, limit=asked.limit)
        return lists.Rows(found, str(found[-1].pk) if len(found) == asked.limit else "")

    return lists.show(request, LISTING, fetch, form=form)


@page("screens.keep")
def one(request: Request, screen: int) -> HttpResponse:
    """One screen and its link."""
    found = screens.one(request.actor.scope, screen)
    if found is None:
        raise Http404
    lists.know_codes(request, [found.area])
    link = request.build_absolute_uri(reverse("console:screen-shown", args=[screens.token(found)]))
    given = {"one": found, "state": _state(found), "link": link if screens.stands(found, clock.now()) else ""}
    return render(request, "console/insight/screen.html", given)


@page("screens.keep")
@require_POST
def revoke(request: Request, screen: int) -> HttpResponse:
    """Take the link back."""
    attempt(request, lambda: screens.revoke(screen=screen, by=request.actor, at=clock.now()),
            _("Revoked: the link opens nothing any more."))  # fmt: skip
    return redirect("console:screen", screen=screen)


@public
def shown(request: HttpRequest, token: str) -> HttpResponse:
    """What hangs in the hall; it turns its pages by itself. A link that does not stand is no page."""
    at = clock.now()
    found = screens.opened(token, at)
    if found is None:
        raise Http404
    made = screens.show(
        found, page=number_of(request.GET.get("page", "")) or 0, at=at, language=get_language() or "zh-hans"
    )
    answer = render(request, "console/insight/hall.html", {
        "made": made, "seconds": SECONDS, "next": f"?page={(made.page + 1) % made.pages}", "at": at,
        "reached": f"{made.reached / 10:.1f} %" if made.reached is not None else "", "dots": range(made.pages),
    })  # fmt: skip
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


urls: list[URLPattern] = [
    path("screens/", every, name="screens"),
    path("screens/<int:screen>/", one, name="screen"),
    path("screens/<int:screen>/revoke/", revoke, name="screen-revoke"),
    path("hall/<str:token>/", shown, name="screen-shown"),
]
