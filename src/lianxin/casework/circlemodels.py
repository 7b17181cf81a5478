"""What each shows whom in a family circle, what was said back, and the pages that a liaison hands over."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lianxin.journal.models import Covered


class CircleShare(Covered):
    """One decision of a person about their matters: shown or hidden, to a relative or to a liaison office. The newest
    counts.

    ``case`` null is the general decision: to a relative, whether matters show by themselves; to an office, whether they
    may be counted there without names.
    """

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    relative = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="+")
    office = models.ForeignKey("access.Office", on_delete=models.PROTECT, null=True, related_name="+")
    case = models.ForeignKey("casework.Case", on_delete=models.PROTECT, null=True, related_name="shares")
    shown = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(relative__isnull=True, office__isnull=False)
                | Q(relative__isnull=False, office__isnull=True),
                name="share_to_one",
            )
        ]
        indexes = [
            models.Index(fields=["person", "relative", "id"], name="share_relative"),
            models.Index(fields=["office", "case", "id"], name="share_office", condition=Q(office__isnull=False)),
        ]


class CircleWord(Covered):
    """A word of thanks that a relative far away said for a matter at home: once for each matter."""

    case = models.ForeignKey("casework.Case", on_delete=models.PROTECT, related_name="circle_words")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "person"], name="circle_word_once")]


class CircleSheet(Covered):
    """A relative wants the page of what they show handed over on paper by a liaison, as the soldier has no phone."""

    unchained = ("ended_at", "handed_at", "handed_by")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")  # who shows their matters
    soldier = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")  # who is handed the page
    office = models.ForeignKey("access.Office", on_delete=models.PROTECT, related_name="+")  # the liaison's
    at = models.DateTimeField()
    handed_at = models.DateTimeField(null=True)  # the last time
    handed_by = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "soldier"], condition=Q(ended_at__isnull=True), name="circle_sheet_once"
            )
        ]
        indexes = [
            models.Index(fields=["office", "id"], name="circle_sheet_office", condition=Q(ended_at__isnull=True))
        ]
