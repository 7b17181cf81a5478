"""A correction of the past by replay: who is owed, who owes; two people; nothing twice; there and back is nothing."""

from __future__ import annotations

import copy
import datetime as dt

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from lianxin.access import behind
from lianxin.access.models import Account
from lianxin.casework import actions as casework
from lianxin.casework.models import Case, Period
from lianxin.catalogue import queries as catalogue
from lianxin.catalogue.models import Version
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over
from lianxin.journal import actions as journal
from lianxin.journal.pictures import altered
from lianxin.journal.queries import verify
from lianxin.notices.models import Notice
from lianxin.outcomes.models import Outcome
from lianxin.payments import actions, objections, queries, replayed, replaying
from lianxin.payments.actions import finding
from lianxin.payments.models import Attempt, Line, Posting
from lianxin.payments.replaymodels import Correction, Recovery, Replay
from lianxin.people import models as people
from tests.factories.casework import AT, SYSTEM, resident, write
from tests.factories.casework import town as make_town
from tests.payments.town import APPROVER, CHECKER, MAKER, answer, give_account, sent

CODE, CITY = "living-subsidy-rural60", "4199"
JUNE, OCTOBER = dt.date(2026, 6, 1), dt.date(2026, 10, 31)
NOW = dt.datetime(2026, 11, 25, 2, tzinfo=dt.UTC)


def at(day: dt.date, hours: int = 1) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hours), dt.UTC)


@pytest.fixture
def town(db):
    """Three old men whose allowance stands since June and was ordered each month to October."""
    made = make_town()
    for number, years in ((20, 5), (21, 4), (22, 10)):
        one = resident(number, f"丁{chr(0x4E00 + number)}", born=dt.date(1946, 1, 1))
        write(people.Service(person=one, kind="conscript", enlisted_on=dt.date(1966, 1, 1), recorded_at=AT,
                             discharged_on=dt.date(1966 + years, 1, 1), rural_at_enlistment=True))  # fmt: skip
        give_account(one)
        case = made.open(CODE, one, area=one.home)
        Case.objects.filter(pk=case.pk).update(state="standing", step=4, stands_from=JUNE, opened_at=at(JUNE))
        made.persons[f"man{number}"] = one
    for month in range(6, 11):
        day = dt.date(2026, month, 3)
        assert casework.periods_due(day=day, by=SYSTEM, at=at(day)).ordered == 3
    return made


def take_back(*, person, service, fen, words, by, at, expected=None):
    """One records what came back, another has found it in the account."""
    made = actions.propose_back(person=person, service=service, fen=fen, words=words, by=by, at=at, expected=expected)
    return actions.decide(settling=made, agree=True, by=APPROVER, at=at)


def write_off(*, person, service, reason, by, at):
    made = actions.propose_off(person=person, service=service, reason=reason, by=CHECKER, at=at)
    return actions.decide(settling=made, agree=True, by=by, at=at)


def rule(rate: int, *, from_on: dt.date = JUNE, published: dt.datetime = NOW, **also) -> Version:
    """Another version, from a day, by which a year of service is worth ``rate`` fen a month."""
    newest = Version.objects.filter(service=CODE).order_by("-number").first()
    declaration = copy.deepcopy(newest.declaration)
    values = declaration["service"]["parameters"]["rate_per_year"]["values"]
    values["2026-01-01"] = rate
    with journal.entry(action="publish", by=SYSTEM, at=published) as writer:
        return writer.add([Version(
            service=CODE, number=newest.number + 1, digest="0" * 64, declaration=declaration, in_force_from=from_on,
            published_at=published, approved_by="two people", activated_at=published, **also,
        )])[0]  # fmt: skip


def found(scope=None) -> list[replaying.Difference]:
    return replaying.find(scope or over(CITY), CODE, JUNE, OCTOBER)


def propose(by: Actor = MAKER, **also) -> Replay | None:
    given = {"service": CODE, "from_on": JUNE, "to_on": OCTOBER, "reason": "notice 7", "by": by, "at": NOW}
    return actions.propose(**{**given, **also})


def carry(**also) -> actions.Carried:
    made = propose(**also)
    return actions.approve(replay=made.pk, by=APPROVER, at=NOW)


def pay_all() -> None:
    """Everything due goes to the bank and arrives."""
    batch = sent(CODE)
    number = queries.batch(over(CITY), batch, NOW.date()).batch.number
    tries = queries.batch_lines(over(CITY), batch, limit=100)
    rows = [(one.serial, f"{one.amount / 100:.2f}", "成功", "") for one in tries]
    actions.read_return(batch=batch, data=answer(number, rows), name="r.xlsx", by=MAKER, at=NOW)


