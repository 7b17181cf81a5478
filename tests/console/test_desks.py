"""Desks know whom they work for: who is attested, whose word is missing, who approved, whom to call, who is left out."""

import datetime as dt
import re

import pytest

from lianxin.access.roles import ROLES
from lianxin.casework import actions, queries
from lianxin.casework.models import Case, Period
from lianxin.catalogue import queries as catalogue
from lianxin.console import menu
from lianxin.engine import clock, effects
from lianxin.engine.scope import Actor, over
from lianxin.journal.models import Entry
from lianxin.notices import queries as notices
from lianxin.people import mandates
from tests.console.test_counter import at_desk
from tests.factories.casework import AT, VILLAGE, people, picture, write

DAY = dt.timedelta(days=1)


@pytest.fixture
def town(kept_town, db, settings, monkeypatch):
    settings.DEMO = True
    monkeypatch.setattr(clock, "now", lambda: AT)
    return kept_town()


def page(town, name, address):
    return at_desk(town, name).get(address).content.decode()


def test_the_liaison_sees_whom_he_attests_for_and_the_look_is_kept(town):
    wife, soldier = town.persons["wife"], town.persons["soldier"]
    write(people.Kin(person=wife, relative=soldier, kind="spouse", recorded_at=AT))
    case = town.open("accomp-subsidy", wife, by=town.wife, channel="app").pk
    body = page(town, "liaison", f"/console/cases/{case}/")
    assert "安梅" in body
    assert "于川" in body
    looked = Entry.objects.get(action="people.open", person=wife.pk, by_account=town.liaison.account)
    assert (looked.case, looked.detail["way"]) == (case, "attest")
    assert queries.recognised(town.clerk, case, at=AT) is None
    actions.advance(cases=case, by=town.liaison, at=AT)
    assert queries.recognised(town.liaison, case, at=AT) is None


def test_whoever_takes_their_word_finds_the_proposal_in_the_inbox(town):
    wife = town.persons["wife"]
    case = town.open("accomp-subsidy", wife, area=wife.home, amount=90000, proposed=True).pk
    assert queries.counts(town.clerk, at=AT)["proposed"] == 1
    assert [row.id for row in queries.inbox(town.clerk, queries.Filters(state="proposed"), at=AT).rows] == [case]
    for other in (town.sibling_clerk, town.liaison, town.reviewer):
        assert queries.counts(other, at=AT)["proposed"] == 0
    body = page(town, "clerk", "/console/cases/?state=proposed")
    assert "等家里确认" in body
    assert "等一次确认" not in body
    mandate = f"/console/people/{wife.pk}/mandate/?back=/console/cases/{case}/"
    assert mandate in page(town, "clerk", f"/console/cases/{case}/")
    client = at_desk(town, "clerk")
    given = {
        "kind": "clerk",
        "paper": "当面说的",
        "until": "2026-05-01",
        "covers": "some",
        "services": "accomp-subsidy",
    }
    assert "已经过去" in client.post(mandate, given).content.decode()
    done = client.post(mandate, given | {"until": "2026-06-01"})
    assert done["Location"] == f"/console/cases/{case}/"
    assert "还缺本人的话" not in client.get(done["Location"]).content.decode()


def test_a_mandate_from_one_matter_is_for_that_matter_and_everything_is_a_choice_of_its_own(town):
    wife = town.persons["wife"]
    case = town.open("accomp-subsidy", wife, area=wife.home, amount=90000, proposed=True).pk
    client, address = at_desk(town, "clerk"), f"/console/people/{wife.pk}/mandate/"
    offered = client.get(f"{address}?back=/console/cases/{case}/").content.decode()
    tags = [tag for tag in re.findall("<input[^>]*>", offered) if 'name="services"' in tag]
    assert "checked" in tags[0]
    assert re.findall('value="([^"]+)"[^>]*checked', offered) == ["some", "accomp-subsidy"]
    assert not re.findall("<input[^>]*checked", client.get(address).content.decode())
    given = {"kind": "clerk", "paper": "当面说的", "until": "2026-06-01"}
    for lacking in ({}, {"covers": "some"}):
        assert client.post(address, given | lacking).status_code == 422
    assert "至少勾选一项" in client.post(address, given | {"covers": "some"}).content.decode()
    assert mandates.mandates(town.clerk.scope, wife.pk, AT.date()) == []
    client.post(address, given | {"covers": "some", "services": "accomp-subsidy"})
    client.post(address, given | {"covers": "all", "services": "accomp-subsidy"})
    held = mandates.mandates(town.clerk.scope, wife.pk, AT.date())
    assert sorted(one.services for one in held) == [(), ("accomp-subsidy",)]


