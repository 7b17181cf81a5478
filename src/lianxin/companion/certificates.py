"""Check a certificate of hours by its number: open to everybody, says nothing but what is printed on it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from lianxin.access.gate import public
from lianxin.campaigns import certificates
from lianxin.companion.shell import show_public


@public
def check(request: HttpRequest) -> HttpResponse:
    """The number that somebody typed, and what stands behind it."""
    number = request.GET.get("number", "").strip()[:40]
    found = certificates.check(number) if number else None
    hours = divmod(found.minutes, 60) if found else (0, 0)
    return show_public(request, "certificate", {"number": number, "found": found, "hours": hours})