def net() -> dict[tuple[int, str], int]:
    """What each case has been given for each period, recoveries taken off."""
    sums: dict[tuple[int, str], int] = {}
    for line in Line.objects.exclude(state="cancelled"):
        sums[line.case_id, line.period] = sums.get((line.case_id, line.period), 0) + line.amount
    for one in Recovery.objects.all():
        sums[one.case_id, one.period] -= one.amount
    return {key: fen for key, fen in sums.items() if fen}


def whole() -> None:
    assert queries.verify_books().broken == ""
    assert verify().broken is None


def test_replaying_what_nothing_corrects_finds_nothing(town):
    assert Line.objects.count() == 15
    assert found() == []
    assert propose() is None
    rule(9900, from_on=dt.date(2026, 11, 1), published=at(JUNE, 5))  # a later rule is no correction of the past
    assert found() == []
    assert Replay.objects.count() == 0


def test_a_standing_decision_follows_the_rule_that_speaks_on_the_day(town):
    made = rule(6600, from_on=dt.date(2026, 11, 1))
    day = dt.date(2026, 11, 25)
    casework.periods_due(day=day, by=SYSTEM, at=NOW)
    lines = Line.objects.filter(period="2026-11").order_by("amount")
    assert [(line.amount, line.version_id) for line in lines] == [
        (26400, made.pk),
        (33000, made.pk),
        (66000, made.pk),
    ]
    assert not Case.objects.filter(version=made).exists()  # the decision keeps the version it was made by


def test_a_raised_rate_tops_up_what_was_paid_and_a_repeat_finds_nothing(town):
    pay_all()
    rule(6600)
    rows = found()
    assert {(row.kind, row.cause) for row in rows} == {("top-up", "rule")}
    assert sum(row.now - row.was for row in rows) == 600 * (5 + 4 + 10) * 5
    made = propose()
    assert propose().pk == made.pk
    assert Line.objects.count() == 15  # nothing moves before another person signs
    with pytest.raises(Refusal):
        actions.approve(replay=made.pk, by=Actor(account=MAKER.account, permissions=APPROVER.permissions,
                                                 scope=APPROVER.scope, area=CITY), at=NOW)  # fmt: skip
    done = actions.approve(replay=made.pk, by=APPROVER, at=NOW)
    assert (done.owed, done.owed_fen, done.claimed, done.gone) == (15, 57000, 0, 0)
    assert actions.approve(replay=made.pk, by=APPROVER, at=NOW).owed == 0  # the second click
    assert found() == []
    assert propose() is None
    whole()
    periods = list(Period.objects.order_by("pk").values_list("state", "on"))
    pay_all()
    assert list(Period.objects.order_by("pk").values_list("state", "on")) == periods
    assert sum(Outcome.objects.values_list("quantity", flat=True)) == 15  # a period topped up is a period once
    assert sum(Outcome.objects.values_list("amount", flat=True)) == 6600 * 19 * 5
    whole()


def test_a_lowered_rate_asks_back_what_was_paid_and_makes_smaller_what_was_not(town):
    batch = sent(CODE)
    tries = queries.batch_lines(over(CITY), batch, limit=100)
    number = queries.batch(over(CITY), batch, NOW.date()).batch.number
    rows = [(one.serial, f"{one.amount / 100:.2f}", "成功", "") for one in tries[:7]]
    rows += [(one.serial, f"{one.amount / 100:.2f}", "失败", "账户已销户") for one in tries[7:10]]
    actions.read_return(batch=batch, data=answer(number, rows + [
        (one.serial, f"{one.amount / 100:.2f}", "处理中", "") for one in tries[10:]]), name="r.xlsx", by=MAKER, at=NOW)  # fmt: skip
    rule(5000)
    kinds = [row.kind for row in found()]
    assert (kinds.count("recover"), kinds.count("wait")) == (10, 5)  # what is at the bank waits for its answer
    before = {line.pk: line.state for line in Line.objects.all()}
    done = carry()
    assert done.claimed == 7
    assert done.owed == 3  # in the place of three that came back
    assert Line.objects.filter(state="cancelled").count() == 3
    assert all(Line.objects.get(pk=pk).state == "paid" for pk, state in before.items() if state == "paid")
    assert {fen for key, fen in net().items() if key in {(row.case, row.period) for row in found()}} <= {
        6000 * years for years in (4, 5, 10)
    }
    assert {row.kind for row in found()} == {"wait"}
    assert Notice.objects.filter(template="recovery-claimed").count() == len(
        set(Recovery.objects.values_list("person", flat=True))
    )
    whole()


