"""Reviews: built, drafted, published; papers that other programs open; numbers that open their rows."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import zipfile
from pathlib import Path

import docx
import pypdf
import pytest

from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, Scope, over
from lianxin.insight import actions, figures, printing, queries, review
from lianxin.journal import queries as chain
from lianxin.outcomes.actions import Posted, post, reverse
from tests.insight import city

pytestmark = pytest.mark.django_db
FROM, TO = dt.date(2020, 1, 1), dt.date(2023, 6, 30)
WRITER = Actor(
    account=None, name="writer", area="4199", scope=over("4199"),
    permissions=frozenset({"figures.view", "figures.rows", "review.draft"}),
)  # fmt: skip
LEADER = dataclasses.replace(WRITER, permissions=frozenset({"figures.view", "review.draft"}))
TEXT = """# 家里的事，办在前面

{{ city }}双拥工作综述 · {{ period }}

## 一张网覆盖

为 {{ figure:families }} 户送喜报，发放 **奖励金** {{ figure:money }}。{{ say:rows }}。
"""


@pytest.fixture
def register(figures_catalogue: Path) -> list[int]:
    folder = figures_catalogue / "reviews"
    folder.mkdir()
    (folder / "annual.md").write_text(TEXT, "utf-8")
    (folder / "annual.en.md").write_text("# Home first\n\nGood news to {{ figure:families }} families.\n", "utf-8")
    city.areas()
    persons = city.people(8)
    rows = []
    for number, person in enumerate(persons):
        area = city.VILLAGES[0] if number < 6 else city.VILLAGES[3]
        base = Posted(kind="visit", service="good-news", area=area, happened_on=dt.date(2022, 1 + number, 1),
                      source=f"visit:{number}", person=person, family=100 + number)  # fmt: skip
        pay = dataclasses.replace(
            base, kind="payment", source=f"pay:{number}", category="a", amount=46_500_000 + number
        )
        rows += [base, pay]
    post(outcomes=rows, by=city.BY, at=city.AT)
    return persons


def built(**given: object) -> review.Built:
    return review.build("annual", from_on=FROM, to_on=TO, area="4199", scope=over("4199"), opens=True, **given)  # type: ignore[arg-type]


def test_a_review_says_its_numbers(register: list[int]) -> None:
    parts = built().parts
    assert [part.shape for part in parts] == ["h1", "by", "h2", "p"]
    assert parts[1].text == "澄川市双拥工作综述 · 2020 年 1 月至 2023 年 6 月"
    assert parts[3].text == "为 8 户送喜报，发放奖励金 370 余万元。有8件。"


def test_the_pdf_opens_elsewhere_and_carries_the_numbers(register: list[int]) -> None:
    data = printing.pdf(built(), at=city.AT, code=None)
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    text = "".join(page.extract_text() for page in pages).replace(" ", "")
    assert "为8户送喜报" in text
    assert "370余万元" in text
    assert "做了什么是走访" in text.replace("\n", ""), "what was counted is said in words"
    assert "kind=" not in text
    assert data == printing.pdf(built(), at=city.AT, code=None)
    names = {str(font.get_object()["/BaseFont"]) for page in pages for font in page["/Resources"]["/Font"].values()}
    assert all("NotoSerifSC" in name for name in names)


def test_the_docx_opens_elsewhere_with_a_chinese_face(register: list[int]) -> None:
    data = printing.docx(built(), at=city.AT)
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    made = docx.Document(io.BytesIO(data))
    assert any("为 8 户送喜报，发放奖励金 370 余万元" in paragraph.text for paragraph in made.paragraphs)
    assert 'w:eastAsia="宋体"' in zipfile.ZipFile(io.BytesIO(data)).read("word/styles.xml").decode()
    assert len(made.tables[0].rows) == 4


def test_english_text_where_there_is_one(register: list[int]) -> None:
    made = built(language="en")
    assert (made.title, made.parts[-1].text) == ("Home first", "Good news to 8 families.")


@pytest.mark.parametrize("wrong", ["{{ figure:famlies }}", "{{ figure: }}", "{{ x.__class__ }}", "{{ settings }}"])
def test_wrong_braces_stop_the_build_with_a_sentence(register: list[int], wrong: str) -> None:
    with pytest.raises(Refusal) as refusal:
        built(text=f"# 题\n\n甲 {wrong}")
    assert "families" in refusal.value.sentence or "3" in refusal.value.sentence


def test_a_number_that_moved_is_marked_and_stops_publication(register: list[int]) -> None:
    given = {"code": "annual", "from_on": FROM, "to_on": TO, "area": "4199", "text": TEXT, "by": WRITER}
    draft, _ = actions.save_draft(**given, at=city.AT)  # type: ignore[arg-type]
    reverse(sources=["visit:0"], by=city.BY, at=city.AT, reason="posted twice")
    with pytest.raises(Refusal):
        actions.publish(draft=draft.pk, by=WRITER, at=city.AT)
    second, again = actions.save_draft(**given, at=city.AT)  # type: ignore[arg-type]
    assert again.moved == {"families": ("8 件", "7 件"), "rows": ("8 件", "7 件")}
    assert second.number == 2
    with pytest.raises(Refusal):
        actions.publish(draft=draft.pk, by=WRITER, at=city.AT)
    made = actions.publish(draft=second.pk, by=WRITER, at=city.AT)
    assert made.figures["families"]["value"] == 7
    assert [one.pk for one in queries.publications()] == [made.pk]
    assert chain.verify().broken is None


def test_a_stale_draft_is_refused_and_saves_nothing(register: list[int]) -> None:
    given = {"code": "annual", "from_on": FROM, "to_on": TO, "area": "4199", "text": TEXT, "by": WRITER}
    actions.save_draft(**given, at=city.AT)  # type: ignore[arg-type]
    actions.save_draft(**given, at=city.AT, expected=1)  # type: ignore[arg-type]
    with pytest.raises(Refusal):
        actions.save_draft(**given, at=city.AT, expected=1)  # type: ignore[arg-type]
    found = queries.last_draft(over("4199"), code="annual", area="4199", from_on=FROM, to_on=TO)
    assert found is not None
    assert found.number == 2


def test_published_numbers_stay_as_they_were_known(register: list[int]) -> None:
    later = city.AT + dt.timedelta(days=1)
    reverse(sources=["visit:0"], by=city.BY, at=later, reason="posted twice")
    then = figures.evaluate(codes=["families"], from_on=FROM, to_on=TO, area="4199", scope=over("4199"),
                            known_at=city.AT, opens=True)  # fmt: skip
    assert (then[0].value, built().numbers["families"]) == (8, 7)


def value(scope: Scope, area: str, code: str, opens: bool = False) -> figures.FigureValue:
    return figures.figure(code=code, from_on=FROM, to_on=TO, area=area, scope=scope, opens=opens)


def test_a_small_cell_is_only_for_who_may_open_its_rows(register: list[int]) -> None:
    shut, opened = value(over("4199"), "4199", "families"), value(over("4199"), "4199", "families", opens=True)
    assert [(cell.code, cell.value) for cell in opened.by_area] == [("419901", 6), ("419902", 2)]
    assert (shut.value, shut.hidden) == (8, "")
    assert [(cell.code, cell.value) for cell in shut.by_area] == [("419901", None), ("419902", None)]
    assert value(over("4199"), "419902", "families").hidden == "small"


def test_sealed_rows_show_a_city_total_above_the_threshold_only(register: list[int]) -> None:
    def seal(count: int, start: int) -> None:
        post(by=city.BY, at=city.AT, outcomes=[
            Posted(kind="advice", service="rights-case", area=city.VILLAGES[0], happened_on=dt.date(2022, 5, 1),
                   source=f"case:{number}", person=register[number % 8], sealed=True)
            for number in range(start, start + count)
        ])  # fmt: skip

    listed = over("4199", sealed=frozenset({"rights-case"}))
    seal(4, 0)
    assert value(over("4199"), "4199", "sealed", opens=True).hidden == "small"
    assert value(over("4199"), "4199", "mixed", opens=True).value == 16
    assert value(listed, "4199", "sealed", opens=True).value == 4
    seal(4, 4)
    city_total = value(over("4199"), "4199", "sealed", opens=True)
    assert (city_total.value, city_total.by_area, city_total.by_year) == (8, (), ())
    assert value(over("4199"), "4199", "mixed", opens=True).value == 24
    county = value(over("4199"), "419901", "sealed", opens=True)
    assert (county.value, county.hidden) == (None, "sealed")
    assert value(listed, "419901", "sealed", opens=True).value == 8


def test_a_character_outside_the_font_is_told_of_before_the_paper(register: list[int]) -> None:
    found = dataclasses.replace(built(), title="王𡈼家的事")
    assert printing.spelled(built()) == []
    assert printing.spelled(found) == [("𡈼", "〔ting〕")]
