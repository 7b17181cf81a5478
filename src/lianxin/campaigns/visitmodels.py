"""Visits to households: who goes by where, what was found, and what was taken along on a worker's own device."""

from __future__ import annotations

from django.db import models

from lianxin.journal.models import Covered


class VisitList(Covered):
    """A list of households to visit, given to one worker, in the order of the route."""

    unchained = ("account", "for_on", "state", "ended_at")
    name = models.CharField(max_length=60)
    occasion = models.CharField(max_length=10)  # festival | first-need | round | asked
    area = models.CharField(max_length=12)
    office = models.BigIntegerField(null=True)
    account = models.BigIntegerField()  # whose way it is
    for_on = models.DateField()  # the day for which it is planned
    made_at = models.DateTimeField()
    by_account = models.BigIntegerField(null=True)
    state = models.CharField(max_length=6, default="open")  # open | back: handed back | ended
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "campaigns"
        indexes = [
            models.Index(fields=["account", "state", "-id"], name="visits_mine"),
            models.Index(fields=["area", "-id"], name="visits_area"),
        ]


class Stop(Covered):
    """One household of a list. ``case`` is a case that is delivered by this visit, where there is one."""

    unchained = ("place", "state", "visited_on")
    list = models.ForeignKey(VisitList, on_delete=models.PROTECT, related_name="stops")
    family = models.ForeignKey("people.Family", on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=12)  # festival | old-alone | … | not-lately | asked
    words = models.CharField(max_length=200, blank=True)  # what the desk says beside it
    case = models.BigIntegerField(null=True)
    place = models.SmallIntegerField()  # in the route
    state = models.CharField(max_length=8, default="planned")  # planned | visited | away | dropped
    visited_on = models.DateField(null=True)

    class Meta:
        app_label = "campaigns"
        constraints = [models.UniqueConstraint(fields=["list", "family"], name="stop_once")]
        indexes = [models.Index(fields=["family", "-id"], name="stop_family")]


class Taken(Covered):
    """A list that was taken along, sealed, on a device; what became of that copy."""

    unchained = ("ended_at", "why")
    list = models.ForeignKey(VisitList, on_delete=models.PROTECT, related_name="taken")
    account = models.BigIntegerField()
    key = models.CharField(max_length=36, unique=True)  # made by the device for this copy
    at = models.DateTimeField()
    until = models.DateTimeField()  # nothing on the device opens after that
    ended_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=8, blank=True)  # back | wiped

    class Meta:
        app_label = "campaigns"


class Report(Covered):
    """What a visit found, written on the device and received once: ``key`` is the device's own name for it."""

    stop = models.ForeignKey(Stop, on_delete=models.PROTECT, related_name="reports")
    key = models.CharField(max_length=36, unique=True)
    outcome = models.CharField(max_length=8)  # met | away | declined | moved
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()
    by_account = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    words = models.TextField(blank=True)
    minutes = models.IntegerField(null=True)
    signer = models.CharField(max_length=40, blank=True)  # who signed; blank: nobody
    signature = models.CharField(max_length=64, blank=True)  # digest of the drawing among the sealed files
    source = models.CharField(max_length=110, blank=True)  # in the register of outcomes

    class Meta:
        app_label = "campaigns"


class Part(Covered):
    """One thing of a report that is done by itself: the visit counted, a need opened as an ask, a correction of the file.

    In ``conflict`` the file or the case had changed since the list was taken along: nothing was written, and the worker
    decides. What a correction would write stays on the device (and then in the case), never here.
    """

    unchained = ("state", "theirs", "case", "decided_at", "decided_by")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="parts")
    key = models.CharField(max_length=36, unique=True)
    what = models.CharField(max_length=10)  # visit | need | correction
    code = models.CharField(max_length=100, blank=True)  # service:kind of a need; the field of a correction
    state = models.CharField(max_length=8)  # done | conflict | dropped
    theirs = models.CharField(max_length=300, blank=True)  # what stands there meanwhile, numbers masked
    case = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)

    class Meta:
        app_label = "campaigns"
        indexes = [models.Index(fields=["state", "report"], name="part_conflict")]
