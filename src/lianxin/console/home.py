"""Where a day begins, and the gallery of components."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from lianxin.access.gate import Request, page
from lianxin.console import lists, menu
from lianxin.console.dayfield import DayInput
from lianxin.engine import clock


@page("home")
def home(request: Request) -> HttpResponse:
    """To the first page of one's own menu."""
    return redirect(menu.first(request.actor))


@dataclass(frozen=True, slots=True)
class Sample:
    """A row of the gallery's list; it is nobody."""

    name: str
    service: str
    due: dt.datetime
    amount: int


class SampleForm(forms.Form):
    """One field of each kind."""

    words = forms.CharField(label=_("Short words"), help_text=_("A hint stands under the field."))
    long = forms.CharField(label=_("Longer words"), widget=forms.Textarea, required=False)
    kind = forms.ChoiceField(
        label=_("One of several"), widget=forms.RadioSelect, choices=[("a", _("This one")), ("b", _("That one"))]
    )
    on = forms.DateField(label=_("A day"), widget=DayInput())
    agreed = forms.BooleanField(label=_("I have read it to them"))


GALLERY = lists.Listing(
    "gallery", _("A list"),
    (
        lists.Column("due", _("Due"), "due", sort=True),
        lists.Column("name", _("Name"), head=True, href=lambda row: "#list"),
        lists.Column("service", _("Service"), tone=lambda row: "pine"),
        lists.Column("amount", _("Amount"), "money", sort=True),
    ),
    (lists.Filter("state", _("State"), (("open", _("Open")), ("done", _("Done")))),
     lists.Filter("text", _("Name"), kind="text")),
    template="console/gallery.html",
)  # fmt: skip


@page("home")
def gallery(request: Request) -> HttpResponse:
    """Every component once, to look at and to copy."""
    now = clock.now()
    hours = (-30, 20, 90)
    rows = [Sample("䶮*", str(_("A sample")), now + dt.timedelta(hours=hour), 90000) for hour in hours]
    form = SampleForm({"words": ""}) if "wrong" in request.GET else SampleForm()
    return lists.show(request, GALLERY, lambda asked: lists.Rows(rows), form=form)


urls: list[URLPattern] = [
    path("", home, name="home"),
    path("gallery/", gallery, name="gallery"),
]
