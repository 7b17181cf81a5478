"""What a walk of the journal found, in a sentence."""

from __future__ import annotations

from django.utils.translation import gettext

from lianxin.journal.checking import Verified


def broken(found: Verified) -> str:
    """The first thing that does not hold, and how much before it does."""
    given = {
        "entry": found.broken,
        "link": found.link,
        "table": found.because,
        "row": found.row,
        "whole": found.entries,
    }
    said = {
        "chain": gettext("Entry %(entry)s (link %(link)s) was altered."),
        "gone": gettext("The entry that was link %(link)s is gone."),
        "head": gettext("The end of the chain is not what was written last: entries after link %(link)s are gone."),
        "checkpoint": gettext("The chain does not agree with the published checkpoint at link %(link)s."),
    }
    rows = {
        "altered": gettext("A row of %(table)s under entry %(entry)s (link %(link)s) was altered."),
        "missing": gettext("A row of %(table)s under entry %(entry)s (link %(link)s) is missing."),
        "added": gettext("A row of %(table)s under entry %(entry)s (link %(link)s) was never written by it."),
    }
    first = said.get(found.because) or rows[found.what or "altered"]
    which = gettext("It is row %(row)s.") if found.row is not None else ""
    return " ".join(one % given for one in (first, which, gettext("%(whole)s entries before it hold.")) if one)
