"""The five services walked from one end to the other, through the doors."""

import datetime as dt
import shutil

import pytest

from lianxin.casework import actions, judged, queries, states
from lianxin.casework.models import Case, Dispatch, Move, Period
from lianxin.casework.refusals import NoSuchCase, NotNow, NotYours, Stale
from lianxin.catalogue import actions as publishing
from lianxin.catalogue import queries as catalogue
from lianxin.engine import clock
from lianxin.journal.queries import verify
from lianxin.notices.models import Notice
from lianxin.outcomes.models import Outcome
from lianxin.people import consents
from lianxin.people import models as people
from tests.factories.casework import AT, ROOT, SYSTEM, pay, picture, write

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def now(case):
    return Case.objects.select_related("office").get(pk=case.pk)


def told(person):
    return list(Notice.objects.filter(person=person.pk).order_by("pk").values_list("template", flat=True))


@pytest.fixture(autouse=True)
def _stand_ins(bank):
    pass


def test_a_burst_pipe_is_offered_declined_taken_done_and_thanked(town):
    wife = town.persons["wife"]
    case = town.open(
        "household-help", wife, by=town.wife, family=wife.family_id, kind="repair", channel="app", words="水管爆了"
    )
    assert (case.state, case.step_name, case.office_id) == ("open", "dispatch", town.offices["station.419901001001"])
    assert case.due_at == AT + HOUR
    assert case.promised_at == AT + 4 * HOUR
    first = actions.dispatch(case=case.pk, office=town.offices["volunteers"], by=town.worker, at=AT)
    actions.answer_dispatch(dispatch=first.pk, accept=False, reason="今天都在外地", by=town.volunteer, at=AT + HOUR / 4)
    assert now(case).step_name == "dispatch"
    second = actions.dispatch(case=case.pk, office=town.offices["shop"], by=town.worker, at=AT + HOUR / 2)
    assert queries.dispatched_to(town.volunteer) == []
    offer = queries.dispatched_to(town.shop)[0]
    assert (offer.words, offer.place, offer.who) == ("水管爆了", "", "")
    actions.answer_dispatch(dispatch=second.pk, accept=True, by=town.shop, at=AT + HOUR)
    assert queries.dispatched_to(town.shop)[0].place == ""  # nobody agreed yet
    consents.give(person=wife.pk, scope="helper", channel="app", by=town.wife, at=AT + HOUR)
    assert queries.dispatched_to(town.shop)[0].place == "一号院"
    assert now(case).due_at <= AT + 4 * HOUR
    actions.done_dispatch(dispatch=second.pk, words="换了角阀", minutes=40, by=town.shop, at=AT + 2 * HOUR)
    assert now(case).step_name == "confirm"
    assert Outcome.objects.filter(case=case.pk).count() == 1
    actions.confirm_received(case=case.pk, received=True, score=5, words="谢谢", by=town.wife, at=AT + 3 * HOUR)
    ended = now(case)
    assert (ended.state, ended.due_at) == ("delivered", None)
    assert Notice.objects.filter(office=town.offices["shop"], template="thanks").exists()
    assert told(wife)[:1] == ["case-opened"]
    assert "done-please-confirm" in told(wife)
    view = queries.case(town.wife, case.pk, at=AT)
    assert view.ratings[0][0] == 5
    assert verify().broken is None


def test_not_done_takes_the_outcome_back_and_opens_the_case_again(town):
    wife = town.persons["wife"]
    case = town.open(
        "household-help", wife, by=town.wife, family=wife.family_id, kind="repair", channel="app", words="灯坏了"
    )

    def help_once(at):
        offer = actions.dispatch(case=case.pk, office=town.offices["shop"], by=town.worker, at=at)
        actions.answer_dispatch(dispatch=offer.pk, accept=True, by=town.shop, at=at)
        actions.done_dispatch(dispatch=offer.pk, words="好了", by=town.shop, at=at)

    help_once(AT)
    actions.confirm_received(case=case.pk, received=False, words="还是不亮", by=town.wife, at=AT + HOUR)
    again = now(case)
    assert (again.state, again.step_name) == ("open", "dispatch")
    assert again.due_at is not None
    assert sum(Outcome.objects.filter(case=case.pk).values_list("quantity", flat=True)) == 0
    help_once(AT + 2 * HOUR)
    assert sum(Outcome.objects.filter(case=case.pk).values_list("quantity", flat=True)) == 1
    actions.confirm_received(case=case.pk, received=True, by=town.wife, at=AT + 3 * HOUR)
    actions.confirm_received(case=case.pk, received=False, by=town.wife, at=AT + 4 * HOUR)  # she changes her mind
    assert now(case).state == "open"
    assert sum(Outcome.objects.filter(case=case.pk).values_list("quantity", flat=True)) == 0
    assert verify().broken is None
    last = Period.objects.filter(case=case.pk, state="reversed").latest("pk")
    Period.objects.filter(pk=last.pk).update(state="done")  # by hand: the register knows better
    assert (verify().because, verify().row) == ("casework.period", last.pk)


