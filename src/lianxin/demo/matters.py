"""Rights cases around today: sealed, on the mediator's list, seen by nobody else."""

from __future__ import annotations

from lianxin.casework import actions as casework
from lianxin.catalogue import queries as catalogue
from lianxin.demo import recipe
from lianxin.demo.crew import Crew, grouped
from lianxin.engine import clock
from lianxin.engine.openings import Opening
from lianxin.people import identities

SERVICE = "rights-case"
_WORDS = {
    "marriage-family": "因两地分居，离婚后孩子的抚养要重新商量。",
    "debt-contract": "装修合同收了钱没干完，联系不上。",
    "damages": "被电动车撞伤，对方不肯赔医药费。",
    "land-contract": "承包地被邻家占了一垄，说不清楚。",
    "military-facilities": "营区外施工震裂了院墙。",
}


def move(crew: Crew) -> None:
    """Opened by the county's rights officers at the counter; most are accepted and lie with the mediators."""
    published = catalogue.in_force(clock.day(crew.now))[SERVICE]
    people = sorted(identities.numbered(crew.plan["rights"]).values(), key=lambda one: one[0])
    kinds = list(recipe.RIGHTS)
    for county, some in grouped(people, lambda one: one[2][:6]).items():
        officer = crew.county("rights", county)
        openings = [
            Opening(service=SERVICE, version=published.version_id, person=person, area=home,
                    kind=kinds[person % len(kinds)], channel="counter", words=_WORDS[kinds[person % len(kinds)]],
                    form={"wish": "希望调解解决"})
            for person, _, home in some
        ]  # fmt: skip
        opened = casework.open_cases(openings=openings, by=officer, at=crew.ago(6, 9))
        accepted = [case.pk for case in opened if crew.rng.random() < 0.8]
        if not accepted:
            continue
        casework.accept(cases=accepted, by=officer, at=crew.ago(5, 10))
        answered = crew.some(accepted, 0.3)
        if answered:
            casework.advance(cases=answered, by=crew.actor("mediator"), at=crew.ago(1, 15), words="双方同意先调解")
