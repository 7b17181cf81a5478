"""What a member has, may have and will have; what a good thing to come would bring; what is wrong is put right from its line."""

import datetime as dt
import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lianxin.access import actions as access
from lianxin.access.models import Account
from lianxin.casework import actions
from lianxin.casework.models import Case
from lianxin.catalogue import actions as catalogue
from lianxin.catalogue import ahead, hoping, imagined
from lianxin.companion import reasons
from lianxin.engine import clock
from lianxin.engine.facts import VOCABULARY
from lianxin.journal.models import Entry
from lianxin.people import models as people
from lianxin.people import queries, turning
from tests.companion.test_deeds import photo
from tests.companion.test_pages import HAN, words
from tests.factories.casework import AT, SYSTEM, resident, write


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    """A fixed day: 6 May 2026."""
    monkeypatch.setattr(clock, "now", lambda: AT)
    monkeypatch.setattr(clock, "today", lambda: clock.day(AT))


TODAY = clock.day(AT)


def veteran(number, born):
    one = resident(number, "老兵", born=born)
    write(people.Service(person=one, kind="conscript", enlisted_on=dt.date(1986, 11, 1), discharged_on=dt.date(1990, 11, 1),
                         rural_at_enlistment=True, recorded_at=AT))  # fmt: skip
    return one


def coming(person):
    return {(one.service.service.code, one.day, one.begins) for one in
            ahead.coming([person.pk], ahead.family_ids([queries.family_of(person.pk)]), TODAY)}  # fmt: skip


def test_an_allowance_from_sixty_begins_on_the_sixtieth_birthday(town):
    found = coming(veteran(80, dt.date(1967, 9, 9)))
    assert ("living-subsidy-rural60", dt.date(2027, 9, 9), True) in found


def test_who_is_sixty_already_or_far_from_it_is_told_nothing_of_it(town):
    for number, born in ((81, dt.date(1960, 1, 1)), (82, dt.date(1980, 1, 1))):
        assert "living-subsidy-rural60" not in {code for code, _day, _begins in coming(veteran(number, born))}


def test_born_on_the_last_of_february_comes_of_age_on_the_first_of_march(town):
    assert ("living-subsidy-rural60", dt.date(2028, 2, 29), True) in coming(veteran(83, dt.date(1968, 2, 29)))
    assert ahead.in_years(dt.date(1968, 2, 29), 59) == dt.date(2027, 3, 1)


def test_what_ends_after_so_many_days_says_its_first_day_without(town):
    one = resident(84, "刚回来", born=dt.date(2004, 1, 1))
    write(people.Service(person=one, kind="conscript", enlisted_on=dt.date(2023, 9, 1), discharged_on=dt.date(2026, 3, 1),
                         settlement="self_employed", recorded_at=AT))  # fmt: skip
    # 365 days after the discharge is the last day
    assert ("self-employ-grant", dt.date(2027, 3, 2), False) in coming(one)


def test_what_is_for_an_age_and_below_ends_on_the_birthday_after(town):
    child = resident(86, "孩子", born=dt.date(2011, 6, 1))
    write(people.Kin(person=town.persons["soldier"], relative=child, kind="parent", recorded_at=AT))
    assert ("child-school", dt.date(2027, 6, 1), False) in coming(child), "fifteen is the last year"


def test_a_discharge_already_dated_is_told_to_the_soldier_and_to_whoever_stands_on_the_service(town, stationed):
    soldier, wife = town.persons["soldier"], town.persons["wife"]
    day = dt.date(2027, 1, 15)
    write(people.Kin(person=wife, relative=soldier, kind="spouse", recorded_at=AT))
    assert people.Service.objects.filter(person=soldier).update(discharged_on=day, settlement="self_employed") == 1
    assert {("discharge-onestop", day, True), ("self-employ-grant", day, True)} <= coming(soldier)
    assert ("accomp-subsidy", day, False) in coming(wife), "they need not live together"
    people.Service.objects.filter(person=soldier).update(discharged_on=dt.date(2033, 1, 15))
    assert "discharge-onestop" not in {code for code, _day, _begins in coming(soldier)}, "too far"


