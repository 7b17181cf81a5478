"""Counts side by side, told to those who may not open the people behind them. Pure.

Closed are: *one cell* (fewer than the threshold), *the part from the whole* (of what is hidden, two lines at least add up to
nobody or enough), *one day from the next* and *one column from another* (what is shown is cut down to multiples of the
threshold, so that one person more or less moves nothing but at a step's very edge).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Cells = Mapping[str, int]
Told = dict[str, int | None]


def told(lines: Mapping[str, Cells], names: Sequence[str], least: int) -> dict[str, Told]:
    """Each line's counts as they may be shown: None is hidden, the others are multiples of ``least`` ("at least")."""
    made: dict[str, Told] = {key: {} for key in lines}
    for name in names:
        hidden = _hidden({key: line[name] for key, line in lines.items()}, least)
        for key, line in lines.items():
            made[key][name] = None if key in hidden else line[name] - line[name] % least
    return made


def whole(line: Cells, names: Sequence[str], least: int) -> Told:
    """One line that stands alone: the whole."""
    return {name: line[name] - line[name] % least if _enough(line[name], least) else None for name in names}


def _enough(count: int, least: int) -> bool:
    """Nobody at all, or as many as may be shown."""
    return count == 0 or count >= least


def _hidden(counts: Mapping[str, int], least: int) -> set[str]:
    """Which of these are not shown: those too small, and the next smallest until nothing can be subtracted."""
    hidden = [key for key, count in counts.items() if not _enough(count, least)]
    rest = sorted((key for key, count in counts.items() if count >= least), key=lambda key: (counts[key], key))
    while hidden and rest and (len(hidden) < 2 or not _enough(sum(counts[key] for key in hidden), least)):
        hidden.append(rest.pop(0))
    return set(hidden)
