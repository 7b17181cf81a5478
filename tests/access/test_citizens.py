"""Residents: a slip from the counter binds a phone; a phone alone opens nothing; nobody learns who is on file."""

import datetime as dt
import json
import re
import time

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from tests.factories.casework import SYSTEM, town

from lianxin.access import citizens, seal
from lianxin.access.models import Account, Binding, OneTime, Slip, Visit
from lianxin.engine import clock, paper
from lianxin.engine.refusal import Refusal
from lianxin.notices import texts
from lianxin.notices.channels import http
from lianxin.notices.models import Text
from lianxin.people import slips
from lianxin.people.models import Person

PHONE, OTHER = "13800001234", "13900005678"
PLACE = "203.0.113.77"


@pytest.fixture
def place(db, tmp_path, settings):
    settings.HOME = tmp_path
    settings.SMS = "file"
    made = town()
    Person.objects.update(phone_mark=None)
    return made


def box(settings):
    file = settings.HOME / "texts.txt"
    return re.findall(r"^(\d+)\t.*?(\d{6})", file.read_text(), re.M) if file.exists() else []


def slip(place, who="wife", at=None):
    person = place.persons[who]
    return citizens.print_slip(person=person.pk, name=person.name, area=person.home, by=SYSTEM, at=at or clock.now())


def later(seconds):
    OneTime.objects.update(sent_at=clock.now() - dt.timedelta(seconds=seconds))


def bound(place, settings, who="wife", phone=PHONE):
    code, at = slip(place, who), clock.now()
    citizens.ask_code(phone=phone, slip=code, asker="a", at=at)
    account = citizens.bind(slip=code, phone=phone, code=box(settings)[-1][1], at=at)
    later(120)
    return account, code


def test_the_whole_way_with_a_browser(place, settings):
    code = slip(place)
    client = Client(REMOTE_ADDR=PLACE, HTTP_USER_AGENT="Mozilla/5.0 (Linux; Android 14) Chrome/120")
    assert client.get("/sign-in/phone/").status_code == 200
    assert client.post("/sign-in/phone/slip/", {"slip": code.lower(), "phone": " 138-0000-1234 "}).status_code == 302
    assert client.get("/sign-in/phone/code/").status_code == 200
    assert client.post("/sign-in/phone/code/", {"code": "000000"}).status_code in {422, 302}
    answer = client.post("/sign-in/phone/code/", {"code": box(settings)[-1][1]})
    assert answer.status_code == 302 and answer.url == "/"
    assert Account.objects.get(pk=client.session["_auth_user_id"]).person == place.persons["wife"].pk
    assert client.get("/").status_code == 200
    later(120)
    again = Client(REMOTE_ADDR=PLACE)
    again.post("/sign-in/phone/", {"phone": PHONE})
    assert again.post("/sign-in/phone/code/", {"code": box(settings)[-1][1]}).url == "/"
    assert {visit.browser for visit in Visit.objects.all()} == {""}, "what residents sign in with is not kept"


def test_a_phone_alone_never_opens_a_file(place, settings):
    Person.objects.filter(pk=place.persons["wife"].pk).update(phone_mark=seal.mark(PHONE, "phone"))
    citizens.ask_code(phone=PHONE, asker="a", at=clock.now())
    assert box(settings) == [] and not OneTime.objects.exists()


def test_the_answer_is_the_same_for_known_and_unknown(place, settings):
    bound(place, settings)
    said = []
    for phone in (PHONE, OTHER, "not a number"):
        client = Client()
        first = client.post("/sign-in/phone/", {"phone": phone})
        body = client.get("/sign-in/phone/code/").content.decode()
        wrong = client.post("/sign-in/phone/code/", {"code": "999999"})
        said.append((first.status_code, first.url, wrong.status_code,
                     re.sub(r'nonce="[^"]*"|value="[^"]*"|content="[^"]*"|1\d\d\*\*\*\*\d{4}', "", body)))  # fmt: skip
    assert said[0] == said[1]
    assert said[0][:3] == said[2][:3]