def test_an_offer_nobody_answers_comes_back_to_the_desk(town):
    wife = town.persons["wife"]
    case = town.open("household-help", wife, by=town.worker, family=wife.family_id, kind="errand", channel="phone")
    offer = actions.dispatch(case=case.pk, office=town.offices["shop"], by=town.worker, at=AT)
    assert actions.return_unanswered(by=SYSTEM, at=AT + HOUR / 2) == 0
    assert actions.return_unanswered(by=SYSTEM, at=AT + 2 * HOUR) == 1
    assert actions.return_unanswered(by=SYSTEM, at=AT + 2 * HOUR) == 0
    assert Dispatch.objects.get(pk=offer.pk).answer == "unanswered"
    page = queries.inbox(town.worker, at=AT + 2 * HOUR)
    assert [(row.id, row.light) for row in page.rows] == [(case.pk, "amber")]
    with pytest.raises(NotNow):
        actions.answer_dispatch(dispatch=offer.pk, accept=True, by=town.shop, at=AT + 3 * HOUR)


def test_silence_after_it_was_done_ends_it_and_she_may_still_say_no(town):
    wife = town.persons["wife"]
    case = town.open("household-help", wife, by=town.worker, family=wife.family_id, kind="errand", channel="phone")
    offer = actions.dispatch(case=case.pk, office=town.offices["shop"], by=town.worker, at=AT)
    actions.answer_dispatch(dispatch=offer.pk, accept=True, by=town.shop, at=AT)
    actions.done_dispatch(dispatch=offer.pk, words="好了", by=town.shop, at=AT)
    actions.return_unanswered(by=SYSTEM, at=AT + 5 * DAY)
    assert now(case).state == "delivered"
    actions.confirm_received(case=case.pk, received=False, by=town.wife, at=AT + 6 * DAY)
    assert now(case).state == "open"


def test_the_wife_from_one_confirmation_to_standing(town):
    wife = town.persons["wife"]
    case = town.open("accomp-subsidy", wife, area=wife.home, amount=90000, proposed=True)
    assert (case.state, told(wife)) == ("proposed", ["case-proposed"])
    actions.confirm_proposed(cases=case.pk, by=town.wife, at=AT)
    here = now(case)
    assert (here.state, here.step_name, here.office_id) == ("open", "attest", town.offices["liaison"])
    assert clock.day(here.due_at) == dt.date(2026, 5, 12)  # 9 May 2026 is a worked Saturday
    with pytest.raises(NoSuchCase):
        actions.advance(cases=case.pk, by=town.sibling, at=AT)
    actions.advance(cases=case.pk, by=town.liaison, at=AT, facts={"unit_stationed_here": True})
    assert now(case).office_id == town.offices["station.419901001"]
    lacks = queries.may_be_missing(town.clerk, case.pk, at=AT)
    assert [(one.kind, one.code) for one in lacks] == [("material", "unemployment-certificate"), ("field", "since")]
    actions.ask_missing(case=case.pk, by=town.clerk, at=AT + DAY)
    waiting = now(case)
    assert (waiting.state, waiting.paused_at) == ("waiting", AT + DAY)
    with pytest.raises(NotNow):
        actions.ask_missing(case=case.pk, by=town.clerk, at=AT + DAY)
    before = waiting.due_at
    actions.supplement(case=case.pk, fields={"since": "2024-01-01"}, by=town.wife, at=AT + 2 * DAY)
    assert now(case).state == "waiting"
    actions.supplement(
        case=case.pk, files=[actions.Upload("unemployment-certificate", picture())], by=town.wife, at=AT + 8 * DAY
    )
    back = now(case)
    assert (back.state, back.step_name, back.paused_at) == ("open", "accept", None)
    assert back.due_at > before
    actions.accept(cases=case.pk, by=town.clerk, at=AT + 8 * DAY)
    actions.advance(cases=case.pk, by=town.reviewer, at=AT + 8 * DAY)
    assert now(case).desk == ""
    actions.advance(cases=case.pk, by=town.panel, at=AT + 8 * DAY)  # panel
    assert now(case).desk == "优抚"
    with pytest.raises(NotYours, match="评议"):
        actions.advance(cases=case.pk, by=town.panel, at=AT + 8 * DAY)
    assert not queries.case(town.panel, case.pk, at=AT).may("advance")
    actions.advance(cases=case.pk, by=town.approver, at=AT + 8 * DAY)
    actions.deliver(cases=case.pk, by=town.approver, at=AT + 8 * DAY)
    stands = now(case)
    assert (stands.state, stands.stands_from, stands.due_at) == ("standing", clock.day(AT + 8 * DAY), None)
    assert verify().broken is None  # here, for the stand-in bank below writes no books
    pay(stands)
    assert Period.objects.get(case=case.pk).state == "done"


