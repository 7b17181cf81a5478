"""Opening a file is noted with where from; the person reads it and asks why; inquiries are told of later."""

import datetime as dt

import pytest

from lianxin.engine import clock
from lianxin.journal.models import Entry
from lianxin.notices.models import Notice
from lianxin.people.models import Person
from tests.house.test_deny_by_default import signed_in

AT = dt.datetime(2026, 11, 2, 2, 0, tzinfo=dt.UTC)


@pytest.fixture
def world(kept_world, db, settings):
    settings.DEMO = True
    return kept_world()


def test_opening_a_file_is_noted_once_with_where_from_and_the_person_reads_it(world):
    person = world.objects["own"]["person"]
    clerk = signed_in(world.staff["clerk"])
    for before in ("http://testserver/console/cases/5/", "http://testserver/console/search/"):
        assert clerk.get(f"/console/people/{person}/", headers={"referer": before}).status_code == 200
    noted = Entry.objects.filter(action="people.open", by_account=world.staff["clerk"].pk)
    assert [row.detail["way"] for row in noted] == ["case"]
    body = signed_in(world.resident).get("/household/trail/").content.decode()
    office = world.staff["clerk"].office.name
    assert office in body
    assert f"/household/trail/{noted[0].pk}/why/" in body


def test_a_file_that_is_elsewhere_leaves_no_look(world):
    clerk = signed_in(world.staff["clerk"])
    assert clerk.get(f"/console/people/{world.objects['sibling']['person']}/").status_code == 404
    assert not Entry.objects.filter(action="people.open", by_account=world.staff["clerk"].pk).exists()


def test_asking_why_opens_a_case_and_tells_the_office(world):
    person, seat = world.objects["own"]["person"], world.staff["clerk"]
    signed_in(seat).get(f"/console/people/{person}/")
    entry = Entry.objects.get(action="people.open", by_account=seat.pk)
    answer = signed_in(world.resident).post(f"/household/trail/{entry.pk}/why/", {"words": "那天我没去过窗口"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/cases/")
    told = Notice.objects.get(template="why-looked")
    assert told.office == seat.office_id
    assert told.given["words"] == "那天我没去过窗口"


def number_of(person):
    return Person.objects.get(pk=person).file_number


def test_a_guessed_number_of_a_held_entry_or_of_anothers_reads_as_nothing(world):
    resident, auditor = signed_in(world.resident), signed_in(world.staff["auditor"])
    person = world.objects["own"]["person"]
    answer = auditor.post(
        "/console/inquiries/",
        {
            "number": number_of(person),
            "reason": "纪检核查第 3 号线索",
            "until": (clock.today() + dt.timedelta(days=30)).isoformat(),
        },
    )
    assert answer.status_code == 200
    assert world.names["own"] in answer.content.decode()
    entry = Entry.objects.get(action="inquiry.open")
    assert entry.person == person
    for method in (resident.get, resident.post):
        assert method(f"/household/trail/{entry.pk}/why/").status_code == 404
        assert method(f"/household/trail/{world.objects['sibling']['look']}/why/").status_code == 404
    assert "线索" not in resident.get("/household/trail/").content.decode()
    clerk = signed_in(world.staff["clerk"]).get(f"/console/people/{person}/").content.decode()
    assert "线索" not in clerk
    assert auditor.post("/console/inquiries/release/", {"entry": entry.pk}).status_code == 302
    assert "线索" not in resident.get("/household/trail/").content.decode()  # the same auditor may not


@pytest.mark.parametrize(
    "change", [{"reason": "查"}, {"number": "CC00000002"}, {"until": "2026-01-01"}, {"until": "2999-01-01"}]
)
def test_an_inquiry_needs_a_reason_a_file_of_ones_own_area_and_a_day(world, change):
    given = {"number": number_of(world.objects["own"]["person"]), "reason": "纪检核查第 3 号线索",
             "until": (clock.today() + dt.timedelta(days=30)).isoformat(), **change}  # fmt: skip
    assert signed_in(world.staff["auditor"]).post("/console/inquiries/", given).status_code == 422
    assert not Entry.objects.filter(action__startswith="inquiry").exists()


def test_a_reveal_sent_again_is_noted_again(world):
    person, client = world.objects["own"]["person"], signed_in(world.staff["clerk"])
    for _ in range(2):
        client.post(f"/console/people/{person}/reveal/", {"field": "phone", "reason": "核对联系电话"})
    assert Entry.objects.filter(action="people.reveal", person=person).count() == 2
