"""Matching: everyone against everything in force; a repeat changes nothing, a loss opens a review."""

import datetime as dt
import shutil

import pytest
from django.conf import settings as django_settings

from lianxin.access import actions as access
from lianxin.casework.models import Case, Move
from lianxin.casework.standing import review_lost
from lianxin.catalogue import actions, queries
from lianxin.catalogue.models import Run, Verdict, Version, Waiting
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over
from lianxin.journal import actions as journal
from lianxin.journal.models import Entry
from lianxin.journal.queries import verify
from lianxin.notices.models import Notice
from lianxin.people import models
from tests.people.test_facts import person, write

AT = dt.datetime(2026, 5, 6, 2, tzinfo=dt.UTC)
DAY = dt.date(2026, 5, 6)
SYSTEM = Actor(permissions=frozenset({"*"}), scope=over("4199"), area="4199", name="operator")


@pytest.fixture
def city(db):
    access.add_areas(areas=[("419902001001", "柳树村", "Willow")], by=SYSTEM, at=AT)
    for role, area in (("worker", "419902001001"), ("clerk", "419902001"), ("reviewer", "419902"), ("approver", "4199"),
                       ("liaison", "419902")):  # fmt: skip
        access.seat(username=role, name=role, role=role, area=area, by=SYSTEM, at=AT)
    actions.publish(path=django_settings.CATALOGUE, by=SYSTEM, at=AT, approved_by="two people")
    soldier = person(1, born_on=dt.date(1990, 1, 1))
    wife = person(2, born_on=dt.date(1992, 1, 1))
    old = person(3, born_on=dt.date(1950, 1, 1))
    nobody = person(4, born_on=dt.date(1980, 1, 1))
    write(
        models.Service(person=soldier, kind="nco", enlisted_on=dt.date(2010, 1, 1)),
        models.Award(person=soldier, merit="third", valid_from=dt.date(2026, 4, 1)),
        models.Kin(person=wife, relative=soldier, kind="spouse"),
        models.Standing(person=wife, code="accompanying", valid_from=dt.date(2025, 1, 1)),
        models.Livelihood(person=wife, employment="unemployed", unemployment_registered=True, valid_from=dt.date(2025, 1, 1)),
        models.Attested(person=wife, code="unit_stationed_here", holds=True, valid_from=dt.date(2025, 1, 1)),
        models.Service(person=old, kind="conscript", enlisted_on=dt.date(1969, 12, 1), discharged_on=dt.date(1975, 3, 1),
                       rural_at_enlistment=True, settlement="self_employed"),
    )  # fmt: skip
    return {"soldier": soldier, "wife": wife, "old": old, "nobody": nobody}


def run(day=DAY, at=AT, **given):
    return {row.service: row for row in actions.match(as_of=day, by=SYSTEM, at=at, **given)}


def test_a_first_run_finds_the_entitled_and_opens_their_cases(city):
    found = run()
    counts = {code: (row.entitled, row.new, row.cases_opened) for code, row in found.items()}
    expected = {
        "accomp-subsidy": (1, 1, 1), "good-news": (1, 1, 1), "living-subsidy-rural60": (1, 1, 1), "annual-confirm": (0, 0, 0),
        "great-wall-relief": (1, 1, 0),  # an organiser's list: candidates, no cases
    }  # fmt: skip
    assert {code: counts[code] for code in expected} == expected
    assert {service for service, row in found.items() if row.cases_opened} == {
        code for code, (*_, n) in expected.items() if n
    }
    assert found["accomp-subsidy"].amount == 90000
    assert found["good-news"].amount == 150000
    assert found["living-subsidy-rural60"].amount == 6000 * 5
    cases = {case.service: case for case in Case.objects.all()}
    assert cases["accomp-subsidy"].state == "proposed"
    assert cases["good-news"].state == "open"
    assert cases["good-news"].event_on == dt.date(2026, 4, 1)
    assert cases["living-subsidy-rural60"].person_id == city["old"].pk
    assert verify().broken is None


def test_a_repeat_changes_nothing(city, django_assert_max_num_queries):
    run()
    before = (list(Verdict.objects.values_list()), Case.objects.count())
    again = run()
    assert all((row.new, row.lost, row.cases_opened) == (0, 0, 0) for row in again.values())
    assert (list(Verdict.objects.values_list()), Case.objects.count()) == before


