"""Digests of rows: the same for a row about to be written and for the row read back from either database."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import models

from lianxin.journal.models import Covered, Dated

_MARKS = ("superseded_at", "superseded_by")


def columns(model: type[Covered]) -> list[str]:
    """The columns of ``model`` that its digest covers, in order."""
    return list(_columns(model))


@cache
def _columns(model: type[Covered]) -> tuple[str, ...]:
    outside = {"id", "entry_id", *model.unchained, *(_MARKS if issubclass(model, Dated) else ())}
    return tuple(field.attname for field in model._meta.concrete_fields if field.attname not in outside)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int):
        return int(value) if isinstance(value, bool) else value
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, models.Model):
        return value.pk
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def blanks(model: type[Covered]) -> list[Any]:
    """What the ``later`` columns of a model hold where they say nothing, in their order."""
    if not model.later:
        return []
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return [None if fields[name].null else fields[name].get_default() for name in model.later]


def told(values: Sequence[Any], empty: Sequence[Any]) -> Sequence[Any]:
    """A row's covered values without those at its end that came later and say nothing."""
    kept = len(values)
    for blank in reversed(empty):
        if values[kept - 1] != blank:
            break
        kept -= 1
    return values[:kept]


def of(model: type[Covered], values: Sequence[Any]) -> bytes:
    """The digest of one row of ``model``, its values in the order of :func:`columns`."""
    return digest(told(values, blanks(model)))


def many(model: type[Covered], columns: Sequence[Sequence[Any]]) -> list[bytes]:
    """:func:`of` for many rows given by columns."""
    given, empty = list(columns), blanks(model)
    while empty and all(value == empty[-1] for value in given[-1]):
        given.pop()
        empty.pop()
    if not empty:
        return digests(given)
    return [digest(told(row, empty)) for row in zip(*given, strict=True)]


def said(values: Sequence[Any]) -> bytes:
    """What a row's digest is made of: its covered values as one JSON list, UTF-8, without blanks."""
    text = json.dumps([_plain(value) for value in values], ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def digest(values: Sequence[Any]) -> bytes:
    """SHA-256 of one row's covered values, given in the order of :func:`columns`."""
    return hashlib.sha256(said(values)).digest()


def digests(columns: Sequence[Sequence[Any]]) -> list[bytes]:
    """:func:`digest` of many rows given by columns: each column is made plain at once, all rows are written at once."""
    if not columns:
        return []
    rows = list(zip(*(_plain_column(column) for column in columns), strict=True))
    if not rows:
        return []
    parts = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))[2:-2].split("],[")
    if len(parts) != len(rows):  # a text holds the very signs between two rows
        return [digest(row) for row in rows]
    return [hashlib.sha256(f"[{part}]".encode("utf-8", "surrogatepass")).digest() for part in parts]


_AS_IS = {str, int, type(None)}
_REPEATED = {dt.date, dt.datetime, bool, type(None)}


def _plain_column(column: Sequence[Any]) -> Sequence[Any]:
    kinds = set(map(type, column))
    if kinds <= _AS_IS:
        return column
    if kinds <= _REPEATED:  # days, instants and answers repeat: each is written once
        known = {value: _plain(value) for value in set(column)}
        return [known[value] for value in column]
    if kinds <= {bytes, type(None)}:
        return [None if value is None else value.hex() for value in column]
    return [_plain(value) for value in column]


def together(digests: Iterable[bytes]) -> str:
    """One digest over many rows, whatever their order."""
    return hashlib.sha256(b"".join(sorted(digests))).hexdigest()
