"""The file (档案): persons, everything dated about them, their kin and their families (户)."""

from __future__ import annotations

from django.db import models

from lianxin.journal.models import Covered, Dated


class Person(models.Model):
    """The stable anchor of a file and the searchable picture of today. What was true when is in the dated rows."""

    file_number = models.CharField(max_length=20, unique=True)  # CC + 8 digits
    salt = models.BinaryField(max_length=16)
    name = models.CharField(max_length=60)
    pinyin = models.CharField(max_length=120, blank=True)  # zhangjianguo
    initials = models.CharField(max_length=30, blank=True)  # zjg
    sex = models.CharField(max_length=6, blank=True)
    born_on = models.DateField(null=True)
    died_on = models.DateField(null=True)
    id_mark = models.BinaryField(max_length=16, null=True, unique=True)
    phone_mark = models.BinaryField(max_length=16, null=True, db_index=True)
    home = models.CharField(max_length=12, blank=True)  # area of residence today: what scope goes by
    address = models.CharField(max_length=120, blank=True)
    family = models.ForeignKey("Family", on_delete=models.PROTECT, null=True, related_name="people")
    verified = models.BooleanField(default=False)
    survivor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")
    merged_at = models.DateTimeField(null=True)  # when the survivor became known; chains are followed, never shortened
    entry = models.BigIntegerField()  # that opened the file
    run = models.CharField(max_length=40, blank=True)  # of the import that brought it
    visible = models.BooleanField(default=True)  # a running import becomes visible as one

    class Meta:
        indexes = [
            models.Index(fields=["home", "id"], name="person_home"),
            models.Index(fields=["name", "id"], name="person_name"),
            models.Index(fields=["pinyin", "id"], name="person_pinyin"),
            models.Index(fields=["initials", "id"], name="person_initials"),
        ]


class Particulars(Dated):
    """Who a person is and where they live: name, numbers, home. One row open at a time for each valid day."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="particulars")
    name = models.CharField(max_length=60)
    former_name = models.CharField(max_length=60, blank=True)
    sex = models.CharField(max_length=6, blank=True)
    born_on = models.DateField(null=True)
    died_on = models.DateField(null=True)
    id_sealed = models.BinaryField(max_length=64, null=True)
    phone_sealed = models.BinaryField(max_length=64, null=True)
    home = models.CharField(max_length=12, blank=True)
    address = models.CharField(max_length=120, blank=True)
    hukou = models.CharField(max_length=12, blank=True)
    verified = models.BooleanField(default=False)
    photo = models.BooleanField(default=False)


class Service(Dated):
    """Service in the forces as a local office may know it: kind, years, settlement. Never a unit, place or task."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="service")
    kind = models.CharField(max_length=10, blank=True)  # officer | nco | conscript | cadet
    enlisted_on = models.DateField(null=True)
    discharged_on = models.DateField(null=True)  # null with kind set: serving
    settlement = models.CharField(max_length=16, blank=True)
    rural_at_enlistment = models.BooleanField(null=True)
    expelled = models.BooleanField(default=False)


class Standing(Dated):
    """A dated category: combat, nuclear_test, returned_sick, disabled_soldier, bereaved, accompanying, …"""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="standings")
    code = models.CharField(max_length=24)
    grade = models.SmallIntegerField(null=True)  # disability 1-10
    cause = models.CharField(max_length=10, blank=True)  # war | duty | illness, also of the death mourned
    role = models.CharField(max_length=10, blank=True)  # spouse | parent | child | sibling of the dead


class Award(Dated):
    """An award that the forces made known. ``valid_from`` is the day of the award."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="awards")
    merit = models.CharField(max_length=12)  # title | first | second | third | commendation
    wartime = models.BooleanField(default=False)


class Livelihood(Dated):
    """Work, income and schooling."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="livelihoods")
    employment = models.CharField(max_length=14, blank=True)
    unemployment_registered = models.BooleanField(null=True)
    employer_insured = models.BooleanField(null=True)
    monthly_income = models.BigIntegerField(null=True)  # fen
    education_stage = models.CharField(max_length=12, blank=True)
    in_education = models.BooleanField(null=True)
    able_to_work = models.BooleanField(null=True)


class Suspension(Dated):
    """A provincial notice in force; nothing else about conduct is kept."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="suspensions")
    state = models.CharField(max_length=10)  # suspended | cancelled
    political_rights = models.BooleanField(default=True)


class Attested(Dated):
    """A fact about the forces that a liaison attested as true or false: unit_stationed_here, accompanying, …"""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="attested")
    code = models.CharField(max_length=40)
    holds = models.BooleanField()


class Attribute(Dated):
    """A fact that this city added (attributes.yaml), as text read by its declared type."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="attributes")
    code = models.CharField(max_length=40)
    value = models.CharField(max_length=120)


class Kin(Dated):
    """``person`` is the ``kind`` of ``relative``: spouse, parent, child, fosterer, sibling, guardian. Stored once."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="kin")
    relative = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="kin_of")
    kind = models.CharField(max_length=10)


class Family(Covered):
    """A household (户): a stable id with a code that is printed on its card."""

    code = models.CharField(max_length=16, unique=True)
    home = models.CharField(max_length=12, blank=True)
    address = models.CharField(max_length=120, blank=True)

    unchained = ("home", "address")

    class Meta:
        indexes = [models.Index(fields=["home", "id"], name="family_home")]


class Membership(Dated):
    """Who belongs to which household when; a person is in one at a time."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="memberships")


class BankAccount(Dated):
    """Where a person's own money goes. A change waits out a cooling-off and a second person's verification."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="accounts")
    bank = models.CharField(max_length=60)
    number_sealed = models.BinaryField(max_length=80)
    number_mark = models.BinaryField(max_length=16)
    holder = models.CharField(max_length=60)
    verified = models.BooleanField(default=False)
    usable_from = models.DateField(null=True)


class Mandate(Dated):
    """``proxy`` may act for ``person`` in ``services`` (blank: all) until it ends; a consent is a kind too."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="mandates")
    proxy_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="mandates_held")
    proxy_account = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=10)  # guardian | proxy | clerk | consent
    services = models.CharField(max_length=200, blank=True)


class Import(models.Model):
    """One run of a ledger: what was read, what became of it, and whether it was undone."""

    run = models.CharField(max_length=40, unique=True)
    ledger = models.CharField(max_length=20)  # people | accounts | outcomes | …
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64, db_index=True)
    account = models.BigIntegerField(null=True)
    area = models.CharField(max_length=12)
    at = models.DateTimeField()
    state = models.CharField(max_length=10)  # staged | applying | done | undone | failed
    read = models.IntegerField(default=0)
    added = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    done_chunks = models.IntegerField(default=0)
    chunks = models.IntegerField(default=0)
    report = models.CharField(max_length=200, blank=True)  # the returned workbook, under the home's files


class Refused(models.Model):
    """A row that an import sent back: where, why, and how to mend it. No values, so no personal data."""

    run = models.CharField(max_length=40, db_index=True)
    sheet = models.CharField(max_length=60)
    row = models.IntegerField()
    column = models.CharField(max_length=40)
    reason = models.CharField(max_length=60)
    given = models.JSONField(default=dict)
