"""What can be done with a case: each verb's words, its key, the few things it asks, and the one action it calls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from lianxin.casework import actions, queries
from lianxin.casework.reasons import reasons_for
from lianxin.console import casefields
from lianxin.console.dayfield import DayInput
from lianxin.engine import clock, facts
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor

Words = str | Promise
DAY = DayInput()


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb. ``asks`` names the fields of its box (none: one click); ``tone`` primary, plain or danger."""

    code: str
    title: Words
    asks: tuple[str, ...] = ()
    tone: str = "plain"
    key: str = ""
    explains: Words = ""
    done: Words = ""


@dataclass(frozen=True, slots=True)
class About:
    """What the boxes of one case need to know: its earlier steps, its offers, what the forces may attest."""

    earlier: Sequence[tuple[int, str]] = ()
    offices: Sequence[tuple[int, str]] = ()
    attestable: Sequence[str] = ()
    materials: Sequence[tuple[str, str]] = ()
    colleagues: Sequence[tuple[int, str]] = ()
    pays: bool = False  # the delivery is a payment
    form: Mapping[str, Any] = field(default_factory=dict)  # what the service asks, as JSON Schema
    dispatch: int | None = None  # the offer that is open
    mates: Sequence[tuple[int, str]] = ()  # who of the own office may take it on
    next_offices: Sequence[tuple[int, str]] = ()  # to which the whole case may be handed
    missing: Sequence[str] = ()  # papers that are missing
    unfilled: Sequence[str] = ()  # the fields of it that the case has no answer to


VERBS: dict[str, Verb] = {
    verb.code: verb
    for verb in (
        Verb("accept", _("Accept"), tone="primary", key="a", done=_("Accepted; it is at the next desk.")),
        Verb("accept-lacking", _("Accept, the rest follows"), ("words",),
             explains=_("Something is missing. Say why it may go on without it and until when it comes; this is kept."),
             done=_("Accepted without the rest; it is at the next desk.")),
        Verb("advance", _("Pass on"), ("words",), tone="primary", key="a", done=_("Passed on.")),
        Verb("attest", _("Attest"), ("facts", "words"), tone="primary", key="a",
             explains=_("Say only yes or no. Never write a unit, a place or a task."), done=_("Attested.")),
        Verb("publicise", _("Put on public notice"), tone="primary", key="a", done=_("It is on public notice.")),
        Verb("dispatch", _("Hand to somebody"), ("office", "words"), tone="primary", key="a", done=_("Handed over.")),
        Verb("take-on", _("We see to it ourselves"), ("helper",), key="m", done=_("It is in your office's hands.")),
        Verb("said-yes", _("They say they will come"), done=_("The family knows that they are coming.")),
        Verb("said-no", _("They say they cannot"), ("words",), done=_("It is back on the desk.")),
        Verb("said-done", _("It was done"), ("words", "minutes", "photos"), tone="primary", key="d",
             done=_("The household is asked to confirm.")),
        Verb("deliver", _("Record the delivery"), ("words", "minutes"), tone="primary", key="a",
             done=_("Delivered and counted.")),
        Verb("call-back", _("Called back"), ("reached", "said"), tone="primary", key="a", done=_("Recorded.")),
        Verb("confirm", _("They say yes"), ("form", "words"), tone="primary", key="a",
             explains=_("Staff confirm only under a recorded mandate."), done=_("Confirmed; it has begun.")),
        Verb("keep", _("It still stands"), ("words",), tone="primary", key="a", done=_("It goes on.")),
        Verb("resume", _("Go on without the rest"), ("words",), done=_("The clock runs again.")),
        Verb("ask", _("Tell what is missing"), ("other", "words"), key="r",
             explains=_("Everything at once, in one list; the clock stands still until it comes."),
             done=_("They have been told, once and all of it.")),
        Verb("supplement", _("Papers came"), ("files", "form", "words"), key="s", done=_("It is with the case.")),
        Verb("send-back", _("Send back"), ("to_step", "reason", "words"), key="b", done=_("Sent back.")),
        Verb("answer-objection", _("Answer the objection"), ("upheld", "finding"), tone="primary", key="o",
             done=_("Answered.")),
        Verb("received", _("They say it is done"), ("score", "words"), done=_("Thank you, counted.")),
        Verb("not-received", _("They say it is not done"), ("words",), done=_("Opened again.")),
        Verb("rate", _("Their rating"), ("score", "words"), done=_("Recorded.")),
        Verb("take-up", _("I take it"), key="t", done=_("It is yours; the others still see it.")),
        Verb("hand-on", _("Hand to another office…"), ("to_office", "words"),
             explains=_("Offices over the residence that may do this step. The day promised to the household stays."),
             done=_("It is with the other office; the household knows.")),
        Verb("list-on", _("Put a colleague on the list"), ("account",), done=_("They see it now.")),
        Verb("note", _("Note"), ("words",), key="n", done=_("Noted.")),
        Verb("reopen", _("Open again"), ("reopen_reason", "words"), done=_("Open again.")),
        Verb("end", _("End it"), ("end_reason", "words"), tone="danger", done=_("Ended.")),
        Verb("decline", _("They do not want it"), ("words",), tone="danger", done=_("Withdrawn as they asked.")),
        Verb("withdraw", _("They take it back"), ("words",), tone="danger", done=_("Withdrawn as they asked.")),
        Verb("refuse", _("Refuse"), ("reason", "words"), tone="danger", key="x",
             explains=_("They read the reason, the clause, who decided and how to have it looked at again."),
             done=_("Refused; they are told why and how to have it looked at again.")),
    )
}  # fmt: skip
STEP_TITLES: dict[str, Words] = {
    "accept": _("Accept"), "attest": _("Attest"), "verify": _("Verified, pass on"), "review": _("Reviewed, pass on"),
    "panel": _("Panel agrees"), "approve": _("Approve"), "select": _("Selected"), "respond": _("Done, pass on"),
}  # fmt: skip
HAND_TO_MONEY = _("Hand to payment")
HANDED = _("Decided; it is paid with the next batch.")
NEEDS_WORDS = {"accept-lacking", "hand-on", "resume", "note", "not-received", "said-no"}


