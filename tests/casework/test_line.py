"""The line: however it came an ask is the same ask; who has it; what it becomes; who is told by night."""

import datetime as dt

import pytest

from lianxin.access import duty
from lianxin.access.models import Account
from lianxin.casework import actions, opening, queries
from lianxin.casework.models import Case, Dispatch, Paper
from lianxin.casework.refusals import NotNow, NotYours, Unfit
from lianxin.notices.models import Notice
from tests.factories.casework import AT, VILLAGE, picture
from tests.house.test_deny_by_default import signed_in

HELP = "household-help"
LATER = AT + dt.timedelta(minutes=30)


@pytest.fixture(autouse=True)
def _bank(bank):
    """Errands count at once."""


def ask(town, who="wife", **given):
    person = town.persons[who]
    given = {"kind": "repair", "channel": "phone", "words": "水管爆了", "by": town.worker} | given
    return town.open(HELP, person, family=person.family_id, **given)


def test_a_transfer_typed_twice_is_one_ask_and_another_number_another(town):
    first = ask(town, channel="hotline", reference="12345-0001")
    assert ask(town, channel="hotline", reference="12345-0001", words="别的说法").pk == first.pk
    assert ask(town, channel="hotline", reference="12345-0002").pk != first.pk
    board = queries.board(town.worker.scope, queries.Asked(reference="12345-0001"), at=AT)
    assert [(one.row.channel, one.reference) for one in board.rows] == [("hotline", "12345-0001")]


def test_whoever_was_faster_by_a_moment_is_seen_and_a_second_click_reads_once_and_writes_nothing(town, monkeypatch):
    """Outside a transaction the desk, the day and the hearers are read first: the same ask may be written meanwhile."""
    monkeypatch.setattr(opening, "_alone", lambda: True)
    read, faster = opening.hearers, []

    def meanwhile(cases):
        if not faster:
            faster.append(None)
            faster[0] = ask(town)
        return read(cases)

    monkeypatch.setattr(opening, "hearers", meanwhile)
    assert ask(town).pk == faster[0].pk
    assert Case.objects.filter(service=HELP).count() == 1
    assert Notice.objects.filter(case=faster[0].pk, template="case-opened").count() == 1
    monkeypatch.setattr(opening, "hearers", lambda cases: pytest.fail("nothing is made of a second click"))
    assert ask(town).pk == faster[0].pk


def test_by_night_an_ask_goes_to_whoever_is_on_duty_and_they_are_told(town):
    night = dt.datetime(2026, 5, 6, 15, tzinfo=dt.UTC)  # eleven in the evening
    slot = duty.shift_at(night)
    office = town.offices[f"station.{VILLAGE}"]
    duty.put(
        office=office, wishes={slot: duty.Wish(account=town.accounts["worker"], phone="0000-9")}, by=town.clerk, at=AT
    )
    wife = town.persons["wife"]
    case = town.open(
        HELP, wife, by=town.wife, at=night, family=wife.family_id, kind="repair", channel="app", words="没电了"
    )
    assert Case.objects.get(pk=case.pk).assignee == town.accounts["worker"]
    told = Notice.objects.filter(account=town.accounts["worker"], case=case.pk)
    assert told.count() == 1
    assert [one.holder.person for one in queries.board(town.worker.scope, queries.Asked(), at=night).rows] == ["worker"]
    by_day = ask(town, words="白天的事")
    assert Case.objects.get(pk=by_day.pk).assignee is None


def test_a_colleague_takes_it_on_and_says_with_a_photo_that_it_is_done(town):
    case = ask(town)
    made = actions.take_on(case=case.pk, by=town.worker, at=AT, expected=case.version_lock)
    again = actions.take_on(case=case.pk, by=town.worker, at=AT, expected=case.version_lock)
    assert made.pk == again.pk and Dispatch.objects.filter(case=case).count() == 1
    held = queries.board(town.worker.scope, queries.Asked(holds="helper"), at=AT).rows[0].holder
    assert (held.person, held.how) == ("worker", "accepted")
    with pytest.raises(Unfit, match="照片"):
        actions.done_dispatch(dispatch=made.pk, words="", by=town.worker, at=LATER)
    actions.done_dispatch(dispatch=made.pk, words="", by=town.worker, at=LATER, files=[actions.Upload("x", picture())])
    assert Paper.objects.filter(case=case, code="done-photo").count() == 1
    actions.confirm_received(case=case.pk, received=True, score=5, by=town.wife, at=LATER)
    assert Case.objects.get(pk=case.pk).state == "delivered"


def test_only_a_colleague_of_the_same_office_takes_it_on(town):
    case = ask(town)
    with pytest.raises(Unfit, match="本单位的同事"):
        actions.take_on(case=case.pk, account=town.accounts["shop"], by=town.worker, at=AT)
    with pytest.raises(Unfit, match="已经在本台"):
        actions.dispatch(case=case.pk, office=town.offices[f"station.{VILLAGE}"], by=town.worker, at=AT)