def test_what_was_not_sent_is_made_smaller_and_nobody_owes(town):
    rule(5000)
    done = carry()
    assert (done.claimed, done.owed) == (0, 15)
    assert Line.objects.filter(state="cancelled").count() == 15
    assert set(net().values()) == {5000 * years for years in (4, 5, 10)}
    assert found() == []
    whole()


@settings(max_examples=6)
@given(st.lists(st.tuples(st.integers(1000, 9000), st.booleans()), min_size=1, max_size=4))
def test_corrections_one_after_another_leave_what_the_last_rule_says(town, steps):
    """Whatever was corrected, in whatever order and with whatever paid between: each person has what the rule that
    speaks now gives them, a repeat finds nothing, and the books hold. Correcting back nets to nothing."""
    first = net()
    sid = transaction.savepoint()
    try:
        for number, (rate, paid) in enumerate([*steps, (6000, False)]):
            if paid and Line.objects.filter(state="due").exists():
                pay_all()
            rule(rate, published=NOW + dt.timedelta(minutes=number))
            if made := propose(at=NOW + dt.timedelta(minutes=number, seconds=10)):
                actions.approve(replay=made.pk, by=APPROVER, at=NOW + dt.timedelta(minutes=number, seconds=20))
            assert found() == []
            assert set(net().values()) == {rate * years for years in (4, 5, 10)}
        assert net() == first
        assert queries.verify_books().broken == ""
    finally:
        transaction.savepoint_rollback(sid)
        catalogue.forget()  # the next example's versions get the same ids


def test_a_corrected_file_is_found_and_only_that_persons_lines(town):
    man = town.persons["man20"]
    row = people.Service.objects.get(person=man)
    with journal.entry(action="test", by=SYSTEM, at=NOW) as writer:
        writer.supersede(people.Service, [row.pk], NOW)
        writer.add([people.Service(person=man, kind="conscript", enlisted_on=row.enlisted_on, recorded_at=NOW,
                                   discharged_on=dt.date(1973, 1, 1), rural_at_enlistment=True)])  # fmt: skip
    rows = found()
    assert {(row.person, row.kind, row.cause, row.now - row.was) for row in rows} == {(man.pk, "top-up", "file", 12000)}
    assert len(rows) == 5


def test_a_late_death_asks_back_what_came_after_and_writes_to_the_station_alone(town):
    pay_all()
    man = town.persons["man21"]
    people.Person.objects.filter(pk=man.pk).update(died_on=dt.date(2026, 8, 20))
    row = people.Particulars.objects.get(person=man)
    with journal.entry(action="test", by=SYSTEM, at=NOW) as writer:
        writer.supersede(people.Particulars, [row.pk], NOW)
        writer.add([people.Particulars(person=man, name=row.name, home=row.home, hukou=row.hukou, born_on=row.born_on,
                                       died_on=dt.date(2026, 8, 20), recorded_at=NOW)])  # fmt: skip
    rows = found()
    assert [(row.period, row.kind, row.now) for row in rows] == [("2026-09", "recover", 0), ("2026-10", "recover", 0)]
    carry()
    assert not Notice.objects.filter(template="recovery-claimed", person=man.pk).exists()
    assert Notice.objects.filter(template="recovery-claimed-desk").count() == 1


def test_what_the_file_cannot_tell_now_moves_no_money(town):
    man = town.persons["man20"]
    row = people.Service.objects.get(person=man)
    with journal.entry(action="test", by=SYSTEM, at=NOW) as writer:
        writer.supersede(people.Service, [row.pk], NOW)
        writer.add([people.Service(person=man, kind="conscript", enlisted_on=row.enlisted_on, recorded_at=NOW,
                                   discharged_on=dt.date(1971, 1, 1))])  # fmt: skip
    assert {(row.kind, row.missing) for row in found()} == {("look", "rural_at_enlistment")}
    done = carry()
    assert done == actions.Carried()
    assert set(Correction.objects.values_list("state", flat=True)) == {"aside"}


def test_a_decision_that_cannot_be_told_again_is_only_shown(town):
    Line.objects.filter(person=town.persons["man20"], period="2026-07").update(amount=12345)
    rule(6600)
    rows = {(row.person, row.period): row.kind for row in found()}
    assert rows[town.persons["man20"].pk, "2026-07"] == "look"
    assert sorted(rows.values()).count("top-up") == 14


