"""What was kept of a file leads on to where it is now; the journal names files as people know them."""

import datetime as dt
import re

import pytest

from lianxin.access import actions as access
from lianxin.engine.scope import Actor, over
from lianxin.journal.models import Entry
from lianxin.people import merging, models
from tests.house.test_deny_by_default import signed_in

AT = dt.datetime(2026, 11, 2, 2, 0, tzinfo=dt.UTC)
SYSTEM = Actor(name="系统", permissions=frozenset({"*"}), scope=over("4199"), area="4199")


@pytest.fixture
def world(kept_world, db, settings):
    settings.DEMO = True
    return kept_world()


def test_the_address_of_a_merged_file_leads_to_the_one_it_went_into(world):
    own, sibling = world.objects["own"]["person"], world.objects["sibling"]["person"]
    merging.merge(pairs={sibling: own}, reason="同一人", by=SYSTEM, at=AT)
    clerk = signed_in(world.staff["clerk"])
    assert clerk.get(f"/console/people/{sibling}/").headers["Location"] == f"/console/people/{own}/"
    body = clerk.get(f"/console/people/{sibling}/", follow=True).content.decode()
    assert "要找的档案已经并入这一份" in body


def test_a_merged_file_leads_nowhere_for_whom_the_survivor_does_not_exist(world):
    own, sibling = world.objects["own"]["person"], world.objects["sibling"]["person"]
    merging.merge(pairs={own: sibling}, reason="同一人", by=SYSTEM, at=AT)
    assert signed_in(world.staff["clerk"]).get(f"/console/people/{own}/").status_code == 404


def test_the_journal_names_files_by_their_number_and_is_asked_by_it(world):
    own = models.Person.objects.get(pk=world.objects["own"]["person"])
    parent = models.Person.objects.get(pk=world.objects["parent"]["person"])
    auditor = signed_in(world.staff["auditor"])
    body = auditor.get("/console/journal/", {"person": own.file_number.lower()}).content.decode()
    rows = re.findall(r"<tr data-row.*?</tr>", body, re.DOTALL) or re.findall(r"<tr.*?</tr>", body, re.DOTALL)[1:]
    assert rows
    assert all(own.file_number in row for row in rows)
    assert parent.file_number not in body
    assert (
        own.file_number
        not in auditor.get("/console/journal/", {"person": "CC99999999"}).content.decode().split("<tbody")[-1]
    )


def test_opening_an_account_adds_no_area(world):
    before = Entry.objects.filter(action="access.areas").count()
    access.add_areas(areas=[(world.areas["own"], "", "")], by=SYSTEM, at=AT)
    assert Entry.objects.filter(action="access.areas").count() == before
    access.add_areas(areas=[("419902001009", "新村", "")], by=SYSTEM, at=AT)
    assert Entry.objects.filter(action="access.areas").count() == before + 1