def test_an_event_is_brought_home_and_its_reward_paid(town):
    soldier = town.persons["soldier"]
    write(people.Award(person=soldier, merit="third", valid_from=dt.date(2026, 4, 1), recorded_at=AT))
    case = town.open("good-news", soldier, event_on=dt.date(2026, 4, 1), amount=150000, area=soldier.home)
    actions.advance(cases=case.pk, by=town.liaison, at=AT)
    actions.advance(cases=case.pk, by=town.reviewer, at=AT)
    actions.deliver(cases=case.pk, by=town.reviewer, at=AT)
    assert now(case).step == 3
    actions.deliver(cases=case.pk, by=town.approver, at=AT)
    assert now(case).state == "underway"
    pay(now(case), period="2026-04-01", fault="closed")
    assert now(case).state == "underway"
    pay(now(case), period="2026-04-01")
    assert now(case).state == "delivered"
    assert [period.period for period in Period.objects.filter(case=case.pk)] == ["2026-04-01", "2026-04-01"]
    again = town.open("good-news", soldier, event_on=dt.date(2026, 4, 1), amount=150000, channel="counter")
    assert again.pk == case.pk


def test_a_refusal_says_why_and_can_be_looked_at_again(town):
    wife = town.persons["wife"]
    case = town.open("accomp-subsidy", wife, by=town.wife, channel="app")
    actions.refuse(cases=case.pk, reason="not-attested", by=town.liaison, at=AT)
    notice = Notice.objects.get(person=wife.pk, template="case-refused")
    assert notice.given["reason"]["zh"] == "部队未能证明"
    assert notice.given["clause"]["zh"] == "《兵役法》第51条"
    actions.reopen(cases=case.pk, by=town.wife, at=AT)
    assert (now(case).state, now(case).step_name) == ("open", "attest")
    assert now(case).due_at is not None


def test_a_stale_page_says_who_did_what_and_a_second_click_does_nothing(town):
    old = town.persons["old_man"]
    case = town.open("living-subsidy-rural60", old, area=old.home, amount=30000)
    lock = now(case).version_lock
    actions.accept(cases=case.pk, expected=lock, by=town.clerk, at=AT)
    moves = Move.objects.count()
    actions.accept(cases=case.pk, expected=lock, by=town.clerk, at=AT)  # the second click
    assert Move.objects.count() == moves
    with pytest.raises(Stale) as stale:
        actions.refuse(cases=case.pk, reason="conditions", expected=lock, by=town.reviewer, at=AT)
    assert "clerk" in stale.value.sentence
    assert now(case).state == "open"


def test_who_may_not_may_not(town):
    old = town.persons["old_man"]
    case = town.open("living-subsidy-rural60", old, area=old.home, amount=30000)
    for actor in (town.worker, town.reviewer, town.auditor):
        with pytest.raises(NotYours):
            actions.accept(cases=case.pk, by=actor, at=AT)
    for actor in (town.sibling_clerk, town.shop, town.volunteer, town.wife, town.mediator):
        with pytest.raises(NoSuchCase):
            actions.accept(cases=case.pk, by=actor, at=AT)
    assert queries.case(town.sibling_clerk, case.pk, at=AT) is None


def test_clerk_confirms_only_under_a_mandate(town):
    wife = town.persons["wife"]
    case = town.open("accomp-subsidy", wife, area=wife.home, amount=90000, proposed=True)
    with pytest.raises(NotYours):
        actions.confirm_proposed(cases=case.pk, by=town.clerk, at=AT)
    write(people.Mandate(person=wife, proxy_account=town.clerk.account, kind="clerk", recorded_at=AT))
    actions.confirm_proposed(cases=case.pk, by=town.clerk, at=AT)
    assert Move.objects.get(case=case.pk, verb="confirm").mandate is not None


