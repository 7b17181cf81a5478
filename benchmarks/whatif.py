"""Trying a draft on the whole city (limit: 2 s at full size, 20 s at ten times), over the city in LIANXIN_HOME.

Build the city first: `LIANXIN_HOME=… ./lianxin demo --no-serve`; LIANXIN_BENCH_TIMES=10 tries it on ten times the people.
Each draft is the version in force with its numbers raised by a tenth, compiled anew, so that no plan is kept; what is timed
is everything between the compiled draft and the counted result: reading the files, judging both versions, counting.
"""

from __future__ import annotations

import copy
import sys
from typing import Any

from benchmarks import tenfold

LIMIT = 2.0  # seconds at full size
SERVICES = ("living-subsidy-rural60", "bereaved-pension", "accomp-subsidy", "preferential-card", "conscript-family",
            "disability-pension", "honour-plaque", "good-news")  # fmt: skip
RUNS = 3


def raised(value: Any) -> Any:
    """Numbers raised by a tenth."""
    if isinstance(value, dict):
        return {key: raised(one) for key, one in value.items()}
    return value + value // 10 if isinstance(value, int) and not isinstance(value, bool) else value


def main() -> int:
    """Print the table; exit 1 where the slowest draft takes more than the limit."""
    tenfold.ready()
    from lianxin.catalogue import draftfiles, whatif
    from lianxin.catalogue.queries import in_force
    from lianxin.engine import clock
    from lianxin.engine.declaring import service_from_data

    day, tick = clock.today(), tenfold.tick()
    chosen, worst, limit = in_force(day), 0.0, LIMIT * tenfold.TIMES
    print(
        f"{'draft':26}{'judged':>12}{'entitled':>10}{'gain':>8}{'lose':>8}{'unknown':>9}{'seconds':>9}{'of limit':>10}"
    )
    for code in SERVICES:
        took = []
        for _ in range(RUNS):
            data = copy.deepcopy(chosen[code].service.to_data())
            for parameter in (data.get("parameters") or {}).values():
                parameter["values"] = raised(parameter["values"])
            draft = service_from_data(data, facts=draftfiles.facts())
            began = tick()
            found = whatif.weigh(draft, day)
            took.append(tick() - began)
        worst, one = max(worst, min(took)), found.total
        print(f"{code:26}{found.judged:12,}{one.after.entitled:10,}{one.gain:8,}{one.lose:8,}{one.after.unknown:9,}"
              f"{min(took):9.2f}{min(took) / limit:10.2f}")  # fmt: skip
    print(f"trying a draft, the slowest: {worst:.2f} s, {worst / limit:.2f} × the limit of {limit:.0f} s")
    return 1 if worst > limit else 0


if __name__ == "__main__":
    sys.exit(main())
