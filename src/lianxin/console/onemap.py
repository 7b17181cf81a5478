"""One map (一张图): the public places of the city on a map and in the list beside it; entering, changing, closing one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access import queries as access
from lianxin.access.gate import Request, page
from lianxin.console import lists, papercodes, words
from lianxin.console.acting import attempt
from lianxin.console.areafield import AreaField, ScopedForm
from lianxin.console.dayfield import DayInput
from lianxin.engine import clock, coordinates
from lianxin.engine.asked import number_of
from lianxin.engine.coordinates import Datum
from lianxin.engine.refusal import Refusal
from lianxin.insight import mapframe, onemap
from lianxin.insight.onemap import Shown
from lianxin.partners import placeledger, placeread, places
from lianxin.partners.placeread import OnMap
from lianxin.partners.places import Said

NEAREST = 100
PRINTED = 400
CHANGES: dict[str, words.Words] = {
    "kind": _("kind"), "name": _("name"), "name_en": _("English name"), "area": _("area"), "latitude": _("point"),
    "longitude": _("point"), "course": _("course"), "address": _("address"), "phone": _("phone"), "hours": _("opening hours"),
    "words": _("words"), "office_id": _("office"), "source": _("row of the register"), "valid_from": _("open since"),
    "valid_to": _("closed on"),
}  # fmt: skip


def name(one: OnMap) -> str:
    """A place in the page's language."""
    return (one.name_en or one.name) if mapframe.english() else one.name


def offered(one: Shown) -> str:
    """What a place offers, in one line."""
    said = (one.offer, *(pair[mapframe.english()] for pair in one.rights), one.place.words)
    return "；".join(part for part in said if part)


def _written(value: int) -> str:
    return f"{value / coordinates.MILLION:.6f}"


def _listing(request: Request, near: OnMap | None) -> lists.Listing:
    counties = access.parts(settings.CITY)
    language = mapframe.english()
    columns = [
        lists.Column("name", _("Place"), head=True, value=lambda row: name(row.place), small=lambda row: row.place.address,
                     href=lambda row: reverse("console:place", args=[row.place.id])),
        lists.Column("kind", _("Kind"), value=lambda row: mapframe.kind_name(row.place.kind)),
        lists.Column("area", _("Area"), "area", value=lambda row: row.place.area),
        lists.Column("phone", _("Phone"), value=lambda row: row.place.phone, whole=True),
        lists.Column("hours", _("Opening hours"), value=lambda row: row.place.hours),
        lists.Column("offer", _("What it offers"), value=offered),
    ]  # fmt: skip
    if near is not None:
        columns.insert(
            2, lists.Column("metres", _("Distance"), value=lambda row: mapframe.distance(row.metres), whole=True)
        )
    if request.GET.get("as") == "xlsx":
        columns += [
            lists.Column("longitude", _("Longitude (WGS-84)"), value=lambda row: _written(row.place.longitude)),
            lists.Column("latitude", _("Latitude (WGS-84)"), value=lambda row: _written(row.place.latitude)),
            lists.Column("number", _("Number"), value=lambda row: row.place.number),
        ]
    return lists.Listing(
        "places", _("One map"), columns,
        (
            lists.Filter("kind", _("Kind"), mapframe.kinds()),
            lists.Filter("area", _("County"), [(one.code, (one.name, one.name_en or one.name)[language]) for one in counties],
                         kind="select"),
            lists.Filter("text", _("Name, pinyin or address"), kind="text"),
            lists.Filter("near", _("Near"), [(str(near.id), "")] if near is not None else (), kind="link"),
        ),
        words=_("Stations, windows, hospitals, shops, sights, lines and sites: public places only, no camp and no home."),
        empty=_("No place is on the map yet"), empty_words=_("Enter one, or load a ledger of places."),
        export="map.view", template="console/insight/map.html",
    )  # fmt: skip


def _near(request: Request) -> Shown | None:
    """The place from which distances are measured: one of the map, never a point that somebody typed."""
    asked = number_of(request.GET.get("near", ""))
    return onemap.one(asked, clock.today()) if asked is not None else None


@page("map.view")
def the_map(request: Request) -> HttpResponse:
    """The map with its list, its workbook and its A4 sheet."""
    start = _near(request)
    listing = _listing(request, start.place if start else None)
    asked = listing.read(request)
    shown = onemap.listed(clock.today(), area=asked.get("area"), kind=asked.get("kind"), text=asked.get("text"),
                          near=start.place if start else None)  # fmt: skip
    if request.GET.get("as") == "form":
        return _sheet(request, listing, asked, shown)

    def fetch(wanted: lists.Asked) -> lists.Page:
        begin = number_of(wanted.after) or 0
        rows = shown[begin : begin + wanted.limit]
        more = begin + wanted.limit < (NEAREST if start and wanted.limit == lists.PAGE else len(shown))
        return lists.Rows(rows, str(begin + wanted.limit) if more and rows else "")

    narrowed = {code: asked.get(code) for code in ("kind", "area", "text") if asked.get(code)}
    query = f"?{urlencode(narrowed)}" if narrowed else ""
    extra: dict[str, Any] = {
        "config": mapframe.config(points=reverse("map-points") + query, one=reverse("console:place", args=[0]),
                                  near=f"{reverse('console:map')}{query or '?'}&near=0",
                                  shapes=reverse("map-shapes") + (f"?area={asked.get('area')}" if asked.get("area") else ""),
                                  start=start, area=asked.get("area")),
        "drawing": mapframe.drawing(shown, asked.get("area")), "kinds": mapframe.kinds(), "start": start, "total": len(shown),
        "start_name": name(start.place) if start else "", "english": mapframe.english(),
    }  # fmt: skip
    return mapframe.allowed(request, lists.show(request, listing, fetch, **extra), here=True)