def test_matching_some_persons_judges_their_households_and_no_others(city):
    """Ids of persons are not ids of households: a plaque goes to the home of whom it is about."""
    with journal.entry(action="test", by=Actor(), at=AT) as writing:
        homes = writing.add([models.Family(code=f"H{n}", home="419902001001") for n in range(9)])
        for one, home in ((city["soldier"], homes[7]), (city["nobody"], homes[8]), (city["old"], homes[0])):
            models.Person.objects.filter(pk=one.pk).update(family=home)
            writing.add([models.Membership(person=one, family=home, recorded_at=AT)])
    assert run(persons=[city["nobody"].pk])["honour-plaque"].entitled == 0
    assert run(persons=[city["soldier"].pk])["honour-plaque"].entitled == 1
    assert Verdict.objects.get(service="honour-plaque").subject == homes[7].pk
    assert run()["honour-plaque"].cases_opened == 1  # the old man's home
    assert set(Case.objects.filter(service="honour-plaque").values_list("family", flat=True)) == {
        homes[7].pk,
        homes[0].pk,
    }


def test_a_lost_entitlement_is_counted_once_and_never_deletes_a_case(city):
    run()
    with journal.entry(action="test", by=Actor(), at=AT) as writing:
        rows = models.Standing.objects.filter(person=city["wife"])
        writing.supersede(models.Standing, list(rows.values_list("pk", flat=True)), AT)
    found = run()
    assert (found["accomp-subsidy"].entitled, found["accomp-subsidy"].lost) == (0, 1)
    assert run()["accomp-subsidy"].lost == 0
    assert Case.objects.filter(service="accomp-subsidy").count() == 1


def kept():
    """Everything that a run could write."""
    tables = (Verdict, Case, Move, Notice, Run, Entry, Waiting)
    return [list(table.objects.order_by("pk").values_list()) for table in tables]


@pytest.mark.parametrize("some", [False, True])
@pytest.mark.parametrize("day", [dt.date(2019, 6, 1), DAY - dt.timedelta(days=1), dt.date(2030, 6, 1)])
def test_another_day_is_judged_and_counted_and_writes_nothing(city, day, some):
    given = {"persons": [one.pk for one in city.values()]} if some else {}
    today = run(**given)
    Case.objects.filter(service="accomp-subsidy").update(state="standing", stands_from=DAY)
    before = kept()
    found = run(day, **given)
    assert kept() == before
    assert not any(row.cases_opened for row in found.values())
    subsidy = found["accomp-subsidy"]
    held = int(day.year != 2019)
    assert (subsidy.entitled, subsidy.lost, subsidy.amount) == (held, 1 - held, 90000 * held)
    assert run(**given).keys() == today.keys()
    assert all((row.new, row.lost) == (0, 0) for row in run(**given).values())


@pytest.mark.parametrize("some", [False, True])
def test_who_is_found_again_before_anybody_decided_stands_again(city, some):
    given = {"persons": [city["wife"].pk]} if some else {}
    run()
    case = Case.objects.get(service="accomp-subsidy")
    Case.objects.filter(pk=case.pk).update(state="standing", stands_from=DAY)
    rows = list(models.Standing.objects.filter(person=city["wife"]).values_list("pk", flat=True))
    with journal.entry(action="test", by=Actor(), at=AT) as writing:
        writing.supersede(models.Standing, rows, AT)
    run(**given)
    case.refresh_from_db()
    assert case.state == "review"
    told = Notice.objects.filter(service="accomp-subsidy").count()
    write(models.Standing(person=city["wife"], code="accompanying", valid_from=dt.date(2025, 1, 1)))
    assert run(**given)["accomp-subsidy"].cases_opened == 0
    case.refresh_from_db()
    assert (case.state, case.due_at) == ("standing", None)
    assert [move.verb for move in case.moves.order_by("pk")][-2:] == ["lose", "find-again"]
    assert Notice.objects.filter(service="accomp-subsidy").count() == told


