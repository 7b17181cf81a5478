from django.db import migrations, models


class Migration(migrations.Migration):
    """Days before the first count may be replayed; such a line says so."""

    dependencies = [("insight", "0003_draws")]

    operations = [
        migrations.AddField("reach", "afterwards", models.BooleanField(default=False)),
    ]