def test_what_a_row_of_the_file_brings_or_ends_is_told_with_its_first_and_its_last_day(town, stationed, wife):
    """What holds last on 30 September ends on 1 October, and the page says 30 September."""
    one = town.persons["wife"]
    last = dt.date(2026, 9, 30)
    people.Attested.objects.filter(person=one).update(valid_to=last)
    assert ("accomp-subsidy", dt.date(2026, 10, 1), False) in coming(one)
    assert "2026年9月30日止" in words(wife.get("/entitled/later/"))
    people.Attested.objects.filter(person=one).update(valid_to=None, valid_from=dt.date(2026, 10, 1))
    assert ("accomp-subsidy", dt.date(2026, 10, 1), True) in coming(one)
    people.Attested.objects.filter(person=one).update(superseded_at=AT)
    assert "accomp-subsidy" not in {code for code, _day, _begins in coming(one)}, "said no more"


def test_the_end_of_school_is_a_day_to_come(town):
    child, soldier = resident(85, "女儿", born=dt.date(2005, 1, 1)), town.persons["soldier"]
    write(people.Livelihood(person=child, in_education=True, graduates_on=dt.date(2027, 7, 1), recorded_at=AT),
          people.Kin(person=soldier, relative=child, kind="parent", recorded_at=AT))  # fmt: skip
    assert turning.coming([child.pk], TODAY, dt.date(2031, 5, 6)) == {dt.date(2027, 7, 1)}
    assert turning.coming([soldier.pk], TODAY, dt.date(2027, 7, 1)) == {dt.date(2027, 7, 1)}, "of kin, the last day too"
    assert turning.coming([soldier.pk], dt.date(2027, 7, 1), dt.date(2031, 5, 6)) == set()


def test_a_death_is_no_day_to_come(town):
    people.Particulars.objects.filter(person=town.persons["wife"]).update(died_on=dt.date(2026, 9, 9))
    assert turning.coming([town.persons["wife"].pk], TODAY, dt.date(2031, 5, 6)) == set()


def plan(person, event, **more):
    return hoping.imagine(person=person.pk, family=queries.family_of(person.pk), today=TODAY,
                          plan=imagined.Plan(event, dt.date(2026, 12, 1), **more))  # fmt: skip


def codes(items):
    return {one.service.service.code for one in items}


def test_a_discharge_brings_the_card_and_the_grant_and_the_way_of_it_decides(town):
    soldier = town.persons["soldier"]
    found = plan(soldier, "discharge", how="self_employed")
    assert {"discharge-onestop", "self-employ-grant"} <= codes(found.begins)
    unknown = plan(soldier, "discharge")
    assert "self-employ-grant" not in codes(unknown.begins)
    assert ("settlement",) in {one.missing for one in unknown.maybe if one.service.service.code == "self-employ-grant"}
    assert "self-employ-grant" not in codes(plan(soldier, "discharge", how="retirement").begins)


def test_the_amount_is_that_of_the_day(town):
    (grant,) = [one for one in plan(town.persons["soldier"], "discharge", how="self_employed").begins
                if one.service.service.code == "self-employ-grant"]  # fmt: skip
    years = 11  # from September 2015 to December 2026
    assert grant.amount == years * grant.service.service.values_on(grant.day)["rate_per_year"]


def test_a_job_ends_what_rests_on_having_none_and_says_why(town):
    wife = town.persons["wife"]
    write(people.Attested(person=wife, code="unit_stationed_here", holds=True, recorded_at=AT))
    found = plan(wife, "job", how="employed")
    (ended,) = [one for one in found.ends if one.service.service.code == "accomp-subsidy"]
    assert [row.say.zh for row in ended.why] == ["已登记失业"]
    assert found.first[0].service.code == "livelihood-change"


def test_a_discharge_says_what_each_of_the_family_gains_keeps_and_loses(town, stationed):
    """The soldier's own, the wife's and the child's; of nobody whose verdicts the planner may not see."""
    soldier, wife = town.persons["soldier"], town.persons["wife"]
    child, other = resident(88, "儿子", born=dt.date(2016, 6, 1)), resident(89, "哥哥", born=dt.date(1985, 1, 1))
    write(people.Kin(person=wife, relative=soldier, kind="spouse", recorded_at=AT),
          people.Kin(person=soldier, relative=child, kind="parent", recorded_at=AT),
          people.Kin(person=other, relative=soldier, kind="sibling", recorded_at=AT))  # fmt: skip
    sent = imagined.Plan("discharge", dt.date(2026, 12, 1), how="self_employed")
    found = hoping.imagine(person=soldier.pk, family=queries.family_of(soldier.pk), plan=sent, today=TODAY,
                           shown=[wife.pk, child.pk])  # fmt: skip
    said = {
        name: {(one.service.service.code, one.subject) for one in getattr(found, name)} for name in ("begins", "ends")
    }
    assert {("discharge-onestop", ("person", soldier.pk)), ("self-employ-grant", ("person", soldier.pk))} <= said[
        "begins"
    ]
    assert {("accomp-subsidy", ("person", wife.pk)), ("child-school", ("person", child.pk))} <= said["ends"]
    alone = hoping.imagine(person=soldier.pk, family=queries.family_of(soldier.pk), plan=sent, today=TODAY)
    assert alone.hidden == 2
    assert {one.subject[1] for one in [*alone.begins, *alone.ends, *alone.keeps] if one.subject[0] == "person"} == {
        soldier.pk
    }
    theirs = hoping.imagine(person=wife.pk, family=queries.family_of(wife.pk), today=TODAY, shown=[soldier.pk],
                            plan=imagined.Plan("spouse-discharge", dt.date(2026, 12, 1)))  # fmt: skip
    assert ("discharge-onestop", ("person", soldier.pk)) in {
        (one.service.service.code, one.subject) for one in theirs.begins
    }


