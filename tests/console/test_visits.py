"""Visits on their pages: planned, moved, printed, written down from paper; and what a worker's device asks and sends."""

import datetime as dt
import io
import json
import uuid

import pypdf
import pytest

from lianxin.access.models import Account
from lianxin.campaigns.models import Report, Stop, Taken, VisitList
from lianxin.casework.models import Case, Sheet
from lianxin.engine import clock
from lianxin.outcomes.models import Outcome
from lianxin.people.models import Family, Person
from tests.factories.casework import VILLAGE, resident
from tests.factories.casework import town as built
from tests.house.test_deny_by_default import signed_in

DEVICE = "/console/visits/device/"


@pytest.fixture
def town(db, settings):
    settings.DEMO = True
    made = built()
    for number, door in enumerate((12, 2)):
        one = resident(100 + number, f"石{chr(0x4E00 + number)}", born=dt.date(1950, 1, 1))
        Family.objects.filter(pk=one.family_id).update(address=f"平安里 {door} 号")
    made.homes = list(Family.objects.filter(address__startswith="平安里").order_by("pk"))
    return made


def client_of(town, name):
    return signed_in(Account.objects.get(pk=town.accounts[name]))


@pytest.fixture
def worker(town):
    return client_of(town, "worker")


@pytest.fixture
def listed(town, worker):
    today = clock.today().isoformat()
    answer = worker.post(f"/console/visits/plan/?occasion=round&area={VILLAGE}", {
        "name": "日常走访", "account": town.accounts["worker"], "for_on": today, "family": [one.pk for one in town.homes],
        f"words-{town.homes[0].pk}": "问问电费的事"})  # fmt: skip
    found = VisitList.objects.get()
    assert answer["Location"] == f"/console/visits/{found.pk}/"
    return found


def send(client, path, body):
    return client.post(DEVICE + path, json.dumps(body), content_type="application/json")


def taken(client, listed):
    key = str(uuid.uuid4())
    return key, send(client, f"take/{listed.pk}/", {"key": key}).json()


def told(stop, **more):
    now = dt.datetime.now(dt.UTC).isoformat()
    return {"key": str(uuid.uuid4()), "visit": str(uuid.uuid4()), "stop": stop, "outcome": "met", "at": now, "known": now,
            "words": "都好", "parts": [], **more}  # fmt: skip


def who(client):
    return client.get(f"{DEVICE}hello/").json()["who"]


def test_a_plan_shows_households_in_the_order_of_the_streets(worker, town):
    page = worker.get(f"/console/visits/plan/?occasion=first-need&area={VILLAGE}&mark=old-alone")
    addresses = [one["address"] for one in page.context["rows"]]
    assert addresses.index("平安里 2 号") < addresses.index("平安里 12 号")
    assert worker.get("/console/visits/plan/?occasion=nothing").status_code == 200
    assert worker.post("/console/visits/plan/?occasion=round", {"name": "", "family": []}).status_code == 422
    assert (
        worker.get(f"/console/visits/plan/?occasion=round&area={town.persons['neighbour'].home}").context["rows"] == []
    )


def test_the_list_moves_by_hand_is_printed_large_and_opens_again_by_its_code(worker, listed):
    first, second = listed.stops.order_by("place")
    worker.post(f"/console/visits/{listed.pk}/do/down/", {"stop": first.pk})
    assert list(listed.stops.order_by("place")) == [second, first]
    answer = worker.post(f"/console/visits/{listed.pk}/print/")
    said = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages)
    assert said.index("平安里 12 号") < said.index("平安里 2 号")
    assert "问问电费的事" in said
    sheet = Sheet.objects.get(kind="route")
    assert worker.get(f"/console/scan/?s={sheet.code}")["Location"] == f"/console/visits/{listed.pk}/"
    assert f'href="/console/visits/{listed.pk}/"' in worker.get(f"/console/sheets/{sheet.pk}/").content.decode()


def test_a_visit_is_written_down_from_paper_once(worker, listed):
    stop = listed.stops.get(place=1)
    page = worker.get(f"/console/visits/stops/{stop.pk}/")
    person = Person.objects.get(family=stop.family_id)
    given = {"key": page.context["form"].initial["key"], "outcome": "met", "on": clock.today().isoformat(), "words": "漏水",
             "kind": "household-help:repair", "need": "水管漏了", "person": person.pk, "address": "平安里 3 号"}  # fmt: skip
    for _click in range(2):
        assert worker.post(f"/console/visits/stops/{stop.pk}/", given)["Location"] == f"/console/visits/{listed.pk}/"
    assert Report.objects.count() == Outcome.objects.filter(kind="visit").count() == 1
    assert sorted(Case.objects.values_list("service", flat=True)) == ["contact-change", "household-help"]
    half = worker.post(f"/console/visits/stops/{stop.pk}/", {**given, "key": uuid.uuid4(), "need": "", "person": ""})
    assert half.status_code == 422
    shown = worker.get(f"/console/visits/{listed.pk}/").content.decode()
    assert "漏水" in shown


