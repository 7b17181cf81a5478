"""What matching found moves across the desks: living allowances, good news, allowances of spouses."""

from __future__ import annotations

import datetime as dt
import io

from PIL import Image

from lianxin.casework import actions as casework
from lianxin.casework import queries, whereabouts
from lianxin.casework.whereabouts import Whereabouts
from lianxin.demo.crew import Crew, grouped
from lianxin.engine import clock
from lianxin.engine.scope import Actor
from lianxin.people import facts, identities

LIVING, NEWS, ALLOWANCE = "living-subsidy-rural60", "good-news", "accomp-subsidy"


def move(crew: Crew) -> None:
    """Each stage by those whose desk it is; the personas' own cases stay where they are found."""
    stars = identities.numbered(list(crew.plan["stars"].values()))
    kept = {person for person, _, _ in stars.values()}
    _living(crew, kept)
    _news(crew)
    _allowances(crew, kept)


def _at(crew: Crew, service: str, state: str, step: str, kept: set[int]) -> list[Whereabouts]:
    found = whereabouts.standing_at(crew.scope, service=service, states=[state], step=step)
    return [one for one in found if one.person not in kept]


def _living(crew: Crew, kept: set[int]) -> None:
    new = crew.some(_at(crew, LIVING, "open", "accept", kept), 0.72)
    for township, cases in grouped(new, lambda one: one.area[:9]).items():
        _accepted(cases, crew.clerk(township), crew.ago(crew.rng.randrange(2, 6), 10))
    verified = crew.some(new, 0.62)
    for county, cases in grouped(verified, lambda one: one.area[:6]).items():
        casework.advance(cases=_ids(cases), by=crew.county("reviewer", county), at=crew.ago(1, 14))
    shown = crew.some(verified, 0.7)
    for township, cases in grouped(shown, lambda one: one.area[:9]).items():
        casework.publicise(cases=_ids(cases), by=crew.clerk(township), at=crew.ago(1, 15))
    _objections(crew)


def _accepted(cases: list[Whereabouts], clerk: Actor, at: dt.datetime) -> None:
    """Together where the file stands for the papers; whose file nobody has verified yet brings the paper later."""
    persons = [one.person for one in cases if one.person is not None]
    files = facts.frame(subject="person", day=clock.day(at), ids=persons, codes=["file_verified"])
    verified = set(files.filter("file_verified")["id"])
    whole = [one for one in cases if one.person in verified]
    lack = [one for one in cases if one.person not in verified]
    if whole:
        casework.accept(cases=_ids(whole), by=clerk, at=at)
    if lack:
        casework.accept(cases=_ids(lack), by=clerk, at=at, waive=True, words="退役档案还在调，月底前补上。")


def _objections(crew: Crew) -> None:
    """A handful of objections: some open, some answered."""
    up = whereabouts.notices_up(crew.scope, service=LIVING)
    for notice, _, _ in up[: crew.scaled(6, 2)]:
        casework.object_to(publicity=notice, words="听说他参军时是城镇户口，请再核一下。", at=crew.ago(0, 8))
    for objection, _, area in whereabouts.objections_open(crew.scope)[: crew.scaled(3)]:
        casework.answer_objection(
            objection=objection, upheld=False, finding="查了入伍登记表，入伍时是农村户口。", by=crew.clerk(area),
            at=crew.ago(0, 9),
        )  # fmt: skip


def _news(crew: Crew) -> None:
    attested = crew.some(_at(crew, NEWS, "open", "attest", set()), 0.6)
    if attested:
        casework.advance(cases=_ids(attested), by=crew.actor("liaison"), at=crew.ago(4, 10))
    for county, cases in grouped(crew.some(attested, 0.5), lambda one: one.area[:6]).items():
        casework.advance(cases=_ids(cases), by=crew.county("reviewer", county), at=crew.ago(2, 11))


def _allowances(crew: Crew, kept: set[int]) -> None:
    confirmed = crew.some(_at(crew, ALLOWANCE, "proposed", "", kept), 0.7)
    if not confirmed:
        return
    casework.confirm_proposed(cases=_ids(confirmed), by=crew.by, at=crew.ago(5, 20))
    attested = crew.some(confirmed, 0.75)
    if attested:
        casework.advance(cases=_ids(attested), by=crew.actor("liaison"), at=crew.ago(4, 9))
    for place, one in enumerate(attested):
        clerk = crew.clerk(one.area)
        if place % 3 == 0:
            casework.ask_missing(case=one.case, by=clerk, at=crew.ago(3, 10))
        elif place % 3 == 1:
            at = crew.ago(3, 10)
            casework.supplement(case=one.case, by=clerk, at=at, files=_brought(one.case, clerk, at),
                                fields={"since": clock.day(crew.ago(200)).isoformat()})  # fmt: skip
            casework.accept(cases=[one.case], by=clerk, at=crew.ago(3, 11))
    accepted = [one for place, one in enumerate(attested) if place % 6 == 1]
    for county, cases in grouped(accepted, lambda one: one.area[:6]).items():
        casework.advance(cases=_ids(cases), by=crew.county("reviewer", county), at=crew.ago(2, 16))


def _brought(case: int, clerk: Actor, at: dt.datetime) -> list[casework.Upload]:
    """A blank sheet for each paper that a case still lacks: what somebody brings to the counter."""
    lacks = [one.code for one in queries.may_be_missing(clerk, case, at=at) if one.kind == "material"]
    sheet = io.BytesIO()
    Image.new("RGB", (60, 85), "white").save(sheet, "JPEG")
    return [casework.Upload(code, sheet.getvalue()) for code in lacks]


def _ids(cases: list[Whereabouts]) -> list[int]:
    return [one.case for one in cases]
