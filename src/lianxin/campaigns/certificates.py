"""Certificates of hours: for an office or one of its helpers, over a time, under a number that anybody may check."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from lianxin.access.models import Account, Office
from lianxin.access.permissions import require
from lianxin.campaigns import queries
from lianxin.campaigns.models import Certificate, CertificateCount
from lianxin.campaigns.offering import GIVING
from lianxin.engine import clock, paper
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, Scope
from lianxin.journal import actions as journal

TEMPLATE = Path(__file__).parent / "certificate.typ"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that is read as something else


@dataclass(frozen=True, slots=True)
class Checked:
    """What anybody may read of a certificate by its number."""

    number: str
    name: str
    from_on: dt.date
    to_on: dt.date
    times: int
    minutes: int
    made_on: dt.date
    replaced_by: str


def issue(
    *, office: int, from_on: dt.date, to_on: dt.date, by: Actor, at: dt.datetime, account: int | None = None
) -> Certificate:  # fmt: skip
    """Certify the hours that were confirmed in a time, one number for one state of them.

    Asked again with the same hours it is the same certificate; where more came, a new one takes its place. ``account``
    is one helper of the office; without, it is the whole office's.
    """
    giver = Office.objects.filter(pk=office, kind__in=GIVING).first()
    if giver is None:
        raise Refusal(_("There is no such giver."))
    if office not in by.scope.offices or not by.may("offer.own"):
        require(by, "case.dispatch", area=giver.area_id)
    if not from_on <= to_on <= clock.day(at):
        raise Refusal(_("Choose a time that has passed, its first day before its last."))
    name = giver.name
    if account is not None:
        found = Account.objects.filter(pk=account, office=office).values_list("name", flat=True).first()
        if found is None:
            raise Refusal(_("There is no such helper in this office."))
        name = found
    times, minutes = queries.confirmed(office, from_on, to_on, account=account)
    if not minutes:
        raise Refusal(_("No hours are confirmed for this time yet; the households are still to say so."))
    held = Certificate.objects.filter(office=office, account=account, from_on=from_on, to_on=to_on, replaced_by="")
    last = held.order_by("-pk").first()
    if last is not None and (last.times, last.minutes, last.name) == (times, minutes, name):
        return last
    with journal.entry(action="campaigns.certificate", by=by, at=at, area=giver.area_id, giver=office) as writer:
        made = writer.add([
            Certificate(number=_number(clock.day(at).year), office=giver, account=account, name=name[:80],
                        from_on=from_on, to_on=to_on, times=times, minutes=minutes, made_at=at, made_by=by.account)
        ])[0]  # fmt: skip
        held.exclude(pk=made.pk).update(replaced_by=made.number)
    return made


def check(number: str) -> Checked | None:
    """What a certificate says, by the number printed on it; None where no such one was given."""
    row = Certificate.objects.filter(number=number.strip().upper()).first()
    if row is None:
        return None
    return Checked(row.number, row.name, row.from_on, row.to_on, row.times, row.minutes, clock.day(row.made_at),
                   row.replaced_by)  # fmt: skip


def given(scope: Scope, office: int) -> list[Certificate]:
    """The certificates of an office, the newest first, for its own people and the staff over it."""
    giver = Office.objects.filter(pk=office).first()
    if giver is None or not (office in scope.offices or scope.covers(giver.area_id)):
        return []
    return list(Certificate.objects.filter(office=office).order_by("-pk")[:50])


def printed(certificate: Certificate, code: paper.Code) -> bytes:
    """The certificate as PDF; the same row and code give the same bytes."""
    hours, minutes = divmod(certificate.minutes, 60)
    data = {
        "city": settings.APP_NAME, "number": certificate.number, "name": certificate.name, "times": certificate.times,
        "hours": hours, "minutes": minutes, "from": _day(certificate.from_on), "to": _day(certificate.to_on),
        "made": _day(clock.day(certificate.made_at)), "office": certificate.office.name,
        "own": certificate.account is not None,
    }  # fmt: skip
    return paper.pdf(TEMPLATE, data, at=certificate.made_at, code=code)


def _day(on: dt.date) -> str:
    return f"{on.year} 年 {on.month} 月 {on.day} 日"


def _number(year: int) -> str:
    """The next number of a year, with four letters that nobody guesses."""
    CertificateCount.objects.get_or_create(year=year)
    row = CertificateCount.objects.select_for_update().get(year=year)
    row.last += 1
    row.save(update_fields=["last"])
    secret = salted_hmac("lianxin.certificate", f"{year}/{row.last}", algorithm="sha256").digest()
    tail = "".join(_LETTERS[byte % len(_LETTERS)] for byte in secret[:6])
    return f"ZS-{year}-{row.last:05d}-{tail}"
