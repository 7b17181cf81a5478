"""What a day to come brings: the same engine over the facts as they will be, or as they would be. It stores nothing.

Facts of a coming day are read from the dated file as of that day: ages move on, what is dated ends. What was received stays
as it is today, only longer ago.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lianxin.catalogue import scheduling
from lianxin.catalogue.facts import OF_THE_SERVICE, facts_of, provided
from lianxin.catalogue.queries import Published, in_force
from lianxin.engine import effects
from lianxin.engine.explaining import candidate
from lianxin.engine.expressions import tree
from lianxin.people import identities, turning

YEARS = 5  # so far ahead what will be is looked for
OF_AGE = 18
DAYS = 24  # so many days at most are judged for it
_AGO = "days_since_"
Subject = tuple[str, int]  # "person" or "family", and its id
Row = Mapping[str, Any]
Received = Mapping[tuple[str, Subject], Row]  # of a service and a subject


@dataclass(frozen=True, slots=True)
class Verdict:
    """What matching would keep: entitled, or unknown for want of ``missing``; fen where it is money."""

    entitled: bool
    amount: int | None
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """From ``day`` on a service is somebody's (``begins``), or no longer is."""

    service: Published
    subject: Subject
    day: dt.date
    begins: bool
    amount: int | None


def told(day: dt.date) -> list[Published]:
    """What a family is told of: judged by conditions, for persons and families, not sealed, not an ask."""
    return [
        one
        for one in in_force(day).values()
        if one.service.is_matched() and not one.service.sealed and one.service.subject in {"person", "family"}
        and (one.service.mode != "organiser" or one.service.worry)
    ]  # fmt: skip


def rows(subjects: Sequence[Subject], services: Sequence[Published], day: dt.date) -> dict[Subject, dict[str, Any]]:
    """The facts of the subjects as of the day, without those that hang on the service judged."""
    made: dict[Subject, dict[str, Any]] = {}
    outside = provided()
    for kind in ("person", "family"):
        ids = [one for what, one in subjects if what == kind]
        mine = [one for one in services if one.service.subject == kind]
        if not ids or not mine:
            continue
        known = {code: fact for one in mine for code, fact in one.service.facts.items()}
        codes = dict.fromkeys(code for one in mine for code in one.facts)
        common = [code for code in codes if code not in OF_THE_SERVICE or code not in outside]
        frame = facts_of(subject=kind, codes=common, day=day, service="", ids=ids, known=known)
        made |= {(kind, row["id"]): row for row in frame.to_dicts()}
    return made


def received(subjects: Sequence[Subject], services: Sequence[Published], day: dt.date) -> Received:
    """What each subject has received of each service until the day."""
    made: dict[tuple[str, Subject], Row] = {}
    if OF_THE_SERVICE[0] not in provided():
        return made
    for kind in ("person", "family"):
        ids = [one for what, one in subjects if what == kind]
        asking = [one.service.code for one in services
                  if one.service.subject == kind and any(code in OF_THE_SERVICE for code in one.facts)]  # fmt: skip
        if ids and asking:
            found = effects.perform("received-of-some", services=asking, kind=kind, subjects=ids, day=day)
            made |= {(code, (kind, one)): row for (code, one), row in found.items()}
    return made


def verdict(found: Published, row: Row, had: Row | None, day: dt.date, later: int = 0) -> Verdict | None:
    """The verdict for facts of the day; ``had`` is what was received as known ``later`` days before it."""
    facts = {**row, **_ago(had or {}, later)}
    if later and facts.get("open_case"):
        facts["open_case"] = False  # what is under way today is done by then
    judged = candidate(found.service, facts, day)
    if judged is None:
        return None
    kind, amount, missing = judged
    return Verdict(kind == "E", amount, tuple(missing.split()))


def _ago(had: Row, later: int) -> dict[str, Any]:
    return {
        code: value + later if code.startswith(_AGO) and isinstance(value, int) else value
        for code, value in had.items()
    }


