"""What must never be stored is stored nowhere: not by any action, page or ledger; doubts wait, sealed, for one person."""

import datetime as dt
import re

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from tests.factories import casework as factory
from tests.factories.casework import AT, CITY, COUNTY, SYSTEM, TOWN

from lianxin.access import actions as access
from lianxin.access import guarding
from lianxin.access.models import Account, Office, SetAside
from lianxin.access.permissions import Refused
from lianxin.casework import actions as casework
from lianxin.casework.models import Case
from lianxin.engine.openings import Opening
from lianxin.engine.secrecy import Secret
from lianxin.insight import actions as insight
from lianxin.journal import guard
from lianxin.journal.models import Entry
from lianxin.journal.queries import verify
from lianxin.notices.models import Notice
from lianxin.people import actions as filing

PLANTED = "71325部队"
STORED = re.compile("(?<![0-9a-f])71325(?![0-9a-f])")  # a digest may hold the same five figures by chance
DOUBTFUL = "他在三连服役"


def everywhere():
    """Every text in the database."""
    found = []
    for model in apps.get_models():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            found += [value for row in cursor.fetchall() for value in row if isinstance(value, str)]
    return found


@pytest.fixture
def town(db):
    return factory.town()


def actor(town, name):
    from lianxin.access.queries import actor_of

    return actor_of(Account.objects.select_related("office").get(pk=town.accounts[name]), AT)


def signed_in(town, name):
    client = Client()
    client.force_login(Account.objects.get(pk=town.accounts[name]))
    session = client.session
    session["persona"] = True
    session.save()
    return client


def ask(town, words, form=None):
    person = town.persons["wife"].pk
    opening = Opening("household-help", factory.in_force(AT.date())["household-help"].version_id, person=person,
                      kind="repair", channel="phone", words=words, form=form or {})  # fmt: skip
    return casework.open_cases(openings=[opening], by=SYSTEM, at=AT)


def deeds(town):
    """Every action that takes words of somebody, each with the planted text."""
    case = ask(town, "水管坏了")[0].pk
    wife = town.persons["wife"]
    person = wife.pk
    return {
        "open": lambda: ask(town, PLANTED),
        "note": lambda: casework.note(cases=case, words=PLANTED, by=SYSTEM, at=AT),
        "refuse": lambda: casework.refuse(cases=case, reason="other", words=PLANTED, by=SYSTEM, at=AT),
        "withdraw": lambda: casework.withdraw(cases=case, words=PLANTED, by=SYSTEM, at=AT),
        "record": lambda: filing.record(person=person, group="livelihood", says={"employment": "employed"},
                                        valid_from=AT.date(), paper=PLANTED, by=SYSTEM, at=AT),
        "account": lambda: filing.change_account(person=person, bank=PLANTED, number="6222000000001234",
                                                 holder=wife.name, paper="", by=SYSTEM, at=AT),
        "office": lambda: access.add_offices(
            offices=[Office(name=PLANTED, kind="station", level="township", area_id=TOWN)], by=SYSTEM, at=AT),
        "area": lambda: access.add_areas(areas=[("419901009", PLANTED, "")], by=SYSTEM, at=AT),
        "seat": lambda: access.seat(username="new", name=PLANTED, role="clerk", area=TOWN, by=SYSTEM, at=AT),
        "draft": lambda: insight.save_draft(code="annual", from_on=dt.date(2026, 1, 1), to_on=AT.date(), area=CITY,
                                            text=f"# 综述\n{PLANTED}", by=SYSTEM, at=AT),
    }  # fmt: skip


@pytest.mark.parametrize("name", ["open", "note", "refuse", "withdraw", "record", "account", "office", "area", "seat", "draft"])  # fmt: skip
def test_no_action_stores_a_designation(town, name):
    act = deeds(town)[name]
    with pytest.raises(Secret):
        act()
    assert not [text for text in everywhere() if STORED.search(text)]
    assert verify().broken is None
    assert guard.taken() == ()  # what is plain is remembered nowhere


def test_a_form_value_is_looked_at_too(town):
    with pytest.raises(Secret):
        guard.check({"since": ["x", {"place": PLANTED}]})


def test_a_page_says_what_is_wrong_keeps_the_words_and_stores_nothing(town):
    client = signed_in(town, "wife")
    answer = client.post("/ask/household-help/repair/", {"words": f"丈夫在{PLANTED}，水管爆了"})
    assert answer.status_code == 422
    body = answer.content.decode()
    assert "水管爆了" in body
    assert "部队" in body
    assert Case.objects.count() == 0
    assert not [text for text in everywhere() if STORED.search(text)]


def test_a_doubt_waits_sealed_for_the_security_administrator_alone(town):
    before = Case.objects.count()
    answer = signed_in(town, "wife").post("/ask/household-help/repair/", {"words": DOUBTFUL})
    assert answer.status_code == 422
    assert Case.objects.count() == before
    row = SetAside.objects.get()
    assert row.state == "waiting"
    assert DOUBTFUL.encode() not in bytes(row.sealed)
    assert not [text for text in everywhere() if "三连" in text]
    signed_in(town, "wife").post("/ask/household-help/repair/", {"words": DOUBTFUL})
    assert SetAside.objects.count() == 1  # the second click is the same matter
    clerk = actor(town, "clerk")
    with pytest.raises(Refused):
        guarding.read_aside(pk=row.pk, by=clerk, at=AT)


def keeper(town, area):
    return access.seat(username=f"keeper-{area}", name="甲", role="operator", area=area, by=SYSTEM, at=AT)


def test_what_is_decided_is_destroyed_told_and_a_released_name_passes(town):
    doubt = guard.Doubt(guard.look("“青山连”官兵来访"), "“青山连”官兵来访")
    worker = actor(town, "worker")
    guarding.set_aside(doubts=[doubt, doubt], where="/console/desk/", by=worker, at=AT)
    pk = SetAside.objects.get().pk
    by = SYSTEM
    _, met, text = guarding.read_aside(pk=pk, by=by, at=AT)
    assert (met, text) == ("“青山连”", "“青山连”官兵来访")
    guarding.decide(pk=pk, release="青山连", why="省报三月三日公开报道", by=by, at=AT)
    assert SetAside.objects.get().sealed is None
    assert guard.look("“青山连”官兵来访") is None
    assert guard.look("“绿水连”官兵来访") is not None
    told = Notice.objects.get(account=worker.account)
    assert told.template == "set-aside-released"
    assert Entry.objects.filter(action="secrecy.read").count() == 1
    guarding.end_public_name(pk=guarding.passing()[-1].id, by=by, at=AT)
    assert guard.look("“青山连”官兵来访") is not None
    assert verify().broken is None


def test_the_catalogues_own_public_names_pass(db):
    shipped = [one.name for one in guarding.passing() if one.id is None]
    assert "红柳连" in shipped
    assert guard.look("“红柳连”官兵来访") is None


def test_a_keeper_of_one_county_sees_nothing_of_another(town):
    guarding.set_aside(
        doubts=[guard.Doubt(guard.look(DOUBTFUL), DOUBTFUL)], where="x", by=actor(town, "sibling"), at=AT
    )
    other, own = keeper(town, COUNTY), keeper(town, "419902")
    for account, seen in ((other, 0), (own, 1)):
        town.accounts["keeper"] = account.pk
        assert guarding.waiting(actor(town, "keeper").scope) == seen
    pk = SetAside.objects.get().pk
    town.accounts["keeper"] = other.pk
    with pytest.raises(Refused):
        guarding.decide(pk=pk, release="", why="", by=actor(town, "keeper"), at=AT)
