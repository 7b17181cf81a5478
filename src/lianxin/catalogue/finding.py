"""Find a service by what people write: plain words, what they call things, pinyin, initials, a slip or two.

What things are called stands in ``finding.yaml`` of the catalogue, beside the names and summaries of the services
themselves. Only what services are is looked at, never a person: a sealed service is found like any other.
"""

from __future__ import annotations

import logging
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.conf import settings

from lianxin.catalogue import wording
from lianxin.catalogue.queries import Published
from lianxin.engine import documents
from lianxin.engine.declaration import Service
from lianxin.engine.facts import Name
from lianxin.engine.problems import DeclarationErrors

log = logging.getLogger(__name__)
FILE = "finding.yaml"
NAMED, TOLD = 1.0, 0.35  # what a thing is called counts whole, what its summary tells counts less
SOUNDS = 0.4  # a word of the same sound, where characters were written
SHARE = 0.22  # of the first one's score: below it nothing is shown
LEAST = 1.0
Targets = dict[str, float]  # "code" or "code/kind" → weight


@dataclass(frozen=True, slots=True)
class Hit:
    """A service that was meant, and the kind of it where the words say so."""

    code: str
    kind: str
    score: float


@dataclass(frozen=True)
class Words:
    """The file: what finds nothing by itself, and what services and their kinds are called."""

    silent: tuple[str, ...] = ()
    silent_en: frozenset[str] = frozenset()
    said: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)  # code → (kind, words)


@dataclass
class Index:
    """What is compared, for some services: from each pair, sound, stem and phrase to the services that have it."""

    pairs: dict[wording.Pair, Targets] = field(default_factory=lambda: defaultdict(dict))
    sounds: dict[wording.Pair, Targets] = field(default_factory=lambda: defaultdict(dict))
    stems: dict[str, Targets] = field(default_factory=lambda: defaultdict(dict))
    phrases: dict[str, Targets] = field(default_factory=lambda: defaultdict(dict))
    english: dict[tuple[str, ...], Targets] = field(default_factory=lambda: defaultdict(dict))
    codes: int = 0

    def rarity(self, targets: Targets) -> float:
        """How much it says that something has this: much where few services have it."""
        return math.log(1 + self.codes / len({one.partition("/")[0] for one in targets}))


def find(text: str, services: Mapping[str, Published]) -> list[Hit]:
    """The services of ``services`` that ``text`` means, likeliest first; nothing where it means none."""
    words = in_force()
    index = _index(words, services)
    said = wording.plain(text[: wording.LONGEST * 2])
    scores: Targets = defaultdict(float)
    han = [part for run in wording.runs(said) for part in _spoken(run, words)]
    _by_characters(index, han, scores)
    if han and not scores:
        _by_one_wrong(index, han, scores)
    latin = [word for word in wording.letters(said) if len(word) > 1 or han or len(said) < 3]
    if latin:
        _by_letters(index, latin, words, scores)
    return _ranked(scores, services)


def in_force() -> Words:
    """The file as the catalogue holds it now."""
    path = Path(settings.CATALOGUE) / FILE
    try:
        return _read(path, path.stat().st_mtime_ns) if path.is_file() else Words()
    except (DeclarationErrors, AttributeError, TypeError):
        log.exception("%s cannot be read; services are found by their names alone: lianxin catalogue check", FILE)
        return Words()


@lru_cache(maxsize=4)
def _read(path: Path, _written: int) -> Words:
    told: Any = documents.plain(documents.read(path))
    said: dict[str, tuple[tuple[str, str], ...]] = {}
    for code, one in told.get("services", {}).items():
        groups = [("", one.get("say", {})), *one.get("kinds", {}).items()]
        said[code] = tuple((kind, str(word)) for kind, group in groups for some in group.values() for word in some)
    silent = told.get("silent", {})
    return Words(
        tuple(sorted(map(str, silent.get("zh", ())), key=len, reverse=True)),
        frozenset(map(str, silent.get("en", ()))),
        said,
    )


_built: dict[tuple[Any, ...], Index] = {}


def _index(words: Words, services: Mapping[str, Published]) -> Index:
    """The index, built again when the file or a service changed."""
    key = (id(words), tuple(sorted((code, one.version_id) for code, one in services.items())))
    if key not in _built:
        if len(_built) > 8:
            _built.clear()
        _built[key] = _build(words, [one.service for one in services.values()])
    return _built[key]


def _build(words: Words, services: Iterable[Service]) -> Index:
    index = Index()
    for service in services:
        index.codes += 1
        told: list[tuple[str, str, float]] = [("", part, NAMED) for part in _both(service.name)]
        told += [("", part, TOLD) for part in _both(service.summary)]
        told += [(kind.code, part, NAMED) for kind in service.kinds for part in _both(kind.name)]
        told += [("", part, TOLD) for paper in service.materials for part in _both(paper.name)]
        told += [(kind, word, NAMED) for kind, word in words.said.get(service.code, ())]
        for kind, text, weight in told:
            for target in {service.code, f"{service.code}/{kind}" if kind else service.code}:
                _add(index, target, wording.plain(text), weight, words)
    return index


def _both(name: Name) -> tuple[str, str]:
    return name.zh, name.en


