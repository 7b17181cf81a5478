"""Redraw the map: areas are merged, split, handed over or re-coded, and everything in them goes along.

One primitive carries all of it: pairs of a code that ends and the code that stands for it. Rooms above move what is
theirs when they hear ``areas-redrawing`` (stage, in chunks, unseen) and ``areas-redrawn`` (show as one, in the same
transaction as the map). What was published stays reproducible: the register keeps areas as posted and resolves them
through :func:`lianxin.access.queries.successions` as known at an instant.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from lianxin.access.actions import LEVELS, PARENT, Tree, add_areas
from lianxin.access.models import Area, Grant, Office, Redrawing, Succession
from lianxin.access.permissions import Refused, require
from lianxin.access.queries import under
from lianxin.engine import clock, effects
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal.actions import Writing

PAPER = "区划调整"


@dataclass(frozen=True, slots=True)
class Change:
    """``code`` ends and ``into`` stands for it; ``name`` where ``into`` is new (blank: it keeps its name)."""

    code: str
    into: str
    name: str = ""
    english: str = ""


@dataclass(slots=True)
class Plan:
    """Everything that a set of changes would do: every code that ends, and the areas that come into being."""

    pairs: dict[str, str] = field(default_factory=dict)
    new: dict[str, tuple[str, str]] = field(default_factory=dict)  # code → name, English name
    names: dict[str, str] = field(default_factory=dict)  # of what ends


def plan(*, changes: Sequence[Change], adds: Tree = (), by: Actor) -> Plan:
    """Work out a redrawing. What lies below goes along: to the area of the same name, or under a free code.

    Raises :class:`Refusal` for what is impossible, saying how it becomes possible; ``Refused`` outside one's area.
    """
    if not changes:
        raise Refusal(gettext("Choose at least one area that changes."))
    made = Plan()
    for code, name, english in adds:
        require(by, "areas.manage", area=code)
        if Area.objects.filter(pk=code).exists():
            raise Refusal(gettext("This code is taken; codes are never used twice."))
        if not name.strip():
            raise Refusal(gettext("Say what the area is called."))
        made.new[code] = (name.strip()[:60], english.strip()[:80])
    _Planner(made, by).take(changes)
    _check(made)
    return made


class _Planner:
    """Follows changes down the tree, reading each level once."""

    def __init__(self, made: Plan, by: Actor) -> None:
        self.made, self.by = made, by

    def take(self, changes: Sequence[Change]) -> None:
        for one in changes:
            require(self.by, "areas.manage", area=one.code)
            require(self.by, "areas.manage", area=one.into)
            if len(one.code) != len(one.into) or len(one.code) not in PARENT or one.code == one.into:
                raise Refusal(gettext("An area goes over to another of the same level."))
        wanted = {one.code: one for one in changes}
        heads = Q()
        for one in changes:
            heads |= under(one.code, "code") | under(one.into, "code")
        known = {row.code: row for row in Area.objects.filter(heads).order_by("code")}
        self.taken = set(known) | set(self.made.new)
        self.children: dict[str, list[Area]] = {}
        for row in known.values():
            if not row.successor and not row.ended_on and row.parent_id:
                self.children.setdefault(row.parent_id, []).append(row)
        for code in sorted(wanted, key=len, reverse=True):  # the finer first: it wins over what goes along
            area = known.get(code)
            if area is None or area.successor or area.ended_on:
                raise Refusal(gettext("There is no such area, or it has ended already."))
            into = known.get(wanted[code].into)
            if into is not None and (into.successor or into.ended_on):
                raise Refusal(gettext("The area that takes over has ended itself; choose the one that stands for it."))
            self.move(area, wanted[code].into, wanted[code].name, wanted[code].english)

    def move(self, area: Area, into: str, name: str = "", english: str = "") -> None:
        if area.code in self.made.pairs:
            return
        self.made.pairs[area.code] = into
        self.made.names[area.code] = area.name
        if into not in self.taken:
            self.made.new[into] = ((name or area.name)[:60], (english or area.name_en)[:80])
            self.taken.add(into)
        below = {row.name: row.code for row in self.children.get(into, [])}
        for child in self.children.get(area.code, []):
            if child.code not in self.made.pairs:
                self.move(child, below.get(child.name) or self.free(into, child.code))

    def free(self, into: str, code: str) -> str:
        """The code below ``into`` with the same last digits, or the first free one."""
        width = len(code) - len(into)
        if into + code[-width:] not in self.taken:
            return into + code[-width:]
        for number in range(1, 10**width):
            made = f"{into}{number:0{width}d}"
            if made not in self.taken:
                return made
        raise Refusal(gettext("There is no free code left below the area that takes over."))


def _check(made: Plan) -> None:
    ending = set(made.pairs)
    for code, into in made.pairs.items():
        if into in ending:
            raise Refusal(gettext("An area cannot take over and end at once; do one after the other."))
        if into.startswith(code):
            raise Refusal(gettext("An area cannot go over into one below itself."))
    above = {code[: PARENT[len(code)]] for code in made.new if len(code) in PARENT} - set(made.new)
    there = set(Area.objects.filter(pk__in=above, successor="", ended_on__isnull=True).values_list("pk", flat=True))
    if above - there or above & ending:
        raise Refusal(gettext("The area above it does not exist or has ended; add that one first."))


def counts(made: Plan) -> dict[str, int]:
    """How many offices, roles, persons, cases … a plan would move."""
    codes = list(made.pairs)
    found = {
        "offices": sum(Office.objects.filter(area__in=part).count() for part in _parts(codes)),
        "roles": sum(_held(part).count() for part in _parts(codes)),
    }
    effects.announce("areas-counted", codes=codes, into=found)
    return {name: count for name, count in found.items() if count}


def redraw(
    *, changes: Sequence[Change], adds: Tree = (), on: dt.date, paper: str = "", by: Actor, at: dt.datetime
) -> Redrawing:
    """Carry a redrawing out. It moves in chunks that nobody sees, and becomes visible as one.

    Raises :class:`Refusal`; then nothing was changed.
    """
    if on > clock.day(at):
        raise Refusal(gettext("That day is still to come; enter it when it is there."))
    made = plan(changes=changes, adds=adds, by=by)
    row = Redrawing.objects.create(
        run=f"area-{secrets.token_hex(8)}", on=on, paper=(paper.strip() or PAPER)[:120], at=at, by_account=by.account,
        by_name=by.name, state="staged", pairs=made.pairs, added=sorted(made.new),
    )  # fmt: skip
    effects.announce("areas-redrawing", run=row.run, pairs=made.pairs, on=on, paper=row.paper, by=by, at=at)
    with journal.entry(action="access.redraw", by=by, at=at, run=row.run, purpose=row.paper,
                       area=_common(made.pairs)) as writing:  # fmt: skip
        moved = _show(row, made, writing, by, at)
        effects.announce(
            "areas-redrawn", run=row.run, pairs=made.pairs, on=on, by=by, at=at, writer=writing, moved=moved
        )
        row.state, row.moved = "done", moved
        row.save(update_fields=["state", "moved", "offices"])
        writing.say(areas=len(made.pairs), **moved)
    return row


def _show(row: Redrawing, made: Plan, writing: Writing, by: Actor, at: dt.datetime) -> dict[str, int]:
    if made.new:
        add_areas(areas=[(code, *names) for code, names in sorted(made.new.items())], by=by, at=at)
    for part in _parts(made.pairs):
        ending = list(Area.objects.filter(pk__in=part))
        for area in ending:
            area.successor, area.ended_on = made.pairs[area.code], row.on
        Area.objects.bulk_update(ending, ["successor", "ended_on"], batch_size=400)
    writing.add([Succession(code=code, into=into, run=row.run, valid_from=row.on, recorded_at=at, paper=row.paper)
                 for code, into in made.pairs.items()])  # fmt: skip
    return _move_own(row, made.pairs, writing, at)


def _move_own(row: Redrawing, pairs: Mapping[str, str], writing: Writing, at: dt.datetime) -> dict[str, int]:
    """Offices and roles go to the areas that took over."""
    offices = [office for part in _parts(pairs) for office in Office.objects.filter(area__in=part)]
    row.offices = {str(office.pk): office.area_id for office in offices}
    for office in offices:
        office.area_id = pairs[office.area_id]
    Office.objects.bulk_update(offices, ["area"], batch_size=400)
    grants = [grant for part in _parts(pairs) for grant in _held(part)]
    writing.supersede(Grant, [grant.pk for grant in grants], at)
    writing.add([
        Grant(account_id=one.account_id, role=one.role, area=pairs[one.area], desk=one.desk, service=one.service,
              valid_from=one.valid_from, valid_to=one.valid_to, recorded_at=at, paper=one.paper or PAPER)
        for one in grants
    ])  # fmt: skip
    return {name: count for name, count in (("offices", len(offices)), ("roles", len(grants))) if count}


def undo(*, run: str, by: Actor, at: dt.datetime) -> None:
    """Take a redrawing back as one: areas stand again, and what moved with it goes home, unless it moved on since."""
    require(by, "areas.manage")
    row = Redrawing.objects.filter(run=run).first()
    if row is None or not all(by.scope.covers(code) for code in row.pairs):
        raise Refused("areas.manage")
    if row.state == "undone":
        raise Refusal(gettext("This was taken back already."))
    later = Succession.objects.filter(code__in=[*row.pairs.values(), *row.added], superseded_at__isnull=True)
    if later.exclude(run=run).exists():
        raise Refusal(gettext("An area that took over has been redrawn since; take that back first."))
    back = {into: code for code, into in row.pairs.items() if into in set(row.added)}
    with journal.entry(action="access.redraw-undone", by=by, at=at, run=run, purpose=row.paper,
                       area=_common(row.pairs)) as writing:  # fmt: skip
        if row.state == "done":
            Area.objects.filter(pk__in=list(row.pairs)).update(successor="", ended_on=None)
            ended = Succession.objects.filter(run=run, superseded_at__isnull=True)
            writing.supersede(Succession, list(ended.values_list("pk", flat=True)), at)
            moved = _home(row, writing, at)
            effects.announce("areas-redrawn-back", run=run, pairs=row.pairs, by=by, at=at, writer=writing, moved=moved)
            for code, into in back.items():  # what came into being for this has ended with it
                Area.objects.filter(pk=code).update(successor=into, ended_on=clock.day(at))
            writing.add([Succession(code=code, into=into, run=f"{run}-back"[:40], valid_from=clock.day(at),
                                    recorded_at=at, paper=row.paper) for code, into in back.items()])  # fmt: skip
            Area.objects.filter(pk__in=set(row.added) - set(back)).update(ended_on=clock.day(at))
            writing.say(**moved)
        row.state = "undone"
        row.save(update_fields=["state"])


def _home(row: Redrawing, writing: Writing, at: dt.datetime) -> dict[str, int]:
    """Offices and roles that moved with it, where they still are where it put them."""
    offices = [office for part in _parts(row.offices) for office in Office.objects.filter(pk__in=part)]
    home = [office for office in offices if office.area_id == row.pairs[row.offices[str(office.pk)]]]
    for office in home:
        office.area_id = row.offices[str(office.pk)]
    Office.objects.bulk_update(home, ["area"], batch_size=400)
    entry = Succession.objects.filter(run=row.run).values_list("entry", flat=True).first()
    gone = list(Grant.objects.filter(superseded_by=entry))
    wanted = {(one.account_id, one.role, row.pairs.get(one.area, "")): one for one in gone}
    held = list(Grant.objects.filter(entry=entry, superseded_at__isnull=True))
    writing.supersede(Grant, [one.pk for one in held], at)
    writing.add([
        Grant(account_id=one.account_id, role=one.role, area=old.area, desk=one.desk, service=one.service,
              valid_from=one.valid_from, valid_to=one.valid_to, recorded_at=at, paper=old.paper)
        for one in held if (old := wanted.get((one.account_id, one.role, one.area))) is not None
    ])  # fmt: skip
    return {"offices": len(home), "roles": len(held)}


def _held(codes: Iterable[str]) -> QuerySet[Grant]:
    return Grant.objects.filter(area__in=list(codes), superseded_at__isnull=True)


def _parts(codes: Iterable[str]) -> list[list[str]]:
    ordered = list(codes)
    return [ordered[start : start + 800] for start in range(0, len(ordered), 800)]


def _common(pairs: Mapping[str, str]) -> str:
    """The smallest area over everything that changes."""
    codes = [*pairs, *pairs.values()]
    for length in sorted(LEVELS, reverse=True):
        heads = {code[:length] for code in codes}
        if len(heads) == 1 and len(next(iter(heads))) == length:
            return next(iter(heads))
    return ""
