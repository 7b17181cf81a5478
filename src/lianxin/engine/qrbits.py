"""From the modules of a QR code (ISO/IEC 18004) to its text: format, mask, blocks, Reed–Solomon, segments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

ALNUM = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
Grid = Sequence[Sequence[int]]


def text(grid: Grid) -> str | None:
    """What the modules say; None where they are no code, or more is stained than can be mended."""
    from qrcode import base, util

    size = len(grid)
    version = (size - 17) // 4
    known = _format(grid)
    if known is None:
        return None
    level, mask = known
    masked = util.mask_func(mask)
    bits = [grid[y][x] ^ int(masked(y, x)) for x, y in _walk(size, _fixed(version, size))]
    words = [int("".join(map(str, bits[start : start + 8])), 2) for start in range(0, len(bits) - 7, 8)]
    blocks = base.rs_blocks(version, level)
    data = _mended(words, [(one.total_count, one.data_count) for one in blocks])
    return _said(data, version) if data is not None else None


def _format(grid: Grid) -> tuple[int, int] | None:
    """Error level and mask, from the copy that is nearer to a valid one; three wrong bits are the most."""
    from qrcode import util

    size = len(grid)
    places = [(8, 0), (8, 1), (8, 2), (8, 3), (8, 4), (8, 5), (8, 7), (8, 8), (7, 8), (5, 8), (4, 8), (3, 8), (2, 8),
              (1, 8), (0, 8)]  # fmt: skip
    others = [(size - 1 - n, 8) for n in range(8)] + [(8, size - 7 + n) for n in range(7)]
    best: tuple[int, int] | None = None
    for copy in (places, others):
        said = sum(grid[y][x] << bit for bit, (x, y) in enumerate(copy))
        for data in range(32):
            wrong = (said ^ int(util.BCH_type_info(data))).bit_count()
            if best is None or wrong < best[0]:
                best = (wrong, data)
    return (best[1] >> 3, best[1] & 7) if best is not None and best[0] <= 3 else None


def _fixed(version: int, size: int) -> set[tuple[int, int]]:
    """The modules that carry no data."""
    from qrcode import util

    held = {(x, y) for x in range(9) for y in range(9)}
    held |= {(x, y) for x in range(size - 8, size) for y in range(9)} | {
        (y, x) for x in range(size - 8, size) for y in range(9)
    }
    held |= {(6, n) for n in range(size)} | {(n, 6) for n in range(size)}
    centres = util.pattern_position(version)
    for x in centres:
        for y in centres:
            if (x, y) not in {(6, 6), (6, size - 7), (size - 7, 6)}:
                held |= {(x + dx, y + dy) for dx in range(-2, 3) for dy in range(-2, 3)}
    if version >= 7:
        held |= {(x, y) for x in range(size - 11, size - 8) for y in range(6)}
        held |= {(y, x) for x in range(size - 11, size - 8) for y in range(6)}
    return held


def _walk(size: int, held: set[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The modules of data in the order in which they are written: two columns at a time, up and down."""
    up, right = True, size - 1
    while right > 0:
        if right == 6:
            right -= 1
        for step in range(size):
            y = size - 1 - step if up else step
            for x in (right, right - 1):
                if (x, y) not in held:
                    yield x, y
        up, right = not up, right - 2


def _mended(words: Sequence[int], blocks: Sequence[tuple[int, int]]) -> list[int] | None:
    """The data of all blocks, corrected; None where a block cannot be."""
    if len(words) < sum(total for total, _ in blocks):
        return None
    parts: list[list[int]] = [[] for _ in blocks]
    feed = iter(words)
    for place in range(max(data for _, data in blocks)):
        for part, (_, data) in zip(parts, blocks, strict=True):
            if place < data:
                part.append(next(feed))
    for _place in range(blocks[0][0] - blocks[0][1]):
        for part in parts:
            part.append(next(feed))
    made: list[int] = []
    for part, (total, data) in zip(parts, blocks, strict=True):
        mended = _corrected(part, total - data)
        if mended is None:
            return None
        made += mended[:data]
    return made


