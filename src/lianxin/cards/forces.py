"""Military identity cards: a number of a month, operator and scene, added up under a proof, since no device signs it by itself.

A row for each entry, in a signed batch or in the journal, would stand beside the batch of a line, a day and an hour, and
tell what must not be told (decision 34). So the month's one row carries a seal made with a key that is in no database:
whoever writes another number into it by hand has no seal for it, and it is never paid.
"""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Mapping

from django.conf import settings

from lianxin.access import tries
from lianxin.cards import daykeys
from lianxin.cards.models import Device, Tally
from lianxin.cards.useread import MILITARY, Unfit

_DAY = dt.timedelta(days=1)
_ROW = {"line": "", "hour": -1, "kind": MILITARY}


def proof(office: int, scene: str, month: dt.date, uses: int) -> str:
    """The seal of a month's number."""
    said = f"forces {office} {scene} {month.isoformat()} {uses}"
    return hmac.digest(bytes.fromhex(settings.KEYS["pseudonym"]), said.encode(), "sha256").hex()


def _believed(row: Tally) -> bool:
    return hmac.compare_digest(row.proof, proof(row.office, row.scene, row.day, row.uses))


def add(device: Device, military: Mapping[dt.date, int], today: dt.date, at: dt.datetime) -> None:
    """Add a batch's numbers, within what one device may hand in on a day. Raises :class:`Unfit`."""
    if not military:
        return
    new, held = sum(military.values()), daykeys.make(today)[today].pepper or b""
    mark = hmac.digest(
        held, b"forces %d" % device.pk, "sha256"
    ).hex()  # gone with the day: no number of one device stays
    if tries.count(f"uses-{mark}", at, _DAY, more=new) > settings.CARD_FORCES:
        raise Unfit("too-much")
    for month, uses in sorted(military.items()):
        where = {"office": device.office_id, "scene": device.scene, "day": month, **_ROW}
        first = proof(device.office_id, device.scene, month, 0)
        Tally.objects.get_or_create(**where, defaults={"area": device.area, "uses": 0, "proof": first})
        row = Tally.objects.select_for_update().get(**where)
        # what was altered by hand stays unproven: nobody's next batch seals it
        row.proof = proof(row.office, row.scene, month, row.uses + uses) if _believed(row) else ""
        row.uses = row.uses + uses
        row.save(update_fields=["uses", "proof"])


def unproven(office: int, first: dt.date, last: dt.date) -> bool:
    """Whether a number of these months is not what was added up."""
    rows = Tally.objects.filter(office=office, day__range=(first, last), hour=-1)
    return any(not _believed(row) for row in rows)
