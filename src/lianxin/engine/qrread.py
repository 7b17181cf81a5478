"""Read a QR code from a photo or a scan: the text it says, or None where none can be read.

The picture is made black and white against its own neighbourhood (a shadow does not matter), the three corner marks
are found by their widths 1:1:3:1:1, the grid is laid through them in perspective, and what is stained is corrected by
the code's own redundancy (Reed–Solomon). Codes up to version 10, which is more than any sheet of ours needs.
"""

from __future__ import annotations

import io
import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lianxin.engine import qrbits

if TYPE_CHECKING:
    from PIL import Image

SIDES = (1200, 2000, 800)  # pixels of the longer side at which a picture is tried
LARGEST = 57  # modules of version 10
# Candidates for a corner mark: a sheet has a handful; a picture made of them would hold a worker for minutes.
MOST = 200
JPEG = b"\xff\xd8\xff"  # how each begins
PAGES = 4  # of a scan, that are looked at
PIXELS = (
    40_000_000  # of all pages together: one sheet of A4 at 600 dots to the inch, or four at 300; no more is decoded
)
RUNS = re.compile(rb"\x01+|\x00+")
Point = tuple[float, float]


@dataclass(slots=True)
class Mark:
    """A corner mark: its centre, the width of one module, how many rows saw it."""

    x: float
    y: float
    module: float
    seen: int = 1


@dataclass(frozen=True, slots=True)
class Picture:
    """Black and white pixels: 1 is dark."""

    width: int
    height: int
    dark: bytes

    def at(self, x: float, y: float) -> int:
        """One pixel; outside is light."""
        column, row = int(x), int(y)
        return self.dark[row * self.width + column] if 0 <= column < self.width and 0 <= row < self.height else 0


def read(data: bytes) -> str | None:
    """The text of the QR code in a picture (JPEG, PNG, WebP), or in the pages that a scanner put into a PDF."""
    left = PIXELS
    for page in _pages(data) if data[:5] == b"%PDF-" else (data,):
        grey, pixels = _grey(page, left)
        left -= pixels
        found = None if grey is None else _in_picture(grey)
        if found is not None:
            return found
    return None


def _pages(pdf: bytes) -> Iterator[bytes]:
    """The photos in a PDF: an office scanner lays each page into it as the JPEG that it took (ISO 32000-1, 7.4.8)."""
    at = 0
    for _ in range(PAGES):
        at = pdf.find(JPEG, at)
        if at < 0:
            return
        ends = pdf.find(b"endstream", at)
        ends = ends if ends > 0 else len(pdf)
        yield pdf[at:ends]
        at = ends


def _grey(data: bytes, most: int) -> tuple[Image.Image | None, int]:
    """A picture in grey and how many pixels were decoded for it; None where it is none, or says that it has more than ``most``."""
    from PIL import Image, ImageOps

    pixels = 0
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "WEBP"]) as opened:
            if opened.width * opened.height > most:
                return None, 0
            pixels = opened.width * opened.height
            return ImageOps.exif_transpose(opened).convert("L"), pixels
    except Exception:  # noqa: BLE001  a picture breaks in many ways; whoever calls has said already what is none
        return None, pixels


def _in_picture(grey: Image.Image) -> str | None:
    tried = set()
    for side in SIDES:
        small = grey.copy()
        small.thumbnail((side, side))
        if small.size in tried:
            continue
        tried.add(small.size)
        for picture in _in_black_and_white(small):
            found = _read(picture)
            if found is not None:
                return found
    return None


def _in_black_and_white(grey: object) -> Iterator[Picture]:
    """The picture against its neighbourhood, finely and coarsely."""
    from PIL import Image, ImageChops, ImageFilter

    assert isinstance(grey, Image.Image)
    for part in (16, 40):
        near = grey.filter(ImageFilter.BoxBlur(max(grey.size) / part))
        darker = ImageChops.subtract(near, grey).point([0] * 12 + [1] * 244)
        yield Picture(grey.width, grey.height, darker.tobytes())


