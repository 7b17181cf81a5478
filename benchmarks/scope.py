"""Pages as a scoped clerk opens them beside the same pages of somebody who sees the whole city: at most 1.2 times the time.

Over a scratch copy of the demo city in LIANXIN_HOME (LIANXIN_BENCH_TIMES=10 makes it ten times as large, see tenfold.py).
Four accounts with the same roles over a village, a township, a county and the city visit every list, search and detail
page in turn. Prints the milliseconds of the fastest of nine visits (of the processor's time where the database is part of the
process, so that other work on the machine counts for nothing) and for each page the ratio of the slowest scoped one to the
unscoped one; pages of which the difference is under two milliseconds count as equal.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from benchmarks import tenfold

LIMIT = 1.2
AGAIN = 9
EQUAL = 2.0  # milliseconds
ROLES = ("clerk", "reviewer", "approver", "payment-maker", "auditor")
PAGES = (
    "inbox/", "cases/", "cases/?state=open", "cases/?light=red", "search/", "search/?q=李", "search/?q=建国", "search/?q=zhangwei",
    "search/?q=zhjg", "search/?q=zjg", "search/?q=龘龘", "search/?q=国李", "search/?q=19999999999", "search/?q=CC00000001",
    "search/?q=参战", "search/?q=查无此路九号", "people/list/?q=张", "people/list/?category=combat",
    "people/list/?category=disabled_soldier&age=60-69&sex=male", "people/list/?phone=no", "people/list/?alone=yes&age=80",
    "people/list/?verified=no", "people/list/?account=no&q=王", "people/list/?area={township}", "people/list/?area={village}",
    "people/lists/", "entitled/", "unknown/", "calls/", "givers/", "partners/", "publicity/", "payments/", "payments/lines/",
    "payments/due/", "payments/returned/", "payments/books/", "journal/", "journal/?area={village}", "figures/one-page/",
    "services/", "people/{person}/", "cases/{case}/",
)  # fmt: skip


def _client(account: Any) -> Any:
    from django.test import Client

    client = Client()
    client.force_login(account)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa"}]
    session.save()
    return client


def _staff(home: str) -> dict[str, Any]:
    """The four accounts, made through the door."""
    from lianxin.access import actions as access
    from lianxin.access.models import Grant
    from lianxin.engine import clock
    from lianxin.engine.scope import Actor, over

    system, at = Actor(area=home[:4], scope=over(home[:4]), permissions=frozenset({"*"})), clock.now()
    made = {}
    for name, length in (("village", 12), ("township", 9), ("county", 6), ("city", 4)):
        area = home[:length]
        account = access.seat(
            username=f"bench-{name}-{time.time_ns()}", name="测", role=ROLES[0], area=area, by=system, at=at
        )
        access.give_roles(grants=[Grant(account=account, role=role, area=area) for role in ROLES[1:]], by=system, at=at)
        made[name] = _client(account)
    return made


def main() -> int:
    """Visit every page as each and print the table."""
    tenfold.ready(scratch=True)
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    from lianxin.casework.models import Case
    from lianxin.people.models import Person

    case = (
        Case.objects.filter(person__isnull=False, sealed=False)
        .order_by("-pk")
        .values_list("pk", "person", "area")
        .first()
    )
    home = Person.objects.get(pk=case[1]).home
    parts = {"person": case[1], "case": case[0], "township": home[:9], "village": home}
    staff, tick = _staff(home), tenfold.tick()
    print(f"{'page':58}" + "".join(f"{name:>10}" for name in staff) + f"{'ratio':>8}")
    slow, ratios = 0, []
    for page in PAGES:
        url = f"/console/{page.format(**parts)}"
        times: dict[str, list[float]] = {name: [] for name in staff}
        for turn in range(AGAIN + 1):
            for name, client in staff.items():
                began = tick()
                answer = client.get(url)
                if turn:
                    times[name].append((tick() - began) * 1000)
                assert answer.status_code == 200, (url, name, answer.status_code)
        fastest = {name: min(some) for name, some in times.items()}
        whole = fastest.pop("city")
        worst = max(fastest.values())
        ratio = worst / whole if worst - whole > EQUAL else min(worst / whole, 1.0)
        ratios.append(ratio)
        slow += ratio > LIMIT
        print(
            f"{page:58}" + "".join(f"{one:10.1f}" for one in [*fastest.values(), whole]) + f"{ratio:8.2f}", flush=True
        )
    print(f"over {Person.objects.count()} persons; slowest scoped to unscoped: at most {max(ratios):.2f}, limit {LIMIT}; "
          f"{slow} of {len(PAGES)} pages over it")  # fmt: skip
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
