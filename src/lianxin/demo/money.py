"""Money in every state: lines that are due, batches made, checked, approved, sent, and one that came back from the bank."""

from __future__ import annotations

import csv
import datetime as dt
import io

from lianxin.casework import actions as casework
from lianxin.demo import recipe
from lianxin.demo.crew import Crew
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.payments import actions as payments

SERVICE = "living-subsidy-rural60"
_HANDS = ("made", "checked", "approved", "sent", "settled", "settled")  # one for each county
RETURNED = 17  # every so-many-th payment comes back


def move(crew: Crew) -> None:
    """Order this month's payments, then carry one county's batch into each state; the spouses' lines stay due."""
    casework.periods_due(day=clock.day(crew.now), by=crew.by, at=crew.ago(3, 6))
    for (county, *_), until in zip(recipe.COUNTIES, _HANDS, strict=True):
        _batch(crew, county, until)


def _batch(crew: Crew, county: str, until: str) -> None:
    maker, checker, approver = (crew.actor(f"payment-{hand}") for hand in ("maker", "checker", "approver"))
    try:
        made = payments.make_batch(service=SERVICE, area=county, by=maker, at=crew.ago(3, 9))
    except Refusal:  # a small city has counties in which nothing is due
        return
    if until == "made":
        return
    payments.check_batch(batch=made.id, by=checker, at=crew.ago(3, 14))
    if until == "checked":
        return
    payments.approve_batch(batch=made.id, by=approver, at=crew.ago(2, 10))
    if until == "approved":
        return
    sent = payments.bank_file(batch=made.id, form="csv", by=maker, at=crew.ago(2, 15))
    if until == "settled":
        day = clock.day(crew.now) - dt.timedelta(days=1)
        payments.read_return(batch=made.id, data=answered(sent.data), name=f"{made.number}-回盘.csv", by=maker,
                             at=crew.ago(1, 11), on=day)  # fmt: skip


def answered(sent: bytes) -> bytes:
    """What the bank of the generated city answers to a file: the same rows, paid, but for a closed account at times."""
    rows = [row for row in csv.reader(io.StringIO(sent.decode("utf-8-sig"))) if row]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*rows[0], "处理结果", "失败原因"])
    for number, row in enumerate((row for row in rows[1:] if row[0].isdigit()), 1):
        back = number % RETURNED == 5
        writer.writerow([*row, "失败" if back else "成功", "账户已销户" if back else ""])
    return out.getvalue().encode("utf-8-sig")
