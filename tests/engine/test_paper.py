"""Papers: a character that the font lacks is found before printing, and never printed as a box."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pypdf
import pytest

from lianxin.engine import paper

AT = dt.datetime(2026, 5, 6, tzinfo=dt.UTC)


def test_rare_characters_of_the_table_are_drawn_and_those_outside_are_told() -> None:
    assert paper.lacking({"name": "张𫖯䶮㛃𬱖𬍛𬸣", "days": ["5 月 6 日", 3]}) == ()
    assert paper.lacking({"name": "王𡈼", "rows": [{"name": "李𪚥𡈼"}, None]}) == ("𡈼", "𪚥")


def test_what_draws_nothing_is_not_lacking() -> None:
    assert paper.lacking("一行\n又一行\t\u200b\ufe0f\U000e0100") == ()


@pytest.mark.parametrize(("character", "printed"), [("𪚥", "〔zhé〕"), ("𡈼", "〔ting〕"), ("👍", "〔U+1F44D〕")])
def test_a_reading_stands_in_or_the_code_point(character: str, printed: str) -> None:
    assert paper.instead(character) == printed
    assert paper.lacking(printed) == ()
    assert paper.printable({"a": [f"王{character}", 1]}) == {"a": [f"王{printed}", 1]}


def test_the_paper_itself_carries_what_stands_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "ROOMS", tmp_path)  # a template lies in a room
    template = tmp_path / "name.typ"
    template.write_text('#set text(font: "Noto Serif SC")\n#json(bytes(sys.inputs.data)).name', encoding="utf-8")
    made = paper.pdf(template, {"name": "王𡈼𫖯"}, at=AT, code=None)
    said = pypdf.PdfReader(io.BytesIO(made)).pages[0].extract_text()
    assert "ting" in said
    assert "𡈼" not in said
    assert "𫖯" in said
