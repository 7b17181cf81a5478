"""How allauth behaves here: nobody signs up by themselves, tries are counted, every sign-in opens a visit."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from lianxin.access import tries, visits
from lianxin.access.models import Account
from lianxin.engine import clock
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal

ADDRESS_TRIES = 40  # failed sign-ins from one address within the window: an office sits behind one
HOW = {"totp": "totp", "recovery_codes": "recovery", "webauthn": "passkey"}


def window() -> dt.timedelta:
    """How long failures count, and how long a lock stands."""
    return dt.timedelta(minutes=settings.LOCK_MINUTES)


def address(request: HttpRequest) -> str:
    """What tries of one address are counted under; only a digest of the day is ever stored."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.HTTPS else ""
    return "address:" + (forwarded.rsplit(",", 1)[-1].strip() or request.META.get("REMOTE_ADDR", ""))


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are opened by an office; sign-up is closed. Who fails too often waits, and is not told which it was."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always closed."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse, in one sentence for every cause, an account or an address that failed too often."""
        at = clock.now()
        account = Account.objects.filter(username=credentials.get("username") or "").first()
        locked = account is not None and account.locked_until is not None and account.locked_until > at
        if locked or tries.made(address(request), at, window()) >= ADDRESS_TRIES:
            raise ValidationError(self._wrong())

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the failure; the account is locked when there were too many. An unknown name is counted alike."""
        at = clock.now()
        tries.count(address(request), at, window())
        name = str(credentials.get("username") or "")[:60]
        account = Account.objects.filter(username=name).first()
        failed = tries.count(f"account:{account.pk if account else name}", at, window())
        if account is not None and failed >= settings.LOCK_TRIES:
            Account.objects.filter(pk=account.pk).update(locked_until=at + window())
            journal.note(action="access.locked", by=Actor(name="-", area=account.office.area_id if account.office else ""),
                         at=at, account=account.pk)  # fmt: skip
        raise ValidationError(self._wrong())

    @staticmethod
    def _wrong() -> str:
        return gettext(
            "Username or password is wrong, or there were too many tries. After several wrong tries you wait a quarter "
            "of an hour; the security administrator can let you in earlier."
        )

    def login(self, request: HttpRequest, user: Account) -> None:
        """Open the session and its visit."""
        super().login(request, user)
        methods = request.session.get("account_authentication_methods", [])
        last = next((one for one in reversed(methods) if one.get("method") == "mfa"), None)
        how = HOW.get(last.get("type", ""), "totp") if last else "password"
        tries.forget(f"account:{user.pk}")
        visits.opened(request, user, how, clock.now())

    def logout(self, request: HttpRequest) -> None:
        """End the visit with the session."""
        if isinstance(request.user, Account):
            visits.left(request, clock.now())
        super().logout(request)

    def set_password(self, user: Account, password: str) -> None:
        """One's own new password: the first one has done its duty."""
        user.must_change = False
        super().set_password(user, password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to work. The old password was typed a moment ago: nothing asks for it again."""
        record_authentication(request, request.user, method="password", reauthenticated=True)
        return "/"

    def is_reauthentication_required(self, *, app: str, **given: Any) -> bool:
        """Not of whoever typed a password or showed a second step within the minutes that such a proof stands."""
        if not super().is_reauthentication_required(app=app, **given):
            return False
        shown = [one.get("at", 0) for one in self.request.session.get("account_authentication_methods", [])]
        return time.time() - max(shown, default=0) >= settings.FRESH_MINUTES * 60


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """One-time codes carry the product's name; a wrong one says where to look."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy(
            "This code is not right. Type the six digits that the app shows now; if it stays wrong, let the phone set "
            "its clock by itself."
        ),
    }
