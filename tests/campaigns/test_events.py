"""Programmes and events: planned, changed, cancelled; signed up, waited for, stepped back from; never more than places."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianxin.access.permissions import Refused
from lianxin.campaigns import calendar, events, signing
from lianxin.campaigns.models import Signup, Terms
from lianxin.campaigns.refusals import NoSuchEvent, NotNow, Stale, Unfit
from lianxin.engine import effects
from lianxin.journal import queries as chain
from lianxin.notices.models import Notice
from lianxin.people import models as people
from tests.campaigns.place import AT, AWAY, DAY, HOME, HOUR, SYSTEM, Place, said


@pytest.fixture
def place(db):
    return Place()


def told(person, template=None):
    rows = Notice.objects.filter(person=person.pk).order_by("pk")
    return [row.template for row in rows if template in {None, row.template}]


def test_only_the_keeper_of_the_area_plans_and_a_camp_is_no_place(place):
    made = place.programme()
    for where in ("城南某部营区礼堂", "东街哨所旁", "Old barracks hall"):
        with pytest.raises(Unfit, match="civilian"):
            place.event(programme=made, place=where)
    with pytest.raises(Unfit):
        place.event(programme=made, ends_at=AT + DAY)
    with pytest.raises(NoSuchEvent):
        events.plan(programme=made.pk, said=said(), by=place.away, at=AT)
    with pytest.raises(Refused):
        events.begin(kind="class", name="甲", area=AWAY, by=place.keeper, at=AT)
    weekly = events.plan(programme=made.pk, said=said(), by=place.keeper, at=AT, again=3)
    starts = [one.starts_at for one in calendar.kept(place.keeper.scope, at=AT)[0]]
    assert [(one - starts[0]).days for one in starts] == [0, 7, 14, 21]
    assert len(weekly) == 4
    assert calendar.kept(place.away.scope, at=AT)[0] == []
    assert chain.verify().broken is None


def test_places_are_kept_in_order_and_a_free_one_goes_to_whoever_waits(place):
    event = place.event(places=1)
    wife, man = place.people["安梅"], place.people["于川"]
    first = signing.sign_up(event=event, person=wife.pk, by=place.resident("安梅"), at=AT)
    again = signing.sign_up(event=event, person=wife.pk, by=place.resident("安梅"), at=AT)
    second = signing.sign_up(event=event, person=man.pk, by=place.keeper, at=AT, channel="phone")
    assert (first.pk, first.state, second.state) == (again.pk, "taken", "waiting")
    [mine] = calendar.mine(place.resident("于川"), AT)
    assert (mine.state, mine.ahead, mine.event.left) == ("waiting", 0, 0)
    signing.step_back(signup=first.pk, by=place.resident("安梅"), at=AT)
    signing.step_back(signup=first.pk, by=place.resident("安梅"), at=AT)
    second.refresh_from_db()
    assert second.state == "taken"
    assert told(man) == ["event-waiting", "event-moved-up"]
    with pytest.raises(NoSuchEvent):
        signing.step_back(signup=second.pk, by=place.resident("安梅"), at=AT)


def test_near_is_ones_own_areas_and_the_neighbours_of_the_township(place):
    here = place.event()
    there = place.event(programme=place.programme(area=AWAY, by=place.away), by=place.away)
    assert [one.id for one in calendar.near(place.people["安梅"].home, AT)] == [here]
    assert [one.id for one in calendar.near(place.people["石西"].home, AT)] == [here]
    assert [one.id for one in calendar.near(place.people["远方"].home, AT)] == [there]
    assert calendar.near("", AT) == []
    assert calendar.for_resident(place.resident("远方"), here, AWAY) is None
    with pytest.raises(NoSuchEvent):
        signing.sign_up(event=here, person=place.people["远方"].pk, by=place.resident("远方"), at=AT)
    with pytest.raises(NoSuchEvent):
        signing.sign_up(event=here, person=place.people["远方"].pk, by=place.keeper, at=AT, channel="counter")


def test_a_child_comes_through_its_guardian_who_is_told_and_stands_in_the_list(place):
    event = place.event(age_from=6, age_to=12)
    child, mother = place.people["小安"], place.people["安梅"]
    with pytest.raises(Unfit, match="parent or guardian"):
        signing.sign_up(event=event, person=child.pk, by=place.keeper, at=AT, channel="counter")
    with pytest.raises(Unfit, match="parent or guardian"):
        signing.sign_up(event=event, person=child.pk, by=place.keeper, at=AT, channel="counter",
                        guardian=place.people["于川"].pk)  # fmt: skip
    with pytest.raises(Unfit, match="parent or guardian"):
        signing.sign_up(event=event, person=child.pk, by=place.resident("于川"), at=AT)
    made = signing.sign_up(event=event, person=child.pk, by=place.resident("安梅"), at=AT)
    assert made.guardian == mother.pk
    assert told(child) == []
    assert told(mother) == ["event-place"]
    [row] = calendar.places(place.keeper.scope, event)
    assert (row.child, row.guardian_name) == (True, "安梅")
    with pytest.raises(Unfit, match="6 to 12 years"):
        signing.sign_up(event=event, person=mother.pk, by=place.resident("安梅"), at=AT)
    mixer = place.event(programme=place.programme("mixer"))
    with pytest.raises(Unfit, match="from 18 years"):
        signing.sign_up(event=mixer, person=child.pk, by=place.resident("安梅"), at=AT)


def test_nobody_signs_a_stranger_up(place):
    event = place.event()
    with pytest.raises(NoSuchEvent):
        signing.sign_up(event=event, person=place.people["于川"].pk, by=place.resident("安梅"), at=AT)
    assert Signup.objects.count() == 0


def test_a_change_of_place_is_told_more_places_move_up_and_an_old_page_changes_nothing(place):
    event = place.event(places=1)
    signing.sign_up(event=event, person=place.people["安梅"].pk, by=place.resident("安梅"), at=AT)
    signing.sign_up(event=event, person=place.people["于川"].pk, by=place.resident("于川"), at=AT)
    old = Terms.objects.get(event=event, superseded_at=None).pk
    with pytest.raises(Unfit, match="More people"):
        signing.sign_up(event=event, person=place.people["石西"].pk, by=place.resident("石西"), at=AT)
        events.change(event=event, said=said(places=2), by=place.keeper, at=AT)
        events.change(event=event, said=said(places=1), by=place.keeper, at=AT)
    events.change(event=event, said=said(places=2, place="西街文化馆"), by=place.keeper, at=AT)
    assert told(place.people["安梅"], "event-changed") == ["event-changed"]
    assert told(place.people["于川"], "event-moved-up") == ["event-moved-up"]
    with pytest.raises(Stale):
        events.change(event=event, said=said(), by=place.keeper, at=AT, expected=old)
    assert next(row.place for row in calendar.history(place.keeper.scope, event)) == "西街文化馆"
    assert Terms.objects.filter(event=event).count() > 1


def test_a_cancelled_event_is_told_why_and_takes_no_more(place):
    event = place.event()
    signing.sign_up(event=event, person=place.people["安梅"].pk, by=place.resident("安梅"), at=AT)
    with pytest.raises(Unfit):
        events.cancel(event=event, reason=" ", by=place.keeper, at=AT)
    events.cancel(event=event, reason="老师病了", by=place.keeper, at=AT)
    events.cancel(event=event, reason="老师病了", by=place.keeper, at=AT)
    assert told(place.people["安梅"]) == ["event-place", "event-cancelled"]
    with pytest.raises(NotNow):
        signing.sign_up(event=event, person=place.people["于川"].pk, by=place.resident("于川"), at=AT)
    assert calendar.near(HOME, AT) == []


def test_a_reminder_goes_out_once_the_day_before_and_never_for_the_dead(place):
    event = place.event()
    for name in ("安梅", "于川"):
        signing.sign_up(event=event, person=place.people[name].pk, by=place.resident(name), at=AT)
    assert signing.remind(by=SYSTEM, at=AT) == 0
    people.Person.objects.filter(pk=place.people["于川"].pk).update(died_on=dt.date(2026, 5, 6))
    effects.announce("person-died", ids=[place.people["于川"].pk], by=SYSTEM, at=AT + HOUR)
    assert signing.remind(by=SYSTEM, at=AT + DAY) == 1
    assert signing.remind(by=SYSTEM, at=AT + DAY + HOUR) == 0
    assert told(place.people["于川"], "event-tomorrow") == []
    assert Signup.objects.get(person=place.people["于川"].pk).reason == "died"


def test_a_death_gives_the_place_to_whoever_waits(place):
    event = place.event(places=1)
    signing.sign_up(event=event, person=place.people["于川"].pk, by=place.resident("于川"), at=AT)
    signing.sign_up(event=event, person=place.people["安梅"].pk, by=place.resident("安梅"), at=AT)
    people.Person.objects.filter(pk=place.people["于川"].pk).update(died_on=dt.date(2026, 5, 6))
    effects.announce("person-died", ids=[place.people["于川"].pk], by=SYSTEM, at=AT)
    assert Signup.objects.get(person=place.people["安梅"].pk).state == "taken"
    with pytest.raises((Unfit, NoSuchEvent)):
        signing.sign_up(event=place.event(), person=place.people["于川"].pk, by=place.keeper, at=AT, channel="counter")


def test_an_invitation_goes_once_to_the_living_for_whom_it_is_meant(place):
    event = place.event(age_to=60)
    everybody = [one.pk for one in place.people.values()]
    people.Person.objects.filter(pk=place.people["于川"].pk).update(died_on=dt.date(2026, 5, 1))
    assert signing.invite(event=event, persons=everybody, by=place.keeper, at=AT) == 1
    assert signing.invite(event=event, persons=everybody, by=place.keeper, at=AT) == 0
    assert told(place.people["安梅"]) == ["event-invited"]
    for nobody in ("小安", "于川", "石西", "远方"):
        assert told(place.people[nobody]) == []
    with pytest.raises(NoSuchEvent):
        signing.invite(event=event, persons=everybody, by=place.away, at=AT)


STEPS = st.lists(st.tuples(st.sampled_from(["in", "out", "more", "fewer"]), st.integers(0, 4)), max_size=25)


@pytest.mark.django_db
@settings(max_examples=25)
@given(steps=STEPS)
def test_never_more_than_the_places_and_nobody_waits_beside_a_free_one(steps):
    from django.db import transaction

    class Undo(Exception):
        pass

    try:
        with transaction.atomic():
            _walk(Place(), steps)
            raise Undo
    except Undo:
        pass


def _walk(place, steps):
    crowd = [place.person(f"人{n}") for n in range(5)]
    event, places = place.event(places=2), 2
    for what, n in steps:
        at = AT + HOUR
        if what == "in":
            signing.sign_up(event=event, person=crowd[n].pk, by=place.keeper, at=at, channel="counter")
        elif what == "out":
            row = Signup.objects.filter(event=event, person=crowd[n].pk).exclude(state="cancelled").first()
            if row is not None:
                signing.step_back(signup=row.pk, by=place.keeper, at=at)
        else:
            wanted = max(1, places + (1 if what == "more" else -1))
            try:
                events.change(event=event, said=said(places=wanted), by=place.keeper, at=at)
                places = wanted
            except Unfit:
                assert wanted < Signup.objects.filter(event=event, state="taken").count()
        taken = Signup.objects.filter(event=event, state="taken").count()
        waiting = Signup.objects.filter(event=event, state="waiting").count()
        assert taken <= places
        assert waiting == 0 or taken == places
