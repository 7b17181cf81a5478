"""Whole tables for the auditor: every row has a voucher that an outsider can check; nothing from elsewhere, nothing sealed."""

import csv
import datetime as dt
import hashlib
import io
import json

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from lianxin.access.models import Account
from lianxin.engine.scope import over
from lianxin.insight import tables
from lianxin.journal.models import Entry
from tests.factories import casework as factory
from tests.factories.casework import AT, SYSTEM


@pytest.fixture
def town(db):
    made = factory.town()
    from lianxin.casework import actions as casework
    from lianxin.engine.openings import Opening

    version = factory.in_force(AT.date())["household-help"].version_id
    for name in ("wife", "old_man"):
        opening = Opening(
            "household-help", version, person=made.persons[name].pk, kind="repair", channel="phone", words="水管"
        )
        casework.open_cases(openings=[opening], by=SYSTEM, at=AT)
    rights = factory.in_force(AT.date())["rights-case"]
    opening = Opening("rights-case", rights.version_id, person=made.persons["wife"].pk,
                      kind=rights.service.kinds[0].code, channel="counter", words="债务")  # fmt: skip
    casework.open_cases(openings=[opening], by=SYSTEM, at=AT)
    return made


def read(code, scope, **given):
    text = "".join(tables.take(tables.TABLES[code], scope, **given))
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


@pytest.mark.parametrize("code", sorted(tables.TABLES))
def test_every_table_can_be_taken_and_its_vouchers_hold(town, code):
    rows = read(code, over("4199"))
    for row in rows:
        if "voucher_link" in row:
            entry = Entry.objects.get(link=row["voucher_link"])
            assert (row["voucher_hash"], row["voucher_by"]) == (entry.hash, entry.by_name)


@pytest.mark.parametrize("code", ["grants", "outcomes", "periods", "moves"])
def test_an_outsider_recomputes_the_digest_of_a_row(town, code):
    for row in read(code, over("4199")):
        if code == "moves":
            assert row["row_said"] == ""  # holds words
            continue
        assert hashlib.sha256(row["row_said"].encode()).hexdigest() == row["row_digest"]
        if code == "grants":
            assert {row["role"], row["area"]} <= set(map(str, json.loads(row["row_said"])))


def test_nothing_sealed_and_nothing_from_elsewhere(town):
    assert {row["service"] for row in read("entries", over("4199"), hidden=["rights-case"])} <= {""}
    everything = read("moves", over("4199", sealed=frozenset({"rights-case"})))
    open_ones = read("moves", over("4199"))
    assert len(open_ones) < len(everything)
    assert read("moves", over(factory.SIBLING_COUNTY)) == []
    assert len(read("moves", over(factory.COUNTY))) == len(open_ones)


def test_days_are_those_of_shanghai(town):
    day = AT.date()
    assert read("moves", over("4199"), since=day, until=day)
    assert read("moves", over("4199"), until=day - dt.timedelta(days=1)) == []
    assert read("postings", over("4199"), since=day, until=day) == []


def test_a_sample_is_drawn_again_by_whoever_has_the_number(town):
    first = read("grants", over("4199"), sample=4, seed="2026")
    assert first == read("grants", over("4199"), sample=4, seed="2026")
    assert len(first) == 4
    assert any(first != read("grants", over("4199"), sample=4, seed=str(number)) for number in range(5))


@given(st.sets(st.integers(1, 10**6), min_size=1, max_size=200), st.integers(1, 300), st.text(max_size=8))
def test_a_draw_takes_what_there_is_once_whatever_the_order(ids, size, seed):
    found = tables.drawn(list(ids), size, seed)
    assert found == sorted(set(found))
    assert set(found) <= ids
    assert len(found) == min(size, len(ids))
    assert found == tables.drawn(sorted(ids, reverse=True), size, seed)


@pytest.mark.parametrize(
    ("cell", "written"), [("=1+1", "'=1+1"), ("-5", "-5"), ("@x", "'@x"), ("+a", "'+a"), ("甲", "甲"), ("", "")]
)
def test_no_cell_is_a_formula(cell, written):
    assert tables._line([cell, "x"]) == f"{written},x\r\n"


def test_the_page_hands_it_over_and_says_so_in_the_journal(town, settings):
    settings.DEMO = True
    client = Client()
    client.force_login(Account.objects.get(pk=town.accounts["auditor"]))
    session = client.session
    session["persona"] = True
    session.save()
    assert client.get("/console/journal/tables/").status_code == 200
    answer = client.post("/console/journal/tables/", {"table": "moves", "sample": "1", "seed": "7"})
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).decode().count("\r\n") == 2
    entry = Entry.objects.get(action="journal.take")
    assert (entry.detail["table"], entry.detail["sample"], entry.detail["seed"]) == ("moves", 1, "7")
    assert client.post("/console/journal/tables/", {"table": "people"}).status_code == 422
