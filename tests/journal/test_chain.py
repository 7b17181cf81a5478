"""The chain holds while nobody touches it, and breaks when somebody does."""

import datetime as dt

import pytest

from lianxin.access import actions as access
from lianxin.access.models import Account, Area, Grant
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal.models import Entry
from lianxin.journal.queries import verify

AT = dt.datetime(2026, 5, 6, 1, 2, 3, tzinfo=dt.UTC)
SYSTEM = Actor()


@pytest.fixture
def grants(db):
    access.add_areas(areas=[("4199", "澄川市", "Chengchuan")], by=SYSTEM, at=AT)
    accounts = access.open_accounts(
        accounts=[(Account(username=f"a{number}", name="甲"), "") for number in range(3)], by=SYSTEM, at=AT
    )
    return access.give_roles(
        grants=[Grant(account=account, role="auditor", area="4199") for account in accounts], by=SYSTEM, at=AT
    )


def test_chain_holds_after_adding_and_superseding(grants):
    access.end_roles(grants=[grants[0].pk], by=SYSTEM, at=AT)
    found = verify()
    assert (found.broken, found.because) == (None, "")
    assert found.entries == Entry.objects.count() == 4
    assert found.rows == 4


@pytest.mark.parametrize("change", ["edit", "delete", "add", "entry", "drop-entry"])
def test_chain_breaks_when_a_row_is_touched(grants, change):
    if change == "edit":
        Grant.objects.filter(pk=grants[1].pk).update(role="leader")
    elif change == "delete":
        Grant.objects.filter(pk=grants[1].pk).delete()
    elif change == "add":
        Grant.objects.create(
            account=grants[1].account, role="auditor", area="4199", recorded_at=AT, entry_id=grants[1].entry_id
        )
    elif change == "entry":
        Entry.objects.filter(action="access.grant").update(by_name="somebody else")
    else:
        Entry.objects.filter(action="access.grant")._raw_delete("default")
    assert verify().broken is not None


def test_loaded_and_added_rows_have_one_digest(grants):
    account = Account.objects.get(username="a0")
    columns = ["account_id", "role", "area", "desk", "service", "valid_from", "valid_to", "recorded_at", "paper"]
    row = (account.pk, "auditor", "4199", "", "", AT.date(), None, AT, "")
    with journal.entry(action="test.load", by=SYSTEM, at=AT) as writing:
        writing.load(Grant, columns, [row])
    loaded = Entry.objects.order_by("-link").first()
    with journal.entry(action="test.add", by=SYSTEM, at=AT) as writing:
        writing.add([Grant(account=account, role="auditor", area="4199", valid_from=AT.date(), recorded_at=AT)])
    added = Entry.objects.order_by("-link").first()
    assert loaded.rows == added.rows
    assert verify().broken is None


def test_failure_inside_an_entry_leaves_nothing(grants):
    before = Entry.objects.count()
    with pytest.raises(RuntimeError), journal.entry(action="test", by=SYSTEM, at=AT) as writing:
        writing.add([Grant(account=grants[0].account, role="leader", area="4199", recorded_at=AT)])
        raise RuntimeError
    assert Entry.objects.count() == before
    assert not Grant.objects.filter(role="leader").exists()
    assert Area.objects.count() == 1
