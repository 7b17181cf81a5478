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


class Office(models.Model):
    """A desk of the work: a station, a centre, a bureau, a member unit, a partner, a liaison's desk."""

    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    kind = models.CharField(
        max_length=16
    )  # station | centre | bureau | unit | liaison | member | partner | volunteer | court
    level = models.CharField(max_length=10)  # village | township | county | city
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="offices")
    phone = models.CharField(max_length=40, blank=True)  # the office's public number, not a person's
    address = models.CharField(max_length=120, blank=True)
    open = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["level", "area"], name="office_level_area")]


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
