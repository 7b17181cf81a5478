"""Deeds of the life of the place and of givers in the journal, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OF_GIVING: dict[str, str | Promise] = {
    "campaigns.programme": _("Began a programme"), "campaigns.programme-ended": _("Ended a programme"),
    "campaigns.plan-event": _("Planned an event"), "campaigns.change-event": _("Changed an event"),
    "campaigns.cancel-event": _("Cancelled an event"), "campaigns.sign-up": _("Signed up for an event"),
    "campaigns.step-back": _("Gave a place back"), "campaigns.remind": _("Reminded of an event"),
    "campaigns.invite": _("Invited to an event"),
    "campaigns.attend": _("Ticked who came"), "campaigns.walk-in": _("Wrote down who walked in"),
    "campaigns.hold-event": _("Closed an event"), "campaigns.reopen-event": _("Opened a closed event again"),
    "campaigns.helped": _("Counted a helper's time"), "campaigns.picture": _("Added a picture"),
    "campaigns.picture-shown": _("Let a picture be shown"), "campaigns.picture-down": _("Took a picture down"),
    "campaigns.pause-help": _("Paused an offer of help or took it up"), "campaigns.certificate": _("Certified hours"),
    "partners.gift": _("Took a gift in"), "partners.gift-used": _("Wrote down what became of a gift"),
    "partners.gift-use-back": _("Took a part of a gift back"), "partners.gift-back": _("Took a gift back"),
}  # fmt: skip
