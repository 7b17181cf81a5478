"""Cases as console pages show them: one opened case with its panel and its verbs, rows of lists, what is running."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from lianxin.access.queries import colleagues
from lianxin.campaigns import queries as campaigns
from lianxin.cards import hearing
from lianxin.casework import queries
from lianxin.casework.queries import CaseRow, CaseView
from lianxin.catalogue import queries as catalogue
from lianxin.console import verbs, words
from lianxin.console.conditions import Condition, conditions
from lianxin.engine import clock, masking
from lianxin.engine.scope import Actor
from lianxin.people import mandates
from lianxin.people import queries as people

TONES = {"offered": "amber", "accepted": "pine", "done": "pine", "declined": "", "withdrawn": "", "unanswered": ""}


def masked_for(actor: Actor) -> bool:
    """Whether names of cases are masked for this actor: those who need not know whom (the liaison, the auditor)."""
    return not actor.may("people.view") and not actor.may("case.sealed")


def who(row: CaseRow) -> str:
    """The subject as lists, and the card beside a list, show it; a household by its code. In full only on its own page."""
    return masking.name(row.who) if row.person and "*" not in row.who else row.who


@dataclass(frozen=True, slots=True)
class ShownVerb:
    """A verb as a button, with the box it opens where it asks something."""

    verb: verbs.Verb
    title: str | Promise
    form: forms.Form | None
    question: str = ""  # what is to be answered, where the form alone does not say


@dataclass(frozen=True, slots=True)
class Opened:
    """One case as the panel and the case page show it."""

    id: int
    number: str
    lock: int
    who: str
    person: int | None
    household: str
    service: str
    kind: str
    channel: str
    area: str
    words: str
    state: str
    tone: str
    where: str
    running: bool
    sealed: bool
    paused: bool
    due_at: dt.datetime | None
    amount: int | None
    found_with: int | None  # of a proposal: what it came to when it was found, where that is not so today
    found_no_more: bool
    rhythm: str
    steps: list[tuple[str, str]]
    conditions: list[Condition]
    gaps: list[dict[str, Any]]
    lacks: list[str]
    papers: Sequence[Any]
    form: list[tuple[str, str]]
    offers: list[dict[str, Any]]
    objections: list[Any]
    moves: list[dict[str, Any]]
    periods: list[dict[str, Any]]
    becomes: str = ""  # the address at which an ask is turned into a case
    became: tuple[int, str] | None = None  # what it was turned into
    came_from: list[tuple[int, str]] = field(default_factory=list)  # the asks out of which it came
    reference: str = ""
    changes: list[Any] = field(default_factory=list)
    rivals: list[str] = field(default_factory=list)
    clause: str = ""
    recognised: queries.Recognised | None = None
    letter: bool = False  # whether it may be put on paper for the household
    mandate: str = ""  # where to record one, while their word is missing
    main: list[ShownVerb] = field(default_factory=list)
    more: list[ShownVerb] = field(default_factory=list)
    no_verb: str = ""
    died_on: dt.date | None = None
    withheld: str = ""  # why there is no button for the step, and who has one
    finding: str = ""  # the address at which what was found about a refusal is written down, which ends the case

    @property
    def boxes(self) -> list[ShownVerb]:
        """The verbs that open a box."""
        return [one for one in (*self.main, *self.more) if one.form is not None]


def codes_of(view: CaseView) -> list[str]:
    """The verbs of ``verbs.py`` that a view allows: some of casework's words are split or joined for a page."""
    made = []
    for code in view.verbs:
        if code == "deliver" and view.row.service == hearing.SERVICE:
            continue  # it ends with what was found, written on a page of its own
        if code == "accept" and view.lacks:
            made.append("accept-lacking")
        elif code == "advance" and view.row.step == "attest":
            made.append("attest")
        elif code == "advance" and view.row.step == "accept":
            continue
        elif code == "overrule":
            made.append("answer-objection")
        elif code in verbs.VERBS:
            made.append(code)
    if "dispatch" in view.verbs:
        made.append("take-on")
    if view.for_helper and (offer := open_offer(view)) is not None:
        made += ["said-yes", "said-no"] if offer.answer == "offered" else ["said-done", "said-no"]
    if view.listed:
        made.append("list-on")
    order = list(verbs.VERBS)
    return sorted(dict.fromkeys(made), key=order.index)