def test_a_refusal_by_the_rule_of_then_is_to_be_decided_again_by_a_person(town):
    young = resident(30, "丁少", born=dt.date(1969, 6, 1))
    write(people.Service(person=young, kind="conscript", enlisted_on=dt.date(1987, 1, 1), recorded_at=AT,
                         discharged_on=dt.date(1991, 1, 1), rural_at_enlistment=True))  # fmt: skip
    case = town.open(CODE, young, area=young.home)
    Case.objects.filter(pk=case.pk).update(state="refused", closed_at=at(dt.date(2026, 9, 8)))
    assert found() == []
    newest = rule(6000)
    declaration = copy.deepcopy(newest.declaration)
    declaration["service"]["parameters"]["age_from"]["values"] = {"2020-01-01": 55}
    Version.objects.filter(pk=newest.pk).update(declaration=declaration)
    catalogue.forget()
    assert [(row.case, row.kind, row.now) for row in found()] == [(case.pk, "decide", 24000)]


def test_what_is_left_with_a_reason_is_not_proposed_again(town):
    rule(6600)
    made = propose()
    some = list(Correction.objects.filter(replay=made, person=town.persons["man20"]).values_list("pk", flat=True))
    with pytest.raises(Refusal):
        actions.leave(replay=made.pk, corrections=some, reason=" ", by=MAKER, at=NOW)
    assert actions.leave(replay=made.pk, corrections=some, reason="agreed with the family", by=MAKER, at=NOW) == 5
    assert actions.approve(replay=made.pk, by=APPROVER, at=NOW).owed == 10
    assert found() == []


def test_what_became_of_periods_and_corrections_cannot_be_altered_by_hand(town):
    """A state is no digest's: the walk compares it with the books, the entries and the rows that were made."""
    batch = sent(CODE)
    tries = queries.batch_lines(over(CITY), batch, limit=100)
    number = queries.batch(over(CITY), batch, NOW.date()).batch.number
    rows = [(one.serial, f"{one.amount / 100:.2f}", *(("成功", "") if one.serial > 2 else ("失败", "账户已销户")))
            for one in tries if one.serial < 9]  # fmt: skip
    actions.read_return(batch=batch, data=answer(number, rows), name="r.xlsx", by=MAKER, at=NOW)
    rule(6600)
    made = propose()
    some = list(Correction.objects.filter(replay=made).order_by("pk").values_list("pk", flat=True)[:2])
    actions.leave(replay=made.pk, corrections=some, reason="agreed", by=MAKER, at=NOW)
    kept = Line.objects.filter(pk=Correction.objects.get(pk=max(some) + 1).line_id)
    kept.update(amount=1)  # so that one of them does not hold any more
    assert actions.approve(replay=made.pk, by=APPROVER, at=NOW).gone == 1
    kept.update(amount=Correction.objects.get(state="gone").was)
    whole()
    assert set(Period.objects.values_list("state", flat=True)) == {"done", "returned", "underway"}
    assert set(Correction.objects.values_list("state", flat=True)) == {"left", "gone", "applied"}
    for model, others in (
        (Period, ("done", "returned", "underway", "reversed")),
        (Correction, ("open", "applied", "left", "gone")),
    ):
        for was in set(model.objects.values_list("state", flat=True)):
            row = model.objects.filter(state=was).order_by("pk").first()
            for other in others:
                model.objects.filter(pk=row.pk).update(state=other)
                found_it = next(iter(altered()), None)
                said = (found_it.table, found_it.row) if found_it else None
                assert said == (None if other == was else (model._meta.label_lower, row.pk)), (was, other)
            model.objects.filter(pk=row.pk).update(state=was)
    whole()


def test_small_debts_are_left_and_said(town):
    pay_all()
    rule(5990)
    made = propose(least=400)  # 50 fen a month over five months: 250, 200 and 500 fen
    left = Correction.objects.filter(replay=made, state="left")
    assert set(left.values_list("person", "why")) == {
        (town.persons["man20"].pk, "below-the-least"),
        (town.persons["man21"].pk, "below-the-least"),
    }
    assert actions.approve(replay=made.pk, by=APPROVER, at=NOW).claimed_fen == 500


def test_an_approval_killed_half_way_goes_on_and_does_nothing_twice(town, monkeypatch):
    from lianxin.payments.actions import replays

    pay_all()
    rule(6600)
    made = propose()
    monkeypatch.setattr(replays, "CHUNK", 4)
    real, calls = replays._carry, []

    def dying(*given):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(*given)

    monkeypatch.setattr(replays, "_carry", dying)
    with pytest.raises(KeyboardInterrupt):
        actions.approve(replay=made.pk, by=APPROVER, at=NOW)
    assert Line.objects.filter(correction__isnull=False).count() == 8
    assert actions.approve(replay=made.pk, by=APPROVER, at=NOW).owed == 7
    assert Line.objects.filter(correction__isnull=False).count() == 15
    assert Replay.objects.get().state == "applied"
    whole()


