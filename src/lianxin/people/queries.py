"""Find people and open files, always inside a scope."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q

from lianxin.access import seal
from lianxin.access.queries import NOTHING, within
from lianxin.engine import identity, masking
from lianxin.engine.scope import Scope
from lianxin.people import models, nameindex
from lianxin.people.models import BankAccount, Family, Kin, Mandate, Membership, Particulars, Person

_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]")
NEXT = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Hit:
    """One person found; the name is whole for those whose scope covers them."""

    id: int
    file_number: str
    name: str
    sex: str
    born_on: dt.date | None
    died_on: dt.date | None
    home: str
    address: str
    family: int | None

    @property
    def masked(self) -> str:
        """The name as lists show it."""
        return masking.name(self.name)

    def age(self, day: dt.date) -> int | None:
        """Full years on ``day``."""
        if self.born_on is None:
            return None
        return day.year - self.born_on.year - ((day.month, day.day) < (self.born_on.month, self.born_on.day))


def reachable(scope: Scope) -> Q:
    """Persons that a scope may open: those living under its areas, or oneself and those under a mandate."""
    if scope.reach == "area":
        return within(scope, "home")
    return Q(pk__in=scope.persons) if scope.reach == "self" else NOTHING


def _open(scope: Scope) -> Any:
    return Person.objects.filter(reachable(scope), visible=True, survivor__isnull=True)


def _hit(person: Person) -> Hit:
    return Hit(
        person.pk, person.file_number, person.name, person.sex, person.born_on, person.died_on, person.home,
        person.address, person.family_id,
    )  # fmt: skip


def search(scope: Scope, text: str, *, limit: int = 20, after: int = 0) -> list[Hit]:
    """People inside the scope: by ID number, phone, file number, household code, name (whole, beginning, part), pinyin
    or initials; a page of ``limit`` in id order after ``after``. Less than one character finds nobody."""
    text = _folded(text)
    if not text or scope.reach not in {"area", "self"}:
        return []
    rows = _open(scope).filter(pk__gt=after)
    exact = _exact(text)
    if exact is not None:
        return [_hit(person) for person in rows.filter(exact).order_by("pk")[:limit]]
    for way in _ways(text, scope):
        found = [_hit(person) for person in rows.filter(way).order_by("pk")[:limit]]
        if found:
            return found
    return []


def _folded(text: str) -> str:
    wide = {0xFF01 + place: 0x21 + place for place in range(94)} | {0x3000: 0x20}
    return re.sub(r"\s+", "", text.translate(wide)).replace("·", "")[:60]


def _exact(text: str) -> Q | None:
    upper = text.upper()
    if identity.fault(upper) is None:
        return Q(id_mark=seal.mark(upper, "id"))
    if re.fullmatch(r"1\d{10}|0\d{9,11}", text):
        return Q(phone_mark=seal.mark(text, "phone"))
    if re.fullmatch(r"CC\d{6,12}", upper):
        return Q(file_number=upper)
    if re.fullmatch(r"[A-Z]{2}-[0-9A-Z-]{3,12}|[A-Z]{1,4}[0-9]{1,12}", upper):
        return Q(family__in=Family.objects.filter(code=upper).values("pk"))
    return None


def _ways(text: str, scope: Scope) -> list[Q]:
    """The ways to read a name, quickest first: each an indexed range but the last."""
    if _HAN.search(text):
        return [Q(name=text), Q(name__gte=text, name__lt=text + NEXT), nameindex.part(text, scope.areas),
                Q(name__contains=text)]  # fmt: skip
    lower = text.lower()
    if not lower.isascii() or not lower.isalpha():
        return [Q(address__contains=text)] if len(text) > 2 else []
    return [Q(initials=lower), Q(pinyin__gte=lower, pinyin__lt=lower + "{"),
            Q(initials__gte=lower, initials__lt=lower + "{")]  # fmt: skip


def person_numbered(scope: Scope, file_number: str) -> int | None:
    """The id of the file with this number where the scope covers it."""
    found: int | None = (
        _open(scope).filter(file_number=file_number.strip().upper()).values_list("pk", flat=True).first()
    )
    return found


def subjects_area(ids: Iterable[int]) -> dict[int, str]:
    """Area of residence by person id; the caller has decided who may know."""
    return dict(Person.objects.filter(pk__in=list(ids)).values_list("pk", "home"))


def families_area(ids: Iterable[int]) -> dict[int, str]:
    """Area of residence by family id."""
    return dict(Family.objects.filter(pk__in=list(ids)).values_list("pk", "home"))


def family_of(person: int) -> int | None:
    """The household a person belongs to today."""
    found: int | None = Person.objects.filter(pk=person).values_list("family_id", flat=True).first()
    return found


def hits(scope: Scope, ids: Sequence[int]) -> dict[int, Hit]:
    """Those of ``ids`` that the scope covers."""
    return {person.pk: _hit(person) for person in _open(scope).filter(pk__in=list(ids))}


@dataclass(frozen=True, slots=True)
class Row:
    """One dated row of a file as a page shows it: group, what it says, valid days, paper, and who wrote it."""

    group: str
    id: int
    says: dict[str, Any]
    valid_from: dt.date | None
    valid_to: dt.date | None
    recorded_at: dt.datetime
    superseded_at: dt.datetime | None
    paper: str
    entry: int


@dataclass(frozen=True, slots=True)
class Relative:
    """Kin or a member of the household; ``kind`` is what they are to the person (spouse, parent, child …)."""

    person: Hit
    kind: str


@dataclass(frozen=True, slots=True)
class Account:
    """A bank account, masked."""

    id: int
    bank: str
    masked: str
    holder: str
    verified: bool
    usable_from: dt.date | None


@dataclass(frozen=True, slots=True)
class PersonFile:
    """A whole file, numbers masked."""

    person: Hit
    id_number: str
    phone: str
    hukou: str
    verified: bool
    has_account: bool
    household: list[Relative] = field(default_factory=list)
    household_code: str = ""
    kin: list[Relative] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


GROUPS = (
    "Service", "Standing", "Award", "Livelihood", "Suspension", "Attested", "Attribute", "Particulars",
)  # fmt: skip
_HIDDEN = {"id", "entry_id", "person_id", "valid_from", "valid_to", "recorded_at", "superseded_at", "superseded_by",
           "paper", "id_sealed", "phone_sealed"}  # fmt: skip


def person(scope: Scope, pk: int, *, past: bool = False) -> PersonFile | None:
    """One file where the scope covers it, else None. ``past`` adds the rows that were superseded."""
    found = _open(scope).filter(pk=pk).select_related("family").first()
    if found is None:
        return None
    now = Particulars.objects.filter(person=found, superseded_at__isnull=True).order_by("valid_from", "pk").last()
    code = found.family.code if found.family else ""
    return PersonFile(
        person=_hit(found),
        id_number=_masked(now.id_sealed if now else None, found, "id", masking.number),
        phone=_masked(now.phone_sealed if now else None, found, "phone", masking.phone),
        hukou=now.hukou if now else "",
        verified=found.verified,
        has_account=BankAccount.objects.filter(person=found, superseded_at__isnull=True, verified=True).exists(),
        household=household(scope, found.family_id, but=found.pk) if found.family_id else [],
        household_code=code,
        kin=_kin(found),
        accounts=_accounts(found),
        rows=_rows(found, past=past),
    )


def _masked(sealed: bytes | memoryview | None, person: Person, kind: str, mask: Any) -> str:
    return str(mask(seal.unseal(sealed, person.salt, kind))) if sealed else ""


def _accounts(person: Person) -> list[Account]:
    rows = BankAccount.objects.filter(person=person, superseded_at__isnull=True).order_by("-pk")
    return [
        Account(row.pk, row.bank, _masked(row.number_sealed, person, "account", masking.account), row.holder,
                row.verified, row.usable_from)
        for row in rows
    ]  # fmt: skip


def _kin(person: Person) -> list[Relative]:
    other = {"parent": "child", "fosterer": "child", "child": "parent", "spouse": "spouse", "sibling": "sibling",
             "guardian": "ward"}  # fmt: skip
    rows = Kin.objects.filter(
        Q(person=person) | Q(relative=person), superseded_at__isnull=True, valid_to__isnull=True
    ).select_related("person", "relative")
    return [
        Relative(_hit(row.person), row.kind)
        if row.relative_id == person.pk
        else Relative(_hit(row.relative), other.get(row.kind, row.kind))
        for row in rows.order_by("pk")
    ]


def _rows(person: Person, *, past: bool) -> list[Row]:
    made: list[Row] = []
    for name in GROUPS:
        model: Any = getattr(models, name)
        rows = model.objects.filter(person=person)
        if not past:
            rows = rows.filter(superseded_at__isnull=True)
        columns = [one.attname for one in model._meta.concrete_fields if one.attname not in _HIDDEN]
        made += [
            Row(name.lower(), row.pk, {column: getattr(row, column) for column in columns}, row.valid_from,
                row.valid_to, row.recorded_at, row.superseded_at, row.paper, row.entry_id)
            for row in rows.order_by(F("valid_from").asc(nulls_first=True), "pk")
        ]  # fmt: skip
    return made


def household(scope: Scope, family: int, *, but: int | None = None) -> list[Relative]:
    """Who lives in a household that the scope covers, eldest first; empty where it does not."""
    members = Membership.objects.filter(family=family, superseded_at__isnull=True, valid_to__isnull=True)
    rows = _open(scope).filter(pk__in=members.values("person")).exclude(pk=but).order_by("born_on", "pk")
    return [Relative(_hit(one), "") for one in rows]


@dataclass(frozen=True, slots=True)
class Household:
    """A household found at the desk."""

    id: int
    code: str
    home: str
    address: str
    members: list[Hit]


def households(scope: Scope, text: str, *, limit: int = 8) -> list[Household]:
    """Households by code, by address, or by whoever calls (any way :func:`search` finds a person)."""
    folded = _folded(text)
    if not folded or scope.reach != "area":
        return []
    code = Family.objects.filter(within(scope, "home"), code=folded.upper()).values_list("pk", flat=True)
    ids = list(code[:1])
    if not ids and not _HAN.fullmatch(folded[:1] or "-"):
        ids = [hit.family for hit in search(scope, folded, limit=limit) if hit.family]
    if not ids:
        near = search(scope, folded, limit=limit)
        ids = [hit.family for hit in near if hit.family]
        if len(folded) > 2:
            at = _open(scope).filter(address__contains=folded, family__isnull=False).order_by("pk")
            ids += list(at.values_list("family_id", flat=True)[: limit * 3])
    return _families(scope, list(dict.fromkeys(ids))[:limit])


def families(scope: Scope, ids: Sequence[int]) -> dict[int, Household]:
    """Those of the households ``ids`` that the scope covers, by id."""
    return {one.id: one for one in _families(scope, list(ids))}


def _families(scope: Scope, ids: Sequence[int]) -> list[Household]:
    members: dict[int, list[Hit]] = {}
    for one in _open(scope).filter(family_id__in=ids).order_by("born_on", "pk"):
        members.setdefault(one.family_id, []).append(_hit(one))
    rows = {row.pk: row for row in Family.objects.filter(pk__in=ids)}
    return [
        Household(pk, rows[pk].code, rows[pk].home, rows[pk].address or members[pk][0].address, members[pk])
        for pk in ids
        if pk in rows and pk in members
    ]


def usable_accounts(persons: Iterable[int], day: dt.date) -> dict[int, BankAccount]:
    """The verified account, past its cooling-off on ``day``, of each person who has one."""
    rows = BankAccount.objects.filter(
        Q(usable_from__isnull=True) | Q(usable_from__lte=day), person__in=list(persons), superseded_at__isnull=True,
        verified=True,
    )  # fmt: skip
    return {row.person_id: row for row in rows.order_by("pk")}


def acted_for(person: int, day: dt.date) -> tuple[int, ...]:
    """Those for whom ``person`` holds a mandate in force on ``day``."""
    rows = Mandate.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        proxy_person=person, superseded_at__isnull=True, kind__in=["guardian", "proxy"],
    )  # fmt: skip
    return tuple(rows.order_by("pk").values_list("person_id", flat=True))


@dataclass(frozen=True, slots=True)
class Loaded:
    """One import of a ledger: when, by which account, what became of its rows."""

    id: int
    run: str
    file_name: str
    account: int | None
    area: str
    at: dt.datetime
    state: str  # applying | done | undone | failed
    read: int
    added: int
    changed: int
    unchanged: int
    refused: int
    chunks: int
    done_chunks: int


def imports(scope: Scope, *, after: int = 0, limit: int = 50, run: str = "") -> list[Loaded]:
    """The imports of people inside the scope, newest first; one's own account's always."""
    mine = within(scope, "area") | Q(account=scope.account) if scope.account else within(scope, "area")
    rows = models.Import.objects.filter(mine, ledger="people")
    if run:
        rows = rows.filter(run=run)
    if after:
        rows = rows.filter(pk__lt=after)
    return [
        Loaded(row.pk, row.run, row.file_name, row.account, row.area, row.at, row.state, row.read, row.added,
               row.changed, row.unchanged, row.refused, row.chunks, row.done_chunks)
        for row in rows.order_by("-pk")[:limit]
    ]  # fmt: skip
