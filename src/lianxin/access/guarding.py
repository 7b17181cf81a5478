"""What the guard did not let through: doubtful texts set aside, sealed; names that are public honours and pass."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext

from lianxin.access import seal
from lianxin.access.models import PublicName, SetAside
from lianxin.access.permissions import Refused, require
from lianxin.access.queries import within
from lianxin.engine import clock, documents, effects
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, Scope
from lianxin.journal import actions as journal
from lianxin.journal import guard

FILE = "public-names.yaml"
_FIELD = "set-aside"


@effects.handles("public-names")
def public_names() -> tuple[str, ...]:
    """The names that pass today: the catalogue's own list and those that were released and not taken back."""
    path = Path(settings.CATALOGUE) / FILE
    shipped = _shipped(path, path.stat().st_mtime_ns) if path.is_file() else ()
    with connection.cursor() as cursor:  # asked while somebody writes, for nearly every notice: written by hand
        cursor.execute(f'SELECT name FROM "{PublicName._meta.db_table}" WHERE superseded_at IS NULL')
        return (*shipped, *(name for (name,) in cursor.fetchall()))


@lru_cache(maxsize=4)
def _shipped(path: Path, _written: int) -> tuple[str, ...]:
    rows = documents.plain(documents.read(path)) or []
    return tuple(str(row["name"]) for row in rows)


def set_aside(*, doubts: Sequence[guard.Doubt], where: str, by: Actor, at: dt.datetime) -> int:
    """Keep doubtful texts, sealed, for the security administrator; a text that waits already is not kept twice."""
    waiting = {bytes(mark) for mark in SetAside.objects.filter(state="waiting").values_list("mark", flat=True)[:10_000]}
    rows = []
    for doubt in doubts:
        mark = seal.mark(doubt.text, _FIELD, waiting)
        if mark in waiting:
            continue
        waiting.add(mark)
        salt = seal.salt()
        rows.append(
            SetAside(at=at, account=by.account, by_name=by.name, area=by.area, where=where[:120], kind=doubt.found.kind,
                     mark=mark, salt=salt, sealed=seal.seal(f"{doubt.found.words}\n{doubt.text}", salt, _FIELD))
        )  # fmt: skip
    if rows:
        with journal.entry(action="secrecy.set-aside", by=by, at=at, count=len(rows)):
            SetAside.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def empty_out(*, where: str, by: Actor) -> int:
    """At the end of a request or command: set aside what the guard remembered."""
    doubts = guard.taken()
    return set_aside(doubts=doubts, where=where, by=by, at=clock.now()) if doubts else 0


@dataclass(frozen=True, slots=True)
class Aside:
    """A text set aside as the list shows it: never the text itself."""

    id: int
    at: dt.datetime
    by_name: str
    area: str
    where: str
    kind: str
    state: str
    decided_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Asides:
    """Some of them, newest first, and the key of the next ones."""

    rows: list[Aside]
    next: str = ""


def _mine(scope: Scope) -> Q:
    """Inside the scope; what a command at the machine met belongs to whoever covers the whole city."""
    whole = any(settings.CITY.startswith(area) for area in scope.areas)
    return within(scope, "area") | Q(area="") if whole else within(scope, "area")


def asides(scope: Scope, *, state: str = "", after: str = "", limit: int = 50) -> Asides:
    """What was set aside inside the scope."""
    found = SetAside.objects.filter(_mine(scope))
    if state:
        found = found.filter(state=state)
    if number_of(after) is not None:
        found = found.filter(pk__lt=int(after))
    rows = list(found.order_by("-pk")[: limit + 1])
    shown = [Aside(row.pk, row.at, row.by_name, row.area, row.where, row.kind, row.state, row.decided_at)
             for row in rows[:limit]]  # fmt: skip
    return Asides(shown, str(rows[limit - 1].pk) if len(rows) > limit else "")


def waiting(scope: Scope) -> int:
    """How many wait for a decision."""
    return SetAside.objects.filter(_mine(scope), state="waiting").count()


def _aside(by: Actor, pk: int) -> SetAside:
    require(by, "secrecy.decide")
    found = SetAside.objects.filter(_mine(by.scope), pk=pk).first()
    if found is None:
        raise Refused("secrecy.decide")
    return found


def read_aside(*, pk: int, by: Actor, at: dt.datetime) -> tuple[Aside, str, str]:
    """One of them, the words that were met, and the text; that it was read stands in the journal."""
    row = _aside(by, pk)
    shown = Aside(row.pk, row.at, row.by_name, row.area, row.where, row.kind, row.state, row.decided_at)
    if row.sealed is None:
        return shown, "", ""
    journal.note(action="secrecy.read", by=by, at=at, area=row.area, aside=row.pk)
    words, _, text = seal.unseal(row.sealed, row.salt, _FIELD).partition("\n")
    return shown, words, text


def decide(*, pk: int, release: str, why: str, by: Actor, at: dt.datetime) -> None:
    """Destroy the text; with ``release`` that name passes from now on, and whoever wrote it may send it again.

    Raises :class:`Refusal` where it was decided already, or a name is released without a reason.
    """
    row = _aside(by, pk)
    name = release.strip()
    with journal.entry(action="secrecy.decide", by=by, at=at, area=row.area, aside=pk, released=bool(name)) as writing:
        done = SetAside.objects.filter(pk=pk, state="waiting").update(
            state="released" if name else "destroyed", sealed=None, decided_at=at, decided_by=by.account
        )
        if not done:
            raise Refusal(gettext("This was decided already; nothing was changed."))
        if name:
            writing.add([_public(name, why, at)])
        if row.account is not None:
            effects.announce("set-aside-decided", account=row.account, released=bool(name), area=row.area, by=by,
                             at=at, writer=writing)  # fmt: skip


def _public(name: str, why: str, at: dt.datetime) -> PublicName:
    if not 2 <= len(name) <= 60:
        raise Refusal(gettext("A name has 2 to 60 characters; nothing was changed."))
    if len(why.strip()) < 4:
        raise Refusal(gettext("Say where this name was made public; nothing was changed."))
    return PublicName(name=name, why=why.strip()[:200], valid_from=clock.day(at), recorded_at=at)


def add_public_name(*, name: str, why: str, by: Actor, at: dt.datetime) -> None:
    """Let a name that is a public honour pass from now on."""
    require(by, "secrecy.decide")
    with journal.entry(action="secrecy.public-name", by=by, at=at) as writing:
        if PublicName.objects.filter(name=name.strip(), superseded_at__isnull=True).exists():
            raise Refusal(gettext("This name passes already."))
        writing.add([_public(name.strip(), why, at)])


def end_public_name(*, pk: int, by: Actor, at: dt.datetime) -> None:
    """Take a name back; what was stored with it stays."""
    require(by, "secrecy.decide")
    with journal.entry(action="secrecy.public-name-ended", by=by, at=at) as writing:
        writing.supersede(PublicName, [pk], at)


@dataclass(frozen=True, slots=True)
class Passing:
    """A name that passes: where it was made public; ``id`` None where the catalogue says so."""

    id: int | None
    name: str
    why: str
    since: dt.date | None


def passing() -> list[Passing]:
    """All names that pass, the catalogue's first."""
    path = Path(settings.CATALOGUE) / FILE
    shipped = (documents.plain(documents.read(path)) or []) if path.is_file() else []
    rows = PublicName.objects.filter(superseded_at__isnull=True).order_by("pk")
    return [Passing(None, str(row["name"]), str(row["why"]), None) for row in shipped] + [
        Passing(row.pk, row.name, row.why, row.valid_from) for row in rows
    ]
