"""Ask for help, apply, say what is wrong in the file: one form, one opening, a number at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.access.gate import page
from lianxin.casework import queries as casework
from lianxin.catalogue import guides, likely
from lianxin.catalogue import queries as catalogue
from lianxin.catalogue.queries import Published
from lianxin.companion import fields, reasons, sending
from lianxin.companion.shell import acting_for, in_language, mine, own, relatives, sentence, show, speaks_in
from lianxin.engine import clock
from lianxin.engine.declaration import Kind, Service
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.people import changing, consents
from lianxin.people import queries as people

NO_KIND = "-"
LONGEST = 1000
BEFORE = 40  # so many matters are looked at for what was asked before


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be asked for."""

    name: str
    within: str
    url: str
    service: str = ""
    kind: str = ""


def groups(actor: Actor, *, worry: str = "", whose: int | None = None) -> list[dict[str, Any]]:
    """What can be asked for, by service: its kinds with their promised times; a service without kinds is one itself."""
    asked = f"?for={whose}" if whose and whose != actor.person else ""
    found = []
    for code, one in sorted(catalogue.in_force(clock.today()).items(), key=lambda row: not _comes(row[1].service)):
        service = one.service
        if service.mode != "ask" or service.subject not in {"person", "family"} or (worry and service.worry != worry):
            continue
        if changes_file(service) or not speaks_in(actor, whose, code):
            continue
        kinds = [
            Choice(reasons.said(kind.name), reasons.within(kind.within), reverse("ask-for", args=[code, kind.code]) + asked,
                   code, kind.code)
            for kind in service.kinds
        ]  # fmt: skip
        whole = Choice(reasons.said(service.name), reasons.within(service.route[0].within),
                       reverse("ask-for", args=[code, NO_KIND]) + asked, code)  # fmt: skip
        found.append({"name": reasons.said(service.name), "kinds": kinds or [whole], "code": code,
                      "comes": _comes(service), "worry": service.worry or ""})  # fmt: skip
    return found


FIRST = 10  # so many kinds of help stand open, beside the one for anything else


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be asked for, in the order in which this household is likely to look for it; nothing is left out."""

    first: list[Choice]
    more: list[Choice]  # of the same services
    doors: list[tuple[str, list[dict[str, Any]]]]  # by the app's doors
    others: list[dict[str, Any]]  # what the file speaks against


def offered(actor: Actor, whose: int) -> Offered:
    """Help that comes to the home first, what was asked before first of it; the rest by door, the unlikely last."""
    family = people.family_of(whose)
    against, unlikely = likely.unlikely(whose, family, clock.today())
    mine = casework.of_person(actor.scope, whose, at=clock.now(), limit=BEFORE)
    before = {(row.service, row.kind) for row in mine}
    found = groups(actor, whose=whose)
    help_ = [one for one in found if one["comes"]]
    kinds = [one for group in help_ for one in group["kinds"]]
    kinds.sort(key=lambda one: ((one.service, one.kind) not in before, (one.service, one.kind) in unlikely))
    likeliest = [one for one in kinds if (one.service, one.kind) not in unlikely and one.kind != "other"][:FIRST]
    first = likeliest + [one for one in kinds if one.kind == "other"]  # whoever finds nothing that fits
    rest = [one for one in found if not one["comes"]]
    doors = [
        (words, [one for one in rest if one["worry"] == worry and one["code"] not in against])
        for worry, words in guides.DOORS
    ]
    return Offered(first, [one for one in kinds if one not in first], [(_(words), some) for words, some in doors if some],
                   [one for one in rest if one["code"] in against])  # fmt: skip


def _comes(service: Service) -> bool:
    """Whether somebody is sent to the home: such help stands before what an office answers."""
    return any(step.step == "dispatch" for step in service.route)


def changes_file(service: Service) -> bool:
    """Whether a service ends in the file: found under "put something right", not under help."""
    return any(step.as_ == "file" for step in service.route)


def corrections(whose: int | None, actor: Actor) -> list[Choice]:
    """The changes of a file that somebody may ask for themselves; a death is told at the desk."""
    asked = f"?for={whose}" if whose and whose != actor.person else ""
    return [
        Choice(reasons.said(one.service.name), reasons.said(one.service.summary),
               reverse("ask-for", args=[code, NO_KIND]) + asked)
        for code, one in catalogue.in_force(clock.today()).items()
        if one.service.mode == "ask" and changes_file(one.service) and speaks_in(actor, whose, code)
        and "died_on" not in changing.marked(one.service.form).values()
    ]  # fmt: skip


@page("own.ask")
def ask(request: HttpRequest) -> HttpResponse:
    """What can we do for you?"""
    actor = mine(request)
    whose = acting_for(actor, request.GET.get("for"))
    if whose is None:
        raise Http404
    context = {"offered": offered(actor, whose), "whose": whose if whose != actor.person else None,
               "back": reverse("home"), "back_to": _("Home")}  # fmt: skip
    return show(request, "ask", context, tab="home")


@page("own.ask")
def ask_for(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Say it in one's own words; it is received once, however often the button is pressed."""
    published, chosen = _asked(code, kind)
    quiet = catalogue.quietly(chosen, clock.today())
    if quiet is not None and quiet.service.kinds:
        return redirect("ask-for", quiet.service.code, quiet.service.kinds[0].code)
    if request.method == "POST":
        return _send_ask(request, published, chosen)
    return _ask_page(request, published, chosen, given=request.GET.get("for", ""))


