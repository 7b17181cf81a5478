import django.db.models.deletion
from django.db import migrations, models

from lianxin.journal.together import Together


class Migration(migrations.Migration):

    replaces = [('partners', '0001_initial'), ('partners', '0002_gifts')]

    initial = True

    dependencies = [
        ('access', '0004_organisation'),
        ('journal', '0004_looks'),
    ]

    operations = [
        Together(
            operations=[migrations.CreateModel(
                name='Agreement',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('valid_from', models.DateField(null=True)),
                    ('valid_to', models.DateField(null=True)),
                    ('recorded_at', models.DateTimeField()),
                    ('superseded_at', models.DateTimeField(null=True)),
                    ('superseded_by', models.BigIntegerField(null=True)),
                    ('paper', models.CharField(blank=True, max_length=120)),
                    ('plaque', models.CharField(blank=True, max_length=24)),
                    ('offer', models.CharField(blank=True, max_length=200)),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='access.office')),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='ReceiptCount',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('year', models.SmallIntegerField(unique=True)),
                    ('last', models.IntegerField(default=0)),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Gift',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.CharField(max_length=24, unique=True)),
                    ('area', models.CharField(max_length=12)),
                    ('thing', models.CharField(blank=True, max_length=60)),
                    ('unit', models.CharField(blank=True, max_length=10)),
                    ('quantity', models.BigIntegerField()),
                    ('purpose', models.CharField(max_length=200)),
                    ('received_on', models.DateField()),
                    ('recorded_at', models.DateTimeField()),
                    ('received_by', models.CharField(max_length=80)),
                    ('used', models.BigIntegerField(default=0)),
                    ('reversed_at', models.DateTimeField(null=True)),
                    ('reversed_by', models.BigIntegerField(null=True)),
                    ('reason', models.CharField(blank=True, max_length=200)),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('keeper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gifts_kept', to='access.office')),
                    ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gifts', to='access.office')),
                ],
                options={
                    'indexes': [models.Index(fields=['area', '-id'], name='gift_area'), models.Index(fields=['office', '-id'], name='gift_office')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='gift_some'), models.CheckConstraint(condition=models.Q(('used__gte', 0), ('used__lte', models.F('quantity'))), name='gift_never_more'), models.CheckConstraint(condition=models.Q(('reversed_at__isnull', True), ('used', 0), _connector='OR'), name='gift_reversed_unused')],
                },
            ), migrations.CreateModel(
                name='Use',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('quantity', models.BigIntegerField()),
                    ('used_on', models.DateField()),
                    ('words', models.CharField(max_length=200)),
                    ('case', models.BigIntegerField(null=True)),
                    ('event', models.BigIntegerField(null=True)),
                    ('service', models.CharField(blank=True, max_length=60)),
                    ('recorded_at', models.DateTimeField()),
                    ('by_account', models.BigIntegerField(null=True)),
                    ('reversed_at', models.DateTimeField(null=True)),
                    ('reversed_by', models.BigIntegerField(null=True)),
                    ('reason', models.CharField(blank=True, max_length=200)),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('gift', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='partners.gift')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='use_some')],
                },
            )],
        ),
    ]
