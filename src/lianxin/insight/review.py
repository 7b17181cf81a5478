"""Build a review: text by people, numbers by figures. A code that is no figure stops the build."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext

from lianxin.access import queries as access
from lianxin.engine.problems import nearest, short
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Scope
from lianxin.insight import charts, definitions, document, figures, wording
from lianxin.insight.charts import Bar
from lianxin.insight.document import Block, Number, Words
from lianxin.insight.figures import FigureValue


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a built review: words, or a number with the figure behind it."""

    text: str
    bold: bool = False
    code: str = ""
    moved: bool = False  # the number is not what it was in the last draft
    before: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A built block."""

    shape: str
    pieces: tuple[Piece, ...]
    bars: tuple[Bar, ...] = ()  # of a chart

    @property
    def drawing(self) -> str:
        """A chart as SVG; blank for other blocks, and where there is nothing to compare."""
        return charts.svg(self.text, self.bars) if self.bars else ""

    @property
    def text(self) -> str:
        """The block as plain text."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Built:
    """A review with its numbers filled in; nothing in it is about one person."""

    code: str
    title: str
    language: str
    area: str
    area_name: str
    from_on: dt.date
    to_on: dt.date
    known_at: dt.datetime | None
    text: str
    parts: tuple[Part, ...]
    values: tuple[FigureValue, ...]
    moved: Mapping[str, tuple[str, str]]  # code → the number in the last draft, and now

    @property
    def numbers(self) -> dict[str, int | None]:
        """Every figure's exact value."""
        return {value.code: value.value for value in self.values}


def codes() -> list[str]:
    """The reviews of the catalogue."""
    return sorted(path.stem for path in (settings.CATALOGUE / "reviews").glob("*.md") if "." not in path.stem)


def title(code: str, language: str = "zh-hans") -> str:
    """The first heading of a review's shipped text."""
    lines = template(code, language).splitlines()
    return next((line.removeprefix("# ").strip() for line in lines if line.startswith("# ")), code)


def template(code: str, language: str = "zh-hans") -> str:
    """The shipped text of a review; English where there is one. Raises :class:`Refusal` for an unknown code."""
    known = codes()
    if code not in known:
        near = nearest(code, known)
        said = gettext("There is no review %(code)s.") % {"code": short(code)}
        raise Refusal(said + (" " + gettext("Did you mean %(near)s?") % {"near": near} if near else ""))
    folder: Path = settings.CATALOGUE / "reviews"
    english = folder / f"{code}.en.md"
    path = english if not language.startswith("zh") and english.exists() else folder / f"{code}.md"
    return path.read_text("utf-8-sig")


def build(
    code: str,
    *,
    from_on: dt.date,
    to_on: dt.date,
    area: str,
    scope: Scope,
    known_at: dt.datetime | None = None,
    opens: bool = False,
    language: str = "zh-hans",
    text: str | None = None,
    before: Mapping[str, int | None] | None = None,
) -> Built:
    """Build the review ``code`` (or ``text`` under its name) over an area and a period.

    Figures with a period of their own keep its first day. ``before`` holds the numbers of the last draft: those that
    moved are marked. Raises :class:`Refusal` for an unknown code, figure or word in braces, or a period that ends
    before it begins, and ``Refused`` for an area outside the scope.
    """
    if to_on < from_on:
        raise Refusal(gettext("The period ends before it begins."))
    text = template(code, language) if text is None else text
    name = name_of(area, language)
    blocks = document.parse(text, {"city": name, "area": name, "period": period(from_on, to_on, language)})
    if not blocks:
        raise Refusal(gettext("The review has no text."))
    wanted = _known(document.codes(blocks))
    values = figures.evaluate(
        codes=wanted, from_on=from_on, to_on=to_on, area=area, scope=scope, known_at=known_at, opens=opens
    ) if wanted else []  # fmt: skip
    moved = _moved(before or {}, values, language)
    by_code = {value.code: value for value in values}
    parts = tuple(
        _chart(block, by_code, scope, known_at, language)
        if block.shape == "chart"
        else _part(block, by_code, moved, language)
        for block in blocks
    )
    title = next((part.text for part in parts if part.shape == "h1"), code)
    return Built(code, title, language, area, name, from_on, to_on, known_at, text, parts, tuple(values), moved)


