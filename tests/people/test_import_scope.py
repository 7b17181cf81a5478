"""A clerk's ledger reaches nothing of a neighbour's: no household joined, no link written into a file elsewhere."""

import dataclasses

import pytest

from lianxin.engine.scope import Actor, over
from lianxin.people import actions
from lianxin.people.models import Kin, Membership, Person
from tests.people.ledgers import AT, CHILD, FAMILY, FATHER, MOTHER, areas, as_csv, load

HERE = "419902001001"
SPY = Actor(account=7, name="周", area="419902", scope=over("419902"), permissions=frozenset({"people.import"}))


@pytest.fixture
def home(db, tmp_path):
    areas()
    load(as_csv(tmp_path / "people.csv", FAMILY[:2]))
    return tmp_path


def read(path, ledger="auto", by=SPY):
    return actions.import_ledger(ledger=ledger, path=path, by=by, at=AT)


def test_nobody_is_put_into_a_household_elsewhere(home):
    rows = [{"姓名": "张子涵", "身份证号": CHILD, "居住地": HERE, "户编号": "H1"}]
    assert read(as_csv(home / "a.csv", rows)).summary() | {"read": 1} == {
        "read": 1, "added": 0, "changed": 0, "unchanged": 0, "refused": 1}  # fmt: skip
    assert not Membership.objects.filter(person__name="张子涵").exists()
    own = [{**rows[0], "户编号": "H2"}]
    assert read(as_csv(home / "b.csv", own)).added == 1


def test_whoever_is_in_a_household_elsewhere_stays_in_it(home):
    load(as_csv(home / "a.csv", [{"姓名": "张子涵", "身份证号": CHILD, "居住地": HERE, "户编号": "H1"}]))
    again = [{"姓名": "张子涵", "身份证号": CHILD, "居住地": HERE, "户编号": "H1", "详细地址": "5号"}]
    assert read(as_csv(home / "b.csv", again)).changed == 1


@pytest.mark.parametrize("by_file", [False, True])
def test_no_link_is_written_into_a_file_elsewhere(home, by_file):
    relative = Person.objects.get(name="李秀兰").file_number if by_file else MOTHER
    before = Kin.objects.count()
    child = {"姓名": "张子涵", "身份证号": CHILD, "居住地": HERE}
    read(as_csv(home / "a.csv", [{**child, "母亲身份证号": "" if by_file else relative}]), "people")
    told = as_csv(home / "b.csv", [{"姓名": "张子涵", "身份证号": CHILD, "亲属身份证号": relative, "是亲属的": "子女"}])
    read(told, "kin")
    assert Person.objects.filter(name="张子涵", visible=True).exists()
    assert Kin.objects.count() == before
    read(told, "kin", by=dataclasses.replace(SPY, scope=over("4199")))  # whoever covers both files
    assert Kin.objects.count() == before + 1


def test_what_is_refused_for_a_number_elsewhere_says_as_much_as_for_one_nobody_has(home):
    known = [{"姓名": "张建国", "身份证号": FATHER, "居住地": HERE, "配偶身份证号": MOTHER}]
    assert read(as_csv(home / "a.csv", known)).refused == 1
