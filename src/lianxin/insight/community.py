"""A community's own review: what was asked, how soon it was done, what was said of it, who was visited and who was not.

Every number is the count of one query, and the rows that it opens are that query's: they cannot disagree. Whoever may not
open the rows sees one finished month of their own area, a township or more, so that nothing can be subtracted from anything;
no cell behind which fewer households stand than the threshold (``settings.SMALL_CELL``), and never one hidden cell alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from lianxin.access.queries import under
from lianxin.campaigns import attending
from lianxin.campaigns.hoursgiven import taken_back
from lianxin.campaigns.models import Hours, Terms
from lianxin.casework import board, states
from lianxin.casework.circlemodels import CircleWord
from lianxin.casework.models import Case, Move, Rating
from lianxin.casework.scopes import visible_cases
from lianxin.catalogue.queries import in_force
from lianxin.engine import clock
from lianxin.engine.facts import Name
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.outcomes.models import Outcome
from lianxin.people.models import Family, Person

ASKS = ("asked", "done", "late", "running", "overdue", "handed-up", "reopened", "thanked", "unhappy", "complaints")
HOMES = ("homes", "visited", "unvisited")
OUTCOMES = ("events", "visits")
TIMED = ("done", "late")  # asks of which it is said how long they took
ALL = (*ASKS, "hours", *OUTCOMES, *HOMES)
GOOD, BAD = 4, 2  # of five: thanks from 4 up, unhappy from 2 down


@dataclass(frozen=True, slots=True)
class Asked:
    """Which place, which days (both included), as seen at which instant."""

    area: str
    from_on: dt.date
    to_on: dt.date
    at: dt.datetime

    @property
    def begins(self) -> dt.datetime:
        """The first instant of the period."""
        return clock.midnight(self.from_on)

    @property
    def ends(self) -> dt.datetime:
        """The first instant after it."""
        return clock.midnight(self.to_on + dt.timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Number:
    """One number; ``value`` is None where it is too small a cell for this reader. ``homes``: the households behind it."""

    code: str
    value: int | None
    homes: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of ask: how many were asked, done, done late, still run, and the middle time to done in minutes."""

    kind: str
    name: Name
    asked: Number
    done: Number
    late: Number
    running: Number
    minutes: int | None


@dataclass(frozen=True, slots=True)
class Review:
    """The whole of it. ``channels``: how what was asked came."""

    asked: Asked
    opens: bool
    lines: list[Line]
    numbers: dict[str, Number]
    channels: list[Number]
    minutes: int | None
    overdue: list[board.Ask]


def opens(actor: Actor, area: str) -> bool:
    """Whether this reader may open the rows behind the numbers."""
    return actor.may("case.view") and actor.may("people.view") and actor.scope.covers(area)


def review(actor: Actor, asked: Asked) -> Review:
    """Count everything. Raises :class:`Refusal` for a place or days that this reader may not single out."""
    whole = opens(actor, asked.area)
    if not whole:
        _coarse(actor, asked)
    numbers = {code: _number(actor, asked, code) for code in ALL}
    lines = _lines(actor, asked)
    channels = [
        Number(row["channel"], row["n"], row["homes"])
        for row in _cases(actor, asked, "asked").values("channel").annotate(n=Count("pk"), homes=_HOMES).order_by("-n", "channel")
    ]  # fmt: skip
    late = board.board(actor.scope, board.Asked(light="red"), at=asked.at, limit=10).rows if whole else []
    made = Review(asked, whole, lines, numbers, channels, _middle(_times(actor, asked)),
                  [one for one in late if one.row.area.startswith(asked.area)])  # fmt: skip
    return made if whole else _veiled(made)


def _coarse(actor: Actor, asked: Asked) -> None:
    """Without the rows: one finished month of one's own township, county or city."""
    following = asked.to_on + dt.timedelta(days=1)
    month = asked.from_on.day == 1 and following.day == 1 and (following - asked.from_on).days <= 31
    if asked.area not in actor.scope.areas or len(asked.area) > 9 or not month or asked.to_on >= clock.day(asked.at):
        raise Refusal(_("Without opening the rows, numbers are shown for one finished month of your own area."))