def _sheet(request: Request, listing: lists.Listing, asked: lists.Asked, shown: list[Shown]) -> HttpResponse:
    """A county's places on A4: the drawing and the list under its numbers."""
    lists.know_codes(request, [one.place.area for one in shown[:PRINTED]])
    lists.noted(request, listing, asked, "form", min(len(shown), PRINTED))
    rows = [
        (place, one, name(one.place), mapframe.kind_name(one.place.kind))
        for place, one in enumerate(shown[:PRINTED], 1)
    ]
    given = {
        "rows": rows, "numbers": {row[1].place.id: row[0] for row in rows},
        "drawing": mapframe.drawing(shown, asked.get("area")), "area": asked.get("area") or settings.CITY,
        "kind": mapframe.kind_name(asked.get("kind")) if asked.get("kind") else "", "total": len(shown),
        "cut": len(shown) > PRINTED, "limit": PRINTED, "printed_at": clock.now(), "english": mapframe.english(),
        "printed": papercodes.of_list(request, free={"text"}),
    }  # fmt: skip
    return render(request, "console/insight/map_sheet.html", given)


class PlaceForm(ScopedForm):
    """A place. The point is chosen on the map or typed, and says which coordinates it is written in."""

    kind = forms.ChoiceField(label=_("Kind"))
    name = forms.CharField(label=_("What it is called"), max_length=80)
    name_en = forms.CharField(label=_("English name"), max_length=120, required=False)
    area = AreaField()
    longitude = forms.CharField(
        label=_("Longitude"), max_length=20, help_text=_("Click the map, or type degrees: 113.123456")
    )
    latitude = forms.CharField(label=_("Latitude"), max_length=20)
    datum = forms.ChoiceField(label=_("These coordinates are"), choices=(
        ("wgs84", _("WGS-84 (satellites, this map without tiles)")), ("gcj02", _("GCJ-02 (maps sold in China)"))))  # fmt: skip
    course = forms.CharField(label=_("Course of a line or a street"), required=False, max_length=6000,
                             help_text=_("Points one after another: 113.12 34.05; 113.13 34.06"))  # fmt: skip
    address = forms.CharField(label=_("Address"), max_length=120, required=False)
    phone = forms.CharField(label=_("Public phone"), max_length=40, required=False)
    hours = forms.CharField(label=_("Opening hours"), max_length=120, required=False)
    words = forms.CharField(label=_("What one should know"), max_length=200, required=False)
    source = forms.CharField(label=_("Row of the register under which it was begun"), max_length=120, required=False,
                             help_text=_("Its source, for example ledger:ZD-park-0: ended there, it leaves the map."))  # fmt: skip
    since = forms.DateField(label=_("Open since"), widget=DayInput(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = mapframe.kinds()

    def clean(self) -> dict[str, Any]:
        """Both numbers can be read."""
        given = super().clean() or {}
        for code, most in (("longitude", 180), ("latitude", 90)):
            if code in given:
                found = coordinates.read(given[code])
                if found is None or abs(found) > most:
                    self.add_error(code, ValidationError(gettext("Write degrees like 113.123456.")))
                else:
                    given[code] = found
        if "course" in given:
            given["course"] = placeledger.course_of(given["course"])
            if given["course"] is None:
                self.add_error(
                    "course", ValidationError(gettext("Write points like 113.12 34.05; 113.13 34.06, at most 200."))
                )
        return given

    def said(self, before: OnMap | None) -> Said:
        """What the form says; the office stays as it was."""
        given = self.cleaned_data
        datum: Datum = "gcj02" if given["datum"] == "gcj02" else "wgs84"
        point = coordinates.millionths(given["latitude"], given["longitude"], datum)
        if before is not None and (_written(before.latitude), _written(before.longitude)) == (
            f"{given['latitude']:.6f}", f"{given['longitude']:.6f}") and datum == "wgs84":  # fmt: skip
            point = before.point
        return Said(
            kind=given["kind"], name=given["name"], name_en=given["name_en"], area=given["area"], latitude=point[0],
            longitude=point[1], address=given["address"], phone=given["phone"], hours=given["hours"], words=given["words"],
            source=given["source"], valid_from=given["since"], number=before.number if before else "",
            course=[coordinates.millionths(lat, lon, datum) for lat, lon in given["course"]],
            office_id=before.office if before else None,
        )  # fmt: skip


def _edit(request: Request, before: OnMap | None) -> HttpResponse:
    initial: dict[str, Any] = {
        "datum": settings.TILES_DATUM,
        "area": min(request.actor.scope.areas, key=len, default=""),
    }
    if before is not None:
        initial = {
            "kind": before.kind, "name": before.name, "name_en": before.name_en, "area": before.area, "datum": "wgs84",
            "longitude": _written(before.longitude), "latitude": _written(before.latitude), "address": before.address,
            "phone": before.phone, "hours": before.hours, "words": before.words, "source": before.source,
            "since": before.since, "course": "; ".join(f"{_written(lon)} {_written(lat)}" for lat, lon in before.course),
        }  # fmt: skip
    form = PlaceForm(request.POST or None, initial=initial, scope=request.actor.scope)
    made: list[int] = []

    def act() -> None:
        expected = number_of(request.POST.get("expected", "")) if before is not None else None
        if before is not None and expected is None:
            raise Refusal(gettext("There is no such place on the map."))
        made.append(places.one_put(said=form.said(before), expected=expected, by=request.actor, at=clock.now()))

    done = _("On the map.") if before is None else _("Saved; what it said before stays in its history.")
    if request.method == "POST" and form.is_valid() and attempt(request, act, done):
        return redirect("console:place", place=made[0])
    shown = Shown(before, "", ()) if before is not None else None
    area = (before.area if before else str(initial["area"]))[:6]
    shapes = f"{reverse('map-shapes')}?area={area}"
    given = {
        "form": form,
        "before": before,
        "config": mapframe.config(shapes=shapes, picks=True, start=shown, area=area),
    }
    wrong = request.method == "POST"
    response = render(request, "console/insight/place_form.html", given, status=422 if wrong else 200)
    return mapframe.allowed(request, response, here=False)


@page("map.keep")
def new(request: Request) -> HttpResponse:
    """Enter a place."""
    return _edit(request, None)


def _place(pk: int) -> OnMap:
    found = placeread.place(pk)
    if found is None:
        raise Http404
    return found


@page("map.keep")
def change(request: Request, place: int) -> HttpResponse:
    """Change a place of one's own area."""
    before = _place(place)
    if not request.actor.scope.covers(before.area) or before.until is not None:
        raise Http404
    return _edit(request, before)


@page("map.view")
def one(request: Request, place: int) -> HttpResponse:
    """One place: everything about it, on a small map, and what was said of it before."""
    found, today = _place(place), clock.today()
    lists.know_codes(request, [found.area])
    shown = onemap.one(place, today)
    keeps = request.actor.may("map.keep") and request.actor.scope.covers(found.area) and found.until is None
    history = [
        (entry, list(dict.fromkeys(str(CHANGES[code]) for code in entry.changed)), entry.action == "partners.place-ended")
        for entry in placeread.history(place)
    ]  # fmt: skip
    near = (
        [(row, name(row.place), mapframe.distance(row.metres)) for row in onemap.listed(today, area=found.area[:6], near=found)[:6]]
        if shown else []
    )  # fmt: skip
    given = {
        "one": found, "name": name(found), "kind": mapframe.kind_name(found.kind), "open": shown is not None, "keeps": keeps,
        "offer": offered(shown) if shown else "", "history": history, "near": near,
        "longitude": _written(found.longitude), "latitude": _written(found.latitude),
        "gcj": [f"{value:.6f}" for value in coordinates.degrees(*found.point, "gcj02")[::-1]],
        "config": mapframe.config(points=f"{reverse('map-points')}?{urlencode({'area': found.area[:6]})}",
                                  shapes=f"{reverse('map-shapes')}?area={found.area[:6]}", start=shown,
                                  one=reverse("console:place", args=[0])),
    }  # fmt: skip
    return mapframe.allowed(request, render(request, "console/insight/place.html", given), here=False)


class EndForm(forms.Form):
    """From when on a place is closed; blank: today."""

    on = forms.DateField(required=False)


@page("map.keep")
@require_POST
def end(request: Request, place: int) -> HttpResponse:
    """Close a place from a day on."""
    found = _place(place)
    if not request.actor.scope.covers(found.area):
        raise Http404
    day = EndForm(request.POST)
    if not day.is_valid():
        raise Http404
    attempt(
        request,
        lambda: places.end(expected=number_of(request.POST.get("expected", "")) or 0, on=day.cleaned_data["on"] or clock.today(),
                           reason=request.POST.get("reason", ""), by=request.actor, at=clock.now()),
        _("Closed; it has left the map."),
    )  # fmt: skip
    return redirect("console:place", place=place)


urls: list[URLPattern] = [
    path("map/", the_map, name="map"),
    path("map/new/", new, name="place-new"),
    path("map/<int:place>/", one, name="place"),
    path("map/<int:place>/change/", change, name="place-change"),
    path("map/<int:place>/end/", end, name="place-end"),
]
