"""Insight's own drafts and publications; figures themselves are queries over the register."""

from __future__ import annotations

from django.db import models

from lianxin.journal.models import Covered


class Draft(models.Model):
    """A review being written: its text and the figures as they stood when last looked at."""

    review = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    area = models.CharField(max_length=12)
    from_on = models.DateField()
    to_on = models.DateField()
    text = models.TextField()
    figures = models.JSONField(default=dict)  # code → value when last saved
    account = models.BigIntegerField(null=True)
    saved_at = models.DateTimeField()
    number = models.IntegerField(default=1)


class Publication(Covered):
    """A published review: text, period, area, and every figure with value and definition as published."""

    review = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    area = models.CharField(max_length=12)
    from_on = models.DateField()
    to_on = models.DateField()
    text = models.TextField()
    figures = models.JSONField(default=dict)
    known_at = models.DateTimeField()