def open_objections(view: CaseView) -> list[Any]:
    """What somebody said against a notice of this case and nobody has answered."""
    return [one for notice in view.notices for one in notice.objections if one.upheld is None]


def open_offer(view: CaseView) -> queries.DispatchShown | None:
    """The offer that somebody has in hand or has not answered."""
    return next((one for one in reversed(view.dispatches) if one.answer in {"offered", "accepted"}), None)


def about(actor: Actor, view: CaseView, codes: Sequence[str]) -> verbs.About:
    """What the boxes of a case's verbs need to know."""
    published = catalogue.version(view.version).service
    offices: list[tuple[int, str]] = []
    if "dispatch" in codes:
        offices = helpers(actor, view.row)
    return verbs.About(
        earlier=view.back_to, offices=offices, attestable=[code for code, _name in view.attestable],
        materials=[(one.code, words.said(one.name)) for one in published.materials],
        missing=[one.code for one in view.missing if one.kind == "material"],
        pays=_pays(view), form=published.form or {}, unfilled=[name for name in view.fields if view.form.get(name) in (None, "")],
        colleagues=_colleagues(actor, view) if "list-on" in codes else (),
        dispatch=offer.id if (offer := open_offer(view)) else None,
        mates=_mates(actor) if "take-on" in codes else (),
        next_offices=_next_offices(actor, view) if "hand-on" in codes else (),
    )  # fmt: skip


def _pays(view: CaseView) -> bool:
    """Whether the step at which a case stands is a payment: nothing is delivered yet when it is handed to the money desk."""
    route = catalogue.version(view.version).service.route
    here = next((one.index for one in view.steps if one.where == "now"), None)
    return here is not None and route[here].as_ == "payment"


def _colleagues(actor: Actor, view: CaseView) -> list[tuple[int, str]]:
    """Colleagues of the actor's own office who are not yet on the access list."""
    listed = {account for account, _name in view.listed}
    return [(pk, name) for pk, name in colleagues(actor.office) if pk not in listed]


def _next_offices(actor: Actor, view: CaseView) -> list[tuple[int, str]]:
    """Offices to which the case may be handed on, each with what kind it is."""
    chinese = (get_language() or "zh").startswith("zh")
    return [
        (pk, f"{zh if chinese else en} · {words.of(words.OFFICE_KINDS, kind)}")
        for pk, zh, en, kind in queries.may_have(actor, view.id, clock.now())
    ]


def _mates(actor: Actor) -> list[tuple[int, str]]:
    """Oneself first, then the colleagues of one's office."""
    return sorted(colleagues(actor.office), key=lambda one: one[0] != actor.account)


def helpers(actor: Actor, row: CaseRow) -> list[tuple[int, str]]:
    """Who may be asked to help, best first: who offers this kind near by and is on duty, then others who stand near."""
    english = 0 if (get_language() or "zh").startswith("zh") else 1
    made: dict[int, str] = {}
    for one in campaigns.givers(row.kind, row.area, clock.now()) if row.kind else ():
        name = (one.name, one.name_en)[english]
        made[one.office] = f"{name} · {gettext('on duty now') if one.open_now else gettext('not on duty')}"
    for near in queries.givers(actor.scope, area=row.area, case=row.id):
        label = words.said(near.name)
        if near.declined:
            label = gettext("%s (could not before)") % label
        made.setdefault(near.id, label)
    return list(made.items())


