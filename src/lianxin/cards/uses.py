"""Uses of cards: a device's signed counts are taken once, pseudonyms are kept thirty days, then only counts are left.

What is kept of one card: per day, line and hour a pseudonym that is another one each day and on each line. How often a
card was used on a day in the whole city stands apart, under a pseudonym that shares nothing with those, without place
and hour, and is gone with the day. docs/decisions/0034-use-and-settlement.md says why.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Sum

from lianxin.cards import daykeys, forces
from lianxin.cards.devices import ALGORITHMS
from lianxin.cards.models import CardLook, CardRate, DayClosed, Device, Tally, Use, UseBatch
from lianxin.cards.useread import OLDEST, PREFIX_DAY, Hour, Read, Unfit, counted, plain, read, signed, whole
from lianxin.engine import cardnumbers, clock, cose
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal

FRESH = dt.timedelta(minutes=5)  # how far a device's clock may be off when it asks for the day's key
LOOKS = 2000  # pseudonyms of the day that devices look at twice


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch; ``again`` where it was here before."""

    batch: int
    uses: int
    again: bool


def believed(device: object, message: bytes, signature: str, at: dt.datetime) -> Device:
    """The device, where it signed the message and counts. Raises :class:`Unfit`."""
    if not isinstance(device, int) or isinstance(device, bool) or not 0 < device < 1 << 62:
        raise Unfit("unknown-device")
    found = Device.objects.filter(pk=device).first()
    if found is None or found.public is None:
        raise Unfit("unknown-device")
    try:
        given = base64.b64decode(signature.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError):
        raise Unfit("signature") from None
    key = cose.verifier(ALGORITHMS[found.algorithm], bytes(found.public))
    if len(given) != cose.SIGNATURE or not key.verify(message, given):
        raise Unfit("signature")
    if found.revoked_at is not None:
        raise Unfit("revoked")
    if found.until < clock.day(at):
        raise Unfit("expired")
    return found


def asks_for_day(ask: str, signature: str, at: dt.datetime) -> tuple[Device, str]:
    """The device that asks for what it counts under today, and the word that it uses once. Raises :class:`Unfit`."""
    said = plain(ask, ("device", "at", "nonce"))
    found = believed(said["device"], PREFIX_DAY + ask.encode("utf-8", "surrogatepass"), signature, at)
    if not isinstance(said["nonce"], str) or not 16 <= len(said["nonce"]) <= 64:
        raise Unfit("garbage")
    if abs(dt.timedelta(seconds=whole(said["at"], 0, 1 << 40) - int(at.timestamp()))) > FRESH:
        raise Unfit("clock")
    return found, said["nonce"]


def given_for_day(at: dt.datetime) -> dict[str, object]:
    """The keys of today and tomorrow, and the pseudonyms of today that were used too often: look at the card itself."""
    today = clock.day(at)
    made = daykeys.make(today)
    pepper = made[today].pepper
    assert pepper is not None
    look = sorted(cardnumbers.shown(_unsigned(one), pepper).to_bytes(8, "big").hex() for one in _look(at))
    return {"keys": {day.isoformat(): found.key.hex() for day, found in made.items()}, "look": look}


def _look(at: dt.datetime) -> list[int]:
    """The list of the hour, made once in it: nobody sees it change while somebody rides."""
    today, hour = clock.day(at), at.astimezone(clock.SHANGHAI).hour
    held = CardLook.objects.filter(day=today).first()
    if held is None or held.hour < hour:
        cards = too_often(today)[:LOOKS]
        CardLook.objects.get_or_create(day=today, defaults={"hour": hour, "cards": cards})
        CardLook.objects.filter(day=today, hour__lt=hour).update(hour=hour, cards=cards)
        held = CardLook.objects.get(day=today)
    return list(held.cards)


