"""Rates under the pepper and by machine; the list of the hour. What stood in the table was of one day."""

from django.db import migrations, models


def nothing_left(apps, _editor):
    apps.get_model("cards", "CardRate").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("cards", "0005_uses")]
    operations = [
        migrations.RunPython(nothing_left, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="cardrate", name="rate_once"),
        migrations.AddField(model_name="cardrate", name="machine", field=models.BigIntegerField(default=0), preserve_default=False),
        migrations.AddField(model_name="cardrate", name="operator", field=models.BigIntegerField(default=0), preserve_default=False),
        migrations.AddConstraint(
            model_name="cardrate",
            constraint=models.UniqueConstraint(fields=("day", "pseudonym", "machine"), name="rate_once"),
        ),
        migrations.CreateModel(
            name="CardLook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("hour", models.SmallIntegerField()),
                ("cards", models.JSONField(default=list)),
            ],
        ),
    ]
