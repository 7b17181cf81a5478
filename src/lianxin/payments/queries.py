"""Read lines, batches and books, always inside a scope."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Left

from lianxin.access.queries import under, within
from lianxin.catalogue.models import Version
from lianxin.engine import masking
from lianxin.engine.scope import Scope
from lianxin.payments import checks as standing
from lianxin.payments import ledger, payees, telling
from lianxin.payments.faults import BY_BANK, same
from lianxin.payments.ledger import Verified
from lianxin.payments.models import Answer, Attempt, Batch, Line, Posting, Transaction
from lianxin.people import identities

__all__ = ["Verified", "batch", "batches", "books", "due", "hledger_export", "lines", "waiting"]
PAGE = 50


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line as a list shows it: name masked, account as its last four digits nowhere but on the batch's page."""

    id: int
    case: int
    person: int
    name: str
    file_number: str
    area: str
    service: str
    period: str
    amount: int
    state: str
    fault: str
    batch: int | None
    batch_number: str
    serial: int | None = None
    bank: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """What is due of one service: ready to go, and waiting by reason."""

    service: str
    name: dict[str, str]
    ready: int
    ready_amount: int
    waiting: dict[str, int]
    waiting_amount: int


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch with what its page shows."""

    batch: Batch
    purpose: dict[str, str]
    results: dict[str, tuple[int, int]]  # sent | paid | returned | dropped → count, fen
    faults: list[tuple[LineRow, str]]
    totals_hold: bool
    answers: list[Answer]


@dataclass(frozen=True, slots=True)
class Balance:
    """One account of the books: fen, debit positive."""

    account: str
    debit: int
    credit: int

    @property
    def balance(self) -> int:
        """Debits less credits."""
        return self.debit + self.credit


@dataclass(frozen=True, slots=True)
class Movement:
    """One transaction as far as it moved lines of the scope: what happened, fen, how many lines, with which batch."""

    id: int
    on: dt.date
    how: str
    source: str
    batch: int | None
    number: str
    amount: int
    lines: int


def _visible(scope: Scope) -> Q:
    """Sealed rows exist only for the list of their service."""
    return Q(sealed=False) | Q(service__in=scope.sealed)


def batches(
    scope: Scope, *, state: str = "", service: str = "", after: int | None = None, limit: int = PAGE
) -> list[Batch]:
    """Batches of the scope, newest first, after the id ``after`` (keyset)."""
    found = Batch.objects.filter(within(scope, "area"), _visible(scope)).order_by("-pk")
    if state:
        found = found.filter(state=state)
    if service:
        found = found.filter(service=service)
    if after is not None:
        found = found.filter(pk__lt=after)
    return list(found[:limit])


def batched(scope: Scope) -> set[str]:
    """The services of which the scope has a batch: what a filter of :func:`batches` may offer."""
    found = Batch.objects.filter(within(scope, "area"), _visible(scope))
    return set(found.order_by().values_list("service", flat=True).distinct())


def batch(scope: Scope, pk: int, day: dt.date, *, checks: bool = True) -> BatchView | None:
    """One batch, with its checks as of ``day`` unless they are not asked for; None where it lies elsewhere."""
    found = Batch.objects.filter(within(scope, "area"), _visible(scope), pk=pk).first()
    if found is None:
        return None
    tries = Attempt.objects.filter(batch=found).order_by().values("result")
    results = {row["result"]: (row["n"], row["sum"]) for row in tries.annotate(n=Count("pk"), sum=Sum("amount"))}
    open_ = checks and found.state in ("made", "checked", "approved", "returned")
    faults = standing.faults(found, day)[:PAGE] if open_ else []
    shown = {row.id: row for row in _attempted(found, Q(line__in=[one.line for one in faults]))} if faults else {}
    return BatchView(
        found, names([found.service]).get(found.service, {}), results,
        [(shown[one.line], one.code) for one in faults if one.line in shown],
        standing.totals_hold(found) if open_ else True, list(found.answers.order_by("pk")),
    )  # fmt: skip


def batch_lines(scope: Scope, pk: int, *, after: int = 0, limit: int = PAGE, result: str = "") -> list[LineRow]:
    """The lines of a batch by serial, after the serial ``after``; names masked, accounts as their last digits."""
    found = Batch.objects.filter(within(scope, "area"), _visible(scope), pk=pk).first()
    if found is None:
        return []
    also = Q(serial__gt=after) & (Q(result=result) if result else Q())
    return list(_attempted(found, also)[:limit])


def batch_counties(scope: Scope, pk: int) -> list[tuple[str, int, int]]:
    """What of a batch goes to which county: code, lines, fen."""
    found = Batch.objects.filter(within(scope, "area"), _visible(scope), pk=pk).first()
    if found is None:
        return []
    tries = Attempt.objects.filter(batch=found).exclude(result="dropped")
    sums = tries.annotate(county=Left("line__area", 6)).order_by("county").values_list("county")
    return [(county, n, total) for county, n, total in sums.annotate(n=Count("pk"), sum=Sum("amount"))]


def _attempted(found: Batch, also: Q) -> list[LineRow]:
    tries = Attempt.objects.filter(also, batch=found).order_by("serial").select_related("line__person", "account")
    if found.state not in ("cancelled",):
        tries = tries.exclude(result="dropped")
    return [
        _row(one.line, found.number, serial=one.serial, bank=one.account.bank, result=one.result)
        for one in tries[: PAGE * 4]
    ]


def lines(
    scope: Scope, *, states: Sequence[str] = (), service: str = "", area: str = "", person: int | None = None,
    after: int | None = None, limit: int = PAGE,
) -> list[LineRow]:  # fmt: skip
    """Lines of the scope, newest first, after the id ``after`` (keyset). Scope ``self`` sees its own persons' lines."""
    found = _lines(scope).order_by("-pk").select_related("person", "batch")
    if states:
        found = found.filter(state__in=states)
    if service:
        found = found.filter(service=service)
    if area:
        found = found.filter(under(area, "area"))
    if person is not None:
        found = found.filter(person_id__in=identities.files_of([person]))
    if after is not None:
        found = found.filter(pk__lt=after)
    return [_row(line, line.batch.number if line.batch else "") for line in found[:limit]]


