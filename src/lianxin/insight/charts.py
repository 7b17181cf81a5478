"""Small charts of a review: horizontal bars as one SVG for page, paper and PDF alike; readable in black and white. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, ROW, LEFT, RIGHT = 640, 30, 120, 130  # of the drawing, in its own units
FACE = "Noto Serif SC, Songti SC, SimSun, serif"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is, how its number is said, and how long it is."""

    name: str
    said: str
    value: int


def words(title: str, bars: Sequence[Bar]) -> str:
    """What a chart shows, for those who do not see it."""
    return f"{title}: " + "; ".join(f"{bar.name} {bar.said}" for bar in bars)


def svg(title: str, bars: Sequence[Bar]) -> str:
    """The drawing; blank where there is nothing to compare."""
    top = max((bar.value for bar in bars), default=0)
    if len(bars) < 2 or top <= 0:
        return ""
    height = ROW * len(bars) + 8
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="{escape(words(title, bars))}" font-family="{FACE}" font-size="14">'
    ]
    for place, bar in enumerate(bars):
        y, length = place * ROW + 4, round((WIDTH - LEFT - RIGHT) * max(bar.value, 0) / top, 1)
        lines.append(
            f'<text x="{LEFT - 10}" y="{y + 19}" text-anchor="end" fill="#1e2421">{escape(bar.name)}</text>'
            f'<rect x="{LEFT}" y="{y + 4}" width="{length}" height="{ROW - 9}" rx="2" fill="#2f6b4f"></rect>'
            f'<text x="{LEFT + length + 8}" y="{y + 19}" fill="#1e2421">{escape(bar.said)}</text>'
        )
    return "".join(lines) + "</svg>"
