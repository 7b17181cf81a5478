"""Open an account from the machine: the way into an empty home."""

from __future__ import annotations

import argparse
import secrets

from lianxin.access.roles import ROLES
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.tongue import say
from lianxin.ops import start


def account(given: argparse.Namespace) -> int:
    """Open an account with one role over an area, and the office it sits in if there is none yet."""
    if given.role not in ROLES or given.role == "resident":
        known = ", ".join(sorted(set(ROLES) - {"resident"}))
        raise Refusal(
            say(
                f"there is no staff role {given.role[:40]}; there are {known}",
                f"没有“{given.role[:40]}”这个工作角色；可用的有 {known}",
            )
        )
    start.django_ready()
    from django.conf import settings

    from lianxin.access import actions

    password = given.password or secrets.token_urlsafe(12)
    made = actions.seat(
        username=given.username, name=given.name or given.username, role=given.role,
        area=given.area or settings.CITY, service=given.service or "", password=password,
        by=start.operator(), at=clock.now(),
    )  # fmt: skip
    print(f"{made.username}: {ROLES[given.role].en} at {made.office.name if made.office else '-'}")
    if not given.password:
        print(f"first password: {password}")
    print("sign in at /sign-in/login/; the second factor (a one-time code from any authenticator app) is set up there")
    return 0
