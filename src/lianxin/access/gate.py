"""How a page says who may open it. A view without such a word is refused by the middleware."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from lianxin.access.models import Account
from lianxin.access.permissions import Refused
from lianxin.access.queries import actor_of
from lianxin.engine import clock
from lianxin.engine.scope import Actor

View = Callable[..., HttpResponse]


class Request(HttpRequest):
    """A request that passed the gate."""

    actor: Actor


def page(permission: str) -> Callable[[View], View]:
    """Only for signed-in accounts whose roles grant ``permission``; sets ``request.actor``. Others read 404."""

    def wrap(view: View) -> View:
        @wraps(view)
        def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            account = request.user
            if not isinstance(account, Account):
                return redirect_to_login(request.get_full_path())
            if account.is_staff_member and not second_factor(request):
                return redirect("mfa_activate_totp")
            actor = actor_of(account, clock.now())
            request.actor = actor  # type: ignore[attr-defined]
            if not actor.may(permission):
                raise Http404
            try:
                return view(request, *args, **kwargs)
            except Refused as refusal:
                raise Http404 from refusal

        gate.permission = permission  # type: ignore[attr-defined]
        return gate

    return wrap


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