def test_the_service_centre_can_be_asked_and_answers(town):
    case = ask(town, kind="legal")
    made = actions.dispatch(case=case.pk, office=town.offices["centre.419901"], by=town.worker, at=AT)
    assert [one.id for one in queries.dispatched_to(town.reviewer)] == [made.pk]
    actions.answer_dispatch(dispatch=made.pk, accept=True, by=town.reviewer, at=LATER)
    assert queries.board(town.worker.scope, queries.Asked(), at=LATER).rows[0].holder.how == "accepted"


def test_not_done_is_promised_anew_not_forgotten(town):
    case = ask(town)
    made = actions.take_on(case=case.pk, by=town.worker, at=AT)
    actions.done_dispatch(dispatch=made.pk, words="好了", by=town.worker, at=LATER)
    actions.confirm_received(case=case.pk, received=False, words="还漏", by=town.wife, at=LATER)
    case = Case.objects.get(pk=case.pk)
    assert case.state == "open" and case.promised_at == LATER + dt.timedelta(hours=4)
    assert case.due_at <= case.promised_at
    held = queries.board(town.worker.scope, queries.Asked(), at=LATER).rows[0].holder
    assert (held.how, held.dispatch) == ("again", None)  # not "says it is done": somebody must go again


def test_what_is_still_wrong_stands_on_the_board_and_goes_along_with_whoever_is_sent_again(town):
    case = ask(town)
    made = actions.dispatch(case=case.pk, office=town.offices["shop"], by=town.worker, at=AT)
    actions.answer_dispatch(dispatch=made.pk, accept=True, by=town.worker, at=AT)
    assert [one.still for one in queries.dispatched_to(town.shop)] == [""]
    actions.done_dispatch(dispatch=made.pk, words="好了", by=town.worker, at=LATER)
    actions.confirm_received(case=case.pk, received=False, words="还在滴水", by=town.wife, at=LATER)
    (row,) = queries.board(town.worker.scope, queries.Asked(), at=LATER).rows
    assert row.still == "还在滴水"
    again = actions.dispatch(case=case.pk, office=town.offices["shop"], by=town.worker, at=LATER)
    assert [one.still for one in queries.dispatched_to(town.shop)] == ["还在滴水"]
    actions.answer_dispatch(dispatch=again.pk, accept=True, by=town.worker, at=LATER)
    actions.done_dispatch(dispatch=again.pk, words="垫圈也换了", by=town.worker, at=LATER)
    (row,) = queries.board(town.worker.scope, queries.Asked(), at=LATER).rows
    assert row.still == ""
    assert {one.still for one in queries.dispatched_to(town.shop, done=True)} == {""}


def test_an_ask_becomes_a_case_with_everything_filled_in_and_both_know(town):
    case = ask(town, kind="benefit", words="随军家属补助怎么领", form={})
    actions.supplement(case=case.pk, files=[actions.Upload("photo", picture())], by=town.worker, at=AT)
    named = [one.service.code for one, usual in queries.ways_up(town.worker, case.pk, at=AT) if usual]
    assert named[0] == "accomp-subsidy"
    new = actions.hand_up(case=case.pk, service="accomp-subsidy", by=town.worker, at=LATER)
    asked = Case.objects.get(pk=case.pk)
    assert (asked.state, asked.became_id, asked.due_at) == ("closed", new.pk, None)
    assert (new.person_id, new.words, new.channel) == (town.persons["wife"].pk, "随军家属补助怎么领", "phone")
    assert Paper.objects.filter(case=new).count() == 1
    mine = queries.case(town.wife, case.pk, at=LATER)
    assert mine.became == (new.pk, new.number)
    assert queries.case(town.worker, new.pk, at=LATER).came_from == [(case.pk, case.number)]
    told = Notice.objects.filter(person=town.persons["wife"].pk, template="ask-became").get()
    assert new.number in str(told.given)
    with pytest.raises(NotNow):
        actions.hand_up(case=case.pk, service="accomp-subsidy", by=town.worker, at=LATER)


def test_a_second_ask_joins_the_case_there_is(town):
    first, second = ask(town, kind="benefit", words="甲"), ask(town, kind="benefit", words="乙")
    one = actions.hand_up(case=first.pk, service="accomp-subsidy", by=town.worker, at=AT)
    other = actions.hand_up(case=second.pk, service="accomp-subsidy", by=town.worker, at=AT)
    assert one.pk == other.pk
    assert len(queries.case(town.worker, one.pk, at=AT).came_from) == 2


def test_handed_into_a_sealed_service_the_ask_betrays_nothing(town):
    case = ask(town, kind="legal", words="想问问婚姻的事")
    new = actions.hand_up(case=case.pk, service="rights-case", kind="marriage-family", by=town.worker, at=LATER)
    assert new.sealed
    assert queries.case(town.worker, new.pk, at=LATER) is None
    seen = queries.case(town.worker, case.pk, at=LATER)
    assert seen.became is None
    assert new.number not in str(seen)
    told = Notice.objects.filter(person=town.persons["wife"].pk, template="ask-became").get()
    assert new.number not in str(told.given) and "becomes" not in told.given


