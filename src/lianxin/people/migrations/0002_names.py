"""The index behind search by a part of a name; see ``people/nameindex.py``."""

from django.db import migrations


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            "CREATE VIRTUAL TABLE people_names USING fts5(characters, areas, tokenize='unicode61')"
        )
    elif schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE INDEX people_person_characters ON people_person USING gin (string_to_array(name, NULL))"
        )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE people_names")
    elif schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX people_person_characters")


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunPython(make, drop, elidable=False)]
