"""Plan visits into a route for one worker, change the route, take it along, hand it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.access.models import Account, Office
from lianxin.access.permissions import require
from lianxin.access.queries import within
from lianxin.campaigns import visitplan
from lianxin.campaigns.models import Stop, Taken, VisitList
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal import looks
from lianxin.people.models import Family, Person

MOST = 60  # households of one list: more than anybody walks
PERMISSION = "case.visit"


def plan(
    *,
    name: str,
    occasion: str,
    area: str,
    account: int,
    for_on: dt.date,
    stops: Mapping[int, tuple[str, str]],
    by: Actor,
    at: dt.datetime,
    cases: Mapping[int, int | None] | None = None,
) -> VisitList:
    """A list of households (household → why, a word beside it) for one worker, in the order of the streets.

    ``cases`` names the case that a household's visit delivers. Raises :class:`Refusal` for none or too many, for a
    household elsewhere, for a worker who is not of the area's offices.
    """
    require(by, PERMISSION, area=area)
    if not 1 <= len(stops) <= MOST:
        raise Refusal(_("Choose one to %(most)s households.") % {"most": MOST})
    if occasion not in visitplan.OCCASIONS or not name.strip() or for_on < clock.day(at):
        raise Refusal(_("Give the list a name, an occasion and a day to come."))
    _worker(by, account)
    homes = dict(Family.objects.filter(within(by.scope, "home"), pk__in=list(stops)).values_list("pk", "home"))
    if set(homes) != set(stops):
        raise Refusal(_("One of these households is not in your area; nothing was planned."))
    addresses = dict(Family.objects.filter(pk__in=list(stops)).values_list("pk", "address"))
    lived = dict(
        Person.objects.filter(family__in=list(stops)).order_by("-born_on", "-pk").values_list("family_id", "address")
    )
    order = sorted(stops, key=lambda one: (homes[one], visitplan.along(addresses[one] or lived.get(one, "") or "")))
    with journal.entry(
        action="visits.plan", by=by, at=at, area=area, households=len(stops), occasion=occasion
    ) as writing:
        (made,) = writing.add([VisitList(
            name=name.strip()[:60], occasion=occasion, area=area, office=by.office, account=account, for_on=for_on,
            made_at=at, by_account=by.account,
        )])  # fmt: skip
        writing.add([
            Stop(list=made, family_id=one, why=stops[one][0][:12], words=stops[one][1].strip()[:200],
                 case=(cases or {}).get(one), place=place)
            for place, one in enumerate(order, 1)
        ])  # fmt: skip
    return made


def _worker(by: Actor, account: int) -> None:
    """The worker is oneself, or somebody of an office inside one's area."""
    offices = Office.objects.filter(within(by.scope, "area_id"), open=True).values("pk")
    if account != by.account and not Account.objects.filter(pk=account, is_active=True, office__in=offices).exists():
        raise Refusal(_("Choose a worker of your own area."))


def mine(by: Actor, visits: int) -> VisitList:
    """The list, where it is one's own way or lies in one's area; raises :class:`Refusal` where it does not exist."""
    found = VisitList.objects.filter(pk=visits).first()
    if found is None or not (found.account == by.account or by.scope.covers(found.area)):
        raise Refusal(_("There is no such list."))
    require(by, PERMISSION)
    return found


def stops_of(*, visits: int, by: Actor) -> list[int]:
    """The stops of a list in the order of the route."""
    return list(mine(by, visits).stops.exclude(state="dropped").order_by("place", "pk").values_list("pk", flat=True))


def reorder(*, visits: int, order: Sequence[int], by: Actor, at: dt.datetime) -> None:
    """Put the stops in the given order; those that are not named follow as they were."""
    found = mine(by, visits)
    with transaction.atomic():
        stops = list(Stop.objects.select_for_update().filter(list=found).order_by("place", "pk"))
        named = {pk: place for place, pk in enumerate(order)}
        stops.sort(key=lambda one: named.get(one.pk, len(named) + one.place))
        with journal.entry(action="visits.route", by=by, at=at, area=found.area):
            for place, stop in enumerate(stops, 1):
                stop.place = place
            Stop.objects.bulk_update(stops, ["place"])


def drop(*, visits: int, stop: int, by: Actor, at: dt.datetime) -> None:
    """Take a household off the route; what was reported stays."""
    found = mine(by, visits)
    with journal.entry(action="visits.drop", by=by, at=at, area=found.area, stop=stop):
        if not Stop.objects.filter(pk=stop, list=found, state="planned").update(state="dropped"):
            raise Refusal(_("This household was visited already, or is off the list; nothing was changed."))


def give(*, visits: int, account: int, for_on: dt.date, by: Actor, at: dt.datetime) -> None:
    """Another worker, another day. What the former one took along is handed back at their next line."""
    found = mine(by, visits)
    _worker(by, account)
    if found.state == "ended" or for_on < clock.day(at):
        raise Refusal(_("The list has ended, or the day has gone by; nothing was changed."))
    with journal.entry(action="visits.give", by=by, at=at, area=found.area, to=account):
        VisitList.objects.filter(pk=found.pk).update(account=account, for_on=for_on, state="open")


def end(*, visits: int, by: Actor, at: dt.datetime) -> None:
    """The list is done with; whoever was not visited counts as not visited."""
    found = mine(by, visits)
    with journal.entry(action="visits.end", by=by, at=at, area=found.area):
        VisitList.objects.filter(pk=found.pk).exclude(state="ended").update(state="ended", ended_at=at)


def take_along(*, visits: int, key: str, by: Actor, at: dt.datetime) -> Taken:
    """Note that a worker takes their own open list along, until when it opens; the households can read that it was.

    The same ``key`` again is the same copy.
    """
    found = VisitList.objects.filter(pk=visits, account=by.account or 0, state="open").first()
    if found is None or not by.may(PERMISSION):
        raise Refusal(_("This list is not yours (any more)."))
    held = Taken.objects.filter(key=key).first()
    if held is not None:
        if held.list_id != found.pk or held.account != by.account or held.ended_at is not None:
            raise Refusal(_("This copy was handed back; take the list along again."))
        return held
    until = at + dt.timedelta(days=settings.VISIT_DAYS)
    persons = Person.objects.filter(family__in=found.stops.exclude(state="dropped").values("family"), visible=True)
    with journal.entry(action="visits.take-along", by=by, at=at, area=found.area, visits=found.pk) as writing:
        (made,) = writing.add([Taken(list=found, account=by.account or 0, key=key, at=at, until=until)])
        looks.contains(writing.id, persons.values_list("pk", flat=True))
    return made


def hand_back(*, key: str, by: Actor, at: dt.datetime, wiped: bool = False) -> bool:
    """The copy is gone from the device. ``wiped``: by itself (expired, wrong words too often), the list stays open.

    Returns False for a copy that was handed back already or is nobody's.
    """
    held = Taken.objects.filter(key=key, account=by.account or 0, ended_at__isnull=True).select_related("list").first()
    if held is None:
        return False
    with journal.entry(action="visits.hand-back", by=by, at=at, area=held.list.area, visits=held.list_id):
        Taken.objects.filter(pk=held.pk).update(ended_at=at, why="wiped" if wiped else "back")
        if not wiped:
            VisitList.objects.filter(pk=held.list_id, account=by.account or 0, state="open").update(state="back")
    return True
