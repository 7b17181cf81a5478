from django.db import migrations, models


def begun(apps, _editor):
    """What was published so far began on the day of its publication."""
    version = apps.get_model("catalogue", "Version")
    version.objects.update(activated_at=models.F("published_at"))


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0002_drafts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Waiting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.BigIntegerField(default=0)),
                ('service', models.CharField(blank=True, max_length=60)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='run',
            name='persons',
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name='version',
            name='activated_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='version',
            name='in_force_to',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='version',
            name='reason',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AddField(
            model_name='version',
            name='withdrawn_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='version',
            name='withdrawn_by',
            field=models.CharField(blank=True, db_default='', default='', max_length=80),
        ),
        migrations.AddField(
            model_name='version',
            name='withdrawn_why',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.RunPython(begun, migrations.RunPython.noop),
    ]
