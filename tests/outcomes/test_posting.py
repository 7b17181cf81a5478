"""Posting and reversing: once for each source, nothing edited, everything under the chain."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal import queries as chain
from lianxin.outcomes.actions import Posted, UnfitOutcome, post, reverse
from lianxin.outcomes.models import Outcome

BY = Actor(name="tester", area="4199")
AT = dt.datetime(2023, 6, 1, 2, tzinfo=dt.UTC)


def one(source: str, **given: object) -> Posted:
    day = dt.date(2023, 6, 1)
    base = Posted(kind="visit", service="good-news", area="419901001001", happened_on=day, source=source)
    return dataclasses.replace(base, **given)


@pytest.mark.django_db
def test_post_gives_rows_in_order_and_once_for_each_source() -> None:
    first = post(outcomes=[one("case:1"), one("case:2"), one("case:1")], by=BY, at=AT)
    again = post(outcomes=[one("case:2"), one("case:3")], by=BY, at=AT)
    assert [row.source for row in first] == ["case:1", "case:2", "case:1"]
    assert first[0].pk == first[2].pk
    assert again[0].pk == first[1].pk
    assert Outcome.objects.count() == 3
    assert chain.verify().broken is None


@pytest.mark.django_db
def test_post_in_a_callers_transaction_falls_with_it() -> None:
    with pytest.raises(RuntimeError), journal.entry(action="deliver", by=BY, at=AT) as writer:
        post(outcomes=[one("case:1")], by=BY, at=AT, writer=writer)
        raise RuntimeError
    assert not Outcome.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "gift"}, {"level": "street"}, {"amount": -1}, {"quantity": -1}, {"area": ""},
        {"ended_on": dt.date(2023, 5, 31)}, {"source": "x" * 111},
    ],
)  # fmt: skip
def test_post_of_an_unfit_outcome_writes_nothing(wrong: dict[str, object]) -> None:
    with pytest.raises(UnfitOutcome):
        post(outcomes=[one("case:1"), dataclasses.replace(one("case:2"), **wrong)], by=BY, at=AT)
    assert not Outcome.objects.exists()


@pytest.mark.django_db
def test_reverse_appends_once_and_leaves_the_row() -> None:
    post(outcomes=[one("line:1", kind="payment", amount=90000)], by=BY, at=AT)
    later = AT + dt.timedelta(days=3)
    first = reverse(sources=["line:1"], by=BY, at=later, reason="returned by the bank")
    again = reverse(sources=["line:1"], by=BY, at=later, reason="returned by the bank")
    assert first[0].pk == again[0].pk
    assert (first[0].amount, first[0].quantity, first[0].recorded_at) == (-90000, -1, later)
    assert Outcome.objects.get(source="line:1").amount == 90000
    assert Outcome.objects.count() == 2
    with pytest.raises(UnfitOutcome):
        reverse(sources=[first[0].source], by=BY, at=later, reason="no")
    with pytest.raises(UnfitOutcome):
        reverse(sources=["line:2"], by=BY, at=later, reason="no")
    assert chain.verify().broken is None


@pytest.mark.django_db
def test_sealed_rows_have_an_entry_of_their_own() -> None:
    rows = post(outcomes=[one("case:1"), one("case:2", service="rights-case", kind="case", sealed=True)], by=BY, at=AT)
    assert [row.entry.service for row in rows] == ["", "rights-case"]


class PostingIsIdempotent(TestCase):
    @settings(deadline=None, max_examples=30)
    @given(st.lists(st.lists(st.integers(0, 8), max_size=6), max_size=5), st.sets(st.integers(0, 8)))
    def test_any_repetition_gives_each_source_once(self, batches: list[list[int]], back: set[int]) -> None:
        for batch in batches:
            post(outcomes=[one(f"s{number}") for number in batch], by=BY, at=AT)
        known = {number for batch in batches for number in batch}
        for _ in range(2):
            reverse(sources=[f"s{number}" for number in back & known], by=BY, at=AT, reason="drill")
        assert Outcome.objects.filter(reverses=None).count() == len(known)
        assert Outcome.objects.filter(reverses__isnull=False).count() == len(known & back)


@pytest.mark.django_db
def test_many_go_the_fast_road_to_the_same_end() -> None:
    many = [one(f"s{number}", amount=number) for number in range(450)]
    rows = post(outcomes=many, by=BY, at=AT)
    assert [(row.source, row.amount) for row in rows] == [(f"s{number}", number) for number in range(450)]
    back = reverse(sources=[row.source for row in rows], by=BY, at=AT, reason="drill")
    assert [(row.reverses_id, row.amount) for row in back] == [(row.pk, -(row.amount or 0)) for row in rows]
    assert post(outcomes=many, by=BY, at=AT)[0].pk == rows[0].pk
    assert chain.verify().broken is None
