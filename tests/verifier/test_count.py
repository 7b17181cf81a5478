"""Counting keys in a browser: taps wait without a line, are signed with the phone's own key, and are handed in once."""

import base64
import json

import pytest

from lianxin.cards import useread
from lianxin.engine import clock, cose
from tests.environment import CHROMIUM
from tests.verifier.conftest import HOST, ROOT


@pytest.mark.django_db
def test_a_driver_counts_without_a_line_and_hands_in_once(client):
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    html = client.get("/V/count").content
    told, line = [], {"up": True}

    def answer(route):
        path = route.request.url.removeprefix(HOST).partition("?")[0]
        if path == "/V/count":
            return route.fulfill(body=html, content_type="text/html")
        if path.startswith("/api/"):
            if not line["up"]:
                return route.abort()
            told.append((path, json.loads(route.request.post_data)))
            if "counts" in told[-1][1] and json.loads(told[-1][1]["counts"])["batch"] == 2:
                refused = json.dumps({"code": "old", "detail": "给得太晚"})
                return route.fulfill(status=422, body=refused, content_type="application/problem+json")
            said = (
                {"device": 12, "scene": "bus", "name": "司机键", "lines": ["8", "12"]}
                if path.endswith("enrol")
                else {"state": "taken"}
            )
            return route.fulfill(body=json.dumps(said), content_type="application/json")
        file = ROOT / path.lstrip("/")
        return route.fulfill(body=file.read_bytes(), content_type="text/css" if path.endswith("css") else "text/javascript") \
            if path.startswith("/static/") and file.exists() else route.fulfill(status=404, body="")  # fmt: skip

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM)
        phone = browser.new_context(service_workers="block")
        phone.route("**/*", answer)
        page = phone.new_page()
        page.goto(f"{HOST}/V/count")
        page.fill("#code", "ABCD-EFGH-JKMN")
        page.click("[data-form=enrol] button")
        page.wait_for_selector("[data-kind=veteran]:visible")
        line["up"] = False
        for kind, times in (("veteran", 3), ("bereaved", 2), ("military", 2)):
            for _time in range(times):
                page.click(f"[data-kind={kind}]")
        page.click("[data-undo]")  # one of the forces too many
        page.click("[data-send]")
        page.wait_for_function("JSON.parse(localStorage.getItem('count-state')).out.length === 1")
        page.reload()
        page.wait_for_selector("[data-kind=veteran]:visible")
        assert "6" in page.inner_text("[data-said]")
        line["up"] = True
        page.click("[data-send]")
        page.wait_for_function("JSON.parse(localStorage.getItem('count-state')).out.length === 0")
        # a batch that is refused for good holds up nothing; two tabs hand in what stands there once
        page.click("[data-kind=veteran]")
        page.click("[data-send]")
        page.wait_for_function(
            "JSON.parse(localStorage.getItem('count-state')).out.some((each) => each.refused === 'old')"
        )
        refused_last = told[-1][1]
        tab = phone.new_page()
        tab.goto(f"{HOST}/V/count")
        tab.wait_for_selector("[data-kind=veteran]:visible")
        for _time in range(4):
            page.click("[data-kind=bereaved]")
        for one in (page, tab, page, tab):
            one.evaluate("document.querySelector('[data-send]').click()")
        for _look in range(
            200
        ):  # what was refused stands there before and after: only the line tells that it was handed in
            if told[-1][1] != refused_last:
                break
            page.wait_for_timeout(50)
        tab.wait_for_function("JSON.parse(localStorage.getItem('count-state')).out.length === 1")
        for one in (page, tab):
            one.wait_for_function("async () => !(await navigator.locks.query()).held.length")
        browser.close()
    (_enrol, key), *batches = told
    sent = [json.loads(body["counts"]) for _path, body in batches]
    later = [one for one in sent if one["batch"] > 2]
    assert [row[2:] for one in later for row in one["counts"]] == [["bereaved", 4]], "once, from whichever tab"
    assert [one["batch"] for one in sent].count(1) == 1, "one batch, once"
    body, at = batches[0][1], clock.now().astimezone(clock.SHANGHAI)
    raw = base64.urlsafe_b64decode(key["key"])
    public = bytes([2 + (raw[64] & 1)]) + raw[1:33]
    believed = cose.verifier(cose.ES256, public)
    assert believed.verify(useread.signed(body["counts"]), base64.urlsafe_b64decode(body["signature"]))
    read = useread.read(body["counts"], body["rest"], at, at.date())
    assert {kind: n for (_day, _hour, kind), n in read.counts.items()} == {"veteran": 3, "bereaved": 2}
    assert list(read.military.values()) == [1] and "military" not in body["counts"]
    assert (read.device, read.line, read.cards, read.rates) == (12, "8", [], [])
