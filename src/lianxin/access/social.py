"""A province's identity service (OIDC): only a verified ID number's mark counts; nothing of its answer is kept."""

from __future__ import annotations

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from lianxin.access import citizens, phones
from lianxin.engine import clock


class IdentityService(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Nobody signs up, nothing is linked, no token and no claim is stored."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Sign in whom the verified ID number names, or say that nobody is known."""
        data = sociallogin.account.extra_data
        claims = {**(data.get("id_token") or {}), **(data.get("userinfo") or {})} or dict(data)
        account = citizens.by_identity(claims=claims, at=clock.now())
        after = str(sociallogin.state.get("next") or "")
        answer = phones.enter(request, account, "oidc", after) if account else phones.unknown(request)
        raise ImmediateHttpResponse(answer)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never."""
        return False

    def on_authentication_error(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """In the same words."""
        raise ImmediateHttpResponse(phones.unknown(request))
