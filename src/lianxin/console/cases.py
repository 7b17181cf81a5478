"""The inbox and the case: due first, one panel, the verbs; after an action the next case is already there."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.cards import queries as cards
from lianxin.casework import queries
from lianxin.casework.refusals import NoSuchCase
from lianxin.catalogue import queries as catalogue
from lianxin.console import lists, several, shown, verbs, words
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal

KEPT = ("service", "step", "light", "state", "mine")


def _columns(*, inbox: bool) -> tuple[lists.Column, ...]:
    def href(row: queries.CaseRow) -> str:
        return f"?case={row.id}" if inbox else reverse("console:case", args=[row.id])

    return (
        lists.Column("due_at", _("Due"), "due"),
        lists.Column("who", _("Whom"), value=shown.who, href=href, head=True),
        lists.Column("name", _("Service")),
        lists.Column("step", _("Step"), value=lambda row: words.of(words.STEPS, row.step)),
        *(() if inbox else (lists.Column("state", _("State"), value=lambda row: row.state_words,
                                         tone=lambda row: words.STATE_TONES.get(row.state, "")),)),
        lists.Column("area", _("Residence"), "area"),
        *((lists.Column("moved_at", _("Here for"), "since"),) if inbox else (
            lists.Column("number", _("Number")), lists.Column("opened_at", _("Opened"), "day"))),
    )  # fmt: skip


def _services(request: Request, here: set[str] | None = None) -> list[tuple[str, str]]:
    """The services that a filter offers: those that lie ``here`` and the one that was asked for, or all."""
    found, asked = catalogue.visible(request.actor.scope, clock.today()), request.GET.get("service")
    return [
        (code, words.said(one.service.name))
        for code, one in found.items()
        if here is None or code in here or code == asked
    ]


def _inbox_listing(request: Request, counts: dict[str, int], seated: queries.Seats) -> lists.Listing:
    states = {"waiting", "publicised", "underway", "proposed"}
    asked = request.GET.get("state", "")
    here = queries.services_at(request.actor, asked if asked in states else "", at=clock.now(), seated=seated)
    return lists.Listing(
        "inbox", _("My inbox"), _columns(inbox=True),
        (
            lists.Filter("light", _("Due"), (("red", _("over")), ("amber", _("soon due"))), kind="link"),
            lists.Filter("state", _("State"), (
                ("waiting", _("waits for what is missing")), ("publicised", _("on public notice")),
                ("underway", _("on its way")), ("proposed", _("waits for the family's word"))), counts=counts),
            lists.Filter("service", _("Service"), _services(request, here), kind="select"),
        ),
        empty=_("Everything is done"), empty_words=_("Nothing waits on this desk. New things appear here by themselves."),
        template="console/casework/inbox.html", export="people.export",
    )  # fmt: skip


def _filters(asked: lists.Asked) -> queries.Filters:
    return queries.Filters(
        service=asked.get("service"), step=asked.get("step"), state=asked.get("state"), light=asked.get("light"),
        area=asked.get("area"), number=asked.get("number"), kind=asked.get("kind"),
    )  # fmt: skip


@page("case.view")
def inbox(request: Request) -> HttpResponse:
    """What waits on my own desk, and the chosen case beside it."""
    actor, at = request.actor, clock.now()
    seated = queries.seats(actor, at=at)
    counts = queries.counts(actor, at=at, seated=seated)
    found: dict[str, Any] = {}

    def fetch(asked: lists.Asked) -> lists.Page:
        made = queries.inbox(actor, _filters(asked), at=at, after=asked.after, limit=asked.limit, seated=seated)
        found.setdefault("rows", made.rows)
        return lists.Rows(made.rows, made.after)

    def panel() -> dict[str, Any]:
        rows = found["rows"]
        asked = request.GET.get("case", "")
        chosen = int(asked) if number_of(asked) is not None else rows[0].id if rows else None
        view = queries.case(actor, chosen, at=at, masked=shown.masked_for(actor)) if chosen else None
        following = _next(rows, chosen)
        return {
            "one": shown.opened(actor, view, beside=True) if view else None,
            "chosen": number_of(asked) is not None, "selected": chosen,
            "unseen": cards.unseen(actor, at=at), "back": _address(request, following), "list_address": _address(request, None),
            "counts": {"late": counts["red"], "soon": counts["amber"],
                       "rest": max(counts["all"] - counts["red"] - counts["amber"], 0)},
        }  # fmt: skip

    whats = list(several.WHATS.items())
    return lists.show(request, _inbox_listing(request, counts, seated), fetch, later=panel, picks=True, whats=whats)


def _next(rows: list[queries.CaseRow], chosen: int | None) -> int | None:
    """The case after the chosen one, or the one before it at the end of the list."""
    ids = [row.id for row in rows]
    if chosen not in ids:
        return None
    at = ids.index(chosen)
    return ids[at + 1] if at + 1 < len(ids) else ids[at - 1] if at else None


def _address(request: Request, case: int | None) -> str:
    kept = [(name, request.GET[name]) for name in (*KEPT, "after") if request.GET.get(name)]
    if case is not None:
        kept.append(("case", str(case)))
    return reverse("console:inbox") + (f"?{urlencode(kept)}" if kept else "")


@page("case.view")
def cases(request: Request) -> HttpResponse:
    """Every case of one's own area, the ended ones last."""
    actor, at = request.actor, clock.now()
    listing = lists.Listing(
        "cases", _("Cases"), _columns(inbox=False),
        (
            lists.Filter("state", _("State"), tuple((code, words.STATES[code]) for code in (
                "proposed", "open", "waiting", "publicised", "standing", "delivered", "refused"))),
            lists.Filter("light", _("Due"), (("red", _("over")), ("amber", _("soon due")))),
            lists.Filter("service", _("Service"), _services(request), kind="select"),
            lists.Filter("step", _("Step"), tuple(words.STEPS.items()), kind="select"),
            lists.Filter("number", _("Number"), kind="text"),
        ),
        empty=_("No case yet"), export="people.export", form_title=_("Cases in hand"),
    )  # fmt: skip

    def fetch(asked: lists.Asked) -> lists.Page:
        made = queries.cases(actor.scope, _filters(asked), at=at, after=asked.after, limit=asked.limit,
                             masked=shown.masked_for(actor))  # fmt: skip
        return lists.Rows(made.rows, made.after)

    return lists.show(request, listing, fetch)


