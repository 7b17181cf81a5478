"""A bare village name means one's own village of that name; a value that no paper proves says which ledger said it."""

import datetime as dt
from dataclasses import replace

import pytest
from django.utils.translation import override

from lianxin.engine.scope import Actor, over
from lianxin.journal import queries
from lianxin.people import actions, dossier
from lianxin.people.models import Import, Person, Refused
from tests.people.ledgers import AT, FAMILY, FATHER, OPERATOR, areas, as_csv

TOWN = Actor(account=7, name="镇里", area="419901001", scope=over("419901001"), permissions=frozenset({"*"}))
NAMED = [{**row, "居住地": "柳河村"} for row in FAMILY]


@pytest.fixture
def home(db, tmp_path):
    areas()
    return tmp_path


def load(path, by, ledger="people", at=AT):
    return actions.import_ledger(ledger=ledger, path=path, by=by, at=at)


def test_a_bare_name_that_two_towns_bear_means_ones_own_village(home):
    assert load(as_csv(home / "a.csv", NAMED), TOWN).added == 3
    assert set(Person.objects.values_list("home", flat=True)) == {"419901001001"}


def test_for_whoever_covers_both_it_stays_ambiguous(home):
    wide = replace(TOWN, area="4199", scope=over("4199"))
    assert load(as_csv(home / "a.csv", NAMED), wide).refused == 3
    assert set(Refused.objects.values_list("reason", flat=True)) == {"area-ambiguous"}


def test_whoever_moves_may_move_to_the_other_village_of_that_name(home):
    load(as_csv(home / "a.csv", FAMILY), OPERATOR)
    row = {"姓名": "张建国", "身份证号": FATHER, "迁入地": "柳河村", "迁移日期": "2026-05-01"}
    done = load(as_csv(home / "m.csv", [row]), TOWN, "moves", AT + dt.timedelta(days=1))
    assert (done.changed, done.refused) == (0, 1)


def test_a_value_without_a_paper_says_which_ledger_it_is_from(home):
    load(as_csv(home / "云埠台账.csv", FAMILY), OPERATOR)
    person = Person.objects.get(name="张建国")
    found = dossier.dossier(over("4199"), person.pk, day=AT.date())
    assert {line.origin.ledger for line in found.lines} == {"云埠台账.csv"}
    says = dossier.origins(over("4199"), person.pk, "service", found.lines[0].id if found.lines[0].group == "service" else
                           next(line.id for line in found.lines if line.group == "service"))  # fmt: skip
    assert says["enlisted_on"].ledger == "云埠台账.csv"
    told = dossier.history(over("4199"), person.pk, "particulars", "home")
    assert [one.origin.ledger for one in told] == ["云埠台账.csv"]
    with override("zh-hans"):
        actions.record(person=person.pk, group="capacity", says={"capacity": "full"}, valid_from=AT.date(), paper="户口簿",
                       by=TOWN, at=AT + dt.timedelta(days=1))  # fmt: skip
    kept = dossier.dossier(over("4199"), person.pk, day=AT.date() + dt.timedelta(days=1))
    assert {(line.origin.paper, line.origin.ledger) for line in kept.lines if line.group == "capacity"} == {
        ("户口簿", "")
    }


def test_a_person_reads_which_ledger_said_something_of_them(home):
    load(as_csv(home / "a.csv", FAMILY), OPERATOR)
    man, woman = (Person.objects.get(name=name).pk for name in ("张建国", "李秀兰"))
    row = {"姓名": "张建国", "身份证号": FATHER, "联系电话": "13911112222"}
    load(as_csv(home / "换号.csv", [row]), TOWN, at=AT + dt.timedelta(days=1))
    told = {one: [entry.purpose for entry in queries.about(one).rows] for one in (man, woman)}
    assert told == {man: ["换号.csv", "a.csv"], woman: ["a.csv"]}
    again = load(as_csv(home / "同样.csv", [row]), TOWN, at=AT + dt.timedelta(days=2))
    assert again.unchanged == 1
    assert [entry.purpose for entry in queries.about(man).rows] == ["换号.csv", "a.csv"]
    actions.undo_import(run=again_of("换号.csv"), by=TOWN, at=AT + dt.timedelta(days=3))
    assert next(entry.action for entry in queries.about(man).rows) == "people.import-undone"
    assert [entry.purpose for entry in queries.about(woman).rows] == ["a.csv"]


def again_of(name):
    return Import.objects.get(file_name=name).run
