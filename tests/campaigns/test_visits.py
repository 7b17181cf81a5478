"""Visits: whom, in which order, by whom; received once whatever the line did; what changed meanwhile is shown."""

import base64
import datetime as dt
import io
import random
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lianxin.access import sealedfiles
from lianxin.campaigns import visiting, visitlist, visitplan, visitsync
from lianxin.campaigns.models import Part, Report, Stop, Taken, VisitList
from lianxin.campaigns.visitsync import Said, SaidPart
from lianxin.casework import actions as casework
from lianxin.casework.models import Case
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.journal import looks
from lianxin.journal import queries as chain
from lianxin.outcomes.models import Outcome
from lianxin.people import queries as files
from lianxin.people.models import Family, Person
from tests.factories.casework import AT, SIBLING_VILLAGE, SYSTEM, VILLAGE, resident
from tests.factories.casework import town as built

pytestmark = pytest.mark.django_db
LATER = AT + dt.timedelta(hours=5)
KINDS = ("repair", "errand", "carry", "accompany")


def house(number, address, person=None, home=VILLAGE, born=dt.date(1950, 1, 1)):
    """A household with one person."""
    person = person or resident(100 + number, f"石{chr(0x4E00 + number)}", born=born, home=home)
    Family.objects.filter(pk=person.family_id).update(address=address)
    Person.objects.filter(pk=person.pk).update(address=address)
    return Family.objects.get(pk=person.family_id)


@pytest.fixture
def town(db):
    made = built()
    made.homes = [house(n, f"平安里 {number} 号") for n, number in enumerate((12, 2, 7))]
    return made


def planned(town, by=None, **more):
    by = by or town.worker
    given = {"name": "春节走访", "occasion": "round", "area": VILLAGE, "account": by.account, "for_on": AT.date(),
             "stops": {one.pk: ("not-lately", "") for one in town.homes}, **more}  # fmt: skip
    return visiting.plan(**given, by=by, at=AT)


def stop_of(listed, place):
    return Stop.objects.get(list=listed, place=place)


def said(stop, **more):
    base = {"key": str(uuid.uuid4()), "stop": stop.pk, "outcome": "met", "happened_at": LATER, "known_at": AT,
            "visit_key": str(uuid.uuid4()), "words": "身体还好，想修水管"}  # fmt: skip
    return Said(**{**base, **more})


def need(kind="repair", words="厨房水管漏水"):
    return SaidPart(str(uuid.uuid4()), "need", f"household-help:{kind}", words=words)


def fix(person, value, field="address"):
    return SaidPart(str(uuid.uuid4()), "correction", field, value=value, person=person)


def only(answers):
    (one,) = answers
    return one


def test_the_route_goes_along_the_streets_with_numbers_as_numbers(town):
    listed = planned(town)
    order = [one.family.address for one in listed.stops.order_by("place")]
    assert order == ["平安里 2 号", "平安里 7 号", "平安里 12 号"]


@given(st.lists(st.integers(0, 5), max_size=8))
def test_any_order_by_hand_keeps_every_household_once(tmp_order):
    stops = [10, 20, 30, 40, 50, 60]
    named = {pk: place for place, pk in enumerate(stops[n] for n in tmp_order)}
    made = sorted(stops, key=lambda pk: named.get(pk, len(named) + stops.index(pk) + 1))
    assert sorted(made) == stops


def test_moving_by_hand(town):
    listed = planned(town)
    ids = list(listed.stops.order_by("place").values_list("pk", flat=True))
    visiting.reorder(visits=listed.pk, order=[ids[2], ids[0]], by=town.worker, at=AT)
    assert list(listed.stops.order_by("place").values_list("pk", flat=True)) == [ids[2], ids[0], ids[1]]


def test_a_plan_refuses_households_elsewhere_strangers_and_too_many(town):
    far = house(50, "西里 1 号", home=SIBLING_VILLAGE)
    for wrong in ({"stops": {far.pk: ("asked", "")}}, {"stops": {}}, {"account": town.accounts["sibling-clerk"]},
                  {"for_on": AT.date() - dt.timedelta(days=1)}, {"name": " "}, {"occasion": "any"}):  # fmt: skip
        with pytest.raises(Refusal):
            planned(town, **wrong)
    assert not VisitList.objects.exists()


