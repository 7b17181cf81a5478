"""Batches: who goes, who waits, three hands, back and forth."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from lianxin.access.permissions import Refused
from lianxin.engine.refusal import Refusal
from lianxin.journal import actions as journal
from lianxin.payments import actions, queries
from lianxin.payments.models import Batch, Line
from lianxin.people.models import BankAccount, Person, Suspension
from tests.payments import town
from tests.payments.town import APPROVER, AT, CHECKER, CITY, MAKER, SERVICE

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 23)


def test_make_batch_gathers_payable_lines_and_names_the_others() -> None:
    good, dead, stopped, bare, unverified, cooling, other = town.people(7)
    Person.objects.filter(pk=dead.pk).update(died_on=dt.date(2026, 11, 1))
    with journal.entry(action="notice", by=town.SYSTEM, at=AT) as writer:
        writer.add([Suspension(person=stopped, state="suspended", recorded_at=AT)])
    BankAccount.objects.filter(person=bare).update(superseded_at=AT)
    BankAccount.objects.filter(person=unverified).update(verified=False)
    town.give_account(cooling, usable_from=dt.date(2026, 11, 30))
    BankAccount.objects.filter(person=other).update(holder="王某")
    town.owe(town.cases([good, dead, stopped, bare, unverified, cooling, other]))
    made = actions.make_batch(service=SERVICE, area=CITY, by=MAKER, at=AT)
    assert (made.count, made.total) == (1, 90000)
    assert made.waiting == {"dead": 1, "suspended": 1, "no-account": 1, "unverified": 1, "cooling": 1, "holder": 1}
    listed = queries.waiting(MAKER.scope, DAY, service=SERVICE)
    assert [code for _, code in listed] == ["dead", "suspended", "no-account", "unverified", "cooling", "holder"]
    with pytest.raises(Refusal, match="6"):
        actions.make_batch(service=SERVICE, area=CITY, by=MAKER, at=AT)


def test_make_batch_finds_the_same_person_and_period_in_another_county() -> None:
    [one] = town.people(1)
    first, second = town.cases([one]) + town.cases([one])
    town.owe([first])
    town.owe([second], area="419902001001")
    made = actions.make_batch(service=SERVICE, area=CITY, by=MAKER, at=AT)
    assert (made.count, made.waiting) == (1, {"duplicate": 1})
    line = Line.objects.get(state="due")
    actions.clear_duplicate(line=line.pk, reason="two children, two claims", by=CHECKER, at=AT)
    assert actions.make_batch(service=SERVICE, area="419902", by=MAKER, at=AT).count == 1


def test_make_batch_finds_duplicates_across_merged_files() -> None:
    kept, merged = town.people(2)
    BankAccount.objects.filter(person=kept).update(holder=merged.name)
    Person.objects.filter(pk=kept.pk).update(name=merged.name)
    town.owe(town.cases([kept, merged]))
    Person.objects.filter(pk=merged.pk).update(survivor=kept)
    made = actions.make_batch(service=SERVICE, area=CITY, by=MAKER, at=AT)
    assert (made.count, made.waiting) == (1, {"duplicate": 1})


def test_three_hands_are_three_people() -> None:
    town.owe(town.cases(town.people(2)))
    everyone = town.hand("all", 1)
    made = actions.make_batch(service=SERVICE, area=CITY, by=everyone, at=AT)
    with pytest.raises(Refusal, match="three different"):
        actions.check_batch(batch=made.id, by=everyone, at=AT)
    actions.check_batch(batch=made.id, by=town.hand("all", 2), at=AT)
    for account in (1, 2):
        with pytest.raises(Refusal, match="three different"):
            actions.approve_batch(batch=made.id, by=town.hand("all", account), at=AT)
    assert actions.approve_batch(batch=made.id, by=town.hand("all", 3), at=AT).state == "approved"


@pytest.mark.parametrize(
    "wrong",
    [{"checker": 1}, {"checker": 2, "approver": 1}, {"checker": 2, "approver": 2}, {"approver": 3},
     {"state": "approved"}, {"state": "sent", "checker": 2}],
)  # fmt: skip
def test_the_database_itself_refuses_two_hands_of_one_person(wrong: dict[str, object]) -> None:
    town.owe(town.cases(town.people(1)))
    made = actions.make_batch(service=SERVICE, area=CITY, by=MAKER, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Batch.objects.filter(pk=made.id).update(**wrong)


def test_who_entered_an_account_does_not_sign_for_it() -> None:
    people = town.people(2)
    with journal.entry(action="account", by=CHECKER, at=AT) as writer:
        account = BankAccount.objects.filter(person=people[0]).get()
        account.pk = None
        writer.add([account])
    town.owe(town.cases(people))
    made = actions.make_batch(service=SERVICE, area=CITY, by=MAKER, at=AT)
    with pytest.raises(Refusal, match="another must sign"):
        actions.check_batch(batch=made.id, by=CHECKER, at=AT)
    actions.check_batch(batch=made.id, by=town.hand("checker", 9), at=AT)


def test_acts_need_their_permission_and_area() -> None:
    town.owe(town.cases(town.people(1)))
    for wrong in (CHECKER, town.hand("maker", 1, area="419902")):
        with pytest.raises(Refused):
            actions.make_batch(service=SERVICE, area=CITY, by=wrong, at=AT)
    made = actions.make_batch(service=SERVICE, area=CITY, by=MAKER, at=AT)
    with pytest.raises(Refused):
        actions.approve_batch(batch=made.id, by=CHECKER, at=AT)
    with pytest.raises(Refusal, match="no such batch"):
        actions.check_batch(batch=made.id, by=town.hand("checker", 2, area="419901"), at=AT)
    assert queries.batch(town.hand("checker", 2, area="419901").scope, made.id, DAY) is None


def test_a_death_after_making_stops_the_signature_until_the_line_is_out() -> None:
    people = town.people(3)
    town.owe(town.cases(people))
    made = actions.make_batch(service=SERVICE, area=CITY, by=MAKER, at=AT)
    Person.objects.filter(pk=people[1].pk).update(died_on=DAY)
    town.give_account(people[2])
    with pytest.raises(Refusal, match="2 lines can no longer"):
        actions.check_batch(batch=made.id, by=CHECKER, at=AT)
    view = queries.batch(CHECKER.scope, made.id, DAY)
    assert view is not None
    assert [code for _, code in view.faults] == ["dead", "changed"]
    actions.return_batch(batch=made.id, reason="look at two payees", by=CHECKER, at=AT)
    out = [row.id for row, _ in view.faults]
    assert actions.take_out(batch=made.id, lines=out, reason="as said", by=MAKER, at=AT).count == 1
    actions.resubmit_batch(batch=made.id, by=MAKER, at=AT)
    actions.check_batch(batch=made.id, by=CHECKER, at=AT)
    assert actions.approve_batch(batch=made.id, by=APPROVER, at=AT).total == 90000
    assert set(Line.objects.filter(pk__in=out).values_list("state", flat=True)) == {"due"}
    assert queries.verify_books().broken == ""


def test_cancel_gives_all_lines_back() -> None:
    town.owe(town.cases(town.people(2)))
    made = actions.make_batch(service=SERVICE, area=CITY, by=MAKER, at=AT)
    actions.check_batch(batch=made.id, by=CHECKER, at=AT)
    actions.cancel_batch(batch=made.id, reason="wrong month", by=MAKER, at=AT)
    assert Line.objects.filter(state="due").count() == 2
    assert actions.make_batch(service=SERVICE, area=CITY, by=MAKER, at=AT).count == 2
    with pytest.raises(Refusal, match="moved on"):
        actions.approve_batch(batch=made.id, by=APPROVER, at=AT)
    assert queries.verify_books().broken == ""


def test_a_second_click_changes_nothing() -> None:
    town.owe(town.cases(town.people(1)))
    made = actions.make_batch(service=SERVICE, area=CITY, by=MAKER, at=AT)
    actions.check_batch(batch=made.id, by=CHECKER, at=AT)
    first = actions.approve_batch(batch=made.id, by=APPROVER, at=AT)
    again = actions.approve_batch(batch=made.id, by=APPROVER, at=AT + dt.timedelta(minutes=1))
    assert again.approved_at == first.approved_at


def test_cancelled_lines_leave_the_books() -> None:
    town.owe(town.cases(town.people(2)))
    line = Line.objects.order_by("pk")[0]
    assert actions.cancel_lines(lines=[line.pk], reason="decision taken back", by=CHECKER, at=AT) == 1
    assert actions.cancel_lines(lines=[line.pk], reason="decision taken back", by=CHECKER, at=AT) == 0
    assert queries.verify_books().broken == ""
    assert actions.make_batch(service=SERVICE, area=CITY, by=MAKER, at=AT).count == 1
