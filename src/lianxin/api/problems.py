"""What a device is told when something cannot be taken: a code for it, a sentence for whoever looks (RFC 9457)."""

from __future__ import annotations

from django.http import JsonResponse
from django.utils.translation import gettext_lazy as _

SAID = {
    "method": (405, _("This address is asked in another way.")),
    "type": (415, _("Send JSON (Content-Type: application/json).")),
    "oversized": (413, _("This is too much at once: at most 5,000 rows and 640 kB. Send it in smaller batches.")),
    "garbage": (400, _("This cannot be read. It must be JSON with exactly the names that the description gives.")),
    "number": (422, _("A number is out of its bounds. Nothing was taken.")),
    "kind": (422, _("A kind of entitlement is named that there is not. Nothing was taken.")),
    "rest": (422, _("The second part is not the one that was signed. Nothing was taken.")),
    "sums": (422, _("There are more pseudonyms than uses that were signed. Nothing was taken.")),
    "too-much": (422, _("More uses than one machine can count in that hour or day. Nothing was taken; ask the city.")),
    "nothing": (422, _("There is nothing in this batch.")),
    "future": (422, _("An hour lies ahead. Set the device's clock; nothing was taken.")),
    "old": (422, _("A day lies more than thirty days back. Give these counts to the city on paper; nothing was taken.")),
    "line": (422, _("The device is not registered for this line or gate. Nothing was taken.")),
    "clock": (422, _("The device's clock is more than five minutes off. Set it by the Date of this answer.")),
    "again": (409, _("This very request was answered before. Ask anew with another nonce.")),
    "other-batch": (409, _("A batch with this number was taken already and said something else. Nothing was taken.")),
    "unknown-device": (401, _("There is no such device, or it has no key. Enrol it with a code of the city.")),
    "signature": (401, _("The signature is not this device's. Nothing was taken.")),
    "code": (401, _("This code does not count: it was used, is too old or mistyped.")),
    "revoked": (403, _("This device was revoked. Nothing that it sends is taken; ask the city.")),
    "expired": (403, _("This device's time is over. Ask the city to lengthen it; then send again.")),
    "key": (422, _("This is no public key of Ed25519 (32 bytes) or ES256 (33 bytes).")),
    "too-many": (429, _("Too many requests. Wait some minutes; what was taken stays taken.")),
}  # fmt: skip


def answer(code: str) -> JsonResponse:
    """The problem as JSON."""
    status, said = SAID[code]
    body = {"type": "about:blank", "status": status, "code": code, "title": str(said), "detail": str(said)}
    response = JsonResponse(body, status=status, content_type="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    if status == 429:
        response.headers["Retry-After"] = "300"
    return response
