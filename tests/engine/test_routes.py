"""The pure route machine over the table that casework owns: random routes and verbs."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianxin.casework import states
from lianxin.engine import routes
from lianxin.engine.routes import NotPossible, Position

KINDS = ["accept", "attest", "verify", "review", "panel", "approve", "publicise", "select", "dispatch", "respond",
         "confirm", "deliver", "call-back"]  # fmt: skip


@dataclass(frozen=True)
class Step:
    step: str


some_routes = st.lists(st.sampled_from(KINDS), min_size=1, max_size=7).map(lambda kinds: [Step(one) for one in kinds])
verbs = st.lists(st.tuples(st.sampled_from(sorted(states.TABLE)), st.integers(0, 7)), max_size=60)
starts = st.sampled_from([Position(states.PROPOSED), Position(states.OPEN)])


@given(some_routes, starts, verbs)
def test_random_verbs_stay_on_the_route_and_in_the_states(route, position, given_verbs):
    for verb, to_step in given_verbs:
        before = position
        try:
            position = routes.follow(states.TABLE, route, position, verb, to_step)
        except NotPossible as refused:
            assert refused.position == before
            continue
        assert verb in routes.allowed(states.TABLE, route, before)
        assert position.state in states.STATES
        assert 0 <= position.step < len(route)


@given(some_routes, starts, verbs)
def test_from_anywhere_a_case_can_be_brought_to_an_end(route, position, given_verbs):
    for verb, to_step in given_verbs:
        if routes.may(states.TABLE, route, position, verb):
            try:
                position = routes.follow(states.TABLE, route, position, verb, to_step)
            except NotPossible:
                continue
    seen, edge = {position}, [position]
    while edge:
        here = edge.pop()
        for verb in routes.allowed(states.TABLE, route, here):
            if states.TABLE[verb].place in {routes.GIVEN, routes.EARLIER}:
                continue
            there = routes.follow(states.TABLE, route, here, verb)
            if there not in seen:
                seen.add(there)
                edge.append(there)
    assert any(one.state in states.ENDED for one in seen)


@given(some_routes, verbs)
def test_what_is_allowed_is_possible(route, _):
    for state in states.STATES:
        for step in range(len(route)):
            here = Position(state, step)
            for verb in routes.allowed(states.TABLE, route, here):
                routes.follow(states.TABLE, route, here, verb, to_step=0)


def test_no_state_is_a_dead_end():
    assert routes.dead_ends(states.TABLE, states.ENDED) == set()


def test_a_route_walked_to_its_end_is_delivered():
    route = [Step("accept"), Step("approve"), Step("deliver")]
    here = Position(states.OPEN, 0)
    for verb in ["accept", "advance", "deliver"]:
        here = routes.follow(states.TABLE, route, here, verb)
    assert here == Position(states.DELIVERED, 2)


def test_sending_back_goes_only_earlier():
    route = [Step("accept"), Step("verify"), Step("approve"), Step("deliver")]
    assert routes.follow(states.TABLE, route, Position("open", 2), "send-back", 0) == Position("open", 0)
    for to_step in (2, 3, -1, None):
        with pytest.raises(NotPossible):
            routes.follow(states.TABLE, route, Position("open", 2), "send-back", to_step)
    assert not routes.may(states.TABLE, route, Position("open", 0), "send-back")


def test_nobody_says_that_it_was_not_done_before_anything_was_done():
    route = [Step("accept"), Step("dispatch"), Step("respond"), Step("deliver"), Step("confirm")]
    may = [routes.may(states.TABLE, route, Position("open", step), "not-received") for step in range(5)]
    assert may == [False, False, False, True, True]
    assert routes.may(states.TABLE, [Step("accept"), Step("deliver")], Position("delivered", 1), "not-received")
    with pytest.raises(NotPossible):
        routes.follow(states.TABLE, route, Position("open", 0), "not-received")


def test_not_received_goes_back_to_the_nearest_dispatch():
    route = [Step("accept"), Step("dispatch"), Step("deliver"), Step("confirm")]
    assert routes.follow(states.TABLE, route, Position("open", 3), "not-received") == Position("open", 1)
