"""Services being written in the workbench: the folder's own text, who wrote it, who decides."""

from __future__ import annotations

from django.db import models


class Draft(models.Model):
    """One service being written. ``declaration``, ``examples`` and ``papers`` are the files of its folder, as text.

    ``number`` counts what was saved. One draft of a service is open at a time, so that two offices do not write past
    each other. Texts are not looked through for what must not be stored: law speaks of tasks and units, and two people
    publish it.
    """

    service = models.CharField(max_length=60)  # the folder's name
    base = models.ForeignKey("catalogue.Version", on_delete=models.PROTECT, null=True, related_name="drafts")
    state = models.CharField(max_length=10, default="draft")  # draft | submitted | published | dropped
    declaration = models.TextField()
    examples = models.TextField(blank=True)
    papers = models.JSONField(default=dict)  # name.typ → text
    name_zh = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    sealed = models.BooleanField(default=False)
    number = models.IntegerField(default=1)
    begun_by = models.BigIntegerField(null=True)
    begun_by_name = models.CharField(max_length=80)
    begun_at = models.DateTimeField()
    saved_by = models.BigIntegerField(null=True)
    saved_by_name = models.CharField(max_length=80)
    saved_at = models.DateTimeField()
    writers = models.JSONField(default=list)  # accounts that wrote in it: none of them publishes it
    here = models.JSONField(default=dict)  # account → [name, moment]: who has the page open
    looked = models.JSONField(default=dict)  # what was looked at → digest of the texts then
    words = models.CharField(max_length=400, blank=True)  # what changed and why, for whoever decides
    from_on = models.DateField(null=True)  # its first day; null: the day of publication
    submitted_by = models.BigIntegerField(null=True)
    submitted_by_name = models.CharField(max_length=80, blank=True)
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    decided_by_name = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=400, blank=True)  # why it was given back
    version = models.ForeignKey("catalogue.Version", on_delete=models.PROTECT, null=True, related_name="written_as")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service"], condition=models.Q(state__in=("draft", "submitted")), name="draft_open_once"
            )
        ]
        indexes = [models.Index(fields=["state", "-saved_at"], name="draft_list")]