def test_a_proposal_is_confirmed_by_the_rule_of_the_day_on_which_it_is(town, tmp_path):
    wife, folder = town.persons["wife"], tmp_path / "accomp-subsidy"
    case = town.open("accomp-subsidy", wife, area=wife.home, amount=90000, proposed=True)
    shutil.copytree(ROOT / "catalogue" / "services" / "accomp-subsidy", folder)
    file = folder / "service.yaml"
    kept = file.read_text()
    file.write_text(kept.replace("90000", "95000"))
    (folder / "examples.yaml").write_text((folder / "examples.yaml").read_text().replace("90000", "95000"))
    publishing.publish(path=folder, by=SYSTEM, at=AT, approved_by="tests", from_on=AT.date() + DAY)
    first = case.version_id
    seen = [queries.case(town.wife, case.pk, at=at).today.amount for at in (AT, AT + DAY)]
    assert seen == [90000, 95000], "its page says what a word today would open"
    actions.confirm_proposed(cases=case.pk, by=town.wife, at=AT + DAY)
    assert queries.case(town.wife, case.pk, at=AT + DAY).today is None, "what is decided keeps its version"
    here = now(case)
    assert (here.state, here.amount, here.version.number) == ("open", 95000, 2)
    assert here.version_id != first
    assert list(Move.objects.filter(case=case).order_by("pk").values_list("amount", flat=True)) == [90000, 95000]
    assert verify().broken is None


def test_a_proposal_that_is_not_found_any_more_opens_nothing_and_says_so(town):
    wife = town.persons["wife"]
    case = town.open("accomp-subsidy", wife, area=wife.home, amount=90000, proposed=True)
    people.Livelihood.objects.filter(person=wife).update(employment="employed")
    before = Move.objects.count()
    with pytest.raises(NotNow, match="没有打开任何办理"):
        actions.confirm_proposed(cases=case.pk, by=town.wife, at=AT)
    assert (now(case).state, now(case).amount, Move.objects.count()) == ("proposed", 90000, before)


def test_states_named_in_the_table_are_the_states():
    assert {rule.state for rule in states.TABLE.values() if rule.state} <= states.STATES


def test_withdrawn_while_waiting_leaves_no_clock(town):
    case = town.open("accomp-subsidy", town.persons["wife"], by=town.wife, channel="app")
    actions.ask_missing(case=case.pk, by=town.liaison, at=AT)
    actions.withdraw(cases=case.pk, by=town.wife, at=AT + DAY)
    ended = now(case)
    assert (ended.state, ended.paused_at, ended.due_at) == ("withdrawn", None, None)
    assert "withdrawn" in told(town.persons["wife"])


def test_the_inbox_pages_by_key_in_as_many_queries_for_one_row_as_for_many(town, django_assert_max_num_queries):
    for number in range(6):
        town.open("household-help", town.persons["wife"], by=town.worker, kind="errand", channel="phone",
                  family=town.persons["wife"].family_id, words=f"第{number}件")  # fmt: skip
    with django_assert_max_num_queries(9):
        first = queries.inbox(town.worker, at=AT, limit=4)
    second = queries.inbox(town.worker, at=AT, limit=4, after=first.after)
    ids = [row.id for row in first.rows + second.rows]
    assert (len(first.rows), len(second.rows), len(set(ids)), second.after) == (4, 2, 6, "")
    assert queries.counts(town.worker, at=AT)["all"] == 6
    assert queries.inbox(town.worker, queries.Filters(light="red"), at=AT).rows == []
    assert len(queries.inbox(town.worker, queries.Filters(light="red"), at=AT + DAY).rows) == 6


def test_a_desk_reads_what_is_missing_and_the_conditions_from_one_look_at_the_file(town, monkeypatch):
    """The page of a case judges once; what it says is missing is what the list of everything missing says."""
    old = town.persons["old_man"]
    case = town.open("living-subsidy-rural60", old, area=old.home, amount=30000)
    looked = []

    def counting(read):
        return lambda **given: looked.append(given["subject"]) or read(**given)

    monkeypatch.setattr(catalogue, "facts_of", counting(catalogue.facts_of))
    monkeypatch.setattr(judged, "facts_of", counting(judged.facts_of))
    view = queries.case(town.clerk, case.pk, at=AT)
    assert len(looked) == 1
    assert view.explained.service.code == "living-subsidy-rural60"
    assert view.missing == queries.may_be_missing(town.clerk, case.pk, at=AT)
    help_ = town.open("household-help", town.persons["wife"], by=town.wife, family=town.persons["wife"].family_id,
                      kind="repair", channel="app", words="水管爆了")  # fmt: skip
    assert queries.case(town.wife, help_.pk, at=AT).explained is None, "a household reads its reasons elsewhere"
