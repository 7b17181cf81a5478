import django.db.models.deletion
from django.db import migrations, models

from lianxin.journal.together import Together


class Migration(migrations.Migration):

    replaces = [('campaigns', '0001_initial'), ('campaigns', '0002_life_of_the_place'), ('campaigns', '0003_visits')]

    initial = True

    dependencies = [
        ('access', '0004_organisation'),
        ('journal', '0004_looks'),
        ('people', '0011_disposal'),
    ]

    operations = [
        Together(
            operations=[migrations.CreateModel(
                name='Giver',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('valid_from', models.DateField(null=True)),
                    ('valid_to', models.DateField(null=True)),
                    ('recorded_at', models.DateTimeField()),
                    ('superseded_at', models.DateTimeField(null=True)),
                    ('superseded_by', models.BigIntegerField(null=True)),
                    ('paper', models.CharField(blank=True, max_length=120)),
                    ('kind', models.CharField(max_length=40)),
                    ('area', models.CharField(max_length=12)),
                    ('hours', models.CharField(blank=True, max_length=40)),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='givings', to='access.office')),
                    ('paused_until', models.DateField(null=True)),
                    ('per_week', models.SmallIntegerField(null=True)),
                    ('thing', models.CharField(blank=True, db_default='', default='', max_length=120)),
                    ('weekdays', models.CharField(blank=True, db_default='', default='', max_length=7)),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Hours',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('valid_from', models.DateField(null=True)),
                    ('valid_to', models.DateField(null=True)),
                    ('recorded_at', models.DateTimeField()),
                    ('superseded_at', models.DateTimeField(null=True)),
                    ('superseded_by', models.BigIntegerField(null=True)),
                    ('paper', models.CharField(blank=True, max_length=120)),
                    ('account', models.BigIntegerField(null=True)),
                    ('case', models.BigIntegerField(null=True)),
                    ('minutes', models.IntegerField()),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hours_given', to='access.office')),
                    ('event', models.BigIntegerField(null=True)),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='CertificateCount',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('year', models.SmallIntegerField(unique=True)),
                    ('last', models.IntegerField(default=0)),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Certificate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.CharField(max_length=32, unique=True)),
                    ('account', models.BigIntegerField(null=True)),
                    ('name', models.CharField(max_length=80)),
                    ('from_on', models.DateField()),
                    ('to_on', models.DateField()),
                    ('times', models.IntegerField()),
                    ('minutes', models.IntegerField()),
                    ('made_at', models.DateTimeField()),
                    ('made_by', models.BigIntegerField(null=True)),
                    ('replaced_by', models.CharField(blank=True, max_length=32)),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='access.office')),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Programme',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=60, unique=True)),
                    ('kind', models.CharField(max_length=12)),
                    ('name', models.CharField(max_length=60)),
                    ('name_en', models.CharField(blank=True, max_length=80)),
                    ('words', models.CharField(blank=True, max_length=400)),
                    ('area', models.CharField(db_index=True, max_length=12)),
                    ('recorded_at', models.DateTimeField()),
                    ('ended_on', models.DateField(null=True)),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='programmes', to='access.office')),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='VisitList',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=60)),
                    ('occasion', models.CharField(max_length=10)),
                    ('area', models.CharField(max_length=12)),
                    ('office', models.BigIntegerField(null=True)),
                    ('account', models.BigIntegerField()),
                    ('for_on', models.DateField()),
                    ('made_at', models.DateTimeField()),
                    ('by_account', models.BigIntegerField(null=True)),
                    ('state', models.CharField(default='open', max_length=6)),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                ],
                options={
                    'indexes': [models.Index(fields=['account', 'state', '-id'], name='visits_mine'), models.Index(fields=['area', '-id'], name='visits_area')],
                },
            ), migrations.CreateModel(
                name='Event',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('recorded_at', models.DateTimeField()),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='access.office')),
                    ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='campaigns.programme')),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Stop',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('why', models.CharField(max_length=12)),
                    ('words', models.CharField(blank=True, max_length=200)),
                    ('case', models.BigIntegerField(null=True)),
                    ('place', models.SmallIntegerField()),
                    ('state', models.CharField(default='planned', max_length=8)),
                    ('visited_on', models.DateField(null=True)),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('family', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.family')),
                    ('list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stops', to='campaigns.visitlist')),
                ],
                options={
                    'indexes': [models.Index(fields=['family', '-id'], name='stop_family')],
                    'constraints': [models.UniqueConstraint(fields=('list', 'family'), name='stop_once')],
                },
            ), migrations.CreateModel(
                name='Taken',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('account', models.BigIntegerField()),
                    ('key', models.CharField(max_length=36, unique=True)),
                    ('at', models.DateTimeField()),
                    ('until', models.DateTimeField()),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('why', models.CharField(blank=True, max_length=8)),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='taken', to='campaigns.visitlist')),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Picture',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('caption', models.CharField(max_length=120)),
                    ('digest', models.CharField(max_length=64)),
                    ('content_type', models.CharField(max_length=40)),
                    ('size', models.IntegerField()),
                    ('at', models.DateTimeField()),
                    ('by_account', models.BigIntegerField(null=True)),
                    ('state', models.CharField(default='waiting', max_length=10)),
                    ('decided_at', models.DateTimeField(null=True)),
                    ('decided_by', models.BigIntegerField(null=True)),
                    ('reason', models.CharField(blank=True, max_length=120)),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pictures', to='campaigns.event')),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Signup',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('person', models.BigIntegerField(db_index=True)),
                    ('guardian', models.BigIntegerField(db_index=True, null=True)),
                    ('channel', models.CharField(max_length=10)),
                    ('at', models.DateTimeField()),
                    ('by_account', models.BigIntegerField(null=True)),
                    ('state', models.CharField(max_length=10)),
                    ('moved_at', models.DateTimeField()),
                    ('moved_by', models.BigIntegerField(null=True)),
                    ('reason', models.CharField(blank=True, max_length=20)),
                    ('reminded_at', models.DateTimeField(null=True)),
                    ('came', models.BooleanField(null=True)),
                    ('source', models.CharField(blank=True, max_length=110)),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signups', to='campaigns.event')),
                ],
                options={
                    'indexes': [models.Index(fields=['event', 'state', 'id'], name='signup_event')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'cancelled'), _negated=True), fields=('event', 'person'), name='signup_once')],
                },
            ), migrations.CreateModel(
                name='Terms',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('valid_from', models.DateField(null=True)),
                    ('valid_to', models.DateField(null=True)),
                    ('recorded_at', models.DateTimeField()),
                    ('superseded_at', models.DateTimeField(null=True)),
                    ('superseded_by', models.BigIntegerField(null=True)),
                    ('paper', models.CharField(blank=True, max_length=120)),
                    ('area', models.CharField(max_length=12)),
                    ('title', models.CharField(max_length=60)),
                    ('title_en', models.CharField(blank=True, max_length=80)),
                    ('venue', models.CharField(max_length=12)),
                    ('place', models.CharField(max_length=80)),
                    ('starts_at', models.DateTimeField()),
                    ('ends_at', models.DateTimeField()),
                    ('until_at', models.DateTimeField()),
                    ('places', models.IntegerField(null=True)),
                    ('age_from', models.SmallIntegerField(null=True)),
                    ('age_to', models.SmallIntegerField(null=True)),
                    ('words', models.TextField(blank=True)),
                    ('state', models.CharField(max_length=10)),
                    ('reason', models.CharField(blank=True, max_length=200)),
                    ('unnamed', models.IntegerField(default=0)),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='terms', to='campaigns.event')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('superseded_at__isnull', True)), fields=['area', 'starts_at'], name='terms_area')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('superseded_at__isnull', True)), fields=('event',), name='terms_one')],
                },
            ), migrations.CreateModel(
                name='Report',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(max_length=36, unique=True)),
                    ('outcome', models.CharField(max_length=8)),
                    ('happened_at', models.DateTimeField()),
                    ('received_at', models.DateTimeField()),
                    ('by_account', models.BigIntegerField(null=True)),
                    ('by_name', models.CharField(max_length=80)),
                    ('words', models.TextField(blank=True)),
                    ('minutes', models.IntegerField(null=True)),
                    ('signer', models.CharField(blank=True, max_length=40)),
                    ('signature', models.CharField(blank=True, max_length=64)),
                    ('source', models.CharField(blank=True, max_length=110)),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('stop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='campaigns.stop')),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Pictured',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('person', models.BigIntegerField(db_index=True)),
                    ('agreed_at', models.DateTimeField()),
                    ('withdrawn_at', models.DateTimeField(null=True)),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('picture', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shown', to='campaigns.picture')),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Part',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(max_length=36, unique=True)),
                    ('what', models.CharField(max_length=10)),
                    ('code', models.CharField(blank=True, max_length=100)),
                    ('state', models.CharField(max_length=8)),
                    ('theirs', models.CharField(blank=True, max_length=300)),
                    ('case', models.BigIntegerField(null=True)),
                    ('decided_at', models.DateTimeField(null=True)),
                    ('decided_by', models.BigIntegerField(null=True)),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='campaigns.report')),
                ],
                options={
                    'indexes': [models.Index(fields=['state', 'report'], name='part_conflict')],
                },
            )],
        ),
    ]