def test_whom_to_visit_by_need_by_time_and_by_what_the_desk_asks(town):
    day = AT.date()

    def found(occasion, **more):
        rows = visitplan.candidates(town.worker.scope, area=VILLAGE, occasion=occasion, day=day, at=AT, **more)
        return {one.home.household.id: one for one in rows}

    lone = {one.pk for one in town.homes}
    assert lone <= set(found("round"))
    assert lone <= set(found("first-need", mark="old-alone"))
    assert not lone & set(found("first-need", mark="baby"))
    listed = planned(town)
    visitsync.receive(reports=[said(stop_of(listed, 1))], by=town.worker, at=LATER)
    first = stop_of(listed, 1).family_id
    assert first not in found("round")
    assert found("first-need")[first].visited_on == clock.day(LATER)
    rows = visitplan.candidates(
        town.worker.scope, area=VILLAGE, occasion="round", day=day + dt.timedelta(days=200), at=AT
    )
    assert first in {one.home.household.id for one in rows}
    assert {one.home.household.id for one in rows if one.planned} == lone - {first}
    with pytest.raises(Refusal):
        visitplan.candidates(town.worker.scope, area=SIBLING_VILLAGE, occasion="round", day=day, at=AT)


def test_a_visit_is_counted_once_for_its_household(town):
    listed = planned(town)
    one = said(stop_of(listed, 1))
    for _again in range(3):
        assert only(visitsync.receive(reports=[one], by=town.worker, at=LATER)).state == "done"
    row = Outcome.objects.get()
    assert (row.kind, row.service, row.family, row.programme) == (
        "visit",
        "home-visit",
        stop_of(listed, 1).family_id,
        "round",
    )
    assert row.happened_on == clock.day(LATER)
    covered = visitplan.coverage(town.worker.scope, area=VILLAGE, from_on=AT.date(), to_on=clock.day(LATER))
    assert covered.visited == 1
    assert covered.not_visited == covered.households - 1
    assert (
        visitplan.coverage(town.sibling_clerk.scope, area=VILLAGE, from_on=AT.date(), to_on=AT.date()).households == 0
    )
    assert chain.verify().broken is None


def test_nobody_at_home_is_not_a_visit(town):
    listed = planned(town)
    assert (
        only(
            visitsync.receive(reports=[said(stop_of(listed, 1), outcome="away", words="")], by=town.worker, at=LATER)
        ).state
        == "done"
    )
    assert not Outcome.objects.exists()
    shown = visitlist.one(town.worker, listed.pk, at=LATER)
    assert (shown.visited, shown.away, shown.households) == (0, 1, 3)


def test_needs_become_asks_and_corrections_their_own_cases(town):
    listed = planned(town)
    stop = stop_of(listed, 1)
    person = Person.objects.get(family=stop.family_id)
    answer = only(visitsync.receive(reports=[said(stop, parts=[need(), need("carry", "米搬不上楼"), fix(person.pk, "平安里 3 号")])],
                                    by=town.worker, at=LATER))  # fmt: skip
    assert [state for _key, state, _theirs in answer.parts] == ["done"] * 4
    asks = Case.objects.filter(service="household-help")
    assert {(one.kind, one.channel, one.family_id) for one in asks} == {
        ("repair", "visit", stop.family_id),
        ("carry", "visit", stop.family_id),
    }
    change = Case.objects.get(service="contact-change")
    assert (change.form, change.person_id) == ({"address": "平安里 3 号"}, person.pk)


