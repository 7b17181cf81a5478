"""One-click sign-in and the journeys; mounted in demo homes only."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from lianxin.access.gate import public
from lianxin.access.queries import account_named
from lianxin.demo import personas, state
from lianxin.demo.journeys import JOURNEYS

BACKEND = settings.AUTHENTICATION_BACKENDS[0]


@public
@require_GET
def cast(request: HttpRequest) -> HttpResponse:
    """Everybody one can become."""
    said = _said()
    groups = [
        (title, [(one, said["personas"][one.code]["name"]) for one in personas.CAST
                 if one.group == group and one.code in said["personas"]])
        for group, title in personas.GROUPS
    ]  # fmt: skip
    now = request.session.get("persona") if request.user.is_authenticated else ""
    return render(request, "demo/cast.html", {"groups": groups, "city": said, "now": now})


@public
@require_GET
def journeys(request: HttpRequest) -> HttpResponse:
    """The journeys, with who to become next."""
    said = _said()
    shown = [
        (journey, [(personas.BY_CODE[code], said["personas"].get(code, {}).get("name", ""), words)
                   for code, words in journey.steps])
        for journey in JOURNEYS
    ]  # fmt: skip
    return render(request, "demo/journeys.html", {"journeys": shown, "now": request.session.get("persona")})


@public
@require_POST
def become(request: HttpRequest, code: str) -> HttpResponse:
    """Sign in as a persona; a demo home's second factor is this click."""
    seated = _said()["personas"]
    account = account_named(seated[code]["account"]) if code in seated else None
    if account is None:
        raise Http404
    logout(request)
    login(request, account, backend=BACKEND)
    request.session["persona"] = code
    return redirect(personas.begins(code, seated))


def _said() -> dict[str, Any]:
    """What the home says; nothing here exists elsewhere, or before the city is built."""
    said = state.current()
    if not settings.DEMO or not said.get("complete"):
        raise Http404
    return said
