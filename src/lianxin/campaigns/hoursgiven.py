"""Time given: counted when the household confirmed or an event's keeper wrote it down; what was said in thanks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from lianxin.access.models import Account
from lianxin.access.queries import within
from lianxin.campaigns.models import Event, Hours, Terms
from lianxin.casework.models import Case, Move, Rating
from lianxin.catalogue.queries import version
from lianxin.engine.scope import Scope
from lianxin.outcomes.models import Outcome


@dataclass(frozen=True, slots=True)
class Given:
    """What an office gave in a time: how often, how many minutes were written down; ``waits`` are not yet confirmed."""

    office: int
    name: str
    times: int
    minutes: int
    waits: int = 0


@dataclass(frozen=True, slots=True)
class Did:
    """One time that somebody helped, as its giver reads it: no name and no address of a household."""

    id: int
    on: dt.date | None
    what: tuple[str, str]  # the kind of help, or the event, in Chinese and English
    minutes: int
    confirmed: bool
    thanks: str
    score: int | None
    event: int | None


def hours(scope: Scope, *, from_on: dt.date, to_on: dt.date, office: int | None = None) -> list[Given]:
    """Times and minutes by office; what a household has yet to confirm stands apart, what it did not get is nowhere."""
    mine = Q(office_id__in=scope.offices) if scope.reach == "assigned" else within(scope, "office__area")
    found = _in_time(from_on, to_on).filter(mine)
    if office is not None:
        found = found.filter(office_id=office)
    sums = found.order_by("office__name", "office").values_list("office_id", "office__name")
    counted = {pk: Given(pk, name, n, minutes) for pk, name, n, minutes in
               sums.filter(~_awaited()).annotate(n=Count("pk"), sum=Sum("minutes"))}  # fmt: skip
    for pk, name, n in sums.filter(_awaited()).annotate(n=Count("pk")):
        held = counted.get(pk, Given(pk, name, 0, 0))
        counted[pk] = Given(pk, name, held.times, held.minutes, n)
    return list(counted.values())


def confirmed(office: int, from_on: dt.date, to_on: dt.date, *, account: int | None = None) -> tuple[int, int]:
    """How often and how many minutes an office (or one helper of it) gave and had confirmed in a time."""
    rows = _in_time(from_on, to_on).filter(~_awaited(), office=office)
    if account is not None:
        rows = rows.filter(account=account)
    found = rows.aggregate(n=Count("pk"), sum=Sum("minutes"))
    return int(found["n"]), int(found["sum"] or 0)


def did(scope: Scope, *, office: int, after: int = 0, limit: int = 30) -> list[Did]:
    """What one's own office did, the newest first, each with the thanks that came for it."""
    if office not in scope.offices:
        return []
    rows = Hours.objects.filter(~taken_back(), office=office, superseded_at__isnull=True)
    if after:
        rows = rows.filter(pk__lt=after)
    return _did(list(rows.annotate(waits=_awaited()).order_by("-pk")[:limit]))


def helpers_of(scope: Scope, office: int) -> list[tuple[int, str]]:
    """Who of one's own office has hours of their own: account and name."""
    if office not in scope.offices:
        return []
    accounts = Hours.objects.filter(office=office, account__isnull=False, superseded_at__isnull=True)
    ids = {account for account in accounts.values_list("account", flat=True) if account is not None}
    return list(Account.objects.filter(pk__in=ids).order_by("name").values_list("pk", "name"))


def _in_time(from_on: dt.date, to_on: dt.date) -> QuerySet[Hours]:
    rows = Hours.objects.filter(valid_from__gte=from_on, valid_from__lte=to_on, superseded_at__isnull=True)
    return rows.filter(~taken_back())


def taken_back() -> Exists:
    """A help that the household said, after it, that it did not get; one that came later counts by itself."""
    return Exists(
        Outcome.objects.filter(case=OuterRef("case"), reverses__isnull=False, recorded_at__gte=OuterRef("recorded_at"))
    )


def _awaited() -> Exists:
    """A help on which the household's word is still out."""
    return Exists(Case.objects.filter(pk=OuterRef("case"), state="open", step_name="confirm"))


def _did(rows: Sequence[Hours]) -> list[Did]:
    wanted = [row.case for row in rows if row.case is not None]
    cases = {case.pk: case for case in Case.objects.filter(pk__in=wanted)}
    ids = list(cases)
    thanks: dict[int, str] = dict(Move.objects.filter(case__in=ids, verb="received").exclude(words="").order_by("pk")
                                  .values_list("case_id", "words"))  # fmt: skip
    scores: dict[int, int] = dict(Rating.objects.filter(case__in=ids).order_by("pk").values_list("case_id", "score"))
    events = [row.event for row in rows if row.event]
    titles = {event: (zh, en or zh) for event, zh, en in Terms.objects.filter(
        event__in=Event.objects.filter(pk__in=events), superseded_at__isnull=True
    ).values_list("event_id", "title", "title_en")}  # fmt: skip
    return [
        Did(row.pk, row.valid_from, _what(cases.get(row.case or 0), titles.get(row.event or 0)), row.minutes,
            not getattr(row, "waits", False), thanks.get(row.case or 0, ""), scores.get(row.case or 0), row.event)
        for row in rows
    ]  # fmt: skip


def _what(case: Case | None, title: tuple[str, str] | None) -> tuple[str, str]:
    if title is not None or case is None:
        return title or ("", "")
    service = version(case.version_id).service
    kind = service.kind(case.kind)
    name = kind.name if kind else service.name
    return name.zh, name.en
