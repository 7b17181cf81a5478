"""Text messages out: handed to the provider at once, tried again, and what became of each is known.

What a message says, and to whom, is sealed until it was handed over and then forgotten; a mark of the phone stays.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lianxin.access import seal
from lianxin.engine.asked import number_of
from lianxin.engine.effects import handles
from lianxin.notices.channels import Undelivered, channel
from lianxin.notices.models import Text

TEXTS = {"code": "您的验证码是 {code}，{minutes} 分钟内有效。工作人员不会向您要它，请勿告诉任何人。"}
WAITS = (0, 30, 120, 600)  # seconds before each try
FIELD = "text"


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as whoever keeps the channel sees it: never its words, never its number."""

    id: int
    template: str
    state: str
    tries: int
    why: str
    made_at: dt.datetime
    done_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some messages, newest first, and the key of the next ones."""

    rows: list[Sent]
    next: str = ""


@handles("send-text")
def send_text(*, phone: str, template: str, given: Mapping[str, Any], at: dt.datetime) -> None:
    """Queue a message and try at once. The caller has decided that it may be sent."""
    salt = seal.salt()
    words = TEXTS[template].format(**given)
    row = Text.objects.create(
        template=template, phone_mark=seal.mark(phone, "phone"), salt=salt, sealed=seal.seal(f"{phone}\n{words}", salt, FIELD),
        reference=secrets.token_hex(12), made_at=at, next_at=at, keep_until=at + dt.timedelta(minutes=10),
    )  # fmt: skip
    attempt(row, at)


def attempt(row: Text, at: dt.datetime) -> None:
    """One try; a message that nobody could still use is given up."""
    if row.sealed is None:
        return
    if at > row.keep_until:
        _done(row, "failed", "late", at)
        return
    phone, _, words = seal.unseal(row.sealed, row.salt, FIELD).partition("\n")
    row.tries += 1
    try:
        reference = channel().send(phone, words, row.reference)
    except Undelivered as no:
        if not no.again or row.tries >= len(WAITS):
            _done(row, "failed", no.why, at)
            return
        row.why, row.next_at = no.why[:40], at + dt.timedelta(seconds=WAITS[row.tries])
        row.save(update_fields=["tries", "why", "next_at"])
        return
    row.reference = reference[:80]
    _done(row, "sent", "", at)


def _done(row: Text, state: str, why: str, at: dt.datetime) -> None:
    row.state, row.why, row.done_at, row.sealed = state, why[:40], at, None
    row.save(update_fields=["state", "why", "done_at", "sealed", "tries", "reference"])


def retry_due(*, at: dt.datetime) -> int:
    """Try again what is due; safe to run twice."""
    rows = list(Text.objects.filter(state="queued", next_at__lte=at).order_by("pk")[:500])
    for row in rows:
        attempt(row, at)
    return len(rows)


def reported(*, headers: Mapping[str, str], body: bytes, at: dt.datetime) -> int:
    """Take a provider's report. Raises ``ValueError`` for one that is not the provider's."""
    done = 0
    for one in channel().receipts(headers, body):
        rows = Text.objects.filter(reference=one.reference, state__in=["sent", "delivered"])
        done += rows.update(state="delivered" if one.delivered else "failed", why=one.why, done_at=at)
    return done


def page(*, state: str = "", after: str = "", limit: int = 50) -> Page:
    """What became of messages."""
    rows = Text.objects.all()
    if state:
        rows = rows.filter(state=state)
    if number_of(after) is not None:
        rows = rows.filter(pk__lt=int(after))
    found = list(rows.order_by("-pk")[: limit + 1])
    shown = [
        Sent(row.pk, row.template, row.state, row.tries, row.why, row.made_at, row.done_at) for row in found[:limit]
    ]
    return Page(shown, str(found[limit - 1].pk) if len(found) > limit else "")
