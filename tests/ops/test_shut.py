"""What lies in a home is its owner's to read, and nobody else's on the machine."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="folders with owners")


def test_a_home_is_its_owners_alone(tmp_path):
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    ledger = tmp_path / "a.csv"
    ledger.write_text("姓名,身份证号\n", encoding="utf-8")
    given = {**os.environ, "LIANXIN_HOME": str(home), "DATABASE_URL": ""}
    before = os.umask(0o022)
    try:
        for command in (["import", "people", str(ledger)], ["backup", str(tmp_path / "copy.tar.gz")]):
            subprocess.run([sys.executable, "-m", "lianxin.ops.main", *command], env=given, capture_output=True)
    finally:
        os.umask(before)
    assert home.stat().st_mode & 0o777 == 0o700
    made = [path for path in (*home.rglob("*"), tmp_path / "copy.tar.gz") if path.is_file()]
    assert {path.name for path in made} >= {"keys.json", "lianxin.sqlite3", "copy.tar.gz"}
    assert [path.name for path in made if path.stat().st_mode & 0o077] == []
