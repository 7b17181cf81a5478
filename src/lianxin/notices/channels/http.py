"""A provider over HTTP: signed JSON out, signed reports back. Most gateways of a city are reached like this.

Out: ``POST LIANXIN_SMS_URL`` with ``{"to", "text", "sign", "reference"}``; the headers ``X-Key``, ``X-Time`` (seconds) and
``X-Signature``, the HMAC-SHA256 of time, a full stop and the body under the secret. Reports come back signed alike:
``[{"reference", "delivered", "why"}]``; one older than five minutes is refused.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping

from django.conf import settings

from lianxin.notices.channels import Receipt, Undelivered

SECONDS = 5
OLD = 300


def signature(moment: str, body: bytes) -> str:
    """The signature of a body at a moment."""
    secret = settings.SMS_SECRET.encode()
    return hmac.new(secret, moment.encode() + b"." + body, hashlib.sha256).hexdigest()


class Http:
    """One gateway."""

    def send(self, phone: str, text: str, reference: str) -> str:
        """Hand over; a 4xx is final, everything else is tried again."""
        body = json.dumps({"to": phone, "text": text, "sign": settings.APP_NAME, "reference": reference},
                          ensure_ascii=False).encode()  # fmt: skip
        moment = str(int(time.time()))
        if not settings.SMS_URL.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
            raise Undelivered("address", again=False)
        request = urllib.request.Request(settings.SMS_URL, body, {  # noqa: S310  the scheme is checked above
            "Content-Type": "application/json", "X-Key": settings.SMS_KEY, "X-Time": moment,
            "X-Signature": signature(moment, body),
        })  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                said = json.loads(answer.read(65536) or b"{}")
        except urllib.error.HTTPError as error:
            raise Undelivered(f"http-{error.code}", again=error.code >= 500 or error.code == 429) from error
        except (OSError, ValueError) as error:
            raise Undelivered("unreachable", again=True) from error
        return str(said.get("id") or reference)[:80]

    def receipts(self, headers: Mapping[str, str], body: bytes) -> list[Receipt]:
        """Read a signed report."""
        moment = headers.get("X-Time", "")
        if not moment.isdigit() or abs(time.time() - int(moment)) > OLD:
            raise ValueError("too old")
        if not settings.SMS_SECRET or not hmac.compare_digest(signature(moment, body), headers.get("X-Signature", "")):
            raise ValueError("not signed by the provider")
        rows = json.loads(body)
        return [
            Receipt(str(row["reference"])[:80], row["delivered"] is True, str(row.get("why", ""))[:40]) for row in rows
        ]


CHANNEL = Http()
