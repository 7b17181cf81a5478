"""The codes on printed paper: a signed token in the picture, and a short code beside it that is typed.

The token says which sheet, which case, which step and when it was printed, under a key of the ring; nothing of it reads
as a person. The short code names the sheet and carries one letter that tells a mistyped one.
"""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import secrets
import unicodedata
from dataclasses import dataclass

from lianxin.access import keyring, seal

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # 31, a prime: one wrong letter or two exchanged ones are always told
LONG = 8  # letters before the one that checks
VERSION = 1
PROOF = 10  # bytes of the signature
NO_STEP = 255
# By their places in this row the token names them: new ones come last.
KINDS = ("proposal", "status", "list", "route", "bank", "circle", "hours", "receipt", "review", "card", "slip", "form")


@dataclass(frozen=True, slots=True)
class Token:
    """What the picture says."""

    sheet: int
    case: int | None
    step: int | None
    kind: str
    printed_at: dt.datetime


def fresh() -> str:
    """A new short code."""
    made = "".join(secrets.choice(LETTERS) for _ in range(LONG))
    return made + _check(made)


def _check(text: str) -> str:
    return LETTERS[sum((place + 2) * LETTERS.index(one) for place, one in enumerate(text)) % len(LETTERS)]


def spaced(code: str) -> str:
    """A short code as it is printed: ``K7Q D29 XM4``."""
    return " ".join(code[start : start + 3] for start in range(0, len(code), 3))


def typed(text: str) -> str | None:
    """The short code behind what was typed; None for what cannot be one. Case, gaps, dashes and full width do not matter."""
    plain = "".join(one for one in unicodedata.normalize("NFKC", text).upper() if one.isalnum())
    if len(plain) != LONG + 1 or any(one not in LETTERS for one in plain):
        return None
    return plain if _check(plain[:-1]) == plain[-1] else None


def token(sheet: int, case: int | None, step: int | None, kind: str, printed_at: dt.datetime) -> str:
    """The signed token: capitals and digits only, so that the picture stays small."""
    key = keyring.ring().active
    minutes = int(printed_at.timestamp()) // 60
    body = bytes([VERSION, key.id, KINDS.index(kind), NO_STEP if step is None else step])
    body += sheet.to_bytes(5, "big") + (case or 0).to_bytes(5, "big") + minutes.to_bytes(4, "big")
    return base64.b32encode(body + _proof(key, body)).decode().rstrip("=")


def _proof(key: keyring.Key, body: bytes) -> bytes:
    return seal.mark_under(key, body.hex(), "sheet")[:PROOF]


def opened(text: str) -> Token | None:
    """What a token says, from itself or from the address that holds it; None where it is none of ours."""
    plain = text.strip().rstrip("/").rpartition("/")[2].upper()
    try:
        data = base64.b32decode(plain + "=" * (-len(plain) % 8))
    except ValueError:
        return None
    body, proof = data[:-PROOF], data[-PROOF:]
    if len(body) != 18 or body[0] != VERSION or body[2] >= len(KINDS):
        return None
    try:
        key = keyring.holding(body[1])
    except ValueError:  # printed under a key that was retired since: its short code still opens it
        return None
    if not hmac.compare_digest(proof, _proof(key, body)):
        return None
    case, step = int.from_bytes(body[9:14], "big"), body[3]
    at = dt.datetime.fromtimestamp(int.from_bytes(body[14:18], "big") * 60, tz=dt.UTC)
    return Token(int.from_bytes(body[4:9], "big"), case or None, None if step == NO_STEP else step, KINDS[body[2]], at)