def _lines(scope: Scope) -> QuerySet[Line]:
    if scope.reach == "self":
        own = Q(person_id__in=identities.files_of(scope.persons[:1]))
        return Line.objects.filter(own | Q(person_id__in=identities.files_of(scope.persons[1:]), sealed=False))
    return Line.objects.filter(within(scope, "area"), _visible(scope))


def _row(line: Line, number: str, *, serial: int | None = None, bank: str = "", result: str = "") -> LineRow:
    return LineRow(
        line.pk, line.case_id, line.person_id, masking.name(line.person.name), line.person.file_number, line.area,
        line.service, line.period, line.amount, line.state, line.fault, line.batch_id, number, serial, bank, result,
    )  # fmt: skip


def due(scope: Scope, day: dt.date, *, area: str = "") -> list[Due]:
    """What is due by service: how much can go to the bank on ``day`` and how much waits for what."""
    found = _lines(scope).filter(state="due")
    if area:
        found = found.filter(under(area, "area"))
    services = sorted(found.order_by().values_list("service", flat=True).distinct())
    called = names(services)
    result = []
    for service in services:
        ready, held = standing.sort(found.filter(service=service), day)
        counts: dict[str, int] = {}
        for fault in held:
            counts[fault.code] = counts.get(fault.code, 0) + 1
        amount = sum(one.amount for one in ready)
        total = found.filter(service=service).aggregate(sum=Sum("amount"))["sum"] or 0
        result.append(Due(service, called.get(service, {}), len(ready), amount, counts, total - amount))
    return result


def waiting(
    scope: Scope, day: dt.date, *, service: str, area: str = "", after: int = 0, limit: int = PAGE
) -> list[tuple[LineRow, str]]:
    """Due lines of a service that cannot be paid on ``day``, each with its code of ``faults.BLOCKED``."""
    found = _lines(scope).filter(state="due", service=service, pk__gt=after)
    if area:
        found = found.filter(under(area, "area"))
    codes = {one.line: one.code for one in standing.sort(found, day)[1]}
    some = sorted(codes)[:limit]
    rows = Line.objects.filter(pk__in=some).select_related("person").order_by("pk")
    return [(_row(line, ""), codes[line.pk]) for line in rows]


def repayable(scope: Scope, day: dt.date, rows: Sequence[LineRow]) -> dict[int, str]:
    """Of returned lines, what stands against paying each again (blank: nothing, or mended at the bank)."""
    found = _lines(scope).filter(pk__in=[row.id for row in rows])
    whom = payees.of(found, day)
    last = Attempt.objects.filter(line=OuterRef("pk")).order_by("-pk").values("account_id")[:1]
    tried = dict(found.annotate(tried=Subquery(last)).values_list("pk", "tried"))

    def against(row: LineRow) -> str:
        payee = whom.get(row.person)
        if payee is None:
            return "no-account"
        code = payee.fault(day)
        if not code and payee.account and payee.account.id == tried.get(row.id) and row.fault not in BY_BANK:
            return same(row.fault)
        return code

    return {row.id: against(row) for row in rows}


