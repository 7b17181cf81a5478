"""The fields of the workbench: a value of the declaration by its path, as a control, and what was typed put back.

Only what a form shows is touched: keys that it does not know stay in the declaration as they are.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from lianxin.engine.asked import number_of

Words = str | Promise
Sent = Mapping[str, str]
Choices = Sequence[tuple[str, Words]]
_INT = re.compile(r"-?[0-9]{1,18}")
_DECIMAL = re.compile(r"-?[0-9]{1,15}\.[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Control:
    """One field: ``path`` in the data it belongs to (``name.zh``), what it is called and how it is filled in.

    ``kind``: text | long | select | check | date | number | words (a list, typed with blanks between).
    """

    path: str
    label: Words
    kind: str = "text"
    choices: Choices = ()
    hint: Words = ""
    name: str = ""
    value: str = ""
    mark: str = ""  # hidden from sight, said by the row's heading
    picker: str = ""  # the address that answers what is typed

    @property
    def id(self) -> str:
        """The id of the field in the page."""
        return f"f-{self.name}"

    @property
    def known(self) -> bool:
        """Whether what stands there is one of the choices."""
        return self.value in {code for code, _words in self.choices}

    @property
    def on(self) -> bool:
        """Whether a tick is set."""
        return self.value == "true"


def shown(controls: Sequence[Control], data: Any, prefix: str = "") -> list[Control]:
    """``controls`` with the values of ``data``, named under ``prefix``."""
    return [replace(one, name=prefix + one.path, value=written(get(data, one.path))) for one in controls]


def written(value: Any) -> str:
    """A value as a field shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(str(one) for one in value)
    return "" if isinstance(value, dict) else str(value)


def get(data: Any, path: str) -> Any:
    """What stands at ``path``."""
    for key in path.split("."):
        data = data.get(key) if isinstance(data, dict) else None
    return data


def put(data: dict[str, Any], path: str, value: Any) -> None:
    """Set what stands at ``path``; None takes it out, with a mapping that it leaves empty."""
    key, _dot, rest = path.partition(".")
    if not rest:
        if value is None:
            data.pop(key, None)
        else:
            data[key] = value
        return
    inner = data.get(key)
    inner = dict(inner) if isinstance(inner, dict) else {}
    put(inner, rest, value)
    put(data, key, inner or None)


def take(controls: Sequence[Control], data: dict[str, Any], sent: Sent, prefix: str = "") -> dict[str, Any]:
    """A copy of ``data`` with what was filled in. A field that the form did not send is left alone."""
    made = copy.deepcopy(data)
    for one in controls:
        name = prefix + one.path
        if one.kind == "check":
            ticked = name in sent
            if ticked or get(made, one.path) is not None:
                put(made, one.path, ticked)
        elif name in sent:
            text = sent[name].replace("\r\n", "\n").strip("\n") if one.kind == "long" else sent[name].strip()
            if text == written(get(made, one.path)):
                continue
            several = [
                word if (number := number_of(word)) is None else number
                for word in text.replace("，", " ").replace(",", " ").split()
            ]
            put(made, one.path, (several if one.kind == "words" else text) or None)
    return made


def rows(
    sent: Sent, prefix: str, now: Sequence[Any], read: Callable[[dict[str, Any], str], dict[str, Any]]
) -> list[dict[str, Any]]:
    """The rows of a repeated part as sent: ``read(row as it was, its prefix)`` for each of ``<prefix>-n`` rows."""
    try:
        count = min(int(sent.get(f"{prefix}-n", "")), 200)
    except ValueError:
        return [one if isinstance(one, dict) else {} for one in now]
    before = [one if isinstance(one, dict) else {} for one in now]
    before += [{}] * (count - len(before))
    return [read(before[place], f"{prefix}-{place}-") for place in range(count)]


def acted(items: list[Any], act: str, prefix: str, blank: Any) -> list[Any]:
    """``items`` after what a button asked: ``<prefix>-add``, ``-del-2``, ``-up-2``, ``-down-2``, ``-copy-2``."""
    if not act.startswith(f"{prefix}-"):
        return items
    what, _dash, at = act.removeprefix(f"{prefix}-").partition("-")
    made = list(items)
    if what == "add":
        return [*made, copy.deepcopy(blank)]
    place = place_in(f"-{at}", len(made))
    if place is None:
        return made
    if what == "del":
        del made[place]
    elif what == "copy":
        made.insert(place + 1, copy.deepcopy(made[place]))
    elif what in ("up", "down"):
        to = max(0, min(len(made) - 1, place + (-1 if what == "up" else 1)))
        made.insert(to, made.pop(place))
    return made


def place_in(act: str, count: int) -> int | None:
    """The number at the end of what a button asked, where there is such a row."""
    text = act.rpartition("-")[2]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 and int(text) < count else None


def number(text: str) -> int | float | str:
    """A number where the text is one, else the text as it stands, which the checker then names."""
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def fen(text: str) -> int | str:
    """Yuan as typed, in fen; what is no sum of money stays as it was typed."""
    try:
        found = Decimal(text.replace(",", "").replace("，", "")) * 100
    except InvalidOperation:
        return text
    return int(found) if found == found.to_integral_value() and abs(found) < 10**15 else text


def yuan(value: Any) -> str:
    """Fen as a field shows them: 900, 900.50."""
    if not isinstance(value, int) or isinstance(value, bool):
        return written(value)
    sign, rest = ("-" if value < 0 else ""), abs(value)
    return f"{sign}{rest // 100}" + (f".{rest % 100:02d}" if rest % 100 else "")


def named(
    words: Mapping[str, Words], codes: Sequence[str] | None = None, *, blank: bool = False
) -> list[tuple[str, Words]]:
    """Choices of a select in words, a blank one first where none need be chosen."""
    chosen = [(code, words.get(code, code)) for code in (codes if codes is not None else words)]
    return [("", "—"), *chosen] if blank else chosen


def standing() -> list[tuple[str, Words]]:
    """Whether something is found in a law or made up until the city's own stands there."""
    return [("found", _("found in the document")), ("illustrative", _("illustrative"))]
