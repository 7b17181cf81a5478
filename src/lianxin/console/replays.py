"""Corrections of the past: replay a service, propose, approve; and what is to come back from whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access import queries as access
from lianxin.access.actions import one_person
from lianxin.access.gate import Request, page
from lianxin.catalogue.queries import version
from lianxin.console import background, lists, moneywords, words
from lianxin.console.acting import attempt
from lianxin.console.dayfield import DayInput
from lianxin.console.payments import services
from lianxin.console.words import Words
from lianxin.engine import clock, money
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.payments import actions, queries, replayed
from lianxin.payments.actions import finding
from lianxin.payments.replayed import CorrectionRow

PIECE = 500  # lines that are carried out while one waits
STATES: dict[str, Words] = {
    "proposed": _("to be approved"), "approved": _("being carried out"), "applied": _("carried out"),
    "dropped": _("dropped"), "finding": _("being replayed"), "nothing": _("nothing differs"),
}  # fmt: skip
TONES = {"proposed": "amber", "approved": "sky", "finding": "sky", "applied": "pine"}
KINDS: dict[str, Words] = {
    "top-up": _("owed to them"), "recover": _("owed by them"), "look": _("look into it"),
    "wait": _("at the bank: later"), "decide": _("decide again"),
}  # fmt: skip
KIND_TONES = {"top-up": "pine", "recover": "amber", "look": "sky", "wait": "sky", "decide": "sky"}
CAUSES: dict[str, Words] = {"rule": _("the rule"), "file": _("the file"), "both": _("the rule and the file")}
LINES: dict[str, Words] = {
    "open": _("proposed"), "applied": _("carried out"), "left": _("left as it is"), "aside": _("only shown"),
    "gone": _("changed meanwhile"),
}  # fmt: skip


class Asked(forms.Form):
    """Which service is replayed over which days, by which notice."""

    service = forms.ChoiceField(label=_("Service"))
    from_on = forms.DateField(label=_("Periods from"), widget=DayInput())
    to_on = forms.DateField(label=_("to"), widget=DayInput())
    reason = forms.CharField(label=_("What is corrected, by which notice"), max_length=200)
    least = forms.DecimalField(
        label=_("Ask nobody for less than (yuan)"), min_value=0, max_value=100_000, decimal_places=2, required=False,
        help_text=_("A person who owes less in all is left, and the list says so."),
    )  # fmt: skip

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["service"].choices = services()  # type: ignore[attr-defined]


def _listing() -> lists.Listing:
    names = queries.names(queries.services())
    return lists.Listing(
        "replays", _("Corrections of the past"),
        (
            lists.Column("pk", _("No."), "number", head=True, href=lambda row: reverse("console:replay", args=[row.pk])),
            lists.Column("service", _("Service"), value=lambda row: moneywords.service(names, row.service)),
            lists.Column("state", _("State"), value=lambda row: words.of(STATES, row.state),
                         tone=lambda row: TONES.get(row.state, "")),
            lists.Column("from_on", _("Periods from"), "day"),
            lists.Column("to_on", _("to"), "day"),
            lists.Column("reason", _("Why")),
            lists.Column("made_at", _("Proposed"), "moment", small=lambda row: row.maker_name),
            lists.Column("approved_at", _("Approved"), "moment", small=lambda row: row.approver_name),
        ),
        (lists.Filter("state", _("State"), tuple(STATES.items())),),
        words=_("A corrected rule or file is replayed over what was decided: who is owed, who owes. One proposes, another "
                "approves; until then nothing moves."),
        empty=_("Nothing was corrected yet"),
        empty_words=_("Publish the version that corrects past days, or correct the file; then replay the service here."),
        template="console/payments/replays.html",
    )  # fmt: skip


@page("batch.view")
def replays(request: Request) -> HttpResponse:
    """Corrections of one's area, newest first; the maker replays a service from here."""
    may = request.actor.may("batch.make")
    form = Asked(request.POST if request.method == "POST" and may else None, prefix="")
    wrong = False
    if request.method == "POST" and may and form.is_valid():
        made: list[Any] = []
        wrong = not attempt(request, lambda: made.append(_propose(request, form.cleaned_data)))
        if made and made[0] is not None:
            return redirect("console:replay", made[0].pk)
        if made:
            messages.success(request, gettext("Nothing differs: everybody was given what the rule and the file say."))

    def fetch(asked: lists.Asked) -> lists.Page:
        rows = replayed.replays(
            request.actor.scope, state=asked.get("state"), after=number_of(asked.after), limit=asked.limit
        )
        return lists.Rows(rows, str(rows[-1].pk) if len(rows) == asked.limit else "")

    wrong = wrong or bool(form.errors)
    shown = lists.show(request, _listing(), fetch, form=form if may else None, opened=wrong)
    shown.status_code = 422 if wrong else shown.status_code  # what was typed stands in the open form
    return shown


