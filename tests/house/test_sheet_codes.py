"""Paper is a first-class client: whatever is printed carries the signed code of its own state. Nobody adds a sheet without."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE, PAGES = ROOT / "src" / "lianxin", ROOT / "templates"

# What is no sheet of ours that comes back to a desk, and why.
NO_SHEET = {
    "people/copy.typ": "the copy of one's data that a person takes away; made where no desk stands behind it",
    "people/copying.py": "the same",
    "insight/commands.py": "the command's file of a review: no installation's address stands behind it",
    "catalogue/guide.typ": "published, the same for everybody; its code opens the service's page",
    "catalogue/poster.typ": "the same",
    "catalogue/guides.py": "the same",
    "verifier/poster.typ": "published, the same for everybody; its code opens the verifier",
    "verifier/poster.py": "the same",
    "cards/credential.typ": "the holder's own; the code it draws is the credential itself",
    "cards/sheet.py": "the same",
    "mfa/recovery_codes/index.html": "secrets that are locked away and never photographed",
}


def named(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def prints(path: Path) -> list[ast.Call]:
    """The calls that turn a template into a PDF."""
    calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    return [one for one in calls if isinstance(one.func, ast.Attribute) and one.func.attr == "pdf"
            and isinstance(one.func.value, ast.Name) and one.func.value.id in {"paper", "printing"}]  # fmt: skip


PAPERS = [path for path in sorted(SOURCE.rglob("*.typ")) if path.name != "sheet.typ"]
MODULES = [path for path in sorted(SOURCE.rglob("*.py")) if prints(path)]
PRINTED = [path for path in sorted(PAGES.rglob("*.html"))
           if re.search(r'data-prints|class="sheet"|ui/prints\.html', path.read_text()) and path.name != "prints.html"]  # fmt: skip


def test_there_are_sheets_to_look_at():
    assert len(PAPERS) >= 10 and len(MODULES) >= 8 and len(PRINTED) >= 6
    for name in NO_SHEET:
        assert any((root / name).exists() for root in (SOURCE, PAGES)), f"{name} is gone: take it off the list"


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: named(path, SOURCE))
def test_every_paper_draws_its_code(path):
    text = path.read_text()
    drawn = re.search(r"\bmark\((d|given)\.sheet\b", text) or re.search(r"\bsheets?(\.at\(\w+\))?\.(qr|code)\b", text)
    assert drawn or named(path, SOURCE) in NO_SHEET, "draw mark(d.sheet) from /engine/sheet.typ"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: named(path, SOURCE))
def test_every_print_is_given_its_code(path):
    for call in prints(path):
        code = next((one.value for one in call.keywords if one.arg == "code"), None)
        bare = code is None or (isinstance(code, ast.Constant) and code.value is None)
        assert not bare or named(path, SOURCE) in NO_SHEET, f"line {call.lineno}: give the sheet its code (papercodes)"


@pytest.mark.parametrize("path", PRINTED, ids=lambda path: named(path, PAGES))
def test_every_page_that_is_printed_shows_its_code(path):
    shown = '{% include "ui/sheet_code.html"' in path.read_text()
    assert shown or named(path, PAGES) in NO_SHEET, 'include "ui/sheet_code.html"; papercodes makes the code'
