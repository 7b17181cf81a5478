"""The map is redrawn: everything goes along as one, can be taken back as one, and old figures stay what they were."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.casework import COUNTY, SIBLING_TOWN, SIBLING_VILLAGE, TOWN, VILLAGE, town

from lianxin.access import actions as access
from lianxin.access import areas, redrawing, tree
from lianxin.access.models import Area, Grant, Office
from lianxin.access.queries import actor_of, successions
from lianxin.access.redrawing import Change
from lianxin.casework.models import Case
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over
from lianxin.journal import queries as journal
from lianxin.people.models import Family, Particulars, Person

AT = dt.datetime(2026, 5, 6, 2, tzinfo=dt.UTC)
LATER = AT + dt.timedelta(days=1)
BY = Actor(permissions=frozenset({"areas.manage"}), scope=over("4199"), area="4199", name="keeper")
COUNTY_ONLY = Actor(permissions=frozenset({"areas.manage"}), scope=over(COUNTY), area=COUNTY)
ON = dt.date(2026, 5, 1)


@pytest.fixture
def place(db):
    made = town()
    access.add_areas(areas=[("419901002", "南街道", "South Street"), ("419901002001", "东一社区", "East One"),
                            ("419901002002", "南二社区", "South Two")], by=BY, at=AT)  # fmt: skip
    return made


def homes():
    return dict(Person.objects.values_list("name", "home"))


def test_a_merger_takes_everything_along_and_comes_back_as_one(place):
    case = place.open("accomp-subsidy", place.persons["wife"])
    before = homes()
    row = redrawing.redraw(changes=[Change(TOWN, "419901002")], on=ON, paper="区划调整", by=BY, at=AT)
    assert row.pairs == {TOWN: "419901002", VILLAGE: "419901002001"}  # the village of the same name takes it over
    assert homes()["安梅"] == "419901002001"
    assert homes()["石西"] == SIBLING_VILLAGE
    assert Case.objects.get(pk=case.pk).area == "419901002001"
    assert set(Office.objects.filter(kind="station").values_list("area", flat=True)) >= {"419901002", "419901002001"}
    assert not Grant.objects.filter(area__startswith=TOWN, superseded_at__isnull=True).exists()
    moved = Particulars.objects.get(person__name="安梅", home="419901002001")
    assert (moved.valid_from, moved.paper, moved.superseded_at) == (ON, "区划调整", None)
    assert set(Family.objects.exclude(home=SIBLING_VILLAGE).values_list("home", flat=True)) == {"419901002001"}
    assert journal.verify().broken is None
    redrawing.undo(run=row.run, by=BY, at=LATER)
    assert homes() == before
    assert Case.objects.get(pk=case.pk).area == VILLAGE
    assert Area.objects.get(pk=TOWN).successor == ""
    assert Grant.objects.filter(role="clerk", area=TOWN, superseded_at__isnull=True).exists()
    assert Office.objects.filter(area=TOWN, kind="station").exists()
    assert successions() == {}
    assert journal.verify().broken is None
    with pytest.raises(Refusal):
        redrawing.undo(run=row.run, by=BY, at=LATER)


def test_what_was_known_before_stays_reproducible(place):
    assert successions() == {}
    row = redrawing.redraw(changes=[Change(TOWN, "419901002")], on=dt.date(2020, 1, 1), by=BY, at=AT)
    assert successions(AT - dt.timedelta(seconds=1)) == {}, "known before it was entered, whatever day it holds from"
    assert successions(AT)[VILLAGE] == "419901002001"
    redrawing.undo(run=row.run, by=BY, at=LATER)
    assert successions(AT)[VILLAGE] == "419901002001"
    assert successions(LATER) == {}


def test_heirs_see_the_old_rows_and_neighbours_do_not(place):
    access.seat(username="south", name="南", role="clerk", area="419901002", by=OPERATOR, at=AT)
    redrawing.redraw(changes=[Change(TOWN, "419901002")], on=ON, by=BY, at=AT)
    from lianxin.access.models import Account

    heir = actor_of(Account.objects.get(username="south"), LATER).scope
    assert heir.covers(VILLAGE) and heir.covers("419901002002")
    assert heir.areas[0] == "419901002"
    assert not place.sibling_clerk.scope.covers(VILLAGE)


OPERATOR = Actor(permissions=frozenset({"*"}), scope=over("4199"), area="4199")


def test_a_part_that_went_elsewhere_is_not_inherited(place):
    access.seat(username="south", name="南", role="clerk", area="419901002", by=OPERATOR, at=AT)
    access.add_areas(areas=[("419901001002", "东二社区", "")], by=BY, at=AT)
    redrawing.redraw(changes=[Change(VILLAGE, SIBLING_VILLAGE), Change(TOWN, "419901002")], on=ON, by=BY, at=AT)
    from lianxin.access.models import Account

    heir = actor_of(Account.objects.get(username="south"), LATER).scope
    assert heir.covers("419901001002")
    assert not heir.covers(VILLAGE), "this village went to the other county"


def test_a_split_moves_the_chosen_parts_to_a_new_neighbour(place):
    redrawing.redraw(changes=[Change("419901002002", "419901003002")], adds=[("419901003", "新街道", "New Street")], on=ON,
                     by=BY, at=AT)  # fmt: skip
    assert Area.objects.get(pk="419901003002").name == "南二社区"
    assert Area.objects.get(pk="419901003002").parent_id == "419901003"
    assert Area.objects.get(pk="419901002001").successor == ""


def test_nothing_is_redrawn_outside_ones_area_or_into_nonsense(place):
    with pytest.raises(Exception, match=r"areas\.manage"):
        redrawing.plan(changes=[Change(TOWN, SIBLING_TOWN)], by=COUNTY_ONLY)
    for changes in ([], [Change(TOWN, TOWN)], [Change(TOWN, VILLAGE)], [Change("419901009", "419901002")],
                    [Change(TOWN, "419909001")], [Change(TOWN, "419901002"), Change("419901002", TOWN)]):  # fmt: skip
        with pytest.raises(Refusal):
            redrawing.plan(changes=changes, by=BY)
    with pytest.raises(Refusal):
        redrawing.redraw(changes=[Change(TOWN, "419901002")], on=clock.day(AT) + dt.timedelta(days=1), by=BY, at=AT)


def test_a_new_name_leaves_the_old_one_for_old_days(place):
    areas.rename(names=[(TOWN, "凤凰街道", "Phoenix Street")], on=ON, paper="批复", by=BY, at=AT)
    assert tree.names_on([TOWN], ON - dt.timedelta(days=1))[TOWN][0] == "东街道"
    assert tree.names_on([TOWN], ON)[TOWN][0] == "凤凰街道"
    areas.rename(names=[(TOWN, "新凤街道", "")], on=ON + dt.timedelta(days=3), paper="批复", by=BY, at=LATER)
    assert [one.name for one in tree.history(TOWN)] == ["东街道", "凤凰街道", "新凤街道"]
    assert tree.names_on([TOWN], ON + dt.timedelta(days=2))[TOWN][0] == "凤凰街道"
    assert [node.code for node in tree.find(over("4199"), "xfjd")] == [TOWN]
    assert journal.verify().broken is None


def test_an_area_in_use_is_not_ended(place):
    with pytest.raises(Refusal):
        areas.end(code=VILLAGE, on=ON, by=BY, at=AT)
    areas.end(code="419901002002", on=ON, by=BY, at=AT)
    assert tree.resolve(over("4199"), "419901002002") is None


def test_the_official_list_shows_first_and_changes_only_what_is_new(place):
    rows = [["419901000000", "东县"], ["419901001000", "晨光街道"], ["419901007000", "星街道", "Star"], ["4199010", "短"],
            ["420101000000", "外地"], ["419901007000", "星街道"]]  # fmt: skip
    said = areas.preview(rows=rows, scope=COUNTY_ONLY.scope, whole=True)
    assert [row[0] for row in said.added] == ["419901007"]
    assert [(old, new) for _, old, new, _ in said.renamed] == [("东街道", "晨光街道")]
    assert [row for row, _, _ in said.refused] == [4, 5, 6]
    assert {code for code, _ in said.ended} >= {VILLAGE, "419901002"}
    assert SIBLING_TOWN not in {code for code, _ in said.ended}
    assert Area.objects.get(pk=TOWN).name == "东街道"
    areas.load(rows=rows, on=ON, paper="名单", by=COUNTY_ONLY, at=AT)
    assert Area.objects.get(pk=TOWN).name == "晨光街道"
    assert Area.objects.get(pk=VILLAGE).successor == ""


def test_search_finds_by_name_pinyin_initials_and_code_within_the_scope_only(place):
    for text in ("东街", "dongjie", "djd", "419901001", "east street"):
        assert tree.find(over("4199"), text)[0].code == TOWN, text
        assert all(node.code.startswith("419902") for node in tree.find(over("419902"), text)), text
    assert tree.find(over("4199"), "%") == tree.find(over("4199"), "_") == []
    assert tree.resolve(over("4199"), "东街道") == TOWN
    assert tree.resolve(over("4199"), "东一社区") is None, "two are called that"


@pytest.mark.django_db
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), max_size=4))
def test_any_chain_of_mergers_ends_in_an_area_that_stands(pairs):
    from django.db import transaction

    with transaction.atomic():
        access.add_areas(areas=[(f"41990100{town}00{village}", f"村{town}{village}", "") for town in range(1, 5)
                                for village in range(1, 4)], by=BY, at=AT)  # fmt: skip
        for one, two in pairs:
            try:
                redrawing.redraw(changes=[Change(f"41990100{one}", f"41990100{two}")], on=ON, by=BY, at=AT)
            except Refusal:
                continue
        standing = set(Area.objects.filter(successor="").values_list("code", flat=True))
        gone = set(Area.objects.exclude(successor="").values_list("code", flat=True))
        found = successions()
        assert set(found) == gone
        assert set(found.values()) <= standing
        names = sorted(Area.objects.filter(level="village", successor="").values_list("name", flat=True))
        assert names == sorted(f"村{town}{village}" for town in range(1, 5) for village in range(1, 4))
        transaction.set_rollback(True)
