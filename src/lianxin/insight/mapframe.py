"""What a page with the map gives its script: addresses, tiles, kinds and words; and what the page must be allowed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext

from lianxin.engine import civil, coordinates
from lianxin.engine.coordinates import Datum
from lianxin.insight import onemap
from lianxin.insight.onemap import Drawing, Shown


def english() -> int:
    """1 where the page speaks English, else 0: the place of a word in a pair."""
    return 0 if (get_language() or "zh").startswith("zh") else 1


def datum() -> Datum:
    """In which coordinates pages draw: those of the configured tiles."""
    return "gcj02" if settings.TILES_DATUM == "gcj02" else "wgs84"


def kind_name(code: str) -> str:
    """A kind of place in the page's language."""
    kind = civil.KINDS.get(code)
    return (kind.en if english() else kind.zh) if kind else code


def kinds() -> list[tuple[str, str]]:
    """Every kind with its name."""
    return [(code, kind_name(code)) for code in civil.KINDS]


def distance(metres: int | None) -> str:
    """A distance as people say it."""
    if metres is None:
        return ""
    if metres < 1000:
        return gettext("%(n)s m") % {"n": max(round(metres, -1), 10)}
    return gettext("%(n)s km") % {"n": f"{metres / 1000:.1f}"}


def _words() -> dict[str, str]:
    return {
        "zoomIn": gettext("Nearer"), "zoomOut": gettext("Wider"), "places": gettext("%(n)s public places"),
        "here": gettext("You are here"), "away": gettext("%(n)s away"), "m": gettext("%(n)s m"), "km": gettext("%(n)s km"),
        "asking": gettext("Asking this device where it is …"),
        "denied": gettext("This device does not say where it is. Choose a place instead."),
        "near": gettext("Nearest to you"), "stays": gettext("Worked out on this device; where you are is sent nowhere."),
        "from": gettext("What is near this place"), "open": gettext("All about it"), "label": gettext("Map of public places"),
        "failed": gettext("The map could not be loaded; the list below has every place."),
        "chosen": gettext("The point you chose"),
    }  # fmt: skip


def config(
    *,
    points: str = "",
    shapes: str = "",
    one: str = "",
    near: str = "",
    start: Shown | None = None,
    area: str = "",
    picks: bool = False,
) -> dict[str, Any]:
    """What the script is told. It opens on ``start``, or else on ``area``. ``one`` and ``near`` are addresses in which ``0``
    stands for a place's number; ``picks``: a click chooses a point for a form."""
    language = english()
    return {
        "points": points, "shapes": shapes, "one": one, "near": near, "area": area, "picks": picks,
        "tiles": settings.TILES, "said": settings.TILES_SAID, "datum": datum(),
        "kinds": {code: [kind.mark[language], kind_name(code)] for code, kind in civil.KINDS.items()},
        "start": list(coordinates.degrees(*start.place.point, datum())) if start else None,
        "words": _words(),
    }  # fmt: skip


def drawing(shown: Sequence[Shown], area: str) -> Drawing | None:
    """The map without scripts: of the whole city, or of the county that ``area`` lies in."""
    return onemap.draw(shown, area=area[:6] or settings.CITY)


def allowed(request: HttpRequest, response: HttpResponse, *, here: bool) -> HttpResponse:
    """Let a page show tiles of the configured service, and (``here``) ask its own device where it is."""
    if settings.TILES:
        host = re.match(r"https?://[^/]+", settings.TILES)
        request.pictures_from = f" {host[0]}" if host else ""  # type: ignore[attr-defined]
    request.measures_here = here  # type: ignore[attr-defined]
    return response
