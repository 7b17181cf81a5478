"""The generated city on the map: outlines, and a ledger of its public places that goes through the product's own import."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

from lianxin.access import outlines
from lianxin.demo import offices, past_achieved, recipe
from lianxin.demo.crew import Crew
from lianxin.demo.ground import Ground
from lianxin.demo.places import Place, places
from lianxin.engine import coordinates
from lianxin.engine.coordinates import Datum
from lianxin.outcomes.imports import PREFIX
from lianxin.partners import placeledger

FIELDS = ("number", "kind", "name", "name_en", "area", "longitude", "latitude", "datum", "course", "address", "phone", "hours",
          "office", "source", "valid_from")  # fmt: skip
WORKDAYS, EVERY_DAY = "周一至周五 8:30–12:00，14:30–18:00", "每天 8:00–18:00"
SIGHTS = (
    ("明湖公园", "Minghu Park"),
    ("清溪湿地公园", "Qingxi Wetland Park"),
    ("市博物馆", "City Museum"),
    ("松岭森林公园", "Songling Forest Park"),
)
SITES = {
    "park": ("双拥主题公园", "Theme Park"), "street": ("双拥示范街", "Theme Street"), "belt": ("双拥宣传带", "Publicity Belt"),
    "board": ("双拥宣传栏", "Notice Boards"), "school": ("国防教育基地", "Defence Education Centre"),
}  # fmt: skip
KINDS = {"station": "服务站", "shop": "拥军门店", "hospital": "医院窗口", "window": "办事窗口", "scenic": "景区场馆",
         "memorial": "烈士纪念设施", "line": "公交线路", "park": "双拥公园", "street": "双拥街", "belt": "宣传带",
         "board": "宣传栏",
         "school": "国防教育基地"}  # fmt: skip
Row = dict[str, str]


def move(crew: Crew) -> None:
    """Keep the outlines and read the ledger of places in."""
    named = places()
    ground = Ground(one.code for one in named if len(one.code) == 9)
    at = crew.ago(60)
    outlines.put(outlines=ground.outlines(), source="示例城市", by=crew.by, at=at)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "公开地点台账.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([placeledger.COLUMNS[code][0] for code in FIELDS])
            writer.writerows([row.get(code, "") for code in FIELDS] for row in _rows(named, ground))
        read = placeledger.import_places(path=path, by=crew.by, at=at)
    if read.refused:
        raise RuntimeError(f"{read.refused} rows of the generated ledger of places were refused")


def _rows(named: list[Place], ground: Ground) -> Iterator[Row]:
    rng = Random(f"{recipe.SEED}/map")  # noqa: S311  an invented city needs no secrecy
    yield from _stations(named, ground, rng)
    for number, (shop, _kind) in enumerate(offices.shops(named), 1):
        yield _row("shop", f"MD-{number:03d}", (shop.name, shop.english), shop.area, ground.point(shop.area, rng), datum="gcj02",
                   phone=shop.phone, hours=EVERY_DAY, office=shop.name)  # fmt: skip
    for code, name, english, *_more in recipe.COUNTIES:
        for kind, place, title, hours in (
            ("hospital", 1, ("人民医院", "People's Hospital"), "急诊全天，门诊 8:00–17:30"),
            ("hospital", 2, ("中医院", "Hospital of Chinese Medicine"), "门诊 8:00–17:30"),
            ("window", 1, ("政务服务中心", "Citizens' Centre"), WORKDAYS),
            ("memorial", 1, ("烈士陵园", "Martyrs' Cemetery"), EVERY_DAY),
        ):
            yield _row(kind, f"{kind[:2].upper()}-{code}-{place}", (name + title[0], f"{english} {title[1]}"), code,
                       ground.point(code, rng), hours=hours)  # fmt: skip
        for place, title in enumerate(SIGHTS, 1):
            yield _row("scenic", f"SC-{code}-{place}", (name + title[0], f"{english} {title[1]}"), code,
                       ground.point(code, rng), hours="9:00–17:00，周一闭馆" if "馆" in title[0] else EVERY_DAY)  # fmt: skip
    yield from _sites(ground, rng)


def _stations(named: list[Place], ground: Ground, rng: Random) -> Iterator[Row]:
    above = {one.code: one for one in named}
    for one in named:
        if len(one.code) < 6:
            continue
        county = len(one.code) == 6
        kept = one.name + ("退役军人服务中心" if county else "退役军人服务站")
        english = f"{one.english} {'Veterans Service Centre' if county else 'Service Station'}"
        where = "" if county else f"{above[one.code[:9]].name if len(one.code) > 9 else ''}{one.name}便民服务中心一楼"
        yield _row("station", f"ZD-{one.code}", (kept, english), one.code, ground.point(one.code, rng), address=where,
                   hours=WORKDAYS, office=kept)  # fmt: skip


def _sites(ground: Ground, rng: Random) -> Iterator[Row]:
    """What the register says was begun: sites and lines, under the sources of their rows there."""
    names = {code: (name, english) for code, name, english, *_more in recipe.COUNTIES}
    for category, count in past_achieved.SITES.items():
        for place in range(count):
            county = past_achieved.COUNTIES[place % 6]
            title, said = SITES[category]
            ordinal = "" if count <= 6 or place < 6 else "二" if place < 12 else "三"
            start = ground.point(county, rng)
            course = _course(start, rng, 4, 2_500) if category in {"street", "belt"} else ""
            yield _row(category, f"YZ-{category}-{place}",
                       (f"{names[county][0]}{title}{ordinal and f'（{ordinal}）'}", f"{names[county][1]} {said} {place + 1}"),
                       county, start, source=f"{PREFIX}ZD-{category}-{place}", course=course)  # fmt: skip
    closed = past_achieved.COUNTIES[3]
    yield _row("park", "YZ-park-old", (f"{names[closed][0]}老双拥公园", "Old Theme Park"), closed,
               ground.point(closed, rng), source=f"{PREFIX}ZD-park-closed")  # fmt: skip
    for place in range(past_achieved.LINES):
        county = past_achieved.COUNTIES[place]
        start = ground.point(county, rng)
        yield _row("line", f"XL-{place + 1}", (f"拥军专线{place + 1}路", f"Families' Line {place + 1}"), county, start,
                   course=_course(start, rng, 9, 16_000), hours="6:30–20:30", source=f"{PREFIX}ZX-{place}")  # fmt: skip


def _course(start: tuple[int, int], rng: Random, count: int, step: int) -> str:
    """A course that wanders off from a point and does not turn back."""
    across, up = rng.choice((-1, 1)), rng.choice((-1, 1))
    points, (latitude, longitude) = [start], start
    for _ in range(count):
        latitude, longitude = latitude + up * rng.randint(0, step), longitude + across * rng.randint(step // 3, step)
        points.append((latitude, longitude))
    return "; ".join(f"{lon / coordinates.MILLION:.6f} {lat / coordinates.MILLION:.6f}" for lat, lon in points)


def _row(
    kind: str,
    number: str,
    names: tuple[str, str],
    area: str,
    point: tuple[int, int],
    *,
    datum: Datum = "wgs84",
    **more: str,
) -> Row:
    latitude, longitude = coordinates.degrees(*point, datum)
    return {
        "kind": KINDS[kind], "number": number, "name": names[0], "name_en": names[1], "area": area,
        "longitude": f"{longitude:.6f}", "latitude": f"{latitude:.6f}", "datum": "GCJ-02" if datum == "gcj02" else "WGS-84",
        **more,
    }  # fmt: skip
