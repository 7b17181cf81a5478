"""500 households ask at the same instant over real HTTP, on the embedded database (limits: the worst answer 5 s, nothing lost).

Builds a city of 2,000 card-holders in a folder of its own, starts ``lianxin serve`` on it, signs in one resident of 500
households each and opens the form. Then all send at once, every one of them twice, as impatient thumbs do. Afterwards the
database is asked: every ask is there, once, with its number, its clock and its notice, and on a desk.
``LIANXIN_BENCH_ASKS`` changes how many ask; the limits are those of 500.
"""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import Counter
from dataclasses import dataclass

import django

ASKS = int(os.environ.get("LIANXIN_BENCH_ASKS", "500"))
LIMITS = {"worst answer": 5.0, "refused or in error": 0, "lost": 0, "doubled": 0}
PATH = "/ask/household-help/repair/"


@dataclass
class Asker:
    """Somebody at a phone: a session, the form's token, the words, and what came back (status, seconds)."""

    session: str
    family: int
    words: str
    token: str = ""
    cookie: str = ""
    answers: list[tuple[int, float]] | None = None


def main() -> int:
    """Build, ask, count, print the table; 1 where a limit is passed."""
    if os.environ.get("DATABASE_URL"):
        print("this measures the embedded database; unset DATABASE_URL", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="lianxin-asks-") as home:
        os.environ["LIANXIN_HOME"] = home
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianxin.site.settings")
        command = [sys.executable, "-m", "lianxin.ops.main"]
        subprocess.run([*command, "demo", "--people", "2000", "--no-serve"], check=True, stdout=subprocess.DEVNULL)
        django.setup()
        port = _free()
        log = open(os.path.join(home, "serve.log"), "w")  # noqa: SIM115  lives as long as the server
        server = subprocess.Popen([*command, "serve", "--port", str(port)], stdout=log, stderr=log)
        try:
            _wait(port, server)
            return _measure(port)
        finally:
            server.terminate()
            server.wait(30)
            log.close()


def _measure(port: int) -> int:
    from lianxin.casework.models import Case
    from lianxin.notices.models import Notice

    askers = _askers()
    if len(askers) < ASKS:
        print(f"only {len(askers)} households can sign in", file=sys.stderr)
        return 1
    _each(askers, lambda one: _open(port, one), width=16)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    first = _at_once(port, askers)
    second = _at_once(port, askers)
    asked = Counter(Case.objects.filter(words__startswith="【并发】").values_list("words", flat=True))
    rows = Case.objects.filter(words__startswith="【并发】")
    whole = rows.filter(office__isnull=False, due_at__isnull=False, state="open").exclude(number="").count()
    told = Notice.objects.filter(case__in=rows.values("pk"), template="case-opened").values("case").distinct().count()
    times = sorted(seconds for one in askers for _status, seconds in one.answers or [])
    statuses = Counter(status for one in askers for status, _seconds in one.answers or [])
    wrong = sum(count for status, count in statuses.items() if status != 302)
    measured = {
        "worst answer": times[-1], "refused or in error": wrong,
        "lost": sum(asked[one.words] == 0 for one in askers), "doubled": sum(count - 1 for count in asked.values()),
    }  # fmt: skip
    print(f"{len(askers)} households asked at once ({first:.1f} s), and once more with the same words ({second:.1f} s)")
    print(f"{os.cpu_count()} cores; load of the machine before: {load:.1f} (over two or three, others were at work)")
    print(
        f"answers: {dict(statuses)}; median {times[len(times) // 2]:.2f} s, 95 % within {times[len(times) * 95 // 100]:.2f} s"
    )
    print(f"{sum(asked.values())} asks recorded, {whole} with number, desk and clock, {told} told")
    print(f"{'':22}{'measured':>10}{'limit':>8}{'ratio':>8}")
    over = whole != len(askers) or told != len(askers)
    for name, value in measured.items():
        limit = LIMITS[name]
        over |= value > limit
        ratio = f"{value / limit:8.2f}" if limit else f"{'0.00' if not value else 'over':>8}"
        print(f"{name:22}{value:>10.2f}{limit:>8.0f}{ratio}")
    return 1 if over else 0


def _askers() -> list[Asker]:
    """One grown-up of each of some households, with an account and a session: the second factor was passed at home."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.db.models import Min

    from lianxin.access import actions as access
    from lianxin.access.models import Account
    from lianxin.engine import clock
    from lianxin.ops.start import operator
    from lianxin.people.models import Person

    taken = Account.objects.filter(person__isnull=False).values("person")
    grown = Person.objects.filter(visible=True, died_on__isnull=True, family__isnull=False, born_on__lt="2000-01-01")
    chosen = grown.exclude(pk__in=taken).values("family").annotate(who=Min("pk")).order_by("family")[:ASKS]
    people = {row["who"]: row["family"] for row in chosen}
    made = access.open_accounts(
        accounts=[(Account(username=f"asks-{person}", name="居民", person=person), "") for person in people],
        by=operator(), at=clock.now(),
    )  # fmt: skip
    found = []
    for account in made:
        store = SessionStore()
        store[SESSION_KEY], store[BACKEND_SESSION_KEY] = (
            str(account.pk),
            "allauth.account.auth_backends.AuthenticationBackend",
        )
        store[HASH_SESSION_KEY] = account.get_session_auth_hash()
        store["account_authentication_methods"] = [{"method": "mfa"}]
        store.save()
        family = people[account.person or 0]
        found.append(Asker(str(store.session_key), family, f"【并发】第 {family} 户的水管漏了", answers=[]))
    return found


def _open(port: int, one: Asker) -> None:
    """Open the form, as everybody does before they send it."""
    from django.conf import settings

    name = settings.SESSION_COOKIE_NAME
    _status, body, cookies = _ask(port, "GET", PATH, f"{name}={one.session}")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', body)
    if token is None:
        raise SystemExit(f"the form has no token: {body[:300]}")
    one.token = token.group(1)
    one.cookie = "; ".join([f"{name}={one.session}", *cookies])


def _at_once(port: int, askers: list[Asker]) -> float:
    """Everybody sends at the same instant; seconds until the last was answered."""
    start = threading.Barrier(len(askers) + 1)

    def send(one: Asker) -> None:
        form = urllib.parse.urlencode(
            {"csrfmiddlewaretoken": one.token, "words": one.words, "place": "厨房", "when": "现在"}
        )
        start.wait()
        began = time.perf_counter()
        try:
            status, _body, _cookies = _ask(port, "POST", PATH, one.cookie, form)
        except OSError:
            status = 0
        (one.answers if one.answers is not None else []).append((status, time.perf_counter() - began))

    threads = [threading.Thread(target=send, args=(one,)) for one in askers]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def _ask(port: int, method: str, path: str, cookie: str, form: str = "") -> tuple[int, str, list[str]]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Cookie": cookie, "Referer": f"http://127.0.0.1:{port}{path}"}
    if form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    line.request(method, path, body=form.encode() or None, headers=headers)
    answer = line.getresponse()
    body = answer.read().decode("utf-8", "replace")
    cookies = [value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
    line.close()
    return answer.status, body, cookies


def _each(askers: list[Asker], what: object, *, width: int) -> None:
    """Do something for everybody, some at a time."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(width) as pool:
        list(pool.map(what, askers))  # type: ignore[arg-type]


def _free() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(120):
        if server.poll() is not None:
            break
        try:
            if _ask(port, "GET", "/healthz", "")[0] == 200:
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("the server did not answer")


if __name__ == "__main__":
    sys.exit(main())
