"""Read corrections of the past and recoveries, always inside a scope."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet, Sum

from lianxin.access.queries import within
from lianxin.engine import masking
from lianxin.engine.scope import Scope
from lianxin.payments import objections
from lianxin.payments.replaymodels import Correction, Recovery, Replay, Settling
from lianxin.people import identities

PAGE = 50


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """One difference as a list shows it; the name is masked. ``difference`` is fen: owed to them, or by them (< 0)."""

    id: int
    case: int
    name: str
    file_number: str
    area: str
    period: str
    kind: str
    cause: str
    was: int
    now: int
    missing: tuple[str, ...]
    state: str
    why: str

    @property
    def difference(self) -> int:
        """Now less then."""
        return self.now - self.was


@dataclass(frozen=True, slots=True)
class Totals:
    """What a replay comes to: persons, lines and fen of each kind that is proposed or was carried out."""

    persons: int
    owed: int
    owed_fen: int
    claimed: int
    claimed_fen: int
    shown: int  # lines that only a person can decide
    left: int
    gone: int


@dataclass(frozen=True, slots=True)
class Debt:
    """What one person is to give back of one service, in fen."""

    person: int
    name: str
    file_number: str
    area: str
    service: str
    periods: int
    amount: int
    returned: int
    waived: int
    waits: objections.Waits | None = None  # the family objected
    held: int = 0  # fen, for which asking back waits

    @property
    def left(self) -> int:
        """What is still open."""
        return self.amount - self.returned - self.waived

    @property
    def asked(self) -> int:
        """What may be asked for today."""
        return self.left - self.held


def settlings(scope: Scope, *, person: int | None = None, service: str = "", open_only: bool = False) -> list[Settling]:
    """What was proposed about debts and what was decided, newest first: of one debt, or all that waits in the scope."""
    rows = Settling.objects.filter(within(scope, "area"), _visible(scope))
    if person is not None:
        rows = rows.filter(person__in=identities.files_of([person]), service=service)
    if open_only:
        rows = rows.filter(decided__isnull=True)
    return list(rows.select_related("decided").order_by("-pk")[:PAGE])


def _visible(scope: Scope) -> Q:
    return Q(sealed=False) | Q(service__in=scope.sealed)


def replays(scope: Scope, *, state: str = "", after: int | None = None, limit: int = PAGE) -> list[Replay]:
    """Replays of the scope, newest first, after the id ``after`` (keyset)."""
    found = Replay.objects.filter(within(scope, "area"), _visible(scope)).order_by("-pk")
    if state:
        found = found.filter(state=state)
    if after is not None:
        found = found.filter(pk__lt=after)
    return list(found.select_related("version")[:limit])


def replay(scope: Scope, pk: int) -> Replay | None:
    """One replay; None where it lies elsewhere."""
    return Replay.objects.filter(within(scope, "area"), _visible(scope), pk=pk).select_related("version").first()


def totals(found: Replay) -> Totals:
    """Counts and sums of one replay."""
    counted = Q(state__in=["open", "applied"])
    up, back = counted & Q(kind="top-up"), counted & Q(kind="recover")
    sums = Correction.objects.filter(replay=found).aggregate(
        persons=Count("person", distinct=True, filter=counted),
        owed=Count("pk", filter=up), owed_fen=Sum(F("now") - F("was"), filter=up, default=0),
        claimed=Count("pk", filter=back), claimed_fen=Sum(F("was") - F("now"), filter=back, default=0),
        shown=Count("pk", filter=Q(state="aside")), left=Count("pk", filter=Q(state="left")),
        gone=Count("pk", filter=Q(state="gone")),
    )  # fmt: skip
    return Totals(**sums)


def progress(found: Replay) -> tuple[int, int]:
    """How far a replay is, of how much: cases while it is found, lines while it is carried out."""
    if found.state == "finding":
        return found.done, max(found.total, found.done, 1)
    rows = Correction.objects.filter(replay=found, kind__in=["top-up", "recover"]).exclude(state="left")
    total = rows.count()
    return total - rows.filter(state="open").count(), total


def corrections(
    scope: Scope, found: Replay, *, kind: str = "", state: str = "", after: int = 0, limit: int = PAGE
) -> list[CorrectionRow]:
    """The differences of one replay by id, after the id ``after`` (keyset), inside the scope."""
    rows = Correction.objects.filter(within(scope, "area"), replay=found, pk__gt=after).order_by("pk")
    if kind:
        rows = rows.filter(kind=kind)
    if state:
        rows = rows.filter(state=state)
    return [
        CorrectionRow(
            one.pk, one.case_id, masking.name(one.person.name) if one.person else "",
            one.person.file_number if one.person else "", one.area, one.period or one.judged_on.isoformat(), one.kind,
            one.cause, one.was, one.now, tuple(one.missing.split()), one.state, one.why,
        )
        for one in rows.select_related("person")[:limit]
    ]  # fmt: skip


def debts(
    scope: Scope, *, service: str = "", open_only: bool = True, person: int | None = None, after: int = 0,
    limit: int = PAGE,
) -> list[Debt]:  # fmt: skip
    """Who is to give back how much, by person and service, in the order of persons after the id ``after``."""
    rows: QuerySet[Recovery] = Recovery.objects.filter(within(scope, "area"), _visible(scope), person__gt=after)
    if service:
        rows = rows.filter(service=service)
    if person is not None:
        rows = rows.filter(person__in=identities.files_of([person]))
    if open_only:
        rows = rows.filter(state="open")
    sums = rows.order_by("person", "service").values_list(
        "person", "person__name", "person__file_number", "area", "service"
    ).annotate(
        n=Count("pk"), fen=Sum("amount"), back=Sum("returned"), off=Sum("waived")
    )[:limit]  # fmt: skip
    found = list(sums)
    open_rows = list(rows.filter(person__in={row[0] for row in found}, state="open").order_by("pk"))
    waits = objections.waiting(open_rows)
    held: dict[tuple[int, str, str], list[Recovery]] = {}
    for one in open_rows:
        if one.pk in waits:
            held.setdefault((one.person_id, one.area, one.service), []).append(one)
    return [
        Debt(
            pk,
            masking.name(name),
            number,
            area,
            code,
            n,
            fen,
            back,
            off,
            next((waits[one.pk] for one in held.get((pk, area, code), ())), None),
            sum(one.amount - one.returned - one.waived for one in held.get((pk, area, code), ())),
        )
        for pk, name, number, area, code, n, fen, back, off in found
    ]
