"""The api as a device meets it: enrolled once, told what to count under, counts taken once; everything wrong gets its answer."""

import base64
import datetime as dt
import hashlib
import json

import pytest
from django.test import Client

from lianxin.cards import devices
from lianxin.cards.models import Device, Tally, Use, UseBatch
from lianxin.engine import clock, cose
from lianxin.journal.models import Entry
from tests.factories.casework import SYSTEM
from tests.factories.devices import Machine, operator

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine(kept_town):
    kept_town()
    return Machine(clock.now())


def post(name, said, **more):
    given = said if isinstance(said, str) else json.dumps(said)
    return Client(**more).post(f"/api/v1/{name}", given, content_type="application/json")


def hour():
    now = clock.now().astimezone(clock.SHANGHAI)
    return now.date(), now.hour


def test_a_device_enrols_once_with_its_code(machine):
    key = cose.P256Signer(bytes(range(3, 35)))
    made, code = devices.register(office=machine.office.pk, form="counter", scene="bus", name="司机键", lines=["8"],
                                  until=clock.today() + dt.timedelta(days=9), by=SYSTEM, at=clock.now())  # fmt: skip
    said = {"code": f"{code[:4]}-{code[4:].lower()}", "algorithm": "ES256",
            "key": base64.urlsafe_b64encode(key.verifier().public()).decode()}  # fmt: skip
    assert post("enrol", {**said, "code": "AAAA-AAAA-AAAA"}).json()["code"] == "code"
    assert post("enrol", {**said, "key": "AAAA"}).json()["code"] == "key"
    assert post("enrol", said).json()["device"] == made.pk
    assert post("enrol", said).status_code == 401, "a code is used once"
    assert [one.verb for one in devices.one(SYSTEM.scope, made.pk, clock.today())[1]] == ["register", "enrol"]


def test_counts_are_taken_once_and_a_second_time_is_harmless(machine):
    keys = post("day", machine.ask(clock.now())).json()["keys"]
    day, when = hour()
    said = machine.batch([(day, when, "veteran", 77, 2), (day, when, "bereaved", 78, 1), (day, when, "veteran", None, 4)],
                         keys=keys, military={f"{day:%Y-%m}": 3})  # fmt: skip
    for state in ("taken", "known", "known"):
        assert post("uses", said).json() == {"batch": 1, "uses": 7, "state": state}
    assert sorted(Tally.objects.values_list("kind", "hour", "line", "uses")) == [
        ("bereaved", when, "8", 1), ("military", -1, "", 3), ("veteran", when, "8", 6)]  # fmt: skip
    assert sorted(Use.objects.values_list("kind", "uses")) == [("bereaved", 1), ("veteran", 2)]
    other = machine.batch([(day, when, "veteran", None, 900)], number=1)
    assert post("uses", other).json()["code"] == "other-batch"
    text = json.dumps(
        [*UseBatch.objects.values_list("counts", flat=True), *Entry.objects.values_list("detail", flat=True)]
    )
    assert "military" not in text, "the forces stand in no signed count and in no entry"


def test_what_is_wrong_gets_its_answer_and_changes_nothing(machine):
    day, when = hour()
    good = [(day, when, "veteran", None, 1)]
    said = machine.batch(good)
    before = day - dt.timedelta(days=31)
    stranger = Machine(clock.now(), office=operator("别家"))
    wrong = {
        "future": machine.batch([(day + dt.timedelta(days=1), 23, "veteran", None, 1)], number=9),
        "old": machine.batch([(before, 9, "veteran", None, 1)], number=9),
        "line": machine.batch(good, line="99", number=9),
        "kind": machine.batch([(day, when, "general", None, 1)], number=9),
        "number": machine.batch([(day, when, "veteran", None, -1)], number=9),
        "nothing": machine.batch([], number=9),
        "signature": {**said, "signature": stranger.batch(good)["signature"]},
        "unknown-device": machine.batch(good, device=987654),
        "rest": {**said, "rest": said["rest"].replace('"military": {}', '"military": {"2026-11": 5}')},
        "oversized": "x" * (641 * 1024),
        "garbage": '{"counts": 1',
    }  # fmt: skip
    wrong["sums"] = machine.batch(good, number=9)
    for code, given in wrong.items():
        if code == "sums":
            rest = json.dumps({**json.loads(given["rest"]), "cards": [[str(day), when, "veteran", "0" * 16, 2]]})
            text = json.dumps({**json.loads(given["counts"]), "rest": hashlib.sha256(rest.encode()).hexdigest()})
            given = {"counts": text, "rest": rest, "signature": machine.signed("lianxin-uses-1", text)}
        answer = post("uses", given)
        assert (answer.json()["code"], answer.headers["Content-Type"]) == (code, "application/problem+json"), (
            code,
            answer.json(),
        )
        assert answer.json()["detail"]
    for given in (
        "[]",
        "null",
        '"a"',
        "{}",
        '{"counts": "[]", "rest": "{}", "signature": ""}',
        "[" * 90_000,
        '{"a": NaN}',
        "\x00",
    ):
        assert post("uses", given).json()["code"] == "garbage", given[:40]
    assert Client().post("/api/v1/uses", {"counts": "x"}).status_code == 415
    assert Client().get("/api/v1/uses").status_code == 405
    assert (Tally.objects.count(), UseBatch.objects.count()) == (0, 0)
    # who was wrong too often from one address waits
    for _time in range(60):
        last = post("uses", "{}", REMOTE_ADDR="203.0.113.9")
    assert (last.json()["code"], post("uses", said).json()["state"]) == ("garbage", "taken")
    assert post("uses", "{}", REMOTE_ADDR="203.0.113.9").status_code == 429
    assert post("uses", said, REMOTE_ADDR="203.0.113.9").json()["state"] == "known", "what is signed is heard"


