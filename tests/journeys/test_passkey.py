"""Staff sign in with a passkey: set up once behind the password, then it alone opens the house and the sensitive acts."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import CHROMIUM

pytestmark = [pytest.mark.browser, pytest.mark.city]
PASSWORD = "correct horse 9"
DEVICE = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
          "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip


def test_a_passkey_is_set_up_once_and_opens_the_house_alone(city, chromium):
    assert CHROMIUM
    city.later(
        "from lianxin.access.models import Account\n"
        f"one = Account.objects.get(username='payment-checker'); one.set_password({PASSWORD!r}); one.must_change = False; one.save()"
    )
    base = city.base.replace("127.0.0.1", "localhost")  # passkeys are bound to names
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    try:
        page.goto(base + "/sign-in/login/")
        page.fill("[name=login]", "payment-checker")
        page.fill("[name=password]", PASSWORD)
        page.locator('form[action$="/login/"] button.primary').first.click()
        page.wait_for_load_state("load")
        page.goto(base + "/console/")
        assert "/totp/activate/" in page.url, "without a second step nothing opens"
        page.locator('main a[href$="/webauthn/add/"]').click()
        page.fill("[name=name]", "办公室")
        page.locator("[name=passwordless]").check(force=True)
        with page.expect_navigation():
            page.click("#mfa_webauthn_add")
        page.goto(base + "/console/payments/")
        assert page.url.endswith("/console/payments/"), "it was shown a moment ago"
        context.clear_cookies()
        page.goto(base + "/console/payments/")
        assert "/login/" in page.url
        with page.expect_navigation():
            page.click("#passkey_login")
        page.goto(base + "/console/payments/")
        assert page.url.endswith("/console/payments/")
    finally:
        context.close()
    said = city.later("from lianxin.access.models import Visit; print(Visit.objects.latest('pk').how)")
    assert said == "passkey"
