"""Build the generated city through the product's own importers and actions, once; announce it ever after."""

from __future__ import annotations

import datetime as dt
import gc
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from lianxin.access import actions as access
from lianxin.access import organisation
from lianxin.catalogue import actions as catalogue
from lianxin.demo import offices, personas, state, walk
from lianxin.demo.making import Writer, summary
from lianxin.demo.places import places
from lianxin.engine import clock
from lianxin.engine.scope import Actor, over
from lianxin.engine.tongue import say
from lianxin.insight import reach
from lianxin.outcomes import imports as outcomes
from lianxin.people import actions as people
from lianxin.people.actions import ready_to_read

MANY = 30_000  # card-holders from which on a county's ledger is large
Progress = Callable[[str, int, int], None]
# Indexes that no import asks: made once over all rows, not row by row.
LATER = ("people_terms_by_term", "person_pinyin", "outcome_area", "outcome_family", "outcome_case", "outcome_service",
         "person_name", "people_person_phone_mark_1d408a6a")  # fmt: skip


_begun: list[Writer] = []  # the ledgers that are being written while the database is made


def begin(*, home: Path, people: int) -> None:
    """Begin to write the ledgers of a city that is to be built in ``home``; :func:`city` takes them up."""
    if not state.read(home).get("complete"):
        _begun.append(Writer(_folder(home), people, clock.today()))
        if people >= MANY:
            ready_to_read()


_PRAGMAS = (
    ("synchronous", "OFF", "NORMAL"), ("cache_size", "-262144", "-65536"), ("wal_autocheckpoint", "20000", "1000"),
    ("threads", "1", "0"),
)  # fmt: skip


def city(*, home: Path, people: int, progress: Progress) -> None:
    """Build a city of ``people`` card-holders in ``home`` unless a finished one stands there.

    A build that was interrupted is thrown away and begun again: a half-built city is never served.
    """
    said = state.read(home)
    if said.get("complete"):
        if said["people"] != people and sys.stderr.isatty():
            print(f"the city in {home} has {said['people']} card-holders; empty the folder to build another",
                  file=sys.stderr)  # fmt: skip
        return
    if said.get("building"):
        print("an earlier build was interrupted; starting over", file=sys.stderr)
    _empty(home, begun=bool(said.get("building")))
    state.write({"complete": False, "building": True, "people": people}, home)
    began = time.monotonic()
    if not _begun:
        begin(home=home, people=people)
    writer = _begun.pop()
    _fast(on=True)
    try:
        done = settle(folder=writer.folder, people=people, progress=progress, writer=writer)
        writer.folder.rename(home / "ledgers")
    finally:
        writer.stop()
        _fast(on=False)
    done.update(complete=True, people=people, built_at=clock.now().isoformat(), seconds=round(time.monotonic() - began))
    state.write(done, home)


def announce(*, port: int, serving: bool) -> None:
    """Print the addresses and the personas."""
    said = state.read()
    at = f"http://127.0.0.1:{port}"
    holders, persons = said["holders"], said["persons"]
    print(say(f"澄川市 Chengchuan: {holders} card-holders, {persons} persons",
              f"澄川市 Chengchuan：优待对象 {holders} 人，建档 {persons} 人"))  # fmt: skip
    print(say(f"{'open' if serving else 'when served'}: {at}/demo/  one click to become one of these:",
              f"{'请打开' if serving else '网页开起来后请打开'} {at}/demo/ ，点一下就能换成其中一位："))  # fmt: skip
    for one in personas.CAST:
        name = said["personas"].get(one.code, {}).get("name", "")
        print(f"  {one.zh} {name} · {one.en}")
    print(say(f"residents {at}/   staff {at}/console/", f"居民端 {at}/   工作台 {at}/console/"), flush=True)


def operator() -> Actor:
    """Who builds: the operator at the machine."""
    return Actor(name="operator", area=settings.CITY, scope=over(settings.CITY), permissions=frozenset({"*"}))