def test_what_stays_is_said_too_where_another_of_the_family_serves(town, stationed):
    soldier, wife = town.persons["soldier"], town.persons["wife"]
    child = resident(88, "儿子", born=dt.date(2016, 6, 1))
    write(people.Kin(person=wife, relative=soldier, kind="spouse", recorded_at=AT),
          people.Kin(person=soldier, relative=child, kind="parent", recorded_at=AT),
          people.Kin(person=wife, relative=child, kind="parent", recorded_at=AT),
          people.Service(person=wife, kind="nco", enlisted_on=dt.date(2015, 9, 1), recorded_at=AT))  # fmt: skip
    found = hoping.imagine(person=soldier.pk, family=None, plan=imagined.Plan("discharge", dt.date(2026, 12, 1)), today=TODAY,
                           shown=[wife.pk, child.pk])  # fmt: skip
    assert ("child-school", child.pk) in {(one.service.service.code, one.subject[1]) for one in found.keeps}
    assert child.pk not in {one.subject[1] for one in found.ends}


def test_a_child_to_be_born_goes_to_nursery_on_the_day_it_is_old_enough(town):
    found = plan(town.persons["soldier"], "birth")
    later = {one.service.service.code: one.day for one in found.later}
    assert later["child-school"] == dt.date(2029, 12, 1)


def test_a_move_within_the_county_changes_nothing_and_says_what_to_do(town):
    found = plan(town.persons["wife"], "move", place="near")
    assert not found.begins
    assert not found.ends
    assert [one.service.code for one in found.first] == ["move"]
    assert [one.service.code for one in plan(town.persons["wife"], "move", place="away").first] == ["transfer-out"]


def test_events_are_hopeful_and_touch_nothing_grave(town):
    grave = reasons.GRAVE | {"minor_children"} - {"minor_children"}
    for code, change in imagined.CHANGES.items():
        for kind in ("person", "family"):
            row = dict.fromkeys(VOCABULARY)
            touched = change(row, imagined.Plan(code, TODAY, how="employed", place="away"), kind)
            assert not set(touched) & grave, code
    assert set(hoping.events()) == set(imagined.CHANGES)
    for one in hoping.events().values():
        assert not re.search("死|亡|故|离婚|伤|残|病|牺牲", one.name.zh + one.says.zh)


def test_a_plan_keeps_nothing(town, wife):
    wife.get("/plan/")
    before = Entry.objects.count(), Case.objects.count()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = wife.post("/plan/", {"event": "job", "day": "2026-12-01", "job": "employed"})
    assert answer.status_code == 200
    written = [
        one["sql"]
        for one in asked
        if re.match(r"\s*(INSERT|UPDATE|DELETE)", one["sql"]) and not re.search("session|access_tries", one["sql"])
    ]
    assert written == []
    assert (Entry.objects.count(), Case.objects.count()) == before
    assert 'data-keep="0"' in answer.content.decode()


@pytest.mark.parametrize("sent", [
    {}, {"event": "death", "day": "2026-12-01"}, {"event": "job", "day": "gestern"}, {"event": "job", "day": "2026-05-06"},
    {"event": "job", "day": "2036-01-01"}, {"event": "move", "day": "2026-12-01"}, {"event": "discharge", "day": "2026-12-01"},
    {"event": "move", "day": "2026-12-01", "place": "county", "to": "110101"},
])  # fmt: skip
def test_a_plan_that_cannot_be_is_sent_back_with_a_word(town, wife, sent):
    answer = wife.post("/plan/", sent)
    assert answer.status_code == 422
    assert 'class="wrong"' in answer.content.decode()


