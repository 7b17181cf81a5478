"""My code: what the holder shows at a gate. The phone's own key signs it anew; on paper for whoever has no phone."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_POST

from lianxin.access.gate import page
from lianxin.cards import credentials, sheet
from lianxin.companion.often import at_most
from lianxin.companion.shell import mine, own, sentence, show
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.credential import SHOWS_EVERY
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor

SCRIPTS = ("vendored/qrcode-generator/qrcode.js", "companion/showing.js")
CODES = 20  # codes an hour for one account: each takes a number of the city, which has only so many
KINDS = {"veteran": "veteran", "bereaved": "family of the fallen"}


@page("own.view")
def code(request: HttpRequest) -> HttpResponse:
    """The code, drawn by the phone; and which codes were given out, each of which can be ended."""
    actor, at = mine(request), clock.now()
    held = credentials.held_by([own(actor), *actor.scope.persons], at)
    wanted = number_of(request.GET.get("card", ""))
    card = next((one for one in held if one.card == wanted), held[0] if held else None)
    given = credentials.of_cards([card.card], at).get(card.card, []) if card else []
    context = {
        "card": card, "cards": held if len(held) > 1 else [], "given": [one for one in given if one.counts],
        "kind": pgettext("standing", KINDS[card.kind]) if card else "", "every": SHOWS_EVERY,
        "verify": sheet.verifier_at(request.build_absolute_uri(reverse("verifier"))), "scripts": [static(one) for one in SCRIPTS],
        "forms": {"app": gettext("On a phone"), "paper": pgettext("credential", "On paper"), "card": gettext("On a printed card")},
        "back": reverse("card"), "back_to": gettext("My card"),
    }  # fmt: skip
    return show(request, "card_code", context, tab="papers")


@page("own.view")
@require_POST
@at_most("card-code", CODES, "POST")
def renew(request: HttpRequest, card: int) -> HttpResponse:
    """The credential for this phone, signed anew: the phone says its public key and gets what it shows."""
    actor, at = _whose(request, card), clock.now()
    try:
        phone = bytes.fromhex(request.POST.get("phone", ""))
    except ValueError:
        phone = b""
    try:
        if len(phone) != 33:
            raise Refusal(gettext("The phone's key could not be read. Please open the page again."))
        made = credentials.renew(card=card, phone=phone, by=actor, at=at)
    except Refusal as refusal:
        return JsonResponse({"said": sentence(refusal)}, status=409)
    answer = {"signed": made.signed.hex(), "until": int(made.until.timestamp()), "now": int(at.timestamp())}
    response = JsonResponse(answer)
    response.headers["Cache-Control"] = "no-store"
    return response


@page("own.view")
@require_POST
@at_most("card-code", CODES, "POST")
def paper(request: HttpRequest, card: int) -> HttpResponse:
    """The sheet for whoever has no phone; a sheet of before counts no more."""
    actor, at = _whose(request, card), clock.now()
    data = sheet.paper(
        card=card, verify=sheet.verifier_at(request.build_absolute_uri(reverse("verifier"))), by=actor, at=at
    )
    response = HttpResponse(data, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="card-code.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


@page("own.view")
@require_POST
def end(request: HttpRequest, card: int, credential: int) -> HttpResponse:
    """This code counts no more: the sheet or the phone is lost."""
    actor, at = _whose(request, card), clock.now()
    if credential not in {one.id for one in credentials.of_cards([card], at).get(card, [])}:
        raise Http404
    credentials.withdraw(credentials=[credential], reason="lost", by=actor, at=at)
    return HttpResponse(status=302, headers={"Location": f"{reverse('card-code')}?card={card}"})


def _whose(request: HttpRequest, card: int) -> Actor:
    """The actor, where the card is theirs or of somebody they act for in everything; else there is no such page."""
    actor = mine(request)
    if card not in {one.card for one in credentials.held_by([own(actor), *actor.scope.persons], clock.now())}:
        raise Http404
    return actor
