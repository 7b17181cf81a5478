import django.db.models.deletion
from django.db import migrations, models

from lianxin.journal.together import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('journal', '0001_initial'),
    ]

    operations = [
        Together(
            operations=[migrations.CreateModel(
                name='Draft',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('review', models.CharField(max_length=60)),
                    ('title', models.CharField(max_length=120)),
                    ('area', models.CharField(max_length=12)),
                    ('from_on', models.DateField()),
                    ('to_on', models.DateField()),
                    ('text', models.TextField()),
                    ('figures', models.JSONField(default=dict)),
                    ('account', models.BigIntegerField(null=True)),
                    ('saved_at', models.DateTimeField()),
                    ('number', models.IntegerField(default=1)),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Publication',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('review', models.CharField(max_length=60)),
                    ('title', models.CharField(max_length=120)),
                    ('area', models.CharField(max_length=12)),
                    ('from_on', models.DateField()),
                    ('to_on', models.DateField()),
                    ('text', models.TextField()),
                    ('figures', models.JSONField(default=dict)),
                    ('known_at', models.DateTimeField()),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                ],
                options={
                },
            )],
        ),
    ]
