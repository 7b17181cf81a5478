"""Uses in the generated city: two operators with a handful of devices, some weeks of signed counts, rates, a statement."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import secrets

from lianxin.access.organisation import NewOffice, set_up
from lianxin.cards import devices, statements, tariffs, uses
from lianxin.demo import recipe
from lianxin.demo.crew import Crew
from lianxin.engine import clock, cose

OPERATORS = (("澄川公交", "Chengchuan Buses"), ("城南湿地公园", "South Wetland Park"))
# scene, the operator's place, what it is called, for which lines, how many uses an hour at most
DEVICES = (
    ("bus", 0, "8路车载机", ("8",), 26), ("bus", 0, "15路车载机", ("15",), 18), ("bus", 0, "K2路车载机", ("K2",), 12),
    ("bus", 0, "备用车载机", ("8", "15"), 3), ("scenic", 1, "东门闸机", ("东门",), 22),
)  # fmt: skip
HOURS = (6, 7, 8, 9, 10, 12, 14, 16, 17, 18, 20)
KINDS = (("veteran", 10), ("bereaved", 2), ("disabled", 1))
SPAN = 10  # days that one batch covers
RATES = (("bus", 150, "澄财〔2025〕18号"), ("scenic", 1000, "澄文旅〔2025〕6号"))


def move(crew: Crew) -> None:
    """Devices registered, counts handed in, last month settled and waiting for its checker."""
    keys, _accounts = set_up(
        offices=[NewOffice(f"operator.{place}", name, english, "partner", "city", recipe.CITY)
                 for place, (name, english) in enumerate(OPERATORS)], accounts=[], by=crew.by, at=crew.ago(40))  # fmt: skip
    offices = [keys[f"operator.{place}"] for place in range(len(OPERATORS))]
    _rates(crew)
    keeper = crew.actor("approver")
    first = (clock.day(crew.now).replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    for scene, place, name, lines, most in DEVICES:
        key = cose.Ed25519Signer(secrets.token_bytes(32))
        made, _code = devices.register(
            office=offices[place], form="gate" if scene == "scenic" else "validator", scene=scene, name=name, lines=lines,
            until=clock.day(crew.now) + dt.timedelta(days=700), key=("Ed25519", key.verifier().public()), by=keeper,
            at=crew.ago(39),
        )  # fmt: skip
        devices.confirm(device=made.pk, by=crew.actor("policy"), at=crew.ago(38))
        _counted(crew, made.pk, key, lines, most, first)
    devices.register(office=offices[0], form="counter", scene="bus", name="20路司机计数键", lines=["20"],
                     until=clock.day(crew.now) + dt.timedelta(days=300), by=keeper, at=crew.ago(1))  # fmt: skip
    maker = crew.actor("payment-maker")
    for one in offices:
        statements.make(office=one, month=first, by=maker, at=crew.now)


def _rates(crew: Crew) -> None:
    for scene, fen, paper in RATES:
        one = tariffs.write(scene=scene, fen=fen, from_on=dt.date(clock.day(crew.now).year - 1, 1, 1), paper=paper,
                            by=crew.actor("policy"), at=crew.ago(38))  # fmt: skip
        tariffs.agree(tariff=one.pk, by=crew.actor("approver"), at=crew.ago(37))


def _counted(crew: Crew, device: int, key: cose.Signer, lines: tuple[str, ...], most: int, first: dt.date) -> None:
    """Every day from the first of last month until yesterday, some days a batch, as a bus hands in that was out of reach."""
    day, number, last = first, 0, clock.day(crew.now) - dt.timedelta(days=1)
    while day <= last:
        until = min(day + dt.timedelta(days=SPAN - 1), last)
        rows = [
            [(day + dt.timedelta(days=past)).isoformat(), hour, kind, crew.rng.randint(1, max(1, most * share // 10))]
            for past in range((until - day).days + 1) for hour in HOURS for kind, share in KINDS
        ]  # fmt: skip
        number += 1
        rest = json.dumps({"salt": secrets.token_hex(16), "cards": [], "rates": [], "military": {}})
        said = json.dumps({"device": device, "batch": number, "line": lines[number % len(lines)], "counts": rows,
                           "rest": hashlib.sha256(rest.encode()).hexdigest()})  # fmt: skip
        signature = base64.urlsafe_b64encode(key.sign(b"lianxin-uses-1\n" + said.encode())).decode()
        at = min(clock.midnight(until) + dt.timedelta(hours=23), crew.now)
        uses.take(counts=said, rest=rest, signature=signature, by=crew.by, at=at)
        day = until + dt.timedelta(days=1)
