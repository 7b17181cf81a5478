"""Credentials of a card: given, renewed, withdrawn; the keys behind them; the lists that verifiers keep."""

import base64
import datetime as dt
import json

import pytest
from django.conf import settings
from django.utils import translation

from lianxin.access import keyring
from lianxin.access.permissions import Refused
from lianxin.cards import credentials, devices, keys, status
from lianxin.cards.models import Card, Count, Credential, SceneRow, SceneTable, SigningKey, Step
from lianxin.cards.refusals import NoSuchCard, NotNow
from lianxin.engine import cardstatus, cbor, clock, cose, credential
from lianxin.engine.credential import APP, CARD, PAPER
from lianxin.engine.scope import Actor, Scope
from lianxin.journal import actions as journal
from lianxin.journal.queries import verify
from lianxin.ops import copies
from lianxin.ops.main import main
from tests.factories.casework import SYSTEM, VILLAGE, write
from tests.factories.devices import Machine, operator

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 5, 29, 4, 0, tzinfo=dt.UTC)
PHONE = cose.P256Signer(bytes(range(2, 34)))
OTHER = cose.P256Signer(bytes(range(3, 35)))


@pytest.fixture
def town(kept_town):
    status.forget()
    with translation.override("en"):
        yield kept_town()


def card(town, name="wife", **given):
    person = town.persons[name]
    made = Card.objects.create(person_id=person.pk, holder_id=person.pk, kind="veteran", area=VILLAGE, state="active",
                               since=clock.day(AT), moved_at=AT, **given)  # fmt: skip
    write(Step(card=made, at=AT, on=clock.day(AT), verb="activate", to_state="active", by_name="a"))
    return made


def own(town, name="wife"):
    pk = town.persons[name].pk
    return Actor(person=pk, scope=Scope("self", (), (), None, (pk,)), permissions=frozenset({"own.view"}))


def give(one, form=PAPER, at=AT, by=SYSTEM, **more):
    return credentials.give(cards=[one.pk], form=form, by=by, at=at, **more)[0]


def read_lists(at=AT):
    status.forget()
    data = status.lists(by=SYSTEM, at=at).data
    return cardstatus.read(data, issuer=settings.CITY, keys=keys.verifiers())


@pytest.mark.parametrize("algorithm", ["Ed25519", "SM2"])
def test_a_credential_is_believed_and_says_little(town, settings, algorithm):
    settings.CARD_ALGORITHM = algorithm
    found = credentials.check(give(card(town)).text, at=AT)
    assert cose.NAMES[found.algorithm] == algorithm
    assert (found.credential.form, found.credential.kind, found.credential.classes) == (PAPER, 1, {0})
    assert verify().broken is None


def test_the_app_shows_with_its_own_phone(town):
    one = card(town)
    issued = give(one, APP, by=own(town), phone=PHONE.verifier().public())
    now = int(AT.timestamp())
    shown = credential.text(credential.show(issued.signed, PHONE, now))
    assert credentials.check(shown, at=AT).shown == now
    for text, code in (
        (issued.text, "copied"),
        (credential.text(credential.show(issued.signed, OTHER, now)), "forged"),
    ):
        with pytest.raises(credential.Refused) as why:
            credentials.check(text, at=AT)
        assert why.value.code == code


def test_a_new_phone_ends_the_one_before_and_the_same_phone_is_renewed(town):
    one, mine = card(town), own(town)
    first = credentials.renew(card=one.pk, phone=PHONE.verifier().public(), by=mine, at=AT)
    later = AT + dt.timedelta(days=12)
    again = credentials.renew(card=one.pk, phone=PHONE.verifier().public(), by=mine, at=later)
    assert (again.number, again.until) == (first.number, later + credentials.LASTS[APP])
    other = credentials.renew(card=one.pk, phone=OTHER.verifier().public(), by=mine, at=later)
    assert other.number != first.number
    assert read_lists(later).says(first.number) == "withdrawn"
    assert read_lists(later).says(other.number) == ""


def test_only_ones_own_card_or_where_one_keeps_cards(town):
    one = card(town)
    with pytest.raises(NoSuchCard):
        give(one, by=own(town, "old_man"))
    with pytest.raises(NoSuchCard):
        credentials.give(cards=[one.pk + 99], form=PAPER, by=SYSTEM, at=AT)
    elsewhere = Actor(scope=Scope("area", ("419903",), (), 1, ()), permissions=frozenset({"card.keep"}), area="419903")
    with pytest.raises((Refused, NoSuchCard)):
        give(one, by=elsewhere)
    Card.objects.filter(pk=one.pk).update(state="lost")
    with pytest.raises(NotNow):
        give(one, by=own(town))
    with pytest.raises(NotNow, match="key could not be read"):
        give(card(town, "old_man"), APP, by=own(town, "old_man"), phone=b"\x02" + b"\xff" * 32)
    assert Credential.objects.count() == 0


