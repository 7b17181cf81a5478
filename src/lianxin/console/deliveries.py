"""What reached a person: the register's rows, payments and messages, as the person's page shows them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianxin.console import moneywords, words
from lianxin.engine.scope import Actor
from lianxin.insight import rules
from lianxin.notices import queries as notices
from lianxin.outcomes import queries as outcomes
from lianxin.payments import queries as payments

SHOWN = 8
CHANNELS = {"app": _("in the app"), "call": _("by phone"), "print": _("on paper"), "sms": _("by SMS")}


def of_person(actor: Actor, person: int, family: int | None) -> dict[str, Any]:
    """The newest deliveries, payments and messages that this actor may see; the caller has opened the person's file."""
    rows = outcomes.of_person(actor.scope, person, family, limit=SHOWN)
    lines = payments.lines(actor.scope, person=person, limit=SHOWN) if actor.may("case.view") else []
    names = payments.names(sorted({row.service for row in rows} | {line.service for line in lines}))
    language = get_language() or "zh-hans"

    def case(pk: int | None) -> str:
        return reverse("console:case", args=[pk]) if pk and actor.may("case.view") else ""

    return {
        "received": [
            {"name": moneywords.service(names, row.service), "kind": words.of(rules.KINDS, row.kind), "row": row,
             "href": case(row.case)}
            for row in rows
        ],
        "payments": [
            {"name": moneywords.service(names, line.service), "line": line, "href": case(line.case),
             "state": words.of(moneywords.LINE, line.state), "tone": moneywords.LINE_TONES.get(line.state, "")}
            for line in lines
        ],
        "messages": [
            {"at": row.created_at, "words": row.words(language), "channel": words.of(CHANNELS, row.channel)}
            for row in notices.of_person(actor.scope, person, limit=SHOWN)
        ],
    }  # fmt: skip
