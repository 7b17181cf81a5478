"""Before anything is written: a text that says what must never be stored is refused here, whoever writes it.

Every covered row passes through :class:`lianxin.journal.actions.Writing` and so through :func:`check_rows`; the few texts
that lie in other tables are given to :func:`check` by their action. What is only doubtful is refused too and remembered
until the request or command ends; then the room ``access`` sets it aside, sealed, for the security administrator.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from lianxin.engine import effects, secrecy
from lianxin.engine.secrecy import Found, Secret
from lianxin.journal.models import Covered


@dataclass(frozen=True, slots=True)
class Doubt:
    """A doubtful text that was not written."""

    found: Found
    text: str


_doubts: ContextVar[tuple[Doubt, ...]] = ContextVar("doubts", default=())


def public() -> tuple[str, ...]:
    """The names that are public honours and pass: the city's own list and what was released since."""
    names: tuple[str, ...] = effects.perform("public-names") if "public-names" in effects.handled() else ()
    return names


def look(text: str) -> Found | None:
    """What a text says that it must not, this city's public names left out."""
    return secrecy.look(text, public())


def check(*values: object) -> None:
    """Raise :class:`Secret` where a text among the values (also inside JSON) may not be stored."""
    texts = [text for value in values for text in secrecy.strings(value)]
    if not texts or not secrecy.suspicious(texts):
        return
    names = public()
    for text in texts:
        found = secrecy.look(text, names)
        if found is not None:
            doubt(found, text)
            raise Secret(found)


def check_rows(model: type[Covered], columns: Iterable[Sequence[Any]]) -> None:
    """:func:`check` over rows given by columns; columns without text cost nothing."""
    if not model.guarded:
        return
    for column in columns:
        kinds = set(map(type, column))
        if str in kinds:
            check(*{value for value in column if isinstance(value, str)})
        elif dict in kinds or list in kinds:
            check(*(value for value in column if isinstance(value, dict | list)))


def doubt(found: Found, text: str) -> None:
    """Remember a doubtful text until the request or command ends. What is plain is remembered nowhere."""
    if not found.certain:
        _doubts.set((*_doubts.get(), Doubt(found, text)))


def taken() -> tuple[Doubt, ...]:
    """What was remembered, once."""
    held = _doubts.get()
    _doubts.set(())
    return held
