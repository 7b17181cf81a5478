"""Deny by default, and the content security policy."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.urls import resolve

from lianxin.access import guarding, visits
from lianxin.engine import clock
from lianxin.engine.scope import Actor
from lianxin.journal import guard

Answer = Callable[[HttpRequest], HttpResponse]
_OWN_GATE = (
    "allauth.account.",
    "allauth.mfa.",
    "allauth.socialaccount.providers.openid_connect.",
)  # sign-in pages guard themselves

# What allauth brings for sites on which anybody signs up: nobody does here, and passwords are handed over by an office.
_CLOSED = frozenset({
    "account_signup", "account_email", "account_set_password", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key", "account_reset_password_from_key_done", "account_confirm_email",
    "account_email_verification_sent", "account_request_login_code", "account_confirm_login_code",
    "account_signup_by_passkey",
})  # fmt: skip


class Compressed(GZipMiddleware):
    """Texts travel compressed over a slow line; pictures, fonts and finished papers are small already.

    The length of an answer tells nothing of a secret in it: some random bytes are added (Django's own way).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress what is text and longer than a line or two."""
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        texts = kind.startswith("text/") or kind.endswith(("json", "javascript", "svg+xml"))
        return super().process_response(request, response) if texts else response


def deny_by_default(get_response: Answer) -> Answer:
    """Refuse, as if it did not exist, any view that does not say who may open it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, view: Callable[..., HttpResponse], args: object, kwargs: object) -> None:
        match = request.resolver_match
        if match is not None and match.url_name in _CLOSED:
            raise Http404
        if not hasattr(view, "permission") and not view.__module__.startswith(_OWN_GATE):
            raise Http404

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


def plain_text(get_response: Answer) -> Answer:
    """Refuse what carries a NUL: nobody types one, and no database takes it in a text."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = [request.GET, request.POST] if request.method == "POST" else [request.GET]
        if any("\x00" in text for one in given for name, texts in one.lists() for text in (name, *texts)):
            return HttpResponseBadRequest("400\n", content_type="text/plain")
        return get_response(request)

    return middleware


def live_sessions(get_response: Answer) -> Answer:
    """A session that timed out or was ended is a stranger's from this request on."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            visits.alive(request, clock.now())
        return get_response(request)

    return middleware


def set_doubts_aside(get_response: Answer) -> Answer:
    """What the guard found doubtful in this request is set aside, sealed, after the request's own work has ended."""

    def middleware(request: HttpRequest) -> HttpResponse:
        guard.taken()
        response = get_response(request)
        guarding.empty_out(where=request.path, by=getattr(request, "actor", Actor(name="-")))
        return response

    return middleware


def content_security(get_response: Answer) -> Answer:
    """A strict policy with a nonce: nothing from elsewhere, no inline script without the nonce. A page with a map names in
    ``pictures_from`` whose tiles it shows; only one that ``measures_here`` may let its script ask the device where it is."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.nonce = secrets.token_urlsafe(16)  # type: ignore[attr-defined]
        response = get_response(request)
        nonce = request.nonce  # type: ignore[attr-defined]
        response.headers.setdefault(
            "Content-Security-Policy",
            f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
            f"img-src 'self' data: blob:{getattr(request, 'pictures_from', '')}; "
            "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
            "form-action 'self'",
        )
        here = "self" if getattr(request, "measures_here", False) else ""
        response.headers.setdefault("Permissions-Policy", f"geolocation=({here}), microphone=(), camera=(self)")
        return response

    return middleware


def permission_of(path: str) -> str | None:
    """The permission that the view at ``path`` declares."""
    found: str | None = getattr(resolve(path).func, "permission", None)
    return found