@page("case.view")
def case(request: Request, case: int) -> HttpResponse:
    """One case: its steps, what is known, what was done, and every verb."""
    view = queries.case(request.actor, case, at=clock.now(), masked=shown.masked_for(request.actor))
    if view is None:
        raise Http404
    return render(request, "console/casework/case.html", {"one": shown.opened(request.actor, view)})


@page("case.view")
@require_POST
def act(request: Request, case: int, verb: str) -> HttpResponse:
    """Do one thing with a case, then go back to where one was: the next case of the inbox, or the case itself."""
    actor, at = request.actor, clock.now()
    view = queries.case(actor, case, at=at)
    asked = verbs.VERBS.get(verb)
    if view is None or asked is None:
        raise Http404
    here = reverse("console:case", args=[case])
    back = request.POST.get("back", "")
    back = back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else here
    stay = f"{reverse('console:inbox')}?{_with_case(back, case)}" if back.startswith(reverse("console:inbox")) else here
    codes = shown.codes_of(view)
    expected = request.POST.get("expected", "")
    lock = number_of(expected)
    told = shown.about(actor, view, codes)
    form = verbs.box(asked, told, request.POST, request.FILES)
    if form is not None and not form.is_valid():
        for name, errors in form.errors.items():
            label = form.fields[name].label if name in form.fields else ""
            messages.error(request, f"{label}: {errors[0]}")
        return redirect(stay)
    if verb not in codes and lock in {None, view.row.lock}:  # an older page is told by the action what happened
        messages.error(request, gettext("This is not possible here any more; nothing was changed."))
        return redirect(stay)
    waiting = shown.open_objections(view)
    try:
        verbs.act(asked, case, form.cleaned_data if form else {}, by=actor, at=at, expected=lock,
                  objection=waiting[0].id if waiting else None, about=told)  # fmt: skip
    except NoSuchCase as gone:
        raise Http404 from gone
    except Refusal as refusal:
        messages.error(request, gettext(refusal.sentence))
        return redirect(stay)
    messages.success(request, f"{view.row.number} · {verbs.HANDED if verb == 'deliver' and told.pays else asked.done}")
    if back == here and queries.case(actor, case, at=at) is None:  # handed away: it is somebody else's now
        back = reverse("console:inbox")
    return redirect(back)


def _with_case(back: str, case: int) -> str:
    """The query of an inbox address with another case chosen."""
    query = QueryDict(back.partition("?")[2], mutable=True)
    query["case"] = str(case)
    return query.urlencode()


@page("case.view")
def paper(request: Request, case: int, paper: int) -> HttpResponse:
    """One paper of a case, shown as what it is and never run."""
    if queries.case(request.actor, case, at=clock.now()) is None:
        raise Http404
    found = queries.paper(request.actor, paper, at=clock.now())
    if found is None:
        raise Http404
    data, kind, _name = found
    return shown_file(data, kind)


def shown_file(data: bytes, kind: str) -> HttpResponse:
    """A photo or PDF on file, shown as what it is and never run or kept."""
    response = HttpResponse(data, content_type=kind)
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = "default-src 'none'; img-src 'self'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


urls: list[URLPattern] = [
    path("inbox/", inbox, name="inbox"),
    path("cases/", cases, name="cases"),
    path("cases/<int:case>/", case, name="case"),
    path("cases/<int:case>/do/<slug:verb>/", act, name="case-do"),
    path("cases/<int:case>/papers/<int:paper>/", paper, name="paper"),
]