def test_a_slip_is_used_once_in_its_days_and_a_newer_one_voids_it(place, settings):
    account, code = bound(place, settings)
    assert account.person == place.persons["wife"].pk
    before = len(box(settings))
    citizens.ask_code(phone=OTHER, slip=code, asker="a", at=clock.now())
    assert len(box(settings)) == before, "used already"
    old = slip(place, "soldier")
    new = slip(place, "soldier")
    citizens.ask_code(phone=OTHER, slip=old, asker="a", at=clock.now())
    assert len(box(settings)) == before
    far = clock.now() + dt.timedelta(days=settings.SLIP_DAYS, minutes=1)
    citizens.ask_code(phone=OTHER, slip=new, asker="a", at=far)
    assert len(box(settings)) == before, "its days are over"
    assert not Slip.objects.filter(mark=seal.mark(new, "slip")).exists(), "the mark is of the plain code"
    assert bytes(Slip.objects.last().mark) == seal.mark(new.replace("-", ""), "slip")


def test_a_wrong_code_is_tried_five_times_and_a_right_one_used_once(place, settings):
    bound(place, settings)
    at = clock.now()
    citizens.ask_code(phone=PHONE, asker="a", at=at)
    right = box(settings)[-1][1]
    wrong = "000000" if right != "000000" else "111111"
    assert citizens.open_by_code(phone=PHONE, code=right, at=at)
    assert not citizens.open_by_code(phone=PHONE, code=right, at=at)
    later(120)
    citizens.ask_code(phone=PHONE, asker="a", at=at)
    right = box(settings)[-1][1]
    for _ in range(citizens.WRONG):
        assert not citizens.open_by_code(phone=PHONE, code=wrong, at=at)
    assert not citizens.open_by_code(phone=PHONE, code=right, at=at)


def test_codes_are_rationed_by_phone_and_by_minute(place, settings):
    bound(place, settings)
    at = clock.now()
    citizens.ask_code(phone=PHONE, asker="a", at=at)
    count = len(box(settings))
    citizens.ask_code(phone=PHONE, asker="a", at=at)
    assert len(box(settings)) == count, "not twice within a minute"
    for _ in range(20):
        later(120)
        citizens.ask_code(phone=PHONE, asker="a", at=at)
    assert len(box(settings)) <= settings.CODE_ASKS_PHONE + 1


def test_a_binding_ends_when_the_file_has_another_phone_or_after_silence_or_at_the_counter(place, settings):
    account, _ = bound(place, settings)
    at = clock.now()
    assert [row.account_id for row in citizens.live(PHONE, at)] == [account.pk]
    Person.objects.filter(pk=account.person).update(phone_mark=seal.mark(OTHER, "phone"))
    assert citizens.live(PHONE, at) == []
    assert Binding.objects.get().why == "phone"
    again, _ = bound(place, settings)
    assert again.pk == account.pk
    assert citizens.live(PHONE, at + dt.timedelta(days=settings.SILENCE_DAYS + 1)) == []
    bound(place, settings)
    row = Binding.objects.get(ended_at__isnull=True)
    slips.unbind(person=account.person, binding=row.pk, by=SYSTEM, at=at)
    assert citizens.live(PHONE, at) == []
    with pytest.raises(Refusal):
        slips.unbind(person=account.person, binding=row.pk, by=SYSTEM, at=at)


def test_a_household_shares_a_phone_and_each_needs_a_slip(place, settings):
    wife, _ = bound(place, settings)
    soldier, _ = bound(place, settings, "soldier")
    client = Client()
    client.post("/sign-in/phone/", {"phone": PHONE})
    answer = client.post("/sign-in/phone/code/", {"code": box(settings)[-1][1]})
    assert answer.url == "/sign-in/phone/who/"
    body = client.get(answer.url).content.decode()
    assert place.persons["wife"].name not in body
    stranger = Account.objects.exclude(pk__in=[wife.pk, soldier.pk]).first()
    assert client.post(answer.url, {"account": stranger.pk}).status_code == 200
    assert client.post(answer.url, {"account": soldier.pk}).url == "/"


def test_a_child_and_the_dead_get_no_slip_and_the_slip_is_a_paper(place):
    at, given = (
        clock.now(),
        {"address": "https://x/sign-in/phone/slip/", "office": "站", "sheet": lambda: paper.Code("", "ABCD")},
    )
    assert slips.print_slip(person=place.persons["wife"].pk, by=SYSTEM, at=at, **given).startswith(b"%PDF")
    Person.objects.filter(pk=place.persons["soldier"].pk).update(born_on=clock.today() - dt.timedelta(days=365 * 10))
    Person.objects.filter(pk=place.persons["old_man"].pk).update(died_on=clock.today())
    for who in ("soldier", "old_man"):
        with pytest.raises(Refusal):
            slips.print_slip(person=place.persons[who].pk, by=SYSTEM, at=at, **given)
    with pytest.raises(Refusal):
        slips.print_slip(person=place.persons["neighbour"].pk, by=place.clerk, at=at, **given)