def test_what_moved_since_the_proposal_is_not_carried_out(town):
    rule(5000)
    made = propose()
    sent(CODE)
    done = actions.approve(replay=made.pk, by=APPROVER, at=NOW)
    assert (done.gone, done.owed, done.claimed) == (15, 0, 0)
    assert set(Correction.objects.values_list("state", flat=True)) == {"gone"}
    whole()


def test_a_debt_comes_back_in_parts_or_is_written_off_with_a_reason(town):
    pay_all()
    rule(5000)
    carry()
    man = town.persons["man22"].pk  # ten years: 100 yuan a month
    with pytest.raises(Refusal):
        take_back(person=man, service=CODE, fen=50001, words="receipt 1", by=CHECKER, at=NOW)
    assert take_back(person=man, service=CODE, fen=15000, words="receipt 1", by=CHECKER, at=NOW) == 1
    whole()
    assert write_off(person=man, service=CODE, reason="the family cannot", by=APPROVER, at=NOW) == 4
    rows = Recovery.objects.filter(person=man).order_by("pk").values_list("state", "returned", "waived")
    assert list(rows) == [("settled", 10000, 0), ("waived", 5000, 5000), *[("waived", 0, 10000)] * 3]
    with pytest.raises(Refusal):
        take_back(person=man, service=CODE, fen=1, words="receipt 2", by=CHECKER, at=NOW)
    whole()
    assert found() == []


def test_a_replay_is_of_ones_own_area_and_one_waits_at_a_time(town):
    rule(6600)
    assert len(found(over("419902"))) == 0
    far = Actor(account=9, permissions=MAKER.permissions, scope=over("419902"), area="419902")
    assert propose(by=far) is None
    made = propose()
    with pytest.raises(Refusal):
        propose(to_on=dt.date(2026, 8, 31))
    with pytest.raises(Refusal):
        actions.drop(replay=made.pk, reason="wrong", by=far, at=NOW)
    actions.drop(replay=made.pk, reason="the notice was called back", by=MAKER, at=NOW)
    with pytest.raises(Refusal):
        actions.approve(replay=made.pk, by=APPROVER, at=NOW)
    assert len(Correction.objects.filter(replay=propose(to_on=dt.date(2026, 8, 31)))) == 9


def test_what_was_written_off_is_not_paid_once_more(town):
    pay_all()
    rule(5000)
    carry()
    man = town.persons["man22"]
    write_off(person=man.pk, service=CODE, reason="the family cannot", by=APPROVER, at=NOW)
    rule(6000, published=NOW + dt.timedelta(minutes=5))  # back to what was paid: of him nothing is owed
    assert {row.person for row in found()} == {town.persons["man20"].pk, town.persons["man21"].pk}
    rule(6600, published=NOW + dt.timedelta(minutes=10))  # above it: only the rest is
    mine = [row for row in found() if row.person == man.pk]
    assert [(row.kind, row.was, row.now) for row in mine] == [("top-up", 60000, 66000)] * 5
    made = propose(at=NOW + dt.timedelta(minutes=11))
    assert actions.approve(replay=made.pk, by=APPROVER, at=NOW + dt.timedelta(minutes=12)).gone == 0
    assert sum(Line.objects.filter(person=man, state="due").values_list("amount", flat=True)) == 6000 * 5
    assert found() == []
    whole()


def test_a_proposal_is_not_signed_over_a_newer_version(town):
    pay_all()
    rule(6600)
    made = propose()
    rule(7000, published=NOW + dt.timedelta(minutes=1))
    with pytest.raises(Refusal):
        actions.approve(replay=made.pk, by=APPROVER, at=NOW + dt.timedelta(minutes=2))
    actions.drop(replay=made.pk, reason="newer", by=APPROVER, at=NOW + dt.timedelta(minutes=2))
    assert {row.now for row in found()} == {28000, 35000, 70000}


def test_a_version_published_while_a_correction_is_carried_out_is_found_afterwards(town):
    pay_all()
    rule(6600)
    made = propose()
    actions.approve(replay=made.pk, by=APPROVER, at=NOW + dt.timedelta(minutes=9))
    rule(7000, published=NOW + dt.timedelta(minutes=5))  # its moment lies before the signature, after the proposal
    assert {row.now for row in found()} == {28000, 35000, 70000}


def test_money_that_came_back_is_recorded_once(town):
    pay_all()
    rule(5000)
    carry()
    man = town.persons["man22"].pk
    given = {"person": man, "service": CODE, "fen": 5000, "words": "receipt 77", "by": CHECKER, "at": NOW}
    take_back(**given, expected=50000)
    with pytest.raises(Refusal):
        take_back(**given, expected=50000)
    assert sum(Recovery.objects.filter(person=man).values_list("returned", flat=True)) == 5000


