"""Devices, counts and statements in words."""

from __future__ import annotations

from django.utils.functional import Promise, lazy
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from lianxin.cards.scenes import CLASSES, SCENES
from lianxin.cards.useread import MILITARY
from lianxin.console.cardwords import of_pair, scene

Words = str | Promise

FORMS: dict[str, Words] = {
    "validator": _("fare-box validator"),
    "gate": _("gate of a site"),
    "counter": _("counting keys for a driver or a door"),
}
DEVICE: dict[str, Words] = {
    "waiting": pgettext_lazy("device", "waits to be enrolled"),
    "counts": pgettext_lazy("device", "counts"),
    "expired": pgettext_lazy("device", "its time is over"),
    "revoked": pgettext_lazy("device", "revoked"),
}
DEVICE_TONES = {"waiting": "amber", "counts": "pine", "expired": "", "revoked": "red"}
VERBS: dict[str, Words] = {
    "register": pgettext_lazy("device", "registered"),
    "code": pgettext_lazy("device", "another code given"),
    "enrol": pgettext_lazy("device", "enrolled itself"),
    "confirm": pgettext_lazy("device", "confirmed by a second hand"),
    "change": pgettext_lazy("device", "changed"),
    "revoke": pgettext_lazy("device", "revoked"),
}
STATEMENT: dict[str, Words] = {
    "made": pgettext_lazy("statement", "made"),
    "checked": pgettext_lazy("statement", "checked"),
    "approved": pgettext_lazy("statement", "approved"),
    "paid": pgettext_lazy("statement", "paid"),
    "returned": pgettext_lazy("statement", "sent back"),
    "cancelled": pgettext_lazy("statement", "cancelled"),
    "reversed": pgettext_lazy("statement", "taken back"),
}
STATEMENT_TONES = {"made": "amber", "checked": "sky", "approved": "pine", "paid": "pine", "returned": "amber",
                   "cancelled": "", "reversed": "red"}  # fmt: skip
HANDS: dict[str, Words] = {
    "make": pgettext_lazy("statement", "made"),
    "check": pgettext_lazy("statement", "checked"),
    "approve": pgettext_lazy("statement", "approved"),
    "return": pgettext_lazy("statement", "sent back"),
    "resubmit": pgettext_lazy("statement", "handed in again"),
    "correct": pgettext_lazy("statement", "corrected"),
    "cancel": pgettext_lazy("statement", "cancelled"),
    "pay": pgettext_lazy("statement", "paid"),
    "reverse": pgettext_lazy("statement", "taken back"),
}


SCENE_CHOICES = tuple((code, lazy(scene, str)(code)) for code in SCENES)


def kind(code: str) -> str:
    """A kind of entitlement; the forces by their identity card."""
    return str(_("military identity card")) if code == MILITARY else of_pair(CLASSES.get(code, (code, code)))


def kinds() -> list[tuple[str, str]]:
    """All of them, for choices."""
    return [(code, kind(code)) for code in (*CLASSES, MILITARY)]


def scenes() -> list[tuple[str, str]]:
    """Scenes, for choices."""
    return [(code, of_pair(pair)) for code, pair in SCENES.items()]


def office(names: tuple[str, str]) -> str:
    """An office by its name in the page's language."""
    return names[0] if (get_language() or "zh").startswith("zh") else names[1] or names[0]
