"""Open data for everybody: the list of releases and their files, at addresses that stay. Nothing is counted to serve them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianxin.access.gate import public
from lianxin.companion.often import at_most
from lianxin.companion.shell import in_language, show_public
from lianxin.insight import releasing
from lianxin.insight.releasing import Listed

FILES = 120  # an hour for one address
TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json", "about.json": "application/json"}
_FILE = re.compile(r"(\d{1,9}|newest)\.(csv|json|about\.json)")


@public
def shown(request: HttpRequest) -> HttpResponse:
    """Every release that went out, those too that were withdrawn or corrected, with the newest one's figures."""
    return show_public(request, "opendata", _told(releasing.stamp(), get_language() or ""))


@lru_cache(maxsize=4)
def _told(_stamp: tuple[int, str] | None, _language: str) -> dict[str, Any]:
    """Made once for all who look, until somebody rules on a release: each has all its figures in it."""
    listed = releasing.listed(public=True)
    states = {"out": _("in force"), "corrected": _("corrected by a later one"), "withdrawn": _("withdrawn")}
    newest = next((one for one in listed if one.state == "out"), None)
    return {
        "releases": [(one, states[one.state]) for one in listed], "newest": newest,
        "terms": _terms(newest) if newest else {}, "figures": _figures(newest) if newest else [],
        "left_out": [in_language((one["name"]["zh"], one["name"]["en"])) for one in newest.release.content["left_out"]]
        if newest else [],
    }  # fmt: skip


def _terms(one: Listed) -> dict[str, str]:
    kept = one.release.content["terms"]
    return {key: in_language((kept[key]["zh"], kept[key]["en"])) for key in ("publisher", "contact", "licence")}


def _figures(one: Listed) -> list[tuple[str, str, str]]:
    """Name, the whole's value and unit, days: what the newest release says of the whole city."""
    made = []
    for kept in one.release.content["figures"]:
        cell = kept["cells"][0]
        unit = ("元", "yuan") if kept["money"] else (kept["unit"]["zh"], kept["unit"]["en"])
        years = f"{cell['from']}" if cell["from"] == cell["to"] else f"{cell['from']}–{cell['to']}"
        made.append((in_language((kept["name"]["zh"], kept["name"]["en"])),
                     f"{releasing.value_of(kept, cell['value'])} {in_language(unit)}", years))  # fmt: skip
    return made


@public
@at_most("open-data", FILES)
def file(request: HttpRequest, name: str) -> HttpResponse:
    """A release's table (csv, json) or its description; ``newest`` leads to the one in force. What was withdrawn is gone."""
    del request
    found = _FILE.fullmatch(name)
    one = None if found is None else releasing.newest() if found[1] == "newest" else releasing.one(int(found[1]))
    if found is None or one is None or not one.went_out:
        raise Http404
    if found[1] == "newest":
        return redirect("open-data-file", name=f"{one.release.pk}.{found[2]}")
    if not one.open:
        words = one.ruling.words if one.ruling else ""
        said = _("This release was withdrawn: %(why)s") % {"why": words}
        return HttpResponse(said, status=410, content_type="text/plain; charset=utf-8")
    made = {"csv": lambda: releasing.as_csv(one.release.content), "json": lambda: releasing.as_json(one),
            "about.json": lambda: releasing.metadata(one)}[found[2]]()  # fmt: skip
    response = HttpResponse(made, content_type=TYPES[found[2]])
    response.headers["Content-Disposition"] = f'attachment; filename="figures-{one.release.pk}.{found[2]}"'
    response.headers["Cache-Control"] = "public, max-age=600"
    return response
