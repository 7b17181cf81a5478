"""``lianxin bench``: one name or all, and an exit code that says when a limit was passed."""

from __future__ import annotations

import argparse
import ast
from pathlib import Path

import pytest

from lianxin.engine.refusal import Refusal
from lianxin.ops import checks


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "benchmarks"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "fast.py").write_text("import sys\nprint('fast ran', flush=True)\nsys.exit(0)\n")
    (folder / "slow.py").write_text("import sys\nprint('slow ran', flush=True)\nsys.exit(1)\n")
    (folder / "whole.py").write_text("print('whole ran', flush=True)\n")
    monkeypatch.setattr(checks, "BENCHMARKS", folder)
    return folder


@pytest.mark.usefixtures("folder")
def test_one_over_its_limit_fails_the_command_after_all_have_run(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Refusal, match="slow"):
        checks.bench(argparse.Namespace(name=None))
    out = capfd.readouterr().out
    assert [word in out for word in ("fast ran", "slow ran", "whole ran")] == [True] * 3


@pytest.mark.usefixtures("folder")
def test_within_the_limits_is_success() -> None:
    assert checks.bench(argparse.Namespace(name="fast")) == 0


@pytest.mark.usefixtures("folder")
def test_a_wrong_name_says_the_names() -> None:
    with pytest.raises(Refusal, match="fast, slow, whole"):
        checks.bench(argparse.Namespace(name="quick"))


def test_every_benchmark_says_its_limit() -> None:
    for path in checks.BENCHMARKS.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "LIMIT" in text:  # tenfold measures nothing by itself
            said = ast.get_docstring(ast.parse(text)) or ""
            assert "limit" in said or "at most" in said, path.name