def settle(*, folder: Path, people: int, progress: Progress, writer: Writer | None = None) -> dict[str, object]:
    """Build a city in the database as it is (an empty one): the ledgers into ``folder``, then everything from them.
    ``writer`` is writing them there already.

    Returns what ``demo.json`` keeps: how many there are, and which account each persona is.
    """
    writer = writer or Writer(folder, people, clock.today())
    gc.disable()  # rows by the hundred thousand, hardly one of them garbage
    try:
        return _build(writer, progress)
    finally:
        gc.enable()
        writer.stop()


def _build(writer: Writer, progress: Progress) -> dict[str, object]:
    by, at = operator(), clock.now() - dt.timedelta(days=walk.GONE_LIVE)
    progress("offices", 0, 1)
    named = places()
    access.add_areas(areas=[(one.code, one.name, one.english) for one in named], by=by, at=at)
    keys, names = organisation.set_up(offices=offices.offices(named), accounts=offices.accounts(named), by=by, at=at)
    catalogue.publish(path=settings.CATALOGUE, by=by, at=at, approved_by="operator")
    progress("offices", 1, 1)
    again = _without(LATER)
    read = people.import_each(
        paths=writer.people(), by=by, at=at, progress=lambda number: _of(progress, f"people {number + 1}")
    )
    written = writer.written
    for number, result in enumerate(read):
        if result.refused:
            raise RuntimeError(f"{result.run}: {result.refused} rows of the generated ledger were refused")
        for path in written.after.get(written.people[number], ()):  # while the next people are being read beside
            _closed(path, by, at, progress)
    if written.awards is not None:
        people.import_people(path=written.awards, by=by, at=clock.now() - dt.timedelta(days=walk.FOUND + 1))
    for path in written.closed:
        _closed(path, by, at, progress)
    if written.discharges is not None:
        people.import_ledger(
            ledger="discharges", path=written.discharges, by=by, at=clock.now() - dt.timedelta(days=walk.FOUND + 1)
        )
    for statement in again:
        _say(statement)
    done: dict[str, object] = summary(written)
    done["personas"] = personas.seat(written.plan["stars"], names, by=by, at=at)
    _analyse()
    walk.everything(keys=keys, plan=written.plan, holders=written.holders, by=by, at=clock.now(), progress=progress)
    reach.post(by=by, at=clock.now())  # as the night will: how many have what they may have, on the first day already
    return done


def _closed(path: Path, by: Actor, at: dt.datetime, progress: Progress) -> None:
    read = outcomes.import_outcomes(path=path, by=by, at=at, progress=_of(progress, "past years"))
    if read.refused:
        raise RuntimeError(f"{path.name}: {len(read.refused)} rows of the generated ledger were refused")


def _of(progress: Progress, said: str) -> Progress:
    return lambda _, done, total: progress(said, done, total)


def _folder(home: Path) -> Path:
    """A folder of this build's own: a killed one may still be writing into its."""
    for old in home.glob("ledgers*"):
        shutil.rmtree(old, ignore_errors=True)
    folder = home / f"ledgers-{os.getpid()}"
    folder.mkdir(parents=True)
    return folder


def _empty(home: Path, *, begun: bool) -> None:
    """Throw away what an interrupted build left in the database, and bring the empty one to its shape."""
    if not begun:
        return
    if connection.vendor == "sqlite":
        connection.close()
        for name in home.glob("lianxin.sqlite3*"):
            name.unlink()
        call_command("migrate", verbosity=0, interactive=False)
    else:
        call_command("flush", verbosity=0, interactive=False)


def _fast(*, on: bool) -> None:
    """While building nothing needs to survive a power cut: an interrupted build is begun again anyway. Pages stay in
    memory longer, and indexes are sorted by two threads."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for name, building, ever_after in _PRAGMAS:
                cursor.execute(f"PRAGMA {name}={building if on else ever_after}")
            if not on:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _without(indexes: tuple[str, ...]) -> list[str]:
    """Take these indexes away while a city of rows comes in, SQLite's only; the statements that make them again."""
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT name, sql FROM sqlite_master WHERE name IN ({', '.join(['%s'] * len(indexes))})", indexes
        )
        found = cursor.fetchall()
    for name, _ in found:
        _say(f"DROP INDEX {name}")
    return [sql for _, sql in found]


def _say(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _analyse() -> None:
    """Let the database know its tables, so that it chooses the right indexes from the first page on."""
    _say("ANALYZE")
