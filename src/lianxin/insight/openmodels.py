"""Open data: releases as they left the house, and what two people said of them."""

from __future__ import annotations

from django.db import models

from lianxin.journal.models import Covered


class Release(Covered):
    """A table of figures by area and year for everybody, as it was made; its files are written from ``content`` alone.

    ``replaces`` names the release that it corrects. What was published stays listed for good.
    """

    area = models.CharField(max_length=12)
    from_year = models.IntegerField()
    to_year = models.IntegerField()
    known_at = models.DateTimeField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)  # of the csv file
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    account = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()


class ReleaseRuling(Covered):
    """Published by a second hand, given back, or withdrawn later with a reason."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="rulings")
    verb = models.CharField(max_length=10)  # publish | give-back | withdraw
    words = models.CharField(max_length=200, blank=True)
    account = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "verb"], name="release_ruled_once")]
