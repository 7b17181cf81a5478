"""What a use is paid with, and statements of operators through three hands."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from lianxin.journal.models import Covered, Dated, Shows


class Tariff(Dated):
    """Fen for one use, from a day until a day: written by one with its paper, agreed to by another, never edited."""

    unchained = ("agreed", "agreed_name", "agreed_at")
    scene = models.CharField(max_length=12)
    office = models.BigIntegerField(null=True)  # null: every operator
    line = models.CharField(max_length=40, blank=True)  # blank: every line or gate
    kind = models.CharField(max_length=10, blank=True)  # blank: every kind
    fen = models.BigIntegerField()
    maker = models.BigIntegerField(null=True)
    maker_name = models.CharField(max_length=80)
    agreed = models.BigIntegerField(null=True)
    agreed_name = models.CharField(max_length=80, blank=True)
    agreed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="tariff_some", condition=Q(fen__gte=0)),
            models.CheckConstraint(name="tariff_two_people",
                                   condition=Q(agreed__isnull=True) | Q(maker__isnull=True) | ~Q(agreed=F("maker"))),
        ]  # fmt: skip


class Statement(models.Model):
    """What an operator is owed for a month: a picture of its last step. Maker, checker and approver are three people."""

    number = models.CharField(max_length=24, unique=True)
    office = models.ForeignKey("access.Office", on_delete=models.PROTECT, related_name="statements")
    area = models.CharField(max_length=12)
    month = models.DateField()  # its first day
    state = models.CharField(max_length=10)  # states.STATEMENT
    uses = models.BigIntegerField()
    total = models.BigIntegerField()  # fen; below nothing where a later one takes back
    maker = models.BigIntegerField()
    maker_name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    checker = models.BigIntegerField(null=True)
    checker_name = models.CharField(max_length=80, blank=True)
    approver = models.BigIntegerField(null=True)
    approver_name = models.CharField(max_length=80, blank=True)
    paid_on = models.DateField(null=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "month"], name="statement_one_open",
                                    condition=Q(state__in=["made", "checked", "returned"])),
            models.CheckConstraint(condition=~Q(checker=F("maker")), name="statement_checker_not_maker"),
            models.CheckConstraint(condition=~Q(approver=F("maker")) & ~Q(approver=F("checker")), name="statement_third_hand"),
            models.CheckConstraint(condition=~Q(state__in=["approved", "paid"]) | Q(approver__isnull=False, checker__isnull=False),
                                   name="statement_only_approved"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["area", "-id"], name="statement_area")]


class StatementStep(Covered):
    """One hand on a statement, and how it stood after."""

    shows = Shows("statement", {"state": "to_state", "uses": "uses", "total": "total", "checker": "checker",
                                "approver": "approver", "paid_on": "paid_on"})  # fmt: skip
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    verb = models.CharField(max_length=10)
    to_state = models.CharField(max_length=10)
    uses = models.BigIntegerField()
    total = models.BigIntegerField()
    checker = models.BigIntegerField(null=True)
    approver = models.BigIntegerField(null=True)
    paid_on = models.DateField(null=True)
    words = models.CharField(max_length=200, blank=True)
    by_account = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)


class StatementLine(Covered):
    """Uses of one line and kind at one rate; or a correction, with its words and its paper."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    scene = models.CharField(max_length=12)
    line = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=10)
    uses = models.BigIntegerField()
    fen = models.BigIntegerField()
    amount = models.BigIntegerField()
    correction = models.BooleanField(default=False)
    words = models.CharField(max_length=200, blank=True)
    paper = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="statement_line_exact", condition=Q(amount=F("uses") * F("fen")))]


class Claim(Covered):
    """The operator's own statement as it was read: how many hours of lines are the same, and those that differ."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="claims")
    digest = models.CharField(max_length=64)
    file_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    by_account = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    uses = models.BigIntegerField()  # that the operator counted
    ours = models.BigIntegerField()
    same = models.IntegerField()
    differing = models.IntegerField()
    found = models.JSONField(default=list)  # [line, day, hour, ours or None where few, theirs], the largest first

    class Meta:
        constraints = [models.UniqueConstraint(fields=["statement", "digest"], name="claim_once")]
