"""Possible doubles: the list, two files side by side, what a merge would mean, deciding, taking back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.access.queries import area_names
from lianxin.catalogue.queries import in_force
from lianxin.console import filewords, lists, people, words
from lianxin.console.acting import attempt
from lianxin.console.dayfield import DayInput
from lianxin.engine import clock, facts
from lianxin.engine.refusal import Refusal
from lianxin.people import doublework, joining, merging, queries
from lianxin.people.doublewords import SIGNS
from lianxin.people.doublework import Ahead, Pair

STATES = (("open", _("to look at")), ("proposed", _("waiting for a second person")), ("merged", _("merged")),
          ("dismissed", _("two persons")))  # fmt: skip
TONES = {"open": "sky", "proposed": "amber", "merged": "pine", "dismissed": ""}
KEPT = (("survivor", _("of the file that goes on")), ("loser", _("of the other file")), ("both", _("both stay")))
CHOSEN: dict[str, Any] = {
    "service": filewords.GROUPS["service"], "standing": filewords.GROUPS["standing"],
    "livelihood": filewords.GROUPS["livelihood"], "suspension": filewords.GROUPS["suspension"],
    "attested": filewords.GROUPS["attested"], "attribute": filewords.GROUPS["attribute"],
    "account": _("Bank account"), "membership": _("Household"),
}  # fmt: skip
COUNTED: dict[str, Any] = {
    "cases": _("Cases"), "standing": _("Standing decisions with money"), "lines": _("Entitlement lines"),
    "outcomes": _("Rows in the register"), "papers": _("Papers"),
}  # fmt: skip
LINES: dict[str, Any] = {
    "due": _("due"), "batched": _("in a batch"), "sent": _("at the bank"), "paid": _("paid"), "suspense": _("came back"),
}  # fmt: skip


def _address(one: Pair) -> str:
    return reverse("console:double", args=[one.id])


def said(one: Pair) -> str:
    """The signs of a pair in words."""
    return gettext(", ").join(str(SIGNS[code].words) for code in one.signs if code in SIGNS)


LISTING = lists.Listing(
    "doubles", _("Possible doubles"),
    (
        lists.Column("one", _("One file"), head=True, href=_address, value=lambda one: one.one.masked,
                     small=lambda one: one.one.file_number),
        lists.Column("other", _("The other file"), value=lambda one: one.other.masked,
                     small=lambda one: one.other.file_number),
        lists.Column("score", _("Likeness"), "number"),
        lists.Column("why", _("Why"), value=lambda one: said(one)),
        lists.Column("area", _("Area that covers both"), "area"),
        lists.Column("state", _("State"), value=lambda one: str(dict(STATES)[one.state]), tone=lambda one: TONES[one.state]),
        lists.Column("reason", _("Said last"), value=lambda one: one.reason),
    ),
    (lists.Filter("state", _("State"), STATES),),
    words=_("Files that may be one person's twice. Nothing is merged by itself."),
    empty=_("Nothing to look at"), empty_words=_("Every night all files are compared; what looks like one person stands here."),
    exports=False, template="console/doubles/list.html",
)  # fmt: skip


class Beside(forms.Form):
    """Two files by their numbers."""

    one = forms.CharField(label=_("File number"), max_length=20)
    other = forms.CharField(label=_("The other file's number"), max_length=20)


class Joining(forms.Form):
    """Two households by their codes."""

    code = forms.CharField(label=_("Household that joins it"), max_length=16)
    into = forms.CharField(label=_("Household that goes on"), max_length=16)
    since = forms.DateField(label=_("From"), widget=DayInput())


@page("merge.propose")
def households(request: Request) -> HttpResponse:
    """Join two households that are one."""
    form = Joining(request.POST or None)
    if request.method == "POST" and form.is_valid() and attempt(
        request, lambda: joining.by_codes(**form.cleaned_data, by=request.actor, at=clock.now()),
        _("Joined: its members belong to the other household, and its code still finds them."),
    ):  # fmt: skip
        return redirect("console:doubles")
    return render(
        request, "console/doubles/households.html", {"form": form}, status=422 if request.method == "POST" else 200
    )


@page("merge.propose")
def overview(request: Request) -> HttpResponse:
    """The pairs of this area; a double across its border is only hinted at."""
    form = Beside(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made: list[int] = []
        if attempt(request, lambda: made.append(
                doublework.beside(**form.cleaned_data, by=request.actor, at=clock.now()))):  # fmt: skip
            return redirect("console:double", pair=made[0])

    def fetch(asked: lists.Asked) -> lists.Page:
        return doublework.listed(request.actor.scope, state=asked.get("state"), after=asked.after, limit=asked.limit)

    return lists.show(request, LISTING, fetch, form=form, elsewhere=doublework.elsewhere(request.actor.scope))


@dataclass(frozen=True, slots=True)
class Side:
    """One group of both files: what each says, whether they differ, whether somebody must choose."""

    code: str
    title: str
    left: list[str]
    right: list[str]

    @property
    def differs(self) -> bool:
        """Whether the files do not say the same."""
        return self.left != self.right

    @property
    def choice(self) -> bool:
        """Whether somebody has to say which of them stays."""
        return self.code in CHOSEN and self.differs and bool(self.left) and bool(self.right)


def _pair(request: Request, pk: int) -> Pair:
    found = doublework.pair(request.actor.scope, pk)
    if found is None:
        raise Http404
    return found


def _sides(left: queries.PersonFile | None, right: queries.PersonFile | None) -> list[Side]:
    """Both files group by group, in the same order."""
    if left is None or right is None:
        return []
    both = [_told(one) for one in (left, right)]
    codes = list(dict.fromkeys([*both[0], *both[1]]))
    titles = {**{code: str(name) for code, name in filewords.GROUPS.items()}, **TITLES}
    return [Side(code, str(titles[code]), both[0].get(code, []), both[1].get(code, [])) for code in codes]


TITLES: dict[str, Any] = {
    "name": _("Name"), "id": _("ID number"), "phone": _("Phone"), "born": _("Born"), "home": _("Lives at"),
    "membership": _("Household"), "account": _("Bank account"), "kin": _("Kin"),
}  # fmt: skip


def _told(file: queries.PersonFile) -> dict[str, list[str]]:
    one = file.person
    place = 0 if get_language() == "zh-hans" else 1
    area = area_names([one.home]).get(one.home, ("", ""))[place]
    made: dict[str, list[str]] = {
        "name": [one.name],
        "id": [file.id_number or "—"],
        "phone": [file.phone or "—"],
        "born": [filewords.value("particulars", "born_on", one.born_on) or "—"],
        "home": [f"{area} {one.address}".strip()],
        "membership": [file.household_code] if file.household_code else [],
        "kin": [f"{filewords.KIN.get(kin.kind, kin.kind)} {kin.person.masked}" for kin in file.kin],
        "account": [f"{row.bank} {row.masked}" for row in file.accounts],
    }
    for line in people.lines_of(file):
        if line.row.group != "particulars":
            words_of = "，".join(f"{label} {value}" if place else f"{label}{value}" for label, value in line.says)
            since = filewords.value("", "valid_from", line.row.valid_from)
            made.setdefault(line.row.group, []).append(f"{words_of} {since}".strip())
    return {code: rows for code, rows in made.items() if rows}


@page("merge.propose")
def double(request: Request, pair: int) -> HttpResponse:
    """Two files side by side, and what was decided."""
    return _show(request, _pair(request, pair))


def _show(request: Request, found: Pair, status: int = 200, **more: Any) -> HttpResponse:
    scope = request.actor.scope
    left, right = (queries.person(scope, one.id) for one in (found.one, found.other))
    one = found.one.id if left else found.other.id
    given = {
        "pair": found, "why": [str(SIGNS[code].words) for code in found.signs if code in SIGNS],
        "state": str(dict(STATES)[found.state]), "sides": _sides(left, right), "kept": KEPT, "may": request.actor.permissions,
        "everything": request.actor.may("*"), "mine": found.account == request.actor.account,
        "chosen": found.survivor or found.one.id,
        "living": [hit for hit, file in ((found.one, left), (found.other, right)) if file],
        "twice": _twice(doublework.twice(one)) if found.state == "merged" else [],
        "approves": request.actor.may("merge.approve"), **more,
    }  # fmt: skip
    response = render(request, "console/doubles/pair.html", given, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _chosen(request: Request) -> dict[str, str]:
    return {code: how for code in CHOSEN if (how := request.POST.get(f"keep-{code}", "")) in dict(KEPT)}


def _survivor(request: Request) -> int:
    given = request.POST.get("survivor", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 15 else 0


@page("merge.propose")
@require_POST
def ahead(request: Request, pair: int) -> HttpResponse:
    """What the merge would mean; nothing is kept of it."""
    found, keep, survivor = _pair(request, pair), _chosen(request), _survivor(request)
    seen: list[Ahead] = []
    done = attempt(request, lambda: seen.append(doublework.look_ahead(
        double=pair, survivor=survivor, keep=keep, by=request.actor, at=clock.now())))  # fmt: skip
    if not done:
        return _show(request, found, 422)
    return _show(request, found, ahead=seen[0], changes=_changes(seen[0]), counts=_counts(seen[0]), chosen=survivor, keep=keep,
                 twice=_twice(seen[0].twice))  # fmt: skip


def _changes(seen: Ahead) -> list[tuple[str, str, str]]:
    place = "zh" if get_language() == "zh-hans" else "en"
    rows: list[tuple[str, str, str]] = []
    for code, before, after in seen.facts:
        known = facts.VOCABULARY.get(code)
        title = getattr(known.name, place) if known else code
        rows.append((title, filewords.value("", code, before) or "—", filewords.value("", code, after) or "—"))
    return rows


def _counts(seen: Ahead) -> list[tuple[str, int, int]]:
    return [(str(COUNTED.get(what, what)), *pair) for what, pair in seen.counts.items()]


def _twice(rows: list[tuple[str, str, list[str]]]) -> list[tuple[str, str, str, bool]]:
    known = in_force(clock.today())
    return [
        (words.said(known[code].service.name) if code in known else code, period,
         gettext(", ").join(str(LINES.get(state, state)) for state in states), states.count("paid") > 1)
        for code, period, states in rows
    ]  # fmt: skip


@page("merge.propose")
@require_POST
def decide(request: Request, pair: int, what: str) -> HttpResponse:
    """Propose, agree, turn down or dismiss."""
    _pair(request, pair)
    by, at, reason = request.actor, clock.now(), request.POST.get("reason", "")
    acts = {
        "propose": lambda: doublework.propose(double=pair, survivor=_survivor(request), keep=_chosen(request), reason=reason,
                                              by=by, at=at),
        "agree": lambda: doublework.agree(double=pair, by=by, at=at),
        "turn-down": lambda: doublework.turn_down(double=pair, reason=reason, by=by, at=at),
        "dismiss": lambda: doublework.dismiss(double=pair, reason=reason, by=by, at=at),
    }  # fmt: skip
    if what not in acts:
        raise Http404
    attempt(request, acts[what], DONE[what])
    return redirect("console:double", pair=pair)


DONE: dict[str, Any] = {
    "propose": _("Said. Where money or an account is concerned a second person must agree."),
    "agree": _("The files are one now."), "turn-down": _("Not agreed to; the question is open again."),
    "dismiss": _("Two persons. The pair stays away until something changes."),
}  # fmt: skip


@page("merge.approve")
def apart(request: Request, pair: int) -> HttpResponse:
    """Take a merge back; what was recorded since stays with the survivor unless it is given to the other file."""
    found = _pair(request, pair)
    if found.merge is None:
        if request.method == "POST":
            attempt(request, _gone)
        return redirect("console:double", pair=pair)
    since = doublework.since(found.merge)
    if request.method == "POST":
        chosen = set(request.POST.getlist("assign"))
        assign = [(group, row.pk) for group, row in since if f"{group}:{row.pk}" in chosen]
        given: dict[str, Any] = {
            "merge": found.merge,
            "reason": request.POST.get("reason", ""),
            "assign": assign,
            "by": request.actor,
        }
        if attempt(request, lambda: merging.unmerge(**given, at=clock.now()), _("Taken back: two files again.")):
            return redirect("console:double", pair=pair)
    rows = [(f"{group}:{row.pk}", str(CHOSEN.get(group, TITLES.get(group, group))), _row(row)) for group, row in since]
    return render(request, "console/doubles/apart.html", {"pair": found, "rows": rows})


def _gone() -> None:
    raise Refusal(gettext("There is no such merge in your area; nothing was changed."))


def _row(row: Any) -> str:
    said = row.code if hasattr(row, "code") else getattr(row, "merit", "") or getattr(row, "kind", "") or ""
    since = filewords.value("", "valid_from", row.valid_from)
    return " ".join(
        part for part in (filewords.value(type(row).__name__.lower(), "code", said), since, row.paper) if part
    )


urls: list[URLPattern] = [
    path("doubles/", overview, name="doubles"),
    path("doubles/households/", households, name="doubles-households"),
    path("doubles/<int:pair>/", double, name="double"),
    path("doubles/<int:pair>/ahead/", ahead, name="double-ahead"),
    path("doubles/<int:pair>/apart/", apart, name="double-apart"),
    path("doubles/<int:pair>/<slug:what>/", decide, name="double-decide"),
]
