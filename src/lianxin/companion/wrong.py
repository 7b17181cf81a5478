"""“This is wrong in our file”, from the very line that looked at it: it reaches the desk as a case with the fact, what the
file says, what the family says, and their paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.access.gate import page
from lianxin.catalogue import queries as catalogue
from lianxin.catalogue.queries import Published
from lianxin.companion import asks, factwords, fields, reasons, sending
from lianxin.companion.shell import acting_for, mine, relatives, sentence, show
from lianxin.engine import clock
from lianxin.engine.deliveries import FILE_MARK
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.people import changing
from lianxin.people import queries as people

FALLBACK = "file-correction"
# A fact that follows from a column of the file.
COLUMNS = {
    "age": "born_on", "residence": "home", "residence_county": "home", "resident_here": "home",
    "hukou_county": "hukou", "hukou_here": "hukou",
}  # fmt: skip
BY_HAND = "died_on"
LONGEST = 500  # what a family adds to the line


@dataclass(frozen=True, slots=True)
class Line:
    """The line from which somebody comes: service, condition, fact; and the service through which it is put right."""

    service: Published
    say: str
    fact: factwords.Fact
    value: Any
    person: int
    target: Published
    schema: Mapping[str, Any]  # the part of its form that is asked here; empty where the right value is written as text


@page("own.ask")
def wrong(request: HttpRequest, code: str, fact: str) -> HttpResponse:
    """The fact with what the file says; the family says what is right."""
    actor = mine(request)
    given = request.POST.get("for", "") if request.method == "POST" else request.GET.get("for", "")
    line = _line(actor, code, fact, given)
    if request.method == "POST":
        return _send(request, actor, line)
    return _page(request, actor, line)


def _line(actor: Actor, code: str, fact: str, given: str) -> Line:
    """The line; 404 where this person is shown no such line, or may not act where it is put right."""
    person = acting_for(actor, given, code)
    if person is None:
        raise Http404
    opened = catalogue.explain(person=person, family=people.family_of(person), day=clock.today(), service=code)
    if not opened or reasons.grave(opened[0]) or reasons.desk_only(opened[0]) or opened[0].service.sealed:
        raise Http404
    found = next(
        (row for row in opened[0].result.conditions
         if fact in row.facts and fact not in factwords.UNSAID and (row.good is True or row.tell != "desk")), None,
    )  # fmt: skip
    service = catalogue.in_force(clock.today()).get(code)
    target, schema = _target(fact)
    if found is None or service is None or target is None or acting_for(actor, given, target.service.code) is None:
        raise Http404
    told = factwords.fact(service.service, fact, found.facts[fact])
    return Line(service, reasons.said(found.say), told, found.facts[fact], person, target, schema)


def _target(fact: str) -> tuple[Published | None, Mapping[str, Any]]:
    """The ask that changes the column behind a fact and requires least besides (to correct a home is not to move), with the
    part of its form that speaks of it; else the one for anything in a file; else the desk's."""
    column = COLUMNS.get(fact, fact)
    chosen = catalogue.in_force(clock.today())
    forms = [(one, one.service.form or {}) for _code, one in sorted(chosen.items())
             if one.service.mode == "ask" and asks.changes_file(one.service) and column != BY_HAND]  # fmt: skip
    for one, form in sorted(forms, key=lambda pair: len(pair[1].get("required", ()))):
        marked = changing.marked(form)
        field = next((name for name, held in marked.items() if held == column), None)
        if field is not None:
            needed = {field, *form.get("required", ())}
            asked = needed | {name for name, held in marked.items() if held == changing.SINCE}
            properties = {name: _until_now(said) for name, said in form["properties"].items() if name in asked}
            return one, {**form, "properties": properties, "required": sorted(needed & properties.keys())}
    return chosen.get(FALLBACK) or asks.desk_ask(), {}


