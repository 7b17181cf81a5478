"""What costs much to answer is answered so many times an hour to one account, or to one address where nobody is signed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from lianxin.access import tries
from lianxin.access.adapter import address
from lianxin.access.gate import View
from lianxin.companion.shell import show_public
from lianxin.engine import clock

HOUR = dt.timedelta(hours=1)


def at_most(
    what: str, most: int, *methods: str, when: Callable[[HttpRequest], bool] | None = None
) -> Callable[[View], View]:
    """Let a view answer ``most`` times an hour; after that the page says when to come back. Nothing is kept of who asked but
    a digest of the day (:mod:`lianxin.access.tries`). Only some may be counted: those by ``methods``, those of which ``when``
    says so."""

    def wrap(view: View) -> View:
        @wraps(view)
        def bounded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            who = f"account:{request.user.pk}" if request.user.is_authenticated else address(request)
            counted = (not methods or request.method in methods) and (when is None or when(request))
            if counted and tries.count(f"{what}-{who}", clock.now(), HOUR) > most:
                return show_public(request, "often", status=429)
            return view(request, *args, **kwargs)

        return bounded

    return wrap
