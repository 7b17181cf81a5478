"""The ``lianxin`` command: parse, call one function, say what happened.

stdout carries results only; errors are one sentence on stderr. Exit codes: 0 done, 1 could not be done, 2 wrong usage,
3 done but some rows were refused or in error.
"""

from __future__ import annotations

import argparse
import datetime as dt
import errno
import importlib
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from lianxin.access.roles import ROLES
from lianxin.engine.refusal import Refusal, WrongUsage
from lianxin.engine.scope import Actor
from lianxin.engine.tongue import say
from lianxin.ops.usage import Parser, speak, translate

Run = Callable[[argparse.Namespace], int]
LEDGERS = ("people", "kin", "awards", "disability", "accounts", "deaths", "moves", "school", "discharges",
           "suspensions", "work")  # fmt: skip


def a_day(text: str) -> dt.date:
    """Read a day, written 2026-11-24."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            say(
                f"{text[:20]!r} is not a day (write it like 2026-11-24)",
                f"{text[:20]!r} 不是日期（写成 2026-11-24 这样）",
            )
        ) from error


def an_instant(text: str) -> dt.datetime:
    """Read an instant: a day (its end in Shanghai) or a full ISO time with offset."""
    from lianxin.engine import clock

    try:
        if len(text) == 10:
            return clock.midnight(dt.date.fromisoformat(text) + dt.timedelta(days=1)) - dt.timedelta(microseconds=1)
        instant = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            say(f"{text[:30]!r} is not a day or time", f"{text[:30]!r} 不是日期或时间")
        ) from error
    return instant if instant.tzinfo else instant.replace(tzinfo=clock.SHANGHAI)


def people(text: str) -> int:
    """Read a number of card-holders between 50 and 5,000,000."""
    if not text.isascii() or not text.isdigit() or not 50 <= int(text) <= 5_000_000:
        raise argparse.ArgumentTypeError(
            say(
                f"{text[:20]!r} is not a number of people between 50 and 5000000",
                f"{text[:20]!r} 不是 50 到 5000000 之间的人数",
            )
        )
    return int(text)


def port(text: str) -> int:
    """Read a port."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(say(f"{text[:20]!r} is not a port", f"{text[:20]!r} 不是端口号"))
    return int(text)


