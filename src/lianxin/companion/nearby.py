"""What is near us (一张图): stations, hospitals, shops, lines on a map and in a list; the map's data and open data.

Everything here is public. No address takes a point: "near me" is worked out on the phone, which sends nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from lianxin.access import outlines
from lianxin.access import queries as areas
from lianxin.access.gate import public
from lianxin.companion.often import at_most
from lianxin.companion.shell import in_language, own, resident, show_anyone
from lianxin.engine import civil, clock
from lianxin.engine.asked import number_of
from lianxin.engine.coordinates import Datum
from lianxin.insight import mapframe, onemap
from lianxin.insight.onemap import Drawing, Shown
from lianxin.partners import placeread
from lianxin.people import queries as people

PAGE = 30
ASKED = 240  # questions an hour for one address that are answered for it alone: a piece of a name, a township
MINUTES = 10  # after which what the map shows is read again, though no place or agreement changed: rights, ended sites
LONGEST = 40


def _asked(request: HttpRequest) -> dict[str, str]:
    """What somebody looks for; what cannot be an answer is left out."""
    kind, area = request.GET.get("kind", ""), request.GET.get("area", "")
    return {
        "kind": kind if kind in civil.KINDS else "",
        "area": area if len(area) in {6, 9, 12} and number_of(area) is not None else "",
        "text": request.GET.get("text", "").strip()[:LONGEST],
    }


def _alone(request: HttpRequest) -> bool:
    """Whether somebody asks what is not held for everybody."""
    return not _for_everybody(_asked(request))


def _for_everybody(asked: dict[str, str]) -> bool:
    """What many look at: the city or a county of it, all kinds or one. Everything else has no end, so it is not held."""
    return not asked["text"] and (
        not asked["area"] or asked["area"] in {one.code for one in areas.parts(settings.CITY)}
    )


def _stamp() -> tuple[Any, ...]:
    now = clock.now()
    return (f"{now.astimezone(clock.SHANGHAI):%Y%m%d%H}", now.minute // MINUTES, *placeread.stamp())


def _listed(asked: dict[str, str]) -> Sequence[Shown]:
    if _for_everybody(asked):
        return _held(_stamp(), asked["kind"], asked["area"])
    return onemap.listed(clock.today(), area=asked["area"], kind=asked["kind"], text=asked["text"])


@lru_cache(maxsize=32)
def _held(_stamp: tuple[Any, ...], kind: str, area: str) -> tuple[Shown, ...]:
    return tuple(onemap.listed(clock.today(), kind=kind, area=area))


@lru_cache(maxsize=32)
def _drawn(stamp: tuple[Any, ...], kind: str, area: str, _city: str) -> Drawing | None:
    return mapframe.drawing(_held(stamp, kind, area), area)


@lru_cache(maxsize=32)
def _points(stamp: tuple[Any, ...], kind: str, area: str, datum: Datum, english: int) -> str:
    return _said({"places": onemap.points(_held(stamp, kind, area), datum, english)})


@lru_cache(maxsize=32)
def _shapes(_stamp: tuple[Any, ...], county: str, datum: Datum, english: int) -> str:
    return _said({"shapes": onemap.shapes(county, datum, english)})


@lru_cache(maxsize=32)
def _geojson(stamp: tuple[Any, ...], kind: str, area: str) -> str:
    return json.dumps(onemap.geojson(_held(stamp, kind, area)), ensure_ascii=False)


def _said(given: dict[str, Any]) -> str:
    return json.dumps(given, ensure_ascii=False, separators=(",", ":"))


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
@at_most("map", ASKED, when=_alone)
def near_us(request: HttpRequest) -> HttpResponse:
    """The map and the list: of one's own county and by the distance from one's own station, or of what was asked."""
    asked, chosen = _asked(request), number_of(request.GET.get("near", ""))
    start = onemap.one(chosen, clock.today()) if chosen is not None else None
    station = None
    if start is None and not any(asked[code] for code in ("area", "text")) and "all" not in request.GET:
        asked["area"], station = _own_station(request)
    shown, begun = _listed(asked), start or station
    drawn = _drawn(_stamp(), asked["kind"], asked["area"], settings.CITY) if _for_everybody(asked) else (
        mapframe.drawing(shown, asked["area"]))  # fmt: skip
    if begun is not None:
        shown = onemap.by_distance(shown, begun.place)
    begin = number_of(request.GET.get("after", "")) or 0
    narrowed = {code: value for code, value in asked.items() if value}
    counties = areas.parts(settings.CITY)
    context = {
        "rows": _cards(shown[begin : begin + PAGE]), "total": len(shown), "asked": asked,
        "next_page": begin + PAGE if begin + PAGE < len(shown) else 0, "kinds": mapframe.kinds(),
        "counties": [(one.code, in_language((one.name, one.name_en or one.name))) for one in counties],
        "start": _cards([start])[0] if start else None, "station": _cards([station])[0] if station else None,
        "drawing": drawn, "english": mapframe.english(),
        "config": mapframe.config(
            points=f"{reverse('map-points')}?{urlencode(narrowed)}", shapes=f"{reverse('map-shapes')}?area={asked['area']}",
            near=f"{reverse('map')}?near=0" + (f"&kind={asked['kind']}" if asked["kind"] else ""),
            start=start, area=asked["area"]),
        "back": reverse("home"), "back_to": _("Home"),
    }  # fmt: skip
    return mapframe.allowed(request, show_anyone(request, "map", context, tab="home"), here=True)


@public
@at_most("map", ASKED, when=_alone)
def points(request: HttpRequest) -> HttpResponse:
    """The places that the map's script draws, in the coordinates of its tiles."""
    asked, spoken = _asked(request), (mapframe.datum(), mapframe.english())
    if _for_everybody(asked):
        said = _points(_stamp(), asked["kind"], asked["area"], *spoken)
    else:
        said = _said({"places": onemap.points(_listed(asked), *spoken)})
    return HttpResponse(said, content_type="application/json")


@public
def shapes(request: HttpRequest) -> HttpResponse:
    """The outlines that the map's script draws."""
    county = _asked(request)["area"][:6]
    county = county if _for_everybody({"area": county, "text": ""}) else ""
    said = _shapes((*_stamp(), *outlines.stamp()), county, mapframe.datum(), mapframe.english())
    return HttpResponse(said, content_type="application/json")


@public
@at_most("map", ASKED, when=_alone)
def open_data(request: HttpRequest) -> HttpResponse:
    """Every public place as GeoJSON (RFC 7946, WGS-84), for anybody to use."""
    asked = _asked(request)
    if _for_everybody(asked):
        said = _geojson(_stamp(), asked["kind"], asked["area"])
    else:
        said = json.dumps(onemap.geojson(_listed(asked)), ensure_ascii=False)
    response = HttpResponse(said, content_type="application/geo+json")
    response.headers["Content-Disposition"] = f'attachment; filename="places-{settings.CITY}.geojson"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