def test_a_correction_of_what_changed_meanwhile_is_shown_and_nothing_is_overwritten(town):
    listed = planned(town)
    stop = stop_of(listed, 1)
    person = Person.objects.get(family=stop.family_id)
    given = town.open(
        "contact-change",
        person,
        by=town.clerk,
        at=AT + dt.timedelta(hours=1),
        channel="counter",
        form={"address": "平安里 99 号"},
    )
    casework.accept(cases=given.pk, by=town.clerk, at=AT + dt.timedelta(hours=2))
    casework.deliver(cases=given.pk, by=town.clerk, at=AT + dt.timedelta(hours=3))
    part = fix(person.pk, "平安里 3 号")
    one = said(stop, parts=[part])
    answer = only(visitsync.receive(reports=[one], by=town.worker, at=LATER))
    assert answer.state == "conflict"
    assert answer.parts[-1] == (part.key, "conflict", "平安里 99 号")
    assert Case.objects.filter(service="contact-change").count() == 1
    assert Outcome.objects.filter(kind="visit").count() == 1, "the visit itself is counted"
    assert visitlist.one(town.worker, listed.pk, at=LATER).waits == 1
    for _again in range(2):
        assert visitsync.decide(part=part, report=one.key, mine=True, by=town.worker, at=LATER).state == "done"
    assert Case.objects.filter(service="contact-change").count() == 2
    assert visitlist.one(town.worker, listed.pk, at=LATER).waits == 0


def test_theirs_is_left_and_mine_dropped(town):
    listed = planned(town)
    stop = stop_of(listed, 1)
    visitsync.receive(reports=[said(stop, words="先到的")], by=town.clerk, at=LATER)
    one = said(stop)
    answer = only(visitsync.receive(reports=[one], by=town.worker, at=LATER))
    assert answer.state == "conflict"
    assert "先到的" in answer.parts[0][2]
    part = SaidPart(one.visit_key, "visit", "")
    assert visitsync.decide(part=part, report=one.key, mine=False, by=town.worker, at=LATER).state == "done"
    assert Outcome.objects.filter(kind="visit").count() == 1
    assert Part.objects.get(key=one.visit_key).state == "dropped"
    assert Report.objects.get(key=one.key).words == one.words, "what was found stays"
    second = said(stop)
    visitsync.receive(reports=[second], by=town.worker, at=LATER)
    visitsync.decide(
        part=SaidPart(second.visit_key, "visit", ""), report=second.key, mine=True, by=town.worker, at=LATER
    )
    assert Outcome.objects.filter(kind="visit").count() == 2


def good_news(town):
    """A case that a visit delivers, on the county's desk."""
    soldier = town.persons["soldier"]
    family = house(60, "平安里 5 号", person=soldier)
    case = town.open("good-news", soldier, event_on=AT.date(), amount=150000)
    casework.advance(cases=case.pk, by=SYSTEM, at=AT)
    casework.advance(cases=case.pk, by=SYSTEM, at=AT)
    case.refresh_from_db()
    assert case.step_name == "deliver"
    return family, case


def test_a_visit_delivers_the_case_that_waits_for_it(town):
    family, case = good_news(town)
    assert visitplan.waiting(town.reviewer.scope, VILLAGE, AT)[family.pk] == case.pk
    by = SYSTEM
    listed = visiting.plan(name="送喜报", occasion="asked", area=VILLAGE, account=town.accounts["reviewer"], for_on=AT.date(),
                           stops={family.pk: ("asked", "")}, cases={family.pk: case.pk}, by=by, at=AT)  # fmt: skip
    stop = listed.stops.get()
    assert only(visitsync.receive(reports=[said(stop, lock=case.version_lock)], by=by, at=LATER)).state == "done"
    case.refresh_from_db()
    assert case.step == 3
    assert [(one.service, one.case) for one in Outcome.objects.filter(kind="visit")] == [("good-news", case.pk)]