def _verbs(actor: Actor, view: CaseView) -> tuple[list[ShownVerb], list[ShownVerb]]:
    codes = codes_of(view)
    given = about(actor, view, codes)
    shown = []
    for code in codes:
        verb = verbs.VERBS[code]
        title = verbs.STEP_TITLES.get(view.row.step, verb.title) if code in {"advance", "attest"} else verb.title
        if code == "deliver" and given.pays:
            title = verbs.HAND_TO_MONEY
        if (code == "dispatch" and not given.offices) or (code == "hand-on" and not given.next_offices):
            continue
        question = _question(view) if code == "attest" and not given.attestable else ""
        if code == "confirm" and mandated(actor, view):
            verb = replace(verb, explains=_("A mandate in force covers this matter; their yes is recorded under it."))
        shown.append(ShownVerb(verb, title, verbs.box(verb, given), question))
    first = next((one for one in shown if one.verb.tone == "primary"), None)
    second = next((one for one in shown if one.verb.code in {"ask", "send-back"} and one is not first), None)
    third = next((one for one in shown if one.verb.code == "supplement" and view.missing), None)
    main = [one for one in (first, second, third) if one is not None]
    if not main:
        main = [one for one in shown if one.verb.tone == "plain"][:2]
    return main, [one for one in shown if one not in main]


def _question(view: CaseView) -> str:
    """What an attestation without a fact to answer is about: whom, which conditions, by which papers of the forces."""
    service = catalogue.version(view.version).service
    says = "；".join(words.said(one.say) for one in service.who)
    papers = "、".join(words.said(one.name) for one in service.materials if one.from_ == "liaison")
    asked = gettext("Is this so: %(who)s, %(says)s?") % {"who": view.row.who, "says": says}
    by = gettext(" By: %(papers)s.") % {"papers": papers} if papers else ""
    return asked + by + gettext(" If it is, attest; if not, send it back or refuse with the reason.")


def _form(view: CaseView) -> list[tuple[str, str]]:
    return [
        (words.title(view.fields.get(name, {}), name), str(value))
        for name, value in view.form.items()
        if value not in (None, "")
    ]


def _delivers(view: CaseView) -> str:
    """What the step at which a case stands delivers."""
    return next((one.as_ for one in view.steps if one.where == "now"), "")


def where(row: CaseRow, as_: str = "") -> str:
    """Who has it: 在东城街道服务站 · 受理."""
    if row.desk is None or row.state in {"proposed", "delivered", "refused", "withdrawn", "closed"}:
        return row.state_words  # before their word nobody works on it
    step = words.step(row.step, as_)
    return gettext("With %(desk)s · %(step)s") % {"desk": row.desk.words, "step": step}


def _moves(view: CaseView) -> list[dict[str, Any]]:
    return [
        {
            "done": one.done,
            "reason": one.reason_words,
            "words": one.words,
            "at": one.at,
            "by": one.who,
            "under": one.under,
        }
        for one in view.moves
    ]