_HOMES = Count("family", distinct=True)


def _line_cases(actor: Actor, asked: Asked) -> QuerySet[Case]:
    """The asks of the line in the area, sealed ones never; ``done_at`` is when somebody last said that it was done."""
    done = Move.objects.filter(case=OuterRef("pk"), verb="deliver").order_by("-pk").values("at")[:1]
    services = board.line_services(clock.day(asked.at))
    scope = Q() if not opens(actor, asked.area) else visible_cases(actor.scope, asked.at)
    rows = Case.objects.filter(scope, under(asked.area, "area"), service__in=services, sealed=False)
    return rows.annotate(done_at=Subquery(done))


def _cases(actor: Actor, asked: Asked, code: str, kind: str = "", channel: str = "") -> QuerySet[Case]:
    """The asks behind one number."""
    rows = _line_cases(actor, asked)
    if kind:
        rows = rows.filter(kind=kind)
    if channel:
        rows = rows.filter(channel=channel)
    period = {"gte": asked.begins, "lt": asked.ends}
    happened = {f"at__{name}": value for name, value in period.items()}
    done = Q(done_at__gte=asked.begins, done_at__lt=asked.ends) & (Q(state=states.DELIVERED) | Q(step_name="confirm"))
    running = Q(state__in=board.RUNNING) & ~Q(step_name="confirm")
    which: dict[str, Q] = {
        "asked": Q(opened_at__gte=asked.begins, opened_at__lt=asked.ends),
        "done": done, "late": done & Q(promised_at__isnull=False, done_at__gt=F("promised_at")),
        "running": running, "overdue": running & Q(due_at__lt=asked.at, paused_at__isnull=True),
        "handed-up": Q(became__isnull=False, closed_at__gte=asked.begins, closed_at__lt=asked.ends),
        "reopened": Q(Exists(Move.objects.filter(case=OuterRef("pk"), verb="not-received", **happened))),
        "thanked": Q(Exists(Rating.objects.filter(case=OuterRef("pk"), score__gte=GOOD, **happened)))
        | Q(Exists(CircleWord.objects.filter(case=OuterRef("pk"), **happened))),  # and from far away
        "unhappy": Q(Exists(Rating.objects.filter(case=OuterRef("pk"), score__lte=BAD, **happened))),
        "complaints": Q(kind="complaint", opened_at__gte=asked.begins, opened_at__lt=asked.ends),
    }  # fmt: skip
    return rows.filter(which[code])


def _number(actor: Actor, asked: Asked, code: str) -> Number:
    if code in ASKS:
        found = _cases(actor, asked, code).aggregate(n=Count("pk"), homes=_HOMES)
        return Number(code, found["n"], found["homes"])
    if code == "hours":
        given = _hours(asked).aggregate(sum=Sum("minutes"), n=Count("pk"))
        homes = Case.objects.filter(pk__in=_hours(asked).values("case")).aggregate(homes=_HOMES)["homes"]
        return Number(code, given["sum"] or 0, homes)
    if code in OUTCOMES:
        rows = _outcomes(asked, code)
        return Number(code, rows.count(), rows.filter(family__isnull=False).values("family").distinct().count())
    count = _families(asked, code).count()
    return Number(code, count, count)


def _hours(asked: Asked) -> QuerySet[Hours]:
    """Time that givers gave for asks and at events of the area."""
    meant = Terms.objects.filter(under(asked.area, "area"), superseded_at__isnull=True)
    here = Q(case__in=Case.objects.filter(under(asked.area, "area"), sealed=False).values("pk"))
    return Hours.objects.filter(
        ~taken_back() | Q(case__isnull=True),
        valid_from__gte=asked.from_on,
        valid_from__lte=asked.to_on,
        superseded_at__isnull=True,
    ).filter(here | Q(event__in=meant.values("event")))


