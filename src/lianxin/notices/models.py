"""Messages out. A notice ends read, done or failed, never silently."""

from __future__ import annotations

from django.db import models

from lianxin.journal.models import Covered


class Notice(Covered):
    """A message to a person, an account or an office over one channel."""

    unchained = ("state", "sent_at", "done_at", "done_by", "said", "tries")
    person = models.BigIntegerField(null=True)
    account = models.BigIntegerField(null=True)
    office = models.BigIntegerField(null=True)
    area = models.CharField(max_length=12, blank=True)
    channel = models.CharField(max_length=10)  # app | call | print | sms
    template = models.CharField(max_length=60)  # names the text in both languages
    given = models.JSONField(default=dict)  # what the text says: codes, days, amounts; no numbers of persons
    case = models.BigIntegerField(null=True)
    service = models.CharField(max_length=60, blank=True)
    sealed = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="pending")  # pending | sent | read | done | failed
    sent_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.BigIntegerField(null=True)
    said = models.CharField(max_length=400, blank=True)  # what the person answered on the phone
    tries = models.SmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-id"], name="notice_person"),
            models.Index(fields=["account", "-id"], name="notice_account"),
            models.Index(fields=["channel", "state", "area", "id"], name="notice_list"),
            models.Index(fields=["case"], name="notice_case"),
        ]


class Text(models.Model):
    """One text message to a phone. What it says and to whom is sealed until it was handed over, and then forgotten."""

    template = models.CharField(max_length=20)
    phone_mark = models.BinaryField(max_length=16)
    salt = models.BinaryField(max_length=16)
    sealed = models.BinaryField(null=True)
    reference = models.CharField(max_length=80, db_index=True)
    state = models.CharField(max_length=10, default="queued")  # queued | sent | delivered | failed
    tries = models.SmallIntegerField(default=0)
    why = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField()
    keep_until = models.DateTimeField()  # nobody can use it after that
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "next_at"], name="text_due")]