@pytest.mark.parametrize(("state", "said"), [("lost", "lost"), ("suspended", "withdrawn"), ("cancelled", "withdrawn"),
                                             ("replaced", "withdrawn"), ("ended", "withdrawn"), ("active", "")])  # fmt: skip
def test_where_the_card_stands_is_what_the_lists_say(town, state, said):
    one = card(town)
    issued = [give(one, form) for form in (PAPER, CARD)]
    Card.objects.filter(pk=one.pk).update(state=state)
    assert [read_lists().says(each.number) for each in issued] == [said, said]
    assert credentials.standing(issued[0].number, at=AT).state == (said or "counts")
    assert credentials.typed(issued[0].short.lower(), at=AT).state == (said or "counts")


def test_a_sheet_that_was_lost_ends_alone(town):
    one = card(town)
    paper, plastic = give(one, PAPER), give(one, CARD)
    assert credentials.withdraw(credentials=[paper.id], reason="lost", by=own(town), at=AT) == 1
    assert (read_lists().says(paper.number), read_lists().says(plastic.number)) == ("lost", "")
    again = give(one, PAPER)
    assert again.number != paper.number
    assert [(each.form, each.counts) for each in credentials.of_cards([one.pk], AT)[one.pk]] == [
        ("paper", True), ("card", True), ("paper", False)]  # fmt: skip


def test_what_is_over_leaves_the_lists(town):
    issued = give(card(town))
    Card.objects.update(state="lost")
    assert read_lists(AT + dt.timedelta(days=360)).says(issued.number) == "lost"
    assert read_lists(AT + dt.timedelta(days=367)).says(issued.number) == ""


def test_a_typed_code_that_is_none_says_nothing(town):
    for typed in ("", "000-000-000", "hello", "一二三", "9" * 500):
        assert credentials.typed(typed, at=AT).state == "unknown"


def test_keys_are_published_before_they_sign_and_believed_after(town):
    old = give(card(town))
    key = keys.rotate(algorithm="SM2", by=SYSTEM, at=AT)
    assert (key.number, key.state) == (2, "coming")
    assert [one["crv"] for one in keys.published(AT)["keys"]] == ["Ed25519", "SM2"]
    assert credentials.check(give(card(town, "old_man")).text, at=AT).key == 1
    later = AT + keys.AHEAD
    assert [one.state for one in keys.ring(later)] == ["checks", "signs"]
    assert (
        credentials.check(
            credentials.give(cards=[Card.objects.first().pk], form=PAPER, by=SYSTEM, at=later)[0].text, at=later
        ).key
        == 2
    )
    assert credentials.check(old.text, at=later).key == 1
    keys.withdraw(number=1, reason="drill", by=SYSTEM, at=later)
    with pytest.raises(credential.Refused) as why:
        credentials.check(old.text, at=later)
    assert why.value.code == "unknown-key"
    assert verify().broken is None


def test_secrets_lie_in_the_keys_file_only(town):
    give(card(town))
    secret = keyring.read()["cards"]["1"]
    assert len(secret) == 64
    row = SigningKey.objects.get()
    assert bytes.fromhex(secret) != bytes(row.public)
    assert secret not in json.dumps(keys.published(AT))
    before = {name: value for name, value in keyring.read().items() if name != "cards"}
    keys.rotate(algorithm="Ed25519", by=SYSTEM, at=AT, now=True)
    assert {name: value for name, value in keyring.read().items() if name != "cards"} == before


def test_a_home_without_its_secret_makes_a_new_key_and_still_believes_the_old(town):
    old = give(card(town))
    keyring.keep("cards", lambda _held: {"1": "07" * 32})  # the file of another home
    new = give(card(town, "old_man"))
    assert credentials.check(new.text, at=AT).key == 2
    assert credentials.check(old.text, at=AT).key == 1


def test_nobody_but_the_operator_changes_keys(town):
    with pytest.raises(Refused):
        keys.rotate(algorithm="Ed25519", by=town.clerk, at=AT)
    with pytest.raises(Refused):
        keys.withdraw(number=1, reason="why", by=town.clerk, at=AT)


