"""Public places of the map: entered and changed (one or thousands alike), closed; never a place of the forces, never a home."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from lianxin.access import outlines
from lianxin.access.actions import sounded
from lianxin.access.models import Area, Office
from lianxin.access.permissions import require
from lianxin.engine import civil, clock, secrecy
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal import guard
from lianxin.partners.models import Place, PlaceSaid

KEEP = "map.keep"
SOME = 900
COURSE = 200  # points of a line at most
SAYS = ("kind", "name", "name_en", "area", "latitude", "longitude", "course", "address", "phone", "hours", "words",
        "office_id", "source", "valid_from", "valid_to")  # fmt: skip
_NUMBER = re.compile(r"[A-Za-z0-9-]{1,24}")  # it stands in open data as the id of a feature: no word fits into it
_PHONE = frozenset("0123456789-+ ()（）转")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody says of a place. ``number`` is the city's own for it; blank: it is known by kind, name and area.

    The point and the course are WGS-84 in millionths of a degree (:func:`lianxin.engine.coordinates.millionths`).
    """

    kind: str
    name: str
    area: str
    latitude: int
    longitude: int
    name_en: str = ""
    address: str = ""
    phone: str = ""
    hours: str = ""
    words: str = ""
    course: Sequence[Sequence[int]] = ()
    office_id: int | None = None
    source: str = ""
    number: str = ""
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    paper: str = ""


