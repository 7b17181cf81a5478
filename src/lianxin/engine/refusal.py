"""A clear sentence for somebody who did something that cannot be done."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """What went wrong, that nothing was lost, and the way out, in one sentence a person can read.

    Every room's own refusals derive from it; commands print it and exit 1, pages show it in place.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class WrongUsage(Refusal):
    """The words of a command are off: it exits with 2, as for an option that is not there."""
