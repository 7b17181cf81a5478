"""Who may act for somebody, in what and until when: a mandate is given for a year at most, read, and ended early."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, Scope
from lianxin.journal import actions as journal
from lianxin.people.filing import opened
from lianxin.people.models import Mandate, Person
from lianxin.people.queries import reachable

KINDS = frozenset({"guardian", "proxy", "clerk"})
LONGEST = dt.timedelta(days=366)
ROOM = 200  # characters that the codes of the services of one mandate may take


@dataclass(frozen=True, slots=True)
class Held:
    """One mandate as a page shows it; ``services`` blank covers everything, ``proxy`` blank is a member of staff."""

    id: int
    kind: str
    proxy: str
    proxy_person: int | None
    services: tuple[str, ...]
    since: dt.date | None
    until: dt.date | None
    paper: str
    entry: int


def give_mandate(
    *,
    person: int,
    proxy_person: int | None,
    kind: str,
    until: dt.date,
    paper: str,
    by: Actor,
    at: dt.datetime,
    services: str = "",
) -> int:
    """``proxy_person`` (or, for kind ``clerk``, the acting clerk) may act for ``person`` until a day at most a year off.

    ``services`` are codes joined by commas; blank covers everything. The dead need nobody to act for them.
    """
    found = opened(by, person, "case.open")
    today = clock.day(at)
    if not today <= until <= today + LONGEST:
        raise Refusal("a mandate ends within a year; nothing was changed")
    if kind not in KINDS or (kind != "clerk" and proxy_person is None) or proxy_person == person:
        raise Refusal("say who may act; nothing was changed")
    if len(services) > ROOM:
        raise Refusal(_("These are too many services for one mandate: record a second one, or one for every matter. "
                        "Nothing was changed."))  # fmt: skip
    _fit_to_act(found, proxy_person, today)
    row = Mandate(
        person=found, proxy_person_id=proxy_person, proxy_account=by.account if kind == "clerk" else None, kind=kind,
        services=services, valid_from=today, valid_to=until, recorded_at=at, paper=paper[:120],
    )  # fmt: skip
    with journal.entry(action="people.mandate", by=by, at=at, person=found.pk, area=found.home, kind=kind) as writing:
        writing.add([row])
    return int(row.pk)


def _fit_to_act(found: Person, proxy: int | None, today: dt.date) -> None:
    """Raise a refusal where one of the two is dead, or the proxy is a child or declared not fully capable."""
    from lianxin.people import facts, standing

    if found.died_on is not None:
        raise Refusal(_("This person has died; nobody acts for them. Nothing was changed."))
    if proxy is None:
        return
    known = facts.frame(subject="person", day=today, ids=[proxy], codes=["alive", "age", "capacity"]).to_dicts()
    if not known or not known[0]["alive"]:
        raise Refusal(_("Whoever is to act is not alive by their file. Nothing was changed."))
    age = known[0]["age"]
    if (age is not None and age < standing.rules()[1]) or known[0]["capacity"] != "full":
        raise Refusal(_("Whoever is to act must be of age and fully capable in law. Nothing was changed."))


def end_mandate(*, mandate: int, reason: str, by: Actor, at: dt.datetime) -> None:
    """End a mandate today: the person took it back, or it is no longer needed. What was done under it stays done."""
    row = Mandate.objects.filter(pk=mandate, superseded_at__isnull=True, kind__in=KINDS).first()
    if row is None:
        raise Refusal(_("This mandate has ended already; nothing was changed."))
    found = opened(by, row.person_id, "case.open")
    if len(reason.strip()) < 2:
        raise Refusal(_("Say why it ends; nothing was changed."))
    yesterday = clock.day(at) - dt.timedelta(days=1)
    if row.valid_to is not None and row.valid_to <= yesterday:
        raise Refusal(_("This mandate has ended already; nothing was changed."))
    with journal.entry(action="people.mandate-ended", by=by, at=at, person=found.pk, area=found.home,
                       purpose=reason.strip()[:200], kind=row.kind) as writing:  # fmt: skip
        if writing.supersede(Mandate, [row.pk], at) != 1:
            raise Refusal(_("This mandate has ended already; nothing was changed."))
        if row.valid_from is None or row.valid_from <= yesterday:
            writing.add([Mandate(
                person=found, proxy_person_id=row.proxy_person_id, proxy_account=row.proxy_account, kind=row.kind,
                services=row.services, valid_from=row.valid_from, valid_to=yesterday, recorded_at=at, paper=row.paper,
            )])  # fmt: skip


def mandates(scope: Scope, person: int, day: dt.date) -> list[Held]:
    """The mandates in force on a day for a person whom the scope covers, the longest first."""
    covered = Person.objects.filter(reachable(scope), pk=person)
    rows = Mandate.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        person__in=covered.values("pk"), superseded_at__isnull=True, kind__in=KINDS,
    ).select_related("proxy_person").order_by("-valid_to", "pk")  # fmt: skip
    return [_held(row) for row in rows]


def held_by(account: int | None, person: int, day: dt.date) -> Held | None:
    """The mandate for everything under which this member of staff acts for a person on a day, the longest one."""
    if account is None:
        return None
    row = Mandate.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        person=person, kind="clerk", proxy_account=account, services="", superseded_at__isnull=True,
    ).select_related("proxy_person").order_by("-valid_to", "pk").first()  # fmt: skip
    return _held(row) if row is not None else None


def running_out(scope: Scope, day: dt.date, within: int, *, limit: int = 200) -> Sequence[tuple[int, Held]]:
    """Mandates of people inside the scope that end within so many days: person → mandate, the next first."""
    rows = Mandate.objects.filter(
        valid_to__gte=day, valid_to__lte=day + dt.timedelta(days=within), superseded_at__isnull=True, kind__in=KINDS,
        person__in=Person.objects.filter(reachable(scope), visible=True, survivor__isnull=True).values("pk"),
    ).select_related("proxy_person").order_by("valid_to", "pk")[:limit]  # fmt: skip
    return [(row.person_id, _held(row)) for row in rows]


def _held(row: Mandate) -> Held:
    proxy = row.proxy_person
    return Held(row.pk, row.kind, proxy.name if proxy else "", row.proxy_person_id,
                tuple(filter(None, row.services.split(","))), row.valid_from, row.valid_to, row.paper,
                row.entry_id)  # fmt: skip
