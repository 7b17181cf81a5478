# ruff: noqa: E501  (a table is read by its lines)
"""What contradicts in a file, in words: what is wrong and how to mend it; and the gate that lets no new one in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.engine.refusal import Refusal

# code → (what contradicts, what to do)
CLASHES: dict[str, tuple[Any, Any]] = {
    "born-after-enlisted": (gettext_lazy("Enlisted before the day of birth"), gettext_lazy("Compare the day of birth and the enlistment with the papers, and correct whichever is wrong.")),
    "discharged-before-enlisted": (gettext_lazy("Discharged before enlistment"), gettext_lazy("Compare both days with the discharge certificate, and correct the row of service.")),
    "died-before-born": (gettext_lazy("Died before the day of birth"), gettext_lazy("Compare both days with the papers, and correct who and where.")),
    "served-after-death": (gettext_lazy("Enlisted or discharged after death"), gettext_lazy("Compare the day of death and the service with the papers, and correct whichever is wrong.")),
    "award-before-enlisted": (gettext_lazy("An award from before enlistment"), gettext_lazy("Compare the award's day with its certificate; if there was an earlier service, record it.")),
    "two-services": (gettext_lazy("Two periods of service at once"), gettext_lazy("Give the earlier period its day of discharge, or withdraw the one that was recorded twice.")),
    "two-spouses": (gettext_lazy("Married to two people at once"), gettext_lazy("End the earlier marriage on its day (divorce or death), or withdraw the one that is wrong.")),
    "married-after-death": (gettext_lazy("A marriage from after a death"), gettext_lazy("Compare the day of the marriage and the day of death with the papers.")),
    "two-households": (gettext_lazy("A member of two households at once"), gettext_lazy("End one membership on the day of the move.")),
    "two-grades": (gettext_lazy("Two disability grades at once"), gettext_lazy("End the earlier grade on the day of the new one, or withdraw the one that is wrong.")),
    "parent-younger": (gettext_lazy("A parent not older than the child"), gettext_lazy("Compare both days of birth; perhaps the two were entered the wrong way round.")),
    "two-of-one-parent": (gettext_lazy("Two mothers or two fathers by birth"), gettext_lazy("Mark the one who adopted or is a step parent as such, or withdraw the one that is wrong.")),
    "spouse-and-kin": (gettext_lazy("The same person as spouse and as parent, child or sibling"), gettext_lazy("Withdraw the link that is wrong.")),
    "own-ancestor": (gettext_lazy("Somebody is their own ancestor"), gettext_lazy("Follow parents upwards until the circle closes, and withdraw the link that is wrong.")),
    "fallen-alive": (gettext_lazy("Died in service, but without a day of death"), gettext_lazy("Record the day of death, or withdraw the category.")),
    "accompanying-over": (gettext_lazy("Said to accompany a soldier; by kin and service that is over"), gettext_lazy("End the category on the day of the divorce or discharge, or correct the kin on file.")),
    "remarried": (gettext_lazy("Said to be bereaved as a spouse; married again since"), gettext_lazy("End the category; or, where they still support the parents of the dead, record that (抚恤优待条例 第二十条).")),
    "studies-over": (gettext_lazy("Said to be in education; the day of graduation has passed"), gettext_lazy("Record what came after school.")),
    "guardian-dead": (gettext_lazy("The guardian has died"), gettext_lazy("End the guardianship and record the new guardian.")),
}  # fmt: skip


@contextmanager
def unbroken(ids: Sequence[int], day: dt.date) -> Iterator[None]:
    """Refuse what is written inside where it makes a contradiction that was not there: nothing of it stays."""
    from lianxin.people import contradictions

    before = contradictions.found(ids, day)
    yield
    fresh = sorted(
        code for _person, code in contradictions.found(ids, day) - before if code not in contradictions.BY_TIME
    )
    if fresh:
        said = CLASHES[fresh[0]]
        words = {"what": said[0], "mend": said[1]}
        raise Refusal(_("This contradicts the file: %(what)s. Nothing was changed. %(mend)s") % words)
