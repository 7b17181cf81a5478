"""The community's own review: each number is the count of the rows that it opens; small cells are not told."""

import datetime as dt
import html
import re

import pytest

from lianxin.access.models import Account
from lianxin.casework import actions
from lianxin.casework.models import Case
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over
from lianxin.insight import community
from lianxin.outcomes import actions as register
from lianxin.outcomes.posted import Posted
from tests.factories.casework import AT, COUNTY, SYSTEM, TOWN, VILLAGE, resident
from tests.factories.casework import town as make_town
from tests.house.test_deny_by_default import signed_in

DAY = AT.date()
HELP = "household-help"


@pytest.fixture
def town(db):
    return make_town()


def ask(town, person, kind="repair", at=AT, done_after=None, score=None, channel="phone", office="volunteers"):
    case = town.open(
        HELP, person, by=SYSTEM, at=at, family=person.family_id, kind=kind, channel=channel, words=f"{kind}{at}"
    )
    if done_after is None:
        return case
    offer = actions.dispatch(case=case.pk, office=town.offices[office], by=SYSTEM, at=at)
    actions.answer_dispatch(dispatch=offer.pk, accept=True, by=SYSTEM, at=at)
    done = at + dt.timedelta(minutes=done_after)
    actions.done_dispatch(dispatch=offer.pk, words="好了", by=SYSTEM, at=done, minutes=30)
    if score is not None:
        actions.confirm_received(case=case.pk, received=True, score=score, by=SYSTEM, at=done)
    return case


def asked(area=VILLAGE, from_on=DAY - dt.timedelta(days=6), to_on=DAY, at=AT + dt.timedelta(hours=10)):
    return community.Asked(area, from_on, to_on, at)


def lived(town):
    """A week of a community: done in time, done late, refused thanks, said not done, still running, and last month's."""
    wife, old = town.persons["wife"], town.persons["old_man"]
    ask(town, wife, done_after=60, score=5)
    ask(town, wife, kind="errand", done_after=90, score=2, channel="hotline")
    ask(town, old, at=AT - dt.timedelta(days=2), done_after=600)
    ask(town, old, kind="complaint", channel="paper")
    bad = ask(town, old, kind="carry", done_after=30)
    actions.confirm_received(case=bad.pk, received=False, by=SYSTEM, at=AT + dt.timedelta(hours=1))
    ask(town, wife, at=AT - dt.timedelta(days=30), done_after=60, score=5)
    ask(town, town.persons["neighbour"], kind="job")
    register.post(
        outcomes=[
            Posted(kind="visit", service="good-news", area=VILLAGE, family=old.family_id, happened_on=DAY, source="v1"),
            Posted(kind="event", service="class", programme="八一课堂", area=VILLAGE, happened_on=DAY, source="e1"),
        ],
        by=SYSTEM, at=AT,
    )  # fmt: skip


def test_what_a_week_was(town):
    lived(town)
    made = community.review(town.worker, asked())
    numbers = {code: one.value for code, one in made.numbers.items()}
    assert numbers == {
        "asked": 5, "done": 3, "late": 1, "running": 2, "overdue": 2, "handed-up": 0, "reopened": 1, "thanked": 1,
        "unhappy": 1, "complaints": 1, "hours": 90, "events": 1, "visits": 1, "homes": 3, "visited": 1, "unvisited": 2,
    }  # fmt: skip
    assert {line.kind: (line.asked.value, line.done.value, line.late.value, line.running.value) for line in made.lines} == {
        "repair": (2, 2, 1, 0), "errand": (1, 1, 0, 0), "carry": (1, 0, 0, 1), "complaint": (1, 0, 0, 1),
    }  # fmt: skip
    assert made.minutes == 90  # of 60, 90 and 600
    assert {one.code: one.value for one in made.channels} == {"phone": 3, "hotline": 1, "paper": 1}
    assert [one.row.kind for one in made.overdue] == ["complaint", "carry"]  # nobody was found within the hour


def test_every_number_is_the_count_of_the_rows_it_opens(town):
    lived(town)
    here = asked(area=COUNTY)
    made = community.review(town.reviewer, here)
    for code, number in made.numbers.items():
        after, rows, minutes = 0, 0, 0
        while True:
            page = community.rows(town.reviewer, here, code, after=after, limit=2)
            rows += len(page.cases) + len(page.families) + len(page.outcomes) + len(page.hours)
            minutes += sum(one.minutes for one in page.hours)
            if not page.next:
                break
            after = int(page.next)
        assert number.value == (minutes if code == "hours" else rows), code
    for line in made.lines:
        for code in ("asked", "done", "late", "running"):
            got = community.rows(town.reviewer, here, code, only=community.Only(kind=line.kind)).cases
            assert getattr(line, code).value == len(got), (line.kind, code)
    for channel in made.channels:
        only = community.Only(channel=channel.code)
        assert channel.value == len(community.rows(town.reviewer, here, "asked", only=only).cases), channel.code
    for office, name, times, minutes in community.helpers(here):
        given = community.rows(town.reviewer, here, "hours", only=community.Only(office=office)).hours
        assert (len(given), sum(one.minutes for one in given), {one.who for one in given}) == (times, minutes, {name})


