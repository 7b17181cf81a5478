"""Another way into the index of people: by term (see ``people/walking.py``)."""

from django.db import migrations

from lianxin.people import watching


class Migration(migrations.Migration):
    dependencies = [("people", "0008_ending_flags")]
    operations = [
        migrations.RunPython(
            watching.index_by_term,
            lambda apps, editor: editor.execute("DROP INDEX people_terms_by_term"),
        ),
    ]
