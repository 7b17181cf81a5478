"""A review's text: Markdown's plainest part, with numbers by name. Pure.

``# `` title, ``## `` and ``### `` headings, paragraphs, ``- `` lists, ``> `` scenes, ``**bold**``, and in braces
``{{ figure:CODE }}`` (the number), ``{{ say:CODE }}`` (its sentence), ``{{ city }}``, ``{{ area }}``, ``{{ period }}``;
``{{ chart:CODE }}`` in a paragraph of its own is a small chart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext

from lianxin.engine.refusal import Refusal

Shape = Literal["h1", "by", "h2", "h3", "p", "li", "scene", "chart"]
_BRACES = re.compile(r"\{\{\s*(.*?)\s*\}\}")
_FIGURE = re.compile(r"(figure|say):([a-z0-9]+(?:-[a-z0-9]+)*)")
_CHART = re.compile(r"\{\{\s*chart:([a-z0-9]+(?:-[a-z0-9]+)*)\s*\}\}")
_MARKS = (("### ", "h3"), ("## ", "h2"), ("# ", "h1"), ("- ", "li"), ("> ", "scene"))
WORDS = ("city", "area", "period")
LONGEST = 200_000  # characters of one review


@dataclass(frozen=True, slots=True)
class Words:
    """A run of plain text."""

    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """The place of a figure: its number, or its whole sentence."""

    code: str
    sentence: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph, a line of a list or a scene."""

    shape: Shape
    spans: tuple[Words | Number, ...]


def parse(text: str, words: Mapping[str, str]) -> list[Block]:
    """The blocks of a review; ``words`` fill ``city``, ``area`` and ``period``.

    The paragraph right under the title is its line of particulars. Raises :class:`Refusal` naming the line of
    anything in braces that is no figure and no such word.
    """
    if len(text) > LONGEST:
        raise Refusal(gettext("The review is too long; divide it."))
    blocks: list[Block] = []
    for number, shape, line in _lines(text):
        chart = _CHART.fullmatch(line)
        if chart and shape == "p":
            blocks.append(Block("chart", (Number(chart.group(1)),)))
            continue
        after_title = shape == "p" and blocks and blocks[-1].shape == "h1"
        blocks.append(Block("by" if after_title else shape, tuple(_spans(line, number, words))))
    return blocks


def codes(blocks: list[Block]) -> list[str]:
    """The figures that a text names, once each, in order."""
    return list(dict.fromkeys(span.code for block in blocks for span in block.spans if isinstance(span, Number)))


def _lines(text: str) -> Iterator[tuple[int, Shape, str]]:
    """Line number, shape and joined text of every block."""
    start, kept = 0, [""][:0]
    for number, raw in enumerate([*text.replace("\r\n", "\n").split("\n"), ""], 1):
        line = raw.strip()
        shape = next((shape for mark, shape in _MARKS if line.startswith(mark)), "")
        if kept and (not line or shape):
            yield start, "p", _joined(kept)
            kept = []
        if shape:
            yield number, shape, line.split(" ", 1)[1].strip()  # type: ignore[misc]
        elif line:
            start = start if kept else number
            kept.append(line)


def _joined(lines: list[str]) -> str:
    """Lines of one paragraph: Chinese joins without a space."""
    text = lines[0]
    for line in lines[1:]:
        close = text[-1:] > "⺀" or line[:1] > "⺀"
        text += line if close else f" {line}"
    return text


def _spans(line: str, number: int, words: Mapping[str, str]) -> Iterator[Words | Number]:
    bold = False
    for place, piece in enumerate(_BRACES.split(line)):
        if place % 2:
            found = _FIGURE.fullmatch(piece)
            if found:
                yield Number(found.group(2), found.group(1) == "say")
            elif piece in WORDS:
                yield Words(words[piece], bold)
            else:
                said = gettext(
                    "Line %(line)s: {{ %(piece)s }} is neither a figure ({{ figure:CODE }}) nor one of %(words)s."
                )
                raise Refusal(said % {"line": number, "piece": piece[:40], "words": ", ".join(WORDS)})
            continue
        for index, part in enumerate(piece.split("**")):
            bold = bold if index == 0 else not bold
            if part:
                yield Words(part, bold)
