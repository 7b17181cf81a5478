"""What stood before: whoever the register says was paid goes on, from the first period that is not paid yet."""

import datetime as dt

import pytest

from lianxin.casework import actions
from lianxin.casework.models import Case, Move, Period
from lianxin.casework.refusals import Unfit
from lianxin.catalogue.queries import gaps
from lianxin.engine.scope import over
from lianxin.journal.queries import verify
from lianxin.notices.models import Notice
from lianxin.outcomes import actions as register
from lianxin.outcomes.actions import Posted
from lianxin.people import models as people
from tests.factories.casework import AT, SYSTEM, write

SERVICE = "living-subsidy-rural60"
APRIL, MAY = dt.date(2026, 4, 20), dt.date(2026, 5, 1)


@pytest.fixture(autouse=True)
def _stand_ins(bank):
    pass


def paid(person, on, fen=30000, service=SERVICE):
    register.post(
        outcomes=[Posted(kind="payment", service=service, area=person.home, happened_on=on, source=f"{service}-{on}-{person.pk}",
                         person=person.pk, family=person.family_id, amount=fen)],
        by=SYSTEM, at=AT,
    )  # fmt: skip


def take_over(**given):
    given = {"service": SERVICE, "paid_since": dt.date(2026, 4, 1), "from_on": MAY, "by": SYSTEM, "at": AT, **given}
    return actions.take_over(**given)


def test_who_was_paid_stands_without_a_word_and_a_repeat_changes_nothing(town):
    old = town.persons["old_man"]
    paid(old, dt.date(2026, 3, 20), 27000)
    paid(old, APRIL)
    assert take_over() == 1
    case = Case.objects.get()
    assert (case.person_id, case.state, case.amount, case.stands_from, case.channel) == (
        old.pk,
        "standing",
        30000,
        MAY,
        "ledger",
    )
    assert case.step_name == "deliver"
    assert [move.verb for move in Move.objects.all()] == ["stand"]
    assert not Notice.objects.exists()
    assert take_over() == 0
    assert verify().broken is None


def test_the_next_period_is_paid_once_and_nothing_before_it(town):
    paid(town.persons["old_man"], APRIL)
    take_over()
    assert actions.periods_due(day=dt.date(2026, 4, 30), by=SYSTEM, at=AT).ordered == 0
    assert actions.periods_due(day=dt.date(2026, 5, 6), by=SYSTEM, at=AT).ordered == 1
    assert list(Period.objects.values_list("period", "amount")) == [("2026-05", 30000)]


def test_a_period_that_the_register_holds_is_not_paid_again(town):
    paid(town.persons["old_man"], dt.date(2026, 5, 2))
    take_over(from_on=dt.date(2026, 5, 6))
    assert Case.objects.get().stands_from == dt.date(2026, 6, 1)


def test_who_is_no_longer_entitled_is_reviewed_by_a_person_and_not_paid(town):
    paid(town.persons["neighbour"], APRIL)
    assert take_over() == 1
    done = actions.periods_due(day=dt.date(2026, 5, 6), by=SYSTEM, at=AT)
    assert (done.ordered, done.reviewed) == (0, 1)
    assert Case.objects.get().state == "review"


def test_who_was_paid_too_long_ago_or_only_by_mistake_does_not_stand(town):
    old, neighbour = town.persons["old_man"], town.persons["neighbour"]
    paid(old, dt.date(2026, 1, 20))
    paid(neighbour, APRIL)
    register.reverse(sources=[f"{SERVICE}-{APRIL}-{neighbour.pk}"], by=SYSTEM, at=AT, reason="mistake")
    assert take_over() == 0


def test_who_stands_is_not_left_out(town):
    from lianxin.catalogue import actions as catalogue

    paid(town.persons["old_man"], APRIL)
    take_over()
    catalogue.match(as_of=dt.date(2026, 5, 6), by=SYSTEM, at=AT, services=[SERVICE])
    assert gaps(over("4199"), day=dt.date(2026, 5, 6), service=SERVICE) == []
    assert Case.objects.filter(service=SERVICE).count() == 1


@pytest.mark.parametrize("service", ["preferential-card", "household-help", "nobody-knows"])
def test_only_what_is_paid_by_the_period_can_stand(town, service):
    with pytest.raises(Unfit):
        take_over(service=service)


def test_a_pension_that_looks_at_a_fact_of_the_citys_own_is_judged_each_month(town):
    """Nursing asks for a fact of ``attributes.yaml``; the file has no such row, and its declared value counts."""
    old = town.persons["old_man"]
    write(
        people.Standing(
            person=old, code="disabled_soldier", grade=2, cause="war", valid_from=dt.date(1970, 1, 1), recorded_at=AT
        )
    )
    paid(old, APRIL, service="nursing")
    assert take_over(service="nursing") == 1
    assert actions.periods_due(day=dt.date(2026, 5, 6), by=SYSTEM, at=AT).ordered == 1
    assert Period.objects.get().amount == 320_000
