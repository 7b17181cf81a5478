"""Who looked: one entry an hour, lists that held somebody, inquiries that are told of later."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over
from lianxin.journal import actions as journal
from lianxin.journal import looks, queries
from lianxin.journal.models import Contained, Entry, Held

AT = dt.datetime.now(dt.UTC)
CLERK = Actor(account=1, name="甲", office=3, permissions=frozenset({"*"}), scope=over("4199"), area="4199")
OTHER = Actor(account=2, name="乙", office=3, permissions=frozenset({"*"}), scope=over("4199"), area="4199")
PERSON = 77


def shown(person=PERSON):
    return [row.action for row in queries.about(person).rows]


@pytest.mark.django_db
def test_a_file_opened_again_within_the_hour_is_one_look():
    for minutes in (0, 20, 59, 61):
        looks.opened(person=PERSON, area="4199", by=CLERK, at=AT + dt.timedelta(minutes=minutes), way="search")
    looks.opened(person=PERSON, area="4199", by=OTHER, at=AT, way="case")
    looks.opened(person=PERSON + 1, area="4199", by=CLERK, at=AT, way="list")
    assert shown() == ["people.open"] * 3
    assert sorted(row.by_account for row in queries.about(PERSON).rows) == [1, 1, 2]


@pytest.mark.django_db
def test_whoever_opens_their_own_file_is_not_noted():
    assert not looks.opened(person=PERSON, area="4199", by=Actor(account=5, person=PERSON), at=AT, way="search")
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_noting_a_look_costs_little():
    def asked(person):
        with CaptureQueriesContext(connection) as seen:
            looks.opened(person=person, area="4199", by=CLERK, at=AT, way="search")
        return len(seen)

    first = asked(0)
    for person in range(1, 200):
        looks.opened(person=person, area="4199", by=CLERK, at=AT, way="search")
    assert first <= 12
    assert asked(200) <= first


@given(st.sets(st.integers(0, 4095), max_size=600))
def test_a_bucket_holds_exactly_what_was_put_into_it(places):
    made = looks.packed(places)
    assert len(made) <= 512
    probes = places | {0, 1, 255, 256, 4095}
    assert {place for place in probes if looks.holds(made, place)} == places


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 5000])
def test_whoever_was_in_a_list_is_told_of_it_and_nobody_else(count):
    held = {PERSON, *range(10_000, 10_000 + count)}
    noted = journal.note(action="list.export", by=CLERK, at=AT, list="people")
    looks.contains(noted.pk, held)
    assert shown() == shown(10_000) == ["list.export"]
    assert shown(PERSON + 1) == shown(9_999) == []
    assert sum(len(row.places) for row in Contained.objects.all()) <= 2 * len(held)


@pytest.mark.django_db
def test_an_inquiry_is_in_the_chain_at_once_and_told_on_its_day():
    made = looks.inquire(
        person=PERSON, area="4199", reason="审计抽查", until=AT.date() + dt.timedelta(days=9), by=CLERK, at=AT
    )
    assert shown() == []
    assert queries.verify().broken is None
    assert {row.action for row in Entry.objects.all()} == {"inquiry.open", "inquiry.hold"}
    assert Entry.objects.get(action="inquiry.hold").by_account == 1
    assert Entry.objects.get(action="inquiry.hold").person is None
    Held.objects.update(until=AT.date() - dt.timedelta(days=1))
    assert shown() == ["inquiry.open"]
    assert queries.about(PERSON).rows[0].pk == made.pk


@pytest.mark.django_db
def test_a_second_person_lets_it_be_told_and_never_whoever_held_it_back():
    made = looks.inquire(
        person=PERSON, area="4199", reason="审计抽查", until=AT.date() + dt.timedelta(days=9), by=CLERK, at=AT
    )
    with pytest.raises(Refusal):
        looks.release(entry=made.pk, by=CLERK, at=AT)
    assert shown() == []
    looks.release(entry=made.pk, by=OTHER, at=AT)
    assert shown() == ["inquiry.open"]
    with pytest.raises(Refusal):
        looks.release(entry=made.pk, by=OTHER, at=AT)
    assert Entry.objects.get(action="inquiry.release").by_account == 2


@pytest.mark.django_db
def test_what_is_held_back_cannot_be_told_from_a_page_that_ends():
    for minutes in range(3):
        looks.opened(person=PERSON, area="4199", by=CLERK, at=AT + dt.timedelta(hours=2 * minutes), way="search")
        looks.inquire(
            person=PERSON, area="4199", reason="审计抽查", until=AT.date() + dt.timedelta(days=9), by=CLERK, at=AT
        )
    first = queries.about(PERSON, limit=2)
    assert len(first.rows) == 2
    rest = queries.about(PERSON, after=first.next, limit=2)
    assert (len(rest.rows), rest.next) == (1, "")
