"""Households behind rows: whoever a row names together with a family is of it, and counts as one with all others of it.

Where numbers about fewer than so many people may not be told, five of one household are no crowd: whoever knows one of them
knows all. Whoever no row names with a family stands alone. So there are never more of these than people or families. Pure.
"""

from __future__ import annotations


class Homes:
    """Persons and families joined by the rows that name both; whom two families name joins the two."""

    def __init__(self) -> None:
        self._into: dict[int, int] = {}  # persons are above nought, families below

    def join(self, person: int | None, family: int | None) -> None:
        """Take in what a row names. All rows first, then ask."""
        if person is not None and family is not None:
            one, other = self._root(int(person)), self._root(-int(family))
            if one != other:
                self._into[one] = other

    def of(self, person: int | None, family: int | None) -> int | None:
        """The household of a row; None where it names nobody."""
        if person is None and family is None:
            return None
        return self._root(int(person) if person is not None else -int(family or 0))

    def _root(self, one: int) -> int:
        path = []
        while one in self._into:
            path.append(one)
            one = self._into[one]
        for step in path:
            self._into[step] = one
        return one
