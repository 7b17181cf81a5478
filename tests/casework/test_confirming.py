"""The yearly confirmation: found on the day a full year is reached, one word is enough, silence is looked into."""

import datetime as dt

import pytest

from lianxin.casework import actions
from lianxin.casework.models import Case
from lianxin.catalogue import actions as catalogue
from lianxin.catalogue.facts import facts_of
from lianxin.engine.facts import VOCABULARY
from lianxin.notices.models import Notice
from lianxin.people import facts
from tests.factories.casework import AT, SYSTEM

pytestmark = pytest.mark.django_db
BEGAN = dt.date(2025, 5, 1)


@pytest.fixture
def paid(town):
    case = town.open("living-subsidy-rural60", town.persons["old_man"], channel="match")
    Case.objects.filter(pk=case.pk).update(state="standing", stands_from=BEGAN, amount=60000, step_name="")
    return town


def told(person, day, *codes):
    frame = facts_of(subject="person", codes=list(codes), day=day, service="", ids=[person.pk], known=VOCABULARY)
    return tuple(frame[code][0] for code in codes)


@pytest.mark.parametrize(("day", "due"), [
    (dt.date(2025, 12, 1), None), (dt.date(2026, 4, 30), None), (dt.date(2026, 5, 1), dt.date(2026, 5, 1)),
    (dt.date(2027, 4, 30), dt.date(2026, 5, 1)), (dt.date(2027, 5, 2), dt.date(2027, 5, 1)),
])  # fmt: skip
def test_it_is_due_on_the_day_a_full_year_is_reached(paid, day, due):
    assert told(paid.persons["old_man"], day, "regular_benefit", "confirm_due_on") == (True, due)


def test_who_draws_nothing_confirms_nothing(paid):
    assert told(paid.persons["wife"], AT.date(), "regular_benefit", "confirm_due_on") == (False, None)
    assert facts is not None


def match(at):
    return catalogue.match(as_of=at.date(), by=SYSTEM, at=at, services=["annual-confirm"])[0]


def test_one_word_is_enough_and_next_year_it_is_asked_again(paid):
    assert match(AT).cases_opened == 1
    assert match(AT).cases_opened == 0
    case = Case.objects.get(service="annual-confirm")
    assert case.state == "proposed"
    said = Notice.objects.filter(case=case.pk).values_list("template", flat=True)
    assert set(said) == {"case-word"}  # it gives nothing, so nobody is told that something is theirs
    paid_clerk = paid.clerk
    from lianxin.people.actions import give_mandate

    give_mandate(person=case.person_id, proxy_person=None, kind="clerk", until=AT.date() + dt.timedelta(days=30),
                 paper="电话同意", by=paid_clerk, at=AT)  # fmt: skip
    actions.confirm_proposed(cases=case.pk, by=paid_clerk, at=AT)
    actions.deliver(cases=case.pk, by=paid_clerk, at=AT + dt.timedelta(hours=1))
    assert Case.objects.get(pk=case.pk).state == "delivered"
    late = AT + dt.timedelta(days=90)
    assert actions.review_unconfirmed(by=SYSTEM, at=late) == 0
    assert match(AT + dt.timedelta(days=366)).cases_opened == 1


def test_silence_is_looked_into_and_nothing_stops_by_itself(paid):
    match(AT)
    stands = Case.objects.get(service="living-subsidy-rural60")
    assert actions.review_unconfirmed(by=SYSTEM, at=AT + dt.timedelta(days=59)) == 0
    assert actions.review_unconfirmed(by=SYSTEM, at=AT + dt.timedelta(days=61)) == 1
    stands.refresh_from_db()
    assert stands.state == "review"
    assert actions.review_unconfirmed(by=SYSTEM, at=AT + dt.timedelta(days=62)) == 0
