"""A binder is counted from figures and what is there: versions by two, evidence that falls with its row, gaps, reviewers."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lianxin.access import actions as access
from lianxin.access.models import Account
from lianxin.access.permissions import Refused
from lianxin.engine import paper
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over
from lianxin.insight import assessing, binder, binderpaper, evidence, trees
from lianxin.insight.assessmodels import Score
from lianxin.insight.evidence import Binder
from lianxin.notices.models import Notice
from lianxin.outcomes.actions import Posted, post, reverse
from tests.factories.access import named
from tests.insight import city

pytestmark = pytest.mark.django_db
AT = dt.datetime(2023, 7, 1, tzinfo=dt.UTC)
TODAY = dt.date(2023, 7, 1)
BY = Actor(name="甲", permissions=frozenset({"*"}), scope=over("4199"), area="4199", language="zh")
WHERE = Binder("sheet", 2023, "4199")
EAST, WEST = city.VILLAGES[0], city.VILLAGES[3]
TREE = """code: sheet
name: {zh: 考评, en: assessment}
from: 2022-01-01
standing: illustrative
groups:
  - code: all
    name: {zh: 全部, en: all}
    standing: illustrative
    points: 6
    indicators:
      - {code: visits, name: {zh: 走访, en: visits}, points: 4, formula: rows * 0.1, veto: rows = 0, evidence: [row], least: 2, owner: 优抚, due: "06-30", standing: illustrative}
      - {code: shown, name: {zh: 佐证, en: shown}, points: 2, formula: "CASE WHEN evidence >= 1 THEN 2 ELSE 0 END", evidence: [row, review], owner: 双拥, due: "11-30", standing: illustrative}
      - {code: more, name: {zh: 加分, en: more}, points: 1, formula: years * 1, bonus: true, owner: 双拥, due: "12-31", standing: illustrative}
