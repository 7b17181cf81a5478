"""Look at pages as somebody sees them: signs in as an account of a home and saves pictures.

    LIANXIN_HOME=… python tools/look.py ACCOUNT OUT_FOLDER ADDRESS… [--base http://127.0.0.1:8000] [--en] [--elder]
    [--axe]

Each address is taken at 390 and at 1440 px. The home must be one's own: the script writes a session into its database.
`--axe` prints what the accessibility checker finds. A server must run on --base.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

sys.path.pop(0)  # tools/locale.py would stand before Python's own locale

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianxin.site.settings")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402

from lianxin.access.queries import account_named  # noqa: E402


def session_of(username: str) -> str:
    """The key of a fresh session of this account, second factor passed."""
    account = account_named(username)
    if account is None:
        raise SystemExit(f"no account {username} in {os.environ.get('LIANXIN_HOME', 'this home')}")
    store = SessionStore()
    store[SESSION_KEY] = str(account.pk)
    store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    store[HASH_SESSION_KEY] = account.get_session_auth_hash()
    store["account_authentication_methods"] = [{"method": "mfa"}]
    store.save()
    return str(store.session_key)


def check(page: Page, name: str) -> None:
    """Print what axe finds on the page."""
    from axe_playwright_python.sync_playwright import Axe

    for found in Axe().run(page).response["violations"]:
        nodes = "; ".join(str(node["target"][0]) for node in found["nodes"][:4])
        print(f"  axe {name}: {found['id']} ({found['impact']}) {nodes}")


def look(arguments: argparse.Namespace) -> None:
    """Take the pictures."""
    out = Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    cookies: list[Any] = [{"name": "django_language", "value": "en" if arguments.en else "zh-hans"}]
    if arguments.elder:
        cookies.append({"name": "size", "value": "elder"})
    if arguments.account != "-":
        cookies.append({"name": "sessionid", "value": session_of(arguments.account)})
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell") or shutil.which("chromium"), args=["--no-sandbox"]
        )
        for width in (1440, 390):
            context = browser.new_context(viewport={"width": width, "height": 900})
            context.add_cookies([{**cookie, "url": arguments.base} for cookie in cookies])
            page = context.new_page()
            page.on("console", lambda said: print("  console:", said.text) if said.type == "error" else None)
            for address in arguments.address:
                answer = page.goto(arguments.base + address)
                name = re.sub(r"[^a-z0-9]+", "-", address.lower()).strip("-") or "home"
                wide = page.evaluate("document.documentElement.scrollWidth")
                over = f" TOO WIDE {wide}" if wide > width else ""
                print(f"{answer.status if answer else '?'} {width} {address}{over}")
                page.screenshot(path=str(out / f"{name}-{width}.png"), full_page=True)
                if arguments.axe:
                    check(page, f"{address} {width}")
            context.close()
        browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("account")
    parser.add_argument("out")
    parser.add_argument("address", nargs="+")
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    parser.add_argument("--en", action="store_true")
    parser.add_argument("--elder", action="store_true")
    parser.add_argument("--axe", action="store_true")
    look(parser.parse_args())
    sys.exit(0)