def _asked(code: str, kind: str) -> tuple[Published, Kind | None]:
    published = catalogue.in_force(clock.today()).get(code)
    if published is None or published.service.mode != "ask":
        raise Http404
    chosen = published.service.kind(kind)
    if chosen is None and (kind != NO_KIND or published.service.kinds):
        raise Http404
    return published, chosen


def _send_ask(request: HttpRequest, published: Published, kind: Kind | None) -> HttpResponse:
    actor = mine(request)
    sent = request.POST
    if sending.another(request, actor):
        return _ask_page(request, published, kind, given="", error=sending.other_account(), status=409)
    words = sending.said(request)
    person = acting_for(actor, sent.get("for"), published.service.code)
    values, errors = fields.read(published.service.form or {}, sent.dict())
    if person is None:
        raise Http404
    if not words and not (changes_file(published.service) and values):
        errors["words"] = _("Please say in a few words what it is about.")
    if long := sending.too_long(words):
        errors["words"] = long
    if errors:
        return _ask_page(request, published, kind, given=sent.get("for", ""), errors=errors)
    try:
        case = sending.open_case(
            actor, published, person, kind=kind.code if kind else "", words=words, form=values, key=sending.key(request)
        )
    except Refusal as refusal:
        return _ask_page(request, published, kind, given=sent.get("for", ""), error=sentence(refusal))
    if sent.get("helper") and person == actor.person:
        consents.give(person=person, scope=consents.HELPER, channel="app", by=actor, at=clock.now())
    paper = next((one.code for one in published.service.materials), "photo")
    sending.hand_in(request, actor, case, [("photo", paper)])
    return redirect(reverse("case", args=[case]) + f"?sent={_draft(published.service, kind)}")


def _draft(service: Service, kind: Kind | None) -> str:
    return f"ask-{service.code}-{kind.code if kind else NO_KIND}"