def test_the_table_is_signed_and_the_newest_counts(town):
    given = {"maker_name": "a", "made_at": AT, "state": "published", "maker": 1, "publisher": 2, "published_at": AT}
    with journal.entry(action="scene.publish", by=SYSTEM, at=AT) as writer:
        tables = [SceneTable(number=number, from_on=day, **given) for number, day in
                  ((1, dt.date(2026, 1, 1)), (2, dt.date(2026, 5, 1)), (3, dt.date(2026, 6, 1)))]  # fmt: skip
        writer.add(tables)
    for table in tables:
        write(SceneRow(table=table, scene="bus", code=f"bus-{table.number}", name="公交", area="4199", recorded_at=AT,
                       classes=["veteran", "disabled"], right="discount", percent=50))  # fmt: skip
    status.forget()
    message = cose.read(status.table(by=SYSTEM, at=AT).data, largest=1 << 20)
    assert cose.verified(message, keys.verifiers()[1])
    said = cbor.decode(message.payload)[status.TABLE]
    assert [(row["code"], row["classes"], row["percent"], row["en"]) for row in said["rows"]] == [
        ("bus-2", 5, 50, "公交")
    ]


def test_the_lists_are_signed_anew_when_they_change_or_grow_old(town):
    one = card(town)
    give(one)
    status.forget()
    first = status.lists(by=SYSTEM, at=AT)
    assert status.lists(by=SYSTEM, at=AT).tag == first.tag
    Card.objects.filter(pk=one.pk).update(state="lost")
    status._held["lists"] = (0.0, first)
    assert status.lists(by=SYSTEM, at=AT + dt.timedelta(seconds=20)).tag != first.tag


def test_a_restored_home_gives_no_number_twice(town):
    one = card(town)
    give(one)
    copied = credentials.given()
    lost = {give(one).number for _ in range(3)}  # after the copy was made; then the disk dies
    Credential.objects.filter(number__in=lost).delete()
    Count.objects.filter(kind="number").update(last=copied)
    assert credentials.skip(by=SYSTEM, at=AT) == 1000
    assert {give(one).number for _ in range(3)}.isdisjoint(lost) and credentials.given() == copied + 1003


def test_a_restored_home_enrols_nothing_with_a_code_of_before(town, capsys):
    old = AT - dt.timedelta(days=90)
    at_hand = {"office": operator().pk, "form": "gate", "scene": "bus", "lines": ["8"], "by": SYSTEM,
               "until": clock.day(AT) + dt.timedelta(days=900)}  # fmt: skip
    devices.register(name="早的", at=old, key=("Ed25519", Machine(old).key.verifier().public()), **at_hand)
    made, code = devices.register(name="刚登记的", at=AT, **at_hand)
    copies._devices({"at": AT.isoformat()})
    made.refresh_from_db()
    assert (made.code_mark, made.code_until) == ("", None)
    key = Machine(AT).key.verifier().public()
    assert devices.enrol(code=code, algorithm="Ed25519", key=key, by=SYSTEM, at=AT) is None
    said = capsys.readouterr().out
    assert "刚登记的" in said and "早的" not in said
    assert verify().broken is None


def test_bits_never_change():
    assert credentials.BITS == {"veteran": 0, "bereaved": 1, "disabled": 2, "serving": 3, "family": 4}


def test_the_command_inspects(town, capsys, monkeypatch):
    monkeypatch.setattr("lianxin.ops.start.django_ready", lambda **_: None)
    monkeypatch.setenv("LANG", "en")
    monkeypatch.setattr(clock, "now", lambda: AT)
    one = card(town)
    text = f"HTTPS://CARD.EXAMPLE/V/#{give(one).text}"
    assert main(["card", "inspect", text, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["valid"], said["issuer"], said["kind"], said["classes"]) == (
        True,
        settings.CITY,
        "veteran",
        ["veteran"],
    )
    assert main(["card", "inspect", text]) == 0
    assert "kind: veteran" in capsys.readouterr().out
    Card.objects.update(state="lost")
    assert main(["card", "inspect", text, "--json"]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["reason"] == "lost"
    assert err.startswith("lianxin: ") and err.count("\n") == 1
    for bad in ("", "x", "9" * 3000, text[:-1], base64.b64encode(b"x" * 90).decode()):
        assert main(["card", "inspect", bad]) == 1
        out, err = capsys.readouterr()
        assert out == "" and err.count("\n") == 1 and "Traceback" not in err
