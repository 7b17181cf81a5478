"""A poster for the door or the window, and on its back a lesson of one page for whoever stands there."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianxin.engine import paper, qr
from lianxin.verifier.words import verdicts

TEMPLATE = Path(__file__).with_name("poster.typ")
COLOURS = {"free": "#235540", "usual": "#e4e7e2", "stale": "#ffd98a", "lost": "#7d1a14", "unknown-key": "#dfe7f2"}


def pdf(address: str, *, at: dt.datetime) -> bytes:
    """Two pages A4, in the reader's language. ``address`` is where the verifier opens."""
    said = verdicts()
    rows = [
        ("free", _("Give what the page says. Nothing else is asked."), "#ffffff"),
        ("usual", _("Charge as everybody else. The card is good; here it gives nothing."), "#1e2421"),
        ("stale", _("Look once more as the page says: a photo, the identity card, or the code in the app itself."), "#3d2500"),
        ("lost", _("Do not let it pass. Never keep somebody's card; tell them where to ask."), "#ffffff"),
        ("unknown-key", _("Look at the card and the identity card. In doubt let them pass, and tell the city."), "#16324a"),
    ]  # fmt: skip
    data = {
        "app": settings.APP_NAME, "qr": qr.svg(address.upper()), "address": address,
        "title": _("Preferential cards are welcome here"),
        "lead": _("Hold out your code, your sheet or your card. One look, one word."),
        "lesson": pgettext("verifier", "The lesson, one page"),
        "steps": [
            _("Scan the picture on the front with the phone's camera and open the page. It needs https or this machine itself."),
            _("Say once where you stand. Put the page on the home screen: it works without a line for days."),
            _("Hold the holder's code into the frame. The whole screen turns one colour, with one word and one sound."),
            _("No camera, or a spoiled code: type the nine letters and digits under it."),
            _("Once in a few days give the phone a line: it fetches who lost a card. The page says how old its list is."),
        ],
        "rows": [{"word": said[code]["word"], "do": words, "fill": COLOURS[code], "ink": ink} for code, words, ink in rows],
        "foot": _("The page shows no name and keeps none, and nothing scanned leaves the phone. Whoever was refused can say so "
                  "with one tap; the city asks both sides."),
    }  # fmt: skip
    return paper.pdf(TEMPLATE, data, at=at, code=None)
