"""The house stays tidy: sizes, names, one migration a room, no signals, nothing that must not be in the source."""

import ast
import hashlib
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = sorted(path for path in (ROOT / "src" / "lianxin").rglob("*.py") if "migrations" not in path.parts)
LONGEST_FILE = 400
LONG_FUNCTION = 40
TEXTS = {".py", ".md", ".yaml", ".po", ".html", ".js", ".css", ".typ", ".csv", ".json", ""}


def functions(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node.end_lineno - node.lineno + 1


def test_no_file_is_too_long():
    long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in SOURCE}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FILE} == {}


def test_functions_are_short():
    sizes = sorted((size, str(path.relative_to(ROOT)), name) for path in SOURCE for name, size in functions(path))
    at95 = sizes[int(len(sizes) * 0.95)][0]
    assert at95 <= LONG_FUNCTION, sizes[-15:]


def test_no_signals_and_no_catch_all_names():
    for path in SOURCE:
        assert path.stem not in {"utils", "helpers", "common", "misc"}, path
        assert "django.dispatch" not in path.read_text(), path
        assert "django.db.models.signals" not in path.read_text(), path


def tracked():
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    for name in names:
        path = ROOT / name
        if path.suffix in TEXTS and path.is_file() and "vendored" not in path.parts:
            yield name, path.read_text(errors="ignore")


# SHA-256 (first 12) of two- and three-character names that must never appear; the names themselves stand nowhere.
FORBIDDEN = set((ROOT / "tests" / "house" / "forbidden.txt").read_text().split())


def test_no_name_of_a_real_person_or_unit_appears():
    han = re.compile(r"[\u4e00-\u9fff]+")
    found = set()
    for name, text in tracked():
        for run in set(han.findall(text)):
            for size in (2, 3, 4):
                for start in range(len(run) - size + 1):
                    piece = run[start : start + size]
                    if hashlib.sha256(piece.encode()).hexdigest()[:12] in FORBIDDEN:
                        found.add((name, hashlib.sha256(piece.encode()).hexdigest()[:12]))
    assert found == set()


def test_headline_numbers_stand_only_in_the_recipe():
    allowed = {"src/lianxin/demo/recipe.py"}
    for name, text in tracked():
        if name in allowed or name.startswith("tests/") or not name.startswith(("src/", "catalogue/", "templates/")):
            continue
        assert not re.search(r"(?<![\d.])(975|538)(?![\d.])", text), name