def test_what_begins_fits_and_what_ends_no_longer_does(town, stationed, wife):
    page = words(wife.post("/plan/", {"event": "job", "day": "2026-12-01", "job": "employed"}))
    ended = page[page.index("会停止") :]
    assert "因为到那时不再符合" in ended
    assert "到那时符合" not in ended
    soldier = town.persons["soldier"]
    (account,) = access.open_accounts(
        accounts=[(Account(username="soldier", name="于川", person=soldier.pk), "")], by=SYSTEM, at=AT
    )
    client = Client()
    client.force_login(account)
    page = words(client.post("/plan/", {"event": "discharge", "day": "2026-12-01", "how": "self_employed"}))
    begun = page[page.index("会开始") : page.index("到时候先办")].partition("会停止")[0]
    assert "到那时符合" in begun
    assert "不再符合" not in begun


def test_nobody_plans_for_a_stranger(town, wife):
    other = town.persons["neighbour"].pk
    assert wife.get(f"/plan/?for={other}").status_code == 404
    assert wife.post("/plan/", {"for": other, "event": "job", "day": "2026-12-01"}).status_code == 404


@pytest.fixture
def stationed(town):
    write(people.Attested(person=town.persons["wife"], code="unit_stationed_here", holds=True, recorded_at=AT))
    catalogue.match(as_of=TODAY, by=SYSTEM, at=AT, services=["accomp-subsidy"])


def asked():
    """What the family asked for itself."""
    return Case.objects.exclude(service="accomp-subsidy")


def test_a_proposal_says_what_it_comes_to_today_and_what_it_came_to_when_it_was_found(
    town, stationed, wife, enter, settings
):
    settings.DEMO = True
    clerk = enter("clerk")
    session = clerk.session
    session["persona"] = "clerk"
    session.save()
    case = Case.objects.get(service="accomp-subsidy", state="proposed")
    Case.objects.filter(pk=case.pk).update(amount=80000)  # found before the figure rose
    for answer in (wife.get(f"/cases/{case.pk}/"), wife.get("/entitled/accomp-subsidy/"),
                   clerk.get(f"/console/cases/{case.pk}/")):  # fmt: skip
        said = words(answer)
        assert "800.00 元" in said and "今天" in said and "900.00" in said
    people.Livelihood.objects.filter(person=town.persons["wife"]).update(employment="employed")
    said = words(wife.get(f"/cases/{case.pk}/"))
    assert "对不上了" in said and "点头就办" not in said
    assert "say-yes" not in wife.get("/entitled/accomp-subsidy/").content.decode()
    assert "确认了也打不开" in words(clerk.get(f"/console/cases/{case.pk}/"))


def test_a_line_shows_what_it_looked_at_and_leads_to_putting_it_right(town, stationed, wife):
    page = wife.get("/entitled/accomp-subsidy/").content.decode()
    assert "就业状态：未就业" in words(wife.get("/entitled/accomp-subsidy/"))
    assert 'href="/entitled/accomp-subsidy/wrong/employment/"' in page
    assert "suspension" not in page
    assert "alive" not in page


def test_what_is_wrong_reaches_the_clerk_with_fact_value_and_word(town, stationed, wife, enter):
    form = wife.get("/entitled/accomp-subsidy/wrong/employment/")
    assert "未就业" in words(form)
    answer = wife.post("/entitled/accomp-subsidy/wrong/employment/",
                       {"form-employment": "employed", "form-since": "2026-04-01", "words": "三月就上班了"})  # fmt: skip
    case = asked().get()
    assert answer.status_code == 302
    assert answer.url.startswith(f"/cases/{case.pk}/")
    assert case.service == "livelihood-change"
    assert case.form == {"employment": "employed", "since": "2026-04-01"}
    for part in ("就业状态", "未就业", "上班", "未就业随军家属专项补助", "三月就上班了"):
        assert part in case.words
    settled = words(wife.get("/entitled/accomp-subsidy/"))
    assert "就业状态：未就业" in settled  # nothing changes before somebody has looked


def test_a_day_to_come_makes_no_file_wrong(town, stationed, wife):
    given = {"form-employment": "employed", "form-since": "2030-01-01", "words": "明年上班"}
    answer = wife.post("/entitled/accomp-subsidy/wrong/employment/", given)
    assert answer.status_code == 422
    assert not asked().exists()
    assert "这个日期不对" in words(answer) and "明年上班" in answer.content.decode()