def _until_now(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """A field of the form; the day since when something is so lies behind us: what is to come makes no file wrong."""
    return {"formatMaximum": "today", **said} if said.get(FILE_MARK) == changing.SINCE else said


def _send(request: HttpRequest, actor: Actor, line: Line) -> HttpResponse:
    sent = request.POST
    if sending.another(request, actor):
        return _page(request, actor, line, error=sending.other_account(), status=409)
    right, own_words = sent.get("right", "").strip()[:200], sending.said(request)
    values, errors = fields.read(line.schema, sent.dict()) if line.schema else ({}, {})
    if not line.schema and not right:
        errors["right"] = _("Please say what is right.")
    long = sending.too_long(own_words, LONGEST)
    if errors or long:
        return _page(request, actor, line, errors=errors, error=long)
    try:
        case = sending.open_case(
            actor, line.target, line.person, kind=_kind(line.target), words=_words(line, values, right, own_words),
            form=_form(line, values, right), key=sending.key(request),
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, actor, line, error=sentence(refusal))
    paper = next((one.code for one in line.target.service.materials), "photo")
    sending.hand_in(request, actor, case, [("photo", paper)])
    return redirect(reverse("case", args=[case]) + f"?sent={_draft(line)}")


def _kind(target: Published) -> str:
    return next((kind.code for kind in target.service.kinds if kind.code in {"record", "other"}), "")


def _form(line: Line, values: dict[str, Any], right: str) -> dict[str, Any]:
    if line.schema:
        return values
    known = {"fact": line.fact.name[:60], "held": line.fact.value[:100], "said": right}
    declared = (line.target.service.form or {}).get("properties", {})
    return {name: value for name, value in known.items() if name in declared}


def _words(line: Line, values: dict[str, Any], right: str, own_words: str) -> str:
    """What the clerk reads first: the fact, what the file says, what is right, and from which line somebody came."""
    drawn = fields.fields(line.schema, values) if line.schema else []
    said = right or "; ".join(f"{one.title}: {_shown(one)}" for one in drawn if one.value)
    told = _("%(fact)s: the file says “%(held)s”; the family says “%(said)s”. Seen at %(service)s: %(line)s.") % {
        "fact": line.fact.name, "held": line.fact.value, "said": said,
        "service": reasons.said(line.service.service.name), "line": line.say,
    }  # fmt: skip
    return f"{told} {own_words}".strip()


def _shown(one: fields.Field) -> str:
    """What was chosen, in words."""
    words = {"true": _("yes"), "false": _("no"), **dict(one.choices)}
    return words.get(one.value, one.value)


def _draft(line: Line) -> str:
    return f"wrong-{line.service.service.code}-{line.fact.code}"


def _page(
    request: HttpRequest, actor: Actor, line: Line, *, errors: dict[str, str] | None = None, error: str = "",
    status: int = 0,
) -> HttpResponse:  # fmt: skip
    errors, sent = errors or {}, request.POST.dict()
    given: Mapping[str, Any] = fields.kept(line.schema, sent) if sent else _known(line)
    names = {one.id: one.name for one in relatives(actor)}
    asked = f"?for={line.person}" if line.person != actor.person else ""
    context = {
        "line": line.say, "fact": line.fact, "service": reasons.said(line.service.service.name),
        "whose": line.person if line.person != actor.person else "", "named": names.get(line.person, ""),
        "through": reasons.said(line.target.service.name), "within": reasons.within(line.target.service.route[0].within),
        "fields": fields.fields(line.schema, given, errors) if line.schema else [], "typed": not line.schema,
        "right": sent.get("right", ""), "words": sent.get("words", ""), "wrong": errors, "draft": _draft(line),
        "paper": next((reasons.said(one.name) for one in line.target.service.materials), ""),
        "error": error or (errors and _("Something is not filled in rightly yet.")),
        "back": reverse("why", args=[line.service.service.code]) + asked,
        "back_to": reasons.said(line.service.service.name), **sending.marks(actor, line.fact.name),
    }  # fmt: skip
    return show(request, "wrong", context, tab="household", keep=False,
                status=status or (422 if errors or error else 200))  # fmt: skip


def _known(line: Line) -> dict[str, Any]:
    """What the file says, in the field that asks for it."""
    column = COLUMNS.get(line.fact.code, line.fact.code)
    if column != line.fact.code:
        return {}
    marked = changing.marked(line.target.service.form)
    return {name: line.value for name, held in marked.items() if held == column and name in line.schema["properties"]}
