"""Givers and their time; programmes and events, who signs up, who came, pictures with consent."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lianxin.campaigns.visitmodels import Part as Part
from lianxin.campaigns.visitmodels import Report as Report
from lianxin.campaigns.visitmodels import Stop as Stop
from lianxin.campaigns.visitmodels import Taken as Taken
from lianxin.campaigns.visitmodels import VisitList as VisitList
from lianxin.journal.models import Covered, Dated


class Giver(Dated):
    """An office (volunteer team, partner shop, unit) that offers to answer asks of some kinds in an area."""

    office = models.ForeignKey("access.Office", on_delete=models.PROTECT, related_name="givings")
    kind = models.CharField(max_length=40)  # a kind of an ask of the catalogue
    area = models.CharField(max_length=12)
    hours = models.CharField(max_length=40, blank=True)  # 08:00-18:00
    weekdays = models.CharField(
        max_length=7, blank=True, default="", db_default=""
    )  # 1 Monday … 7 Sunday; blank: every day
    per_week = models.SmallIntegerField(null=True)  # how many at most from Monday to Sunday; null: as many as come
    paused_until = models.DateField(null=True)  # last day of a pause
    thing = models.CharField(max_length=120, blank=True, default="", db_default="")  # lent or given beside the time

    later = ("weekdays", "per_week", "paused_until", "thing")


class Hours(Dated):
    """Time given, counted when the household confirmed, or the keeper of an event."""

    office = models.ForeignKey("access.Office", on_delete=models.PROTECT, related_name="hours_given")
    account = models.BigIntegerField(null=True)
    case = models.BigIntegerField(null=True)
    minutes = models.IntegerField()
    event = models.BigIntegerField(null=True)

    later = ("event",)


class Certificate(Covered):
    """Hours certified for a time, under a number of its own that anybody may check; the hours as they stood then."""

    unchained = ("replaced_by",)
    number = models.CharField(max_length=32, unique=True)
    office = models.ForeignKey("access.Office", on_delete=models.PROTECT, related_name="certificates")
    account = models.BigIntegerField(null=True)  # one helper of the office; null: the office
    name = models.CharField(max_length=80)  # to whom, as it was printed
    from_on = models.DateField()
    to_on = models.DateField()
    times = models.IntegerField()
    minutes = models.IntegerField()
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    replaced_by = models.CharField(max_length=32, blank=True)  # the number of a later one for the same time


class CertificateCount(models.Model):
    """The last certificate number of a year: locked while one is given, so that none is given twice."""

    year = models.SmallIntegerField(unique=True)
    last = models.IntegerField(default=0)


class Programme(Covered):
    """What goes on under one name: classes through a year, shared study, a festival."""

    unchained = ("ended_on",)
    code = models.CharField(max_length=60, unique=True)  # the register's programme
    kind = models.CharField(max_length=12)  # kinds.EVENTS
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80, blank=True)
    words = models.CharField(max_length=400, blank=True)
    area = models.CharField(max_length=12, db_index=True)
    office = models.ForeignKey("access.Office", on_delete=models.PROTECT, related_name="programmes")
    recorded_at = models.DateTimeField()
    ended_on = models.DateField(null=True)


class Event(Covered):
    """One meeting. What holds of it stands in its terms; this row is what sign-ups lock."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="events")
    office = models.ForeignKey("access.Office", on_delete=models.PROTECT, related_name="events")
    recorded_at = models.DateTimeField()


class Terms(Dated):
    """What is said of an event: where, when, how many, for whom. A change supersedes the row; its id is the page's lock."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="terms")
    area = models.CharField(max_length=12)  # whose households are meant
    title = models.CharField(max_length=60)
    title_en = models.CharField(max_length=80, blank=True)
    venue = models.CharField(max_length=12)  # kinds.VENUES
    place = models.CharField(max_length=80)  # a civilian place by its name
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    until_at = models.DateTimeField()  # sign up until
    places = models.IntegerField(null=True)  # null: as many as come
    age_from = models.SmallIntegerField(null=True)
    age_to = models.SmallIntegerField(null=True)
    words = models.TextField(blank=True)
    state = models.CharField(max_length=10)  # states.EVENT: open | cancelled | held
    reason = models.CharField(max_length=200, blank=True)
    unnamed = models.IntegerField(default=0)  # of a held one: who came and gave no name

    class Meta:
        indexes = [
            models.Index(fields=["area", "starts_at"], name="terms_area", condition=Q(superseded_at__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["event"], name="terms_one", condition=Q(superseded_at__isnull=True)),
        ]


class Signup(Covered):
    """Somebody's place at an event, or in its waiting list; and whether they came."""

    unchained = ("state", "moved_at", "moved_by", "reason", "reminded_at", "came", "source")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="signups")
    person = models.BigIntegerField(db_index=True)
    guardian = models.BigIntegerField(null=True, db_index=True)  # of a child: who signed it up and is told
    channel = models.CharField(max_length=10)  # app | counter | phone | walk-in
    at = models.DateTimeField()
    by_account = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10)  # states.SIGNUP: taken | waiting | cancelled
    moved_at = models.DateTimeField()
    moved_by = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=20, blank=True)  # self | desk | died | event
    reminded_at = models.DateTimeField(null=True)
    came = models.BooleanField(null=True)
    source = models.CharField(max_length=110, blank=True)  # in the register, while it counts

    class Meta:
        indexes = [models.Index(fields=["event", "state", "id"], name="signup_event")]
        constraints = [
            models.UniqueConstraint(fields=["event", "person"], name="signup_once", condition=~Q(state="cancelled")),
        ]


class Picture(Covered):
    """A picture of an event: drawn anew without what rode along, shown when a second person has looked."""

    unchained = ("state", "decided_at", "decided_by", "reason")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="pictures")
    caption = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    content_type = models.CharField(max_length=40)
    size = models.IntegerField()
    at = models.DateTimeField()
    by_account = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, default="waiting")  # waiting | shown | down
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=120, blank=True)


class Pictured(Covered):
    """Somebody who can be recognised in a picture and agreed to it; whoever takes that back takes the picture down."""

    unchained = ("withdrawn_at",)
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="shown")
    person = models.BigIntegerField(db_index=True)
    agreed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
