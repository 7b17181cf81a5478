"""The walk names the first entry or row that does not hold, and published checkpoints hold it to what it was."""

import datetime as dt
import json
import shutil
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianxin.access import actions as access
from lianxin.access.models import Account, Grant
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import checkpoints
from lianxin.journal.models import Checkpoint, Entry, Head
from lianxin.journal.queries import verify

AT = dt.datetime(2026, 5, 6, 1, 2, 3, tzinfo=dt.UTC)
SYSTEM = Actor()


@pytest.fixture
def grants(db):
    access.add_areas(areas=[("4199", "澄川市", "Chengchuan")], by=SYSTEM, at=AT)
    accounts = access.open_accounts(
        accounts=[(Account(username=f"a{number}", name="甲"), "") for number in range(8)], by=SYSTEM, at=AT
    )
    made = access.give_roles(
        grants=[Grant(account=account, role="auditor", area="4199") for account in accounts], by=SYSTEM, at=AT
    )
    access.end_roles(grants=[made[5].pk], by=SYSTEM, at=AT)
    return made


def test_an_altered_row_is_named(grants):
    Grant.objects.filter(pk=grants[3].pk).update(role="leader")
    found = verify()
    assert (found.because, found.what, found.row) == ("access.grant", "altered", grants[3].pk)
    assert found.broken == grants[3].entry_id
    assert found.link == Entry.objects.get(pk=found.broken).link


def test_a_deleted_row_is_said_to_be_missing(grants):
    Grant.objects.filter(pk=grants[3].pk).delete()
    found = verify()
    assert (found.because, found.what, found.broken) == ("access.grant", "missing", grants[3].entry_id)


def test_a_row_slipped_in_is_named(grants):
    extra = Grant.objects.create(account=grants[1].account, role="auditor", area="4199", recorded_at=AT,
                                 entry_id=grants[1].entry_id)  # fmt: skip
    assert (verify().what, verify().row) == ("added", extra.pk)


def test_a_row_under_an_entry_that_never_wrote_such_is_named(grants):
    other = Entry.objects.filter(action="access.areas").get()
    extra = Grant.objects.create(
        account=grants[1].account, role="auditor", area="4199", recorded_at=AT, entry_id=other.pk
    )
    found = verify()
    assert (found.broken, found.what, found.row) == (other.pk, "added", extra.pk)


def test_the_only_row_of_an_entry_is_named(grants):
    Grant.objects.filter(pk=grants[5].pk).update(superseded_by=None)
    found = verify()
    assert (found.because, found.what) == ("access.grant", "missing")
    assert Entry.objects.get(pk=found.broken).action == "access.end"


def test_a_missing_entry_is_named_by_its_place(grants):
    gone = Entry.objects.get(action="access.accounts")
    place = gone.link
    gone.delete()
    assert (verify().because, verify().link) == ("gone", place)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(
    st.integers(0, 7),
    st.sampled_from(["role", "area", "desk", "service", "paper"]),
    st.text("abc", min_size=1, max_size=8),
)
def test_whichever_row_and_column_is_touched_that_row_is_named(grants, place, column, value):
    row = Grant.objects.get(pk=grants[place].pk)
    was = getattr(row, column)
    Grant.objects.filter(pk=row.pk).update(**{column: value})
    assert verify().row == row.pk
    Grant.objects.filter(pk=row.pk).update(**{column: was})
    assert verify().broken is None


def test_one_checkpoint_a_day_signed_and_chained(grants):
    first = checkpoints.seal(at=AT)
    assert checkpoints.seal(at=AT + dt.timedelta(hours=3)).pk == first.pk
    access.end_roles(grants=[grants[0].pk], by=SYSTEM, at=AT)
    second = checkpoints.seal(at=AT + dt.timedelta(days=1))
    said = json.loads(second.line)
    assert (said["link"], said["day"]) == (Head.objects.get().length, "2026-05-07")
    assert said["before"] and said["before"] != json.loads(first.line)["before"]
    assert verify(checkpoints.lines()).broken is None


