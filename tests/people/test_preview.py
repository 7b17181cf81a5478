"""What a ledger would do is said before, by judging files that are not there yet; only what was seen is loaded."""

import datetime as dt

import pytest
from django.conf import settings

from lianxin.access import actions as access
from lianxin.catalogue import actions as catalogue
from lianxin.catalogue.queries import in_force
from lianxin.journal.models import Entry
from lianxin.people import actions
from lianxin.people.errors import LedgerRefused
from lianxin.people.models import Particulars, Person
from tests.people.ledgers import AT, CHILD, FAMILY, FATHER, OPERATOR, areas, as_csv, load, number, picture

LATER = AT + dt.timedelta(days=30)
OLD = {"姓名": "赵大", "身份证号": number(dt.date(1950, 1, 1), 77), "居住地": "419901001001", "户籍地": "419901001001",
       "服役类别": "义务兵", "入伍时间": "1969-12-01", "退役时间": "1975-03-01", "安置方式": "自主就业", "入伍时农村户籍": "是"}  # fmt: skip
RURAL = "living-subsidy-rural60"


@pytest.fixture
def home(db, tmp_path):
    areas()
    load(as_csv(tmp_path / "people.csv", FAMILY))
    return tmp_path


def look(path, ledger="auto", **given):
    return actions.import_ledger(
        ledger=ledger, path=path, by=OPERATOR, at=given.pop("at", LATER), dry_run=True, weigh=True, **given
    )


def test_a_look_writes_nothing_and_says_every_field(home):
    before, entries = picture(), Entry.objects.count()
    rows = [{**FAMILY[0], "联系电话": "13900001111", "就业状况": "失业", "居住地": "419901001002"}, *FAMILY[1:]]
    found = look(as_csv(home / "p.csv", rows))
    assert (picture(), Entry.objects.count()) == (before, entries)
    assert (found.changed, found.unchanged) == (1, 2)
    said = {line.field: (line.old, line.new) for line in found.preview.lines}
    assert said["phone"] == ("138****1234", "139****1111")
    assert said["employment"] == ("退休", "失业")
    assert said["home"] == ("柳河村", "前王村")
    assert found.preview.counts == {"phone": 1, "home": 1, "employment": 1}
    assert found.preview.moved == 1
    assert "13900001111" not in repr(found.preview)


def test_the_temporary_views_are_gone(home):
    look(as_csv(home / "d.csv", [{"身份证号": FATHER, "死亡日期": "2026-05-01"}]))
    assert Particulars.objects.filter(died_on__isnull=False).count() == 0


@pytest.fixture
def city(home):
    for role, area in (
        ("worker", "419901001001"),
        ("clerk", "419901001"),
        ("reviewer", "419901"),
        ("approver", "4199"),
    ):
        access.seat(username=role, name=role, role=role, area=area, by=OPERATOR, at=AT)
    catalogue.publish(path=settings.CATALOGUE, by=OPERATOR, at=AT, approved_by="two people")
    return home


def rural(path):
    """What a look says of one service, whatever others the catalogue has."""
    return [one for one in look(path).preview.weighed if one.service == RURAL]


def test_who_would_gain_and_who_would_lose_what(city):
    (gain,) = rural(as_csv(city / "p.csv", [OLD]))
    assert (gain.service, gain.gains, gain.loses, gain.before, gain.after) == (RURAL, 1, 0, 0, 30000)
    load(as_csv(city / "p.csv", [OLD]))
    assert look(as_csv(city / "same.csv", [OLD])).preview.weighed == ()
    old = Person.objects.get(name="赵大").pk
    (loss,) = rural(as_csv(city / "d.csv", [{"身份证号": OLD["身份证号"], "死亡日期": "2026-05-01"}]))
    assert (loss.gains, loss.loses, loss.lost, loss.before, loss.after) == (0, 1, (old,), 30000, 0)
    (other,) = rural(as_csv(city / "s.csv", [{**OLD, "入伍时间": "1971-12-01"}]))
    assert (other.gains, other.loses, other.differs) == (0, 0, 1)


def test_the_forecast_is_what_matching_finds_afterwards(city):
    load(as_csv(city / "one.csv", [OLD]))
    catalogue.match(as_of=LATER.date(), by=OPERATOR, at=LATER)
    rows = [
        {**OLD, "去世日期": "2026-05-01"},
        {**OLD, "姓名": "赵二", "身份证号": number(dt.date(1951, 1, 1), 79)},
        *FAMILY,
    ]
    path = as_csv(city / "p.csv", rows)
    weighed = {one.service: one for one in look(path).preview.weighed}
    assert (weighed[RURAL].gains, weighed[RURAL].loses) == (1, 1)
    load(path, at=LATER)
    for result in catalogue.match(as_of=LATER.date(), by=OPERATOR, at=LATER + dt.timedelta(minutes=1)):
        one = weighed.get(result.service)
        assert ((one.gains, one.loses) if one else (0, 0)) == (result.new, result.lost), result.service


def test_a_sealed_service_is_weighed_for_its_list_only(city):
    services = {one.service for one in look(as_csv(city / "p.csv", [OLD])).preview.weighed}
    assert not services & {code for code, found in in_force(LATER.date()).items() if found.service.sealed}


def test_only_what_was_seen_is_loaded(home):
    path = as_csv(home / "m.csv", [{"身份证号": FATHER, "迁入地": "419902001001", "迁移日期": "2026-05-01"}])
    seen = look(path).preview.token
    load(as_csv(home / "x.csv", [{**FAMILY[1], "联系电话": "13900002222"}]), at=LATER)  # somebody else's file
    moved = {"身份证号": FATHER, "迁入地": "419901001002", "迁移日期": "2026-04-20"}
    actions.import_ledger(ledger="moves", path=as_csv(home / "m2.csv", [moved]), by=OPERATOR, at=LATER)
    before = picture()
    with pytest.raises(LedgerRefused):
        actions.import_ledger(ledger="moves", path=path, by=OPERATOR, at=LATER, as_previewed=seen)
    assert picture() == before
    again = look(path).preview.token
    load(as_csv(home / "y.csv", [{**FAMILY[1], "联系电话": "13900003333"}]), at=LATER)
    assert actions.import_ledger(ledger="moves", path=path, by=OPERATOR, at=LATER, as_previewed=again).changed == 1


def test_a_child_is_named_by_the_number(home):
    found = look(as_csv(home / "s.csv", [{"身份证号": CHILD, "就读阶段": "初中"}]))
    assert [line.person for line in found.preview.lines] == [Person.objects.get(name="张子涵").pk]
