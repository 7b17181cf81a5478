from django.db import migrations, models

from lianxin.journal.together import Together


class Migration(migrations.Migration):

    replaces = [('journal', '0001_initial'), ('journal', '0002_checkpoints'), ('journal', '0003_rewritten'), ('journal', '0004_looks')]

    initial = True

    dependencies = [
    ]

    operations = [
        Together(
            operations=[migrations.CreateModel(
                name='Head',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('hash', models.CharField(default='', max_length=64)),
                    ('length', models.BigIntegerField(default=0)),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Entry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('link', models.BigIntegerField(null=True, unique=True)),
                    ('at', models.DateTimeField(db_index=True)),
                    ('by_account', models.BigIntegerField(null=True)),
                    ('by_name', models.CharField(max_length=80)),
                    ('office', models.BigIntegerField(null=True)),
                    ('action', models.CharField(max_length=60)),
                    ('purpose', models.CharField(blank=True, max_length=200)),
                    ('area', models.CharField(blank=True, max_length=12)),
                    ('person', models.BigIntegerField(null=True)),
                    ('case', models.BigIntegerField(null=True)),
                    ('service', models.CharField(blank=True, max_length=60)),
                    ('run', models.CharField(blank=True, max_length=40)),
                    ('detail', models.JSONField(default=dict)),
                    ('rows', models.JSONField(default=list)),
                    ('previous', models.CharField(blank=True, max_length=64)),
                    ('hash', models.CharField(blank=True, max_length=64)),
                ],
                options={
                    'indexes': [models.Index(fields=['person', '-id'], name='journal_person'), models.Index(fields=['case', 'id'], name='journal_case'), models.Index(fields=['by_account', '-id'], name='journal_by'), models.Index(fields=['area', '-id'], name='journal_area'), models.Index(fields=['run'], name='journal_run')],
                },
            ), migrations.CreateModel(
                name='Checkpoint',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField(unique=True)),
                    ('link', models.BigIntegerField()),
                    ('line', models.TextField()),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Marks',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('entry', models.BigIntegerField()),
                    ('table', models.CharField(max_length=80)),
                    ('marks', models.BinaryField()),
                ],
                options={
                    'indexes': [models.Index(fields=['entry', 'table'], name='marks_of_entry')],
                },
            ), migrations.CreateModel(
                name='Rewritten',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('entry', models.BigIntegerField()),
                    ('table', models.CharField(max_length=80)),
                    ('former', models.BinaryField()),
                ],
                options={
                    'indexes': [models.Index(fields=['table', 'entry'], name='rewritten_table')],
                },
            ), migrations.CreateModel(
                name='Contained',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('entry', models.BigIntegerField()),
                    ('bucket', models.BigIntegerField()),
                    ('places', models.BinaryField()),
                ],
                options={
                    'indexes': [models.Index(fields=['bucket', '-entry'], name='contained_bucket')],
                },
            ), migrations.CreateModel(
                name='Held',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('entry', models.BigIntegerField(unique=True)),
                    ('until', models.DateField()),
                    ('by_account', models.BigIntegerField(null=True)),
                    ('held_in', models.BigIntegerField()),
                    ('released_at', models.DateTimeField(null=True)),
                    ('released_by', models.BigIntegerField(null=True)),
                ],
                options={
                    'indexes': [models.Index(fields=['released_at', 'until'], name='held_open')],
                },
            )],
        ),
    ]
