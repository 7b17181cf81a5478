"""Server time of the list and search pages over the demo city in LIANXIN_HOME (limit: 100 ms a page).

Build the city first: `LIANXIN_HOME=… ./lianxin demo --no-serve`. Prints median milliseconds of five visits (of work on
SQLite, where the database works in this process, so that a busy machine does not make a page look slow), the number
of queries, and the ratio to the limit; exits 1 where a page is over it.
"""

from __future__ import annotations

import statistics
import sys
import time

import django

LIMIT = 100.0
PAGES = {
    "wife": ["/", "/cases/", "/entitled/", "/money/", "/household/", "/door/home/"],
    "clerk": ["/console/inbox/", "/console/cases/", "/console/search/?q=李", "/console/search/?q=建国",
              "/console/search/?q=lj", "/console/entitled/", "/console/unknown/", "/console/calls/"],
    "approver": ["/console/inbox/", "/console/cases/", "/console/search/?q=李家", "/console/figures/"],
    "payment-maker": ["/console/payments/", "/console/payments/due/living-subsidy-rural60/"],
    "auditor": ["/console/journal/"],
}  # fmt: skip


def main() -> int:
    """Visit every page as its persona and print the table."""
    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from lianxin.demo import state

    clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    over = 0
    print(f"{'persona':16}{'page':48}{'ms':>8}{'queries':>9}{'of limit':>10}")
    for persona, addresses in PAGES.items():
        client = Client()
        client.get("/demo/")
        client.post(f"/demo/become/{persona}/")
        for address in addresses:
            client.get(address)
            times = []
            for _ in range(5):
                began = clock()
                answer = client.get(address)
                times.append((clock() - began) * 1000)
            with CaptureQueriesContext(connection) as seen:
                client.get(address)
            took = statistics.median(times)
            over += took > LIMIT or answer.status_code != 200
            print(f"{persona:16}{address:48}{took:8.1f}{len(seen):9}{took / LIMIT:10.2f}")
    print(f"over {state.current().get('holders', '?')} card-holders; limit {LIMIT:.0f} ms a page")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
