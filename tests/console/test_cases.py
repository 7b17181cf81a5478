"""The inbox and the case: the next case comes by itself, an old page changes nothing, a second click does nothing twice."""

import datetime as dt
import re

import pytest

from lianxin.casework import actions as casework
from lianxin.casework.models import Case, Dispatch, Move
from lianxin.catalogue.queries import in_force
from lianxin.engine import masking
from lianxin.engine.openings import Opening
from lianxin.journal.models import Entry
from tests.console.test_lists import SYSTEM, asks
from tests.house.test_deny_by_default import signed_in

AT = dt.datetime(2026, 11, 2, 2, 0, tzinfo=dt.UTC)


@pytest.fixture
def world(kept_world, db, settings):
    settings.DEMO = True
    return kept_world()


def plain(response):
    """A page without what differs at every request."""
    body = response.content.decode()
    body = re.sub(r'(csrfmiddlewaretoken" value|name="csrf" content|nonce)="[^"]*"', r"\1", body)
    return re.sub(r"\d+ ?(分钟|minutes?)", "", body)


def lock(case):
    return Case.objects.get(pk=case).version_lock


def test_a_swap_is_the_same_as_a_reload(world):
    client = signed_in(world.staff["worker"])
    case = asks(world, 1)[0].pk
    for url in (f"/console/inbox/?case={case}", "/console/cases/", f"/console/cases/{case}/"):
        assert plain(client.get(url, headers={"HX-Request": "true"})) == plain(client.get(url))


def test_the_card_beside_a_list_names_people_as_the_list_does(world):
    client = signed_in(world.staff["worker"])
    (case,) = casework.open_cases(by=SYSTEM, at=AT, openings=[
        Opening("contact-change", in_force(AT.date())["contact-change"].version_id, person=world.objects["own"]["person"],
                area=world.areas["own"], channel="phone", form={"address": "二号院"})])  # fmt: skip
    whole = case.person.name
    page = client.get(f"/console/inbox/?case={case.pk}")
    assert page.context["one"].who == masking.name(whole)
    assert whole not in page.content.decode()
    assert whole in client.get(f"/console/cases/{case.pk}/").content.decode(), "in full on its own page"


def test_after_an_action_the_next_case_is_there(world):
    client = signed_in(world.staff["worker"])
    asks(world, 2)
    page = client.get("/console/inbox/").context
    first, back = page["one"].id, page["back"]
    response = client.post(
        f"/console/cases/{first}/do/note/", {"expected": lock(first), "back": back, "words": "已联系"}
    )
    assert response.status_code == 302
    assert response["Location"] == back
    following = client.get(back).context["one"].id
    assert following != first


def test_an_old_page_changes_nothing_and_says_so(world):
    client = signed_in(world.staff["worker"])
    case = asks(world, 1)[0].pk
    old = lock(case)
    client.post(f"/console/cases/{case}/do/note/", {"expected": old, "words": "甲"})
    moves = Move.objects.filter(case=case).count()
    response = client.post(f"/console/cases/{case}/do/withdraw/", {"expected": old, "words": "乙"}, follow=True)
    assert Move.objects.filter(case=case).count() == moves
    assert Case.objects.get(pk=case).state == "open"
    assert "note bad" in response.content.decode()


def test_a_second_click_does_nothing_twice(world):
    client = signed_in(world.staff["worker"])
    case = asks(world, 1)[0].pk
    given = {"expected": lock(case), "words": "不用了"}
    client.post(f"/console/cases/{case}/do/withdraw/", given)
    client.post(f"/console/cases/{case}/do/withdraw/", given)
    assert Move.objects.filter(case=case, verb="withdraw").count() == 1


def test_a_verb_that_is_not_allowed_here_changes_nothing(world):
    client = signed_in(world.staff["worker"])
    case = asks(world, 1)[0].pk
    response = client.post(f"/console/cases/{case}/do/publicise/", {"expected": lock(case)}, follow=True)
    assert Case.objects.get(pk=case).state == "open"
    assert "note bad" in response.content.decode()


def test_an_address_elsewhere_is_not_followed(world):
    client = signed_in(world.staff["worker"])
    case = asks(world, 1)[0].pk
    given = {"expected": lock(case), "words": "甲", "back": "https://example.org/"}
    assert client.post(f"/console/cases/{case}/do/note/", given)["Location"] == f"/console/cases/{case}/"


def test_a_number_is_shown_only_with_a_reason_that_is_kept(world):
    client = signed_in(world.staff["worker"])
    person = world.objects["own"]["person"]
    client.post(f"/console/people/{person}/reveal/", {"field": "phone", "reason": ""})
    assert not Entry.objects.filter(action="people.reveal").exists()
    response = client.post(f"/console/people/{person}/reveal/", {"field": "phone", "reason": "核对来电"})
    assert response["Cache-Control"] == "no-store"
    entry = Entry.objects.get(action="people.reveal")
    assert (entry.person, entry.purpose) == (person, "核对来电")


def test_the_giver_takes_it_once_and_says_it_is_done(world):
    client = signed_in(world.staff["volunteer"])
    offer = world.objects["own"]["dispatch"]
    for _click in range(2):
        client.post(f"/console/handed/{offer}/take/")
    client.post(f"/console/handed/{offer}/done/", {"words": "换了水龙头", "minutes": "40"})
    case = world.objects["own"]["case"]
    assert Move.objects.filter(case=case, verb="take").count() == 1
    assert Move.objects.filter(case=case, verb="deliver").count() == 1


def test_what_a_giver_wrote_stays_where_it_cannot_be_taken(world):
    client = signed_in(world.staff["volunteer"])
    offer = world.objects["own"]["dispatch"]
    client.post(f"/console/handed/{offer}/take/")
    for minutes in ("半小时", "5000"):
        answer = client.post(f"/console/handed/{offer}/done/", {"words": "换了水龙头", "minutes": minutes})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert 'value="换了水龙头"' in page and f'value="{minutes}"' in page and "note bad" in page
    client.post(
        f"/console/handed/{offer}/done/", {"words": "换了水龙头", "minutes": "４０"}
    )  # as a Chinese keyboard writes it
    assert Dispatch.objects.get(pk=offer).minutes == 40


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_page_mixes_languages(world, language):
    client = signed_in(world.staff["worker"])
    client.cookies["django_language"] = language
    body = client.get("/console/inbox/").content.decode()
    assert (">我的待办<" in body) == (language == "zh-hans")
    assert (">My inbox<" in body) == (language == "en")
