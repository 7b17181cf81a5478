"""How far entitlements reach, for everybody: by service and county, once a month, and nothing that speaks of few people."""

from __future__ import annotations

import csv
import datetime as dt
import io
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from lianxin.access import queries as places
from lianxin.access.gate import public
from lianxin.companion.often import at_most
from lianxin.companion.shell import in_language, show_public
from lianxin.engine import clock
from lianxin.engine.scope import over
from lianxin.insight import definitions, drawing, queries, reach

COUNTIES = 6  # digits
KEPT = 600  # seconds that a small file for strangers is kept
SMALL = 64 * 1024  # characters of a file that is kept: the others would fill the memory
FILES = 30  # files an hour for one address: each is made anew from the register


def _titles() -> dict[str, str]:
    return {
        "entitled": pgettext("reach", "Entitled"), "missed": _("Of them not reached"), "receiving": _("Receiving"),
        "progress": _("In progress"), "unknown": _("Unknown"), "refused": _("Refused"),
    }  # fmt: skip


def _told() -> tuple[Any, dict[str, str], dict[str, reach.Shown]]:
    """The day that is shown, the services by name, and each service's counties."""
    day = reach.published()
    return (None, {}, {}) if day is None else _counted(day, get_language() or "", f"{clock.now():%Y%m%d%H}")


@lru_cache(maxsize=8)
def _counted(day: dt.date, _language: str, _hour: str) -> tuple[Any, dict[str, str], dict[str, reach.Shown]]:
    """Counted once an hour and language, whoever looks."""
    found = {
        code: in_language((one.service.name["zh"], one.service.name["en"])) for code, one in reach.services(day).items()
    }
    told = {
        code: reach.shown(over(settings.CITY), day=day, exact=False, by="area", service=code, length=COUNTIES)
        for code in found
    }
    return day, found, {code: one for code, one in told.items() if one.lines}


@public
def shown(request: HttpRequest) -> HttpResponse:
    """One service by county, or all services of the city."""
    day, names, told = _told()
    chosen = request.GET.get("service", "")
    chosen = chosen if chosen in told else ""
    rows = []
    if chosen:
        called = places.area_names([line.key for line in told[chosen].lines])
        rows = [(in_language(called.get(line.key, (line.key, line.key))), line.counts) for line in told[chosen].lines]
    else:
        rows = [(names[code], one.whole.counts) for code, one in sorted(told.items(), key=lambda pair: names[pair[0]])]
    context = {
        "day": day, "titles": list(_titles().values()), "services": sorted(((code, names[code]) for code in told),
                                                                          key=lambda one: one[1]),
        "chosen": chosen, "name": names.get(chosen, ""), "least": settings.SMALL_CELL,
        "whole": list(told[chosen].whole.counts.values()) if chosen else [],
        "rows": [(name, [counts[one] for one in reach.NAMES]) for name, counts in rows
                 if any(counts[one] != 0 for one in reach.NAMES)],
    }  # fmt: skip
    return show_public(request, "reach", context)


@public
@at_most("published", FILES)
def published_rows(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """What a published number commits to, for strangers: its root, its sealed leaves, its draws; nobody is in it."""
    found = queries.publication(pk)
    if found is None or not found.figures.get(code, {}).get("root") or code not in definitions.load():
        raise Http404
    key = f"published-rows:{pk}:{code}"
    made = cache.get(key)
    if made is None:
        made = "".join(drawing.published(found, code))
        if len(made) <= SMALL:
            cache.set(key, made, KEPT)
    return HttpResponse(made, content_type="application/json")


@public
def file(request: HttpRequest) -> HttpResponse:
    """The same as a file: every service and county of the month."""
    del request
    day, names, told = _told()
    codes = sorted({line.key for one in told.values() for line in one.lines})
    called = places.area_names(codes)
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow([_("Service"), _("Area code"), _("Area"), *_titles().values()])
    for code, one in sorted(told.items()):
        for line in one.lines:
            cells = ["" if line.counts[name] is None else line.counts[name] for name in reach.NAMES]
            write.writerow([names[code], line.key, in_language(called.get(line.key, (line.key, line.key))), *cells])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="reach-{day or clock.today():%Y-%m}.csv"'
    return response
