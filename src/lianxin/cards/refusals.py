"""Sentences of this room that say no."""

from __future__ import annotations

from lianxin.engine.refusal import Refusal


class NoSuchCard(Refusal):
    """There is none for this actor: a page's 404."""


class NotNow(Refusal):
    """What stands does not allow it. Says what would help."""


class Stale(Refusal):
    """The page is older than what stands."""
