"""Examples in the workbench: one row each, judged as they are typed, the verdict beside what was expected."""

from __future__ import annotations

import copy
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianxin.console import words
from lianxin.console.workfields import (
    Control,
    Sent,
    acted,
    fen,
    named,
    number,
    place_in,
    put,
    rows,
    shown,
    take,
    written,
    yuan,
)
from lianxin.engine import clock, money
from lianxin.engine.examples import Example
from lianxin.engine.sketch import Sketch

Data = dict[str, Any]


def _fields() -> list[Control]:
    return [Control("name.zh", _("Who, in Chinese")), Control("name.en", _("Who, in English")),
            Control("day", _("On which day"), "date")]  # fmt: skip


def _expected() -> list[Control]:
    return [Control("expect.verdict", _("Expected"), "select", named(words.VERDICTS)),
            Control("expect.missing", _("Missing"), "words"), Control("expect.because", _("Because of"), "words")]  # fmt: skip


def columns(known: Sketch) -> list[str]:
    """The facts that stand as columns: what the service looks at, and whatever an example gives besides."""
    made = dict.fromkeys(known.service.fact_names() if known.service else ())
    for one in known.cases:
        given = one.get("given")
        made |= dict.fromkeys(given if isinstance(given, dict) else ())
    return list(made)


def show_examples(known: Sketch) -> Data:
    """The table of examples with what each gives now."""
    language = get_language() or "zh"
    facts = columns(known)
    return {
        "facts": [(code, known.facts[code].name[language] if code in known.facts else code) for code in facts],
        "more": [(code, known.facts[code].name[language]) for code in known.names.facts if code not in facts],
        "rows": [_row(known, place, one, facts) for place, one in enumerate(known.cases)],
        "read": known.cases_read,
        **show_results(known),
    }  # fmt: skip


def _row(known: Sketch, place: int, one: Data, facts: list[str]) -> Data:
    given = one.get("given")
    given = given if isinstance(given, dict) else {}
    return {
        "place": place, "fields": shown(_fields(), one, f"e-{place}-"), "expected": shown(_expected(), one, f"e-{place}-"),
        "amount": yuan((one.get("expect") or {}).get("amount")) if isinstance(one.get("expect"), dict) else "",
        "cells": [_cell(known, code, given.get(code), f"e-{place}-g-{code}") for code in facts],
    }  # fmt: skip


def _cell(known: Sketch, code: str, value: Any, name: str) -> Data:
    fact, language = known.facts.get(code), get_language() or "zh"
    choices: list[tuple[str, Any]] = []
    if fact is not None and fact.type == "bool":
        choices = [("", "—"), ("true", _("yes")), ("false", _("no"))]
    elif fact is not None and fact.allowed:
        choices = [("", "—"), *((key, name_[language]) for key, name_ in fact.allowed.items())]
    said = written(value)
    if choices and said not in {key for key, _words in choices}:
        choices.append((said, said))
    return {"name": name, "value": said, "choices": choices, "label": fact.name[language] if fact else code,
            "type": "date" if fact is not None and fact.type == "date" else "text"}  # fmt: skip


def show_results(known: Sketch) -> Data:
    """What each example gives, and which conditions are shown both ways."""
    language = get_language() or "zh"
    wrong = {int(one.item): one.problem for one in known.of("examples") if one.item.isdigit()}
    return {
        "results": [_result(known, known.ran.get(place), wrong.get(place), place) for place in range(len(known.cases))],
        "shown": [(words.said(_item(known, one.label).say), one.label, True in one.truths, False in one.truths)
                  for one in known.shown],
        "general": [one.problem.zh if language.startswith("zh") else one.problem.en
                    for one in known.of("examples") if not one.item and one.problem.line != 1],
        "unsound": known.service is None,
    }  # fmt: skip


def _item(known: Sketch, label: str) -> Any:
    assert known.service is not None
    items = known.service.unless if label.startswith("unless-") else known.service.who
    return items[int(label.removeprefix("unless-"))]