def test_no_table_and_no_file_keeps_where_a_session_came_from_or_what_was_sent(place, settings, caplog):
    code = slip(place, "soldier")
    client = Client(REMOTE_ADDR=PLACE, HTTP_X_FORWARDED_FOR=PLACE, HTTP_USER_AGENT="Mozilla/5.0 Firefox/1 zz-own-agent")
    client.post("/sign-in/phone/slip/", {"slip": code, "phone": PHONE})
    sent = box(settings)[-1][1]
    assert client.post("/sign-in/phone/code/", {"code": sent}).status_code == 302
    client.get("/")
    client.get("/sign-in/sessions/")
    dump = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            dump += [
                repr(bytes(cell) if isinstance(cell, memoryview) else cell) for row in cursor.fetchall() for cell in row
            ]
    everything = "\n".join([*dump, caplog.text])
    for never in (PLACE, "zz-own-agent", PHONE, code.replace("-", "")):
        assert never not in everything, never
    assert f"'{sent}'" not in everything


class Gateway:
    """A provider that answers as it is told."""

    def __init__(self, *answers):
        self.answers, self.sent = list(answers), []

    def __call__(self, request, timeout):
        self.sent.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def read(self, _most):
        return b'{"id": "p-1"}'


def test_the_gateway_is_signed_tried_again_and_reports_back(place, settings, monkeypatch, client):
    settings.SMS, settings.SMS_URL, settings.SMS_SECRET = "http", "https://sms.invalid/send", "geheim"
    gateway = Gateway(OSError("down"), None)
    monkeypatch.setattr(http.urllib.request, "urlopen", gateway)
    at = clock.now()
    texts.send_text(phone=PHONE, template="code", given={"code": "123456", "minutes": 5}, at=at)
    row = Text.objects.get()
    assert (row.state, row.tries) == ("queued", 1) and row.sealed is not None
    assert texts.retry_due(at=at) == 0
    assert texts.retry_due(at=at + dt.timedelta(seconds=31)) == 1
    row.refresh_from_db()
    assert (row.state, row.tries, row.sealed, row.reference) == ("sent", 2, None, "p-1")
    request = gateway.sent[-1]
    assert request.headers["X-signature"] == http.signature(request.headers["X-time"], request.data)
    body, moment = json.dumps([{"reference": "p-1", "delivered": True}]).encode(), str(int(time.time()))
    forged = client.post(
        "/texts/receipts/", body, content_type="application/json", HTTP_X_TIME=moment, HTTP_X_SIGNATURE="0" * 64
    )
    assert forged.status_code == 404
    assert client.post("/texts/receipts/", body, content_type="application/json", HTTP_X_TIME=moment,
                       HTTP_X_SIGNATURE=http.signature(moment, body)).status_code == 200  # fmt: skip
    row.refresh_from_db()
    assert row.state == "delivered"
    old = str(int(time.time()) - 3600)
    assert client.post("/texts/receipts/", body, content_type="application/json", HTTP_X_TIME=old,
                       HTTP_X_SIGNATURE=http.signature(old, body)).status_code == 404  # fmt: skip


@pytest.mark.parametrize(
    "claims",
    [
        {"id_number": "X"}, {"id_number": "X", "id_number_verified": False}, {"id_number": "X", "id_number_verified": "true"},
        {"phone_number": PHONE, "phone_number_verified": True, "email": "a@b.c", "email_verified": True},
        {"id_number": "other", "id_number_verified": True},
    ],
)  # fmt: skip
def test_the_identity_service_matches_by_a_verified_number_only(place, claims):
    person = place.persons["wife"]
    Person.objects.filter(pk=person.pk).update(id_mark=seal.mark("X", "id"), phone_mark=seal.mark(PHONE, "phone"))
    assert citizens.by_identity(claims=claims, at=clock.now()) is None
    assert (
        citizens.by_identity(claims={"id_number": "x", "id_number_verified": True}, at=clock.now()).person == person.pk
    )


class Answer:
    def __init__(self, body):
        self.body, self.status_code, self.headers = body, 200, {"content-type": "application/json"}

    def json(self):
        return self.body

    def raise_for_status(self):
        return None


