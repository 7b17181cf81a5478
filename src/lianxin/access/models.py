"""Areas, offices, accounts and the roles they were given."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from lianxin.journal.models import Dated


class Area(models.Model):
    """A city (4 digits), county (6), township (9) or village (12). A code covers every code it is a prefix of."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80, blank=True)
    level = models.CharField(max_length=10)  # city | county | township | village
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    successor = models.CharField(max_length=12, blank=True)  # where the area was merged or renamed
    ended_on = models.DateField(null=True)
    pinyin = models.CharField(max_length=160, blank=True)  # liushucun
    initials = models.CharField(max_length=60, blank=True)  # lsc

    class Meta:
        indexes = [
            models.Index(fields=["parent", "code"], name="area_branch"),
            models.Index(fields=["pinyin"], name="area_pinyin"),
            models.Index(fields=["initials"], name="area_initials"),
        ]


class AreaName(Dated):
    """What an area was called from a day to a day; the newest open name stands in :class:`Area` too."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80, blank=True)


class Outline(Dated):
    """Where an area lies, as maps draw it: polygons of rings of points, WGS-84 in millionths of a degree.

    ``rings`` is ``[[[longitude, latitude, longitude, latitude, …], hole, …], …]``; ``paper`` says whose outline it is.
    """

    area = models.CharField(max_length=12)
    rings = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area"], name="outline_once", condition=models.Q(superseded_at__isnull=True)),
        ]  # fmt: skip


class Succession(Dated):
    """An area ended (``valid_from``) and ``into`` stands for it; superseded where the redrawing was taken back."""

    code = models.CharField(max_length=12)
    into = models.CharField(max_length=12)
    run = models.CharField(max_length=40, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["into"], name="succession_into")]


class Redrawing(models.Model):
    """One redrawing of areas (merger, split, re-coding), moved in chunks and visible as one."""

    run = models.CharField(max_length=40, unique=True)
    on = models.DateField()
    paper = models.CharField(max_length=120)
    at = models.DateTimeField()
    by_account = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    state = models.CharField(max_length=10)  # staged | done | undone
    pairs = models.JSONField(default=dict)  # code → code
    added = models.JSONField(default=list)  # codes that it brought into being
    offices = models.JSONField(default=dict)  # office → the area it lay in
    moved = models.JSONField(default=dict)  # kind → how many rows


class Office(models.Model):
    """A desk of the work: a station, a centre, a bureau, a member unit, a partner, a liaison's desk."""

    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    kind = models.CharField(
        max_length=16
    )  # station | centre | bureau | unit | liaison | member | partner | volunteer | court | counsel | donor
    level = models.CharField(max_length=10)  # village | township | county | city
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="offices")
    phone = models.CharField(max_length=40, blank=True)  # the office's public number, not a person's
    address = models.CharField(max_length=120, blank=True)
    open = models.BooleanField(default=True)
    hours = models.CharField(max_length=120, blank=True)  # as a door says them: 周一至周五 9:00–12:00, 13:30–17:00

    class Meta:
        indexes = [models.Index(fields=["level", "area"], name="office_level_area")]


class Desk(models.Model):
    """A desk within an office (优抚, 移交安置, 双拥, 权益, 就业, 财务 …). A step of a route names it by ``name``."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="desks")
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    open = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "name"], name="desk_once")]


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by their sign-in name."""

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(username=username)


class Account(AbstractBaseUser):
    """Someone who signs in: staff in an office, a giver, or a person of the city."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, related_name="accounts")
    person = models.BigIntegerField(null=True, unique=True)  # people.Person of a citizen's account
    language = models.CharField(max_length=10, default="zh-hans")
    elder = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    must_change = models.BooleanField(default=False)  # the password was handed over by somebody else
    locked_until = models.DateTimeField(null=True)  # after failed tries; the security administrator unlocks

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]
    objects = AccountManager()

    @property
    def is_staff_member(self) -> bool:
        """Whether a second factor is demanded: everybody who sees other people's matters."""
        return self.office_id is not None


class Grant(Dated):
    """A role given to an account over an area, for a time. ``valid_to`` ends it by itself."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=40)
    area = models.CharField(max_length=12)
    desk = models.CharField(max_length=40, blank=True)
    service = models.CharField(max_length=60, blank=True)  # a sealed service whose access list this grant is on


class Behind(Dated):
    """Who stands behind a staff account: a person of the files, or an ID number. Whoever has two accounts is one pair of
    hands. The number is sealed under a salt of its own; its mark is what finds the other account, and a file."""

    later = ("salt", "number_sealed", "number_mark")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="behind")
    person = models.BigIntegerField(null=True, db_index=True)
    salt = models.BinaryField(null=True)
    number_sealed = models.BinaryField(null=True)
    number_mark = models.BinaryField(null=True, db_index=True)


class Sits(Dated):
    """An account sits at a desk of its office."""

    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="sitters")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="seats")


class StandIn(Dated):
    """``substitute`` stands in for ``account`` from ``valid_from`` to ``valid_to``, and then no more by itself."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="stood_in_by")
    substitute = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="stands_in_for")


