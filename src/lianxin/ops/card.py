"""Credentials: inspect one; the keys that sign them."""

from __future__ import annotations

import argparse
import datetime as dt
import json

from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.tongue import say
from lianxin.ops import start

# Why a token is not believed: English, Chinese.
WHY = {
    "empty": ("there is no token here", "这里没有凭证"),
    "oversized": ("this is longer than any credential", "这比任何凭证都长"),
    "garbage": ("this is no whole credential: scan or copy it once more", "这不是一份完整的凭证：请重新扫码或复制"),
    "algorithm": ("it is signed with an algorithm that does not count", "它的签名算法不被认可"),
    "other-city": ("another city issued it; it cannot be checked with this city's keys", "这是别的城市签发的，用本市的密钥验不了"),
    "unknown-key": ("it names a key that this home does not know or has withdrawn", "它所用的密钥，这里没有或已经作废"),
    "forged": ("its signature does not hold: it is not genuine", "签名对不上：不是真的"),
    "not-yet": ("it is genuine and does not count yet", "是真的，但还没有生效"),
    "expired": ("it is genuine and has expired", "是真的，但已经过期"),
    "copied": ("it belongs to a phone and is shown without it: a copy", "它属于某部手机，却不是那部手机出示的：是翻拍或截图"),
    "stale": ("the phone showed it more than a minute ago: a screenshot", "手机出示它已超过一分钟：是截图"),
    "ahead": ("the phone's clock is ahead", "手机的时钟快了"),
    "lost": ("it is genuine and was reported lost", "是真的，但已挂失"),
    "withdrawn": ("it is genuine and was withdrawn", "是真的，但已作废"),
}  # fmt: skip


def inspect(given: argparse.Namespace) -> int:
    """What a token says, and whether it counts. Exit 1 where it does not; with ``--json`` that too is a result."""
    start.django_ready(create=False)
    from lianxin.cards import credentials
    from lianxin.engine import cose, credential

    at, said, code = clock.now(), {}, ""
    try:
        found = credentials.check(given.token, at=at)
    except credential.Refused as refused:
        code = refused.code
    else:
        one = found.credential
        names = {bit: name for name, bit in credentials.BITS.items()}
        said = {
            "issuer": one.issuer, "number": one.number, "form": credential.FORMS[one.form],
            "kind": credential.KINDS[one.kind], "classes": [names.get(bit, str(bit)) for bit in sorted(one.classes)],
            "from": _moment(one.since), "until": _moment(one.until), "key": found.key,
            "algorithm": cose.NAMES[found.algorithm], "shown": _moment(found.shown) if found.shown else None,
        }  # fmt: skip
        standing = credentials.standing(one.number, at=at)
        code = "" if standing.state in {"counts", "unknown"} else standing.state
    if given.json:
        print(json.dumps({"valid": not code, "reason": code or None, **said}, ensure_ascii=False))
    elif not code:
        for name, value in said.items():
            print(f"{name}: {', '.join(value) if isinstance(value, list) else value if value is not None else '-'}")
    if code:
        raise Refusal(say(*WHY[code]))
    return 0


def _moment(seconds: int) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat()


def listed(_: argparse.Namespace) -> int:
    """One line for each key: number, algorithm, state, from when it signs."""
    start.django_ready(create=False)
    from lianxin.cards import keys

    for key in keys.ring(clock.now()):
        held = (
            ""
            if key.held or key.state in {"withdrawn", "checks"}
            else say(" (its secret is not here)", "（私钥不在这里）")
        )
        print(f"{key.number} {key.algorithm} {key.state} {key.signs_from.isoformat(timespec='minutes')}{held}")
    return 0


def rotate(given: argparse.Namespace) -> int:
    """A new key."""
    from django.conf import settings

    start.django_ready(create=False)
    from lianxin.cards import keys

    algorithm = given.algorithm or settings.CARD_ALGORITHM
    key = keys.rotate(algorithm=algorithm, by=start.operator(), at=clock.now(), now=given.now)
    print(f"key {key.number} ({key.algorithm}) is published and signs from {key.signs_from.isoformat(timespec='minutes')}. "
          "Copy keys.json to where you keep it")  # fmt: skip
    return 0


def withdraw(given: argparse.Namespace) -> int:
    """Nothing that a key signed counts any more."""
    start.django_ready(create=False)
    from lianxin.cards import keys

    keys.withdraw(number=given.number, reason=given.reason, by=start.operator(), at=clock.now())
    print(f"key {given.number} is withdrawn: whoever holds a credential under it needs a new one")
    return 0
