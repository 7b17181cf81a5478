"""Check a whole catalogue, or one service folder: declarations, examples, figures, reviews, trees of indicators."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from lianxin.engine import assessing, attributes, documents, examples, figures, releasing
from lianxin.engine.declaration import Service
from lianxin.engine.declaring import load_service, service_file
from lianxin.engine.facts import VOCABULARY, Fact
from lianxin.engine.problems import DeclarationErrors, Problem, nearest
from lianxin.engine.refusal import Refusal
from lianxin.engine.tongue import say

BESIDES = ("finding.yaml", "plans.yaml")  # read by the app from the folder itself
_FIGURE = re.compile(r"\{\{\s*figure:([^}\s]*)\s*\}\}")


@dataclass(slots=True)
class Checked:
    """One sound service: how many examples hold and what it asks of people."""

    service: Service
    examples: int
    folder: Path


@dataclass(slots=True)
class Report:
    """What a check found. ``errors`` refuse publication, ``warnings`` do not."""

    services: list[Checked] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    figures: int = 0

    def add(self, problems: list[Problem]) -> None:
        """Sort problems by how grave they are."""
        for problem in problems:
            (self.warnings if problem.severity == "warning" else self.errors).append(problem)


def check(path: Path) -> Report:
    """Check ``path``. Raises :class:`Refusal` where there is nothing to check."""
    if service_file(path).is_file():
        folder = path if path.is_dir() else path.parent
        report = Report()
        try:
            facts = attributes.vocabulary_for(folder)
        except DeclarationErrors as errors:
            report.add(list(errors.problems))
            facts = VOCABULARY
        _service(report, folder, facts)
        return report
    if not path.exists():
        raise Refusal(say(f"there is nothing at {path}", f"{path} 那里什么都没有"))
    if not (path / "services").is_dir():
        raise Refusal(
            say(f"{path} is neither a catalogue (a folder with services/) nor a service's folder (service.yaml)",
                f"{path} 既不是目录（含 services/ 的文件夹），也不是事项的文件夹（含 service.yaml）")
        )  # fmt: skip
    found = _catalogue(path, contents(path))
    return Report(list(found.services), list(found.errors), list(found.warnings), found.figures)


def contents(path: Path) -> str:
    """A digest of what a catalogue's check reads; of a file that is too large, what is read of it and its size."""
    whole = hashlib.sha256()
    files = (*path.glob("*.yaml"), *path.glob("services/*/*.yaml"), *path.glob("services/*/*.json"),
             *path.glob("figures/*.yaml"), *path.glob("reviews/*.md"), *path.glob("assessment/*.yaml"))  # fmt: skip
    for file in sorted(files):
        try:
            with file.open("rb") as data:
                text, size = data.read(documents.MAX_BYTES + 1), file.stat().st_size
        except OSError as fault:  # the check says it in its own words
            text, size = type(fault).__name__.encode(), -1
        whole.update(f"{file.relative_to(path)}\0{size}\0".encode() + text)
    return whole.hexdigest()


@lru_cache(maxsize=4)
def _catalogue(path: Path, contents: str) -> Report:
    """A catalogue with these contents; whoever asks again for the same gets the same."""
    report = Report()
    facts: Mapping[str, Fact] = VOCABULARY
    if (path / "attributes.yaml").is_file():
        try:
            facts = {**VOCABULARY, **attributes.read(path / "attributes.yaml")}
        except DeclarationErrors as errors:
            report.add(list(errors.problems))
    for file in (path / name for name in BESIDES if (path / name).is_file()):
        try:
            documents.read(file)
        except DeclarationErrors as errors:
            report.add(list(errors.problems))
    for folder in sorted(one for one in (path / "services").iterdir() if one.is_dir()):
        _service(report, folder, facts)
    codes = []
    for file in sorted((path / "figures").glob("*.yaml")):
        found = figures.check(file)
        report.add(found)
        codes.append(file.stem)
    report.figures = len(codes)
    for file in sorted((path / "reviews").glob("*.md")):
        report.add(_review(file, codes))
    for file in sorted((path / "assessment").glob("*.yaml")):
        report.add(assessing.check(file, codes))
    if (path / releasing.FILE).is_file():
        report.add(releasing.check(path / releasing.FILE, codes))
    return report


def _service(report: Report, folder: Path, facts: Mapping[str, Fact]) -> None:
    try:
        service = load_service(folder, facts=facts)
    except DeclarationErrors as errors:
        report.add(list(errors.problems))
        return
    report.add(list(service.warnings))
    file = folder / ("examples.json" if (folder / "examples.json").is_file() else "examples.yaml")
    ran, problems = examples.run(service, file)
    report.add(problems)
    if not any(problem.severity == "error" for problem in problems):
        report.services.append(Checked(service, len(ran), folder))


def _review(file: Path, codes: list[str]) -> list[Problem]:
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), 1):
        for code in _FIGURE.findall(line):
            if code not in codes:
                near = nearest(code, codes)
                found.append(
                    Problem(
                        f"reviews/{file.name}", number, code, near, f"没有指标“{code}”", f"there is no figure '{code}'"
                    )
                )
    return found
