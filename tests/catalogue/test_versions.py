"""Versions: planned days, withdrawal, corrections of the past; who is judged again, and when."""

import datetime as dt
import shutil

import pytest
from django.conf import settings as django_settings

from lianxin.casework.models import Case
from lianxin.catalogue import actions, few, queries, scheduling
from lianxin.catalogue.models import Run, Verdict, Version, Waiting
from lianxin.engine import effects
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over
from lianxin.journal.queries import verify
from lianxin.ops import schedule
from lianxin.people import models
from tests.catalogue.test_match import AT, DAY, SYSTEM, city, run  # noqa: F401  the town of matching
from tests.people.test_facts import write

CODE = "living-subsidy-rural60"
SOON = dt.date(2026, 6, 1)


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "catalogue"
    shutil.copytree(django_settings.CATALOGUE / "services" / CODE, made / "services" / CODE)
    shutil.copy(django_settings.CATALOGUE / "attributes.yaml", made / "attributes.yaml")
    return made / "services" / CODE


def store(folder, at=AT, **given):
    return actions.publish(path=folder, by=SYSTEM, at=at, approved_by="two people", **given)


def renamed(folder, words):
    file = folder / "service.yaml"
    lines = [f"summary: {{zh: {words}, en: {words}}}" if line.startswith("summary:") else line
             for line in file.read_text().splitlines()]  # fmt: skip
    file.write_text("\n".join(lines) + "\n")


def number(day, known_at=None):
    return queries.in_force(day, known_at)[CODE].number


def later(day, hours=2):
    return dt.datetime.combine(day, dt.time(hours), dt.UTC)


def test_a_planned_version_waits_for_its_day_and_begins_by_itself(city, folder):  # noqa: F811
    run()
    renamed(folder, "planned")
    [made] = store(folder, from_on=SOON)
    assert (made.number, number(DAY), number(SOON - dt.timedelta(days=1)), number(SOON)) == (2, 1, 1, 2)
    assert not Waiting.objects.exists()
    assert scheduling.activate(by=SYSTEM, at=AT) == []
    assert scheduling.activate(by=SYSTEM, at=later(SOON)) == [CODE]
    assert scheduling.activate(by=SYSTEM, at=later(SOON)) == []
    assert Waiting.objects.get().service == CODE
    assert Verdict.objects.get(service=CODE).version.number == 1
    assert actions.match_waiting(by=SYSTEM, at=later(SOON)) == 1
    assert Verdict.objects.get(service=CODE).version.number == 2
    assert not Waiting.objects.exists()
    assert verify().broken is None


def test_a_mend_before_the_planned_day_does_not_undo_the_plan(city, folder):  # noqa: F811
    renamed(folder, "planned")
    store(folder, from_on=SOON)
    renamed(folder, "mended at once")
    store(folder, at=AT + dt.timedelta(days=1))
    assert (number(DAY), number(DAY + dt.timedelta(days=1)), number(SOON)) == (1, 3, 2)


def test_a_correction_without_a_last_day_goes_on_over_what_had_begun_before_it(city, folder):  # noqa: F811
    renamed(folder, "planned")
    store(folder, from_on=SOON)
    renamed(folder, "corrected")
    store(folder, at=later(SOON + dt.timedelta(days=9)), from_on=DAY, reason="a new notice")
    assert (number(DAY), number(SOON), number(SOON + dt.timedelta(days=30))) == (3, 3, 3)


def test_a_correction_of_the_past_says_why_and_speaks_of_its_days_alone(city, folder):  # noqa: F811
    renamed(folder, "corrected")
    with pytest.raises(Refusal):
        store(folder, from_on=dt.date(2026, 1, 1))
    with pytest.raises(Refusal):
        store(folder, from_on=dt.date(2026, 3, 1), to_on=dt.date(2026, 2, 1), reason="the notice said so")
    store(folder, from_on=dt.date(2026, 1, 1), to_on=dt.date(2026, 2, 28), reason="the notice said so")
    days = [dt.date(2025, 12, 31), dt.date(2026, 1, 1), dt.date(2026, 2, 28), dt.date(2026, 3, 1), DAY]
    assert [number(day) for day in days] == [1, 2, 2, 1, 1]
    assert number(dt.date(2026, 1, 15), known_at=AT - dt.timedelta(days=1) + dt.timedelta(hours=24)) == 2
    assert Version.objects.get(service=CODE, number=2).reason == "the notice said so"


def test_a_planned_version_is_withdrawn_with_a_reason_and_one_in_force_never(city, folder):  # noqa: F811
    renamed(folder, "planned")
    store(folder, from_on=SOON)
    with pytest.raises(Refusal):
        scheduling.withdraw(service=CODE, number=2, reason=" ", by=SYSTEM, at=AT)
    with pytest.raises(Refusal):
        scheduling.withdraw(service=CODE, number=1, reason="no", by=SYSTEM, at=AT)
    with pytest.raises(Refusal):
        scheduling.withdraw(service=CODE, number=2, reason="too late", by=SYSTEM, at=later(SOON))
    scheduling.withdraw(service=CODE, number=2, reason="the notice was called back", by=SYSTEM, at=AT)
    found = scheduling.withdraw(service=CODE, number=2, reason="again", by=SYSTEM, at=AT)
    assert found.withdrawn_why == "the notice was called back"
    assert number(SOON) == 1
    assert scheduling.states(queries.versions(CODE), DAY) == {
        found.pk: "withdrawn",
        Version.objects.get(service=CODE, number=1).pk: "in-force",
    }
    assert scheduling.activate(by=SYSTEM, at=later(SOON)) == []
    renamed(folder, "another plan")
    assert store(folder)[0].number == 3
    assert verify().broken is None


