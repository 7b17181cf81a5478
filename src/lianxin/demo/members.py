"""What is generated of one person and one household, and the numbers that belong to a person."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from random import Random

from lianxin.demo.names import named
from lianxin.engine.identity import check_digit

BANKS = ("澄川农村商业银行", "澄川城市银行", "澄川邮政储蓄所", "临水村镇银行")
_SPREAD = 61_803_399  # odd and no multiple of five: every number below 10^8 comes once
PHONES = "154"  # a block that is not allotted
_ACCOUNTS = "9941"  # not an issuer's number


@dataclass(slots=True)
class Member:
    """One person as the ledgers say it. Codes are those of the people ledger's columns; blanks are not written."""

    name: str
    male: bool
    born: dt.date
    number: str
    home: str
    address: str
    hukou: str
    household: str
    role: str = "head"
    phone: str = ""
    died: dt.date | None = None
    spouse: str = ""
    father: str = ""
    mother: str = ""
    kind: str = ""
    enlisted: dt.date | None = None
    discharged: dt.date | None = None
    settlement: str = ""
    rural: bool | None = None
    categories: str = ""
    grade: int | None = None
    cause: str = ""
    disabled_from: dt.date | None = None
    bereaved_of: str = ""
    bereaved_as: str = ""
    bereaved_from: dt.date | None = None
    accompanying_from: dt.date | None = None
    merits: list[tuple[str, dt.date]] = field(default_factory=list)
    employment: str = ""
    registered: bool | None = None
    insured: bool | None = None
    income: int | None = None  # yuan a month
    stage: str = ""
    since: dt.date | None = None  # of the livelihood
    bank: str = ""
    account: str = ""
    account_verified: bool = False
    stationed: bool | None = None
    verified: bool = True
    photo: bool = False
    holder: bool = False


@dataclass(slots=True)
class Household:
    """A household: its kind, its code and its members, the head first; ``tags`` say what its past or present holds."""

    kind: str
    code: str
    home: str
    members: list[Member]
    tags: tuple[str, ...] = ()


class Numbers:
    """Numbers of one county: identity numbers that no two people share, phones and accounts from unallotted blocks."""

    def __init__(self, county: str, place: int) -> None:
        self.county = county
        self._place = place
        self._used: set[str] = set()
        self._phones = self._accounts = self._households = 0

    def identity(self, rng: Random, born: dt.date, male: bool) -> str:
        """A sound identity number of this county for a birth date and a sex."""
        start = f"{self.county}{born.year:04d}{born.month:02d}{born.day:02d}"
        serial = int(rng.random() * 499) * 2 + (1 if male else 2)
        while (first := f"{start}{serial:03d}") in self._used:
            serial = (serial + 1) % 998 + 1
        self._used.add(first)
        return first + check_digit(first)

    def phone(self) -> str:
        """The next phone number."""
        self._phones += 1
        return f"{PHONES}{(self._place * 1_000_000 + self._phones) * _SPREAD % 100_000_000:08d}"

    def account(self) -> str:
        """The next account number, nineteen digits with the check digit of bank cards."""
        self._accounts += 1
        body = f"{_ACCOUNTS}{self._place:02d}{self._accounts * _SPREAD % 1_000_000_000_000:012d}"
        return body + _luhn(body)

    def household(self) -> str:
        """The next household code."""
        self._households += 1
        return f"H{self.county[2:]}{self._households:07d}"


def _luhn(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def day_in(rng: Random, first: int, last: int) -> dt.date:
    """A day in the years ``first`` to ``last``."""
    chance = rng.random
    return dt.date(first + int(chance() * (last - first + 1)), 1 + int(chance() * 12), 1 + int(chance() * 28))


@dataclass(slots=True)
class Making:
    """What is at hand while the households of one village are made."""

    rng: Random
    numbers: Numbers
    home: str
    place: str
    rural: bool
    code: str = ""
    address: str = ""

    def begin(self) -> None:
        """A new household: its code and its address."""
        chance = self.rng.random
        self.code = self.numbers.household()
        if self.rural:
            self.address = f"{self.place}{1 + int(chance() * 12)}组{1 + int(chance() * 90)}号"
        else:
            stair, floor, door = 1 + int(chance() * 4), 1 + int(chance() * 18), 1 + int(chance() * 4)
            self.address = f"{self.place}{1 + int(chance() * 30)}号楼{stair}单元{floor}0{door}室"

    def member(self, male: bool, born: dt.date, role: str = "head", family: str = "") -> Member:
        """A member of the household at hand."""
        rng = self.rng
        made = Member(
            named(rng, male, born.year, family), male, born, self.numbers.identity(rng, born, male), self.home,
            self.address, self.home, self.code, role,
        )  # fmt: skip
        made.verified = rng.random() < 0.94
        made.photo = rng.random() < 0.7
        return made

    def reach(self, member: Member, phone: float, account: float) -> None:
        """Give a member a phone and a bank account with these chances."""
        chance = self.rng.random
        if chance() < phone:
            member.phone = self.numbers.phone()
        if chance() < account:
            member.bank = BANKS[int(chance() * len(BANKS))]
            member.account = self.numbers.account()
            member.account_verified = chance() < 0.93
