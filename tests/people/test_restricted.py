"""Restricted lists: seen by their two roles only, gone on their day, known to nothing else in the house."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.apps import apps

from lianxin.access.permissions import Refused
from lianxin.access.roles import ROLES
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over
from lianxin.journal import queries as journal
from lianxin.journal.models import Entry
from lianxin.people import copying, restricted
from lianxin.people.models import Restricted, RestrictedCount
from tests.house.test_deny_by_default import ALL, signed_in

AT = dt.datetime(2026, 11, 2, 2, 0, tzinfo=dt.UTC)
UNTIL = AT.date() + dt.timedelta(days=60)
KEEPER = Actor(account=801, name="甲", permissions=ROLES["list-keeper"].may, scope=over("4199"))
LIAISON = Actor(account=802, name="乙", permissions=ROLES["list-confirmer"].may, scope=over("4199"))
NAME, HOUSE = "戊己庚", "CC-419902-0077"


def put(household=HOUSE, kind="border", until=UNTIL):
    restricted.put(kind=kind, name=NAME, household=household, address="二号院", expires_on=until, by=KEEPER, at=AT)


@pytest.mark.django_db
def test_a_line_goes_from_the_keeper_to_the_liaison_to_a_count():
    put()
    line = restricted.lines(KEEPER, at=AT)[0]
    assert (line.name, line.household, line.confirmed) == (NAME, HOUSE, False)
    with pytest.raises(Refusal):
        restricted.visited(pk=line.id, by=KEEPER, at=AT)
    restricted.confirm(pk=line.id, by=LIAISON, at=AT)
    restricted.visited(pk=line.id, by=KEEPER, at=AT)
    assert restricted.attest(kind="border", by=LIAISON, at=AT) == 1
    assert restricted.lines(KEEPER, at=AT) == []
    assert not Restricted.objects.exists()
    assert RestrictedCount.objects.get().households == 1


@pytest.mark.django_db
def test_nobody_confirms_their_own_line_and_nobody_else_at_all():
    put()
    pk = Restricted.objects.get().pk
    both = Actor(account=801, permissions=frozenset({"restricted.keep", "restricted.confirm"}))
    with pytest.raises(Refusal):
        restricted.confirm(pk=pk, by=both, at=AT)
    system = Actor(permissions=frozenset({"*"}), scope=over("4199"))
    for by in (system, Actor(account=5, permissions=frozenset({"people.view"}))):
        with pytest.raises(Refused):
            restricted.confirm(pk=pk, by=by, at=AT)
        assert restricted.lines(by, at=AT) == []
        assert restricted.counts(by) == []


@pytest.mark.django_db
def test_nothing_stands_in_the_clear_and_no_key_leads_to_a_person():
    put()
    row = Restricted.objects.values().get()
    assert all(NAME not in str(value) and HOUSE not in str(value) for value in row.values())
    assert NAME.encode() not in bytes(row["sealed"])
    assert not any(field.is_relation for field in Restricted._meta.concrete_fields)
    assert not any("area" in field.name or "person" in field.name for field in Restricted._meta.concrete_fields)


@pytest.mark.django_db
def test_a_line_ends_by_itself_and_cannot_be_put_for_good(settings):
    put()
    for until in (AT.date(), AT.date() + dt.timedelta(days=settings.RESTRICTED_DAYS + 1)):
        with pytest.raises(Refusal):
            put(household="CC-2", until=until)
    later = AT + dt.timedelta(days=60)
    assert restricted.lines(KEEPER, at=later) == []
    assert restricted.expire(at=later) == 1
    assert not Restricted.objects.exists()


@pytest.mark.django_db
def test_the_same_household_twice_is_refused():
    put()
    with pytest.raises(Refusal):
        put(household=HOUSE.lower())
    assert Restricted.objects.count() == 1


@pytest.mark.django_db
def test_the_journal_tells_nothing_but_that_somebody_worked():
    put()
    entry = Entry.objects.get(action="restricted")
    assert (entry.person, entry.area, entry.detail, entry.rows, entry.purpose) == (None, "", {}, [], "")
    assert journal.entries(over("4199")).rows == []


def test_no_module_but_its_own_reads_the_lists():
    source = Path(copying.__file__).parents[1]
    allowed = {
        "people/restricted.py",
        "people/protectedmodels.py",
        "people/models.py",
        "people/personal.py",
        "people/copywords.py",
    }  # the last says what the tables are called, and reads nothing
    said = re.compile(r"\bRestricted(Count)?\b(?! lists)|people_restricted|people\.Restricted")
    found = {str(file.relative_to(source)) for file in source.rglob("*.py")
             if "migrations" not in file.parts and said.search(file.read_text())}  # fmt: skip
    assert found <= allowed
    assert "django.db" not in (source / "people/copywords.py").read_text()


@pytest.fixture
def world(kept_world, db, settings):
    settings.DEMO = True
    return kept_world()


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"list-keeper", "list-confirmer"}))
def test_no_other_role_sees_even_that_it_exists(world, role):
    put()
    client = signed_in(world.resident if role == "resident" else world.staff[role])
    assert client.get("/console/restricted/").status_code in {302, 404}
    assert client.post("/console/restricted/confirm/", {"line": Restricted.objects.get().pk}).status_code in {302, 404}
    plain = [
        f"/{route}"
        for route, entry in ALL
        if "<" not in route and not route.startswith(("sign-in/", "console/restricted/"))
        and getattr(entry.callback, "permission", "public") in {"public", *ROLES[role].may}  # the others read 404
    ]  # fmt: skip
    for url in [*plain, f"/console/search/?q={NAME}", f"/console/search/?q={HOUSE}"]:
        body = client.get(url).getvalue().decode(errors="ignore") if not url.endswith((".js", ".webmanifest")) else ""
        for value in ("二号院", *(() if "?q=" in url else (HOUSE, NAME))):  # a search repeats what was typed
            assert value not in body, url
        if not url.startswith("/console/powers/"):  # which roles there are, the administrators may know
            assert "restricted" not in body, url
    assert Restricted.objects.get().confirmed_by is None


def test_the_two_roles_work_on_their_page(world):
    keeper, liaison = signed_in(world.staff["list-keeper"]), signed_in(world.staff["list-confirmer"])
    until = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=30)).isoformat()
    given = {"kind": "mission", "name": NAME, "household": HOUSE, "address": "", "expires_on": until}
    assert liaison.post("/console/restricted/", given).status_code == 404
    assert keeper.post("/console/restricted/", given).status_code == 302
    pk = Restricted.objects.get().pk
    assert HOUSE in liaison.get("/console/restricted/").content.decode()
    liaison.post("/console/restricted/confirm/", {"line": pk})
    keeper.post("/console/restricted/visited/", {"line": pk})
    liaison.post("/console/restricted/attest/", {"kind": "mission"})
    assert RestrictedCount.objects.get().households == 1
    assert apps.get_model("people.Restricted").objects.count() == 0
