"""A first account is used once a second person has seen it; a changed one cools off. Digits may be typed in full width."""

import datetime as dt

import pytest

from lianxin.people import actions, queries
from lianxin.people.models import BankAccount
from tests.people.files import AT, CLERK, COLLEAGUE, person

pytestmark = pytest.mark.django_db
NUMBER = "６２２２000000001234"


def enter(one, number, at):
    pk = actions.change_account(
        person=one.pk, bank="澄川银行", number=number, holder=one.name, paper="银行卡", by=CLERK, at=at
    )
    actions.verify_account(account=pk, by=COLLEAGUE, at=at)
    return BankAccount.objects.filter(person=one, superseded_at__isnull=True).get()


def test_the_first_is_used_at_once_and_the_next_cools_off(settings):
    settings.COOLING_OFF_DAYS = 3
    one = person(1)
    assert enter(one, NUMBER, AT).usable_from == AT.date()
    assert queries.usable_accounts([one.pk], AT.date()).keys() == {one.pk}
    later = AT + dt.timedelta(days=30)
    changed = enter(one, "6222000000009999", later)
    assert changed.usable_from == later.date() + dt.timedelta(days=3)