def _add(index: Index, target: str, text: str, weight: float, words: Words) -> None:
    def note(table: Mapping[Any, Targets], key: Any) -> None:
        table[key][target] = max(weight, table[key].get(target, 0.0))

    for run in wording.runs(text):
        for pair in pairwise(run):
            note(index.pairs, pair)
        for pair in pairwise(wording.syllables(run)):
            note(index.sounds, pair)
        if weight >= NAMED and not (run.isdecimal() and len(run) < 4):
            note(index.phrases, run)
    stems = [wording.stem(word) for word in wording.letters(text) if word not in words.silent_en]
    for one in stems:
        note(index.stems, one)
    if weight >= NAMED and stems and not wording.runs(text):
        note(index.english, tuple(stems))


def _spoken(run: str, words: Words) -> list[str]:
    """A stretch of characters without what everybody says; what stands on both sides of it does not join."""
    for silent in words.silent:
        run = run.replace(silent, " ")
    return run.split()


def _by_characters(index: Index, han: list[str], scores: Targets) -> None:
    for run in dict.fromkeys(han):
        syllables = wording.syllables(run)
        said = list(pairwise(syllables)) if len(syllables) == len(run) else []
        for place, pair in enumerate(pairwise(run)):
            if wording.PARTICLES.issuperset(pair):
                continue
            _count(index, index.pairs.get(pair, {}), 1.0, scores)
            if said:
                missed = {one: much for one, much in index.sounds.get(said[place], {}).items()
                          if one not in index.pairs.get(pair, {})}  # fmt: skip
                _count(index, missed, SOUNDS, scores)
        for phrase, targets in index.phrases.items():
            if phrase in run:
                _count(index, targets, 0.75 * len(phrase) if len(phrase) > 1 else 0.3, scores)
            elif len(run) > 1 and run in phrase:
                _count(index, targets, 1.5 * len(run) / len(phrase), scores)


def _by_one_wrong(index: Index, han: list[str], scores: Targets) -> None:
    """Nothing was found: one wrong character in a word of three or more is forgiven."""
    for phrase, targets in index.phrases.items():
        if len(phrase) > 2 and any(len(run) > 2 and wording.slips(phrase, run, 1) <= 1 for run in han):
            _count(index, targets, 0.75 * len(phrase), scores)


def _count(index: Index, targets: Targets, much: float, scores: Targets) -> None:
    if targets:
        rare = index.rarity(targets)
        for one, weight in targets.items():
            scores[one] += rare * weight * much


def _by_letters(index: Index, latin: list[str], words: Words, scores: Targets) -> None:
    """English words where there are some; else pinyin, initials, and what is nearly one of them."""
    told = [wording.stem(word) for word in latin if word not in words.silent_en]
    known = [one for one in told if len(one) > 2 and one in index.stems]
    if known:
        for one in known:
            _count(index, index.stems[one], 1.0, scores)
        for phrase, targets in index.english.items():
            if set(phrase) <= set(told):
                _count(index, targets, 1.5 * len(phrase), scores)
    if len(known) * 2 < len(told) or not known:
        before = len(scores)
        _by_pinyin(index, latin, scores)
        if len(scores) == before:
            _by_slips(index, latin, told, scores)


def _by_pinyin(index: Index, latin: list[str], scores: Targets) -> None:
    together, syllables = "".join(latin), wording.cut(latin)
    for pair in pairwise(syllables):
        _count(index, index.sounds.get(pair, {}), 1.0, scores)
    for phrase, targets in index.phrases.items():
        said = wording.syllables(phrase)
        if len(said) > 1 and _stands_in(said, syllables):
            _count(index, targets, 0.75 * len(said), scores)
        elif len(syllables) > 1 and _stands_in(syllables, said):
            _count(index, targets, 1.5 * len(syllables) / len(said), scores)
        elif len(together) > 1 and _cut_short(phrase, together):
            _count(index, targets, 2.0 * len(together) / max(len(wording.initials(phrase)), 3), scores)


def _stands_in(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    return any(whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1))


def _cut_short(phrase: str, typed: str) -> bool:
    """Whether the letters are the first ones of the sounds of a phrase, or of its beginning."""
    return wording.initials(phrase).startswith(typed)


def _by_slips(index: Index, latin: list[str], told: list[str], scores: Targets) -> None:
    """Nothing was found: one slip in five letters is forgiven, two in nine."""
    together = "".join(latin)
    _nearly(index, together, ((wording.spelled(phrase), targets) for phrase, targets in index.phrases.items()), scores)
    for one in told:
        _nearly(index, one, index.stems.items(), scores, wording.slips)


def _nearly(
    index: Index, typed: str, known: Iterable[tuple[str, Targets]], scores: Targets,
    distance: Callable[[str, str, int], int] = wording.slips,
) -> None:  # fmt: skip
    most = 0 if len(typed) < 5 else 1 if len(typed) < 9 else 2
    if not most:
        return
    for spelling, targets in known:
        if len(spelling) >= len(typed) - most and distance(typed, spelling, most) <= most:
            _count(index, targets, 2.0 * len(typed) / max(len(spelling), 1), scores)


def _ranked(scores: Targets, services: Mapping[str, Published]) -> list[Hit]:
    whole = {one: much for one, much in scores.items() if "/" not in one and much >= LEAST}
    best = max(whole.values(), default=0.0)
    made = []
    for code, much in whole.items():
        if much < best * SHARE:
            continue
        kinds = {one.partition("/")[2]: some for one, some in scores.items() if one.startswith(f"{code}/")}
        kind = max(kinds, key=lambda one: kinds[one], default="")
        made.append(Hit(code, kind if kind and kinds[kind] >= much / 2 else "", much))
    return sorted(made, key=lambda hit: (-hit.score, len(services[hit.code].service.name.zh), hit.code))
