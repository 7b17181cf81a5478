"""Read events: those near somebody, those that a desk keeps, who signed up, pictures that are shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from lianxin.access.queries import under, within
from lianxin.campaigns.models import Event, Picture, Pictured, Programme, Signup, Terms
from lianxin.campaigns.states import LIVE
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.scope import Actor, Scope
from lianxin.people import identities, wards


@dataclass(frozen=True, slots=True)
class Shown:
    """An event as lists and pages show it."""

    id: int
    lock: int  # of the terms: what a page gives back as ``expected``
    programme: int
    programme_name: str
    programme_name_en: str
    kind: str
    title: str
    title_en: str
    area: str
    venue: str
    place: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    until_at: dt.datetime
    places: int | None
    taken: int
    waiting: int
    came: int
    unnamed: int
    age_from: int | None
    age_to: int | None
    words: str
    state: str
    reason: str
    office: int
    office_name: str
    office_name_en: str
    phone: str

    @property
    def left(self) -> int | None:
        """How many places are free; None where as many may come as want."""
        return None if self.places is None else max(0, self.places - self.taken)


@dataclass(frozen=True, slots=True)
class Place:
    """A sign-up as its list shows it; a child stands under the name of who answers for it."""

    id: int
    person: int
    name: str
    child: bool
    guardian: int | None
    guardian_name: str
    state: str
    channel: str
    at: dt.datetime
    came: bool | None
    reason: str


@dataclass(frozen=True, slots=True)
class Mine:
    """A place of mine or of a child I answer for, with its event."""

    signup: int
    state: str
    person: int
    name: str
    ahead: int  # of a waiting one: how many before it
    event: Shown


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture as pages show it."""

    id: int
    event: int
    caption: str
    state: str
    reason: str
    at: dt.datetime
    by_account: int | None
    shows: tuple[int, ...] = field(default=())


def near(home: str, at: dt.datetime, *, kind: str = "", limit: int = 30) -> list[Shown]:
    """What is ahead for somebody who lives at ``home``: of one's own areas and the neighbours' in the township, by time."""
    if not home:
        return []
    mine = Q(area__in=[home[:length] for length in (12, 9, 6, 4) if len(home) >= length])
    if len(home) >= 9:
        mine |= under(home[:9], "area")
    rows = _current().filter(mine, state="open", ends_at__gt=at)
    if kind:
        rows = rows.filter(event__programme__kind=kind)
    return _shown(rows.order_by("starts_at", "pk")[:limit])


def for_resident(actor: Actor, event: int, home: str) -> Shown | None:
    """One event that somebody may see: near their home, or one at which they have or had a place."""
    rows = _shown(_current().filter(event=event))
    if not rows:
        return None
    from lianxin.campaigns.signing import near as is_near

    mine = Signup.objects.filter(_of(actor), event=event)
    return rows[0] if is_near(home, rows[0].area) or mine.exists() else None


def mine(actor: Actor, at: dt.datetime, *, past: bool = False, limit: int = 30) -> list[Mine]:
    """My places and those of the children I signed up: ahead by time, or (``past``) those over, the newest first."""
    rows = Signup.objects.filter(_of(actor))
    terms = _current().filter(event__in=rows.values("event"))
    terms = terms.filter(ends_at__lte=at) if past else terms.filter(ends_at__gt=at)
    events = {one.id: one for one in _shown(terms.order_by("-starts_at" if past else "starts_at")[:limit])}
    kept = list(rows.filter(event__in=list(events)).exclude(state="cancelled", reason="self").order_by("pk"))
    names = identities.names(row.person for row in kept)
    ahead = _ahead([row for row in kept if row.state == "waiting"])
    order = list(events)
    kept.sort(key=lambda row: (order.index(row.event_id), row.pk))
    return [Mine(row.pk, row.state, row.person, names.get(row.person, ""), ahead.get(row.pk, 0), events[row.event_id])
            for row in kept]  # fmt: skip


def kept(
    scope: Scope, *, at: dt.datetime, when: str = "ahead", kind: str = "", programme: int | None = None, text: str = "",
    after: str = "", limit: int = 50,
) -> tuple[list[Shown], str]:  # fmt: skip
    """Events of a desk's area and the key of the next page: ``ahead`` by time, ``past`` newest first, ``cancelled``."""
    rows = _current().filter(within(scope, "area"))
    if when == "ahead":
        rows, order = rows.filter(state="open", ends_at__gt=at), ("starts_at", "pk")
    elif when == "tick":
        rows, order = rows.filter(state="open", ends_at__lte=at), ("-starts_at", "-pk")
    elif when == "past":
        rows, order = rows.filter(state="held"), ("-starts_at", "-pk")
    else:
        rows, order = rows.filter(state="cancelled"), ("-starts_at", "-pk")
    if kind:
        rows = rows.filter(event__programme__kind=kind)
    if programme is not None:
        rows = rows.filter(event__programme=programme)
    if text:
        rows = rows.filter(Q(title__contains=text) | Q(place__contains=text) | Q(title_en__icontains=text))
    if (key := number_of(after)) is not None:
        last = Terms.objects.filter(pk=key).values_list("starts_at", "pk").first()
        if last is not None:
            beyond = "lt" if order[0].startswith("-") else "gt"
            rows = rows.filter(
                Q(**{f"starts_at__{beyond}": last[0]}) | Q(starts_at=last[0], **{f"pk__{beyond}": last[1]})
            )
    found = _shown(rows.order_by(*order)[: limit + 1])
    return found[:limit], str(found[limit - 1].lock) if len(found) > limit else ""