def test_days_outside_every_calendar_are_no_error(town):
    assert replaying.find(over(CITY), CODE, dt.date(1, 1, 1), dt.date(9999, 12, 31)) == []


def test_a_debt_that_is_still_open_is_settled_before_anything_is_paid(town):
    """Down, and up again while the money is asked for: nobody is asked for what is theirs, and nothing is paid twice."""
    pay_all()
    rule(5000)
    carry()
    man = town.persons["man22"].pk  # ten years: 100 yuan a month asked back
    take_back(person=man, service=CODE, fen=15000, words="receipt 1", by=CHECKER, at=NOW)
    drawn = balance("appropriation")
    rule(6000, published=NOW + dt.timedelta(minutes=5))
    made = propose(at=NOW + dt.timedelta(minutes=6))
    done = actions.approve(replay=made.pk, by=APPROVER, at=NOW + dt.timedelta(minutes=7))
    assert not Recovery.objects.filter(state="open").exists()
    assert balance("receivable") == 0
    # what had come back already is owed again, and nothing else; the rest settles what was asked
    assert (done.owed_fen, done.netted_fen) == (15000, 1000 * 19 * 5 - 15000)
    assert sum(Line.objects.filter(state="due").values_list("amount", flat=True)) == 15000
    assert set(net().values()) == {6000 * years for years in (4, 5, 10)}
    assert found() == []
    whole()
    pay_all()
    assert balance("appropriation") == drawn - 15000
    assert balance("netted") + balance("netting") == 0
    whole()


def balance(kind: str) -> int:
    return sum(Posting.objects.filter(account__startswith=f"{kind}:").values_list("amount", flat=True))


def test_more_than_was_asked_back_is_paid_and_less_leaves_the_rest_asked(town):
    pay_all()
    rule(5000)
    carry()
    rule(5500, published=NOW + dt.timedelta(minutes=5))
    carry(at=NOW + dt.timedelta(minutes=6))
    assert balance("receivable") == 500 * 19 * 5
    assert not Line.objects.filter(state="due").exists()
    rule(6600, published=NOW + dt.timedelta(minutes=15))
    carry(at=NOW + dt.timedelta(minutes=16))
    assert balance("receivable") == 0
    assert sum(Line.objects.filter(state="due").values_list("amount", flat=True)) == 600 * 19 * 5
    assert found() == []
    whole()


def test_what_is_owed_for_one_month_settles_what_is_asked_of_another(town):
    pay_all()
    rule(5000, from_on=JUNE)
    carry(to_on=dt.date(2026, 7, 31))  # June and July only
    man = town.persons["man22"].pk
    rule(6500, from_on=dt.date(2026, 8, 1), published=NOW + dt.timedelta(minutes=5))
    carry(from_on=dt.date(2026, 8, 1), at=NOW + dt.timedelta(minutes=6))
    mine = Line.objects.filter(person=man, correction__isnull=False)
    assert [(line.state, line.amount) for line in mine.order_by("pk")] == [
        ("netted", 5000)
    ] * 3  # 20000 were asked back
    asked = Recovery.objects.filter(person=man).order_by("pk").values_list("period", "state", "returned")
    assert list(asked) == [("2026-06", "settled", 10000), ("2026-07", "open", 5000)]
    whole()


def test_what_is_objected_to_waits_and_is_settled_by_its_own_month_only(town):
    pay_all()
    rule(5000, from_on=JUNE)
    carry(to_on=dt.date(2026, 7, 31))
    man = town.persons["man22"]
    given = {"person": man.pk, "service": CODE, "by": Actor(account=77, person=man.pk, area=CITY, permissions=frozenset({"own.ask"})),
             "at": NOW + dt.timedelta(minutes=1)}  # fmt: skip
    with pytest.raises(Refusal):
        objections.object_to(**given, words=" ")
    case = objections.object_to(**given, words="the rate was right")
    with pytest.raises(Refusal, match="looked at already"):
        objections.object_to(**given, words="again")
    with pytest.raises(Refusal, match=case.number):
        take_back(person=man.pk, service=CODE, fen=100, words="receipt", by=CHECKER, at=NOW)
    other = town.persons["man21"]
    asked = Recovery.objects.filter(person__in=[man, other])
    assert {one.person_id for one in asked if one.pk in objections.waiting(asked)} == {man.pk}
    rule(6500, from_on=dt.date(2026, 8, 1), published=NOW + dt.timedelta(minutes=5))
    carry(from_on=dt.date(2026, 8, 1), at=NOW + dt.timedelta(minutes=6))
    assert sum(Line.objects.filter(person=man, state="due").values_list("amount", flat=True)) == 5000 * 3
    assert sum(Recovery.objects.filter(person=other).values_list("returned", flat=True)) == 2000 * 3
    rule(6000, from_on=JUNE, published=NOW + dt.timedelta(minutes=15))
    carry(to_on=dt.date(2026, 7, 31), at=NOW + dt.timedelta(minutes=16))  # the claim itself is taken back
    assert not Recovery.objects.filter(person=man, state="open").exists()
    whole()


