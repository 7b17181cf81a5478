"""Find a person or a household by whatever is known of them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from lianxin.access import queries as access
from lianxin.access.gate import Request, page
from lianxin.console import lists, peoplewords
from lianxin.engine import clock
from lianxin.people import queries

FOUND = 20
FEW = 6  # so many hits or fewer are shown with their households; so many areas of one name are offered


@page("people.search")
def search(request: Request) -> HttpResponse:
    """By name, pinyin, ID number, phone, file number, household code, area, category or address."""
    text, after = request.GET.get("q", "").strip()[:120], request.GET.get("after", "")[:60]
    scope = request.actor.scope
    found = queries.find(scope, text, limit=FOUND, after=after) if text else queries.Found([])
    few = not after and (len(found.hits) <= FEW or found.way == "household")
    houses = queries.households_of(scope, found.hits, limit=FEW) if few else []
    areas = access.areas_named(scope, text, limit=FEW) if text and not after else []
    lists.know_codes(request, [one.home for one in found.hits] + [one.home for one in houses])
    category = queries.category_named(text) if not after else None
    given = {
        "text": text, "found": [(hit, hit.age(clock.today())) for hit in found.hits], "houses": houses, "areas": areas,
        "category": category, "category_words": peoplewords.CATEGORIES.get(category or "", ""), "after": after,
        "next_key": found.next, "how": peoplewords.found_by(found.way), "may_open": request.actor.may("people.view"),
    }  # fmt: skip
    return render(request, "console/people/search.html", given)


urls: list[URLPattern] = [path("search/", search, name="search")]
