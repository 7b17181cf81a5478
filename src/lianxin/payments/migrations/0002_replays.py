
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0004_sheets'),
        ('catalogue', '0003_versions_coming'),
        ('journal', '0004_looks'),
        ('payments', '0001_initial'),
        ('people', '0011_disposal'),
    ]

    operations = [
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.CharField(max_length=12)),
                ('period', models.CharField(max_length=12)),
                ('judged_on', models.DateField()),
                ('kind', models.CharField(max_length=10)),
                ('cause', models.CharField(blank=True, max_length=10)),
                ('was', models.BigIntegerField()),
                ('now', models.BigIntegerField()),
                ('missing', models.CharField(blank=True, max_length=200)),
                ('state', models.CharField(max_length=10)),
                ('why', models.CharField(blank=True, max_length=200)),
                ('moved_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Recovery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('service', models.CharField(max_length=60)),
                ('area', models.CharField(max_length=12)),
                ('sealed', models.BooleanField(default=False)),
                ('period', models.CharField(max_length=12)),
                ('amount', models.BigIntegerField()),
                ('created_at', models.DateTimeField()),
                ('state', models.CharField(max_length=10)),
                ('returned', models.BigIntegerField(default=0)),
                ('waived', models.BigIntegerField(default=0)),
                ('why', models.CharField(blank=True, max_length=200)),
                ('moved_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Replay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('service', models.CharField(max_length=60)),
                ('area', models.CharField(max_length=12)),
                ('sealed', models.BooleanField(default=False)),
                ('from_on', models.DateField()),
                ('to_on', models.DateField()),
                ('reason', models.CharField(max_length=200)),
                ('least', models.BigIntegerField(default=0)),
                ('state', models.CharField(max_length=10)),
                ('maker', models.BigIntegerField()),
                ('maker_name', models.CharField(max_length=80)),
                ('made_at', models.DateTimeField()),
                ('approver', models.BigIntegerField(null=True)),
                ('approver_name', models.CharField(blank=True, max_length=80)),
                ('approved_at', models.DateTimeField(null=True)),
                ('note', models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='line',
            name='line_once',
        ),
        migrations.AddField(
            model_name='correction',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='casework.case'),
        ),
        migrations.AddField(
            model_name='correction',
            name='entry',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry'),
        ),
        migrations.AddField(
            model_name='correction',
            name='line',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='payments.line'),
        ),
        migrations.AddField(
            model_name='correction',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='people.person'),
        ),
        migrations.AddField(
            model_name='correction',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='catalogue.version'),
        ),
        migrations.AddField(
            model_name='line',
            name='correction',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrects', to='payments.correction'),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.UniqueConstraint(condition=models.Q(('correction__isnull', True)), fields=('case', 'period'), name='line_once'),
        ),
        migrations.AddField(
            model_name='recovery',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recoveries', to='casework.case'),
        ),
        migrations.AddField(
            model_name='recovery',
            name='correction',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='recovery', to='payments.correction'),
        ),
        migrations.AddField(
            model_name='recovery',
            name='entry',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry'),
        ),
        migrations.AddField(
            model_name='recovery',
            name='line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recoveries', to='payments.line'),
        ),
        migrations.AddField(
            model_name='recovery',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recoveries', to='people.person'),
        ),
        migrations.AddField(
            model_name='replay',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='catalogue.version'),
        ),
        migrations.AddField(
            model_name='correction',
            name='replay',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='payments.replay'),
        ),
        migrations.AddIndex(
            model_name='recovery',
            index=models.Index(fields=['state', 'area', 'id'], name='recovery_state'),
        ),
        migrations.AddConstraint(
            model_name='recovery',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('returned__gte', 0), ('waived__gte', 0)), name='recovery_amounts'),
        ),
        migrations.AddConstraint(
            model_name='recovery',
            constraint=models.CheckConstraint(condition=models.Q(('returned__lte', django.db.models.expressions.CombinedExpression(models.F('amount'), '-', models.F('waived')))), name='recovery_not_twice'),
        ),
        migrations.AddIndex(
            model_name='replay',
            index=models.Index(fields=['area', '-id'], name='replay_area'),
        ),
        migrations.AddConstraint(
            model_name='replay',
            constraint=models.CheckConstraint(condition=models.Q(('approver', models.F('maker')), _negated=True), name='replay_approver_not_maker'),
        ),
        migrations.AddConstraint(
            model_name='replay',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['approved', 'applied']), _negated=True), ('approver__isnull', False), _connector='OR'), name='replay_approved'),
        ),
        migrations.AddConstraint(
            model_name='replay',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['proposed', 'approved'])), fields=('service', 'area'), name='replay_one_open'),
        ),
        migrations.AddIndex(
            model_name='correction',
            index=models.Index(fields=['replay', 'state', 'id'], name='correction_state'),
        ),
        migrations.AddIndex(
            model_name='correction',
            index=models.Index(fields=['case', 'period'], name='correction_case'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.UniqueConstraint(fields=('replay', 'case', 'period'), name='correction_once'),
        ),
    ]