def _outcomes(asked: Asked, code: str) -> QuerySet[Outcome]:
    """Live rows of the register in the area: lessons and events held, or visits."""
    kind = {"events": "event", "visits": "visit"}[code]
    return Outcome.objects.filter(
        under(asked.area, "area"), kind=kind, sealed=False, reverses__isnull=True, reversals__isnull=True,
        happened_on__gte=asked.from_on, happened_on__lte=asked.to_on,
    )  # fmt: skip


def _families(asked: Asked, code: str) -> QuerySet[Family]:
    """The households with somebody alive in the area; those to whom somebody came in the period, and the others."""
    alive = Person.objects.filter(family=OuterRef("pk"), visible=True, survivor__isnull=True, died_on__isnull=True)
    rows = Family.objects.filter(Exists(alive), under(asked.area, "home"))
    if code == "homes":
        return rows
    came = Outcome.objects.filter(
        Q(family=OuterRef("pk")) | Q(person__in=Person.objects.filter(family=OuterRef(OuterRef("pk"))).values("pk")),
        kind="visit", sealed=False, reverses__isnull=True, reversals__isnull=True,
        happened_on__gte=asked.from_on, happened_on__lte=asked.to_on,
    )  # fmt: skip
    asked_there = Case.objects.filter(family=OuterRef("pk"), channel="visit", opened_at__gte=asked.begins,
                                      opened_at__lt=asked.ends, sealed=False)  # fmt: skip
    visited = Exists(came) | Exists(asked_there)
    return rows.filter(visited) if code == "visited" else rows.exclude(visited)


def _times(actor: Actor, asked: Asked, kind: str = "") -> list[tuple[dt.datetime, dt.datetime]]:
    rows: Any = _cases(actor, asked, "done", kind)  # "done_at" is said beside the row, not by it
    return list(rows.values_list("opened_at", "done_at"))


def _middle(times: Sequence[tuple[dt.datetime, dt.datetime]]) -> int | None:
    """The middle time to done, in minutes: half were done sooner."""
    return round(median((done - opened).total_seconds() for opened, done in times) / 60) if times else None


def _lines(actor: Actor, asked: Asked) -> list[Line]:
    """By kind, in the catalogue's order; kinds of which nothing is said are left out. One query for each column."""
    columns: dict[str, dict[str, Number]] = {}
    for code in ("asked", "done", "late", "running"):
        grouped = _cases(actor, asked, code).values("kind").annotate(n=Count("pk"), homes=_HOMES).order_by("kind")
        columns[code] = {row["kind"]: Number(code, row["n"], row["homes"]) for row in grouped}
    times: dict[str, list[tuple[dt.datetime, dt.datetime]]] = {}
    done_rows: Any = _cases(actor, asked, "done")
    for kind, opened, done in done_rows.values_list("kind", "opened_at", "done_at"):
        times.setdefault(kind, []).append((opened, done))
    named: dict[str, Name] = {}
    for code in board.line_services(clock.day(asked.at)):
        named |= {one.code: one.name for one in in_force(clock.day(asked.at))[code].service.kinds}
    met = {kind for column in columns.values() for kind in column}
    return [
        Line(
            kind, named.get(kind, Name(kind, kind)), minutes=_middle(times.get(kind, [])),
            **{code: column.get(kind, Number(code, 0)) for code, column in columns.items()},
        )
        for kind in [*(one for one in named if one in met), *sorted(met - set(named))]
    ]  # fmt: skip


def _veiled(made: Review) -> Review:
    """The same for whoever may not open rows: too small cells, and never one alone."""
    columns = {code: _hide([getattr(line, code) for line in made.lines]) for code in ("asked", "done", "late")}
    lines = [
        replace(line, asked=columns["asked"][n], done=columns["done"][n], late=columns["late"][n],
                running=replace(line.running, value=None),
                minutes=line.minutes if columns["done"][n].value is not None else None)
        for n, line in enumerate(made.lines)
    ]  # fmt: skip
    numbers = {code: _hide_one(one) for code, one in made.numbers.items()}
    numbers |= {code: replace(numbers[code], value=None) for code in ("running", "overdue")}  # these move by the day
    if None in {numbers["visited"].value, numbers["unvisited"].value}:  # one would give the other away
        numbers |= {code: replace(numbers[code], value=None) for code in ("visited", "unvisited")}
    return replace(made, lines=lines, numbers=numbers, channels=_hide(made.channels), overdue=[])


