"""A new file at the counter: doubles are shown before, faults stand at their field, a second click opens no second file."""

import datetime as dt
import re

import pytest

from lianxin.engine import clock
from lianxin.engine.scope import Actor, over
from lianxin.people import actions, models
from tests.house.test_deny_by_default import signed_in
from tests.people.ledgers import number

AT = dt.datetime(2026, 11, 2, 2, 0, tzinfo=dt.UTC)
SYSTEM = Actor(name="系统", permissions=frozenset({"*"}), scope=over("4199"), area="4199")
NUMBER = number(dt.date(1950, 3, 12), 31, area="419902")
NEW = {"name": "解春生", "id_number": NUMBER, "phone": "13900007777", "home": "419902001001", "address": "三组1号",
       "paper": "身份证、退役证原件"}  # fmt: skip


@pytest.fixture
def world(kept_world, db, settings, monkeypatch):
    settings.DEMO = True
    monkeypatch.setattr(clock, "now", lambda: AT)
    return kept_world()


@pytest.fixture
def worker(world):
    return signed_in(world.staff["worker"])


def opened():
    return models.Person.objects.filter(name="解春生", visible=True)


def test_a_file_is_opened_with_its_paper_and_a_household_of_its_own(worker):
    answer = worker.post("/console/people/new/", NEW)
    person = opened().get()
    assert answer.headers["Location"] == f"/console/people/{person.pk}/"
    assert (person.born_on, person.sex, person.home) == (dt.date(1950, 3, 12), "male", "419902001001")
    assert person.family is not None
    body = worker.get(f"/console/people/{person.pk}/").content.decode()
    assert "解春生" in body
    origins = worker.get(f"/console/people/{person.pk}/row/particulars/{person.particulars.get().pk}/").content.decode()
    assert "身份证、退役证原件" in origins


def test_the_same_number_again_leads_to_the_file_there_is(worker):
    worker.post("/console/people/new/", NEW)
    answer = worker.post("/console/people/new/", {**NEW, "name": "解春生", "sure": "on"})
    assert answer.status_code == 422
    assert f"/console/people/{opened().get().pk}/" in answer.content.decode()


def test_somebody_of_the_name_is_shown_before_anything_is_stored(worker):
    worker.post("/console/people/new/", NEW)
    other = {**NEW, "id_number": "", "born_on": "1950-03-12", "phone": "13900008888"}
    answer = worker.post("/console/people/new/", other)
    assert answer.status_code == 422
    body = answer.content.decode()
    assert opened().get().file_number in body
    assert re.search(r'type="checkbox"[^>]*name="sure"', body)
    assert opened().count() == 1
    assert worker.post("/console/people/new/", {**other, "sure": "on"}).status_code == 302
    assert opened().count() == 2


def test_a_fault_stands_at_its_field_and_nothing_is_stored(worker):
    answer = worker.post(
        "/console/people/new/", {**NEW, "id_number": NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")}
    )
    assert answer.status_code == 422
    assert not opened().exists()
    assert 'aria-invalid="true"' in answer.content.decode()


def test_elsewhere_cannot_be_lived_in_and_what_must_not_be_kept_is_refused(worker):
    assert worker.post("/console/people/new/", {**NEW, "home": "419903001001"}).status_code == 422
    assert worker.post("/console/people/new/", {**NEW, "address": "73041部队家属院"}).status_code == 422
    assert not opened().exists()


def test_a_file_opened_by_mistake_is_taken_back_as_a_ledger_is(worker):
    worker.post("/console/people/new/", NEW)
    run = models.Import.objects.get(file_name=actions.register.__globals__["LEDGER"])
    actions.undo_import(run=run.run, by=SYSTEM, at=AT + dt.timedelta(days=1))
    assert not opened().exists()


def test_the_citys_own_fact_is_recorded_in_a_form_and_read_back_in_words(world, worker):
    person = world.objects["own"]["person"]
    address = f"/console/people/{person}/record/attribute/"
    assert "曾任高原边防卫生员" in worker.get(address).content.decode()
    given = {"code": "frontier_medic", "value": "也许", "valid_from": "2026-01-01", "paper": "档案"}
    assert worker.post(address, given).status_code == 422
    assert worker.post(address, {**given, "value": "是"}).status_code == 302
    row = models.Attribute.objects.get(person=person, superseded_at__isnull=True)
    assert (row.code, row.value) == ("frontier_medic", "true")
    body = re.sub(r"<[^>]+>|\s+", " ", worker.get(f"/console/people/{person}/").content.decode())
    assert re.search(r"曾任高原边防卫生员\s+是", body)
