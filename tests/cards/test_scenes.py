"""The table of rights: drawn up by one, published by another, in force from its day; and refusals of a right."""

from __future__ import annotations

import datetime as dt

import pytest

from lianxin.access.permissions import Refused
from lianxin.cards import hearing, queries, sceneread, scening
from lianxin.cards.models import SceneTable
from lianxin.cards.refusals import NoSuchCard, NotNow
from lianxin.casework import actions as casework
from lianxin.casework.models import Case
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over
from lianxin.notices.models import Notice
from tests.factories.casework import AT, CITY, SYSTEM, VILLAGE

pytestmark = pytest.mark.django_db
TODAY = AT.date()
WRITER = Actor(account=9001, name="政策", area=CITY, scope=over(CITY), permissions=frozenset({"scene.keep"}))
PUBLISHER = Actor(account=9002, name="审批", area=CITY, scope=over(CITY), permissions=frozenset({"scene.publish"}))
LINE = {"scene": "bus", "code": "bus-more", "name": "郊县公交", "name_en": "county buses", "area": VILLAGE, "classes": ["veteran"],
        "right": "discount", "percent": 50, "weekdays": "167", "words": "付一半"}  # fmt: skip


def published(town, on=TODAY, **changes):
    table = scening.draft(by=WRITER, at=AT)
    if changes:
        scening.write(table=table.pk, says={**LINE, **changes}, by=WRITER, at=AT)
    scening.hand_in(table=table.pk, by=WRITER, at=AT)
    return scening.publish(table=table.pk, from_on=on, by=PUBLISHER, at=AT)


def test_the_first_edition_is_the_catalogue_s_and_holds_from_its_day(town):
    assert queries.scene_table(TODAY) == []
    published(town)
    rows = queries.scene_table(TODAY)
    assert {row.scene for row in rows} == {"bus", "scenic", "hospital", "shop", "window"}
    assert queries.scene_table(TODAY - dt.timedelta(days=1)) == []
    law = next(row for row in rows if row.code == "bus-law")
    assert (law.classes, law.right, law.article, law.standing) == (["disabled", "serving"], "free", "52", "found")


def test_nobody_publishes_their_own_and_what_is_published_is_not_edited(town):
    table = scening.draft(by=WRITER, at=AT)
    assert scening.draft(by=WRITER, at=AT).pk == table.pk
    scening.hand_in(table=table.pk, by=WRITER, at=AT)
    with pytest.raises(Refused):
        scening.publish(table=table.pk, from_on=TODAY, by=WRITER, at=AT)
    both = Actor(
        account=9001, name="x", area=CITY, scope=over(CITY), permissions=frozenset({"scene.keep", "scene.publish"})
    )
    with pytest.raises(Refusal, match="does not publish"):
        scening.publish(table=table.pk, from_on=TODAY, by=both, at=AT)
    with pytest.raises(NotNow):
        scening.write(table=table.pk, says=LINE, by=WRITER, at=AT)
    scening.publish(table=table.pk, from_on=TODAY, by=PUBLISHER, at=AT)
    with pytest.raises(NotNow):
        scening.remove(table=table.pk, row=1, by=WRITER, at=AT)


def test_a_later_edition_takes_over_on_its_day_and_begins_as_the_one_before(town):
    published(town)
    later = TODAY + dt.timedelta(days=10)
    published(town, on=later, weekdays="67")
    assert "bus-more" not in {row.code for row in queries.scene_table(TODAY)}
    line = next(row for row in queries.scene_table(later) if row.code == "bus-more")
    assert (line.percent, line.weekdays, line.holds(dt.date(2026, 5, 16)), line.holds(dt.date(2026, 5, 18))) == (
        50,
        "67",
        True,
        False,
    )
    assert len(queries.scene_table(later)) == len(queries.scene_table(TODAY)) + 1
    assert SceneTable.objects.count() == 2


@pytest.mark.parametrize("wrong", [{"scene": "moon"}, {"classes": []}, {"percent": None}, {"percent": 100}, {"hours": "9-17"},
                                   {"code": "A B"}, {"area": "419999"}, {"name": " "},
                                   {"from_on": dt.date(2026, 6, 1), "until_on": dt.date(2026, 5, 1)}])  # fmt: skip
def test_a_line_that_cannot_be_is_refused_in_words(town, wrong):
    table = scening.draft(by=WRITER, at=AT)
    before = len(sceneread.edition(table.pk).rows)
    with pytest.raises(Refusal):
        scening.write(table=table.pk, says={**LINE, **wrong}, by=WRITER, at=AT)
    assert len(sceneread.edition(table.pk).rows) == before


def refused(town, kind="shop"):
    return town.open("refusal-report", town.persons["old_man"], kind=kind, form={"place": "维修铺", "on": "2026-05-05"})


def test_a_refusal_has_five_working_days_and_is_heard_on_both_sides(town):
    case = refused(town)
    assert case.promised_at.date() == dt.date(2026, 5, 12)  # 7, 8, 9 (a swapped Saturday), 11, 12 May
    with pytest.raises(NotNow, match="side first"):
        hearing.find(case=case.pk, upheld=True, words="属实", by=town.reviewer, at=AT)
    casework.accept(cases=case.pk, by=town.reviewer, at=AT)
    with pytest.raises(NotNow, match="side first"):
        hearing.find(case=case.pk, upheld=True, words="属实", by=town.reviewer, at=AT)
    casework.advance(cases=case.pk, by=SYSTEM, at=AT, words="店员不认识证")
    made = hearing.find(
        case=case.pk, upheld=True, words="属实，已道歉退款", office=town.offices["shop"], by=town.reviewer, at=AT
    )
    assert hearing.find(case=case.pk, upheld=False, words="再点一次", by=town.reviewer, at=AT).pk == made.pk
    assert Case.objects.get(pk=case.pk).state == "delivered"
    told = Notice.objects.get(template="refusal-upheld")
    assert (told.person, told.given["words"]) == (town.persons["old_man"].pk, "属实，已道歉退款")
    assert hearing.upheld(SYSTEM.scope, at=AT) == {town.offices["shop"]: 1}
    assert hearing.upheld(SYSTEM.scope, at=AT + dt.timedelta(days=366)) == {}
    assert hearing.upheld(town.sibling.scope, at=AT) == {}


def test_one_that_is_not_upheld_counts_against_nobody(town):
    case = refused(town)
    casework.accept(cases=case.pk, by=town.reviewer, at=AT)
    casework.advance(cases=case.pk, by=SYSTEM, at=AT)
    hearing.find(case=case.pk, upheld=False, words="没有出示证", office=town.offices["shop"], by=town.reviewer, at=AT)
    assert hearing.upheld(SYSTEM.scope, at=AT) == {}
    assert Notice.objects.filter(template="refusal-not-upheld").count() == 1


def test_another_county_finds_nothing(town):
    case = refused(town)
    with pytest.raises(NoSuchCard):
        hearing.find(case=case.pk, upheld=True, words="属实", by=town.sibling, at=AT)
