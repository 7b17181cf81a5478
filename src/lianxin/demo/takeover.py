"""What stood before the city went live: allowances of past years whose decisions are taken over and stand."""

from __future__ import annotations

from collections.abc import Sequence

from lianxin.casework import actions as casework
from lianxin.casework import whereabouts
from lianxin.catalogue import actions as catalogue
from lianxin.demo.crew import Crew
from lianxin.engine import clock
from lianxin.notices import actions as notices
from lianxin.people import identities

BEGAN = 45  # days ago
DECIDED = 30
LATE, LATE_SINCE = 8, 11  # one in so many was found only so many days ago, and lies on its desk past its day
WORDS = "由历年台账转入"
TOLD = "已电话或上门告知"


def standing(crew: Crew) -> None:
    """Match those whom the ledgers say are paid, and walk their cases until they stand."""
    subsidies = crew.plan["subsidies"]
    late = len(subsidies) // LATE
    _match(crew, [*crew.plan["spouses"], *subsidies[late:]], BEGAN)
    _spouses(crew)
    _subsidies(crew)
    notices.worked_off(before=crew.ago(LATE_SINCE, 7), said=TOLD, by=crew.by, at=crew.ago(LATE_SINCE, 7))
    _match(crew, subsidies[:late], LATE_SINCE)


def _match(crew: Crew, numbers: Sequence[str], days: int) -> None:
    persons = sorted(person for person, _, _ in identities.numbered(numbers).values())
    if persons:
        at = crew.ago(days, 8)
        catalogue.match(as_of=clock.day(at), by=crew.by, at=at, persons=persons)


def _spouses(crew: Crew) -> None:
    ids = _at(crew, "accomp-subsidy", "proposed")
    if not ids:
        return
    casework.confirm_proposed(cases=ids, by=crew.by, at=crew.ago(BEGAN - 1), words=WORDS)
    for day in range(BEGAN - 2, BEGAN - 7, -1):  # attest, accept, verify, panel, approve
        casework.advance(cases=ids, by=crew.by, at=crew.ago(day), words=WORDS, waive=True)
    casework.deliver(cases=ids, by=crew.by, at=crew.ago(DECIDED), words=WORDS)


def _subsidies(crew: Crew) -> None:
    ids = _at(crew, "living-subsidy-rural60", "open")
    if not ids:
        return
    for day in (BEGAN - 1, BEGAN - 2):  # accept, verify
        casework.advance(cases=ids, by=crew.by, at=crew.ago(day), words=WORDS, waive=True)
    casework.publicise(cases=ids, by=crew.by, at=crew.ago(BEGAN - 2, 15))
    casework.close_due_publicity(by=crew.by, at=crew.ago(DECIDED))
    casework.advance(cases=ids, by=crew.by, at=crew.ago(DECIDED, 10), words=WORDS)
    casework.deliver(cases=ids, by=crew.by, at=crew.ago(DECIDED, 11), words=WORDS)


def _at(crew: Crew, service: str, state: str) -> Sequence[int]:
    return [one.case for one in whereabouts.standing_at(crew.scope, service=service, states=[state])]
