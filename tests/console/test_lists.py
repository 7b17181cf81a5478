"""The one list page: the same number of queries for one row and for three, only allowed orders, safe exports."""

import datetime as dt
import io
import re

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianxin.casework import actions as casework
from lianxin.catalogue.queries import in_force
from lianxin.console import lists, workbook
from lianxin.engine.openings import Opening
from lianxin.engine.scope import Actor, over
from lianxin.journal.models import Entry
from lianxin.people import models as people
from tests.house.test_deny_by_default import signed_in

AT = dt.datetime(2026, 11, 2, 2, 0, tzinfo=dt.UTC)
SYSTEM = Actor(permissions=frozenset({"*"}), scope=over("4199"), area="4199")


@pytest.fixture
def world(kept_world, db, settings):
    settings.DEMO = True
    return kept_world()


def asks(world, count):
    """More asks of the own household, each its own words."""
    family = people.Person.objects.get(pk=world.objects["own"]["person"]).family_id
    version = in_force(AT.date())["household-help"].version_id
    openings = [
        Opening("household-help", version, family=family, area=world.areas["own"], kind="repair", channel="phone",
                words=f"第{number}件")
        for number in range(count)
    ]  # fmt: skip
    return casework.open_cases(openings=openings, by=SYSTEM, at=AT)


def queries(client, url):
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        response = client.get(url)
    assert response.status_code == 200
    return len(seen), response.content.decode()


@pytest.mark.parametrize("url", ["/console/cases/", "/console/calls/", "/console/search/?q=甲", "/console/desk/"])
def test_a_list_asks_the_same_of_the_database_for_one_row_and_for_more(world, url):
    client = signed_in(world.staff["worker"])
    one, _body = queries(client, url)
    asks(world, 3)
    more, _body = queries(client, url)
    assert more == one


def test_the_inbox_asks_no_more_for_more_rows(world):
    client = signed_in(world.staff["worker"])
    asks(world, 1)
    one, _ = queries(client, "/console/inbox/")
    asks(world, 4)
    more, body = queries(client, "/console/inbox/")
    assert more == one
    assert body.count("data-row") > 3


def test_only_allowed_columns_sort(rf):
    listing = lists.Listing("t", "t", (lists.Column("a", "A", sort=True), lists.Column("b", "B")))
    assert listing.read(rf.get("/?sort=-a")).sort == "a"
    assert listing.read(rf.get("/?sort=b")).sort == ""
    assert listing.read(rf.get("/?sort=person__salt")).sort == ""


def test_a_filter_that_is_no_choice_asks_nothing(rf):
    chips = lists.Filter("state", "State", (("open", "Open"),))
    listing = lists.Listing("t", "t", (), (chips, lists.Filter("on", "On", kind="day")))
    asked = listing.read(rf.get("/?state=open'--&on=2026-13-40"))
    assert asked.filters == {}
    assert listing.read(rf.get("/?state=open&on=2026-02-03")).filters == {"state": "open", "on": "2026-02-03"}


@pytest.mark.parametrize("text", ["=1+1", "+7", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_workbook_runs_nothing(text):
    data = workbook.write("表", [workbook.Head("名"), workbook.Head("元", "money")], [[text, 123456]])
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet["A2"].data_type == "s"
    assert not str(sheet["A2"].value).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert sheet["B2"].value == 1234.56


def test_an_export_is_journalled_without_the_searched_words(world):
    client = signed_in(world.staff["clerk"])
    response = client.get("/console/cases/?as=xlsx&number=2026-secret")
    assert response.status_code == 200
    entry = Entry.objects.filter(action__startswith="list.").get()
    assert (entry.action, entry.detail["list"], entry.detail["form"]) == ("list.export", "cases", "xlsx")
    assert "secret" not in str(entry.detail)


def test_who_may_not_export_takes_nothing_away(world):
    client = signed_in(world.staff["worker"])
    assert client.get("/console/cases/?as=xlsx").status_code == 403
    assert "as=xlsx" not in client.get("/console/cases/").content.decode()


def test_a_printed_form_has_a_place_to_sign(world):
    body = signed_in(world.staff["clerk"]).get("/console/cases/?as=form").content.decode()
    assert re.search(r'<th class="sign">', body)