@dataclass(slots=True)
class Put:
    """What became of the places: how many are new, changed, as before; which were refused (their place) and why."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    ids: dict[int, int] = field(default_factory=dict)  # their place among those given → the place


@dataclass(slots=True)
class _Ground:
    """What the places of one call are looked at against."""

    areas: set[str]
    offices: dict[int, str]
    outlines: dict[str, outlines.Rings]
    public: tuple[str, ...]


def _ground(places: Sequence[Said]) -> _Ground:
    counties = {one.area[:6] for one in places}
    shapes: dict[str, outlines.Rings] = {}
    for city in {code[:4] for code in counties}:
        shapes |= {code: rings for code, rings in outlines.drawn(city, 6).items() if code in counties}
    wanted = {one.office_id for one in places if one.office_id is not None}
    offices: dict[int, str] = {}
    for some in _chunks(sorted(wanted)):
        offices |= dict(Office.objects.filter(pk__in=some).values_list("pk", "kind"))
    areas: set[str] = set()
    for codes in _chunks(sorted({one.area for one in places})):
        areas |= set(
            Area.objects.filter(code__in=codes, successor="", ended_on__isnull=True).values_list("code", flat=True)
        )
    return _Ground(areas, offices, shapes, guard.public())


def _chunks(given: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (given[start : start + SOME] for start in range(0, len(given), SOME))


def _fault(one: Said, ground: _Ground, by: Actor) -> str:
    """Why a place cannot be taken, in one sentence; blank where it can."""
    texts = [one.name, one.name_en, one.address, one.hours, one.words, one.source, one.paper]
    if not one.name.strip():
        return _("Say what the place is called.")
    if one.number and not _NUMBER.fullmatch(one.number):
        return _("The number of a place has letters A to Z, digits and hyphens only, 24 at most.")
    if one.area not in ground.areas:
        return _("There is no such area.")
    if not by.scope.covers(one.area):
        return _("This area is not yours.")
    if one.office_id is not None and one.office_id not in ground.offices:
        return _("There is no such office.")
    unfit = civil.unfit(one.kind, texts, office=ground.offices.get(one.office_id or 0, ""), public=ground.public)
    if unfit or (secrecy.suspicious(texts) and any(secrecy.look(text, ground.public) for text in texts)):
        return _(unfit or civil.CAMP)
    if set(one.phone) - _PHONE:
        return _("A phone number has digits only.")
    if one.course and (one.kind not in civil.LINES or len(one.course) > COURSE):
        return _("Only lines, streets and belts have a course, of 200 points at most.")
    shape = ground.outlines.get(one.area[:6])
    if shape is not None and not outlines.near(shape, one.latitude, one.longitude):
        return _(
            "This point does not lie in its county. Look at longitude, latitude and whether they are WGS-84 or GCJ-02."
        )
    if one.valid_from and one.valid_to and one.valid_to < one.valid_from:
        return _("It ends before it begins.")
    return ""


def _row(one: Said, place: Place, at: dt.datetime) -> PlaceSaid:
    pinyin, initials = sounded(one.name)
    return PlaceSaid(
        place=place, kind=one.kind, name=one.name.strip()[:80], name_en=one.name_en.strip()[:120], area=one.area,
        latitude=one.latitude, longitude=one.longitude, course=[list(point) for point in one.course],
        address=one.address.strip()[:120], phone=one.phone.strip()[:40], hours=one.hours.strip()[:120],
        words=one.words.strip()[:200], office_id=one.office_id, source=one.source[:120], pinyin=pinyin, initials=initials,
        valid_from=one.valid_from, valid_to=one.valid_to, recorded_at=at, paper=one.paper[:120],
    )  # fmt: skip


def _known(places: Sequence[Said]) -> tuple[dict[str, PlaceSaid], dict[tuple[str, str, str], PlaceSaid]]:
    """Places on record by their number, and those that these names may mean by kind, name and area."""
    current = PlaceSaid.objects.filter(superseded_at__isnull=True).select_related("place")
    numbered: dict[str, PlaceSaid] = {}
    for numbers in _chunks(sorted({one.number for one in places if one.number})):
        numbered |= {row.place.number: row for row in current.filter(place__number__in=numbers)}
    named: dict[tuple[str, str, str], PlaceSaid] = {}
    for names in _chunks(sorted({one.name.strip()[:80] for one in places if not one.number})):
        named |= {(row.kind, row.name, row.area): row for row in current.filter(name__in=names).order_by("-pk")}
    return numbered, named


def put(*, places: Sequence[Said], by: Actor, at: dt.datetime, dry_run: bool = False, run: str = "") -> Put:
    """Enter places, or change those that are known by their number (or by kind, name and area). Good ones enter, the
    others are named in ``refused``; the same again changes nothing."""
    require(by, KEEP)
    done, ground = Put(), _ground(places)
    numbered, named = _known(places)
    made: list[tuple[int, Said, PlaceSaid | None]] = []
    seen: set[object] = set()
    for at_place, given in enumerate(places):
        one = given
        key = one.number or (one.kind, one.name.strip()[:80], one.area)
        held = numbered.get(one.number) if one.number else named.get((one.kind, one.name.strip()[:80], one.area))
        why = _("This place stands in the list twice.") if key in seen else _fault(one, ground, by)
        if not why and held is not None and not by.scope.covers(held.area):
            why = _("This area is not yours.")
        if why:
            done.refused.append((at_place, why))
            continue
        seen.add(key)
        if held is not None and held.valid_to and not one.valid_to:
            one = replace(one, valid_to=held.valid_to)  # what was closed here is not opened by an older ledger
        if held is not None and _same(held, one, at):
            done.unchanged += 1
            done.ids[at_place] = held.place_id
            continue
        made.append((at_place, one, held))
    done.added = sum(held is None for _place, _one, held in made)
    done.changed = len(made) - done.added
    if made and not dry_run:
        _write(made, done, by, at, run)
    return done


def _number() -> str:
    return f"DD-{secrets.token_hex(4).upper()}"


def _same(held: PlaceSaid, one: Said, at: dt.datetime) -> bool:
    row = _row(one, held.place, at)
    return all(getattr(held, name) == getattr(row, name) for name in SAYS)


def _write(made: Sequence[tuple[int, Said, PlaceSaid | None]], done: Put, by: Actor, at: dt.datetime, run: str) -> None:
    area = made[0][1].area if len(made) == 1 else by.area
    with journal.entry(action="partners.places", by=by, at=at, area=area, run=run) as writer:
        fresh = [Place(number=one.number or _number(), made_at=at) for _at, one, held in made
                 if held is None]  # fmt: skip
        new = iter(writer.add(fresh))
        writer.supersede(PlaceSaid, [held.pk for _at, _one, held in made if held is not None], at)
        rows = [_row(one, held.place if held is not None else next(new), at) for _at, one, held in made]
        writer.add(rows)
        writer.say(added=done.added, changed=done.changed)
    done.ids |= {place: row.place_id for (place, _one, _held), row in zip(made, rows, strict=True)}


def one_put(*, said: Said, expected: int | None, by: Actor, at: dt.datetime) -> int:
    """Enter or change one place from a form; ``expected`` is the row that the form was filled from. Returns the place."""
    require(by, KEEP, area=said.area)
    if expected is not None:
        _current(expected, by)
    else:
        same = PlaceSaid.objects.filter(kind=said.kind, name=said.name.strip()[:80], area=said.area)
        if same.filter(superseded_at__isnull=True, valid_to__isnull=True).exists():
            raise Refusal(_("This place is on the map already; change that one."))
        said = replace(said, number=_number())
    done = put(places=[said], by=by, at=at)
    if done.refused:
        raise Refusal(done.refused[0][1])
    return done.ids[0]


def _current(expected: int, by: Actor) -> PlaceSaid:
    row = PlaceSaid.objects.select_related("place").filter(pk=expected).first()
    if row is None or not by.scope.covers(row.area):
        raise Refusal(_("There is no such place on the map."))
    require(by, KEEP, area=row.area)
    if row.superseded_at is not None:
        raise Refusal(_("Somebody changed this place meanwhile; look at it again. Nothing was changed."))
    return row


def end(*, expected: int, on: dt.date, reason: str, by: Actor, at: dt.datetime) -> None:
    """Close a place from a day on; why stands in the journal. It leaves the map, its history stays."""
    row = _current(expected, by)
    if not reason.strip():
        raise Refusal(_("Say why it closes."))
    if row.valid_to is not None:
        raise Refusal(_("This place is closed already."))
    if on > clock.day(at) or (row.valid_from and on < row.valid_from):
        raise Refusal(_("Choose a day after it began and not after today."))
    guard.check(reason)
    given = {name: getattr(row, name) for name in SAYS if name != "valid_to"}
    with journal.entry(action="partners.place-ended", by=by, at=at, area=row.area, purpose=reason[:200]) as writer:
        writer.supersede(PlaceSaid, [row.pk], at)
        writer.add([PlaceSaid(place=row.place, pinyin=row.pinyin, initials=row.initials, recorded_at=at, paper=row.paper,
                              valid_to=on, **given)])  # fmt: skip
