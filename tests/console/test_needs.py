"""The two lists: a unit's need is brought without a unit, finds an owner, is done or declined with a reason, and rated."""

import datetime as dt
import re

import pytest
from django.test import Client

from lianxin.access import actions as access
from lianxin.access.models import Account, Grant
from lianxin.access.queries import actor_of
from lianxin.casework import actions, needs, queries
from lianxin.casework.models import Case, Rating
from lianxin.casework.refusals import NotYours
from lianxin.engine import clock
from lianxin.notices.models import Notice
from tests.factories.casework import CITY, COUNTY, SYSTEM
from tests.factories.casework import town as built
from tests.house.test_deny_by_default import signed_in

NEED = "随军家属专场招聘"


@pytest.fixture
def town(db, settings):
    settings.DEMO = True
    made = built()
    liaison = Account.objects.get(pk=made.accounts["liaison"])
    officer = access.open_accounts(
        accounts=[(Account(username="officer", name="政工干部", office_id=liaison.office_id), "")],
        by=SYSTEM,
        at=clock.now(),
    )[0]
    access.give_roles(grants=[Grant(account=officer, role="political-officer", area=CITY)], by=SYSTEM, at=clock.now())
    made.accounts["officer"] = officer.pk
    return made


@pytest.fixture
def enter(town):
    return lambda name: signed_in(Account.objects.get(pk=town.accounts[name]))


def bring(client: Client, kind="unit-support:family", need=NEED, by=""):
    return client.post("/console/needs/new/", {"kind": kind, "need": need, "by": by})


def now_actor(town, name):
    return actor_of(Account.objects.select_related("office").get(pk=town.accounts[name]), clock.now())


def text(answer):
    return answer.content.decode()


def test_the_officer_brings_a_need_and_reads_it_to_its_end(town, enter):
    officer, panel, county = enter("officer"), enter("panel"), enter("reviewer")
    soon = clock.today() + dt.timedelta(days=40)
    answer = bring(officer, by=soon.isoformat())
    case = Case.objects.get(service="unit-support")
    assert answer["Location"] == f"/console/needs/{case.pk}/"
    assert (case.person_id, case.family_id, case.area, case.kind) == (None, None, CITY, "family")
    assert case.form == {"need": NEED, "by": soon.isoformat()} and case.due_at is not None and case.office is not None
    assert Notice.objects.filter(account=town.accounts["officer"], template="case-opened").count() == 1
    page = text(officer.get(f"/console/needs/{case.pk}/"))
    assert NEED in page and "/console/cases/" not in page, "the officer has no business in cases"
    assert officer.get(f"/console/cases/{case.pk}/").status_code == 404
    assert NEED in text(panel.get("/console/needs/")) and f"/console/cases/{case.pk}/" in text(
        panel.get(f"/console/needs/{case.pk}/")
    )
    assert NEED not in text(county.get("/console/needs/")), "not a county's before it is handed there"
    actions.accept(cases=case.pk, by=town.panel, at=clock.now())
    actions.advance(cases=case.pk, by=town.panel, at=clock.now())
    with pytest.raises(NotYours):
        actions.dispatch(case=case.pk, office=town.offices["volunteers"], by=town.auditor, at=clock.now())
    offered = [one.id for one in queries.givers(town.panel.scope, area=CITY, case=case.pk)]
    assert town.offices[f"centre.{COUNTY}"] in offered and town.offices["volunteers"] not in offered
    offer = actions.dispatch(case=case.pk, office=town.offices[f"centre.{COUNTY}"], by=town.panel, at=clock.now())
    assert NEED in text(county.get("/console/needs/"))
    actions.answer_dispatch(dispatch=offer.pk, accept=True, by=town.reviewer, at=clock.now())
    [row] = needs.needs(now_actor(town, "officer"), needs.Asked(mine=True), at=clock.now())
    assert row.helper is not None and row.helper.zh == f"{COUNTY}中心"
    actions.done_dispatch(dispatch=offer.pk, words="办了一场专场招聘", by=town.reviewer, at=clock.now())
    page = text(officer.get(f"/console/needs/{case.pk}/"))
    assert "办了一场专场招聘" in page and f"/console/needs/{case.pk}/say/" in page
    officer.post(f"/console/needs/{case.pk}/say/", {"what": "yes", "score": "4", "words": "来了不少单位"})
    case.refresh_from_db()
    assert case.state == "delivered"
    assert list(Rating.objects.filter(case=case).values_list("score", "words")) == [(4, "来了不少单位")]
    [unit, _place] = needs.counted(town.panel, since=clock.now() - dt.timedelta(days=1), at=clock.now())
    assert (unit.running, unit.done, unit.declined) == (0, 1, 0)


