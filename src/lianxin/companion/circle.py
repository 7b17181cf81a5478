"""The family circle (连心圈): who is in it, what each shows, and what one can do for home from far away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from lianxin.access.gate import page
from lianxin.casework import circle as actions
from lianxin.casework import circlepaper, circling
from lianxin.casework.refusals import NoSuchCase
from lianxin.catalogue import queries as catalogue
from lianxin.companion import matters, reasons, said, sending
from lianxin.companion.shell import mine, own, sentence, show
from lianxin.engine import clock, masking
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.people import circles
from lianxin.people.circles import Tie


def summary(actor: Actor) -> str:
    """One line for the first page: who asks, else who is connected, else what it is."""
    if actor.person is None:
        return ""
    ties = circles.ties(actor.person, clock.today())
    asked = next((one for one in ties if one.state == "asked"), None)
    if asked is not None:
        return _("%(name)s asks you into a circle") % {"name": asked.name}
    count = sum(one.state == "standing" for one in ties)
    if count:
        return ngettext("%(n)s relative", "%(n)s relatives", count) % {"n": count}
    return _("Far apart, and yet knowing how it goes at home")


def _named(one: Tie) -> str:
    """A name in full only where the other has spoken."""
    return one.name if one.state in {"asked", "standing"} else masking.name(one.name)


def _line(one: Tie) -> dict[str, Any]:
    return {"person": one.person, "name": _named(one), "relation": circlepaper.relation_words(one.relation), "state": one.state,
            "since": one.since}  # fmt: skip


@page("own.view")
def circle(request: HttpRequest) -> HttpResponse:
    """Who asks, who is connected and how it goes with them, whom one asked, whom one may ask."""
    actor = mine(request)
    ties = circles.ties(own(actor), clock.today())
    standing = [one for one in ties if one.state == "standing"]
    seen = circling.seen(actor, [one.person for one in standing], at=clock.now())
    told: dict[str, list[dict[str, Any]]] = {"asked": [], "standing": [], "invited": [], "none": []}
    for one in ties:
        told[one.state].append({**_line(one), "count": len(seen.get(one.person, ())),
                                "first": [_matter(row) for row in seen.get(one.person, ())[:2]]})  # fmt: skip
    context = {
        "ties": told,
        "any": bool(ties),
        "article": reasons.privacy_law("第二十三条"),
        "back": reverse("home"),
        "back_to": _("Home"),
    }
    return show(request, "circle", context, tab="household", keep=False)


def _tie(actor: Actor, person: int) -> Tie:
    found = next((one for one in circles.ties(own(actor), clock.today()) if one.person == person), None)
    if found is None:
        raise Http404
    return found


def _matter(one: circling.Seen) -> dict[str, Any]:
    row, live = one.row, one.row.state in {"open", "publicised", "underway", "review", "waiting"}
    route = catalogue.version(one.version).service.route
    marks = {"done": "done", "now": "now", "ahead": ""}
    return {
        "id": row.id, "name": _service(one.row), "tag": said.until(row.due_at) if live and row.due_at else said.state(row.state),
        "state": said.state(row.state), "tone": said.tone(row.state), "mine": one.mine, "thanked": one.thanked,
        "where": _("With %(desk)s") % {"desk": reasons.said(row.desk.name)} if live and row.desk else "",
        "phone": row.desk.phone if live and row.desk else "", "paused": row.paused,
        "steps": [matters.Dot(said.step(step.step, route[step.index].as_), marks[step.where]) for step in one.steps],
    }  # fmt: skip


def _service(row: Any) -> str:
    name = reasons.said(row.service_name)
    return f"{name} · {reasons.said(row.kind_name)}" if row.kind_name else name


@page("own.view")
def one(request: HttpRequest, person: int) -> HttpResponse:
    """One relative: what they show, what one can do, what one shows them, and the way out."""
    return _page(request, person, sent=request.GET.get("sent", "")[:40])


def _page(request: HttpRequest, person: int, *, problem: str = "", sent: str = "") -> HttpResponse:
    actor, now = mine(request), clock.now()
    tie = _tie(actor, person)
    if tie.state not in {"standing", "invited"}:
        return redirect("circle")
    seen = circling.seen(actor, [person], at=now).get(person, []) if tie.state == "standing" else []
    mine_ = circling.choices(own(actor), person, at=now) if tie.state == "standing" else []
    context = {
        "tie": _line(tie), "matters": [_matter(row) for row in seen], "problem": problem, "sent": sent,
        "choices": [{"id": row.row.id, "name": _service(row.row), "state": said.state(row.row.state), "shown": row.shown,
                     "ward": row.row.who if row.ward else "", "to_unit": row.to_unit} for row in mine_],
        "by_itself": circling.shows_by_itself(own(actor), person), "counted": circling.is_counted(own(actor)),
        "paper": circling.wants_paper(own(actor), person), "liaison": circling.liaison_of(own(actor)),
        "back": reverse("circle"), "back_to": _("Family circle"),
    }  # fmt: skip
    return show(request, "circle_one", context, tab="household", keep=False, status=422 if problem else 200)


@page("own.ask")
@require_POST
def do(request: HttpRequest, person: int, what: str) -> HttpResponse:
    """One deed: agree, leave, show or hide, to the unit, on paper, thanks."""
    actor, at = mine(request), clock.now()
    _tie(actor, person)
    yes, case = request.POST.get("shown") == "yes", request.POST.get("case", "")
    number = number_of(case)
    words, back = "", redirect("circle-one", person)
    try:
        if what == "agree":
            if request.POST.get("shown") not in {"yes", "no"}:
                raise Refusal(_("Please choose what is shown."))
            stands = actions.agree(relative=person, shown=yes, by=actor, at=at)
            words = (
                _("You are connected.") if stands else _("Asked. As soon as they agree, you see each other's matters.")
            )
        elif what == "leave":
            actions.leave(relative=person, by=actor, at=at)
            words, back = _("Ended. From now on neither sees the other's matters."), redirect("circle")
        elif what == "show":
            actions.share(relative=person, case=number, shown=yes, by=actor, at=at)
            words = _("Shown.") if yes else _("Hidden.")
        elif what == "unit":
            actions.share_with_unit(relative=person, case=number, shown=yes, by=actor, at=at)
            words = _("Noted. You may take it back any time.")
        elif what == "paper":
            actions.want_paper(relative=person, wanted=yes, by=actor, at=at)
            words = _("The liaison hands a page over.") if yes else _("No page any more.")
        elif what == "thank":
            actions.thank(case=number or 0, words=request.POST.get("words", ""), by=actor, at=at)
            words = _("Said. They read it.")
        else:
            raise Http404
    except NoSuchCase as nothing:
        if what == "thank":  # hidden after the page was opened: said on the page as it stands now, the words stay
            return _page(request, person, problem=_("This matter is not shown to you any more. Nothing was sent."))
        raise Http404 from nothing
    except Refusal as refusal:
        if what == "agree":
            messages.error(request, sentence(refusal))
            return redirect("circle")
        return _page(request, person, problem=sentence(refusal))
    messages.success(request, words)
    return back


@page("own.ask")
def ask(request: HttpRequest, person: int) -> HttpResponse:
    """Ask for something for a relative's home, or have the station call there; they are told, and see it as theirs."""
    actor = mine(request)
    tie = _tie(actor, person)
    published = next((one for _code, one in sorted(catalogue.in_force(clock.today()).items())
                      if one.service.mode == "ask" and not one.service.sealed and one.service.kind("other")), None)  # fmt: skip
    if tie.state != "standing" or published is None:
        raise Http404
    service = published.service
    kinds = [
        (kind.code, reasons.said(kind.name)) for kind in service.kinds if kind.code not in {"complaint", "support"}
    ]
    calls = request.GET.get("call") == "1" or request.POST.get("call") == "1"
    chosen = request.POST.get("kind", "") or ("call" if calls and service.kind("call") else "other" if calls else "")
    words, error, status = sending.said(request), "", 200
    if request.method == "POST":
        if sending.another(request, actor):
            error, status = sending.other_account(), 409
        elif chosen not in dict(kinds) or (not words and not calls):
            error, status = _("Please say in a few words what it is about."), 422
        elif long := sending.too_long(words):
            error, status = long, 422
        else:
            told = _("Please call %(name)s.") % {"name": tie.name} + (f" {words}" if words else "") if calls else words
            try:
                sending.open_case(actor, published, person, kind=chosen, words=told, form={}, key=sending.key(request))
            except Refusal as refusal:
                error, status = sentence(refusal), 422
            else:
                return redirect(reverse("circle-one", args=[person]) + "?sent=circle-" + str(person))
    kind = service.kind(chosen) if calls else None
    title = _("Have the station call") if calls else _("Ask for something for %(name)s") % {"name": tie.name}
    context = {"tie": _line(tie), "kinds": kinds, "chosen": chosen, "calls": calls, "words": words, "error": error,
               "within": reasons.within(kind.within) if kind is not None and kind.within else "",
               "title": title, **sending.marks(actor, title), "back": reverse("circle-one", args=[person]),
               "back_to": tie.name}  # fmt: skip
    return show(request, "circle_ask", context, tab="household", keep=False, status=status)
