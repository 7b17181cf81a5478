"""What is near us (一张图): stations, hospitals, shops, lines on a map and in a list; the map's data and open data.

Everything here is public. No address takes a point: "near me" is worked out on the phone, which sends nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from lianxin.access import queries as areas
from lianxin.access.gate import public
from lianxin.companion.shell import in_language, own, resident, show_anyone
from lianxin.engine import civil, clock
from lianxin.engine.asked import number_of
from lianxin.insight import mapframe, onemap
from lianxin.insight.onemap import Shown
from lianxin.partners import placeread
from lianxin.people import queries as people

PAGE = 30
LONGEST = 40


def _asked(request: HttpRequest) -> dict[str, str]:
    """What somebody looks for; what cannot be an answer is left out."""
    kind, area = request.GET.get("kind", ""), request.GET.get("area", "")
    return {
        "kind": kind if kind in civil.KINDS else "",
        "area": area if len(area) in {6, 9, 12} and number_of(area) is not None else "",
        "text": request.GET.get("text", "").strip()[:LONGEST],
    }


def _listed(asked: dict[str, str], near: Shown | None = None) -> list[Shown]:
    return onemap.listed(clock.today(), **asked, near=near.place if near else None)


def _cards(shown: Sequence[Shown]) -> list[dict[str, Any]]:
    names = areas.area_names([one.place.area for one in shown])
    return [_card(one, in_language(names.get(one.place.area, ("", "")))) for one in shown]


def _card(one: Shown, area: str) -> dict[str, Any]:
    place = one.place
    said = (one.offer, *(in_language(pair) for pair in one.rights), place.words)
    return {
        "id": place.id, "name": in_language((place.name, place.name_en or place.name)), "kind": mapframe.kind_name(place.kind),
        "address": place.address, "phone": place.phone, "hours": place.hours, "area": area,
        "offers": [part for part in said if part], "far": mapframe.distance(one.metres),
    }  # fmt: skip


def _own_station(request: HttpRequest) -> tuple[str, Shown | None]:
    """The county of whoever is signed in, and the station of their community: where "near us" begins. Nobody's home."""
    actor = resident(request)
    home = people.subjects_area([own(actor)]).get(own(actor), "") if actor is not None else ""
    for level, length in (("village", 12), ("township", 9)):
        office = areas.office_over(home, level) if len(home) >= length else None
        place = placeread.office_place(office.pk, clock.today()) if office is not None else None
        if place is not None:
            return home[:6], Shown(place, "", ())
    return home[:6], None


@public
def near_us(request: HttpRequest) -> HttpResponse:
    """The map and the list: of one's own county and by the distance from one's own station, or of what was asked."""
    asked, chosen = _asked(request), number_of(request.GET.get("near", ""))
    start = onemap.one(chosen, clock.today()) if chosen is not None else None
    station = None
    if start is None and not any(asked[code] for code in ("area", "text")) and "all" not in request.GET:
        asked["area"], station = _own_station(request)
    shown = _listed(asked, start or station)
    begin = number_of(request.GET.get("after", "")) or 0
    narrowed = {code: value for code, value in asked.items() if value}
    counties = areas.parts(settings.CITY)
    context = {
        "rows": _cards(shown[begin : begin + PAGE]), "total": len(shown), "asked": asked,
        "next_page": begin + PAGE if begin + PAGE < len(shown) else 0, "kinds": mapframe.kinds(),
        "counties": [(one.code, in_language((one.name, one.name_en or one.name))) for one in counties],
        "start": _cards([start])[0] if start else None, "station": _cards([station])[0] if station else None,
        "drawing": mapframe.drawing(shown, asked["area"]), "english": mapframe.english(),
        "config": mapframe.config(
            points=f"{reverse('map-points')}?{urlencode(narrowed)}", shapes=f"{reverse('map-shapes')}?area={asked['area']}",
            near=f"{reverse('map')}?near=0" + (f"&kind={asked['kind']}" if asked["kind"] else ""),
            start=start, area=asked["area"]),
        "back": reverse("home"), "back_to": _("Home"),
    }  # fmt: skip
    return mapframe.allowed(request, show_anyone(request, "map", context, tab="home"), here=True)


@public
def points(request: HttpRequest) -> HttpResponse:
    """The places that the map's script draws, in the coordinates of its tiles."""
    found = onemap.points(_listed(_asked(request)), mapframe.datum(), mapframe.english())
    return JsonResponse({"places": found}, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


@public
def shapes(request: HttpRequest) -> HttpResponse:
    """The outlines that the map's script draws."""
    found = onemap.shapes(_asked(request)["area"], mapframe.datum(), mapframe.english())
    return JsonResponse({"shapes": found}, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


@public
def open_data(request: HttpRequest) -> HttpResponse:
    """Every public place as GeoJSON (RFC 7946, WGS-84), for anybody to use."""
    response = JsonResponse(onemap.geojson(_listed(_asked(request))), json_dumps_params={"ensure_ascii": False})
    response.headers["Content-Type"] = "application/geo+json"
    response.headers["Content-Disposition"] = f'attachment; filename="places-{settings.CITY}.geojson"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
