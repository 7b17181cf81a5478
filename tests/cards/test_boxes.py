"""Boxes: counted at every hand-over, differences explained, packed on, nothing lost; and the same under any order of deeds."""

from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianxin.cards import actions, queries, states
from lianxin.cards.models import Box, Card, Step
from lianxin.cards.refusals import NotNow
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over
from lianxin.journal import actions as journal
from lianxin.people.models import Person
from tests.cards.conftest import filed
from tests.cards.test_life import listed
from tests.cards.test_pages import staff
from tests.factories.casework import AT, CITY, COUNTY, SYSTEM, VILLAGE

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def at_the_city(tmp_path, town):
    filed(town, "wife", "old_man")
    actions.read_list(path=listed(tmp_path, town, "wife", "old_man", area=CITY), by=SYSTEM, at=AT)
    return Box.objects.get()


def test_a_box_goes_down_level_by_level_and_is_counted_at_each(town, tmp_path):
    first = at_the_city(tmp_path, town)
    actions.count(box=first.pk, by=SYSTEM, at=AT)
    [county] = actions.pack(box=first.pk, by=SYSTEM, at=AT)
    actions.count(box=county.pk, by=town.reviewer, at=AT)
    [station] = actions.pack(box=county.pk, by=town.reviewer, at=AT)
    actions.count(box=station.pk, by=town.clerk, at=AT)
    [village] = actions.pack(box=station.pk, by=town.clerk, at=AT)
    actions.count(box=village.pk, by=town.worker, at=AT)
    assert [one.area for one in (county, station, village)] == [COUNTY, "419901001", VILLAGE]
    cards = list(Card.objects.values_list("pk", flat=True))
    actions.hand(cards=cards, by=town.worker, at=AT)
    assert all(queries.balance(box.pk).even for box in Box.objects.all())
    assert queries.balance(first.pk).onward == 2
    assert queries.balance(village.pk).handed == 2
    with pytest.raises(NotNow):
        actions.pack(box=village.pk, by=town.worker, at=AT)


def test_what_is_missing_is_shown_until_somebody_explains_it(town, tmp_path):
    box = at_the_city(tmp_path, town)
    gone = Card.objects.order_by("pk").first()
    actions.count(box=box.pk, missing=[gone.pk], extra=1, by=SYSTEM, at=AT)
    shown = queries.box(SYSTEM.scope, box.pk, at=AT)
    assert (shown.state, shown.counted, shown.missing, shown.extra) == ("differs", 1, 1, 1)
    with pytest.raises(NotNow):
        actions.hand(cards=gone.pk, by=SYSTEM, at=AT)
    with pytest.raises(Refusal):
        actions.explain(box=box.pk, words=" ", by=SYSTEM, at=AT)
    actions.explain(box=box.pk, words="银行漏装，补寄", by=SYSTEM, at=AT)
    assert Box.objects.get(pk=box.pk).state == "settled"
    actions.count(
        box=box.pk, missing=[gone.pk], extra=1, by=SYSTEM, at=AT + DAY
    )  # counted again: the same was explained
    assert Box.objects.get(pk=box.pk).state == "settled"
    actions.count(box=box.pk, extra=0, by=SYSTEM, at=AT + 2 * DAY)  # it turned up
    assert Card.objects.get(pk=gone.pk).state == states.RECEIVED
    assert queries.balance(box.pk).even


def test_a_box_that_nobody_looks_at_comes_onto_the_list(town, tmp_path):
    box = at_the_city(tmp_path, town)
    assert queries.boxes(SYSTEM.scope, at=AT + 14 * DAY, state="unseen") == []
    assert [one.unseen for one in queries.boxes(SYSTEM.scope, at=AT + 15 * DAY, state="unseen")] == [15]
    actions.count(box=box.pk, by=SYSTEM, at=AT + 15 * DAY)
    assert queries.boxes(SYSTEM.scope, at=AT + 20 * DAY, state="unseen") == []


def test_what_lies_unseen_stands_in_the_inbox_of_the_desk_that_holds_it(town, tmp_path, settings):
    settings.DEMO = True
    filed(town, "wife", "old_man")
    actions.read_list(path=listed(tmp_path, town, "wife", "old_man"), by=SYSTEM, at=AT)
    box = Box.objects.get()

    def lies(by, days):
        return [(one.id, one.lying, one.days, one.why) for one in queries.unseen(by, at=AT + days * DAY)]

    assert lies(town.clerk, 14) == []
    assert lies(town.clerk, 15) == [(box.pk, 2, 15, "uncounted")]
    assert lies(town.sibling_clerk, 15) == lies(town.reviewer, 15) == []  # it lies with the township
    actions.count(box=box.pk, by=town.clerk, at=AT + 15 * DAY)
    assert lies(town.clerk, 20) == []
    actions.count(box=box.pk, by=town.clerk, at=AT + 40 * DAY)  # counted again, and still nobody has them
    assert lies(town.clerk, 46) == [(box.pk, 2, 46 - 15, "unhanded")]
    one = Card.objects.order_by("pk").first()
    actions.hand(cards=one.pk, by=town.clerk, at=AT + 46 * DAY)
    assert lies(town.clerk, 46) == [(box.pk, 1, 46 - 15, "unhanded")]
    body = staff(town, "clerk").get("/console/inbox/").content.decode()
    assert f"/console/boxes/{box.pk}/" in body and "Cards that lie here too long" in body


