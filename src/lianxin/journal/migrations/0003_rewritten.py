from django.db import migrations, models


class Migration(migrations.Migration):
    """Rows that were given other values: their former digests stay. ``Erased`` never held a row and goes."""

    dependencies = [("journal", "0002_checkpoints")]

    operations = [
        migrations.DeleteModel(name="Erased"),
        migrations.CreateModel(
            name="Rewritten",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entry", models.BigIntegerField()),
                ("table", models.CharField(max_length=80)),
                ("former", models.BinaryField()),
            ],
            options={"indexes": [models.Index(fields=["table", "entry"], name="rewritten_table")]},
        ),
    ]
