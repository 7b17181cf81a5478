"""Generated files are what the code would write; the schemas accept what the loader accepts."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from lianxin.engine import documents, generated

CATALOGUE = generated.ROOT / "catalogue"


@pytest.mark.parametrize("path", generated.files(), ids=lambda path: path.name)
def test_generated_files_are_current(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == generated.files()[path], "run python -m lianxin.engine.generated"


@pytest.mark.parametrize(("pattern", "name"), [
    ("services/*/service.yaml", "service.json"), ("services/*/examples.yaml", "examples.json"),
    ("figures/*.yaml", "figure.json"), ("attributes.yaml", "attributes.json"),
    ("assessment/*.yaml", "assessment.json"),
])  # fmt: skip
def test_the_shipped_catalogue_fits_its_schemas(pattern: str, name: str) -> None:
    validator = Draft202012Validator(generated.schemas()[name])
    found = sorted(CATALOGUE.glob(pattern))
    assert found
    for path in found:
        validator.validate(documents.plain(documents.read(path)))


def test_a_schema_refuses_an_unknown_key() -> None:
    data = documents.plain(documents.read(CATALOGUE / "services" / "good-news" / "service.yaml"))
    validator = Draft202012Validator(generated.schemas()["service.json"])
    assert not validator.is_valid({**data, "pilar": "net"})