def test_rows_of_what_was_done_say_when_so_that_the_middle_can_be_counted(town):
    lived(town)
    page = community.rows(town.worker, asked(), "done")
    opened = dict(Case.objects.filter(pk__in=page.cases).values_list("pk", "opened_at"))
    took = sorted(round((page.done[pk] - opened[pk]).total_seconds() / 60) for pk in page.cases)
    assert took == [60, 90, 600]
    assert community.review(town.worker, asked()).minutes == took[1]
    assert community.rows(town.worker, asked(), "asked").done == {}
    visits = community.rows(town.worker, asked(), "visits").outcomes
    assert [one.family for one in visits] == [town.persons["old_man"].family_id]
    [lesson] = community.rows(town.worker, asked(), "events").outcomes
    assert lesson.event is None, "it came in from a ledger: there is no page of it"


def test_each_number_of_the_page_opens_rows_that_can_be_read(town, settings):
    settings.DEMO = True
    lived(town)
    client = signed_in(Account.objects.get(pk=town.accounts["worker"]))
    span = f"from={DAY - dt.timedelta(days=6)}&to={DAY}"
    page = client.get(f"/console/desk/review/?{span}").content.decode()
    said = re.findall(r'href="(/console/desk/review/rows/[^"]+)">([^<]*)<', page)
    links = {html.unescape(one): text.strip() for one, text in said}
    asked_for = {re.search("what=([a-z-]+)", one).group(1) for one in links}
    assert {"asked", "done", "late", "running", "hours", "events", "visits", "visited", "unvisited"} <= asked_for
    assert any("channel=hotline" in one for one in links) and any("office=" in one for one in links)
    for link in links:
        shown = client.get(link)
        assert shown.status_code == 200, link
        assert ("<tbody" in shown.content.decode()) == (links[link] != "0"), link
    visits = next(one for one in links if "what=visits" in one)
    assert town.persons["old_man"].family.address in client.get(visits).content.decode()


def test_another_community_counts_nothing_of_it(town):
    lived(town)
    with pytest.raises(Refusal):
        community.rows(town.sibling_clerk, asked(), "asked")
    with pytest.raises(Refusal):
        community.review(town.sibling_clerk, asked())


def leader(area=TOWN):
    return Actor(account=999, name="领导", area=area, scope=over(area), permissions=frozenset({"review.community"}))


def test_whoever_opens_no_rows_sees_one_finished_month_of_their_own_area(town):
    month = {"from_on": dt.date(2026, 4, 1), "to_on": dt.date(2026, 4, 30)}
    assert community.review(leader(), asked(TOWN, **month)).opens is False
    for place, first, last in (
        (VILLAGE, month["from_on"], month["to_on"]), (COUNTY, month["from_on"], month["to_on"]),
        (TOWN, month["from_on"], dt.date(2026, 4, 29)), (TOWN, dt.date(2026, 3, 1), month["to_on"]),
        (TOWN, dt.date(2026, 5, 1), dt.date(2026, 5, 31)),
    ):  # fmt: skip
        with pytest.raises(Refusal):
            community.review(leader(), asked(place, first, last))
    with pytest.raises(Refusal):
        community.rows(leader(), asked(TOWN, **month), "asked")


def test_too_small_a_cell_is_not_told_and_never_hidden_alone(town):
    at = dt.datetime(2026, 4, 8, 1, tzinfo=dt.UTC)
    homes = [resident(100 + n, f"户{n}") for n in range(12)]
    for n, home in enumerate(homes):
        ask(town, home, kind="repair" if n < 6 else "errand", at=at + dt.timedelta(minutes=n))
    ask(town, homes[0], kind="carry", at=at)
    month = asked(TOWN, dt.date(2026, 4, 1), dt.date(2026, 4, 30))
    made = community.review(leader(), month)
    told = {line.kind: line.asked.value for line in made.lines}
    assert told["carry"] is None
    assert sorted(told.values(), key=str) == [6, None, None]  # carry, and the next smallest with it
    assert made.numbers["asked"].value == 13
    assert made.numbers["running"].value is None
    whole = community.review(town.clerk, month)
    assert {line.kind: line.asked.value for line in whole.lines} == {"repair": 6, "errand": 6, "carry": 1}
