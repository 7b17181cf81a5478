"""At the counter: a mandate recorded once, and then everything that the app does, done for the person under it."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianxin.access import actions as access
from lianxin.access.models import Account
from lianxin.access.queries import actor_of
from lianxin.access.templatetags.ui import full_day
from lianxin.casework import circle, circling
from lianxin.casework.models import Case, Move
from lianxin.companion import urls as companion
from lianxin.console import urls as console
from lianxin.engine import clock
from lianxin.engine.scope import Scope
from lianxin.journal import looks
from lianxin.journal.models import Entry
from lianxin.notices.models import Notice
from lianxin.people import circles
from lianxin.people.models import Mandate
from lianxin.people.protectedmodels import Consent
from tests.factories.casework import AT, CITY, SYSTEM, people, resident, write
from tests.factories.casework import town as built
from tests.house.test_deny_by_default import signed_in

# Every deed of the app → the console's twin, for a person who stands at a desk. "" needs none, and why.
TWINS = {
    "ask": "counter", "ask-for": "open-one", "apply": "open-one", "complaint": "open-one", "correct": "open-one",
    "entitled": "counter", "why": "person-why", "door": "counter", "cases": "counter", "case": "case",
    "say-yes": "case-do", "say-no": "case-do", "supplement": "case-do", "received": "case-do", "rate": "case-do",
    "again": "case-do", "withdraw": "case-do", "money": "person", "account": "person-account", "messages": "counter",
    "household": "person", "trail": "counter", "why-looked": "counter-why", "mydata": "person-data", "consent": "person-data",
    "copy": "person-copy", "copy-file": "person-copy-file", "papers": "case", "paper": "paper", "ratings": "ratings",
    "circle": "counter", "circle-one": "counter", "circle-do": "counter-circle", "card": "house-card", "card-lost": "card-do", "rights": "scenes", "publicity": "publicity", "object": "case-do",
    "services": "find-service", "service": "find-service", "service-guide": "service-guide", "service-poster": "service-poster",
    "booklet": "services-booklet", "wrong": "person-correct", "object-back": "open-one",
    "card-code": "person-card-code", "card-code-paper": "person-card-sheet", "card-code-end": "person-card-end",
    "plan": "person-plan", "later": "person-later",
}  # fmt: skip
NONE_NEEDED = {
    "home", "access", "offline", "waiting", "manifest", "worker",  # the app's own frame
    "form-preview",  # the policy section looks at a draft of a form; nothing is handed in
    "check-certificate",  # public, for whoever holds the paper
    "reach", "reach-file", "published-rows", "open-data", "open-data-file",  # public counts
    "map", "map-points", "map-shapes", "map-geojson",  # public places, on the desk's own map too
    "card-code-renew",  # the phone's own key; whoever has none gets the sheet
    "circle-ask",  # the desk opens the ask of whoever stands there; the far one asks in the app, or through the liaison
    "events", "event", "event-join", "event-leave", "event-photo",  # signed up by the desk on the event's own page
}  # fmt: skip


@pytest.fixture
def town(db, settings):
    settings.DEMO = True
    return built()


@pytest.fixture
def clerk(town):
    return signed_in(Account.objects.get(pk=town.accounts["clerk"]))


def given(client, person, how="spoken", until="today"):
    return client.post(f"/console/people/{person}/counter/", {"how": how, "until": until, "paper": "看过身份证"})


def test_every_deed_of_the_app_has_its_twin_at_the_counter():
    deeds = {str(one.name) for one in companion.urlpatterns}
    pages = {str(one.name) for one in console.urlpatterns}
    assert deeds - set(TWINS) - NONE_NEEDED == set(), (
        "say which page of the console does this for a person at the counter"
    )
    assert set(TWINS.values()) <= pages


def test_without_a_mandate_nothing_is_offered_and_with_one_everything(town, clerk):
    old = town.persons["old_man"].pk
    before = clerk.get(f"/console/people/{old}/counter/").content.decode()
    assert "/open/household-help/" not in before
    assert given(clerk, old).status_code == 302
    assert given(clerk, old).status_code == 302
    row = Mandate.objects.get()
    assert (row.kind, row.valid_to, row.services, row.proxy_account) == (
        "clerk",
        clock.today(),
        "",
        town.accounts["clerk"],
    )
    assert "看过身份证" in row.paper
    assert re.search("口头|spoken", row.paper)
    page = clerk.get(f"/console/people/{old}/counter/").content.decode()
    for address in (
        "/open/household-help/?kind=repair",
        "/open/household-help/?kind=complaint",
        "/open/contact-change/",
        "/data/",
    ):
        assert address in page, address


def test_a_spoken_word_does_not_hold_for_a_year(town, clerk):
    old = town.persons["old_man"].pk
    given(clerk, old, until="year")
    assert not Mandate.objects.exists()
    given(clerk, old, how="written", until="year")
    assert Mandate.objects.count() == 1


def test_a_proposal_is_confirmed_and_an_ask_opened_under_the_one_mandate(town, clerk):
    old = town.persons["old_man"]
    case = town.open("living-subsidy-rural60", old, proposed=True)
    given(clerk, old.pk)
    mandate = Mandate.objects.get().pk
    clerk.post(
        f"/console/cases/{case.pk}/do/confirm/",
        {"expected": Case.objects.get(pk=case.pk).version_lock, "words": "本人说要"},
    )
    assert Move.objects.get(case=case, verb="confirm").mandate == mandate
    clerk.post(
        f"/console/people/{old.pk}/open/household-help/", {"kind": "repair", "words": "灯不亮", "channel": "counter"}
    )
    asked = Case.objects.get(service="household-help")
    assert asked.mandate == mandate
    assert 'data-reads="农村籍' in clerk.get(f"/console/people/{old.pk}/counter/").content.decode(), (
        "what runs is read aloud"
    )
    shown = clerk.get(f"/console/cases/{case.pk}/").content.decode()
    assert re.search("受本人委托代办|under a recorded mandate", shown)


def test_who_looked_is_asked_in_their_name_and_the_office_is_told(town, clerk):
    old = town.persons["old_man"]
    looks.opened(person=old.pk, area=old.home, by=town.reviewer, at=clock.now(), way="search")
    entry = Entry.objects.latest("pk")
    address = f"/console/people/{old.pk}/counter/{entry.pk}/why/"
    clerk.post(address, {"words": "我没找过他们"})
    assert not Case.objects.exists(), "not without a mandate"
    given(clerk, old.pk)
    clerk.post(address, {"words": "我没找过他们"})
    case = Case.objects.get()
    assert "我没找过他们" in case.words
    assert Notice.objects.filter(template="why-looked", office=town.reviewer.office, case=case.pk).exists()
    assert clerk.post(f"/console/people/{old.pk}/counter/{entry.pk + 999}/why/").status_code == 404


def test_a_relative_far_away_is_answered_at_the_counter_by_a_signed_paper(town, clerk):
    mother, son = town.persons["old_man"], town.persons["soldier"]
    write(people.Kin(person=son, relative=mother, kind="parent", recorded_at=AT))
    account = access.open_accounts(
        accounts=[(Account(username="soldier", name=son.name, person=son.pk), "")], by=SYSTEM, at=AT
    )[0]
    far = actor_of(account, clock.now())
    circle.agree(relative=mother.pk, shown=True, by=far, at=clock.now())
    address = f"/console/people/{mother.pk}/counter/"
    agree = f"{address}circle/{son.pk}/agree/"
    assert 'id="circle"' not in clerk.get(address).content.decode(), "not before a mandate"
    clerk.post(agree, {"shown": "yes", "paper": "签字"})
    given(clerk, mother.pk, how="written")
    page = clerk.get(address).content.decode()
    assert son.name in page and agree in page, "who asked is named in full"
    for lacking in ({"shown": "yes", "paper": " "}, {"paper": "签了字的同意书"}):
        clerk.post(agree, lacking)
    assert not circles.tied(mother.pk, son.pk, clock.today())
    for _ in range(2):  # the second click
        clerk.post(agree, {"shown": "yes", "paper": "签了字的同意书"})
    assert circles.tied(mother.pk, son.pk, clock.today())
    row = Consent.objects.get(person=mother.pk, scope="circle")
    assert (row.channel, row.paper, row.given_by_id) == ("counter", "签了字的同意书", mother.pk)
    assert Notice.objects.filter(person=son.pk, template="circle-standing").count() == 1
    town.open("household-help", mother, family=mother.family_id, kind="errand", channel="counter", words="取药")
    assert [one.row.kind for one in circling.seen(far, [mother.pk], at=clock.now())[mother.pk]] == ["errand"]
    _one_matter_is_hidden_and_shown(clerk, mother, son, far, address)
    clerk.post(f"{address}circle/{son.pk}/leave/")
    assert not circles.tied(mother.pk, son.pk, clock.today())
    assert clerk.post(f"{address}circle/{town.persons['wife'].pk}/agree/", {}).status_code == 404, "no relative"


def _one_matter_is_hidden_and_shown(clerk, mother, son, far, address):
    """Single matters as in the app: to hide one nothing is signed, to show it again they name the signed paper."""
    case, show = Case.objects.get(person=mother.pk, kind="errand"), f"{address}circle/{son.pk}/show/"
    assert f'name="case" value="{case.pk}"' in clerk.get(address).content.decode()
    clerk.post(show, {"case": case.pk, "shown": "no"})
    assert not circling.seen(far, [mother.pk], at=clock.now()).get(mother.pk)
    for paper in ("", " "):
        clerk.post(show, {"case": case.pk, "shown": "yes", "paper": paper})
    assert not circling.seen(far, [mother.pk], at=clock.now()).get(mother.pk), "shown only by a signed paper"
    for _ in range(2):
        clerk.post(show, {"case": case.pk, "shown": "yes", "paper": "签了字的单子"})
    assert [one.row.id for one in circling.seen(far, [mother.pk], at=clock.now())[mother.pk]] == [case.pk]
    entries = Entry.objects.filter(action="circle.share", case=case.pk).order_by("pk")
    assert [one.detail.get("paper") for one in entries] == [None, "签了字的单子"]
    clerk.post(show, {"shown": "no"})
    assert not circling.shows_by_itself(mother.pk, son.pk)
    clerk.post(show, {"case": 999999, "shown": "no"})


def test_what_the_unit_sees_is_said_at_the_counter_by_a_signed_paper(town, clerk):
    mother, son = town.persons["old_man"], town.persons["soldier"]
    write(people.Kin(person=son, relative=mother, kind="parent", recorded_at=AT))
    write(*(Consent(person=one, scope="circle", circle=other, given_by=one, given_as="self", channel="counter",
                    recorded_at=AT, valid_from=clock.day(AT)) for one, other in ((mother, son), (son, mother))))  # fmt: skip
    case = town.open("household-help", mother, family=mother.family_id, kind="errand", channel="counter", words="取药")
    address = f"/console/people/{mother.pk}/counter/"
    unit = f"{address}circle/{son.pk}/unit/"
    clerk.post(unit, {"case": case.pk, "shown": "yes", "paper": "签了字的单子"})
    assert not sees_unit(town), "not without a mandate"
    given(clerk, mother.pk, how="written")
    assert f'action="{unit}"' in clerk.get(address).content.decode()
    clerk.post(unit, {"case": case.pk, "shown": "yes", "paper": " "})
    assert not sees_unit(town), "only by a signed paper"
    for _ in range(2):  # the second click
        clerk.post(unit, {"case": case.pk, "shown": "yes", "paper": "签了字的单子"})
    assert sees_unit(town) == [case.pk]
    clerk.post(unit, {"case": case.pk, "shown": "no"})
    assert not sees_unit(town), "to hide again nothing is signed"
    clerk.post(unit, {"shown": "yes", "paper": "签了字的单子"})
    assert circling.is_counted(mother.pk)
    entries = Entry.objects.filter(action="circle.share").order_by("pk")
    assert [(one.case, one.detail.get("paper")) for one in entries] == [
        (case.pk, "签了字的单子"), (case.pk, None), (None, "签了字的单子")]  # fmt: skip


def sees_unit(town):
    scope = Scope("area", (CITY,), offices=(town.offices["liaison"],))
    return [row.id for _name, row in circling.unit_sees(scope, at=clock.now())]


def test_what_comes_with_time_is_told_at_the_counter_under_a_mandate(town, clerk):
    old = town.persons["old_man"]
    last = clock.today() + dt.timedelta(days=100)
    address, plan = (f"/console/people/{old.pk}/counter/{one}/" for one in ("later", "plan"))
    for one in (address, plan):
        assert clerk.get(one).status_code == 302, "not without a mandate"
    given(clerk, old.pk)
    assert address in clerk.get(f"/console/people/{old.pk}/counter/").content.decode()
    people.Service.objects.filter(person=old).update(valid_to=last)
    page = clerk.get(address).content.decode()
    assert "农村籍" in page
    assert full_day(last) in page, "the last day, not the one after"
    for sent in ({}, {"event": "job", "day": "2020-01-01"}, {"event": "move", "day": last.isoformat()},
                 {"event": "move", "day": last.isoformat(), "place": "county"}, {"event": "death", "day": last.isoformat()}):  # fmt: skip
        assert clerk.post(plan, {**sent, "sent": "1"}).status_code == 422, sent
    wife = town.persons["wife"].pk
    given(clerk, wife)
    with CaptureQueriesContext(connection) as asked:
        found = clerk.post(
            f"/console/people/{wife}/counter/plan/", {"event": "job", "day": last.isoformat(), "job": "employed"}
        )
    assert found.status_code == 200
    assert "livelihood-change" in found.content.decode(), "what to do then is one click away"
    assert not [
        one for one in asked if re.match(r"\s*(INSERT|UPDATE|DELETE)", one["sql"]) and "session" not in one["sql"]
    ]
    assert clerk.get(f"/console/people/{town.persons['neighbour'].pk}/counter/plan/").status_code == 404


def test_leaving_the_counter_ends_it_and_the_dead_and_others_have_no_counter(town, clerk):
    old = town.persons["old_man"]
    given(clerk, old.pk)
    mandate = Mandate.objects.get().pk
    clerk.post(f"/console/people/{old.pk}/counter/{mandate}/end/")
    assert "/open/household-help/" not in clerk.get(f"/console/people/{old.pk}/counter/").content.decode()
    assert clerk.post(f"/console/people/{old.pk}/counter/{mandate}/end/").status_code == 404
    assert clerk.get(f"/console/people/{town.persons['neighbour'].pk}/counter/").status_code == 404
    old.died_on = clock.today()
    old.save(update_fields=["died_on"])
    assert clerk.get(f"/console/people/{old.pk}/counter/").status_code == 404


def test_a_childs_mandate_is_given_by_who_answers_for_it(town, clerk):
    child = resident(77, "安小宝", born=AT.date() - dt.timedelta(days=6 * 365))
    given(clerk, child.pk)
    assert not Mandate.objects.filter(person=child).exists()  # nobody on file answers for the child
    wife = town.persons["wife"]
    write(people.Kin(person=wife, relative=child, kind="parent", recorded_at=AT))
    said = {"how": "spoken", "until": "today", "paper": "看过户口簿"}
    clerk.post(f"/console/people/{child.pk}/counter/", said)
    clerk.post(f"/console/people/{child.pk}/counter/", said | {"answers": town.persons["old_man"].pk})
    assert not Mandate.objects.filter(person=child).exists()
    clerk.post(f"/console/people/{child.pk}/counter/", said | {"answers": wife.pk})
    assert wife.name in Mandate.objects.get(person=child).paper
    assert 'id="circle"' not in clerk.get(f"/console/people/{child.pk}/counter/").content.decode()
