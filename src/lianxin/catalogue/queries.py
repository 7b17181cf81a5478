"""Read the catalogue: what is in force on a day, why somebody is entitled, who has not received."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Count, QuerySet, TextField
from django.db.models.functions import Cast

from lianxin.access.queries import within
from lianxin.catalogue import scheduling
from lianxin.catalogue.facts import OF_THE_SERVICE, facts_of, facts_of_few, provided
from lianxin.catalogue.models import Run, Verdict, Version
from lianxin.engine import attributes, effects, judging
from lianxin.engine.declaration import Kind, Service
from lianxin.engine.declaring import service_from_data
from lianxin.engine.scope import Scope
from lianxin.people import identities

SOME = 800  # rows of one query
RECENT = 20  # so many match runs are looked through for the last of each service


@dataclass(frozen=True, slots=True)
class Published:
    """A version of a service as it stands in the catalogue."""

    version_id: int
    number: int
    service: Service

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts its verdicts look at."""
        return self.service.fact_names()


_kept: dict[int, Published] = {}  # versions are immutable


@lru_cache(maxsize=1024)
def _service(declaration: str) -> Service:
    said = json.loads(declaration)
    return service_from_data(said["service"], facts=attributes.from_data(said.get("attributes")))


def _loaded(version_ids: Iterable[int]) -> dict[int, Published]:
    """These versions, those not yet in memory by one query. Raises ``Version.DoesNotExist``."""
    wanted = list(dict.fromkeys(version_ids))
    for part in identities.some(pk for pk in wanted if pk not in _kept):
        rows = Version.objects.filter(pk__in=part).annotate(said=Cast("declaration", TextField()))
        _kept.update(
            {pk: Published(pk, number, _service(said)) for pk, number, said in rows.values_list("pk", "number", "said")}
        )
        if not _kept.keys() >= {*part}:
            raise Version.DoesNotExist
    return {pk: _kept[pk] for pk in wanted}


def _load(version_id: int) -> Published:
    return _kept.get(version_id) or _loaded([version_id])[version_id]


def forget() -> None:
    """Read every version anew: another database stands behind this process (tests begin their ids again)."""
    _kept.clear()
    scheduling.forget()


def version(version_id: int) -> Published:
    """One version by its id; immutable, so it is kept in memory. Raises ``Version.DoesNotExist``."""
    return _load(version_id)


def in_force(day: dt.date, known_at: dt.datetime | None = None) -> dict[str, Published]:
    """The version of every service that speaks on ``day`` (as known at an instant): see :func:`scheduling.choose`."""
    chosen = scheduling.choose(scheduling.rows(known_at), day) if known_at else scheduling.chosen(day)
    loaded = _loaded(chosen.values())
    return {code: loaded[pk] for code, pk in chosen.items()}


def speaking(services: Iterable[str], days: Iterable[dt.date]) -> dict[tuple[str, dt.date], Published]:
    """The version of each service that speaks on each day, from one query; absent where none does."""
    found = scheduling.rows(services=set(services))
    chosen = {(code, day): pk for day in dict.fromkeys(days) for code, pk in scheduling.choose(found, day).items()}
    loaded = _loaded(chosen.values())
    return {key: loaded[pk] for key, pk in chosen.items()}


def quietly(kind: Kind | None, day: dt.date) -> Published | None:
    """The sealed ask into which an ask of this kind goes at once, so that nobody else ever reads its words; mostly none."""
    if kind is None or not kind.becomes:
        return None
    first = in_force(day).get(kind.becomes[0])
    return first if first is not None and first.service.sealed and first.service.mode == "ask" else None


def visible(scope: Scope, day: dt.date) -> dict[str, Published]:
    """What is in force, without the sealed services on whose list the scope does not stand."""
    return {code: found for code, found in in_force(day).items() if not found.service.sealed or code in scope.sealed}


