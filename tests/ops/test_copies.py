"""A copy comes back on every Python that the product runs on; a fault is called by its own name, and nothing else is written.

No city is needed: an archive is made by hand and unpacked by what restore unpacks with.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from lianxin.engine.refusal import Refusal
from lianxin.ops import copies

CONTENT = b"SQLite format 3\x00 the rows"
MANIFEST = {"database": "lianxin.sqlite3", "digest": hashlib.sha256(CONTENT).hexdigest(), "keys": "0" * 16}


def packed(path: Path, *more: tuple[str, bytes | str]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, data in (("manifest.json", json.dumps(MANIFEST).encode()), ("lianxin.sqlite3", CONTENT), *more):
            info = tarfile.TarInfo(name)
            if isinstance(data, str):
                info.type, info.linkname = tarfile.SYMTYPE, data
                archive.addfile(info)
            else:
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
    return path


def test_a_copy_unpacks_where_python_has_no_filters(tmp_path, monkeypatch):
    """Python 3.11.0 to 3.11.3 know no ``filter=``; nothing that came later is asked for."""
    monkeypatch.delattr(tarfile, "data_filter", raising=False)
    for name in ("extract", "extractall"):
        monkeypatch.delattr(tarfile.TarFile, name)
    source, home = packed(tmp_path / "copy.tar.gz", ("papers/2026/a.pdf", b"%PDF")), tmp_path / "home"
    copies._unpack(source, home, copies._manifest(source))
    assert (home / "lianxin.sqlite3").read_bytes() == CONTENT
    assert (home / "papers/2026/a.pdf").read_bytes() == b"%PDF"
    assert not (home / "manifest.json").exists()


@pytest.mark.parametrize("member", [
    ("../outside", b"x"), ("papers/../../outside", b"x"), ("/tmp/outside-of-it", b"x"), ("keys.json", b"{}"),
    ("papers/link", "/etc/passwd"), ("papers\\..\\..\\outside", b"x"),
])  # fmt: skip
def test_what_no_backup_holds_is_never_written(tmp_path, member):
    source, home = packed(tmp_path / "copy.tar.gz", member), tmp_path / "home"
    with pytest.raises(Refusal, match=r"backup|备份"):
        copies._unpack(source, home, copies._manifest(source))
    assert not [path for path in tmp_path.rglob("*") if "outside" in path.name or path.is_symlink()]
    assert not (home / "lianxin.sqlite3").exists()


def test_a_fault_of_the_program_is_not_called_a_damaged_copy(tmp_path, monkeypatch):
    source = packed(tmp_path / "copy.tar.gz")

    def broken(*_given):
        raise TypeError("a fault")

    monkeypatch.setattr(copies.shutil, "copyfileobj", broken)
    with pytest.raises(TypeError):
        copies._unpack(source, tmp_path / "home", copies._manifest(source))


@pytest.mark.parametrize(
    "said", [b"[]", b"{}", b"\xff", b"{", b'{"database": "keys.json", "digest": "0", "keys": "0"}']
)
def test_a_manifest_that_says_nothing_is_no_backup(tmp_path, said):
    with tarfile.open(tmp_path / "copy.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("manifest.json")
        info.size = len(said)
        archive.addfile(info, io.BytesIO(said))
    with pytest.raises(Refusal, match=r"backup|备份"):
        copies._manifest(tmp_path / "copy.tar.gz")


def test_without_the_keys_it_says_so_before_anything_is_unpacked(tmp_path, monkeypatch):
    import argparse

    home = tmp_path / "home"
    monkeypatch.setenv("LIANXIN_HOME", str(home))
    monkeypatch.delenv("LIANXIN_KEYS", raising=False)
    with pytest.raises(Refusal, match=r"keys\.json (is missing|没有)|没有.*keys\.json"):
        copies.restore(argparse.Namespace(file=packed(tmp_path / "copy.tar.gz")))
    assert not home.exists() or not list(home.iterdir())
    monkeypatch.setenv("LIANXIN_KEYS", str(tmp_path / "elsewhere.json"))
    with pytest.raises(Refusal, match=r"elsewhere\.json"):
        copies.restore(argparse.Namespace(file=tmp_path / "copy.tar.gz"))
