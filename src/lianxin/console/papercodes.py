"""The code at the foot of what is printed: the picture's address, and the code of a printed list."""

from __future__ import annotations

import base64
from collections.abc import Collection, Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from lianxin.access.gate import Request
from lianxin.casework import sheets
from lianxin.casework.sheets import Printed, Wanted
from lianxin.engine import clock, qr
from lianxin.engine.paper import Code


def address(request: HttpRequest, token: str) -> str:
    """What the picture holds: an address in capitals that any phone's camera opens at this installation."""
    return request.build_absolute_uri(reverse("console:short", args=[token])).upper()


def picture(request: HttpRequest, token: str) -> str:
    """The picture of a token for a page: an image's source."""
    return "data:image/svg+xml;base64," + base64.b64encode(qr.svg(address(request, token)).encode()).decode()


def drawn(request: HttpRequest, one: Printed, words: str = "") -> Code:
    """The code of a printed sheet as a paper draws it."""
    said = words or gettext("Scan it, or say these letters at any desk: it opens where this stands now.")
    return Code(qr.svg(address(request, one.token)), one.code, said)


def made(request: Request, wanted: Sequence[Wanted], words: str = "") -> list[Code]:
    """The codes of some sheets that are being printed, in order; who printed them stands in the journal."""
    return [drawn(request, one, words) for one in sheets.print_sheets(wanted=wanted, by=request.actor, at=clock.now())]


def of_object(request: Request, kind: str, opens: str, words: str = "") -> Code:
    """The code of a sheet about what lies at an address of the console: scanned, it opens that."""
    return made(request, [Wanted(kind, opens=opens)], words)[0]


def of_form(request: Request, kind: str, opens: str) -> tuple[str, str]:
    """Picture and short code for a page that is printed by the browser."""
    (one,) = sheets.print_sheets(wanted=[Wanted(kind, opens=opens)], by=request.actor, at=clock.now())
    return picture(request, one.token), one.code


def when_printed(request: Request, kind: str = "form") -> tuple[str, str] | None:
    """:func:`of_form` for a page of work that is asked to be printed (``as=form``): only then it gets a code."""
    if request.GET.get("as") != "form":
        return None
    query = request.GET.copy()
    query.pop("as", None)
    return of_form(request, kind, request.path + (f"?{query.urlencode()}" if query else ""))


def of_list(request: Request, *, free: Collection[str] = ()) -> tuple[str, str]:
    """Picture and short code of a list that is printed: scanned, it opens again as it was asked.

    ``free`` names what was typed and may be a name: it is left out, so that a sheet remembers no one.
    """
    query = request.GET.copy()
    for name in {"as", "after", "q", *free}:
        query.pop(name, None)
    opens = request.path + (f"?{query.urlencode()}" if query else "")
    (one,) = sheets.print_sheets(wanted=[sheets.Wanted("list", opens=opens)], by=request.actor, at=clock.now())
    return picture(request, one.token), one.code
