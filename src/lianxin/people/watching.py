"""The tables behind search and the database's own watch over them, for migrations.

Whatever writes a person, a category or service leaves the person's id in ``people_stale`` by a trigger, so that no door,
command or later room can forget to tell the index. ``people/nameindex.py`` brings it up to date.
"""

from __future__ import annotations

from typing import Any

TABLES = {
    "people_terms": "home {text} NOT NULL, term {text} NOT NULL, person BIGINT NOT NULL, PRIMARY KEY (home, term, person)",
    "people_indexed": "person BIGINT NOT NULL PRIMARY KEY, home {text} NOT NULL, says TEXT NOT NULL",
    "people_homes": "home {text} NOT NULL PRIMARY KEY",
    "people_stale": "person BIGINT NOT NULL PRIMARY KEY",
}
# Trigger → table, event, which rows count, the column that names the person.
WATCHED = {
    "born": ("person", "INSERT", "", "NEW.id"),
    "known": ("person", "UPDATE OF name, home, address", "", "NEW.id"),
    "gone": ("person", "DELETE", "", "OLD.id"),
    "once_named": ("particulars", "INSERT", "NEW.former_name <> ''", "NEW.person_id"),
    "named_no_more": ("particulars", "UPDATE OF superseded_at", "OLD.former_name <> ''", "OLD.person_id"),
    "stands": ("standing", "INSERT", "", "NEW.person_id"),
    "stands_no_more": ("standing", "UPDATE OF superseded_at", "", "OLD.person_id"),
    "serves": ("service", "INSERT", "", "NEW.person_id"),
    "serves_no_more": ("service", "UPDATE OF superseded_at", "", "OLD.person_id"),
}


def make(apps: Any, editor: Any) -> None:
    """Make the tables, empty, and begin to watch."""
    postgresql = editor.connection.vendor == "postgresql"
    text, end = ('TEXT COLLATE "C"', "") if postgresql else ("TEXT", " WITHOUT ROWID")
    for name, columns in TABLES.items():
        editor.execute(f"CREATE TABLE {name} ({columns.format(text=text)}){end}")
    watch(apps, editor)


def watch(_apps: Any, editor: Any) -> None:
    """Set the triggers, again where they were. SQLite makes some tables anew when a column is added, and a trigger goes
    with its old table: a migration that does so ends with this."""
    if editor.connection.vendor == "postgresql":
        editor.execute(
            "CREATE OR REPLACE FUNCTION people_mark_stale() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE one BIGINT; "
            "BEGIN EXECUTE 'SELECT ($1).' || TG_ARGV[0] INTO one USING CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END; "
            "INSERT INTO people_stale VALUES (one) ON CONFLICT DO NOTHING; RETURN NULL; END $$"
        )
    for name, (table, event, rows, column) in WATCHED.items():
        when = f" WHEN ({rows})" if rows else ""
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP TRIGGER IF EXISTS people_{name} ON people_{table}")
            editor.execute(
                f"CREATE TRIGGER people_{name} AFTER {event} ON people_{table} FOR EACH ROW{when} "
                f"EXECUTE FUNCTION people_mark_stale('{column.partition('.')[2]}')"
            )
        else:
            editor.execute(f"DROP TRIGGER IF EXISTS people_{name}")
            editor.execute(
                f"CREATE TRIGGER people_{name} AFTER {event} ON people_{table} FOR EACH ROW{when} "
                f"BEGIN INSERT OR IGNORE INTO people_stale VALUES ({column}); END"
            )


def fill(_apps: Any, editor: Any) -> None:
    """Index everybody who is on file, anew: also what a migration does after the tables of readings changed."""
    from lianxin.people import nameindex

    for table in ("people_terms", "people_indexed", "people_homes"):
        editor.execute(f"DELETE FROM {table}")
    editor.execute("DELETE FROM people_stale")
    editor.execute("INSERT INTO people_stale SELECT id FROM people_person")
    nameindex.settle()


def index_by_term(_apps: Any, editor: Any) -> None:
    """The other way into the index, for questions over many homes."""
    editor.execute("CREATE INDEX people_terms_by_term ON people_terms (term, home, person)")


def drop(_apps: Any, editor: Any) -> None:
    """Take it all away."""
    postgresql = editor.connection.vendor == "postgresql"
    for name, (table, *_) in WATCHED.items():
        editor.execute(f"DROP TRIGGER IF EXISTS people_{name}" + (f" ON people_{table}" if postgresql else ""))
    for name in TABLES:
        editor.execute(f"DROP TABLE {name}")
    if postgresql:
        editor.execute("DROP FUNCTION people_mark_stale()")
