"""Keep the tree of areas: add from the official list with a preview, rename from a day on, end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext

from lianxin.access import actions
from lianxin.access.actions import LEVELS, PARENT, Tree, sounded
from lianxin.access.models import Area, AreaName, Grant, Office
from lianxin.access.permissions import require
from lianxin.access.queries import under, within
from lianxin.engine import clock, effects
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, Scope
from lianxin.journal import actions as journal
from lianxin.journal import guard

DAY = dt.timedelta(days=1)


@dataclass(slots=True)
class Preview:
    """What an official list would do here: rows are (code, name, English name), a renaming has the old name too."""

    added: list[tuple[str, str, str]] = field(default_factory=list)
    renamed: list[tuple[str, str, str, str]] = field(default_factory=list)
    ended: list[tuple[str, str]] = field(default_factory=list)
    same: int = 0
    refused: list[tuple[int, str, str]] = field(default_factory=list)  # row, code, why


def _area(code: str, by: Actor) -> Area:
    require(by, "areas.manage", area=code)
    found = Area.objects.filter(pk=code).first()
    if found is None:
        raise Refusal(gettext("There is no such area."))
    if found.successor or found.ended_on:
        raise Refusal(gettext("This area has ended; what stands for it is changed instead."))
    return found


def add(*, code: str, name: str, english: str = "", by: Actor, at: dt.datetime) -> None:
    """Add one area below one that is in being."""
    require(by, "areas.manage", area=code)
    if len(code) not in PARENT or not (code.isascii() and code.isdigit()):
        raise Refusal(gettext("A county's code has 6 digits, a township's 9, a village's 12."))
    if Area.objects.filter(pk=code).exists():
        raise Refusal(gettext("This code is taken; codes are never used twice."))
    if not Area.objects.filter(pk=code[: PARENT[len(code)]], successor="", ended_on__isnull=True).exists():
        raise Refusal(gettext("The area above it does not exist or has ended; add that one first."))
    if not name.strip():
        raise Refusal(gettext("Say what the area is called."))
    actions.add_areas(areas=[(code, name.strip()[:60], english.strip()[:80])], by=by, at=at)


def rename(*, names: Tree, on: dt.date, paper: str, by: Actor, at: dt.datetime) -> int:
    """Give areas new names from a day on; for days before it, the old names still stand. Returns how many changed."""
    given = {code: (name.strip()[:60], english.strip()[:80]) for code, name, english in names}
    if any(not name for name, _ in given.values()):
        raise Refusal(gettext("Say what the area is called."))
    if on > clock.day(at):
        raise Refusal(gettext("That day is still to come; enter it when it is there."))
    guard.check([list(one) for one in given.values()])
    for code in given:
        require(by, "areas.manage", area=code)
    rows = list(Area.objects.filter(code__in=given, successor=""))
    changed = [
        row for row in rows if (row.name, row.name_en) != (given[row.code][0], given[row.code][1] or row.name_en)
    ]
    if not changed:
        return 0
    open_ = AreaName.objects.filter(area__in=changed, superseded_at__isnull=True, valid_to__isnull=True)
    last = {row.area_id: row for row in open_.order_by("pk")}
    if any(row.valid_from and row.valid_from > on for row in last.values()):
        raise Refusal(gettext("A later name is on record already; choose a day after it."))
    with journal.entry(action="access.rename", by=by, at=at, purpose=paper[:200]) as writing:
        writing.supersede(AreaName, [row.pk for row in last.values()], at)
        made = []
        for row in changed:
            since = last[row.code].valid_from if row.code in last else None
            if since != on:
                made.append(AreaName(area=row, name=row.name, name_en=row.name_en, valid_from=since, valid_to=on - DAY,
                                     recorded_at=at, paper=last[row.code].paper if row.code in last else ""))  # fmt: skip
            row.name, row.name_en = given[row.code][0], given[row.code][1] or row.name_en
            row.pinyin, row.initials = sounded(row.name)
            made.append(AreaName(area=row, name=row.name, name_en=row.name_en, valid_from=on, recorded_at=at,
                                 paper=paper[:120]))  # fmt: skip
        writing.add(made)
        Area.objects.bulk_update(changed, ["name", "name_en", "pinyin", "initials"], batch_size=500)
        writing.say(renamed=len(changed))
    return len(changed)


def in_use(code: str) -> dict[str, int]:
    """What still lies in an area: areas below, offices, roles, and what the rooms say (persons, cases); each counted
    to 1,000 at most. An area in use is merged, not ended."""
    found = {
        "areas": Area.objects.filter(parent=code, successor="", ended_on__isnull=True)[:1000].count(),
        "offices": Office.objects.filter(under(code, "area_id"), open=True)[:1000].count(),
        "roles": Grant.objects.filter(under(code, "area"), superseded_at__isnull=True)[:1000].count(),
    }
    effects.announce("area-asked", code=code, into=found)
    return {name: count for name, count in found.items() if count}


def end(*, code: str, on: dt.date, by: Actor, at: dt.datetime) -> None:
    """End an area in which nothing lies any more. One that is in use is merged into another instead."""
    row = _area(code, by)
    if on > clock.day(at):
        raise Refusal(gettext("That day is still to come; enter it when it is there."))
    if in_use(code):
        raise Refusal(gettext("Something still lies in this area; merge it into the one that takes it over."))
    with journal.entry(action="access.area-ended", by=by, at=at, area=code):
        row.ended_on = on
        row.save(update_fields=["ended_on"])


def preview(*, rows: Sequence[Sequence[str]], scope: Scope, whole: bool = False) -> Preview:
    """What an official list (code, name, English name) would add, rename and, where it is ``whole``, end."""
    made = Preview()
    known = {row.code: row for row in Area.objects.filter(within(scope, "code"))}
    seen: dict[str, str] = {}
    for place, row in enumerate(rows, 1):
        code, name, english = ([*(str(cell).strip() for cell in row), "", "", ""])[:3]
        code = short(code)
        why = _fault(code, name, scope, seen)
        if why:
            made.refused.append((place, code[:20], why))
            continue
        seen[code] = name
        held = known.get(code)
        if held is None:
            made.added.append((code, name[:60], english[:80]))
        elif held.successor or held.ended_on:
            made.refused.append((place, code, gettext("this area has ended")))
        elif held.name != name[:60]:
            made.renamed.append((code, held.name, name[:60], english[:80]))
        else:
            made.same += 1
    if whole:
        gone = [row for code, row in known.items() if code not in seen and not row.successor and not row.ended_on]
        made.ended.extend((row.code, row.name) for row in gone if len(row.code) > 4)
    return made


def short(code: str) -> str:
    """Official lists fill codes up with noughts: 419902000000 is the county 419902, and 419900 the city 4199."""
    code = code.translate(str.maketrans("０１２３４５６７８９", "0123456789"))
    if len(code) in PARENT and code.isdigit():
        for length in (4, 6, 9):
            if length < len(code) and code.endswith("0" * (len(code) - length)):
                return code[:length]
    return code


def _fault(code: str, name: str, scope: Scope, seen: dict[str, str]) -> str:
    if len(code) not in LEVELS or not (code.isascii() and code.isdigit()):
        return gettext("a code has 4, 6, 9 or 12 digits")
    if not scope.covers(code):
        return gettext("not in your area")
    if not name:
        return gettext("the name is missing")
    if code in seen:
        return gettext("this code stands on the list twice")
    return ""


def load(*, rows: Sequence[Sequence[str]], on: dt.date, paper: str, by: Actor, at: dt.datetime) -> Preview:
    """Add and rename what an official list says. What it no longer names is only reported: merging needs a target."""
    require(by, "areas.manage")
    said = preview(rows=rows, scope=by.scope)
    if not said.added and not said.renamed:
        raise Refusal(gettext("There is nothing new on this list; nothing was changed."))
    if said.added:
        actions.add_areas(areas=said.added, by=by, at=at)
    if said.renamed:
        rename(names=[(code, new, english) for code, _, new, english in said.renamed], on=on, paper=paper, by=by, at=at)
    return said