def _propose(request: Request, given: dict[str, Any]) -> Any:
    """A small one at once; a large one in the background, whose page says how far it is."""
    asked = {name: given[name] for name in ("service", "from_on", "to_on", "reason")}
    asked |= {"least": int((given["least"] or 0) * 100), "by": request.actor, "at": clock.now()}
    if finding.size(request.actor, given["service"]) <= finding.SMALL:
        return actions.propose(**asked)
    made = finding.begin(**asked)
    background.start("lianxin.console.replays.find", f"replay-{made.pk}", made.pk, request.actor.account)
    return made


def find(replay: int, account: int) -> None:
    """Find a large replay's differences; run by the worker."""
    actor = access.actor_numbered(account, clock.now())
    if actor is not None and actor.may("batch.make"):
        finding.find_out(replay=replay, by=actor, at=clock.now())


def carry(replay: int, account: int) -> None:
    """Carry out a large correction that was approved; run by the worker."""
    actor = access.actor_numbered(account, clock.now())
    if actor is not None and actor.may("batch.approve"):
        actions.carry_out(replay=replay, by=actor, at=clock.now())


def _facts(row: CorrectionRow, service: Any) -> str:
    if row.kind == "look":
        named = " · ".join(
            words.said(service.facts[code].name) if code in service.facts else code for code in row.missing
        )
        return gettext("the file lacks: %(facts)s") % {"facts": named} if named else gettext(
            "the decision of then cannot be told again from what was on file")  # fmt: skip
    if row.why == "below-the-least":
        return gettext("less than is asked back")
    return row.why


def _lines(found: Any, *, opens: bool) -> lists.Listing:
    service = version(found.version_id).service
    return lists.Listing(
        "corrections", gettext("Correction %d") % found.pk,
        (
            lists.Column("name", _("Name"), head=True, href=lambda row: reverse("console:case", args=[row.case]) if opens else ""),
            lists.Column("file_number", _("File number")),
            lists.Column("area", _("Area"), "area"),
            lists.Column("period", _("Period"), value=lambda row: moneywords.period(row.period)),
            lists.Column("kind", _("What comes of it"), value=lambda row: words.of(KINDS, row.kind),
                         tone=lambda row: KIND_TONES[row.kind], small=lambda row: _facts(row, service)),
            lists.Column("cause", _("Because of"), value=lambda row: words.of(CAUSES, row.cause)),
            lists.Column("was", _("Given, yuan"), "money"),
            lists.Column("now", _("Due now, yuan"), "money"),
            lists.Column("difference", _("Difference, yuan"), "money"),
            lists.Column("state", _("State"), value=lambda row: words.of(LINES, row.state)),
        ),
        (lists.Filter("kind", _("What comes of it"), tuple(KINDS.items())),
         lists.Filter("state", _("State"), tuple(LINES.items()))),
        export="batch.view", template="console/payments/replay.html",
        empty=_("No line of this kind"), empty_words=_("Choose another kind above."),
    )  # fmt: skip


@page("batch.view")
def replay(request: Request, replay: int) -> HttpResponse:
    """One correction: who is owed and who owes, line by line, and the one next act for whoever may do it."""
    actor = request.actor
    found = replayed.replay(actor.scope, replay)
    if found is None:
        raise Http404

    def fetch(asked: lists.Asked) -> lists.Page:
        rows = replayed.corrections(
            actor.scope, found, kind=asked.get("kind"), state=asked.get("state"), after=number_of(asked.after) or 0,
            limit=asked.limit,
        )  # fmt: skip
        return lists.Rows(rows, str(rows[-1].id) if len(rows) == asked.limit else "")

    waits = found.state in {"proposed", "approved"}
    mine = actor.account is not None and bool(one_person(actor.account, [found.maker]))
    sums = replayed.totals(found)
    names = queries.names([found.service])
    return lists.show(
        request, _lines(found, opens=actor.may("case.view")), fetch, replay=found, totals=sums,
        purpose=moneywords.service(names, found.service),
        progress=replayed.progress(found), working=found.state in {"finding", "approved"},
        state=words.of(STATES, found.state), tone=TONES.get(found.state, ""),
        may_approve=found.state == "proposed" and actor.may("batch.approve") and not mine, other=waits and mine,
        may_leave=found.state == "proposed" and actor.may("batch.make"), picks=found.state == "proposed" and
        actor.may("batch.make"), may_drop=found.state in {"finding", "proposed"} and (
            actor.may("batch.make") or actor.may("batch.approve")),
    )  # fmt: skip


