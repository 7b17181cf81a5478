"""Write dated rows into a file: record, correct, end, withdraw, verify. Each needs its paper; nothing is overwritten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _

from lianxin.access import seal
from lianxin.access.actions import apart
from lianxin.engine import clock, effects
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.people.filing import journal_author, opened
from lianxin.people.groups import GROUPS, Group, values
from lianxin.people.kinship import canonical
from lianxin.people.mending import unbroken
from lianxin.people.models import Family, Kin, Person, Scan, Verification
from lianxin.people.queries import reachable

ONE = dt.timedelta(days=1)
_BLANK = (None, "")


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture of the paper, kept already: its digest, size and type."""

    digest: str
    size: int
    content_type: str


def record(
    *,
    person: int,
    group: str,
    says: Mapping[str, Any],
    valid_from: dt.date | None,
    paper: str,
    by: Actor,
    at: dt.datetime,
    valid_to: dt.date | None = None,
    corrects: int | None = None,
    photo: Photo | None = None,
) -> int:
    """Write one dated row into a file and tell the other rooms; returns its id.

    ``corrects`` names a row that was wrong: it is superseded, never overwritten, and what ``says`` leaves out is taken
    from it. In groups of which one row is true at a time a new row ends the one before on the day before, and what it
    leaves out is carried over. ``number`` is the certificate's, kept sealed. For kin, ``relative`` is the other file's
    id, ``kind`` what that relative is to the person, ``maintained`` who of the two was (self, other). Whatever would
    contradict the rest of the file is refused.
    """
    found = opened(by, person, "people.edit")
    kept = _group(group)
    said = _said(group, kept, found, says, by)
    _papered(paper)
    if valid_from is not None and valid_to is not None and valid_to < valid_from:
        raise Refusal(_("The last day lies before the first; nothing was changed."))
    with journal.entry(action="people.record", by=by, at=at, person=found.pk, area=found.home, group=group) as writing:
        writer = _Line(kept, found, writing, at, paper[:120])
        with unbroken(_ends(found, said), clock.day(at)):
            row = writer.put(said, valid_from, valid_to, corrects)
            _photo(writing, found, photo, at, paper)
        _settled(found, group, said, by, at)
    return int(row.pk)


def end_row(
    *, person: int, group: str, row: int, since: dt.date, paper: str, by: Actor, at: dt.datetime, reason: str = "",
    photo: Photo | None = None,
) -> None:  # fmt: skip
    """Let a row hold no longer from ``since`` on (a divorce, a move, a job left). ``reason`` is kept with kin."""
    found = opened(by, person, "people.edit")
    kept, old = _group(group), _row(group, found, row)
    _papered(paper)
    if old.valid_from is not None and since <= old.valid_from:
        raise Refusal(_("It began on that day or later: withdraw it instead. Nothing was changed."))
    if old.valid_to is not None and old.valid_to < since:
        raise Refusal(_("It had ended before that day; nothing was changed."))
    said = values(kept, old)
    if group == "kin":
        said["ended_by"] = reason
    with journal.entry(action="people.end", by=by, at=at, person=found.pk, area=found.home, group=group) as writing:
        _superseded(writing, kept, [old.pk], at)
        with unbroken(_ends(found, said), clock.day(at)):
            writing.add([_made(kept, found, said, old.valid_from, since - ONE, at, paper[:120])])
            _photo(writing, found, photo, at, paper)
        _settled(found, group, said, by, at)


def withdraw(*, person: int, group: str, row: int, reason: str, by: Actor, at: dt.datetime) -> None:
    """Take back a row that was never true. It stays readable as it was known until now; the reason is journalled."""
    found = opened(by, person, "people.edit")
    kept, old = _group(group), _row(group, found, row)
    if len(reason.strip()) < 2:
        raise Refusal(_("Say what was wrong; nothing was changed."))
    with journal.entry(action="people.withdraw", by=by, at=at, person=found.pk, area=found.home, group=group,
                       purpose=reason.strip()[:200]) as writing:  # fmt: skip
        _superseded(writing, kept, [old.pk], at)
        _settled(found, group, values(kept, old), by, at)


def verify_row(*, person: int, group: str, row: int, by: Actor, at: dt.datetime) -> None:
    """A second person has compared the row with its paper."""
    found = opened(by, person, "people.edit")
    _group(group)
    old = _row(group, found, row)
    if by.account is not None:
        apart(by.account, [journal_author(old.entry_id)],
              _("Whoever entered it may not verify it; ask a colleague. Nothing was changed."))  # fmt: skip
    if Verification.objects.filter(group=group, row=row).exists():
        raise Refusal(_("This is verified already; nothing was changed."))
    with journal.entry(action="people.verify", by=by, at=at, person=found.pk, area=found.home, group=group) as writing:
        writing.add([Verification(person=found, group=group, row=row, at=at)])


