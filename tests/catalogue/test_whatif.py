"""What a draft would do: gained and lost, cost, parts that make up the whole, missing facts, what is refused."""

import datetime as dt
import json

import pytest
from django.utils import translation

from lianxin.catalogue import actions, whatif
from lianxin.catalogue.models import Run, Verdict, Version
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import over
from lianxin.journal.models import Entry
from lianxin.ops import main
from lianxin.people import models
from tests.catalogue.town import AT, DAY, EAST, SYSTEM, build, declare, draft
from tests.people.test_facts import write


@pytest.fixture
def town(db, tmp_path, monkeypatch):
    monkeypatch.setattr("lianxin.ops.start.django_ready", lambda **_: None)  # the test's own city stands
    return build(tmp_path)


def changes(found):
    return {row["id"]: row["change"] for row in found.touched.to_dicts()}


def test_a_lower_age_gains_and_a_higher_rate_gives_more(town, tmp_path):
    found = whatif.weigh(draft(tmp_path, age=58, rate=12000), DAY)
    total = found.total
    assert (total.before.entitled, total.after.entitled) == (7, 9)
    assert (total.gain, total.lose, total.more, total.less, total.same) == (2, 0, 7, 0, 0)
    assert (total.before.amount, total.after.amount) == (7 * 10000, 9 * 12000)
    assert {one for one, change in changes(found).items() if change == "gain"} == {town[2].pk, town[3].pk}
    said = found.to_json()
    assert said["cost"] == {"round": 108000, "month": 108000, "year": 1296000}
    assert said["against"] == {"version": 1, "repeat": "monthly"}
    assert {one["code"]: (one["entitled_before"], one["gain"]) for one in said["counties"]} == {
        "419902": (3, 2),
        "419903": (4, 0),
    }
    assert [(one["code"], one["entitled"]) for one in said["ages"]] == [
        ("45-59", 2), ("60-69", 4), ("70-79", 1), ("80+", 2)]  # fmt: skip
    assert [(one["code"], one["gain"]) for one in said["categories"]] == [("veteran", 2)]


def test_a_higher_age_loses_and_less_is_told_apart_from_lost(town, tmp_path):
    found = whatif.weigh(draft(tmp_path, age=63, rate=9000), DAY).total
    assert (found.gain, found.lose, found.less, found.after.amount) == (0, 2, 5, 5 * 9000)


def test_the_same_draft_changes_nothing(town, tmp_path):
    found = whatif.weigh(draft(tmp_path), DAY)
    assert found.total.before == found.total.after
    assert set(changes(found).values()) == {"same"}


def test_a_new_service_compares_with_nothing(town, tmp_path):
    found = whatif.weigh(draft(tmp_path, code="new-one"), DAY)
    assert found.against is None
    assert (found.total.before.entitled, found.total.gain) == (0, 7)
    assert found.to_json()["against"] is None


def test_parts_make_up_the_whole_whatever_people_are(town, tmp_path):
    write(
        models.Standing(person=town[4], code="combat"), models.Standing(person=town[4], code="disabled_soldier", grade=6),
        models.Standing(person=town[5], code="combat"),
    )  # fmt: skip
    found = whatif.weigh(draft(tmp_path, age=58), DAY)
    for parts in (found.areas, found.ages, found.categories):
        assert sum(one.after.entitled for one in parts) == found.total.after.entitled
        assert sum(one.gain for one in parts) == found.total.gain
        assert sum(one.after.amount for one in parts) == found.total.after.amount
    assert {one.code: one.after.entitled for one in found.categories} == {
        "disabled_soldier": 1, "combat": 1, "veteran": 7}  # fmt: skip


def test_a_year_costs_as_often_as_it_is_given(town, tmp_path):
    def cost(repeat):
        return whatif.weigh(draft(tmp_path, repeat=repeat), DAY).to_json()["cost"]

    assert cost("quarterly") == {"round": 70000, "month": 23333, "year": 280000}
    assert cost("yearly") == {"round": 70000, "month": 5833, "year": 70000}
    assert cost("once") == {"round": 70000, "month": None, "year": 70000}
    assert whatif.weigh(draft(tmp_path, repeat="yearly"), DAY).to_json()["cost_before"]["year"] == 840000


def test_missing_facts_come_with_how_many_each_settles(town, tmp_path):
    write(models.Livelihood(person=town[4], monthly_income=500), models.Livelihood(person=town[5], able_to_work=False))
    found = whatif.weigh(draft(tmp_path, more="able_to_work = FALSE AND monthly_income < :rate"), DAY)
    assert [(one.fact, one.settles, one.among) for one in found.wanting] == [
        ("able_to_work", 1, 6), ("monthly_income", 1, 6)]  # fmt: skip
    assert found.total.after.unknown == 7
    assert found.total.lose == 7  # what is open is not entitled: nobody is told that they go on
    assert found.touched.filter(found.touched["id"] == town[4].pk)["missing"].to_list() == ["able_to_work"]


