"""Two processes on one import: the same files as with one, the same index of names, and it goes on after either dies."""

import os
import signal

import pytest
from django.db import connection, transaction

from lianxin.access import seal
from lianxin.engine import beside
from lianxin.journal.queries import verify
from lianxin.people import actions, ahead, importing, nameindex
from lianxin.people.errors import LedgerRefused
from lianxin.people.models import Import, Particulars, Person
from tests.people.ledgers import AT, FAMILY, OPERATOR, areas, as_csv, load, picture

INDEX = ("people_terms", "people_indexed", "people_homes", "people_stale")


@pytest.fixture
def home(db, tmp_path):
    areas()
    return tmp_path


@pytest.fixture
def two(monkeypatch):
    """Every ledger is large enough for a second process, and there is a core for it."""
    monkeypatch.setattr(beside, "of_use", lambda: True)
    monkeypatch.setattr(ahead, "LARGE", 0)
    monkeypatch.setattr(importing, "CHUNK", 2)


def index():
    held = {}
    with connection.cursor() as cursor:
        for table in INDEX:
            cursor.execute(f"SELECT * FROM {table}")
            held[table] = sorted(cursor.fetchall())
    return held


def indexed_anew():
    with connection.cursor() as cursor:
        for table in INDEX:
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute("INSERT INTO people_stale SELECT id FROM people_person")
    nameindex.settle()
    return index()


def test_two_processes_write_what_one_writes(home, two, monkeypatch):
    path = as_csv(home / "a.csv", FAMILY)
    first = Person.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with monkeypatch.context() as alone, transaction.atomic():
        alone.setattr(beside, "of_use", lambda: False)
        one = load(path).summary()
        files, names = picture(), [row[1:] for row in index()["people_indexed"]]
        transaction.set_rollback(True)
    assert load(path).summary() == one
    assert picture() == files
    assert [row[1:] for row in index()["people_indexed"]] == names
    assert index() == indexed_anew()
    for row in Particulars.objects.select_related("person").filter(person__gt=first, id_sealed__isnull=False):
        number = seal.unseal(row.id_sealed, row.person.salt, "id")
        assert bytes(row.person.id_mark) == seal.mark(number, "id")
    assert verify().broken is None


def test_the_index_made_ahead_is_the_one_that_the_files_give(home, monkeypatch):
    rows = [{**FAMILY[0], "曾用名": "张|卫国"}, *FAMILY[1:]]
    load(as_csv(home / "a.csv", rows))
    assert index()["people_stale"] == []
    assert index() == indexed_anew()


def test_a_run_goes_on_after_its_reader_died(home, two, monkeypatch):
    path, real = as_csv(home / "a.csv", FAMILY), ahead.write

    def reader_dies(files, writing):
        real(files, writing)
        for child in beside.multiprocessing.active_children():
            os.kill(child.pid, signal.SIGKILL)

    monkeypatch.setattr(importing, "CHUNK", 1)
    monkeypatch.setattr(importing, "AHEAD", 1)
    monkeypatch.setattr(ahead, "write", reader_dies)
    with pytest.raises(beside.Gone):
        load(path)
    assert Person.objects.count() == 1
    assert not Person.objects.filter(visible=True).exists()
    monkeypatch.setattr(ahead, "write", real)
    again = load(path)
    assert again.resumed
    assert again.summary() == {"read": 3, "added": 3, "changed": 0, "unchanged": 0, "refused": 0}
    assert index() == indexed_anew()
    assert Import.objects.count() == 1
    assert verify().broken is None


def test_several_ledgers_one_after_the_other(home, two):
    paths = [as_csv(home / f"{number}.csv", [row]) for number, row in enumerate(FAMILY)]
    told = []
    results = list(actions.import_each(
        paths=iter(paths), by=OPERATOR, at=AT, progress=lambda number: lambda _, done, total: told.append((number, done))
    ))  # fmt: skip
    assert [one.added for one in results] == [1, 1, 1]
    assert {number for number, _ in told} == {0, 1, 2}
    assert Person.objects.filter(visible=True).count() == 3
    assert list(actions.import_each(paths=[], by=OPERATOR, at=AT, progress=lambda _: None)) == []


def test_a_ledger_that_cannot_be_read_is_refused_alike_from_beside(home, two):
    path = home / "a.csv"
    path.write_text("甲,乙\n1,2\n")
    with pytest.raises(LedgerRefused):
        load(path)
    assert not beside.multiprocessing.active_children()
