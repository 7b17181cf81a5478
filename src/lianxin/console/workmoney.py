"""Numbers of law in the workbench: dated values, tables looked up by facts, and the amount they make."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianxin.console import workwords
from lianxin.console.workfields import (
    Control,
    Sent,
    fen,
    named,
    number,
    place_in,
    put,
    shown,
    standing,
    take,
    written,
    yuan,
)
from lianxin.engine import clock, money
from lianxin.engine.building import lookup
from lianxin.engine.declaration import PARAMETER_UNITS
from lianxin.engine.sketch import Sketch

Data = dict[str, Any]
_CODE = re.compile(r"[a-z][a-z0-9_]*")


def _fields() -> list[Control]:
    return [
        Control("name.zh", _("Chinese")), Control("name.en", _("English")),
        Control("unit", _("Unit"), "select", named(workwords.UNITS, PARAMETER_UNITS)),
        Control("standing", _("Found or illustrative"), "select", [("", "—"), *standing()]),
        Control("cite.law", _("Law or document")), Control("cite.article", _("Article")),
        Control("cite.source", _("or another source")),
    ]  # fmt: skip


def _parameters(known: Sketch) -> dict[str, Data]:
    found = known.data.get("parameters")
    return {code: one for code, one in found.items() if isinstance(one, dict)} if isinstance(found, dict) else {}


def _by(one: Data) -> list[str]:
    found = one.get("by")
    return [str(code) for code in found] if isinstance(found, list) else []


def _values(one: Data) -> dict[str, Any]:
    found = one.get("values")
    return dict(found) if isinstance(found, dict) else {}


def _value(unit: str, value: Any) -> str:
    return yuan(value) if unit == "fen" else written(value)


def _read_value(unit: str, text: str, was: Any) -> Any:
    text = text.strip()
    if text == _value(unit, was):
        return was
    if not text:
        return None
    if unit == "fen":
        return fen(text)
    return text if unit in ("date", "text") else number(text)


def _flat(value: Any, depth: int) -> dict[tuple[str, ...], Any]:
    """A nested table as rows."""
    if depth == 0 or not isinstance(value, dict):
        return {(): value}
    return {(str(key), *rest): inner for key, one in value.items() for rest, inner in _flat(one, depth - 1).items()}


def _nested(rows: Mapping[tuple[str, ...], Any]) -> Data:
    made: Data = {}
    for key, value in rows.items():
        inner = made
        for part in key[:-1]:
            inner = inner.setdefault(part, {})
        inner[key[-1]] = value
    return made


# -- shown


def show_amount(known: Sketch) -> Data:
    """The amount and every parameter."""
    text = written(known.data.get("amount"))
    node, faults = known.read(text, money=True) if text else (None, ())
    chinese = (get_language() or "zh").startswith("zh")
    return {
        "amount": text, "kind": _kind(known, text), "choices": _choices(known),
        "says": known.sentence(node, clock.today())[get_language() or "zh"] if node is not None else "",
        "wrong": [one.zh if chinese else one.en for one in faults],
        "parameters": [_shown(known, code, one) for code, one in _parameters(known).items()],
        "units": named(workwords.UNITS, PARAMETER_UNITS),
        "facts": [(code, known.facts[code].name[get_language() or "zh"]) for code, kind in known.names.facts.items()
                  if kind.type in ("text", "int", "bool")],
    }  # fmt: skip


def _kind(known: Sketch, text: str) -> str:
    return "" if not text else next((mark for mark, _words in _choices(known) if _means(known, mark) == text), "text")


def _choices(known: Sketch) -> list[tuple[str, str]]:
    """What an amount mostly is: one of the service's own sums, or a table of them."""
    language = get_language() or "zh"
    sums = [(code, one) for code, one in known.parameters.items() if one.unit in ("fen", "")]
    return [(f"table:{code}" if one.by else f"plain:{code}", one.name[language]) for code, one in sums]


def _means(known: Sketch, mark: str) -> str:
    kind, _colon, code = mark.partition(":")
    return lookup(code, known.names) if kind == "table" else f":{code}"


def _shown(known: Sketch, code: str, one: Data) -> Data:
    unit, by, values = written(one.get("unit")), _by(one), _values(one)
    prefix, language = f"p-{code}-", get_language() or "zh"
    made = {
        "code": code, "fields": shown(_fields(), one, prefix), "unit": unit, "money": unit == "fen",
        "used": any(f":{code}" in written(test) for test in _tests(known)),
        "by": [known.facts[name].name[language] if name in known.facts else name for name in by], "dates": list(values),
    }  # fmt: skip
    if not by:
        made["rows"] = [(since, _value(unit, value), _said(unit, value)) for since, value in values.items()]
        return made
    flat = {since: _flat(value, len(by)) for since, value in values.items()}
    keys = list(dict.fromkeys(key for rows in flat.values() for key in rows if len(key) == len(by)))
    made["table"] = [
        ([(part, _options(known, by[n])) for n, part in enumerate(key)],
         [_value(unit, flat[since].get(key)) for since in values])
        for key in keys
    ]  # fmt: skip
    return made


def _said(unit: str, value: Any) -> str:
    return f"{money.yuan(value)}" if unit == "fen" and isinstance(value, int) and not isinstance(value, bool) else ""


def _options(known: Sketch, fact: str) -> list[tuple[str, str]]:
    """The words of a table's key, where the fact has a list of values."""
    found = known.facts.get(fact)
    if found is None:
        return []
    if found.type == "bool":
        return [("true", _("yes")), ("false", _("no"))]
    return [(code, name[get_language() or "zh"]) for code, name in found.allowed.items()]