@dataclass(frozen=True, slots=True)
class Explained:
    """Why one person is or is not entitled to one service."""

    service: Service
    version_id: int
    result: judging.Explanation

    @property
    def verdict(self) -> str:
        """entitled, unknown or not_entitled."""
        return self.result.verdict

    @property
    def amount(self) -> int | None:
        """Fen, where the person is entitled to money."""
        return self.result.amount

    def to_json(self) -> dict[str, Any]:
        """As ``lianxin explain --json`` prints it, with ``because``."""
        return {**self.result.to_data(), "because": list(self.result.because)}


def explain(
    *, person: int, day: dt.date, service: str | None = None, scope: Scope | None = None, family: int | None = None
) -> list[Explained]:
    """Every service in force that has conditions, judged for one person (or their household) and opened up.

    Sealed services appear only where ``scope`` stands on their list (or is None: a command at the machine).
    """
    chosen = in_force(day) if scope is None else visible(scope, day)
    wanted = [
        found
        for code, found in sorted(chosen.items())
        if (service is None or code == service) and (found.service.who or service == code)
    ]
    subjects = {"person": person, "family": family}
    mine = [found for found in wanted if subjects.get(found.service.subject) is not None]
    ids = {kind: [] if subject is None else [subject] for kind, subject in subjects.items()}
    known = facts_of_few([one.service for one in mine], ids, day)
    received = {
        kind: _received_of_one([one for one in mine if one.service.subject == kind], kind, subject, day)
        for kind, subject in subjects.items() if subject is not None
    }  # fmt: skip
    made = []
    for found in mine:
        code, kind = found.service.code, found.service.subject
        shared = known[kind].get(ids[kind][0], {})
        row = {**shared, **received[kind].get(code, {})} if shared else {}
        made.append(Explained(found.service, found.version_id, judging.explain(found.service, row, day)))
    return made


def _received_of_one(services: Sequence[Published], kind: str, subject: int, day: dt.date) -> dict[str, dict[str, Any]]:
    """What is known of the services themselves, of one subject."""
    asking = [found.service.code for found in services if any(code in OF_THE_SERVICE for code in found.facts)]
    if not asking or OF_THE_SERVICE[0] not in provided():
        return {}
    found: dict[str, dict[str, Any]] = effects.perform(
        "received-of-one", services=asking, kind=kind, subject=subject, day=day
    )
    return found


def explain_under(version_id: int, *, person: int | None, family: int | None, day: dt.date) -> Explained | None:
    """One subject judged by the version that a case keeps; None where the service tests nothing or has no subject."""
    found = _load(version_id)
    return _explained(found, person=person, family=family, day=day) if found.service.who else None


def _explained(found: Published, *, person: int | None, family: int | None, day: dt.date) -> Explained | None:
    subject = person if found.service.subject == "person" else family
    if subject is None:
        return None
    frame = facts_of(
        subject=found.service.subject, codes=found.facts, day=day, service=found.service.code, ids=[subject],
        known=found.service.facts,
    )  # fmt: skip
    rows = frame.to_dicts()
    return Explained(found.service, found.version_id, judging.explain(found.service, rows[0] if rows else {}, day))


@dataclass(frozen=True, slots=True)
class Entitlement:
    """A stored verdict: entitled, or unknown for want of facts."""

    service: Service
    version_id: int
    entitled: bool
    amount: int | None
    missing: tuple[str, ...]
    since: dt.date


def entitlements_of(person: int, family: int | None = None) -> list[Entitlement]:
    """The stored verdicts of one person (and household), entitled first."""
    subjects = {"person": person, "family": family}
    rows = Verdict.objects.filter(subject__in=[one for one in subjects.values() if one]).order_by("verdict", "service")
    made = []
    for row in _of_the_living(list(rows)):
        found = _load(row.version_id)
        if subjects.get(found.service.subject) != row.subject or found.service.sealed:
            continue
        made.append(
            Entitlement(
                found.service, row.version_id, row.verdict == "E", row.amount, tuple(row.missing.split()), row.since
            )
        )
    return made


