"""Backup while the work goes on; restore into an empty home, then verify."""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import zlib
from pathlib import Path
from typing import IO, Any

from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.tongue import say
from lianxin.ops import start

RECENT = dt.timedelta(days=30)  # before the copy: what is in hand then may be revoked soon after
_FOLDERS = ("papers", "files", "ledgers")
_DATABASE = "lianxin.sqlite3"
_DUMP = "lianxin.dump"
_BROKEN = (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error)


def _fingerprints() -> dict[str, str]:
    from lianxin.access import keyring

    return {str(key.id): key.fingerprint() for key in keyring.ring(fresh=True).live}


def _keys_file(home: Path) -> Path:
    """Where the keys lie: in the home, or where LIANXIN_KEYS says."""
    return Path(os.environ.get("LIANXIN_KEYS") or home / "keys.json")


def _keys_mark(home: Path) -> str:
    path = _keys_file(home)
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
            with tarfile.open(draft, "w:gz", compresslevel=1, dereference=True) as archive:
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
    size, keys = target.stat().st_size, _keys_file(home)
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
    copy = scratch / _DUMP
    _run_pg(["pg_dump", "--format=custom", "--no-owner", f"--file={copy}"])
    return copy, _DUMP


def _run_pg(command: list[str]) -> None:
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
    mark = _keys_mark(home)
    if not mark:
        raise Refusal(
            say(f"{_keys_file(home)} is missing: put the keys of this copy there first, without them no identity number "
                "can be read; nothing was restored",
                f"没有 {_keys_file(home)}：请先把这份备份的钥匙放到那里，没有它任何身份证号都读不出来；什么都没有恢复")
        )  # fmt: skip
    if not _keys_fit(manifest, mark):
        raise Refusal(
            say(f"{_keys_file(home)} does not fit this copy: it belongs to another city, or the copy is older than its keys; "
                "put the keys of its time there. Nothing was restored",
                f"{_keys_file(home)} 与这份备份对不上：它属于别的城市，或者备份比钥匙早；请换成当时的钥匙。什么都没有恢复")
        )  # fmt: skip
    _unpack(source, home, manifest)
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
    _devices(manifest)
    print(say(f"restored: {found.entries} entries and {found.rows} rows hold",
              f"已恢复：{found.entries} 条日志、{found.rows} 行记录都对得上"))  # fmt: skip
    return code


def _devices(manifest: dict[str, Any]) -> None:
    """Clear the enrolment codes of the copy and say which devices to look at: it cannot know who was revoked since."""
    from lianxin.cards import devices

    at = clock.now()
    made = dt.datetime.fromisoformat(manifest["at"]) if manifest.get("at") else at
    cleared, touched = devices.restored(since=made - RECENT, by=start.operator(), at=at)
    print(say(f"{cleared} enrolment codes of devices are cleared: give new ones",
              f"设备的 {cleared} 个登记码已作废，请重新发放"))  # fmt: skip
    if touched:
        print(say("what was revoked after this copy was made lives again; look at each device in hand shortly before it:",
                  "备份之后停用的设备又成了有效的；备份前不久有变动的设备，请逐台核对："))  # fmt: skip
    for one in touched:
        print(f"  {one.pk}  {one.name}  {one.office.name}")


def _keys_fit(manifest: dict[str, Any], mark: str) -> bool:
    """Whether the ring here holds every key under which the copy was sealed (an older copy names its keys file)."""
    if "ring" not in manifest:
        return bool(mark == manifest["keys"])
    import django

    django.setup()
    return bool(manifest["ring"].items() <= _fingerprints().items())


def _manifest(source: Path) -> dict[str, Any]:
    """What a copy says of itself; read first, so that a wrong file is called one wherever it is restored to."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            first = archive.next()
            inside = archive.extractfile(first) if first and first.isreg() and first.name == "manifest.json" else None
            said = inside.read() if inside else b""
    except _BROKEN as error:
        raise _no_copy(source) from error
    try:
        found = json.loads(said)
    except ValueError as error:  # no JSON, or no text at all
        raise _no_copy(source) from error
    if not isinstance(found, dict) or not all(
        isinstance(found.get(key), str) for key in ("database", "digest", "keys")
    ):
        raise _no_copy(source)
    if found["database"] not in (_DATABASE, _DUMP) or not isinstance(found.get("ring", {}), dict):
        raise _no_copy(source)
    return found


def _no_copy(source: Path) -> Refusal:
    return Refusal(
        say(
            f"{source} is not a lianxin backup, or it is damaged; nothing was restored",
            f"{source} 不是连心的备份，或者坏了；什么都没有恢复",
        )
    )


def _unpack(source: Path, home: Path, manifest: dict[str, Any]) -> None:
    """Write what a copy holds: plain files under the names that a backup has, and nothing else. The standard library's own
    filters came with Python 3.11.4; Debian 12 has an older one, so the names are looked at here."""
    home.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(source, "r:gz") as archive:
            for member in archive:
                if member.name == "manifest.json":
                    continue
                parts = _parts(member, manifest["database"])
                inside = archive.extractfile(member) if parts and member.isreg() else None
                if not parts or (inside is None and not member.isdir()):
                    raise _no_copy(source)
                _written(inside, home.joinpath(*parts))
    except (*_BROKEN, Refusal) as error:
        (home / manifest["database"]).unlink(missing_ok=True)
        raise _no_copy(source) from error
    database = home / manifest["database"]
    if not database.exists() or _digest(database) != manifest["digest"]:
        database.unlink(missing_ok=True)
        raise Refusal(
            say(f"{source} is damaged: the database inside does not match its digest; nothing was restored",
                f"{source} 坏了：里面的数据库与它的摘要对不上；什么都没有恢复")
        )  # fmt: skip


def _parts(member: tarfile.TarInfo, database: str) -> list[str]:
    """The steps of a member's name below the home; none where a backup has no such name."""
    parts = member.name.split("/")
    if any(part in ("", ".", "..") or "\\" in part or part[1:2] == ":" or "\0" in part for part in parts):
        return []
    single = len(parts) == 1 and parts[0] in (database, "demo.json") and member.isreg()
    return parts if single or (parts[0] in _FOLDERS and (len(parts) > 1 or member.isdir())) else []


def _written(inside: IO[bytes] | None, target: Path) -> None:
    """A member as a file; as a folder where it has no content."""
    if inside is None:
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with inside, target.open("wb") as file:
        shutil.copyfileobj(inside, file, 1 << 20)
