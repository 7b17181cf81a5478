"""What a page of figures asks and says: the area and days of an address, numbers and register rows in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianxin.access import queries as access
from lianxin.access.gate import Request
from lianxin.catalogue import queries as catalogue
from lianxin.console import words
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.insight import wording
from lianxin.insight.figures import FigureValue

MERITS: dict[str, str | Promise] = {
    "title": _("honorary title"), "first": _("first-class merit"), "second": _("second-class merit"),
    "third": _("third-class merit"), "commendation": _("commendation"),
}  # fmt: skip
OTHERS: dict[str, str | Promise] = {  # what stands in the register beside the catalogue's services
    "community-life": _("Life of the place"), "donation": _("Gifts"), "home-visit": _("Visits"),
    "reported-figure": _("Reported by hand"),
}  # fmt: skip
BARS = 120  # height of the tallest bar
WIDTH = 420  # of the chart's box, whose height is 164
ROOMY = 8  # bars that leave room for words; more are explained by the table below


@dataclass(frozen=True, slots=True)
class Asked:
    """The area and the days that an address asks about; ``turned`` where the address named the last day first."""

    area: str
    from_on: dt.date
    to_on: dt.date
    turned: bool = False

    @property
    def query(self) -> str:
        """The address's own words, to carry on."""
        return urlencode({"area": self.area, "from": self.from_on.isoformat(), "to": self.to_on.isoformat()})


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart; the value stands on it, the name under it, both around ``middle``."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    name: str
    value: str
    last: bool


def language() -> str:
    """The page's language."""
    return get_language() or "zh-hans"


def asked(request: Request) -> Asked:
    """What the address asks; by default one's own area and this year. What cannot be read counts as not asked."""
    today = clock.today()
    to_on = _day(request.GET.get("to", "")) or today
    from_on = _day(request.GET.get("from", "")) or dt.date(to_on.year, 1, 1)
    own = min(request.actor.scope.areas, key=len, default=str(settings.CITY))
    area = request.GET.get("area", "")[:12]
    first, last = sorted((from_on, to_on))
    return Asked(area if number_of(area) is not None else own, first, last, turned=from_on > to_on)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None


def month_end(day: dt.date) -> dt.date:
    """The last day of a day's month."""
    return (day.replace(day=1) + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)


def choices(request: Request, found: Asked) -> list[dict[str, Any]]:
    """The areas one may turn to: one's own, the way down to the one shown, and those right below it."""
    scope = request.actor.scope
    up = [found.area[:length] for length in (4, 6, 9, 12) if length <= len(found.area)]
    codes = list(dict.fromkeys([*scope.areas, *[code for code in up if scope.covers(code)]]))
    codes += [area.code for area in access.children(scope, found.area)]
    names = access.area_names(codes)
    return [{"code": code, "name": pick(names.get(code, (code, code))), "on": code == found.area}
            for code in dict.fromkeys(codes)]  # fmt: skip


def pick(pair: tuple[str, str]) -> str:
    """The Chinese or the English one, as the page speaks."""
    return pair[0 if language().startswith("zh") else 1]


def name(value: FigureValue) -> str:
    """The figure's name."""
    return value.definition.name[language()]


def shown(value: FigureValue) -> str:
    """The exact number with its unit, or why there is none."""
    if value.hidden == "sealed":
        return str(_("for its access list"))
    return wording.exact(value.definition, value.value, language(), value.hidden)


def of(value: FigureValue, number: int | None) -> str:
    """A number in the unit of this figure."""
    return wording.exact(value.definition, number, language())


def in_text(value: FigureValue) -> str:
    """The number as a review says it."""
    return wording.said(value.definition, value.value, language(), value.hidden)


def bars(value: FigureValue, cells: Any) -> list[Bar]:
    """A chart of areas or years; nothing where there is nothing to compare."""
    known = [cell for cell in cells if cell.value is not None]
    top = max((abs(cell.value) for cell in known), default=0)
    if len(known) < 2 or not top:
        return []
    step = WIDTH / len(known)
    made = []
    for place, cell in enumerate(known):
        height = BARS * abs(cell.value) / top
        roomy = len(known) <= ROOMY
        text = wording.said(value.definition, cell.value, language()) if roomy else ""
        label = pick(cell.name) if roomy else ""
        made.append(
            Bar(
                round(place * step + step * 0.12, 1), round(20 + BARS - height, 1), round(step * 0.76, 1),
                round(height, 1), round(place * step + step / 2, 1), label, text, place == len(known) - 1,
            )
        )  # fmt: skip
    return made


def cells(value: FigureValue, parts: Any) -> list[tuple[str, str, str]]:
    """Rows of the table behind a chart: code, name, number."""
    return [(cell.code, pick(cell.name), wording.exact(value.definition, cell.value, language())) for cell in parts]


class Rows:
    """Words for the rows of the register on one page."""

    def __init__(self) -> None:
        self.services = {code: one.service for code, one in catalogue.in_force(clock.today()).items()}

    def service(self, row: Any) -> str:
        """The service by its name."""
        found = self.services.get(row.service)
        return words.said(found.name) if found else str(words.of(OTHERS, row.service))

    def category(self, row: Any) -> str:
        """The kind chosen within the service, or a merit, by its name."""
        found = self.services.get(row.service)
        named = {kind.code: words.said(kind.name) for kind in found.kinds} if found else {}
        return named.get(row.category) or str(MERITS.get(row.category, row.category))