def test_only_the_newest_state_of_a_case_is_called(town):
    old = town.persons["old_man"]
    case = town.open("living-subsidy-rural60", old, area=old.home, amount=30000).pk
    assert [one.template for one in notices.call_list(town.clerk.scope)] == ["case-opened"]
    actions.accept(cases=case, by=town.clerk, at=AT)
    assert [one.template for one in notices.call_list(town.clerk.scope)] == ["case-accepted"]
    actions.note(cases=case, words="来过电话", by=town.reviewer, at=AT)
    assert notices.call_count(town.clerk.scope) == 1
    actions.advance(cases=case, by=town.reviewer, at=AT)
    assert notices.call_count(town.clerk.scope) == 0


def test_a_proposal_that_was_answered_is_not_called_any_more(town):
    old = town.persons["old_man"]
    case = town.open("accomp-subsidy", old, area=old.home, amount=90000, proposed=True).pk
    (call,) = notices.call_list(town.clerk.scope)
    assert "点一下" not in call.zh
    actions.decline(cases=case, by=town.clerk, at=AT)
    assert "case-proposed" not in [one.template for one in notices.call_list(town.clerk.scope)]


def test_the_history_says_each_deed_and_who_found_the_case(town):
    wife = town.persons["wife"]
    case = town.open(
        "accomp-subsidy", wife, area=wife.home, amount=90000, channel="match", form={"since": "2026-01-05"}
    ).pk
    actions.advance(cases=case, by=town.liaison, at=AT)
    files = [actions.Upload("unemployment-certificate", picture())]
    actions.supplement(case=case, files=files, by=town.clerk, at=AT)
    actions.accept(cases=case, by=town.clerk, at=AT)
    for who in ("reviewer", "panel", "approver"):
        actions.advance(cases=case, by=getattr(town, who), at=AT)
    moves = [(one.done, one.who) for one in queries.case(town.approver, case, at=AT).moves]
    assert moves[0][1] == "系统找到"
    assert moves[1:] == [("已证明", "liaison"), ("收到材料", "clerk"), ("已受理", "clerk"), ("已核实", "reviewer"),
                         ("评议通过", "panel"), ("已审批", "approver")]  # fmt: skip


def test_whoever_is_paid_is_not_left_out_until_a_payment_comes_back(town):
    wife = town.persons["wife"]
    given = {"asked": {"accomp-subsidy": [wife.pk], "nursing": [wife.pk]}, "day": AT.date()}
    case = town.open("accomp-subsidy", wife, area=wife.home, amount=90000)
    assert effects.perform("served", **given) == set()
    Case.objects.filter(pk=case.pk).update(state="standing")
    assert effects.perform("served", **given) == {("accomp-subsidy", wife.pk)}
    period = Period.objects.create(case=case, step=5, period="2026-04", attempt=1, source="s", state="underway",
                                   ordered_at=AT - 10 * DAY, entry=Entry.objects.latest("pk"))  # fmt: skip
    assert effects.perform("served", **given) == {("accomp-subsidy", wife.pk)}
    Period.objects.filter(pk=period.pk).update(ordered_at=AT - 40 * DAY)
    assert effects.perform("served", **given) == set()
    Period.objects.filter(pk=period.pk).update(state="returned", ordered_at=AT)
    assert effects.perform("served", **given) == set()


