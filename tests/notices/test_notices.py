"""Every message ends read, done or failed, over the channel its receiver has."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianxin.access import actions as access
from lianxin.access.models import Account
from lianxin.engine import effects
from lianxin.engine.scope import Actor, over
from lianxin.journal.queries import verify
from lianxin.notices import actions, queries
from lianxin.notices.models import Notice
from lianxin.notices.templates import TEXTS, words
from lianxin.people.models import Person

AT = dt.datetime(2026, 5, 6, 2, tzinfo=dt.UTC)
CLERK = Actor(account=7, name="周", area="419902001", scope=over("419902001"))
SIBLING = Actor(account=8, name="李", area="419902002", scope=over("419902002"))


def person(number, **given):
    return Person.objects.create(
        file_number=f"CC{number:08d}", salt=b"0" * 16, name="甲乙", home="419902001001", entry=1, **given
    )


@pytest.fixture
def people(db):
    made = [person(1), person(2, phone_mark=b"1" * 16), person(3), person(4, died_on=AT.date())]
    access.open_accounts(accounts=[(Account(username="r", name="甲", person=made[0].pk), "")], by=Actor(), at=AT)
    return made


def message(one, **given):
    return actions.Message("case-opened", person=one.pk, given={"service": {"zh": "补助", "en": "allowance"}}, **given)


def test_the_channel_follows_the_person_and_the_dead_receive_nothing(people):
    assert actions.send(notices=[message(one) for one in people], by=CLERK, at=AT) == 3
    assert list(Notice.objects.order_by("pk").values_list("person", "channel", "state")) == [
        (people[0].pk, "app", "sent"), (people[1].pk, "call", "pending"), (people[2].pk, "print", "pending"),
    ]  # fmt: skip
    assert verify().broken is None


def test_ten_thousand_messages_take_as_many_queries_as_one(people, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        actions.send(notices=[message(people[1]) for _ in range(3000)], by=CLERK, at=AT)


def test_an_unknown_text_is_an_error_and_sends_nothing(people):
    with pytest.raises(LookupError):
        actions.send(notices=[message(people[0]), actions.Message("no-such", person=1)], by=CLERK, at=AT)
    assert not Notice.objects.exists()


def test_a_sealed_message_says_only_to_come_to_the_window(people):
    actions.send(notices=[message(people[1], sealed=True, service="rights-case", case=3)], by=CLERK, at=AT)
    shown = queries.call_list(CLERK.scope)[0]
    assert (shown.case, shown.service) == (None, "")
    assert "补助" not in shown.zh
    assert "窗口" in shown.zh


def test_three_calls_in_vain_ask_for_a_visit_and_a_second_click_does_nothing(people):
    actions.send(notices=[message(people[1])], by=CLERK, at=AT)
    notice = queries.call_list(CLERK.scope)[0].id
    assert not actions.called(notice=notice, said="", reached=True, by=SIBLING, at=AT)
    for _ in range(3):
        assert actions.called(notice=notice, said="没人接", reached=False, by=CLERK, at=AT)
    assert queries.call_list(CLERK.scope) == []
    assert [row.id for row in queries.call_list(CLERK.scope, visits=True)] == [notice]
    assert actions.called(notice=notice, said="说知道了", reached=True, by=CLERK, at=AT)
    assert not actions.called(notice=notice, said="又点一次", reached=True, by=CLERK, at=AT)
    assert Notice.objects.get().said == "说知道了"


def test_nobody_reads_or_marks_anothers_messages(people):
    actions.send(notices=[message(people[0])], by=CLERK, at=AT)
    reader = Actor(account=1, person=people[0].pk)
    assert queries.unread_count(SIBLING) == 0
    assert actions.read(ids=[Notice.objects.get().pk], by=SIBLING, at=AT) == 0
    assert queries.unread_count(reader) == 1
    assert actions.read(ids=[Notice.objects.get().pk], by=reader, at=AT) == 1
    assert queries.unread_count(reader) == 0


def test_a_death_stops_every_message(people):
    actions.send(notices=[message(people[1])], by=CLERK, at=AT)
    effects.announce("person-died", ids=[people[1].pk], by=CLERK, at=AT)
    assert queries.call_list(CLERK.scope) == []


@pytest.mark.parametrize("template", sorted(TEXTS))
def test_every_text_reads_well_with_and_without_its_words(template):
    given = {
        "service": {"zh": "补助", "en": "allowance"}, "desk": {"zh": "东城站", "en": "Dongcheng"}, "phone": "0399-1234",
        "until": "2026-07-12", "amount": 90000, "missing": [{"zh": "证明", "en": "certificate"}], "number": "2026-1",
        "reason": {"zh": "户名不符", "en": "name differs"}, "clause": "第五条", "helper": "老兵队", "kind": "维修",
        "period": "2026-07",
    }  # fmt: skip
    for language in ("zh-hans", "en"):
        full = words(template, given, language)
        assert "{" not in full
        assert "|" not in full
        assert "{" not in words(template, {}, language)
    if "{amount}" in TEXTS[template][0]:
        assert "900.00" in words(template, given)
    if "{until}" in TEXTS[template][0]:
        assert "7 月 12 日" in words(template, given)


def test_a_list_worked_off_on_paper_is_closed_as_one_and_only_of_ones_own_area(people):
    actions.send(notices=[message(people[1]), message(people[2])], by=CLERK, at=AT)
    later = AT + dt.timedelta(hours=1)
    assert actions.worked_off(before=later, said="已告知", by=SIBLING, at=later) == 0
    assert actions.worked_off(before=AT, said="已告知", by=CLERK, at=later) == 0
    assert actions.worked_off(before=later, said="已告知", by=CLERK, at=later) == 2
    assert queries.call_list(CLERK.scope) == []
    assert {row.said for row in Notice.objects.all()} == {"已告知"}


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_what_is_told_of_a_case_is_found_by_the_case_however_long_the_call_list(people):
    """On a database that has no statistics yet: a walk over the call list at every move of a case is felt in a city."""
    actions.send(notices=[message(people[1], case=case) for case in (3, 4)], by=CLERK, at=AT)
    with CaptureQueriesContext(connection) as asked:
        assert actions.overtaken(cases=[3, 5, 6], by=CLERK, at=AT) == 1
    for one in asked.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + one["sql"])
            assert all("notice_list" not in str(row) and "SCAN" not in str(row) for row in cursor.fetchall())
    assert list(Notice.objects.order_by("pk").values_list("case", "state")) == [(3, "done"), (4, "pending")]
