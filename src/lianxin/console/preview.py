"""Trying a policy (政策试算): change the numbers of a service in force, or bring a draft, and see what it would do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import translation
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from lianxin.access import queries as access
from lianxin.access.gate import Request, page
from lianxin.catalogue import draftfiles, queries, trials
from lianxin.console import background, lists, previewforms, previewwords, words, workbook
from lianxin.engine import clock, masking
from lianxin.engine.asked import number_of
from lianxin.engine.declaration import Service
from lianxin.engine.problems import DeclarationErrors
from lianxin.engine.refusal import Refusal
from lianxin.journal import actions as journal
from lianxin.people import queries as people

SERVICES = lists.Listing(
    "trials", _("Try a policy"),
    (
        lists.Column("name", _("Service"), head=True, value=lambda one: words.said(one.service.name),
                     href=lambda one: reverse("console:try-service", args=[one.service.code])),
        lists.Column("repeat", _("How often"), value=lambda one: words.of(words.REPEATS, one.service.repeat)),
        lists.Column("numbers", _("Numbers that may be changed"),
                     value=lambda one: "、".join(words.said(found.name) for found in one.service.parameters.values())),
        lists.Column("number", _("Version"), "number"),
    ),
    (lists.Filter("pillar", _("Pillar"), tuple(words.PILLARS.items())),),
    words=_("Choose a service, change its numbers, and see who would gain or lose and what it costs. Nothing is stored."),
    empty=_("No service in force can be tried"), empty_words=_("Only services with conditions can: an ask is open to all."),
    exports=False, template="console/catalogue/preview_services.html",
)  # fmt: skip


def _writes(request: Request) -> bool:
    """Conditions of one's own can ask anything of one person's file: they are for those who may open the people anyway."""
    return request.actor.may(trials.WRITES) and request.actor.may(trials.OPENS)


def _possible(request: Request, day: dt.date) -> dict[str, queries.Published]:
    """What is in force and may be tried; sealed services are not there."""
    found = queries.visible(request.actor.scope.unlisted(), day)
    return {code: one for code, one in found.items() if one.service.who and one.service.subject in {"person", "family"}}


@page("catalogue.try")
def services(request: Request) -> HttpResponse:
    """Whose numbers may be changed."""

    def fetch(asked: lists.Asked) -> lists.Page:
        found = _possible(request, clock.today()).values()
        return lists.Rows(
            [] if asked.after else [one for one in found if asked.get("pillar") in {"", one.service.pillar}]
        )

    return lists.show(request, SERVICES, fetch, writes=_writes(request))


@page("catalogue.try")
def service(request: Request, code: str) -> HttpResponse:
    """Change the numbers of one service, or its text."""
    day = previewforms.day_of(request.GET.get("day", "")) or clock.today()
    found = _possible(request, day).get(code)
    if found is None:
        raise Http404
    numbers = previewforms.Numbers(found.service, day, request.POST if request.POST.get("as") == "numbers" else None)
    text = previewforms.Text(request.POST if request.POST.get("as") == "text" else None,
                             initial={"text": draftfiles.text_of(found.version_id), "day": day})  # fmt: skip
    problems: list[str] = []
    if request.method == "POST":
        if request.POST.get("as") == "text" and not _writes(request):
            raise Http404
        form = numbers if numbers.is_bound else text
        if form.is_valid():
            made = _begun(request, form.draft, form.cleaned_data["day"], form.changed, problems)
            if made is not None:
                return made
    given = {"found": found, "name": words.said(found.service.name), "numbers": numbers, "text": text,
             "problems": problems, "writes": _writes(request),
             "reads": request.actor.may("catalogue.view")}  # fmt: skip
    return render(
        request, "console/catalogue/preview_service.html", given, status=422 if request.method == "POST" else 200
    )


@page("catalogue.drafts")
def draft(request: Request) -> HttpResponse:
    """Bring a draft: a folder as zip, a service.yaml, or its text. Conditions can ask anything of anybody's file, so this
    is for those who write policy."""
    if not _writes(request):
        raise Http404
    form = previewforms.Draft(request.POST or None, request.FILES or None, initial={"day": clock.today()})
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        made = _begun(request, form.draft, form.cleaned_data["day"], form.changed, problems)
        if made is not None:
            return made
    return render(request, "console/catalogue/preview_draft.html", {"form": form, "problems": problems},
                  status=422 if request.method == "POST" else 200)  # fmt: skip


def _begun(request: Request, compiled: Callable[[], Service], day: dt.date, changed: Callable[[], list[dict[str, str]]],
           problems: list[str]) -> HttpResponse | None:  # fmt: skip
    """Judge a draft now, or in the background where the city is large; ``problems`` takes what is wrong with it."""
    try:
        token = trials.begin(draft=compiled(), day=day, changed=changed(), by=request.actor, at=clock.now())
    except DeclarationErrors as errors:
        problems += [one.sentence(get_language() or "zh") for one in errors.problems if one.severity == "error"][:20]
        return None
    except Refusal as refusal:
        problems.append(refusal.sentence)
        return None
    if trials.large():
        background.start("lianxin.console.preview.run", f"trial-{token}", token, request.actor.account or 0)
    else:
        trials.run(token, request.actor)
    return redirect("console:trial", token=token)


def run(token: str, account: int) -> None:
    """Judge one trial for the account that made it. Runs twice without harm."""
    actor = access.actor_numbered(account, clock.now())
    if actor is None or not actor.may("catalogue.try"):
        trials.write(token, state="failed", error="")
        return
    with translation.override(actor.language):
        trials.run(token, actor)


def _mine(request: Request, token: str) -> dict[str, Any]:
    found = trials.read(token, request.actor, clock.now())
    if found is None:
        raise Http404
    return found


@page("catalogue.try")
def trial(request: Request, token: str) -> HttpResponse:
    """What the draft would do, or how far the judging is."""
    said = _mine(request, token)
    given: dict[str, Any] = {"said": said, "token": token, "stage": previewwords.stage(said.get("stage", ""))}
    if said["state"] == "done":
        given |= previewwords.shown(said, settings.SMALL_CELL)
        given["known"] = given["code"] in _possible(request, dt.date.fromisoformat(said["day"]))
    return render(request, "console/catalogue/preview.html", given)


@page("catalogue.try")
def workbook_of(request: Request, token: str) -> HttpResponse:
    """The numbers of a trial as xlsx; taking them is recorded."""
    said = _mine(request, token)
    if said["state"] != "done":
        raise Http404
    result = said["result"]
    rows = previewwords.sheet(result)
    journal.note(action="list.export", by=request.actor, at=clock.now(), list="trial", form="xlsx", rows=len(rows),
                 filters={"service": result["service"], "day": said["day"]})  # fmt: skip
    title = f"{gettext('Try a policy')} {result['name'][previewwords.tongue()]}"
    return workbook.answer(f"trial-{result['service']}-{said['day']}.xlsx", title, previewwords.heads(), rows)


def _listing(request: Request, said: dict[str, Any]) -> lists.Listing:
    place = 0 if get_language() == "zh-hans" else 1
    areas = [(one.code, (one.name, one.name_en or one.name)[place])
             for one in access.children(request.actor.scope, request.actor.area)]  # fmt: skip
    return lists.Listing(
        "trial-people", _("Whom it would change something for"),
        (
            lists.Column("who", _("Whom"), head=True, href=lambda row: reverse("console:person", args=[row["person"]])),
            lists.Column("change", _("What changes"), value=lambda row: previewwords.change(row)),
            lists.Column("before", _("Now"), "money"),
            lists.Column("after", _("Draft"), "money"),
            lists.Column("missing", _("What we do not know"), value=lambda row: previewwords.facts(row["missing"])),
            lists.Column("area", _("Residence"), "area"),
        ),
        (
            lists.Filter("change", _("What changes"), tuple(previewwords.CHANGES.items())),
            lists.Filter("area", _("Area"), areas, kind="select"),
        ),
        words=f"{said['result']['name'][previewwords.tongue()]} · {said['day']}", export="people.export",
        empty=_("Nobody"), empty_words=_("Nobody inside your area stands here."),
        template="console/catalogue/preview_people.html",
    )  # fmt: skip


@page("gap.view")
def persons(request: Request, token: str) -> HttpResponse:
    """The people behind the numbers of one's own trial, those whom one's office covers."""
    said = _mine(request, token)
    if said["state"] != "done" or not said["opens"]:
        raise Http404
    family = said["result"]["subject"] == "family"

    def fetch(asked: lists.Asked) -> lists.Page:
        found = trials.people(token, change=asked.get("change"), area=asked.get("area"), after=number_of(asked.after) or 0,
                              limit=asked.limit + 1)  # fmt: skip
        more = str(found[asked.limit - 1]["id"]) if len(found) > asked.limit else ""
        return lists.Rows(_named(request, found[: asked.limit], family=family), more)

    return lists.show(request, _listing(request, said), fetch, token=token)


def _named(request: Request, rows: list[dict[str, Any]], *, family: bool) -> list[dict[str, Any]]:
    """Rows with whom they are about; whoever left the office's area meanwhile is left out."""
    ids, scope = [row["id"] for row in rows], request.actor.scope
    named: dict[int, tuple[int, str]] = (
        {pk: (one.members[0].id, one.code) for pk, one in people.families(scope, ids).items()}
        if family
        else {pk: (pk, masking.name(one.name)) for pk, one in people.hits(scope, ids).items()}
    )
    return [{**row, "person": named[row["id"]][0], "who": named[row["id"]][1]} for row in rows if row["id"] in named]


urls: list[URLPattern] = [
    path("trials/", services, name="trials"),
    path("trials/draft/", draft, name="try-draft"),
    path("trials/of/<slug:code>/", service, name="try-service"),
    path("trials/<slug:token>/", trial, name="trial"),
    path("trials/<slug:token>/people/", persons, name="trial-people"),
    path("trials/<slug:token>/file/", workbook_of, name="trial-file"),
]
