"""The description of the api for whoever builds a validator: OpenAPI 3.1, and in words what a device has to do."""

from __future__ import annotations

from typing import Any

from lianxin.api.problems import SAID
from lianxin.cards.scenes import CLASSES

WORDS = """\
Nothing personal leaves a device. It decides by the signed files (keys, lists, table) that /api/v1/ names, counts, and
hands its counts in some time within thirty days; handing in again is harmless.

Keys: make an Ed25519 key pair (or ES256) that stays on the device, and enrol with the code that the city gave you.
Signatures are base64url, 64 bytes (ES256: r and s), over a prefix and the text exactly as it is sent:
"lianxin-day-1\\n" + ask, and "lianxin-uses-1\\n" + counts.

ask is JSON: {"device": 12, "at": 1790000000, "nonce": "16 to 64 signs, another one each time"}. The answer gives a key
for today and tomorrow (hexadecimal). From the three bytes of a credential's number (claim 7) a device makes
  card = first 8 bytes of HMAC-SHA256(key of the day, "line " + line + 0x00 + number), and
  rate = first 8 bytes of HMAC-SHA256(key of the day, "rate " + number),
in hexadecimal; it then forgets the number. A day's key is deleted when the day is over. Where "look" of the answer holds
a card's rate, the device asks for the card and the identity card.

counts is JSON: {"device": 12, "batch": 7, "line": "8", "counts": [["2026-11-30", 8, "veteran", 31], …], "rest": "…"}
with rest = SHA-256 (hexadecimal) of the text rest. A batch has a number that grows. rest is JSON:
  {"salt": "32 hexadecimal digits, random", "cards": [["2026-11-30", 8, "veteran", "…", 1], …],
   "rates": [["2026-11-30", "…", 2], …], "military": {"2026-11": 14}}
in the order day, hour, kind, card, uses (cards) and day, rate, uses (rates). cards may leave uses out: without a key of
the day, or counted by hand. Sort both lists by their pseudonyms. Military identity cards are counted unnamed, by month
only: never by line, day or hour. Hours are Shanghai's.
One device counts at most some hundreds in an hour, over all its batches; beyond that a batch is refused (too-much).
"""


def _text(*names: str) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": list(names),
            "properties": {name: {"type": "string"} for name in names}}  # fmt: skip


def _post(summary: str, names: tuple[str, ...], gives: dict[str, Any]) -> dict[str, Any]:
    problem = {"description": "a problem (RFC 9457) with a code: " + ", ".join(sorted(SAID)),
               "content": {"application/problem+json": {"schema": {"type": "object"}}}}  # fmt: skip
    return {"post": {
        "summary": summary, "requestBody": {"required": True, "content": {"application/json": {"schema": _text(*names)}}},
        "responses": {"200": {"description": "done", "content": {"application/json": {"schema": {
            "type": "object", "properties": gives}}}}, "default": problem},
    }}  # fmt: skip


def document(server: str) -> dict[str, Any]:
    """The whole description."""
    text, whole = {"type": "string"}, {"type": "integer"}
    device = {"device": whole, "city": text, "form": text, "scene": text, "name": text,
              "lines": {"type": "array", "items": text}, "until": {"type": "string", "format": "date"}}  # fmt: skip
    keys = {"keys": {"type": "object", "additionalProperties": text}, "look": {"type": "array", "items": text}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "lianxin: counts of uses", "version": "1", "description": WORDS},
        "servers": [{"url": server.rstrip("/")}],
        "paths": {
            "/enrol": _post("Enrol a device once", ("code", "algorithm", "key"), device),
            "/day": _post("What to count under today", ("ask", "signature"), {**device, **keys}),
            "/uses": _post("Hand counts in", ("counts", "rest", "signature"), {
                "batch": whole, "uses": whole, "state": {"enum": ["taken", "known"]}}),
        },
        "components": {"schemas": {"kind": {"enum": list(CLASSES)}}},
    }  # fmt: skip
