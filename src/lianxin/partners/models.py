"""Supporting enterprises and shops: agreement and plaque. Donors: what was given, and what became of it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from lianxin.journal.models import Covered, Dated


class Agreement(Dated):
    """A partner's agreement: from when, under which plaque number, what it offers."""

    office = models.ForeignKey("access.Office", on_delete=models.PROTECT, related_name="agreements")
    plaque = models.CharField(max_length=24, blank=True)
    offer = models.CharField(max_length=200, blank=True)


class ReceiptCount(models.Model):
    """The last receipt number of a year: locked while one is given, so that none is given twice."""

    year = models.SmallIntegerField(unique=True)
    last = models.IntegerField(default=0)


class Gift(Covered):
    """Money or things received from a donor for a purpose, under a receipt number that is never used again.

    ``quantity`` is fen of money, or pieces in ``unit`` of a thing. ``used`` is what its uses add up to: the database keeps
    it between nothing and everything. A mistake is reversed, never edited.
    """

    unchained = ("used", "reversed_at", "reversed_by", "reason")
    number = models.CharField(max_length=24, unique=True)
    office = models.ForeignKey("access.Office", on_delete=models.PROTECT, related_name="gifts")  # the donor
    keeper = models.ForeignKey("access.Office", on_delete=models.PROTECT, related_name="gifts_kept")
    area = models.CharField(max_length=12)
    thing = models.CharField(max_length=60, blank=True)  # blank: money
    unit = models.CharField(max_length=10, blank=True)
    quantity = models.BigIntegerField()
    purpose = models.CharField(max_length=200)
    received_on = models.DateField()
    recorded_at = models.DateTimeField()
    received_by = models.CharField(max_length=80)
    used = models.BigIntegerField(default=0)
    reversed_at = models.DateTimeField(null=True)
    reversed_by = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["area", "-id"], name="gift_area"),
            models.Index(fields=["office", "-id"], name="gift_office"),
        ]
        constraints = [
            models.CheckConstraint(name="gift_some", condition=Q(quantity__gt=0)),
            models.CheckConstraint(name="gift_never_more", condition=Q(used__gte=0) & Q(used__lte=F("quantity"))),
            models.CheckConstraint(name="gift_reversed_unused", condition=Q(reversed_at__isnull=True) | Q(used=0)),
        ]


class Use(Covered):
    """What became of a part of a gift: for which purpose, case, event or service; read by its donor without a name."""

    unchained = ("reversed_at", "reversed_by", "reason")
    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="uses")
    quantity = models.BigIntegerField()
    used_on = models.DateField()
    words = models.CharField(max_length=200)
    case = models.BigIntegerField(null=True)
    event = models.BigIntegerField(null=True)
    service = models.CharField(max_length=60, blank=True)
    recorded_at = models.DateTimeField()
    by_account = models.BigIntegerField(null=True)
    reversed_at = models.DateTimeField(null=True)
    reversed_by = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="use_some", condition=Q(quantity__gt=0))]