class Provider:
    """An identity service of our own: discovery, token and userinfo."""

    def __init__(self, claims):
        self.claims = claims

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def get(self, url, **_):
        home = "https://id.invalid"
        if "well-known" in url:
            return Answer({"issuer": home, "authorization_endpoint": f"{home}/a", "token_endpoint": f"{home}/t",
                           "userinfo_endpoint": f"{home}/u", "jwks_uri": f"{home}/k",
                           "token_endpoint_auth_methods_supported": ["client_secret_post"]})  # fmt: skip
        return Answer({"sub": "s", **self.claims})

    def request(self, method, url, **_):
        return Answer({"access_token": "secret-token", "token_type": "bearer"})


@pytest.mark.parametrize("verified", [True, False])
def test_the_whole_way_over_an_identity_service(place, settings, monkeypatch, client, verified):
    from allauth.socialaccount.models import SocialAccount, SocialToken

    from lianxin.access.social import IdentityService

    person = place.persons["wife"]
    Person.objects.filter(pk=person.pk).update(id_mark=seal.mark("41990119950303002X", "id"))
    app = {"provider_id": "province", "name": "P", "client_id": "c", "secret": "s",
           "settings": {"server_url": "https://id.invalid", "scope": ["openid"]}}  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    provider = Provider({"id_number": "41990119950303002x", "id_number_verified": verified, "name": "不用"})
    monkeypatch.setattr(IdentityService, "get_requests_session", lambda self: provider)
    sent = client.post("/sign-in/province/province/login/")
    assert sent.status_code == 302 and sent.url.startswith("https://id.invalid/a?")
    state = re.search(r"state=([^&]+)", sent.url).group(1)
    answer = client.get(f"/sign-in/province/province/login/callback/?code=x&state={state}")
    if verified:
        assert answer.status_code == 302 and answer.url == "/"
        assert Account.objects.get(pk=client.session["_auth_user_id"]).person == person.pk
        assert Visit.objects.get().how == "oidc"
    else:
        assert answer.status_code == 403 and "_auth_user_id" not in client.session
    assert not SocialAccount.objects.exists() and not SocialToken.objects.exists()


def test_staff_do_not_enter_by_a_text_message(place, settings):
    account, _ = bound(place, settings)
    Account.objects.filter(pk=account.pk).update(office=place.offices["bureau"])
    client = Client()
    client.post("/sign-in/phone/", {"phone": PHONE})
    answer = client.post("/sign-in/phone/code/", {"code": box(settings)[-1][1]})
    assert "/login/" in answer.url and "_auth_user_id" not in client.session


def test_a_stranger_who_only_looks_at_the_door_leaves_nothing_in_the_database(place):
    client = Client()
    page = client.get("/sign-in/phone/?next=/plan/%3Ffor%3D1").content.decode()
    assert "/sign-in/phone/slip/?next=%2Fplan%2F%3Ffor%3D1" in page and not Session.objects.exists()
    assert "slip/?next" not in client.get("/sign-in/phone/?next=https://elsewhere.example/").content.decode()


def test_a_resident_whose_session_ended_signs_in_by_phone_and_is_back_where_they_were(place, settings):
    account, _code = bound(place, settings)
    client = Client(REMOTE_ADDR=PLACE, HTTP_ACCEPT_LANGUAGE="zh-hans")
    assert client.get("/entitled/").url == "/sign-in/phone/?next=/entitled/"
    assert client.get("/console/inbox/").url == "/sign-in/login/?next=/console/inbox/"
    client.force_login(account)
    assert client.get("/entitled/").status_code == 200
    Visit.objects.filter(account=account).update(until=clock.now())
    sent = client.post(
        "/plan/", headers={"referer": "http://testserver/plan/?for=1"}
    )  # and what they sent goes nowhere
    assert sent.url == "/sign-in/phone/?next=http%3A//testserver/plan/%3Ffor%3D1"
    assert "请重新登录" in client.get(sent.url).content.decode()
    later(120)
    client.post(sent.url, {"phone": PHONE})
    assert client.post("/sign-in/phone/code/", {"code": box(settings)[-1][1]}).url == "http://testserver/plan/?for=1"
    client.logout()
    later(120)
    client.post("/sign-in/phone/?next=https://elsewhere.example/", {"phone": PHONE})
    assert client.post("/sign-in/phone/code/", {"code": box(settings)[-1][1]}).url == "/"