def test_not_yet_opens_it_again_and_a_refusal_names_its_reason(town, enter):
    officer = enter("officer")
    bring(officer)
    case = Case.objects.get()
    for _time in range(2):
        actions.advance(cases=case.pk, by=SYSTEM, at=clock.now())
    offer = actions.dispatch(case=case.pk, office=town.offices[f"centre.{COUNTY}"], by=SYSTEM, at=clock.now())
    actions.answer_dispatch(dispatch=offer.pk, accept=True, by=town.reviewer, at=clock.now())
    actions.done_dispatch(dispatch=offer.pk, words="办了", by=town.reviewer, at=clock.now())
    say = f"/console/needs/{case.pk}/say/"
    officer.post(say, {"what": "no", "words": " "})
    case.refresh_from_db()
    assert case.step_name == "confirm", "not without a word"
    officer.post(say, {"what": "no", "words": "只来了两家"})
    case.refresh_from_db()
    assert case.state == "open" and case.step_name != "confirm"
    actions.refuse(cases=case.pk, reason="other", words="今年没有岗位", by=SYSTEM, at=clock.now())
    page = text(officer.get(f"/console/needs/{case.pk}/"))
    assert "今年没有岗位" in page
    assert Notice.objects.filter(account=town.accounts["officer"], template="case-refused").exists()
    [unit, _place] = needs.counted(now_actor(town, "officer"), since=clock.now() - dt.timedelta(days=1), at=clock.now())
    assert (unit.running, unit.done, unit.declined) == (0, 0, 1)
    assert NEED in text(officer.get("/console/needs/?state=declined"))
    assert NEED not in text(officer.get("/console/needs/?state=running"))


@pytest.mark.parametrize("need", ["73521部队要修路", "三营驻地门口要装路灯", "某旅二连120人要体检"])
def test_no_unit_place_or_strength_comes_in(town, enter, need):
    answer = bring(enter("officer"), need=need)
    assert answer.status_code == 422
    assert not Case.objects.exists()


def test_each_side_brings_into_its_own_list_and_nobody_decides_what_they_brought(town, enter):
    liaison, county = enter("liaison"), enter("reviewer")
    assert bring(liaison, kind="locality-support:school").status_code == 422
    assert bring(county, kind="unit-support:family").status_code == 422
    bring(county, kind="locality-support:school", need="请部队同志给学生上国防课")
    case = Case.objects.get()
    assert (case.service, case.area) == ("locality-support", COUNTY)
    assert enter("worker").get("/console/needs/").status_code == 404
    assert enter("sibling").get(f"/console/needs/{case.pk}/").status_code == 404
    assert liaison.get(f"/console/needs/{case.pk}/").status_code == 404
    with pytest.raises(NotYours):
        actions.refuse(cases=case.pk, reason="other", words="不办", by=town.reviewer, at=clock.now())
    county.post(f"/console/needs/{case.pk}/say/", {"what": "back", "words": "已经办了"})
    case.refresh_from_db()
    assert case.state == "withdrawn"
    assert enter("panel").post(f"/console/needs/{case.pk}/say/", {"what": "back"}).status_code == 404


def test_a_need_is_only_a_need_and_a_households_case_never_one(town, enter):
    wife = town.persons["wife"]
    ask = town.open("household-help", wife, family=wife.family_id, kind="repair", channel="phone", words="水管爆了")
    assert needs.need(town.panel, ask.pk, at=clock.now()) is None
    assert enter("panel").get(f"/console/needs/{ask.pk}/").status_code == 404


def test_the_list_is_printed_and_taken_as_a_workbook(town, enter):
    officer = enter("officer")
    bring(officer)
    assert officer.get("/console/needs/?as=xlsx").status_code in {200, 302}
    assert NEED in text(officer.get("/console/needs/?as=form"))
    page = text(officer.get("/console/needs/"))
    assert re.search(r'href="\?list=unit-support&(amp;)?state=running">1<', page)


def test_a_day_that_is_over_is_said_on_the_form(town, enter):
    answer = bring(enter("officer"), by="2020-01-01")
    assert answer.status_code == 422 and NEED in text(answer)
