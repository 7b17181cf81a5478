"""How a page says who may open it. A view without such a word is refused by the middleware."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext

from lianxin.access import visits
from lianxin.access.models import Account
from lianxin.access.permissions import Refused
from lianxin.access.queries import actor_of
from lianxin.access.standing import standing_for
from lianxin.engine import clock
from lianxin.engine.scope import Actor

View = Callable[..., HttpResponse]


class Request(HttpRequest):
    """A request that passed the gate."""

    actor: Actor


def page(permission: str, *, fresh: bool = False) -> Callable[[View], View]:
    """Only for signed-in accounts whose roles grant ``permission``; sets ``request.actor``. Others read 404.

    ``fresh``: what is sent (a reveal, an approval of money, a role) asks staff for their second factor again where the
    last one is older than some minutes.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            account = request.user
            if not isinstance(account, Account):
                return to_the_door(request)
            if account.is_staff_member and not second_factor(request):
                return _second_step(request, account)
            if account.must_change:
                return redirect("account_change_password")
            actor = actor_of(account, clock.now())
            stand = request.session.get("stands_for")
            if stand is not None:
                actor = standing_for(actor, stand, clock.now()) or actor
            request.actor = actor  # type: ignore[attr-defined]
            if not actor.may(permission):
                raise Http404
            if fresh and request.method == "POST" and not is_fresh(request, account):
                return _ask_again(request, account)
            try:
                return view(request, *args, **kwargs)
            except Refused as refusal:
                raise Http404 from refusal

        gate.permission = permission  # type: ignore[attr-defined]
        return gate

    return wrap


def to_the_door(request: HttpRequest) -> HttpResponse:
    """To the page on which this visitor signs in, and back afterwards: whose session ended by who they were, others by the
    address (the console is the staff's). What was sent is not sent again: they come back to the page it was sent from."""
    over, match = request.session.get(visits.OVER) or [], request.resolver_match
    staff = over[2] if len(over) > 2 else match is not None and "console" in match.app_names
    back = request.get_full_path() if request.method in {"GET", "HEAD"} else came_from(request)
    return redirect_to_login(back, None if staff else reverse("phone"))


def came_from(request: HttpRequest) -> str:
    """The page of ours from which this was sent; the first page where that is not said."""
    back = request.headers.get("Referer", "")
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}) else "/"


def public(view: View) -> View:
    """Open to everybody, signed in or not."""
    view.permission = "public"  # type: ignore[attr-defined]
    return view


def second_factor(request: HttpRequest) -> bool:
    """Whether a staff session has passed a second factor (or is a persona of a demo home)."""
    if settings.DEMO and request.session.get("persona"):
        return True
    methods = request.session.get("account_authentication_methods", [])
    return any(method.get("method") == "mfa" for method in methods)


def is_fresh(request: HttpRequest, account: Account) -> bool:
    """Whether the session's last second factor is young enough for a sensitive act; residents have none to show."""
    if not account.is_staff_member or (settings.DEMO and request.session.get("persona")):
        return True
    methods = request.session.get("account_authentication_methods", [])
    last = max((method.get("at", 0) for method in methods if method.get("method") == "mfa"), default=0)
    return time.time() - last < settings.FRESH_MINUTES * 60


def _second_step(request: HttpRequest, account: Account) -> HttpResponse:
    """To set a second step up, or to show the one there is."""
    from allauth.mfa.models import Authenticator

    held = set(Authenticator.objects.filter(user=account).values_list("type", flat=True))
    if not held - {Authenticator.Type.RECOVERY_CODES}:
        return redirect("mfa_activate_totp")
    name = "mfa_reauthenticate" if Authenticator.Type.TOTP in held else "mfa_reauthenticate_webauthn"
    return redirect(f"{reverse(name)}?{urlencode({'next': request.get_full_path()})}")


def _ask_again(request: HttpRequest, account: Account) -> HttpResponse:
    """To the second factor, and back to the page from which it was sent; nothing was done yet."""
    from allauth.mfa.models import Authenticator

    back = came_from(request)
    messages.info(
        request, gettext("This asks for your second step again. Nothing was done yet: send it once more after.")
    )
    codes = Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).exists()
    name = "mfa_reauthenticate" if codes else "mfa_reauthenticate_webauthn"
    return redirect(f"{reverse(name)}?{urlencode({'next': back})}")
