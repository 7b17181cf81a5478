"""Staff sign in: failures lock without telling which, first passwords are changed, sensitive acts ask again."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client

from lianxin.access import actions as access
from lianxin.access.models import Account, Grant, Visit
from lianxin.engine.scope import Actor, over
from lianxin.journal.models import Entry

AT = dt.datetime(2026, 5, 6, tzinfo=dt.UTC)
MACHINE = Actor(permissions=frozenset({"*"}), scope=over("4199"), area="4199")
PASSWORD = "a-long-first-password"
SECRET = "JBSWY3DPEHPK3PXP"


def now_code():
    return format_hotp_value(hotp_value(SECRET, next(yield_hotp_counters_from_time())))


@pytest.fixture
def clerk(db):
    cache.clear()  # which codes were used already is remembered there, by account
    made = access.seat(username="zhou", name="周", role="clerk", area="419902001", password=PASSWORD, by=MACHINE, at=AT)
    access.seat(username="sec", name="安", role="security", area="4199", by=MACHINE, at=AT)
    Account.objects.filter(pk=made.pk).update(must_change=False)
    TOTP.activate(made, SECRET)
    return made


def enter(client, password=PASSWORD, name="zhou"):
    return client.post("/sign-in/login/", {"login": name, "password": password})


def test_password_and_code_open_and_are_written_down_without_an_address(clerk, client):
    first = enter(client)
    assert "2fa/authenticate" in first.url
    assert client.get("/console/messages/").status_code == 302
    assert client.post(first.url, {"code": now_code()}).status_code == 302
    assert client.get("/console/messages/").status_code == 200
    assert Visit.objects.get().how == "totp"
    entry = Entry.objects.filter(action="access.sign-in").last()
    assert entry.by_account == clerk.pk and "127.0.0.1" not in str(entry.detail)


def test_failures_lock_in_the_same_words_as_a_wrong_name(clerk, client, settings):
    import re

    def said(answer):
        return re.findall(r'role="alert">([^<]*)<', answer.content.decode())

    unknown = said(enter(client, name="nobody"))
    for _ in range(settings.LOCK_TRIES):
        assert said(enter(client, "wrong")) == unknown
    locked = enter(client)
    assert said(locked) == unknown and locked.status_code == 200
    clerk.refresh_from_db()
    assert clerk.locked_until is not None
    assert Entry.objects.filter(action="access.locked").count() == 1
    from lianxin.access.queries import actor_of

    access.unlock(account=clerk.pk, by=actor_of(Account.objects.get(username="sec"), AT), at=AT)
    assert enter(Client()).status_code == 302


def test_wrong_codes_are_counted_like_wrong_passwords(clerk, client, settings):
    step = enter(client).url
    for _ in range(settings.LOCK_TRIES):
        assert client.post(step, {"code": "000000"}).status_code == 200
    assert client.post(step, {"code": now_code()}).status_code == 200
    assert enter(Client()).status_code == 200


def test_a_code_opens_once_over_all_processes(clerk, client):
    code = now_code()
    assert client.post(enter(client).url, {"code": code}).status_code == 302
    cache.clear()  # another process has a memory of its own
    second = Client()
    assert second.post(enter(second).url, {"code": code}).status_code == 200
    assert second.get("/console/messages/").status_code == 302


def test_a_first_password_is_changed_before_anything_else(clerk, client):
    Account.objects.filter(pk=clerk.pk).update(must_change=True)
    client.post(enter(client).url, {"code": now_code()})
    assert client.get("/console/messages/").url == "/sign-in/password/change/"
    new = "quite-another-password"
    client.post("/sign-in/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    clerk.refresh_from_db()
    assert not clerk.must_change
    assert client.get("/console/messages/").status_code == 200


def test_what_was_just_typed_is_not_asked_again_and_both_second_steps_are_offered(clerk, client):
    fresh = access.seat(username="neu", name="新", role="clerk", area="419902001", password=PASSWORD, by=MACHINE, at=AT)
    enter(client, name="neu")
    asked = client.get("/console/messages/")
    assert asked.url == "/sign-in/2fa/totp/activate/"
    page = client.get(asked.url)
    assert page.status_code == 200, "the password was typed a moment ago"
    assert "/sign-in/2fa/webauthn/add/" in page.content.decode()
    assert client.get("/sign-in/2fa/webauthn/add/").status_code == 200
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 0}]
    session.save()
    assert "/sign-in/reauthenticate/" in client.get(asked.url).url, "an old one is"
    new = "quite-another-password"
    client.post("/sign-in/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert client.get(asked.url).status_code == 200
    assert fresh.pk


def test_who_was_signed_out_reads_why_once(clerk, client):
    client.post(enter(client).url, {"code": now_code()})
    Visit.objects.update(seen_at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=31))
    gone = client.get("/console/messages/")
    assert gone.status_code == 302
    assert 'class="note warn" role="status"' in client.get(gone.url).content.decode()
    assert 'class="note warn" role="status"' not in client.get(gone.url).content.decode()


def test_giving_a_role_asks_for_a_second_factor_that_is_young(clerk, client, settings):
    keeper = Account.objects.get(username="sec")
    keeper.set_password(PASSWORD)
    keeper.save()
    TOTP.activate(keeper, SECRET)
    client.post(enter(client, name="sec").url, {"code": now_code()})
    url = f"/console/accounts/{clerk.pk}/reopen/"
    assert client.post(url).url == f"/console/accounts/{clerk.pk}/"
    settings.FRESH_MINUTES = 0
    assert client.post(url).url.startswith("/sign-in/2fa/reauthenticate/?next=")
    assert client.get(f"/console/accounts/{clerk.pk}/").status_code == 200, "looking asks for nothing"


def test_the_banks_file_asks_for_a_second_factor_that_is_young(clerk, client, settings):
    """Full account numbers leave the house only there."""
    keeper = Account.objects.get(username="sec")
    keeper.set_password(PASSWORD)
    keeper.save()
    Grant.objects.filter(account=keeper).update(role="payment-maker")
    TOTP.activate(keeper, SECRET)
    client.post(enter(client, name="sec").url, {"code": now_code()})
    assert client.post("/console/payments/1/file/").status_code == 404, "there is no such batch"
    settings.FRESH_MINUTES = 0
    assert client.post("/console/payments/1/file/").url.startswith("/sign-in/2fa/reauthenticate/?next=")


def test_pages_of_the_sign_in_look_like_ours_and_sign_up_does_not_exist(clerk, client):
    client.post(enter(client).url, {"code": now_code()})
    for url in ("/sign-in/2fa/", "/sign-in/sessions/", "/sign-in/password/change/", "/sign-in/2fa/webauthn/",
                "/sign-in/2fa/webauthn/add/", "/sign-in/2fa/recovery-codes/generate/", "/sign-in/2fa/reauthenticate/"):  # fmt: skip
        answer = client.get(url)
        assert answer.status_code in {200, 302}, url
        if answer.status_code == 200:
            assert "ui/ui.css" in answer.content.decode(), url
    for url in ("/sign-in/signup/", "/sign-in/email/", "/sign-in/password/reset/"):
        assert Client().get(url).status_code == 404, url
    assert Authenticator.objects.filter(user=clerk).exists()


def test_other_sessions_end_from_the_list(clerk, client):
    client.post(enter(client).url, {"code": now_code()})
    other = Client()
    other.force_login(clerk)
    session = other.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 0}]
    session.save()
    assert other.get("/console/messages/").status_code == 200
    client.post("/sign-in/sessions/")
    assert other.get("/console/messages/").status_code == 302
    assert client.get("/console/messages/").status_code == 200


def test_whoever_sets_the_code_up_goes_on_into_the_console(clerk, client):
    Authenticator.objects.all().delete()
    enter(client)
    page = client.get("/console/messages/")
    assert page.url == "/sign-in/2fa/totp/activate/"
    client.get(page.url)
    secret = client.session["mfa.totp.secret"]
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    shown = client.post(page.url, {"code": code}, follow=True)
    assert shown.status_code == 200
    assert client.get("/console/messages/").status_code == 200
    assert Authenticator.objects.filter(type="totp").count() == 1


def test_a_session_without_its_second_step_is_asked_for_it_and_never_told_to_switch_it_off(clerk, client):
    client.force_login(clerk)
    answer = client.get("/console/messages/")
    assert answer.url == "/sign-in/2fa/reauthenticate/?next=%2Fconsole%2Fmessages%2F"
    client.post(answer.url, {"code": now_code()})
    assert client.get("/console/messages/").status_code == 200


def test_a_forgotten_password_is_not_a_dead_end(clerk, client):
    said = "忘了密码？请找本单位管账号的同志重设。"
    page = client.get("/sign-in/login/", headers={"accept-language": "zh-hans"}).content.decode()
    assert page.count(said) == 1 and "password/reset" not in page
    Account.objects.filter(pk=clerk.pk).update(must_change=True)
    client.post(enter(client).url, {"code": now_code()})
    page = client.get("/sign-in/password/change/", headers={"accept-language": "zh-hans"}).content.decode()
    assert page.count(said) == 1 and "password/reset" not in page


def test_a_password_that_does_not_do_is_told_in_the_page_s_language(clerk, client):
    client.post(enter(client).url, {"code": now_code()})

    def told(new, language):
        given = {"oldpassword": PASSWORD, "password1": new, "password2": new}
        return client.post("/sign-in/password/change/", given, headers={"accept-language": language}).content.decode()

    page = told("kurz", "zh-hans")
    assert "密码太短，至少要 10 个字符。" in page and "This password" not in page
    assert page.count("至少 10 个字符") == 1 and "你的" not in page
    assert "不能全是数字" in told("92837465019", "zh-hans") and "太常见" in told("1234567890", "zh-hans")
    assert "It must contain at least 10 characters." in told("kurz", "en")


def test_a_wrong_code_when_setting_up_says_where_to_look(clerk, client):
    fresh = access.seat(username="neu", name="新", role="clerk", area="419902001", password=PASSWORD, by=MACHINE, at=AT)
    Account.objects.filter(pk=fresh.pk).update(must_change=False)
    enter(client, name="neu")
    client.get("/sign-in/2fa/totp/activate/")
    for language, said in (("zh-hans", "请把手机时间设成自动校准"), ("en", "let the phone set its clock")):
        page = client.post("/sign-in/2fa/totp/activate/", {"code": "000000"}, headers={"accept-language": language})
        assert said in page.content.decode()


def test_a_wrong_password_names_the_field_as_the_page_does(clerk, client):
    given = {"login": "zhou", "password": "wrong"}
    page = client.post("/sign-in/login/", given, headers={"accept-language": "zh-hans"}).content.decode()
    assert "用户名或密码不对" in page and ">用户名<" in page
