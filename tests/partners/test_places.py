"""Places of the map: entered by form and ledger, changed with a history, closed here or in the register, guarded."""

from __future__ import annotations

import csv
import datetime as dt
import json
from dataclasses import replace

import pytest
from django.test import Client

from lianxin.access import actions as access
from lianxin.access import outlines, redrawing
from lianxin.access.models import Office
from lianxin.access.permissions import Refused
from lianxin.access.redrawing import Change
from lianxin.engine import civil, clock, coordinates
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over
from lianxin.insight import onemap
from lianxin.journal import checking
from lianxin.outcomes import actions as register
from lianxin.outcomes.posted import Posted
from lianxin.partners import actions, placeledger, placeread, places
from lianxin.partners.places import Said
from tests.payments import town
from tests.payments.town import AT, SYSTEM

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 23)
SQUARE = [[[122_000_000, 35_000_000, 123_000_000, 35_000_000, 123_000_000, 36_000_000, 122_000_000, 36_000_000,
            122_000_000, 35_000_000]]]  # fmt: skip
SHOP = Said(kind="shop", name="顺达修理铺", area="419901", latitude=35_500_000, longitude=122_500_000, number="MD-1")


def enter(*said: Said, by: Actor = SYSTEM) -> places.Put:
    town.areas()
    return places.put(places=said, by=by, at=AT)


def test_a_change_keeps_what_was_said_before_and_the_same_again_changes_nothing() -> None:
    assert enter(SHOP).added == 1
    assert enter(SHOP).unchanged == 1
    moved = replace(SHOP, name="顺达家电铺", latitude=35_500_100)
    assert enter(moved).changed == 1
    [shown] = placeread.on_map(DAY, text="sdjd")
    assert (shown.name, shown.latitude) == ("顺达家电铺", 35_500_100)
    last, first = placeread.history(shown.id)
    assert first.said.name == "顺达修理铺"
    assert set(last.changed) == {"name", "latitude"}
    with pytest.raises(Refusal, match="meanwhile"):
        places.one_put(said=replace(moved, words="x"), expected=first.said.row, by=SYSTEM, at=AT)
    places.end(expected=shown.row, on=DAY, reason="搬走", by=SYSTEM, at=AT)
    assert placeread.on_map(DAY) == []
    assert enter(moved).unchanged == 1  # an old ledger does not open it again
    assert placeread.on_map(DAY) == []
    assert checking.verify().broken is None


def test_camps_homes_and_points_elsewhere_are_refused_in_plain_words() -> None:
    town.areas()
    outlines.put(outlines={"419901": SQUARE}, source="test", by=SYSTEM, at=AT)
    liaison = Office.objects.create(name="联络室", kind="liaison", level="county", area_id="419901")
    done = enter(
        SHOP, replace(SHOP, name="西山营区", number="2"), replace(SHOP, name="李建军家", number="3"),
        replace(SHOP, latitude=34_900_000, number="4"), replace(SHOP, latitude=34_998_000, name="边上", number="5"),
        replace(SHOP, number="6", office_id=liaison.pk), replace(SHOP, number="7", address="三连驻地，三连战士都来"),
        replace(SHOP, number="8", kind="home"), replace(SHOP, number="9", area="419977"), SHOP,
    )  # fmt: skip
    assert done.added == 2
    said = dict(done.refused)
    assert [said[at] for at in (1, 2, 5, 6, 7)] == [civil.CAMP, civil.HOME, civil.OFFICE, civil.CAMP, civil.KIND]
    assert "does not lie in its county" in said[3]
    assert "no such area" in said[8]
    assert "twice" in said[9]


@pytest.mark.parametrize("field", ["number", "source", "paper"])
def test_no_text_that_stays_with_a_place_says_where_the_forces_are(field: str) -> None:
    assert enter(replace(SHOP, **{field: "北山导弹阵地"})).refused
    assert placeread.on_map(DAY) == []
    assert [enter(replace(SHOP, number=number)).added for number in ("MD_1", "MD 1", "１", "M" * 25)] == [0] * 4


def test_whoever_may_not_keep_the_map_or_keeps_another_county_changes_nothing() -> None:
    enter(SHOP)
    row = placeread.on_map(DAY)[0].row
    with pytest.raises(Refused):
        places.put(places=[SHOP], by=Actor(scope=over("419901")), at=AT)
    other = Actor(permissions=frozenset({"map.keep"}), scope=over("419902"))
    assert enter(replace(SHOP, name="别处"), by=other).refused[0][1] == "This area is not yours."
    with pytest.raises(Refusal, match="no such place on the map"):
        places.end(expected=row, on=DAY, reason="x", by=other, at=AT)


