"""Matching beside its limits: everyone × everything in force from the database to stored differences, and one change.

Run it in a copy of a home with a city in it (it stores verdicts): `LIANXIN_HOME=… ./lianxin bench match`. The first
line is a repeat: everything is read, judged and compared, and nothing differs. The second finds every amount of one
service and some hundred persons changed. The last takes one person at a time, with kin and household, through all
services, as the minute's work does; and explains all services to one person at a time. LIANXIN_BENCH_TIMES=10 runs it over
a scratch copy with ten times the people: everyone may then take ten times the limit, one person no more than before.
"""

from __future__ import annotations

import datetime as dt
import resource
import statistics
import sys
import time

from benchmarks import tenfold

EVERYONE, ONE, EXPLAINED = 10.0 * tenfold.TIMES, 0.050, 0.030
PERSONS = 40


def main() -> int:
    """Print the table; exit 1 where a limit is passed."""
    tenfold.ready()
    from lianxin.catalogue import actions
    from lianxin.catalogue.models import Verdict
    from lianxin.engine import clock
    from lianxin.engine.scope import Actor, over
    from lianxin.people.identities import nearby
    from lianxin.people.models import Person

    by = Actor(permissions=frozenset({"*"}), scope=over("4199"), area="4199", name="bench")
    at = clock.now()
    day = clock.day(at)
    actions.match(as_of=day, by=by, at=at)
    files, services = Person.objects.count(), len(actions.in_force(day))
    print(f"{files:,} files, {services} services, {Verdict.objects.count():,} verdicts stored")
    worst = 0.0
    began = time.perf_counter()
    actions.match(as_of=day, by=by, at=at)
    took = time.perf_counter() - began
    print(f"{'everyone, nothing differs':40}{took:9.2f} s   {took / EVERYONE:5.2f} × the limit of {EVERYONE:.0f} s")
    worst = max(worst, took / EVERYONE)
    some = Verdict.objects.filter(verdict="E").order_by("pk").values_list("pk", flat=True)[:5000]
    Verdict.objects.filter(pk__in=list(some)[::10]).update(amount=1)
    began = time.perf_counter()
    actions.match(as_of=day, by=by, at=at)
    took = time.perf_counter() - began
    print(f"{'everyone, 500 verdicts differ':40}{took:9.2f} s   {took / EVERYONE:5.2f} × the limit of {EVERYONE:.0f} s")
    worst = max(worst, took / EVERYONE)
    ids = list(Person.objects.filter(visible=True).order_by("pk").values_list("pk", "family_id"))
    people = ids[:: max(1, len(ids) // PERSONS)][:PERSONS]
    times, busy, near = [], [], []
    for person, _family in people:
        began, worked = time.perf_counter(), time.process_time()
        persons = nearby([person])
        actions.match(as_of=day, by=by, at=at, persons=persons)
        times.append(time.perf_counter() - began)
        busy.append(time.process_time() - worked)
        near.append(len(persons))
    middle, slow = statistics.median(times), max(times)
    print(f"{'one change (median)':40}{middle * 1000:9.1f} ms  {middle / ONE:5.2f} × the limit of {ONE * 1000:.0f} ms; "
          f"slowest {slow * 1000:.0f} ms, {statistics.median(busy) * 1000:.0f} ms of work, "
          f"{statistics.mean(near):.1f} persons on average")  # fmt: skip
    worst = max(worst, middle / ONE, _explain(people, day))
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    return 1 if worst > 1 else 0


def _explain(people: list[tuple[int, int | None]], day: dt.date) -> float:
    """Every service explained to one person and household, from the database; the ratio to its limit."""
    from lianxin.catalogue import queries

    times, busy = [], []
    for person, family in people:
        began, worked = time.perf_counter(), time.process_time()
        told = queries.explain(person=person, family=family, day=day)
        times.append(time.perf_counter() - began)
        busy.append(time.process_time() - worked)
    middle = statistics.median(times)
    print(f"{'explain one person (median)':40}{middle * 1000:9.1f} ms  {middle / EXPLAINED:5.2f} × the limit of "
          f"{EXPLAINED * 1000:.0f} ms; {statistics.median(busy) * 1000:.0f} ms of work, {len(told)} services")  # fmt: skip
    return middle / EXPLAINED


if __name__ == "__main__":
    sys.exit(main())