def _result(known: Sketch, ran: Example | None, problem: Any, place: int) -> Data:
    language = get_language() or "zh"
    said = "" if problem is None else problem.zh if language.startswith("zh") else problem.en
    if ran is None:
        return {"place": place, "verdict": "", "wrong": said}
    found = ran.result
    return {
        "place": place, "verdict": words.of(words.VERDICTS, found.verdict), "tone": _TONES[found.verdict],
        "amount": money.yuan(found.amount) if found.amount is not None else "", "good": problem is None, "wrong": said,
        "missing": "、".join(_called(known, code) for code in found.missing),
        "because": "、".join(_because(known, label) for label in found.because),
    }  # fmt: skip


def _called(known: Sketch, code: str) -> str:
    return known.facts[code].name[get_language() or "zh"] if code in known.facts else code


def _because(known: Sketch, label: str) -> str:
    return label if label == "effective" or known.service is None else f"{label} {words.said(_item(known, label).say)}"


_TONES = {"entitled": "pine", "unknown": "amber", "not_entitled": ""}


def read_examples(known: Sketch, sent: Sent, act: str) -> list[Data]:
    """The examples as they were filled in."""
    facts = [name.rpartition("-g-")[2] for name in sent if name.startswith("e-0-g-")] or columns(known)
    extra = sent.get("e-fact", "")
    if act == "e-fact-add" and extra in known.names.facts:
        facts.append(extra)

    def one(before: Data, at: str) -> Data:
        made = take([*_fields(), *_expected()], before, sent, at)
        amount = sent.get(f"{at}amount")
        was = (before.get("expect") or {}).get("amount") if isinstance(before.get("expect"), dict) else None
        if amount is not None and amount.strip() != yuan(was):
            put(made, "expect.amount", fen(amount.strip()) if amount.strip() else None)
        given = dict(made.get("given") or {}) if isinstance(made.get("given"), dict) else {}
        for code in facts:
            text = sent.get(f"{at}g-{code}")
            if text is not None and text.strip() != written(given.get(code)):
                put(given, code, _typed(known, code, text.strip()))
        if given or "given" in made:
            made["given"] = given
        return made

    made = rows(sent, "e", known.cases, one)
    if act.startswith("e-take-") and (place := place_in(act, len(made))) is not None:
        _as_it_is(known, made, place)
    if act == "e-fact-add" and extra in known.names.facts and made:
        given = made[0].get("given")
        first = dict(given) if isinstance(given, dict) else {}
        made[0] = {**made[0], "given": {**first, extra: first.get(extra, _begin(known, extra))}}
    return acted(made, act, "e", _blank(known, made))


def _begin(known: Sketch, code: str) -> Any:
    fact = known.facts[code]
    if fact.type == "bool":
        return True
    if fact.allowed:
        return next(iter(fact.allowed))
    return clock.today().isoformat() if fact.type == "date" else "419901" if fact.type == "text" else 1


def _typed(known: Sketch, code: str, text: str) -> Any:
    fact = known.facts.get(code)
    if not text:
        return None
    if fact is not None and fact.type == "bool" and text in ("true", "false"):
        return text == "true"
    return number(text) if fact is not None and fact.type in ("int", "decimal") else text


def _blank(known: Sketch, made: list[Data]) -> Data:
    """A new example: the last one's facts, for its author to change one of them."""
    last = copy.deepcopy(made[-1]) if made else {}
    n = len(made) + 1
    return {"name": {"zh": f"例{n}", "en": f"example {n}"}, "day": last.get("day", clock.today().isoformat()),
            "given": last.get("given", {}), "expect": last.get("expect", {"verdict": "entitled"})}  # fmt: skip


def _as_it_is(known: Sketch, made: list[Data], place: int) -> None:
    """What the example gives now becomes what is expected of it."""
    ran = known.ran.get(place)
    if ran is None or place >= len(made):
        return
    found = ran.result
    expect: Data = {"verdict": found.verdict}
    if found.amount is not None:
        expect["amount"] = found.amount
    if found.verdict == "unknown":
        expect["missing"] = list(found.missing)
    if found.verdict == "not_entitled":
        expect["because"] = [int(one) if one.isdigit() else one for one in found.because]
    made[place] = {**made[place], "expect": expect}
