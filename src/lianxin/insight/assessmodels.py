"""The binder of an assessment: trees as published, evidence bound to indicators, gaps with an owner, mock reviews, scores.

A binder is no row: it is a tree's code, a year and an area. All texts of people are few; evidence points at what is there.
"""

from __future__ import annotations

from django.db import models

from lianxin.journal.models import Covered


class Tree(Covered):
    """A version of a tree of indicators as somebody handed it in; another person rules on it. Its text never changes."""

    code = models.CharField(max_length=60)
    number = models.IntegerField()
    digest = models.CharField(max_length=64)
    text = models.TextField()
    from_on = models.DateField()  # the first year it speaks of begins here at the earliest
    to_on = models.DateField(null=True)
    account = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "number"], name="tree_number")]


class TreeRuling(Covered):
    """What became of a tree that was handed in: published by a second hand, or given back with words."""

    tree = models.OneToOneField(Tree, on_delete=models.PROTECT, related_name="ruling")
    verb = models.CharField(max_length=10)  # publish | give-back
    words = models.CharField(max_length=200, blank=True)
    account = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()


class Evidence(Covered):
    """One thing that is there already (a row of the register, an achievement on paper, a picture, a published review), bound
    to an indicator of a binder. ``title`` is made from it when it is bound, so that a printed list stays what it was."""

    code = models.CharField(max_length=60)
    year = models.IntegerField()
    area = models.CharField(max_length=12)
    indicator = models.CharField(max_length=60)
    sort = models.CharField(max_length=12)
    ref = models.BigIntegerField()
    title = models.CharField(max_length=200)
    on = models.DateField()
    account = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["code", "year", "area"], name="evidence_binder")]


class LetGo(Covered):
    """Evidence taken out of a binder, and why."""

    evidence = models.OneToOneField(Evidence, on_delete=models.PROTECT, related_name="let_go")
    reason = models.CharField(max_length=200)
    account = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()


class Charge(Covered):
    """Who closes a gap until when; the newest one of an indicator counts."""

    code = models.CharField(max_length=60)
    year = models.IntegerField()
    area = models.CharField(max_length=12)
    indicator = models.CharField(max_length=60)
    owner = models.BigIntegerField()  # an account
    owner_name = models.CharField(max_length=80)
    due_on = models.DateField()
    words = models.CharField(max_length=200, blank=True)
    account = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["code", "year", "area"], name="charge_binder"),
            models.Index(fields=["owner", "due_on"], name="charge_owner"),
        ]


class Reminded(models.Model):
    """That an owner was told of a gap on a day: told once a day however often the night's work runs."""

    charge = models.ForeignKey(Charge, on_delete=models.CASCADE, related_name="reminded")
    on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["charge", "on"], name="reminded_once")]


class Mock(Covered):
    """A mock review of a binder: a named reviewer goes through the indicators as the assessors would."""

    tree = models.ForeignKey(Tree, on_delete=models.PROTECT, related_name="mocks")
    year = models.IntegerField()
    area = models.CharField(max_length=12)
    reviewer = models.BigIntegerField()  # an account
    reviewer_name = models.CharField(max_length=80)
    account = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()


class Mark(Covered):
    """What the reviewer gives for one indicator, in hundredths, and why; the newest one counts."""

    mock = models.ForeignKey(Mock, on_delete=models.PROTECT, related_name="marks")
    indicator = models.CharField(max_length=60)
    points = models.IntegerField()
    words = models.CharField(max_length=400)
    account = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()


class Score(models.Model):
    """A binder's self-score at a month's end, or as of the last night in the month that runs. In hundredths."""

    code = models.CharField(max_length=60)
    number = models.IntegerField()  # of the tree's version
    area = models.CharField(max_length=12)
    month = models.DateField()  # its first day
    day = models.DateField()  # counted up to and with
    afterwards = models.BooleanField(
        default=False
    )  # counted later than the month, by the days on which things happened
    points = models.IntegerField()
    most = models.IntegerField()
    bonus = models.IntegerField()
    vetoes = models.IntegerField()
    unknown = models.IntegerField()
    gaps = models.IntegerField()
    parts = models.JSONField(default=dict)  # indicator → hundredths, None where a figure is not known

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "area", "month"], name="score_once")]
