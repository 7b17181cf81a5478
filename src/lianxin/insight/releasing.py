"""Releases of open data: made by one person, published by another, withdrawn with a reason, corrected by a later one.

What left the house stays listed. A release that was withdrawn gives its files no more, but says that it was there and why.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from lianxin.access import actions as access
from lianxin.access.permissions import Refused, require
from lianxin.engine import money
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.insight import apart, definitions, opendata
from lianxin.insight.models import Publication
from lianxin.insight.openmodels import Release, ReleaseRuling
from lianxin.journal import actions as journal
from lianxin.journal import guard

PUBLISH, GIVE_BACK, WITHDRAW = "publish", "give-back", "withdraw"
WAITING, OUT, GIVEN_BACK, WITHDRAWN, CORRECTED = "waiting", "out", "given-back", "withdrawn", "corrected"
UNTOLD = (
    "may not be told"  # the one reason outside: which one it is would say that there are sealed matters, or few people
)
HEAD = ("figure", "name_zh", "name_en", "area", "area_zh", "area_en", "from", "to", "value", "unit_zh", "unit_en")


def prepare(*, from_year: int, to_year: int, replaces: int | None = None, by: Actor, at: dt.datetime) -> Release:
    """Make a release of finished years, for somebody else to publish. Long work: every figure is counted once.

    ``replaces`` is the release that it corrects. Raises :class:`Refusal` for years that are not over or before the first, and
    where a text in it may not leave the house.
    """
    require(by, "data.prepare", area=settings.CITY)
    first = opendata.terms().from_year
    if not first <= from_year <= to_year <= opendata.last_finished_year(at):
        said = _("Only finished years go out, from %(first)d to %(last)d.")
        raise Refusal(said % {"first": first, "last": opendata.last_finished_year(at)})
    old = Release.objects.filter(pk=replaces).first() if replaces is not None else None
    if replaces is not None and (old is None or state_of(old) not in (OUT, WITHDRAWN)):
        raise Refusal(_("Only a release that went out is corrected, and only once."))
    seen = published(settings.CITY)
    content = opendata.make(
        area=settings.CITY, from_year=from_year, to_year=to_year, known_at=at, before=left_the_house()
    )
    content["beside"] = seen
    if not content["figures"]:
        raise Refusal(_("Nothing may be told of these years."))
    text = as_csv(content)
    guard.check(text, json.dumps(content, ensure_ascii=False))
    with journal.entry(
        action="insight.release", by=by, at=at, area=settings.CITY, years=[from_year, to_year]
    ) as writer:
        made = writer.add([
            Release(area=settings.CITY, from_year=from_year, to_year=to_year, known_at=at, content=content,
                    digest=hashlib.sha256(text.encode()).hexdigest(), replaces=old, account=by.account, by_name=by.name[:80], at=at)
        ])[0]  # fmt: skip
        writer.say(figures=len(content["figures"]), left_out=len(content["left_out"]))
    return made


def rule(*, release: int, verb: str, words: str = "", by: Actor, at: dt.datetime) -> ReleaseRuling:
    """Publish what somebody else prepared, give it back, or withdraw what went out.

    Raises :class:`Refusal` where it is one's own, where a review or another release went out since it was made (it was not
    compared with that one: make it anew), where a text in it may not leave the house, and without words where words are needed.
    """
    require(by, "data.publish", area=settings.CITY)
    found = Release.objects.filter(pk=release).first()
    if found is None or verb not in (PUBLISH, GIVE_BACK, WITHDRAW):
        raise Refused("data.publish")
    wanted = OUT if verb == WITHDRAW else WAITING
    if state_of(found) not in ({OUT, CORRECTED} if verb == WITHDRAW else {wanted}):
        raise Refusal(_("Somebody ruled on this already."))
    if verb != PUBLISH and not words.strip():
        raise Refusal(_("Say why."))
    if verb == PUBLISH:
        access.apart(by.account, [found.account], _("You prepared this yourself; somebody else publishes it."))
        guard.check(as_csv(found.content), json.dumps(found.content, ensure_ascii=False))
    with journal.entry(
        action="insight.release-ruled", by=by, at=at, area=found.area, release=found.pk, verb=verb
    ) as writer:
        if verb == PUBLISH and found.content.get("beside") != published(found.area):
            raise Refusal(
                _(
                    "A review or another release went out since this one was made; prepare it anew, so that they are compared."
                )
            )
        return writer.add([ReleaseRuling(release=found, verb=verb, words=words.strip()[:200], account=by.account,
                                         by_name=by.name[:80], at=at)])[0]  # fmt: skip


def published(area: str) -> list[int]:
    """How many reviews of an area and of its parts, and how many releases went out: what is compared with all of them
    before it is written looks here, and once more when it is."""
    reviews = Publication.objects.filter(area__in=[area, *opendata.areas_of(area)]).count()
    return [reviews, ReleaseRuling.objects.filter(verb=PUBLISH).count()]


def left_the_house() -> list[Release]:
    """Every release that ever went out, the oldest first."""
    return list(Release.objects.filter(rulings__verb=PUBLISH).order_by("pk"))


def state_of(one: Release) -> str:
    """Where a release stands."""
    verbs = {ruling.verb for ruling in one.rulings.all()}
    if WITHDRAW in verbs:
        return WITHDRAWN
    if PUBLISH not in verbs:
        return GIVEN_BACK if GIVE_BACK in verbs else WAITING
    corrected = any(PUBLISH in {ruling.verb for ruling in other.rulings.all()} for other in one.corrections.all())
    return CORRECTED if corrected else OUT


@dataclass(frozen=True, slots=True)
class Listed:
    """A release as lists and its page show it."""

    release: Release
    state: str
    ruling: ReleaseRuling | None  # the newest one
    corrected_by: int | None

    @property
    def went_out(self) -> bool:
        """Whether strangers could once read it."""
        return self.state in (OUT, CORRECTED, WITHDRAWN)

    @property
    def open(self) -> bool:
        """Whether its files are given."""
        return self.state in (OUT, CORRECTED)


def listed(*, public: bool) -> list[Listed]:
    """The releases, the newest first; for the public those that went out."""
    rows = Release.objects.prefetch_related("rulings", "corrections__rulings").order_by("-pk")
    found = [_listed(row) for row in rows]
    return [one for one in found if one.went_out] if public else found


def one(pk: int) -> Listed | None:
    """One release."""
    row = Release.objects.prefetch_related("rulings", "corrections__rulings").filter(pk=pk).first()
    return None if row is None else _listed(row)


def stamp() -> tuple[int, str] | None:
    """Changes with every release that is published, withdrawn or corrected."""
    found = ReleaseRuling.objects.order_by("-pk").first()
    return None if found is None else (found.pk, found.entry.hash)


def newest() -> Listed | None:
    """The newest release that stands."""
    return next((found for found in listed(public=True) if found.state == OUT), None)


def _listed(row: Release) -> Listed:
    rulings = sorted(row.rulings.all(), key=lambda ruling: ruling.pk)
    later = [other.pk for other in row.corrections.all() if PUBLISH in {ruling.verb for ruling in other.rulings.all()}]
    return Listed(row, state_of(row), rulings[-1] if rulings else None, max(later, default=None))


def value_of(kept: dict[str, Any], value: int | None) -> str:
    """A value as files say it: money in yuan with two decimals, blank where it is not told alone."""
    if value is None:
        return ""
    return money.yuan(value).replace(",", "") if kept["money"] else str(value)


def as_csv(content: dict[str, Any]) -> str:
    """The table as csv, to the byte as it is served and digested (a spreadsheet knows by its first sign that it is UTF-8):
    one line for each cell; an empty value is told only together with others."""
    out = io.StringIO()
    out.write("\ufeff")
    write = csv.writer(out, lineterminator="\r\n")
    write.writerow(HEAD)
    for kept in content["figures"]:
        unit = {"zh": "元", "en": "yuan"} if kept["money"] else kept["unit"]
        for cell in kept["cells"]:
            place = content["names"].get(cell["area"], {"zh": cell["area"], "en": cell["area"]})
            write.writerow([kept["code"], kept["name"]["zh"], kept["name"]["en"], cell["area"], place["zh"], place["en"],
                            cell["from"], cell["to"], value_of(kept, cell["value"]), unit["zh"], unit["en"]])  # fmt: skip
    return out.getvalue()


def as_json(found: Listed) -> str:
    """The same as JSON, without how it is cut into parts."""
    content = found.release.content
    figures = [{key: value for key, value in kept.items() if key != "cut"} for kept in content["figures"]]
    return json.dumps({**about(found), "figures": figures}, ensure_ascii=False, indent=1)


def about(found: Listed) -> dict[str, Any]:
    """What a release says of itself: terms, version, state, the csv file's digest, what is left out and why."""
    one, content = found.release, found.release.content
    return {
        "format": content["format"], "release": one.pk, "state": found.state, "area": one.area, "from": one.from_year,
        "to": one.to_year, "known_at": content["known_at"], "corrects": one.replaces_id, "corrected_by": found.corrected_by,
        "least": content["least"], "csv_sha256": hashlib.sha256(as_csv(content).encode()).hexdigest(), **content["terms"],
        "left_out": [{"code": kept["code"], "name": kept["name"], "why": UNTOLD} for kept in content["left_out"]],
        "empty_value": "told only together with others: fewer people than 'least' stand behind it, or could be worked out from it",
    }  # fmt: skip


def metadata(found: Listed) -> str:
    """The description of a release's files: each figure's definition, version and root over its rows; columns; terms."""
    content = found.release.content
    keys = ("code", "name", "unit", "measure", "where", "version", "years", "root", "rows", "known_at", "carried")
    figures = [{key: kept[key] for key in keys if key in kept} for kept in content["figures"]]
    return json.dumps({**about(found), "columns": HEAD, "figures": figures}, ensure_ascii=False, indent=1)


def spans(area: str) -> dict[str, list[apart.Cells]]:
    """The years that each release told of an area one beside the other, by figure: what they say together is compared too."""
    return opendata.spans_in_releases(area, left_the_house())


def compared(area: str) -> dict[str, Any]:
    """What releases told of an area, by figure: a review is compared with it before it is published."""
    return opendata.told_in_releases(area, left_the_house(), definitions.load())


def years(at: dt.datetime) -> Sequence[int]:
    """The years that may go out."""
    return range(opendata.terms().from_year, opendata.last_finished_year(at) + 1)
