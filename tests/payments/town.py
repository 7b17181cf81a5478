"""A small town for the tests of money: people with accounts, cases, and the three hands."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from pathlib import Path

import openpyxl

from lianxin.access import seal
from lianxin.access.models import Area
from lianxin.casework.models import Case, Move
from lianxin.catalogue import actions as catalogue
from lianxin.catalogue.models import Version
from lianxin.engine.deliveries import Delivered, Delivery
from lianxin.engine.effects import perform
from lianxin.engine.scope import Actor, over
from lianxin.journal import actions as journal
from lianxin.payments import actions
from lianxin.people.models import BankAccount, Person

AT = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)
ROOT = Path(__file__).resolve().parents[2]
CITY, SERVICE = "4199", "accomp-subsidy"
SYSTEM = Actor(name="tester", area=CITY, permissions=frozenset({"*"}), scope=over(CITY))
_PAY = {
    "maker": {"batch.view", "batch.make", "batch.bank"}, "checker": {"batch.view", "batch.check"},
    "approver": {"batch.view", "batch.approve"}, "all": {"batch.view", "batch.make", "batch.bank", "batch.check",
                                                         "batch.approve"},
}  # fmt: skip


def hand(role: str, account: int, area: str = CITY) -> Actor:
    """An account with one payment role over an area."""
    return Actor(account=account, name=f"hand {account}", area=area, permissions=frozenset(_PAY[role]),
                 scope=over(area))  # fmt: skip


MAKER, CHECKER, APPROVER = hand("maker", 1), hand("checker", 2), hand("approver", 3)


def areas() -> None:
    """The city, two counties, a township and a village in each."""
    rows = [(CITY, "city", None)]
    for county in ("419901", "419902"):
        rows += [(county, "county", CITY), (county + "001", "township", county)]
        rows += [(county + "001001", "village", county + "001")]
    for code, level, parent in rows:
        Area.objects.get_or_create(code=code, defaults={"name": code, "level": level, "parent_id": parent})


def version(service: str = SERVICE) -> Version:
    """A published version of a service."""
    found = Version.objects.filter(service=service).first()
    if found:
        return found
    catalogue.publish(path=ROOT / "catalogue" / "services" / service, by=SYSTEM, at=AT, approved_by="tester")
    known = Version.objects.filter(service=service).first()
    return known or _like(service)


def _like(service: str) -> Version:
    """A service of the tests' own that pays as the allowance does."""
    model = Version.objects.get(service=SERVICE)
    declaration = {**model.declaration, "service": {**model.declaration["service"], "code": service}}
    with journal.entry(action="publish", by=SYSTEM, at=AT) as writer:
        return writer.add([Version(
            service=service, number=1, digest="0" * 64, declaration=declaration, in_force_from=dt.date(2020, 1, 1),
            published_at=AT, approved_by="tester",
        )])[0]  # fmt: skip


def people(count: int, *, area: str = "419901001001", account: bool = True, first: int = 1) -> list[Person]:
    """``count`` people with verified accounts in their own names."""
    with journal.entry(action="people", by=SYSTEM, at=AT) as writer:
        made = Person.objects.bulk_create([
            Person(file_number=f"CC{first + n:08d}", salt=seal.salt(), name=f"林{chr(0x4E00 + (first + n) % 8000)}",
                   home=area, entry=writer.id)
            for n in range(count)
        ])  # fmt: skip
    if account:
        for one in made:
            give_account(one)
    return made


def give_account(person: Person, number: str = "", **also: object) -> BankAccount:
    """A verified account, as of now the person's newest."""
    number = number or f"6222{person.pk:012d}{BankAccount.objects.filter(person=person).count():03d}"
    base = {"holder": person.name, "verified": True, "usable_from": None, **also}
    with journal.entry(action="account", by=SYSTEM, at=AT) as writer:
        return writer.add([BankAccount(
            person=person, bank="澄川银行", number_sealed=seal.seal(number, person.salt, "account"),
            number_mark=seal.mark(number, "account"), recorded_at=AT, **base,
        )])[0]  # fmt: skip


def cases(persons: list[Person], service: str = SERVICE) -> list[Delivery]:
    """One case each, and what it hands over: 900 yuan for November."""
    known = version(service)
    made = Case.objects.bulk_create([
        Case(number=f"{service[:6]}-{one.pk}-{Case.objects.count()}", service=service, version=known, mode="confirm",
             person=one, area=one.home, channel="match", state="standing", opened_at=AT, moved_at=AT, amount=90000)
        for one in persons
    ])  # fmt: skip
    with journal.entry(action="case.open", by=SYSTEM, at=AT) as writer:
        writer.add([Move(case=case, at=AT, by_name="", verb="stand", to_state="standing", to_step=0).seen(case)
                    for case in made])  # fmt: skip
    return [
        Delivery(case=case.pk, service=service, version=known.pk, area=case.area, happened_on=dt.date(2026, 11, 23),
                 person=case.person_id, kind="first", amount=90000, period="2026-11")
        for case in made
    ]  # fmt: skip


def owe(deliveries: list[Delivery], **also: object) -> list[Delivered]:
    """What casework does: perform the effect inside its own action."""
    with journal.entry(action="deliver", by=SYSTEM, at=AT) as writer:
        given = [replace(one, **also) for one in deliveries]
        done: list[Delivered] = perform("deliver-payment", deliveries=given, by=SYSTEM, at=AT, writer=writer)
        return done


def sent(service: str = SERVICE, area: str = CITY) -> int:
    """A batch of everything due, through three hands and out to the bank."""
    made = actions.make_batch(service=service, area=area, by=MAKER, at=AT)
    actions.check_batch(batch=made.id, by=CHECKER, at=AT)
    actions.approve_batch(batch=made.id, by=APPROVER, at=AT)
    actions.bank_file(batch=made.id, form="csv", by=MAKER, at=AT)
    return made.id


def answer(number: str, rows: list[tuple[int, str, str, str]], *, title: bool = True) -> bytes:
    """A bank's return workbook: title, headers of its own, (serial, amount, result, reason), a counting line."""
    book = openpyxl.Workbook()
    sheet = book.active
    if title:
        sheet.append([f"代发结果清单 批次号：{number}"])
    sheet.append(["顺序号", "交易金额", "处理结果", "失败原因"])
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
