"""Why something about an event was not done, in sentences with the way out."""

from __future__ import annotations

from lianxin.engine.refusal import Refusal


class NoSuchEvent(Refusal):
    """There is none in the actor's area: a page's 404."""


class Unfit(Refusal):
    """What was given cannot be."""


class NotNow(Refusal):
    """Not in the state in which it is."""


class Stale(Refusal):
    """The page is old: somebody changed the event meanwhile."""
