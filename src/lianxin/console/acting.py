"""How a page carries out one action: a refusal is said on the page, and nothing is left half done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext

from lianxin.engine.refusal import Refusal


def attempt(request: HttpRequest, act: Callable[[], Any], done: str | Promise = "") -> bool:
    """Run one action and say how it went; True when it was done."""
    try:
        act()
    except Refusal as refusal:
        messages.error(request, gettext(refusal.sentence))
        return False
    if done:
        messages.success(request, str(done))
    return True