def test_only_a_desk_over_the_household_hands_up_and_only_for_who_lives_there(town):
    case = ask(town, kind="benefit")
    with pytest.raises(NotYours):
        actions.hand_up(case=case.pk, service="accomp-subsidy", by=town.wife, at=AT)
    with pytest.raises(Unfit, match="不是提诉求的"):
        actions.hand_up(
            case=case.pk, service="accomp-subsidy", person=town.persons["neighbour"].pk, by=town.worker, at=AT
        )
    with pytest.raises(Unfit, match="不能转成"):
        actions.hand_up(case=case.pk, service="household-help", by=town.worker, at=AT)
    assert queries.ways_up(town.sibling_clerk, case.pk, at=AT) == []
    assert Case.objects.get(pk=case.pk).state == "open"


def test_the_board_is_the_communitys_own_and_red_comes_first(town):
    late, fresh = ask(town, at=AT - dt.timedelta(hours=9)), ask(town, kind="tutoring", words="数学")
    rows = queries.board(town.worker.scope, queries.Asked(), at=AT).rows
    assert [one.row.id for one in rows] == [late.pk, fresh.pk]
    assert queries.board_counts(town.worker.scope, at=AT) == {"all": 2, "red": 1, "desk": 2, "confirm": 0}
    assert queries.board(town.sibling_clerk.scope, queries.Asked(), at=AT).rows == []
    page = queries.board(town.worker.scope, queries.Asked(), at=AT, limit=1)
    assert [one.row.id for one in queries.board(town.worker.scope, queries.Asked(), at=AT, after=page.next).rows] == [
        fresh.pk
    ]


def test_what_weighs_on_somebody_never_lies_on_the_desk(town, settings):
    settings.DEMO = True
    wife = town.persons["wife"]
    worker = signed_in(Account.objects.get(pk=town.accounts["worker"]))
    answer = worker.post("/console/desk/send/", {"house": wife.family_id, "caller": wife.pk, "kind": f"{HELP}:support",
                                                 "words": "睡不着，想找人说说"}, follow=True)  # fmt: skip
    assert answer.status_code == 200
    case = Case.objects.get(person=wife)
    assert (case.service, case.sealed, case.channel) == ("psych-support", True, "phone")
    assert "睡不着" not in answer.content.decode() and case.number not in answer.content.decode()
    assert queries.case(town.worker, case.pk, at=AT) is None


def test_the_liaison_brings_an_ask_for_a_soldiers_family_and_learns_nothing_of_it(town, settings):
    settings.DEMO = True
    wife = town.persons["wife"]
    liaison = signed_in(Account.objects.get(pk=town.accounts["liaison"]))
    given = {"who": wife.family.code, "kind": f"{HELP}:repair", "words": "水管坏了，家里只有老人"}
    page = liaison.post("/console/desk/for-a-soldier/", given, follow=True).content.decode()
    case = Case.objects.get(family=wife.family_id)
    assert (case.channel, case.area, case.person_id) == ("liaison", VILLAGE, None)
    assert case.number in page and wife.name not in page and "一号院" not in page
    assert queries.board(town.worker.scope, queries.Asked(channel="liaison"), at=AT).rows[0].row.id == case.pk
    wrong = liaison.post("/console/desk/for-a-soldier/", {**given, "who": "H999999"}, follow=True).content.decode()
    assert "没有这个编码" in wrong
    part = liaison.post("/console/desk/for-a-soldier/", {**given, "who": wife.name}, follow=True).content.decode()
    assert "没有这个编码" in part
    assert Case.objects.count() == 1
    worker = signed_in(Account.objects.get(pk=town.accounts["worker"]))
    assert worker.get("/console/desk/for-a-soldier/").status_code == 404


def test_what_the_desk_typed_stays_where_it_cannot_be_sent(town, settings):
    settings.DEMO = True
    wife, worker = town.persons["wife"], signed_in(Account.objects.get(pk=town.accounts["worker"]))
    sent = {
        "house": wife.family_id,
        "caller": wife.pk,
        "kind": f"{HELP}:repair",
        "words": "𠮷家水管爆了😀",
        "office": "",
    }
    for wrong, status in (({"words": "水" * 2001}, 422), ({"office": "999999"}, 422), ({"words": " "}, 422)):
        answer = worker.post("/console/desk/send/", sent | wrong)
        assert answer.status_code == status, wrong
        page = answer.content.decode()
        assert (sent | wrong)["words"].strip() in page and "note bad" in page
        assert f'value="{HELP}:repair" required data-key="1" data-then="words" checked' in page
        assert not Case.objects.exists()
    lines = "一" * 1000 + "\r\n" + "二" * 999  # as a browser sends them: fits to the last character
    worker.post("/console/desk/send/", sent | {"words": lines})
    assert Case.objects.get().words == lines.replace("\r\n", "\n")
    worker.post("/console/desk/send/", sent)
    assert Case.objects.filter(words=sent["words"]).count() == 1
    assert worker.get("/console/desk/send/").status_code == 302  # the page of a refusal, opened anew
