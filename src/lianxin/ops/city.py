"""Demo, serve, work: the processes of a city."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from lianxin.engine import clock, effects, workdays
from lianxin.engine.refusal import Refusal
from lianxin.engine.tongue import say
from lianxin.ops import start, together

STOP = together.Stop()


def demo(given: argparse.Namespace) -> int:
    """Build the generated city (once) and serve it with a worker beside."""
    STOP.listen()
    home = start.home()
    if (home / "lianxin.sqlite3").exists() and not (home / "demo.json").exists():
        raise Refusal(
            say(
                f"{home} holds a real city; set LIANXIN_HOME to an empty folder for the demo",
                f"{home} 里是真实的城市；演示请把 LIANXIN_HOME 指到一个空文件夹",
            )
        )
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "demo.json").exists():
        (home / "demo.json").write_text(json.dumps({"complete": False}))
    start.django_ready(speaks=False, beside=lambda: effects.perform("begin-demo-city", home=home, people=given.people))
    effects.perform("build-demo-city", home=home, people=given.people, progress=start.progress)
    effects.perform("announce-demo-city", port=given.port, serving=not given.no_serve)
    if given.no_serve:
        return 0
    return _serve("127.0.0.1", given.port, 2, worker=True)


def serve(given: argparse.Namespace) -> int:
    """Serve the pages for production: granian, several workers."""
    STOP.listen()
    start.django_ready(speaks=False)
    return _serve(given.host, given.port, given.workers, worker=False, then=tell_unpublished)


def work(_: argparse.Namespace) -> int:
    """Run the background worker until it is stopped."""
    start.django_ready(speaks=False)
    from django.core.management import call_command

    from lianxin.ops import schedule

    schedule.ensure()
    print(say("working; Ctrl-C stops", "后台任务在跑，按 Ctrl-C 停下"), file=sys.stderr, flush=True)
    tell_unpublished()
    call_command("qcluster")
    return 0


def tell_unpublished() -> None:
    """Say in both languages where the catalogue's folder holds services that were never published from it."""
    from lianxin.catalogue import folders
    from lianxin.ops.policy import catalogue

    try:
        codes = folders.unpublished(catalogue(), start.home(), read_anew=True)
    except Exception:  # noqa: BLE001  a folder in disorder keeps nobody from serving; catalogue check says what is wrong
        return
    if codes:
        some = ", ".join(codes[:5]) + (" …" if len(codes) > 5 else "")
        print(f"lianxin: the catalogue's folder holds {len(codes)} services newer than the database ({some}); "
              f"to publish them: lianxin catalogue publish · "
              f"目录文件夹里有 {len(codes)} 个事项比数据库里的新（{some}）；发布用：lianxin catalogue publish",
              file=sys.stderr, flush=True)  # fmt: skip


def _free(host: str, port: int) -> None:
    """Refuse a port that somebody listens on: granian would share it with another of our own, or fall over."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise Refusal(
                say(f"port {port} of {host} cannot be used ({error.strerror}); stop what serves there, or give --port",
                    f"{host} 的端口 {port} 用不了（{error.strerror}）；请先停下在用它的程序，或用 --port 换一个")
            ) from error  # fmt: skip


def _serve(host: str, port: int, workers: int, *, worker: bool, then: Callable[[], None] | None = None) -> int:
    """Run granian (and a worker) as children until somebody asks for the end, and end them together."""
    web = [
        "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", str(workers), "--blocking-threads", "4",
        "--log-level", "warning", "--no-ws", "lianxin.site.wsgi:application",
    ]  # fmt: skip
    _free(host, port)
    workdays.tell_unknown(clock.today().year + 1)  # here, once: promises of the months to come reach into it
    environment = {**os.environ, "LIANXIN_HOME": str(start.home()), "PYTHONPATH": os.pathsep.join(sys.path)}
    # Several workers share the processors; a page judges few people, for whom threads of its own cost more than they bring.
    pages = {"POLARS_MAX_THREADS": "1", **environment}
    pid = Path(start.home()) / "serve.pid"
    STOP.waits = True
    children: list[subprocess.Popen[bytes]] = []
    try:
        STOP.look()
        children.append(together.begin("granian", web, pages))
        if worker:
            children.append(together.begin("lianxin.ops.main", ["work"], environment))
        pid.write_text(str(os.getpid()))
        if then is not None:
            then()
        told = False
        while not STOP.asked and children[0].poll() is None:
            if not told and together.answers(host, port):
                told = True
                _tell(say(f"serving on http://{host}:{port}/ ; Ctrl-C stops",
                          f"网页在 http://{host}:{port}/ ，按 Ctrl-C 停下"))  # fmt: skip
            time.sleep(together.EVERY)
    except KeyboardInterrupt:
        pass  # asked before there was anything to end
    finally:
        together.end(children)
        pid.unlink(missing_ok=True)
    if STOP.asked:
        _tell(say("stopped", "停下了"))
        return 0
    _tell(say("lianxin: the pages ended by themselves", "lianxin: 网页自己停了"))
    return 1


def _tell(said: str) -> None:
    """On stderr, if the window is still there."""
    with contextlib.suppress(OSError):
        print(said, file=sys.stderr, flush=True)
