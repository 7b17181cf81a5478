"""Coordinates both ways, against the pairs that public implementations publish and as a property; what may be on a map."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianxin.engine import civil, coordinates

# The pairs of eviltransform's own tests (github.com/googollee/eviltransform): Shanghai, Shenzhen, Beijing.
PUBLISHED = (
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
)
CHINA = (st.floats(4, 53), st.floats(74, 135))


@pytest.mark.parametrize(("wgs", "gcj"), PUBLISHED)
def test_the_published_pairs_agree_both_ways(wgs, gcj):
    assert coordinates.to_gcj02(*wgs) == pytest.approx(gcj, abs=1e-9)
    assert coordinates.to_wgs84(*gcj) == pytest.approx(wgs, abs=1e-9)


@given(*CHINA)
def test_there_and_back_is_within_half_a_metre(latitude, longitude):
    there = coordinates.to_gcj02(latitude, longitude)
    kept = coordinates.millionths(latitude, longitude)
    moved = coordinates.metres(kept, coordinates.millionths(*there))
    assert 10 < moved < 1500
    assert coordinates.metres(kept, coordinates.millionths(*there, "gcj02")) < 0.5
    assert coordinates.to_gcj02(*coordinates.degrees(*kept)) == pytest.approx(
        coordinates.degrees(*kept, "gcj02"), abs=1e-12
    )


@given(st.one_of(st.floats(-89, 0.7), st.floats(56, 89)), st.floats(-179, 179))
def test_outside_china_nothing_moves(latitude, longitude):
    assert (
        coordinates.to_gcj02(latitude, longitude) == (latitude, longitude) == coordinates.to_wgs84(latitude, longitude)
    )


def test_a_degree_of_latitude_is_as_long_as_it_is():
    assert coordinates.metres((35_000_000, 113_000_000), (36_000_000, 113_000_000)) == pytest.approx(111_195, abs=1)


@pytest.mark.parametrize(
    ("kind", "name", "why"),
    [
        ("park", "西山营区", civil.CAMP), ("park", "西 山 军 营", civil.CAMP), ("school", "东郊训练场", civil.CAMP),
        ("hospital", "空军医院", civil.CAMP), ("station", "人武部", civil.CAMP), ("park", "Army Barracks Park", civil.CAMP),
        ("park", "抗战指挥部旧址", civil.CAMP), ("shop", "王建国家", civil.HOME), ("station", "军属李某家", civil.HOME),
        ("shop", "长安路2单元301室", civil.HOME), ("shop", "老店 34.02341,113.85012", civil.NUMBERS),
        ("camp", "随便什么", civil.KIND), ("unit", "近邻共建单位", civil.KIND),
        ("scenic", "抗战指挥部旧址", ""), ("scenic", "军事博物馆", ""), ("station", "军人之家", ""), ("shop", "王记农家菜", ""),
        ("shop", "建材经营部", ""), ("street", "海军路", ""), ("school", "国防教育基地", ""), ("window", "律师部", ""),
    ],
)  # fmt: skip
def test_no_camp_and_no_home_is_put_on_the_map(kind, name, why):
    assert civil.unfit(kind, [name]) == why


def test_an_office_of_the_forces_has_no_place_and_a_public_honour_passes():
    assert civil.unfit("station", ["军地联络室"], office="liaison") == civil.OFFICE
    assert civil.unfit("street", ["硬骨头部队街"]) == civil.CAMP
    assert civil.unfit("street", ["硬骨头部队街"], public=("硬骨头部队",)) == ""
