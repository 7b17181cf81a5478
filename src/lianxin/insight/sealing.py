"""What a published number commits to: the sealed digests of the rows it counted, as a tree with one root.

A row's digest is the one that the journal covers it by; its salt comes from the keys beside the data, so a published leaf
says nothing and a copy of the database cannot make one. Sealed rows are never committed to.
"""

from __future__ import annotations

import datetime as dt
import hmac
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from lianxin.engine import commitments
from lianxin.insight.definitions import Definition
from lianxin.insight.differences import as_published
from lianxin.insight.models import Publication
from lianxin.insight.register import View, Window
from lianxin.journal import rows as digests
from lianxin.outcomes.models import Outcome

FOLDER, LEAF = "published", 32  # of the home; bytes of a leaf
KEPT = 2_000  # leaves from which on they are kept
SOME = 900
MANY = 20_000  # from here on one walk over the register is quicker than asking for ids


@dataclass(frozen=True, slots=True)
class Committed:
    """The leaves of a number in their order, and the register's row behind each."""

    root: bytes
    leaves: tuple[bytes, ...]
    ids: tuple[int, ...]


def commit(definition: Definition, area: str, window: Window, known_at: dt.datetime) -> Committed:
    """The tree over the rows that ``definition`` counted as known then, leaves in the order of their bytes."""
    found = View(known_at, frozenset()).select(definition, "id", area=area, window=window)
    pairs = sorted(
        (commitments.leaf(salt(definition.code, area, known_at, pk), digest), pk)
        for pk, digest in _digests([row[0] for row in found])
    )
    leaves = tuple(one for one, _ in pairs)
    return Committed(commitments.root(leaves), leaves, tuple(pk for _, pk in pairs))


def _digests(ids: Sequence[int]) -> list[tuple[int, bytes]]:
    """The digest of each row as it is now, by the journal's own rule."""
    names, made = digests.columns(Outcome), []
    asked: list[Any] = []
    if len(ids) > MANY:
        asked.append(({"pk__gte": min(ids), "pk__lte": max(ids)}, frozenset(ids)))
    else:
        asked += [({"pk__in": ids[at : at + SOME]}, None) for at in range(0, len(ids), SOME)]
    for only, wanted in asked:
        rows = [row for row in Outcome.objects.filter(**only).values_list("pk", *names).iterator(chunk_size=20_000)
                if wanted is None or row[0] in wanted]  # fmt: skip
        if rows:
            pks, *columns = zip(*rows, strict=True)
            made += list(zip(pks, digests.many(Outcome, columns), strict=True))
    return made


def salt(code: str, area: str, known_at: dt.datetime, row: int) -> bytes:
    """The salt of one row in one number: made from the installation's keys, never stored."""
    said = f"figure|{code}|{area}|{known_at.astimezone(dt.UTC).isoformat(timespec='microseconds')}|{row}"
    return hmac.digest(bytes.fromhex(settings.KEYS["pseudonym"]), said.encode(), "sha256")


def of(publication: Publication, code: str, definition: Definition) -> Committed:
    """The tree of a published number, made again from the register as it is: an altered row gives another root."""
    kept = publication.figures[code]
    window = Window(dt.date.fromisoformat(kept["from"]) if kept["from"] else None, dt.date.fromisoformat(kept["to"]))
    return commit(as_published(definition, kept), publication.area, window, publication.known_at)


def leaves_of(publication: Publication, code: str, definition: Definition) -> Sequence[bytes]:
    """The leaves that a number was published with. Many are kept in the home once they were made, since making the tree of a
    hundred thousand rows takes a worker half a minute; what is kept is believed only where it gives the published root."""
    told = publication.figures[code]
    path = Path(settings.HOME) / FOLDER / f"{publication.pk}-{code}.leaves"
    if told["leaves"] >= KEPT:
        kept = path.read_bytes() if path.is_file() else b""
        held = [kept[at : at + LEAF] for at in range(0, len(kept), LEAF)]
        if len(held) == told["leaves"] and commitments.root(held) == root_of(told):
            return held
    made = of(publication, code, definition)
    if told["leaves"] >= KEPT and made.root == root_of(told):
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(b"".join(made.leaves))
        Path(file.name).replace(path)  # whole or not at all, whoever else is at it
    return made.leaves


def root_of(kept: Mapping[str, Any]) -> bytes | None:
    """The published root, None where the number was published before there were any."""
    return bytes.fromhex(kept["root"]) if kept.get("root") else None


def said(row: int) -> str:
    """What a row's digest is made of, as text: for whoever may open it."""
    names = digests.columns(Outcome)
    values = list(Outcome.objects.filter(pk=row).values_list(*names).get())
    return digests.said(digests.told(values, digests.blanks(Outcome))).decode()