def test_an_objection_that_does_not_hold_lets_asking_go_on(town):
    pay_all()
    rule(5000)
    carry()
    man = town.persons["man22"]
    by = Actor(account=77, person=man.pk, area=CITY, permissions=frozenset({"own.ask"}))
    case = objections.object_to(person=man.pk, service=CODE, words="no", by=by, at=NOW)
    casework.refuse(cases=case.pk, reason="other", words="the rate of the notice", by=SYSTEM, at=NOW)
    assert objections.waiting(Recovery.objects.filter(person=man)) == {}
    assert take_back(person=man.pk, service=CODE, fen=10000, words="receipt", by=CHECKER, at=NOW) == 1


def test_a_claim_made_later_takes_no_protection_from_the_one_objected_to(town):
    pay_all()
    rule(5000, from_on=JUNE)
    carry(to_on=dt.date(2026, 6, 30))
    man = town.persons["man22"]
    by = Actor(account=77, person=man.pk, area=CITY, permissions=frozenset({"own.ask"}))
    case = objections.object_to(person=man.pk, service=CODE, words="no", by=by, at=NOW + dt.timedelta(minutes=1))
    made = propose(from_on=dt.date(2026, 7, 1), to_on=dt.date(2026, 7, 31))
    actions.approve(replay=made.pk, by=APPROVER, at=NOW + dt.timedelta(minutes=6))
    first, second = Recovery.objects.filter(person=man).order_by("pk")
    assert objections.waiting([first, second]).keys() == {first.pk}
    asked = objections.asked_of([man.pk])
    assert [(one.fen, one.waits is not None) for one in asked] == [(10000, True), (10000, False)]
    later = {"person": man.pk, "service": CODE, "at": NOW + dt.timedelta(minutes=7)}
    with pytest.raises(Refusal):  # more than what nobody objects to
        take_back(**later, fen=20000, words="receipt", by=CHECKER)
    assert take_back(**later, fen=10000, words="receipt", by=CHECKER, expected=10000) == 1
    first.refresh_from_db()
    assert (first.state, first.returned) == ("open", 0)
    whole()
    Case.objects.filter(pk=case.pk).update(state="delivered")  # found to be right, by hand: the journal would say so
    with pytest.raises(Refusal, match=case.number):
        take_back(**later, fen=10000, words="receipt 2", by=CHECKER)
    made = propose(from_on=dt.date(2026, 8, 1), to_on=dt.date(2026, 8, 31))
    actions.approve(replay=made.pk, by=APPROVER, at=NOW + dt.timedelta(minutes=9))
    assert write_off(**later, reason="they were right", by=APPROVER) == 1
    assert list(Recovery.objects.filter(person=man).order_by("pk").values_list("state", flat=True)) == [
        "waived", "settled", "open"]  # fmt: skip


def test_nobody_settles_or_writes_off_their_own_debt(town):
    pay_all()
    rule(5000)
    carry()
    man = town.persons["man22"].pk
    for hand in (CHECKER, APPROVER):
        seat, _made = Account.objects.get_or_create(pk=hand.account, defaults={"username": f"hand{hand.account}"})
        behind.name(account=seat, person=man, by=SYSTEM, at=NOW)
    given = {"person": man, "service": CODE, "at": NOW}
    with pytest.raises(Refusal, match="own debt"):
        take_back(**given, fen=100, words="receipt", by=CHECKER)
    with pytest.raises(Refusal, match="own debt"):
        write_off(**given, reason="because", by=APPROVER)


def told(replay: Replay) -> list[tuple]:
    return sorted(
        Correction.objects.filter(replay=replay).values_list("case", "period", "kind", "was", "now", "state", "why")
    )