def test_a_card_that_is_made_again_leaves_its_box_and_loses_its_number(town, tmp_path):
    box = at_the_city(tmp_path, town)
    one = Card.objects.order_by("pk").first()
    actions.count(box=box.pk, missing=[one.pk], by=SYSTEM, at=AT)
    actions.make_again(cards=[one.pk], reason="遗失", by=SYSTEM, at=AT)
    again = Card.objects.get(pk=one.pk)
    assert (again.state, again.box_id, again.number_mark) == ("filed", None, None)
    assert queries.balance(box.pk).out == 1
    assert queries.balance(box.pk).even


def test_what_the_dead_had_in_a_box_goes_back(town, tmp_path):
    from lianxin.engine import effects

    box = at_the_city(tmp_path, town)
    actions.count(box=box.pk, by=SYSTEM, at=AT)
    one = Card.objects.order_by("pk").first()
    effects.announce("person-died", ids=[one.holder_id], by=SYSTEM, at=AT)
    assert [row.id for row in queries.cards(SYSTEM.scope, state="back")] == [one.pk]
    assert queries.balance(box.pk).ended == 1
    actions.destroy(cards=[one.pk], reason="退回银行", by=SYSTEM, at=AT)
    assert queries.cards(SYSTEM.scope, state="back") == []
    assert queries.balance(box.pk).even


def test_no_state_is_a_dead_end_and_every_end_is_reached():
    left = {state for table in states.LIFE.values() for state in table}
    reached = {to for table in states.LIFE.values() for to in table.values()} - {"same", states.BEFORE}
    assert left >= states.STATES - states.OVER
    assert reached >= states.STATES - {states.DELIVERED} and states.DELIVERED in reached
    for state in states.STATES - states.OVER:  # whatever becomes of somebody, death and a notice end it
        assert states.leads("die", state) == states.ENDED
        assert states.leads("cancel", state) == states.CANCELLED
    for state in states.OVER:  # what is over never comes back
        assert {verb for verb in states.LIFE if states.leads(verb, state) not in (None, state)} == set()


DEEDS = (
    "count",
    "miss",
    "pack",
    "hand",
    "lose",
    "recover",
    "again",
    "die",
    "destroy",
    "suspend",
    "resume",
    "list",
    "explain",
)


@given(st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 3)), max_size=14))
def test_no_order_of_deeds_loses_a_card(db, kept_town, deeds):
    """Whatever is done in whatever order: every box adds up, every card is in one place or in one hand, no holder has two."""
    from django.db import transaction

    with transaction.atomic():
        town = kept_town()
        _walk(town, deeds)
        transaction.set_rollback(True)


def _walk(town, deeds):
    everything = Actor(area=CITY, scope=over(CITY), permissions=frozenset({"*"}))
    people = [town.persons[name] for name in ("wife", "old_man", "soldier")]
    with journal.entry(action="test", by=SYSTEM, at=AT) as writing:
        from lianxin.access.models import Office

        office = Office.objects.get(level="city", kind="bureau")
        box = writing.add([Box(number="W", office=office, area=CITY, listed=3, packed_at=AT, state="packed")])[0]
        for one in people:
            card = Card.objects.create(person=one, holder=one, kind="veteran", area=one.home, state="made", since=AT.date(),
                                       box=box, moved_at=AT)  # fmt: skip
            writing.add([Step(card=card, at=AT, on=AT.date(), verb="make", to_state="made", into=box.pk, by_name="x")])
    known = Card.objects.count()
    for place, (deed, which) in enumerate(deeds):
        at = AT + dt.timedelta(hours=place)
        cards = list(Card.objects.order_by("pk"))
        card = cards[which % len(cards)]
        boxes = list(Box.objects.order_by("pk"))
        where = boxes[which % len(boxes)].pk
        with contextlib.suppress(Refusal):
            with_savepoint(deed, card, where, everything, at)
        assert Card.objects.count() == known
        for one in Box.objects.all():
            assert queries.balance(one.pk).even, (deed, queries.balance(one.pk))
        for row in Card.objects.all():
            inside = row.box_id is not None
            assert inside or row.state not in {states.MADE, states.RECEIVED, states.MISSING}
            assert not (inside and row.state in states.HELD)
            last = Step.objects.filter(card=row).order_by("-pk").first()
            assert last.to_state == row.state


def with_savepoint(deed, card, where, by, at):
    from django.db import transaction

    from lianxin.engine import effects

    with transaction.atomic():
        if deed == "count":
            actions.count(box=where, by=by, at=at)
        elif deed == "miss":
            actions.count(box=card.box_id or where, missing=[card.pk], extra=1, by=by, at=at)
        elif deed == "pack":
            actions.pack(box=where, by=by, at=at)
        elif deed == "hand":
            actions.hand(cards=card.pk, by=by, at=at)
        elif deed == "lose":
            actions.lose(card=card.pk, by=by, at=at)
        elif deed == "recover":
            actions.recover(card=card.pk, by=by, at=at)
        elif deed == "again":
            actions.make_again(cards=[card.pk], reason="重制", by=by, at=at)
        elif deed == "die":
            Person.objects.filter(pk=card.holder_id).update(died_on=at.date())
            effects.announce("person-died", ids=[card.holder_id], by=by, at=at)
        elif deed == "destroy":
            actions.destroy(cards=[card.pk], reason="退回", by=by, at=at)
        elif deed in {"suspend", "resume"}:
            actions.notice(cards=[card.pk], verb=deed, paper="省函1号", by=by, at=at)
        elif deed == "list":
            pass
        else:
            actions.explain(box=where, words="说明", by=by, at=at)