def batches_of(scope: Scope, lines: Sequence[int]) -> dict[int, int]:
    """In which batch each of these lines is or last was, as far as the scope covers them."""
    rows = _lines(scope).filter(pk__in=list(lines), batch__isnull=False)
    return {line: batch for line, batch in rows.values_list("pk", "batch_id") if batch is not None}


def stations(rows: Sequence[LineRow]) -> dict[str, tuple[str, str, str]]:
    """The office over each home that keeps the payee's file: area → its Chinese name, English name, public phone."""
    return {
        area: (zh, en, phone) for area, (_pk, zh, en, phone) in telling.stations_of(row.area for row in rows).items()
    }


def books(scope: Scope) -> list[Balance]:
    """The accounts and their sums, as far as they concern lines of the scope."""
    inside = Posting.objects.exclude(_sealed_accounts(scope))
    if not scope.covers(settings.CITY):
        inside = inside.filter(line__in=_lines(scope))
    sums = inside.order_by("account").values_list("account").annotate(
        debit=Sum("amount", filter=Q(amount__gt=0), default=0), credit=Sum("amount", filter=Q(amount__lt=0), default=0)
    )  # fmt: skip
    return [Balance(account, debit, credit) for account, debit, credit in sums]


def _sealed_accounts(scope: Scope) -> Q:
    """The accounts of sealed services on whose list the scope does not stand."""
    found = Version.objects.filter(sealed=True).exclude(service__in=scope.sealed).values_list("service", flat=True)
    return reduce(or_, (Q(account__endswith=f":{service}") for service in set(found)), Q(pk__in=[]))


def transactions(scope: Scope, *, after: int | None = None, limit: int = PAGE) -> list[Movement]:
    """Transactions that touch lines of the scope, newest first after the id ``after``, with what they moved inside it.

    Whole transactions for a scope over the city; the lines inside for a narrower one.
    """
    found = Transaction.objects.order_by("-pk").select_related("batch")
    if after is not None:
        found = found.filter(pk__lt=after)
    if scope.covers(settings.CITY) and not Version.objects.filter(sealed=True).exclude(
        service__in=scope.sealed).filter(line__isnull=False).exists():  # fmt: skip
        return [_movement(one, one.total, one.lines) for one in found[:limit]]
    inside = Posting.objects.filter(line__in=_lines(scope), amount__gt=0)
    found = found.filter(Exists(inside.filter(transaction=OuterRef("pk"))))[:limit]
    sums = inside.filter(transaction__in=[one.pk for one in found]).order_by().values_list("transaction_id")
    moved = {pk: (total, lines) for pk, total, lines in sums.annotate(sum=Sum("amount"), n=Count("pk"))}
    return [_movement(one, *moved[one.pk]) for one in found]


def _movement(one: Transaction, amount: int, lines: int) -> Movement:
    number = one.batch.number if one.batch else ""
    return Movement(one.pk, one.on, one.how, one.source, one.batch_id, number, amount, lines)


def whole(scope: Scope) -> bool:
    """Whether the scope is over the whole city: only such a one proves or exports the books."""
    return scope.covers(settings.CITY)


def services() -> list[str]:
    """Codes of published services that are not sealed and pay an amount."""
    rows = Version.objects.filter(sealed=False).values_list("service", "declaration")
    return sorted({service for service, declaration in rows if declaration.get("service", {}).get("amount")})


def names(services: Sequence[str]) -> dict[str, dict[str, str]]:
    """Names of services as their newest published version says them: code → language → name."""
    newest = Version.objects.filter(service__in=list(services)).order_by("number")
    found: dict[str, dict[str, str]] = {}
    for service, declaration in newest.values_list("service", "declaration"):
        name = declaration.get("service", {}).get("name")
        found[service] = name if isinstance(name, dict) else {"zh": str(name or service)}
    return found


def verify_books() -> Verified:
    """See :func:`lianxin.payments.ledger.verify_books`."""
    return ledger.verify_books()


def hledger_export() -> str:
    """The books as an hledger journal."""
    return "".join(ledger.hledger())
