"""Consents, copies of one's data, deletions with their proof, and the restricted lists."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from lianxin.journal.models import Dated


class Copy(models.Model):
    """A copy of everything held about a person, as a sealed file that expires: its asker's alone."""

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    account = models.BigIntegerField(null=True)  # who asked and may take it
    counter = models.BooleanField(default=False)  # asked for at a counter, after the person showed who they are
    language = models.CharField(max_length=10)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10)  # working | ready | gone | failed
    digest = models.CharField(max_length=64, blank=True)
    size = models.IntegerField(default=0)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "account"], name="people_copy_of")]


class Consent(Dated):
    """What a person agreed to, or took back (个人信息保护法 art. 14, 15, 23, 29, 31): one open row for each scope.

    Given from ``valid_from`` on; a withdrawal ends it. Rows never change: the history is the rows.
    """

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="consents")
    scope = models.CharField(max_length=16)  # consents.SCOPES
    circle = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, null=True, related_name="+"
    )  # who may see my matters
    given_as = models.CharField(max_length=10)  # self | guardian | mandate
    given_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=10)  # app | counter | visit
    text_version = models.CharField(max_length=12)

    class Meta:
        indexes = [models.Index(fields=["person", "scope"], name="people_consent_of")]


class Disposal(models.Model):
    """A file whose term is over, or that is archived after a death: who proposed it, who decided, and the proof.

    ``certificate`` holds what was done, without a name; its digest stands in the journal's entry of the deletion.
    """

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)  # archive | delete
    due_on = models.DateField()
    area = models.CharField(max_length=12, blank=True)
    state = models.CharField(max_length=10)  # due | proposed | held | done
    reason = models.CharField(max_length=200, blank=True)
    proposed_by = models.BigIntegerField(null=True)
    proposed_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    certificate = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(decided_by=F("proposed_by")), name="disposal_two_people"),
            models.UniqueConstraint(fields=["person", "kind"], name="disposal_once"),
        ]
        indexes = [models.Index(fields=["area", "state", "id"], name="disposal_list")]


class Restricted(models.Model):
    """A line of a restricted list (border duty, mission): sealed whole, apart from the file, gone on its day.

    No name, file number or place stands here in the clear and no key leads to a person; nothing else reads this table.
    """

    kind = models.CharField(max_length=10)  # border | mission
    salt = models.BinaryField(max_length=16)
    sealed = models.BinaryField()
    mark = models.BinaryField(max_length=16)  # the same household is on a list once
    expires_on = models.DateField(db_index=True)
    kept_by = models.BigIntegerField()
    confirmed_by = models.BigIntegerField(null=True)
    visited = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "mark"], name="restricted_once"),
            models.CheckConstraint(condition=~Q(confirmed_by=F("kept_by")), name="restricted_two_people"),
        ]


class RestrictedCount(models.Model):
    """How many households of a list were visited in a campaign, attested by the confirmer: all that remains of it."""

    kind = models.CharField(max_length=10)
    on = models.DateField()
    households = models.IntegerField()
    attested_by = models.BigIntegerField()
