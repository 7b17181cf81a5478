"""Amounts in the numerals of cheques."""

import pytest

from lianxin.engine.money import capital


@pytest.mark.parametrize(
    ("fen", "said"),
    [(0, "零元整"), (5, "伍分"), (50, "伍角整"), (90000, "玖佰元整"), (100000, "壹仟元整"), (100105, "壹仟零壹元零伍分"),
     (100150, "壹仟零壹元伍角整"), (1000000, "壹万元整"), (1000100, "壹万零壹元整"), (10010000, "壹拾万零壹佰元整"),
     (123456789, "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"), (10_000_000_000, "壹亿元整"), (10_000_000_100, "壹亿零壹元整"),
     (1_000_500_000, "壹仟万伍仟元整")],
)  # fmt: skip
def test_capital(fen: int, said: str) -> None:
    assert capital(fen) == said
