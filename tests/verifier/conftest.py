"""A browser in which the verifier's scripts run alone, at an address that counts as secure."""

from pathlib import Path

import pytest

from tests.environment import CHROMIUM

ROOT = Path(__file__).resolve().parents[2]
HOST = "https://card.example"


@pytest.fixture(scope="module")
def bench():
    """A page with token.js and verdict.js; whatever else it asks for is told in ``bench.asked``."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM)
        page = browser.new_page()
        page.asked = []

        def answer(route):
            path = route.request.url.removeprefix(HOST).partition("?")[0]
            page.asked.append(route.request.url)
            if path == "/":
                return route.fulfill(body="<!doctype html><meta charset=utf-8>", content_type="text/html",
                                     headers={"Content-Security-Policy": "script-src 'self'"})  # fmt: skip
            return route.fulfill(body=(ROOT / path.lstrip("/")).read_bytes(), content_type="text/javascript")

        page.route("**/*", answer)
        page.goto(HOST + "/")
        for name in (
            "static/vendored/sm-crypto-v2/index.umd.js",
            "static/verifier/token.js",
            "static/verifier/verdict.js",
        ):
            page.add_script_tag(url=f"{HOST}/{name}")
        page.evaluate("lxToken.libraries.ed25519 = '/static/vendored/noble-ed25519/index.js'")
        yield page
        browser.close()
