"""The household's matters as pages show them: a card with its step line, and a case opened in kind words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianxin.access import queries as places
from lianxin.access.templatetags.ui import day
from lianxin.casework import queries as casework
from lianxin.casework.queries import CaseRow, CaseView
from lianxin.catalogue import queries as catalogue
from lianxin.companion import fields, money, reasons, said
from lianxin.companion.shell import Desk, in_language, own, relatives
from lianxin.engine import clock
from lianxin.engine import money as fen
from lianxin.engine.declaration import Service
from lianxin.engine.scope import Actor
from lianxin.payments import queries as payments
from lianxin.people import queries as people

FEW = 50


@dataclass(frozen=True, slots=True)
class Dot:
    """One step of the line: ``done``, ``now`` or blank."""

    name: str
    state: str


@dataclass(frozen=True, slots=True)
class Card:
    """A matter on a card: what, who has it, until when."""

    id: int
    name: str
    where: str
    tag: str
    tone: str
    when: str = ""
    steps: list[Dot] = field(default_factory=list)
    paused: bool = False
    ask_for: str = ""


def of_household(actor: Actor) -> list[CaseRow]:
    """Everything of oneself, of those under a mandate, and the household's asks; newest first."""
    now = clock.now()
    rows: dict[int, CaseRow] = {}
    family = people.family_of(own(actor))
    if family is not None:
        rows.update((row.id, row) for row in casework.household(actor.scope, family, at=now, limit=FEW))
    for one in (*actor.scope.persons, *(named for named, _services in actor.scope.named)):
        rows.update((row.id, row) for row in casework.of_person(actor.scope, one, at=now, limit=FEW))
    return sorted(rows.values(), key=lambda row: -row.id)


def running_by_service(actor: Actor, person: int) -> dict[str, CaseRow]:
    """What has not ended for one person, by service; the newest of each."""
    found: dict[str, CaseRow] = {}
    for row in casework.of_person(actor.scope, person, at=clock.now(), limit=FEW):
        if row.state not in said.ENDED:
            found.setdefault(row.service, row)
    return found


def card(row: CaseRow, view: CaseView | None = None, actor: Actor | None = None) -> Card:
    """A matter as a card; with its view also the step line."""
    live = row.state in {"open", "publicised", "underway"}
    gaps = [gap for gap in view.gaps if gap.met_at is None] if view else []
    names = pgettext("household", ", ").join(reasons.said(gap.name) for gap in gaps)
    whose = {one.id: one.name for one in relatives(actor)}.get(row.person or 0, "") if actor else ""
    return Card(
        id=row.id, name=_named(row) + (f" · {whose}" if whose else ""), where=_where(row),
        tag=said.until(row.due_at) if live and row.due_at else said.state(row.state), tone=_tone(row),
        when=day(row.moved_at), steps=_dots(view) if view else [], paused=row.paused,
        ask_for=_("Still missing: %(names)s") % {"names": names} if gaps else "",
    )  # fmt: skip


def _named(row: CaseRow) -> str:
    name = reasons.said(row.service_name)
    return f"{name} · {reasons.said(row.kind_name)}" if row.kind_name else name


def _tone(row: CaseRow) -> str:
    if row.state in {"open", "publicised", "underway"} and row.light in {"red", "amber"}:
        return "amber"
    return said.tone(row.state)


def _where(row: CaseRow) -> str:
    if row.state == "proposed":
        published = catalogue.in_force(clock.today()).get(row.service)
        asks = published is not None and (published.service.form or {}).get("required")
        return _("Have a look, say yes, and it goes off") if asks else _("One word from you is enough")
    if row.desk is None or row.state in said.ENDED:
        return ""
    return _("With %(desk)s") % {"desk": reasons.said(row.desk.name)}


def _dots(view: CaseView) -> list[Dot]:
    route = catalogue.version(view.version).service.route
    marks = {"done": "done", "now": "now", "ahead": ""}
    return [Dot(said.step(one.step, route[one.index].as_), marks[one.where]) for one in view.steps]


def _worth(view: CaseView) -> int | None:
    """What it comes to: of a proposal by the file and the rules of today."""
    today = view.today
    return view.row.amount if today is None or today.verdict == "unknown" else today.amount


