"""Digests of rows: the same for a row about to be written and for the row read back from either database."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import models

from lianxin.journal.models import Covered, Dated

_MARKS = ("superseded_at", "superseded_by")


def columns(model: type[Covered]) -> list[str]:
    """The columns of ``model`` that its digest covers, in order."""
    outside = {"id", "entry_id", *model.unchained, *(_MARKS if issubclass(model, Dated) else ())}
    return [field.attname for field in model._meta.concrete_fields if field.attname not in outside]


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


def digest(values: Sequence[Any]) -> bytes:
    """SHA-256 of one row's covered values, given in the order of :func:`columns`."""
    text = json.dumps([_plain(value) for value in values], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def together(digests: Iterable[bytes]) -> str:
    """One digest over many rows, whatever their order."""
    return hashlib.sha256(b"".join(sorted(digests))).hexdigest()