@page("batch.view", fresh=True)
@require_POST
def act(request: Request, replay: int, what: str) -> HttpResponse:
    """Approve, leave ticked lines, drop."""
    given = request.POST
    picked = [number for one in given.getlist("pick") if (number := number_of(one)) is not None]
    by, at, reason = request.actor, clock.now(), given.get("reason", "")
    deeds: dict[str, Callable[[], Any]] = {
        "approve": lambda: _approve(request, replay, reason),
        "again": lambda: _again(request, replay),
        "leave": lambda: actions.leave(replay=replay, corrections=picked, reason=reason, by=by, at=at),
        "drop": lambda: actions.drop(replay=replay, reason=reason, by=by, at=at),
    }
    if what not in deeds or replayed.replay(request.actor.scope, replay) is None:
        raise Http404
    done = {"leave": gettext("They stay as they are."), "drop": gettext("Dropped; nothing of it is carried out.")}
    attempt(request, deeds[what], done.get(what, ""))
    return redirect("console:replay", replay)


def _approve(request: Request, replay: int, reason: str) -> None:
    """A small one is carried out at once; a large one by the worker."""
    by, at = request.actor, clock.now()
    found = actions.sign(replay=replay, by=by, at=at, words=reason)
    if found.state == "applied":
        messages.info(request, gettext("This was carried out already; nothing was done again."))
        return
    if replayed.progress(found)[1] > PIECE:
        background.start("lianxin.console.replays.carry", f"carry-{replay}", replay, by.account)
        messages.success(request, gettext("Approved; it is being carried out. You may close this page."))
        return
    _told(request, actions.carry_out(replay=replay, by=by, at=at))


def _again(request: Request, replay: int) -> None:
    """Go on with what was stopped; who may see it may: it does only what was signed."""
    found = replayed.replay(request.actor.scope, replay)
    if found is not None and found.state == "finding" and request.actor.may("batch.make"):
        background.start("lianxin.console.replays.find", f"replay-{replay}", replay, request.actor.account)
    elif found is not None and found.state == "approved" and request.actor.may("batch.approve"):
        background.start("lianxin.console.replays.carry", f"carry-{replay}", replay, request.actor.account)


def _told(request: Request, done: actions.Carried) -> None:
    messages.success(request, gettext(
        "Carried out: %(owed)d lines, %(owed_yuan)s yuan, are due and go with the next batch; %(claimed)d recoveries, "
        "%(claimed_yuan)s yuan, are open.") % {
            "owed": done.owed, "owed_yuan": money.yuan(done.owed_fen), "claimed": done.claimed,
            "claimed_yuan": money.yuan(done.claimed_fen)})  # fmt: skip
    if done.netted_fen:
        messages.success(request, gettext("%(yuan)s yuan settle what was asked back, and are not paid.") % {
            "yuan": money.yuan(done.netted_fen)})  # fmt: skip
    if done.gone:
        messages.warning(request, gettext(
            "%(n)d lines changed since they were proposed and were not carried out: replay again to see them."
        ) % {"n": done.gone})  # fmt: skip


def _waits(row: replayed.Debt) -> str:
    if row.waits is None:
        return ""
    return gettext("upheld") if row.waits.upheld else gettext("being looked at")


def _debts() -> lists.Listing:
    names = queries.names(queries.services())
    return lists.Listing(
        "recoveries", _("To come back"),
        (
            lists.Column("name", _("Name"), head=True,
                         href=lambda row: f"{reverse('console:recoveries')}?one={row.person}.{row.service}"),
            lists.Column("file_number", _("File number")),
            lists.Column("area", _("Area"), "area"),
            lists.Column("service", _("Service"), value=lambda row: moneywords.service(names, row.service)),
            lists.Column("periods", _("Periods"), "number"),
            lists.Column("amount", _("In all, yuan"), "money"),
            lists.Column("returned", _("Came back, yuan"), "money"),
            lists.Column("left", _("Still open, yuan"), "money"),
            lists.Column("waits", _("Objection"), value=lambda row: _waits(row), tone=lambda row: "amber" if row.waits else ""),
        ),
        (lists.Filter("service", _("Service"), services(), kind="select"),),
        words=_("What was paid too much and a correction asks back. It may come in parts; what will never come is written "
                "off with a reason. One person proposes either, another decides."),
        empty=_("Nobody owes anything"), empty_words=_("Recoveries come from corrections that were approved."),
        export="batch.view", template="console/payments/recoveries.html",
    )  # fmt: skip


