"""The offices of the generated city and who sits in them: a station in every village up to the bureau of the city."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random

from lianxin.access.organisation import NewAccount, NewOffice, Role
from lianxin.demo import recipe
from lianxin.demo.city import SIBLING, STARS, WIFE_AT
from lianxin.demo.names import named
from lianxin.demo.places import Place, sound
from lianxin.engine.identity import check_digit

CITY = recipe.CITY
RIGHTS, PSYCH, AID = "rights-case", "psych-support", "legal-aid"
_SECTIONS = (
    ("yfk", "优抚科", "Benefits Section"), ("syk", "双拥科", "Dual Support Section"),
    ("azk", "移交安置科", "Placement Section"), ("qyk", "权益维护科", "Rights Section"),
    ("cwk", "财务科", "Finance Section"),
)  # fmt: skip
_TRADES = (
    ("repair", "水电维修铺", "Repairs"), ("repair", "家电维修店", "Appliance Repairs"),
    ("carry", "搬家服务部", "Movers"), ("errand", "便民超市", "Corner Shop"),
    ("accompany", "家政服务部", "Home Care"), ("children", "托管班", "After-school Club"),
)  # fmt: skip
_SHOP = "顺和安康兴旺永泰福"
_SHOP_LAST = "达顺康源丰乐宁昌"
_SHOP_SOUND = {"顺": "shun", "旺": "wang", "达": "da", "源": "yuan", "昌": "chang"}


def offices(places: list[Place]) -> list[NewOffice]:
    """Every office. Where a level has several, the one that cases go to stands first."""
    made: list[NewOffice] = []
    for place in places:
        if len(place.code) == 12:
            made.append(_station(place, "village"))
        elif len(place.code) == 9:
            made.extend((_station(place, "township"), _team(place)))
        elif len(place.code) == 6:
            made.extend(_county(place))
    made.extend(_city())
    made.append(NewOffice("unit", "近邻共建单位", "Unit Next Door", "unit", "township", STARS, _phone(8, 901)))
    made.append(
        NewOffice("donor", "澄川惠军公益会", "Chengchuan Fund for Families", "donor", "township", STARS, _phone(8, 902))
    )
    made.extend(shop for shop, _ in shops(places))
    return made


def shops(places: list[Place]) -> Iterator[tuple[NewOffice, str]]:
    """Partner shops and the kind of help each offers; the first mends pipes where the personas live."""
    rng = Random(f"{recipe.SEED}/shops")  # noqa: S311  an invented city needs no secrecy
    towns = [place for place in places if len(place.code) == 9]
    towns.sort(key=lambda place: place.code != STARS)
    for number in range(recipe.PARTNERS):
        town = towns[number % len(towns)]
        kind, trade, english = _TRADES[(number // len(towns) + number % len(_TRADES) * (number > 0)) % len(_TRADES)]
        first, last = rng.choice(_SHOP), rng.choice(_SHOP_LAST)
        spoken = "".join(_SHOP_SOUND.get(one) or sound(one).lower() for one in first + last).capitalize()
        name = f"{first}{last}{trade}"
        yield NewOffice(f"shop.{number + 1:03d}", name, f"{spoken} {english}", "partner", "township", town.code,
                        _phone(7, number)), kind  # fmt: skip


def accounts(places: list[Place]) -> list[NewAccount]:
    """An account for every desk that acts in the demo; the first of each kind in the stars' township is a persona."""
    rng = Random(f"{recipe.SEED}/staff")  # noqa: S311  an invented city needs no secrecy

    def one(username: str, office: str, *roles: Role) -> NewAccount:
        male = rng.random() < 0.5
        born = dt.date(1965, 1, 1) + dt.timedelta(days=len(made))  # of no county: no resident's number begins so
        number = f"{CITY}00{born:%Y%m%d}{1 if male else 2:03d}"
        return NewAccount(username, named(rng, male, rng.randint(1970, 1998)), "", office, roles=roles,
                          number=number + check_digit(number))  # fmt: skip

    made: list[NewAccount] = []
    for place in places:
        code = place.code
        if len(code) == 12:
            made.append(one(f"worker.{code}", f"station.{code}", Role("worker", code)))
        elif len(code) == 9:
            made.append(one(f"clerk.{code}", f"station.{code}", Role("clerk", code)))
            made.append(one(f"volunteer.{code}", f"team.{code}", Role("volunteer", code)))
        elif len(code) == 6:
            made.append(one(f"reviewer.{code}", f"centre.{code}", Role("reviewer", code)))
            made.append(one(f"decider.{code}", f"centre.{code}", Role("approver", code)))
            made.append(one(f"counsel.{code}", f"counsel.{code}", Role("counsellor", code, "", PSYCH)))
            made.append(one(f"rights.{code}", f"centre.{code}", Role("reviewer", code, "权益", RIGHTS),
                            Role("reviewer", code, "权益", AID)))  # fmt: skip
    made.append(one("unit", "unit", Role("unit", STARS)))
    made.append(one("donor", "donor", Role("donor", STARS)))
    made.extend(one(shop.key, shop.key, Role("partner", shop.area)) for shop, _ in shops(places))
    for username, office, role in _CITY_DESKS:
        also = (Role(role.role, CITY, role.desk, AID),) if role.service == RIGHTS else ()
        made.append(one(username, office, role, *also))
    return made


