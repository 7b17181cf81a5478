"""A day in a form, as a browser's own day field takes it."""

from __future__ import annotations

from typing import Any

from django import forms


class DayInput(forms.DateInput):
    """A browser shows and sends a day as 2026-03-01 whatever the page's language; it drops any other writing."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"type": "date", **(attrs or {})}, format="%Y-%m-%d")
