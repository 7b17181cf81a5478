"""What a checked folder hands to publishing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lianxin.engine import attributes, documents
from lianxin.engine.checking import Report
from lianxin.engine.declaration import Service


@dataclass(frozen=True, slots=True)
class Folder:
    """One service as it lies in its folder, with the city's own facts it was read with."""

    service: Service
    examples: list[Any]
    attributes: list[Any]


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
