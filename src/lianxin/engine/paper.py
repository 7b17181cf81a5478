"""Print papers: a Typst template and its data to a PDF with the vendored Chinese serif. No Django, no network.

A template reads its data with ``json(bytes(sys.inputs.data))``; markup in a value prints as plain text. Typst prints a
box for a character that the font lacks and does not say so; here such a character is found before, and its reading in
brackets, or its code point where it has none, is printed in its place.
"""

from __future__ import annotations

import datetime as dt
import json
import struct
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FONTS = Path(__file__).resolve().parents[3] / "static" / "vendored" / "fonts"
FONT = "Noto Serif SC"
ROOMS = Path(__file__).resolve().parents[1]  # templates import ``/engine/sheet.typ`` from here
_UNSEEN = {"Cc", "Cf", "Zl", "Zp"}  # line ends, joiners and the like draw nothing


@dataclass(frozen=True, slots=True)
class Code:
    """What a printed sheet carries of its own state: the picture (an SVG), the letters under it, what it is for."""

    qr: str
    code: str
    words: str = ""


def pdf(template: Path, data: Mapping[str, Any], *, at: dt.datetime, code: Code | Sequence[Code] | None) -> bytes:
    """The paper as PDF; the same template, data, code and ``at`` give the same bytes.

    ``code`` is the sheet's own (the template draws ``mark(sheet)`` from ``/engine/sheet.typ``), or one for each sheet of
    the print (``sheets``). None is for what is no sheet of ours: ``tests/house/test_sheet_codes.py`` names those.

    ``data`` is JSON-ready. Ask :func:`lacking` first and tell the reader what will be written in another way. Raises
    ``RuntimeError`` where the template itself is wrong.
    """
    import typst

    given = {**printable(data), **_drawn_codes(code)}
    made = typst.compile(
        str(template), format="pdf", sys_inputs={"data": json.dumps(given, ensure_ascii=False)}, root=str(ROOMS),
        font_paths=[str(FONTS)], ignore_system_fonts=True, timestamp=at.replace(microsecond=0),
    )  # fmt: skip
    return bytes(made)


def _drawn_codes(code: Code | Sequence[Code] | None) -> dict[str, Any]:
    if code is None:
        return {}
    if isinstance(code, Code):
        return {"sheet": {"qr": code.qr, "code": code.code, "words": code.words}}
    return {"sheets": [{"qr": one.qr, "code": one.code, "words": one.words} for one in code]}


def lacking(data: Any) -> tuple[str, ...]:
    """The characters in the texts of ``data`` that the font cannot draw, each once, in order."""
    return tuple(dict.fromkeys(one for text in _texts(data) for one in text if not _drawn(one)))


def printable(data: Any) -> Any:
    """``data`` with :func:`instead` for every character that the font cannot draw."""
    if isinstance(data, str):
        return "".join(one if _drawn(one) else instead(one) for one in data)
    if isinstance(data, Mapping):
        return {key: printable(value) for key, value in data.items()}
    return [printable(value) for value in data] if isinstance(data, list | tuple) else data


def instead(character: str) -> str:
    """What is printed for a character that the font lacks: 〔reading〕, or 〔U+2A6A5〕."""
    from pypinyin import Style, lazy_pinyin

    for style in (Style.TONE, Style.NORMAL):
        said = lazy_pinyin(character, style=style, errors="ignore")
        if said and all(map(_drawn, said[0])):
            return f"〔{said[0]}〕"
    return f"〔U+{ord(character):04X}〕"


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping | list | tuple):
        for value in data.values() if isinstance(data, Mapping) else data:
            yield from _texts(value)


def _drawn(character: str) -> bool:
    return character < "\x7f" or ord(character) in _covered() or _is_unseen(character)


def _is_unseen(character: str) -> bool:
    selects = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return selects or unicodedata.category(character) in _UNSEEN


@cache
def _covered() -> frozenset[int]:
    """The characters that every weight of the font draws."""
    weights = [frozenset(_mapped(path.read_bytes())) for path in sorted(FONTS.glob("*.ttf"))]
    return frozenset.intersection(*weights)


def _mapped(font: bytes) -> Iterator[int]:
    """The characters in a font's ``cmap``, from its table of the whole of Unicode (format 12)."""
    (tables,) = struct.unpack_from(">H", font, 4)
    found = (struct.unpack_from(">4sLLL", font, 12 + 16 * place) for place in range(tables))
    start = next(offset for tag, _, offset, _ in found if tag == b"cmap")
    (records,) = struct.unpack_from(">H", font, start + 2)
    for place in range(records):
        _, _, offset = struct.unpack_from(">HHL", font, start + 4 + 8 * place)
        if struct.unpack_from(">H", font, start + offset)[0] != 12:
            continue
        (groups,) = struct.unpack_from(">L", font, start + offset + 12)
        for group in range(groups):
            first, last, _ = struct.unpack_from(">LLL", font, start + offset + 16 + 12 * group)
            yield from range(first, last + 1)
        return
    raise ValueError("the font has no table of the whole of Unicode")
