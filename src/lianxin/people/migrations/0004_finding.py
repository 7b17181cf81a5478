"""The index behind search and lists (see ``people/watching.py``) instead of the one over characters."""

from django.db import migrations

from lianxin.people import watching


def clear(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE IF EXISTS people_names")
    else:
        schema_editor.execute("DROP INDEX IF EXISTS people_person_characters")


class Migration(migrations.Migration):
    dependencies = [("people", "0003_the_whole_file")]
    operations = [
        migrations.RunPython(clear, migrations.RunPython.noop),
        migrations.RemoveIndex("person", "person_initials"),
        migrations.RunPython(watching.make, watching.drop),
        migrations.RunPython(watching.fill, migrations.RunPython.noop),
    ]
