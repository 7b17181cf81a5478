"""Read the folders of a catalogue for publishing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lianxin.engine import documents
from lianxin.engine.declaration import Service
from lianxin.engine.declaring import load_service, service_file
from lianxin.engine.problems import DeclarationErrors
from lianxin.engine.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Folder:
    """One service as it lies in its folder."""

    service: Service
    examples: list[Any]


def services_under(path: Path) -> list[Path]:
    """The service folders that ``path`` names: a catalogue's, or the one folder itself."""
    if service_file(path).is_file():
        return [path if path.is_dir() else path.parent]
    folder = path / "services"
    found = sorted(one for one in folder.iterdir() if service_file(one).is_file()) if folder.is_dir() else []
    if not found:
        raise Refusal(f"{path} is neither a catalogue nor a service's folder: there is no service.yaml in it")
    return found


def read(path: Path) -> list[Folder]:
    """Every service under ``path`` with its examples. Raises :class:`Refusal` with the first fault's sentence."""
    made = []
    for folder in services_under(path):
        try:
            service = load_service(folder)
            file = folder / "examples.yaml"
            examples = documents.plain(documents.read(file)) if file.is_file() else []
        except DeclarationErrors as errors:
            more = f" (and {len(errors.problems) - 1} more)" if len(errors.problems) > 1 else ""
            raise Refusal(errors.problems[0].sentence() + more) from errors
        made.append(Folder(service, examples))
    return made
