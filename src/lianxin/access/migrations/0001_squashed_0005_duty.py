import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lianxin.journal.together import Together


class Migration(migrations.Migration):

    replaces = [('access', '0001_initial'), ('access', '0002_guard'), ('access', '0003_keys'), ('access', '0004_organisation'), ('access', '0005_duty')]

    initial = True

    dependencies = [
        ('journal', '0004_looks'),
    ]

    operations = [
        Together(
            operations=[migrations.CreateModel(
                name='Area',
                fields=[
                    ('code', models.CharField(max_length=12, primary_key=True, serialize=False)),
                    ('name', models.CharField(max_length=60)),
                    ('name_en', models.CharField(blank=True, max_length=80)),
                    ('level', models.CharField(max_length=10)),
                    ('successor', models.CharField(blank=True, max_length=12)),
                    ('ended_on', models.DateField(null=True)),
                    ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='access.area')),
                    ('initials', models.CharField(blank=True, max_length=60)),
                    ('pinyin', models.CharField(blank=True, max_length=160)),
                ],
                options={
                    'indexes': [models.Index(fields=['parent', 'code'], name='area_branch'), models.Index(fields=['pinyin'], name='area_pinyin'), models.Index(fields=['initials'], name='area_initials')],
                },
            ), migrations.CreateModel(
                name='PublicName',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('valid_from', models.DateField(null=True)),
                    ('valid_to', models.DateField(null=True)),
                    ('recorded_at', models.DateTimeField()),
                    ('superseded_at', models.DateTimeField(null=True)),
                    ('superseded_by', models.BigIntegerField(null=True)),
                    ('paper', models.CharField(blank=True, max_length=120)),
                    ('name', models.CharField(max_length=60)),
                    ('why', models.CharField(max_length=200)),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='SetAside',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField()),
                    ('account', models.BigIntegerField(null=True)),
                    ('by_name', models.CharField(max_length=80)),
                    ('area', models.CharField(blank=True, max_length=12)),
                    ('where', models.CharField(max_length=120)),
                    ('kind', models.CharField(max_length=12)),
                    ('mark', models.BinaryField(db_index=True, max_length=16)),
                    ('salt', models.BinaryField(max_length=16)),
                    ('sealed', models.BinaryField(null=True)),
                    ('state', models.CharField(default='waiting', max_length=10)),
                    ('decided_at', models.DateTimeField(null=True)),
                    ('decided_by', models.BigIntegerField(null=True)),
                ],
                options={
                    'indexes': [models.Index(fields=['state', 'area', '-id'], name='setaside_state')],
                },
            ), migrations.CreateModel(
                name='KeyMark',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.SmallIntegerField(unique=True)),
                    ('fingerprint', models.CharField(max_length=32)),
                    ('seen_at', models.DateTimeField()),
                    ('retired_at', models.DateTimeField(null=True)),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Rotation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.SmallIntegerField(unique=True)),
                    ('before', models.SmallIntegerField()),
                    ('cipher', models.CharField(max_length=16)),
                    ('state', models.CharField(max_length=10)),
                    ('started_at', models.DateTimeField()),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('part', models.SmallIntegerField(default=0)),
                    ('after', models.CharField(blank=True, max_length=64)),
                    ('values', models.BigIntegerField(default=0)),
                    ('broken', models.IntegerField(default=0)),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='OneTime',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('phone_mark', models.BinaryField(db_index=True, max_length=16)),
                    ('digest', models.CharField(max_length=64)),
                    ('sent_at', models.DateTimeField()),
                    ('expires_at', models.DateTimeField()),
                    ('tries', models.SmallIntegerField(default=0)),
                    ('used_at', models.DateTimeField(null=True)),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Redrawing',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('run', models.CharField(max_length=40, unique=True)),
                    ('on', models.DateField()),
                    ('paper', models.CharField(max_length=120)),
                    ('at', models.DateTimeField()),
                    ('by_account', models.BigIntegerField(null=True)),
                    ('by_name', models.CharField(max_length=80)),
                    ('state', models.CharField(max_length=10)),
                    ('pairs', models.JSONField(default=dict)),
                    ('added', models.JSONField(default=list)),
                    ('offices', models.JSONField(default=dict)),
                    ('moved', models.JSONField(default=dict)),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Slip',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('person', models.BigIntegerField(db_index=True)),
                    ('mark', models.BinaryField(max_length=16, unique=True)),
                    ('name', models.CharField(max_length=80)),
                    ('made_at', models.DateTimeField()),
                    ('made_by', models.BigIntegerField(null=True)),
                    ('area', models.CharField(blank=True, max_length=12)),
                    ('expires_at', models.DateTimeField()),
                    ('used_at', models.DateTimeField(null=True)),
                    ('void_at', models.DateTimeField(null=True)),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Succession',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('valid_from', models.DateField(null=True)),
                    ('valid_to', models.DateField(null=True)),
                    ('recorded_at', models.DateTimeField()),
                    ('superseded_at', models.DateTimeField(null=True)),
                    ('superseded_by', models.BigIntegerField(null=True)),
                    ('paper', models.CharField(blank=True, max_length=120)),
                    ('code', models.CharField(max_length=12)),
                    ('into', models.CharField(max_length=12)),
                    ('run', models.CharField(db_index=True, max_length=40)),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                ],
                options={
                    'indexes': [models.Index(fields=['into'], name='succession_into')],
                },
            ), migrations.CreateModel(
                name='Tries',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(max_length=64, unique=True)),
                    ('since', models.DateTimeField(db_index=True)),
                    ('count', models.IntegerField(default=0)),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Office',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=80)),
                    ('name_en', models.CharField(blank=True, max_length=120)),
                    ('kind', models.CharField(max_length=16)),
                    ('level', models.CharField(max_length=10)),
                    ('phone', models.CharField(blank=True, max_length=40)),
                    ('address', models.CharField(blank=True, max_length=120)),
                    ('open', models.BooleanField(default=True)),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offices', to='access.area')),
                    ('hours', models.CharField(blank=True, max_length=120)),
                ],
                options={
                    'indexes': [models.Index(fields=['level', 'area'], name='office_level_area')],
                },
            ), migrations.CreateModel(
                name='AreaName',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('valid_from', models.DateField(null=True)),
                    ('valid_to', models.DateField(null=True)),
                    ('recorded_at', models.DateTimeField()),
                    ('superseded_at', models.DateTimeField(null=True)),
                    ('superseded_by', models.BigIntegerField(null=True)),
                    ('paper', models.CharField(blank=True, max_length=120)),
                    ('name', models.CharField(max_length=60)),
                    ('name_en', models.CharField(blank=True, max_length=80)),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='names', to='access.area')),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Account',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('username', models.CharField(max_length=60, unique=True)),
                    ('name', models.CharField(max_length=80)),
                    ('name_en', models.CharField(blank=True, max_length=80)),
                    ('person', models.BigIntegerField(null=True, unique=True)),
                    ('language', models.CharField(default='zh-hans', max_length=10)),
                    ('elder', models.BooleanField(default=False)),
                    ('is_active', models.BooleanField(default=True)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('office', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='access.office')),
                    ('locked_until', models.DateTimeField(null=True)),
                    ('must_change', models.BooleanField(default=False)),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Desk',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=40)),
                    ('name_en', models.CharField(blank=True, max_length=60)),
                    ('phone', models.CharField(blank=True, max_length=40)),
                    ('open', models.BooleanField(default=True)),
                    ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='desks', to='access.office')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('office', 'name'), name='desk_once')],
                },
            ), migrations.CreateModel(
                name='Grant',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('valid_from', models.DateField(null=True)),
                    ('valid_to', models.DateField(null=True)),
                    ('recorded_at', models.DateTimeField()),
                    ('superseded_at', models.DateTimeField(null=True)),
                    ('superseded_by', models.BigIntegerField(null=True)),
                    ('paper', models.CharField(blank=True, max_length=120)),
                    ('role', models.CharField(max_length=40)),
                    ('area', models.CharField(max_length=12)),
                    ('desk', models.CharField(blank=True, max_length=40)),
                    ('service', models.CharField(blank=True, max_length=60)),
                    ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to=settings.AUTH_USER_MODEL)),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Binding',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('phone_mark', models.BinaryField(db_index=True, max_length=16)),
                    ('phone', models.CharField(max_length=20)),
                    ('file_mark', models.BinaryField(max_length=16, null=True)),
                    ('bound_at', models.DateTimeField()),
                    ('used_at', models.DateTimeField()),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('why', models.CharField(blank=True, max_length=12)),
                    ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bindings', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Sits',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('valid_from', models.DateField(null=True)),
                    ('valid_to', models.DateField(null=True)),
                    ('recorded_at', models.DateTimeField()),
                    ('superseded_at', models.DateTimeField(null=True)),
                    ('superseded_by', models.BigIntegerField(null=True)),
                    ('paper', models.CharField(blank=True, max_length=120)),
                    ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seats', to=settings.AUTH_USER_MODEL)),
                    ('desk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sitters', to='access.desk')),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='StandIn',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('valid_from', models.DateField(null=True)),
                    ('valid_to', models.DateField(null=True)),
                    ('recorded_at', models.DateTimeField()),
                    ('superseded_at', models.DateTimeField(null=True)),
                    ('superseded_by', models.BigIntegerField(null=True)),
                    ('paper', models.CharField(blank=True, max_length=120)),
                    ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stood_in_by', to=settings.AUTH_USER_MODEL)),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('substitute', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stands_in_for', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                },
            ), migrations.CreateModel(
                name='Visit',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField()),
                    ('seen_at', models.DateTimeField()),
                    ('until', models.DateTimeField(null=True)),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('why', models.CharField(blank=True, max_length=12)),
                    ('how', models.CharField(max_length=12)),
                    ('browser', models.CharField(blank=True, max_length=40)),
                    ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visits', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [models.Index(fields=['account', '-id'], name='visit_account')],
                },
            ), migrations.CreateModel(
                name='Duty',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('valid_from', models.DateField(null=True)),
                    ('valid_to', models.DateField(null=True)),
                    ('recorded_at', models.DateTimeField()),
                    ('superseded_at', models.DateTimeField(null=True)),
                    ('superseded_by', models.BigIntegerField(null=True)),
                    ('paper', models.CharField(blank=True, max_length=120)),
                    ('shift', models.CharField(max_length=5)),
                    ('name', models.CharField(max_length=40)),
                    ('phone', models.CharField(blank=True, max_length=40)),
                    ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='duties', to=settings.AUTH_USER_MODEL)),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                    ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='duties', to='access.office')),
                ],
                options={
                    'indexes': [models.Index(fields=['office', 'valid_from'], name='duty_day')],
                },
            )],
        ),
    ]