def _ask_page(
    request: HttpRequest, published: Published, kind: Kind | None, *, given: str = "", errors: dict[str, str] | None = None,
    error: str = "", status: int = 0,
) -> HttpResponse:  # fmt: skip
    actor = mine(request)
    service, errors, sent = published.service, errors or {}, request.POST.dict()
    schema = service.form or {}
    promised = (kind.within if kind else None) or service.route[0].within
    whose = acting_for(actor, given, service.code)
    if whose is None:
        raise Http404
    context = {
        "others": relatives(actor, service.code),
        "kind": {"name": reasons.said(kind.name if kind else service.name), "within": reasons.within(promised),
                 "hint": _("As much or as little as you want to say.") if service.sealed else "", "sealed": service.sealed},
        "draft": _draft(service, kind), "whose": whose if whose != actor.person else None,
        "words": sent.get("words", ""), "fields": fields.fields(schema, fields.kept(schema, sent), errors),
        "optional": changes_file(service), "photo": not service.sealed, "action": _("Send"), "wrong": errors,
        "error": error or (errors and _("Something is not filled in rightly yet.")),
        "back": reverse("correct" if changes_file(service) else "ask"),
        "back_to": _("Put something right") if changes_file(service) else _("Ask for help"),
        "helper": _helper_words(actor, published), **sending.marks(actor, "" if service.sealed else reasons.said(
            kind.name if kind else service.name)),
    }  # fmt: skip
    return show(
        request,
        "ask_form",
        context,
        tab="household" if changes_file(service) else "home",
        keep=not service.sealed,  # without a line it opens, and what is written waits; its key is the phone's own
        status=status or (422 if errors or error else 200),
    )


def _helper_words(actor: Actor, published: Published) -> tuple[str, str] | None:
    """What a person is asked about helpers who come, where one may come and nothing was agreed yet."""
    if not any(step.step == "dispatch" for step in published.service.route) or consents.agreed(
        consents.HELPER, [own(actor)]
    ):
        return None
    asked = consents.SCOPES[consents.HELPER]
    return in_language(asked.title), in_language(asked.words)


@page("own.ask")
def apply(request: HttpRequest, code: str) -> HttpResponse:
    """Apply for a service with its own form; papers on file are not asked for again."""
    published = catalogue.in_force(clock.today()).get(code)
    if published is None or published.service.mode != "apply" or published.service.subject not in {"person", "family"}:
        raise Http404
    if request.method == "POST":
        return _send_application(request, published)
    return _apply_page(request, published, given=request.GET.get("for", ""))


def _send_application(request: HttpRequest, published: Published) -> HttpResponse:
    actor = mine(request)
    service, sent = published.service, request.POST
    if sending.another(request, actor):
        return _apply_page(request, published, error=sending.other_account(), status=409)
    person = acting_for(actor, sent.get("for"), service.code)
    if person is None:
        raise Http404
    values, errors = fields.read(service.form or {}, sent.dict())
    kind = service.kind(sent.get("kind", ""))
    if service.kinds and kind is None:
        errors["kind"] = _("Please choose one from the list.")
    words = sending.said(request)
    if not errors and (long := sending.too_long(words)):
        return _apply_page(request, published, given=sent.get("for", ""), error=long)
    if errors:
        return _apply_page(request, published, given=sent.get("for", ""), errors=errors)
    try:
        case = sending.open_case(
            actor, published, person, kind=kind.code if kind else "", words=words, form=values, key=sending.key(request)
        )
    except Refusal as refusal:
        return _apply_page(request, published, given=sent.get("for", ""), error=sentence(refusal))
    sending.hand_in(request, actor, case, [(f"paper-{one.code}", one.code) for one in service.materials])
    return redirect(reverse("case", args=[case]) + f"?sent=apply-{service.code}")