def test_a_review_for_silence_waits_for_a_person(city):
    run()
    case = Case.objects.get(service="accomp-subsidy")
    Case.objects.filter(pk=case.pk).update(state="standing", stands_from=DAY)
    review_lost(cases=[Case.objects.get(pk=case.pk)], by=SYSTEM, at=AT, reason="unconfirmed")
    Verdict.objects.filter(service="accomp-subsidy").delete()
    assert run()["accomp-subsidy"].new == 1
    case.refresh_from_db()
    assert case.state == "review"


def test_an_unknown_names_the_missing_fact_and_opens_nothing(city):
    with journal.entry(action="test", by=Actor(), at=AT) as writing:
        rows = models.Attested.objects.filter(person=city["wife"])
        writing.supersede(models.Attested, list(rows.values_list("pk", flat=True)), AT)
        livelihood = models.Livelihood.objects.get()
        writing.supersede(models.Livelihood, [livelihood.pk], AT)
        given = {"person": city["wife"], "valid_from": dt.date(2025, 1, 1), "recorded_at": AT}
        writing.add([models.Livelihood(employment="unemployed", **given)])
        writing.add([models.Attested(code="unit_stationed_here", holds=True, **given)])
    found = run()
    assert (
        found["accomp-subsidy"].entitled,
        found["accomp-subsidy"].unknown,
        found["accomp-subsidy"].cases_opened,
    ) == (0, 1, 0)
    gap = queries.gaps(SYSTEM.scope, day=DAY, service="accomp-subsidy", entitled=False)[0]
    assert gap.missing == ("unemployment_registered",)
    assert queries.gaps(over("419903"), day=DAY, service="accomp-subsidy", entitled=False) == []


def test_a_new_award_is_a_new_case_and_the_old_one_is_found_when_missed(city):
    run()
    write(models.Award(person=city["soldier"], merit="second", valid_from=dt.date(2026, 5, 1)))
    found = run()
    assert (found["good-news"].new, found["good-news"].cases_opened, found["good-news"].amount) == (1, 1, 500000)
    assert sorted(Case.objects.filter(service="good-news").values_list("event_on", flat=True)) == [
        dt.date(2026, 4, 1), dt.date(2026, 5, 1),
    ]  # fmt: skip


def test_explain_agrees_with_match_for_everyone(city):
    run()
    for one in city.values():
        verdicts = {row.service: row for row in Verdict.objects.filter(subject=one.pk)}
        for explained in queries.explain(person=one.pk, day=DAY):
            stored = verdicts.get(explained.service.code)
            if explained.service.sealed or not explained.service.is_matched():
                continue
            expected = {None: "not_entitled", "E": "entitled", "U": "unknown"}[stored.verdict if stored else None]
            assert explained.verdict == expected, (one.pk, explained.service.code)


def test_explain_keeps_sealed_services_from_those_not_on_the_list(city):
    codes = {row.service.code for row in queries.explain(person=city["wife"].pk, day=DAY, scope=over("4199"))}
    assert "rights-case" not in codes
    listed = over("4199", sealed=frozenset({"rights-case"}))
    assert "rights-case" in {row.service.code for row in queries.explain(person=city["wife"].pk, day=DAY, scope=listed)}


def test_a_version_is_stored_once_and_a_fault_publishes_nothing(city, tmp_path):
    folder = tmp_path / "catalogue"
    shutil.copytree(django_settings.CATALOGUE, folder)
    assert not any(made.new for made in actions.publish(path=folder, by=SYSTEM, at=AT, approved_by="x"))
    file = folder / "services" / "accomp-subsidy" / "service.yaml"
    text = file.read_text()
    file.write_text(text.replace("test: accompanying", "test: acompanying"))
    with pytest.raises(Refusal, match="accompanying"):
        actions.publish(path=folder, by=SYSTEM, at=AT, approved_by="x")
    file.write_text(text.replace("按月领取的补助", "按月领取的专项补助"))
    made = {row.service: row for row in actions.publish(path=folder, by=SYSTEM, at=AT, approved_by="x") if row.new}
    assert {code: row.number for code, row in made.items()} == {"accomp-subsidy": 2}
    assert Version.objects.filter(service="accomp-subsidy").count() == 2
    assert queries.in_force(DAY)["accomp-subsidy"].number == 2
    assert queries.in_force(dt.date(2021, 1, 1))["accomp-subsidy"].number == 1
