"""The city's keys that sign credentials, and which credentials were given out: never what was signed, never a secret."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lianxin.journal.models import Covered


class SigningKey(Covered):
    """The public half of a key; its secret lies in the keys file. Published before it signs, and as long as it counts."""

    unchained = ("signs_from", "withdrawn_at", "reason")
    number = models.SmallIntegerField(unique=True)  # 1 to 255, one byte of each token
    algorithm = models.CharField(max_length=8)  # keys.ALGORITHMS
    public = models.BinaryField(max_length=33)
    made_at = models.DateTimeField()
    signs_from = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)  # nothing under it is believed any more
    reason = models.CharField(max_length=120, blank=True)


class Credential(Covered):
    """A credential that was given out for a card: in the app, on paper or on a printed card.

    Whether it counts follows from this row and from where its card stands; nobody writes it down a second time.
    """

    unchained = ("until", "withdrawn_at", "reason")
    card = models.ForeignKey("cards.Card", on_delete=models.PROTECT, related_name="credentials")
    form = models.SmallIntegerField()  # engine.credential.FORMS
    number = models.IntegerField(unique=True)  # says nothing: engine.cardnumbers
    phone = models.BinaryField(max_length=33, null=True)  # the phone's public key, in the app
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=20, blank=True)  # credentials.REASONS
    by_account = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["card", "form"], name="credential_one", condition=Q(withdrawn_at__isnull=True)),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["until"], name="credential_out", condition=Q(withdrawn_at__isnull=False)),
        ]
