"""A copy of everything held about a person (个人信息保护法 art. 45): a file they can open, and one for machines.

Which tables there are, which rows are the person's and which fields are somebody else's, the declarations say
(:mod:`lianxin.engine.personal`): a new room is in the copy because it must declare.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from lianxin.access import seal, sealedfiles
from lianxin.access.permissions import require
from lianxin.engine import clock, paper, personal
from lianxin.engine.personal import Pair, Table
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.people import copywords
from lianxin.people.hits import opened
from lianxin.people.models import Person
from lianxin.people.protectedmodels import Copy

TEMPLATE = Path(__file__).with_name("copy.typ")
MOST = 5000  # rows of one table; nobody has as many
_TIMES = ("valid_from", "valid_to", "recorded_at", "superseded_at")
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf"}


@dataclass(frozen=True, slots=True)
class Section:
    """One table of the copy: its name and its rows, as pairs of field and value."""

    table: Table
    title: Pair
    rows: list[dict[str, Any]]


def ask(*, person: int, by: Actor, at: dt.datetime, seen: str = "") -> Copy:
    """Ask for a copy: the person themselves, or a clerk at the counter who says which paper proved who asks.

    A copy that is being made or is there is given back; made by :func:`make`, usually in the background.
    """
    own = by.person == person
    if not own:
        require(by, "people.reveal")
        if not opened(by.scope).filter(pk=person).exists():
            raise Refusal(_("There is no file with that number in your area."))
        if len(seen.strip()) < 4:
            raise Refusal(_("Say which paper you saw: a copy goes to the person themselves only."))
    held = Copy.objects.filter(person_id=person, account=by.account, state__in=["working", "ready"]).first()
    if held is not None and (held.expires_at is None or held.expires_at > at):
        return held
    home = Person.objects.values_list("home", flat=True).get(pk=person)
    with journal.entry(action="people.copy", by=by, at=at, person=person, area=home, purpose=seen.strip()[:200]):
        return Copy.objects.create(person_id=person, account=by.account, asked_at=at, counter=not own, state="working",
                                   language=by.language)  # fmt: skip


def make(copy: int) -> None:
    """Write the file of a copy that was asked for; a second run writes it again."""
    found = Copy.objects.get(pk=copy)
    at = clock.now()
    try:
        data = written(
            found.person_id, at=at, sealed=not found.counter, place=0 if found.language.startswith("zh") else 1
        )
    except Exception:
        Copy.objects.filter(pk=copy).update(state="failed")
        raise
    kept = dt.timedelta(hours=settings.COPY_HOURS)
    Copy.objects.filter(pk=copy).update(
        state="ready", digest=sealedfiles.keep(data), size=len(data), expires_at=at + kept
    )


def mine(*, account: int | None, person: int, at: dt.datetime) -> Copy | None:
    """The copy that an account asked for last and may still take; nobody else's."""
    found = Copy.objects.filter(account=account, person_id=person).exclude(state="gone").order_by("-pk").first()
    if found is None or (found.expires_at is not None and found.expires_at <= at):
        return None
    return found


def content(*, copy: Copy) -> bytes:
    """The file; the caller got the copy from :func:`mine`."""
    if copy.state != "ready":
        raise FileNotFoundError
    return sealedfiles.read(copy.digest)


def sweep(*, at: dt.datetime) -> int:
    """Take away the files whose hours are over."""
    over = list(Copy.objects.filter(state="ready", expires_at__lte=at))
    for one in over:
        sealedfiles.remove(one.digest)
    Copy.objects.filter(pk__in=[one.pk for one in over]).update(state="gone", digest="")
    return len(over)


def sections(person: int, *, sealed: bool = True) -> Iterator[Section]:
    """Everything that the tables declare to hold of a person; without ``sealed`` matters for paper at a counter."""
    files = [person, *Person.objects.filter(survivor_id=person).values_list("pk", flat=True)]
    family = Person.objects.values_list("family_id", flat=True).get(pk=person)
    for table in personal.tables():
        if table.of and table.personal and not table.apart:
            rows = list(_rows(table, files, family, sealed=sealed))
            if rows:
                yield Section(table, copywords.TABLES.get(table.model, (table.model, table.model)), rows)


