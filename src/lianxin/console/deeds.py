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
    "payments.begin-replay": _("Began to compute a correction of the past"),
    "payments.clear-duplicate": _("Cleared a duplicate"), "payments.export-books": _("Exported the books"),
    "campaigns": _("Who can help"), "campaigns.offer-help": _("Recorded an offer of help"),
    "campaigns.withdraw-help": _("Ended an offer of help"), "partners": _("Partners"),
    "partners.agree": _("Recorded an agreement"), "partners.end": _("Ended an agreement"),
}  # fmt: skip
OF_FILES: dict[str, Words] = {
    "people.mandate": _("Recorded a mandate"), "people.mandate-ended": _("Ended a mandate"),
    "people.account": _("Changed an account"), "people.account-verified": _("Verified an account"),
    "people.accounts-verified": _("Verified the accounts of a ledger"), "access.behind": _("Named the person behind an account"),
    "journal": _("The journal"), "journal.begin": _("Began to hold what stood already"),
    "insight.reach": _("Counted who receives what is theirs"),
    "insight.draw": _("Announced a sample of a published number"), "insight.drawn": _("Recorded the seed of a sample"),
    "insight.asked": _("Recorded what a recipient said"), "insight.opened-draw": _("Took drawn rows away to check them"),
    "outcomes.attest": _("Wrote an achievement down"), "outcomes.rule": _("Ruled on an achievement"),
    "outcomes.take-back": _("Took an achievement back"),
    "people.attest": _("Attested for the forces"), "people.consent": _("Recorded a consent"),
    "people.consent-ended": _("Ended a consent"), "people.copy": _("Made a copy of everything held"),
    "people.end": _("Ended a row of a file"), "people.withdraw": _("Took back a row of a file"),
    "people.verify": _("Verified a row of a file"), "people.portrait": _("Kept a portrait"),
    "people.brought": _("Looked for the household of an ask that was brought in"),
    "people.house-card": _("Printed cards of households"),
    "people.import-undone": _("Took a ledger back"), "people.imported": _("Loaded a ledger, to its end"),
    "notices.send": _("Sent messages"), "notices.call": _("Recorded a call"),
    "notices.worked-off": _("Closed calls made on paper"), "outcomes.import": _("Loaded past outcomes"),
    "payments.propose-replay": _("Proposed a correction of the past"),
    "payments.approve-replay": _("Approved a correction of the past"),
    "payments.carry-out-corrections": _("Carried corrections out"),
    "payments.leave-corrections": _("Left lines of a correction as they are"),
    "payments.drop-replay": _("Dropped a correction of the past"),
    "payments.take-back": _("Recorded money that came back"), "payments.write-off": _("Wrote off a recovery"),
    "catalogue.match": _("Matched everyone"), "catalogue.activate": _("A planned version began"),
    "catalogue.withdraw": _("Withdrew a version before its day"), "catalogue": _("Services"),
}  # fmt: skip
OF_CASES: dict[str, Words] = {
    "case.open": _("Opened a case"), "case.confirm": _("Confirmed a case"), "case.decline": _("Declined a case"),
    "case.withdraw": _("Withdrew a case"), "case.accept": _("Accepted a case"), "case.advance": _("Passed a case on"),
    "case.ask": _("Told what a case lacks"), "case.supplement": _("Put papers with a case"),
    "case.resume": _("Let a case go on"), "case.send-back": _("Sent a case back"), "case.refuse": _("Refused a case"),
    "case.reopen": _("Opened a case again"), "case.publicise": _("Put a case on public notice"),
    "case.object": _("Took an objection"), "case.overrule": _("Answered an objection"),
    "case.close-notice": _("Closed a public notice"), "case.dispatch": _("Offered a case to a helper"),
    "case.take": _("Took a case on"), "case.turn-down": _("Turned an offer down"),
    "case.give-up": _("Gave a case back"), "case.done": _("Said a case is done"),
    "case.deliver": _("Recorded a delivery or handed a case to payment"), "case.received": _("Recorded that it was received"),
    "case.not-received": _("Recorded that it was not received"), "case.call-back": _("Called back about a case"),
    "case.rate": _("Recorded a rating"), "case.take-up": _("Took a case up"), "case.note": _("Noted on a case"),
    "case.list": _("Changed who may see a sealed case"), "case.lose": _("Put a decision to review"),
    "case.find-again": _("Let a decision stand again"),
    "case.keep": _("Kept a decision"), "case.end": _("Ended a decision"), "case.period": _("Ordered what is due"),
    "case.respond": _("Answered an offer"), "case.hand-up": _("Turned an ask into a case"),
    "case.hand-on": _("Handed a case to another office"), "case.come-home": _("Gave cases to the office they belong to"),
    "circle": _("Family circle"),
    "circle.share": _("Showed or hid a matter in a family circle"), "circle.thank": _("Thanked from far away"),
    "circle.paper": _("Asked for a page on paper"), "circle.paper-ended": _("Wants no page on paper any more"),
    "circle.handed": _("Handed a page over"), "circle.print": _("Printed a page to hand over"),
}  # fmt: skip
OF_ACCESS: dict[str, Words] = {
    "access.area-ended": _("Ended an area"),
    "access.bound": _("Bound a phone to a file"),
    "access.desk": _("Kept a desk"),
    "access.duty": _("Changed a duty roster"),
    "access.desk-closed": _("Closed a desk"),
    "access.handed-over": _("Handed over what was in hand"),
    "access.locked": _("Locked an account"),
    "access.office": _("Changed an office"),
    "access.redraw": _("Redrew areas"),
    "access.redraw-undone": _("Took a redrawing back"),
    "access.rename": _("Renamed an area"),
    "access.sessions-ended": _("Ended sessions"),
    "access.sign-in": _("Signed in"),
    "access.sits": _("Changed who sits at a desk"),
    "access.slip": _("Printed a slip for the app"),
    "access.stand-in": _("Began standing in"),
    "access.stand-in-ended": _("Ended standing in"),
    "access.unbound": _("Unbound a phone"),
    "access.unlock": _("Unlocked an account"),
}
OF_KEEPING: dict[str, Words] = {
    "people.redistrict": _("Moved files with their area"),
    "personal.assessment": _("Wrote the impact assessment"),
    "restricted": _("Restricted lists"),
    "retention.archive": _("Archived a file"),
    "retention.back": _("Took a file out of the archive"),
    "retention.delete": _("Deleted a file, with proof"),
    "retention.due": _("Listed what has reached its term"),
    "retention.hold": _("Kept from deletion"),
    "retention.lift": _("Let deletion go on"),
    "retention.propose": _("Proposed a deletion"),
}
OF_PAPER: dict[str, Words] = {
    "case.print": _("Printed letters or lists"),
    "case.sheet-back": _("Kept a sheet that came back"),
}
OF_VISITS: dict[str, Words] = {
    "visits": _("Visits"),
    "visits.plan": _("Planned visits"),
    "visits.route": _("Changed a route"),
    "visits.drop": _("Took a household off a list"),
    "visits.give": _("Gave a list of visits to somebody"),
    "visits.end": _("Ended a list of visits"),
    "visits.take-along": _("Took a list of visits along"),
    "visits.hand-back": _("Handed a list of visits back"),
    "visits.report": _("Recorded a visit"),
    "visits.decide": _("Decided what a visit changes"),
}