class Visit(models.Model):
    """A signed-in session. Where it came from is not kept: no address, no place, for nobody."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="visits")
    at = models.DateTimeField()
    seen_at = models.DateTimeField()
    until = models.DateTimeField(null=True)  # the absolute time-out
    ended_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=12, blank=True)  # out | idle | time | others | closed | role | password
    how = models.CharField(max_length=12)  # password | totp | recovery | passkey | code | oidc | demo | earlier
    browser = models.CharField(max_length=40, blank=True)  # of staff: what kind it was; of residents: nothing

    class Meta:
        indexes = [models.Index(fields=["account", "-id"], name="visit_account")]


class Tries(models.Model):
    """A counter of tries within a window. ``key`` is a keyed digest that changes daily; rows are deleted in a day."""

    key = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField(db_index=True)
    count = models.IntegerField(default=0)


class Slip(models.Model):
    """A code printed at the counter for one person: used once, within days, to bind a phone to their file."""

    person = models.BigIntegerField(db_index=True)
    mark = models.BinaryField(max_length=16, unique=True)  # of the code; the code itself stands on paper only
    name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    area = models.CharField(max_length=12, blank=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    void_at = models.DateTimeField(null=True)  # a newer one was printed, or it was lost


class Binding(models.Model):
    """A phone that opens an account, since a slip was used with it. Several accounts may share a household's phone."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="bindings")
    phone_mark = models.BinaryField(max_length=16, db_index=True)
    phone = models.CharField(max_length=20)  # masked: 138****1234
    file_mark = models.BinaryField(max_length=16, null=True)  # the file's phone then: another one later ends this
    bound_at = models.DateTimeField()
    used_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=12, blank=True)  # phone | silence | counter | newer


class OneTime(models.Model):
    """A one-time code that was sent to a phone. Neither the code nor the number can be read from it."""

    phone_mark = models.BinaryField(max_length=16, db_index=True)
    digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.SmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)


class PublicName(Dated):
    """A name that is a public honour (a heroes' company, a ship with the city's name): the guard lets it pass."""

    guarded = False
    name = models.CharField(max_length=60)
    why = models.CharField(max_length=200)


class SetAside(models.Model):
    """A doubtful text that was not stored, sealed until the security administrator decides; then it is destroyed."""

    at = models.DateTimeField()
    account = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    area = models.CharField(max_length=12, blank=True)
    where = models.CharField(max_length=120)  # the page or command that it was written on
    kind = models.CharField(max_length=12)
    mark = models.BinaryField(max_length=16, db_index=True)  # the same text sent again is one matter
    salt = models.BinaryField(max_length=16)
    sealed = models.BinaryField(null=True)  # null once decided
    state = models.CharField(max_length=10, default="waiting")  # waiting | released | destroyed
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "area", "-id"], name="setaside_state")]


class KeyMark(models.Model):
    """A key under which this database holds values: by its fingerprint a lost or a wrong keys file is told at once."""

    key = models.SmallIntegerField(unique=True)
    fingerprint = models.CharField(max_length=32)
    seen_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)


class Rotation(models.Model):
    """Everything sealed goes from one key to another: where the work stands, so that it goes on after any stop."""

    key = models.SmallIntegerField(unique=True)
    before = models.SmallIntegerField()
    cipher = models.CharField(max_length=16)
    state = models.CharField(max_length=10)  # added | sealing | done
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    part = models.SmallIntegerField(default=0)  # which sealed table; behind the last one, the files
    after = models.CharField(max_length=64, blank=True)  # the last id (or file) that is done
    values = models.BigIntegerField(default=0)
    broken = models.IntegerField(default=0)  # values that could not be opened


class Duty(Dated):
    """Who answers at an office in one shift of a day (``valid_from`` = ``valid_to``); outside the shifts of working days too."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="duties")
    shift = models.CharField(max_length=5)  # day | night
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="duties")
    name = models.CharField(max_length=40)  # as the household hears it; also of those who have no account
    phone = models.CharField(max_length=40, blank=True)  # on which they answer; blank: the office's

    class Meta:
        indexes = [models.Index(fields=["office", "valid_from"], name="duty_day")]
