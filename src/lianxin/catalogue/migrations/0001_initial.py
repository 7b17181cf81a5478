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
                name='Run',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField()),
                    ('as_of', models.DateField()),
                    ('services', models.JSONField(default=list)),
                    ('state', models.CharField(max_length=10)),
                    ('progress', models.JSONField(default=dict)),
                    ('results', models.JSONField(default=list)),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Version',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('service', models.CharField(max_length=60)),
                    ('number', models.IntegerField()),
                    ('digest', models.CharField(max_length=64)),
                    ('declaration', models.JSONField()),
                    ('examples', models.JSONField(default=list)),
                    ('sealed', models.BooleanField(default=False)),
                    ('in_force_from', models.DateField()),
                    ('published_at', models.DateTimeField()),
                    ('approved_by', models.CharField(max_length=80)),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('service', 'number'), name='version_number')],
                },
            ), migrations.CreateModel(
                name='Verdict',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('service', models.CharField(max_length=60)),
                    ('subject', models.BigIntegerField()),
                    ('area', models.CharField(blank=True, max_length=12)),
                    ('verdict', models.CharField(max_length=1)),
                    ('amount', models.BigIntegerField(null=True)),
                    ('missing', models.CharField(blank=True, max_length=200)),
                    ('since', models.DateField()),
                    ('event_on', models.DateField(null=True)),
                    ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='catalogue.run')),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='catalogue.version')),
                ],
                options={
                    'indexes': [models.Index(fields=['subject'], name='verdict_of'), models.Index(fields=['service', 'verdict', 'area', 'id'], name='verdict_list')],
                    'constraints': [models.UniqueConstraint(fields=('service', 'subject'), name='verdict_subject')],
                },
            )],
        ),
    ]
