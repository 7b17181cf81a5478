"""Households and asks as the desk's pages say them: marks and needs in words, who has what, until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianxin.casework.queries import Ask, CaseRow
from lianxin.console import words
from lianxin.engine.scope import Actor
from lianxin.people import homes
from lianxin.people import queries as people

MARKS: dict[str, tuple[words.Words, str]] = {
    "away": (_("away in the forces"), "pine"), "veteran": (_("veteran"), ""), "bereaved": (_("bereaved"), "gold"),
    "very-old": (_("over eighty"), "amber"), "disabled": (_("disability on file"), "amber"),
    "guarded": (_("has a guardian"), "amber"), "baby": (_("baby"), "amber"), "child": (_("under age"), "sky"),
    "no-work": (_("without work"), ""),
}  # fmt: skip
NEEDS: dict[str, words.Words] = {
    "old-alone": _("an old person alone"), "old-only": _("only old people"), "very-old": _("somebody over eighty"),
    "baby": _("a baby"), "one-adult": _("one adult with children"), "disabled": _("a disability"),
    "guarded": _("somebody with a guardian"), "away": _("somebody away in the forces"),
}  # fmt: skip
MERITS: dict[str, words.Words] = {
    "title": _("a hero's household"), "first": _("household of a first-class merit"),
    "second": _("household of a second-class merit"), "third": _("household of a third-class merit"),
}  # fmt: skip
HOLDS: dict[str, tuple[words.Words, str]] = {
    "offered": (_("asked, no answer yet"), "amber"), "accepted": (_("on it"), "pine"), "desk": (_("nobody sent yet"), ""),
    "again": (_("said not to be done; send somebody again"), "red"),
    "done": (_("says it is done"), "pine"), "confirm": (_("done; waits for the household's word"), "pine"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lives:
    """Somebody who lives there, as a card that is also the choice of who is calling."""

    id: int
    name: str
    age: int | None
    phone: str
    marks: list[tuple[str, str]]
    calls: bool
    unreached: bool = False  # grown up, at home, and no phone on file: they come, are visited or written to


def members(home: homes.Home, caller: int | str) -> list[Lives]:
    """Who lives there; who called stands first, else the first grown-up who is at home."""
    there = [one for one in home.members if "away" not in one.marks and (one.age is None or one.age >= homes.GROWN)]
    first = next((one.person.id for one in home.members if str(one.person.id) == str(caller)), None)
    first = first or next((one.person.id for one in there), home.members[0].person.id if home.members else 0)
    made = [
        Lives(one.person.id, one.person.name, one.age, one.phone,
              [(str(MARKS[mark][0]), MARKS[mark][1]) for mark in one.marks], one.person.id == first,
              not one.phone and one in there)
        for one in home.members
    ]  # fmt: skip
    return sorted(made, key=lambda one: not one.calls)


def needs(home: homes.Home) -> list[str]:
    """What the household may need, in words."""
    return [str(NEEDS[code]) for code in home.needs]


def merit(home: homes.Home) -> str:
    """The honour over its door; blank for none."""
    return words.of(MERITS, home.merit) if home.merit else ""


def past(rows: Sequence[CaseRow]) -> str:
    """What they had lately, in a line."""
    if not rows:
        return ""
    done = sum(row.state == "delivered" for row in rows)
    last = rows[0]
    return gettext("Lately %(n)s, of which %(done)s done; last: %(what)s, %(state)s.") % {
        "n": len(rows), "done": done, "what": words.said(last.kind_name or last.service_name), "state": last.state_words,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """An ask as the board shows it."""

    row: CaseRow
    kind: str
    who: str
    address: str
    has: str
    how: str
    tone: str
    phone: str
    channel: str
    words: str
    reference: str
    still: str

    @property
    def person(self) -> int | None:
        """Who asked, where it is known: they are told of lists that were taken away."""
        return self.row.person

    @property
    def id(self) -> int:
        """The case's id."""
        return self.row.id


def shown(actor: Actor, rows: Sequence[Ask]) -> list[Shown]:
    """Asks with the households' surnames and addresses for those who may see them: two queries more."""
    houses = people.families(actor.scope, [one.row.family for one in rows if one.row.family is not None])
    return [_shown(one, houses) for one in rows]


def _shown(one: Ask, houses: dict[int, people.Household]) -> Shown:
    row = one.row
    house = houses.get(row.family or 0)
    asker = next((m for m in house.members if m.id == row.person), None) if house else None
    surname = (asker or house.members[0]).name[:1] if house else ""
    how, tone = HOLDS[one.holder.how]
    if one.holder.how == "desk" and row.step != "dispatch":  # no ask that somebody is sent for: a case at a desk
        how, tone = row.state_words if row.state == "proposed" else row.step_words, ""
    office = words.said(one.holder.name) if one.holder.name else ""
    return Shown(
        row, words.said(row.kind_name or row.service_name),
        gettext("%(name)s's household") % {"name": surname} if surname else row.who,
        house.address if house else "", " · ".join(part for part in (office, one.holder.person) if part), str(how), tone,
        one.holder.phone, words.of(words.CHANNELS, row.channel), one.words, one.reference,
        gettext("They say: %(words)s") % {"words": one.still} if one.still else "",
    )  # fmt: skip
