"""Decided once, judged each period: one line each, missed ones made up, lost ones reviewed and told."""

import datetime as dt

import pytest

from lianxin.casework import actions
from lianxin.casework.models import Case, Period
from lianxin.engine import effects
from lianxin.journal import actions as journal
from lianxin.journal.queries import verify
from lianxin.notices.models import Notice
from lianxin.people import models as people
from tests.factories.casework import AT, SYSTEM, pay, write

MONTHS = [dt.date(2026, 5, 6), dt.date(2026, 6, 6), dt.date(2026, 7, 6), dt.date(2026, 8, 6)]


@pytest.fixture(autouse=True)
def _stand_ins(bank):
    pass


def at(day):
    return dt.datetime.combine(day, dt.time(1), dt.UTC)


def now(case):
    return Case.objects.get(pk=case.pk)


@pytest.fixture
def case(town):
    """The old man's subsidy, standing since May."""
    old = town.persons["old_man"]
    made = town.open("living-subsidy-rural60", old, area=old.home)
    actions.accept(cases=made.pk, by=town.clerk, at=AT)
    actions.advance(cases=made.pk, by=town.reviewer, at=AT)
    actions.publicise(cases=made.pk, by=town.clerk, at=AT)
    later = AT + dt.timedelta(days=9)
    actions.close_due_publicity(by=SYSTEM, at=later)
    actions.advance(cases=made.pk, by=town.reviewer, at=later)
    actions.deliver(cases=made.pk, by=town.approver, at=later)
    assert now(made).state == "standing"
    return now(made)


def periods(case):
    return list(Period.objects.filter(case=case).order_by("period").values_list("period", "amount"))


def test_each_month_makes_one_line_and_a_repeat_none(case):
    assert periods(case) == [("2026-05", 30000)]
    for day in MONTHS[1:3]:
        assert actions.periods_due(day=day, by=SYSTEM, at=at(day)).ordered == 1
        assert actions.periods_due(day=day, by=SYSTEM, at=at(day)).ordered == 0
    assert [period for period, _amount in periods(case)] == ["2026-05", "2026-06", "2026-07"]
    assert verify().broken is None


def test_missed_months_are_made_up(case):
    assert actions.periods_due(day=MONTHS[3], by=SYSTEM, at=at(MONTHS[3])).ordered == 3
    assert [period for period, _amount in periods(case)] == ["2026-05", "2026-06", "2026-07", "2026-08"]


def suspend(case, since=dt.date(2026, 6, 1)):
    write(people.Suspension(person=case.person, state="suspended", valid_from=since, recorded_at=AT))


def test_what_is_lost_is_reviewed_and_told_never_stopped_in_silence(case, town):
    suspend(case)
    done = actions.periods_due(day=MONTHS[1], by=SYSTEM, at=at(MONTHS[1]))
    assert (done.ordered, done.reviewed) == (0, 1)
    here = now(case)
    assert here.state == "review"
    assert here.office_id is not None
    assert here.due_at > at(MONTHS[1])
    assert Notice.objects.filter(person=case.person_id, template="standing-review").count() == 1
    assert actions.periods_due(day=MONTHS[1], by=SYSTEM, at=at(MONTHS[1])).reviewed == 0
    actions.end(cases=case.pk, reason="suspended", by=town.approver, at=at(MONTHS[1]))
    assert now(case).state == "closed"
    assert Notice.objects.filter(person=case.person_id, template="standing-ended").exists()


def test_what_is_borne_out_again_stands_again_and_is_made_up(case, town):
    suspend(case)
    actions.periods_due(day=MONTHS[1], by=SYSTEM, at=at(MONTHS[1]))
    row = people.Suspension.objects.get()
    with journal.entry(action="test", by=SYSTEM, at=at(MONTHS[2])) as writer:
        writer.supersede(people.Suspension, [row.pk], at(MONTHS[2]))
    done = actions.periods_due(day=MONTHS[2], by=SYSTEM, at=at(MONTHS[2]))
    assert (done.found_again, now(case).state) == (1, "standing")
    actions.periods_due(day=MONTHS[2], by=SYSTEM, at=at(MONTHS[2]))
    assert [period for period, _amount in periods(case)] == ["2026-05", "2026-06", "2026-07"]


def test_a_death_goes_to_review_and_writes_to_nobody(case):
    before = Notice.objects.filter(person=case.person_id).count()
    people.Person.objects.filter(pk=case.person_id).update(died_on=MONTHS[1])
    effects.announce("person-died", ids=[case.person_id], by=SYSTEM, at=at(MONTHS[1]))
    assert now(case).state == "review"
    assert Notice.objects.filter(person=case.person_id).count() == before


def test_matching_that_loses_somebody_reviews_and_lapses(case, town):
    proposed = town.open("accomp-subsidy", town.persons["wife"], proposed=True, amount=90000)
    lost = effects._effects["review-lost"]
    assert lost(service="living-subsidy-rural60", subjects=[case.person_id], by=SYSTEM, at=at(MONTHS[1])) == 1
    assert lost(service="accomp-subsidy", subjects=[proposed.person_id], by=SYSTEM, at=at(MONTHS[1])) == 1
    assert (now(case).state, now(proposed).state) == ("review", "closed")


def test_a_paid_period_is_done_and_a_returned_one_is_said(case):
    pay(case, fault="closed")
    assert Period.objects.get(case=case).state == "returned"
    pay(case)
    assert Period.objects.get(case=case).state == "done"
    assert now(case).state == "standing"


def test_standing_judges_many_in_as_many_queries_as_one(case, town, django_assert_max_num_queries):
    from tests.factories.casework import resident

    for number in range(20, 50):
        one = resident(number, "丁一", born=dt.date(1950, 1, 1), phone=True)
        write(people.Service(person=one, kind="conscript", enlisted_on=dt.date(1970, 1, 1),
                             discharged_on=dt.date(1974, 1, 1), rural_at_enlistment=True, recorded_at=AT))  # fmt: skip
        made = town.open("living-subsidy-rural60", one, area=one.home)
        Case.objects.filter(pk=made.pk).update(state="standing", step=4, stands_from=MONTHS[0])
    with django_assert_max_num_queries(40):
        assert actions.periods_due(day=MONTHS[1], by=SYSTEM, at=at(MONTHS[1])).ordered == 61
