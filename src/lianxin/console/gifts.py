"""Gifts at the desk: received, receipt printed, given on, taken back; and the donor's own page of what became of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.casework import queries as casework
from lianxin.casework import sheets
from lianxin.console import lists, papercodes
from lianxin.console.acting import attempt
from lianxin.console.dayfield import DayInput
from lianxin.console.mygiving import as_pdf
from lianxin.engine import clock, money
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.partners import gifts as actions
from lianxin.partners import givenon


def _what(row: givenon.Held) -> str:
    return f"{row.thing} {givenon.said(row, row.quantity)}".strip() if row.thing else _yuan(row.quantity)


def _yuan(fen: int) -> str:
    return gettext("%(sum)s yuan") % {"sum": money.yuan(fen)}


def said(row: givenon.Held, quantity: int) -> str:
    """An amount of a gift in words."""
    return givenon.said(row, quantity) if row.thing else _yuan(quantity)


def _state(row: givenon.Held) -> str:
    if row.reversed_at:
        return gettext("taken back")
    return gettext("given on whole") if row.left == 0 else gettext("something is left")


LISTING = lists.Listing(
    "gifts", _("Gifts"),
    (
        lists.Column("number", _("Receipt"), head=True, href=lambda row: reverse("console:gift", args=[row.id])),
        lists.Column("donor", _("From whom"), value=lambda row: row.donor if get_language() == "zh-hans" else row.donor_en),
        lists.Column("what", _("What was given"), value=_what),
        lists.Column("purpose", _("For what")),
        lists.Column("received_on", _("Received"), "day"),
        lists.Column("left", _("Left"), value=lambda row: said(row, row.left) if row.left else ""),
        lists.Column("state", _("State"), value=_state,
                     tone=lambda row: "" if row.reversed_at else "pine" if row.left == 0 else "amber"),
    ),
    (lists.Filter("state", _("State"), (("left", _("something is left")), ("used", _("given on whole")),
                                        ("back", _("taken back")))),
     lists.Filter("text", _("Donor, number, thing or purpose"), kind="text")),
    empty=_("No gift yet"), empty_words=_("When somebody gives money or things, write it down here and print the receipt."),
    export="gift.keep", template="console/partners/gifts.html",
)  # fmt: skip


@page("gift.keep")
def gifts(request: Request) -> HttpResponse:
    """Gifts of one's area, the newest first; what was received and given on in all."""
    sums = givenon.totals(request.actor.scope)

    def fetch(asked: lists.Asked) -> lists.Page:
        rows = givenon.gifts(request.actor.scope, state=asked.get("state"), text=asked.get("text"),
                             after=number_of(asked.after), limit=asked.limit)  # fmt: skip
        return lists.Rows(rows, str(rows[-1].id) if len(rows) == asked.limit else "")

    return lists.show(request, LISTING, fetch, received=_yuan(sums["received"]), given_on=_yuan(sums["given"]),
                      left=_yuan(sums["received"] - sums["given"]))  # fmt: skip


class GiftForm(forms.Form):
    """A gift as it is received."""

    office = forms.ChoiceField(label=_("From whom"), required=False)
    donor = forms.CharField(label=_("Or a donor who is new here"), max_length=80, required=False,
                            help_text=_("The name as it stands on the receipt."))  # fmt: skip
    yuan = forms.CharField(label=_("Money, in yuan"), max_length=20, required=False)
    thing = forms.CharField(label=_("Or a thing"), max_length=60, required=False)
    pieces = forms.IntegerField(label=_("How many"), min_value=1, required=False)
    unit = forms.CharField(label=_("Counted in"), max_length=10, required=False, help_text=_("pieces, boxes, beds"))
    purpose = forms.CharField(label=_("For what"), max_length=200)
    on = forms.DateField(label=_("Received on"), widget=DayInput())

    def quantity(self) -> int:
        """Fen, or pieces. Raises a refusal where it is neither or both."""
        given = self.cleaned_data
        if bool(given["yuan"].strip()) == bool(given["thing"].strip()):
            raise Refusal(str(_("Give either an amount of money or a thing and how many.")))
        if given["thing"].strip():
            return int(given["pieces"] or 0)
        try:
            return money.fen(given["yuan"].strip().replace(",", "").replace("，", ""))
        except ValueError as wrong:
            raise Refusal(str(_("Write the amount like 5000 or 5000.50."))) from wrong


@page("gift.keep")
def new(request: Request) -> HttpResponse:
    """Take a gift in."""
    by, at = request.actor, clock.now()
    form = GiftForm(request.POST or None, initial={"on": clock.today(), "purpose": gettext("as it is needed")})
    donors = [("", "—"), *((str(pk), name) for pk, name in givenon.donors(by.scope))]
    form.fields["office"] = forms.ChoiceField(label=_("From whom"), choices=donors, required=False)
    form.order_fields(["office"])
    made: list[Any] = []

    def take() -> None:
        given = form.cleaned_data
        quantity = form.quantity()
        office = number_of(given["office"])
        if given["donor"].strip():
            office = actions.donor(name=given["donor"], area=by.area, by=by, at=at).pk
        if office is None:
            raise Refusal(str(_("Choose the donor, or write a new one down.")))
        made.append(actions.receive(
            office=office, quantity=quantity, purpose=given["purpose"], area=by.area, thing=given["thing"],
            unit=given["unit"], on=given["on"], by=by, at=at))  # fmt: skip

    if request.method == "POST" and form.is_valid() and attempt(request, take, _("Received. Print the receipt.")):
        return redirect("console:gift", gift=made[0].pk)
    return render(request, "console/partners/gift_new.html", {"form": form}, status=422 if form.errors else 200)


