"""A card from its application to its end: filed, made, counted, handed over, lost, replaced, ended by death."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from lianxin.cards import actions, credentials, queries, states
from lianxin.cards.models import Box, Card, Step
from lianxin.cards.refusals import NoSuchCard, NotNow, Stale
from lianxin.casework import actions as casework
from lianxin.casework.models import Case, Period
from lianxin.catalogue.facts import facts_of
from lianxin.engine import effects
from lianxin.engine.credential import PAPER
from lianxin.journal import actions as journal
from lianxin.journal.pictures import altered
from lianxin.journal.queries import verify
from lianxin.notices.models import Notice
from lianxin.outcomes.models import Outcome
from lianxin.people import merging
from lianxin.people import models as people
from tests.cards.conftest import filed
from tests.factories.casework import AT, SYSTEM, TOWN, VILLAGE, write

LATER = AT + dt.timedelta(days=40)
pytestmark = pytest.mark.django_db


def listed(tmp_path, town, *names, box="B1", area=TOWN, start=6217000000000001):
    """A bank's list as csv, with its rows."""
    path = tmp_path / f"{box}.csv"
    rows = [f"{box},{town.persons[name].file_number},{name},{start + place},{area}" for place, name in enumerate(names)]
    path.write_text("\n".join(["箱号,档案编号,姓名,卡号,收件区划", *rows]), encoding="utf-8")
    return path


def in_hand(tmp_path, town, *names):
    """Cards of these that were handed over, in the order of their files."""
    filed(town, *names)
    actions.read_list(path=listed(tmp_path, town, *names), by=SYSTEM, at=AT)
    actions.count(box=Box.objects.get().pk, by=town.clerk, at=AT)
    ids = list(Card.objects.order_by("pk").values_list("pk", flat=True))
    return actions.hand(cards=ids, by=town.clerk, at=AT)


def test_an_application_walks_its_route_and_ends_when_the_card_is_in_hand(town, tmp_path):
    [case] = filed(town, "old_man")
    card = Card.objects.get()
    assert (case.state, card.state, card.kind) == ("underway", "filed", "veteran")
    assert card.due_on == dt.date(2026, 6, 16)  # thirty working days after 6 May 2026, with the swapped Saturday 9 May
    assert Outcome.objects.filter(kind="card").count() == 0
    actions.read_list(path=listed(tmp_path, town, "old_man"), by=SYSTEM, at=AT)
    box = Box.objects.get()
    assert (Card.objects.get().state, box.state, box.listed) == ("made", "packed", 1)
    with pytest.raises(NotNow):
        actions.hand(cards=card.pk, by=town.clerk, at=AT)
    actions.count(box=box.pk, by=town.clerk, at=AT)
    actions.hand(cards=card.pk, by=town.clerk, at=AT)
    actions.hand(cards=card.pk, by=town.clerk, at=AT)  # a second click
    assert Case.objects.get(pk=case.pk).state == "delivered"
    assert list(Outcome.objects.filter(kind="card").values_list("person", "service", "source")) == [
        (town.persons["old_man"].pk, "preferential-card", f"card:{card.pk}")
    ]
    assert [row.verb for row in queries.card(town.clerk.scope, card.pk).steps] == ["file", "make", "receive", "hand"]
    assert {"card-filed", "card-arrived", "card-handed", "delivered"} <= set(
        Notice.objects.filter(person=town.persons["old_man"].pk).values_list("template", flat=True)
    )
    assert not list(altered())
    assert verify().broken is None
    for state in ("underway", "returned"):
        Period.objects.update(state=state)  # by hand: the card's steps know better
        assert (verify().because, verify().row) == ("casework.period", Period.objects.get().pk)


def test_the_number_is_sealed_and_found_by_its_mark_alone(town, tmp_path):
    filed(town, "old_man")
    actions.read_list(path=listed(tmp_path, town, "old_man"), by=SYSTEM, at=AT)
    card = Card.objects.get()
    assert b"6217000000000001" not in bytes(card.number_sealed)
    assert queries.card(town.clerk.scope, card.pk).ending == "0001"
    assert queries.numbered(town.clerk.scope, "6217 0000 0000 0001") == card.pk
    assert queries.numbered(town.sibling_clerk.scope, "6217000000000001") is None


def test_another_county_does_not_know_the_card(town, tmp_path):
    [card] = in_hand(tmp_path, town, "old_man")
    assert queries.card(town.sibling.scope, card.pk) is None
    assert queries.cards(town.sibling.scope) == []
    assert queries.boxes(town.sibling.scope, at=AT) == []
    for act in (lambda by: actions.lose(card=card.pk, by=by, at=AT), lambda by: actions.hand(cards=card.pk, by=by, at=AT),
                lambda by: actions.count(box=Box.objects.get().pk, by=by, at=AT)):  # fmt: skip
        with pytest.raises(NoSuchCard):
            act(town.sibling_clerk)


