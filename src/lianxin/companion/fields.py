"""A service's form (JSON Schema) as plain fields, prefilled, and what was sent read back through the same schema."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator, FormatChecker

from lianxin.engine import clock, forms

Schema = Mapping[str, Any]
Sent = Mapping[str, str]
PREFIX = "form-"
LONGEST = 2000  # letters in one typed answer, where the schema names no limit


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form as a template draws it."""

    code: str
    name: str  # of the input
    title: str
    hint: str
    kind: str  # text | long | date | number | yes | choice
    required: bool
    value: str = ""
    error: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    longest: int = LONGEST
    low: str = ""
    high: str = ""


def fields(
    schema: Schema, given: Mapping[str, Any] | None = None, errors: Mapping[str, str] | None = None
) -> list[Field]:
    """The schema's properties in their order, with the values given (from the file, or as they were sent)."""
    given, errors = given or {}, errors or {}
    required = set(schema.get("required", ()))
    return [
        _field(code, declared, code in required, given.get(code), errors.get(code, ""))
        for code, declared in schema.get("properties", {}).items()
    ]


def read(schema: Schema, sent: Sent) -> tuple[dict[str, Any], dict[str, str]]:
    """The declared fields out of what was sent, as typed values; and for each wrong one a sentence how to mend it.

    What the schema does not declare is not read at all.
    """
    declared: Mapping[str, Schema] = schema.get("properties", {})
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for code, one in declared.items():
        text = str(sent.get(PREFIX + code, "")).strip()
        if not text and one.get("type") != "boolean":
            continue
        try:
            values[code] = _typed(text, one)
        except ValueError:
            errors[code] = _mend(one)
    validator = Draft202012Validator(dict(schema), format_checker=FormatChecker())
    for fault in validator.iter_errors(values):
        code = str(next(iter(fault.path), ""))
        if code in declared:
            errors.setdefault(code, _mend(declared[code]))
    for code in forms.beyond(declared, values, clock.today()):
        errors.setdefault(code, _("This day cannot be right; please look again."))
    for code in schema.get("required", ()):
        if code in declared and values.get(code) in (None, ""):
            errors.setdefault(code, _("Please fill this in."))
    return values, errors


def kept(schema: Schema, sent: Sent) -> dict[str, str]:
    """What was sent for the declared fields, untouched, so that a page with an error loses nothing."""
    return {code: str(sent.get(PREFIX + code, "")) for code in schema.get("properties", {})}


def _field(code: str, one: Schema, required: bool, value: Any, error: str) -> Field:
    kind = _kind(one)
    choices: tuple[tuple[str, str], ...] = ()
    if kind == "choice":
        choices = tuple((str(item), _choice(one, item)) for item in one["enum"])
    return Field(
        code=code, name=PREFIX + code, title=_title(one, code), hint=_both(one, "description", ""),
        kind=kind, required=required, value=_shown(value), error=error, choices=choices,
        longest=int(one.get("maxLength", LONGEST)),
        low=str(one.get("minimum", forms.bound(one, "formatMinimum", clock.today()))),
        high=str(one.get("maximum", forms.bound(one, "formatMaximum", clock.today()))),
    )  # fmt: skip


def _kind(one: Schema) -> str:
    if "enum" in one:
        return "choice"
    if one.get("format") == "date":
        return "date"
    named = {"boolean": "yes", "integer": "number", "number": "number"}.get(str(one.get("type", "string")))
    if named:
        return named
    return "long" if int(one.get("maxLength", 0)) > 120 else "text"


def _said(text: Any, otherwise: str) -> str:
    """A title in the page's language: the schema may hold one text or both."""
    if isinstance(text, Mapping):
        language = "zh" if (get_language() or "zh").startswith("zh") else "en"
        return str(text.get(language) or next(iter(text.values()), otherwise))
    return str(text) if text else otherwise


def _title(one: Schema, code: str) -> str:
    return _both(one, "title", code)


def _both(one: Schema, key: str, otherwise: str) -> str:
    """``title`` may hold both languages; where it is one text, ``x-title-en`` is the English one (``description`` too)."""
    english, text = one.get(f"x-{key}-en"), one.get(key)
    return _said({"zh": text, "en": english} if english and isinstance(text, str) else text, otherwise)


def _choice(one: Schema, item: Any) -> str:
    names = one.get("names") or {}
    return _said(names.get(str(item)), str(item))


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _typed(text: str, one: Schema) -> Any:
    kind = one.get("type", "string")
    if kind == "boolean":
        return text in {"true", "on", "1"}
    if kind == "integer":
        return int(text)
    if kind == "number":
        try:
            return float(Decimal(text))
        except InvalidOperation as fault:
            raise ValueError(text) from fault
    if one.get("format") == "date":
        return dt.date.fromisoformat(text).isoformat()
    if len(text) > int(one.get("maxLength", LONGEST)):
        raise ValueError("long")
    return text


def _mend(one: Schema) -> str:
    kind = _kind(one)
    if kind == "date":
        return _("Please write a day, for example 2024-05-01.")
    if kind == "number":
        return _("Please write a number.")
    if kind == "choice":
        return _("Please choose one from the list.")
    return _("This cannot be used as it is. Please look at it once more.")