def test_what_no_form_knows_goes_to_the_desk_for_the_file(town, stationed, wife):
    page = "/entitled/accomp-subsidy/wrong/accompanying/"
    assert wife.post(page, {"right": "  "}).status_code == 422
    assert not asked().exists()
    wife.post(page, {"right": "随军已经取消"})
    case = asked().get()
    assert case.service == "file-correction"
    assert case.form == {"fact": "经批准随军", "held": "是", "said": "随军已经取消"}
    assert "随军已经取消" in case.words


def test_what_a_family_says_of_its_file_walks_to_its_end(town, stationed, wife, enter, settings):
    settings.DEMO = True
    wife.post("/entitled/accomp-subsidy/wrong/accompanying/", {"right": "随军已经取消", "photo": photo()})
    case = asked().get()
    clerk = enter("clerk")
    session = clerk.session
    session["persona"] = "clerk"
    session.save()
    seen = words(clerk.get(f"/console/cases/{case.pk}/"))
    for part in ("经批准随军", "随军已经取消", "档案里是“是”"):
        assert part in seen
    assert case.papers.get().code == "proof-paper"
    hour = dt.timedelta(hours=1)
    actions.accept(cases=case.pk, by=town.clerk, at=AT + hour)
    actions.advance(cases=case.pk, by=town.reviewer, at=AT + 2 * hour)
    actions.deliver(cases=case.pk, by=town.reviewer, at=AT + 3 * hour)
    case.refresh_from_db()
    assert case.state == "delivered"


@pytest.mark.parametrize(("fact", "service", "form", "columns"), [
    ("resident_here", "job-support", {"home": "东街道 东一社区", "since": "2026-02-01"}, {"home": "419901001001"}),
    ("hukou_here", "child-school", {"hukou": "东县 东街道"}, {"hukou": "419901001"}),
])  # fmt: skip
def test_a_home_or_registration_that_is_wrong_is_written_when_the_desk_has_looked(
    town, wife, fact, service, form, columns
):
    one = town.persons["wife"]
    people.Particulars.objects.filter(person=one).update(home="", hukou="")
    people.Person.objects.filter(pk=one.pk).update(home="419901001001")
    write(people.Livelihood(person=one, employment="unemployed", education_stage="primary", in_education=True,
                            valid_from=TODAY, recorded_at=AT))  # fmt: skip
    address = f"/entitled/{service}/wrong/{fact}/"
    assert 'name="form-since"' in wife.get(address).content.decode()
    answer = wife.post(address, {**{f"form-{name}": value for name, value in form.items()}, "photo": photo()})
    assert answer.status_code == 302
    case = asked().get()
    assert (case.service, case.form) == ("residence-correction", form)
    hour = dt.timedelta(hours=1)
    actions.accept(cases=case.pk, by=town.clerk, at=AT + hour)
    actions.advance(cases=case.pk, by=town.reviewer, at=AT + 2 * hour)
    actions.deliver(cases=case.pk, by=town.reviewer, at=AT + 3 * hour)
    row = people.Particulars.objects.filter(person=one, superseded_at=None, valid_to=None).get()
    assert {name: getattr(row, name) for name in columns} == columns
    assert row.valid_from == (dt.date.fromisoformat(form["since"]) if "since" in form else None), (
        "without a day it never was so"
    )


def test_a_second_click_is_one_case(town, stationed, wife):
    for _time in range(2):
        wife.post("/entitled/accomp-subsidy/wrong/accompanying/", {"right": "x", "sent_key": "abcdefgh-1"})
    assert asked().count() == 1


def test_a_line_of_somebody_else_or_of_the_desk_is_not_there(town, stationed, wife):
    other = town.persons["neighbour"].pk
    for address in ("/entitled/accomp-subsidy/wrong/suspension/", "/entitled/accomp-subsidy/wrong/age/",
                    "/entitled/bereaved-pension/wrong/bereaved/", "/entitled/nothing/wrong/age/",
                    f"/entitled/accomp-subsidy/wrong/employment/?for={other}"):  # fmt: skip
        assert wife.get(address).status_code == 404, address
        assert wife.post(address.partition("?")[0], {"right": "x", "for": other}).status_code == 404, address


