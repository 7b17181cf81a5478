"""Fifty thousand payments from due to counted, each act of a batch (limits: 8 to 40 s; pages 100 ms), in a home of its own.

``LIANXIN_BENCH_ROWS`` changes the number of payments (the limits of acts go with it). The ratio is of this process's own
work on SQLite, so that a busy machine does not make it look slow, and of the time that passes elsewhere.

Cases are made straight in the tables (they are other rooms' work); lines, batch, file, answer and proof are the
product's own actions.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__" and "LIANXIN_BENCH_HOME" not in os.environ:
    os.environ["LIANXIN_HOME"] = os.environ["LIANXIN_BENCH_HOME"] = tempfile.mkdtemp(prefix="lianxin-bench-")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianxin.site.settings")
sys.path.insert(0, str(ROOT / "src"))

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from lianxin.access import seal  # noqa: E402
from lianxin.casework.models import Case  # noqa: E402
from lianxin.catalogue import actions as catalogue  # noqa: E402
from lianxin.catalogue.models import Version  # noqa: E402
from lianxin.engine.deliveries import Delivery  # noqa: E402
from lianxin.engine.effects import perform  # noqa: E402
from lianxin.engine.scope import Actor, over  # noqa: E402
from lianxin.journal import actions as journal  # noqa: E402
from lianxin.payments import actions, queries  # noqa: E402
from lianxin.people.models import BankAccount, Person  # noqa: E402

AT = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)
SERVICE = "accomp-subsidy"
# Seconds for 50,000 lines. A clerk waits for each of these once a month; the whole must fit into a coffee.
LIMITS = {"lines due": 15, "batch": 10, "check": 8, "approve": 8, "bank file": 15, "return": 40, "proof": 15,
          "batch page": 0.1, "books page": 0.1}  # fmt: skip
Result = TypeVar("Result")
Row = tuple[str, float, float]


def hand(account: int | None) -> Actor:
    """One of the three hands."""
    return Actor(account=account, name=f"hand {account}", area="4199", permissions=frozenset({"*"}), scope=over("4199"))


def town(count: int) -> list[Delivery]:
    """``count`` people with verified accounts and a standing case each."""
    catalogue.publish(path=ROOT / "catalogue" / "services" / SERVICE, by=hand(None), at=AT, approved_by="bench")
    version = Version.objects.get(service=SERVICE)
    with journal.entry(action="bench", by=hand(None), at=AT) as writer:
        people = Person.objects.bulk_create([
            Person(file_number=f"CC{n:08d}", salt=seal.salt(), name=f"林{chr(0x4E00 + n % 8000)}", entry=writer.id,
                   home=f"4199{1 + n % 6:02d}{1 + n % 17:03d}{1 + n % 20:03d}")
            for n in range(count)
        ], batch_size=2000)  # fmt: skip
        accounts = ((one.pk, "澄川银行", seal.seal(f"6222{one.pk:015d}", one.salt, "account"),
                     seal.mark(f"6222{one.pk:015d}", "account"), one.name, True, None, None, None, AT, "")
                    for one in people)  # fmt: skip
        writer.load(BankAccount, ("person_id", "bank", "number_sealed", "number_mark", "holder", "verified",
                                  "usable_from", "valid_from", "valid_to", "recorded_at", "paper"), accounts)  # fmt: skip
    cases = Case.objects.bulk_create([
        Case(number=f"2026-{one.pk}", service=SERVICE, version=version, mode="confirm", person=one, area=one.home,
             channel="match", state="standing", opened_at=AT, moved_at=AT)
        for one in people
    ], batch_size=2000)  # fmt: skip
    return [
        Delivery(case=one.pk, service=SERVICE, version=version.pk, area=one.area, happened_on=dt.date(2026, 11, 23),
                 person=one.person_id, kind="first", amount=90000, period="2026-11")
        for one in cases
    ]  # fmt: skip


def timed(rows: list[Row], name: str, act: Callable[[], Result]) -> Result:
    """Run ``act`` and keep how long it took, and how much of that was work of this process."""
    start, worked = time.perf_counter(), time.process_time()
    result = act()
    rows.append((name, time.perf_counter() - start, time.process_time() - worked))
    return result


def owe(deliveries: list[Delivery]) -> None:
    """Lines due, as casework orders them."""
    with journal.entry(action="deliver", by=hand(None), at=AT) as writer:
        perform("deliver-payment", deliveries=deliveries, by=hand(None), at=AT, writer=writer)


def answered(file: bytes) -> bytes:
    """A bank's answer to its own file: every fiftieth came back."""
    rows = list(csv.reader(io.StringIO(file.decode("utf-8-sig"))))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["序号", "账号", "交易金额", "批次号", "处理结果", "失败原因"])
    for serial, _holder, account, _bank, amount, _purpose, number in rows[1:-1]:
        back = int(serial) % 50 == 0
        writer.writerow([serial, account, amount, number, "失败" if back else "成功", "账户已销户" if back else ""])
    return out.getvalue().encode("gb18030")


def main(count: int) -> int:
    """Print the table; the worst ratio decides the exit code."""
    call_command("migrate", verbosity=0)
    due = town(count)
    rows: list[Row] = []
    timed(rows, "lines due", lambda: owe(due))
    made = timed(rows, "batch", lambda: actions.make_batch(service=SERVICE, area="4199", by=hand(1), at=AT))
    timed(rows, "check", lambda: actions.check_batch(batch=made.id, by=hand(2), at=AT))
    timed(rows, "approve", lambda: actions.approve_batch(batch=made.id, by=hand(3), at=AT))
    timed(rows, "bank file", lambda: actions.bank_file(batch=made.id, form="xlsx", by=hand(1), at=AT))
    file = answered(actions.bank_file(batch=made.id, form="csv", by=hand(1), at=AT).data)
    timed(rows, "return", lambda: actions.read_return(batch=made.id, data=file, name="a.csv", by=hand(1), at=AT))
    proved = timed(rows, "proof", queries.verify_books)
    scope = hand(1).scope
    timed(rows, "batch page", lambda: (queries.batch(scope, made.id, AT.date()), queries.batch_lines(scope, made.id)))
    timed(rows, "books page", lambda: (queries.books(scope), queries.transactions(scope)))
    if proved.broken:
        raise SystemExit(proved.broken)
    scale = count / 50_000
    asked_elsewhere = connection.vendor != "sqlite"  # there the database's work is not this process's
    print(f"{count:,} payments; {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB at most")
    print(f"{'':14}{'seconds':>9}{'of work':>9}{'limit':>9}{'ratio':>8}")
    worst = 0.0
    for name, took, worked in rows:
        limit = LIMITS[name] * (scale if LIMITS[name] >= 1 else 1)
        told = took if asked_elsewhere else worked
        worst = max(worst, told / limit)
        print(f"{name:14}{took:9.2f}{worked:9.2f}{limit:9.2f}{told / limit:8.2f}")
    return 0 if worst <= 1 else 1


if __name__ == "__main__":
    sys.exit(main(int(os.environ.get("LIANXIN_BENCH_ROWS", "50000"))))
