"""Read drafts and publications. Published reviews are for everybody who may see figures; drafts for their area."""

from __future__ import annotations

import datetime as dt

from lianxin.access.queries import within
from lianxin.engine.scope import Scope
from lianxin.insight.models import Draft, Publication


def last_draft(scope: Scope, *, code: str, area: str, from_on: dt.date, to_on: dt.date) -> Draft | None:
    """The latest draft of a review over an area and a period."""
    found = Draft.objects.filter(within(scope, "area"), review=code, area=area, from_on=from_on, to_on=to_on)
    return found.order_by("-number").first()


def drafts(scope: Scope, limit: int = 50) -> list[Draft]:
    """The drafts of one's area, newest first."""
    return list(Draft.objects.filter(within(scope, "area")).order_by("-saved_at", "-id")[:limit])


def publications(limit: int = 50) -> list[Publication]:
    """Published reviews of the whole city, newest first: what is published may be read by all."""
    return list(Publication.objects.order_by("-known_at", "-id")[:limit])


def publication(pk: int) -> Publication | None:
    """One published review."""
    return Publication.objects.filter(pk=pk).first()
