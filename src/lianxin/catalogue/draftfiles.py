"""The files of a draft: from a version in force, from nothing, from a zip; and back into a folder or a zip.

The format of the catalogue is the only way in: what is made here is what `lianxin catalogue check` reads.
"""

from __future__ import annotations

import io
import json
import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from lianxin.catalogue.draftmodels import Draft
from lianxin.catalogue.models import Version
from lianxin.engine import attributes, documents, revising
from lianxin.engine.facts import VOCABULARY, Fact
from lianxin.engine.problems import DeclarationErrors
from lianxin.engine.reading import KEBAB
from lianxin.engine.refusal import Refusal
from lianxin.people import archives

LARGEST = 2 * 1024 * 1024  # bytes of a zip, and of what it unfolds to
MOST = 40  # files of a folder
PAPER = re.compile(r"[a-z0-9-]{1,60}\.typ")  # what a printed paper is called
EPOCH = (2000, 1, 1, 0, 0, 0)  # no moment of packing in a zip: the same draft gives the same bytes
SKELETON = """\
# {zh}
code: {code}
name:    {{zh: {zh}, en: {en}}}
summary: {{zh: 一句话说清给谁、给什么, en: One sentence on who gets what}}
pillar: net
subject: person
mode: confirm
effective: {{from: {day}, to: null}}
basis:
  - {{source: 写上文件名称和文号, standing: illustrative}}
parameters:
  rate:
    name: {{zh: 标准, en: rate}}
    unit: fen
    standing: illustrative
    values: {{{day}: 10000}}
who:
  - test: veteran
    say:  {{zh: 退役军人, en: veteran}}
  - test: resident_here
    say:  {{zh: 居住在本市, en: lives in this city}}
unless:
  - test: suspension IN ('suspended', 'cancelled')
    say:  {{zh: 待遇已被中止或取消, en: entitlements suspended or cancelled by the province}}
    tell: desk
amount: :rate
repeat: once
per: person
route:
  - {{step: accept,  at: township, within: 5 working days}}
  - {{step: verify,  at: county,   within: 5 working days}}
  - {{step: approve, at: city,     within: 5 working days}}
  - {{step: deliver, as: payment, at: city, within: 10 working days}}
"""
EXAMPLES = """\
- name: {{zh: 符合条件的退役军人, en: a veteran who fits}}
  day: {day}
  given: {{veteran: true, resident_here: true, suspension: none}}
  expect: {{verdict: entitled, amount: 10000}}
- name: {{zh: 条件都不满足, en: nothing holds}}
  day: {day}
  given: {{veteran: false, resident_here: false, suspension: suspended}}
  expect: {{verdict: not_entitled, because: [0, 1, unless-0]}}
"""


@dataclass(frozen=True, slots=True)
class Files:
    """The texts of one folder. ``own``: as its authors wrote it; else written anew from the stored data."""

    code: str
    declaration: str
    examples: str
    papers: dict[str, str] = field(default_factory=dict)
    own: bool = True


def facts() -> Mapping[str, Fact]:
    """The vocabulary of this city."""
    path = settings.CATALOGUE / "attributes.yaml"
    return {**VOCABULARY, **attributes.read(path)} if path.is_file() else VOCABULARY


def of_version(version: Version) -> Files:
    """The text of a published version: what was written here, or the folder that still says the same, or neither."""
    written = Draft.objects.filter(version=version).order_by("-pk").first()
    if written is not None:
        return Files(version.service, written.declaration, written.examples, dict(written.papers))
    folder = settings.CATALOGUE / "services" / version.service
    declaration, examples = folder / "service.yaml", folder / "examples.yaml"
    papers = {one.name: one.read_text(encoding="utf-8") for one in sorted(folder.glob("*.typ"))}
    if declaration.is_file():
        text = declaration.read_text(encoding="utf-8")
        cases = examples.read_text(encoding="utf-8") if examples.is_file() else ""
        if _says(text, version.declaration["service"]) and _says(cases, version.examples):
            return Files(version.service, text, cases, papers)
    return Files(
        version.service, revising.block(version.declaration["service"]) + "\n",
        revising.block(version.examples) + "\n" if version.examples else "", papers, own=False,
    )  # fmt: skip