def _read(picture: Picture) -> str | None:
    marks = _marks(picture)
    for corner, right, below in _triples(marks):
        module = (corner.module + right.module + below.module) / 3
        wide = (
            math.dist((corner.x, corner.y), (right.x, right.y)) + math.dist((corner.x, corner.y), (below.x, below.y))
        ) / 2
        guess = round((wide / module + 7 - 17) / 4)
        for version in (guess, guess - 1, guess + 1, guess + 2, guess - 2):
            size = version * 4 + 17
            if version < 1 or size > LARGEST:
                continue
            found = qrbits.text(_sampled(picture, size, corner, right, below))
            if found is not None:
                return found
    return None


def _marks(picture: Picture) -> list[Mark]:
    """The corner marks, those that most rows saw first; none where there are too many to be a sheet's."""
    found: list[Mark] = []
    width = picture.width
    for row in range(0, picture.height, 2):
        line = picture.dark[row * width : (row + 1) * width]
        if line.count(1) < 5:
            continue
        runs = [(match.start(), match.end()) for match in RUNS.finditer(line)]
        for first in range(0 if line[0] else 1, len(runs) - 4, 2):
            five = runs[first : first + 5]
            if _is_mark([end - start for start, end in five]):
                _seen(picture, found, (five[2][0] + five[2][1]) / 2, row)
        if len(found) > MOST:
            return []
    return sorted((one for one in found if one.seen > 1), key=lambda one: -one.seen)[:14]


def _is_mark(runs: Sequence[int]) -> bool:
    """Whether five runs are as 1:1:3:1:1."""
    module = sum(runs) / 7
    if module < 1:
        return False
    slack = module * 0.6
    return all(
        abs(run - module * part) < slack * (1.6 if part == 3 else 1)
        for run, part in zip(runs, (1, 1, 3, 1, 1), strict=True)
    )


def _seen(picture: Picture, found: list[Mark], x: float, y: float) -> None:
    """Look across a candidate; where it is a mark both ways, count it with the others at its place."""
    down = _across(picture, x, y, 0, 1)
    if down is None:
        return
    y, high = down
    along = _across(picture, x, y, 1, 0)
    if along is None:
        return
    x, wide = along
    module = (wide + high) / 14
    for one in found:
        if abs(one.x - x) < module * 2 and abs(one.y - y) < module * 2:
            one.x += (x - one.x) / (one.seen + 1)
            one.y += (y - one.y) / (one.seen + 1)
            one.module += (module - one.module) / (one.seen + 1)
            one.seen += 1
            return
    found.append(Mark(x, y, module))


def _across(picture: Picture, x: float, y: float, dx: int, dy: int) -> tuple[float, int] | None:
    """The middle and the whole width of a mark through a point, along one way; None where it is none."""
    runs = [0, 0, 0, 0, 0]
    ends = [0, 0]
    for side, step in ((0, -1), (1, 1)):
        place, run = 0 if side == 0 else 1, 2
        while run in range(5):
            px, py = x + dx * step * place, y + dy * step * place
            if not (0 <= px < picture.width and 0 <= py < picture.height):
                break
            if picture.at(px, py) != (run + 1) % 2:
                run += step
                if run not in range(5):
                    break
            runs[run] += 1
            place += 1
        ends[side] = place
    if not _is_mark(runs):
        return None
    start = (x if dx else y) - ends[0] + 1
    return start + runs[0] + runs[1] + runs[2] / 2, sum(runs)


