"""What a visitor may settle before signing in: the language, and how large the letters are."""

from __future__ import annotations

from typing import Any

from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from lianxin.access import visits
from lianxin.access.gate import Request, page, public
from lianxin.engine import clock

YEAR = 365 * 24 * 3600


def _back(request: HttpRequest) -> HttpResponse:
    """Back to the page that asked, and never to another site."""
    target = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return redirect(target if safe else "/")


def _cookie(response: HttpResponse, name: str, value: str) -> HttpResponse:
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True)
    return response


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Every page in this language from now on; an unknown one changes nothing."""
    code = request.POST.get("language", "")
    response = _back(request)
    return _cookie(response, settings.LANGUAGE_COOKIE_NAME, code) if code in dict(settings.LANGUAGES) else response


@public
@require_POST
def size(request: HttpRequest) -> HttpResponse:
    """Large letters everywhere, or the usual ones."""
    return _cookie(_back(request), "size", "elder" if request.POST.get("size") == "elder" else "usual")


@page("home")
def sessions(request: Request) -> HttpResponse:
    """One's own sign-ins; the others can be ended from here."""
    current = request.session.get(visits.KEY)
    if request.method == "POST":
        ended = visits.end_others(keep=current, by=request.actor, at=clock.now())
        messages.success(
            request, ngettext("%d other session has ended.", "%d other sessions have ended.", ended) % ended
        )
        return redirect("sessions")
    return render(request, "account/sessions.html", {"visits": visits.of(request.actor.account or 0, current=current)})


class Activate(ActivateTOTPView):  # type: ignore[misc]
    """Set up the one-time code; whoever has just typed it right has shown it, and goes on into the house."""

    def form_valid(self, form: Any) -> HttpResponse:
        """As allauth does, and the session knows of the second step."""
        answer: HttpResponse = super().form_valid(form)
        made = Authenticator.objects.get(user=self.request.user, type=Authenticator.Type.TOTP)
        post_authentication(self.request, made)
        return answer


class AddPasskey(AddWebAuthnView):  # type: ignore[misc]
    """Set up a passkey; whoever has just used it has shown it, and is not asked for it once more."""

    def form_valid(self, form: Any) -> HttpResponse:
        """As allauth does, and the session knows of the second step."""
        answer: HttpResponse = super().form_valid(form)
        made = Authenticator.objects.filter(user=self.request.user, type=Authenticator.Type.WEBAUTHN).latest("pk")
        post_authentication(self.request, made)
        return answer


activate = public(Activate.as_view())
passkey = public(AddPasskey.as_view())
