"""A small town through the doors: areas, offices, staff, residents, the shipped catalogue."""

import datetime as dt
import io
from dataclasses import dataclass, field
from pathlib import Path

from lianxin.access import actions as access
from lianxin.access.models import Account
from lianxin.access.organisation import NewAccount, NewOffice, Role, set_up
from lianxin.access.queries import actor_of
from lianxin.casework import actions
from lianxin.catalogue import actions as catalogue
from lianxin.catalogue.queries import in_force
from lianxin.engine import clock, effects
from lianxin.engine.deliveries import Delivered, Paid
from lianxin.engine.openings import Opening
from lianxin.engine.scope import Actor, over
from lianxin.journal import actions as journal
from lianxin.people import models as people
from tests.factories.access import identity

ROOT = Path(__file__).resolve().parents[2]
CITY, COUNTY, TOWN, VILLAGE = "4199", "419901", "419901001", "419901001001"
SIBLING_COUNTY, SIBLING_TOWN, SIBLING_VILLAGE = "419902", "419902001", "419902001001"
AT = dt.datetime(2026, 5, 6, 1, tzinfo=dt.UTC)  # a Wednesday, nine in the morning in Shanghai
SYSTEM = Actor(area=CITY, scope=over(CITY, sealed=frozenset({"rights-case"})), permissions=frozenset({"*"}))
RIGHTS = "rights-case"

_AREAS = [
    (CITY, "澄川市", "Chengchuan"), (COUNTY, "东县", "East County"), (TOWN, "东街道", "East Street"),
    (VILLAGE, "东一社区", "East One"), (SIBLING_COUNTY, "西县", "West County"), (SIBLING_TOWN, "西街道", "West Street"),
    (SIBLING_VILLAGE, "西一社区", "West One"),
]  # fmt: skip
_OFFICES = [
    *(NewOffice(f"station.{code}", f"{code}站", f"Station {code}", "station", level, code, "0000-2000001")
      for code, level in ((VILLAGE, "village"), (TOWN, "township"), (SIBLING_VILLAGE, "village"),
                          (SIBLING_TOWN, "township"))),
    *(NewOffice(f"centre.{code}", f"{code}中心", f"Centre {code}", "centre", "county", code, "0000-4000001")
      for code in (COUNTY, SIBLING_COUNTY)),
    NewOffice("bureau", "市局", "Bureau", "bureau", "city", CITY, "0000-5000001"),
    NewOffice("liaison", "联络室", "Liaison", "liaison", "city", CITY),
    NewOffice("counsel", "心灵驿站", "Quiet Room", "counsel", "county", COUNTY, "0000-6000009"),
    NewOffice("mediation", "诉调站", "Mediation", "court", "city", CITY),
    NewOffice("volunteers", "志愿队", "Volunteers", "volunteer", "township", TOWN),
    NewOffice("shop", "维修铺", "Repairs", "partner", "township", TOWN),
]  # fmt: skip
_STAFF = [
    ("worker", f"station.{VILLAGE}", Role("worker", VILLAGE)), ("clerk", f"station.{TOWN}", Role("clerk", TOWN)),
    ("reviewer", f"centre.{COUNTY}", Role("reviewer", COUNTY)),
    ("rights", f"centre.{COUNTY}", Role("reviewer", COUNTY, "权益", RIGHTS)),
    ("approver", "bureau", Role("approver", CITY, "优抚")), ("panel", "bureau", Role("approver", CITY)), ("liaison", "liaison", Role("liaison", CITY)),
    ("counsellor", "counsel", Role("counsellor", COUNTY, "", "psych-support")),
    ("mediator", "mediation", Role("mediator", CITY, "", RIGHTS)), ("volunteer", "volunteers", Role("volunteer", TOWN)),
    ("shop", "shop", Role("partner", TOWN)), ("auditor", "bureau", Role("auditor", CITY)),
    ("sibling", f"centre.{SIBLING_COUNTY}", Role("reviewer", SIBLING_COUNTY)),
    ("sibling-rights", f"centre.{SIBLING_COUNTY}", Role("reviewer", SIBLING_COUNTY, "权益", RIGHTS)),
    ("sibling-clerk", f"station.{SIBLING_TOWN}", Role("clerk", SIBLING_TOWN)),
]  # fmt: skip


@dataclass
class Town:
    """The town; ``town.clerk`` is an actor, ``town.wife`` a person with an account, ``town.old_man`` one without."""

    offices: dict[str, int]
    accounts: dict[str, int]
    persons: dict[str, people.Person] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Actor:
        accounts = object.__getattribute__(self, "accounts")
        key = name.replace("_", "-")
        if key not in accounts:
            raise AttributeError(name)
        return actor_of(Account.objects.select_related("office").get(pk=accounts[key]), AT)

    def open(self, service: str, person: people.Person, by: Actor = SYSTEM, at: dt.datetime = AT, **given):
        """One case through the door. What is proposed was found: the file bears it out."""
        if given.get("proposed") and service == "accomp-subsidy":
            write(people.Attested(person=person, code="unit_stationed_here", holds=True, recorded_at=at))
        published = in_force(clock.day(at))[service]
        opening = Opening(service=service, version=published.version_id, person=person.pk, **given)
        return actions.open_cases(openings=[opening], by=by, at=at)[0]


