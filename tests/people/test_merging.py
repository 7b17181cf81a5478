"""Merging and taking back: nothing is lost, everything leads to the survivor, and both files come back as they were."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from lianxin.access import seal
from lianxin.casework.models import Case
from lianxin.casework.states import ENDED
from lianxin.engine.refusal import Refusal
from lianxin.journal import actions as journal
from lianxin.journal import queries as journalled
from lianxin.people import actions, identities, joining, merging, models, queries
from tests.factories.casework import stand_ins, town
from tests.factories.doubles import AT, SYSTEM, Made, every, files, told

LATER = [AT + dt.timedelta(days=one) for one in range(1, 9)]
NUMBER = "419901198002030016"


def write(*rows):
    with journal.entry(action="test", by=SYSTEM, at=AT) as writing:
        for row in rows:
            writing.add([row])
    return rows


def account(person, number, **given):
    return models.BankAccount(person=person, bank="甲", number_sealed=seal.seal(number, person.salt, "account"), verified=True,
                              number_mark=seal.mark(number, "account"), holder=person.name, recorded_at=AT, **given)  # fmt: skip


@pytest.fixture
def pair(db):
    """One man, filed twice; his wife and child are linked to one file each, his mother to both."""
    born = dt.date(1980, 2, 3)
    one, other, wife, child, mother = files([
        Made(1, "魏山河", born), Made(2, "魏山合", born, id_number=NUMBER, phone="13900000002"),
        Made(3, "叶青", dt.date(1982, 1, 1), sex="female"), Made(4, "魏小川", dt.date(2010, 1, 1)),
        Made(5, "郑秀", dt.date(1955, 1, 1), sex="female"),
    ])  # fmt: skip
    write(
        models.Service(person=other, kind="nco", enlisted_on=dt.date(2000, 12, 1), recorded_at=AT),
        models.Standing(person=other, code="combat", recorded_at=AT),
        models.Award(person=other, merit="third", valid_from=dt.date(2005, 1, 1), recorded_at=AT),
        models.Kin(person=one, relative=wife, kind="spouse", valid_from=dt.date(2008, 1, 1), recorded_at=AT),
        models.Kin(person=other, relative=child, kind="parent", recorded_at=AT),
        models.Kin(person=mother, relative=one, kind="parent", recorded_at=AT),
        models.Kin(person=mother, relative=other, kind="parent", recorded_at=AT),
        account(one, "6222000000000001"), account(other, "6222000000000002"),
    )  # fmt: skip
    return [one, other, wife, child, mother]


def ids(pair):
    return [person.pk for person in pair]


def merged(pair, at=LATER[0], **given):
    return merging.merge(pairs={pair[1].pk: pair[0].pk}, reason="同一人", by=SYSTEM, at=at, **given)[0]


def test_the_survivor_says_what_both_said_and_everybody_knows_one_person(pair):
    merged(pair)
    now = told(ids(pair))[dt.date(2026, 5, 6)]
    one, other, wife, child, mother = ids(pair)
    assert other not in now
    assert now[one]["serving"] is True and now[one]["combat"] is True and now[one]["best_merit"] == "third"
    assert models.Kin.objects.filter(person=mother, superseded_at=None).count() == 1
    assert set(models.Kin.objects.filter(superseded_at=None).values_list("person", "relative", "kind")) == {
        (one, wife, "spouse"), (one, child, "parent"), (mother, one, "parent")}  # fmt: skip
    assert journalled.verify().broken is None


def test_nothing_is_lost_and_taking_back_gives_everything_back(pair):
    rows, said = every(), told(ids(pair))
    merge = merged(pair)
    assert told(ids(pair)) != said
    merging.unmerge(merge=merge, reason="不是同一人", by=SYSTEM, at=LATER[1])
    assert told(ids(pair)) == said
    after = every()
    assert all(set(before) <= set(after[table]) for table, before in rows.items())


def test_a_number_an_account_and_a_name_of_either_file_find_the_survivor(pair):
    merge = merged(pair)
    one, other = pair[:2]
    for text in (NUMBER, "13900000002", other.file_number, "HH0000002", "魏山合", "weishanhe"):
        assert [hit.id for hit in queries.find(SYSTEM.scope, text).hits] == [one.pk], text
    assert [row.masked[-4:] for row in queries.person(SYSTEM.scope, one.pk).accounts] == ["0001"]
    merging.unmerge(merge=merge, reason="不是同一人", by=SYSTEM, at=LATER[1])
    for text in (NUMBER, "13900000002", other.file_number, "HH0000002", "魏山合"):
        assert [hit.id for hit in queries.find(SYSTEM.scope, text).hits] == [other.pk], text


def test_whoever_decides_says_which_account_stays(pair):
    merge = merged(pair, keep={pair[1].pk: {"account": "loser"}})
    (row,) = queries.person(SYSTEM.scope, pair[0].pk).accounts
    assert row.masked.endswith("0002")
    merging.unmerge(merge=merge, reason="不是同一人", by=SYSTEM, at=LATER[1])
    assert [[row.masked[-4:] for row in queries.person(SYSTEM.scope, one.pk).accounts] for one in pair[:2]] == [
        ["0001"], ["0002"]]  # fmt: skip


def test_what_was_known_then_stays_known_then(pair):
    before = told(ids(pair), known_at=LATER[0] - dt.timedelta(hours=1))
    merge = merged(pair)
    joined = told(ids(pair), known_at=LATER[0])
    merging.unmerge(merge=merge, reason="不是同一人", by=SYSTEM, at=LATER[2])
    assert told(ids(pair), known_at=LATER[0] - dt.timedelta(hours=1)) == before
    assert told(ids(pair), known_at=LATER[1]) == joined
    assert identities.survivors(LATER[1]) == {pair[1].pk: pair[0].pk} and identities.survivors() == {}


def test_what_was_recorded_since_stays_unless_it_is_given_to_the_other(pair):
    merge = merged(pair)
    one, other = pair[:2]
    row = [
        actions.record(person=one.pk, group="award", says={"merit": merit}, valid_from=dt.date(2020, 1, 1), paper="证书",
                       by=SYSTEM, at=LATER[1])
        for merit in ("first", "second")
    ]  # fmt: skip
    merging.unmerge(merge=merge, reason="不是同一人", by=SYSTEM, at=LATER[2], assign=[("award", row[1])])
    held = models.Award.objects.filter(superseded_at=None).values_list("person", "merit")
    assert set(held) == {(one.pk, "first"), (other.pk, "third"), (other.pk, "second")}


@pytest.mark.parametrize("first", [0, 1])
def test_chains_come_apart_in_any_order(pair, first):
    one, other = pair[:2]
    third = files([Made(9, "魏三河", dt.date(1980, 2, 3))])[0]
    everyone = [*ids(pair), third.pk]
    start = told(everyone)
    merges = [merged(pair), *merging.merge(pairs={one.pk: third.pk}, reason="同一人", by=SYSTEM, at=LATER[1])]
    assert identities.survivors() == {one.pk: third.pk, other.pk: third.pk}
    assert told(everyone)[dt.date(2026, 5, 6)][third.pk]["combat"] is True
    merging.unmerge(merge=merges[first], reason="不是同一人", by=SYSTEM, at=LATER[2])
    now = told(everyone)
    alone = other.pk if first == 0 else third.pk
    assert {day: rows[alone] for day, rows in now.items()} == {day: rows[alone] for day, rows in start.items()}
    left = models.Merge.objects.get(undone_at=None).pk
    merging.unmerge(merge=left, reason="不是同一人", by=SYSTEM, at=LATER[3])
    assert told(everyone) == start
    with pytest.raises(Refusal):
        merging.unmerge(merge=left, reason="不是同一人", by=SYSTEM, at=LATER[4])


def test_what_cannot_be_is_refused_and_changes_nothing(pair):
    one, other = ids(pair)[:2]
    for pairs in ({one: one}, {one: other, other: one}, {one: 10**6}):
        with pytest.raises(Refusal):
            merging.merge(pairs=pairs, reason="同一人", by=SYSTEM, at=LATER[0])
    merged(pair)
    with pytest.raises(Refusal):
        merged(pair, at=LATER[1])
    assert models.Merge.objects.count() == 1


def test_two_households_become_one_and_the_old_code_still_finds_its_members(pair):
    one, other = pair[:2]
    day = dt.date(2026, 5, 1)
    assert joining.by_codes(code="HH0000002", into="HH0000001", since=day, by=SYSTEM, at=LATER[0]) == 1
    assert [hit.id for hit in queries.find(SYSTEM.scope, "HH0000002").hits] == [one.pk, other.pk]
    held = models.Membership.objects.filter(person=other, superseded_at=None).order_by("pk")
    assert [(row.family.code, row.valid_from, row.valid_to) for row in held.select_related("family")] == [
        ("HH0000002", None, day - dt.timedelta(days=1)), ("HH0000001", day, None)]  # fmt: skip
    with pytest.raises(Refusal):
        joining.by_codes(code="HH0000002", into="HH0000003", since=day, by=SYSTEM, at=LATER[1])


class Merges(RuleBasedStateMachine):
    """Any merges and takings back: facts follow only from who is one with whom now, and at the end all is as at first."""

    @initialize()
    def town(self):
        born = dt.date(1980, 2, 3)
        people = files([Made(one, "魏山河", born, id_number=NUMBER if one == 2 else "") for one in range(1, 6)])
        rows = [models.Standing(person=people[0], code="combat", recorded_at=AT),
                models.Service(person=people[1], kind="nco", enlisted_on=dt.date(2000, 12, 1), recorded_at=AT),
                models.Award(person=people[2], merit="third", valid_from=dt.date(2005, 1, 1), recorded_at=AT),
                models.Kin(person=people[3], relative=people[4], kind="parent", recorded_at=AT),
                models.Kin(person=people[0], relative=people[4], kind="spouse", recorded_at=AT),
                account(people[0], "6222000000000001"), account(people[2], "6222000000000002")]  # fmt: skip
        write(*rows)
        self.everybody, self.into, self.now = ids(people), {}, AT
        self.start, self.rows = told(self.everybody), every()

    def tick(self):
        self.now += dt.timedelta(minutes=1)
        return self.now

    @rule(one=st.integers(0, 4), other=st.integers(0, 4), choice=st.sampled_from(["survivor", "loser", "both"]))
    def merge(self, one, other, choice):
        loser, survivor = self.everybody[one], self.everybody[other]
        given = {"reason": "同一人", "keep": {loser: {"account": choice}}, "by": SYSTEM, "at": self.tick()}
        if loser == survivor or {loser, survivor} & set(self.into):
            with pytest.raises(Refusal):
                merging.merge(pairs={loser: survivor}, **given)
            return
        merging.merge(pairs={loser: survivor}, **given)
        self.into[loser] = survivor

    @precondition(lambda self: self.into)
    @rule(data=st.data())
    def apart(self, data):
        loser = data.draw(st.sampled_from(sorted(self.into)))
        merging.unmerge(
            merge=models.Merge.objects.get(loser=loser, undone_at=None).pk, reason="两个人", by=SYSTEM, at=self.tick()
        )
        del self.into[loser]

    @invariant()
    def nothing_is_lost_and_the_chain_holds(self):
        after = every()
        assert all(set(before) <= set(after[table]) for table, before in self.rows.items())
        assert journalled.verify().broken is None

    @invariant()
    def who_is_one_says_what_all_of_them_said(self):
        now, day = told(self.everybody, days=[AT.date()])[AT.date()], AT.date()
        last = {pk: self.last(pk) for pk in self.everybody}
        assert set(now) == set(last.values())
        for pk, facts in now.items():
            whose = [self.start[day][one] for one in self.everybody if last[one] == pk]
            for code in ("combat", "serving", "bank_verified"):
                assert facts[code] == any(one[code] for one in whose), (code, self.into)

    @invariant()
    def alone_again_is_as_at_first(self):
        if not self.into:
            assert told(self.everybody) == self.start

    def last(self, pk):
        while pk in self.into:
            pk = self.into[pk]
        return pk


@pytest.mark.django_db
def test_any_merges_and_takings_back():
    class Fresh(Merges):
        def __init__(self):
            super().__init__()
            self.saved = transaction.atomic()
            self.saved.__enter__()

        def teardown(self):
            transaction.set_rollback(True)
            self.saved.__exit__(None, None, None)

    run_state_machine_as_test(Fresh, settings=settings(max_examples=8, stateful_step_count=8, deadline=None))


def test_cases_go_on_under_the_survivor_and_come_back(monkeypatch, db):
    stand_ins(monkeypatch)
    place = town()
    wife, twin = place.persons["wife"], place.persons["soldier"]
    mine, theirs = place.open("accomp-subsidy", wife), place.open("accomp-subsidy", twin)
    before = list(Case.objects.order_by("pk").values())
    (merge,) = merging.merge(pairs={twin.pk: wife.pk}, reason="同一人", by=SYSTEM, at=LATER[0])
    assert set(Case.objects.values_list("person", flat=True)) == {wife.pk}
    assert journalled.verify().broken is None
    Case.objects.filter(pk=theirs.pk).update(person=twin)  # by hand, as if nobody had merged
    assert (journalled.verify().because, journalled.verify().row) == ("casework.case", theirs.pk)
    Case.objects.filter(pk=theirs.pk).update(person=wife)
    assert Case.objects.get(pk=theirs.pk).state in ENDED and Case.objects.get(pk=mine.pk).state == mine.state
    merging.unmerge(merge=merge, reason="两个人", by=SYSTEM, at=LATER[1])
    after = list(Case.objects.order_by("pk").values())
    for row in (*before, *after):
        row.pop("version_lock")
    assert after == before
    assert journalled.verify().broken is None