def _later(where: str) -> Run:
    """A function named ``module:function``, imported when it is called: commands that need no database stay quick."""

    def run(given: argparse.Namespace) -> int:
        module, _, name = where.partition(":")
        result: int = getattr(importlib.import_module(f"lianxin.ops.{module}"), name)(given)
        return result

    return run


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    speak()
    top = Parser(
        prog="lianxin",
        description="连心: support for those who serve and their families.",
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, said: str, where: str, under: object = None) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = (under or commands).add_parser(name, help=said, description=said)  # type: ignore[attr-defined]
        made.set_defaults(run=_later(where))
        return made

    demo = command("demo", "build the generated city and serve it", "city:demo")
    demo.add_argument("--people", type=people, default=150_000, help="card-holders (default 150000)")
    demo.add_argument("--port", type=port, default=8000)
    demo.add_argument("--no-serve", action="store_true", help="build only")
    tests = command("test", "run all tests", "checks:test")
    tests.add_argument("arguments", nargs=argparse.REMAINDER, help="for pytest")
    serve = command("serve", "serve the pages", "city:serve")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=port, default=8000)
    serve.add_argument("--workers", type=int, default=2)
    command("work", "run the background worker", "city:work")

    roles = ", ".join(sorted(set(ROLES) - {"resident"}))
    account = command(
        "account",
        "open a staff account with a role over an area",
        "accounts:account",
    )
    account.add_argument("username")
    account.add_argument("--role", required=True, metavar="ROLE", help="one of " + roles)
    account.add_argument("--area", help="code of the area (default: the whole city, for roles that serve all of it)")
    account.add_argument("--name", help="as colleagues call them")
    account.add_argument("--service", metavar="CODE", help="a sealed service whose access list they join")
    account.add_argument(
        "--id-from", metavar="FILE", help="holds the ID number of whoever it is for (- is standard input)"
    )
    account.add_argument("--password", help=argparse.SUPPRESS)

    imports = commands.add_parser("import", help="read a ledger").add_subparsers(dest="what", required=True)
    for code in (*LEDGERS, "places", "auto", "exchange"):
        said = {
            "places": "read a ledger of public places for the map",
            "auto": "read a ledger as what its headers say",
            "exchange": "read back an exchange format",
        }
        words = said.get(code) or f"read a ledger of {code} (xlsx, xls, csv)"
        ledger = command(code, words, "ledgers:ledger", imports)
        if code == "exchange":
            ledger.add_argument("format", metavar="CODE")
        ledger.add_argument("file", type=Path)
        ledger.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
        ledger.add_argument(
            "--errors",
            type=Path,
            metavar="OUT.xlsx",
            help="where the returned workbook goes",
        )
    undo = command("undo", "take a whole import back", "ledgers:undo", imports)
    undo.add_argument("number", metavar="RUN")
    blank = command(
        "template",
        "write an empty ledger with an example and the allowed words",
        "ledgers:template",
        imports,
    )
    blank.add_argument("ledger", choices=(*LEDGERS, "places", "areas"))
    blank.add_argument("file", type=Path, metavar="OUT.xlsx")
    given = command("exchange", "write the people for another system", "ledgers:exchange")
    given.add_argument("format", metavar="CODE")
    given.add_argument("--out", type=Path, required=True)
    given.add_argument("--reason", required=True, help="why; it is recorded")
    given.add_argument("--area", default="", help="code of the area (default: the whole city)")
    given.add_argument(
        "--changed",
        action="store_true",
        help="only what changed since the last one of this kind",
    )

    areas = command(
        "areas",
        "read the city's list of areas (csv, xlsx or xls: code, name, English name)",
        "ledgers:areas",
        imports,
    )
    areas.add_argument("file", type=Path)
    outlines = command("outlines", "read where areas lie (GeoJSON) for the map", "ledgers:outlines", imports)
    outlines.add_argument("file", type=Path)
    outlines.add_argument(
        "--datum", required=True, choices=("wgs84", "gcj02"), help="which coordinates the file is written in"
    )
    outlines.add_argument("--source", default="", help="whose outlines these are, and their review number")
    outlines.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")

    catalogue = commands.add_parser("catalogue", help="services as data").add_subparsers(dest="what", required=True)
    check = command("check", "validate services and run their examples", "policy:check", catalogue)
    check.add_argument("path", type=Path, nargs="?")
    publish = command("publish", "store a version of each changed service", "policy:publish", catalogue)
    publish.add_argument("path", type=Path, nargs="?")
    publish.add_argument("--from", dest="from_on", type=a_day, metavar="D",
                         help="first day, to come or past (default: today)")  # fmt: skip
    publish.add_argument("--to", dest="to_on", type=a_day, metavar="D", help="last day (default: none)")
    publish.add_argument("--reason", default="", help="why it corrects past days")
    versions = command("versions", "the versions of services and their days", "policy:versions", catalogue)
    versions.add_argument("service", metavar="CODE", nargs="?")
    versions.add_argument("--json", action="store_true")
    diff = command("diff", "what differs between two versions, in words", "policy:diff", catalogue)
    diff.add_argument("service", metavar="CODE")
    diff.add_argument("old", type=int, nargs="?", help="number (default: the one before)")
    diff.add_argument("new", type=int, nargs="?", help="number (default: the newest)")
    diff.add_argument("--json", action="store_true")
    replay = command("replay", "what past periods would come to now: who is owed, who owes", "policy:replay", catalogue)
    replay.add_argument("service", metavar="CODE")
    replay.add_argument("--from", dest="from_on", type=a_day, required=True, metavar="D")
    replay.add_argument("--to", dest="to_on", type=a_day, metavar="D", help="last day (default: today)")
    replay.add_argument("--json", action="store_true")
    withdraw = command("withdraw", "take a version back before its first day", "policy:withdraw", catalogue)
    withdraw.add_argument("service", metavar="CODE")
    withdraw.add_argument("number", type=int)
    withdraw.add_argument("--reason", required=True, help="why; it is recorded")
    preview = command(
        "preview", "who would gain, who would lose, what it costs; stores nothing", "preview:preview", catalogue
    )
    preview.add_argument("path", type=Path, help="one service folder, or a catalogue")
    preview.add_argument("--as-of", type=a_day)
    preview.add_argument("--json", action="store_true")
    preview.add_argument("--exact", action="store_true",
                         help="small parts too; the paper is then only for those who may open the people")  # fmt: skip

    match = command("match", "judge everyone against everything in force", "policy:match")
    match.add_argument("--as-of", type=a_day, metavar="D",
                       help="a day that is not today is judged and counted only; nothing is written")  # fmt: skip
    match.add_argument("--service", metavar="CODE")
    match.add_argument("--engine", choices=("here", "spark"), default="here", help="what judges; Spark is an extra")
    match.add_argument("--files", type=Path, metavar="FOLDER",
                       help="where Spark's workers find the facts (default: the home)")  # fmt: skip
    match.add_argument("--json", action="store_true")
    reach = command("reach", "count the weeks before the first night's count again, for the trend", "policy:reach")
    reach.add_argument("--weeks", type=int, default=12, metavar="N", help="so many weeks back (default: 12)")
    judge = command("judge", "judge the given facts; no database", "policy:judge")
    judge.add_argument("--service", type=Path, required=True, metavar="PATH")
    judge.add_argument("--facts", type=Path, required=True, metavar="FILE")
    judge.add_argument("--as-of", type=a_day, required=True)
    judge.add_argument("--out", type=Path, required=True)
    explain = command("explain", "why someone is or is not entitled", "policy:explain")
    explain.add_argument("file_number")
    explain.add_argument("--service", metavar="CODE")
    explain.add_argument("--as-of", type=a_day)
    explain.add_argument("--json", action="store_true")

    figures = command("figures", "count the published numbers", "numbers:figures")
    review = command("review", "build a review whose numbers are figures", "numbers:review")
    review.add_argument("code", nargs="?", default="", help="which (without one: lists them)")
    for made in (figures, review):
        made.add_argument("--from", dest="from_on", type=a_day)
        made.add_argument("--to", dest="to_on", type=a_day)
        made.add_argument("--area", default="")
        made.add_argument("--known-at", type=an_instant)
    figures.add_argument("--json", action="store_true")
    review.add_argument("--out", type=Path, help="FILE.html, .pdf or .docx")

    journal = commands.add_parser("journal", help="the journal").add_subparsers(dest="what", required=True)
    walk = command("verify", "walk the chain and the rows it covers", "checks:journal", journal)
    walk.add_argument(
        "--against",
        type=Path,
        metavar="FILE",
        help="published checkpoints that it must agree with",
    )
    seal = command(
        "checkpoint",
        "sign today's end of the chain and print all checkpoints",
        "checks:checkpoint",
        journal,
    )
    seal.add_argument("--out", type=Path, metavar="FILE")
    books = commands.add_parser("ledger", help="the books").add_subparsers(dest="what", required=True)
    command("verify", "prove that the books balance", "checks:ledger", books)
    export = command(
        "export",
        "write the books as an hledger journal to stdout",
        "checks:ledger_export",
        books,
    )
    del export
    keys = commands.add_parser("keys", help="the key ring").add_subparsers(dest="what", required=True)
    command("list", "the keys, and how far a change has come", "keys:listed", keys)
    rotate = command(
        "rotate",
        "a new key: seal everything anew while the pages work, retire the old one",
        "keys:rotate",
        keys,
    )
    rotate.add_argument("--cipher", choices=["AES-256-GCM", "SM4-GCM"], help="default: LIANXIN_CIPHER")
    card = commands.add_parser("card", help="credentials").add_subparsers(dest="what", required=True)
    inspect = command("inspect", "decode and verify a credential offline", "card:inspect", card)
    inspect.add_argument("token", metavar="TOKEN", help="the digits, or the address that carries them behind #")
    inspect.add_argument("--json", action="store_true")
    command("keys", "the keys that sign credentials", "card:listed", card)
    following = command("rotate", "a new key: published now, signing in 14 days", "card:rotate", card)
    following.add_argument("--algorithm", choices=["Ed25519", "SM2"], help="default: LIANXIN_CARD_ALGORITHM")
    following.add_argument("--now", action="store_true", help="it signs at once: the old one is in other hands")
    void = command("withdraw", "nothing that a key signed is believed any more", "card:withdraw", card)
    void.add_argument("number", type=int)
    void.add_argument("--reason", required=True, help="why; it is recorded")
    backup = command("backup", "write a consistent copy while the work goes on", "copies:backup")
    restore = command("restore", "restore a copy into an empty home and verify it", "copies:restore")
    for made in (backup, restore):
        made.add_argument("file", type=Path)
    bench = command("bench", "run the benchmarks", "checks:bench")
    bench.add_argument("name", nargs="?")
    translate(top)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; never shows a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianxin.site.settings")
    given_arguments = list(sys.argv[1:] if arguments is None else arguments)
    if not given_arguments or given_arguments == ["help"]:
        given_arguments = ["--help"]
    if given_arguments[0] == "test":  # everything after it belongs to pytest
        given = argparse.Namespace(run=_later("checks:test"), arguments=given_arguments[1:])
    else:
        given = parser().parse_args(given_arguments)
    if given_arguments[0] != "test":
        os.umask(0o077)  # what a command writes holds people: its owner reads it, and nobody else on the machine
    try:
        code: int = given.run(given)
    except Refusal as refusal:
        print(f"lianxin: {refusal.sentence}", file=sys.stderr)
        return 2 if isinstance(refusal, WrongUsage) else 1
    except KeyboardInterrupt:
        print(say("lianxin: stopped; what was finished is kept, and the same command goes on from there",
                  "lianxin: 停下了；做完的都留着，再运行同一条命令会接着做"), file=sys.stderr)  # fmt: skip
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        print(f"lianxin: {_failed(error)}", file=sys.stderr)
        return 1
    except Exception as error:  # noqa: BLE001  the user reads one sentence; the place is logged without its values
        print(f"lianxin: {_sentence(error)}", file=sys.stderr)
        return 1
    finally:
        _set_doubts_aside(given_arguments[0])
    return code


