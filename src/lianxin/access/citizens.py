"""Residents sign in by a one-time code to a phone that was bound to their file with a slip printed at the counter.

Phone numbers are recycled: a phone alone never opens a file. What a stranger is told is the same whatever is true.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from lianxin.access import seal, tries, visits
from lianxin.access.models import Account, Binding, OneTime, Slip
from lianxin.access.permissions import require
from lianxin.engine import effects, masking
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that an old eye takes for something else
RESEND = dt.timedelta(seconds=60)
VALID = dt.timedelta(minutes=5)
HOUR = dt.timedelta(hours=1)
WRONG = 5  # tries of one code
_FULL = str.maketrans("０１２３４５６７８９", "0123456789")


@dataclass(frozen=True, slots=True)
class Bound:
    """A binding or a slip as the counter sees it."""

    id: int
    phone: str
    at: dt.datetime
    used_at: dt.datetime | None
    ended_at: dt.datetime | None
    why: str


def number(text: str) -> str:
    """A mobile number in plain digits; blank for what is none."""
    digits = "".join(one for one in text.translate(_FULL) if one.isdigit() and one.isascii())
    digits = digits[2:] if len(digits) == 13 and digits.startswith("86") else digits
    return digits if len(digits) == 11 and digits.startswith("1") else ""


def _plain(code: str) -> str:
    return "".join(one for one in code.upper() if one in LETTERS)


def print_slip(*, person: int, name: str, area: str, by: Actor, at: dt.datetime) -> str:
    """A new code for one person, to be printed and handed over; older ones of theirs are void. Returned once, kept never.

    The caller has shown that the file lies in the actor's scope and that the person stands at the counter.
    """
    require(by, "people.bind", area=area)
    code = "".join(secrets.choice(LETTERS) for _ in range(10))
    with journal.entry(action="access.slip", by=by, at=at, person=person, area=area):
        Slip.objects.filter(person=person, used_at__isnull=True, void_at__isnull=True).update(void_at=at)
        Slip.objects.create(person=person, mark=seal.mark(code, "slip"), name=name, made_at=at, made_by=by.account, area=area,
                            expires_at=at + dt.timedelta(days=settings.SLIP_DAYS))  # fmt: skip
    return f"{code[:5]}-{code[5:]}"


def _slip(code: str, at: dt.datetime) -> Slip | None:
    rows = Slip.objects.filter(mark=seal.mark(_plain(code), "slip"), used_at__isnull=True, void_at__isnull=True)
    return rows.filter(expires_at__gt=at).first()


def bindings(person: int) -> list[Bound]:
    """The phones that were ever bound to a file, newest first."""
    rows = Binding.objects.filter(account__person=person).order_by("-pk")
    return [Bound(row.pk, row.phone, row.bound_at, row.used_at, row.ended_at, row.why) for row in rows]


def unbind(*, person: int, binding: int, area: str, by: Actor, at: dt.datetime) -> None:
    """End a binding at the counter (the phone is lost, or was never theirs): its sessions end with the next request."""
    require(by, "people.bind", area=area)
    row = Binding.objects.filter(pk=binding, account__person=person, ended_at__isnull=True).first()
    if row is None:
        raise Refusal(gettext("This phone opens nothing any more."))
    with journal.entry(action="access.unbound", by=by, at=at, person=person, area=area):
        _end([row], "counter", at)


def _end(rows: list[Binding], why: str, at: dt.datetime) -> None:
    Binding.objects.filter(pk__in=[row.pk for row in rows]).update(ended_at=at, why=why)
    visits.end(accounts=[row.account_id for row in rows], why="closed", at=at)


def live(phone: str, at: dt.datetime) -> list[Binding]:
    """The bindings that a phone opens now. One ends when the file has another phone since, or after long silence."""
    mark = seal.mark(phone, "phone")
    rows = list(Binding.objects.filter(phone_mark=mark, ended_at__isnull=True, account__is_active=True)
                .select_related("account").order_by("pk"))  # fmt: skip
    persons = [row.account.person for row in rows if row.account.person is not None]
    files: dict[int, bytes | None] = effects.perform("phone-marks", persons=persons) if persons else {}
    silent = at - dt.timedelta(days=settings.SILENCE_DAYS)
    kept = []
    for row in rows:
        now = files.get(row.account.person or 0)
        if row.account.person not in files or (now is not None and _bytes(row.file_mark) != now and now != mark):
            _end([row], "phone", at)
        elif row.used_at < silent:
            _end([row], "silence", at)
        else:
            kept.append(row)
    return kept


def _bytes(value: bytes | memoryview | None) -> bytes | None:
    return None if value is None else bytes(value)


def _digest(phone: str, code: str) -> str:
    return hmac.new(bytes.fromhex(settings.KEYS["search"]), f"{phone}:{code}".encode(), hashlib.sha256).hexdigest()


def ask_code(*, phone: str, slip: str = "", asker: str, at: dt.datetime) -> None:
    """Send a one-time code where there is reason to: to a bound phone, or to any with a slip that holds.

    Says nothing and raises nothing, whatever was the case; too many asks of a phone or an address send nothing.
    """
    digits = number(phone)
    if not digits or tries.count(f"asks-{asker}", at, HOUR) > settings.CODE_ASKS_ADDRESS:
        return
    if tries.count(f"asks-phone:{digits}", at, HOUR) > settings.CODE_ASKS_PHONE:
        return
    mark = seal.mark(digits, "phone")
    if OneTime.objects.filter(phone_mark=mark, sent_at__gt=at - RESEND).exists():
        return
    if not (_slip(slip, at) if slip else live(digits, at)):
        return
    code = f"{secrets.randbelow(1_000_000):06d}"
    with transaction.atomic():
        OneTime.objects.filter(phone_mark=mark, used_at__isnull=True).update(used_at=at)
        OneTime.objects.create(phone_mark=mark, digest=_digest(digits, code), sent_at=at, expires_at=at + VALID)
        effects.perform("send-text", phone=digits, template="code", given={"code": code, "minutes": VALID.seconds // 60},
                        at=at)  # fmt: skip


def _right(phone: str, code: str, at: dt.datetime) -> bool:
    said = "".join(one for one in code.translate(_FULL) if one.isdigit())
    mark = seal.mark(phone, "phone")
    with transaction.atomic():
        row = (
            OneTime.objects.select_for_update().filter(phone_mark=mark, used_at__isnull=True, expires_at__gt=at).last()
        )
        if row is None or row.tries >= WRONG:
            return False
        if not hmac.compare_digest(row.digest, _digest(phone, said)):
            OneTime.objects.filter(pk=row.pk).update(tries=row.tries + 1)
            return False
        OneTime.objects.filter(pk=row.pk).update(used_at=at)
    return True


def open_by_code(*, phone: str, code: str, at: dt.datetime) -> list[Account]:
    """The accounts that the right code opens: several where a household shares a phone. Empty for a wrong one."""
    digits = number(phone)
    if not digits or not _right(digits, code, at):
        return []
    rows = live(digits, at)
    Binding.objects.filter(pk__in=[row.pk for row in rows]).update(used_at=at)
    return [row.account for row in rows]


def bind(*, slip: str, phone: str, code: str, at: dt.datetime) -> Account | None:
    """Bind a phone to the file that a slip names, with the code that came to that phone. The slip is used up.

    None where the slip or the code does not hold; which of the two is not said.
    """
    digits = number(phone)
    found = _slip(slip, at) if digits else None
    if found is None or not _right(digits, code, at):
        return None
    mark = seal.mark(digits, "phone")
    with journal.entry(action="access.bound", by=Actor(name=found.name, area=found.area), at=at, person=found.person,
                       area=found.area):  # fmt: skip
        if not Slip.objects.filter(pk=found.pk, used_at__isnull=True).update(used_at=at):
            return None
        account = account_of(found.person, found.name)
        if not account.is_active:
            return None
        old = list(Binding.objects.filter(account=account, ended_at__isnull=True))
        _end(old, "newer", at)
        files: dict[int, bytes | None] = effects.perform("phone-marks", persons=[found.person])
        Binding.objects.create(account=account, phone_mark=mark, phone=masking.phone(digits), file_mark=files.get(found.person),
                               bound_at=at, used_at=at)  # fmt: skip
    return account


def account_of(person: int, name: str) -> Account:
    """The account of a resident; opened where there is none. It has no password."""
    found = Account.objects.filter(person=person).first()
    if found is not None:
        return found
    made = Account(username=f"r{secrets.token_hex(8)}", name=name, person=person)
    made.set_unusable_password()
    made.save()
    return made


def by_identity(*, claims: dict[str, object], at: dt.datetime) -> Account | None:
    """The resident whom a province's identity service names: by the mark of a *verified* ID number, nothing else."""
    said = str(claims.get(settings.OIDC_ID_CLAIM) or "").strip().upper()
    if claims.get(settings.OIDC_VERIFIED_CLAIM) is not True or not said:
        return None
    found: tuple[int, str] | None = effects.perform("person-by-mark", mark=seal.mark(said, "id"))
    if found is None:
        return None
    account = account_of(*found)
    return account if account.is_active else None
