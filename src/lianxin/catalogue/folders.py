"""What a checked folder hands to publishing, and whether it lies there unpublished."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lianxin.catalogue.models import Version
from lianxin.engine import attributes, checking, documents
from lianxin.engine.checking import Report
from lianxin.engine.declaration import Service

KEPT = "catalogue-digests.json"  # in the home: what the folder's services come to, so that a page need not read them


@dataclass(frozen=True, slots=True)
class Folder:
    """One service as it lies in its folder, with the city's own facts it was read with."""

    service: Service
    examples: list[Any]
    attributes: list[Any]

    def stored(self) -> tuple[dict[str, Any], list[Any], str]:
        """What a version keeps of it: the declaration, the examples, and the digest of both."""
        declaration = {"service": plain(self.service.to_data()), "attributes": plain(self.attributes)}
        examples = plain(self.examples)
        text = json.dumps([declaration, examples], ensure_ascii=False, sort_keys=True)
        return declaration, examples, hashlib.sha256(text.encode()).hexdigest()


def read(report: Report) -> list[Folder]:
    """Every sound service of a report as data that a version stores."""
    made = []
    for one in report.services:
        beside, examples = attributes.beside(one.folder), one.folder / "examples.yaml"
        made.append(
            Folder(
                one.service,
                documents.plain(documents.read(examples)) or [] if examples.is_file() else [],
                documents.plain(documents.read(beside)) or [] if beside.is_file() else [],
            )
        )
    return made


def plain(data: Any) -> Any:
    """JSON-ready: days as text."""
    return json.loads(json.dumps(data, ensure_ascii=False, default=str))


def unpublished(path: Path, home: Path, *, read_anew: bool = False) -> list[str]:
    """The services of a catalogue that no version ever said as their folder says them now, sealed ones too.

    What was published from the browser since is no news of the folder's: its older text is a version as well. The folder is
    read once for each of its contents; where that was not done yet, it is only with ``read_anew`` (about a second). A
    catalogue with faults has nothing to publish: ``catalogue check`` says them.
    """
    contents = checking.contents(path)
    found = _kept(home / KEPT, contents)
    if found is None:
        if not read_anew:
            return []
        found = {one.service.code: one.stored()[2] for one in read(checking.check(path))}
        _keep(home / KEPT, {"contents": contents, "digests": found})
    published = set(Version.objects.filter(service__in=list(found)).values_list("service", "digest"))
    return sorted(code for code, digest in found.items() if (code, digest) not in published)


def _kept(file: Path, contents: str) -> dict[str, str] | None:
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        return dict(said["digests"]) if said["contents"] == contents else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(file: Path, said: dict[str, Any]) -> None:
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    with suppress(OSError):  # a home that cannot be written to is asked again
        beside.write_text(json.dumps(said), encoding="utf-8")
        beside.replace(file)
