"""What casework says when something cannot be done: what happened, that nothing was lost, and the way out."""

from __future__ import annotations

from lianxin.engine.refusal import Refusal


class NoSuchCase(Refusal):
    """The case does not exist for whoever asked; worded like nothing, a page answers 404."""


class NotYours(Refusal):
    """The actor sees the case but this is for another desk, or for the subject alone."""


class NotNow(Refusal):
    """The case stands where this cannot be done."""


class Stale(Refusal):
    """Somebody moved the case after the page was opened; the sentence says who and what."""


class NoDesk(Refusal):
    """No open office stands over the place at the level of a step."""


class Unfit(Refusal):
    """What was given cannot be taken: a wrong file, an empty reason, a value of the wrong kind."""
