"""Everything that a case still lacks, in one list (一次性告知): papers not held, fields, facts without a value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Q

from lianxin.casework import judged
from lianxin.casework.attesting import ATTESTABLE
from lianxin.casework.models import Case, Gap, Paper
from lianxin.catalogue.queries import Published, version
from lianxin.people.models import BankAccount, Particulars, Person

Kind = Literal["material", "field", "fact"]
# Papers that a verified file stands for: never asked when the file holds the thing itself.
HELD_BY = {
    "id-card": "number", "household-book": "family", "bank-card": "account", "bank-account": "account",
    "photo": "photo", "discharge-file": "verified", "discharge-certificate": "verified",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that a case lacks, as it is told."""

    kind: Kind
    code: str
    zh: str
    en: str
    words: str = ""

    @property
    def name(self) -> dict[str, str]:
        """Both languages."""
        return {"zh": self.zh, "en": self.en}


def missing_of(
    cases: Sequence[Case], day: dt.date, *, unknown: Sequence[Sequence[str]] | None = None
) -> list[list[Missing]]:
    """What each case lacks, in order: papers, then fields, then facts. The number of queries does not grow with cases.

    A paper from somebody other than the applicant (``from: liaison``) and a fact that an ``attest`` step will bring are
    not theirs to hand in, and are left out. ``unknown``: the facts for want of which each is unknown, where somebody
    judged them already; then nobody is judged again.
    """
    papers = _papers(cases)
    holds = _held(cases)
    if unknown is None:
        unknown = [one.missing if one is not None and one.verdict == "unknown" else ()
                   for one in judged.judged(cases, day)]  # fmt: skip
    found: list[list[Missing]] = []
    for case, facts in zip(cases, unknown, strict=True):
        published = version(case.version_id)
        found.append([
            *_materials(case, published, papers, holds),
            *_fields(case, published),
            *_facts(published, facts),
        ])  # fmt: skip
    return found


def still_missing(
    cases: Sequence[Case], day: dt.date, *, unknown: Sequence[Sequence[str]] | None = None
) -> list[list[Missing]]:
    """What each case lacks and no desk has waived; one query more than :func:`missing_of`."""
    ids, waived = [case.pk for case in cases], set[tuple[int, str, str]]()
    for start in range(0, len(ids), 400):
        met = Gap.objects.filter(case__in=ids[start : start + 400], met_at__isnull=False)
        waived |= set(met.values_list("case", "kind", "code"))
    return [
        [one for one in found if (case.pk, one.kind, one.code) not in waived]
        for case, found in zip(cases, missing_of(cases, day, unknown=unknown), strict=True)
    ]


def _materials(
    case: Case, published: Published, papers: set[tuple[int, str]], holds: dict[int, set[str]]
) -> list[Missing]:
    rows = []
    for material in published.service.materials:
        if material.from_ not in {"", "subject", "applicant"}:
            continue
        person = case.person_id or 0
        on_file = (-case.pk, material.code) in papers or (person, material.code) in papers
        if on_file or (material.held and HELD_BY.get(material.code, "") in holds.get(person, set())):
            continue
        rows.append(Missing("material", material.code, material.name.zh, material.name.en))
    return rows


def _fields(case: Case, published: Published) -> list[Missing]:
    schema: Any = published.service.form or {}
    properties = schema.get("properties", {})
    return [
        Missing("field", name, *_titles(properties.get(name, {}), name))
        for name in schema.get("required", [])
        if case.form.get(name) in (None, "")
    ]


def _titles(prop: Any, name: str) -> tuple[str, str]:
    title = prop.get("title", name)
    if isinstance(title, dict):
        return str(title.get("zh", name)), str(title.get("en", name))
    return str(title), str(prop.get("title_en", prop.get("x-title-en", title)))


def _facts(published: Published, codes: Sequence[str]) -> list[Missing]:
    attests = any(step.step == "attest" for step in published.service.route)
    known = published.service.facts
    return [
        Missing("fact", code, known[code].name.zh, known[code].name.en)
        for code in codes
        if code in known and not (attests and code in ATTESTABLE)
    ]


def _papers(cases: Sequence[Case]) -> set[tuple[int, str]]:
    """Papers on file by (person, code) and by (minus case, code)."""
    found: set[tuple[int, str]] = set()
    persons = sorted({case.person_id for case in cases if case.person_id is not None})
    ids = [case.pk for case in cases]
    for start in range(0, max(len(ids), len(persons)), 400):
        mine = Q(case__in=ids[start : start + 400]) | Q(person__in=persons[start : start + 400])
        for person, case, code in Paper.objects.filter(mine).values_list("person", "case_id", "code"):
            if person is not None:
                found.add((person, code))
            if case is not None:
                found.add((-case, code))
    return found


def _held(cases: Sequence[Case]) -> dict[int, set[str]]:
    """What the files of these persons hold that a paper would only repeat."""
    persons = sorted({case.person_id for case in cases if case.person_id is not None})
    found: dict[int, set[str]] = {}
    for start in range(0, len(persons), 800):
        some = persons[start : start + 800]
        rows = Person.objects.filter(pk__in=some).values_list("pk", "id_mark", "family_id", "verified")
        for pk, number, family, verified in rows:
            held = {name for name, there in (("number", number), ("family", family), ("verified", verified)) if there}
            found[pk] = held
        open_rows = {"superseded_at__isnull": True, "valid_to__isnull": True, "person__in": some}
        for pk in BankAccount.objects.filter(verified=True, **open_rows).values_list("person_id", flat=True):
            found[pk].add("account")
        for pk in Particulars.objects.filter(photo=True, **open_rows).values_list("person_id", flat=True):
            found[pk].add("photo")
    return found
