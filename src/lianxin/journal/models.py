"""Entries of the journal, and the base of every row that an entry covers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from django.db import models


class Head(models.Model):
    """One row: the last link of the chain. Locked while an entry is closed, so that links never fork."""

    hash = models.CharField(max_length=64, default="")
    length = models.BigIntegerField(default=0)


class Entry(models.Model):
    """One action. Plain ids instead of foreign keys: the journal outlives whom it speaks of."""

    link = models.BigIntegerField(unique=True, null=True)  # position in the chain, given when the entry is closed
    at = models.DateTimeField(db_index=True)
    by_account = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    office = models.BigIntegerField(null=True)
    action = models.CharField(max_length=60)
    purpose = models.CharField(max_length=200, blank=True)
    area = models.CharField(max_length=12, blank=True)
    person = models.BigIntegerField(null=True)
    case = models.BigIntegerField(null=True)
    service = models.CharField(max_length=60, blank=True)  # a sealed service: the entry exists for its list only
    run = models.CharField(max_length=40, blank=True)  # several entries of one long piece of work
    detail = models.JSONField(default=dict)  # counts and codes, never personal data
    rows = models.JSONField(default=list)  # [{"table", "count", "digest"}]
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-id"], name="journal_person"),
            models.Index(fields=["case", "id"], name="journal_case"),
            models.Index(fields=["by_account", "-id"], name="journal_by"),
            models.Index(fields=["area", "-id"], name="journal_area"),
            models.Index(fields=["run"], name="journal_run"),
        ]


class Marks(models.Model):
    """The first bytes of the digests of an entry's rows of one table: by them a row that was touched is named."""

    entry = models.BigIntegerField()
    table = models.CharField(max_length=80)
    marks = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["entry", "table"], name="marks_of_entry")]


class Checkpoint(models.Model):
    """The chain's head at the end of a day, signed: one line of JSON, ready to be published."""

    day = models.DateField(unique=True)
    link = models.BigIntegerField()
    line = models.TextField()


class Rewritten(models.Model):
    """The digests that rows had before an entry gave them other values (sealed anew, or blanked to be forgotten).

    The entry covers the rows as they are since; with these, older entries close too. One row for each entry and table:
    40 bytes a row, its id (8) and its former digest (32).
    """

    entry = models.BigIntegerField()
    table = models.CharField(max_length=80)
    former = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["table", "entry"], name="rewritten_table")]


@dataclass(frozen=True, slots=True)
class Shows:
    """A row that says how another row stands from then on: the row that ``of`` points to is a picture of its last one.

    ``columns`` pairs the picture's columns with those of the covered row. :mod:`lianxin.journal.pictures` compares.
    """

    of: str
    columns: Mapping[str, str]


class Covered(models.Model):
    """A row that is written once under an entry and covered by the entry's digest.

    ``unchained`` names columns outside the digest (marks that later entries set once, keys that may be destroyed).
    ``later`` names, in their order, columns that came when rows had been written already. They close the model, are
    null or have a blank default in the database too, and the digest covers them up to the last that says something:
    so rows of before keep theirs.
    ``guarded`` says whether its texts are looked through for what must never be stored (:mod:`lianxin.journal.guard`).
    ``shows``: the row is the record of which another row is only a picture.
    """

    unchained: ClassVar[tuple[str, ...]] = ()
    later: ClassVar[tuple[str, ...]] = ()
    guarded: ClassVar[bool] = True
    shows: ClassVar[Shows | None] = None
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+")

    class Meta:
        abstract = True


class Dated(Covered):
    """A covered row with two times: valid (from, to; None is open) and recorded (at, superseded at).

    ``as-of`` asks with the valid days, ``known-at`` with the recorded instants. A correction supersedes the row and
    adds another; values are never overwritten. ``paper`` says from which document the row was taken.
    """

    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)
    superseded_by = models.BigIntegerField(null=True)  # the entry that superseded it
    paper = models.CharField(max_length=120, blank=True)

    class Meta:
        abstract = True


class Contained(models.Model):
    """Which persons a list held that was taken away: 4,096 ids a row, as the places of those that it held.

    So "in which lists was I" is one indexed look and a few bytes a list, however long the list was.
    """

    entry = models.BigIntegerField()
    bucket = models.BigIntegerField()  # person id ÷ 4096
    places = models.BinaryField()  # 2 bytes a person; 512 bytes of bits where that is shorter

    class Meta:
        indexes = [models.Index(fields=["bucket", "-entry"], name="contained_bucket")]


class Held(models.Model):
    """An entry that the person is told of later: an audit or a discipline inquiry. The chain has it all along."""

    entry = models.BigIntegerField(unique=True)
    until = models.DateField()
    by_account = models.BigIntegerField(null=True)
    held_in = models.BigIntegerField()  # the entry that says who held it back
    released_at = models.DateTimeField(null=True)
    released_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["released_at", "until"], name="held_open")]
