"""A small city built through the product's own doors: complete, alive, never half."""

import datetime as dt
import json
import multiprocessing

import pytest
from django.test import Client

from lianxin.access.queries import account_named, actor_of
from lianxin.casework import queries as casework
from lianxin.casework import whereabouts
from lianxin.casework.inbox import Filters
from lianxin.demo import build, personas, state
from lianxin.engine import clock
from lianxin.engine.scope import over
from lianxin.insight import figures, reach
from lianxin.journal import queries as journal
from lianxin.people import queries as people

CITY = over("4199")
HOLDERS = 200
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def city(django_db_setup, django_db_blocker, tmp_path_factory):
    """One city for this module; rolled back with its database."""
    from django.core.management import call_command
    from django.db import transaction

    with django_db_blocker.unblock():
        with transaction.atomic():
            said = build.settle(folder=tmp_path_factory.mktemp("ledgers"), people=HOLDERS, progress=lambda *_: None)
            yield {**said, "complete": True, "people": HOLDERS}
            transaction.set_rollback(True)
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture
def demo(city, settings, monkeypatch):
    """A demo home in which that city stands."""
    settings.DEMO = True
    settings.ROOT_URLCONF = "tests.demo.urls"
    monkeypatch.setattr(state, "current", lambda: city)
    return city


def test_everybody_of_the_ledgers_is_on_file(city):
    assert city["holders"] == HOLDERS
    assert len(people.search(CITY, "李", limit=20)) > 3


def test_every_persona_has_an_account_with_their_role(city):
    assert set(city["personas"]) == {one.code for one in personas.CAST}
    for code, seated in city["personas"].items():
        account = account_named(seated["account"])
        assert account is not None, code
        assert actor_of(account, clock.now()).permissions, code
        assert not account.has_usable_password()


def test_the_wife_was_found_and_waits_for_her_one_confirmation(city):
    wife = city["personas"]["wife"]["person"]
    proposed = whereabouts.standing_at(CITY, service="accomp-subsidy", states=["proposed"])
    assert wife in {one.person for one in proposed}


def test_the_old_mans_case_lies_on_his_clerks_desk(city):
    veteran = city["personas"]["veteran"]["person"]
    here = whereabouts.standing_at(CITY, service="living-subsidy-rural60", states=["open"], step="accept")
    assert veteran in {one.person for one in here}
    clerk = actor_of(account_named(city["personas"]["clerk"]["account"]), clock.now())
    assert any(one.person == veteran and clerk.scope.covers(one.area) for one in here)


def test_the_past_is_counted_from_the_ledgers(city):
    counted = {row.code: row.value for row in figures.evaluate(
        from_on=None, to_on=clock.today(), area="4199", scope=CITY, opens=True)}  # fmt: skip
    assert counted["good-news-families"] == 3  # one of each class: the smallest city there is
    assert counted["good-news-yuan"] == 1_000_000 + 500_000 + 150_000
    assert counted["accomp-subsidised"] == 4


def test_the_chain_holds(city):
    assert journal.verify().broken is None


def test_sealed_matters_do_not_exist_for_the_sibling_clerk(city):
    sibling = actor_of(account_named(city["personas"]["sibling"]["account"]), clock.now())
    at = clock.now()
    for narrowed in (Filters(), Filters(service="rights-case")):
        shown = casework.cases(sibling.scope, narrowed, at=at, limit=500).rows
        assert not [row for row in shown if row.service == "rights-case"]
    listed = actor_of(account_named(city["personas"]["mediator"]["account"]), at)
    assert casework.inbox(listed, at=at).rows


def test_one_click_signs_in_and_opens_the_personas_page(demo):
    client = Client()
    page = client.get("/demo/")
    assert page.status_code == 200
    for code, seated in demo["personas"].items():
        answer = client.post(f"/demo/become/{code}/")
        assert answer.status_code == 302, code
        assert client.session["persona"] == code
        assert client.get(answer.headers["Location"]).status_code == 200, code
        assert str(account_named(seated["account"]).pk) == client.session["_auth_user_id"]


def test_a_persona_nobody_knows_and_a_link_instead_of_a_click_do_nothing(demo):
    client = Client()
    assert client.post("/demo/become/mayor/").status_code == 404
    assert client.get("/demo/become/clerk/").status_code == 405
    assert "_auth_user_id" not in client.session


def test_in_a_real_home_the_door_does_not_exist(city, settings):
    settings.DEMO = False
    settings.ROOT_URLCONF = "tests.demo.urls"
    assert Client().get("/demo/").status_code == 404


def test_a_finished_city_is_not_built_again(tmp_path, monkeypatch):
    (tmp_path / "demo.json").write_text(json.dumps({"complete": True, "people": 5, "building": False}))
    monkeypatch.setattr(build, "settle", lambda **_: pytest.fail("built again"))
    build.city(home=tmp_path, people=5, progress=lambda *_: None)


def test_a_build_that_fails_is_not_taken_for_a_city(tmp_path, monkeypatch):
    def broken(**_):
        raise RuntimeError("the power failed")

    monkeypatch.setattr(build, "settle", broken)
    monkeypatch.setattr(build, "_fast", lambda **_: None)
    with pytest.raises(RuntimeError):
        build.city(home=tmp_path, people=5, progress=lambda *_: None)
    said = state.read(tmp_path)
    assert said["building"]
    assert not said["complete"]


def test_a_fresh_city_has_counted_whom_nothing_reaches(city):
    day = reach.last_day()
    assert day is not None and clock.today() - day < dt.timedelta(days=2)
    assert reach.shown(CITY, day=day, exact=True, by="service").whole.counts["entitled"]


def test_the_ledgers_are_begun_before_the_database_and_written_by_nobody_after_a_failure(tmp_path, monkeypatch):
    given = []

    def broken(**said):
        given.append(said["writer"])
        raise RuntimeError("the power failed")

    monkeypatch.setattr(build, "settle", broken)
    monkeypatch.setattr(build, "_fast", lambda **_: None)
    build.begin(home=tmp_path, people=5)
    with pytest.raises(RuntimeError):
        build.city(home=tmp_path, people=5, progress=lambda *_: None)
    assert [one.folder.parent for one in given] == [tmp_path]
    assert not multiprocessing.active_children()
    (tmp_path / "demo.json").write_text(json.dumps({"complete": True, "people": 5, "building": False}))
    build.begin(home=tmp_path, people=5)
    assert not multiprocessing.active_children()
