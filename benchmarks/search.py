"""Twenty-four kinds of search in four scopes over the demo city in LIANXIN_HOME, beside the limit of 50 ms to first results.

LIANXIN_BENCH_TIMES=10 searches a scratch city ten times as large (see tenfold.py). Prints for each kind the median of
seven searches in a village, a township, a county and the whole city (of the processor's time where the database is part of
the process, so that other work on the machine counts for nothing), the slowest single one by the wall's clock, and the
ratio of the slowest median to the limit; exits 1 where a median is over it.
"""

from __future__ import annotations

import statistics
import sys
import time

from benchmarks import tenfold

LIMIT = 50.0
AGAIN = 7


def kinds() -> dict[str, str]:
    """What is typed, by kind; a few are taken from somebody in the middle of the city."""
    from lianxin.access import seal
    from lianxin.people.models import Particulars, Person

    number = Person.objects.filter(phone_mark__isnull=False, visible=True).count() // 2
    one = Person.objects.filter(phone_mark__isnull=False, visible=True).order_by("pk")[min(number, 50_000)]
    row = Particulars.objects.filter(person=one, superseded_at__isnull=True).latest("pk")
    assert row.id_sealed is not None
    assert row.phone_sealed is not None
    return {
        "name, whole": "张伟", "name, beginning": "张建", "name, any part": one.name[1:], "one character": "李",
        "two, nobody": "国李", "rare, nobody": "龘龘", "this person": one.name, "pinyin, whole": "zhangwei",
        "pinyin, one syllable": "zhang", "pinyin, any part": "guohua", "pinyin, nobody": "zhangqiongqiong",
        "initials": "zjg", "one initial": "z", "syllables cut short": "zhangjg", "cut short, nobody": "zjiongq",
        "mixed": "张jg", "mixed, nobody": "建qiong", "ID number": seal.unseal(row.id_sealed, one.salt, "id"),
        "phone": seal.unseal(row.phone_sealed, one.salt, "phone"), "phone, nobody": "19999999999",
        "file number": one.file_number, "household": one.family.code if one.family else "H1", "address": one.address,
        "address, nobody": "查无此路九号", "area name": "文湾社区", "category": "参战", "name and place": "张伟 文湾社区",
    }  # fmt: skip


def main() -> int:
    """Search and print the table."""
    tenfold.ready()
    from lianxin.engine.scope import over
    from lianxin.people.finding import find
    from lianxin.people.models import Person

    everyone = Person.objects.filter(visible=True).order_by("pk")
    home = everyone.values_list("home", flat=True)[min(50_000, everyone.count() // 2)]
    scopes = {"village": over(home), "township": over(home[:9]), "county": over(home[:6]), "city": over(home[:4])}
    print(
        f"{'kind':22}"
        + "".join(f"{name:>10}" for name in scopes)
        + f"{'slowest':>10}{'of limit':>10}  found in the city"
    )
    over_limit, tick = 0, tenfold.tick()
    for kind, text in kinds().items():
        medians, slowest, found = [], 0.0, 0
        for scope in scopes.values():
            times = []
            for _ in range(AGAIN):
                wall, began = time.perf_counter(), tick()
                found = len(find(scope, text).hits)
                times.append((tick() - began) * 1000)
                slowest = max(slowest, (time.perf_counter() - wall) * 1000)
            medians.append(statistics.median(times))
        over_limit += max(medians) > LIMIT
        print(
            f"{kind:22}"
            + "".join(f"{one:10.1f}" for one in medians)
            + f"{slowest:10.1f}{max(medians) / LIMIT:10.2f}  {found}"
        )
    print(f"over {Person.objects.count()} persons; limit {LIMIT:.0f} ms to the first page; {over_limit} kinds over it")
    return 1 if over_limit else 0


if __name__ == "__main__":
    sys.exit(main())