def _hide_one(one: Number) -> Number:
    return replace(one, value=None) if one.value and one.homes < settings.SMALL_CELL else one


def _hide(parts: list[Number]) -> list[Number]:
    made = [_hide_one(one) for one in parts]
    hidden = [n for n, one in enumerate(made) if one.value is None]
    others = sorted((n for n, one in enumerate(made) if one.value), key=lambda n: (parts[n].homes, n))
    if len(hidden) == 1 and others:
        made[others[0]] = replace(made[others[0]], value=None)
    return made


@dataclass(frozen=True, slots=True)
class Came:
    """A visit or an event as the register holds it; ``family``: whose door it was, None for an event.

    ``event``: the event's own page, None where it came in from a ledger.
    """

    on: dt.date
    programme: str
    category: str
    area: str
    family: int | None
    event: int | None = None


@dataclass(frozen=True, slots=True)
class Gave:
    """Time that somebody gave: for an ask (``case``), or at an event."""

    on: dt.date
    who: str
    minutes: int
    case: int | None
    event: int | None


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of the rows behind a number, of one sort; ``done``: when asks were done; ``next``: the next key."""

    cases: list[int]
    families: list[int]
    outcomes: list[Came]
    hours: list[Gave]
    next: str = ""
    done: dict[int, dt.datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Only:
    """What the rows are narrowed to: a kind of ask, how it came, who gave the time."""

    kind: str = ""
    channel: str = ""
    office: int | None = None


def rows(actor: Actor, asked: Asked, code: str, *, only: Only | None = None, after: int = 0, limit: int = 50) -> Rows:
    """The rows behind a number, by id. Raises :class:`Refusal` for whoever may not open them."""
    only = only or Only()
    if not opens(actor, asked.area) or code not in ALL:
        raise Refusal(_("These rows are not yours to open."))
    if code in ASKS:
        cases: Any = _cases(actor, asked, code, only.kind, only.channel).filter(pk__gt=after).order_by("pk")
        told = dict(cases.values_list("pk", "done_at")[:limit])
        done = {pk: at for pk, at in told.items() if code in TIMED and at is not None}
        return Rows(list(told), [], [], [], _key(list(told), limit), done)
    if code in HOMES:
        ids = list(_families(asked, code).filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:limit])
        return Rows([], ids, [], [], _key(ids, limit))
    if code in OUTCOMES:
        found = list(_outcomes(asked, code).filter(pk__gt=after).order_by("pk")[:limit])
        came = [
            Came(one.happened_on, one.programme or one.service, one.category, one.area, one.family,
                 attending.event_of(one.source))
            for one in found
        ]  # fmt: skip
        return Rows([], [], came, [], _key([one.pk for one in found], limit))
    hours = _hours(asked) if only.office is None else _hours(asked).filter(office=only.office)
    given = list(hours.filter(pk__gt=after).order_by("pk").select_related("office")[:limit])
    gave = [Gave(one.valid_from or asked.from_on, one.office.name, one.minutes, one.case, one.event) for one in given]
    return Rows([], [], [], gave, _key([one.pk for one in given], limit))


def _key(ids: Sequence[int], limit: int) -> str:
    return str(ids[-1]) if len(ids) == limit else ""


def helpers(asked: Asked, *, limit: int = 8) -> list[tuple[int, str, int, int]]:
    """Who gave most of their time to this place in the period: office, name, how often, minutes."""
    sums = _hours(asked).values("office", "office__name").annotate(n=Count("pk"), sum=Sum("minutes"))
    return [(row["office"], row["office__name"], row["n"], row["sum"] or 0)
            for row in sums.order_by("-sum", "office__name", "office")[:limit]]  # fmt: skip