"""


@pytest.fixture
def hands(figures_catalogue: Path) -> tuple[Actor, Actor]:
    """Two people of one office that keeps binders, each named."""
    city.areas()
    made = [access.seat(username=name, name=name, role=role, area="4199", by=BY, at=city.AT)
            for name, role in (("甲", "approver"), ("乙", "approver"))]  # fmt: skip
    named(made, city.AT)
    return replace(BY, account=made[0].pk, name="甲"), replace(BY, account=made[1].pk, name="乙")


def published(first: Actor, second: Actor, text: str = TREE, at: dt.datetime = AT) -> Any:
    made = trees.hand_in(text=text, by=first, at=at)
    trees.rule(tree=made.pk, verb="publish", by=second, at=at)
    return made


def visits(
    count: int, area: str = EAST, on: dt.date = dt.date(2023, 3, 1), name: str = "a", at: dt.datetime = city.AT
) -> None:
    persons = city.people(count, first=hash(name) % 1000)
    post(by=BY, at=at, outcomes=[Posted(kind="visit", service="good-news", area=area, person=person, happened_on=on,
                                        source=f"{name}{place}") for place, person in enumerate(persons)])  # fmt: skip


def counted(where: Binder = WHERE, **given: Any) -> binder.Counted:
    made = binder.counted(where, scope=over("4199"), today=TODAY, **given)
    assert made is not None
    return made


def test_a_tree_is_published_by_another_and_its_mistakes_say_their_line(hands: tuple[Actor, Actor]) -> None:
    first, second = hands
    with pytest.raises(Refusal, match=r"11.*rowz.*rows"):
        trees.hand_in(text=TREE.replace("rows * 0.1", "rowz * 0.1"), by=first, at=AT)
    with pytest.raises(Refusal, match=r"7.*points|合计"):
        trees.hand_in(text=TREE.replace("points: 6", "points: 7"), by=first, at=AT)
    made = trees.hand_in(text=TREE, by=first, at=AT)
    assert binder.counted(WHERE, scope=over("4199"), today=TODAY) is None
    with pytest.raises(Refusal):
        trees.rule(tree=made.pk, verb="publish", by=first, at=AT)
    trees.rule(tree=made.pk, verb="publish", by=second, at=AT)
    with pytest.raises(Refusal):
        trees.hand_in(text=TREE, by=first, at=AT)
    later = published(first, second, TREE.replace("2022-01-01", "2023-01-01").replace("rows * 0.1", "rows * 0.2"),
                      AT + dt.timedelta(days=9))  # fmt: skip
    assert [trees.in_year("sheet", year).number for year in (2022, 2023)] == [made.number, later.number]  # type: ignore[union-attr]
    assert trees.in_year("sheet", 2023, AT + dt.timedelta(days=1)).number == made.number  # type: ignore[union-attr]


def test_points_follow_the_figures_and_evidence_falls_with_its_row(hands: tuple[Actor, Actor]) -> None:
    first, _second = hands
    published(*hands)
    assert [one.code for one in counted().vetoes] == ["visits"]
    visits(20)
    visits(3, WEST, name="few")  # too few people to be told of that county
    made = counted()
    assert (made.points, made.most, made.vetoes) == (230, 600, ())
    assert [line.why for line in made.gaps] == [("points", "evidence"), ("points", "evidence")]
    west = counted(Binder("sheet", 2023, "419902"))
    assert [line.why[0] for line in west.lines[:1]] == ["unknown"] and west.unknown == 1
    rows = evidence.offered(WHERE, evidence.line_of(WHERE, "visits"), "row", today=TODAY)
    assert len(rows) == 23 and all("村" not in row.title and "甲" not in row.title for row in rows)
    evidence.bind(binder=WHERE, indicator="visits", sort="row", refs=[row.ref for row in rows[:2]], by=first, at=AT)
    with pytest.raises(Refusal):
        evidence.bind(binder=WHERE, indicator="visits", sort="row", refs=[rows[0].ref], by=first, at=AT)
    with pytest.raises(Refusal):
        evidence.bind(binder=WHERE, indicator="visits", sort="row", refs=[10**9], by=first, at=AT)
    assert [line.why for line in counted().gaps] == [("points",), ("points", "evidence")]
    [line, *_] = counted().lines
    reverse(sources=[f"a{place}" for place in range(20)] + [f"few{place}" for place in range(3)], by=BY,
            at=AT + dt.timedelta(days=1), reason="错")  # fmt: skip
    assert counted().lines[0].holding == 0 and counted(known_at=AT + dt.timedelta(hours=1)).lines[0].holding == 2
    evidence.let_go(evidence=line.pieces[0].id, reason="错", by=first, at=AT + dt.timedelta(days=2))
    assert len(counted().lines[0].pieces) == 1


def test_a_gap_has_an_owner_who_is_told_once_a_day(hands: tuple[Actor, Actor]) -> None:
    first, second = hands
    published(*hands)
    visits(20)
    nobody = Account.objects.create(username="nobody", name="丙")
    given: dict[str, Any] = {"binder": WHERE, "indicator": "visits", "by": first, "at": AT}
    with pytest.raises(Refusal):
        assessing.charge(owner=nobody.pk, due_on=dt.date(2023, 9, 1), **given)
    with pytest.raises(Refusal):
        assessing.charge(owner=second.account or 0, due_on=dt.date(2021, 9, 1), **given)
    assessing.charge(owner=second.account or 0, due_on=dt.date(2023, 9, 1), words="补两件", **given)
    assert [line.code for _made, line in binder.mine(second.account, over("4199"), TODAY)] == ["visits"]
    told = Notice.objects.filter(account=second.account, template="assessment-due")
    assert told.count() == 1
    for at, more in ((dt.datetime(2023, 8, 18, 4, tzinfo=dt.UTC), 1), (dt.datetime(2023, 8, 18, 5, tzinfo=dt.UTC), 1),
                     (dt.datetime(2023, 8, 20, 4, tzinfo=dt.UTC), 1), (dt.datetime(2023, 9, 8, 4, tzinfo=dt.UTC), 2)):  # fmt: skip
        assessing.remind(by=BY, at=at)
        assert told.count() == 1 + more, at


def test_a_named_reviewer_alone_gives_points(hands: tuple[Actor, Actor]) -> None:
    first, second = hands
    published(*hands)
    visits(20)
    with pytest.raises(Refusal):
        assessing.name_reviewer(binder=WHERE, reviewer=first.account or 0, by=first, at=AT)
    mock = assessing.name_reviewer(binder=WHERE, reviewer=second.account or 0, by=first, at=AT)
    with pytest.raises(Refusal):
        assessing.mark(mock=mock.pk, indicator="visits", points=100, words="少", by=first, at=AT)
    for points, words in ((500, "多"), (100, " ")):
        with pytest.raises(Refusal):
            assessing.mark(mock=mock.pk, indicator="visits", points=points, words=words, by=second, at=AT)
    assessing.mark(mock=mock.pk, indicator="visits", points=150, words="记录不全", by=second, at=AT)
    [review] = binder.mocks(WHERE)
    assert (review.marks["visits"], review.total(counted().version.tree)) == ((150, "记录不全"), 150)


def test_the_score_is_kept_month_by_month_and_the_paper_says_it(hands: tuple[Actor, Actor]) -> None:
    visits(10, on=dt.date(2023, 2, 1), name="b")
    visits(20, on=dt.date(2023, 5, 1), name="c")
    published(*hands)
    assert assessing.keep_scores(by=BY, at=AT, areas=["4199"]) > 6
    kept = {f"{one.month:%m}": (one.points, one.afterwards) for one in assessing.trend(over("4199"), "sheet", "4199")
            if one.month.year == 2023}  # fmt: skip
    assert (kept["02"], kept["06"], kept["07"]) == ((100, True), (300, True), (300, False))
    assert (
        Score.objects.filter(area="4199").count()
        == assessing.keep_scores(by=BY, at=AT, areas=["4199"]) + Score.objects.count() - 1
    )
    with pytest.raises(Refused):
        assessing.trend(over("419902"), "sheet", "4199")
    data = binderpaper.data(counted(), reviews=[], trend="", language="zh-hans", at=AT)
    assert data["total"] == "3 / 6" and paper.lacking(data) == ()
    made = binderpaper.pdf(counted(), reviews=[], trend="", language="zh-hans", at=AT, code=None)
    assert made[:5] == b"%PDF-"
