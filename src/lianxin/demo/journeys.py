"""The journeys to try by hand: step by step, who to become and what to do there."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Journey:
    """A title, what it shows, and its steps: persona and what they do."""

    title: Words
    shows: Words
    steps: tuple[tuple[str, Words], ...]


JOURNEYS: tuple[Journey, ...] = (
    Journey(_("From 'you are entitled' to money in the account"),
            _("One paper is missing, and the bank sends the money back once."), (
        ("wife", _("See what the family is entitled to and why; confirm with one tap.")),
        ("liaison", _("Attest that the husband's unit is here.")),
        ("clerk", _("Look at the papers. One is missing: tell her, all at once. The clock stands still.")),
        ("wife", _("Take a picture of the paper and send it.")),
        ("clerk", _("Everything is there: accept.")),
        ("reviewer", _("Verify against the file.")),
        ("panel", _("The panel agrees.")),
        ("approver", _("Approve; then order the payment. Whoever agreed in the panel cannot.")),
        ("payment-maker", _("Gather the due lines into a batch.")),
        ("payment-checker", _("Check the batch.")),
        ("payment-approver", _("Approve it.")),
        ("payment-maker", _("Write the bank's file. Read its return: her line came back, the account was closed.")),
        ("wife", _("Give another account.")),
        ("payment-maker", _("Pay the same line again once somebody else has verified the account.")),
        ("leader", _("Open the review: one spouse more, and her row behind the number.")),
    )),
    Journey(_("The pipe burst"), _("Asked by phone, the first helper declines, the second comes."), (
        ("worker", _("A mother calls: the pipe burst. Open the ask for her household and hand it to the repair shop.")),
        ("shop", _("No time today: say no, with a reason.")),
        ("worker", _("It is back on the desk at once. Hand it to the volunteers.")),
        ("volunteer", _("Take it on; say when it is done.")),
        ("worker", _("Note that it is done; call back, record what the family says and their thanks.")),
        ("leader", _("It counts: one ask done, one household helped.")),
    )),
    Journey(_("The old man's living allowance"), _("Found without asking, made public, objected to, upheld."), (
        ("veteran", _("His clerk opens his file: entitled since he turned sixty. The case is already open.")),
        ("clerk", _("Accept it.")),
        ("reviewer", _("Verify the years of service.")),
        ("clerk", _("Make it public for seven working days; somebody objects on the public page. Answer.")),
        ("reviewer", _("Approve once the notice has closed.")),
        ("payment-maker", _("His line waits for the next batch. The call list tells his clerk to visit him.")),
    )),
    Journey(_("On foot and on paper"), _("Visits without a line, and a household that has no phone."), (
        ("worker", _("Plan visits and take the list along on the phone: it is sealed there. Switch the line off.")),
        ("worker", _("Write two visits down and let them sign; switch the line on. Each arrives once.")),
        ("clerk", _("Print the letters for those whom nobody reaches; scan one back: its case opens where it stands.")),
        ("veteran", _("At the counter: record his mandate once, then do for him what the app would do.")),
    )),
    Journey(_("A matter that nobody else may see"), _("A rights case, sealed from the first minute."), (
        ("rights", _("Open a rights case for somebody at the counter; accept it.")),
        ("mediator", _("It was handed to the station: answer it.")),
        ("sibling", _("Search, lists, counts: there is nothing, not even a number.")),
        ("rights", _("Record the advice, call back a week later.")),
        ("auditor", _("The journal does not show it either; the city's total does.")),
    )),
)  # fmt: skip
