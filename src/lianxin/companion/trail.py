"""Who looked at our file: name, office, why and on which day; and asking them why."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianxin.access import queries as access
from lianxin.access.gate import page
from lianxin.catalogue import queries as catalogue
from lianxin.companion import asks
from lianxin.companion.shell import in_language, mine, own, sentence, show
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.journal import queries as journal
from lianxin.journal.queries import Entry
from lianxin.notices import actions as notices
from lianxin.notices.actions import Message
from lianxin.people import identities

SHOWN = 30
# What is written in the journal, as those read it about whom it was done. The rest is "worked on the file".
DONE = (
    ("people.open", "opened the file"), ("inquiry.open", "opened the file for an audit"),
    ("list.export", "took away a list that you are on"), ("payments.bank-file", "wrote the bank's file of a payment"),
    ("people.reveal", "looked at a number in full"), ("people.view", "looked at the file"),
    ("people.record", "wrote something into the file"), ("people.account", "changed or checked an account"),
    ("people.mandate", "recorded who may act"), ("people.attest", "confirmed something for the forces"),
    ("people.consent", "recorded a consent"), ("people.copy", "made a copy of everything held about you"),
    ("people.import-undone", "took a ledger back"),
    ("people.import", "loaded a ledger"), ("people", "worked on the file"), ("case", "worked on a matter"),
    ("payment", "worked on a payment"), ("batch", "worked on a payment"), ("notices", "sent or made a call"),
    ("campaigns.sign-up", "signed up for an event"), ("campaigns", "worked on an event or a visit"),
    ("cards.lose", "noted a card as lost"), ("card", "worked on a card"),
    ("outcomes", "wrote down what was delivered"), ("circle.print", "printed a page to hand over"),
    ("circle.handed", "handed a page over"), ("circle", "changed or used the family circle"),
    ("access.sign-in", "signed in"), ("access", "worked on how you sign in"), ("retention", "decided how long the file is kept"),
)  # fmt: skip
# Where from a file was opened, when no reason was asked.
WAYS = {"search": "after a search", "desk": "at the desk, while somebody called",
        "list": "from a list", "case": "while working on a case", "call": "to call you",
        "household": "from the household", "attest": "to attest it for the forces"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """One line: what was done, by whom, in which office, why, when. ``key`` is what a question names it by."""

    entry: Entry
    words: str
    who: str
    office: str
    why: str
    key: int
    own: bool = False  # done by the reader


def looks_of(person: int, account: int | None, *, after: str = "", everything: bool = True) -> tuple[list[Look], str]:
    """What was done with a file, newest first, and the key after which older ones follow.

    Without ``everything`` only what others did: one's own visits bury them.
    """
    sealed = [code for code, one in catalogue.in_force(clock.today()).items() if one.service.sealed]
    found = journal.about(person, hidden=sealed, after=after, limit=SHOWN, files=identities.files_of([person]),
                          but=None if everything else account)  # fmt: skip
    offices = access.office_names([row.office for row in found.rows if row.office])
    made = []
    for row in found.rows:
        mine_ = row.by_account is not None and row.by_account == account
        made.append(Look(row, _done(row.action), "" if mine_ else _who(row),
                         in_language(offices[row.office]) if row.office in offices and not mine_ else "",
                         row.purpose or _way(row), 0 if mine_ or row.by_account is None else row.pk, mine_))  # fmt: skip
    return made, found.next


def _done(action: str) -> str:
    words = next((words for start, words in DONE if action.startswith(start)), "worked on the file")
    return pgettext("household", words)


def _who(row: Entry) -> str:
    """Who did it; the machine's own operator has no name of their own."""
    return pgettext("household", "the system's operator") if row.by_name == "operator" else row.by_name


def _way(row: Entry) -> str:
    way = WAYS.get(str(row.detail.get("way", "")))
    return pgettext("household", way) if way else ""


@page("own.view")
def trail(request: HttpRequest) -> HttpResponse:
    """Who looked at our file, and why."""
    actor = mine(request)
    mine_too = "mine" in request.GET
    rows, more = looks_of(own(actor), actor.account, after=request.GET.get("after", ""), everything=mine_too)
    context = {
        "rows": rows,
        "mine_too": mine_too,
        "more": more,
        "back": reverse("household"),
        "back_to": _("My household"),
    }
    return show(request, "trail", context, tab="household")


@page("own.ask")
def ask_why(request: HttpRequest, entry: int) -> HttpResponse:
    """Ask an office why it looked: a case with a day by which it is answered, and a word to the office."""
    actor = mine(request)
    look = next((one for one in looks_of(own(actor), actor.account, after=str(entry + 1))[0] if one.key == entry), None)
    if look is None:
        raise Http404
    error = ""
    if request.method == "POST":
        said = request.POST.get("words", "").strip()[:300]
        try:
            case = asks.question(actor, _said(look, said))
            if look.entry.office is not None:
                notices.send(
                    notices=[Message("why-looked", office=look.entry.office, case=case, given={
                        "helper": look.who, "reason": look.words, "until": look.entry.at.isoformat(), "words": said})],
                    by=actor, at=clock.now(),
                )  # fmt: skip
        except Refusal as refusal:
            error = sentence(refusal)
        else:
            return redirect(reverse("case", args=[case]) + "?sent=correct")
    context = {"look": look, "error": error, "back": reverse("trail"), "back_to": _("Who looked at our file")}
    return show(request, "why_looked", context, tab="household", keep=False, status=422 if error else 200)


def _said(look: Look, words: str) -> str:
    asked = _("Please tell me why this was done with my file: %(deed)s, by %(who)s (%(office)s).") % {
        "deed": look.words, "who": look.who, "office": look.office or "—"}  # fmt: skip
    return f"{asked} {words}".strip()
