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
            models.Index(fields=["service"], name="outcome_sealed", condition=models.Q(sealed=True)),
        ]


class Attestation(Covered):
    """An achievement that no case produced, as one person wrote it down from its paper; another one rules on it.

    ``figure`` is the published number that it speaks for: what the row of the register says of kind, service and level
    comes from there.
    """

    figure = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=12)
    service = models.CharField(max_length=60)
    programme = models.CharField(max_length=60, blank=True)
    category = models.CharField(max_length=60, blank=True)
    level = models.CharField(max_length=10, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    area = models.CharField(max_length=12)
    happened_on = models.DateField()
    ended_on = models.DateField(null=True)
    quantity = models.BigIntegerField(default=1)
    amount = models.BigIntegerField(null=True)  # fen
    paper = models.CharField(max_length=120)  # number or name of the document, and whose it is
    scan = models.CharField(max_length=64, blank=True)  # digest of its picture, where one was kept
    scan_type = models.CharField(max_length=40, blank=True)
    account = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["figure", "area"], name="attestation_figure")]


class Ruling(Covered):
    """What somebody else said to an attestation: agreed (it is posted), turned down, or taken back later."""

    attestation = models.ForeignKey(Attestation, on_delete=models.PROTECT, related_name="rulings")
    verb = models.CharField(max_length=12)  # agree | turn-down | take-back
    words = models.CharField(max_length=200, blank=True)
    account = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attestation", "verb"], name="ruled_once")]
