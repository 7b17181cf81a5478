"""Several cases at once: shown before, done as one, or not at all; and the list of what people thought."""

import datetime as dt

import pytest

from lianxin.casework import actions as casework
from lianxin.casework.models import Case, Move, Rating
from lianxin.journal import actions as journal
from lianxin.journal.models import Entry
from lianxin.journal.queries import verify
from tests.console.test_lists import SYSTEM, asks
from tests.house.test_deny_by_default import signed_in

AT = dt.datetime(2026, 11, 2, 2, 0, tzinfo=dt.UTC)


@pytest.fixture
def world(kept_world, db, settings):
    settings.DEMO = True
    return kept_world()


def picture(cases):
    return list(
        Case.objects.filter(pk__in=cases).order_by("pk").values_list("state", "step", "version_lock", "assignee")
    )


def shown_locks(response):
    return {f"lock-{row.id}": row.lock for row in response.context["able"]}


def test_what_would_be_done_is_shown_and_nothing_is_done(world):
    client = signed_in(world.staff["worker"])
    cases = [case.pk for case in asks(world, 3)]
    deeds = Entry.objects.filter(action__startswith="case.")
    before, moves, entries = picture(cases), Move.objects.count(), deeds.count()
    response = client.post("/console/inbox/several/", {"pick": cases, "what": "take-up"})
    assert response.status_code == 200
    assert {row.id for row in response.context["able"]} == set(cases)
    assert (picture(cases), Move.objects.count(), deeds.count()) == (before, moves, entries)


def test_all_are_done_as_one_action_with_one_entry(world):
    client = signed_in(world.staff["worker"])
    cases = [case.pk for case in asks(world, 3)]
    shown = client.post("/console/inbox/several/", {"pick": cases, "what": "take-up"})
    entries = Entry.objects.filter(action="case.take-up").count()
    client.post("/console/inbox/several/do/", {"what": "take-up", **shown_locks(shown)})
    assert set(Case.objects.filter(pk__in=cases).values_list("assignee", flat=True)) == {world.staff["worker"].pk}
    assert Entry.objects.filter(action="case.take-up").count() == entries + 1
    assert verify().broken is None
    after = picture(cases)
    client.post("/console/inbox/several/do/", {"what": "take-up", **shown_locks(shown)})  # a second click
    assert picture(cases) == after


def test_one_that_moved_meanwhile_stops_all(world):
    client = signed_in(world.staff["worker"])
    cases = [case.pk for case in asks(world, 3)]
    shown = client.post("/console/inbox/several/", {"pick": cases, "what": "take-up"})
    casework.note(cases=[cases[1]], words="别人动过", by=SYSTEM, at=AT)
    before = picture(cases)
    response = client.post("/console/inbox/several/do/", {"what": "take-up", **shown_locks(shown)}, follow=True)
    assert picture(cases) == before
    assert [message.level_tag for message in response.context["messages"]] == ["error"]


def test_another_areas_case_is_not_shown_and_cannot_be_slipped_in(world):
    client = signed_in(world.staff["worker"])
    own = [case.pk for case in asks(world, 1)]
    other = world.objects["sibling"]["case"]
    shown = client.post("/console/inbox/several/", {"pick": [*own, other], "what": "take-up"})
    assert [row.id for row in shown.context["able"]] == own
    before = picture([*own, other])
    lock = Case.objects.get(pk=other).version_lock
    client.post("/console/inbox/several/do/", {"what": "take-up", **shown_locks(shown), f"lock-{other}": lock})
    assert picture([*own, other]) == before


@pytest.mark.parametrize("given", [{}, {"pick": ["x"]}, {"pick": [999_999]}])
def test_nothing_ticked_goes_back_with_a_word(world, given):
    client = signed_in(world.staff["worker"])
    response = client.post("/console/inbox/several/", given, follow=True)
    assert response.redirect_chain
    assert len(response.context["messages"]) == 1


def test_ratings_are_listed_narrowed_and_taken_away(world):
    client = signed_in(world.staff["worker"])
    cases = [*asks(world, 2), Case.objects.get(pk=world.objects["sibling"]["case"])]
    said = zip((5, 2, 1), ("修得好", "来晚了", "别处的话"), cases, strict=True)
    with journal.entry(action="case.rate", by=SYSTEM, at=AT) as writing:
        writing.add([Rating(case=case, score=score, words=words, at=AT) for score, words, case in said])
    body = client.get("/console/ratings/").content.decode()
    assert "修得好" in body
    assert "来晚了" in body
    assert "别处的话" not in body
    page = client.get("/console/ratings/?score=2")
    assert [row.words for row, _cells in page.context["rows"]] == ["来晚了"]
    assert "3.5" in str(page.context["listing"].words)
    office = page.context["rows"][0][0].office
    assert office is not None
    assert len(client.get("/console/ratings/?service=accomp-subsidy").context["rows"]) == 0
    assert client.get("/console/ratings/?score=9&office=x").status_code == 200
