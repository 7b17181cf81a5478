"""The code at the foot of what is printed: the picture's address, and the code of a printed list."""

from __future__ import annotations

import base64
from collections.abc import Collection

from django.http import HttpRequest
from django.urls import reverse

from lianxin.access.gate import Request
from lianxin.casework import sheets
from lianxin.engine import clock, qr


def address(request: HttpRequest, token: str) -> str:
    """What the picture holds: an address in capitals that any phone's camera opens at this installation."""
    return request.build_absolute_uri(reverse("console:short", args=[token])).upper()


def picture(request: HttpRequest, token: str) -> str:
    """The picture of a token for a page: an image's source."""
    return "data:image/svg+xml;base64," + base64.b64encode(qr.svg(address(request, token)).encode()).decode()


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