def test_a_list_is_read_once_and_its_bad_rows_are_named(town, tmp_path):
    filed(town, "old_man")
    path = listed(tmp_path, town, "old_man", "neighbour")
    with path.open("a", encoding="utf-8") as more:
        more.write(
            f"\nB1,CC99999999,x,6217000000000009,{TOWN}\nB1,CC00000001,y,12,{TOWN}\n,CC00000001,y,6217000000000008,{TOWN}"
        )
    dry = actions.read_list(path=path, by=SYSTEM, at=AT, dry_run=True)
    assert (dry.read, dry.added, Box.objects.count()) == (5, 1, 0)
    first = actions.read_list(path=path, by=SYSTEM, at=AT)
    assert (first.added, sorted(fault.reason for fault in first.refused)) == (
        1, ["missing", "not-waiting", "unknown", "unreadable"])  # fmt: skip
    assert sorted(fault.place for fault in first.refused) == [3, 4, 5, 6]
    again = actions.read_list(path=path, by=SYSTEM, at=LATER)
    assert (again.added, Box.objects.count(), Step.objects.filter(verb="make").count()) == (0, 1, 1)


def test_a_lost_card_says_so_at_once_and_the_new_one_takes_its_place(town, tmp_path):
    [card] = in_hand(tmp_path, town, "wife")
    actions.activate(cards=card.pk, by=town.clerk, at=AT)
    actions.lose(card=card.pk, by=town.wife, at=AT)
    actions.lose(card=card.pk, by=town.wife, at=LATER)
    assert Step.objects.filter(card=card, verb="lose").count() == 1
    filed(town, "wife", service="card-replacement", kind="lost", at=LATER)
    new = Card.objects.exclude(pk=card.pk).get()
    assert (new.replaces_id, new.ground, new.kind) == (card.pk, "lost", "veteran")
    actions.read_list(path=listed(tmp_path, town, "wife", box="B2", start=6217000000000077), by=SYSTEM, at=LATER)
    actions.count(box=Box.objects.get(number="B2").pk, by=town.clerk, at=LATER)
    actions.hand(cards=new.pk, by=town.clerk, at=LATER)
    assert dict(Card.objects.values_list("pk", "state")) == {card.pk: "replaced", new.pk: "delivered"}
    assert Outcome.objects.filter(kind="card").count() == 2  # the figure counts persons
    with pytest.raises(NotNow):
        actions.activate(cards=card.pk, by=town.clerk, at=LATER)


def test_a_lost_card_that_is_found_again_counts_as_before(town, tmp_path):
    [card] = in_hand(tmp_path, town, "old_man")
    sheet = credentials.give(cards=[card.pk], form=PAPER, by=town.clerk, at=AT)[0]
    actions.lose(card=card.pk, by=town.clerk, at=AT)
    assert actions.recover(card=card.pk, by=town.clerk, at=LATER).state == "delivered"  # it had not been activated
    assert credentials.standing(sheet.number, at=LATER).state == "lost"  # stolen with the card, it stays so
    new = credentials.give(cards=[card.pk], form=PAPER, by=town.clerk, at=LATER)[0]
    assert credentials.standing(new.number, at=LATER).state == "counts"
    assert credentials.standing(sheet.number, at=LATER).state == "lost"


def test_the_province_turns_one_down_and_the_case_is_at_its_desk_again(town):
    [case] = filed(town, "old_man")
    actions.turn_down(cards=[Card.objects.get().pk], reason="照片不清", by=SYSTEM, at=LATER)
    assert Case.objects.get(pk=case.pk).state == "open"
    casework.deliver(cases=[case.pk], by=SYSTEM, at=LATER)
    assert sorted(Card.objects.values_list("state", flat=True)) == ["filed", "turned-down"]


def test_filing_twice_files_once(town):
    [case] = filed(town, "old_man")
    assert Card.objects.filter(case=case.pk).count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Card.objects.create(person=town.persons["old_man"], holder=town.persons["old_man"], kind="veteran", area=VILLAGE,
                            state="made", since=AT.date(), moved_at=AT)  # fmt: skip


def test_death_ends_every_card_at_once(town, tmp_path):
    [card] = in_hand(tmp_path, town, "wife")
    [case] = filed(town, "old_man")
    ids = [town.persons["wife"].pk, town.persons["old_man"].pk]
    effects.announce("person-died", ids=ids, by=SYSTEM, at=LATER)
    assert set(Card.objects.values_list("state", flat=True)) == {"ended"}
    assert Case.objects.get(pk=case.pk).state == "open"  # its desk decides, nothing waits for a card that never comes
    effects.announce("person-died", ids=ids, by=SYSTEM, at=LATER)
    assert Step.objects.filter(verb="die").count() == 2
    assert card.pk in [row.id for row in queries.cards(town.reviewer.scope, state="ended")]


def test_a_move_inside_the_city_takes_the_card_along_and_another_province_ends_it(town, tmp_path):
    [card] = in_hand(tmp_path, town, "wife")
    person = town.persons["wife"]
    people.Person.objects.filter(pk=person.pk).update(home="419902001001")
    effects.announce("person-moved", ids=[person.pk], by=SYSTEM, at=LATER)
    assert (Card.objects.get().area, Card.objects.get().state) == ("419902001001", "delivered")
    people.Person.objects.filter(pk=person.pk).update(home="440101001001")
    effects.announce("person-moved", ids=[person.pk], by=SYSTEM, at=LATER)
    assert Card.objects.get(pk=card.pk).state == "left"


