"""The pages of events: near me and mine in the app, the list and the sheet on the desk; each says why not, and loses nothing."""

import pytest
from django.test import Client

from lianxin.access.models import Account
from lianxin.campaigns import attending, certificates, pictures, signing
from lianxin.campaigns.models import Signup, Terms
from lianxin.engine import clock
from lianxin.outcomes.models import Outcome
from tests.campaigns.place import DAY, HOUR, Place, said
from tests.campaigns.test_attendance import photo


@pytest.fixture
def place(db, settings):
    settings.DEMO = True
    return Place()


@pytest.fixture
def now():
    return clock.now()


def at_phone(place, name):
    """A browser in which somebody is signed in."""
    place.resident(name)
    return _client(Account.objects.get(username=f"r-{place.people[name].pk}"))


def at_desk(name):
    return _client(Account.objects.get(username=name))


def _client(account):
    client = Client()
    client.force_login(account)
    session = client.session
    session["persona"] = True
    session.save()
    client.cookies["django_language"] = "en"
    return client


def soon(place, now, **changes):
    given = {"starts_at": now + DAY, "ends_at": now + DAY + 2 * HOUR}
    return place.event(at=now, **{**given, **changes})


def body(answer):
    return answer.content.decode()


def test_a_mother_signs_herself_and_her_child_up_and_steps_back(place, now):
    event = soon(place, now, places=2)
    phone = at_phone(place, "安梅")
    page = body(phone.get("/events/"))
    assert "书法课" in page
    assert "2 places left" in page
    page = body(phone.get(f"/events/{event}/"))
    assert "小安" in page
    for who in ("安梅", "小安"):
        phone.post(f"/events/{event}/join/", {"for": place.people[who].pk})
    phone.post(f"/events/{event}/join/", {"for": place.people["小安"].pk})
    assert Signup.objects.filter(event=event, state="taken").count() == 2
    assert "I signed up for" in body(phone.get("/events/"))
    mine = Signup.objects.get(event=event, person=place.people["安梅"].pk)
    other = at_phone(place, "于川")
    assert "waiting list" in body(other.get(f"/events/{event}/"))
    assert other.post(f"/events/{event}/join/", {"for": place.people["安梅"].pk}).status_code == 404
    other.post(f"/events/{event}/join/", {})
    assert other.post(f"/events/{event}/leave/", {"signup": mine.pk}).status_code == 422
    phone.post(f"/events/{event}/leave/", {"signup": mine.pk})
    assert Signup.objects.get(event=event, person=place.people["于川"].pk).state == "taken"


def test_an_event_elsewhere_does_not_exist_and_a_closed_one_says_so(place, now):
    event = soon(place, now)
    assert at_phone(place, "远方").get(f"/events/{event}/").status_code == 404
    Terms.objects.filter(event=event).update(until_at=now - HOUR)
    phone = at_phone(place, "安梅")
    assert "Sign-up is closed" in body(phone.get(f"/events/{event}/"))
    answer = phone.post(f"/events/{event}/join/", {})
    assert answer.status_code == 422
    assert "closed" in body(answer)