def text_of(version: int) -> str:
    """The declaration of a published version as text."""
    return of_version(Version.objects.get(pk=version)).declaration


def _says(text: str, data: Any) -> bool:
    try:
        said = documents.plain(documents.parse(text, "text"))
    except DeclarationErrors:
        return False
    return json.dumps(said or [], sort_keys=True) == json.dumps(data or [], sort_keys=True)


def skeleton(code: str, zh: str, en: str, day: str) -> Files:
    """A service that is sound from its first line, for its author to change."""
    names = {"code": code, "zh": revising.inline(zh), "en": revising.inline(en or zh), "day": day}
    return Files(code, SKELETON.format(**names).replace(f"# {names['zh']}", f"# {' '.join(zh.split())}", 1),
                 EXAMPLES.format(**names))  # fmt: skip


def from_zip(data: bytes) -> Files:
    """The one service's folder in a zip. Raises :class:`Refusal` with the way out; nothing is ever unpacked to disk."""
    files = unzipped(data)
    place = declaration_in(files)
    declaration, folder = files[place], place.parent
    code = folder.name or _code_in(declaration)
    if not KEBAB.fullmatch(code) or len(code) > 60:
        raise Refusal(_("The folder of a service is named by its code, in small letters, digits and hyphens."))
    beside = {path.name: text for path, text in files.items() if path.parent == folder}
    papers = {name: text for name, text in beside.items() if PAPER.fullmatch(name)}
    return Files(code, declaration, beside.get("examples.yaml", beside.get("examples.json", "")), papers)


def declaration_in(files: Mapping[PurePosixPath, str]) -> PurePosixPath:
    """Which of these files is the one declaration. Raises :class:`Refusal` where there is none, or several."""
    places = [path for path in files if path.name in ("service.yaml", "service.json")]
    if not places:
        raise Refusal(_("There is no service.yaml in this zip. Pack the service's folder as it lies in the catalogue."))
    if len({path.parent for path in places}) > 1:
        raise Refusal(_("This zip holds several services. Pack one service's folder at a time."))
    return places[0]


def unzipped(data: bytes) -> dict[PurePosixPath, str]:
    """The texts in a zip, read in memory; never more than :data:`LARGEST`. Raises :class:`Refusal`."""
    if len(data) > LARGEST:
        raise Refusal(_("The zip is larger than 2 MB; a service's folder is a few texts."))
    try:
        with archives.opened(io.BytesIO(data), most=LARGEST, parts=MOST) as packed:
            return {
                PurePosixPath(one.filename): packed.read(one).decode("utf-8-sig")
                for one in packed.parts
                if "__MACOSX" not in one.filename and one.filename.endswith((".yaml", ".json", ".typ"))
            }
    except UnicodeDecodeError as fault:
        raise Refusal(_("A file in this zip is not UTF-8 text.")) from fault
    except archives.UNREADABLE as fault:
        raise Refusal(_("This file is not a zip that can be read.")) from fault


def _code_in(declaration: str) -> str:
    try:
        said = documents.plain(documents.parse(declaration, "service.yaml"))
    except DeclarationErrors:
        return ""
    return str(said.get("code", "")) if isinstance(said, dict) else ""


def packed(draft: Draft) -> bytes:
    """The draft as a small catalogue in a zip: its folder as it stands, and the city's own facts that it is read with."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as out:
        for name, text in _laid(draft):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            out.writestr(entry, text.encode())
    return made.getvalue()


def _laid(draft: Draft) -> Iterator[tuple[str, str]]:
    yield f"services/{draft.service}/service.yaml", draft.declaration
    yield f"services/{draft.service}/examples.yaml", draft.examples
    for name, text in sorted(draft.papers.items()):
        if PurePosixPath(name).name == name:
            yield f"services/{draft.service}/{name}", text
    own = settings.CATALOGUE / "attributes.yaml"
    if own.is_file():
        yield "attributes.yaml", own.read_text(encoding="utf-8")


@contextmanager
def folder(draft: Draft) -> Iterator[Path]:
    """The draft as a catalogue on disk, gone afterwards: what the checker and publishing read."""
    with tempfile.TemporaryDirectory(prefix="draft-") as made:
        for name, text in _laid(draft):
            path = Path(made) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        yield Path(made)