class UseForm(forms.Form):
    """What became of a part."""

    amount = forms.CharField(label=_("How much"), max_length=20)
    words = forms.CharField(label=_("Where it went"), max_length=200,
                            help_text=_("The donor reads it: what it was for, never who."))  # fmt: skip
    case = forms.CharField(label=_("Number of the case it went to"), max_length=24, required=False)
    on = forms.DateField(label=_("On"), widget=DayInput())


def _one(request: Request, gift: int) -> givenon.Held:
    found = givenon.gift(request.actor.scope, gift)
    if found is None:
        raise Http404
    return found


@page("gift.keep")
def gift(request: Request, gift: int) -> HttpResponse:
    """One gift: its receipt, what became of it, what is left."""
    return _shown(request, _one(request, gift), UseForm(initial={"on": clock.today()}))


def _shown(request: Request, one: givenon.Held, form: UseForm) -> HttpResponse:
    given = {"one": one, "what": _what(one), "left": said(one, one.left), "state": _state(one), "form": form,
             "parts": [(part, said(one, part.quantity)) for part in one.parts],
             "photos": sheets.photos_of(request.actor, reverse("console:gift", args=[one.id]), at=clock.now())}  # fmt: skip
    return render(request, "console/partners/gift.html", given, status=422 if form.errors else 200)


@page("gift.keep")
@require_POST
def act(request: Request, gift: int, what: str) -> HttpResponse:
    """Give a part on, take one back, or take the whole gift back."""
    one, by, at = _one(request, gift), request.actor, clock.now()
    if what == "give":
        form = UseForm(request.POST)
        if not form.is_valid():
            return _shown(request, one, form)
        attempt(request, lambda: _give(request, one, form.cleaned_data), _("Written down. The donor reads it."))
    elif what == "back":
        use = number_of(request.POST.get("use", ""))
        if use not in {part.id for part in one.parts}:
            raise Http404
        attempt(request, lambda: actions.take_back(use=use or 0, reason=request.POST.get("reason", ""), by=by, at=at),
                _("Taken back; it is free again."))  # fmt: skip
    elif what == "reverse":
        attempt(request, lambda: actions.reverse(gift=gift, reason=request.POST.get("reason", ""), by=by, at=at),
                _("Taken back. The receipt's number stays used."))  # fmt: skip
    else:
        raise Http404
    return redirect("console:gift", gift=gift)


def _give(request: Request, one: givenon.Held, given: dict[str, Any]) -> None:
    case = None
    number = given["case"].strip()
    if number:
        case = casework.numbered(request.actor.scope.unlisted(), number, at=clock.now())
        if case is None:
            raise Refusal(str(_("There is no such case in your area.")))
    try:
        quantity = int(given["amount"]) if one.thing else money.fen(given["amount"].strip().replace(",", ""))
    except ValueError as wrong:
        raise Refusal(str(_("Write how much like 5000 or 5000.50."))) from wrong
    actions.give(gift=one.id, quantity=quantity, words=given["words"], case=case, on=given["on"], by=request.actor,
                 at=clock.now())  # fmt: skip


@page("gift.keep")
def receipt(request: Request, gift: int) -> HttpResponse:
    """The receipt as PDF."""
    one = _one(request, gift)
    return as_pdf(_receipt(request, one), one.number)


def _receipt(request: Request, one: givenon.Held) -> bytes:
    code = papercodes.of_object(request, "receipt", reverse("console:gift", args=[one.id]))
    return givenon.receipt(one, clock.midnight(one.received_on), code)


@page("gift.own")
def mine(request: Request) -> HttpResponse:
    """What we gave and what became of it: purposes and amounts, nobody's name."""
    rows = givenon.mine(request.actor.scope)
    given = {"rows": [
        {"one": one, "what": _what(one), "left": said(one, one.left), "state": _state(one),
         "parts": [(part, said(one, part.quantity)) for part in one.parts if part.reversed_at is None]}
        for one in rows
    ]}  # fmt: skip
    return render(request, "console/partners/mine.html", given)


@page("gift.own")
def my_receipt(request: Request, gift: int) -> HttpResponse:
    """The receipt of one of our own gifts."""
    found = givenon.mine(request.actor.scope, pk=gift)
    if not found:
        raise Http404
    return as_pdf(_receipt(request, found[0]), found[0].number)


urls: list[URLPattern] = [
    path("gifts/", gifts, name="gifts"),
    path("gifts/new/", new, name="gift-new"),
    path("gifts/ours/", mine, name="my-gifts"),
    path("gifts/ours/<int:gift>/receipt/", my_receipt, name="my-receipt"),
    path("gifts/<int:gift>/", gift, name="gift"),
    path("gifts/<int:gift>/receipt/", receipt, name="gift-receipt"),
    path("gifts/<int:gift>/do/<slug:what>/", act, name="gift-do"),
]
