"""Cards and their steps, filings with the province, boxes, the table of scenes, findings about refusals."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from lianxin.cards.credentialmodels import Credential, SigningKey
from lianxin.cards.settlemodels import Claim, Statement, StatementLine, StatementStep, Tariff
from lianxin.cards.usemodels import CardLook, CardRate, DayClosed, Device, DeviceStep, Tally, Use, UseBatch
from lianxin.journal.models import Covered, Dated, Shows

__all__ = [
    "Box", "Card", "CardLook", "CardRate", "Claim", "Count", "Credential", "DayClosed", "Device", "DeviceStep", "Filing", "Finding",
    "SceneRow", "SceneTable", "SigningKey", "Statement", "StatementLine", "StatementStep", "Step", "Tally", "Tariff", "Use",
    "UseBatch",
]  # fmt: skip


class Filing(Covered):
    """What the city filed with the province at once: the province has thirty working days."""

    number = models.CharField(max_length=24, unique=True)  # BA-2026-000001
    area = models.CharField(max_length=12)
    filed_on = models.DateField()
    due_on = models.DateField()
    count = models.IntegerField()
    at = models.DateTimeField()
    by_account = models.BigIntegerField(null=True)


class Box(Covered):
    """One leg of the way down: a box with its list, from the bank or an office to an office, counted when it arrives.

    ``listed`` is how many stood on its list; ``counted`` how many of them were there, ``extra`` what was there and not on
    the list. The cards that lie in it now are those that point to it.
    """

    unchained = ("state", "counted", "extra", "received_at", "received_by", "seen_at", "words", "explained_at",
                 "explained_by")  # fmt: skip
    number = models.CharField(max_length=32, unique=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="boxes")
    sender = models.ForeignKey("access.Office", on_delete=models.PROTECT, null=True, related_name="+")  # null: the bank
    office = models.ForeignKey("access.Office", on_delete=models.PROTECT, related_name="boxes")  # to whom
    area = models.CharField(max_length=12)  # of that office
    listed = models.IntegerField()
    packed_at = models.DateTimeField()
    packed_by = models.BigIntegerField(null=True)
    digest = models.CharField(max_length=64, blank=True)  # of the bank's list
    state = models.CharField(max_length=10)  # states.BOX
    counted = models.IntegerField(null=True)
    extra = models.IntegerField(default=0)
    received_at = models.DateTimeField(null=True)
    received_by = models.CharField(max_length=80, blank=True)
    seen_at = models.DateTimeField(null=True)  # when it was last counted
    words = models.CharField(max_length=300, blank=True)  # how a difference was explained
    explained_at = models.DateTimeField(null=True)
    explained_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["area", "state", "id"], name="box_area"),
            models.Index(fields=["office", "-id"], name="box_office"),
        ]
        constraints = [
            models.CheckConstraint(name="box_never_more", condition=Q(counted__isnull=True) | Q(counted__lte=F("listed"))),
        ]  # fmt: skip


class Card(models.Model):
    """Where a card stands now: a picture of its steps, which are the record. The number is sealed, never in clear."""

    # under whose salt the number is sealed; whose file goes on after a merge
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="cards", db_index=False)
    holder = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="cards_held")
    kind = models.CharField(max_length=10)  # veteran | bereaved
    case = models.BigIntegerField(null=True)  # under which it was filed; null: taken over
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by", db_index=False
    )
    ground = models.CharField(max_length=40, blank=True)  # of a replacement: the kind of its case
    area = models.CharField(max_length=12)  # residence of the holder: what scope goes by
    to_home = models.BooleanField(default=False)  # to be brought home
    number_sealed = models.BinaryField(max_length=80, null=True)
    number_mark = models.BinaryField(max_length=16, null=True, unique=True)
    state = models.CharField(max_length=12)  # states.LIFE
    since = models.DateField()  # when it came to stand so
    due_on = models.DateField(null=True)  # until when the province or the next office has to have done its part
    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, null=True, related_name="cards", db_index=False)
    box = models.ForeignKey(
        Box, on_delete=models.PROTECT, null=True, related_name="cards", db_index=False
    )  # where it lies
    activated_on = models.DateField(null=True)
    lost_on = models.DateField(null=True)
    moved_at = models.DateTimeField()
    lock = models.IntegerField(default=0)  # a stale page is refused by it

    class Meta:
        indexes = [
            models.Index(fields=["area", "state", "id"], name="card_area"),
            # most cards lie in no box, wait for nobody and have no case: their rows stand in no index of these
            models.Index(fields=["due_on"], name="card_due", condition=Q(due_on__isnull=False)),
            models.Index(fields=["box"], name="card_box", condition=Q(box__isnull=False)),
            models.Index(fields=["case"], name="card_case", condition=Q(case__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["holder"], name="card_one_in_making",
                                    condition=Q(state__in=("filed", "made", "received", "missing"))),
            models.UniqueConstraint(fields=["holder"], name="card_one_held", condition=Q(state__in=("delivered", "active"))),
        ]  # fmt: skip


class Step(Covered):
    """One thing that happened to a card, by whom, and in which box it lay then."""

    shows = Shows("card", {"state": "to_state", "since": "on"})
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="steps", db_index=False)
    at = models.DateTimeField()
    on = models.DateField()
    verb = models.CharField(max_length=12)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    box = models.BigIntegerField(null=True)  # in which it lay before
    into = models.BigIntegerField(null=True)  # into which it came
    reason = models.CharField(max_length=40, blank=True)  # a code
    words = models.CharField(max_length=200, blank=True)
    signer = models.CharField(max_length=10, blank=True)  # of a hand-over: self | guardian | proxy
    mandate = models.BigIntegerField(null=True)
    by_account = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    office = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["card", "id"], name="step_card"),
            models.Index(fields=["box", "verb"], name="step_box", condition=Q(box__isnull=False)),
        ]


class SceneTable(Covered):
    """One edition of the table of scenes: drawn up by one, published by another, in force from a day until the next."""

    unchained = ("state", "from_on", "publisher", "published_at")
    number = models.IntegerField(unique=True)
    maker = models.BigIntegerField(null=True)
    maker_name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10)  # draft | handed-in | published | dropped
    from_on = models.DateField(null=True)
    publisher = models.BigIntegerField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="scene_two_people",
                                   condition=Q(publisher__isnull=True) | Q(maker__isnull=True) | ~Q(publisher=F("maker"))),
        ]  # fmt: skip


class SceneRow(Dated):
    """Who has which right where on which days: one line of the table. Places are public ones by their name."""

    table = models.ForeignKey(SceneTable, on_delete=models.PROTECT, related_name="rows")
    scene = models.CharField(max_length=12)  # scenes.SCENES
    code = models.CharField(max_length=40)  # of the right, the same in every edition
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80, blank=True)
    area = models.CharField(max_length=12)  # within which it holds
    place = models.CharField(max_length=80, blank=True)  # blank: every place of the scene in the area
    office = models.BigIntegerField(null=True)  # the partner whose place it is
    classes = models.JSONField(default=list)  # scenes.CLASSES
    right = models.CharField(max_length=10)  # scenes.RIGHTS: free | discount | first
    percent = models.SmallIntegerField(null=True)  # of a discount: how much is paid
    companions = models.SmallIntegerField(default=0)  # who may come along
    weekdays = models.CharField(max_length=7, blank=True)  # 1 Monday … 7 Sunday; blank: every day
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)
    hours = models.CharField(max_length=11, blank=True)  # 09:00-17:00
    needs_id = models.BooleanField(default=False)  # the verifier asks for the identity card too
    words = models.CharField(max_length=200, blank=True)  # what to do, in one sentence
    words_en = models.CharField(max_length=200, blank=True)
    law = models.CharField(max_length=60, blank=True)
    article = models.CharField(max_length=12, blank=True)
    standing = models.CharField(max_length=12, default="illustrative")  # found | illustrative


class Finding(Dated):
    """What was found about a reported refusal, after both sides were heard. An upheld one counts against the place."""

    case = models.BigIntegerField()
    scene = models.CharField(max_length=12)
    office = models.ForeignKey("access.Office", on_delete=models.PROTECT, null=True, related_name="findings")
    place = models.CharField(max_length=80, blank=True)
    area = models.CharField(max_length=12)
    upheld = models.BooleanField()
    words = models.CharField(max_length=300)
    by_account = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], name="finding_one", condition=Q(superseded_at__isnull=True)),
        ]
        indexes = [models.Index(fields=["office", "recorded_at"], name="finding_office")]


class Count(models.Model):
    """The last number given of a kind in a year: locked while one is given."""

    kind = models.CharField(max_length=8)  # filing | box
    year = models.SmallIntegerField()
    last = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="card_count")]
