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
from lianxin.ops.usage import Parser, speak

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
        description=say(
            "连心: support for those who serve and their families.", "连心：为军人、退役军人和他们的家人办事。"
        ),
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, said: str, where: str, under: object = None) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = (under or commands).add_parser(name, help=said, description=said)  # type: ignore[attr-defined]
        made.set_defaults(run=_later(where))
        return made

    demo = command("demo", say("build the generated city and serve it", "建演示城市并打开网页"), "city:demo")
    demo.add_argument(
        "--people", type=people, default=150_000, help=say("card-holders (default 150000)", "持证人数（默认 150000）")
    )
    demo.add_argument("--port", type=port, default=8000)
    demo.add_argument("--no-serve", action="store_true", help=say("build only", "只建，不打开网页"))
    tests = command("test", say("run all tests", "跑全部测试"), "checks:test")
    tests.add_argument("arguments", nargs=argparse.REMAINDER, help=say("for pytest", "交给 pytest"))
    serve = command("serve", say("serve the pages", "打开网页服务"), "city:serve")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=port, default=8000)
    serve.add_argument("--workers", type=int, default=2)
    command("work", say("run the background worker", "跑后台任务"), "city:work")

    roles = ", ".join(sorted(set(ROLES) - {"resident"}))
    account = command(
        "account",
        say("open a staff account with a role over an area", "为工作人员开账号：一个角色，一片区域"),
        "accounts:account",
    )
    account.add_argument("username")
    account.add_argument("--role", required=True, metavar="ROLE", help=say("one of ", "从这些里选：") + roles)
    account.add_argument("--area", help=say("code of the area (default: the whole city)", "区域代码（默认全市）"))
    account.add_argument("--name", help=say("as colleagues call them", "同事怎么称呼（写姓名）"))
    account.add_argument(
        "--service", metavar="CODE", help=say("a sealed service whose access list they join", "列入哪个保密事项的名单")
    )
    account.add_argument("--password", help=argparse.SUPPRESS)

    imports = commands.add_parser("import", help=say("read a ledger", "读入台账")).add_subparsers(
        dest="what", required=True
    )
    for code in (*LEDGERS, "auto", "exchange"):
        said = {
            "auto": say("read a ledger as what its headers say", "按表头认出是哪种台账再读入"),
            "exchange": say("read back an exchange format", "读回交换格式的文件"),
        }
        words = said.get(code) or say(
            f"read a ledger of {code} (xlsx, xls, csv)", f"读入 {code} 台账（xlsx、xls、csv）"
        )
        ledger = command(code, words, "ledgers:ledger", imports)
        if code == "exchange":
            ledger.add_argument("format", metavar="CODE")
        ledger.add_argument("file", type=Path)
        ledger.add_argument(
            "--dry-run", action="store_true", help=say("say what would happen, write nothing", "只说会怎样，不写入")
        )
        ledger.add_argument(
            "--errors",
            type=Path,
            metavar="OUT.xlsx",
            help=say("where the returned workbook goes", "退回的表格写到哪里"),
        )
    undo = command("undo", say("take a whole import back", "整次导入撤回"), "ledgers:undo", imports)
    undo.add_argument("number", metavar="RUN")
    blank = command(
        "template",
        say("write an empty ledger with an example and the allowed words", "写一份空台账，带样例和可填的词"),
        "ledgers:template",
        imports,
    )
    blank.add_argument("ledger", choices=LEDGERS)
    blank.add_argument("file", type=Path, metavar="OUT.xlsx")
    given = command("exchange", say("write the people for another system", "把人员导出给别的系统"), "ledgers:exchange")
    given.add_argument("format", metavar="CODE")
    given.add_argument("--out", type=Path, required=True)
    given.add_argument("--reason", required=True, help=say("why; it is recorded", "为什么导出（会记下来）"))
    given.add_argument(
        "--area", default="", help=say("code of the area (default: the whole city)", "区域代码（默认全市）")
    )
    given.add_argument(
        "--changed",
        action="store_true",
        help=say("only what changed since the last one of this kind", "只要上次导出以后变了的"),
    )

    areas = command(
        "areas",
        say("read the city's list of areas (csv: code,name,name_en)", "读入区划表（csv：code,name,name_en）"),
        "ledgers:areas",
        imports,
    )
    areas.add_argument("file", type=Path)

    catalogue = commands.add_parser("catalogue", help=say("services as data", "事项")).add_subparsers(
        dest="what", required=True
    )
    check = command(
        "check", say("validate services and run their examples", "检查事项，跑样例"), "policy:check", catalogue
    )
    check.add_argument("path", type=Path, nargs="?")
    publish = command(
        "publish", say("store a version of each changed service", "把改过的事项存成新版本"), "policy:publish", catalogue
    )
    publish.add_argument("path", type=Path, nargs="?")

    match = command(
        "match", say("judge everyone against everything in force", "把所有人与生效的事项逐一比对"), "policy:match"
    )
    match.add_argument("--as-of", type=a_day)
    match.add_argument("--service", metavar="CODE")
    match.add_argument("--json", action="store_true")
    judge = command("judge", say("judge the given facts; no database", "只判断给出的要素，不用数据库"), "policy:judge")
    judge.add_argument("--service", type=Path, required=True, metavar="PATH")
    judge.add_argument("--facts", type=Path, required=True, metavar="FILE")
    judge.add_argument("--as-of", type=a_day, required=True)
    judge.add_argument("--out", type=Path, required=True)
    explain = command(
        "explain", say("why someone is or is not entitled", "某人为什么能享受、为什么不能"), "policy:explain"
    )
    explain.add_argument("file_number")
    explain.add_argument("--service", metavar="CODE")
    explain.add_argument("--as-of", type=a_day)
    explain.add_argument("--json", action="store_true")

    figures = command("figures", say("count the published numbers", "数出公布的数字"), "numbers:figures")
    review = command(
        "review", say("build a review whose numbers are figures", "生成综述，数字都是数出来的"), "numbers:review"
    )
    review.add_argument("code")
    for made in (figures, review):
        made.add_argument("--from", dest="from_on", type=a_day)
        made.add_argument("--to", dest="to_on", type=a_day)
        made.add_argument("--area", default="")
        made.add_argument("--known-at", type=an_instant)
    figures.add_argument("--json", action="store_true")
    review.add_argument(
        "--out", type=Path, required=True, help=say("FILE.html, .pdf or .docx", "写成 .html、.pdf 或 .docx")
    )

    journal = commands.add_parser("journal", help=say("the journal", "日志")).add_subparsers(dest="what", required=True)
    walk = command(
        "verify", say("walk the chain and the rows it covers", "逐条核对日志和它盖住的记录"), "checks:journal", journal
    )
    walk.add_argument(
        "--against",
        type=Path,
        metavar="FILE",
        help=say("published checkpoints that it must agree with", "要对得上的已公布检查点"),
    )
    seal = command(
        "checkpoint",
        say("sign today's end of the chain and print all checkpoints", "给今天的链尾签名，打印全部检查点"),
        "checks:checkpoint",
        journal,
    )
    seal.add_argument("--out", type=Path, metavar="FILE")
    books = commands.add_parser("ledger", help=say("the books", "账簿")).add_subparsers(dest="what", required=True)
    command("verify", say("prove that the books balance", "证明账是平的"), "checks:ledger", books)
    export = command(
        "export",
        say("write the books as an hledger journal to stdout", "把账写成 hledger 格式输出"),
        "checks:ledger_export",
        books,
    )
    del export
    keys = commands.add_parser("keys", help=say("the key ring", "钥匙")).add_subparsers(dest="what", required=True)
    command("list", say("the keys, and how far a change has come", "有哪些钥匙，换到哪一步"), "keys:listed", keys)
    rotate = command(
        "rotate",
        say(
            "a new key: seal everything anew while the pages work, retire the old one",
            "换新钥匙：网页照常用，全部重新封存，旧钥匙作废",
        ),
        "keys:rotate",
        keys,
    )
    rotate.add_argument(
        "--cipher", choices=["AES-256-GCM", "SM4-GCM"], help=say("default: LIANXIN_CIPHER", "默认按 LIANXIN_CIPHER")
    )
    backup = command("backup", say("write a consistent copy while the work goes on", "不停机备份"), "copies:backup")
    restore = command(
        "restore", say("restore a copy into an empty home and verify it", "恢复到空的目录并核对"), "copies:restore"
    )
    for made in (backup, restore):
        made.add_argument("file", type=Path)
    bench = command("bench", say("run the benchmarks", "跑性能测量"), "checks:bench")
    bench.add_argument("name", nargs="?")
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
