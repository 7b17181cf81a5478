"""Bank accounts in a ledger: no money goes where only one pair of hands has pointed."""

import datetime as dt

import pytest

from lianxin.access import behind
from lianxin.access.models import Account, Behind, Office
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over
from lianxin.journal.queries import verify
from lianxin.people import actions, queries, verifying
from lianxin.people.models import BankAccount, Person
from tests.factories.access import identity
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


def again(run, by, *wrong, account="6222000000001234", at=LATER):
    """Every number typed again, as the papers say them; those of ``wrong`` mistyped."""
    said = {pk: account if holder == FAMILY[0]["姓名"] else "6222000000004321" for pk, _, holder, _ in
            verifying.some_waiting(by, run)}  # fmt: skip
    return verifying.verify_typed(run=run, numbers=said | dict.fromkeys(wrong, "6222 0000 0000 0000"), by=by, at=at)


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
        again(run, clerk)
    Behind.objects.bulk_create([Behind(account_id=one.account, person=Person.objects.first().pk, recorded_at=AT, entry_id=1)
                                for one in (clerk, other)])  # fmt: skip
    with pytest.raises(Refusal):
        again(run, other)
    Behind.objects.all().delete()
    elsewhere = Actor(account=colleague.account, area="419902", scope=over("419902"), permissions=MAY)
    assert again(run, elsewhere).verified == 0
    assert len(verifying.some_waiting(colleague, run)) == 2
    assert again(run, colleague).verified == 2
    assert (usable(), again(run, colleague).verified) == (2, 0)
    assert verify().broken is None


def test_an_account_entered_since_is_neither_ended_nor_verified_by_the_ledgers(home):
    clerk, colleague, _ = hands()
    run = actions.import_people(path=ledger(home), by=clerk, at=AT).run
    one = verifying.some_waiting(colleague, run)[0]
    entered = actions.change_account(person=one[1], bank="澄川银行", number="6222000000007777", holder=one[2], paper="银行卡",
                                     by=clerk, at=AT + dt.timedelta(hours=1))  # fmt: skip
    assert again(run, colleague).verified == 1
    kept = BankAccount.objects.get(pk=entered)
    assert (kept.superseded_at, kept.verified) == (None, False)
    assert queries.usable_accounts([one[1]], DAY) == {}
    assert verify().broken is None


def test_a_changed_one_cools_off(home, settings):
    settings.COOLING_OFF_DAYS = 3
    load(ledger(home))  # at the machine, with the bureau's word
    assert usable() == 2
    clerk, colleague, _ = hands()
    run = actions.import_people(path=ledger(home, "b", "6222000000009999"), by=clerk, at=LATER).run
    assert again(run, colleague, account="6222000000009999").verified == 1
    assert (usable(), usable(DAY + dt.timedelta(days=3))) == (1, 2)
    assert BankAccount.objects.filter(person__id_mark__isnull=False, superseded_at__isnull=True).count() == 2


def test_what_was_verified_since_stays_when_the_import_is_taken_back(home):
    clerk, colleague, _ = hands()
    run = actions.import_people(path=ledger(home), by=clerk, at=AT).run
    again(run, colleague)
    assert len(actions.undo_import(run=run, by=clerk, at=LATER).kept) == 2
    assert (usable(), verify().broken) == (2, None)


def test_only_a_number_that_was_said_again_is_verified(home):
    clerk, colleague, _ = hands()
    run = actions.import_people(path=ledger(home), by=clerk, at=AT).run
    first, second = (row[0] for row in verifying.some_waiting(colleague, run))
    assert verifying.verify_typed(run=run, numbers={}, by=colleague, at=LATER) == verifying.Compared(0, (), 2)
    assert again(run, colleague, second) == verifying.Compared(1, (second,), 0)
    assert [row[0] for row in verifying.some_waiting(colleague, run)] == [second]
    assert (usable(), BankAccount.objects.filter(pk=first, superseded_at=None).exists()) == (1, False)


def test_a_banks_list_verifies_what_agrees_row_by_row_and_the_loaded_file_is_no_second_list(home):
    clerk, colleague, _ = hands()
    loaded = ledger(home)
    run = actions.import_people(path=loaded, by=clerk, at=AT).run
    with pytest.raises(Refusal, match="盖章"):
        verifying.verify_listed(run=run, path=loaded, by=colleague, at=LATER)
    stamped = [{"姓名": one["姓名"], "身份证号": one["身份证号"], "开户银行": "澄川银行", "银行账号": number}
               for one, number in zip(FAMILY, ("6222000000001234", "6222000000004329"), strict=False)]  # fmt: skip
    bank = as_csv(home / "bank.csv", stamped)
    with pytest.raises(Refusal):
        verifying.verify_listed(run=run, path=bank, by=clerk, at=LATER)
    done = verifying.verify_listed(run=run, path=bank, by=colleague, at=LATER)
    assert (done.verified, len(done.differs), done.unsaid, usable()) == (1, 1, 0, 1)
    assert verify().broken is None


def test_an_account_that_names_nobody_enters_and_nobody_is_second_until_both_are_named(home):
    clerk, colleague, _ = hands()
    office = Office.objects.create(name="甲站", kind="station", level="county", area_id="419901")
    Account.objects.filter(pk__in=[clerk.account, colleague.account]).update(office=office)
    run = actions.import_people(path=ledger(home), by=clerk, at=AT).run
    with pytest.raises(Refusal, match="没有登记本人"):
        again(run, colleague)
    behind.name(account=Account.objects.get(pk=colleague.account), number=identity(1), by=clerk, at=AT)
    with pytest.raises(Refusal, match="前一位"):
        again(run, colleague)
    behind.name(account=Account.objects.get(pk=clerk.account), number=identity(2), by=colleague, at=AT)
    assert again(run, colleague).verified == 2


def test_one_person_without_a_file_is_met_by_their_number_and_by_the_file_that_comes_later(home):
    clerk, colleague, _ = hands()
    number = FAMILY[0]["身份证号"]
    for one in (clerk, colleague):
        behind.name(account=Account.objects.get(pk=one.account), number=number, by=clerk, at=AT)
    run = actions.import_people(path=ledger(home), by=clerk, at=AT).run  # it brings the file of that number
    with pytest.raises(Refusal):
        again(run, colleague)
    behind.name(account=Account.objects.get(pk=colleague.account), person=Person.objects.get(name=FAMILY[0]["姓名"]).pk,
                by=clerk, at=AT)  # fmt: skip
    with pytest.raises(Refusal):
        again(run, colleague)
    assert not any(number.encode() in bytes(row.number_mark or b"") + bytes(row.number_sealed or b"")
                   for row in Behind.objects.all())  # fmt: skip
