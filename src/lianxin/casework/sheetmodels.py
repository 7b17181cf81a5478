"""Printed papers: each carries a code of its own state."""

from __future__ import annotations

from django.db import models

from lianxin.journal.models import Covered


class Sheet(Covered):
    """One printed sheet: which case at which step it was printed for, or which list it stands for.

    ``code`` is typed where the picture of it cannot be read. ``state`` and ``step`` are the case's when it was printed.
    """

    unchained = ("back_at", "back_by", "answer")
    code = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=10)  # proposal | status | list | route
    case = models.ForeignKey("casework.Case", on_delete=models.PROTECT, null=True, related_name="sheets")
    notice = models.BigIntegerField(null=True)  # the message that it hands over
    opens = models.CharField(max_length=300, blank=True)  # a list: the address that opens it again
    state = models.CharField(max_length=10, blank=True)
    step = models.SmallIntegerField(null=True)
    printed_at = models.DateTimeField()
    by_account = models.BigIntegerField(null=True)
    office = models.BigIntegerField(null=True)
    back_at = models.DateTimeField(null=True)  # when it was first scanned with what is written on it
    back_by = models.BigIntegerField(null=True)
    answer = models.CharField(max_length=4, blank=True)  # yes | no, as ticked

    class Meta:
        app_label = "casework"
        indexes = [
            models.Index(fields=["case", "-id"], name="sheet_case"),
            models.Index(fields=["by_account", "printed_at"], name="sheet_printed"),
        ]