def test_a_provincial_notice_suspends_and_its_end_gives_back(town, tmp_path):
    [card] = in_hand(tmp_path, town, "old_man")
    write(people.Suspension(person=town.persons["old_man"], state="suspended", valid_from=AT.date(), recorded_at=AT))
    effects.announce("person-changed", ids=[card.holder_id], by=SYSTEM, at=AT)
    effects.announce("person-changed", ids=[card.holder_id], by=SYSTEM, at=AT)
    assert (Card.objects.get().state, Step.objects.filter(verb="suspend").count()) == ("suspended", 1)
    people.Suspension.objects.update(valid_to=AT.date())
    effects.announce("person-changed", ids=[card.holder_id], by=SYSTEM, at=LATER)
    assert Card.objects.get().state == "delivered"


def test_nothing_is_handed_over_while_a_notice_is_in_force(town, tmp_path):
    filed(town, "old_man")
    actions.read_list(path=listed(tmp_path, town, "old_man"), by=SYSTEM, at=AT)
    actions.count(box=Box.objects.get().pk, by=town.clerk, at=AT)
    write(people.Suspension(person=town.persons["old_man"], state="suspended", valid_from=AT.date(), recorded_at=AT))
    with pytest.raises(NotNow, match="provincial notice"):
        actions.hand(cards=[Card.objects.get().pk], by=town.clerk, at=AT)


def test_two_files_of_one_person_leave_one_card_and_taking_it_back_gives_both(town, tmp_path):
    first, second = in_hand(tmp_path, town, "wife", "old_man")
    loser, survivor = town.persons["old_man"].pk, town.persons["wife"].pk
    merges = merging.merge(pairs={loser: survivor}, reason="同一人", by=SYSTEM, at=LATER)
    held = Card.objects.filter(holder=survivor)
    assert sorted(held.values_list("state", flat=True)) == ["delivered", "suspended"]
    merging.unmerge(
        merge=next(iter(merges)) if isinstance(merges, dict) else merges[0], reason="两个人", by=SYSTEM, at=LATER
    )
    assert dict(Card.objects.values_list("pk", "holder")) == {first.pk: first.holder_id, second.pk: second.holder_id}
    assert set(Card.objects.values_list("state", flat=True)) == {"delivered"}


def test_conditions_see_how_the_card_stood_on_any_day(town, tmp_path):
    [card] = in_hand(tmp_path, town, "old_man")
    actions.activate(cards=card.pk, by=town.clerk, at=LATER)

    def on(day):
        frame = facts_of(
            subject="person", codes=["card_state"], day=day, service="preferential-card", ids=[card.holder_id]
        )
        return frame["card_state"].to_list()

    assert on(LATER.date()) == ["active"]
    assert on(AT.date()) == ["issued"]
    assert on(AT.date() - dt.timedelta(days=1)) == ["none"]


def test_a_child_does_not_sign(town, tmp_path):
    people.Person.objects.filter(pk=town.persons["wife"].pk).update(born_on=dt.date(2020, 1, 1))
    filed(town, "wife")
    actions.read_list(path=listed(tmp_path, town, "wife"), by=SYSTEM, at=AT)
    actions.count(box=Box.objects.get().pk, by=town.clerk, at=AT)
    [card] = Card.objects.all()
    with pytest.raises(NotNow, match="guardian"):
        actions.hand(cards=card.pk, by=town.clerk, at=AT)
    assert actions.hand(cards=card.pk, signer="guardian", by=town.clerk, at=AT)[0].state == "delivered"


def test_a_stale_page_is_refused(town, tmp_path):
    filed(town, "old_man")
    actions.read_list(path=listed(tmp_path, town, "old_man"), by=SYSTEM, at=AT)
    lock = Card.objects.get().lock
    actions.count(box=Box.objects.get().pk, by=town.clerk, at=AT)
    with pytest.raises(Stale):
        actions.hand(cards=Card.objects.get().pk, by=town.clerk, at=AT, expected=lock)


def test_cards_of_before_are_taken_over_once(town):
    from lianxin.outcomes import actions as register
    from lianxin.outcomes.posted import Posted

    rows = [Posted(kind="card", service="preferential-card", area=VILLAGE, happened_on=dt.date(2022, 5, 1), source=f"ledger:{n}",
                   person=town.persons[name].pk) for n, name in enumerate(("wife", "old_man", "old_man"))]  # fmt: skip
    register.post(outcomes=rows, by=SYSTEM, at=AT)
    with journal.entry(action="test", by=SYSTEM, at=AT):
        people.Person.objects.filter(pk=town.persons["wife"].pk).update(died_on=dt.date(2023, 1, 1))
    assert actions.take_over(by=SYSTEM, at=AT) == 1
    assert actions.take_over(by=SYSTEM, at=LATER) == 0
    card = Card.objects.get()
    assert (card.holder_id, card.state, card.since) == (town.persons["old_man"].pk, states.ACTIVE, dt.date(2022, 5, 1))
    assert not list(altered())