@page("batch.view")
def recoveries(request: Request) -> HttpResponse:
    """Who is to give back how much; one of them opened shows what may be done."""
    return _recoveries(request, {})


def _recoveries(request: Request, said: dict[str, str]) -> HttpResponse:
    """``said``: what was typed and not taken, and why."""
    person, _dot, code = (said.get("one") or request.GET.get("one", "")).partition(".")
    rows = (
        replayed.debts(request.actor.scope, person=number_of(person), service=code, open_only=False)
        if number_of(person)
        else []
    )

    def fetch(asked: lists.Asked) -> lists.Page:
        found = replayed.debts(
            request.actor.scope, service=asked.get("service"), after=number_of(asked.after) or 0, limit=asked.limit
        )
        return lists.Rows(found, str(found[-1].person) if len(found) == asked.limit else "")

    names, known = queries.names(queries.services()), _settlings(request, rows[0]) if rows else []
    shown = lists.show(
        request, _debts(), fetch, one=rows[0] if rows else None,
        of=moneywords.service(names, rows[0].service) if rows else "",
        may_propose=request.actor.may("batch.check"), said=said, mine=request.actor.account,
        may_decide=request.actor.may("batch.approve"), settlings=known, pending=any(not hasattr(one, "decided") for one in known),
        waiting=[] if rows else _waiting(request, names),
        opens=request.actor.may("case.view"),
    )  # fmt: skip
    shown.status_code = 422 if said else shown.status_code
    return shown


def _settlings(request: Request, one: replayed.Debt) -> list[Any]:
    """What was proposed about a debt, what waits first."""
    found = replayed.settlings(request.actor.scope, person=one.person, service=one.service)
    return sorted(found, key=lambda row: hasattr(row, "decided"))


def _waiting(request: Request, names: dict[str, Any]) -> list[tuple[Any, str]]:
    rows = replayed.settlings(request.actor.scope, open_only=True)
    return [(row, moneywords.service(names, row.service)) for row in rows]


@page("batch.view", fresh=True)
@require_POST
def settle(request: Request, what: str) -> HttpResponse:
    """Propose what came back or that the rest is written off; agree to it, or turn it down."""
    person, code = number_of(request.POST.get("person", "")) or 0, request.POST.get("service", "")
    reason, by, at = request.POST.get("reason", ""), request.actor, clock.now()

    def take() -> None:
        actions.propose_back(
            person=person, service=code, fen=_fen(request.POST.get("yuan", "")), words=reason, by=by, at=at,
            expected=number_of(request.POST.get("left", "")) or 0,
        )  # fmt: skip

    said, settling = request.POST.get("words", ""), number_of(request.POST.get("settling", "")) or 0
    deeds: dict[str, Callable[[], Any]] = {
        "take": take,
        "write-off": lambda: actions.propose_off(person=person, service=code, reason=reason, by=by, at=at),
        "agree": lambda: actions.decide(settling=settling, agree=True, words=said, by=by, at=at),
        "turn-down": lambda: actions.decide(settling=settling, agree=False, words=said, by=by, at=at),
    }
    if what not in deeds:
        raise Http404
    try:
        deeds[what]()
    except Refusal as refusal:  # what was typed stays
        return _recoveries(request, {
            "one": f"{person}.{code}", "error": gettext(refusal.sentence), "yuan": request.POST.get("yuan", "")[:20],
            "words": said[:200], **({"take": reason[:200]} if what == "take" else {"off": reason[:200]}),
        })  # fmt: skip
    done = {"agree": _("Recorded; the books say so."), "turn-down": _("Turned down; nothing of it is carried out.")}
    messages.success(request, str(done.get(what, _("Proposed; it counts when another person has agreed."))))
    return redirect(f"{reverse('console:recoveries')}?one={person}.{code}")


def _fen(text: str) -> int:
    try:
        return money.fen(text)
    except ValueError as wrong:
        raise Refusal(gettext("Write the sum in yuan, like 120.00.")) from wrong


urls: list[URLPattern] = [
    path("replays/", replays, name="replays"),
    path("replays/<int:replay>/", replay, name="replay"),
    path("replays/<int:replay>/<slug:what>/", act, name="replay-act"),
    path("recoveries/", recoveries, name="recoveries"),
    path("recoveries/<slug:what>/", settle, name="recovery-act"),
]