def too_often(day: dt.date) -> list[int]:
    """Pseudonyms used too often, where no operator's machines alone can make it so: the most used first."""
    rows = CardRate.objects.filter(day=day)
    many = rows.values("pseudonym").annotate(n=Sum("uses")).filter(n__gt=settings.CARD_USES).values("pseudonym")
    of_operator = rows.filter(pseudonym__in=many).values_list("pseudonym", "operator").annotate(n=Sum("uses"))
    found: dict[int, int] = {}
    for pseudonym, _operator, uses in of_operator:
        found[pseudonym] = found.get(pseudonym, 0) + min(uses, settings.CARD_USES * 3 // 4)
    often = [(-uses, pseudonym) for pseudonym, uses in found.items() if uses > settings.CARD_USES]
    return [pseudonym for _uses, pseudonym in sorted(often)]


def of_one_machine() -> int:
    """How often a card counts at one machine on one day, for the list only."""
    return max(1, settings.CARD_USES // 4)


def pseudonyms(key: bytes, number: int, line: str) -> tuple[str, str]:
    """What a device writes instead of a credential's number: for the line, and for the whole city without a place."""
    said = number.to_bytes(3, "big")
    return (hmac.digest(key, b"line " + line.encode() + b"\x00" + said, "sha256")[:8].hex(),
            hmac.digest(key, b"rate " + said, "sha256")[:8].hex())  # fmt: skip


def take(*, counts: str, rest: str, signature: str, by: Actor, at: dt.datetime) -> Taken:
    """Take a batch once: a second time changes nothing. Raises :class:`Unfit`."""
    local, today = at.astimezone(clock.SHANGHAI), clock.day(at)
    head = plain(counts, ("device", "batch", "line", "counts", "rest"))
    device = believed(head["device"], signed(counts), signature, at)
    number = whole(head["batch"], 1, 1 << 53)
    if (known := _known(device, number, counts)) is not None:
        return known
    said = read(counts, rest, local, today)
    if said.line not in device.lines:
        raise Unfit("line")
    with transaction.atomic():
        Device.objects.select_for_update().get(pk=device.pk)
        if (known := _known(device, number, counts)) is not None:
            return known
        _within(device, said)
        _kept(device, said, counts, base64.b64decode(signature, altchars=b"-_"), by, at)
        _tallied(device, said, today)
        forces.add(device, said.military, today, at)
        _under_pseudonyms(device, said, today)
    return Taken(number, sum(said.counts.values()), again=False)


def _known(device: Device, number: int, counts: str) -> Taken | None:
    before = UseBatch.objects.filter(machine=device, number=number).first()
    if before is None:
        return None
    if before.counts != counts:
        raise Unfit("other-batch")
    return Taken(number, before.uses, again=True)


def _kept(device: Device, said: Read, counts: str, signature: bytes, by: Actor, at: dt.datetime) -> None:
    days = [day for day, _hour, _kind in said.counts] or [clock.day(at)]
    assert device.public is not None
    with journal.entry(
        action="cards.uses", by=by, at=at, area=device.area, device=device.pk, batch=said.batch
    ) as writer:
        writer.add([UseBatch(
            machine=device, number=said.batch, office=device.office_id, area=device.area, scene=device.scene, line=said.line,
            counts=counts, signature=signature, public=bytes(device.public), algorithm=device.algorithm, first_on=min(days),
            last_on=max(days), uses=sum(said.counts.values()), received_at=at,
        )])  # fmt: skip


def _within(device: Device, said: Read) -> None:
    """No device counts more in an hour than a door lets through, over all its batches."""
    if not said.counts:
        return
    days = [day for day, _hour, _kind in said.counts]
    before = UseBatch.objects.filter(machine=device, last_on__gte=min(days), first_on__lte=max(days))
    held: dict[tuple[dt.date, int], int] = {}
    for text in before.values_list("counts", flat=True):
        _by_hour(held, counted(json.loads(text)["counts"]))
    _by_hour(held, said.counts)
    if any(held[day, hour] > settings.CARD_HOUR for day, hour, _kind in said.counts):
        raise Unfit("too-much")


def _by_hour(held: dict[tuple[dt.date, int], int], counts: dict[Hour, int]) -> None:
    for (day, hour, _kind), uses in counts.items():
        held[day, hour] = held.get((day, hour), 0) + uses


def _tallied(device: Device, said: Read, today: dt.date) -> None:
    live = daykeys.peppers({row[0] for row in said.cards}, today)
    named: dict[Hour, int] = {}
    for day, hour, kind, _card, uses in said.cards:
        if day in live:
            named[day, hour, kind] = named.get((day, hour, kind), 0) + uses
    rows = [
        (
            device.office_id,
            device.area,
            device.scene,
            said.line,
            day.isoformat(),
            hour,
            kind,
            named.get((day, hour, kind), 0),
            uses,
        )
        for (day, hour, kind), uses in sorted(said.counts.items())
    ]
    add_up(
        Tally,
        ("office", "area", "scene", "line", "day", "hour", "kind", "named"),
        ("office", "day", "line", "hour", "kind", "scene"),
        rows,
        also="named",
    )  # fmt: skip


def _under_pseudonyms(device: Device, said: Read, today: dt.date) -> None:
    """What came after the secrets of its day were destroyed is counted and has no pseudonym."""
    peppers = daykeys.peppers({row[0] for row in said.cards} | {row[0] for row in said.rates}, today)
    place = f"{device.office_id} {device.scene} {said.line}".encode()
    kept: dict[tuple[dt.date, int, str, int], int] = {}
    for day, hour, kind, card, uses in said.cards:
        if (pepper := peppers.get(day)) is not None:
            own = (day, hour, kind, peppered(pepper, place, card))
            kept[own] = kept.get(own, 0) + uses
    rows = [(_chance(), day.isoformat(), device.office_id, device.scene, said.line, hour, kind, own, uses)
            for (day, hour, kind, own), uses in sorted(kept.items())]  # fmt: skip
    add_up(Use, ("id", "day", "office", "scene", "line", "hour", "kind", "pseudonym"),
           ("day", "line", "hour", "kind", "pseudonym", "office", "scene"), rows, most=(1 << 31) - 1)  # fmt: skip
    rates: dict[tuple[dt.date, int], int] = {}
    for day, card, uses in said.rates:
        if day in peppers:
            own_rate = (day, _signed(cardnumbers.hidden(_unsigned(card), peppers[day])))
            rates[own_rate] = rates.get(own_rate, 0) + uses
    most = of_one_machine()
    add_up(
        CardRate,
        ("id", "day", "pseudonym", "machine", "operator"),
        ("day", "pseudonym", "machine"),
        [
            (_chance(), day.isoformat(), card, peppered(peppers[day], b"machine %d " % device.pk, card),
             peppered(peppers[day], b"operator %d " % device.office_id, card), min(uses, most))
            for (day, card), uses in sorted(rates.items())
        ],
        most=most,
    )  # fmt: skip


def _chance() -> int:
    """An id that says nothing of when a row came, or with which others."""
    return secrets.randbits(62) + 1


def _unsigned(value: int) -> int:
    return value & (1 << 64) - 1


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def peppered(pepper: bytes, place: bytes, card: int) -> int:
    """A line's pseudonym as it is kept: nobody who has the day's key alone comes to it."""
    made = hmac.digest(pepper, place + _unsigned(card).to_bytes(8, "big"), "sha256")
    return int.from_bytes(made[:8], "big", signed=True)


def add_up(
    model: type[Tally | Use | CardRate],
    columns: Sequence[str],
    unique: Sequence[str],
    rows: Sequence[tuple[int | str, ...]],
    most: int = 1 << 62,
    also: str = "",
) -> None:
    """Add ``rows`` (the columns, then uses) to what is there, in their order, up to ``most``; both databases in one statement."""
    if not rows:
        return
    table, names = model._meta.db_table, [*columns, "uses"]
    values = ", ".join(f'"{name}"' for name in names)
    keys = ", ".join(f'"{name}"' for name in unique)
    least = "LEAST" if connection.vendor == "postgresql" else "MIN"
    added = f'{least}(CAST("{table}".uses AS bigint) + excluded.uses, {most})'
    if also:
        added += f', "{also}" = "{table}"."{also}" + excluded."{also}"'
    tail = f" ON CONFLICT ({keys}) DO UPDATE SET uses = {added}"
    many = max(1, 900 // len(names))  # parameters of one statement
    with connection.cursor() as cursor:
        for start in range(0, len(rows), many):
            some = rows[start : start + many]
            places = ", ".join([f"({', '.join(['%s'] * len(names))})"] * len(some))
            sql = f'INSERT INTO "{table}" ({values}) VALUES {places}{tail}'
            cursor.execute(sql, list(chain.from_iterable(some)))


def night(*, by: Actor, at: dt.datetime) -> dict[str, int]:
    """What the night does: the secrets and rates of the days before are gone, rows of before thirty days become counts."""
    today = clock.day(at)
    done = {"keys": daykeys.destroy(today), "rates": 0, "rows": 0}
    CardLook.objects.filter(day__lt=today).delete()
    for day in CardRate.objects.filter(day__lt=today).order_by("day").values_list("day", flat=True).distinct():
        done["rates"] += _close_rates(day, by, at)
    oldest = today - dt.timedelta(days=OLDEST)
    for day in Use.objects.filter(day__lt=oldest).order_by("day").values_list("day", flat=True).distinct():
        done["rows"] += _close_rows(day, by, at)
    return done


def _close_rates(day: dt.date, by: Actor, at: dt.datetime) -> int:
    with transaction.atomic():
        rows = CardRate.objects.filter(day=day)
        found = rows.aggregate(n=Count("pseudonym", distinct=True), uses=Sum("uses"))
        often = len(too_often(day))
        if not DayClosed.objects.filter(what="rates", day=day).exists():
            _closed("rates", day, found["n"], found["uses"] or 0, by, at, most=settings.CARD_USES, often=often)
        rows.delete()
    return int(found["n"])


def _close_rows(day: dt.date, by: Actor, at: dt.datetime) -> int:
    with transaction.atomic():
        found = Use.objects.filter(day=day).aggregate(n=Count("pk"), uses=Sum("uses"))
        _must_be_counted(day)
        if not DayClosed.objects.filter(what="rows", day=day).exists():
            _closed("rows", day, found["n"], found["uses"] or 0, by, at, digest=digest(day))
        Use.objects.filter(day=day).delete()
    return int(found["n"])


def _must_be_counted(day: dt.date) -> None:
    """No row goes that the counts do not hold: the proof comes before the deletion."""
    same = ("office", "scene", "line", "hour", "kind")
    counts = dict(_groups(Tally.objects.filter(day=day, hour__gte=0).values_list(*same, "uses")))
    for group, uses in _groups(Use.objects.filter(day=day).values_list(*same).annotate(n=Sum("uses"))):
        if uses > counts.get(group, 0):
            raise RuntimeError(f"the counts of {day} do not hold what is to go; nothing was deleted")


def _groups(rows: Iterable[tuple[object, ...]]) -> Iterable[tuple[tuple[object, ...], int]]:
    return ((tuple(row[:-1]), int(str(row[-1]))) for row in rows)


def digest(day: dt.date) -> str:
    """The digest of a day's counts: what is left of it can be compared for good."""
    rows = Tally.objects.filter(day=day, hour__gte=0).order_by("office", "scene", "line", "hour", "kind")
    said = [tuple(row) for row in rows.values_list("office", "scene", "line", "hour", "kind", "uses")]
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _closed(what: str, day: dt.date, rows: int, uses: int, by: Actor, at: dt.datetime, *, most: int = 0, often: int = 0,
            digest: str = "") -> None:  # fmt: skip
    with journal.entry(action="cards.uses-night", by=by, at=at, what=what, day=day.isoformat(), rows=rows) as writer:
        writer.add([DayClosed(what=what, day=day, rows=rows, uses=uses, digest=digest, most=most, often=often, at=at)])
