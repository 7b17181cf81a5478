"""A published number commits to its rows: drawn in public, opened inside the scope, checked by a stranger's script."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from tools import check_draw

from lianxin.access.models import Account
from lianxin.access.permissions import Refused
from lianxin.companion import reach
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over
from lianxin.insight import actions, drawing, queries, sealing
from lianxin.insight.models import Asked, Publication
from lianxin.journal import queries as journal
from lianxin.journal.actions import entry
from lianxin.outcomes.actions import Posted, post, reverse
from tests.insight import city

pytestmark = pytest.mark.django_db
THEN = dt.datetime(2023, 7, 1, tzinfo=dt.UTC)
SOON, LATER = THEN + dt.timedelta(days=1), THEN + dt.timedelta(days=3)
BY = Actor(account=1, name="甲", permissions=frozenset({"*"}), scope=over("4199"), area="4199", language="zh")
COUNTY = Actor(account=2, name="乙", permissions=frozenset({"*"}), scope=over("419902"), area="419902")
TEXT = "# 甲\n\n{{ figure:rows }}\n"


@pytest.fixture
def published(figures_catalogue: Path) -> Publication:
    """Forty visits published."""
    return publication(figures_catalogue)


def publication(figures_catalogue: Path, sealed: int = 0) -> Publication:
    """Forty visits published, and how many sealed ones with them."""
    (figures_catalogue / "reviews").mkdir()
    (figures_catalogue / "reviews" / "annual.md").write_text(TEXT, "utf-8")
    city.areas()
    persons = city.people(40)
    post(by=BY, at=city.AT, outcomes=[
        Posted(kind="visit", service="good-news", area=city.VILLAGES[number % 2 * 3], person=persons[number],
               happened_on=dt.date(2022, 3, 1), source=f"s{number}", family=100 + number)
        for number in range(40)])  # fmt: skip
    post(by=BY, at=city.AT, outcomes=[
        Posted(kind="visit", service="rights-case", area=city.VILLAGES[0], person=persons[number], sealed=True,
               happened_on=dt.date(2022, 3, 1), source=f"sealed{number}")
        for number in range(sealed)])  # fmt: skip
    draft, _ = actions.save_draft(code="annual", from_on=dt.date(2022, 1, 1), to_on=dt.date(2022, 12, 31), area="4199",
                                  text=TEXT, by=BY, at=THEN)  # fmt: skip
    return actions.publish(draft=draft.pk, by=BY, at=THEN)


def drawn(published: Publication, size: int = 8) -> Any:
    made = drawing.announce(publication=published.pk, code="rows", size=size, source="周日开奖", by=BY, at=SOON)
    drawing.record(draw=made.pk, seed="07 12 19 25 30 31", by=BY, at=LATER)
    return drawing.one(made.pk)


def file_of(published: Publication) -> dict[str, Any]:
    said: dict[str, Any] = json.loads("".join(drawing.published(published, "rows")))
    return said


@pytest.mark.parametrize("sealed", [8, 2])
def test_a_number_with_sealed_rows_in_it_says_not_how_many(
    figures_catalogue: Path, client: Client, sealed: int
) -> None:
    found = publication(figures_catalogue, sealed)
    kept = found.figures["rows"]
    if sealed < settings.SMALL_CELL:  # too few to be counted: then none is in it
        assert (kept["value"], kept["leaves"]) == (40, 40)
        return
    assert kept["value"] == 48
    assert (kept["sealed"], "root" in kept, "leaves" in kept) == (True, False, False)
    assert client.get(f"/published/{found.pk}/rows.json").status_code == 404
    assert [(one.root, one.sealed) for one in queries.side_by_side(found, {}, "zh")] == [("", True)]
    with pytest.raises(Refusal, match=r"sealed|密封"):
        drawing.announce(publication=found.pk, code="rows", size=5, source="周日开奖", by=BY, at=SOON)


def test_a_denial_stands_until_another_person_writes_otherwise(published: Publication) -> None:
    draw = drawn(published, 2)
    [row, other] = [one.row.id for one in drawing.shown_rows(draw, BY.scope)]
    same = Account.objects.create(username="same", name="甲")
    second = Account.objects.create(username="second", name="乙")
    first, another = replace(BY, account=same.pk), replace(BY, account=second.pk)

    def say(said: str, by: Actor, outcome: int = row) -> tuple[int, int]:
        drawing.answer(draw=draw.pk, outcome=outcome, way="call", said=said, by=by, at=LATER)
        state = drawing.state(draw)
        return state.confirmed, state.denied

    assert say("denied", first) == (0, 1)
    for by in (first, replace(BY, account=None)):
        with pytest.raises(Refusal):
            say("confirmed", by)
    with entry(action="insight.asked", by=first, at=LATER) as writer:
        writer.add(
            [Asked(draw=draw, outcome=row, way="call", said="confirmed", by_name="甲", account=same.pk, at=LATER)]
        )
    assert say("unreached", another) == (0, 1)  # nor does a row from before, nor that nobody was reached
    assert say("confirmed", another) == (1, 0)
    assert say("confirmed", first, other) == (2, 0)


def test_a_stranger_checks_root_draw_and_opened_rows(published: Publication) -> None:
    draw = drawn(published)
    said, opened = file_of(published), drawing.opening(draw, over("4199"))
    assert said["count"] == len(said["leaves"]) == 40
    assert len(opened["rows"]) == 8
    assert check_draw.check(said, opened) == []
    told = json.dumps(said)
    assert not any(f"s{number}" in told for number in range(40))
    for change in ({"salt": "00" * 32}, {"said": opened["rows"][0]["said"].replace("visit", "visid")},
                   {"place": (opened["rows"][0]["place"] + 1) % 40}, {"beside": []}):  # fmt: skip
        wrong = {**opened, "rows": [{**opened["rows"][0], **change}, *opened["rows"][1:]]}
        assert check_draw.check(said, wrong), change
    assert check_draw.check({**said, "leaves": said["leaves"][1:]})
    assert check_draw.check({**said, "draws": [{**said["draws"][0], "seed": "another"}]})
    assert check_draw.check({**said, "draws": [{**said["draws"][0], "drawn_at": said["draws"][0]["announced_at"]}]})


def test_the_file_for_strangers_is_limited_and_only_a_small_one_is_kept(
    published: Publication, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    address, made = f"/published/{published.pk}/rows.json", drawing.published
    asked: list[int] = []

    def counted(found: Publication, code: str) -> Iterator[str]:
        asked.append(1)
        return made(found, code)

    monkeypatch.setattr(drawing, "published", counted)
    monkeypatch.setattr(reach, "SMALL", 100)
    assert [client.get(address).status_code for _ in range(2)] == [200, 200]
    assert len(asked) == 2  # too large to be kept
    monkeypatch.setattr(reach, "SMALL", 100_000)
    found = [client.get(address).status_code for _ in range(reach.FILES)]
    assert found == [200] * (reach.FILES - 2) + [429] * 2
    assert len(asked) == 3
    assert client.get(address, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_an_altered_row_is_found_by_the_script_the_page_and_the_journal(published: Publication) -> None:
    draw = drawn(published)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE outcomes_outcome SET quantity = 2 WHERE source = 's7'")
    assert check_draw.check(file_of(published)) != []
    assert not drawing.state(draw).holds
    assert drawing.shown_rows(draw, over("4199")) == []
    assert journal.verify().row is not None


def test_what_came_later_changes_no_root(published: Publication) -> None:
    reverse(sources=["s3"], by=BY, at=LATER, reason="drill")
    post(by=BY, at=LATER, outcomes=[Posted(kind="visit", service="good-news", area="4199", source="late",
                                           happened_on=dt.date(2022, 4, 1))])  # fmt: skip
    assert check_draw.check(file_of(published)) == []


def test_only_drawn_rows_of_ones_own_area_open_and_are_answered(published: Publication) -> None:
    draw = drawn(published, 20)
    every, mine = drawing.shown_rows(draw, BY.scope), drawing.shown_rows(draw, COUNTY.scope)
    assert len(every) == 20
    assert 0 < len(mine) < 20
    assert all(one.row.area.startswith("419902") for one in mine)
    away = next(one for one in every if one.row.area.startswith("419901"))
    with pytest.raises(Refused):
        drawing.answer(draw=draw.pk, outcome=away.row.id, way="call", said="confirmed", by=COUNTY, at=LATER)
    for one in every:
        drawing.answer(draw=draw.pk, outcome=one.row.id, way="call", said="unreached", by=BY, at=LATER)
    assert drawing.state(draw).at_most is None  # nobody was reached: nothing is proven
    for one in every[1:]:
        drawing.answer(draw=draw.pk, outcome=one.row.id, way="slip", said="confirmed", by=BY, at=LATER)
    drawing.answer(draw=draw.pk, outcome=every[0].row.id, way="call", said="denied", by=BY, at=LATER)
    state = drawing.state(draw)
    assert (state.confirmed, state.denied, state.waiting) == (19, 1, 0)
    assert state.at_most is not None
    assert 1 < state.at_most < 10
    assert journal.verify().broken is None


def test_a_seed_comes_after_the_announcement_and_once(published: Publication) -> None:
    made = drawing.announce(publication=published.pk, code="rows", size=5, source="周日开奖", by=BY, at=SOON)
    with pytest.raises(Refusal):
        drawing.record(draw=made.pk, seed="1", by=BY, at=SOON)
    drawing.record(draw=made.pk, seed="1", by=BY, at=LATER)
    with pytest.raises(Refusal):
        drawing.record(draw=made.pk, seed="2", by=BY, at=LATER)
    for size, source in ((0, "甲"), (501, "甲"), (5, " ")):
        with pytest.raises(Refusal):
            drawing.announce(publication=published.pk, code="rows", size=size, source=source, by=BY, at=SOON)
    with pytest.raises(Refused):
        drawing.announce(publication=published.pk, code="rows", size=5, source="甲", by=COUNTY, at=SOON)
    with pytest.raises(Refused):
        drawing.announce(
            publication=published.pk, code="money", size=5, source="甲", by=BY, at=SOON
        )  # no such number in it


def test_many_leaves_are_made_once_and_believed_only_by_their_root(published: Publication, monkeypatch: Any, settings: Any,
                                                                   tmp_path: Path) -> None:  # fmt: skip
    settings.HOME = tmp_path
    monkeypatch.setattr(sealing, "KEPT", 40)
    made: list[int] = []
    real = sealing.of
    monkeypatch.setattr(sealing, "of", lambda *given: made.append(1) or real(*given))
    first = file_of(published)
    assert file_of(published) == first and made == [1]
    [kept] = (tmp_path / "published").iterdir()
    kept.write_bytes(kept.read_bytes()[32:] + bytes(32))
    assert file_of(published) == first and made == [1, 1]
    assert file_of(published) == first and made == [1, 1]