def _triples(marks: Sequence[Mark]) -> Iterator[tuple[Mark, Mark, Mark]]:
    """Three marks that stand as the corners of a code: the one at the right angle, the one to its right, the one below."""
    likely: list[tuple[float, tuple[Mark, Mark, Mark]]] = []
    for three in itertools.combinations(marks, 3):
        sizes = sorted(one.module for one in three)
        if sizes[2] > sizes[0] * 1.7:
            continue
        for corner in three:
            one, other = (mark for mark in three if mark is not corner)
            a, b = (one.x - corner.x, one.y - corner.y), (other.x - corner.x, other.y - corner.y)
            long, wide = math.hypot(*a), math.hypot(*b)
            if not 0.6 < long / (wide or 1) < 1.67 or min(long, wide) < 10 * sizes[0]:
                continue
            slant = abs(a[0] * b[0] + a[1] * b[1]) / (long * wide)
            if slant < 0.4:
                turned = a[0] * b[1] - a[1] * b[0] > 0
                likely.append((slant + abs(1 - long / wide), (corner, one, other) if turned else (corner, other, one)))
    likely.sort(key=lambda pair: pair[0])
    for _unlike, found in likely[:12]:
        yield found


def _sampled(picture: Picture, size: int, corner: Mark, right: Mark, below: Mark) -> list[list[int]]:
    """The modules of a code of ``size``, each by the most of five points in it."""
    edge = size - 3.5
    opposite = (right.x + below.x - corner.x, right.y + below.y - corner.y)
    at: list[tuple[Point, Point]] = [
        ((3.5, 3.5), (corner.x, corner.y)), ((edge, 3.5), (right.x, right.y)), ((3.5, edge), (below.x, below.y)),
        ((edge, edge), opposite),
    ]  # fmt: skip
    lay = _laid(at)
    if size > 21:
        seen = _fourth(picture, lay, size - 6.5)
        if seen is not None:
            lay = _laid([*at[:3], ((size - 6.5, size - 6.5), seen)])
    near = ((0.5, 0.5), (0.3, 0.5), (0.7, 0.5), (0.5, 0.3), (0.5, 0.7))
    return [
        [int(sum(picture.at(*_through(lay, x + dx, y + dy)) for dx, dy in near) > 2) for x in range(size)]
        for y in range(size)
    ]


def _fourth(picture: Picture, lay: Sequence[float], at: float) -> Point | None:
    """The small mark near the fourth corner, looked for around where it should be; None where nothing resembles it."""
    ring = [(x, y, int(max(abs(x), abs(y)) != 1)) for x in range(-2, 3) for y in range(-2, 3)]
    best, place = 0.0, (at, at)
    steps = [step / 2 for step in range(-9, 10)]
    for dx, dy in itertools.product(steps, steps):
        alike = sum(picture.at(*_through(lay, at + dx + x, at + dy + y)) == dark for x, y, dark in ring)
        score = alike - (abs(dx) + abs(dy)) / 20
        if score > best:
            best, place = score, (at + dx, at + dy)
    return _through(lay, *place) if best > 21 else None


def _laid(pairs: Sequence[tuple[Point, Point]]) -> list[float]:
    """The eight numbers of the perspective that takes four points of the grid to four of the picture."""
    rows: list[list[float]] = []
    for (u, v), (x, y) in pairs:
        rows.append([u, v, 1, 0, 0, 0, -u * x, -v * x, x])
        rows.append([0, 0, 0, u, v, 1, -u * y, -v * y, y])
    for column in range(8):
        pivot = max(range(column, 8), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        head = rows[column][column] or 1e-9
        rows[column] = [value / head for value in rows[column]]
        for row in range(8):
            if row != column and rows[row][column]:
                part = rows[row][column]
                rows[row] = [value - part * above for value, above in zip(rows[row], rows[column], strict=True)]
    return [row[8] for row in rows]


def _through(lay: Sequence[float], u: float, v: float) -> Point:
    depth = lay[6] * u + lay[7] * v + 1 or 1e-9
    return (lay[0] * u + lay[1] * v + lay[2]) / depth, (lay[3] * u + lay[4] * v + lay[5]) / depth