def _apply_page(
    request: HttpRequest,
    published: Published,
    *,
    given: str = "",
    errors: dict[str, str] | None = None,
    error: str = "",
    status: int = 0,
) -> HttpResponse:
    actor = mine(request)
    person = acting_for(actor, given, published.service.code)
    if person is None:
        raise Http404
    service, errors, sent = published.service, errors or {}, request.POST.dict()
    schema = service.form or {}
    wanted = [one for one in service.materials if one.from_ in {"", "subject", "applicant"}]
    context = {
        "one": {"code": service.code, "name": reasons.said(service.name), "sealed": service.sealed},
        "whose": person if person != actor.person else "", "words": sent.get("words", ""),
        "known": [reasons.said(one.name) for one in wanted if one.held],
        "papers": [{"code": one.code, "name": reasons.said(one.name)} for one in wanted if not one.held],
        "kinds": [{"code": kind.code, "name": reasons.said(kind.name)} for kind in service.kinds],
        "chosen": sent.get("kind", ""), "fields": fields.fields(schema, fields.kept(schema, sent), errors),
        "wrong": errors, "error": error or (errors and _("Something is not filled in rightly yet.")),
        "back": reverse("why", args=[service.code]), "back_to": reasons.said(service.name),
        **sending.marks(actor, "" if service.sealed else reasons.said(service.name)),
    }  # fmt: skip
    keep = not service.sealed and not errors and not error
    return show(request, "apply", context, tab="cases", keep=keep, status=status or (422 if errors or error else 200))


@page("own.ask")
def correct(request: HttpRequest) -> HttpResponse:
    """Something in the file is wrong or missing: it becomes an ask that the desk answers and records."""
    actor = mine(request)
    published = desk_ask()
    if published is None:
        return show(request, "correct", {"open": False, "back": reverse("household"), "back_to": _("My household")})
    kind = next((kind for kind in published.service.kinds if kind.code in {"record", "other"}), None)
    error = ""
    if request.method == "POST":
        words = sending.said(request)
        person = acting_for(actor, request.POST.get("for"), published.service.code)
        if person is None:
            raise Http404
        if words and not (error := sending.too_long(words)):
            try:
                said = _("Please put my file right: %(words)s") % {"words": words}
                case = sending.open_case(actor, published, person, kind=kind.code if kind else "", words=said, form={})
            except Refusal as refusal:
                error = sentence(refusal)
            else:
                sending.hand_in(request, actor, case, [("photo", "photo")])
                return redirect(reverse("case", args=[case]) + "?sent=correct")
        elif not words:
            error = _("Please say in a few words what it is about.")
    about = request.GET.get("about", "")[:120]
    context = {
        "open": True, "error": error, "words": request.POST.get("words", "") or (f"{about}：" if about else ""),
        "others": relatives(actor, published.service.code),
        "whose": acting_for(actor, request.GET.get("for")) if request.GET.get("for") else None,
        "back": reverse("household"), "back_to": _("My household"),
        "choices": corrections(acting_for(actor, request.GET.get("for")), actor),
    }  # fmt: skip
    return show(request, "correct", context, tab="household", keep=False, status=422 if error else 200)


@page("own.ask")
def complaint(request: HttpRequest) -> HttpResponse:
    """To the form for a complaint where the catalogue has one, else to everything that can be asked."""
    for code, one in sorted(catalogue.in_force(clock.today()).items()):
        if one.service.mode == "ask" and one.service.kind("complaint") is not None:
            return redirect("ask-for", code, "complaint")
    return redirect("ask")


def question(actor: Actor, words: str) -> int:
    """Open a question to the desk in the person's own name; it has a number and a day like any ask."""
    published = desk_ask()
    if published is None:
        raise Refusal(_("Your city has no desk for this in the app yet; please call."))
    kind = next((kind for kind in published.service.kinds if kind.code in {"record", "other"}), None)
    return sending.open_case(actor, published, own(actor), kind=kind.code if kind else "", words=words, form={})


def desk_ask() -> Published | None:
    """The ask through which a file is put right: the one with a kind for it, else the first with a kind for the rest."""
    asks = [one for _code, one in sorted(catalogue.in_force(clock.today()).items()) if one.service.mode == "ask"]
    for kind in ("record", "other"):
        for one in asks:
            if one.service.kind(kind) is not None:
                return one
    return None
