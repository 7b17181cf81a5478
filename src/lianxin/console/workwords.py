"""Words of the workbench: parts, questions of a condition, states of a draft, deeds of the journal."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

PARTS: dict[str, Words] = {
    "basics": _("The basics"), "conditions": _("Conditions"), "amount": _("Money and numbers"), "route": _("The road"),
    "materials": _("Papers to hand in"), "form": _("Questions"), "examples": _("Examples"), "text": _("The text"),
    "publish": _("Hand in"),
}  # fmt: skip
SUBJECTS: dict[str, Words] = {
    "person": _("a person"), "family": _("a household"), "organisation": _("an organisation"), "unit": _("a unit"),
}  # fmt: skip
PERS: dict[str, Words] = {"person": _("a person"), "family": _("a household"), "cause": _("a cause")}
DELIVERED: dict[str, Words] = {
    "payment": _("Payment"), "card": _("Card"), "visit": _("Visit"), "appointment": _("Appointment"),
    "placement": _("Placement"), "honour": _("Honour"), "seat": _("School seat"), "plaque": _("Plaque"),
    "advice": _("Advice"), "errand": _("Errand"), "record": _("Record"), "file": _("Into the file"),
}  # fmt: skip
ANSWER_KINDS: dict[str, Words] = {
    "text": _("a few words"), "long": _("several lines"), "date": _("a day"), "number": _("a number"),
    "yes": _("a tick"), "choice": _("one of a list"),
}  # fmt: skip
ASKS: dict[str, Words] = {
    "yes": _("holds"), "no": _("does not hold"), "=": _("is"), "<>": _("is not"), ">=": _("is at least"),
    "<=": _("is at most"), ">": _("is more than"), "<": _("is less than"), "between": _("lies between"),
    "not between": _("does not lie between"), "in": _("is one of"), "not in": _("is none of"), "known": _("is on file"),
    "missing": _("is not on file"),
}  # fmt: skip
ASKS_OF_DAYS: dict[str, Words] = {
    ">=": _("is on or after"), "<=": _("is on or before"), ">": _("is after"), "<": _("is before"),
}  # fmt: skip
SIDES: dict[str, Words] = {
    "value": _("a value"), "parameter": _("a number of this service"), "fact": _("another fact"),
    "table": _("a table, looked up"), "text": _("a formula"),
}  # fmt: skip
UNITS: dict[str, Words] = {
    "fen": _("money"), "day": _("days"), "month": _("months"), "year": _("years"), "count": _("times"),
    "percent": _("per cent"), "date": _("a day"), "text": _("a word"),
}  # fmt: skip
STATES: dict[str, Words] = {
    "draft": _("being written"), "submitted": _("handed in"), "published": _("published"), "dropped": _("given up"),
}  # fmt: skip
STATE_TONES = {"submitted": "amber", "published": "pine"}
DEEDS: dict[str, Words] = {
    "catalogue.draft": _("Wrote a draft of a service"), "catalogue.draft-looked": _("Looked a draft through"),
    "catalogue.draft-compared": _("Compared a draft with the newest version"),
    "catalogue.draft-dropped": _("Gave a draft up"), "catalogue.submit": _("Handed a draft in"),
    "catalogue.take-back": _("Took a draft back"), "catalogue.return": _("Gave a draft back"),
    "catalogue.approve": _("Published what another wrote"),
}  # fmt: skip
