"""At the counter: print the slip that binds a phone to a file, end a binding; what became of text messages."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from lianxin.access.citizens import bindings
from lianxin.access.gate import Request, page
from lianxin.access.queries import offices
from lianxin.console import lists, papercodes, words
from lianxin.console.acting import attempt
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.notices import texts as sent
from lianxin.people import queries, slips

STATES: dict[str, words.Words] = {
    "queued": _("will be tried again"), "sent": _("handed over"), "delivered": _("arrived"), "failed": _("did not arrive"),
}  # fmt: skip
TEXTS: dict[str, words.Words] = {"code": _("code for signing in")}
LISTING = lists.Listing(
    "texts", _("Text messages"),
    (
        lists.Column("made_at", _("When"), "moment", head=True),
        lists.Column("template", _("What for"), value=lambda row: words.of(TEXTS, row.template)),
        lists.Column("state", _("State"), value=lambda row: words.of(STATES, row.state),
                     tone=lambda row: {"failed": "red", "queued": "amber"}.get(row.state, "")),
        lists.Column("tries", _("Tries"), "number"),
        lists.Column("why", _("Answer of the provider")),
    ),
    (lists.Filter("state", _("State"), tuple(STATES.items())),),
    words=_("Whether messages arrive. What they said and to whom is not kept."), empty=_("No message was sent yet"),
    exports=False,
)  # fmt: skip


@page("people.bind")
def phone(request: Request, person: int) -> HttpResponse:
    """The phones of a file, and the slip: printed once, for somebody who stands at the counter and showed who they are."""
    file = queries.person(request.actor.scope, person)
    if file is None:
        raise Http404
    if request.method == "POST":
        number = request.POST.get("binding", "")
        if number_of(number) is not None:
            attempt(request, lambda: slips.unbind(person=person, binding=int(number), by=request.actor, at=clock.now()),
                    _("This phone opens nothing any more."))  # fmt: skip
            return redirect("console:person-phone", person=person)
        made: list[bytes] = []
        address = request.build_absolute_uri(reverse("phone-bind"))
        own = [name for pk, name, _area in offices(request.actor.scope) if pk == request.actor.office]
        opens = reverse("console:person-phone", args=[person])
        if attempt(request, lambda: made.append(slips.print_slip(
            person=person, address=address, office="".join(own[:1]), by=request.actor, at=clock.now(),
            sheet=lambda: papercodes.of_object(request, "slip", opens)))):  # fmt: skip
            answer = HttpResponse(made[0], content_type="application/pdf")
            answer["Content-Disposition"] = 'inline; filename="slip.pdf"'
            answer["Cache-Control"] = "no-store"
            return answer
        return redirect("console:person-phone", person=person)
    return render(request, "console/people/phone.html", {"file": file, "phones": bindings(person)})


@page("texts.view")
def texts(request: Request) -> HttpResponse:
    """What became of text messages."""
    return lists.show(
        request, LISTING, lambda asked: sent.page(state=asked.get("state"), after=asked.after, limit=asked.limit)
    )


urls: list[URLPattern] = [
    path("people/<int:person>/phone/", phone, name="person-phone"),
    path("texts/", texts, name="texts"),
]
