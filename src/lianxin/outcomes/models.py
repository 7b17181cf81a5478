"""The register of outcomes (台账): append-only, reversed and never edited."""

from __future__ import annotations

from django.db import models

from lianxin.journal.models import Covered


class Outcome(Covered):
    """One thing delivered. Person and area stay as posted; ``source`` makes posting idempotent."""

    kind = models.CharField(max_length=12)  # visit | payment | card | errand | case | record | …
    service = models.CharField(max_length=60)
    programme = models.CharField(max_length=60, blank=True)
    category = models.CharField(max_length=60, blank=True)
    level = models.CharField(max_length=10, blank=True)
    area = models.CharField(max_length=12)
    person = models.BigIntegerField(null=True)
    family = models.BigIntegerField(null=True)
    organisation = models.BigIntegerField(null=True)
    place = models.BigIntegerField(null=True)
    case = models.BigIntegerField(null=True)
    happened_on = models.DateField()
    ended_on = models.DateField(null=True)
    quantity = models.BigIntegerField(default=1)
    unit = models.CharField(max_length=20, blank=True)
    amount = models.BigIntegerField(null=True)  # fen
    source = models.CharField(max_length=120, unique=True)
    reverses = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="reversals")
    sealed = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["service", "kind", "happened_on"], name="outcome_service"),
            models.Index(fields=["area", "happened_on"], name="outcome_area"),
            models.Index(fields=["person", "service"], name="outcome_person"),
            models.Index(fields=["family"], name="outcome_family"),
            models.Index(fields=["case"], name="outcome_case"),
        ]
