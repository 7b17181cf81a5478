"""A machine that counts, as a maker of validators would build it from the description alone."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import secrets

from lianxin.access.models import Office
from lianxin.cards import devices
from lianxin.engine import cose
from tests.factories.casework import CITY, SYSTEM


def operator(name="城东公交", area=CITY):
    return Office.objects.create(name=name, kind="partner", level="city", area_id=area)


class Machine:
    """Holds a key, registered for ``lines``; writes batches."""

    def __init__(self, at, office=None, scene="bus", lines=("8", "12"), secret=None):
        self.key = cose.Ed25519Signer(secret or secrets.token_bytes(32))
        self.office = office or operator()
        made, _code = devices.register(
            office=self.office.pk, form="validator", scene=scene, name="车载机", lines=lines,
            until=at.date() + dt.timedelta(days=365), by=SYSTEM, at=at, key=("Ed25519", self.key.verifier().public()))  # fmt: skip
        self.device, self.number, self.lines = made.pk, 0, lines

    def signed(self, prefix, text):
        return base64.urlsafe_b64encode(self.key.sign(prefix.encode() + b"\n" + text.encode())).decode()

    def ask(self, at, **more):
        said = {"device": self.device, "at": int(at.timestamp()), "nonce": secrets.token_hex(8), **more}
        text = json.dumps(said)
        return {"ask": text, "signature": self.signed("lianxin-day-1", text)}

    def batch(self, uses, *, keys=None, line=None, military=None, number=None, **more):
        """``uses``: (day, hour, kind, number of the credential or None, how often)."""
        line, counts, cards, rates = line or self.lines[0], {}, {}, {}
        for day, hour, kind, card, often in uses:
            hourly = (str(day), hour, kind)
            counts[hourly] = counts.get(hourly, 0) + often
            if card is not None and str(day) in (keys or {}):
                one, rate = names(bytes.fromhex(keys[str(day)]), card, line)
                cards[(*hourly, one)] = cards.get((*hourly, one), 0) + often
                rates[str(day), rate] = rates.get((str(day), rate), 0) + often
        rest = json.dumps({"salt": secrets.token_hex(16), "cards": [[*one, n] for one, n in sorted(cards.items(), key=lambda x: x[0][3])],
                           "rates": [[*one, n] for one, n in sorted(rates.items(), key=lambda x: x[0][1])],
                           "military": military or {}})  # fmt: skip
        self.number = number or self.number + 1
        said = {"device": self.device, "batch": self.number, "line": line, "counts": [[*one, n] for one, n in counts.items()],
                "rest": hashlib.sha256(rest.encode()).hexdigest(), **more}  # fmt: skip
        text = json.dumps(said)
        return {"counts": text, "rest": rest, "signature": self.signed("lianxin-uses-1", text)}


def names(key, card, line):
    """The pseudonyms of a card, written from the description and not with our own code."""
    said = card.to_bytes(3, "big")
    return (hmac.new(key, b"line " + line.encode() + b"\0" + said, hashlib.sha256).hexdigest()[:16],
            hmac.new(key, b"rate " + said, hashlib.sha256).hexdigest()[:16])  # fmt: skip
