"""Three hands are three people: not one under several accounts, not over files that are one person's."""

import pytest

from lianxin.access import behind
from lianxin.access.models import Account
from lianxin.engine.refusal import Refusal
from lianxin.payments import actions
from lianxin.payments.models import Batch, Line
from lianxin.people import filing
from lianxin.people.models import BankAccount, Person
from tests.factories.access import identity
from tests.payments import town
from tests.payments.town import AT, CHECKER, CITY, SERVICE, hand

pytestmark = pytest.mark.django_db


def account(name, person):
    return Account.objects.create(username=name, name=name, person=person.pk).pk


def one_person_twice():
    """Two accounts of two files that turned out to be one person's."""
    Account.objects.bulk_create([Account(username=f"hand {n}", name="甲") for n in range(3)])  # the three hands' own
    one, other = town.people(2)
    found = account("first", one), account("second", other)
    Person.objects.filter(pk=other.pk).update(survivor=one, merged_at=AT)
    return found


def test_somebody_who_comes_back_under_another_account_signs_nothing_twice():
    before, since = one_person_twice()
    [payee] = town.people(1, first=3)
    town.owe(town.cases([payee]))
    made = actions.make_batch(service=SERVICE, area=CITY, by=hand("maker", before), at=AT)
    with pytest.raises(Refusal, match="three different people"):
        actions.check_batch(batch=made.id, by=hand("checker", since), at=AT)
    actions.check_batch(batch=made.id, by=CHECKER, at=AT)
    with pytest.raises(Refusal, match="three different people"):
        actions.approve_batch(batch=made.id, by=hand("approver", since), at=AT)
    assert Batch.objects.get().state == "checked"


def test_whoever_entered_an_account_neither_verifies_it_nor_signs_for_it_under_another_name():
    first, second = one_person_twice()
    [payee] = town.people(1, first=3)
    entry = BankAccount.objects.filter(person=payee).order_by("pk").last().entry
    type(entry).objects.filter(pk=entry.pk).update(by_account=first)
    town.owe(town.cases([payee]))
    batch = actions.make_batch(service=SERVICE, area=CITY, by=town.MAKER, at=AT)
    with pytest.raises(Refusal, match="entered or verified"):
        actions.check_batch(batch=batch.id, by=hand("checker", second), at=AT)
    BankAccount.objects.filter(person=payee).update(verified=False)
    clerk = hand("checker", second)
    clerk = type(clerk)(account=second, area=CITY, permissions=frozenset({"people.edit"}), scope=clerk.scope)
    with pytest.raises(Refusal, match="may not verify"):
        filing.verify_account(account=BankAccount.objects.filter(person=payee).latest("pk").pk, by=clerk, at=AT)


def test_a_line_of_a_sealed_service_is_there_for_its_own_list_alone():
    payee = town.people(1)[0]
    town.owe(town.cases([payee]))
    Line.objects.update(sealed=True)
    listed = hand("checker", 2)
    others = type(listed)(account=2, area=CITY, permissions=listed.permissions,
                          scope=type(listed.scope)("area", (CITY,), sealed=frozenset({"rights-case"})))  # fmt: skip
    assert actions.cancel_lines(lines=[Line.objects.get().pk], reason="甲乙丙", by=others, at=AT) == 0


def test_two_staff_accounts_that_name_one_person_are_one_pair_of_hands():
    """The keeper of accounts named the person behind both; neither account is a resident's."""
    Account.objects.bulk_create([Account(username=f"hand {n}", name="甲") for n in range(3)])
    [one, payee] = town.people(2)
    first, second = (Account.objects.create(username=name, name=name) for name in ("first", "second"))
    for each in (first, second):
        behind.name(account=each, person=one.pk, by=town.SYSTEM, at=AT)
    town.owe(town.cases([payee]))
    made = actions.make_batch(service=SERVICE, area=CITY, by=hand("maker", first.pk), at=AT)
    with pytest.raises(Refusal, match="three different people"):
        actions.check_batch(batch=made.id, by=hand("checker", second.pk), at=AT)
    behind.name(account=second, number=identity(2), by=town.SYSTEM, at=AT)
    assert actions.check_batch(batch=made.id, by=hand("checker", second.pk), at=AT).state == "checked"