def coming(persons: Sequence[int], families: Sequence[int], today: dt.date, years: int = YEARS) -> list[Change]:
    """What will be theirs, and what will no longer be, with the first day of it: soonest first.

    Days at which time alone changes something are judged: what the file says of days to come (a discharge, the end of
    school, a standing that ends), birthdays in the household, the first days of new numbers and versions, and the days at
    which a count of days since something passes a number of the service.
    """
    subjects: list[Subject] = [*(("person", one) for one in persons), *(("family", one) for one in families)]
    services = told(today)
    now_rows, had = rows(subjects, services, today), received(subjects, services, today)
    now: dict[tuple[str, Subject], Verdict | None] = {
        (one.service.code, subject): verdict(one, now_rows.get(subject, {}), had.get((one.service.code, subject)), today)
        for one in services for subject in subjects if subject[0] == one.service.subject
    }  # fmt: skip
    changed: dict[tuple[str, Subject], Change] = {}
    for day in _days(persons, services, now_rows, had, today, years):
        then = told(day)
        facts = rows(subjects, then, day)
        for one in then:
            for subject in subjects:
                key = (one.service.code, subject)
                if subject[0] != one.service.subject or key in changed:
                    continue
                was, will = now.get(key), verdict(one, facts.get(subject, {}), had.get(key), day, (day - today).days)
                is_, becomes = was is not None and was.entitled, will is not None and will.entitled
                if is_ != becomes and (becomes or will is None):  # a fact that will be missing ends nothing
                    changed[key] = Change(one, subject, day, becomes, will.amount if will is not None else None)
    return sorted(changed.values(), key=lambda one: (one.day, not one.begins, one.service.service.code))


def _days(
    persons: Sequence[int], services: Sequence[Published], now: Mapping[Subject, Row], had: Received, today: dt.date,
    years: int,
) -> list[dt.date]:  # fmt: skip
    last = in_years(today, years)
    household = {one for person in persons for one in (person, *identities.lives_with(person))}
    ages = _ages(services, today)
    found = {in_years(born, age) for born in identities.birthdays(household).values() for age in ages}
    found |= {
        since for one in services for number in one.service.parameters.values() for since, _value in number.values
    }
    found |= {since for _code, _pk, _number, since, _until, _at in scheduling.rows()}
    found |= _passed(services, now, had, today)
    dated = sorted(turning.coming(household, today, last))[:DAYS]  # where there are too many, these are kept
    others = sorted(day for day in found.difference(dated) if today < day <= last)
    return sorted([*dated, *others[: DAYS - len(dated)]])


def _ages(services: Sequence[Published], today: dt.date) -> set[int]:
    """The ages that something may hang on: the numbers of years of the services, and the one after each; of age."""
    said = {
        value for one in services for number in one.service.parameters.values() if number.unit in {"year", "count"}
        for value in [number.on(today)] if isinstance(value, int) and 0 < value < 120
    }  # fmt: skip
    written = {
        node.value for one in services for whole in one.service.trees() for node in tree.walk(whole)
        if isinstance(node, tree.Literal) and type(node.value) is int and 0 < node.value < 120
    }  # fmt: skip
    return {age + more for age in {*said, *written, OF_AGE} for more in (0, 1)}


def _passed(services: Sequence[Published], now: Mapping[Subject, Row], had: Received, today: dt.date) -> set[dt.date]:
    """The days at which a count of days that a service looks at reaches, or passes, a number of days of the service."""
    found: set[dt.date] = set()
    for one in services:
        counts = [code for code in one.facts if code.startswith(_AGO)]
        limits = [value for number in one.service.parameters.values() if number.unit == "day"
                  for value in [number.on(today)] if isinstance(value, int)]  # fmt: skip
        for subject, row in now.items():
            facts = {**row, **had.get((one.service.code, subject), {})}
            gone = [facts[code] for code in counts if isinstance(facts.get(code), int)]
            found |= {today + dt.timedelta(days=limit - many + more) for limit in limits for many in gone for more in (0, 1)
                      if many <= limit}  # fmt: skip
    return found


def in_years(day: dt.date, years: int) -> dt.date:
    """The same day of another year; of 29 February, in a year without one, 1 March, as ages are counted."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return dt.date(day.year + years, 3, 1)


def family_ids(families: Iterable[int | None]) -> list[int]:
    """Each household once."""
    return list(dict.fromkeys(one for one in families if one is not None))
