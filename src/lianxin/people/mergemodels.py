"""Two files of one person: what looks like it, what was merged, and which rows a merge carried over."""

from __future__ import annotations

from django.db import models

from lianxin.journal.models import Covered


class Double(models.Model):
    """Two files that may be one person's, and what became of the question. ``one`` is the older file."""

    one = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    area = models.CharField(max_length=12)  # the smallest area that covers both homes: who may see the pair
    score = models.SmallIntegerField()  # 0-100
    signs = models.JSONField(default=list)  # codes of doublewords.SIGNS, what speaks for it and against
    state = models.CharField(max_length=10, default="open")  # open | dismissed | proposed | merged
    found_at = models.DateTimeField()
    survivor = models.BigIntegerField(null=True)  # proposed: the file that is to go on
    keep = models.JSONField(default=dict)  # proposed: group → survivor | loser | both
    reason = models.CharField(max_length=200, blank=True)  # of the last decision
    account = models.BigIntegerField(null=True)  # who took it
    by_name = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "people"
        constraints = [models.UniqueConstraint(fields=["one", "other"], name="people_double_once")]
        indexes = [models.Index(fields=["area", "state", "-score", "id"], name="people_double_list")]


class Merge(Covered):
    """``loser`` is known to be the same person as ``survivor`` from ``at`` on, until it was taken back."""

    unchained = ("undone_at",)
    loser = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="merges")
    survivor = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="merges_into")
    at = models.DateTimeField()
    keep = models.JSONField(default=dict)  # group → survivor | loser | both
    reason = models.CharField(max_length=200)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "people"
        indexes = [models.Index(fields=["undone_at", "at"], name="people_merge_when")]


class Joined(Covered):
    """A household that was found double: its members belong to ``into`` from ``since`` on, and its code leads there."""

    family = models.OneToOneField("people.Family", on_delete=models.PROTECT, related_name="joined")
    into = models.ForeignKey("people.Family", on_delete=models.PROTECT, related_name="joined_by")
    at = models.DateTimeField()
    since = models.DateField()

    class Meta:
        app_label = "people"


class Carried(models.Model):
    """One thing that a merge moved: the row that stood before (``old``), the one in its place (``new``).

    Either may be missing: a row of the loser is only copied (no ``old``), a link that the survivor had already is only
    ended (no ``new``). ``before`` keeps codes and ids of pictures (a case's state), never what a file says.
    """

    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="carried")
    table = models.CharField(max_length=40)  # people.standing, casework.case, …
    old = models.BigIntegerField(null=True)
    new = models.BigIntegerField(null=True)
    before = models.JSONField(default=dict)

    class Meta:
        app_label = "people"
        indexes = [
            models.Index(fields=["table", "new"], name="people_carried_new"),
            models.Index(fields=["table", "old"], name="people_carried_old"),
        ]