def test_history_rewritten_with_all_its_hashes_is_caught_by_a_published_checkpoint(grants):
    published = [checkpoints.seal(at=AT).line]
    rewrite()
    assert verify().because == "checkpoint"  # one that is kept beside the chain tells too
    Checkpoint.objects.all().delete()
    assert verify().broken is None  # the chain alone cannot tell
    found = verify(published)
    assert found.because == "checkpoint"


@pytest.mark.parametrize("how", ["altered", "emptied", "signed by another", "taken out"])
def test_a_kept_checkpoint_that_was_touched_is_named(grants, how, settings):
    first = checkpoints.seal(at=AT)
    access.end_roles(grants=[grants[0].pk], by=SYSTEM, at=AT)
    second = checkpoints.seal(at=AT + dt.timedelta(days=1))
    assert verify().broken is None
    touched = second
    if how == "altered":
        Checkpoint.objects.filter(pk=first.pk).update(line=first.line.replace("2026-05-06", "2026-05-05"))
        touched = first
    elif how == "emptied":
        Checkpoint.objects.filter(pk=second.pk).update(line="{}")
    elif how == "signed by another":
        own, settings.KEYS = settings.KEYS, settings.KEYS | {"pseudonym": "ab" * 32}
        Checkpoint.objects.filter(pk=second.pk).delete()
        touched = checkpoints.seal(at=AT + dt.timedelta(days=1))
        settings.KEYS = own
    else:
        Checkpoint.objects.filter(pk=first.pk).delete()
    found = verify()
    assert (found.because, found.link) == ("checkpoint", touched.link)


def rewrite():
    """Somebody with the whole database changes an old entry and makes every later hash anew."""
    from lianxin.journal.actions import link_hash

    previous = ""
    for entry in Entry.objects.order_by("link"):
        if entry.action == "access.accounts":
            entry.by_name = "somebody else"
        entry.previous = previous
        entry.hash = link_hash(entry)
        entry.save()
        previous = entry.hash
    Head.objects.update(hash=previous)


def test_a_chain_cut_short_is_caught_by_a_published_checkpoint(grants):
    published = [checkpoints.seal(at=AT).line]
    last = Entry.objects.order_by("-link").first()
    Grant.objects.filter(superseded_by=last.pk).update(superseded_by=None, superseded_at=None)
    last.delete()
    newest = Entry.objects.order_by("-link").first()
    Head.objects.update(hash=newest.hash, length=newest.link)
    assert verify().because == "checkpoint"
    Checkpoint.objects.all().delete()
    assert verify().broken is None
    assert verify(published).because == "checkpoint"


@pytest.mark.parametrize("change", [{"link": 1}, {"hash": "0" * 64}, {"day": "2026-05-05"}, {"key": "1" * 64}])
def test_a_forged_checkpoint_does_not_count(grants, change):
    line = json.dumps({**json.loads(checkpoints.seal(at=AT).line), **change})
    assert verify([line]).because == "checkpoint"


@pytest.mark.parametrize("line", ["{}", "null", "x", '{"signature": 1}', "[1]"])
def test_what_is_no_checkpoint_is_refused(db, line):
    with pytest.raises(Refusal):
        checkpoints.read(line)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_another_program_accepts_the_signature(grants, tmp_path):
    given = json.loads(checkpoints.seal(at=AT).line)
    signature = bytes.fromhex(given.pop("signature"))
    der = bytes.fromhex("302a300506032b6570032100") + bytes.fromhex(given["key"])  # RFC 8410
    (tmp_path / "key.der").write_bytes(der)
    (tmp_path / "said").write_bytes(
        json.dumps(given, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    )
    (tmp_path / "signature").write_bytes(signature)
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", tmp_path / "key.der", "-keyform", "DER", "-rawin",
               "-in", tmp_path / "said", "-sigfile", tmp_path / "signature"]  # fmt: skip
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_an_empty_journal_has_no_checkpoint(db):
    assert checkpoints.seal(at=AT) is None
    assert not Checkpoint.objects.exists()