def test_a_sealed_version_does_not_exist_for_others(city):  # noqa: F811
    stranger = Actor(account=1, permissions=frozenset({"catalogue.withdraw"}), scope=over("4199"), area="4199")
    with pytest.raises(Refusal):
        scheduling.withdraw(service="rights-case", number=1, reason="x", by=stranger, at=AT)


def test_a_changed_file_judges_that_person_and_kin_and_nobody_else(city):  # noqa: F811
    run()
    before = dict(Verdict.objects.exclude(subject__in=[city["wife"].pk, city["soldier"].pk]).values_list("pk", "run"))
    row = models.Service.objects.get(person=city["soldier"])
    from lianxin.journal import actions as journal

    at = AT + dt.timedelta(hours=1)
    with journal.entry(action="test", by=Actor(), at=at) as writing:
        writing.supersede(models.Service, [row.pk], at)
        writing.add([models.Service(person=city["soldier"], kind="nco", enlisted_on=row.enlisted_on,
                                    discharged_on=dt.date(2026, 5, 1), recorded_at=at)])  # fmt: skip
        effects.announce("person-changed", ids=[city["soldier"].pk], by=SYSTEM, at=at)
    assert Waiting.objects.count() == 1
    assert actions.match_waiting(by=SYSTEM, at=at) == 1
    last = Run.objects.latest("pk")
    assert last.persons == 2  # the soldier and his wife
    assert not Verdict.objects.filter(service="accomp-subsidy", subject=city["wife"].pk, verdict="E").exists()
    assert dict(Verdict.objects.filter(pk__in=before).values_list("pk", "run")) == before
    assert actions.match_waiting(by=SYSTEM, at=at) == 0


def test_a_run_killed_half_way_is_taken_up_and_opens_nothing_twice(city, monkeypatch):  # noqa: F811
    Waiting.objects.all().delete()  # what publishing put down
    effects.announce("person-changed", ids=[one.pk for one in city.values()], by=SYSTEM, at=AT)
    real, calls = few._one, []

    def dying(found, *given, **named):
        calls.append(found.service.code)
        if len(calls) == 12:
            raise KeyboardInterrupt
        return real(found, *given, **named)

    monkeypatch.setattr(few, "_one", dying)
    with pytest.raises(KeyboardInterrupt):
        actions.match_waiting(by=SYSTEM, at=AT)
    monkeypatch.setattr(few, "_one", real)
    assert Waiting.objects.count() == len(city)
    assert actions.match_waiting(by=SYSTEM, at=AT + dt.timedelta(minutes=1)) == 0  # the run may still be at work
    assert actions.match_waiting(by=SYSTEM, at=AT + dt.timedelta(minutes=20)) == len(city)
    counted = Case.objects.count()
    assert counted
    assert all((row.new, row.lost, row.cases_opened) == (0, 0, 0) for row in run().values())
    assert Case.objects.count() == counted


def test_what_changes_while_everyone_is_judged_waits_on(city, monkeypatch):  # noqa: F811
    effects.announce("person-changed", ids=[city["wife"].pk], by=SYSTEM, at=AT)
    real = actions.matching.judged

    def judged(*given, **named):
        effects.announce("person-changed", ids=[city["soldier"].pk], by=SYSTEM, at=AT)
        return real(*given, **named)

    monkeypatch.setattr(actions.matching, "judged", judged)
    run()
    assert [row.person for row in Waiting.objects.all()] == [city["soldier"].pk]


def test_what_was_put_down_before_but_committed_later_waits_on(city, monkeypatch):  # noqa: F811
    """Another transaction's row may have the lower number: nobody saw it when everyone was judged."""
    Waiting.objects.all().delete()
    last = Waiting.objects.create(person=city["wife"].pk, at=AT)
    real = actions.matching.judged

    def judged(*given, **named):
        Waiting.objects.create(pk=last.pk - 1, person=city["soldier"].pk, at=AT)
        return real(*given, **named)

    monkeypatch.setattr(actions.matching, "judged", judged)
    run()
    assert [row.person for row in Waiting.objects.all()] == [city["soldier"].pk]


def test_many_changed_files_are_judged_as_everyone(city):  # noqa: F811
    Waiting.objects.all().delete()  # what publishing put down
    effects.announce("person-changed", ids=list(range(1, 2000)), by=SYSTEM, at=AT)
    assert Waiting.objects.count() == 1
    actions.match_waiting(by=SYSTEM, at=AT)
    assert Run.objects.latest("pk").persons is None


def test_a_birthday_is_found_by_the_night(city, monkeypatch):  # noqa: F811
    young = models.Person.objects.get(pk=city["nobody"].pk)
    write(models.Service(person=young, kind="conscript", enlisted_on=dt.date(1998, 12, 1),
                         discharged_on=dt.date(2000, 12, 1), rural_at_enlistment=True, settlement="self_employed"))  # fmt: skip
    day = dt.date(2040, 1, 1)  # born on 1980-01-01: sixty on this day
    assert run(day=day - dt.timedelta(days=1))[CODE].entitled == 1
    monkeypatch.setattr(schedule.clock, "now", lambda: later(day))
    schedule.nightly()
    assert Verdict.objects.filter(service=CODE, verdict="E", subject=young.pk).exists()
