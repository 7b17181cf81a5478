"""Ten thousand random merges and takings back in a small city with rows in every room (limit: 60 ms each), and what holds.

After each block nothing may be lost (each covered row by its digest), everybody is reached, the register counts as many
persons as there are, what was known before stays known, the books balance, the chain holds; and some merges taken back in
any order leave every fact of everybody on four days as it was. ``LIANXIN_BENCH_MERGES`` changes how many.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MERGES, BLOCKS, HOLDERS = int(os.environ.get("LIANXIN_BENCH_MERGES", "10000")), 10, 2000
LIMIT = 0.060  # seconds for one merge or taking back, all rooms and the journal with it
DAYS = tuple(dt.date.fromisoformat(day) for day in ("2012-03-01", "2024-09-09", "2026-05-06", "2030-01-01"))
ROOMS = {"people", "casework", "payments", "outcomes", "notices"}


def ready() -> None:
    """A small city in a home of its own."""
    os.environ["LIANXIN_HOME"] = tempfile.mkdtemp(prefix="lianxin-bench-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "lianxin.site.settings"
    command = [sys.executable, "-m", "lianxin.ops.main", "demo", "--people", str(HOLDERS), "--no-serve"]
    subprocess.run(command, check=True, capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT / "src")})
    sys.path.insert(0, str(ROOT / "src"))
    import django

    django.setup()


def rows() -> set[bytes]:
    """The digest of every covered row with its table and id."""
    from django.apps import apps

    from lianxin.journal import rows as digests
    from lianxin.journal.models import Covered

    found = set()
    for model in apps.get_models():
        if issubclass(model, Covered) and model._meta.app_label in ROOMS:
            table = model._meta.label_lower.encode()
            for pk, *values in model._base_manager.values_list("pk", *digests.columns(model)):
                found.add(hashlib.sha256(table + str(pk).encode() + digests.of(model, values)).digest()[:16])
    return found


def said(known_at: dt.datetime | None = None) -> dict[dt.date, Any]:
    """Every fact of everybody on the days."""
    from lianxin.people import facts

    return {day: facts.frame(subject="person", day=day, known_at=known_at) for day in DAYS}


def same(one: dict[dt.date, Any], other: dict[dt.date, Any]) -> bool:
    """Whether two tellings agree in every value."""
    return all(one[day].sort("id").equals(other[day].sort("id")) for day in one)


class Work:
    """Random merges and takings back; what is merged is kept here a second time, to compare with."""

    def __init__(self, chance: random.Random) -> None:
        from lianxin.engine import clock
        from lianxin.engine.scope import Actor, over
        from lianxin.people.models import Person

        self.chance, self.now = chance, clock.now()
        self.by = Actor(area="4199", scope=over("4199"), permissions=frozenset({"*"}))
        self.everybody = list(Person.objects.values_list("pk", flat=True))
        self.into: dict[int, int] = {}
        self.done = 0

    def tick(self) -> dt.datetime:
        """A second later."""
        self.now += dt.timedelta(seconds=1)
        return self.now

    def merge(self, count: int) -> list[int]:
        """Some merges at once, set-based; now and then into files that have merges of their own."""
        from lianxin.people import merging

        free = [pk for pk in self.everybody if pk not in self.into]
        some = self.chance.sample(free, min(len(free) - len(free) % 2, count * 2))
        pairs = dict(zip(some[::2], some[1::2], strict=True))
        groups = ("account", "service", "standing", "livelihood", "membership")
        keep = {
            loser: {self.chance.choice(groups): self.chance.choice(("survivor", "loser", "both"))} for loser in pairs
        }
        made = merging.merge(pairs=pairs, reason="merged by chance", keep=keep, by=self.by, at=self.tick())
        self.into |= pairs
        self.done += len(pairs)
        return made

    def apart(self, loser: int) -> None:
        """Take back the merge by which a file is merged now."""
        from lianxin.people import merging
        from lianxin.people.models import Merge

        merge = Merge.objects.get(loser=loser, undone_at=None).pk
        merging.unmerge(merge=merge, reason="taken back by chance", by=self.by, at=self.tick())
        del self.into[loser]
        self.done += 1

    def last(self, pk: int) -> int:
        """Whose file a person's is, by our own account."""
        while pk in self.into:
            pk = self.into[pk]
        return pk


def held(
    work: Work, before: set[bytes], known: dict[dt.date, Any], then: dt.datetime, register: int
) -> dict[str, bool]:
    """What must hold after a block."""
    from lianxin.journal import queries as journal
    from lianxin.outcomes.models import Outcome
    from lianxin.payments import queries as payments
    from lianxin.people import identities, queries
    from lianxin.people.models import Person

    into, at_first = identities.survivors(), identities.survivors(then)
    posted = list(Outcome.objects.filter(person__isnull=False).values_list("person", flat=True))
    some = work.chance.sample(work.everybody, 40)
    numbers = dict(Person.objects.filter(pk__in=some).values_list("pk", "file_number"))
    return {
        "no row lost": before <= rows(),
        "chains": into == {pk: work.last(pk) for pk in work.into},
        "reached": all(
            [one.id for one in queries.find(work.by.scope, numbers[pk]).hits] == [work.last(pk)] for pk in some
        ),
        "register today": len({into.get(pk, pk) for pk in posted}) == len({work.last(pk) for pk in posted}),
        "register then": len({at_first.get(pk, pk) for pk in posted}) == register,
        "facts as known then": same(known, said(then)),
        "books": not payments.verify_books().broken,
        "journal": journal.verify().broken is None,
    }


def back_again(work: Work) -> bool:
    """Merge some, take them back in any order: the facts of everybody must be what they were."""
    before = said()
    free = set(work.into)
    work.merge(12)
    fresh = [loser for loser in work.into if loser not in free]
    work.chance.shuffle(fresh)
    for loser in fresh:
        work.apart(loser)
    return same(before, said())


def main() -> int:
    """Print what held after each block and the time of one merge or taking back."""
    ready()
    from lianxin.outcomes.models import Outcome

    work = Work(random.Random(20261125))
    start, then = said(), work.now
    before, known = rows(), said(then)
    register = len(set(Outcome.objects.filter(person__isnull=False).values_list("person", flat=True)))
    print(f"{len(work.everybody)} persons, {len(before)} covered rows; {MERGES} merges and takings back")
    spent, wrong = 0.0, 0
    for block in range(BLOCKS):
        began, until = time.perf_counter(), work.done + MERGES // BLOCKS
        while work.done < until:
            work.merge(work.chance.randint(1, 40))
            for loser in work.chance.sample(list(work.into), min(len(work.into), work.chance.randint(0, 40))):
                work.apart(loser)
        spent += time.perf_counter() - began
        found = held(work, before, known, then, register) | {"back again": back_again(work)}
        wrong += sum(not good for good in found.values())
        broken = ", ".join(name for name, good in found.items() if not good)
        print(
            f"block {block + 1:2}  {work.done:6} done  {len(work.into):4} merged now  {broken or 'all holds'}",
            flush=True,
        )
    for loser in work.chance.sample(list(work.into), len(work.into)):
        work.apart(loser)
    end = same(start, said())
    print(f"everything taken back: facts of everybody {'as at first' if end else 'DIFFER'}")
    each = spent / MERGES
    print(f"one merge or taking back {each * 1000:8.1f} ms   {each / LIMIT:5.2f} of the limit")
    return 0 if end and not wrong and each <= LIMIT else 1


if __name__ == "__main__":
    raise SystemExit(main())
