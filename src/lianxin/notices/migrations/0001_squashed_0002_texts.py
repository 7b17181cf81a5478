import django.db.models.deletion
from django.db import migrations, models

from lianxin.journal.together import Together


class Migration(migrations.Migration):

    replaces = [('notices', '0001_initial'), ('notices', '0002_texts')]

    initial = True

    dependencies = [
        ('journal', '0001_initial'),
    ]

    operations = [
        Together(
            operations=[migrations.CreateModel(
                name='Notice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('person', models.BigIntegerField(null=True)),
                    ('account', models.BigIntegerField(null=True)),
                    ('office', models.BigIntegerField(null=True)),
                    ('area', models.CharField(blank=True, max_length=12)),
                    ('channel', models.CharField(max_length=10)),
                    ('template', models.CharField(max_length=60)),
                    ('given', models.JSONField(default=dict)),
                    ('case', models.BigIntegerField(null=True)),
                    ('service', models.CharField(blank=True, max_length=60)),
                    ('sealed', models.BooleanField(default=False)),
                    ('created_at', models.DateTimeField()),
                    ('state', models.CharField(default='pending', max_length=10)),
                    ('sent_at', models.DateTimeField(null=True)),
                    ('done_at', models.DateTimeField(null=True)),
                    ('done_by', models.BigIntegerField(null=True)),
                    ('said', models.CharField(blank=True, max_length=400)),
                    ('tries', models.SmallIntegerField(default=0)),
                    ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                ],
                options={
                    'indexes': [models.Index(fields=['person', '-id'], name='notice_person'), models.Index(fields=['account', '-id'], name='notice_account'), models.Index(fields=['channel', 'state', 'area', 'id'], name='notice_list')],
                },
            ), migrations.CreateModel(
                name='Text',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('template', models.CharField(max_length=20)),
                    ('phone_mark', models.BinaryField(max_length=16)),
                    ('salt', models.BinaryField(max_length=16)),
                    ('sealed', models.BinaryField(null=True)),
                    ('reference', models.CharField(db_index=True, max_length=80)),
                    ('state', models.CharField(default='queued', max_length=10)),
                    ('tries', models.SmallIntegerField(default=0)),
                    ('why', models.CharField(blank=True, max_length=40)),
                    ('made_at', models.DateTimeField()),
                    ('next_at', models.DateTimeField()),
                    ('keep_until', models.DateTimeField()),
                    ('done_at', models.DateTimeField(null=True)),
                ],
                options={
                    'indexes': [models.Index(fields=['state', 'next_at'], name='text_due')],
                },
            )],
        ),
    ]
