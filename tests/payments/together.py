"""Several hands at the same instant, in threads: making, approving, sending and reading have one effect each."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianxin.site.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from lianxin.outcomes.models import Outcome  # noqa: E402
from lianxin.payments import actions, queries  # noqa: E402
from lianxin.payments.models import Transaction  # noqa: E402
from tests.payments import town  # noqa: E402
from tests.payments.town import APPROVER, AT, CHECKER, CITY, MAKER, SERVICE  # noqa: E402


def together(act: Callable[[], object], times: int = 4) -> list[object]:
    """Run ``act`` in several threads at once; results and exceptions in any order."""
    start, results = threading.Barrier(times), []

    def run() -> None:
        start.wait()
        try:
            results.append(act())
        except Exception as error:
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def pay_once() -> None:
    town.owe(town.cases(town.people(3)))
    tried = together(lambda: actions.make_batch(service=SERVICE, area=CITY, by=MAKER, at=AT))
    [batch] = [one for one in tried if isinstance(one, actions.Made)]
    actions.check_batch(batch=batch.id, by=CHECKER, at=AT)
    approved = together(lambda: actions.approve_batch(batch=batch.id, by=APPROVER, at=AT))
    assert {getattr(one, "state", one) for one in approved} == {"approved"}
    files = together(lambda: actions.bank_file(batch=batch.id, form="csv", by=MAKER, at=AT))
    assert len({getattr(one, "data", one) for one in files}) == 1, files
    file = town.answer(batch.number, [(serial, "900.00", "成功", "") for serial in (1, 2, 3)])
    read = together(lambda: actions.read_return(batch=batch.id, data=file, name="回盘", by=MAKER, at=AT))
    assert sorted(getattr(one, "repeated", one) for one in read) == [False, True, True, True], read
    assert Outcome.objects.filter(kind="payment").count() == 3
    assert Transaction.objects.count() == 3
    assert queries.verify_books().broken == ""


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    pay_once()
