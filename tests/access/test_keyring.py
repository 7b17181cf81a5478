"""The key ring: published vectors, a change of keys while the work goes on, and what lost or wrong keys say."""

import datetime as dt
import json

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from lianxin.access import keyring, resealing, seal, sealedfiles
from lianxin.access.models import KeyMark, Rotation
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over
from lianxin.journal import actions as journal
from lianxin.journal.queries import verify
from lianxin.people import queries as people
from lianxin.people.models import BankAccount, Particulars, Person

AT = dt.datetime(2026, 11, 2, 2, 0, tzinfo=dt.UTC)
BY = Actor(permissions=frozenset({"*"}), scope=over("4199"), area="4199")


def number_of(n):
    """An ID number of the unallotted prefix with its check digit (GB 11643)."""
    head = f"41990119900101{n:03d}"
    weights = [pow(2, 17 - place, 11) for place in range(17)]
    return head + "10X98765432"[sum(int(d) * w for d, w in zip(head, weights, strict=True)) % 11]


@pytest.fixture
def ring(tmp_path, settings, monkeypatch):
    """A ring of its own in a file of before, and no waiting for other processes."""
    settings.KEYS_FILE = tmp_path / "keys.json"
    settings.MEDIA_ROOT = tmp_path / "papers"
    settings.KEYS_FILE.write_text(json.dumps({name: settings.KEYS[name] for name in ("django", "seal", "search")}))
    monkeypatch.setattr(keyring, "LOOKS_EVERY", 0.0)
    keyring.ring(fresh=True)
    yield settings.KEYS_FILE
    monkeypatch.setattr(keyring, "_seen", None)


def files(count=5):
    """Persons with an ID number, a phone and an account, one of whose rows was superseded."""
    with journal.entry(action="test", by=BY, at=AT) as writing:
        made = []
        for n in range(count):
            salt, number, phone = seal.salt(), number_of(n), f"139000{n:05d}"
            made.append(Person.objects.create(
                file_number=f"CC9{n:07d}", salt=salt, name="林静好", home="419902001001", entry=writing.id,
                id_mark=seal.mark(number, "id"), phone_mark=seal.mark(phone, "phone")))  # fmt: skip
            writing.add([Particulars(person=made[-1], name="林静好", recorded_at=AT,
                                     id_sealed=seal.seal(number, salt, "id"),
                                     phone_sealed=seal.seal(phone, salt, "phone"))])  # fmt: skip
            writing.add([BankAccount(person=made[-1], bank="甲", number_sealed=seal.seal(f"62220000000{n:05d}", salt, "account"),
                                     number_mark=seal.mark(f"62220000000{n:05d}", "account"), holder="林静好",
                                     recorded_at=AT)])  # fmt: skip
    with journal.entry(action="test", by=BY, at=AT) as writing:
        row = Particulars.objects.first()
        writing.supersede(Particulars, [row.pk], AT)
        row.pk, row._state.adding, row.superseded_at, row.superseded_by = None, True, None, None
        writing.add([row])
    return made


