"""Achievements on paper: two people, one row, taken back by reversing it; never twice."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from django.conf import settings

from lianxin.access import actions as access
from lianxin.access import behind
from lianxin.access.queries import actor_of
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over
from lianxin.insight import definitions, figures
from lianxin.journal import queries as journal
from lianxin.outcomes import attesting
from lianxin.outcomes.attesting import Said
from lianxin.outcomes.models import Outcome

pytestmark = pytest.mark.django_db
AT = dt.datetime(2023, 6, 1, 2, tzinfo=dt.UTC)
OPERATOR = Actor(permissions=frozenset({"*"}), scope=over("4199"), area="4199")
TITLE = Said(figure="titles-nation", title="第六次命名", paper="表彰决定 2020-01", kind="honour", service="honour-register",
             category="city", level="nation", area="4199", happened_on=dt.date(2020, 10, 20))  # fmt: skip


@pytest.fixture
def desks() -> tuple[Actor, Actor]:
    access.add_areas(areas=[("419901", "甲区", "")], by=OPERATOR, at=AT)
    made = [access.seat(username=name, name=name, role="approver", area="4199", by=OPERATOR, at=AT) for name in "甲乙"]
    behind.begin(numbers={one.pk: f"41990219900101{n:04}" for n, one in enumerate(made)}, by=OPERATOR, at=AT)
    return actor_of(made[0], AT), actor_of(made[1], AT)


def counted(code: str = "titles-nation") -> int | None:
    [value] = figures.evaluate(codes=[code], from_on=None, to_on=AT.date(), area="4199", scope=over("4199"), opens=True)
    return value.value


def test_it_counts_once_somebody_else_agreed_and_no_longer_when_taken_back(desks: tuple[Actor, Actor]) -> None:
    wrote, other = desks
    [made] = attesting.attest(achievements=[TITLE], by=wrote, at=AT)
    assert counted() == 0
    with pytest.raises(Refusal):
        attesting.rule(attestations=[made.pk], agreed=True, by=wrote, at=AT)
    attesting.rule(attestations=[made.pk], agreed=True, by=other, at=AT)
    assert counted() == 1
    assert Outcome.objects.get().source == f"attestation:{made.pk}"
    with pytest.raises(Refusal):
        attesting.rule(attestations=[made.pk], agreed=True, by=other, at=AT)
    attesting.take_back(attestation=made.pk, reason="文号写错", by=other, at=AT)
    assert counted() == 0
    assert attesting.one(over("4199"), made.pk).state == attesting.TAKEN_BACK  # type: ignore[union-attr]
    assert journal.verify().broken is None


def test_written_down_once_and_again_only_after_it_was_turned_down(desks: tuple[Actor, Actor]) -> None:
    wrote, other = desks
    [made] = attesting.attest(achievements=[TITLE], by=wrote, at=AT)
    with pytest.raises(Refusal):
        attesting.attest(achievements=[TITLE], by=other, at=AT)
    with pytest.raises(Refusal):
        attesting.rule(attestations=[made.pk], agreed=False, by=other, at=AT)
    attesting.rule(attestations=[made.pk], agreed=False, words="凭据不清", by=other, at=AT)
    attesting.attest(achievements=[TITLE], by=other, at=AT)
    assert counted() == 0


@pytest.mark.parametrize("change", [{"title": " "}, {"paper": ""}, {"happened_on": dt.date(2024, 1, 1)}, {"quantity": 0},
                                    {"amount": 0}, {"ended_on": dt.date(2019, 1, 1)}])  # fmt: skip
def test_what_is_incomplete_is_refused_whole(desks: tuple[Actor, Actor], change: dict[str, object]) -> None:
    wrong = dataclasses.replace(TITLE, **({"title": "别的"} | change))  # type: ignore[arg-type]
    with pytest.raises(Refusal):
        attesting.attest(achievements=[TITLE, wrong], by=desks[0], at=AT)
    assert attesting.listed(over("4199")) == []


def test_another_areas_achievements_do_not_exist(desks: tuple[Actor, Actor]) -> None:
    [made] = attesting.attest(achievements=[TITLE], by=desks[0], at=AT)
    county = dataclasses.replace(desks[1], scope=over("419901"))
    assert attesting.listed(county.scope) == []
    with pytest.raises(Refusal):
        attesting.rule(attestations=[made.pk], agreed=True, by=county, at=AT)


def test_a_number_reported_by_hand_stands_beside_and_is_counted_by_no_figure(desks: tuple[Actor, Actor]) -> None:
    before = {code: counted(code) for code in definitions.load()}
    said = dataclasses.replace(TITLE, kind="record", service=attesting.REPORTED, category="parks", figure="parks", level="",
                               quantity=7)  # fmt: skip
    [made] = attesting.attest(achievements=[said], by=desks[0], at=AT)
    assert attesting.reported(over("4199"), "parks", "4199") is None
    attesting.rule(attestations=[made.pk], agreed=True, by=desks[1], at=AT)
    found = attesting.reported(over("4199"), "parks", "4199")
    assert found is not None
    assert found.quantity == 7
    assert {code: counted(code) for code in definitions.load()} == before


def test_every_figure_that_may_be_attested_counts_what_it_says(desks: tuple[Actor, Actor]) -> None:
    assert settings.CATALOGUE
    wanted = [one for one in definitions.load().values() if one.attest is not None]
    assert len(wanted) > 15
    said = [Said(figure=one.code, title="甲", paper="乙", area="4199", happened_on=dt.date(2023, 3, 1), amount=500, **(one.attest or {}))
            for one in wanted]  # fmt: skip
    made = attesting.attest(achievements=said, by=desks[0], at=AT)
    attesting.rule(attestations=[one.pk for one in made], agreed=True, by=desks[1], at=AT)
    for one in wanted:
        assert counted(one.code) == (500 if one.money else 1), one.code