def test_a_large_one_is_found_piece_by_piece_to_the_same_end_and_a_kill_loses_nothing(town, monkeypatch):
    pay_all()
    rule(5000)
    at_once = propose(least=25000)
    wanted = told(at_once)
    actions.drop(replay=at_once.pk, reason="again", by=MAKER, at=NOW)
    monkeypatch.setattr(finding, "PIECE", 1)
    given = {
        "service": CODE,
        "from_on": JUNE,
        "to_on": OCTOBER,
        "reason": "notice 7",
        "by": MAKER,
        "at": NOW,
        "least": 25000,
    }
    made = finding.begin(**given)
    assert finding.begin(**given).pk == made.pk  # the second click
    with pytest.raises(Refusal):
        actions.approve(replay=made.pk, by=APPROVER, at=NOW)
    kept = replaying.find_given
    calls: list[int] = []

    def killed(*given, **also):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return kept(*given, **also)

    monkeypatch.setattr(replaying, "find_given", killed)
    with pytest.raises(KeyboardInterrupt):
        finding.find_out(replay=made.pk, by=MAKER, at=NOW)
    assert Replay.objects.get(pk=made.pk).done == 1
    monkeypatch.setattr(replaying, "find_given", kept)
    assert finding.find_out(replay=made.pk, by=MAKER, at=NOW).state == "proposed"
    assert finding.find_out(replay=made.pk, by=MAKER, at=NOW).state == "proposed"  # again does nothing
    assert told(made) == wanted
    assert {row[-1] for row in wanted} == {"", "below-the-least"}
    assert actions.approve(replay=made.pk, by=APPROVER, at=NOW).claimed == 10
    whole()


def test_a_large_one_that_finds_nothing_waits_for_nobody(town):
    made = finding.begin(service=CODE, from_on=JUNE, to_on=OCTOBER, reason="7", by=MAKER, at=NOW)
    assert finding.find_out(replay=made.pk, by=MAKER, at=NOW).state == "nothing"
    assert propose() is None


def test_one_proposes_what_becomes_of_a_debt_and_another_decides(town):
    pay_all()
    rule(5000)
    carry()
    man = town.persons["man22"].pk
    both = Actor(account=CHECKER.account, permissions=CHECKER.permissions | APPROVER.permissions, scope=CHECKER.scope,
                 area=CITY)  # fmt: skip
    given = {"person": man, "service": CODE, "at": NOW}
    made = actions.propose_back(**given, fen=15000, words="receipt", by=both)
    assert not Recovery.objects.filter(returned__gt=0).exists()
    with pytest.raises(Refusal, match="another person"):
        actions.decide(settling=made, agree=True, by=both, at=NOW)
    with pytest.raises(Refusal, match="waits for its decision"):
        actions.propose_off(**given, reason="cannot", by=CHECKER)
    with pytest.raises(Refusal, match="Say why"):
        actions.decide(settling=made, agree=False, by=APPROVER, at=NOW)
    actions.decide(settling=made, agree=False, words="no such receipt", by=APPROVER, at=NOW)
    with pytest.raises(Refusal, match="not wait"):
        actions.decide(settling=made, agree=True, by=APPROVER, at=NOW)
    assert write_off(**given, reason="cannot", by=APPROVER) == 5
    assert [(one.how, one.decided.agreed) for one in replayed.settlings(over(CITY), person=man, service=CODE)] == [
        ("waive", True), ("refund", False)]  # fmt: skip
    whole()


def test_who_stands_near_the_debtor_neither_proposes_nor_decides(town):
    pay_all()
    rule(5000)
    carry()
    man, wife = town.persons["man22"], town.persons["man20"]
    with journal.entry(action="test", by=SYSTEM, at=NOW) as writer:
        writer.add([people.Kin(person=man, relative=wife, kind="spouse", recorded_at=NOW)])
    seat, _made = Account.objects.get_or_create(pk=APPROVER.account, defaults={"username": "near"})
    behind.name(account=seat, person=wife.pk, by=SYSTEM, at=NOW)
    made = actions.propose_back(person=man.pk, service=CODE, fen=100, words="receipt", by=CHECKER, at=NOW)
    with pytest.raises(Refusal, match="family"):
        actions.decide(settling=made, agree=True, by=APPROVER, at=NOW)


@pytest.mark.parametrize(
    ("model", "column", "value"),
    [(Line, "state", "due"), (Attempt, "result", "returned"), (Recovery, "returned", 100), (Recovery, "state", "settled"),
     (Line, "cleared", True), (Replay, "approver", 77)],
)  # fmt: skip
def test_the_walk_of_the_journal_names_a_state_that_was_altered_by_hand(town, model, column, value):
    pay_all()
    rule(5000)
    carry()
    assert verify().broken is None
    row = model.objects.order_by("pk").last()
    type(row).objects.filter(pk=row.pk).update(**{column: value})
    found = verify()
    named = row.line if model is Attempt else row
    assert (found.because, found.row) == (named._meta.label_lower, named.pk)
