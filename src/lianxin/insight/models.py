"""Insight's own drafts and publications; figures themselves are queries over the register."""

from __future__ import annotations

from django.db import models

from lianxin.insight import assessmodels as assessmodels  # files of their own
from lianxin.insight import openmodels as openmodels
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


class Reach(models.Model):
    """How far one service reached in one township on one day, counted after the night's match (应享尽享)."""

    day = models.DateField()
    service = models.CharField(max_length=60)
    area = models.CharField(max_length=9)
    entitled = models.IntegerField(default=0)  # found entitled by the match
    missed = models.IntegerField(default=0)  # of them whom nothing reaches: the list by name
    receiving = models.IntegerField(default=0)  # who draws it, or was given it
    progress = models.IntegerField(default=0)  # with a case at a desk
    unknown = models.IntegerField(default=0)  # for whom a fact is missing
    refused = models.IntegerField(default=0)  # refused within the last year, and nothing since
    afterwards = models.BooleanField(
        default=False
    )  # not counted on the day: replayed from what the files know of it now

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "service", "area"], name="reach_once")]
        indexes = [models.Index(fields=["service", "area", "day"], name="reach_trend")]


class Draw(Covered):
    """A sample of a published number's rows, announced before its seed is known: the root stands already."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="draws")
    code = models.CharField(max_length=60)
    size = models.IntegerField()
    source = models.CharField(max_length=200)  # where the seed will come from, so that nobody can choose it
    by_name = models.CharField(max_length=80)
    account = models.BigIntegerField(null=True)
    announced_at = models.DateTimeField()


class Drawn(Covered):
    """The seed of a draw, recorded once and later than the announcement."""

    draw = models.OneToOneField(Draw, on_delete=models.PROTECT, related_name="drawn")
    seed = models.CharField(max_length=200)
    by_name = models.CharField(max_length=80)
    account = models.BigIntegerField(null=True)
    at = models.DateTimeField()


class Asked(Covered):
    """What a recipient said about a drawn row, by call or on a slip; the newest answer of a row counts,
    and a denial until another person records otherwise."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="asked")
    outcome = models.BigIntegerField()  # the drawn row of the register
    way = models.CharField(max_length=8)  # call | slip | paper
    said = models.CharField(max_length=12)  # confirmed | denied | unreached
    by_name = models.CharField(max_length=80)
    account = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["draw", "outcome"], name="asked_of_draw")]


class Question(models.Model):
    """A question of one's own over the register, kept under a name; ``asks`` is its address. Each reader counts anew."""

    name = models.CharField(max_length=80)
    asks = models.CharField(max_length=600)
    area = models.CharField(max_length=12)
    account = models.BigIntegerField(default=0)
    by_name = models.CharField(max_length=80)
    shared = models.BooleanField(default=False)  # with everybody whose office covers the area
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account"], name="question_of")]


class Screen(models.Model):
    """A hall screen (大屏): a link that shows rounded numbers of an area to whoever opens it, until it is revoked."""

    name = models.CharField(max_length=80)
    area = models.CharField(max_length=12)
    nonce = models.CharField(max_length=32)
    account = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    until_on = models.DateField()
    revoked_at = models.DateTimeField(null=True)
