"""The map's pages for staff: the list, the form, the sheet; a page of five thousand places asks as little as one of three."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lianxin.access import actions as access
from lianxin.access import outlines
from lianxin.engine import coordinates
from lianxin.engine.scope import Actor, over
from lianxin.partners import placeread, places
from lianxin.partners.places import Said
from tests.factories.access import named
from tests.house.world import AT, OPERATOR

pytestmark = pytest.mark.django_db
COUNTY = "419902"
SQUARE = [[[122_000_000, 35_000_000, 123_000_000, 35_000_000, 123_000_000, 36_000_000, 122_000_000, 36_000_000,
            122_000_000, 35_000_000]]]  # fmt: skip


def shop(number: int) -> Said:
    return Said(kind="shop", name=f"顺达{number}号店", area=COUNTY, latitude=35_100_000 + number * 70, longitude=122_500_000,
                number=f"MD-{number}")  # fmt: skip


@pytest.fixture
def clerk(settings) -> Client:
    settings.DEMO = True
    access.add_areas(
        areas=[("4199", "澄川市", ""), (COUNTY, "东城区", ""), ("419903", "西城区", "")], by=OPERATOR, at=AT
    )
    outlines.put(outlines={COUNTY: SQUARE}, source="test", by=OPERATOR, at=AT)
    account = access.seat(username="reviewer", name="甲", role="reviewer", area=COUNTY, by=OPERATOR, at=AT)
    named([account], AT)
    client = Client()
    client.force_login(account)
    session = client.session
    session["persona"] = True
    session.save()
    return client


def test_a_place_is_entered_by_a_click_in_gcj02_changed_and_closed(clerk: Client) -> None:
    gcj = coordinates.degrees(35_500_000, 122_500_000, "gcj02")
    form = {
        "kind": "shop",
        "name": "甲店",
        "area": COUNTY,
        "datum": "gcj02",
        "latitude": f"{gcj[0]:.6f}",
        "longitude": f"{gcj[1]:.6f}",
    }
    assert clerk.post("/console/map/new/", form).status_code == 302
    [made] = placeread.on_map(AT.date())
    assert coordinates.metres(made.point, (35_500_000, 122_500_000)) < 0.5
    for wrong in (
        {"name": "东山营区"},
        {"name": "张建国家"},
        {"latitude": "abc"},
        {"latitude": "30"},
        {"area": "419903"},
        {"kind": "camp"},
    ):
        answer = clerk.post("/console/map/new/", {**form, **wrong})
        assert answer.status_code == 422, wrong
    assert len(placeread.on_map(AT.date())) == 1
    change = {**form, "name": "乙店", "expected": made.row}
    assert clerk.post(f"/console/map/{made.id}/change/", change).status_code == 302
    assert clerk.post(f"/console/map/{made.id}/change/", change).status_code == 422  # somebody changed it meanwhile
    page = clerk.get(f"/console/map/{made.id}/").content.decode()
    assert "甲店" in page and "乙店" in page
    now = placeread.place(made.id)
    assert clerk.post(f"/console/map/{made.id}/end/", {"expected": now.row, "reason": "搬走"}).status_code == 302
    assert clerk.get(f"/console/map/{made.id}/change/").status_code == 404


def test_a_line_keeps_its_course_as_it_is_written(clerk: Client) -> None:
    form = {"kind": "line", "name": "专线", "area": COUNTY, "datum": "wgs84", "latitude": "35.5", "longitude": "122.5",
            "course": "122.5 35.5; 122.600001 35.6"}  # fmt: skip
    assert clerk.post("/console/map/new/", {**form, "course": "122.5"}).status_code == 422
    assert clerk.post("/console/map/new/", {**form, "kind": "shop"}).status_code == 422
    assert clerk.post("/console/map/new/", form).status_code == 302
    [made] = placeread.on_map(AT.date())
    assert made.course == [[35_500_000, 122_500_000], [35_600_000, 122_600_001]]
    assert "122.500000 35.500000; 122.600001 35.600000" in clerk.get(f"/console/map/{made.id}/change/").content.decode()


def test_a_page_of_many_places_asks_no_more_than_one_of_few(clerk: Client) -> None:
    asked = []
    for count in (3, 300):
        places.put(places=[shop(number) for number in range(count)], by=OPERATOR, at=AT)
        clerk.get("/console/map/")
        with CaptureQueriesContext(connection) as queries:
            page = clerk.get("/console/map/").content.decode()
        asked.append(len(queries))
    assert asked[0] == asked[1]
    assert page.count("<tr data-row") == 50
    assert "顺达0号店" in page and "map-many" not in page
    found = clerk.get("/console/map/?text=顺达299").content.decode()
    assert "顺达299号店" in found and "顺达0号店" not in found
    sheet = clerk.get(f"/console/map/?area={COUNTY}&as=form").content.decode()
    assert "顺达299号店" in sheet and "<svg" in sheet and 'class="sheet-code' in sheet
    assert clerk.get("/console/map/?as=xlsx").content[:2] == b"PK"


def test_whoever_only_looks_changes_nothing(clerk: Client) -> None:
    places.put(places=[shop(1)], by=OPERATOR, at=AT)
    [made] = placeread.on_map(AT.date())
    other = access.seat(username="west", name="乙", role="reviewer", area="419903", by=OPERATOR, at=AT)
    named([other], AT)
    clerk.force_login(other)
    session = clerk.session
    session["persona"] = True
    session.save()
    assert clerk.get(f"/console/map/{made.id}/").status_code == 200
    assert clerk.post(f"/console/map/{made.id}/end/", {"expected": made.row, "reason": "x"}).status_code == 404
    assert placeread.on_map(AT.date()) != []
    assert not Actor(scope=over("4199")).may("map.keep")