def test_where_only_the_window_speaks_no_line_is_put_right_on_a_phone(town, stationed, wife):
    address = "/entitled/accomp-subsidy/wrong/employment/"
    assert wife.get(address).status_code == 200
    write(people.Suspension(person=town.persons["wife"], state="suspended", valid_from=TODAY, recorded_at=AT))
    assert wife.get(address).status_code == 404
    assert wife.post(address, {"right": "x"}).status_code == 404


def test_a_line_that_only_the_window_may_talk_about_is_not_put_right_on_a_phone(town, stationed, wife, tmp_path):
    """Not against them, only not known: the whole is spoken of, this line is not."""
    source = Path(settings.CATALOGUE) / "services" / "accomp-subsidy"
    folder = tmp_path / "accomp-subsidy"
    shutil.copytree(source, folder)
    text = (folder / "service.yaml").read_text(encoding="utf-8")
    told = text.replace("unemployment_registered\n", "unemployment_registered\n    tell: desk\n", 1)
    assert told != text
    (folder / "service.yaml").write_text(told, encoding="utf-8")
    people.Livelihood.objects.filter(person=town.persons["wife"]).update(unemployment_registered=None)
    address = "/entitled/accomp-subsidy/wrong/unemployment_registered/"
    assert wife.get(address).status_code == 200
    catalogue.publish(path=folder, by=SYSTEM, at=AT, approved_by="tests")
    assert wife.get("/entitled/accomp-subsidy/wrong/accompanying/").status_code == 200
    assert wife.get(address).status_code == 404
    assert wife.post(address, {"right": "x"}).status_code == 404
    assert not asked().exists()


def test_each_member_has_may_have_and_will_have(town, stationed, wife):
    said = words(wife.get("/entitled/"))
    assert "安梅" in said
    assert "未就业随军家属专项补助" in said
    assert "900.00" in said


def test_what_time_brings_comes_after_the_page_and_stands_on_its_own(town, wife):
    one = town.persons["wife"]
    people.Particulars.objects.filter(person=one).update(born_on=dt.date(1967, 9, 9))
    people.Person.objects.filter(pk=one.pk).update(born_on=dt.date(1967, 9, 9))
    write(people.Service(person=one, kind="conscript", enlisted_on=dt.date(1986, 11, 1), discharged_on=dt.date(1990, 11, 1),
                         rural_at_enlistment=True, recorded_at=AT))  # fmt: skip
    assert 'data-later="/entitled/later/?part=1"' in wife.get("/entitled/").content.decode()
    part, whole = wife.get("/entitled/later/", {"part": "1"}), wife.get("/entitled/later/")
    assert "<html" not in part.content.decode()
    for answer in (part, whole):
        assert "2027年9月9日" in words(answer)


def test_with_many_entitlements_a_file_is_opened_once(town, stationed, wife):
    wife.get("/entitled/")
    with CaptureQueriesContext(connection) as seen:
        wife.get("/entitled/")
    assert len(seen) < 60


def test_what_one_can_do_is_said_where_something_can_be_done(town, wife):
    said = wife.get("/entitled/job-support/").content.decode()
    assert "您可以这样做" not in said or "/services/livelihood-change/" in said
    write(people.Livelihood(person=town.persons["wife"], employment="unemployed", unemployment_registered=False,
                            valid_from=TODAY, recorded_at=AT))  # fmt: skip
    page = wife.get("/entitled/accomp-subsidy/").content.decode()
    assert "办失业登记" in page
    assert 'href="/services/job-support/"' in page


@pytest.mark.parametrize("address", ["/plan/", "/entitled/", "/entitled/later/", "/entitled/accomp-subsidy/",
                                     "/entitled/accomp-subsidy/wrong/employment/",
                                     "/entitled/accomp-subsidy/?on=2027-01-01"])  # fmt: skip
def test_pages_speak_one_language(town, stationed, wife, enter, address):
    said = words(enter("wife", "en").get(address))
    for name in ("连心", "安梅", "一号院", "East One"):
        said = said.replace(name, "")
    assert HAN.findall(said) == [], address
    assert re.findall(r"[A-Za-z]{3,}", words(wife.get(address))) == [], address


def test_answers_of_a_plan_speak_one_language(town, stationed, enter):
    sent = {"event": "job", "day": "2026-12-01", "job": "employed"}
    said = words(enter("wife", "en").post("/plan/", sent))
    for name in ("连心", "安梅"):
        said = said.replace(name, "")
    assert HAN.findall(said) == []
    assert re.findall(r"[A-Za-z]{3,}", words(enter("wife").post("/plan/", sent))) == []
