"""Ledgers, their columns and their runs in words."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianxin.partners import placeledger
from lianxin.people import changewords, exchanges
from lianxin.people.ledgers import KINDS, Kind

STATES: dict[str, str | Promise] = {
    "applying": _("under way"), "done": _("loaded"), "undone": _("taken back"), "failed": _("failed"),
}  # fmt: skip

column = changewords.column


def zh() -> bool:
    """Whether the reader reads Chinese."""
    return (get_language() or "zh").startswith("zh")


def name(chinese: str, english: str) -> str:
    """The one of two names that the reader reads."""
    return chinese if zh() else english


def ledger(code: str) -> str:
    """What a ledger is called."""
    if code == placeledger.LEDGER:
        return name(*placeledger.NAMES)
    found = KINDS.get(code) or next((one for one in exchanges.kinds() if one.code == code), None)
    return name(found.zh, found.en) if found is not None else code


def state(code: str) -> str:
    """What became of a run."""
    return str(STATES.get(code, code))


def choices() -> list[tuple[str, str]]:
    """Every ledger that a file may be read as."""
    return [
        *((one.code, name(one.zh, one.en)) for one in exchanges.kinds()),
        (placeledger.LEDGER, name(*placeledger.NAMES)),
    ]


def described() -> list[dict[str, Any]]:
    """Every ledger with what it is for, for those who want an empty one."""
    found = [{"code": one.code, "name": name(one.zh, one.en), "note": _noted(one)} for one in exchanges.kinds()]
    return [*found, {"code": placeledger.LEDGER, "name": name(*placeledger.NAMES), "note": name(*placeledger.NOTE)}]


def _noted(kind: Kind) -> str:
    return name(kind.zh_note, kind.en_note)
