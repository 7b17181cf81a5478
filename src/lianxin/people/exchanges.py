"""The exchange formats that this city has, each as a ledger of its own on the one import road."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianxin.engine import exchanges
from lianxin.engine.exchanges import Exchange
from lianxin.engine.problems import DeclarationErrors
from lianxin.people.columns import Column
from lianxin.people.errors import LedgerRefused
from lianxin.people.ledgers import EVERY, KEY, KINDS, Kind
from lianxin.people.outgoing import CODES

PREFIX = "x-"
_GIVEN = {**EVERY, "fixed": Column("fixed", "", "", "text", "row")}
# What a narrow ledger of another system may say of a person besides what only finds them.
_FINDS = {"file_number", "id_number", "name", "born_on", "sex", "household"}


def values_of(column: Column) -> tuple[str, ...]:
    """The values that a column's words stand for, as an exchange format names them."""
    if column.kind == "bool":
        return ("true", "false")
    return tuple(str(grade) for grade in range(1, 11)) if column.kind == "grade" else tuple(column.words)


def formats() -> dict[str, Exchange]:
    """Every declared format by code. Raises :class:`LedgerRefused` naming the file and line of a wrong one."""
    folder = Path(settings.CATALOGUE) / "exchanges"
    paths = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
    return {path.stem: _read(path, path.stat().st_mtime_ns) for path in paths}


@lru_cache(maxsize=64)
def _read(path: Path, changed: int) -> Exchange:
    del changed  # a format that was edited is read again
    try:
        return exchanges.read(path, {code: values_of(EVERY[code]) for code in CODES})
    except DeclarationErrors as wrong:
        said = wrong.problems[0].sentence(get_language() or "zh")
        raise LedgerRefused(
            _("An exchange format cannot be read: %(said)s. Nothing was changed.") % {"said": said}
        ) from wrong


def kinds() -> tuple[Kind, ...]:
    """All ledgers: the usual ones and the exchange formats."""
    return (*KINDS.values(), *(as_kind(one) for one in formats().values()))


def kind(code: str) -> Kind | None:
    """A ledger by its code; None for ``auto``. Raises :class:`LedgerRefused` where there is none."""
    if code == "auto":
        return None
    found = {one.code: one for one in kinds()}
    chosen = found.get(code) or found.get(PREFIX + code)
    if chosen is None:
        raise LedgerRefused(
            _("There is no ledger “%(code)s”. There are: %(all)s.")
            % {"code": code[:20], "all": ", ".join(["auto", *found])}
        )
    return chosen


def as_kind(one: Exchange) -> Kind:
    """A format as a ledger: its headers are its columns, its codes their words; it changes persons on file only."""
    columns = []
    for place, field in enumerate(one.fields):
        if field.column:
            columns.append(_column(field, EVERY[field.column]))
        else:
            columns.append(replace(_GIVEN["fixed"], code=f"fixed_{place}", zh=field.header, en=field.header))
    says = tuple(column.code for column in columns if column.code in EVERY and column.code not in KEY)
    writes = tuple(column.code for column in columns if column.code in EVERY and column.code not in _FINDS)
    return Kind(
        f"{PREFIX}{one.code}", one.name.zh, one.name.en, says, says or ("id_number",), writes=writes,
        zh_note=one.about.zh, en_note=one.about.en, columns=tuple(columns),
    )  # fmt: skip


def _column(field: exchanges.Field, own: Column) -> Column:
    """Our column as the format heads and words it."""
    if not field.words:
        return replace(own, zh=field.header, synonyms=(), many=False)
    words = {value: (said,) for value, said in field.words.items()}
    return replace(own, zh=field.header, synonyms=(), words=words, many=False)
