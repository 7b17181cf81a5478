"""Corrections of what was decided for past periods, and what is to be recovered: proposed by one, approved by another."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from lianxin.journal.models import Covered


class Replay(models.Model):
    """One replay of a service over past periods: what would be owed now beside what was decided then."""

    service = models.CharField(max_length=60)
    area = models.CharField(max_length=12)
    sealed = models.BooleanField(default=False)
    version = models.ForeignKey("catalogue.Version", on_delete=models.PROTECT)  # the newest when it was made
    from_on = models.DateField()
    to_on = models.DateField()
    reason = models.CharField(max_length=200)
    least = models.BigIntegerField(default=0)  # fen: nothing below it in all is recovered from one person
    state = models.CharField(max_length=10)  # finding | nothing | proposed | approved | applied | dropped
    maker = models.BigIntegerField()
    maker_name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    approver = models.BigIntegerField(null=True)
    approver_name = models.CharField(max_length=80, blank=True)
    approved_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, blank=True)  # the approver's word, or why it was dropped
    # While a large one is being found, in the background: the last case that was looked at, and how far it is.
    reached = models.BigIntegerField(default=0, db_default=0)
    done = models.IntegerField(default=0, db_default=0)
    total = models.IntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(approver=F("maker")), name="replay_approver_not_maker"),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "applied"]) | Q(approver__isnull=False), name="replay_approved"
            ),
            # Two proposals for one service and area would count the same difference twice.
            models.UniqueConstraint(
                fields=["service", "area"],
                condition=Q(state__in=["finding", "proposed", "approved"]),
                name="replay_one_open",
            ),
        ]
        indexes = [models.Index(fields=["area", "-id"], name="replay_area")]


class Correction(Covered):
    """One difference: what one person was given for one period (``was``), and what the rule and the file say now."""

    unchained = ("state", "why", "moved_at")
    replay = models.ForeignKey(Replay, on_delete=models.PROTECT, related_name="corrections")
    case = models.ForeignKey("casework.Case", on_delete=models.PROTECT, related_name="corrections")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="corrections")
    line = models.ForeignKey("Line", on_delete=models.PROTECT, null=True, related_name="corrections")  # the original
    version = models.ForeignKey("catalogue.Version", on_delete=models.PROTECT)  # that speaks of the period now
    area = models.CharField(max_length=12)
    period = models.CharField(max_length=12)
    judged_on = models.DateField()
    kind = models.CharField(max_length=10)  # top-up | recover | look | wait | decide
    cause = models.CharField(max_length=10, blank=True)  # rule | file | both
    was = models.BigIntegerField()  # fen, with earlier corrections
    now = models.BigIntegerField()  # fen
    missing = models.CharField(max_length=200, blank=True)  # facts, where the file cannot tell
    state = models.CharField(max_length=10)  # open | applied | left | aside | gone
    why = models.CharField(max_length=200, blank=True)  # it was left
    moved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["replay", "case", "period"], name="correction_once"),
        ]
        indexes = [
            models.Index(fields=["replay", "state", "id"], name="correction_state"),
            models.Index(fields=["case", "period"], name="correction_case"),
        ]


class Recovery(Covered):
    """What one person is to give back of one paid line; in instalments, or written off with a reason."""

    unchained = ("state", "returned", "waived", "why", "moved_at")
    correction = models.OneToOneField(Correction, on_delete=models.PROTECT, related_name="recovery")
    line = models.ForeignKey("Line", on_delete=models.PROTECT, related_name="recoveries")
    case = models.ForeignKey("casework.Case", on_delete=models.PROTECT, related_name="recoveries")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="recoveries")
    service = models.CharField(max_length=60)
    area = models.CharField(max_length=12)
    sealed = models.BooleanField(default=False)
    period = models.CharField(max_length=12)
    amount = models.BigIntegerField()  # fen
    created_at = models.DateTimeField()
    state = models.CharField(max_length=10)  # open | settled | waived
    returned = models.BigIntegerField(default=0)  # fen so far
    waived = models.BigIntegerField(default=0)  # fen written off
    why = models.CharField(max_length=200, blank=True)
    moved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0, returned__gte=0, waived__gte=0), name="recovery_amounts"),
            models.CheckConstraint(condition=Q(returned__lte=F("amount") - F("waived")), name="recovery_not_twice"),
        ]
        indexes = [models.Index(fields=["state", "area", "id"], name="recovery_state")]


class Settling(Covered):
    """What one person proposes to do with somebody's debt: money that came back (``refund``), or the rest given up (``waive``)."""

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="settlings")
    service = models.CharField(max_length=60)
    area = models.CharField(max_length=12)
    sealed = models.BooleanField(default=False)
    how = models.CharField(max_length=10)  # refund | waive
    fen = models.BigIntegerField()
    words = models.CharField(max_length=200)  # the receipt, or why
    maker = models.BigIntegerField()
    maker_name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "service"], name="settling_debt")]


class Settled(Covered):
    """Another person's word on a proposal; without one it waits."""

    settling = models.OneToOneField(Settling, on_delete=models.PROTECT, related_name="decided")
    agreed = models.BooleanField()
    words = models.CharField(max_length=200, blank=True)
    decider = models.BigIntegerField()
    decider_name = models.CharField(max_length=80)
    at = models.DateTimeField()