def test_a_draft_in_error_is_counted(town, tmp_path):
    found = whatif.weigh(draft(tmp_path, amount=":rate / (age - 90)"), DAY)
    assert found.errors == 7  # six of a negative amount, one divided by nothing


def test_a_day_outside_its_days_entitles_nobody(town, tmp_path):
    found = whatif.weigh(draft(tmp_path), dt.date(2019, 1, 1))
    assert (found.total.after.entitled, found.total.before.entitled) == (0, 0)


def test_inside_a_scope_only_its_people_count(town, tmp_path):
    found = whatif.weigh(draft(tmp_path, age=58), DAY, scope=over("419902"))
    assert (found.judged, found.total.before.entitled, found.total.gain) == (6, 3, 2)
    assert [one.code for one in found.areas] == ["419902001"]
    assert set(found.touched["area"].to_list()) == {EAST}
    assert whatif.weigh(draft(tmp_path), DAY, scope=over("419904")).total.after.entitled == 0


def test_who_lives_nowhere_known_is_counted_and_stands_last(town, tmp_path):
    rows = models.Particulars.objects.filter(person=town[12])
    rows.update(home="")
    found = whatif.weigh(draft(tmp_path), DAY)
    assert [(one.code, one.after.entitled) for one in found.areas] == [("419902", 3), ("419903", 3), ("", 1)]


def test_nothing_is_stored(town, tmp_path):
    def held():
        return [model.objects.count() for model in (Version, Verdict, Run, Entry)]

    before = held()
    whatif.weigh(draft(tmp_path, age=20), DAY)
    assert held() == before


@pytest.mark.parametrize(("given", "said"), [
    ({"sealed": True}, "access list"),
    ({"code": "secret", "sealed": False}, "access list"),
])  # fmt: skip
def test_sealed_services_are_refused(town, tmp_path, given, said):
    actions.publish(path=declare(tmp_path, code="secret", sealed=True), by=SYSTEM, at=AT, approved_by="two people")
    with translation.override("en"), pytest.raises(Refusal, match=said):
        whatif.weigh(draft(tmp_path, **given), DAY)


def command(*arguments, capsys):
    code = main.main(["catalogue", "preview", *map(str, arguments)])
    return code, *capsys.readouterr()


def test_the_command_says_it_in_numbers_and_in_words(town, tmp_path, capsys, monkeypatch):
    folder = declare(tmp_path / "draft", age=58)
    code, out, err = command(folder, "--as-of", DAY, "--json", capsys=capsys)
    said = json.loads(out)
    assert (code, err, len(said), said[0]["service"], said[0]["gain"]) == (0, "", 1, "old-soldier", 2)
    monkeypatch.setenv("LIANXIN_LANGUAGE", "zh")
    code, out, err = command(folder, "--as-of", DAY, capsys=capsys)
    assert code == 0
    assert "新享受 2" in out
    assert "东城区" in out
    assert "10,800.00" in out  # nine of them, a year
    assert "— 人太少不显示" in out, "two gain: where they live is not printed"
    code, out, err = command(folder, "--as-of", DAY, "--json", "--exact", capsys=capsys)
    exact = json.loads(out)[0]["counties"]
    assert sum(line["gain"] for line in exact) == 2
    assert any(line["gain"] is None for line in said[0]["counties"])


def test_the_command_tries_a_whole_catalogue(town, tmp_path, capsys):
    declare(tmp_path / "services", age=58)
    declare(tmp_path / "services", code="hidden-one", sealed=True)
    code, out, err = command(tmp_path, "--as-of", DAY, "--json", capsys=capsys)
    assert (code, [one["service"] for one in json.loads(out)]) == (0, ["old-soldier"])
    assert "hidden-one" in err


@pytest.mark.parametrize(("change", "said"), [
    ({"more": "agee > 18"}, "nearest known: age"),
    ({"more": "age > 'a'"}, "compared"),
    ({"amount": ":ratee"}, "rate"),
])  # fmt: skip
def test_a_broken_draft_is_refused_as_the_checker_refuses_it(town, tmp_path, capsys, change, said):
    folder = declare(tmp_path / "draft", **change)
    code, out, err = command(folder, capsys=capsys)
    assert (code, out) == (1, "")
    assert said in err
    assert "old-soldier/service.yaml, line" in err


def test_examples_that_no_longer_fit_are_said_and_stop_nothing(town, tmp_path, capsys):
    folder = declare(tmp_path / "draft")
    (folder / "examples.yaml").write_text("", "utf-8")
    code, out, err = command(folder, "--as-of", DAY, capsys=capsys)
    assert code == 0
    assert "no example shows item 0" in err
    assert out


def test_nothing_there_is_said(db, tmp_path, capsys):
    code, out, err = command(tmp_path / "nowhere", capsys=capsys)
    assert (code, out) == (1, "")
    assert "nowhere" in err
