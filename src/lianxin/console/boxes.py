"""Boxes of cards at the desk: the bank's list taken in, boxes counted, differences explained, packed on, handed over."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.cards import actions, queries, states
from lianxin.cards.boxes import Listed
from lianxin.console import cardwords, lists
from lianxin.console.acting import attempt
from lianxin.engine import clock
from lianxin.engine.asked import number_of

SHOWN = 200  # cards of a box on its page
ENDS = (".xlsx", ".xls", ".csv")
LARGEST = 20 * 1024 * 1024


def _to(row: queries.Boxed) -> str:
    return row.office if get_language() == "zh-hans" else row.office_en


def _from(row: queries.Boxed) -> str:
    return (row.sender if get_language() == "zh-hans" else row.sender_en) or gettext("the bank")


LISTING = lists.Listing(
    "boxes",
    _("Boxes of cards"),
    (
        lists.Column("number", _("Box"), head=True, href=lambda row: reverse("console:box", args=[row.id])),
        lists.Column("from", _("From"), value=_from),
        lists.Column("to", _("To"), value=_to),
        lists.Column(
            "state",
            _("State"),
            value=lambda row: cardwords.said(cardwords.BOXES, row.state),
            tone=lambda row: cardwords.BOX_TONES.get(row.state, ""),
        ),
        lists.Column("listed", _("On its list"), "number"),
        lists.Column("counted", _("Counted"), "number"),
        lists.Column("lying", _("Lying in it"), "number"),
        lists.Column("missing", _("Missing"), "number"),
        lists.Column("packed_at", _("Packed"), "moment"),
        lists.Column(
            "unseen",
            _("Not looked at"),
            value=lambda row: gettext("for %(days)d days") % {"days": row.unseen} if row.unseen else "",
            tone=lambda row: "red" if row.unseen else "",
        ),
    ),
    (
        lists.Filter(
            "state",
            _("State"),
            (
                ("packed", cardwords.BOXES["packed"]),
                ("differs", cardwords.BOXES["differs"]),
                ("lying", _("something lies in it")),
                ("unseen", _("too long not looked at")),
            ),
        ),
    ),
    words=_(
        "Every box is counted at every hand-over; what differs is explained, and what lies too long is looked at again."
    ),
    empty=_("No box here yet"),
    empty_words=_("A box comes to be when the bank's list is taken in, or when cards are packed on."),
    export="card.keep",
    template="console/cards/boxes.html",
)


@page("card.view")
def boxes(request: Request) -> HttpResponse:
    """Boxes with, or on their way to, the offices of one's area."""

    def fetch(asked: lists.Asked) -> lists.Page:
        rows = queries.boxes(
            request.actor.scope,
            at=clock.now(),
            state=asked.get("state"),
            after=number_of(asked.after),
            limit=asked.limit,
        )
        return lists.Rows(rows, str(rows[-1].id) if len(rows) == asked.limit else "")

    return lists.show(request, LISTING, fetch)


def _one(request: Request, box: int) -> queries.Boxed:
    found = queries.box(request.actor.scope, box, at=clock.now())
    if found is None:
        raise Http404
    return found


@page("card.view")
def box(request: Request, box: int) -> HttpResponse:
    """One box: its list, where its cards are, counting, explaining, packing on, handing over."""
    one = _one(request, box)
    rows = queries.cards(request.actor.scope, box=box, limit=SHOWN)
    lists.know_codes(request, [one.area, *(row.area for row in rows)])
    given: dict[str, Any] = {
        "one": one,
        "to": _to(one),
        "from": _from(one),
        "state": cardwords.said(cardwords.BOXES, one.state),
        "tone": cardwords.BOX_TONES.get(one.state, ""),
        "balance": queries.balance(box),
        "shown": SHOWN,
        "rows": [
            (row, cardwords.said(cardwords.STATES, row.state), cardwords.TONES.get(row.state, "")) for row in rows
        ],
        "signers": cardwords.SIGNERS.items(),
        "may": request.actor.permissions,
        "down": one.level != "village" and any(row.state == states.RECEIVED for row in rows),
        "ready": [row for row in rows if row.state == states.RECEIVED],
        "list": f"{reverse('console:cards')}?box={box}&state=received&as=form",
    }
    return render(request, "console/cards/box.html", given)


@page("card.keep")
@require_POST
def act(request: Request, box: int, what: str) -> HttpResponse:
    """Count, explain, pack on, or hand over what is ticked."""
    one, by, at = _one(request, box), request.actor, clock.now()
    ticked = [pk for pk in map(number_of, request.POST.getlist("card")) if pk is not None]
    if what == "count":
        there = request.POST.get("all") == "yes"
        extra = number_of(request.POST.get("extra", "") or "0")
        attempt(
            request,
            lambda: actions.count(
                box=box, missing=[] if there else ticked, extra=-1 if extra is None else extra, by=by, at=at
            ),
            _("Counted."),
        )
    elif what == "explain":
        words = request.POST.get("words", "")[:300]
        attempt(request, lambda: actions.explain(box=box, words=words, by=by, at=at), _("Explained."))
    elif what == "pack":
        attempt(
            request, lambda: actions.pack(box=box, by=by, at=at), _("Packed on: each office finds its box in its list.")
        )
    elif what == "hand":
        signer = request.POST.get("signer", "")[:10]
        attempt(
            request,
            lambda: actions.hand(cards=ticked, signer=signer, by=by, at=at),
            _("Handed over; each counts in the register."),
        )
    else:
        raise Http404
    return redirect("console:box", box=one.id)


class Upload(forms.Form):
    """The bank's list."""

    file = forms.FileField(
        label=_("The bank's list"), help_text=_("xlsx, xls or csv, with 箱号, 卡号 and 身份证号 or 档案编号.")
    )

    def clean_file(self) -> Any:
        """A list of a known kind and bounded size."""
        found = self.cleaned_data["file"]
        if not found.name.lower().endswith(ENDS):
            raise forms.ValidationError(_("Save it as xlsx, xls or csv and send that."))
        if found.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than 20 MB; split it by box."))
        return found


@page("card.file")
def bank_list(request: Request) -> HttpResponse:
    """Take the bank's list in: looked at first, then taken; rows that fit nobody are named by row and reason."""
    form = Upload(request.POST or None, request.FILES or None)
    found: Listed | None = None
    dry = request.POST.get("what") != "take"
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        made: list[Listed] = []
        with TemporaryDirectory() as folder:
            place = Path(folder) / f"list{Path(sent.name).suffix.lower()}"
            place.write_bytes(sent.read())
            attempt(
                request,
                lambda: made.append(actions.read_list(path=place, dry_run=dry, by=request.actor, at=clock.now())),
                "" if dry else _("Taken in: the boxes are on their way."),
            )
        found = made[0] if made else None
        if found is not None and not dry and not found.refused:
            return redirect("console:boxes")
    faults = (
        [
            (one.place, cardwords.HEADS.get(one.column, one.column), cardwords.said(cardwords.FAULTS, one.reason))
            for one in sorted(found.refused, key=lambda one: one.place)[:SHOWN]
        ]
        if found
        else []
    )
    given = {"form": form, "found": found, "dry": dry, "faults": faults, "refused": len(found.refused) if found else 0}
    return render(request, "console/cards/bank_list.html", given, status=422 if form.errors else 200)


urls: list[URLPattern] = [
    path("boxes/", boxes, name="boxes"),
    path("boxes/bank/", bank_list, name="bank-list"),
    path("boxes/<int:box>/", box, name="box"),
    path("boxes/<int:box>/do/<slug:what>/", act, name="box-do"),
]
