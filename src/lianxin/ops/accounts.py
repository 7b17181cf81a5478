"""Open an account from the machine: the way into an empty home."""

from __future__ import annotations

import argparse
import secrets

from lianxin.access.roles import ROLES
from lianxin.engine import clock
from lianxin.engine.refusal import WrongUsage
from lianxin.engine.tongue import say
from lianxin.ops import start


def account(given: argparse.Namespace) -> int:
    """Open an account with one role over an area, and the office it sits in if there is none yet."""
    if given.role not in ROLES or given.role == "resident":
        known = ", ".join(sorted(set(ROLES) - {"resident"}))
        raise WrongUsage(
            say(
                f"there is no staff role {given.role[:40]}; there are {known}",
                f"没有“{given.role[:40]}”这个工作角色；可用的有 {known}",
            )
        )
    start.django_ready()
    from django.conf import settings

    from lianxin.access import actions

    area = given.area or settings.CITY
    if len(area) >= len(settings.CITY) and not area.startswith(settings.CITY):
        raise WrongUsage(
            say(f"area {area[:12]} is not of this city, whose codes begin with {settings.CITY} (LIANXIN_CITY)",
                f"区域 {area[:12]} 不属于本市；本市的代码以 {settings.CITY} 开头（LIANXIN_CITY）")
        )  # fmt: skip
    password = given.password or secrets.token_urlsafe(12)
    made = actions.seat(
        username=given.username, name=given.name or given.username, role=given.role,
        area=area, service=given.service or "", password=password,
        by=start.operator(), at=clock.now(),
    )  # fmt: skip
    role, seat = ROLES[given.role], made.office.name if made.office else "-"
    print(say(f"{made.username}: {role.en} at {seat}", f"{made.username}：{seat}，{role.zh}"))
    if not given.password:
        print(say(f"first password: {password}", f"初始密码：{password}"))
    print(say("sign in at /sign-in/login/; the second factor is set up there",
              "从 /sign-in/login/ 登录；第二步验证在那里设置"))  # fmt: skip
    return 0