def test_the_desk_signs_up_ticks_prints_and_closes(place, now):
    event = soon(place, now, starts_at=now - HOUR, ends_at=now + HOUR)
    signing.sign_up(event=event, person=place.people["小安"].pk, by=place.resident("安梅"), at=now - 2 * HOUR)
    desk = at_desk("keeper")
    page = body(desk.get(f"/console/events/{event}/"))
    assert "child of 安梅" in page
    assert "小安" not in page
    sheet = body(desk.get(f"/console/events/{event}/sheet/?as=form"))
    assert "Signature" in sheet
    assert "小安" not in sheet
    assert desk.get(f"/console/events/{event}/sheet/?as=xlsx").status_code == 200
    assert "于川" in body(desk.get(f"/console/events/{event}/?q=于川"))
    desk.post(f"/console/events/{event}/do/walk-in/", {"person": place.people["于川"].pk})
    lock = Terms.objects.get(event=event, superseded_at=None).pk
    row = Signup.objects.get(event=event, person=place.people["小安"].pk)
    desk.post(f"/console/events/{event}/do/tick/", {"expected": lock, "listed": row.pk, "came": row.pk})
    stale = desk.post(f"/console/events/{event}/do/hold/", {"expected": lock - 1, "unnamed": 4}, follow=True)
    assert "Somebody changed this event" in body(stale)
    desk.post(f"/console/events/{event}/do/hold/", {"expected": lock, "unnamed": 4})
    kinds = [(one.kind, one.quantity) for one in Outcome.objects.filter(service="community-life").order_by("pk")]
    assert sorted(kinds) == [("appointment", 1), ("appointment", 1), ("appointment", 4), ("event", 1)]
    assert at_desk("away").post(f"/console/events/{event}/do/hold/").status_code == 404


def test_a_camp_is_refused_on_the_page_and_nothing_typed_is_lost(place, now):
    made = place.programme()
    desk = at_desk("keeper")
    on = (now + 5 * DAY).astimezone(clock.SHANGHAI).date().isoformat()
    given = {"title": "联欢", "on": on, "begins": "14:00", "ends": "16:00", "venue": "park", "place": "东街营区礼堂"}
    answer = desk.post(f"/console/events/programmes/{made.pk}/new/", given)
    assert "civilian place" in body(answer)
    assert "东街营区礼堂" in body(answer)
    assert Terms.objects.count() == 0
    desk.post(f"/console/events/programmes/{made.pk}/new/", {**given, "place": "市民广场", "again": 2})
    assert Terms.objects.count() == 3


def test_a_picture_is_seen_near_by_once_two_have_looked_and_goes_when_somebody_minds(place, now):
    event = soon(place, now, starts_at=now - HOUR, ends_at=now + HOUR)
    signing.sign_up(event=event, person=place.people["安梅"].pk, by=place.resident("安梅"), at=now - 2 * HOUR)
    row = Signup.objects.get(event=event)
    shot = pictures.add(event=event, data=photo(), caption="写春联", shown=[row.pk], no_child=True, no_secret=True,
                        by=place.keeper, at=now)  # fmt: skip
    phone = at_phone(place, "安梅")
    address = f"/events/{event}/pictures/{shot.pk}/"
    assert phone.get(address).status_code == 404
    at_desk("other").post(f"/console/events/{event}/picture/{shot.pk}/", {"what": "release"})
    assert phone.get(address)["Content-Type"] == "image/jpeg"
    assert at_phone(place, "远方").get(address).status_code == 404
    assert at_phone(place, "于川").post(address).status_code == 404
    phone.post(address)
    assert phone.get(address).status_code == 404


def test_anybody_checks_a_certificate_and_reads_no_more_than_the_paper(place, now):
    event = soon(place, now, starts_at=now - HOUR, ends_at=now + HOUR)
    team = place.staff("team", "419901001001", "volunteer")
    attending.helped(event=event, office=team.office, minutes=75, by=place.keeper, at=now)
    desk = at_desk("team")
    day = clock.day(now - HOUR).isoformat()  # after midnight the event is yesterday's
    desk.post("/console/giving/certify/", {"from_on": day, "to_on": day, "who": ""})
    [made] = certificates.given(team.scope, team.office)
    page = body(desk.get("/console/giving/"))
    assert "1 h 15 min" in page
    assert made.number in page
    assert desk.get(f"/console/giving/certificates/{made.number}/")["Content-Type"] == "application/pdf"
    stranger = Client()
    stranger.cookies["django_language"] = "en"
    page = body(stranger.get("/certificates/", {"number": made.number}))
    assert "It is genuine" in page
    assert "1 h 15 min" in page
    assert "No certificate" in body(stranger.get("/certificates/", {"number": "ZS-2026-00001-XXXXXX"}))
    assert said().title not in page
