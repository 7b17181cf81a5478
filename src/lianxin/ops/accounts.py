"""Open an account from the machine: the way into an empty home."""

from __future__ import annotations

import argparse
import getpass
import secrets
import sys
import unicodedata
from pathlib import Path

from lianxin.access.roles import PLACED, ROLES
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal, WrongUsage
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
    if given.role in PLACED and not given.area:
        role = ROLES[given.role]
        raise WrongUsage(
            say(f"say where the {role.en} sits: --area with the code of the county, township or village (of the city only "
                "where they serve all of it)",
                f"请写明{role.zh}在哪里：--area 后面写县、乡镇或村的代码（管全市的才写市的代码）")
        )  # fmt: skip
    start.django_ready()
    from django.conf import settings
    from django.db import transaction

    from lianxin.access import actions, behind, organisation

    area = given.area or settings.CITY
    if len(area) >= len(settings.CITY) and not area.startswith(settings.CITY):
        raise WrongUsage(
            say(f"area {area[:12]} is not of this city, whose codes begin with {settings.CITY} (LIANXIN_CITY)",
                f"区域 {area[:12]} 不属于本市；本市的代码以 {settings.CITY} 开头（LIANXIN_CITY）")
        )  # fmt: skip
    _known(area, city=settings.CITY)
    if organisation.names([given.username]):
        raise Refusal(
            say(f"the name {given.username[:40]} is taken; choose another",
                f"账号名 {given.username[:40]} 已经有人用了；请换一个")
        )  # fmt: skip
    password = given.password or secrets.token_urlsafe(12)
    number = _number(given.id_from) if given.id_from or behind.signs(given.role) else ""
    by, at = start.operator(), clock.now()
    with transaction.atomic():
        made = actions.seat(
            username=given.username, name=given.name or given.username, role=given.role,
            area=area, service=given.service or "", password=password, by=by, at=at,
        )  # fmt: skip
        if number:
            behind.name(account=made, number=number, by=by, at=at)
    role, seat = ROLES[given.role], made.office.name if made.office else "-"
    print(say(f"{made.username}: {role.en} at {seat}", f"{made.username}：{seat}，{role.zh}"))
    if not given.password:
        print(say(f"first password: {password}", f"初始密码：{password}"))
    print(say("sign in at /sign-in/login/; the second factor is set up there",
              "从 /sign-in/login/ 登录；第二步验证在那里设置"))  # fmt: skip
    if not number and behind.signs(given.role):
        print(say("nobody is named behind this account: it enters, but verifies, checks and approves nothing until the "
                  "security administrator names somebody (Accounts)",
                  "这个账号还没有实名：能录入，但不能核实、复核和审批；请安全管理员在“账号”里写明是谁"),
              file=sys.stderr)  # fmt: skip
    return 0


def _known(area: str, *, city: str) -> None:
    """Refuse a well-formed code that the list of areas does not have; the city itself is always there."""
    from lianxin.access import tree

    if area == city or len(area) not in tree.LENGTHS or tree.resolve(start.operator().scope, area):
        return
    near = tree.nearest(area)
    if near is None:
        raise WrongUsage(
            say(f"there is no area {area[:12]}; if the areas are not here yet: lianxin import areas FILE",
                f"没有 {area[:12]} 这个地区；区划还没有导入的话，请先 lianxin import areas 区划表")
        )  # fmt: skip
    raise WrongUsage(
        say(f"there is no area {area[:12]}; the nearest is {near[0]} ({near[1]})",
            f"没有 {area[:12]} 这个地区；最接近的是 {near[0]}（{near[1]}）")
    )  # fmt: skip


def _number(source: str | None) -> str:
    """The ID number of whoever the account is for: from a file, its standard input, or asked for on a terminal. Never an
    argument, which other users of the machine could read."""
    if source is None:
        asked = say("ID number of whoever it is for (not shown; empty: named later, in the console): ",
                    "账号给谁用，请输入其身份证号（不显示；直接回车则以后在网页上写明）：")  # fmt: skip
        said = getpass.getpass(asked) if sys.stdin.isatty() else ""
    else:
        try:
            said = (
                sys.stdin.readline() if source == "-" else Path(source).read_text(encoding="utf-8-sig").split("\n")[0]
            )
        except (OSError, UnicodeDecodeError) as lost:
            raise WrongUsage(say(f"no ID number can be read from {source}", f"从 {source} 读不到身份证号")) from lost
    number = unicodedata.normalize("NFKC", said).strip().upper()
    if source is not None and not number:
        raise WrongUsage(say("the file with the ID number is empty", "写身份证号的文件是空的"))
    return number
