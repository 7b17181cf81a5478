"""Which credentials count no more, and the table of scenes, both signed: what verifiers keep for days."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q

from lianxin.access import queries as places
from lianxin.cards import credentials, keys
from lianxin.cards.models import Credential, SceneRow
from lianxin.cards.sceneread import table_in_force
from lianxin.cards.states import LOST, OVER, SUSPENDED
from lianxin.engine import cardnumbers, cardstatus, cbor, clock, cose
from lianxin.engine.credential import IAT, ISS
from lianxin.engine.scope import Actor, over

TABLE = -65540  # claim of the table's lines, from the range for private use
FRESH, GRACE = 3, 14  # days: how old a list may be before its age is pointed out, and before it says nothing any more
LOOKS = 15.0  # seconds for which a process gives the same answer
SIGNED_AGAIN = dt.timedelta(minutes=10)  # after which an unchanged list is signed anew, so that its age stays small


@dataclass(frozen=True, slots=True)
class Published:
    """A signed file, what it says apart from when, and when it was signed."""

    data: bytes
    says: str
    made: dt.datetime

    @property
    def tag(self) -> str:
        """For browsers that have it already."""
        return hashlib.sha256(self.data).hexdigest()[:32]


_lock = threading.Lock()
_held: dict[str, tuple[float, Published]] = {}


def counted_out(at: dt.datetime) -> tuple[set[int], set[int]]:
    """The numbers that count no more at ``at``: withdrawn, and lost. What is over anyway is left out."""
    running = Credential.objects.filter(until__gt=at)
    over = Q(withdrawn_at__isnull=False) | Q(card__state__in=[*OVER, SUSPENDED])
    withdrawn = set(running.filter(over).values_list("number", flat=True))
    gone = Q(withdrawn_at__isnull=False, reason="lost") | Q(card__state=LOST)
    lost = set(running.filter(gone).values_list("number", flat=True))
    return withdrawn - lost, lost


def lists(*, by: Actor, at: dt.datetime) -> Published:
    """The signed lists (:mod:`lianxin.engine.cardstatus`)."""

    def said() -> str:
        withdrawn, lost = counted_out(at)
        return f"{sorted(withdrawn)}{sorted(lost)}{credentials.given()}{_ring(by, at)}"

    def made() -> bytes:
        withdrawn, lost = counted_out(at)
        key = keys.signing(by=by, at=at)
        return cardstatus.sign(
            issuer=settings.CITY, made=int(at.timestamp()), withdrawn=withdrawn, lost=lost,
            size=cardnumbers.size(credentials.given()), key=key.signer, number=key.number,
        )  # fmt: skip

    return _published("lists", said, made, at)


def table(*, by: Actor, at: dt.datetime) -> Published:
    """The signed table of scenes as it is in force on the day, with every line that may hold in the days after."""
    edition = table_in_force(clock.day(at))
    lines = SceneRow.objects.filter(table=edition, superseded_at__isnull=True).order_by("scene", "area", "code", "pk")
    rows = [_row(one) for one in lines] if edition else []
    number = edition.number if edition else 0
    names = _names(rows)

    def made() -> bytes:
        key = keys.signing(by=by, at=at)
        said = {ISS: settings.CITY, IAT: int(at.timestamp()),
                TABLE: {"edition": number, "fresh": FRESH, "grace": GRACE, "areas": names, "rows": rows}}  # fmt: skip
        return cose.sign(cbor.encode(said), key.signer, {cose.KID: bytes([key.number])})

    return _published("table", lambda: f"{number}{rows}{names}{_ring(by, at)}", made, at)


def _ring(by: Actor, at: dt.datetime) -> int:
    return keys.signing(by=by, at=at).number


def _names(rows: list[dict[str, object]]) -> dict[str, list[str]]:
    """The city, its counties, and the areas that lines name, in Chinese and English: where a verifier may stand."""
    counties = [one.code for one in places.children(over(settings.CITY), settings.CITY) if one.ended_on is None]
    found = places.area_names([settings.CITY, *counties, *(str(row["area"]) for row in rows)])
    return {code: list(found[code]) for code in sorted(found)}


def _row(one: SceneRow) -> dict[str, object]:
    return {
        "scene": one.scene, "code": one.code, "name": one.name, "en": one.name_en or one.name, "area": one.area,
        "place": one.place, "classes": sum(1 << credentials.BITS[name] for name in one.classes if name in credentials.BITS),
        "right": one.right, "percent": one.percent, "companions": one.companions, "weekdays": one.weekdays,
        "from": one.from_on.isoformat() if one.from_on else "", "until": one.until_on.isoformat() if one.until_on else "",
        "hours": one.hours, "id": one.needs_id, "words": one.words, "words_en": one.words_en or one.words,
    }  # fmt: skip


def _published(name: str, said: Callable[[], str], made: Callable[[], bytes], at: dt.datetime) -> Published:
    with _lock:
        held = _held.get(name)
        if held is not None and time.monotonic() - held[0] < LOOKS:
            return held[1]
        says = hashlib.sha256(said().encode()).hexdigest()
        found = held[1] if held is not None else None
        if found is None or found.says != says or not dt.timedelta(0) <= at - found.made < SIGNED_AGAIN:
            found = Published(made(), says, at)
        _held[name] = (time.monotonic(), found)
        return found


def forget() -> None:
    """Nothing is held any more: for tests, and for a process that must answer anew at once."""
    with _lock:
        _held.clear()
