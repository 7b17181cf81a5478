"""What every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """The app's name, the actor behind the request, and how large the letters are."""
    return {
        "app_name": settings.APP_NAME,
        "demo": settings.DEMO,
        "actor": getattr(request, "actor", None),
        "elder": request.COOKIES.get("size") == "elder",
        "nonce": getattr(request, "nonce", ""),
    }