def keep_portrait(*, person: int, photo: Photo, paper: str, by: Actor, at: dt.datetime) -> int:
    """The person's picture, in place of the one before. It is looked at by people and compared by nothing."""
    found = opened(by, person, "people.edit")
    _papered(paper)
    if photo.content_type != "image/jpeg":
        raise Refusal(_("A portrait is a photo, not a PDF; nothing was changed."))
    old = list(
        Scan.objects.filter(person=found, kind="portrait", superseded_at__isnull=True).values_list("pk", flat=True)
    )
    with journal.entry(action="people.portrait", by=by, at=at, person=found.pk, area=found.home) as writing:
        writing.supersede(Scan, old, at)
        row = _scan(found, "portrait", photo, at, paper)
        writing.add([row])
        effects.announce("person-changed", ids=[found.pk], by=by, at=at)
    return int(row.pk)


def _group(group: str) -> Group:
    kept = GROUPS.get(group)
    if kept is None:
        raise Refusal(_("A file has no such part; nothing was changed."))
    return kept


def _papered(paper: str) -> None:
    if not paper.strip():
        raise Refusal("say from which paper this was taken; nothing was changed")


def _row(group: str, found: Person, row: int) -> Any:
    """The open row of this file. Raises a refusal where somebody superseded it meanwhile."""
    model = GROUPS[group].model
    whose = Q(person=found) | Q(relative=found) if model is Kin else Q(person=found)
    old = model._base_manager.filter(whose, pk=row, superseded_at__isnull=True).first()
    if old is None:
        raise Refusal("somebody corrected this row meanwhile; look at it again, nothing was changed")
    return old


def _superseded(writing: journal.Writing, kept: Group, rows: Sequence[int], at: dt.datetime) -> None:
    if writing.supersede(kept.model, rows, at) != len(rows):
        raise Refusal("somebody corrected this row meanwhile; look at it again, nothing was changed")


def _said(group: str, kept: Group, found: Person, says: Mapping[str, Any], by: Actor) -> dict[str, Any]:
    """What is to be written, sealed and in the one direction in which kin are stored."""
    given = dict(says)
    number = given.pop("number", None) if kept.numbered else None
    if group == "kin":
        given |= _linked(found, given, by)
    if group == "membership" and "family" in given:
        given["family_id"] = _household(str(given.pop("family")), by)
    if given.get("of_id") is not None:
        _reachable(int(given["of_id"]), by)
    unknown = [name for name in given if name not in kept.says]
    if unknown or any(given.get(name) in _BLANK for name in kept.needs):
        raise Refusal(f"a file has no {group[:20]} {', '.join(unknown)[:40]}; nothing was changed")
    if number:
        given |= {"number_sealed": seal.seal(number, found.salt, "paper"), "number_mark": seal.mark(number, "paper")}
    return given


def _reachable(person: int, by: Actor) -> Person:
    other = Person.objects.filter(reachable(by.scope), pk=person, visible=True, survivor__isnull=True).first()
    if other is None:
        raise Refusal(_("There is no file with that number in your area; nothing was changed."))
    return other


def _linked(found: Person, given: dict[str, Any], by: Actor) -> dict[str, Any]:
    """The link as it is stored. ``maintained`` is said of ``self`` or ``other``, and kept of either end."""
    other = _reachable(int(given.pop("relative", None) or 0), by)
    if other.pk == found.pk:
        raise Refusal(_("Nobody is their own relative; nothing was changed."))
    person, of, stored = canonical(other.pk, found.pk, str(given.get("kind", "")))
    kept = given.get("maintained") or ""
    if kept:
        whom = found.pk if kept == "self" else other.pk
        kept = "person" if whom == person else "relative"
    return {"person_id": person, "relative_id": of, "kind": stored, "maintained": kept}


def _household(code: str, by: Actor) -> int:
    family = Family.objects.filter(code=code.strip().upper()).first()
    if family is None or not (by.scope.covers(family.home) or by.may("*")):
        raise Refusal(_("There is no household with that code in your area; nothing was changed."))
    return int(family.pk)


def _ends(found: Person, said: Mapping[str, Any]) -> list[int]:
    """The persons whose files a row speaks of."""
    named = {said.get(name) for name in ("person_id", "relative_id")}
    return sorted({found.pk, *(int(one) for one in named if one is not None)})


def _made(kept: Group, found: Person, said: Mapping[str, Any], since: dt.date | None, until: dt.date | None,
          at: dt.datetime, paper: str) -> Any:  # fmt: skip
    whose = {} if kept.model is Kin else {"person": found}
    return kept.model(**whose, **said, valid_from=since, valid_to=until, recorded_at=at, paper=paper)