def test_the_list_of_those_left_out_leaves_out_who_is_paid(town):
    from lianxin.catalogue.models import Run, Verdict

    wife, old = town.persons["wife"], town.persons["old_man"]
    version = catalogue.in_force(AT.date())["accomp-subsidy"].version_id
    run = Run.objects.create(as_of=AT.date(), at=AT, state="done")
    for one in (wife, old):
        Verdict.objects.create(service="accomp-subsidy", subject=one.pk, area=VILLAGE, verdict="E", version_id=version,
                               since=AT.date(), run=run)  # fmt: skip
    case = town.open("accomp-subsidy", wife, area=wife.home, amount=90000)
    Case.objects.filter(pk=case.pk).update(state="standing")
    assert [one.subject for one in catalogue.gaps(town.clerk.scope, day=AT.date(), limit=1)] == [old.pk]


def test_a_payment_is_handed_to_the_money_desk_and_nobody_says_it_was_delivered(town):
    wife = town.persons["wife"]
    case = town.open("accomp-subsidy", wife, area=wife.home, amount=90000, form={"since": "2026-01-05"})
    actions.advance(cases=case.pk, by=town.liaison, at=AT, facts={"unit_stationed_here": True})
    actions.accept(cases=case.pk, by=town.clerk, at=AT, waive=True, words="证件五月补来")
    for who in ("reviewer", "panel", "approver"):
        actions.advance(cases=case.pk, by=getattr(town, who), at=AT)
    body = page(town, "approver", f"/console/cases/{case.pk}/")
    assert "交财务发放" in body
    assert "用了多少分钟" not in body
    lock = Case.objects.get(pk=case.pk).version_lock
    done = at_desk(town, "approver").post(f"/console/cases/{case.pk}/do/deliver/", {"expected": lock}, follow=True)
    assert "下一批发放" in " ".join(str(one) for one in done.context["messages"])


@pytest.mark.parametrize(("may", "first"), [("batch.make", "/due/"), ("batch.check", "/payments/")])
def test_the_money_desks_begin_with_what_waits(may, first):
    assert menu.first(Actor(permissions=frozenset({"home", "batch.view", may}))).endswith(first)


@pytest.mark.parametrize(("role", "first"), [
    ("leader", "/today/"), ("security", "/accounts/"), ("operator", "/offices/"), ("policy", "/workbench/"),
    ("clerk", "/inbox/"), ("auditor", "/inbox/"), ("volunteer", "/handed/"),
])  # fmt: skip
def test_everybody_begins_at_the_page_of_their_own_office(role, first):
    actor = Actor(permissions=ROLES[role].may, scope=over("4199"), area="4199")
    assert menu.first(actor).endswith(first)


def test_a_desk_is_offered_only_the_services_that_lie_on_it(town):
    def offered(address):
        choices = re.search('<select[^>]*name="service".*?</select>', page(town, "clerk", address), re.DOTALL)
        return set(re.findall('value="([^"]+)"', choices[0]))

    old, wife = town.persons["old_man"], town.persons["wife"]
    town.open("living-subsidy-rural60", old, area=old.home, amount=30000)
    town.open("accomp-subsidy", wife, area=wife.home, amount=90000, proposed=True)
    assert offered("/console/inbox/") == {"living-subsidy-rural60"}
    assert "accomp-subsidy" in offered("/console/inbox/?state=proposed")
    assert offered("/console/inbox/?service=accomp-subsidy") == {"living-subsidy-rural60", "accomp-subsidy"}
    assert len(offered("/console/cases/")) > 2, "the list of all cases goes on offering every service"


def test_the_household_reads_what_was_promised_and_first_that_somebody_is_found(town):
    wife = town.persons["wife"]
    ask = town.open(
        "household-help", wife, by=town.wife, family=wife.family_id, kind="repair", channel="app", words="水管爆了"
    )
    assert (ask.promised_at - AT, ask.due_at - AT) == (4 * DAY / 24, DAY / 24)
    shown = page(town, "wife", f"/cases/{ask.pk}/")
    promised, found = (f"{at.astimezone(clock.SHANGHAI):%H:%M}" for at in (ask.promised_at, ask.due_at))
    assert re.search(rf"<b>今天\s*{promised}\s*前</b>", shown)
    assert re.search(rf"先找人上门：今天\s*{found}\s*前", shown)
