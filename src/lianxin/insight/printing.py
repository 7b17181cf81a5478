"""A built review as a PDF, as a docx and as the plain data that its web page is drawn from."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from lianxin.engine import clock, paper
from lianxin.insight import charts, rules, wording
from lianxin.insight.figures import FigureValue
from lianxin.insight.register import Window
from lianxin.insight.review import Built

Link = Callable[[FigureValue], str]
TEMPLATE = Path(__file__).with_name("review.typ")


def no_link(value: FigureValue) -> str:
    """For papers that open nothing."""
    return ""


def notes(built: Built, link: Link = no_link) -> list[dict[str, str]]:
    """Where each number comes from: name, exact value, what is counted, over which days, by which version."""
    return [
        {
            "code": value.code, "name": value.definition.name[built.language],
            "value": wording.exact(value.definition, value.value, built.language, value.hidden),
            "where": rules.rule(value, built.language),
            "period": days(value.window, built.language), "version": value.version, "link": link(value),
        }
        for value in built.values
    ]  # fmt: skip


def rule(value: FigureValue) -> str:
    """What is counted, as the definition says it."""
    measure = {"count": "count", "open": "count open", "amount": "sum amount", "quantity": "sum quantity"}
    head = measure.get(value.definition.kind, f"count distinct {value.definition.key}")
    return f"{head}: {value.definition.where}"


def days(window: Window, language: str) -> str:
    """The days counted."""
    first = window.from_on.isoformat() if window.from_on else ""
    if language.startswith("zh"):
        return f"{first} 至 {window.to_on.isoformat()}" if first else f"至 {window.to_on.isoformat()}"
    return f"{first} to {window.to_on.isoformat()}" if first else f"to {window.to_on.isoformat()}"


def words(built: Built, at: dt.datetime) -> dict[str, Any]:
    """The few words that every form of the paper carries, in the review's language."""
    known = clock.day(built.known_at or at).isoformat()
    with override(built.language):
        return {
            "origin": _("Where the numbers come from"),
            "remark": _("Counted from the register of outcomes as known on %(day)s; every number opens the rows it "
                        "counts in the console.") % {"day": known},
            "heads": [_("The number"), _("Value"), _("What is counted"), _("Period"), _("Version")],
        }  # fmt: skip


def data(built: Built, *, at: dt.datetime, link: Link = no_link) -> dict[str, Any]:
    """A built review as plain data: for the PDF, the docx and the web page alike."""
    links = {value.code: link(value) for value in built.values}
    return {
        "language": "zh" if built.language.startswith("zh") else "en",
        "title": built.title, "author": settings.APP_NAME, "words": words(built, at), "notes": notes(built, link),
        "parts": [
            {
                "shape": part.shape, "drawing": part.drawing, "said": charts.words(part.text, part.bars) if part.bars else "",
                "bars": [[bar.name, bar.said] for bar in part.bars],
                "pieces": [
                    {"text": piece.text, "bold": piece.bold, "code": piece.code, "moved": piece.moved,
                     "before": piece.before, "link": links.get(piece.code, "")}
                    for piece in part.pieces
                ],
            }
            for part in built.parts
        ],
    }  # fmt: skip


def spelled(built: Built) -> list[tuple[str, str]]:
    """The characters that the paper's font lacks, and what the PDF has in their place. Screen and Word file have them."""
    texts = [piece.text for part in built.parts for piece in part.pieces]
    return [(one, paper.instead(one)) for one in paper.lacking([built.title, settings.APP_NAME, *texts])]


def pdf(built: Built, *, at: dt.datetime, link: Link = no_link, code: paper.Code | None) -> bytes:
    """The review on A4; without a ``code`` where no page of an installation stands behind it (the command's file)."""
    return paper.pdf(TEMPLATE, data(built, at=at, link=link), at=at, code=code)


def docx(built: Built, *, at: dt.datetime) -> bytes:
    """The review as a Word file: its own paragraph styles, Chinese face set for Chinese text, first lines indented."""
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    given = data(built, at=at)
    chinese = given["language"] == "zh"
    made = Document()
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(28)
    made.core_properties.title, made.core_properties.author = built.title, given["author"]
    made.core_properties.created = made.core_properties.modified = at.astimezone(dt.UTC).replace(tzinfo=None)
    for name, size in (("Normal", 12), ("Title", 22), ("Heading 1", 15), ("Heading 2", 13), ("List Bullet", 12)):
        _face(made.styles[name], size, chinese)
    names = {"h1": "Title", "h2": "Heading 1", "h3": "Heading 2", "li": "List Bullet"}
    for part in given["parts"]:
        if part["shape"] == "chart":
            _table_of(made, part)
            continue
        paragraph = made.add_paragraph(style=names.get(part["shape"], "Normal"))
        for piece in part["pieces"]:
            run = paragraph.add_run(piece["text"])
            run.bold = True if piece["bold"] or piece["code"] else None
        if part["shape"] in ("h1", "by"):
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        elif part["shape"] == "p":
            paragraph.paragraph_format.first_line_indent = Pt(24) if chinese else None
            paragraph.paragraph_format.line_spacing = 1.75
    _origin(made, given)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _table_of(made: Any, part: Mapping[str, Any]) -> None:
    """A chart in a Word file is a table: it can be read aloud and edited."""
    if not part["drawing"]:
        return
    made.add_paragraph("".join(piece["text"] for piece in part["pieces"])).runs[0].bold = True
    table = made.add_table(rows=0, cols=2, style="Table Grid")
    for name, said in part["bars"]:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = name, said


def _origin(made: Any, given: Mapping[str, Any]) -> None:
    """The table that says where each number comes from."""
    if not given["notes"]:
        return
    made.add_paragraph(given["words"]["origin"], style="Heading 2")
    made.add_paragraph(given["words"]["remark"])
    table = made.add_table(rows=1, cols=5, style="Table Grid")
    for cell, word in zip(table.rows[0].cells, given["words"]["heads"], strict=True):
        cell.paragraphs[0].add_run(word).bold = True
    for note in given["notes"]:
        cells = table.add_row().cells
        for cell, key in zip(cells, ("name", "value", "where", "period", "version"), strict=True):
            cell.text = note[key]


def _face(style: Any, size: int, chinese: bool) -> None:
    """Set the style's faces: the east-asian one is a name of its own, without which Word picks whatever it has."""
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name = "Times New Roman"
    style.font.size = Pt(size)
    style.font.color.rgb = RGBColor(0x1E, 0x24, 0x21)
    faces = style.element.get_or_add_rPr().get_or_add_rFonts()
    for mark in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        faces.attrib.pop(qn(f"w:{mark}"), None)
    faces.set(qn("w:eastAsia"), "宋体" if chinese else "Times New Roman")
