"""The catalogue's figures as insight asks them: loaded once, with the version that their text makes."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from django.utils.translation import get_language, gettext

from lianxin.engine import documents
from lianxin.engine import figures as declared
from lianxin.engine.expressions import tree
from lianxin.engine.expressions.parse import parse
from lianxin.engine.expressions.to_sql import SqlCompiler
from lianxin.engine.facts import Name
from lianxin.engine.problems import nearest, short
from lianxin.engine.refusal import Refusal

Measure = Literal["count", "distinct", "open", "amount", "quantity", "mean"]


@dataclass(frozen=True, slots=True)
class Definition:
    """One published number: what is counted, over which days, and how it is said.

    ``key`` is what a distinct count counts. ``start`` is a fixed first day and ``end`` a fixed last one;
    ``to_date`` counts from the beginning. ``version`` changes whenever the file's text does.
    """

    code: str
    name: Name
    unit: Name
    kind: Measure
    key: str
    where: str
    tree: tree.Node
    start: dt.date | None
    end: dt.date | None
    to_date: bool
    say: Name | None
    show: str
    display: str
    version: str
    attest: Mapping[str, str] | None = None  # the columns of an achievement that no case produced
    over: str = "register"  # or "cases": what was asked, decided and thought of

    @property
    def money(self) -> bool:
        """Whether the value is fen."""
        return self.kind == "amount"

    def sql(self, vendor: str) -> tuple[str, list[Any]]:
        """The condition for one database, over columns named as the format names them."""
        made = SqlCompiler("sqlite" if vendor == "sqlite" else "postgresql").compile(self.tree)
        return made.text, list(made.given)


def load() -> Mapping[str, Definition]:
    """All figures of the catalogue in force, by code, in the order of their codes."""
    folder = settings.CATALOGUE / "figures"
    files = sorted(path for path in folder.glob("*") if path.suffix in (".yaml", ".json"))
    return _load(tuple((str(path), path.stat().st_mtime_ns) for path in files))


def one(code: str) -> Definition:
    """The figure ``code``; raises :class:`Refusal` with the nearest known name."""
    found = load()
    if code not in found:
        raise Refusal(unknown(code, found))
    return found[code]


def unknown(code: str, known: Mapping[str, Definition]) -> str:
    """The sentence about a figure that there is not."""
    near = nearest(code, known)
    said = gettext("There is no figure %(code)s.") % {"code": short(code)}
    return said + (" " + gettext("Did you mean %(near)s?") % {"near": near} if near else "")


@lru_cache(maxsize=8)
def _load(files: tuple[tuple[str, int], ...]) -> dict[str, Definition]:
    return {made.code: made for made in (_read(Path(path)) for path, _ in files)}


def _read(path: Path) -> Definition:
    wrong = [problem for problem in declared.check(path) if problem.severity == "error"]
    if wrong:
        raise Refusal(wrong[0].sentence(get_language() or "en"))
    data = documents.plain(documents.read(path))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    words = data["measure"].split()
    over = str(data.get("over") or "register")
    kind = (
        {"count": "count", "sum": words[-1], "mean": "mean"}[words[0]]
        if words[:1] != ["count"] or len(words) == 1
        else words[1]
    )
    period = str(data.get("period") or "")
    start, _, end = period.partition("..")
    return Definition(
        code=data["code"], name=Name(**data["name"]), unit=Name(**data["unit"]), kind=kind,
        key=words[2] if kind == "distinct" else "", where=data["where"], tree=parse(data["where"], declared.names(over)),
        start=dt.date.fromisoformat(start) if ".." in period and start else None,
        end=dt.date.fromisoformat(end) if end else None, to_date=period == "to-date",
        say=Name(**data["say"]) if data.get("say") else None, show=data.get("show", "exact"),
        display=data.get("display", "plain"), version=digest[:12], attest=data.get("attest"), over=over,
    )  # fmt: skip
