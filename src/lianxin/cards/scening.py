"""Write the table of scenes: an edition is drawn up by one person and published by another, and never edited after."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from lianxin.access import actions as access
from lianxin.access.permissions import require
from lianxin.cards.models import SceneRow, SceneTable
from lianxin.cards.refusals import NoSuchCard, NotNow
from lianxin.cards.scenes import CLASSES, RIGHTS, SCENES
from lianxin.engine import clock, documents
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal.actions import Writing

KEEP, PUBLISH = "scene.keep", "scene.publish"
SAYS = ("scene", "code", "name", "name_en", "area", "place", "office", "classes", "right", "percent", "companions", "weekdays",
        "from_on", "until_on", "hours", "needs_id", "words", "words_en", "law", "article", "standing")  # fmt: skip
OPTIONAL = ("place", "weekdays", "hours", "needs_id", "companions", "from_on", "until_on")
_HOURS = re.compile(r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d$")
_CODE = re.compile(r"^[a-z0-9][a-z0-9-]{1,39}$")


def draft(*, by: Actor, at: dt.datetime) -> SceneTable:
    """The draft that is being written; a new one begins as what was published last, or as the catalogue's first edition."""
    require(by, KEEP)
    with transaction.atomic():
        held = (
            SceneTable.objects.select_for_update().filter(state__in=("draft", "handed-in")).order_by("-number").first()
        )
        if held is not None:
            return held
        last = SceneTable.objects.filter(state="published").order_by("-number").first()
        number = (SceneTable.objects.aggregate(n=Max("number"))["n"] or 0) + 1
        with journal.entry(action="cards.scenes-draft", by=by, at=at, number=number) as writer:
            made = writer.add(
                [SceneTable(number=number, maker=by.account, maker_name=by.name[:80], made_at=at, state="draft")]
            )[0]
            writer.add([SceneRow(table=made, recorded_at=at, **said) for said in (_copied(last) if last else _first())])
    return made


def _copied(last: SceneTable) -> list[dict[str, Any]]:
    return [
        dict(row)
        for row in SceneRow.objects.filter(table=last, superseded_at__isnull=True).order_by("pk").values(*SAYS)
    ]


def _first() -> list[dict[str, Any]]:
    """The lines of ``scenes.yaml`` of the catalogue; none where it has no such file."""
    path = Path(settings.CATALOGUE) / "scenes.yaml"
    said: Any = documents.plain(documents.read(path)) if path.exists() else {}
    rows = []
    for one in said.get("rows", []):
        name, words, cite = one["name"], one.get("words", {}), one.get("cite", {})
        rows.append(_fit({
            "scene": one["scene"], "code": one["code"], "name": name["zh"], "name_en": name.get("en", ""),
            "area": one.get("area", settings.CITY), "classes": one["classes"], "right": one["right"], "percent": one.get("percent"),
            "words": words.get("zh", ""), "words_en": words.get("en", ""), "law": cite.get("law", ""),
            "article": str(cite.get("article", "")), "standing": cite.get("standing", "illustrative"),
            **{key: one[key] for key in OPTIONAL if key in one},
        }))  # fmt: skip
    return rows


def _fit(said: Mapping[str, Any]) -> dict[str, Any]:
    """A line with every column, checked. Raises a refusal that names what is wrong."""
    row: dict[str, Any] = {
        "place": "", "office": None, "percent": None, "companions": 0, "weekdays": "", "from_on": None, "until_on": None,
        "hours": "", "needs_id": False, "words": "", "words_en": "", "name_en": "", "law": "", "article": "",
        "standing": "illustrative", **said,
    }  # fmt: skip
    row["classes"] = [one for one in CLASSES if one in row["classes"]]
    row["weekdays"] = "".join(sorted({one for one in str(row["weekdays"]) if one in "1234567"}))
    wrong = {
        _("where"): row["scene"] not in SCENES, _("which right"): row["right"] not in RIGHTS, _("for whom"): not row["classes"],
        _("what it is called"): not row["name"].strip(), _("the code"): not _CODE.match(row["code"]),
        _("how much is paid"): row["right"] == "discount" and not 0 <= (row["percent"] if row["percent"] is not None else -1) < 100,
        _("the hours (like 09:00-17:00)"): bool(row["hours"]) and not _HOURS.match(row["hours"]),
        _("the days"): bool(row["from_on"] and row["until_on"] and row["until_on"] < row["from_on"]),
        _("who may come along"): not 0 <= int(row["companions"]) <= 9,
    }  # fmt: skip
    if any(wrong.values()):
        what = "、".join(str(key) for key, bad in wrong.items() if bad)
        raise Refusal(_("Look again at: %(what)s. Nothing was changed.") % {"what": what})
    if row["right"] != "discount":
        row["percent"] = None
    return {key: row[key] for key in SAYS}


