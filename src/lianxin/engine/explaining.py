"""Opens one verdict: every condition with its truth, what it looked at, its words and its citation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lianxin.engine.declaration import Citation, Condition, Service
from lianxin.engine.expressions import tree
from lianxin.engine.expressions.reference import Evaluation, Known
from lianxin.engine.expressions.rounding import whole
from lianxin.engine.expressions.words import Speaker
from lianxin.engine.facts import Name


@dataclass(frozen=True, slots=True)
class Looked:
    """One condition and what became of it. ``holds`` None is unknown; ``label`` is ``0``, ``1``, … or ``unless-0``.

    ``good`` says whether this speaks for the person: a held ``who``, an ``unless`` that does not hold.
    """

    label: str
    test: str
    holds: bool | None
    good: bool | None
    facts: dict[str, Known]
    missing: tuple[str, ...]
    say: Name
    sentence: Name
    cite: Citation | None
    tell: str
    changeable: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """The verdict of one service for one subject on one day, opened."""

    service: str
    day: dt.date
    verdict: str
    amount: int | None
    missing: tuple[str, ...]
    because: tuple[str, ...]
    error: bool
    conditions: tuple[Looked, ...]
    amount_sentence: Name | None

    def to_data(self) -> dict[str, Any]:
        """JSON-ready, as the command ``explain`` prints it."""
        return {
            "service": self.service,
            "verdict": self.verdict,
            "amount": self.amount,
            "missing": list(self.missing),
            "because": list(self.because),
            "conditions": [
                {
                    "test": looked.test,
                    "holds": looked.holds,
                    "facts": {name: _plain(value) for name, value in looked.facts.items()},
                    "say": {"zh": looked.say.zh, "en": looked.say.en},
                }
                for looked in self.conditions
            ],
        }


def explain(service: Service, facts: Mapping[str, Known], day: dt.date) -> Explanation:
    """Judge one subject with the facts given (absent ones are unknown) and keep every step."""
    seen = Evaluation(facts, _values(service, day))
    sentences, amount_sentence = _sentences(service, day)
    looked = tuple(_look(seen, facts, *one, said) for one, said in zip(_items(service), sentences, strict=True))
    verdict, amount, missing, because, error = _verdict(service, seen, looked, day)
    return Explanation(service.code, day, verdict, amount, missing, because, error, looked, amount_sentence)


def verdict_of(service: Service, facts: Mapping[str, Known], day: dt.date) -> Explanation:
    """As :func:`explain` without the sentences: for examples."""
    seen = Evaluation(facts, _values(service, day))
    looked = tuple(_look(seen, facts, *one, one[1].say) for one in _items(service))
    verdict, amount, missing, because, error = _verdict(service, seen, looked, day)
    return Explanation(service.code, day, verdict, amount, missing, because, error, looked, None)


@lru_cache(maxsize=512)
def _items(service: Service) -> tuple[tuple[str, Condition, bool, tuple[str, ...]], ...]:
    """Every condition: its label, itself, whether it refuses where it holds, the facts it looks at."""
    items = [(str(index), item, False) for index, item in enumerate(service.who)]
    items += [(f"unless-{index}", item, True) for index, item in enumerate(service.unless)]
    return tuple((*one, tree.fact_names(one[1].tree)) for one in items)


@lru_cache(maxsize=512)
def _sentences(service: Service, day: dt.date) -> tuple[tuple[Name, ...], Name | None]:
    """The words of every condition with the values of the day, and of the amount."""
    speakers = [_speaker(service, day, language) for language in ("zh", "en")]
    said = [Name(*(speaker.say(one[1].tree) for speaker in speakers)) for one in _items(service)]
    if service.amount is None:
        return tuple(said), None
    return tuple(said), Name(*(speaker.say(service.amount.tree) for speaker in speakers))


@lru_cache(maxsize=512)
def _values(service: Service, day: dt.date) -> Mapping[str, Any]:
    return service.values_on(day)


def candidate(service: Service, facts: Mapping[str, Known], day: dt.date) -> tuple[str, int | None, str] | None:
    """What matching keeps of one subject: ``E`` or ``U``, fen, and what is missing; None for whoever is not entitled.

    As :func:`lianxin.engine.judging.candidates_of` for a frame of one row; it stops at the first refusal.
    """
    if not service.effective.covers(day):
        return None
    seen = Evaluation(facts, _values(service, day))
    undecided = []
    for item, refuses in (
        (item, refuses) for items, refuses in ((service.who, False), (service.unless, True)) for item in items
    ):
        held = seen.value(item.tree)
        if held is None:
            undecided.append(item.tree)
        elif bool(held) is refuses:
            return None
    amount, lacking = _amount(service, seen)
    if undecided or lacking:
        names = dict.fromkeys([name for tree in undecided for name in seen.missing(tree)] + lacking)
        return "U", None, " ".join(names)
    return "E", amount if amount is not None and amount >= 0 else None, ""


def _amount(service: Service, seen: Evaluation) -> tuple[int | None, list[str]]:
    """The amount in fen, and the facts that it lacks."""
    if service.amount is None:
        return None, []
    return whole("ROUND", seen.value(service.amount.tree)), list(seen.missing(service.amount.tree))  # type: ignore[arg-type]


def _speaker(service: Service, day: dt.date, language: str) -> Speaker:
    names = {code: parameter.name for code, parameter in service.parameters.items()}
    units = {code: parameter.unit for code, parameter in service.parameters.items()}
    return Speaker(language, service.facts, names=names, units=units, values=service.values_on(day))


def _look(
    seen: Evaluation, facts: Mapping[str, Known], label: str, item: Condition, refuses: bool, names: tuple[str, ...],
    said: Name,
) -> Looked:  # fmt: skip
    known = seen.value(item.tree)
    holds = None if known is None else bool(known)
    good = None if holds is None else holds != refuses
    at = {name: facts.get(name) for name in names}
    missing = tuple(seen.missing(item.tree)) if known is None else ()
    say = said if item.say.zh == item.test else item.say  # without words of its own: the sentence, never the code
    return Looked(label, item.test, holds, good, at, missing, say, said, item.cite, item.tell, item.changeable)


def _verdict(
    service: Service, seen: Evaluation, looked: tuple[Looked, ...], day: dt.date
) -> tuple[str, int | None, tuple[str, ...], tuple[str, ...], bool]:
    if not service.effective.covers(day):
        return "not_entitled", None, (), ("effective",), False
    because = tuple(item.label for item in looked if item.good is False)
    if because:
        return "not_entitled", None, (), because, False
    open_items = [item for item in looked if item.good is None]
    amount, lacking = _amount(service, seen)
    if open_items or lacking:
        names = dict.fromkeys([name for item in open_items for name in item.missing] + lacking)
        return "unknown", None, tuple(names), (), any(not item.missing for item in open_items)
    if service.amount is not None and (amount is None or amount < 0):
        return "entitled", None, (), (), True
    return "entitled", amount, (), (), False


def _plain(value: Known) -> bool | int | float | str | None:
    return value.isoformat() if isinstance(value, dt.date) else value
