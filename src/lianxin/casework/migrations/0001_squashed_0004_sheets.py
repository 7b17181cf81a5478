import django.db.models.deletion
from django.db import migrations, models

from lianxin.journal.together import Together


class Migration(migrations.Migration):

    replaces = [('casework', '0001_initial'), ('casework', '0002_the_line'), ('casework', '0003_circle'), ('casework', '0004_sheets')]

    initial = True

    dependencies = [
        ('access', '0005_duty'),
        ('catalogue', '0001_initial'),
        ('journal', '0004_looks'),
        ('people', '0011_disposal'),
    ]

    operations = [
        Together(
            operations=[migrations.CreateModel(
                name='Case',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.CharField(max_length=24, unique=True)),
                    ('service', models.CharField(max_length=60)),
                    ('mode', models.CharField(max_length=10)),
                    ('sealed', models.BooleanField(default=False)),
                    ('kind', models.CharField(blank=True, max_length=40)),
                    ('cause', models.CharField(blank=True, max_length=60)),
                    ('event_on', models.DateField(null=True)),
                    ('area', models.CharField(max_length=12)),
                    ('channel', models.CharField(max_length=10)),
                    ('opened_by', models.BigIntegerField(null=True)),
                    ('words', models.TextField(blank=True)),
                    ('form', models.JSONField(default=dict)),
                    ('state', models.CharField(max_length=10)),
                    ('step', models.SmallIntegerField(default=0)),
                    ('step_name', models.CharField(blank=True, max_length=12)),
                    ('level', models.CharField(blank=True, max_length=10)),
                    ('desk', models.CharField(blank=True, max_length=40)),
                    ('assignee', models.BigIntegerField(null=True)),
                    ('amount', models.BigIntegerField(null=True)),
                    ('opened_at', models.DateTimeField()),
                    ('moved_at', models.DateTimeField()),
                    ('due_at', models.DateTimeField(null=True)),
                    ('paused_at', models.DateTimeField(null=True)),
                    ('closed_at', models.DateTimeField(null=True)),
                    ('stands_from', models.DateField(null=True)),
                    ('stands_to', models.DateField(null=True)),
                    ('promised_at', models.DateTimeField(null=True)),
                    ('mandate', models.BigIntegerField(null=True)),
                    ('version_lock', models.IntegerField(default=0)),
                    ('family', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='people.family')),
                    ('office', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='access.office')),
                    ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='people.person')),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='catalogue.version')),
                    ('became', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='came_from', to='casework.case')),
                    ('reference', models.CharField(blank=True, db_default='', default='', max_length=40)),
                ],
                options={
                    'indexes': [models.Index(fields=['office', 'state', 'due_at', 'id'], name='case_inbox'), models.Index(fields=['area', 'state', 'due_at', 'id'], name='case_area'), models.Index(fields=['service', 'state', 'area', 'id'], name='case_service'), models.Index(fields=['person', '-id'], name='case_person'), models.Index(fields=['family', '-id'], name='case_family'), models.Index(fields=['state', 'due_at'], name='case_due'), models.Index(condition=models.Q(('reference', ''), _negated=True), fields=['reference'], name='case_reference')],
                },
            ), migrations.CreateModel(
                name='Counter',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('sealed', models.BooleanField(default=False)),
                    ('last', models.IntegerField(default=0)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('day', 'sealed'), name='counter_day')],
                },
            ), migrations.CreateModel(
                name='CircleSheet',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField()),
                    ('handed_at', models.DateTimeField(null=True)),
                    ('handed_by', models.BigIntegerField(null=True)),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.office')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                    ('soldier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['office', 'id'], name='circle_sheet_office')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('person', 'soldier'), name='circle_sheet_once')],
                },
            ), migrations.CreateModel(
                name='Dispatch',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('words', models.CharField(blank=True, max_length=400)),
                    ('offered_at', models.DateTimeField()),
                    ('answer_by', models.DateTimeField(null=True)),
                    ('answer', models.CharField(default='offered', max_length=10)),
                    ('answered_at', models.DateTimeField(null=True)),
                    ('answered_by', models.BigIntegerField(null=True)),
                    ('reason', models.CharField(blank=True, max_length=200)),
                    ('done_at', models.DateTimeField(null=True)),
                    ('done_words', models.CharField(blank=True, max_length=400)),
                    ('minutes', models.IntegerField(null=True)),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dispatches', to='casework.case')),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dispatches', to='access.office')),
                ],
                options={
                    'indexes': [models.Index(fields=['office', 'answer', 'id'], name='dispatch_office'), models.Index(fields=['answer', 'answer_by'], name='dispatch_due')],
                },
            ), migrations.CreateModel(
                name='Gap',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=10)),
                    ('code', models.CharField(max_length=60)),
                    ('asked_at', models.DateTimeField()),
                    ('words', models.CharField(blank=True, max_length=200)),
                    ('name', models.JSONField(default=dict)),
                    ('met_at', models.DateTimeField(null=True)),
                    ('met_move', models.BigIntegerField(null=True)),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gaps', to='casework.case')),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Listed',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('account', models.BigIntegerField(db_index=True)),
                    ('until', models.DateTimeField(null=True)),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='listed', to='casework.case')),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Move',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField()),
                    ('by_account', models.BigIntegerField(null=True)),
                    ('by_name', models.CharField(max_length=80)),
                    ('office', models.BigIntegerField(null=True)),
                    ('verb', models.CharField(max_length=16)),
                    ('from_state', models.CharField(blank=True, max_length=10)),
                    ('to_state', models.CharField(max_length=10)),
                    ('from_step', models.SmallIntegerField(null=True)),
                    ('to_step', models.SmallIntegerField(null=True)),
                    ('reason', models.CharField(blank=True, max_length=60)),
                    ('words', models.TextField(blank=True)),
                    ('due_at', models.DateTimeField(null=True)),
                    ('mandate', models.BigIntegerField(null=True)),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='casework.case')),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                ],
                options={
                    'indexes': [models.Index(fields=['case', 'id'], name='move_case')],
                },
            ), migrations.CreateModel(
                name='Paper',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('person', models.BigIntegerField(db_index=True, null=True)),
                    ('code', models.CharField(max_length=60)),
                    ('name', models.CharField(max_length=120)),
                    ('content_type', models.CharField(max_length=60)),
                    ('size', models.IntegerField()),
                    ('digest', models.CharField(max_length=64)),
                    ('at', models.DateTimeField()),
                    ('by_account', models.BigIntegerField(null=True)),
                    ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='casework.case')),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Period',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('step', models.SmallIntegerField()),
                    ('period', models.CharField(max_length=12)),
                    ('attempt', models.SmallIntegerField(default=1)),
                    ('amount', models.BigIntegerField(null=True)),
                    ('source', models.CharField(max_length=110)),
                    ('state', models.CharField(max_length=10)),
                    ('ordered_at', models.DateTimeField()),
                    ('on', models.DateField(null=True)),
                    ('moved_at', models.DateTimeField(null=True)),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='periods', to='casework.case')),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                ],
                options={
                    'indexes': [models.Index(fields=['case', 'state'], name='period_case')],
                    'constraints': [models.UniqueConstraint(fields=('case', 'step', 'period', 'attempt'), name='period_once')],
                },
            ), migrations.CreateModel(
                name='Publicity',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('area', models.CharField(max_length=12)),
                    ('service', models.CharField(max_length=60)),
                    ('shown', models.JSONField(default=dict)),
                    ('from_on', models.DateField()),
                    ('until_on', models.DateField()),
                    ('state', models.CharField(default='open', max_length=10)),
                    ('closed_at', models.DateTimeField(null=True)),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='publicities', to='casework.case')),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                ],
                options={
                    'indexes': [models.Index(fields=['state', 'until_on', 'area'], name='publicity_open')],
                },
            ), migrations.CreateModel(
                name='Rating',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('score', models.SmallIntegerField()),
                    ('words', models.CharField(blank=True, max_length=400)),
                    ('at', models.DateTimeField()),
                    ('by_account', models.BigIntegerField(null=True)),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ratings', to='casework.case')),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='CircleShare',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('shown', models.BooleanField()),
                    ('at', models.DateTimeField()),
                    ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='casework.case')),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('office', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.office')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                    ('relative', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ],
                options={
                    'indexes': [models.Index(fields=['person', 'relative', 'id'], name='share_relative'), models.Index(condition=models.Q(('office__isnull', False)), fields=['office', 'case', 'id'], name='share_office')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('office__isnull', False), ('relative__isnull', True)), models.Q(('office__isnull', True), ('relative__isnull', False)), _connector='OR'), name='share_to_one')],
                },
            ), migrations.CreateModel(
                name='CircleWord',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('words', models.CharField(max_length=200)),
                    ('at', models.DateTimeField()),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='circle_words', to='casework.case')),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('case', 'person'), name='circle_word_once')],
                },
            ), migrations.CreateModel(
                name='Sheet',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=12, unique=True)),
                    ('kind', models.CharField(max_length=10)),
                    ('notice', models.BigIntegerField(null=True)),
                    ('opens', models.CharField(blank=True, max_length=300)),
                    ('state', models.CharField(blank=True, max_length=10)),
                    ('step', models.SmallIntegerField(null=True)),
                    ('printed_at', models.DateTimeField()),
                    ('by_account', models.BigIntegerField(null=True)),
                    ('office', models.BigIntegerField(null=True)),
                    ('back_at', models.DateTimeField(null=True)),
                    ('back_by', models.BigIntegerField(null=True)),
                    ('answer', models.CharField(blank=True, max_length=4)),
                    ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sheets', to='casework.case')),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                ],
                options={
                    'indexes': [models.Index(fields=['case', '-id'], name='sheet_case')],
                },
            ), migrations.CreateModel(
                name='Objection',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField()),
                    ('words', models.TextField()),
                    ('contact_sealed', models.BinaryField(max_length=120, null=True)),
                    ('salt', models.BinaryField(max_length=16)),
                    ('upheld', models.BooleanField(null=True)),
                    ('finding', models.TextField(blank=True)),
                    ('answered_at', models.DateTimeField(null=True)),
                    ('answered_by', models.BigIntegerField(null=True)),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('publicity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='casework.publicity')),
                ],
                options={
                },
            )],
        ),
    ]
