"""What a household sends: one opening whatever the line does, in its own account only, with its photos.

A form carries a key that was made when it was drawn, and a mark of the account for which it was drawn. What waited on a
phone without a line, or was sent again because no answer came, is the same opening by its key.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from lianxin.casework import actions
from lianxin.casework.actions import Upload
from lianxin.casework.papers import LARGEST
from lianxin.catalogue.queries import Published
from lianxin.companion.shell import mark, sentence
from lianxin.engine import clock
from lianxin.engine.openings import Opening
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.people import queries as people

LONGEST = 1000
_KEY = re.compile(r"[0-9A-Za-z-]{8,36}")


def marks(actor: Actor, title: str) -> dict[str, str]:
    """What a form that may wait carries: whose it is, and what it is called on the phone (nothing of a sealed one)."""
    return {"sent_by": mark(actor), "sent_title": title or _("What you said")}


def key(request: HttpRequest) -> str:
    """The key that the form was drawn with; blank where a browser made none."""
    given: str = request.POST.get("sent_key", "")
    return given if _KEY.fullmatch(given) else ""


def said(request: HttpRequest, name: str = "words") -> str:
    """What was typed, with lines as the box counts them: a browser sends each line's end as two characters."""
    return str(request.POST.get(name, "")).replace("\r\n", "\n").strip()


def too_long(words: str, most: int = LONGEST) -> str:
    """A sentence where more was typed than is kept: nothing is cut off in silence. Blank where it fits."""
    if len(words) <= most:
        return ""
    return _("At most %(most)s characters fit here, and these are %(count)s. Please shorten it a little.") % {
        "most": most, "count": len(words)}  # fmt: skip


def other_account() -> str:
    """What a form says that was drawn for another account."""
    return _("This was written in another account on this phone. Sign in there to send it.")


def another(request: HttpRequest, actor: Actor) -> bool:
    """Whether the form was drawn for another account: a phone in two hands never asks in the wrong name."""
    return request.POST.get("sent_by", "") not in {"", mark(actor)}


def open_case(
    actor: Actor, published: Published, person: int, *, kind: str, words: str, form: dict[str, Any], key: str = ""
) -> int:
    """Open the case; a second click, or the same key once more, finds the first one's."""
    family, home = people.home_of(person)
    opening = Opening(
        service=published.service.code, version=published.version_id, person=person, family=family, area=home, kind=kind,
        channel="app", words=words[:LONGEST], form=form, reference=key,
    )  # fmt: skip
    return int(actions.open_cases(openings=[opening], by=actor, at=clock.now())[0].pk)


def hand_in(request: HttpRequest, actor: Actor, case: int, named: Sequence[tuple[str, str]]) -> None:
    """Put the photos that came with a form to its case. One that cannot be read costs nothing but itself."""
    uploads = uploads_of(request, named)
    if not uploads:
        return
    try:
        actions.supplement(case=case, files=uploads, by=actor, at=clock.now())
    except Refusal as refusal:
        messages.warning(request, _("It has arrived, but not the photo.") + " " + sentence(refusal))


def uploads_of(request: HttpRequest, named: Sequence[tuple[str, str]]) -> list[Upload]:
    """The files of a form as (input, paper) pairs name them; nothing is read beyond what may be kept."""
    found = []
    for name, code in named:
        file = request.FILES.get(name)
        if file is not None and file.size:
            found.append(Upload(code, file.read(LARGEST + 1), file.name or ""))
    return found
