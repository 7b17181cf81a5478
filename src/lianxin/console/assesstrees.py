"""Trees of indicators: handed in as text, read by somebody else, published; every version stays."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.console import assess, lists, words
from lianxin.console import figurewords as say
from lianxin.console.acting import attempt
from lianxin.engine import clock
from lianxin.insight import trees
from lianxin.insight.trees import Version

STATES: dict[str, str | Promise] = {
    trees.WAITING: _("waits for somebody else"), trees.PUBLISHED: _("published"), trees.GIVEN_BACK: _("given back"),
}  # fmt: skip
_TONES = {trees.WAITING: "amber", trees.PUBLISHED: "pine"}
STANDINGS: dict[str, str | Promise] = {"found": _("found"), "illustrative": _("an example, to be set here")}


class TreeForm(forms.Form):
    """A tree as text, as it lies in the catalogue."""

    text = forms.CharField(
        label=_("The tree"), strip=False, max_length=200_000,
        widget=forms.Textarea(attrs={"class": "review-text", "spellcheck": "false"}),
    )  # fmt: skip


LISTING = lists.Listing(
    "assess-trees", _("Trees of indicators"),
    (
        lists.Column("name", _("Tree"), head=True, value=lambda one: one.tree.name[say.language()],
                     href=lambda one: reverse("console:tree", args=[one.id])),
        lists.Column("number", _("Version"), "number"),
        lists.Column("points", _("Points"), value=lambda one: assess.points(one.tree.points)),
        lists.Column("lines", _("Indicators"), "number", value=lambda one: len(one.tree.indicators)),
        lists.Column("from", _("From"), "day", value=lambda one: one.tree.from_on),
        lists.Column("by_name", _("Handed in by")),
        lists.Column("state", _("State"), value=lambda one: words.of(STATES, one.state),
                     tone=lambda one: _TONES.get(one.state, "")),
    ),
    words=_("The province changes its sheet; each version stays, and a year goes on being counted by its own."),
    empty=_("No tree was handed in yet"), template="console/assess/trees.html",
)  # fmt: skip


@page("assess.view")
def every(request: Request) -> HttpResponse:
    """Every version that was handed in."""
    return lists.show(request, LISTING, lambda _asked: lists.Rows(trees.versions()), shipped=sorted(trees.shipped()))


@page("assess.write")
def new(request: Request, code: str) -> HttpResponse:
    """Hand a tree in: from the newest version, or from the catalogue's own."""
    held = trees.versions(code)
    text = held[0].tree.text if held else trees.shipped().get(code)
    if text is None:
        raise Http404
    form = TreeForm(request.POST or None, initial={"text": text})
    made: list[Any] = []

    def hand_in() -> None:
        made.append(trees.hand_in(text=form.cleaned_data["text"], by=request.actor, at=clock.now()))

    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(request, hand_in, _("Handed in. Somebody else publishes it."))
    ):
        return redirect("console:tree", tree=made[0].pk)
    return render(
        request, "console/assess/tree_new.html", {"form": form}, status=422 if request.method == "POST" else 200
    )


def _one(tree: int) -> Version:
    found = trees.version(tree)
    if found is None:
        raise Http404
    return found


@page("assess.view")
def tree(request: Request, tree: int) -> HttpResponse:
    """One version: its groups and lines, what they are counted from, where they were found, who handed it in and who ruled."""
    found, language, actor = _one(tree), say.language(), request.actor
    groups = [
        {"name": group.name[language], "points": assess.points(group.points), "standing": words.of(STANDINGS, group.standing),
         "source": group.source[language] if group.source else "",
         "lines": [(one, one.name[language], assess.points(one.points), words.of(STANDINGS, one.standing))
                   for one in group.indicators]}
        for group in found.tree.groups
    ]  # fmt: skip
    given = {
        "found": found, "groups": groups, "name": found.tree.name[language], "points": assess.points(found.tree.points),
        "source": found.tree.source[language] if found.tree.source else "", "state": words.of(STATES, found.state),
        "tone": _TONES.get(found.state, ""), "own": found.account == actor.account,
        "may_rule": actor.may("assess.publish") and found.state == trees.WAITING and found.account != actor.account,
        "may_write": actor.may("assess.write"),
    }  # fmt: skip
    return render(request, "console/assess/tree.html", given)


@page("assess.publish")
@require_POST
def act(request: Request, tree: int, what: str) -> HttpResponse:
    """Publish it, or give it back."""
    _one(tree)
    done = {
        trees.PUBLISH: _("Published; the binders of its years are counted by it from now on."),
        trees.GIVE_BACK: _("Given back."),
    }
    if what not in done:
        raise Http404
    said = request.POST.get("words", "")
    attempt(request, lambda: trees.rule(tree=tree, verb=what, words=said, by=request.actor, at=clock.now()), done[what])
    return redirect("console:tree", tree=tree)


urls: list[URLPattern] = [
    path("assess-trees/", every, name="trees"),
    path("assess-trees/new/<slug:code>/", new, name="tree-new"),
    path("assess-trees/<int:tree>/", tree, name="tree"),
    path("assess-trees/<int:tree>/do/<slug:what>/", act, name="tree-do"),
]