_CITY_DESKS: tuple[tuple[str, str, Role], ...] = (
    ("approver", "bureau", Role("approver", CITY, "优抚")),
    ("payment-maker", "cwk", Role("payment-maker", CITY)),
    ("payment-checker", "cwk", Role("payment-checker", CITY)),
    ("payment-approver", "bureau", Role("payment-approver", CITY)),
    ("liaison", "liaison", Role("liaison", CITY)),
    ("mediator", "mediation", Role("mediator", CITY, "", RIGHTS)),
    ("auditor", "audit", Role("auditor", CITY)),
    ("leader", "bureau", Role("leader", CITY)),
    ("operator", "bureau", Role("operator", CITY)),
    ("security", "bureau", Role("security", CITY)),
    ("audit", "audit", Role("audit", CITY)),
    ("panel", "bureau", Role("approver", CITY)),
    ("political-officer", "liaison", Role("political-officer", CITY)),
    ("policy", "yfk", Role("policy", CITY)),
)


def _station(place: Place, level: str) -> NewOffice:
    return NewOffice(
        f"station.{place.code}", f"{place.name}退役军人服务站", f"{place.english} Service Station", "station", level,
        place.code, _phone(2, int(place.code) % 1_000_000), place.name,
    )  # fmt: skip


def _team(place: Place) -> NewOffice:
    return NewOffice(
        f"team.{place.code}", f"{place.name}拥军志愿服务队", f"{place.english} Volunteers", "volunteer", "township",
        place.code, _phone(3, int(place.code) % 1_000_000),
    )  # fmt: skip


def _county(place: Place) -> Iterator[NewOffice]:
    for key, name, english, kind in (
        ("centre", "退役军人服务中心", "Veterans Service Centre", "centre"),
        ("bureau", "退役军人事务局", "Veterans Affairs Bureau", "bureau"),
    ):
        yield NewOffice(f"{key}.{place.code}", place.name + name, f"{place.english} {english}", kind, "county",
                        place.code, _phone(4, int(place.code) % 1000), place.name)  # fmt: skip
    yield NewOffice(f"counsel.{place.code}", f"{place.name}心灵驿站", f"{place.english} Quiet Room", "counsel", "county",
                    place.code, _phone(8, int(place.code) % 1000))  # fmt: skip


def _city() -> Iterator[NewOffice]:
    bureau, english = "澄川市退役军人事务局", "Chengchuan Veterans Affairs Bureau"
    yield NewOffice("bureau", bureau, english, "bureau", "city", CITY, _phone(5, 1))
    for key, name, said in _SECTIONS:
        yield NewOffice(key, bureau + name, f"{english}, {said}", "bureau", "city", CITY, _phone(5, 2))
    for key, name, said, kind in (
        ("liaison", "澄川市军地联络室", "Chengchuan Military Liaison Office", "liaison"),
        ("mediation", "澄川市涉军维权诉调对接工作站", "Chengchuan Mediation Station", "court"),
        ("audit", "澄川市审计局", "Chengchuan Audit Office", "bureau"),
        ("dual", "澄川市双拥工作领导小组办公室", "Chengchuan Dual Support Office", "bureau"),
    ):
        yield NewOffice(key, name, said, kind, "city", CITY, _phone(6, 1))


def _phone(exchange: int, number: int) -> str:
    """A public number in an exchange that is not connected."""
    return f"0000-{exchange}{number % 1_000_000:06d}"


PERSONA_DESKS = {
    "worker": f"worker.{WIFE_AT}", "clerk": f"clerk.{STARS}", "volunteer": f"volunteer.{STARS}", "shop": "shop.001",
    "unit": "unit", "donor": "donor", "counsellor": f"counsel.{STARS[:6]}",
    "reviewer": f"reviewer.{STARS[:6]}", "rights": f"rights.{STARS[:6]}", "approver": "approver", "panel": "panel",
    "payment-maker": "payment-maker", "payment-checker": "payment-checker", "payment-approver": "payment-approver",
    "liaison": "liaison", "political-officer": "political-officer",
    "mediator": "mediator", "auditor": "auditor", "leader": "leader", "operator": "operator",
    "security": "security", "audit": "audit", "policy": "policy",
    "sibling": f"clerk.{SIBLING}",
}  # fmt: skip