def town() -> Town:
    """The town with its catalogue and four people."""
    access.add_areas(areas=_AREAS, by=SYSTEM, at=AT)
    offices, accounts = set_up(
        offices=_OFFICES,
        accounts=[NewAccount(name, name, "", office, roles=(role,), number=identity(place))
                  for place, (name, office, role) in enumerate(_STAFF)], by=SYSTEM, at=AT,
    )  # fmt: skip
    catalogue.publish(path=ROOT / "catalogue", by=SYSTEM, at=AT, approved_by="tests")
    made = Town(offices, accounts)
    made.persons = {
        "wife": resident(1, "安梅", born=dt.date(1995, 3, 3), phone=True),
        "old_man": resident(2, "戴山河", born=dt.date(1946, 3, 3), phone=True),
        "soldier": resident(3, "于川", born=dt.date(1994, 5, 5)),
        "neighbour": resident(4, "石西", home=SIBLING_VILLAGE, phone=True),
    }
    wife, old = made.persons["wife"], made.persons["old_man"]
    write(
        people.Standing(person=wife, code="accompanying", recorded_at=AT),
        people.Livelihood(person=wife, employment="unemployed", unemployment_registered=True, recorded_at=AT),
        people.Service(person=old, kind="conscript", enlisted_on=dt.date(1965, 1, 1),
                       discharged_on=dt.date(1970, 1, 1), rural_at_enlistment=True, recorded_at=AT),
        people.Service(person=made.persons["soldier"], kind="nco", enlisted_on=dt.date(2015, 9, 1), recorded_at=AT),
    )  # fmt: skip
    account = access.open_accounts(
        accounts=[(Account(username="wife", name="安梅", person=wife.pk), "")], by=SYSTEM, at=AT
    )
    accounts["wife"] = account[0].pk
    return made


def resident(number: int, name: str, *, home: str = VILLAGE, born: dt.date | None = None, phone: bool = False):
    """A person living at ``home`` in a household of their own."""
    with journal.entry(action="test", by=SYSTEM, at=AT) as writing:
        family = writing.add([people.Family(code=f"H{number:06d}", home=home, address="一号院")])[0]
        one = people.Person.objects.create(
            file_number=f"CC{number:08d}", salt=b"0" * 16, name=name, home=home, entry=writing.id, family=family,
            born_on=born, id_mark=bytes([number % 256]) * 16, phone_mark=b"p" * 16 if phone else None, verified=True,
        )  # fmt: skip
        writing.add([
            people.Particulars(person=one, name=name, home=home, hukou=home, born_on=born, sex="female", recorded_at=AT,
                               verified=True),
        ])  # fmt: skip
        writing.add([people.Membership(person=one, family=family, recorded_at=AT)])
    return one


def write(*rows) -> None:
    """Dated rows into files, through the journal."""
    with journal.entry(action="test", by=SYSTEM, at=AT) as writing:
        for row in rows:
            writing.add([row])


def stand_ins(monkeypatch) -> None:
    """Payments are owed and wait for the bank; visits and errands count at once."""
    handlers = dict(effects._effects)

    def owe(*, deliveries, by, at, writer):
        return [
            Delivered(case=one.case, state="underway", source=f"payment:{one.case}{one.period}") for one in deliveries
        ]

    handlers["deliver-payment"] = owe
    for kind in ("visit", "errand"):
        handlers[f"deliver-{kind}"] = effects._effects["deliver-record"]
    monkeypatch.setattr(effects, "_effects", handlers)


def pay(*cases, period: str = "2026-05", fault: str = "", at: dt.datetime = AT) -> None:
    """What the bank says about lines of these cases."""
    rows = [
        Paid(line=1, case=one.pk, person=one.person_id, service=one.service, period=period, amount=90000,
             on=clock.day(at), fault=fault)
        for one in cases
    ]  # fmt: skip
    name = "payments-returned" if fault else "payments-paid"
    with journal.entry(action="test.paid", by=SYSTEM, at=at) as writer:
        effects.announce(name, payments=rows, by=SYSTEM, at=at, writer=writer)


def picture(colour: str = "white") -> bytes:
    """A photo that carries a place and a camera's name."""
    from PIL import Image

    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "SECRETCAMERA"
    Image.new("RGB", (40, 30), colour).save(out, "JPEG", exif=exif)
    return out.getvalue()
