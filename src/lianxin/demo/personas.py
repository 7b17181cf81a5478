"""The people one can become in a demo home with one click: who they are, what they come for, where they begin."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianxin.access import organisation
from lianxin.demo.offices import PERSONA_DESKS
from lianxin.engine.scope import Actor
from lianxin.people import identities


@dataclass(frozen=True, slots=True)
class Persona:
    """One of the cast. ``page`` names the address they begin at, ``face`` the one they look at."""

    code: str
    zh: str
    en: str
    comes: str | Promise
    group: str
    page: str = "console:inbox"

    @property
    def title(self) -> Promise:
        """What they are, in the page's language."""
        return _(self.en)


GROUPS: tuple[tuple[str, str | Promise], ...] = (
    ("home", _("At home")), ("near", _("Close by")), ("desk", _("At the desks")), ("money", _("Where money passes")),
    ("watch", _("Those who watch over it")),
)  # fmt: skip
CAST: tuple[Persona, ...] = (
    Persona("wife", "军嫂", "A soldier's wife",
            _("Her husband's unit is here and she has no work. The app has something for her."), "home", "home"),
    Persona("soldier", "远方的军人", "A soldier far away",
            _("Ten minutes with his phone in the evening: how is it going at home, and who sees to it?"), "home", "home"),
    Persona("mother", "军人的母亲", "A soldier's mother",
            _("Alone, a few houses on, without a phone. The community's worker finds her by her name or by the code on her card."),
            "home"),
    Persona("veteran", "八十岁的老兵", "A veteran of eighty",
            _("He has no phone. His clerk opens his file for him and sees what he should be getting."), "home"),
    Persona("worker", "社区工作者", "A community worker",
            _("Takes the calls of her community: a burst pipe, a lift to the hospital."), "near", "console:desk"),
    Persona("volunteer", "志愿者", "A volunteer",
            _("Reads what was handed to the team, takes it on or says no."), "near", "console:handed"),
    Persona("shop", "拥军维修店", "A repair shop",
            _("Mends what breaks in soldiers' homes; answers what the community hands over."), "near", "console:handed"),
    Persona("unit", "共建单位", "The unit next door",
            _("Offers hands on Saturdays; reads the thanks and prints the hours."), "near", "console:my-giving"),
    Persona("donor", "捐赠方", "A donor",
            _("Gave money and quilts; reads what became of them, never who received them."), "near", "console:my-gifts"),
    Persona("clerk", "乡镇受理岗", "A township clerk",
            _("Accepts what comes in, tells everything that is missing at once, calls those without the app."), "desk"),
    Persona("reviewer", "县级审核岗", "A county reviewer",
            _("Checks cases against the file and decides on living allowances."), "desk"),
    Persona("panel", "市级评议岗", "A member of the city panel",
            _("Sits on the panel: agrees, or sends back. Whoever agreed there does not approve."), "desk"),
    Persona("approver", "市级审批岗", "A city approver",
            _("Approves what the counties verified and the panel agreed to."), "desk"),
    Persona("policy", "政策岗", "A policy clerk",
            _("Turns a new document into practice: writes services, tries them, hands them in. Somebody else publishes."),
            "desk", "console:drafts"),
    Persona("liaison", "军地联络员", "A military liaison",
            _("Attests what only the forces know: that a unit is here, that an award was given."), "desk",
            "console:inbox"),
    Persona("political-officer", "部队政工干部", "A unit's political officer",
            _("Sees what families choose to show the unit, and counts without names. Nothing else."), "desk",
            "console:circle-unit"),
    Persona("rights", "县级权益岗", "A county rights officer",
            _("Opens a sealed matter for somebody at the counter; stands on its access list."), "desk"),
    Persona("mediator", "调解员", "A mediator",
            _("Works on the sealed matters handed to the mediation station, and sees nothing else."), "desk",
            "console:inbox"),
    Persona("counsellor", "心灵驿站老师", "Somebody who listens",
            _("Is the one named person for those who have something on their hearts; nobody else sees these matters."), "desk",
            "console:inbox"),
    Persona("sibling", "邻区受理岗", "A clerk of the next county",
            _("Is here to see nothing: another county's families do not exist for him, not even as a number."), "desk"),
    Persona("payment-maker", "发放经办", "A payment maker",
            _("Gathers the lines that are due into a batch; reads the bank's return file."), "money",
            "console:batches"),
    Persona("payment-checker", "发放复核", "A payment checker",
            _("Checks a batch that somebody else made."), "money", "console:batches"),
    Persona("payment-approver", "发放审批", "A payment approver",
            _("Approves a batch that two others made and checked."), "money", "console:batches"),
    Persona("leader", "领导", "A leader",
            _("Reads the review: every number says what it counts; whoever may opens its rows."), "watch", "console:leader"),
    Persona("auditor", "审计", "An auditor",
            _("Reads the journal, the books and the rows behind the numbers. Changes nothing."), "watch",
            "console:journal"),
    Persona("operator", "系统管理员", "A system administrator",
            _("Keeps areas, offices, desks and background work; opens nobody's file."), "watch", "console:areas"),
    Persona("security", "安全管理员", "A security administrator",
            _("Opens accounts, gives roles and unlocks; never to herself, and sees nothing of the business."), "watch",
            "console:accounts"),
    Persona("audit", "审计管理员", "An audit administrator",
            _("Reads in the journal what everybody did, the other administrators too. Changes nothing."), "watch",
            "console:journal"),
)  # fmt: skip
BY_CODE: Mapping[str, Persona] = {one.code: one for one in CAST}
WIFE, SOLDIER = "wife", "soldier"


def seat(stars: Mapping[str, str], accounts: Mapping[str, int], *, by: Actor, at: dt.datetime) -> dict[str, Any]:
    """Open the residents' accounts, and say who is who: persona → account, name and, where one is meant, person."""
    found = identities.numbered(list(stars.values()))
    persons = {name: found[number][0] for name, number in stars.items() if number in found}
    names = identities.names(persons.values())
    seated: dict[str, Any] = {}
    for home in (one for one in (WIFE, SOLDIER) if one in persons):
        organisation.set_up(
            offices=[], by=by, at=at,
            accounts=[organisation.NewAccount(home, names[persons[home]], person=persons[home])],
        )  # fmt: skip
        seated[home] = {"account": home, "name": names[persons[home]], "person": persons[home]}
    for old, desk in (("mother", "worker"), ("veteran", "clerk")):  # without a phone: somebody acts for them
        if old in persons:
            seated[old] = {"account": PERSONA_DESKS[desk], "name": names[persons[old]], "person": persons[old]}
    account_names = organisation.names(PERSONA_DESKS.values())
    for code, username in PERSONA_DESKS.items():
        if username in accounts:
            seated[code] = {"account": username, "name": account_names[username]}
    return seated


def begins(code: str, seated: Mapping[str, Any]) -> str:
    """The address at which a persona begins."""
    if code == "veteran":
        return _first(("console:person", (seated["veteran"]["person"],)), ("console:inbox", ()), ("console:home", ()))
    if code == "mother":
        return f"{_first(('console:desk', ()))}?{urlencode({'q': seated[code]['name']})}"
    if BY_CODE[code].page == "home":
        return "/"
    return _first((BY_CODE[code].page, ()), ("console:inbox", ()), ("console:home", ()))


def _first(*addresses: tuple[str, tuple[object, ...]]) -> str:
    for name, given in addresses:
        try:
            return reverse(name, args=given)
        except NoReverseMatch:
            continue
    return "/console/"