def test_the_page_of_the_device_holds_nobody(worker, listed):
    page = worker.get(DEVICE)
    body = page.content.decode()
    assert "平安里" not in body
    assert "石" not in body
    assert "csrf" not in body.lower()
    assert worker.get(f"{DEVICE}worker.js")["Content-Type"].startswith("text/javascript")


def test_a_list_is_taken_along_by_its_worker_only(town, worker, listed):
    key, pack = taken(worker, listed)
    assert [one["address"] for one in pack["stops"]] == ["平安里 2 号", "平安里 12 号"]
    assert pack["stops"][1]["words"] == "问问电费的事"
    hello = worker.get(f"{DEVICE}hello/").json()
    assert hello["held"] == [key]
    for other in ("clerk", "sibling-clerk"):
        assert send(client_of(town, other), f"take/{listed.pk}/", {"key": str(uuid.uuid4())}).status_code == 404
    assert send(worker, f"take/{listed.pk}/", {"key": "x"}).status_code == 404
    assert worker.post(f"{DEVICE}take/{listed.pk}/", {"key": key}).status_code == 404, "JSON only"


def test_what_is_sent_twice_is_one_and_a_conflict_is_told(town, worker, listed):
    _key, pack = taken(worker, listed)
    me = who(worker)
    one = told(pack["stops"][0]["id"], parts=[
        {"key": str(uuid.uuid4()), "what": "need", "code": "household-help:carry", "words": "米搬不上楼"}])  # fmt: skip
    first = send(worker, "sync/", {"who": me, "reports": [one]}).json()
    again = send(worker, "sync/", {"who": me, "reports": [one]}).json()
    assert first == again
    assert first["answers"][0]["state"] == "done"
    assert Case.objects.get().channel == "visit"
    clerk = client_of(town, "clerk")
    two = told(pack["stops"][1]["id"])
    assert (
        send(clerk, "sync/", {"who": who(clerk), "reports": [told(two["stop"], words="我先去了")]}).json()["answers"][
            0
        ]["state"]
        == "done"
    )
    answer = send(worker, "sync/", {"who": me, "reports": [two]}).json()["answers"][0]
    assert answer["state"] == "conflict"
    assert "我先去了" in answer["parts"][0]["theirs"]
    page = worker.get(f"/console/visits/{listed.pk}/").content.decode()
    assert "我先去了" in page
    decision = {"report": two["key"], "part": {"key": two["visit"], "what": "visit", "code": ""}, "mine": False}
    assert send(worker, "sync/", {"who": me, "decisions": [decision]}).json()["answers"][0]["state"] == "done"
    assert Outcome.objects.filter(kind="visit").count() == 2


def test_another_workers_device_is_told_so(town, worker, listed):
    stop = listed.stops.get(place=1).pk
    clerk = client_of(town, "clerk")
    assert send(clerk, "sync/", {"who": who(worker), "reports": [told(stop)]}).status_code == 409
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"reports": [{}]},
        {"reports": [{"key": "short"}]},
        {"reports": "x"},
        {"decisions": [{"part": 1, "report": "x", "mine": 1}]},
        {"reports": [{"stop": 10**30}]},
    ],
)
def test_what_is_no_sending_is_nothing(worker, listed, body):
    if isinstance(body, dict):
        body["who"] = who(worker)
    assert send(worker, "sync/", body).status_code == 404


def test_handed_back_or_given_away_the_copy_holds_no_more(town, worker, listed):
    key, _pack = taken(worker, listed)
    assert send(worker, "back/", {"key": key}).json() == {"done": True}
    assert worker.get(f"{DEVICE}hello/").json()["held"] == []
    assert Taken.objects.get().why == "back"
    worker.post(
        f"/console/visits/{listed.pk}/do/give/",
        {"account": town.accounts["worker"], "for_on": clock.today().isoformat()},
    )
    second, _pack = taken(worker, listed)
    clerk = client_of(town, "clerk")
    clerk.post(
        f"/console/visits/{listed.pk}/do/give/",
        {"account": town.accounts["clerk"], "for_on": clock.today().isoformat()},
    )
    assert second not in worker.get(f"{DEVICE}hello/").json()["held"]


def test_taken_off_and_ended(worker, listed):
    stop = listed.stops.get(place=2)
    worker.post(f"/console/visits/{listed.pk}/do/drop/", {"stop": stop.pk})
    assert Stop.objects.get(pk=stop.pk).state == "dropped"
    worker.post(f"/console/visits/{listed.pk}/do/end/")
    listed.refresh_from_db()
    assert listed.state == "ended"
    page = worker.get("/console/visits/?state=ended").content.decode()
    assert "日常走访" in page
    assert worker.post(f"/console/visits/{listed.pk}/do/burn/").status_code == 404
