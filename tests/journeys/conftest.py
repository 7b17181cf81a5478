"""One small city for the whole session: a 2,000-holder demo home, its server, and a browser in which to be somebody."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.environment import CHROMIUM

ROOT = Path(__file__).resolve().parents[2]
HOLDERS = "2000"


@dataclass(frozen=True)
class City:
    """Where it lives, where it answers, and who is who."""

    home: Path
    base: str
    personas: dict
    env: dict

    def later(self, code: str) -> str:
        """Run a few lines inside the home, as its background worker does; prints are returned."""
        prelude = (
            "import django; django.setup()\nimport datetime as dt\nfrom lianxin.engine import clock\n"
            "from lianxin.engine.scope import Actor, over\n"
            "SYSTEM = Actor(area='4199', scope=over('4199'), permissions=frozenset({'*'}))\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", prelude + code], env=self.env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout.strip()

    def number(self, figure: str) -> int:
        """A figure's exact value, for all time, as the command prints it."""
        done = subprocess.run(
            [sys.executable, "-m", "lianxin.ops.main", "figures", "--from", "2020-01-01", "--to", "2030-12-31", "--json"],
            env=self.env, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return next(int(row["value"]) for row in json.loads(done.stdout) if row["code"] == figure)


@pytest.fixture(scope="session")
def city(tmp_path_factory):
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    home = tmp_path_factory.mktemp("city")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**os.environ, "LIANXIN_HOME": str(home), "PYTHONPATH": str(ROOT / "src"), "LIANXIN_LOG": "ERROR",
           "DJANGO_SETTINGS_MODULE": "lianxin.site.settings"}  # fmt: skip
    env.pop("LIANXIN_TEST_HOME", None)
    subprocess.run([sys.executable, "tools/locale.py"], cwd=ROOT, check=True, capture_output=True)
    main = [sys.executable, "-m", "lianxin.ops.main"]
    subprocess.run(
        [*main, "demo", "--people", HOLDERS, "--no-serve"], env=env, cwd=ROOT, check=True, capture_output=True
    )
    log = (home / "serve.log").open("w")
    server = subprocess.Popen([*main, "serve", "--port", str(port)], env=env, cwd=ROOT, stdout=log, stderr=log)
    base = f"http://127.0.0.1:{port}"
    try:
        _wait(base + "/healthz", server)
        yield City(home, base, json.loads((home / "demo.json").read_text())["personas"], env)
    finally:
        server.terminate()
        server.wait(20)


def _wait(address: str, server: subprocess.Popen) -> None:
    for _ in range(120):
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.5)
    raise AssertionError("the server did not answer")


@pytest.fixture(scope="session")
def chromium(city):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Somebody:
    """A persona at their own device."""

    def __init__(self, page, city: City) -> None:
        self.page = page
        self.city = city

    def go(self, address: str):
        answer = self.page.goto(self.city.base + address)
        if answer is None:  # the page was on its way somewhere by itself, as after a download
            answer = self.page.goto(self.city.base + address)
        assert answer is not None
        assert answer.status < 400, (address, answer.status)
        return self

    def settled(self):
        """Until the page has all its styles and scripts: the app's first answer brings the rest after it is painted."""
        return self.until(
            "!document.querySelector('link[rel=late]') && [...document.querySelectorAll('link[rel=stylesheet]')].every(l => l.sheet)"
            " && (!document.querySelector('.co-page') || document.documentElement.classList.contains('js'))"
        )

    def until(self, holds: str, seconds: float = 30):
        """Until a sentence of JavaScript holds. Asked again and again from outside: the pages forbid what evaluates text."""
        ends = time.monotonic() + seconds
        while not self.page.evaluate(holds):
            assert time.monotonic() < ends, holds
            self.page.wait_for_timeout(20)
        return self

    def status(self, address: str) -> int:
        return self.page.request.get(self.city.base + address).status

    def reads(self, *words: str):
        said = self.page.inner_text("body")
        for one in words:
            assert one in said, f"{one!r} is not on {self.page.url}:\n{said[:3000]}"
        return self

    def not_reads(self, *words: str):
        said = self.page.inner_text("body")
        for one in words:
            assert one not in said, f"{one!r} is on {self.page.url}"
        return self

    def press(self, words: str, *, within: str = "main"):
        """A button or a link by its words."""
        found = (
            self.page.locator(within)
            .get_by_role("button", name=words)
            .or_(self.page.locator(within).get_by_role("link", name=words))
        )
        found.first.click()
        self.page.wait_for_load_state("load")
        return self

    def does(self, case: int | str, verb: str, **given: str):
        """One verb of a case in the console, through its button and its box."""
        self.go(f"/console/cases/{case}/").does_here(case, verb, **given)
        bad = self.page.locator(".note.bad")
        assert bad.count() == 0, bad.first.inner_text()
        return self

    def does_here(self, case: int | str, verb: str, **given: str):
        """The same on the page as it stands open, however old it is; what the answer says is left to the reader."""
        opener = self.page.locator(f'[data-opens="do-{verb}"]')
        form = self.page.locator(f'form[action$="/cases/{case}/do/{verb}/"]')
        assert opener.count() or form.count(), f"no {verb} on {self.page.url}:\n{self.page.inner_text('main')[:1500]}"
        button = opener.first if opener.count() else form.locator("button").first
        if not button.is_visible():
            self.page.locator("details.more > summary").first.click()
        if opener.count():
            button.click()
            box = self.page.locator(f"dialog#do-{verb}")
            for name, value in given.items():
                field = box.locator(f'[name="{name}"]')
                kind = field.first.get_attribute("type") or field.first.evaluate("e => e.tagName.toLowerCase()")
                if kind == "radio":
                    box.locator(f'[name="{name}"][value="{value}"]').check(force=True)
                elif kind == "select":
                    field.select_option(value)
                else:
                    field.fill(value)
            with self.page.expect_navigation():
                box.locator("button").first.click()
        else:
            with self.page.expect_navigation():
                button.click()
        return self


@pytest.fixture
def be(city, chromium):
    """Become somebody: ``be("wife")`` is their own browser, signed in by the demo's one click."""
    opened = []

    def become(code: str | None, *, language: str = "zh-hans", **more):
        wide = 390 if code in {None, "wife", "soldier", "volunteer", "shop"} else 1440
        context = chromium.new_context(
            viewport={"width": more.pop("wide", wide), "height": 900}, locale="zh-CN", **more
        )
        context.add_cookies([{"name": "django_language", "value": language, "url": city.base}])
        page = context.new_page()
        opened.append(context)
        if code is not None:
            page.goto(city.base + "/demo/")
            page.locator(f'form[action$="/become/{code}/"] button').first.click()
            page.wait_for_load_state("load")
        return Somebody(page, city)

    yield become
    for context in opened:
        context.close()


def case_of(address: str) -> str:
    """The id of the case that an address opens."""
    found = re.search(r"/cases/(\d+)/", address)
    assert found, address
    return found.group(1)
