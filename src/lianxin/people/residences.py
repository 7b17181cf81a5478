"""Read an area as it is written in ledgers: a code, a path of names, or names run together."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from lianxin.people.cells import Cell

ELSEWHERE = "000000"
_PARENT = {6: 4, 9: 6, 12: 9}
_JOINTS = re.compile(r"[\s/\\\-－—>＞→、,，·]+")


class Residences:
    """The city's areas by code and by every unambiguous way of naming them."""

    def __init__(self, areas: Mapping[str, str], city: str, own: Sequence[str] = ()) -> None:
        """``own``: the areas of whoever reads. A home whose name several places bear is the one among one's own."""
        self.areas = dict(areas)
        self.city = city
        self.own = tuple(own)
        self.named: dict[str, set[str]] = defaultdict(set)
        for code, name in self.areas.items():
            path = [_JOINTS.sub("", name)]
            parent = code
            while len(parent) in _PARENT:
                parent = parent[: _PARENT[len(parent)]]
                if parent in self.areas:
                    path.append(_JOINTS.sub("", self.areas[parent]))
            for depth in range(len(path)):
                self.named["".join(reversed(path[: depth + 1]))].add(code)

    def home(self, text: str) -> Cell:
        """Where somebody lives: a township or village of the city, or a code elsewhere."""
        code, fault = self.read(text)
        if fault == "area-ambiguous":
            code, fault = self._among_own(text)
        if fault is None and code.startswith(self.city) and len(code) < 9:
            return None, "area-short"
        return code, fault

    def read(self, text: str) -> Cell:
        """Any area. Faults: ``area-unknown``, ``area-ambiguous``."""
        said = _JOINTS.sub("", text)
        if said.isascii() and said.isdigit():
            return self._code(said)
        if re.match(r"^(外地|外省|外市|市外|省外|本市以外)", said):
            return ELSEWHERE, None
        found = self._called(said)
        if found and len(found) > 1:
            # A full path from the top is never ambiguous; among bare names only one village may carry it.
            return None, "area-ambiguous"
        return (next(iter(found)), None) if found else (None, "area-unknown")

    def _called(self, said: str) -> set[str] | None:
        return self.named.get(said) or self.named.get(re.sub(r"^[^省]{2,8}省|^.{2,6}自治区", "", said))

    def _among_own(self, text: str) -> Cell:
        near = [code for code in self._called(_JOINTS.sub("", text)) or () if self.own and code.startswith(self.own)]
        return (near[0], None) if len(near) == 1 else (None, "area-ambiguous")

    def _code(self, said: str) -> Cell:
        if len(said) not in (4, 6, 9, 12):
            return None, "area-unknown"
        if not said.startswith(self.city):
            return (said, None) if len(said) > 4 else (None, "area-unknown")
        if not self.areas:
            return said, None
        for length, rest in ((12, ""), (9, "000"), (6, "000000")):
            if said[:length] in self.areas and said[length:] == rest[: len(said) - length]:
                return said[:length], None
        return (said, None) if said in self.areas else (None, "area-unknown")