def test_sm4_in_gcm_agrees_with_rfc_8998():
    box = keyring.Sm4Gcm(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
    text = bytes.fromhex("".join(pair * 8 for pair in ("AA", "BB", "CC", "DD", "EE", "FF", "EE", "AA")))
    bound = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    nonce = bytes.fromhex("00001234567800000000ABCD")
    made = box.encrypt(nonce, text, bound)
    assert made.hex().upper() == (
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )
    assert box.decrypt(nonce, made, bound) == text
    with pytest.raises(Exception):  # noqa: B017
        box.decrypt(nonce, made[:-1] + bytes([made[-1] ^ 1]), bound)


@given(st.text(max_size=60), st.sampled_from(keyring.CIPHERS), st.integers(0, 200))
def test_what_is_sealed_opens_and_what_was_altered_does_not(value, cipher, place):
    key = keyring.Key(7, keyring.ACTIVE, cipher, "", "11" * 32, "22" * 32)
    salt, nonce = b"s" * 16, b"n" * 12
    made = key.box(salt).encrypt(nonce, value.encode(), b"id")
    assert key.box(salt).decrypt(nonce, made, b"id").decode() == value
    wrong = bytearray(made)
    wrong[place % len(wrong)] ^= 1
    for broken, bound, other in ((bytes(wrong), b"id", salt), (made, b"phone", salt), (made, b"id", b"t" * 16)):
        with pytest.raises(Exception):  # noqa: B017
            key.box(other).decrypt(nonce, broken, bound)


@pytest.mark.django_db
@pytest.mark.parametrize("cipher", keyring.CIPHERS)
def test_a_key_changes_under_everything_and_the_journal_holds_throughout(
    ring, cipher, monkeypatch, django_capture_on_commit_callbacks
):
    made = files()
    paper = sealedfiles.keep(b"a paper")
    monkeypatch.setattr(resealing, "CHUNK", 2)
    assert verify().broken is None
    found = resealing.begin(cipher=cipher, by=BY, at=AT)
    keyring.activate(found.key)
    Rotation.objects.update(state="sealing")
    steps = 0
    while True:
        with django_capture_on_commit_callbacks(execute=True):
            if not resealing.step(by=BY, at=AT):
                break
        steps += 1
        assert verify().broken is None
        assert [hit.id for hit in people.search(BY.scope, number_of(3))] == [made[3].pk]
        assert sealedfiles.read(paper) == b"a paper"
    assert steps > 5
    key = keyring.ring(fresh=True).active
    assert (key.id, key.cipher) == (2, cipher)
    row = Particulars.objects.filter(person=made[0]).last()
    assert bytes(row.id_sealed)[0] == 2
    assert seal.unseal(row.id_sealed, made[0].salt, "id") == number_of(0)
    assert bytes(Person.objects.get(pk=made[2].pk).id_mark) == seal.mark(number_of(2), "id")
    assert [hit.id for hit in people.search(BY.scope, "13900000003")] == [made[3].pk]
    assert keyring.ring().keys[1].state == keyring.RETIRED
    assert settings.KEYS["seal"] not in ring.read_text()
    assert verify().broken is None


@pytest.mark.django_db(transaction=True)
def test_two_changes_one_after_the_other_and_a_row_touched_between_still_verify(ring):
    files(3)
    for cipher in ("SM4-GCM", "AES-256-GCM"):
        resealing.run(cipher=cipher, by=BY)
        with journal.entry(action="test", by=BY, at=AT) as writing:
            writing.supersede(
                BankAccount, list(BankAccount.objects.filter(superseded_at=None).values_list("pk", flat=True)[:1]), AT
            )
    assert keyring.ring(fresh=True).active.id == 3
    assert verify().broken is None


@pytest.mark.django_db
def test_a_row_altered_after_it_was_sealed_anew_is_named(ring):
    files(3)
    resealing.run(cipher="SM4-GCM", by=BY)
    row = BankAccount.objects.last()
    BankAccount.objects.filter(pk=row.pk).update(bank="乙")
    found = verify()
    assert (found.because, found.what, found.row) == ("people.bankaccount", "altered", row.pk)


@pytest.mark.django_db
def test_a_change_killed_in_the_middle_goes_on_with_the_same_key(ring, monkeypatch):
    files()
    monkeypatch.setattr(resealing, "CHUNK", 2)
    stopped = resealing.run(cipher="SM4-GCM", by=BY, most=2)
    assert stopped.state == "sealing"
    done = resealing.run(cipher="AES-256-GCM", by=BY)  # what was begun is finished, whatever is asked now
    assert (done.state, done.key, done.cipher) == ("done", stopped.key, "SM4-GCM")
    assert resealing.left() == 0


@pytest.mark.django_db
def test_a_value_that_does_not_open_keeps_the_old_key(ring):
    files(2)
    row = BankAccount.objects.first()
    spoilt = bytearray(row.number_sealed)
    spoilt[-1] ^= 1
    BankAccount.objects.filter(pk=row.pk).update(number_sealed=bytes(spoilt))
    with pytest.raises(Refusal):
        resealing.run(cipher="SM4-GCM", by=BY)
    assert keyring.ring(fresh=True).keys[1].state == keyring.OLD


@pytest.mark.django_db
@pytest.mark.parametrize("lost", ["gone", "other", "damaged"])
def test_lost_or_wrong_keys_are_told_at_the_start(ring, lost):
    files(1)
    resealing.check(at=AT)
    if lost == "gone":
        ring.unlink()
    else:
        ring.write_text(json.dumps({"seal": "00" * 32, "search": "11" * 32}) if lost == "other" else "{")
    with pytest.raises(Refusal) as refusal:
        resealing.check(at=AT)
    assert (
        "copy" in refusal.value.sentence or "put it back" in refusal.value.sentence or "放回" in refusal.value.sentence
    )


@pytest.mark.django_db
def test_a_database_from_before_is_not_joined_to_other_keys(ring):
    files(1)
    ring.write_text(json.dumps({"seal": "00" * 32, "search": "11" * 32}))
    with pytest.raises(Refusal):
        resealing.check(at=AT)
    assert not KeyMark.objects.exists()
