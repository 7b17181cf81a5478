"""Every move of a case asks what is still to be told about it: without an index that was a walk over the whole call list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_squashed_0002_texts")]
    operations = [
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["case"], name="notice_case"),
        ),
    ]
