"""The printed card of a household: its code and whom to call. Whoever finds one learns nothing about who lives there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext

from lianxin.access.models import Office
from lianxin.access.permissions import require
from lianxin.access.queries import after, area_names, within
from lianxin.engine import paper
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.people.models import Family

TEMPLATE = Path(__file__).with_name("housecard.typ")
MOST = 400  # cards in one print: a community


Coded = Callable[[Sequence[tuple[int, str]]], Sequence[paper.Code]]  # the cards' codes, for households by id and code


def cards(*, families: Sequence[int], coded: Coded, by: Actor, at: dt.datetime) -> bytes:
    """The cards of these households as PDF, ten on a sheet, by address. Raises :class:`Refusal` where none is in the area."""
    require(by, "people.view")
    return _printed(list(Family.objects.filter(within(by.scope, "home"), pk__in=list(families)[:MOST])), coded, by, at)


def of_community(*, area: str, coded: Coded, by: Actor, at: dt.datetime) -> bytes:
    """The cards of all households of a community (12 digits) that have somebody on file."""
    require(by, "people.view", area=area)
    if len(area) != 12:
        raise Refusal(gettext("Cards are printed for one community at a time."))
    rows = Family.objects.filter(home__gte=area, home__lt=after(area), people__visible=True).distinct()
    return _printed(list(rows.order_by("address", "pk")[: MOST + 1]), coded, by, at)


def _printed(found: list[Family], coded: Coded, by: Actor, at: dt.datetime) -> bytes:
    if not found:
        raise Refusal(gettext("There is no household in your area to print a card for."))
    if len(found) > MOST:
        raise Refusal(gettext("More than %(n)s households; print them in parts.") % {"n": MOST})
    phones = dict(
        Office.objects.filter(area__in={one.home for one in found}, level="village", kind="station", open=True)
        .order_by("-pk").values_list("area", "phone")
    )  # fmt: skip
    names = area_names([one.home for one in found])
    found.sort(key=lambda one: (one.address, one.pk))
    given = {
        "title": settings.APP_NAME,
        "words": {"code": "户码", "phone": "有事打", "how": "报户码或姓名都行；不用手机也能办。"},
        "cards": [
            {"code": one.code, "place": names.get(one.home, ("", ""))[0], "phone": phones.get(one.home, "")}
            for one in found
        ],
    }  # fmt: skip
    journal.note(action="people.house-card", by=by, at=at, area=found[0].home, cards=len(found))
    return paper.pdf(TEMPLATE, given, at=at, code=coded([(one.pk, one.code) for one in found]))
