"""Machines that count uses, what they counted, and for thirty days under which pseudonym of one day and one line."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lianxin.journal.models import Covered


class Device(Covered):
    """A fare-box validator, a gate or a driver's counting key: whose it is, where it counts, its public key.

    Registered by staff with a code that is used once, or with its key. Its place is a line or a gate by its public name.
    """

    unchained = ("name", "lines", "algorithm", "public", "code_mark", "code_until", "enrolled_at", "until", "revoked_at",
                 "reason")  # fmt: skip
    office = models.ForeignKey("access.Office", on_delete=models.PROTECT, related_name="devices")  # the operator
    area = models.CharField(max_length=12)  # of that office
    form = models.CharField(max_length=10)  # devices.FORMS
    scene = models.CharField(max_length=12)  # scenes.SCENES
    name = models.CharField(max_length=60)  # what the operator calls it
    lines = models.JSONField(default=list)  # the lines or gates that it may count for
    algorithm = models.CharField(max_length=8, blank=True)  # devices.ALGORITHMS
    public = models.BinaryField(max_length=33, null=True)
    code_mark = models.CharField(max_length=64, blank=True)  # of the code with which it enrols itself
    code_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    enrolled_at = models.DateTimeField(null=True)
    until = models.DateField()  # the last day on which it is believed
    revoked_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["area", "-id"], name="device_area"),
            models.Index(fields=["code_mark"], name="device_code", condition=~Q(code_mark="")),
        ]


class DeviceStep(Covered):
    """What happened to a device, by whom: registered, enrolled, changed, another code, revoked."""

    machine = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    verb = models.CharField(max_length=10)  # devices.VERBS
    words = models.CharField(max_length=200, blank=True)
    by_account = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)


class UseBatch(Covered):
    """Signed counts of one device, kept as they were signed: by day, hour and kind. No pseudonym stands in them."""

    guarded = False  # read strictly, word by word: numbers, codes and a line that staff registered
    machine = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="batches")
    number = models.BigIntegerField()  # the device's own; a second one with the same number changes nothing
    office = models.BigIntegerField()
    area = models.CharField(max_length=12)
    scene = models.CharField(max_length=12)
    line = models.CharField(max_length=40)
    counts = models.TextField()  # the very text that was signed
    signature = models.BinaryField(max_length=64)
    public = models.BinaryField(max_length=33)
    algorithm = models.CharField(max_length=8)
    first_on = models.DateField()
    last_on = models.DateField()
    uses = models.IntegerField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["machine", "number"], name="use_batch_once")]
        indexes = [models.Index(fields=["office", "last_on"], name="use_batch_office")]


class Tally(models.Model):
    """Uses by operator, scene, line, day, hour and kind: added up from the signed counts, provable by them.

    Military identity cards stand in one row a month and scene, under no line, no day (its first) and no hour (−1).
    """

    office = models.BigIntegerField()
    area = models.CharField(max_length=12)
    scene = models.CharField(max_length=12)
    line = models.CharField(max_length=40, blank=True)
    day = models.DateField()
    hour = models.SmallIntegerField()
    kind = models.CharField(max_length=10)  # scenes.CLASSES | military
    uses = models.BigIntegerField()
    named = models.BigIntegerField(db_default=0)  # of them with a pseudonym: the rest by hand, late, or invented
    proof = models.CharField(max_length=64, blank=True, db_default="")  # of the forces' rows: forces.py

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "day", "line", "hour", "kind", "scene"], name="tally_once"),
            models.CheckConstraint(name="tally_of_the_forces", condition=~Q(kind="military") | Q(line="", hour=-1)),
        ]
        indexes = [models.Index(fields=["-day", "area"], name="tally_day")]


class Use(models.Model):
    """Uses of one pseudonym in one hour of one line: kept for thirty days, then only the tally is left.

    The pseudonym is another one each day and on each line. Nothing leads from one row to another line's or day's.
    """

    day = models.DateField()
    office = models.BigIntegerField()
    scene = models.CharField(max_length=12)
    line = models.CharField(max_length=40)
    hour = models.SmallIntegerField()
    kind = models.CharField(max_length=10)
    pseudonym = models.BigIntegerField()
    uses = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "line", "hour", "kind", "pseudonym", "office", "scene"], name="use_once"),
        ]  # fmt: skip


class CardRate(models.Model):
    """How often one pseudonym of the day was used at one machine, without where and when: gone with the day.

    All three numbers are made under the day's pepper; machine and operator are other numbers for each pseudonym, and
    tell no more than how many different ones there were. Rows of this table and of :class:`Use` have ids by chance.
    """

    day = models.DateField()
    pseudonym = models.BigIntegerField()
    machine = models.BigIntegerField()
    operator = models.BigIntegerField()
    uses = models.IntegerField()  # no more than one machine may add: uses.OF_ONE_MACHINE

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "pseudonym", "machine"], name="rate_once")]


class CardLook(models.Model):
    """The pseudonyms of a day that are looked at twice, as they stood at the beginning of an hour: gone with the day."""

    day = models.DateField(unique=True)
    hour = models.SmallIntegerField()
    cards = models.JSONField(default=list)  # CardRate.pseudonym


class DayClosed(Covered):
    """A day whose pseudonyms are gone: how many rows there were, and the digest of the counts that are left.

    ``often`` cards were used more than ``most`` times on it (how many, never which).
    """

    what = models.CharField(max_length=8)  # rates | rows
    day = models.DateField()
    rows = models.IntegerField()
    uses = models.BigIntegerField()
    digest = models.CharField(max_length=64, blank=True)
    most = models.IntegerField(default=0)
    often = models.IntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["what", "day"], name="day_closed_once")]
