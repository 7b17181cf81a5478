"""Start Django for a command, with a database that is there and up to date."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection
from django.utils import translation

from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over
from lianxin.engine.tongue import language, say

LANGUAGES = {"zh": "zh-hans", "en": "en"}


def home() -> Path:
    """Where the state lives."""
    return Path(os.environ.get("LIANXIN_HOME") or Path(__file__).resolve().parents[3] / "var").resolve()


def folder_of(file: Path) -> None:
    """Refuse to write ``file`` where there is no folder for it, before any work is done for it."""
    if not file.resolve().parent.is_dir():
        raise Refusal(
            say(f"there is no folder {file.parent} to write {file.name} into; nothing was done",
                f"没有文件夹 {file.parent}，{file.name} 没有地方写；什么都没有做")
        )  # fmt: skip


def django_ready(*, create: bool = True, speaks: bool = True, beside: Callable[[], object] | None = None) -> None:
    """Set Django up and bring the database to the newest shape. Without ``create`` an absent home is refused.

    What the rooms say is from then on in the operator's language, unless the command speaks to nobody (``speaks``).
    ``beside`` begins what needs no database and may go on while it is made.
    """
    if not create and not os.environ.get("DATABASE_URL") and not (home() / "lianxin.sqlite3").exists():
        raise Refusal(
            say(
                f"there is no city at {home()} yet; import people or build the demo first",
                f"{home()} 里还没有城市；请先导入人员，或先建演示城市",
            )
        )
    home().mkdir(parents=True, exist_ok=True)
    _shut(home())
    gc.disable()  # models and their shapes by the ten thousand, all of them kept: not to be looked through again and again
    try:
        _ready(speaks, beside)
    finally:
        gc.freeze()
        gc.enable()


def _ready(speaks: bool, beside: Callable[[], object] | None) -> None:
    django.setup()
    if beside is not None:
        beside()
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        progress(say("preparing the database", "正在准备数据库"), 0, 0)
        call_command("migrate", verbosity=0, interactive=False)
    from lianxin.access import resealing
    from lianxin.journal import pictures

    begins = [said for one, _back in plan if (said := getattr(one, "begins_pictures", False))]
    if begins:  # True: everything; else the names of the columns that came
        came = None if True in begins else {name for names in begins if names is not True for name in names}
        pictures.begin(by=operator(), at=clock.now(), came=came)

    if speaks:
        translation.activate(LANGUAGES[language()])
    resealing.check(at=clock.now())


def _shut(folder: Path) -> None:
    """Nobody else on the machine reads what lies here, whatever the folder was made with."""
    if folder.stat().st_mode & 0o077:
        try:
            folder.chmod(0o700)
        except OSError:  # somebody else's folder, or a disk that knows no owners
            print(say(f"{folder} can be read by others on this machine; take that away",
                      f"{folder} 这台机器上的其他人也读得到；请收回权限"), file=sys.stderr)  # fmt: skip


def operator() -> Actor:
    """Who acts when a command acts: the operator at the machine, over the whole city."""
    from django.conf import settings

    return Actor(name="operator", area=settings.CITY, scope=over(settings.CITY), permissions=frozenset({"*"}),
                 language=LANGUAGES[language()])  # fmt: skip


def progress(said: str, done: int, total: int) -> None:
    """Show progress on a terminal, and nothing in a pipe: there stderr carries errors only."""
    if sys.stderr.isatty():
        share = f"{done * 100 // total:3d} %" if total else f"{done}"
        print(f"\r{said} {share}\033[K", end="" if total == 0 or done < total else "\n", file=sys.stderr, flush=True)