def test_a_case_that_moved_meanwhile_is_a_conflict_and_the_worker_decides(town):
    family, case = good_news(town)
    listed = visiting.plan(name="送喜报", occasion="asked", area=VILLAGE, account=town.accounts["reviewer"], for_on=AT.date(),
                           stops={family.pk: ("asked", "")}, cases={family.pk: case.pk}, by=SYSTEM, at=AT)  # fmt: skip
    stop, lock = listed.stops.get(), case.version_lock
    casework.note(cases=case.pk, words="改到下周", by=town.reviewer, at=AT)
    one = said(stop, lock=lock)
    answer = only(visitsync.receive(reports=[one], by=SYSTEM, at=LATER))
    assert answer.state == "conflict"
    case.refresh_from_db()
    assert case.step == 2, "nothing was delivered over somebody's head"
    assert (
        visitsync.decide(
            part=SaidPart(one.visit_key, "visit", ""), report=one.key, mine=True, by=SYSTEM, at=LATER
        ).state
        == "done"
    )
    case.refresh_from_db()
    assert case.step == 3


def test_what_may_not_be_stored_is_refused_whole_and_taken_when_mended(town):
    listed = planned(town)
    stop = stop_of(listed, 1)
    key = str(uuid.uuid4())
    bad = said(stop, key=key, parts=[need(words="他在三连服役，驻地在山里")])
    answer = only(visitsync.receive(reports=[bad], by=town.worker, at=LATER))
    assert answer.state == "refused"
    assert answer.words
    assert not Report.objects.exists()
    assert not Outcome.objects.exists()
    assert (
        only(visitsync.receive(reports=[said(stop, key=key, parts=[need()])], by=town.worker, at=LATER)).state == "done"
    )


@pytest.mark.parametrize("wrong", [{"outcome": "maybe"}, {"happened_at": LATER + dt.timedelta(days=2)}, {"signature": "no picture"},
                                   {"signature": base64.b64encode(b"MZ..").decode()}, {"parts": [need(kind="nothing")]},
                                   {"parts": [need(words=" ")]}, {"parts": [fix(1, "x", "id_number")]}])  # fmt: skip
def test_what_is_no_report_is_refused_and_costs_the_others_nothing(town, wrong):
    listed = planned(town)
    good = said(stop_of(listed, 2))
    answers = visitsync.receive(reports=[said(stop_of(listed, 1), **wrong), good], by=town.worker, at=LATER)
    assert [one.state for one in answers] == ["refused", "done"]
    assert Report.objects.count() == 1


def test_a_signature_lies_sealed_and_only_there(town):
    out = io.BytesIO()
    Image.new("RGB", (60, 20), "white").save(out, "PNG")
    listed = planned(town)
    one = said(stop_of(listed, 1), signature=base64.b64encode(out.getvalue()).decode(), signer="石西")
    visitsync.receive(reports=[one], by=town.worker, at=LATER)
    report = Report.objects.get()
    assert sealedfiles.read(report.signature) == out.getvalue()
    assert visitlist.signature_of(town.worker, report.pk, at=LATER) == report.signature
    assert visitlist.signature_of(town.sibling_clerk, report.pk, at=LATER) is None


@given(seed=st.integers(0, 10**6))
def test_any_broken_line_ends_the_same(seed):
    """Batches cut, repeated, reordered, with lost answers: each visit, need and outcome exists once."""
    from django.db import transaction

    chance = random.Random(seed)
    with transaction.atomic():
        town = built()
        town.homes = [house(n, f"平安里 {n + 1} 号") for n in range(3)]
        listed = planned(town)
        waiting = [said(stop_of(listed, n + 1), parts=[need(kind) for kind in chance.sample(KINDS, chance.randrange(3))])
                   for n in range(3)]  # fmt: skip
        wanted = sum(len(one.parts) for one in waiting)
        sent, at = list(waiting), LATER
        for _round in range(12):
            if not sent:
                break
            batch = chance.sample(sent, chance.randrange(1, len(sent) + 1)) + chance.sample(
                waiting, chance.randrange(2)
            )
            answers = visitsync.receive(reports=batch, by=town.worker, at=at)
            assert {one.state for one in answers} == {"done"}
            if chance.random() < 0.5:  # the answer arrives
                sent = [one for one in sent if one.key not in {answer.key for answer in answers}]
        visitsync.receive(reports=waiting, by=town.worker, at=at)
        assert Report.objects.count() == 3
        assert Outcome.objects.filter(kind="visit").count() == 3
        assert (
            Case.objects.filter(service="household-help").count() == wanted == Part.objects.filter(what="need").count()
        )
        transaction.set_rollback(True)


