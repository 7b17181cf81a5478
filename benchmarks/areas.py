"""Server time of the tree of areas, a branch, a search and a picker, with 5,000 and 50,000 nodes (limit: 100 ms).

Makes its own areas in an empty home of its own; needs nothing. Prints median milliseconds of seven visits and exits 1 where
one is over the limit.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time

import django

LIMIT = 100.0
ADDRESSES = (
    "/console/areas/", "/console/areas/4199/below/", "/console/areas/419901001/below/", "/console/areas/?q=柳树",
    "/console/areas/?q=lsc", "/console/areas/pick/?q=liushu", "/console/areas/419901001/",
)  # fmt: skip


def main() -> int:
    """Fill, visit, print."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["LIANXIN_HOME"] = home
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        return sum(_with(nodes) for nodes in (5_000, 50_000)) > 0


def _with(nodes: int) -> int:
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from lianxin.access import actions
    from lianxin.access.models import Account
    from lianxin.engine import clock
    from lianxin.engine.scope import Actor, over

    settings.DEMO = True  # the session below stands for a second factor
    by, at = Actor(permissions=frozenset({"*"}), scope=over("4199"), area="4199"), clock.now()
    per = nodes // 200
    actions.add_areas(areas=[(f"4199{county:02d}{town:03d}{village:03d}", f"{'柳树杨木'[village % 4]}{village}村", "")
                             for county in range(1, 11) for town in range(1, 21) for village in range(1, per + 1)],
                      by=by, at=at)  # fmt: skip
    account = Account.objects.filter(username="keeper").first() or actions.seat(
        username="keeper", name="keeper", role="operator", area="4199", by=by, at=at
    )
    client = Client()
    client.force_login(account)
    session = client.session
    session["persona"] = True
    session.save()
    run = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    worse = 0
    for address in ADDRESSES:
        client.get(address)
        times = []
        for _ in range(7):
            began = run()
            answer = client.get(address)
            times.append((run() - began) * 1000)
        took = statistics.median(times)
        worse += took > LIMIT or answer.status_code != 200
        print(f"{nodes:7}{address:40}{took:8.1f} ms{took / LIMIT:8.2f}")
    return worse


if __name__ == "__main__":
    sys.exit(main())
