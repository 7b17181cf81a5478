"""Rates under the pepper and by machine; the list of the hour. What stood in the table was of one day."""

import hmac

from django.conf import settings
from django.db import migrations, models


def nothing_left(apps, _editor):
    apps.get_model("cards", "CardRate").objects.all().delete()


def sealed(apps, _editor):
    """What was added up of the forces until now is sealed as it stands (forces.proof)."""
    key = bytes.fromhex(settings.KEYS["pseudonym"])
    for row in apps.get_model("cards", "Tally").objects.filter(kind="military"):
        said = f"forces {row.office} {row.scene} {row.day.isoformat()} {row.uses}"
        row.proof = hmac.digest(key, said.encode(), "sha256").hex()
        row.save(update_fields=["proof"])


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
        migrations.AddField(model_name="tally", name="named", field=models.BigIntegerField(db_default=0)),
        migrations.AddField(model_name="tally", name="proof", field=models.CharField(max_length=64, blank=True, db_default="")),
        migrations.RunPython(sealed, migrations.RunPython.noop),
    ]
