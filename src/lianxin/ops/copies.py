"""Backup while the work goes on; restore into an empty home, then verify."""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import sqlite3
import subprocess
import tarfile
import tempfile
import zlib
from pathlib import Path
from typing import Any

from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.tongue import say
from lianxin.ops import start

_FOLDERS = ("papers", "files", "ledgers")
_DATABASE = "lianxin.sqlite3"
_BROKEN = (tarfile.TarError, KeyError, TypeError, UnicodeDecodeError, json.JSONDecodeError, EOFError, zlib.error)


def _fingerprints() -> dict[str, str]:
    from lianxin.access import keyring

    return {str(key.id): key.fingerprint() for key in keyring.ring(fresh=True).live}


def _keys_mark(home: Path) -> str:
    path = home / "keys.json"
    return hashlib.sha256(b"lianxin-keys:" + path.read_bytes()).hexdigest()[:16] if path.exists() else ""


def backup(given: argparse.Namespace) -> int:
    """Write one tar.gz: the database as of one instant, the papers, a manifest; never the keys."""
    target: Path = given.file
    if target.exists():
        raise Refusal(say(f"{target} exists already; name a new file", f"{target} 已经有了；请换一个文件名"))
    start.folder_of(target)
    start.django_ready(create=False)
    home = start.home()
    draft = target.with_name(target.name + ".part")
    try:
        with tempfile.TemporaryDirectory(dir=target.resolve().parent) as scratch:
            copy, name = _copy_database(home, Path(scratch))
            digest = _digest(copy)
            manifest = {
                "at": clock.now().isoformat(), "database": name, "digest": digest, "keys": _keys_mark(home),
                "ring": _fingerprints(),
                "demo": (home / "demo.json").exists(),
            }  # fmt: skip
            with tarfile.open(draft, "w:gz", compresslevel=1) as archive:
                said = json.dumps(manifest).encode()
                info = tarfile.TarInfo("manifest.json")
                info.size = len(said)
                archive.addfile(info, io.BytesIO(said))
                archive.add(copy, name)
                for folder in (*_FOLDERS, "demo.json"):
                    if (home / folder).exists():
                        archive.add(home / folder, folder)
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    size, keys = target.stat().st_size, home / "keys.json"
    print(say(f"{target} {size} bytes; keep {keys} apart from it: it is not inside",
              f"{target} {size} 字节；{keys} 不在里面，请另存一处"))  # fmt: skip
    return 0


def _copy_database(home: Path, scratch: Path) -> tuple[Path, str]:
    from django.db import connection

    if connection.vendor == "sqlite":
        copy = scratch / _DATABASE
        source = sqlite3.connect(home / _DATABASE)
        with sqlite3.connect(copy) as destination:
            source.backup(destination, pages=4096)
        source.close()
        destination.close()
        return copy, _DATABASE
    copy = scratch / "lianxin.dump"
    _run_pg(["pg_dump", "--format=custom", "--no-owner", f"--file={copy}"])
    return copy, "lianxin.dump"


def _run_pg(command: list[str]) -> None:
    import os

    try:
        subprocess.run([*command, "--dbname", os.environ["DATABASE_URL"]], check=True, capture_output=True)  # noqa: S603
    except FileNotFoundError as error:
        raise Refusal(
            say(
                f"{command[0]} is not installed; install PostgreSQL's client programs",
                f"没有装 {command[0]}；请安装 PostgreSQL 的客户端程序",
            )
        ) from error
    except subprocess.CalledProcessError as error:
        because = error.stderr.decode(errors="replace").strip()[:200]
        raise Refusal(say(f"{command[0]} failed: {because}", f"{command[0]} 没有成功：{because}")) from error


def _digest(path: Path) -> str:
    made = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            made.update(block)
    return made.hexdigest()


def restore(given: argparse.Namespace) -> int:
    """Unpack a copy into an empty home and verify the journal and the books."""
    source: Path = given.file
    home = start.home()
    if not source.is_file():
        raise Refusal(say(f"there is no file {source}", f"没有文件 {source}"))
    manifest = _manifest(source)
    if (home / _DATABASE).exists():
        raise Refusal(
            say(
                f"{home} is not empty; set LIANXIN_HOME to a new folder and put keys.json into it",
                f"{home} 不是空的；请把 LIANXIN_HOME 指到一个新文件夹，并把 keys.json 放进去",
            )
        )
    _unpack(source, home, manifest)
    mark = _keys_mark(home)
    if not _keys_fit(manifest, mark):
        (home / _DATABASE).unlink(missing_ok=True)
        other = say(
            " (the one there belongs to another city, or the copy is older than its keys: use those of its time)",
            "（那里的一份属于别的城市，或者备份比钥匙早：请用当时的钥匙）",
        )
        wanted = say(
            f"put the keys.json of this copy into {home} first: without it no identity number can be read",
            f"请先把这份备份的 keys.json 放进 {home}：没有它，任何身份证号都读不出来",
        )
        raise Refusal(wanted + (other if mark else ""))
    if manifest["database"] != _DATABASE:
        _run_pg(["pg_restore", "--no-owner", "--exit-on-error", str(home / manifest["database"])])
        (home / manifest["database"]).unlink()
    start.django_ready(create=False)
    from lianxin.journal import queries

    found = queries.verify()
    if found.broken is not None:
        raise Refusal(
            say(f"the copy is restored but its journal is broken at entry {found.broken} ({found.because})",
                f"备份已经恢复，但日志在第 {found.broken} 条断了（{found.because}）")
        )  # fmt: skip
    from lianxin.cards import credentials
    from lianxin.payments import commands

    code = commands.ledger_verify()
    credentials.skip(by=start.operator(), at=clock.now())
    print(say(f"restored: {found.entries} entries and {found.rows} rows hold",
              f"已恢复：{found.entries} 条日志、{found.rows} 行记录都对得上"))  # fmt: skip
    return code


def _keys_fit(manifest: dict[str, Any], mark: str) -> bool:
    """Whether the ring here holds every key under which the copy was sealed (an older copy names its keys file)."""
    if not mark:
        return False
    if "ring" not in manifest:
        return bool(mark == manifest["keys"])
    import django

    django.setup()
    return bool(manifest["ring"].items() <= _fingerprints().items())


def _manifest(source: Path) -> dict[str, Any]:
    """What a copy says of itself; read first, so that a wrong file is called one wherever it is restored to."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            inside = archive.extractfile("manifest.json")
            found: dict[str, Any] = json.loads(inside.read()) if inside else {}
            return {"database": found["database"], "digest": found["digest"], "keys": found["keys"], **found}
    except _BROKEN as error:
        raise _no_copy(source) from error


def _no_copy(source: Path) -> Refusal:
    return Refusal(
        say(
            f"{source} is not a lianxin backup, or it is damaged; nothing was restored",
            f"{source} 不是连心的备份，或者坏了；什么都没有恢复",
        )
    )


def _unpack(source: Path, home: Path, manifest: dict[str, Any]) -> None:
    try:
        with tarfile.open(source, "r:gz") as archive:
            home.mkdir(parents=True, exist_ok=True)
            archive.extractall(home, [member for member in archive if member.name != "manifest.json"], filter="data")
    except _BROKEN as error:
        raise _no_copy(source) from error
    database = home / manifest["database"]
    if not database.exists() or _digest(database) != manifest["digest"]:
        database.unlink(missing_ok=True)
        raise Refusal(
            say(f"{source} is damaged: the database inside does not match its digest; nothing was restored",
                f"{source} 坏了：里面的数据库与它的摘要对不上；什么都没有恢复")
        )  # fmt: skip
