"""A tree written down reads as the same tree."""

from hypothesis import given

from lianxin.engine.expressions.parse import parse
from lianxin.engine.expressions.to_text import to_text
from tests.engine.conditions import NAMES, amounts, conditions


@given(conditions())
def test_a_condition_written_down_reads_the_same(text):
    read = parse(text, NAMES)
    assert parse(to_text(read), NAMES) == read


@given(amounts())
def test_an_amount_written_down_reads_the_same(text):
    read = parse(text, NAMES, expect=("int", "decimal"))
    assert parse(to_text(read), NAMES, expect=("int", "decimal")) == read