def _tests(known: Sketch) -> list[Any]:
    made: list[Any] = [known.data.get("amount")]
    for key in ("who", "unless"):
        found = known.data.get(key)
        made += [one.get("test") for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return made


# -- read


def read_amount(known: Sketch, sent: Sent, act: str) -> Data:
    """The amount and the parameters as they were filled in."""
    made: Data = {}
    now = written(known.data.get("amount"))
    kind = sent.get("amount-kind", _kind(known, now))
    if kind == "text":
        text = sent.get("amount", now).strip()
        made["amount"] = known.data["amount"] if text == now and now else text
    elif kind:
        made["amount"] = _means(known, kind)
    if made.get("amount") in ("", None):
        made.pop("amount", None)
    parameters = {code: _read(known, code, one, sent, act) for code, one in _parameters(known).items()}
    if act.startswith("p-del-"):
        parameters.pop(act.removeprefix("p-del-"), None)
    if act == "p-add":
        parameters |= _new(known, sent, parameters)
    if parameters:
        made["parameters"] = parameters
    return made


def _new(known: Sketch, sent: Sent, taken: Mapping[str, Any]) -> Data:
    base = sent.get("new-code", "").strip()
    base = base if _CODE.fullmatch(base) and base not in taken else ""
    code = base or next(f"number_{n}" for n in range(1, 400) if f"number_{n}" not in taken)
    unit, by = sent.get("new-unit", "fen"), sent.get("new-by", "")
    begin = known.data.get("effective")
    since = written(begin.get("from")) if isinstance(begin, dict) else ""
    first: Any = {"date": since or clock.today().isoformat(), "text": "one"}.get(unit, 1)
    made: Data = {"name": {"zh": sent.get("new-zh", "").strip() or "新的数", "en": sent.get("new-en", "").strip() or "new number"},
                  "unit": unit, "standing": "illustrative"}  # fmt: skip
    if by in known.names.facts:
        made["by"] = [by]
        keys = [key for key, _words in _options(known, by)] or ["1"]
        made["values"] = {since or clock.today().isoformat(): dict.fromkeys(keys, first)}
    else:
        made["values"] = {since or clock.today().isoformat(): first}
    return {code: made}


def _read(known: Sketch, code: str, one: Data, sent: Sent, act: str) -> Data:
    prefix = f"p-{code}-"
    made = take(_fields(), one, sent, prefix)
    unit, by, values = written(made.get("unit")), _by(one), _values(one)
    if f"{prefix}dates" not in sent:
        return made
    read = _table(by, values, unit, sent, prefix, act) if by else _dated(values, unit, sent, prefix)
    if act == f"{prefix}date-add":
        read = _later(read)
    elif act.startswith(f"{prefix}date-del-") and len(read) > 1:
        place = place_in(act, len(read))
        read = {since: value for n, (since, value) in enumerate(read.items()) if n != place}
    if read != values or list(read) != list(values):
        put(made, "values", dict(sorted(read.items())))
    return made


def _dated(values: Data, unit: str, sent: Sent, prefix: str) -> Data:
    made: Data = {}
    for place, (since, value) in enumerate(values.items()):
        day = sent.get(f"{prefix}d-{place}", since).strip() or since
        read = _read_value(unit, sent.get(f"{prefix}v-{place}", _value(unit, value)), value)
        made[day if day not in made else f"{day} "] = value if read is None else read
    return (
        {day.strip(): value for day, value in made.items()}
        if len({day.strip() for day in made}) == len(made)
        else values
    )


def _table(by: list[str], values: Data, unit: str, sent: Sent, prefix: str, act: str) -> Data:
    flat = {since: _flat(value, len(by)) for since, value in values.items()}
    keys = list(dict.fromkeys(key for rows in flat.values() for key in rows if len(key) == len(by)))
    days = [sent.get(f"{prefix}d-{place}", since).strip() or since for place, since in enumerate(values)]
    if len(set(days)) != len(days):
        days = list(values)
    made: dict[str, dict[tuple[str, ...], Any]] = {day: {} for day in days}
    gone = act.removeprefix(f"{prefix}row-del-") if act.startswith(f"{prefix}row-del-") else ""
    for row, key in enumerate(keys):
        if gone == str(row) and len(keys) > 1:
            continue
        new = tuple(sent.get(f"{prefix}k-{row}-{n}", part).strip() or part for n, part in enumerate(key))
        for place, (since, day) in enumerate(zip(values, days, strict=True)):
            was = flat[since].get(key)
            read = _read_value(unit, sent.get(f"{prefix}v-{place}-{row}", _value(unit, was)), was)
            if read is not None and new not in made[day]:
                made[day][new] = read
    if act == f"{prefix}row-add":
        for rows in made.values():
            last = list(rows)[-1] if rows else ("1",) * len(by)
            fresh = (*last[:-1], _next([key[-1] for key in rows if key[:-1] == last[:-1]]))
            rows[fresh] = rows.get(last, 1)
    return {day: _nested(rows) for day, rows in made.items()}


def _next(taken: list[str]) -> str:
    """A key that the table does not have yet: the next number, for its author to change."""
    return next(str(n) for n in range(1, 400) if str(n) not in taken)


def _later(values: Data) -> Data:
    """One more value, from the first day of next month (or a day after the last one), the same as the last."""
    last = max(values, default=clock.today().isoformat())
    month = (clock.today().replace(day=1) + dt.timedelta(days=32)).replace(day=1).isoformat()
    try:
        after = (dt.date.fromisoformat(last) + dt.timedelta(days=1)).isoformat()
    except ValueError:
        after = month
    return {**values, max(month, after): values.get(last, 1)}
