"""What speaks for two files being one person's, and against it: what each sign weighs, and its words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign: its weight in hundredths of certainty, and how a page says it."""

    weight: int
    words: str | Promise


# The weights are our own, set on the generated city; benchmarks/doubles.py measures what they find and what not.
SIGNS: dict[str, Sign] = {
    "name": Sign(30, _("same name")),
    "former": Sign(28, _("the name of one is a former name of the other")),
    "sound": Sign(20, _("names that sound alike")),
    "near-name": Sign(16, _("names that differ in one character")),
    "born": Sign(30, _("same birth date")),
    "born-turned": Sign(20, _("birth dates with two digits changed round")),
    "born-digit": Sign(14, _("birth dates that differ in one digit")),
    "id-digit": Sign(34, _("ID number differs in one digit")),
    "id-turned": Sign(34, _("ID number with two digits changed round")),
    "phone": Sign(18, _("same phone")),
    "account": Sign(34, _("same bank account")),
    "spouse": Sign(26, _("same spouse")),
    "parent": Sign(18, _("same parent")),
    "child": Sign(26, _("same child")),
    "household": Sign(10, _("same household")),
    "village": Sign(12, _("same village")),
    "no-number": Sign(14, _("one of the files has no ID number")),
    "id-other": Sign(-30, _("ID numbers that have nothing in common but the birth date")),
    "id-sibling": Sign(-40, _("ID numbers given one after the other, as to twins")),
    "county": Sign(-14, _("homes in different counties")),
    "sex": Sign(-40, _("one is a man, the other a woman")),
    "both-dead": Sign(4, _("both have died on the same day")),
    "linked": Sign(-100, _("they are linked as kin of each other")),
}
FOR = tuple(code for code, sign in SIGNS.items() if sign.weight > 0)
NAMED = frozenset({"name", "former", "sound", "near-name"})
LEAST = 60  # what is listed


def score(signs: Iterable[str]) -> int:
    """0 to 100. Without any likeness of the names, or of the birth dates, it never reaches the list but by the numbers."""
    found = set(signs)
    if not found & {"name", "former", "sound"}:
        found -= {"parent", "household", "village"}  # brothers and sisters have these in common
    total = sum(SIGNS[code].weight for code in found)
    if not found & NAMED and not found & {"id-digit", "id-turned", "account"}:
        total = min(total, LEAST - 10)
    return max(0, min(100, total))