def event(scope: Scope, pk: int) -> Shown | None:
    """One event of a desk's area."""
    return next(iter(_shown(_current().filter(within(scope, "area"), event=pk))), None)


def history(scope: Scope, pk: int) -> list[Terms]:
    """What was said of an event before, the newest first, for whoever keeps it."""
    if event(scope, pk) is None:
        return []
    return list(Terms.objects.filter(event=pk).order_by("-pk"))


def places(scope: Scope, pk: int, *, state: str = "", after: int = 0, limit: int = 1000) -> list[Place]:
    """Who signed up, in their order, for whoever keeps the event; children under the name of who answers for them."""
    if event(scope, pk) is None:
        return []
    rows = Signup.objects.filter(event=pk, pk__gt=after).order_by("pk")
    rows = rows.filter(state=state) if state else rows.filter(state__in=LIVE)
    found = list(rows[:limit])
    return _places(found)


def programmes(scope: Scope, *, ended: bool = False) -> list[tuple[Programme, int]]:
    """Programmes of a desk's area with how many events they had, the newest first."""
    rows = Programme.objects.filter(within(scope, "area"), ended_on__isnull=not ended).select_related("office")
    return [(row, int(getattr(row, "n", 0))) for row in rows.annotate(n=Count("events")).order_by("-pk")]


def names(codes: Iterable[str]) -> dict[str, tuple[str, str]]:
    """What programmes are called, in Chinese and English, by the code that the register keeps."""
    rows = Programme.objects.filter(code__in=set(codes)).values_list("code", "name", "name_en")
    return {code: (name, english or name) for code, name, english in rows}


def programme(scope: Scope, pk: int) -> Programme | None:
    """One programme of a desk's area."""
    return Programme.objects.filter(within(scope, "area"), pk=pk).select_related("office").first()


def photos(pk: int, *, shown: bool = True) -> list[Photo]:
    """The pictures of an event, for those who may see it; those not shown only for whoever keeps it."""
    rows = Picture.objects.filter(event=pk).order_by("pk")
    if shown:
        rows = rows.filter(state="shown")
    pairs = Pictured.objects.filter(picture__in=[row.pk for row in rows]).values_list("picture", "person")
    who: dict[int, tuple[int, ...]] = {}
    for picture, person in pairs:
        who[picture] = (*who.get(picture, ()), person)
    return [Photo(row.pk, row.event_id, row.caption, row.state, row.reason, row.at, row.by_account, who.get(row.pk, ()))
            for row in rows]  # fmt: skip


def picture(pk: int) -> Picture | None:
    """One picture; the caller has shown that its event may be seen."""
    return Picture.objects.filter(pk=pk).first()


def _of(actor: Actor) -> Q:
    files = identities.files_of([one for one in (actor.person, *actor.scope.persons) if one is not None])
    return Q(person__in=files) | Q(guardian__in=files)


def _current() -> QuerySet[Terms]:
    return Terms.objects.filter(superseded_at__isnull=True).select_related("event__programme", "event__office")


def _shown(rows: QuerySet[Terms]) -> list[Shown]:
    def count(**which: object) -> Coalesce:
        found = Signup.objects.filter(event=OuterRef("event"), **which).order_by().values("event")
        return Coalesce(Subquery(found.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)

    counted = rows.annotate(taken=count(state="taken"), waits=count(state="waiting"), came=count(came=True))
    return [_one(row) for row in counted]


def _one(row: Terms) -> Shown:
    event_: Event = row.event
    made, office = event_.programme, event_.office
    return Shown(
        id=row.event_id, lock=row.pk, programme=made.pk, programme_name=made.name,
        programme_name_en=made.name_en or made.name, kind=made.kind, title=row.title, title_en=row.title_en or row.title,
        area=row.area, venue=row.venue, place=row.place, starts_at=row.starts_at, ends_at=row.ends_at,
        until_at=row.until_at, places=row.places, taken=getattr(row, "taken", 0), waiting=getattr(row, "waits", 0),
        came=getattr(row, "came", 0), unnamed=row.unnamed, age_from=row.age_from, age_to=row.age_to, words=row.words,
        state=row.state, reason=row.reason, office=office.pk, office_name=office.name,
        office_name_en=office.name_en or office.name, phone=office.phone,
    )  # fmt: skip


def _ahead(rows: Sequence[Signup]) -> dict[int, int]:
    found: dict[int, int] = {}
    events = {row.event_id for row in rows}
    queues: dict[int, list[int]] = {}
    for pk, event_ in (
        Signup.objects.filter(event__in=events, state="waiting").order_by("pk").values_list("pk", "event")
    ):
        queues.setdefault(event_, []).append(pk)
    for row in rows:
        found[row.pk] = queues[row.event_id].index(row.pk)
    return found


def _places(rows: Sequence[Signup]) -> list[Place]:
    names = identities.names({one for row in rows for one in (row.person, row.guardian) if one is not None})
    people = wards.known(row.person for row in rows)
    return [
        Place(row.pk, row.person, names.get(row.person, ""),
              row.guardian is not None or (row.person in people and people[row.person].child(clock.day(row.at))),
              row.guardian, names.get(row.guardian or 0, ""), row.state, row.channel, row.at, row.came, row.reason)
        for row in rows
    ]  # fmt: skip