def _rows(table: Table, files: list[int], family: int | None, *, sealed: bool) -> Iterator[dict[str, Any]]:
    model: Any = apps.get_model(table.model)
    mine_ = Q(**{f"{table.of}__in": files})
    if table.household and family is not None:
        mine_ |= Q(**{table.household: family, f"{table.of}__isnull": True})
    found = model._base_manager.filter(mine_)
    if not sealed:
        found = found.filter(**dict.fromkeys(_sealed_ways(model), False))
    columns = {one.column: one for one in table.sealed}
    names = [name for name, kind in table.kinds.items() if kind in {"said", "sensitive", "words", "sealed"}]
    held = {field.attname for field in model._meta.concrete_fields}
    names += [name for name in _TIMES if name in held and name not in names]
    salts = [one.salt for one in table.sealed]
    for row in found.order_by("pk").values(*names, *salts)[:MOST]:
        for name, one in columns.items():
            row[name] = seal.unseal(row[name], row[one.salt], one.field) if row[name] else ""
        yield {name: row[name] for name in names}


def _sealed_ways(model: Any) -> list[str]:
    """The ways from a row to the mark that its matter is sealed."""
    for way in ("", "case", "line"):
        owner = model._meta.get_field(way).related_model if way and _has(model, way) else model if not way else None
        if (
            owner is not None
            and _has(owner, "sealed")
            and owner._meta.get_field("sealed").get_internal_type() == "BooleanField"
        ):
            return [f"{way}__sealed" if way else "sealed"]
    return []


def _has(model: Any, name: str) -> bool:
    return any(field.name == name for field in model._meta.concrete_fields)


def written(person: int, *, at: dt.datetime, sealed: bool, place: int) -> bytes:
    """The copy as a zip: a PDF to read, a JSON for machines, and the person's own pictures and papers."""
    found = list(sections(person, sealed=sealed))
    services = _services()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("copy.pdf", paper.pdf(TEMPLATE, _told(person, found, services, at, place), at=at, code=None))
        said = {"made_at": at.isoformat(), "law": "个人信息保护法 第四十五条",
                "tables": {one.table.model: one.rows for one in found}}  # fmt: skip
        archive.writestr("data.json", json.dumps(said, ensure_ascii=False, indent=1, default=_jsonable))
        for number, (digest, ending) in enumerate(_files(found), 1):
            try:
                archive.writestr(f"papers/{number:03d}.{ending}", sealedfiles.read(digest))
            except (FileNotFoundError, ValueError):
                archive.writestr(f"papers/{number:03d}.missing.txt", digest)
    return out.getvalue()


def _jsonable(given: Any) -> str:
    return given.isoformat() if isinstance(given, dt.date) else str(given)


def _files(found: list[Section]) -> Iterator[tuple[str, str]]:
    for one in found:
        if one.table.file:
            model: Any = apps.get_model(one.table.model)
            kinds = dict(model._base_manager.filter(**{f"{one.table.file}__in": [row[one.table.file] for row in one.rows]})
                         .values_list(one.table.file, "content_type"))  # fmt: skip
            for digest in dict.fromkeys(row[one.table.file] for row in one.rows):
                yield digest, ENDINGS.get(kinds.get(digest, ""), "bin")


def _services() -> dict[str, Pair]:
    """Names of services by code, from the newest version of each."""
    rows = apps.get_model("catalogue.Version")._base_manager.order_by("number").values_list("service", "declaration")
    return {code: (said["name"]["zh"], said["name"].get("en", code)) for code, said in rows
            if isinstance(said.get("name"), dict) and "zh" in said["name"]}  # fmt: skip


def _told(person: int, found: list[Section], services: dict[str, Pair], at: dt.datetime, place: int) -> dict[str, Any]:
    """What the printed copy says, table by table, empty values left out."""
    one = Person.objects.get(pk=person)
    words = {
        "title": ("个人信息副本", "A copy of your personal data"),
        "lead": (f"{settings.APP_NAME}里关于您的全部记录。别人的信息不在其中。依据《个人信息保护法》第四十五条。",
                 "Everything held about you; nothing about others. 个人信息保护法 art. 45."),
        "why": ("用途", "Purpose"), "law": ("依据", "Basis"),
        "correct": ("有不对的地方：在应用里点“改正”，或到窗口说一声。", "Something is wrong? Say so in the app or at the counter."),
    }  # fmt: skip
    return {
        **{name: pair[place] for name, pair in words.items()},
        "name": one.name, "number": one.file_number, "day": clock.day(at).isoformat(),
        "sections": [
            {"title": part.title[place], "purpose": personal.PURPOSES[part.table.purpose][place],
             "basis": personal.BASES[part.table.basis][place],
             "rows": [_line(row, services, place) for row in part.rows]}
            for part in found
        ],
    }  # fmt: skip


def _line(row: dict[str, Any], services: dict[str, Pair], place: int) -> list[list[str]]:
    made = []
    for name, given in row.items():
        if name in {"recorded_at", "digest", "person", "person_id", "account_id"}:
            continue
        words = copywords.value(name, given, services, place)
        if words:
            made.append([copywords.field(name)[place], words])
    return made
