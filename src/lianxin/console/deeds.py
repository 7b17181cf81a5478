"""Deeds of the money and giving rooms in the journal, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

OF_LISTS: dict[str, str | Promise] = {
    "people.list": _("Kept a list of people"), "people.list-add": _("Put people on a list"),
    "people.list-take": _("Took people off a list"), "people.list-share": _("Shared a list or no longer"),
    "people.list-end": _("Took a list of people away"), "people.template": _("Kept which column a header is"),
    "people.exchange": _("Wrote people for another system"),
}  # fmt: skip
OF_DOUBLES: dict[str, Words] = {
    "people.merge": _("Merged files of one person"), "people.unmerge": _("Took a merge back"),
    "people.double-proposed": _("Proposed a merge"), "people.double-turned-down": _("Did not agree to a merge"),
    "people.double-dismissed": _("Said that two files are two persons"), "people.join-households": _("Joined two households"),
}  # fmt: skip
OF_MONEY: dict[str, Words] = {
    "payments.make-batch": _("Made a batch"), "payments.check-batch": _("Checked a batch"),
    "payments.approve-batch": _("Approved a batch"), "payments.return-batch": _("Sent a batch back"),
    "payments.resubmit-batch": _("Handed a batch in again"), "payments.take-out-lines": _("Took lines out of a batch"),
    "payments.cancel-batch": _("Cancelled a batch"), "payments.send-batch": _("Sent a batch to the bank"),
    "payments.bank-file": _("Took the bank's file"), "payments.read-return": _("Read the bank's answer to a batch"),
    "payments.repay-lines": _("Made returned lines due again"), "payments.cancel-lines": _("Cancelled lines"),
    "payments.clear-duplicate": _("Cleared a duplicate"), "payments.export-books": _("Exported the books"),
    "campaigns": _("Who can help"), "campaigns.offer-help": _("Recorded an offer of help"),
    "campaigns.withdraw-help": _("Ended an offer of help"), "partners": _("Partners"),
    "partners.agree-partner": _("Recorded an agreement"), "partners.end-partner": _("Ended an agreement"),
}  # fmt: skip
