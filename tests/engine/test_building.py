"""The builder and the text are two views of one condition: rows give the text back, and nothing is lost either way."""

import datetime as dt

import pytest
from hypothesis import given

from lianxin.engine import building as b
from lianxin.engine.declaring import names_in
from lianxin.engine.documents import Node
from lianxin.engine.expressions.parse import parse
from tests.engine.conditions import NAMES, conditions


@given(conditions())
def test_rows_of_any_condition_read_as_the_same_condition(text):
    read = parse(text, NAMES)
    assert parse(b.text_of(b.rows_of(read, NAMES), NAMES), NAMES) == read


def rows(text, names=None):
    names = names or names_in(Node("map", 1))[2]
    return b.rows_of(parse(text, names), names)


def test_a_row_names_its_fact_its_question_and_its_value():
    made = rows("serving AND age BETWEEN 18 AND 60 AND sex IN ('male') AND NOT expelled")
    assert made.items == (
        b.Row(b.Operand("fact", "serving"), "yes"),
        b.Row(b.Operand("fact", "age"), "between", (b.Operand("value", "18"), b.Operand("value", "60"))),
        b.Row(b.Operand("fact", "sex"), "in", (b.Operand("value", "male"),)),
        b.Row(b.Operand("fact", "expelled"), "no"),
    )


def test_what_no_row_can_say_stays_text():
    made = rows("CASE WHEN serving THEN veteran ELSE alive END OR age * 2 > 30")
    assert made.any
    assert isinstance(made.items[0], b.Words)
    assert made.items[1] == b.Row(b.Operand("text", "age * 2"), ">", (b.Operand("value", "30"),))


def test_groups_stand_in_groups_and_may_be_turned_round():
    made = rows("serving AND NOT (veteran OR bereaved)")
    assert made.items[1] == b.Group(
        (b.Row(b.Operand("fact", "veteran"), "yes"), b.Row(b.Operand("fact", "bereaved"), "yes")),
        any=True,
        negated=True,
    )


@pytest.mark.parametrize("row", [
    b.Row(b.Operand("fact", ""), "yes"),
    b.Row(b.Operand("fact", "age"), ">="),
    b.Row(b.Operand("fact", "age"), ">=", (b.Operand("value", "sixty"),)),
    b.Row(b.Operand("fact", "age"), "between", (b.Operand("value", "1"),)),
    b.Row(b.Operand("fact", "sex"), "in"),
    b.Row(b.Operand("fact", "died_on"), "=", (b.Operand("value", "2023-02-30"),)),
])  # fmt: skip
def test_a_row_that_says_nothing_yet_is_told_apart_from_a_wrong_one(row):
    with pytest.raises(b.Half):
        b.text_of(b.Group((row,)), names_in(Node("map", 1))[2])


@pytest.mark.parametrize("code", ["serving", "age", "sex", "died_on", "residence_county"])
def test_a_fact_just_chosen_says_something_at_once(code):
    names = names_in(Node("map", 1))[2]
    row = b.first_row(code, names, dt.date(2026, 5, 6))
    if code == "residence_county":  # any text: there is no first one to propose
        with pytest.raises(b.Half):
            b.text_of(row, names)
    else:
        assert b.rows_of(parse(b.text_of(row, names), names), names).items == (row,)


def test_parts_are_put_taken_out_and_changed_at_their_place():
    made = rows("serving AND (veteran OR alive)")
    new = b.Row(b.Operand("fact", "expelled"), "no")
    assert b.text_of(b.put(made, [1, 0], new), NAMES) == "serving AND (NOT expelled OR alive)"
    assert b.text_of(b.put(made, [1, 0], new, insert=True), NAMES) == "serving AND (NOT expelled OR veteran OR alive)"
    assert b.text_of(b.put(made, [1], None), NAMES) == "serving"
    assert b.at(made, [1, 1]) == b.Row(b.Operand("fact", "alive"), "yes")
