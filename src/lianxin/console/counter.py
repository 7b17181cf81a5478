"""At the counter: everything that the app does for a person, done for them under a mandate that is recorded once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.access.queries import office_names
from lianxin.casework import actions, queries
from lianxin.catalogue import queries as catalogue
from lianxin.catalogue.queries import Published
from lianxin.console import countercircle, shown, words
from lianxin.console.acting import attempt
from lianxin.console.conditions import conditions
from lianxin.console.journal import hidden
from lianxin.engine import clock, money
from lianxin.engine.openings import Opening
from lianxin.engine.refusal import Refusal
from lianxin.journal import queries as journal
from lianxin.notices import actions as notices
from lianxin.notices import queries as messages_to
from lianxin.people import changing, identities, mandates, wards
from lianxin.people import queries as people

LOOKED, TOLD = 12, 8
LENGTHS = {"today": 0, "month": 30, "year": 365}
ENDED = frozenset({"delivered", "refused", "withdrawn", "closed"})


class Under(forms.Form):
    """The mandate in the two questions that a counter asks."""

    how = forms.ChoiceField(label=_("How they said it"), widget=forms.RadioSelect, choices=[
        ("spoken", _("spoken: they are here, or on the phone, and I know who they are")),
        ("written", _("written: signed, or with a fingerprint"))])  # fmt: skip
    until = forms.ChoiceField(label=_("The mandate holds"), widget=forms.RadioSelect, choices=[
        ("today", _("for today")), ("month", _("for a month")), ("year", _("for a year"))])  # fmt: skip
    paper = forms.CharField(
        label=_("Shown or signed"), max_length=80, help_text=_("Such as: ID card seen; signed mandate, 3 March")
    )


@dataclass(frozen=True, slots=True)
class Theirs:
    """What somebody may have and why, in words that can be read aloud."""

    code: str
    name: str
    entitled: bool
    amount: str
    because: list[Any]
    aloud: str


def _language() -> str:
    return get_language() or "zh-hans"


def file_of(request: Request, person: int) -> people.PersonFile:
    """Whoever stands there: somebody living, inside the scope; else 404."""
    found = people.person(request.actor.scope, person)
    if found is None or found.person.died_on is not None:
        raise Http404
    return found


@page("case.open")
def counter(request: Request, person: int) -> HttpResponse:
    """One person at the counter: the mandate, what is theirs and why, what runs, what may be asked, who looked."""
    file, actor = file_of(request, person), request.actor
    form = Under(request.POST or None, initial={"how": "spoken", "until": "today"})
    child, answer = _answers_for(person)
    if answer:
        form.fields["answers"] = forms.ChoiceField(label=gettext("Who gives it for the child"), widget=forms.RadioSelect,
                                                   choices=[(str(one.id), one.name) for one in answer])  # fmt: skip
    if request.method == "POST" and form.is_valid() and _given(request, person, form.cleaned_data):
        return redirect("console:counter", person=person)
    held = mandates.held_by(actor.account, person, clock.today())
    cases = queries.of_person(actor.scope, person, at=clock.now()) if actor.may("case.view") else []
    if file.person.family and actor.may("case.view"):
        have = {one.id for one in cases}
        cases += [
            one for one in queries.household(actor.scope, file.person.family, at=clock.now()) if one.id not in have
        ]
    given = {
        "file": file, "form": form, "held": held, "others": _others(actor, person, held),
        "theirs": _theirs(request, file) if held else [], "cases": [_case(one) for one in cases],
        "asks": _asks(request) if held else [], "changes": _changes(request) if held else [],
        "told": [(one, one.words(_language())) for one in messages_to.of_person(actor.scope, person, limit=TOLD)] if held else [],
        "looked": _looked(request, person) if held else [], "may": actor.permissions,
        "ties": countercircle.ties(person) if held and not child else [], "child": child, "answer": answer,
    }  # fmt: skip
    response = render(request, "console/people/counter.html", given, status=422 if form.errors else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


def _answers_for(person: int) -> tuple[bool, list[wards.Known]]:
    """Whether this is a child, and the parents or guardians on file who give the word for it."""
    known, day = wards.known([person]).get(person), clock.today()
    child = known is not None and known.child(day)
    return child, wards.guardians([person], day).get(person, []) if child else []


def _given(request: Request, person: int, said: dict[str, Any]) -> bool:
    """Record the mandate for everything: spoken or written, until when, what was shown."""
    how = gettext("spoken") if said["how"] == "spoken" else gettext("written")
    until = clock.today() + dt.timedelta(days=LENGTHS[said["until"]])

    def act() -> None:
        if mandates.held_by(request.actor.account, person, clock.today()) is not None:
            return  # a second click
        if said["how"] == "spoken" and said["until"] == "year":
            raise Refusal(gettext("For more than a month, let them sign; nothing was changed."))
        child, answer = _answers_for(person)
        giver = next((one.name for one in answer if str(one.id) == said.get("answers")), "")
        if child and not giver:
            raise Refusal(gettext("For a child a parent or guardian on file gives the mandate. Nothing was changed."))
        shown_or_signed = f"{giver} · {said['paper']}" if giver else said["paper"]
        mandates.give_mandate(person=person, proxy_person=None, kind="clerk", until=until, paper=f"{how} · {shown_or_signed}",
                              by=request.actor, at=clock.now())  # fmt: skip

    return attempt(request, act, _("Recorded. What you do for them now stands under it, and they can read it."))


def _others(actor: Any, person: int, held: mandates.Held | None) -> list[mandates.Held]:
    found = mandates.mandates(actor.scope, person, clock.today())
    return [one for one in found if held is None or one.id != held.id]


def _theirs(request: Request, file: people.PersonFile) -> list[Theirs]:
    """Entitlements with their reasons: yes first, then what one fact is missing for."""
    person, made = file.person, []
    running = {
        one.service
        for one in queries.of_person(request.actor.scope, person.id, at=clock.now())
        if one.state not in ENDED
    }
    for one in catalogue.entitlements_of(person.id, person.family):
        opened = catalogue.explain(person=person.id, family=person.family, day=clock.today(), service=one.service.code,
                                   scope=request.actor.scope)  # fmt: skip
        because = conditions(opened[0]) if opened else []
        name = words.said(one.service.name)
        amount = f"{money.yuan(one.amount)} {gettext('yuan')}" if one.entitled and one.amount else ""
        head = (
            gettext("You may have: %(name)s.")
            if one.entitled
            else gettext("You may have this, but a fact is missing: %(name)s.")
        )
        told = [head % {"name": name}, amount, *(row.say for row in because)]
        under_way = [gettext("It is under way.")] if one.service.code in running else []
        made.append(Theirs(one.service.code, name, one.entitled, amount, because,
                           pgettext("household", ", ").join(part for part in [*told, *under_way] if part)))  # fmt: skip
    return sorted(made, key=lambda one: not one.entitled)


def _case(row: queries.CaseRow) -> dict[str, Any]:
    where = shown.where(row)
    return {
        "id": row.id, "name": row.name, "number": row.number, "where": where, "state": row.state_words,
        "tone": words.STATE_TONES.get(row.state, ""), "due": None if row.state in ENDED else row.due_at,
        "ended": row.state in ENDED, "proposed": row.state == "proposed", "sealed": row.sealed,
        "aloud": pgettext("household", ", ").join([row.name, row.state_words, where]),
    }  # fmt: skip


def _asks(request: Request) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """What can be asked for, by service: its name, and of each kind address, words and promised time."""
    person = request.resolver_match.kwargs["person"] if request.resolver_match else 0
    made = []
    for code, one in _askable(request).items():
        if any(step.as_ == "file" for step in one.service.route):
            continue
        address, name = reverse("console:open-one", args=[person, code]), words.said(one.service.name)
        kinds = [
            (f"{address}?kind={kind.code}", words.said(kind.name), words.within(kind.within))
            for kind in one.service.kinds
        ]
        made.append((name, kinds or [(address, name, words.within(one.service.route[0].within))]))
    return sorted(made, key=lambda group: -len(group[1]))


def _changes(request: Request) -> list[tuple[str, str]]:
    """What in the file can be put right: address and words."""
    person = request.resolver_match.kwargs["person"] if request.resolver_match else 0
    return [
        (reverse("console:open-one", args=[person, code]), words.said(one.service.name))
        for code, one in _askable(request).items()
        if any(step.as_ == "file" for step in one.service.route)
        and "died_on" not in changing.marked(one.service.form).values()
    ]


def _askable(request: Request) -> dict[str, Published]:
    found = catalogue.visible(request.actor.scope, clock.today()).items()
    return {
        code: one for code, one in found if one.service.mode == "ask" and one.service.subject in {"person", "family"}
    }


def _looked(request: Request, person: int) -> list[tuple[journal.Entry, str, str]]:
    """Who looked at the file and what was done with it: entry, deed, office."""
    rows = journal.about(
        person, hidden=hidden(request.actor.scope), limit=LOOKED, files=identities.files_of([person])
    ).rows
    offices = office_names([row.office for row in rows if row.office])
    place = 0 if _language().startswith("zh") else 1
    return [(row, words.deed(row.action), offices[row.office][place] if row.office in offices else "") for row in rows]


@page("case.open")
@require_POST
def counter_why(request: Request, person: int, entry: int) -> HttpResponse:
    """Ask an office, for the person, why it looked: a question with a number and a day, and a word to that office."""
    file_of(request, person)
    found = next(((row, deed, office) for row, deed, office in _looked(request, person) if row.pk == entry), None)
    if found is None:
        raise Http404
    row, deed, office = found
    said = request.POST.get("words", "").strip()[:300]

    def act() -> None:
        if mandates.held_by(request.actor.account, person, clock.today()) is None:
            raise Refusal(gettext("Record the mandate first; nothing was changed."))
        case = _question(request, person, deed, row.by_name, office, said)
        if row.office is not None:
            notices.send(notices=[notices.Message("why-looked", office=row.office, case=case, given={
                "helper": row.by_name, "reason": deed, "until": row.at.isoformat(), "words": said})],
                by=request.actor, at=clock.now())  # fmt: skip

    attempt(request, act, _("Asked in their name; it has a number and a day."))
    return redirect("console:counter", person=person)


def _question(request: Request, person: int, deed: str, who: str, office: str, said: str) -> int:
    """Open the question through the ask that has a kind for the record, else for the rest."""
    for kind in ("record", "complaint", "other"):
        for code, one in _askable(request).items():
            if one.service.kind(kind) is not None:
                asked = gettext("Please tell me why this was done with my file: %(deed)s, by %(who)s (%(office)s).")
                text = asked % {"deed": deed, "who": who, "office": office or "—"}
                family = people.family_of(person) if one.service.subject == "family" else None
                opening = Opening(service=code, version=one.version_id, person=person, family=family, kind=kind,
                                  channel="counter", words=f"{text} {said}".strip())  # fmt: skip
                return int(actions.open_cases(openings=[opening], by=request.actor, at=clock.now())[0].pk)
    raise Refusal(gettext("Your city has no desk for this in the app yet; please call."))


@page("case.open")
@require_POST
def counter_end(request: Request, person: int, mandate: int) -> HttpResponse:
    """They leave the counter: the mandate ends today, what was done under it stays done."""
    file_of(request, person)
    held = mandates.held_by(request.actor.account, person, clock.today())
    if held is None or held.id != mandate:
        raise Http404
    if attempt(request, lambda: mandates.end_mandate(mandate=mandate, reason=gettext("they left the counter"), by=request.actor,
                                                     at=clock.now())):  # fmt: skip
        messages.success(request, gettext("The mandate has ended; what was done under it stays done."))
    return redirect("console:person", person=person)


urls: list[URLPattern] = [
    path("people/<int:person>/counter/", counter, name="counter"),
    path("people/<int:person>/counter/<int:entry>/why/", counter_why, name="counter-why"),
    path("people/<int:person>/counter/<int:mandate>/end/", counter_end, name="counter-end"),
]
