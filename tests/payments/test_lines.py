"""Lines owed: one for each case and period, accrued once."""

from __future__ import annotations

import pytest

from lianxin.engine.refusal import Refusal
from lianxin.payments import queries
from lianxin.payments.models import Line, Posting, Transaction
from tests.payments import town


@pytest.mark.django_db
def test_owe_makes_one_line_for_each_case_and_period() -> None:
    due = town.cases(town.people(3))
    first = town.owe(due)
    again = town.owe(due)
    other = town.owe(due[:1], period="2026-12")
    assert [one.state for one in first] == ["underway"] * 3
    assert [one.source for one in again] == [one.source for one in first]
    assert [one.fresh for one in first + again + other] == [True] * 3 + [False] * 3 + [True]
    assert Line.objects.count() == 4
    assert Posting.objects.filter(account=f"payable:{town.SERVICE}").count() == 4
    assert Transaction.objects.count() == 2
    assert queries.verify_books().broken == ""


@pytest.mark.django_db
def test_owe_twice_in_one_call_makes_one_line() -> None:
    due = town.cases(town.people(1))
    town.owe(due + due)
    assert Line.objects.count() == 1
    assert queries.verify_books().broken == ""


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"person": None}, {"amount": None}, {"amount": -1}])
def test_owe_without_payee_or_amount_is_refused(wrong: dict[str, object]) -> None:
    due = town.cases(town.people(2))
    with pytest.raises(Refusal):
        town.owe(due, **wrong)
    assert not Line.objects.exists()


@pytest.mark.django_db
def test_owe_of_nothing_is_done_at_once() -> None:
    [told] = town.owe(town.cases(town.people(1)), amount=0)
    assert told.state == "done"
    assert not Line.objects.exists()
