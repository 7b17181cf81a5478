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
                name='Outcome',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=12)),
                    ('service', models.CharField(max_length=60)),
                    ('programme', models.CharField(blank=True, max_length=60)),
                    ('category', models.CharField(blank=True, max_length=60)),
                    ('level', models.CharField(blank=True, max_length=10)),
                    ('area', models.CharField(max_length=12)),
                    ('person', models.BigIntegerField(null=True)),
                    ('family', models.BigIntegerField(null=True)),
                    ('organisation', models.BigIntegerField(null=True)),
                    ('place', models.BigIntegerField(null=True)),
                    ('case', models.BigIntegerField(null=True)),
                    ('happened_on', models.DateField()),
                    ('ended_on', models.DateField(null=True)),
                    ('quantity', models.BigIntegerField(default=1)),
                    ('unit', models.CharField(blank=True, max_length=20)),
                    ('amount', models.BigIntegerField(null=True)),
                    ('source', models.CharField(max_length=120, unique=True)),
                    ('sealed', models.BooleanField(default=False)),
                    ('recorded_at', models.DateTimeField()),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('reverses', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversals', to='outcomes.outcome')),
                ],
                options={
                    'indexes': [models.Index(fields=['service', 'kind', 'happened_on'], name='outcome_service'), models.Index(fields=['area', 'happened_on'], name='outcome_area'), models.Index(fields=['person', 'service'], name='outcome_person'), models.Index(fields=['family'], name='outcome_family'), models.Index(fields=['case'], name='outcome_case')],
                },
            )],
        ),
    ]
