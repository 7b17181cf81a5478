"""Givers: volunteer teams and what they can do, where and when."""

from __future__ import annotations

from django.db import models

from lianxin.journal.models import Dated


class Giver(Dated):
    """An office (volunteer team, partner shop, unit) that offers to answer asks of some kinds in an area."""

    office = models.ForeignKey("access.Office", on_delete=models.PROTECT, related_name="givings")
    kind = models.CharField(max_length=40)  # a kind of household-help
    area = models.CharField(max_length=12)
    hours = models.CharField(max_length=40, blank=True)  # 08:00-18:00


class Hours(Dated):
    """Time given, counted when the household confirmed."""

    office = models.ForeignKey("access.Office", on_delete=models.PROTECT, related_name="hours_given")
    account = models.BigIntegerField(null=True)
    case = models.BigIntegerField()
    minutes = models.IntegerField()