def _gone(view: CaseView) -> bool:
    return view.today is not None and view.today.verdict == "not_entitled"


def since_found(view: CaseView) -> str:
    """Of a proposal: how what was found then differs from what holds today; blank where it does not."""
    today, was = view.today, view.row.amount
    if today is None:
        return ""
    if today.verdict == "not_entitled":
        return _(
            "By your file and the rules of today this is not found any more. Nothing is lost: if the file is wrong or old, "
            "the desk puts it right."
        )
    if today.verdict == "entitled" and was is not None and today.amount is not None and today.amount != was:
        return _("When it was found it came to %(was)s yuan; since then a figure or your file changed. Today it is "
                 "%(now)s yuan, and what counts is the day on which you say yes.") % {
            "was": fen.yuan(was), "now": fen.yuan(today.amount)}  # fmt: skip
    return ""


def _finding(view: CaseView) -> bool:
    """Whether a helper is still being sought for an ask whose whole promise is later than that."""
    row, promised = view.row, view.promised_at
    return row.step == "dispatch" and promised is not None and row.due_at is not None and row.due_at < promised


def opened(actor: Actor, view: CaseView, given: dict[str, Any] | None = None) -> dict[str, Any]:
    """Everything that the page of one case says. ``given``: what a form held that could not be taken."""
    row, service = view.row, catalogue.version(view.version).service
    due = view.promised_at if _finding(view) else row.due_at
    whose = {one.id: one.name for one in relatives(actor)}.get(row.person or 0, "")
    return {
        "id": row.id, "number": row.number, "name": _named(row), "where": _where(row), "until": said.until(due),
        "live": row.state in {"open", "publicised", "underway", "review"} and not view.may("received"),
        "finding": said.until(row.due_at) if _finding(view) else "",
        "state_said": said.state(row.state), "tone": said.tone(row.state),
        "whose": _("For %(name)s") % {"name": whose} if whose else "", "steps": _dots(view), "paused": row.paused,
        "amount": _worth(view), "since_found": since_found(view),
        "rhythm": reasons.rhythm(service), "words": view.words, "expected": row.lock,
        "answers": answers(view), "service": row.service,
        "proposed": row.state == "proposed" and not _gone(view),
        "whose_id": row.person if whose else "",
        "asks_word": row.state == "proposed" and service.asks_word and not _gone(view),
        "verbs": verbs(view), "gap_count": len([gap for gap in view.gaps if gap.met_at is None]),
        "gaps": _gaps(view), "fields": fields.fields(gap_schema(view), given or {}),
        "refusal": _refusal(view, service), "helper": _helper(view), "done_words": _done_words(view),
        "moves": _moves(view), "rated": _rated(view), "desk": _desk(row),
        "lines": money.lines_of(actor, [line for line in _lines(actor, row) if line.case == row.id]),
        "papers": [{"id": one.id, "name": paper_name(one.code, one.name)} for one in view.papers if one.here],
        "sealed": row.sealed, "named": view.assignee_name if row.sealed else "", "said_since": _since(view),
        "became": view.became, "came_from": view.came_from,
        "quiet": row.sealed and view.mode == "ask" and row.state not in said.ENDED,
    }  # fmt: skip


def _since(view: CaseView) -> str:
    """What the household said after it had asked: a note, a word with a paper, why it is not well."""
    return "\n".join(move.words for move in view.moves if move.verb in {"note", "supplement", "not-received", "reopen"})


def paper_name(code: str, name: str) -> str:
    """What a paper is called, in the page's language where the catalogue still names it."""
    if code == "photo":
        return _("Photo")
    if code == "done-photo":
        return _("Photo of what was done")
    for one in catalogue.in_force(clock.today()).values():
        for material in one.service.materials:
            if material.code == code:
                return reasons.said(material.name)
    return name


def verbs(view: CaseView) -> dict[str, bool]:
    """What the household may do now, as the page asks."""
    rated = view.closed_at is not None and any(at >= view.closed_at for _score, _words, at in view.ratings)
    return {
        "confirm": view.may("received"), "rate": view.may("rate") and not rated and view.row.state == "delivered",
        "reopen": view.may("reopen") and view.row.state in {"refused", "withdrawn"}, "withdraw": view.may("withdraw"),
        "not_yet": view.may("not-received") and view.row.state == "delivered",
        "note": view.may("supplement") and view.row.state != "waiting",
    }  # fmt: skip