def opened(actor: Actor, view: CaseView, *, beside: bool = False) -> Opened:
    """A case with everything that its panel shows. A sealed one shows no conditions: there are none to test.

    ``beside``: the card beside a list, which names people as the list does.
    """
    row = view.row
    published = catalogue.version(view.version).service
    explained = view.explained
    if explained is None and not actor.office:  # who sits at no desk: the file was not looked at yet
        explained = catalogue.explain_under(view.version, person=row.person, family=row.family, day=clock.today())
    running = row.state in {"open", "waiting", "publicised", "underway", "review"}
    told = {(gap.kind, gap.code) for gap in view.gaps}
    lacks = [words.said_pair(one.name) for one in view.missing if (one.kind, one.code) not in told]
    main, more = _verbs(actor, view)
    house = people.families(actor.scope, [row.family]) if row.family else {}
    language = get_language() or "zh"
    today = view.today  # of a proposal
    judged = explained is not None and explained.amount is not None and (running or today is not None)
    amount = explained.amount if explained is not None and judged else row.amount
    return Opened(
        id=row.id, number=row.number, lock=row.lock, who=who(row) if beside or masked_for(actor) else row.who,
        person=row.person, household=house[row.family].address if row.family in house else "",
        service=words.said(row.service_name), kind=words.said(row.kind_name) if row.kind_name else "",
        channel=words.of(words.CHANNELS, row.channel), area=row.area, words=view.words, state=row.state_words,
        tone=words.STATE_TONES.get(row.state, ""), where=where(row, _delivers(view)), running=running, sealed=row.sealed,
        paused=row.paused, due_at=row.due_at, amount=amount, found_with=row.amount if today and row.amount != amount else None,
        found_no_more=today is not None and today.verdict == "not_entitled",
        rhythm=words.of(words.REPEATS, published.repeat) if published.repeat in {"monthly", "quarterly", "yearly"} else "",
        steps=[(words.step(one.step, one.as_), "" if one.where == "ahead" else one.where) for one in view.steps],
        conditions=conditions(explained) if explained else [],
        gaps=[{"name": one.name[language], "waived": one.waived, "asked_at": one.asked_at}
              for one in view.gaps if one.waived or not one.met_at],  # what came is told by the timeline
        lacks=lacks, papers=view.papers, form=[] if view.changes else _form(view), changes=view.changes,
        rivals=view.rivals,
        offers=[{"office": words.said(one.helper), "words": one.reason or one.done_words or one.added,
                 "state": words.of(words.ANSWERS, one.answer), "tone": TONES.get(one.answer, "")}
                for one in view.dispatches],
        objections=open_objections(view), moves=_moves(view),
        periods=[{"period": one.period, "amount": one.amount, "state": words.of(words.PERIODS, one.state)}
                 for one in view.periods],
        clause=words.cites(published.basis), main=main, more=more,
        died_on=view.died_on if running else None,
        recognised=queries.recognised(actor, row.id, at=clock.now()) if row.step == "attest" else None,
        becomes=reverse("console:hand-up", args=[row.id]) if view.may("hand-up") and view.mode == "ask" else "",
        became=view.became, came_from=view.came_from, reference=view.reference,
        mandate=_mandate(actor, view), letter=_letter(actor, row),
        no_verb=gettext("Nothing for this desk to do now."), withheld=view.withheld or _lacking(view),
        finding=reverse("console:refusal", args=[row.id]) if row.service == hearing.SERVICE and view.may("deliver") else "",
    )  # fmt: skip


def _lacking(view: CaseView) -> str:
    """Why the plain "accept" is not there: what is missing, by name."""
    if "accept" not in view.verbs or not view.lacks:
        return ""
    names = "、".join(words.said_pair(one.name) for one in view.missing if one.kind in {"material", "field"})
    return gettext("It cannot be accepted as complete yet; missing: %(names)s. Take it in (papers came), tell them what is "
                   "missing, or accept with the rest to follow (under “More”).") % {"names": names}  # fmt: skip


def mandated(actor: Actor, view: CaseView) -> bool:
    """Whether a mandate in force covers the matter: one that names its service, or one for everything."""
    held = mandates.mandates(actor.scope, view.row.person, clock.today()) if view.row.person is not None else []
    return any(not one.services or view.row.service in one.services for one in held)


def _mandate(actor: Actor, view: CaseView) -> str:
    """The address at which a mandate is recorded, where only their own word is missing and none is held."""
    if view.row.person is None or not view.may("confirm") or not actor.may("case.open") or view.mine:
        return ""
    if mandated(actor, view):
        return ""
    return f"{reverse('console:person-mandate', args=[view.row.person])}?back={reverse('console:case', args=[view.id])}"


def _letter(actor: Actor, row: queries.CaseRow) -> bool:
    """Whether there is a household to whom a letter may go."""
    to = row.person is not None or row.family is not None
    return to and actor.may("case.open") and actor.may("people.view") and not row.sealed


def of_person(actor: Actor, person: int) -> list[dict[str, Any]]:
    """The cases of a person that this actor may see, newest first."""
    if not actor.may("case.view"):
        return []
    rows = queries.of_person(actor.scope, person, at=clock.now())
    return [
        {"href": reverse("console:case", args=[row.id]), "name": row.name, "number": row.number, "where": where(row),
         "state": row.state_words, "tone": words.STATE_TONES.get(row.state, "")}
        for row in rows
    ]  # fmt: skip
