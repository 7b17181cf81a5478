"""Entitlement lines, batches, the bank's answers and the double-entry books."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from lianxin.journal.models import Covered, Shows
from lianxin.payments.replaymodels import Correction as Correction
from lianxin.payments.replaymodels import Recovery as Recovery
from lianxin.payments.replaymodels import Replay as Replay
from lianxin.payments.replaymodels import Settled as Settled
from lianxin.payments.replaymodels import Settling as Settling


class Line(Covered):
    """One amount owed to one person for one period of one decision; paid at most once.

    A ``correction`` adds another line to the same period, or takes the place of one that was not paid yet. What it owes
    settles first what the person still owes themselves (``against``): such a line is netted and never paid.
    """

    later = ("correction_id", "against_id")
    unchained = ("state", "batch_id", "attempts", "fault", "settled_on", "cleared")
    case = models.ForeignKey("casework.Case", on_delete=models.PROTECT, related_name="lines")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="lines")
    family = models.BigIntegerField(null=True)
    service = models.CharField(max_length=60)
    version = models.ForeignKey("catalogue.Version", on_delete=models.PROTECT)
    category = models.CharField(max_length=60, blank=True)
    programme = models.CharField(max_length=60, blank=True)
    level = models.CharField(max_length=10, blank=True)
    period = models.CharField(max_length=12)  # 2026-11 | 2026 | 2026Q4 | once | a day for per-event
    amount = models.BigIntegerField()  # fen
    area = models.CharField(max_length=12)
    sealed = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    state = models.CharField(
        max_length=10, default="due"
    )  # due | batched | sent | paid | suspense | cancelled | netted
    batch = models.ForeignKey("Batch", on_delete=models.PROTECT, null=True, related_name="lines")
    attempts = models.SmallIntegerField(default=0)
    fault = models.CharField(max_length=40, blank=True)  # why the bank returned it, as a code of faults.py
    settled_on = models.DateField(null=True)
    cleared = models.BooleanField(default=False)  # looked like a duplicate and was found not to be one
    correction = models.ForeignKey("Correction", on_delete=models.PROTECT, null=True, related_name="lines_made")
    against = models.ForeignKey("Recovery", on_delete=models.PROTECT, null=True, related_name="settled_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "period"], condition=Q(correction__isnull=True), name="line_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="line_amount"),
            models.UniqueConstraint(
                fields=["correction"], condition=Q(against__isnull=True), name="line_once_of_a_correction"
            ),
            models.UniqueConstraint(fields=["correction", "against"], name="line_once_against_a_debt"),
            models.CheckConstraint(
                condition=Q(against__isnull=True, state__in=["due", "batched", "sent", "paid", "suspense", "cancelled"])
                | Q(against__isnull=False, state="netted"),
                name="line_netted_against_a_debt",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "service", "area", "id"], name="line_state"),
            models.Index(fields=["person", "service", "period"], name="line_person"),
            models.Index(fields=["area", "-id"], name="line_area"),
        ]


class Signed(models.Model):
    """What a batch says of itself: how much, in which state, and who signed."""

    service = models.CharField(max_length=60)
    area = models.CharField(max_length=12)
    sealed = models.BooleanField(default=False)
    state = models.CharField(max_length=10)  # see states.py
    count = models.IntegerField()
    total = models.BigIntegerField()  # fen
    maker = models.BigIntegerField()
    maker_name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    checker = models.BigIntegerField(null=True)
    checker_name = models.CharField(max_length=80, blank=True)
    checked_at = models.DateTimeField(null=True)
    approver = models.BigIntegerField(null=True)
    approver_name = models.CharField(max_length=80, blank=True)
    approved_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    file_digest = models.CharField(max_length=64, blank=True)  # of what the bank was told, whatever the file's form
    note = models.CharField(max_length=200, blank=True)  # why it was sent back or cancelled

    class Meta:
        abstract = True


SIGNED = ("number", *(field.attname for field in Signed._meta.local_concrete_fields))


class Batch(Signed):
    """Lines that go to the bank together: a picture of its last signing. Maker, checker and approver are three people."""

    number = models.CharField(max_length=24, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(checker=F("maker")), name="batch_checker_not_maker"),
            models.CheckConstraint(condition=~Q(approver=F("maker")), name="batch_approver_not_maker"),
            models.CheckConstraint(condition=~Q(approver=F("checker")), name="batch_approver_not_checker"),
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | Q(checker__isnull=False), name="batch_checked_before_approved"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "sent", "settled"]) | Q(approver__isnull=False),
                name="batch_sent_only_approved",
            ),
        ]
        indexes = [models.Index(fields=["area", "-id"], name="batch_area")]


class Signing(Covered, Signed):
    """How a batch stood after one hand: written once, so that a batch altered by hand is found."""

    shows = Shows("batch", {name: name for name in SIGNED})
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="signings")
    number = models.CharField(max_length=24)


class Attempt(Covered):
    """One line in one bank file: the account as it was then, and what the bank said."""

    unchained = ("result", "fault", "answered_at")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="tries")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="tries")
    serial = models.IntegerField()
    account = models.ForeignKey("people.BankAccount", on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    result = models.CharField(max_length=10, default="sent")  # sent | paid | returned | dropped
    fault = models.CharField(max_length=40, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "serial"], name="attempt_serial"),
            # The database itself refuses a second payment: a line is under way or paid in one attempt at most.
            models.UniqueConstraint(
                fields=["line"], condition=Q(result__in=["sent", "paid"]), name="attempt_one_payment"
            ),
        ]


class Answer(Covered):
    """A return file (回盘) as read: its digest makes a second reading change nothing."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="answers")
    digest = models.CharField(max_length=64, unique=True)
    file_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    paid = models.IntegerField()
    returned = models.IntegerField()


class Transaction(Covered):
    """A balanced set of postings; ``source`` makes it idempotent."""

    on = models.DateField(db_index=True)
    source = models.CharField(max_length=120, unique=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="transactions")
    how = models.CharField(max_length=16)  # a key of books.MOVES
    lines = models.IntegerField()
    total = models.BigIntegerField()  # fen moved from one side to the other


class Posting(Covered):
    """One side of a transaction: positive is debit, negative credit, in fen; a transaction sums to zero."""

    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="postings")
    account = models.CharField(max_length=80)  # expense:accomp-subsidy, payable:…, bank:clearing, suspense:…, …
    amount = models.BigIntegerField()
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="postings")

    class Meta:
        indexes = [models.Index(fields=["account", "amount"], name="posting_account")]
