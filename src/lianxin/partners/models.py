"""Supporting enterprises and shops: agreement and plaque. Donors: what was given, and what became of it. Public places."""

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


class Place(Covered):
    """A public civil place of the city under a number that stays; what is known of it stands in :class:`PlaceSaid`."""

    number = models.CharField(max_length=24, unique=True)
    made_at = models.DateTimeField()


class PlaceSaid(Dated):
    """What a place is and where, from a day to a day (``valid_to``: it is closed); a change is another row.

    Of kinds in :data:`lianxin.engine.civil.KINDS` only. ``latitude`` and ``longitude`` are WGS-84 in millionths of a
    degree; ``course`` holds the points of a line or a street, ``[latitude, longitude]`` each. ``source`` names the row
    of the register under which it was begun, where there is one: ended there, it is closed here.
    """

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="said")
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    area = models.CharField(max_length=12)
    latitude = models.IntegerField()
    longitude = models.IntegerField()
    course = models.JSONField(default=list)
    address = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)  # the place's public number
    hours = models.CharField(max_length=120, blank=True)
    words = models.CharField(max_length=200, blank=True)
    office = models.ForeignKey("access.Office", on_delete=models.PROTECT, null=True, related_name="places")
    source = models.CharField(max_length=120, blank=True)
    pinyin = models.CharField(max_length=160, blank=True)
    initials = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = [models.Index(fields=["area", "id"], name="place_area", condition=Q(superseded_at__isnull=True))]
        constraints = [
            models.UniqueConstraint(fields=["place"], name="place_said_once", condition=Q(superseded_at__isnull=True)),
            models.CheckConstraint(name="place_on_earth", condition=Q(
                latitude__gte=-90_000_000, latitude__lte=90_000_000, longitude__gte=-180_000_000, longitude__lte=180_000_000)),
        ]  # fmt: skip
