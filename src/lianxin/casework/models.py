"""Asks and cases: everything that travels the road is one."""

from __future__ import annotations

from django.db import models

from lianxin.casework.circlemodels import CircleShare, CircleSheet, CircleWord  # noqa: F401  a file of their own
from lianxin.casework.sheetmodels import Sheet as Sheet
from lianxin.journal.models import Covered, Shows


class Case(models.Model):
    """Where a case stands now: a picture of its moves, which are the record."""

    number = models.CharField(max_length=24, unique=True)  # 2026-1123-000042
    service = models.CharField(max_length=60)
    version = models.ForeignKey("catalogue.Version", on_delete=models.PROTECT)
    mode = models.CharField(max_length=10)
    sealed = models.BooleanField(default=False)
    kind = models.CharField(max_length=40, blank=True)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="cases")
    family = models.ForeignKey("people.Family", on_delete=models.PROTECT, null=True, related_name="cases")
    cause = models.CharField(max_length=60, blank=True)  # over which "once" is counted, where per is cause
    event_on = models.DateField(null=True)  # the value of the service's event, where repeat is per-event
    area = models.CharField(max_length=12)  # of the subject's residence when the case was opened
    # app | phone | counter | visit | liaison | messenger | hotline (12345) | paper | match | ledger
    channel = models.CharField(max_length=10)
    opened_by = models.BigIntegerField(null=True)
    words = models.TextField(blank=True)
    form = models.JSONField(default=dict)
    state = models.CharField(max_length=10)  # states.py: the one place that says what leads where
    step = models.SmallIntegerField(default=0)  # index into the version's route
    step_name = models.CharField(max_length=12, blank=True)
    level = models.CharField(max_length=10, blank=True)
    office = models.ForeignKey("access.Office", on_delete=models.PROTECT, null=True, related_name="cases")
    desk = models.CharField(max_length=40, blank=True)
    assignee = models.BigIntegerField(null=True)
    amount = models.BigIntegerField(null=True)  # fen, of one period, as last judged
    opened_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)  # the clock stops while the applicant is asked for something
    closed_at = models.DateTimeField(null=True)
    stands_from = models.DateField(null=True)  # a recurring service decided once and standing
    stands_to = models.DateField(null=True)
    promised_at = models.DateTimeField(null=True)  # the whole of an ask is promised by then, whatever its steps allow
    mandate = models.BigIntegerField(null=True)  # under which somebody else opened or confirmed it
    version_lock = models.IntegerField(default=0)  # a stale page is refused by it
    reference = models.CharField(max_length=40, blank=True, default="", db_default="")  # its number where it came from
    became = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="came_from"
    )  # what an ask turned into

    class Meta:
        indexes = [
            models.Index(fields=["office", "state", "due_at", "id"], name="case_inbox"),
            models.Index(fields=["area", "state", "due_at", "id"], name="case_area"),
            models.Index(fields=["service", "state", "area", "id"], name="case_service"),
            models.Index(fields=["person", "-id"], name="case_person"),
            models.Index(fields=["family", "-id"], name="case_family"),
            models.Index(fields=["state", "due_at"], name="case_due"),
            models.Index(fields=["due_at", "id"], name="case_by_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["reference"], name="case_reference", condition=~models.Q(reference="")),
        ]


class Move(Covered):
    """One thing that was done with a case, by whom, when, from which step to which, and why."""

    later = ("amount", "person", "family", "stands_from", "stands_to")
    shows = Shows("case", {
        "state": "to_state", "step": "to_step", "amount": "amount", "person_id": "person", "family_id": "family",
        "stands_from": "stands_from", "stands_to": "stands_to",
    })  # fmt: skip
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="moves")
    at = models.DateTimeField()
    by_account = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    office = models.BigIntegerField(null=True)
    verb = models.CharField(max_length=16)
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10)
    from_step = models.SmallIntegerField(null=True)
    to_step = models.SmallIntegerField(null=True)
    reason = models.CharField(max_length=60, blank=True)  # a code of the reasons list
    words = models.TextField(blank=True)
    due_at = models.DateTimeField(null=True)
    mandate = models.BigIntegerField(null=True)  # under which it was done for the subject
    amount = models.BigIntegerField(null=True)  # fen: what the case was worth from then on
    # whose it was from then on (a merge carries it to another file), and from when to when it stood
    person = models.BigIntegerField(null=True)
    family = models.BigIntegerField(null=True)
    stands_from = models.DateField(null=True)
    stands_to = models.DateField(null=True)

    def seen(self, case: Case) -> Move:
        """Say how the case stands behind this move; returns the move."""
        self.amount, self.person, self.family = case.amount, case.person_id, case.family_id
        self.stands_from, self.stands_to = case.stands_from, case.stands_to
        return self

    class Meta:
        indexes = [models.Index(fields=["case", "id"], name="move_case")]