def answers(view: CaseView) -> list[tuple[str, str]]:
    """What was filled in, by the form's own titles."""
    drawn = fields.fields({"properties": view.fields}, view.form)
    return [(one.title, dict(one.choices).get(one.value, one.value)) for one in drawn if one.value]


def _gaps(view: CaseView) -> list[dict[str, Any]]:
    """What is still missing and is a paper or a fact; fields of the form are drawn as fields."""
    return [
        {"kind": gap.kind, "code": gap.code, "name": reasons.said(gap.name), "words": gap.words}
        for gap in view.gaps if gap.met_at is None and not (gap.kind == "field" and gap.code in view.fields)
    ]  # fmt: skip


def gap_schema(view: CaseView) -> dict[str, Any]:
    """The part of the form that is still missing, as a schema of its own."""
    wanted = [gap.code for gap in view.gaps if gap.met_at is None and gap.kind == "field" and gap.code in view.fields]
    return {"type": "object", "properties": {code: view.fields[code] for code in wanted}}


def _refusal(view: CaseView, service: Service) -> dict[str, str] | None:
    """Why, under which clause, by whom; what to do next stands beside it."""
    last = next((move for move in reversed(view.moves) if move.verb == "refuse"), None)
    if last is None or view.row.state != "refused":
        return None
    at_step = view.steps[last.from_step] if last.from_step is not None and last.from_step < len(view.steps) else None
    office = places.office_over(view.row.area, at_step.at) if at_step and at_step.at in _LEVELS else None
    who = in_language((office.name, office.name_en or office.name)) if office else ""
    words = last.reason_words if not last.words else f"{last.reason_words}{pgettext('household', ': ')}{last.words}"
    clause = next((text for text in map(reasons.law, service.basis) if text), "")
    return {"words": words, "clause": clause,
            "by": _("Decided by %(office)s, %(day)s") % {"office": who or _("the office"), "day": day(last.at)}}  # fmt: skip


_LEVELS = frozenset({"village", "township", "county", "city"})


def _helper(view: CaseView) -> str:
    last = view.dispatches[-1] if view.dispatches else None
    if last is None or view.row.state in said.ENDED:
        return ""
    words = {
        "offered": _("%(helper)s was asked"), "accepted": _("%(helper)s has taken it"),
        "done": _("%(helper)s did it"),
    }.get(last.answer, "")  # fmt: skip
    return words % {"helper": reasons.said(last.helper)} if words else ""


def _done_words(view: CaseView) -> str:
    return next((one.done_words for one in reversed(view.dispatches) if one.answer == "done"), "")


def _moves(view: CaseView) -> list[dict[str, Any]]:
    """What happened, newest first, in words. A step that was taken in the moment of the delivery is no news of its own."""
    rows: list[dict[str, Any]] = []
    later, asks_word = None, catalogue.version(view.version).service.asks_word
    for move in reversed(view.moves):
        words = said.move(move.verb, brought=move.brought, asks_word=asks_word)
        same = later is not None and (move.verb, later.verb, move.at) == ("advance", "deliver", later.at)
        later = move
        if words and not (same and not move.words):
            quote = move.words if move.verb != "open" else ""
            rows.append({"words": words, "at": move.at, "who": "", "quote": quote or move.reason_words})
    return rows


def _rated(view: CaseView) -> str:
    if not view.ratings:
        return ""
    score, words, _at = view.ratings[-1]
    given = dict(said.scores()).get(score, str(score))
    return _("You said: %(score)s") % {"score": given} + (f" · {words}" if words else "")


def _desk(row: CaseRow) -> Desk | None:
    return Desk(reasons.said(row.desk.name), row.desk.phone, "") if row.desk and row.desk.phone else None


def _lines(actor: Actor, row: CaseRow) -> Sequence[payments.LineRow]:
    return payments.lines(actor.scope, person=row.person) if row.person in actor.scope.persons else []
