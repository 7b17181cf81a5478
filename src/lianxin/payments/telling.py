"""Tell people what became of their money, and the payee's station what to mend."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from lianxin.access.models import Office
from lianxin.access.queries import offices_over
from lianxin.catalogue.models import Version
from lianxin.engine.scope import Actor
from lianxin.journal.actions import Writing
from lianxin.notices import actions as notices
from lianxin.notices.actions import Message
from lianxin.payments.faults import REASONS
from lianxin.payments.models import Attempt
from lianxin.payments.replaymodels import Recovery
from lianxin.people.identities import deaths_learned

KINDS = ("station", "centre", "bureau")
Stations = dict[str, tuple[int, str, str, str]]  # area → office id, its names, its public phone


def tell(
    *, paid: Sequence[Attempt], back: Sequence[tuple[Attempt, str]], by: Actor, at: dt.datetime, writer: Writing
) -> None:  # fmt: skip
    """One notice to each payee; for what came back one more to the station over their home, who mends the account."""
    every = [*paid, *(one for one, _ in back)]
    stations = stations_of(one.line.area for one in every)
    called = _names({one.line.service for one in every})
    messages = [_message("payment-paid", one, called, stations) for one in paid]
    for one, fault in back:
        messages.append(_message("payment-returned", one, called, stations, fault))
        station = stations.get(one.line.area)
        if station is not None:
            messages.append(_message("payment-returned-desk", one, called, stations, fault, office=station[0]))
    notices.send(notices=messages, by=by, at=at, writer=writer)


def _message(
    template: str, one: Attempt, called: dict[str, dict[str, str]], stations: Stations, fault: str = "",
    office: int | None = None,
) -> Message:  # fmt: skip
    line = one.line
    given: dict[str, object] = {"service": called.get(line.service, line.service), "amount": one.amount}
    if fault:
        given["reason"] = REASONS[fault]
    if line.area in stations:
        _, zh, en, phone = stations[line.area]
        given |= {"desk": {"zh": zh, "en": en}, "phone": phone}
    return Message(
        template, person=None if office else line.person_id, office=office, given=given, case=line.case_id,
        service=line.service, sealed=line.sealed, area=line.area,
    )  # fmt: skip


def claimed(recoveries: Sequence[Recovery], *, by: Actor, at: dt.datetime, writer: Writing) -> None:
    """One notice to each person and service of whom something is to come back: how much, and whom to ask. Of somebody
    who died it is told to the station alone."""
    sums: dict[tuple[int, str, str], int] = {}
    for one in recoveries:
        key = (one.person_id, one.service, one.area)
        sums[key] = sums.get(key, 0) + one.amount
    stations, called = stations_of(area for _person, _service, area in sums), _names({key[1] for key in sums})
    gone = set(deaths_learned(person for person, _service, _area in sums))
    first = {(one.person_id, one.service, one.area): one for one in recoveries}
    messages = []
    for key, fen in sums.items():
        person, service, area = key
        given: dict[str, object] = {"service": called.get(service, service), "amount": fen}
        office, zh, en, phone = stations.get(area, (None, "", "", ""))
        if office is not None:
            given |= {"desk": {"zh": zh, "en": en}, "phone": phone}
        whom = {"office": office} if person in gone else {"person": person}
        if person not in gone or office is not None:
            messages.append(Message(
                "recovery-claimed-desk" if person in gone else "recovery-claimed", given=given, case=first[key].case_id,
                service=service, sealed=first[key].sealed, area=area, **whom,
            ))  # fmt: skip
    notices.send(notices=messages, by=by, at=at, writer=writer)


def stations_of(areas: Iterable[str]) -> Stations:
    """The township's station over each home; the county's office where a township has none."""
    codes = sorted(set(areas))
    over = {**offices_over(codes, "county", KINDS), **offices_over(codes, "township", KINDS)}
    offices = {one.pk: one for one in Office.objects.filter(pk__in=set(over.values()))}
    return {
        area: (pk, offices[pk].name, offices[pk].name_en or offices[pk].name, offices[pk].phone)
        for area, pk in over.items()
    }


def _names(services: set[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for service, declaration in (
        Version.objects.filter(service__in=services).order_by("number").values_list("service", "declaration")
    ):
        name = declaration.get("service", {}).get("name")
        if isinstance(name, dict):
            found[service] = {"zh": str(name.get("zh", service)), "en": str(name.get("en", service))}
    return found