class Counter(models.Model):
    """The last case number given on a day; sealed cases count apart, so that no gap tells of them."""

    day = models.DateField()
    sealed = models.BooleanField(default=False)
    last = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "sealed"], name="counter_day")]


class Period(Covered):
    """One delivery of a case: what was ordered for which period, and what became of it. Unique on case and period."""

    unchained = ("state", "on", "moved_at")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="periods")
    step = models.SmallIntegerField()  # of the deliver step
    period = models.CharField(max_length=12)  # 2026-11 | 2026 | 2026Q4 | once | the event's day
    attempt = models.SmallIntegerField(default=1)  # delivered again after a reversal
    amount = models.BigIntegerField(null=True)  # fen
    source = models.CharField(max_length=110)  # in the register of outcomes
    state = models.CharField(max_length=10)  # underway | returned | done | reversed | cancelled
    ordered_at = models.DateTimeField()
    on = models.DateField(null=True)  # the day on which it was done
    moved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "step", "period", "attempt"], name="period_once")]
        indexes = [models.Index(fields=["case", "state"], name="period_case")]


class Gap(Covered):
    """One thing that is missing; all gaps of a case are told at once (一次性告知)."""

    unchained = ("met_at", "met_move")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="gaps")
    kind = models.CharField(max_length=10)  # material | fact | field
    code = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    words = models.CharField(max_length=200, blank=True)
    name = models.JSONField(default=dict)  # {"zh", "en"}: what it is called, as it was told
    met_at = models.DateTimeField(null=True)
    met_move = models.BigIntegerField(null=True)


class Paper(Covered):
    """A document on file: photographed once, found again by its person and code."""

    person = models.BigIntegerField(null=True, db_index=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="papers")
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=120)  # of the kind of paper; never the sender's file name
    content_type = models.CharField(max_length=60)
    size = models.IntegerField()
    digest = models.CharField(max_length=64)  # of the file's content; its name in the home's papers
    at = models.DateTimeField()
    by_account = models.BigIntegerField(null=True)
    sheet = models.ForeignKey("casework.Sheet", on_delete=models.PROTECT, null=True, related_name="photos")  # came back

    later = ("sheet_id",)


class Publicity(Covered):
    """A public notice of a decision, masked, that closes by itself."""

    unchained = ("state", "closed_at")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="publicities")
    area = models.CharField(max_length=12)  # township or above: nothing finer is shown
    service = models.CharField(max_length=60)
    shown = models.JSONField(default=dict)  # exactly what the page shows
    from_on = models.DateField()
    until_on = models.DateField()
    state = models.CharField(max_length=10, default="open")  # open | closed | objected
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "until_on", "area"], name="publicity_open")]


class Objection(Covered):
    """What somebody said against a public notice, and what was found."""

    unchained = ("finding", "upheld", "answered_at", "answered_by")
    publicity = models.ForeignKey(Publicity, on_delete=models.PROTECT, related_name="objections")
    at = models.DateTimeField()
    words = models.TextField()
    contact_sealed = models.BinaryField(max_length=120, null=True)
    salt = models.BinaryField(max_length=16)
    upheld = models.BooleanField(null=True)
    finding = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)


class Dispatch(Covered):
    """An ask handed to a volunteer team, a partner or a unit, and their answer."""

    unchained = ("answer", "answered_at", "answered_by", "reason", "done_at", "done_words", "minutes")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="dispatches")
    words = models.CharField(max_length=400, blank=True)  # what the desk adds for the giver
    office = models.ForeignKey("access.Office", on_delete=models.PROTECT, related_name="dispatches")
    offered_at = models.DateTimeField()
    answer_by = models.DateTimeField(null=True)
    answer = models.CharField(max_length=10, default="offered")  # offered | accepted | declined | withdrawn | done
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    done_at = models.DateTimeField(null=True)
    done_words = models.CharField(max_length=400, blank=True)
    minutes = models.IntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["office", "answer", "id"], name="dispatch_office"),
            models.Index(fields=["answer", "answer_by"], name="dispatch_due"),
        ]


class Rating(Covered):
    """What the subject thought of it (好差评), once per ending."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="ratings")
    score = models.SmallIntegerField()  # 1-5
    words = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()
    by_account = models.BigIntegerField(null=True)


class Listed(Covered):
    """The access list of a sealed case."""

    unchained = ("until",)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="listed")
    account = models.BigIntegerField(db_index=True)
    until = models.DateTimeField(null=True)