def reasons(verb: str) -> list[tuple[str, str]]:
    """The reasons that may be given for a verb, in the page's language."""
    language = get_language() or "zh"
    return [(reason.code, reason[language]) for reason in reasons_for(verb)]


def _words(verb: Verb) -> forms.Field:
    return forms.CharField(
        label=_("In a few words"), required=verb.code in NEEDS_WORDS, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


def _field(name: str, verb: Verb, about: About) -> forms.Field | None:
    if name == "words":
        return _words(verb)
    if name in {"reason", "end_reason", "reopen_reason"}:
        return forms.ChoiceField(label=_("Reason"), choices=[("", "—"), *reasons(verb.code)])
    if name == "to_step":
        return forms.TypedChoiceField(label=_("Back to"), choices=about.earlier, coerce=int)
    if name == "office":
        return forms.TypedChoiceField(label=_("To whom"), choices=about.offices, coerce=int)
    if name == "to_office":
        return forms.TypedChoiceField(label=_("To which office"), choices=about.next_offices, coerce=int)
    if name == "account":
        return forms.TypedChoiceField(label=_("Colleague"), choices=about.colleagues, coerce=int)
    if name == "helper":
        return forms.TypedChoiceField(label=_("Colleague"), choices=about.mates, coerce=int)
    if name == "other":
        return forms.CharField(label=_("Something else that is missing"), required=False, max_length=60)
    if name == "minutes":
        return forms.IntegerField(label=_("How many minutes it took"), required=False, min_value=1, max_value=10000)
    if name == "said":
        return forms.CharField(label=_("What they said"), required=False, max_length=400,
                               widget=forms.Textarea(attrs={"rows": 3}))  # fmt: skip
    if name == "finding":
        return forms.CharField(label=_("What was found"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    choices: dict[str, tuple[Words, list[tuple[str, Words]]]] = {
        "reached": (_("Reached?"), [("yes", _("Reached")), ("no", _("Nobody answered"))]),
        "upheld": (_("Is the objection right?"), [("no", _("No, it goes on")), ("yes", _("Yes, it goes back"))]),
        "score": (_("How was it?"), [(str(n), word) for n, word in ((5, _("very good")), (4, _("good")), (3, _("fair")),
                                     (2, _("poor")), (1, _("bad")))]),
    }  # fmt: skip
    if name in choices:
        label: Any = choices[name][0]
        options = choices[name][1]
        return forms.ChoiceField(label=label, choices=options, widget=forms.RadioSelect, required=name != "score")
    return None


def box(verb: Verb, about: About, data: Any = None, files: Any = None) -> forms.Form | None:
    """The form that a verb's box shows; None where one click is enough."""
    if not verb.asks:
        return None
    made = forms.Form(data, files, auto_id=f"{verb.code}-%s")
    for name in verb.asks:
        if name == "minutes" and about.pays:
            continue
        if name == "facts":
            language = get_language() or "zh"
            for code in about.attestable:
                made.fields[f"fact_{code}"] = forms.ChoiceField(
                    label=facts.VOCABULARY[code].name[language], widget=forms.RadioSelect,
                    choices=[("yes", _("yes")), ("no", _("no"))],
                )  # fmt: skip
        elif name == "photos":
            made.fields["files"] = casefields.Papers()
            made.fields["files"].label = _("A photo of it, where you have one")
        elif name == "files":
            made.fields["code"] = casefields.which(about.materials, about.missing)
            made.fields["files"] = casefields.Papers()
            made.fields["seen"] = casefields.original()
        elif name == "form":
            needed = verb.code == "confirm"
            made.fields |= casefields.asked(about.form, clock.today(), only=about.unfilled, needed=needed)
        elif (one := _field(name, verb, about)) is not None:
            made.fields[name] = one
    return made


def _gaps(by: Actor, case: int, other: str, at: dt.datetime) -> list[queries.Missing] | None:
    """Everything that is missing by the file, and what the desk adds to it; None: what the file says alone."""
    if not other.strip():
        return None
    return [
        *queries.may_be_missing(by, case, at=at),
        queries.Missing("material", "other", other.strip(), other.strip()),
    ]


def _confirm(some: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Their yes, with what only they know: both or neither."""
    answers = casefields.said(given)
    with transaction.atomic():
        (case,) = actions.confirm_proposed(**some, words=given.get("words", ""))
        if answers and not answers.items() <= case.form.items():
            actions.supplement(case=case.pk, fields=answers, by=some["by"], at=some["at"])


def _photos(given: Mapping[str, Any]) -> list[actions.Upload]:
    return [actions.Upload(code="done-photo", data=one.read(), name=one.name or "") for one in given.get("files") or []]


def _open(about: About | None) -> int:
    """The offer that a desk answers for a helper on the phone."""
    if about is None or about.dispatch is None:
        raise Refusal(gettext("Nobody is asked or on it any more; nothing was changed."))
    return about.dispatch


def act(
    verb: Verb, case: int, given: Mapping[str, Any], *, by: Actor, at: dt.datetime, expected: int | None,
    objection: int | None = None, about: About | None = None,
) -> Any:  # fmt: skip
    """Call the one action behind a verb. Raises :class:`Refusal` with the sentence that the page shows."""
    one: dict[str, Any] = {"case": case, "by": by, "at": at, "expected": expected}
    some: dict[str, Any] = {"cases": [case], "by": by, "at": at, "expected": expected}
    words = given.get("words", "")
    reason = given.get("reason") or given.get("end_reason") or given.get("reopen_reason") or ""
    minutes, score = given.get("minutes"), given.get("score")
    said_facts = {
        name.removeprefix("fact_"): value == "yes" for name, value in given.items() if name.startswith("fact_")
    }
    calls: dict[str, Callable[[], Any]] = {
        "accept": lambda: actions.accept(**some),
        "accept-lacking": lambda: actions.accept(**some, waive=True, words=words),
        "advance": lambda: actions.advance(**some, words=words),
        "attest": lambda: actions.advance(**some, words=words, facts=said_facts),
        "publicise": lambda: actions.publicise(**some),
        "dispatch": lambda: actions.dispatch(**one, office=given["office"], words=words),
        "take-on": lambda: actions.take_on(**one, account=given["helper"]),
        "said-yes": lambda: actions.answer_dispatch(dispatch=_open(about), accept=True, by=by, at=at),
        "said-no": lambda: actions.answer_dispatch(dispatch=_open(about), accept=False, by=by, at=at, reason=words),
        "said-done": lambda: actions.done_dispatch(
            dispatch=_open(about), words=words, minutes=minutes, files=_photos(given), by=by, at=at
        ),
        "deliver": lambda: actions.deliver(**some, words=words, minutes=minutes),
        "call-back": lambda: actions.call_back(**one, reached=given["reached"] == "yes", said=given.get("said", "")),
        "confirm": lambda: _confirm(some, given),
        "keep": lambda: actions.keep(**some, words=words),
        "resume": lambda: actions.resume(**one, words=words),
        "ask": lambda: actions.ask_missing(**one, words=words, gaps=_gaps(by, case, given.get("other", ""), at)),
        "supplement": lambda: actions.supplement(
            **one,
            files=casefields.uploads(given),
            fields=casefields.said(given),
            words=words,
            seen=[given["code"]] if given.get("seen") and given["code"] != "other" else [],
        ),
        "send-back": lambda: actions.send_back(**some, to_step=given["to_step"], reason=reason, words=words),
        "received": lambda: actions.confirm_received(
            **one, received=True, score=int(score) if score else None, words=words
        ),
        "not-received": lambda: actions.confirm_received(**one, received=False, words=words),
        "rate": lambda: actions.rate(**one, score=int(score or 5), words=words),
        "take-up": lambda: actions.take_up(**some),
        "hand-on": lambda: actions.hand_on(**one, office=given["to_office"], words=words),
        "list-on": lambda: actions.list_on(case=case, account=given["account"], by=by, at=at),
        "note": lambda: actions.note(**some, words=words),
        "reopen": lambda: actions.reopen(**some, reason=reason, words=words),
        "end": lambda: actions.end(**some, reason=reason, words=words),
        "decline": lambda: actions.decline(**some, words=words),
        "withdraw": lambda: actions.withdraw(**some, words=words),
        "refuse": lambda: actions.refuse(**some, reason=reason, words=words),
    }
    if verb.code == "answer-objection":
        if objection is None:
            raise Refusal(gettext("There is no open objection."))
        return actions.answer_objection(
            objection=objection, upheld=given["upheld"] == "yes", finding=given["finding"], by=by, at=at,
            expected=expected,
        )  # fmt: skip
    return calls[verb.code]()
