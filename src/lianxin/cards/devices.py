"""Machines that count: registered by staff, enrolled once with a code, changed, revoked."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.access.actions import apart
from lianxin.access.models import Office
from lianxin.access.permissions import require
from lianxin.access.queries import office_names, within
from lianxin.cards.models import Device as Device
from lianxin.cards.models import DeviceStep
from lianxin.cards.refusals import NoSuchCard, NotNow
from lianxin.cards.scenes import SCENES
from lianxin.engine import clock, cose
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, Scope
from lianxin.journal import actions as journal

KEEP = "gate.keep"
FORMS = ("validator", "gate", "counter")
VERBS = ("register", "code", "enrol", "confirm", "change", "revoke")
ALGORITHMS: Mapping[str, int] = MappingProxyType({"Ed25519": cose.EDDSA, "ES256": cose.ES256})
CODE_LASTS = dt.timedelta(days=7)
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that looks like something else
CODE = 12  # 60 bits
LONGEST = dt.timedelta(days=3 * 366)
LINES = 24  # that one device may count for
_LINE = re.compile(r"^[^\s\x00-\x1f,;|]{1,40}$")


def _mark(code: str) -> str:
    plain = re.sub(r"[\s-]", "", code).upper()
    secret = bytes.fromhex(settings.KEYS["pseudonym"])
    return hmac.digest(secret, b"device code " + plain.encode(), "sha256").hex()


def read_key(algorithm: str, key: bytes) -> bytes:
    """A public key as it is kept: 32 bytes of Ed25519, 33 of P-256 (given whole or packed). Raises a refusal."""
    try:
        number = ALGORITHMS[algorithm]
        if number == cose.ES256 and len(key) == 65 and key[0] == 4:
            key = bytes([2 + (key[64] & 1)]) + key[1:33]
        if len(key) != (32 if number == cose.EDDSA else 33):
            raise ValueError(algorithm)
        made = cose.verifier(number, key)
        made.verify(b"", bytes(64))  # a point that is none says so here
    except (KeyError, ValueError):
        raise Refusal(_("This is no public key of Ed25519 (32 bytes) or ES256 (33 bytes).")) from None
    return key


def fingerprint(algorithm: str, public: bytes) -> str:
    """What a step says of a key, covered by the journal: only batches under such a key are paid."""
    return f"{algorithm} {hashlib.sha256(algorithm.encode() + bytes(public)).hexdigest()[:32]}"


def confirmed(**machines: int) -> set[tuple[int, str]]:
    """Of these devices (``machine=`` or ``machine__office=``) every key that a second keeper confirmed."""
    return set(DeviceStep.objects.filter(verb="confirm", **machines).values_list("machine_id", "words"))


def sure(device: int) -> bool:
    """Whether the key that a device has now is confirmed."""
    found = Device.objects.get(pk=device)
    return found.public is not None and (device, fingerprint(found.algorithm, bytes(found.public))) in confirmed(
        machine=device
    )


def confirm(*, device: int, by: Actor, at: dt.datetime) -> None:
    """The second hand on a device and its key: it is real and stands where it says. Without it nothing is paid."""
    with transaction.atomic():
        found = _held(device, by)
        if found.public is None:
            raise NotNow(_("It has no key yet. Confirm it when it is enrolled; nothing was changed."))
        said = fingerprint(found.algorithm, bytes(found.public))
        if (device, said) in confirmed(machine=device):
            raise NotNow(_("It is confirmed already."))
        before = DeviceStep.objects.filter(machine=found, by_account__isnull=False).values_list("by_account", flat=True)
        apart(by.account, before, _("Whoever registered or changed the device does not confirm it. Ask somebody else."))
        _changed(found, "confirm", by, at, said)


def _lines(given: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(one.strip() for one in given if one.strip()))
    if not 1 <= len(found) <= LINES or not all(_LINE.match(one) for one in found):
        raise Refusal(
            _("Name the lines or gates, at most %(most)d, each without blanks and shorter than 40 letters.")
            % {"most": LINES}
        )
    return found


def _until(day: dt.date, at: dt.datetime) -> dt.date:
    if not clock.day(at) <= day <= clock.day(at) + LONGEST:
        raise Refusal(_("A device is believed until a day within the next three years."))
    return day


def register(
    *, office: int, form: str, scene: str, name: str, lines: Sequence[str], until: dt.date, by: Actor, at: dt.datetime,
    key: tuple[str, bytes] | None = None,
) -> tuple[Device, str]:  # fmt: skip
    """Register a device of an operator; with its ``key``, or with a code (answered once) with which it enrols itself."""
    operator = Office.objects.filter(pk=office, open=True).first()
    if operator is None:
        raise Refusal(_("There is no such office."))
    require(by, KEEP, area=operator.area_id)
    if form not in FORMS or scene not in SCENES or not name.strip():
        raise Refusal(_("Say what kind of device it is, where it stands and what it is called."))
    public = read_key(*key) if key else None
    code = "" if key else _new_code()
    with (
        transaction.atomic(),
        journal.entry(action="cards.device", by=by, at=at, verb="register", office=office) as writer,
    ):
        made = writer.add([Device(
            office=operator, area=operator.area_id, form=form, scene=scene, name=name.strip()[:60], lines=_lines(lines),
            algorithm=key[0] if key else "", public=public, code_mark=_mark(code) if code else "",
            code_until=at + CODE_LASTS if code else None, made_at=at, enrolled_at=at if key else None, until=_until(until, at),
        )])[0]  # fmt: skip
        writer.add([_step(made, "register", by, at, fingerprint(key[0], public) if key and public else "")])
    return made, code


def _new_code() -> str:
    return "".join(secrets.choice(LETTERS) for _place in range(CODE))


def _step(device: Device, verb: str, by: Actor, at: dt.datetime, words: str = "") -> DeviceStep:
    return DeviceStep(
        machine=device, at=at, verb=verb, words=words[:200], by_account=by.account, by_name=by.name[:80] or "-"
    )


def _held(device: int, by: Actor) -> Device:
    found = Device.objects.select_for_update().filter(pk=device).first()
    if found is None or not by.scope.covers(found.area):
        raise NoSuchCard(_("There is no such device in your area."))
    require(by, KEEP, area=found.area)
    if found.revoked_at is not None:
        raise NotNow(_("This device was revoked. Register it anew; nothing was changed."))
    return found


def _changed(device: Device, verb: str, by: Actor, at: dt.datetime, words: str, **fields: Any) -> None:
    with journal.entry(action="cards.device", by=by, at=at, verb=verb, device=device.pk) as writer:
        for name, value in fields.items():
            setattr(device, name, value)
        if fields:
            device.save(update_fields=[*fields])
        writer.add([_step(device, verb, by, at, words)])


def code(*, device: int, by: Actor, at: dt.datetime) -> str:
    """Another code with which the device enrols itself anew; its key of before counts no more."""
    with transaction.atomic():
        found, made = _held(device, by), _new_code()
        _changed(
            found, "code", by, at, "", code_mark=_mark(made), code_until=at + CODE_LASTS, public=None, enrolled_at=None
        )
    return made


def change(*, device: int, name: str, lines: Sequence[str], until: dt.date, by: Actor, at: dt.datetime) -> None:
    """Another name, other lines, another last day."""
    with transaction.atomic():
        found = _held(device, by)
        if not name.strip():
            raise Refusal(_("Say what kind of device it is, where it stands and what it is called."))
        said = _lines(lines)
        _changed(found, "change", by, at, "、".join(said), name=name.strip()[:60], lines=said, until=_until(until, at))


def revoke(*, device: int, reason: str, by: Actor, at: dt.datetime) -> None:
    """Nothing that this device signs is believed any more."""
    if not reason.strip():
        raise Refusal(_("Say why, in a few words."))
    with transaction.atomic():
        found = _held(device, by)
        _changed(
            found, "revoke", by, at, reason, revoked_at=at, reason=reason.strip()[:120], code_mark="", code_until=None
        )


def enrol(*, code: str, algorithm: str, key: bytes, by: Actor, at: dt.datetime) -> Device | None:
    """The device that holds this code, with its key from now on; None where the code is none, or was used."""
    public = read_key(algorithm, key)
    with transaction.atomic():
        mark = _mark(code)
        rows = Device.objects.select_for_update().filter(code_mark=mark, code_until__gt=at, revoked_at__isnull=True)
        found = rows.first()
        if found is None or not hmac.compare_digest(found.code_mark, mark):
            return None
        _changed(found, "enrol", by, at, fingerprint(algorithm, public), algorithm=algorithm, public=public,
                 enrolled_at=at, code_mark="", code_until=None)  # fmt: skip
    return found


def restored(*, since: dt.datetime, by: Actor, at: dt.datetime) -> tuple[int, list[Device]]:
    """After a copy was restored: no code of before enrols anything (the copy does not know which were used since).

    Returns how many codes were cleared, and the devices believed now that somebody touched from ``since`` on: whoever
    restores looks whether one of them was revoked or got another key after the copy was made.
    """
    with (
        transaction.atomic(),
        journal.entry(action="cards.device", by=by, at=at, verb="restored") as writer,
    ):
        cleared = Device.objects.exclude(code_mark="").update(code_mark="", code_until=None)
        writer.say(codes=cleared)
    believed = Device.objects.filter(revoked_at__isnull=True, until__gte=clock.day(at))
    return cleared, list(believed.filter(steps__at__gte=since).distinct().order_by("pk"))


def listed(
    scope: Scope, *, state: str = "", scene: str = "", text: str = "", day: dt.date, after: int | None = None, limit: int = 50,
) -> list[dict[str, Any]]:  # fmt: skip
    """Devices of one's area, the newest first; ``text`` a part of a name."""
    rows = Device.objects.filter(within(scope, "area"))
    if scene:
        rows = rows.filter(scene=scene)
    if text:
        rows = rows.filter(name__contains=text)
    narrow: dict[str, dict[str, Any]] = {
        "waiting": {"enrolled_at__isnull": True, "revoked_at__isnull": True},
        "counts": {"enrolled_at__isnull": False, "revoked_at__isnull": True, "until__gte": day},
        "expired": {"revoked_at__isnull": True, "until__lt": day},
        "revoked": {"revoked_at__isnull": False},
    }
    rows = rows.filter(**narrow.get(state, {}))
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-pk")[:limit])
    names = office_names({one.office_id for one in found})
    return [
        {"id": one.pk, "name": one.name, "form": one.form, "scene": one.scene, "lines": list(one.lines), "area": one.area,
         "office": names.get(one.office_id, ("", "")), "office_id": one.office_id, "state": state_of(one, day),
         "until": one.until, "enrolled_at": one.enrolled_at, "made_at": one.made_at, "code_until": one.code_until,
         "reason": one.reason, "algorithm": one.algorithm}
        for one in found
    ]  # fmt: skip


def state_of(device: Device, day: dt.date) -> str:
    """``revoked``, ``expired``, ``waiting`` for its enrolment, or ``counts``."""
    if device.revoked_at is not None:
        return "revoked"
    if device.until < day:
        return "expired"
    return "waiting" if device.enrolled_at is None else "counts"


def one(scope: Scope, device: int, day: dt.date) -> tuple[dict[str, Any], list[DeviceStep]] | None:
    """One device of the area with its history, the newest last."""
    if not Device.objects.filter(within(scope, "area"), pk=device).exists():
        return None
    rows = listed(scope, day=day, after=device + 1, limit=1)
    return rows[0], list(DeviceStep.objects.filter(machine=device).order_by("pk"))
