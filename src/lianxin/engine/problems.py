"""What a declaration gets wrong, said so that its author can put it right: file, line, word, nearest known name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake (or one warning) in a file of the catalogue, in both languages."""

    file: str
    line: int
    word: str
    nearest: str
    zh: str
    en: str
    severity: Severity = "error"

    def sentence(self, language: str = "en") -> str:
        """The one sentence a person reads, beginning with where to look."""
        if language.startswith("zh"):
            near = f"（最接近的是“{self.nearest}”）" if self.nearest else ""
            return f"{self.file} 第 {self.line} 行：{self.zh}{near}"
        near = f" (nearest known: {self.nearest})" if self.nearest else ""
        return f"{self.file}, line {self.line}: {self.en}{near}"


def both(problem: Problem) -> str:
    """A problem in both languages on one line."""
    return f"{problem.sentence('en')} · {problem.sentence('zh').split('：', 1)[-1]}"


class DeclarationErrors(Exception):  # noqa: N818  it carries all of them
    """Everything wrong with one declaration, collected and raised together."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.sentence() for problem in self.problems[:3]))


def nearest(word: str, known: Iterable[str]) -> str:
    """The known name with the fewest edits from ``word``; ties go to the shorter, then to the first by letter.

    Empty where nothing is known.
    """
    word = word[:60]
    ranked = sorted(
        (edits(word.lower(), name.lower()) / max(len(word), len(name), 1), len(name), name) for name in known
    )
    return ranked[0][2] if ranked else ""


def edits(left: str, right: str) -> int:
    """Levenshtein distance in which swapping two neighbouring letters is one edit."""
    before: list[int] = []
    above = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        row = [i]
        for j, b in enumerate(right, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, above = above, row
    return above[-1]


def short(text: str, limit: int = 40) -> str:
    """``text`` cut for a message, control characters made visible."""
    seen = "".join(char if char.isprintable() else "·" for char in text[: limit + 1])
    return seen if len(seen) <= limit else seen[:limit] + "…"
