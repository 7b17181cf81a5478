"""Lists of people under a name: filters to come back to, or people picked by hand or frozen on a day."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.console import lists, peoplelist
from lianxin.console.acting import attempt
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.people import listing, saving


def _address(one: saving.Saved) -> str:
    return f"{reverse('console:people-list')}?{f'list={one.id}' if one.fixed else one.asks}"


def _kind(one: saving.Saved) -> str:
    if not one.fixed:
        return gettext("follows its filters")
    return gettext("frozen") if one.frozen_on else gettext("picked by hand")


LISTS = lists.Listing(
    "people-lists", _("Lists"),
    (
        lists.Column("name", _("Name of the list"), head=True, href=_address),
        lists.Column("kind", _("Kind"), value=_kind),
        lists.Column("people", _("People"), "number", value=lambda one: one.people if one.fixed else None),
        lists.Column("by_name", _("Made by")),
        lists.Column("made_at", _("Made on"), "moment"),
        lists.Column("shared", _("Shared"), value=lambda one: gettext("with the office") if one.shared else ""),
        lists.Column("manage", _("What to do"), value=lambda one: gettext("Change"), screen_only=True,
                     href=lambda one: reverse("console:people-saved", args=[one.id])),
    ),
    words=_("Yours, and those that colleagues of your office share."), exports=False, empty=_("No list yet"),
    empty_words=_("Open the people, set filters or tick people, and save them under a name."),
)  # fmt: skip


@page("people.search")
def mine(request: Request) -> HttpResponse:
    """One's own lists and the office's."""

    def fetch(asked: lists.Asked) -> lists.Page:
        after = number_of(asked.after) or 0
        rows = saving.saved(request.actor, after=after, limit=asked.limit + 1)
        more = len(rows) > asked.limit
        return lists.Rows(rows[: asked.limit], str(rows[asked.limit - 1].id) if more else "")

    return lists.show(request, LISTS, fetch)


def _one(request: Request, pk: int) -> saving.Saved:
    found = saving.saved_list(request.actor, pk)
    if found is None:
        raise Http404
    return found


@page("people.search")
def one(request: Request, saved: int) -> HttpResponse:
    """A list: what it is, whose, and what may be done with it."""
    found = _one(request, saved)
    return render(request, "console/people/saved.html", {"one": found, "kind": _kind(found), "href": _address(found)})


class Name(forms.Form):
    """Under which name a list is kept."""

    name = forms.CharField(label=_("Name of the list"), max_length=80)
    kind = forms.ChoiceField(choices=[("filters", ""), ("frozen", "")])
    shared = forms.BooleanField(required=False)


@page("people.search")
@require_POST
def save(request: Request) -> HttpResponse:
    """Keep what a list asks, or freeze who is on it today. What it asks comes in the address."""
    back = f"{reverse('console:people-list')}?{request.GET.urlencode()}"
    form = Name(request.POST)
    if not form.is_valid():
        attempt(request, lambda: _refuse(gettext("Give the list a name; nothing was saved.")))
        return redirect(back)
    said = form.cleaned_data

    def act() -> None:
        frozen = said["kind"] == "frozen"
        saving.save_list(
            name=said["name"], asks=peoplelist.asks(request.GET), shared=said["shared"],
            persons=_everybody(request) if frozen else None, frozen_on=clock.today() if frozen else None,
            by=request.actor, at=clock.now(),
        )  # fmt: skip

    done = attempt(request, act, _("Saved. You find it under Lists."))
    return redirect("console:people-lists" if done else back)


def _refuse(sentence: str) -> None:
    raise Refusal(sentence)


def _everybody(request: Request) -> list[int]:
    """Everybody on the list that the address asks for, at most one more than a fixed list holds."""
    asked = peoplelist.described(request).read(request)
    wanted, after = peoplelist.wanted(request, asked), ""
    ids: list[int] = []
    while len(ids) <= saving.MOST:
        page = listing.listed(request.actor.scope, wanted, day=clock.today(), after=after, limit=500)
        ids += [hit.id for hit in page.hits]
        after = page.next
        if not after:
            break
    return ids


@page("people.search")
@require_POST
def pick(request: Request) -> HttpResponse:
    """Put the ticked people on a fixed list, a new one where none is chosen, or take them off it."""
    persons = [one for one in map(number_of, request.POST.getlist("pick")[:200]) if one is not None]
    chosen, name = request.POST.get("list", ""), request.POST.get("name", "")
    by, at = request.actor, clock.now()
    back = f"{reverse('console:people-list')}?{request.GET.urlencode()}"

    def act() -> None:
        if not persons:
            raise Refusal(gettext("Tick somebody first; nothing was changed."))
        if request.POST.get("act") == "take":
            saving.take_off_list(saved=int(chosen or 0), persons=persons, by=by, at=at)
        elif chosen.isascii() and chosen.isdigit():
            saving.add_to_list(saved=int(chosen), persons=persons, by=by, at=at)
        else:
            saving.save_list(name=name, persons=persons, by=by, at=at)

    attempt(request, act, _("The list is changed."))
    return redirect(back)


@page("people.search")
@require_POST
def share(request: Request, saved: int) -> HttpResponse:
    """Share it with one's office, or no longer."""
    _one(request, saved)
    shared = request.POST.get("shared") == "yes"
    attempt(request, lambda: saving.share_list(saved=saved, shared=shared, by=request.actor, at=clock.now()),
            _("The list is changed."))  # fmt: skip
    return redirect("console:people-saved", saved=saved)


@page("people.search")
@require_POST
def end(request: Request, saved: int) -> HttpResponse:
    """Take a list away."""
    _one(request, saved)
    done = attempt(request, lambda: saving.end_list(saved=saved, by=request.actor, at=clock.now()),
                   _("The list is gone; the people on it stay as they are."))  # fmt: skip
    return redirect("console:people-lists") if done else redirect("console:people-saved", saved=saved)


urls: list[URLPattern] = [
    path("people/lists/", mine, name="people-lists"),
    path("people/lists/<int:saved>/", one, name="people-saved"),
    path("people/lists/<int:saved>/share/", share, name="people-saved-share"),
    path("people/lists/<int:saved>/end/", end, name="people-saved-end"),
    path("people/list/save/", save, name="people-list-save"),
    path("people/list/pick/", pick, name="people-list-pick"),
]
