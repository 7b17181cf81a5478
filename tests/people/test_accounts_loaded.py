"""Bank accounts in a ledger: no money goes where only one pair of hands has pointed."""

import datetime as dt

import pytest

from lianxin.access.models import Account, Behind
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over
from lianxin.journal.queries import verify
from lianxin.people import actions, queries, verifying
from lianxin.people.models import BankAccount, Person
from tests.people.ledgers import AT, FAMILY, areas, as_csv, load

pytestmark = pytest.mark.django_db
MAY = frozenset({"people.import", "people.edit"})
LATER = AT + dt.timedelta(days=30)
DAY = LATER.date()


def hand(account):
    return Actor(account=account, name="周", area="419901", scope=over("419901"), permissions=MAY)


@pytest.fixture
def home(tmp_path):
    areas()
    Account.objects.bulk_create([Account(username=f"a{number}", name="甲") for number in range(3)])
    return tmp_path


def hands():
    return [hand(pk) for pk in Account.objects.order_by("pk").values_list("pk", flat=True)]


def ledger(home, name="a", account="6222000000001234"):
    rows = [
        {**FAMILY[0], "银行账号": account},
        {**FAMILY[1], "开户银行": "澄川银行", "银行账号": "6222000000004321", "账户已核验": "是"},
    ]
    return as_csv(home / f"{name}.csv", rows)


def usable(day=DAY):
    return len(queries.usable_accounts(Person.objects.values_list("pk", flat=True), day))


def test_a_clerks_ledger_brings_no_verified_account_even_when_it_is_sent_again(home):
    clerk = hands()[0]
    actions.import_people(path=ledger(home), by=clerk, at=AT)
    assert list(BankAccount.objects.values_list("verified", flat=True)) == [False, False]
    again = ledger(home, "b")
    again.write_bytes(again.read_bytes() + b"\n")
    actions.import_people(path=again, by=clerk, at=LATER)
    assert not BankAccount.objects.filter(verified=True).exists()
    assert usable() == 0


def test_a_second_person_verifies_them_together_and_the_first_does_not(home):
    clerk, colleague, other = hands()
    run = actions.import_people(path=ledger(home), by=clerk, at=AT).run
    assert (verifying.may_verify(clerk, run), verifying.may_verify(colleague, run)) == (False, True)
    with pytest.raises(Refusal):
        verifying.verify_loaded(run=run, by=clerk, at=LATER)
    Behind.objects.bulk_create([Behind(account_id=one.account, person=Person.objects.first().pk, recorded_at=AT, entry_id=1)
                                for one in (clerk, other)])  # fmt: skip
    with pytest.raises(Refusal):
        verifying.verify_loaded(run=run, by=other, at=LATER)
    Behind.objects.all().delete()
    elsewhere = Actor(account=colleague.account, area="419902", scope=over("419902"), permissions=MAY)
    assert verifying.verify_loaded(run=run, by=elsewhere, at=LATER) == 0
    assert len(verifying.some_waiting(colleague, run)) == 2
    assert verifying.verify_loaded(run=run, by=colleague, at=LATER) == 2
    assert (usable(), verifying.verify_loaded(run=run, by=colleague, at=LATER)) == (2, 0)
    assert verify().broken is None


def test_an_account_entered_since_is_neither_ended_nor_verified_by_the_ledgers(home):
    clerk, colleague, _ = hands()
    run = actions.import_people(path=ledger(home), by=clerk, at=AT).run
    one = verifying.some_waiting(colleague, run)[0]
    entered = actions.change_account(person=one[0], bank="澄川银行", number="6222000000007777", holder=one[1], paper="银行卡",
                                     by=clerk, at=AT + dt.timedelta(hours=1))  # fmt: skip
    assert verifying.verify_loaded(run=run, by=colleague, at=LATER) == 1
    kept = BankAccount.objects.get(pk=entered)
    assert (kept.superseded_at, kept.verified) == (None, False)
    assert queries.usable_accounts([one[0]], DAY) == {}
    assert verify().broken is None


def test_a_changed_one_cools_off(home, settings):
    settings.COOLING_OFF_DAYS = 3
    load(ledger(home))  # at the machine, with the bureau's word
    assert usable() == 2
    clerk, colleague, _ = hands()
    run = actions.import_people(path=ledger(home, "b", "6222000000009999"), by=clerk, at=LATER).run
    assert verifying.verify_loaded(run=run, by=colleague, at=LATER) == 1
    assert (usable(), usable(DAY + dt.timedelta(days=3))) == (1, 2)
    assert BankAccount.objects.filter(person__id_mark__isnull=False, superseded_at__isnull=True).count() == 2


def test_what_was_verified_since_stays_when_the_import_is_taken_back(home):
    clerk, colleague, _ = hands()
    run = actions.import_people(path=ledger(home), by=clerk, at=AT).run
    verifying.verify_loaded(run=run, by=colleague, at=LATER)
    assert len(actions.undo_import(run=run, by=clerk, at=LATER).kept) == 2
    assert (usable(), verify().broken) == (2, None)
