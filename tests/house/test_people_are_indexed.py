"""The database itself notes whose search entry is out of date: no migration may lose its triggers."""

from django.db import connection

from lianxin.people import watching

SQLITE = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
POSTGRESQL = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"


def test_every_trigger_of_the_search_index_is_there(db):
    with connection.cursor() as cursor:
        cursor.execute(SQLITE if connection.vendor == "sqlite" else POSTGRESQL)
        there = {row[0] for row in cursor.fetchall()}
    lost = sorted({f"people_{name}" for name in watching.WATCHED} - there)
    assert lost == [], (
        "SQLite made a table anew and dropped its triggers: end that migration with "
        "migrations.RunPython(watching.watch, migrations.RunPython.noop), from lianxin.people.watching"
    )