def _set_doubts_aside(command: str) -> None:
    """What the guard found doubtful on the way is kept, sealed, for the security administrator."""
    guard = sys.modules.get("lianxin.journal.guard")
    if guard is not None:
        from lianxin.access import guarding

        guarding.empty_out(where=f"lianxin {command}", by=Actor(name="command"))


def _failed(error: OSError) -> str:
    """What the machine could not do, in one sentence."""
    where = error.filename or say("the disk", "磁盘")
    known = {
        errno.ENOENT: say("there is no such file or folder", "没有这个文件或文件夹"),
        errno.EACCES: say("may not be read or written", "没有读写的权限"),
        errno.EISDIR: say("is a folder", "是一个文件夹"),
        errno.ENOSPC: say("is full; nothing more was changed", "满了；没有再改动什么"),
        errno.EROFS: say("may only be read", "只能读，不能写"),
    }
    return f"{where}: {known.get(error.errno or 0) or error.strerror or error}"


def _sentence(error: Exception) -> str:
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame else "?"
    logging.getLogger("lianxin").debug("command failed", exc_info=error)
    kind = type(error).__name__
    if kind in {"OperationalError", "DatabaseError", "InterfaceError"}:
        told = str(error).splitlines()[0][:120]
        return say(f"the database could not be used ({told}); nothing was changed",
                   f"数据库用不了（{told}）；什么都没有改")  # fmt: skip
    return say(f"unexpected {kind} at {where}; nothing more was changed. LIANXIN_LOG=DEBUG shows the details",
               f"没有料到的 {kind}，在 {where}；没有再改动什么。LIANXIN_LOG=DEBUG 会显示细节")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
