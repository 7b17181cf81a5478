"""Daily checkpoints of the chain, signed, to be published: whoever has one can prove later that nothing before it moved.

A checkpoint is one line of JSON: the city, the day, the number and hash of the last link, the checkpoint before it, the
public key and an Ed25519 signature (RFC 8032) over the other members, written with sorted keys and without blanks.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.utils.translation import gettext

from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.journal.actions import SHORT
from lianxin.journal.models import Checkpoint, Head


def cut(marks: bytes) -> Iterator[bytes]:
    """The short marks of an entry's rows, one by one."""
    return (marks[start : start + SHORT] for start in range(0, len(marks), SHORT))


def _key() -> Ed25519PrivateKey:
    """The installation's signing key, made from the keys beside the data; a copy of the data alone cannot sign."""
    return Ed25519PrivateKey.from_private_bytes(
        hmac.digest(bytes.fromhex(settings.KEYS["pseudonym"]), b"journal checkpoints", "sha256")
    )


def public_key() -> str:
    """The key that checkpoints are checked with, in hex: to be written down somewhere else."""
    return _key().public_key().public_bytes_raw().hex()


def _said(given: dict[str, Any]) -> bytes:
    return json.dumps(given, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def seal(*, at: dt.datetime) -> Checkpoint | None:
    """Today's checkpoint, made once a day; None while the chain is empty."""
    day = clock.day(at)
    found = Checkpoint.objects.filter(day=day).first()
    head = Head.objects.filter(pk=1).first()
    if found is not None or head is None or not head.length:
        return found
    before = Checkpoint.objects.order_by("-day").values_list("line", flat=True).first() or ""
    said = {
        "at": at.astimezone(dt.UTC).isoformat(timespec="seconds"), "before": _digest(before), "city": settings.CITY,
        "day": day.isoformat(), "hash": head.hash, "key": public_key(), "link": head.length,
    }  # fmt: skip
    line = _said({**said, "signature": _key().sign(_said(said)).hex()}).decode()
    return Checkpoint.objects.get_or_create(day=day, defaults={"link": head.length, "line": line})[0]


def _digest(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest() if line else ""


def lines(*, limit: int = 10_000) -> list[str]:
    """All checkpoints, oldest first, ready to be published."""
    return list(Checkpoint.objects.order_by("day").values_list("line", flat=True)[:limit])


def latest() -> Checkpoint | None:
    """The newest one."""
    return Checkpoint.objects.order_by("-day").first()


@dataclass(frozen=True, slots=True)
class Point:
    """A published checkpoint as read back."""

    day: str
    link: int
    hash: str
    signed: bool

    def agrees(self, hash_: str) -> bool:
        """Whether it is signed by this installation and the chain still has this hash at its link."""
        return self.signed and self.hash == hash_


def read(line: str) -> Point:
    """One published line. Raises :class:`Refusal` for a line that is no checkpoint."""
    try:
        given = dict(json.loads(line))
        signature = bytes.fromhex(given.pop("signature"))
        point = Point(str(given["day"]), int(given["link"]), str(given["hash"]), signed=True)
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(given["key"]))
    except (ValueError, KeyError, TypeError) as wrong:
        raise Refusal(gettext("This is no checkpoint of a journal; take the file as it was published.")) from wrong
    try:
        key.verify(signature, _said(given))
        own = given["key"] == public_key()
    except InvalidSignature:
        own = False
    return point if own else Point(point.day, point.link, point.hash, signed=False)


def kept() -> list[Point]:
    """The checkpoints kept beside the chain; one that was altered, or that does not follow the one before, is unsigned."""
    before, found = "", list[Point]()
    for row in Checkpoint.objects.order_by("day"):
        try:
            point = read(row.line)
            follows = point.link == row.link and json.loads(row.line).get("before", "") == _digest(before)
        except Refusal:
            point, follows = Point(row.day.isoformat(), row.link, "", signed=False), False
        found.append(point if follows else Point(point.day, row.link, point.hash, signed=False))
        before = row.line
    return found


def by_link(published: Iterable[str]) -> dict[int, list[Point]]:
    """Published checkpoints by the link that they speak of."""
    found: dict[int, list[Point]] = defaultdict(list)
    for line in published:
        if line.strip():
            point = read(line)
            found[point.link].append(point)
    return found