@dataclass(frozen=True, slots=True)
class GapRow:
    """Somebody who is entitled (or might be) in the office's area."""

    id: int
    service: str
    subject: int
    area: str
    entitled: bool
    amount: int | None
    missing: tuple[str, ...]
    since: dt.date


def gaps(
    scope: Scope, *, day: dt.date, service: str = "", entitled: bool = True, after: int = 0, limit: int = 50,
    fact: str = "",
) -> list[GapRow]:  # fmt: skip
    """Stored verdicts inside the scope, paged by key: who is entitled and not given it, or whose fact is missing
    (``entitled=False``); ``fact``: only those whom this one fact would settle."""
    rows = _told(scope, day, entitled=entitled, listed=True).filter(pk__gt=after)
    if service:
        rows = rows.filter(service=service)
    if fact:
        rows = rows.filter(missing=fact)
    found: list[Verdict] = []
    while len(found) < limit:
        some = list(rows.filter(pk__gt=after).order_by("pk")[: max(limit, SOME)])
        if not some:
            break
        after = some[-1].pk
        living = _of_the_living(some)
        found += _left_out(living, day) if entitled else living
    return [
        GapRow(row.pk, row.service, row.subject, row.area, row.verdict == "E", row.amount,
               tuple(row.missing.split()), row.since)
        for row in found[:limit]
    ]  # fmt: skip


def _told(scope: Scope, day: dt.date, *, entitled: bool, listed: bool = False) -> QuerySet[Verdict]:
    """Stored verdicts inside the scope, without services that it may not know of."""
    hidden = [code for code, one in in_force(day).items() if one.service.sealed and code not in scope.sealed]
    return Verdict.objects.filter(within(scope, "area", listed=listed), verdict="E" if entitled else "U").exclude(
        service__in=hidden
    )


def settling(scope: Scope, *, day: dt.date, service: str = "") -> list[tuple[str, int]]:
    """Facts that alone are missing somewhere inside the scope, and how many persons and households each would settle,
    most first: the stations' work list."""
    rows = _told(scope, day, entitled=False).exclude(missing="").exclude(missing__contains=" ")
    if service:
        rows = rows.filter(service=service)
    counted = rows.order_by().values_list("missing").annotate(n=Count("subject", distinct=True))
    return sorted(((fact, int(n)) for fact, n in counted), key=lambda row: (-row[1], row[0]))


def _of_the_living(rows: Sequence[Verdict]) -> list[Verdict]:
    """Without what was found for somebody of whose death we learned since: nobody is to be told that they are entitled.

    What matching finds for the dead after it knows of their death stands again.
    """
    judged: dict[str, dt.datetime] = {}
    for run in Run.objects.filter(state="done", persons__isnull=True).order_by("-pk")[:RECENT]:
        for code in run.services:
            judged.setdefault(code, run.at)
    persons = [row for row in rows if row.service in judged and _load(row.version_id).service.subject == "person"]
    learned = identities.deaths_learned({row.subject for row in persons}) if persons else {}
    gone = {row.pk for row in persons if row.subject in learned and learned[row.subject] > judged[row.service]}
    return [row for row in rows if row.pk not in gone]


def _left_out(rows: Sequence[Verdict], day: dt.date) -> list[Verdict]:
    """Of entitled ones those who are not given it already: what is paid each period is asked of the room that pays."""
    by_service: dict[str, list[int]] = {}
    for row in rows:
        by_service.setdefault(row.service, []).append(row.subject)
    served = effects.perform("served", asked=by_service, day=day)
    return [row for row in rows if (row.service, row.subject) not in served]


def last_run() -> Run | None:
    """The newest match run over everyone."""
    return Run.objects.filter(persons__isnull=True).order_by("-pk").first()


def versions(service: str) -> list[Version]:
    """All versions of a service, newest first."""
    return list(Version.objects.filter(service=service).order_by("-number"))