def period(from_on: dt.date, to_on: dt.date, language: str) -> str:
    """A period as people say it."""
    if language.startswith("zh"):
        first, last = f"{from_on.year} 年 {from_on.month} 月", f"{to_on.year} 年 {to_on.month} 月"
        return first if first == last else f"{first}至 {last}"
    first, last = f"{from_on:%B %Y}", f"{to_on:%B %Y}"
    return first if first == last else f"{first} to {last}"


def _known(codes: Sequence[str]) -> list[str]:
    """The codes, if every one is a figure; else one sentence that names them all."""
    known = definitions.load()
    wrong = [code for code in codes if code not in known]
    if wrong:
        raise Refusal(" ".join(definitions.unknown(code, known) for code in wrong[:5]))
    return list(codes)


def name_of(area: str, language: str) -> str:
    """An area's name in a language."""
    zh, en = access.area_names([area]).get(area, (area, area))
    return zh if language.startswith("zh") else en


def _moved(
    before: Mapping[str, int | None], values: Sequence[FigureValue], language: str
) -> dict[str, tuple[str, str]]:
    by_code = {value.code: value.definition for value in values}
    return {
        code: (wording.exact(by_code[code], old, language), wording.exact(by_code[code], new, language))
        for code, (old, new) in figures.changed(before, values).items()
    }


def _chart(
    block: Block, values: Mapping[str, FigureValue], scope: Scope, known_at: dt.datetime | None, language: str
) -> Part:
    """A number by its years, or else by its areas; with the eyes of whoever may open nothing, as it may be published."""
    code = next(span.code for span in block.spans if isinstance(span, Number))
    value = values[code]
    full = figures.figure(
        code=code, from_on=value.window.from_on, to_on=value.window.to_on, area=value.area, scope=scope.unlisted(),
        known_at=known_at,
    )  # fmt: skip
    cells = full.by_year if len(full.by_year) > 1 else full.by_area
    place = 0 if language.startswith("zh") else 1
    bars = tuple(
        Bar(cell.name[place], wording.said(value.definition, cell.value, language), cell.value)
        for cell in cells if cell.value is not None
    )  # fmt: skip
    return Part("chart", (Piece(value.definition.name[language], code=code),), bars)


def _part(block: Block, values: Mapping[str, FigureValue], moved: Mapping[str, tuple[str, str]], language: str) -> Part:
    return Part(block.shape, tight([_piece(span, values, moved, language) for span in block.spans]))


def tight(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """The pieces without a blank between two Chinese characters: 1000 余名, where the text says a blank for plain numbers."""
    made = list(pieces)
    for place in range(1, len(made)):
        left, right = made[place - 1].text, made[place].text
        if (
            left.rstrip(" ")[-1:] > "\u2e80"
            and right.lstrip(" ")[:1] > "\u2e80"
            and (left[-1:] == " ") != (right[:1] == " ")
        ):
            made[place - 1] = replace(made[place - 1], text=left.rstrip(" "))
            made[place] = replace(made[place], text=right.lstrip(" "))
    return tuple(made)


def _piece(
    span: Words | Number, values: Mapping[str, FigureValue], moved: Mapping[str, tuple[str, str]], language: str
) -> Piece:
    if isinstance(span, Words):
        return Piece(span.text, span.bold)
    value = values[span.code]
    say = wording.sentence if span.sentence else wording.said
    return Piece(
        say(value.definition, value.value, language, value.hidden), code=span.code, moved=span.code in moved,
        before=moved.get(span.code, ("", ""))[0],
    )  # fmt: skip
