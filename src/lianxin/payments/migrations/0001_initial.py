import django.db.models.deletion
from django.db import migrations, models

from lianxin.journal.together import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('casework', '0001_initial'),
        ('catalogue', '0001_initial'),
        ('journal', '0001_initial'),
        ('people', '0001_initial'),
    ]

    operations = [
        Together(
            operations=[migrations.CreateModel(
                name='Batch',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.CharField(max_length=24, unique=True)),
                    ('service', models.CharField(max_length=60)),
                    ('area', models.CharField(max_length=12)),
                    ('sealed', models.BooleanField(default=False)),
                    ('state', models.CharField(max_length=10)),
                    ('count', models.IntegerField()),
                    ('total', models.BigIntegerField()),
                    ('maker', models.BigIntegerField()),
                    ('maker_name', models.CharField(max_length=80)),
                    ('made_at', models.DateTimeField()),
                    ('checker', models.BigIntegerField(null=True)),
                    ('checker_name', models.CharField(blank=True, max_length=80)),
                    ('checked_at', models.DateTimeField(null=True)),
                    ('approver', models.BigIntegerField(null=True)),
                    ('approver_name', models.CharField(blank=True, max_length=80)),
                    ('approved_at', models.DateTimeField(null=True)),
                    ('sent_at', models.DateTimeField(null=True)),
                    ('settled_at', models.DateTimeField(null=True)),
                    ('file_digest', models.CharField(blank=True, max_length=64)),
                    ('note', models.CharField(blank=True, max_length=200)),
                ],
                options={
                    'indexes': [models.Index(fields=['area', '-id'], name='batch_area')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('checker', models.F('maker')), _negated=True), name='batch_checker_not_maker'), models.CheckConstraint(condition=models.Q(('approver', models.F('maker')), _negated=True), name='batch_approver_not_maker'), models.CheckConstraint(condition=models.Q(('approver', models.F('checker')), _negated=True), name='batch_approver_not_checker'), models.CheckConstraint(condition=models.Q(('approver__isnull', True), ('checker__isnull', False), _connector='OR'), name='batch_checked_before_approved'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['approved', 'sent', 'settled']), _negated=True), ('approver__isnull', False), _connector='OR'), name='batch_sent_only_approved')],
                },
            ), migrations.CreateModel(
                name='Answer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('digest', models.CharField(max_length=64, unique=True)),
                    ('file_name', models.CharField(max_length=200)),
                    ('at', models.DateTimeField()),
                    ('paid', models.IntegerField()),
                    ('returned', models.IntegerField()),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='payments.batch')),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Line',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('family', models.BigIntegerField(null=True)),
                    ('service', models.CharField(max_length=60)),
                    ('category', models.CharField(blank=True, max_length=60)),
                    ('programme', models.CharField(blank=True, max_length=60)),
                    ('level', models.CharField(blank=True, max_length=10)),
                    ('period', models.CharField(max_length=12)),
                    ('amount', models.BigIntegerField()),
                    ('area', models.CharField(max_length=12)),
                    ('sealed', models.BooleanField(default=False)),
                    ('created_at', models.DateTimeField()),
                    ('state', models.CharField(default='due', max_length=10)),
                    ('attempts', models.SmallIntegerField(default=0)),
                    ('fault', models.CharField(blank=True, max_length=40)),
                    ('settled_on', models.DateField(null=True)),
                    ('cleared', models.BooleanField(default=False)),
                    ('batch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='payments.batch')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='casework.case')),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='people.person')),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='catalogue.version')),
                ],
                options={
                    'indexes': [models.Index(fields=['state', 'service', 'area', 'id'], name='line_state'), models.Index(fields=['person', 'service', 'period'], name='line_person'), models.Index(fields=['area', '-id'], name='line_area')],
                    'constraints': [models.UniqueConstraint(fields=('case', 'period'), name='line_once'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='line_amount')],
                },
            ), migrations.CreateModel(
                name='Transaction',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('on', models.DateField(db_index=True)),
                    ('source', models.CharField(max_length=120, unique=True)),
                    ('how', models.CharField(max_length=16)),
                    ('lines', models.IntegerField()),
                    ('total', models.BigIntegerField()),
                    ('batch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='transactions', to='payments.batch')),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Attempt',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('serial', models.IntegerField()),
                    ('amount', models.BigIntegerField()),
                    ('result', models.CharField(default='sent', max_length=10)),
                    ('fault', models.CharField(blank=True, max_length=40)),
                    ('answered_at', models.DateTimeField(null=True)),
                    ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.bankaccount')),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tries', to='payments.batch')),
                    ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tries', to='payments.line')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('batch', 'serial'), name='attempt_serial'), models.UniqueConstraint(condition=models.Q(('result__in', ['sent', 'paid'])), fields=('line',), name='attempt_one_payment')],
                },
            ), migrations.CreateModel(
                name='Posting',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('account', models.CharField(max_length=80)),
                    ('amount', models.BigIntegerField()),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='payments.line')),
                    ('transaction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='payments.transaction')),
                ],
                options={
                    'indexes': [models.Index(fields=['account', 'amount'], name='posting_account')],
                },
            )],
        ),
    ]
