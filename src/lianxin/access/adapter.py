"""How allauth behaves here: nobody signs up by themselves, and names are what staff recognise."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are opened by an office; sign-up is closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always closed."""
        return False


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """One-time codes carry the product's name."""
