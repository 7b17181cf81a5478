"""Visits and errands: posted once, counted rightly, hours with them; givers near by and open first."""

from __future__ import annotations

import datetime as dt

import pytest

from lianxin.access.models import Office
from lianxin.access.permissions import Refused
from lianxin.campaigns import actions, queries
from lianxin.campaigns.hours import open_at
from lianxin.casework.models import Dispatch
from lianxin.engine.deliveries import Delivered, Delivery
from lianxin.engine.effects import perform
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import over
from lianxin.journal import actions as journal
from lianxin.journal import queries as chain
from lianxin.outcomes import actions as register
from lianxin.outcomes.models import Outcome
from lianxin.people.models import Award, Family
from tests.payments import town
from tests.payments.town import AT, SYSTEM

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 23)
HOME = "419901001001"


def bring(kind: str, deliveries: list[Delivery]) -> list[Delivered]:
    with journal.entry(action="deliver", by=SYSTEM, at=AT) as writer:
        done: list[Delivered] = perform(f"deliver-{kind}", deliveries=deliveries, by=SYSTEM, at=AT, writer=writer)
        return done


def office(name: str, area: str, kind: str = "volunteer") -> Office:
    town.areas()
    return Office.objects.create(name=name, kind=kind, level="village", area_id=area)


def visit(case: int, **also: object) -> Delivery:
    base = {"case": case, "service": "good-news", "version": 1, "area": HOME, "happened_on": DAY, "step": 2}
    return Delivery(**{**base, **also})


def test_a_visit_counts_the_household_under_the_class_of_its_award() -> None:
    [soldier] = town.people(1)
    with journal.entry(action="award", by=SYSTEM, at=AT) as writer:
        [family] = writer.add([Family(code="H1", home=HOME)])
        for merit in ("third", "second"):
            writer.add([Award(person=soldier, merit=merit, valid_from=dt.date(2026, 8, 1), recorded_at=AT)])
    soldier.family = family
    soldier.save(update_fields=["family"])
    given = visit(1, person=soldier.pk, event_on=dt.date(2026, 8, 1), period="2026-08-01")
    first, again = bring("visit", [given]), bring("visit", [given])
    assert [one.state for one in first] == ["done"]
    assert (first[0].fresh, again[0].fresh) == (True, False)
    row = Outcome.objects.get()
    assert (row.kind, row.category, row.family, row.person) == ("visit", "second", family.pk, soldier.pk)
    assert chain.verify().broken is None


def test_a_help_that_did_not_come_is_reversed_and_brought_again() -> None:
    giver = office("甲队", HOME)
    given = visit(7, service="household-help", kind="repair", family=5, giver=giver.pk, minutes=40)
    [done] = bring("errand", [given])
    scope = over(town.CITY)
    assert [(one.times, one.minutes) for one in queries.hours(scope, from_on=DAY, to_on=DAY)] == [(1, 40)]
    register.reverse(sources=[done.source], by=SYSTEM, at=AT, reason="not received")
    assert queries.hours(scope, from_on=DAY, to_on=DAY) == []
    [again] = bring("errand", [given])
    assert again.fresh
    assert again.source != done.source
    assert sum(Outcome.objects.values_list("quantity", flat=True)) == 1
    assert Outcome.objects.filter(category="repair", organisation=giver.pk).count() == 3


def test_who_gave_is_read_from_what_was_handed_out() -> None:
    giver = office("甲队", HOME)
    [case] = town.cases(town.people(1), "household-help")
    with journal.entry(action="dispatch", by=SYSTEM, at=AT) as writer:
        writer.add([Dispatch(case_id=case.case, office=giver, offered_at=AT, answer="done", answered_by=9)])
    station = office("甲站", HOME, "station")
    bring("errand", [visit(case.case, service="household-help", kind="errand", family=5, giver=station.pk)])
    bring("errand", [visit(99, service="household-help", kind="errand", family=6, giver=station.pk)])
    assert list(Outcome.objects.order_by("pk").values_list("organisation", flat=True)) == [giver.pk, station.pk]
    [given] = queries.hours(over(town.CITY), from_on=DAY, to_on=DAY)
    assert (given.office, given.times, given.minutes) == (giver.pk, 1, 0)


def test_givers_come_open_first_then_nearest_then_least_busy() -> None:
    village, township, county = (office(name, area) for name, area in
                                 (("村队", HOME), ("镇队", "419901001"), ("县店", "419901")))  # fmt: skip
    closed = office("夜队", HOME)
    far = office("邻县队", "419902001001")
    twin = office("村二队", HOME)
    for one, area, hours in ((village, HOME, ""), (township, "419901001", ""), (county, "419901", "08:00-18:00"),
                             (closed, HOME, "20:00-06:00"), (far, "419902", ""), (twin, HOME, "")):  # fmt: skip
        actions.offer(office=one.pk, kinds=["repair"], area=area, hours=hours, by=SYSTEM, at=AT)
    [case] = town.cases(town.people(1), "household-help")
    with journal.entry(action="dispatch", by=SYSTEM, at=AT) as writer:
        writer.add([Dispatch(case_id=case.case, office=twin, offered_at=AT)])
    found = queries.givers("repair", HOME, AT)
    assert [one.name for one in found] == ["村队", "村二队", "镇队", "县店", "夜队"]
    assert [one.near for one in found] == ["village", "village", "township", "county", "village"]
    assert [one.open_now for one in found] == [True, True, True, True, False]
    assert found[1].load == 1
    assert queries.givers("carry", HOME, AT) == []
    actions.withdraw(offers=[found[0].id], by=SYSTEM, at=AT)
    assert queries.givers("repair", HOME, AT)[0].name == "村二队"


def test_an_offer_is_replaced_and_its_hours_are_read() -> None:
    giver = office("甲队", HOME)
    actions.offer(office=giver.pk, kinds=["repair", "carry"], area=HOME, by=SYSTEM, at=AT)
    actions.offer(office=giver.pk, kinds=["repair"], area=HOME, hours="08:00-12:00", by=SYSTEM, at=AT)
    assert [(one.kind, one.hours) for one in queries.offered(over(town.CITY), AT)] == [
        ("carry", ""), ("repair", "08:00-12:00")]  # fmt: skip
    assert queries.offered(over("419902"), AT) == []
    for wrong in ("8-12", "25:00-26:00", "always"):
        with pytest.raises(Refusal, match="08:00"):
            actions.offer(office=giver.pk, kinds=["repair"], area=HOME, hours=wrong, by=SYSTEM, at=AT)
    with pytest.raises(Refused):
        actions.offer(office=giver.pk, kinds=["repair"], area=HOME, by=town.MAKER, at=AT)


@pytest.mark.parametrize(
    ("hours", "hour", "is_open"),
    [("", 3, True), ("08:00-18:00", 8, True), ("08:00-18:00", 18, False), ("20:00-06:00", 23, True),
     ("20:00-06:00", 5, True), ("20:00-06:00", 12, False), ("08:00-12:00，14:00-18:00", 13, False)],
)  # fmt: skip
def test_open_at(hours: str, hour: int, is_open: bool) -> None:
    at = dt.datetime(2026, 11, 23, hour, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    assert open_at(hours, at) is is_open
