"""The list of people: search and filters together; what it asks may be saved under a name or taken away."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianxin.access import queries as access
from lianxin.access.gate import Request, page
from lianxin.console import lists, peoplewords
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.people import listing, saving, sheet
from lianxin.people.listing import Listed, Wanted

YES_NO = (("yes", _("yes")), ("no", _("no")))
AGES = {"0-17": (0, 17), "18-44": (18, 44), "45-59": (45, 59), "60-69": (60, 69), "70-79": (70, 79), "80": (80, None)}
SHOWN = ("name", "age", "sex", "categories", "home", "address", "file_number", "died_on")
KEPT = ("area", "category", "age", "sex", "alive", "account", "verified", "phone", "alone", "list", "sort")


def _categories(row: dict[str, Any]) -> str:
    return "、".join(str(peoplewords.CATEGORIES[code]) for code in row["categories"] or ())


COLUMNS = (
    lists.Column("name", _("Name"), head=True, sort=True, href=lambda row: reverse("console:person", args=[row["id"]]),
                 small=lambda row: str(_("died")) if row["died_on"] else ""),
    lists.Column("age", _("Age"), "number", sort=True),
    lists.Column("categories", _("Category"), value=_categories),
    lists.Column("home", _("Residence"), "area"),
    lists.Column("address", _("Address")),
    lists.Column("file_number", _("File number")),
)  # fmt: skip


def _ages() -> tuple[tuple[str, Any], ...]:
    return tuple(
        (code, _("{first} to {last} years").format(first=first, last=last) if last is not None
         else _("{first} years and more").format(first=first))
        for code, (first, last) in AGES.items()
    )  # fmt: skip


def described(request: Request) -> lists.Listing:
    """The list with its filters; only saved lists that the actor may see can be asked for."""
    asked = request.GET.get("list", "")
    saved = saving.saved_list(request.actor, int(asked)) if number_of(asked) is not None and len(asked) < 16 else None
    return lists.Listing(
        "people", saved.name if saved else _("People"), COLUMNS,
        (
            lists.Filter("q", _("Name, number or address"), kind="text"),
            lists.Filter("area", _("Area"), kind="text"),
            lists.Filter("category", _("Category"), tuple(peoplewords.CATEGORIES.items()), kind="select"),
            lists.Filter("age", _("Age"), _ages(), kind="select"),
            lists.Filter("sex", _("Sex"), (("male", _("male")), ("female", _("female"))), kind="select"),
            lists.Filter("alive", _("Living"), YES_NO, kind="select"),
            lists.Filter("account", _("Has a bank account"), YES_NO, kind="select"),
            lists.Filter("verified", _("Verified"), YES_NO, kind="select"),
            lists.Filter("phone", _("Has a phone"), YES_NO, kind="select"),
            lists.Filter("alone", _("Lives alone"), YES_NO, kind="select"),
            lists.Filter("list", _("List"), ((str(saved.id), saved.name),) if saved and saved.fixed else (), kind="link"),
        ),
        exports=False, empty=_("Nobody fits"), template="console/people/list.html",
    )  # fmt: skip


def area_of(request: Request, said: str) -> str:
    """The code of an area that was typed as code or name; of several of one name the widest. Unknown: one that is nowhere."""
    if not said or (said.isascii() and number_of(said) is not None):
        return said
    found = access.areas_named(request.actor.scope, said, limit=1)
    return found[0].code if found else "-"


def wanted(request: Request, asked: lists.Asked) -> Wanted:
    """What the address asks, as the room takes it."""
    first, last = AGES.get(asked.get("age"), (None, None))
    return Wanted(
        text=asked.get("q"), area=area_of(request, asked.get("area")), category=asked.get("category"), age_from=first,
        age_to=last, sex=asked.get("sex"), alive=asked.get("alive"), account=asked.get("account"),
        verified=asked.get("verified"), phone=asked.get("phone"), alone=asked.get("alone"),
        saved=int(asked.get("list")) if asked.get("list") else None,
    )  # fmt: skip


def asks(given: QueryDict) -> str:
    """The filters of an address as they may be kept: without what was searched for, which may be a name."""
    return urlencode([(code, given[code]) for code in KEPT if given.get(code)])


@page("people.search")
def people(request: Request) -> HttpResponse:
    """One page of it."""
    described_as, scope, day = described(request), request.actor.scope, clock.today()
    found: dict[str, Listed] = {}

    def fetch(asked: lists.Asked) -> lists.Page:
        made = listing.listed(scope, wanted(request, asked), day=day, after=asked.after, limit=asked.limit,
                              sort=asked.sort, down=asked.down)  # fmt: skip
        found["page"] = made
        ids = [one.id for one in made.hits]
        return lists.Rows(sheet.rows(scope, ids, SHOWN, day=day, whole=False), made.next)

    def later() -> dict[str, Any]:
        return {"hint": found["page"].hint, "none": _nobody(found["page"])}

    asked = described_as.read(request)
    given = {
        "areas": _areas(request, asked), "asks": asks(request.GET), "query": request.GET.urlencode(), "picks": True,
        "saved": saving.saved_list(request.actor, int(asked.get("list"))) if asked.get("list") else None,
        "mine": [one for one in saving.saved(request.actor) if one.fixed],
        "may_export": request.actor.may("people.export"),
    }  # fmt: skip
    return lists.show(request, described_as, fetch, later=later, **given)


NARROW = _("Nobody reads through everyone. Search, or choose a category, a township or what is missing in the file.")
GO_ON = _("None of those looked at so far fits. Go on to the next page, or narrow it.")


def _nobody(found: Listed) -> dict[str, Any] | None:
    """What a page without anybody says instead."""
    if found.hint == "narrow":
        return {"title": _("Whom do you want to see?"), "words": NARROW}
    return {"title": _("Nobody yet"), "words": GO_ON} if found.next and not found.hits else None


def _areas(request: Request, asked: lists.Asked) -> dict[str, Any]:
    """Where the list is in the tree of areas, and the areas one step below, each an address."""
    scope = request.actor.scope
    code = area_of(request, asked.get("area"))
    inside = scope.narrowed(code).areas if code else scope.areas
    here = inside[0] if len(inside) == 1 else ""
    over = [here[:length] for length in (4, 6, 9, 12) if len(here) >= length and scope.covers(here[:length])]
    below = access.children(scope, here) if here else []
    names = access.area_names(over + [prefix for prefix in inside if not here])
    place = 0 if get_language() == "zh-hans" else 1

    def link(code: str, name: str) -> dict[str, str]:
        query = request.GET.copy()
        query.pop("after", None)
        query["area"] = code
        return {"name": name, "href": "?" + query.urlencode()}

    return {
        "over": [link(one, names[one][place]) for one in over if one in names],
        "below": [link(one.code, one.name if place == 0 else one.name_en or one.name) for one in below]
        or [link(one, names[one][place]) for one in inside if not here and one in names],
        "unknown": bool(code) and not inside,
    }  # fmt: skip


urls: list[URLPattern] = [path("people/list/", people, name="people-list")]
