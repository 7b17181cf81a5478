"""What of a trial may be shown to somebody who may not open its people. Pure: :meth:`WhatIf.to_json` in, the same out.

The command prints the whole exactly (its operator holds the books) and hides the small parts (:func:`parts`).

Three ways to subtract are closed. *Draft less current*: where fewer than the threshold gain, lose, get more, get less or
stay, the whole line goes, not the one cell, and of the whole city only what is in force today is left. *A part from the
whole*: lines go until what is hidden adds up to nobody or enough people. *One draft from the next*: counts are cut down to
multiples of the threshold, and money to multiples of what so many could get, so that one person more or less moves nothing
that can be seen but at a step's very edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lianxin.catalogue.whatif import cost

PARTS = ("counties", "ages", "categories")
ENTITLED = ("entitled", "entitled_before", "gain", "lose", "more", "less", "same")
CHANGED = ("gain", "lose", "more", "less", "same")
OPEN = ("unknown", "unknown_before")
COSTS = ("cost", "cost_before")

Line = dict[str, Any]


def told(said: Line, *, least: int, largest: tuple[int, int]) -> Line:
    """``said`` with what may not be shown as None and the rest cut down. ``least`` is the fewest people that may be shown,
    ``largest`` the largest amount of one of them (fen), by the draft and by the version in force: what is paid now reads the
    same whatever the draft."""
    whole = dict(said)
    parts: dict[str, list[Line]] = {name: [dict(line) for line in said[name]] for name in PARTS}
    if _few(whole, CHANGED, least):
        kept = {name: whole[name] for name in ("entitled_before", "cost_before")}
        _hide(whole, ENTITLED)
        if _enough(kept["entitled_before"], least):
            whole |= kept
        for lines in parts.values():
            for line in lines:
                _hide(line, ENTITLED)
    for lines in parts.values():
        if whole["entitled"] is not None:
            _guard(lines, CHANGED, ENTITLED, least)
        for name in OPEN:
            _guard(lines, (name,), (name,), least)
    for name in OPEN:
        if not _enough(whole[name], least):
            _hide(whole, (name,))
            for lines in parts.values():
                for line in lines:
                    _hide(line, (name,))
    repeats = (said["repeat"], (said["against"] or said)["repeat"])
    for line in (whole, *(line for lines in parts.values() for line in lines)):
        _cut(line, repeats, least, largest)
    whole |= parts
    whole["errors"] = _down(said["errors"], least) if _enough(said["errors"], least) else None
    whole["unknowns"] = [
        {
            **one,
            **{name: _down(one[name], least) if _enough(one[name], least) else None for name in ("settles", "among")},
        }
        for one in said["unknowns"]
    ]
    return whole


def parts(said: Line, least: int) -> Line:
    """``said`` with its whole as it is, and of its parts no line of few people, nor one that could be told from the others:
    what an operator prints goes from hand to hand, whoever may open the people or not."""
    made: Line = {**said, **{name: [dict(line) for line in said[name]] for name in PARTS}}
    for name in PARTS:
        _guard(made[name], CHANGED, ENTITLED, least)
        for one in OPEN:
            _guard(made[name], (one,), (one,), least)
    return made


def _enough(count: int, least: int) -> bool:
    """Nobody at all, or as many as may be shown."""
    return count == 0 or count >= least


def _few(line: Line, names: Sequence[str], least: int) -> bool:
    return any(not _enough(line[name], least) for name in names)


def _hide(line: Line, names: Sequence[str]) -> None:
    line |= dict.fromkeys(names)
    if "entitled" in names:
        line |= dict.fromkeys(COSTS)


def _guard(lines: list[Line], atoms: Sequence[str], names: Sequence[str], least: int) -> None:
    """Hide lines with too few people, and the next smallest until those hidden add up to nobody or enough, two at least."""
    hidden = [line for line in lines if _few(line, atoms, least)]
    rest = sorted((line for line in lines if not _few(line, atoms, least) and any(line[name] for name in atoms)),
                  key=lambda line: sum(line[name] for name in atoms))  # fmt: skip
    while hidden and rest and (len(hidden) < 2 or not _safe(hidden, atoms, least)):
        hidden.append(rest.pop(0))
    for line in hidden:
        _hide(line, names)


def _safe(hidden: Sequence[Line], atoms: Sequence[str], least: int) -> bool:
    return all(_enough(sum(line[name] for line in hidden), least) for name in atoms)


def _cut(line: Line, repeats: tuple[str, str], least: int, largest: tuple[int, int]) -> None:
    """Counts and money cut down to what one person cannot move."""
    for name in (*ENTITLED, *OPEN):
        if line[name] is not None:
            line[name] = _down(line[name], least)
    for name, repeat, most in zip(COSTS, repeats, largest, strict=True):
        if line[name] is not None:
            amount = line[name]["round"]
            step = max(least * most, 1)
            line[name] = cost(_down(amount, step), repeat) if amount == 0 or amount >= step else None


def _down(count: int, step: int) -> int:
    return count - count % step
