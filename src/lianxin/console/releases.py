"""Releases of open data: prepared in the background, read by somebody else, published, withdrawn; the public list beside it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access import queries as access
from lianxin.access.gate import Request, page
from lianxin.console import background, lists, words
from lianxin.console import figurewords as say
from lianxin.console.acting import attempt
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.insight import releasing
from lianxin.insight.releasing import Listed

STATES: dict[str, str | Promise] = {
    releasing.WAITING: _("waits for somebody else"), releasing.OUT: _("in force"), releasing.GIVEN_BACK: _("given back"),
    releasing.WITHDRAWN: _("withdrawn"), releasing.CORRECTED: _("corrected by a later one"),
}  # fmt: skip
_TONES = {releasing.WAITING: "amber", releasing.OUT: "pine", releasing.WITHDRAWN: "red"}
LEFT: dict[str, str | Promise] = {
    "years": _("no finished year is in it"), "measure": _("its parts make no sum"), "sealed": _("sealed matters are in it"),
    "people": _("people stand behind what is open on a day"),
    "small": _("too few people"), "apart": _("beside a published review it would speak of too few people"),
}  # fmt: skip
GROUP = "open-data"


def _years(one: Listed) -> str:
    return f"{one.release.from_year}–{one.release.to_year}"


LISTING = lists.Listing(
    "releases", _("Open data"),
    (
        lists.Column("pk", _("Release"), head=True, value=lambda one: f"{one.release.pk} · {_years(one)}",
                     href=lambda one: reverse("console:release", args=[one.release.pk])),
        lists.Column("known_at", _("Counted"), "moment", value=lambda one: one.release.known_at),
        lists.Column("figures", _("Figures"), "number", value=lambda one: len(one.release.content["figures"])),
        lists.Column("left", _("Left out"), "number", value=lambda one: len(one.release.content["left_out"])),
        lists.Column("by", _("Prepared by"), value=lambda one: one.release.by_name),
        lists.Column("state", _("State"), value=lambda one: words.of(STATES, one.state),
                     tone=lambda one: _TONES.get(one.state, "")),
    ),
    words=_("What everybody may read: by county and year, nothing that speaks of few people, published by two."),
    empty=_("Nothing was prepared yet"), template="console/releases/list.html",
)  # fmt: skip


@page("figures.view")
def every(request: Request) -> HttpResponse:
    """Every release that was prepared."""
    whole = request.actor.may("data.prepare")
    rows = releasing.listed(public=not whole)
    try:
        years = list(releasing.years(clock.now()))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        years = []
    given: dict[str, Any] = {
        "years": years, "may_prepare": whole and bool(years), "state": background.latest_state(GROUP),
        "job": background.latest(GROUP) if whole else None,
        "out": [one for one in rows if one.state in (releasing.OUT, releasing.WITHDRAWN)],
    }  # fmt: skip
    return lists.show(request, LISTING, lambda _asked: lists.Rows(rows), **given)


@page("data.prepare")
@require_POST
def prepare(request: Request) -> HttpResponse:
    """Put the counting of a release on the queue."""
    since, until = (number_of(request.POST.get(name, "")) for name in ("from", "to"))
    if since is None or until is None:
        raise Http404
    background.start("lianxin.console.releases.run", GROUP, request.actor.account or 0, since, until,
                     number_of(request.POST.get("replaces", "")))  # fmt: skip
    messages.success(request, gettext("It is being counted; look again in a minute. Somebody else publishes it then."))
    return redirect("console:releases")


def run(account: int, from_year: int, to_year: int, replaces: int | None) -> str:
    """Count a release for an account. Returns what became of it, for the list of background work."""
    at = clock.now()
    actor = access.actor_numbered(account, at)
    if actor is None or not actor.may("data.prepare"):
        return ""
    with translation.override("zh-hans"):
        try:
            made = releasing.prepare(from_year=from_year, to_year=to_year, replaces=replaces, by=actor, at=at)
        except Refusal as refusal:
            return refusal.sentence
    return str(made.pk)


def _one(release: int) -> Listed:
    found = releasing.one(release)
    if found is None:
        raise Http404
    return found


@page("figures.view")
def release(request: Request, release: int) -> HttpResponse:
    """One release: every cell as it goes out, what is left out and why, who prepared it and who ruled."""
    found, actor, language = _one(release), request.actor, say.language()[:2]
    if not found.went_out and not actor.may("data.prepare"):
        raise Http404
    content = found.release.content
    rows = [(kept, cell) for kept in content["figures"] for cell in kept["cells"]]
    names = content["names"]

    def shown(row: Any) -> str:
        kept, cell = row
        if cell["value"] is None:
            return gettext("not told alone")
        unit = {"zh": "元", "en": "yuan"} if kept["money"] else kept["unit"]
        return f"{releasing.value_of(kept, cell['value'])} {unit[language]}"

    listing = lists.Listing(
        f"release-{release}", gettext("Release %(n)d") % {"n": release},
        (
            lists.Column("figure", _("Figure"), head=True, value=lambda row: row[0]["name"][language]),
            lists.Column("area", _("Area"), value=lambda row: names.get(row[1]["area"], {}).get(language, row[1]["area"])),
            lists.Column("years", _("Years"), value=lambda row: f"{row[1]['from']}–{row[1]['to']}" if row[1]["from"] != row[1]["to"]
                         else str(row[1]["from"])),
            lists.Column("value", _("The number"), value=shown),
            lists.Column("version", _("Version"), value=lambda row: row[0]["version"]),
        ),
        (lists.Filter("code", _("Figure"), tuple((kept["code"], kept["name"][language]) for kept in content["figures"]),
                      kind="select"),),
        template="console/releases/one.html",
    )  # fmt: skip

    def fetch(asked: lists.Asked) -> lists.Page:
        return lists.Rows([row for row in rows if asked.get("code") in ("", row[0]["code"])])

    given: dict[str, Any] = {
        "found": found, "one": found.release, "stands": words.of(STATES, found.state), "tone": _TONES.get(found.state, ""),
        "left": [(one["name"][language], words.of(LEFT, one["why"])) for one in content["left_out"]],
        "carried": [kept["name"][language] for kept in content["figures"] if kept.get("carried")],
        "own": found.state == releasing.WAITING and found.release.account == actor.account,
        "may_rule": actor.may("data.publish") and found.state == releasing.WAITING and found.release.account != actor.account,
        "may_withdraw": actor.may("data.publish") and found.state in (releasing.OUT, releasing.CORRECTED),
    }  # fmt: skip
    return lists.show(request, listing, fetch, **given)


@page("data.publish", fresh=True)
@require_POST
def act(request: Request, release: int, what: str) -> HttpResponse:
    """Publish, give back, withdraw."""
    _one(release)
    done = {releasing.PUBLISH: _("It is out; its addresses stay."), releasing.GIVE_BACK: _("Given back."),
            releasing.WITHDRAW: _("Withdrawn; the list says why.")}  # fmt: skip
    if what not in done:
        raise Http404
    attempt(request, lambda: releasing.rule(release=release, verb=what, words=request.POST.get("words", ""), by=request.actor,
                                            at=clock.now()), done[what])  # fmt: skip
    return redirect("console:release", release=release)


urls: list[URLPattern] = [
    path("open-data/", every, name="releases"),
    path("open-data/prepare/", prepare, name="release-prepare"),
    path("open-data/<int:release>/", release, name="release"),
    path("open-data/<int:release>/do/<slug:what>/", act, name="release-do"),
]
