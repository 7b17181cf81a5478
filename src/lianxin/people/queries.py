"""Find people and open files, always inside a scope."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, F, Q

from lianxin.access import seal
from lianxin.access.queries import within
from lianxin.engine import clock, masking
from lianxin.engine.scope import Scope
from lianxin.people import identities, models, wards
from lianxin.people.categories import named as category_named
from lianxin.people.finding import Found, find
from lianxin.people.hits import Hit, hit, opened, reachable
from lianxin.people.models import BankAccount, Family, Kin, Mandate, Membership, Particulars, Person

__all__ = ["Found", "Hit", "category_named", "find", "reachable"]


def search(scope: Scope, text: str, *, limit: int = 20) -> list[Hit]:
    """The first people found for a text (see :func:`find`, which also goes on)."""
    return find(scope, text, limit=limit).hits


def survivor_of(scope: Scope, merged: int) -> int | None:
    """The file into which one was merged, over chains, where the scope covers it; None for one that stands for itself."""
    last = (
        identities.survivors().get(merged)
        if Person.objects.filter(pk=merged, survivor__isnull=False).exists()
        else None
    )
    return last if last is not None and opened(scope).filter(pk=last).exists() else None


def person_numbered(scope: Scope, file_number: str) -> int | None:
    """The id of the file with this number where the scope covers it."""
    found: int | None = (
        opened(scope).filter(file_number=file_number.strip().upper()).values_list("pk", flat=True).first()
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
    return home_of(person)[0]


def home_of(person: int) -> tuple[int | None, str]:
    """The household a person belongs to today, and the code of the area in which they live; blank where unknown."""
    rows: list[tuple[int | None, str]] = list(Person.objects.filter(pk=person).values_list("family_id", "home"))
    return rows[0] if rows else (None, "")


def hits(scope: Scope, ids: Sequence[int]) -> dict[int, Hit]:
    """Those of ``ids`` that the scope covers."""
    return {person.pk: hit(person) for person in opened(scope).filter(pk__in=list(ids))}


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
    found = opened(scope).filter(pk=pk).select_related("family").first()
    if found is None:
        return None
    now = (
        Particulars.objects.filter(person=found, superseded_at__isnull=True)
        .order_by(F("valid_from").asc(nulls_first=True), "pk")
        .last()
    )
    code = found.family.code if found.family else ""
    return PersonFile(
        person=hit(found),
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
        Relative(hit(row.person), row.kind)
        if row.relative_id == person.pk
        else Relative(hit(row.relative), other.get(row.kind, row.kind))
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
    rows = opened(scope).filter(pk__in=members.values("person")).exclude(pk=but or 0).order_by("born_on", "pk")
    return [Relative(hit(one), "") for one in rows]


@dataclass(frozen=True, slots=True)
class Household:
    """A household found at the desk."""

    id: int
    code: str
    home: str
    address: str
    members: list[Hit]


def households(scope: Scope, text: str, *, limit: int = 8) -> list[Household]:
    """Households by code, by address, or by whoever calls (any way :func:`finding.find` finds a person)."""
    if scope.reach != "area":
        return []
    return households_of(scope, find(scope, text, limit=limit * 2).hits, limit=limit)


def households_of(scope: Scope, found: Sequence[Hit], *, limit: int = 8) -> list[Household]:
    """The households of people who were found, in their order."""
    return _families(scope, list(dict.fromkeys(one.family for one in found if one.family))[:limit])


def families(scope: Scope, ids: Sequence[int]) -> dict[int, Household]:
    """Those of the households ``ids`` that the scope covers, by id."""
    return {one.id: one for one in _families(scope, list(ids))}


def _families(scope: Scope, ids: Sequence[int]) -> list[Household]:
    members: dict[int, list[Hit]] = {}
    for one in opened(scope).filter(family_id__in=ids).order_by("born_on", "pk"):
        members.setdefault(one.family_id or 0, []).append(hit(one))
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


_ACTED_FOR = f"""
    SELECT person_id, services, id FROM "{Mandate._meta.db_table}"
    WHERE proxy_person_id = %s AND superseded_at IS NULL AND kind IN ('guardian', 'proxy')
    AND (valid_from IS NULL OR valid_from <= %s) AND (valid_to IS NULL OR valid_to >= %s)
    UNION ALL SELECT k.relative_id, '', 0 FROM "{Kin._meta.db_table}" k
    JOIN "{Person._meta.db_table}" p ON p.id = k.relative_id
    JOIN "{Person._meta.db_table}" me ON me.id = k.person_id AND me.family_id = p.family_id
    WHERE k.person_id = %s AND k.superseded_at IS NULL AND k.kind IN ('parent', 'fosterer', 'guardian')
    AND (k.valid_from IS NULL OR k.valid_from <= %s) AND (k.valid_to IS NULL OR k.valid_to >= %s)
    AND NOT (k.basis = 'step' AND k.maintained = '')
    AND p.born_on > %s AND p.died_on IS NULL AND p.survivor_id IS NULL AND p.visible
    AND NOT EXISTS (SELECT 1 FROM "{Mandate._meta.db_table}" g WHERE g.person_id = p.id AND g.kind = 'guardian'
        AND g.superseded_at IS NULL AND g.proxy_person_id <> k.person_id AND (g.valid_to IS NULL OR g.valid_to >= %s))
    AND NOT EXISTS (SELECT 1 FROM "{Kin._meta.db_table}" o WHERE o.relative_id = p.id AND o.person_id <> k.person_id
        AND o.superseded_at IS NULL AND (o.valid_to IS NULL OR o.valid_to >= %s)
        AND ((o.kind = 'guardian' AND k.kind <> 'guardian') OR (o.basis = 'adoption' AND k.basis <> 'adoption')))
    ORDER BY 3, 1"""
ActedFor = tuple[tuple[int, ...], tuple[tuple[int, tuple[str, ...]], ...]]


def acted_for(person: int, day: dt.date) -> ActedFor:
    """For whom ``person`` acts on ``day``: their own living children under age and those of whom a mandate in force covers
    everything, then those for whom one covers named services.

    Parents answer for their children without any paper (民法典 art. 27, 34), but only for those who live in their own
    household, and not beside a guardian or adoptive parents: custody that a court decided stands in no file of ours, so
    whoever lives elsewhere shows a mandate. Several mandates of one person add up.
    """
    rows = _acted_for(person, day)
    found: dict[int, list[str]] = {}
    for whose, services, _ in rows:
        found.setdefault(whose, []).append(services.strip())
    whole = tuple(whose for whose, said in found.items() if "" in said)
    named = {whose: ",".join(said).replace(",", " ").split() for whose, said in found.items() if whose not in whole}
    return whole, tuple((whose, tuple(dict.fromkeys(codes))) for whose, codes in named.items())


def own_children(person: int, day: dt.date) -> frozenset[int]:
    """The children under age for whom ``person`` acts as a parent, without a mandate."""
    return frozenset(whose for whose, _, mandate in _acted_for(person, day) if not mandate)


def _acted_for(person: int, day: dt.date) -> list[tuple[int, str, int]]:
    today, born_after = (connection.ops.adapt_datefield_value(one) for one in (day, wards.of_age_if_born_by(day)))
    given = [person, today, today, person, today, today, born_after, today, today]
    with connection.cursor() as cursor:  # at each page somebody opens: building the query took longer than running it
        cursor.execute(_ACTED_FOR, given)
        return cursor.fetchall()


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
    ledger: str = "people"


def imports(
    scope: Scope, *, after: int = 0, limit: int = 50, run: str = "", ledger: str = "", state: str = "",
    since: str = "", until: str = "", number: int | None = None,
) -> list[Loaded]:  # fmt: skip
    """The imports inside the scope, newest first; one's own account's always. Days are Shanghai's, written as ISO."""
    mine = within(scope, "area") | Q(account=scope.account) if scope.account else within(scope, "area")
    if scope.covers(settings.CITY):
        mine |= Q(area="")  # made at the machine
    rows = models.Import.objects.filter(mine)
    for name, value in (("run", run), ("ledger", ledger), ("state", state)):
        if value:
            rows = rows.filter(**{name: value})
    if since:
        rows = rows.filter(at__gte=clock.midnight(dt.date.fromisoformat(since)))
    if until:
        rows = rows.filter(at__lt=clock.midnight(dt.date.fromisoformat(until) + dt.timedelta(days=1)))
    if after:
        rows = rows.filter(pk__lt=after)
    if number is not None:
        rows = rows.filter(pk=number)
    return [
        Loaded(row.pk, row.run, row.file_name, row.account, row.area, row.at, row.state, row.read, row.added,
               row.changed, row.unchanged, row.refused, row.chunks, row.done_chunks, row.ledger)
        for row in rows.order_by("-pk")[:limit]
    ]  # fmt: skip


def sent_back(run: str) -> list[tuple[str, str, int]]:
    """Why rows of an import came back: column, reason, how many; the most frequent first."""
    rows = models.Refused.objects.filter(run=run).values_list("column", "reason").annotate(count=Count("pk"))
    return [(column, reason, count) for column, reason, count in rows.order_by("-count", "column", "reason")]