def test_whatever_stands_in_a_request_gets_an_answer_and_is_counted(machine):
    day, when = hour()
    good = [(day, when, "veteran", None, 1)]
    for number, (code, said) in enumerate((
        ("garbage", machine.batch(good, device="\ud800")), ("unknown-device", machine.batch(good, device=0)),
        ("unknown-device", machine.batch(good, device=10**30)), ("unknown-device", machine.batch(good, device=[1])),
        ("unknown-device", {"ask": json.dumps({"device": 0, "at": 1, "nonce": "x"}), "signature": ""}),
        ("garbage", machine.ask(clock.now(), nonce="\ud800" * 20)), ("garbage", machine.ask(clock.now(), nonce="\x00" * 20)),
        ("garbage", machine.batch(good, military={f"{day:%Y-%m}\n": 1})),
        ("garbage", {**machine.batch(good), "signature": "\ud800"}),
    )):  # fmt: skip
        name = "day" if "ask" in said else "uses"
        assert post(name, said, REMOTE_ADDR="203.0.113.8").json()["code"] == code, number
    assert Tally.objects.count() == 0


def test_one_device_counts_no_more_in_an_hour_than_a_door_lets_through(machine, settings):
    settings.CARD_HOUR = 30
    day, when = hour()
    settings.CARD_FORCES = 250
    assert post("uses", machine.batch([(day, when, "veteran", None, 20)])).json()["uses"] == 20
    for rows in (
        [(day, when, "bereaved", None, 11)],
        [(day, when, "veteran", None, 6), (day, when, "bereaved", None, 6)],
    ):
        assert post("uses", machine.batch(rows, line="12")).json()["code"] == "too-much"
    assert post("uses", machine.batch([], military={f"{day:%Y-%m}": 200_000})).json()["code"] == "too-much"
    assert post("uses", machine.batch([], military={f"{day:%Y-%m}": 200})).json()["state"] == "taken"
    assert post("uses", machine.batch([], military={f"{day:%Y-%m}": 51})).json()["code"] == "too-much"
    assert sorted(Tally.objects.values_list("kind", "uses")) == [("military", 200), ("veteran", 20)]


def test_a_revoked_or_expired_device_is_heard_no_more(machine):
    day, when = hour()
    devices.revoke(device=machine.device, reason="丢了", by=SYSTEM, at=clock.now())
    for name, said in (("uses", machine.batch([(day, when, "veteran", None, 1)])), ("day", machine.ask(clock.now()))):
        assert post(name, said).json()["code"] == "revoked"
    late = Machine(clock.now(), office=machine.office)
    Device.objects.filter(pk=late.device).update(until=clock.today() - dt.timedelta(days=1))
    assert post("day", late.ask(clock.now())).json()["code"] == "expired"
    assert Tally.objects.count() == 0


def test_a_request_for_the_day_is_answered_once_and_in_time(machine):
    asked = machine.ask(clock.now())
    found = post("day", asked).json()
    assert (found["lines"], len(found["keys"]), found["look"]) == (["8", "12"], 2, [])
    assert post("day", asked).json()["code"] == "again"
    assert post("day", machine.ask(clock.now() - dt.timedelta(minutes=9))).json()["code"] == "clock"
    said = Client().get("/api/v1/openapi.json").json()
    assert set(said["paths"]) == {"/enrol", "/day", "/uses"}
    assert Client().get(Client().get("/api/v1/").json()["table"]).status_code == 200
