"""Hall screens: a signed link that shows an area's rounded numbers to whoever opens it, until its day or until it is revoked.

The link carries a signature over the screen's row and a nonce; without a row that stands it opens nothing. What is shown is
counted with the eyes of nobody: no sealed rows, no small cell, rounded down, and the same for an hour.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.utils.translation import gettext as _

from lianxin.access.permissions import Refused, require
from lianxin.access.queries import area_names, within
from lianxin.engine import clock, documents
from lianxin.engine.asked import number_of
from lianxin.engine.facts import Name
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, Scope, over
from lianxin.insight import definitions, fewer, figures, reach, wording
from lianxin.insight.models import Screen
from lianxin.journal import actions as journal
from lianxin.journal import guard

LEAST = 10  # what is less is not rounded, so it is not shown
SALT = "lianxin.hall-screen"
DAYS = 366  # that a link may hold at most
KEEP = 3600  # seconds that what a screen shows stays as it is: two looks, subtracted, say nothing of a single row


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a screen, as it is said; ``unit`` blank for money, which says it itself."""

    name: str
    said: str
    unit: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One face of a screen, and how many there are; ``reached`` in a thousand of those entitled."""

    title: str
    area: str
    numbers: list[Number]
    page: int
    pages: int
    reached: int | None
    at: dt.datetime


def make(*, name: str, area: str, until_on: dt.date, by: Actor, at: dt.datetime) -> Screen:
    """Make a screen's link. Raises :class:`Refusal` without a name, for a day that has gone, or one more than a year away."""
    require(by, "screens.keep", area=area)
    name = name.strip()[:80]
    today = clock.day(at)
    if not name:
        raise Refusal(_("Say where the screen hangs."))
    if not today <= until_on <= today + dt.timedelta(days=DAYS):
        raise Refusal(_("A screen's link holds until a day within the next year."))
    if len(area) > 9:
        raise Refusal(
            _(
                "A hall screen shows a township, a county or the city: of a village too few people stand behind a number."
            )
        )
    if area not in area_names([area]):
        raise Refusal(_("There is no such area."))
    guard.check(name)
    with journal.entry(action="insight.screen", by=by, at=at, area=area, until=until_on.isoformat()):
        return Screen.objects.create(name=name, area=area, nonce=secrets.token_hex(16), account=by.account, by_name=by.name[:80],
                                     made_at=at, until_on=until_on)  # fmt: skip


def revoke(*, screen: int, by: Actor, at: dt.datetime) -> None:
    """Take a link back; from this moment on it opens nothing. Again changes nothing."""
    found = Screen.objects.filter(within(by.scope, "area"), pk=screen).first()
    if found is None:
        raise Refused("screens.keep")
    require(by, "screens.keep", area=found.area)
    if found.revoked_at is not None:
        return
    with journal.entry(action="insight.screen-revoked", by=by, at=at, area=found.area, screen=screen):
        found.revoked_at = at
        found.save(update_fields=["revoked_at"])


def every(scope: Scope, *, after: int = 0, limit: int = 50) -> list[Screen]:
    """The screens of one's area, newest first."""
    rows = Screen.objects.filter(within(scope, "area"))
    return list((rows.filter(pk__lt=after) if after else rows).order_by("-pk")[:limit])


def one(scope: Scope, pk: int) -> Screen | None:
    """One screen of one's area."""
    return Screen.objects.filter(within(scope, "area"), pk=pk).first()


def stands(screen: Screen, at: dt.datetime) -> bool:
    """Whether its link opens."""
    return screen.revoked_at is None and clock.day(at) <= screen.until_on


def token(screen: Screen) -> str:
    """What its link carries."""
    return signing.Signer(salt=SALT).sign(f"{screen.pk}.{screen.nonce}").replace(":", ".")


def opened(said: str, at: dt.datetime) -> Screen | None:
    """The screen of a link, where the link is ours and stands."""
    number, _dot, rest = said.partition(".")
    pk = number_of(number)
    found = Screen.objects.filter(pk=pk).first() if pk is not None and rest else None
    if found is None or not secrets.compare_digest(token(found).encode(), said.encode()) or not stands(found, at):
        return None
    return found


def pages() -> Sequence[Mapping[str, Any]]:
    """What the catalogue puts on screens: names and figures."""
    path = settings.CATALOGUE / "screen.yaml"
    said = documents.plain(documents.read(path)) if path.exists() else {}
    usual = {"name": {"zh": "", "en": ""}, "figures": list(definitions.load())[:6]}
    found: Sequence[Mapping[str, Any]] = said.get("pages") or [usual]
    return found


def show(screen: Screen, *, page: int, at: dt.datetime, language: str) -> Shown:
    """One face of a screen, at most an hour old."""
    faces = pages()
    page %= len(faces)
    key = f"screen:{screen.area}:{page}:{language}:{settings.SMALL_CELL}"
    found: Shown | None = cache.get(key)
    if found is None:
        found = _counted(screen.area, faces[page], page, len(faces), at, language)
        cache.set(key, found, KEEP)
    return found


def _counted(area: str, face: Mapping[str, Any], page: int, count: int, at: dt.datetime, language: str) -> Shown:
    nobody = over(area)
    known = definitions.load()
    codes = [code for code in face["figures"] if code in known]
    day = clock.day(at)
    values = figures.evaluate(
        from_on=dt.date(day.year, 1, 1), to_on=day, area=area, scope=nobody, codes=codes, opens=False
    )
    numbers = []
    for value in values:
        if value.hidden or value.value is None or value.value < LEAST:
            continue
        rounded, cut = wording.at_least(value.value)
        least = value.definition.show == "at-least"  # says so itself
        said = wording.said(value.definition, value.value if least else rounded, language)
        more = cut and not least
        text = said if not more else f"{said} 余" if language.startswith("zh") and not value.definition.money else said
        unit = "" if value.definition.money else value.definition.unit[language]
        numbers.append(Number(value.definition.name[language], text, unit))
    place = 0 if language.startswith("zh") else 1
    title = Name(str(face["name"].get("zh", "")), str(face["name"].get("en", "")))[language]
    return Shown(title, area_names([area]).get(area, (area, area))[place], numbers, page, count, _reached(nobody), at)


def _reached(scope: Scope) -> int | None:
    """How many of a thousand entitled have what they may have; None where nothing was counted, or too few."""
    day = reach.last_day()
    if day is None:
        return None
    whole = reach.shown(scope, day=day, exact=True, by="service").whole.counts
    told = fewer.whole(
        {name: whole[name] or 0 for name in ("entitled", "missed")}, ("entitled", "missed"), settings.SMALL_CELL
    )
    if not told["entitled"] or told["missed"] is None:
        return None
    return round((told["entitled"] - told["missed"]) * 1000 / told["entitled"])