def test_a_site_ended_in_the_register_leaves_the_map_and_an_offer_lasts_as_its_agreement() -> None:
    town.areas()
    park = Posted(kind="site", service="highlight-site", area="419901", happened_on=dt.date(2020, 5, 1), source="ledger:P1",
                  category="park")  # fmt: skip
    register.post(outcomes=[park], by=SYSTEM, at=AT)
    shop = Office.objects.create(name="顺达修理铺", kind="partner", level="county", area_id="419901")
    held = actions.agree(office=shop.pk, plaque="YJ-1", offer="免上门费", by=SYSTEM, at=AT, since=dt.date(2025, 1, 1))
    enter(
        replace(SHOP, office_id=shop.pk), replace(SHOP, kind="park", name="双拥公园", number="P1", source="ledger:P1")
    )
    assert {one.place.name: one.offer for one in onemap.listed(DAY)} == {"顺达修理铺": "免上门费", "双拥公园": ""}
    register.reverse(sources=["ledger:P1"], by=SYSTEM, at=AT, reason="closed")
    actions.end(agreement=held.pk, on=dt.date(2026, 6, 30), reason="over", by=SYSTEM, at=AT)
    assert {one.place.name: one.offer for one in onemap.listed(DAY)} == {"顺达修理铺": ""}


def test_a_ledger_says_its_coordinates_and_returns_what_it_cannot_take(tmp_path) -> None:
    town.areas()
    path = tmp_path / "地点.csv"
    gcj = coordinates.degrees(35_500_000, 122_500_000, "gcj02")
    heads = ["公开地点登记表"], ["类别", "名称", "区划代码", "经度", "纬度", "坐标系", "路线", "开放日期"]
    rows = [
        ["门店", "甲店", "419901", f"{gcj[1]:.6f}", f"{gcj[0]:.6f}", "高德", "", "2024年3月1日"],
        ["公交专线", "专线1路", "419901", "122.5", "35.5", "WGS-84", "122.5 35.5; 122.6 35.6", ""],
        ["门店", "乙店", "419901", "122.5", "35.5", "", "", ""],
        ["门店", "丙店", "419901", "35.5", "122.5", "WGS-84", "", ""],
        ["兵站", "丁", "419901", "122.5", "35.5", "WGS-84", "", ""],
        ["公园", "军营", "419901", "122.5", "35.5", "WGS-84", "", ""],
    ]
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([*heads, *rows])
    back = tmp_path / "back.xlsx"
    read = placeledger.import_ledger(ledger="auto", path=path, by=SYSTEM, at=AT, dry_run=True, errors=back)
    assert (read.ledger, read.added, read.refused) == ("places", 2, 4)
    assert placeread.on_map(DAY) == []
    read = placeledger.import_ledger(ledger="auto", path=path, by=SYSTEM, at=AT, errors=back)
    assert read.summary() == {"read": 6, "added": 2, "changed": 0, "unchanged": 0, "refused": 4}
    assert back.read_bytes()[:2] == b"PK"
    shop = placeread.on_map(DAY, kind="shop")[0]
    assert coordinates.metres(shop.point, (35_500_000, 122_500_000)) < 0.5
    assert shop.since == dt.date(2024, 3, 1)
    assert placeread.on_map(DAY, kind="line")[0].course == [[35_500_000, 122_500_000], [35_600_000, 122_600_000]]
    assert placeledger.import_places(path=path, by=SYSTEM, at=AT).summary()["unchanged"] == 2