def write(*, table: int, says: Mapping[str, Any], row: int | None = None, by: Actor, at: dt.datetime) -> SceneRow:
    """Add a line to a draft, or put another in the place of ``row``."""
    require(by, KEEP)
    with transaction.atomic():
        found = _open(table)
        said = _fit({"area": settings.CITY, **says})
        access_area(said["area"])
        with journal.entry(action="cards.scenes-row", by=by, at=at, number=found.number) as writer:
            if row is not None:
                _away(found, row, at, writer)
            same = SceneRow.objects.filter(table=found, code=said["code"], superseded_at__isnull=True)
            if same.exists():
                raise Refusal(_("The table has a line with this code already. Nothing was changed."))
            return writer.add([SceneRow(table=found, recorded_at=at, **said)])[0]


def access_area(code: str) -> None:
    """Refuse an area that is not of this city."""
    from lianxin.access.queries import area_names

    if code not in area_names([code]):
        raise Refusal(_("There is no such area. Nothing was changed."))


def remove(*, table: int, row: int, by: Actor, at: dt.datetime) -> None:
    """Take a line out of a draft."""
    require(by, KEEP)
    with transaction.atomic():
        found = _open(table)
        with journal.entry(action="cards.scenes-row", by=by, at=at, number=found.number) as writer:
            _away(found, row, at, writer)


def _away(table: SceneTable, row: int, at: dt.datetime, writer: Writing) -> None:
    if not SceneRow.objects.filter(table=table, pk=row, superseded_at__isnull=True).exists():
        raise NoSuchCard(_("There is no such line in this table."))
    writer.supersede(SceneRow, [row], at)


def _open(table: int) -> SceneTable:
    found = SceneTable.objects.select_for_update().filter(pk=table).first()
    if found is None:
        raise NoSuchCard(_("There is no such table."))
    if found.state != "draft":
        raise NotNow(_("This edition is no draft any more. Begin a new one; nothing was changed."))
    return found


def hand_in(*, table: int, by: Actor, at: dt.datetime) -> SceneTable:
    """Hand a draft in: somebody else publishes it or gives it back."""
    require(by, KEEP)
    with transaction.atomic():
        found = _open(table)
        if not SceneRow.objects.filter(table=found, superseded_at__isnull=True).exists():
            raise Refusal(_("The table has no lines yet."))
        return _moved(found, "handed-in", "cards.scenes-in", by, at)


def give_back(*, table: int, by: Actor, at: dt.datetime) -> SceneTable:
    """Give it back to whoever drew it up."""
    require(by, PUBLISH)
    with transaction.atomic():
        return _moved(_handed_in(table), "draft", "cards.scenes-back", by, at)


def _handed_in(table: int) -> SceneTable:
    found = SceneTable.objects.select_for_update().filter(pk=table).first()
    if found is None:
        raise NoSuchCard(_("There is no such table."))
    if found.state != "handed-in":
        raise NotNow(_("This edition was not handed in. Nothing was changed."))
    return found


def publish(*, table: int, from_on: dt.date, by: Actor, at: dt.datetime) -> SceneTable:
    """Publish what somebody else drew up, from today or a later day on; the edition before holds until then."""
    require(by, PUBLISH)
    with transaction.atomic():
        found = SceneTable.objects.select_for_update().filter(pk=table).first()
        if found is not None and found.state == "published":
            return found
        found = _handed_in(table)
        if found.maker is not None:
            access.apart(
                by.account, [found.maker], _("Whoever drew the table up does not publish it. Ask somebody else.")
            )
        if from_on < clock.day(at):
            raise Refusal(_("A table is published from today or a later day on."))
        found.from_on, found.publisher, found.published_at = from_on, by.account, at
        return _moved(found, "published", "cards.scenes-publish", by, at, "from_on", "publisher", "published_at")


def _moved(found: SceneTable, state: str, action: str, by: Actor, at: dt.datetime, *more: str) -> SceneTable:
    with journal.entry(action=action, by=by, at=at, number=found.number):
        found.state = state
        found.save(update_fields=["state", *more])
    return found
