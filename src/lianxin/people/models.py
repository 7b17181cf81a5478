"""The file (档案): persons, everything dated about them, their kin and their families (户)."""

from __future__ import annotations

from typing import Any

from django.db import models

from lianxin.journal.models import Covered, Dated
from lianxin.people.mergemodels import Carried as Carried
from lianxin.people.mergemodels import Double as Double
from lianxin.people.mergemodels import Joined as Joined
from lianxin.people.mergemodels import Merge as Merge
from lianxin.people.protectedmodels import (  # noqa: F401  files of their own
    Consent,
    Copy,
    Disposal,
    Restricted,
    RestrictedCount,
)
from lianxin.people.savedmodels import ListMember, SavedList, TakenColumns  # noqa: F401  a file of their own


def _later(size: int) -> models.CharField[Any, Any]:
    """A text that came when rows had been written already: blank in the database too (``later``)."""
    return models.CharField(max_length=size, blank=True, default="", db_default="")


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
            models.Index(fields=["merged_at"], name="person_merged", condition=models.Q(survivor__isnull=False)),
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
    rank_class = _later(10)  # company | field | general officers; senior | middle | junior NCOs. Never a post or unit

    later = ("rank_class",)


class Standing(Dated):
    """A dated category: combat, nuclear_test, returned_sick, disabled_soldier, bereaved, accompanying, fallen, …

    ``fallen`` stands in the file of a soldier who died in service; it is from there that the bereaved follow.
    A regrade is a row of its own: it ends the grade before.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="standings")
    code = models.CharField(max_length=24)
    grade = models.SmallIntegerField(null=True)  # disability 1-10
    cause = models.CharField(max_length=10, blank=True)  # war | duty | illness, also of the death mourned
    role = models.CharField(max_length=10, blank=True)  # spouse | parent | child | sibling of the dead
    of = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")  # the soldier it comes from
    graded_on = models.DateField(null=True)
    number_sealed = models.BinaryField(max_length=80, null=True)  # of the certificate
    number_mark = models.BinaryField(max_length=16, null=True)

    later = ("of_id", "graded_on", "number_sealed", "number_mark")


class Award(Dated):
    """An award that the forces made known. ``valid_from`` is the day of the award."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="awards")
    merit = models.CharField(max_length=12)  # title | first | second | third | commendation
    wartime = models.BooleanField(default=False)
    detail = _later(16)  # medal | first_level | second_level | fourth | good …: what the class does not tell
    number_sealed = models.BinaryField(max_length=80, null=True)  # of the certificate
    number_mark = models.BinaryField(max_length=16, null=True)

    later = ("detail", "number_sealed", "number_mark")


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
    employer_kind = _later(14)  # office | institution | state_firm | firm | own | farm | other
    prior_employer = _later(14)  # the same, before enlistment or before accompanying
    school = _later(60)  # the place, in its own words
    graduates_on = models.DateField(null=True)

    later = ("employer_kind", "prior_employer", "school", "graduates_on")


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
    """``person`` is the ``kind`` of ``relative``: spouse, parent, fosterer, sibling, guardian, supporter. Stored once.

    ``basis`` says how a parent came to be one (birth, adoption, step: blank is birth), ``ended_by`` why the link ended.
    ``maintained`` marks the one of two siblings whom the other was bound to maintain, and a step link of upbringing.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="kin")
    relative = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="kin_of")
    kind = models.CharField(max_length=10)
    basis = _later(10)  # birth | adoption | step | remarriage
    ended_by = _later(10)  # divorce | death | dissolved
    maintained = _later(8)  # person | relative: who was maintained

    later = ("basis", "ended_by", "maintained")


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


class Capacity(Dated):
    """Capacity for acts in law (行为能力) as a court declared it; without a row it follows from age."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="capacities")
    capacity = models.CharField(max_length=10)  # full | limited | none


class Document(Dated):
    """A paper that the person holds: which, its number, until when it is valid. ``valid_from`` is the day of issue."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=20)
    number_sealed = models.BinaryField(max_length=80, null=True)
    number_mark = models.BinaryField(max_length=16, null=True)
    expires_on = models.DateField(null=True)


class Scan(Dated):
    """A picture in the file: the person's portrait, or the paper that rows of the same entry were taken from.

    The content lies sealed under the home, by its digest. A portrait is for eyes only: nothing compares faces.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="scans")
    kind = models.CharField(max_length=10)  # portrait | paper
    content_type = models.CharField(max_length=40)
    size = models.IntegerField()
    digest = models.CharField(max_length=64)


class Verification(Covered):
    """A second look: somebody compared a row of the file with its paper. Who it was, its entry says."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="verifications")
    group = models.CharField(max_length=12)
    row = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["group", "row"], name="people_verified")]


class Flag(models.Model):
    """What contradicts in a file, or ends before long, as last looked: a list to work through, made anew at any time."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="flags")
    code = models.CharField(max_length=30)
    since = models.DateField()  # when it was first seen
    until = models.DateField(null=True)  # of a standing: the first day on which it is over

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "code"], name="people_flag_once")]


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


class Template(models.Model):
    """A mapping of headers that an office made once: headers (folded) → column codes, blank to pass them over."""

    area = models.CharField(max_length=12, blank=True)  # of the office that made it
    name = models.CharField(max_length=60)
    ledger = models.CharField(max_length=20)
    signature = models.CharField(max_length=40)
    mapping = models.JSONField(default=dict)
    account = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "signature"], name="people_template_once")]


class Export(models.Model):
    """One file written for another system: by whom, why, for which area, how many rows. The file itself expires."""

    exchange = models.CharField(max_length=20)
    area = models.CharField(max_length=12)
    account = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    day = models.DateField()
    since = models.DateTimeField(null=True)  # only what changed after this export's instant; null: everybody
    state = models.CharField(max_length=10)  # writing | ready | gone | failed
    rows = models.IntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["exchange", "area", "-at"], name="people_export_last")]