def test_outlines_are_checked_and_turned_to_wgs84() -> None:
    town.areas()

    def shape(code: str, ring: list[list[float]]) -> bytes:
        feature = {
            "type": "Feature",
            "properties": {"adcode": code},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()

    square = [[122.0, 35.0], [123.0, 35.0], [123.0, 36.0], [122.0, 36.0], [122.0, 35.0]]
    [(code, rings)] = outlines.read_geojson(shape("419901000000", square), datum="gcj02").items()
    assert code == "419901"
    assert 100 < coordinates.metres((rings[0][0][1], rings[0][0][0]), (35_000_000, 122_000_000)) < 1500
    assert outlines.put(outlines={code: rings}, source="x", by=SYSTEM, at=AT) == 1
    assert outlines.put(outlines={code: rings}, source="x", by=SYSTEM, at=AT) == 0
    assert outlines.inside(rings, 35_500_000, 122_500_000) and not outlines.inside(rings, 35_500_000, 123_500_000)
    bow = [[122.0, 35.0], [123.0, 36.0], [123.0, 35.0], [122.0, 36.0], [122.0, 35.0]]
    for wrong, why in ((square[:-1], "closed"), (bow, "crosses"), ([["a", 1]] * 5, "point")):
        with pytest.raises(Refusal, match=why):
            outlines.read_geojson(shape("419901", wrong), datum="wgs84")
    with pytest.raises(Refusal, match="no area"):
        outlines.put(outlines={"419977": rings}, source="x", by=SYSTEM, at=AT)
    with pytest.raises(Refusal, match="GeoJSON"):
        outlines.read_geojson(b"{]", datum="wgs84")


def test_places_and_outlines_go_along_when_areas_are_redrawn_and_come_back() -> None:
    town.areas()
    one, other = "419901051", "419901052"
    access.add_areas(areas=[(one, "甲镇", ""), (other, "乙镇", "")], by=SYSTEM, at=AT)
    outlines.put(outlines={one: SQUARE, other: SQUARE}, source="test", by=SYSTEM, at=AT)
    enter(replace(SHOP, area=one), replace(SHOP, area=one, name="乙店", number="2"))
    row = redrawing.redraw(changes=[Change(one, other)], on=DAY, by=SYSTEM, at=AT)
    assert row.moved["places"] == 2
    assert {place.area for place in placeread.on_map(DAY)} == {other}
    assert {code: len(rings) for code, rings in outlines.drawn("419901", 9).items()} == {other: 2}
    assert placeread.history(placeread.on_map(DAY)[0].id)[0].changed == ("area",)
    enter(replace(SHOP, area=other, number="2", name="乙家电店"))  # changed since: it stays
    redrawing.undo(run=row.run, by=SYSTEM, at=AT)
    assert {place.name: place.area for place in placeread.on_map(DAY)} == {"顺达修理铺": one, "乙家电店": other}
    assert set(outlines.drawn("419901", 9)) == {one, other}
    assert checking.verify().broken is None


def test_the_page_measures_between_places_only_and_takes_no_point(settings) -> None:
    enter(
        SHOP,
        replace(SHOP, name="乙店", number="2", latitude=35_510_000),
        replace(SHOP, name="丙店", number="3", latitude=35_502_000),
    )
    client = Client()
    first = placeread.on_map(DAY)[0].id
    page = client.get(f"/map/?near={first}&all=1").content.decode()
    assert page.index("丙店") < page.index("乙店")
    plain = client.get("/map/?all=1").content
    for forged in ("lat=35.5&lon=122.5", "near=35.5,122.5", "near=999999", "area=4199%27"):
        assert client.get(f"/map/?all=1&{forged}").status_code == 200
    assert client.get("/map/places.json?lat=35.5&lon=122.5").json() == client.get("/map/places.json").json()
    assert "顺达修理铺" in plain.decode() and "<svg" in plain.decode()
    found = client.get("/map/places.geojson").json()["features"]
    assert found[0]["geometry"] == {"type": "Point", "coordinates": [122.5, 35.5]}
    assert "geolocation=(self)" in client.get("/map/").headers["Permissions-Policy"]
    assert "geolocation=()" in client.get("/").headers["Permissions-Policy"]
    assert "tiles.example" not in client.get("/map/").headers["Content-Security-Policy"]
    settings.TILES, settings.TILES_DATUM, settings.TILES_SAID = (
        "https://tiles.example/{z}/{x}/{y}.png",
        "gcj02",
        "审图号 GS",
    )
    assert " https://tiles.example;" in client.get("/map/").headers["Content-Security-Policy"]
    shown = client.get("/map/places.json").json()["places"][0]
    assert shown[2:4] == [round(one, 5) for one in coordinates.degrees(35_500_000, 122_500_000, "gcj02")]


def test_what_everybody_looks_at_is_read_once_and_what_one_asks_for_is_counted(monkeypatch) -> None:
    enter(SHOP)
    read: list[str] = []
    real = placeread.on_map
    monkeypatch.setattr(placeread, "on_map", lambda day, **given: read.append(given["text"]) or real(day, **given))
    monkeypatch.setattr(clock, "now", lambda: AT)
    client = Client()
    pages = ("/map/?all=1", "/map/places.json", "/map/places.geojson", "/map/outlines.json", "/map/?all=1")
    assert {client.get(page).status_code for page in pages} == {200}
    assert len(read) == 1
    enter(replace(SHOP, name="顺达家电铺"))
    assert "顺达家电铺" in client.get("/map/places.json").content.decode() and len(read) == 2
    monkeypatch.setattr("lianxin.access.tries.count", lambda what, at, window: 10_000)
    asked = ("/map/?text=a", "/map/places.json?area=419901001", "/map/places.geojson?text=b", "/map/?area=419977")
    assert {client.get(page).status_code for page in asked} == {429}
    assert client.get("/map/?kind=shop&area=419901").status_code == 200
