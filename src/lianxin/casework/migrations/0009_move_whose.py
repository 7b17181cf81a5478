"""Moves say whose a case is and from when to when it stands: what `journal verify` compares the case with."""

from django.db import migrations, models


class Migration(migrations.Migration):
    # an older home writes down once how its rows stand in these (lianxin.journal.pictures)
    begins_pictures = ("person", "family", "stands_from", "stands_to")

    dependencies = [
        ("casework", "0008_sheet_printed"),
    ]

    operations = [
        migrations.AddField(model_name="move", name="person", field=models.BigIntegerField(null=True)),
        migrations.AddField(model_name="move", name="family", field=models.BigIntegerField(null=True)),
        migrations.AddField(model_name="move", name="stands_from", field=models.DateField(null=True)),
        migrations.AddField(model_name="move", name="stands_to", field=models.DateField(null=True)),
    ]
