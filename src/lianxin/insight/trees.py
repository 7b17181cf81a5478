"""Trees of indicators: handed in as text by one person, published by another, then never changed.

The tree of a year is the newest published one whose days meet that year; so a sheet that the province changes in mid-term is
a new version, and a binder of last year goes on being counted by last year's.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.db.models import Max
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianxin.access import actions as access
from lianxin.access.permissions import Refused, require
from lianxin.engine import assessing
from lianxin.engine.problems import DeclarationErrors
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.insight import definitions
from lianxin.insight.assessmodels import Tree, TreeRuling
from lianxin.journal import actions as journal

PUBLISH, GIVE_BACK = "publish", "give-back"
WAITING, PUBLISHED, GIVEN_BACK = "waiting", "published", "given-back"


@dataclass(frozen=True, slots=True)
class Version:
    """A tree as it was handed in, and what became of it."""

    id: int
    number: int
    tree: assessing.Tree
    digest: str
    account: int | None
    by_name: str
    at: dt.datetime
    state: str
    ruled_by: str = ""
    ruled_at: dt.datetime | None = None
    words: str = ""


def shipped() -> dict[str, str]:
    """The texts of the catalogue's trees, by code: what a city begins from."""
    return {
        path.stem: path.read_text("utf-8-sig") for path in sorted((settings.CATALOGUE / "assessment").glob("*.yaml"))
    }


def read(text: str) -> assessing.Tree:
    """The tree of a text that is to be handed in. Raises :class:`Refusal` with line and word of what is wrong."""
    try:
        return assessing.read(text, definitions.load().keys())
    except DeclarationErrors as errors:
        raise Refusal("\n".join(one.sentence(get_language() or "zh") for one in errors.problems[:8])) from errors


def hand_in(*, text: str, by: Actor, at: dt.datetime) -> Tree:
    """Hand a tree in; nothing is counted by it before somebody else published it. The same text twice is refused."""
    require(by, "assess.write", area=settings.CITY)
    text = text.replace("\r\n", "\n").strip() + "\n"
    made = read(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    same = Tree.objects.filter(code=made.code).order_by("-number").first()
    if same is not None and same.digest == digest:
        raise Refusal(_("This text was handed in already, as version %(n)d.") % {"n": same.number})
    with journal.entry(action="insight.tree", by=by, at=at, area=settings.CITY, tree=made.code) as writer:
        number = (Tree.objects.filter(code=made.code).aggregate(n=Max("number"))["n"] or 0) + 1
        row = writer.add([Tree(code=made.code, number=number, digest=digest, text=text, from_on=made.from_on, to_on=made.to_on,
                               account=by.account, by_name=by.name[:80], at=at)])[0]  # fmt: skip
        writer.say(number=number, indicators=len(made.indicators))
    return row


def rule(*, tree: int, verb: str, words: str = "", by: Actor, at: dt.datetime) -> TreeRuling:
    """Publish a tree that somebody else handed in, or give it back with words. Raises :class:`Refusal` where it is one's own,
    where it was ruled on already, and where it asks for a figure that there is not any more."""
    require(by, "assess.publish", area=settings.CITY)
    found = Tree.objects.filter(pk=tree).first()
    if found is None or verb not in (PUBLISH, GIVE_BACK):
        raise Refused("assess.publish")
    if TreeRuling.objects.filter(tree=found).exists():
        raise Refusal(_("Somebody ruled on this version already."))
    if verb == GIVE_BACK and not words.strip():
        raise Refusal(_("Say why it is given back."))
    if verb == PUBLISH:
        access.apart(by.account, [found.account], _("You handed this in yourself; somebody else publishes it."))
        read(found.text)
    with journal.entry(
        action="insight.tree-ruled", by=by, at=at, area=settings.CITY, tree=found.code, verb=verb
    ) as writer:
        return writer.add([TreeRuling(tree=found, verb=verb, words=words.strip()[:200], account=by.account, by_name=by.name[:80],
                                      at=at)])[0]  # fmt: skip


def versions(code: str = "") -> list[Version]:
    """All trees that were handed in, or those of one code; the newest first."""
    rows = Tree.objects.select_related("ruling").order_by("-at", "-pk")
    return [_shown(row) for row in (rows.filter(code=code) if code else rows)]


def version(pk: int) -> Version | None:
    """One version."""
    row = Tree.objects.select_related("ruling").filter(pk=pk).first()
    return None if row is None else _shown(row)


def _shown(row: Tree) -> Version:
    ruling: TreeRuling | None = getattr(row, "ruling", None)
    state = WAITING if ruling is None else PUBLISHED if ruling.verb == PUBLISH else GIVEN_BACK
    return Version(
        row.pk, row.number, parsed(row.text), row.digest, row.account, row.by_name, row.at, state,
        ruling.by_name if ruling else "", ruling.at if ruling else None, ruling.words if ruling else "",
    )  # fmt: skip


@lru_cache(maxsize=64)
def parsed(text: str) -> assessing.Tree:
    """A text that was taken in already, whichever figures there are today."""
    return assessing.read(text, None)


def in_year(code: str, year: int, known_at: dt.datetime | None = None) -> Version | None:
    """The tree by which a year is counted: the newest version, published up to ``known_at``, whose days meet the year."""
    rows = Tree.objects.select_related("ruling").filter(
        code=code, ruling__verb=PUBLISH, from_on__lte=dt.date(year, 12, 31)
    ).exclude(to_on__lt=dt.date(year, 1, 1))  # fmt: skip
    if known_at is not None:
        rows = rows.filter(ruling__at__lte=known_at)
    row = rows.order_by("-number").first()
    return None if row is None else _shown(row)


def published_codes() -> Sequence[str]:
    """The codes of which a version was published."""
    return list(Tree.objects.filter(ruling__verb=PUBLISH).order_by("code").values_list("code", flat=True).distinct())
