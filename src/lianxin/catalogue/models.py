"""Published versions of services, and what matching found."""

from __future__ import annotations

from django.db import models

from lianxin.catalogue.draftmodels import Draft as Draft  # a file of their own
from lianxin.journal.models import Covered


class Version(Covered):
    """An immutable published version of a service. Cases keep the version they were judged by.

    It speaks from ``in_force_from`` to ``in_force_to`` (None: on), first and last day. Until its first day it is coming
    and may be withdrawn with a reason; a first day before the day of publication corrects the past.
    """

    guarded = False  # law speaks of tasks and units; two people publish it
    unchained = ("activated_at", "withdrawn_at", "withdrawn_by", "withdrawn_why")
    later = ("in_force_to", "reason")
    service = models.CharField(max_length=60)
    number = models.IntegerField()
    digest = models.CharField(max_length=64)  # of the declaration and its examples
    declaration = models.JSONField()
    examples = models.JSONField(default=list)
    sealed = models.BooleanField(default=False)
    in_force_from = models.DateField()
    published_at = models.DateTimeField()
    approved_by = models.CharField(max_length=80)
    activated_at = models.DateTimeField(null=True)  # when its first day had come and the rest was told
    withdrawn_at = models.DateTimeField(null=True)  # before its first day: it never spoke
    withdrawn_by = models.CharField(max_length=80, blank=True, default="", db_default="")
    withdrawn_why = models.CharField(max_length=200, blank=True, default="", db_default="")
    in_force_to = models.DateField(null=True)
    reason = models.CharField(max_length=200, blank=True, default="", db_default="")  # why it corrects the past

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "number"], name="version_number")]
        # what speaks on a day is read off this: the rows themselves carry whole declarations
        indexes = [
            models.Index(
                fields=["service", "number", "in_force_from", "in_force_to", "published_at", "withdrawn_at"],
                name="version_days",
            )
        ]


class Waiting(models.Model):
    """Who is to be judged again, and for which service; gone when that is done. A row is never made twice use of, so
    that what changes while somebody is judged waits for the next turn."""

    person = models.BigIntegerField(default=0)  # 0: everyone
    service = models.CharField(max_length=60, blank=True)  # blank: everything in force
    at = models.DateTimeField()


class Run(models.Model):
    """One match run; a killed one is taken up again where it stopped."""

    at = models.DateTimeField()
    as_of = models.DateField()
    services = models.JSONField(default=list)
    state = models.CharField(max_length=10)  # running | done | failed
    progress = models.JSONField(default=dict)
    results = models.JSONField(default=list)
    persons = models.IntegerField(null=True)  # how many were judged; null: everyone


class Verdict(models.Model):
    """An entitled or unknown verdict of today; not entitled is the absence of a row. Explanations are recomputed."""

    service = models.CharField(max_length=60)
    subject = models.BigIntegerField()  # of the service's subject kind
    area = models.CharField(max_length=12, blank=True)
    verdict = models.CharField(max_length=1)  # E | U
    amount = models.BigIntegerField(null=True)
    missing = models.CharField(max_length=200, blank=True)
    version = models.ForeignKey(Version, on_delete=models.PROTECT)
    since = models.DateField()
    event_on = models.DateField(null=True)
    run = models.ForeignKey(Run, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "subject"], name="verdict_subject")]
        indexes = [
            models.Index(fields=["subject"], name="verdict_of"),
            models.Index(fields=["service", "verdict", "area", "id"], name="verdict_list"),
        ]