def _times(a: int, b: int) -> int:
    from qrcode.base import EXP_TABLE, LOG_TABLE

    return int(EXP_TABLE[(LOG_TABLE[a] + LOG_TABLE[b]) % 255]) if a and b else 0


def _power(n: int) -> int:
    from qrcode.base import EXP_TABLE

    return int(EXP_TABLE[n % 255])


def _over(a: int, b: int) -> int:
    from qrcode.base import LOG_TABLE

    return _times(a, _power(255 - LOG_TABLE[b]))


def _value(polynomial: Sequence[int], x: int) -> int:
    """A polynomial at a point, its lowest power first."""
    made = 0
    for one in reversed(polynomial):
        made = _times(made, x) ^ one
    return made


def _corrected(block: Sequence[int], checks: int) -> list[int] | None:
    """One block with its wrong words mended (Berlekamp–Massey, Chien, Forney)."""
    turned = list(reversed(block))
    syndromes = [_value(turned, _power(n)) for n in range(checks)]
    if not any(syndromes):
        return list(block)
    locator = _locator(syndromes)
    wrong = len(locator) - 1
    places = [n for n in range(len(block)) if _value(locator, _power(255 - n)) == 0]
    if len(places) != wrong or wrong * 2 > checks:
        return None
    product = [0] * checks
    for i, a in enumerate(syndromes):
        for j, b in enumerate(locator):
            if i + j < checks:
                product[i + j] ^= _times(a, b)
    slope = [one if n % 2 == 0 else 0 for n, one in enumerate(locator[1:])]
    for n in places:
        inverse = _power(255 - n)
        below = _value(slope, inverse)
        if not below:
            return None
        turned[n] ^= _times(_power(n), _over(_value(product, inverse), below)) if _value(product, inverse) else 0
    if any(_value(turned, _power(n)) for n in range(checks)):
        return None
    return list(reversed(turned))


def _locator(syndromes: Sequence[int]) -> list[int]:
    """The polynomial whose roots say where the wrong words are."""
    now, before, length, gap, last = [1], [1], 0, 1, 1
    for n, syndrome in enumerate(syndromes):
        off = syndrome
        for i in range(1, length + 1):
            if i < len(now):
                off ^= _times(now[i], syndromes[n - i])
        if off == 0:
            gap += 1
            continue
        part = _over(off, last)
        shifted = [0] * gap + [_times(part, one) for one in before]
        longer = max(len(now), len(shifted))
        mixed = [(now[i] if i < len(now) else 0) ^ (shifted[i] if i < len(shifted) else 0) for i in range(longer)]
        if 2 * length <= n:
            length, before, last, gap = n + 1 - length, now, off, 1
        else:
            gap += 1
        now = mixed
    while len(now) > 1 and now[-1] == 0:
        now.pop()
    return now


def _said(data: Sequence[int], version: int) -> str | None:
    """The segments' text: digits, capitals, bytes."""
    bits = "".join(f"{word:08b}" for word in data)
    at, made = 0, ""
    long = version > 9

    def take(count: int) -> int:
        nonlocal at
        found = int(bits[at : at + count] or "0", 2)
        at += count
        return found

    while at + 4 <= len(bits):
        mode = take(4)
        if mode == 0:
            break
        if mode == 7:
            take(8)
        elif mode == 1:
            made += _digits(take(12 if long else 10), take)
        elif mode == 2:
            made += _capitals(take(11 if long else 9), take)
        elif mode == 4:
            made += bytes(take(8) for _ in range(take(16 if long else 8))).decode("utf-8", "replace")
        else:
            return None
        if at > len(bits):
            return None
    return made or None


def _digits(count: int, take: object) -> str:
    assert callable(take)
    made = "".join(f"{take(10):03d}" for _ in range(count // 3))
    left = count % 3
    return made + (f"{take(7):02d}" if left == 2 else f"{take(4)}" if left == 1 else "")


def _capitals(count: int, take: object) -> str:
    assert callable(take)
    made = ""
    for _ in range(count // 2):
        pair = take(11)
        made += ALNUM[min(pair // 45, 44)] + ALNUM[pair % 45]
    return made + (ALNUM[min(take(6), 44)] if count % 2 else "")