@dataclass(slots=True)
class _Line:
    """Writes one row so that the rows of its line follow one another."""

    kept: Group
    found: Person
    writing: journal.Writing
    at: dt.datetime
    paper: str

    def put(self, said: Mapping[str, Any], since: dt.date | None, until: dt.date | None, corrects: int | None) -> Any:
        """The new row, after what it corrects or ends was superseded."""
        rows = self._alike(said)
        wrong = next((row for row in rows if row.pk == corrects), None)
        if corrects is not None and wrong is None:
            wrong = self._row(corrects)
        before = wrong or (self._before(rows, since) if self.kept.line is not None else None)
        filled = self._carried(said, before)
        if wrong is not None:
            _superseded(self.writing, self.kept, [wrong.pk], self.at)
            return self._add(filled, since, until if until is not None or wrong.valid_from != since else wrong.valid_to)
        if self.kept.line is None:
            self._once(filled, since)
            return self._add(filled, since, until)
        after = min((row.valid_from for row in rows if self._later(row, since)), default=None)
        if until is None and after is not None:
            until = after - ONE
        if before is not None:
            self._cut(before, since, until)
        return self._add(filled, since, until)

    def _alike(self, said: Mapping[str, Any]) -> list[Any]:
        model: Any = self.kept.model
        if self.kept.line is None:
            return []
        whose = {} if model is Kin else {"person": self.found}
        blank = {field.attname: (None if field.null else "") for field in model._meta.concrete_fields}
        same = {name: said.get(name, blank[name]) for name in self.kept.line}
        if model.__name__ == "Service" and "enlisted_on" not in said:
            same.pop("enlisted_on")
        return [
            row for row in model.objects.filter(**whose, superseded_at__isnull=True).order_by("pk")
            if all(getattr(row, name) == value for name, value in same.items())
        ]  # fmt: skip

    def _row(self, pk: int) -> Any:
        model: Any = self.kept.model
        whose = Q(person=self.found) | Q(relative=self.found) if model is Kin else Q(person=self.found)
        row = model.objects.filter(whose, pk=pk, superseded_at__isnull=True).first()
        if row is None:
            raise Refusal("somebody corrected this row meanwhile; look at it again, nothing was changed")
        return row

    @staticmethod
    def _later(row: Any, since: dt.date | None) -> bool:
        return row.valid_from is not None and since is not None and row.valid_from > since

    def _before(self, rows: Sequence[Any], since: dt.date | None) -> Any:
        """The row that holds when the new one begins: it ends, and what it says is carried over."""
        day = since or dt.date.min
        holding = [
            row for row in rows
            if (row.valid_from is None or row.valid_from <= day) and (row.valid_to is None or row.valid_to >= day)
        ]  # fmt: skip
        return max(holding, key=lambda row: (row.valid_from or dt.date.min, row.pk), default=None)

    def _carried(self, said: Mapping[str, Any], before: Any) -> dict[str, Any]:
        return {**(values(self.kept, before) if before is not None else {}), **said}

    def _cut(self, before: Any, since: dt.date | None, until: dt.date | None) -> None:
        """End the row before, and let it go on after a new row that ends earlier than it."""
        _superseded(self.writing, self.kept, [before.pk], self.at)
        old = values(self.kept, before)
        if since is not None and (before.valid_from is None or before.valid_from < since):
            self._add(old, before.valid_from, since - ONE, before.paper)
        if until is not None and (before.valid_to is None or before.valid_to > until):
            self._add(old, until + ONE, before.valid_to, before.paper)

    def _once(self, said: Mapping[str, Any], since: dt.date | None) -> None:
        """The same award or paper twice is a slip."""
        model: Any = self.kept.model
        same = {name: value for name, value in said.items() if name in self.kept.needs}
        number = said.get("number_mark")
        rows = model.objects.filter(person=self.found, superseded_at__isnull=True, valid_from=since, **same)
        if rows.filter(**({"number_mark": number} if number else {})).exists():
            raise Refusal(_("The file says this already, since the same day; nothing was changed."))

    def _add(self, said: Mapping[str, Any], since: dt.date | None, until: dt.date | None, paper: str = "") -> Any:
        row = _made(self.kept, self.found, said, since, until, self.at, paper or self.paper)
        self.writing.add([row])
        return row


def _scan(found: Person, kind: str, photo: Photo, at: dt.datetime, paper: str) -> Scan:
    return Scan(person=found, kind=kind, content_type=photo.content_type, size=photo.size, digest=photo.digest,
                recorded_at=at, paper=paper[:120])  # fmt: skip


def _photo(writing: journal.Writing, found: Person, photo: Photo | None, at: dt.datetime, paper: str) -> None:
    """The picture of the paper stands under the same entry as the rows that were taken from it."""
    if photo is not None:
        writing.add([_scan(found, "paper", photo, at, paper)])


def _settled(found: Person, group: str, said: Mapping[str, Any], by: Actor, at: dt.datetime) -> None:
    """Bring the picture of today along, and tell the other rooms: kin of the person change with them."""
    if group == "membership":
        day = clock.day(at)
        model: Any = GROUPS["membership"].model
        now = model.objects.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day),
            person=found, superseded_at__isnull=True,
        ).order_by(F("valid_from").asc(nulls_first=True), "pk").last()  # fmt: skip
        Person.objects.filter(pk=found.pk).update(family=now.family_id if now else None)
    ids = relatives(_ends(found, said)) if group in {"kin", "service", "standing", "capacity"} else [found.pk]
    effects.announce("person-changed", ids=ids, by=by, at=at)


def relatives(ids: Sequence[int]) -> list[int]:
    """These persons and all whom a kin row joins to them."""
    rows = Kin.objects.filter(Q(person__in=ids) | Q(relative__in=ids), superseded_at__isnull=True)
    return sorted({*ids, *(one for pair in rows.values_list("person_id", "relative_id") for one in pair)})