def test_only_ones_own_list_is_taken_along_and_the_households_can_read_it(town):
    listed = planned(town)
    key = str(uuid.uuid4())
    made = visiting.take_along(visits=listed.pk, key=key, by=town.worker, at=AT)
    assert made.until == AT + dt.timedelta(days=7)
    assert visiting.take_along(visits=listed.pk, key=key, by=town.worker, at=LATER).pk == made.pk
    person = Person.objects.get(family=town.homes[0])
    assert made.entry_id in looks.lists_with(person.pk)
    for other in (town.clerk, town.sibling_clerk):
        with pytest.raises(Refusal):
            visiting.take_along(visits=listed.pk, key=str(uuid.uuid4()), by=other, at=AT)
    assert visitlist.held_by(town.worker, at=LATER)[0][0] == key
    assert visitlist.held_by(town.worker, at=AT + dt.timedelta(days=8)) == []


def test_handed_back_or_given_away_it_holds_no_more_and_what_was_found_still_comes(town):
    listed = planned(town)
    key = str(uuid.uuid4())
    visiting.take_along(visits=listed.pk, key=key, by=town.worker, at=AT)
    visiting.give(visits=listed.pk, account=town.accounts["clerk"], for_on=AT.date(), by=town.clerk, at=AT)
    assert visitlist.held_by(town.worker, at=LATER) == []
    assert only(visitsync.receive(reports=[said(stop_of(listed, 1))], by=town.worker, at=LATER)).state == "done"
    assert visiting.hand_back(key=key, by=town.worker, at=LATER, wiped=True)
    assert not visiting.hand_back(key=key, by=town.worker, at=LATER)
    listed.refresh_from_db()
    assert listed.state == "open", "it is the clerk's now"
    with pytest.raises(Refusal):
        visiting.take_along(visits=listed.pk, key=key, by=town.worker, at=LATER)
    mine = str(uuid.uuid4())
    visiting.take_along(visits=listed.pk, key=mine, by=town.clerk, at=LATER)
    visiting.hand_back(key=mine, by=town.clerk, at=LATER)
    listed.refresh_from_db()
    assert listed.state == "back"
    assert Taken.objects.get(key=mine).why == "back"


def test_another_area_sees_and_reports_nothing(town):
    listed = planned(town)
    assert visitlist.one(town.sibling_clerk, listed.pk, at=AT) is None
    assert (
        only(visitsync.receive(reports=[said(stop_of(listed, 1))], by=town.sibling_clerk, at=LATER)).state == "refused"
    )
    for deed in (lambda: visiting.end(visits=listed.pk, by=town.sibling_clerk, at=AT),
                 lambda: visiting.reorder(visits=listed.pk, order=[], by=town.sibling_clerk, at=AT)):  # fmt: skip
        with pytest.raises(Refusal):
            deed()


def test_sealed_cases_are_never_taken_along(town):
    wife = town.persons["wife"]
    wife.refresh_from_db()
    town.open("rights-case", wife, by=town.rights, channel="counter", kind="debt-contract")
    open_ = town.open(
        "household-help", wife, by=town.wife, channel="app", kind="repair", words="漏水", family=wife.family_id
    )
    found = visitlist.running(town.rights, [wife.family_id], at=AT)
    assert [one.id for one in found.get(wife.family_id, [])] == [open_.pk]


def test_a_mandate_and_a_file_are_untouched_by_a_visit_alone(town):
    listed = planned(town)
    person = Person.objects.get(family=stop_of(listed, 1).family_id)
    before = files.person(SYSTEM.scope, person.pk)
    visitsync.receive(
        reports=[said(stop_of(listed, 1), parts=[fix(person.pk, "平安里 3 号")])], by=town.worker, at=LATER
    )
    assert files.person(SYSTEM.scope, person.pk) == before
