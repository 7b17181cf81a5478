"""Conditions in the workbench: rows and groups with what they say in words, and the text beside them, both ways."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianxin.console import workwords
from lianxin.console.workfields import Control, Sent, acted, get, named, place_in, put, shown, take, written
from lianxin.console.worknames import called, left_said
from lianxin.engine import building, clock
from lianxin.engine.building import Group, Half, Operand, Part, Row
from lianxin.engine.expressions.to_text import to_text
from lianxin.engine.sketch import Sketch

Data = dict[str, Any]
LISTS = ("who", "unless")
KINDS = ("value", "parameter", "fact", "table", "text")


def _item() -> list[Control]:
    return [
        Control("say.zh", _("What the person reads, Chinese")), Control("say.en", _("What the person reads, English")),
        Control("cite.law", _("Law")), Control("cite.article", _("Article")),
        Control("changeable", _("The person can do something about it"), "check"),
        Control("tell", _("Who says it"), "select",
                [("", _("the page tells the person")), ("desk", _("the page asks them to come to the window"))]),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What a condition says at the moment, or what it waits for, or what is wrong with it. ``id`` is its place."""

    id: str
    words: str = ""
    english: str = ""
    waits: str = ""
    wrong: Sequence[str] = ()


def said(known: Sketch, key: str, place: int, test: str, waits: str = "") -> Said:
    """The sentence of one condition."""
    mark, chinese = f"{key}-{place}", _chinese()
    node, faults = known.read(test) if test.strip() else (None, ())
    if node is None:
        wrong = [
            (one.zh if chinese else one.en)
            + (
                (f"（最接近的是“{one.nearest}”）" if chinese else f" (nearest known: {one.nearest})")
                if one.nearest
                else ""
            )
            for one in faults
        ]
        return Said(mark, waits=waits, wrong=wrong)
    sentence = known.sentence(node, clock.today())
    return Said(mark, sentence.zh if chinese else sentence.en, sentence.en, waits)


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def show_conditions(
    known: Sketch,
    *,
    views: Mapping[str, str] | None = None,
    half: Mapping[str, tuple[Group, str]] | None = None,
    spoken: AbstractSet[str] = frozenset(),
) -> Data:
    """The two lists of conditions. ``half``: what was built but does not say anything yet, by place; ``spoken``: whose words
    went along with a new sentence, so that the page shows them."""
    return {
        "spoken": spoken,
        "lists": [
            (key, _("Every one of these must hold") if key == "who" else _("Not if one of these holds"),
             [_shown(known, key, place, one, (views or {}).get(f"{key}-{place}", ""), (half or {}).get(f"{key}-{place}"))
              for place, one in enumerate(_items(known, key))])
            for key in LISTS
        ],
    }  # fmt: skip


def _items(known: Sketch, key: str) -> list[Data]:
    found = known.data.get(key)
    return [one if isinstance(one, dict) else {} for one in found] if isinstance(found, list) else []


def _shown(known: Sketch, key: str, place: int, one: Data, view: str, half: tuple[Group, str] | None) -> Data:
    test, prefix = written(one.get("test")), f"{key}-{place}-"
    node, _faults = known.read(test) if test.strip() else (None, ())
    group = (
        half[0]
        if half
        else building.rows_of(node, known.names)
        if node is not None
        else Group(())
        if not test
        else None
    )
    text = view == "text" or group is None
    return {
        "key": key, "place": place, "prefix": prefix, "test": test, "text": text, "can_build": group is not None,
        "fields": shown(_item(), one, prefix), "mark": f"{key}-{place}", "drawn": _drawn(one),
        "group": None if text or group is None else _group(known, group, prefix, ()),
        "said": said(known, key, place, test, half[1] if half else ""),
    }  # fmt: skip


# -- a group as the template draws it


def _group(known: Sketch, group: Group, prefix: str, path: tuple[int, ...]) -> Data:
    mark = "".join(f".{n}" for n in path)
    return {
        "kind": "group", "name": f"{prefix}b{mark}", "at": ".".join(str(n) for n in path),
        "joins": [("all", _("all of these")), ("any", _("any of these")), ("not-all", _("not all of these")),
                  ("not-any", _("none of these"))],
        "join": ("not-" if group.negated else "") + ("any" if group.any else "all"),
        "parts": [_part(known, one, prefix, (*path, n)) for n, one in enumerate(group.items)],
    }  # fmt: skip


def _part(known: Sketch, part: Part, prefix: str, path: tuple[int, ...]) -> Data:
    if isinstance(part, Group):
        return _group(known, part, prefix, path)
    name, at = f"{prefix}b" + "".join(f".{n}" for n in path), ".".join(str(n) for n in path)
    if isinstance(part, building.Words):
        return {"kind": "words", "name": name, "at": at, "text": part.text}
    kind = building.type_of(part.left, known.names)
    asks = list(building.ASKS.get(kind, building.ASKS["int"])) if kind else list(building.ASKS["int"])
    if part.ask not in asks:
        asks.append(part.ask)
    words = {**workwords.ASKS, **(workwords.ASKS_OF_DAYS if kind == "date" else {})}
    right = list(part.right)
    if part.ask not in (*building.ALONE, *building.SEVERAL):
        wanted = 2 if part.ask in building.TWO else 1
        right = [*right, *[Operand("value", "")] * wanted][:wanted]
    return {
        "kind": "row", "name": name, "at": at, "left": left_said(known, part.left), "was": part.left.said,
        "left_kind": part.left.kind, "asks": named(words, asks), "ask": part.ask,
        "sides": [_side(known, part, one, n) for n, one in enumerate(right)] if part.ask not in building.SEVERAL else [],
        "many": _many(known, part) if part.ask in building.SEVERAL else None,
    }  # fmt: skip


def _many(known: Sketch, part: Row) -> Data:
    fact = known.facts.get(part.left.said) if part.left.kind == "fact" else None
    values = [one.said for one in part.right]
    if fact and fact.allowed:
        return {
            "had": " ".join(values),
            "choices": [(code, name[get_language() or "zh"], code in values) for code, name in fact.allowed.items()],
        }
    return {"text": " ".join(values)}


def _side(known: Sketch, part: Row, one: Operand, place: int) -> Data:
    kind = building.type_of(part.left, known.names)
    fact = known.facts.get(part.left.said) if part.left.kind == "fact" else None
    language = get_language() or "zh"
    choices = [(code, name[language]) for code, name in fact.allowed.items()] if fact and kind == "text" else []
    if kind == "bool":
        choices = [("true", _("yes")), ("false", _("no"))]
    plain = [(code, par.name[language]) for code, par in known.parameters.items() if not par.by]
    tables = [(code, par.name[language]) for code, par in known.parameters.items() if par.by]
    kinds = [each for each in KINDS if (each != "table" or tables) and (each != "parameter" or plain)]
    return {
        "place": place, "kind": one.kind, "said": left_said(known, one) if one.kind == "fact" else one.said,
        "kinds": named(workwords.SIDES, kinds), "type": kind or "",
        "choices": {"value": choices, "parameter": plain, "table": tables}.get(one.kind, []),
    }  # fmt: skip


# -- what was sent


@dataclass(slots=True)
class Turn:
    """What one turn of the page did beside the conditions themselves, by place: what does not say anything yet (the text in
    store is kept), the views chosen, and whose words went along with a new sentence."""

    act: str
    half: dict[str, tuple[Group, str]] = field(default_factory=dict)
    views: dict[str, str] = field(default_factory=dict)
    spoken: set[str] = field(default_factory=set)


def read_conditions(known: Sketch, sent: Sent, act: str) -> tuple[Data, Turn]:
    """The conditions as sent, and what the turn did beside."""
    made: Data = {}
    turn = Turn(act)
    for key in LISTS:
        now = _items(known, key)
        try:
            count = min(int(sent.get(f"{key}-n", len(now))), 100)
        except ValueError:
            count = len(now)
        items = []
        for place in range(count):
            before = now[place] if place < len(now) else {}
            one = take(_item(), before, sent, f"{key}-{place}-")
            if one.get("cite") and "standing" not in one["cite"] and not get(one, "cite.law"):
                put(one, "cite", None)
            if before.get("say") and sent.get(f"{key}-{place}-drawn") == _drawn(one):
                one["say"] = before["say"]  # nobody wrote in them: what stands in store may be newer than the page
            _test(known, one, sent, f"{key}-{place}", turn)
            items.append(_ordered(one))
        new: Data = {"test": "resident_here" if "resident_here" in known.names.facts else "open_case", "say": {}}
        _speak(known, [new], 0)
        if act.startswith(f"{key}-say-") and (said_at := place_in(act, len(items))) is not None:
            _speak(known, items, said_at)
        items = acted(items, act, key, copy.deepcopy(new))
        if items or key == "who":
            made[key] = items
    return made, turn


def _drawn(one: Data) -> str:
    """The words of a condition as one line, to tell whether somebody wrote in them since the page was drawn."""
    return f"{get(one, 'say.zh') or ''} / {get(one, 'say.en') or ''}"


def _ordered(one: Data) -> Data:
    order = ("test", "say", "cite", "changeable", "tell")
    return {key: one[key] for key in (*order, *one) if key in one}


def _speak(known: Sketch, items: list[Data], place: int) -> None:
    """The condition's own sentence as the words for the person."""
    node, _faults = known.read(written(items[place].get("test")))
    if node is not None:
        items[place]["say"] = _words(known, node)


def _words(known: Sketch, node: Any) -> Data:
    sentence = known.sentence(node, clock.today())
    return {"zh": sentence.zh, "en": sentence.en}


def _test(known: Sketch, one: Data, sent: Sent, mark: str, turn: Turn) -> None:
    turn.views[mark] = sent.get(f"{mark}-view", "")
    if f"{mark}-text" in sent:
        text = sent[f"{mark}-text"].replace("\r\n", "\n").strip("\n")
        if text != written(one.get("test")):
            one["test"] = text
    elif f"{mark}-b" in sent:
        before = written(one.get("test"))
        wrong: list[str] = []
        group = _asked(known, _read_group(known, sent, f"{mark}-b", wrong), turn.act, mark)
        try:
            if wrong:
                raise Half(*wrong[:2])
            text = building.text_of(group, known.names)
            node, faults = known.read(text)
            if node is None:
                raise Half(faults[0].zh, faults[0].en)
            old, _faults = known.read(before) if before.strip() else (None, ())
            own = old is not None and one.get("say") == _words(known, old)  # nobody wrote other words: they go along
            one["test"] = before if old == node else to_text(node)
            if own:
                one["say"] = _words(known, node)
                if sent.get(f"{mark}-drawn") != _drawn(one):
                    turn.spoken.add(mark)
        except Half as waits:
            turn.half[mark] = (group, waits.zh if _chinese() else waits.en)
    if turn.act == f"{mark}-as-text":
        turn.views[mark] = "text"
    elif turn.act == f"{mark}-as-rows":
        turn.views[mark] = ""


def _read_group(known: Sketch, sent: Sent, name: str, wrong: list[str]) -> Group:
    """The group under ``name``; parts are numbered without gaps. ``wrong`` collects what no name fits."""
    join = sent.get(name, "all")
    parts: list[Part] = []
    while f"{name}.{len(parts)}.k" in sent:
        one = f"{name}.{len(parts)}"
        kind = sent[f"{one}.k"]
        if kind == "group":
            parts.append(_read_group(known, sent, one, wrong))
        elif kind == "words":
            parts.append(building.Words(sent.get(f"{one}.t", "")))
        else:
            parts.append(_read_row(known, sent, one, wrong))
    return Group(tuple(parts), any=join.endswith("any"), negated=join.startswith("not-"))


def _read_row(known: Sketch, sent: Sent, one: str, wrong: list[str]) -> Row:
    try:
        left = called(known, sent.get(f"{one}.f", ""))
    except Half as waits:
        wrong += [waits.zh, waits.en]
        left = Operand("text", sent.get(f"{one}.f", ""))
    ask = sent.get(f"{one}.o", "")
    if left.kind == "fact" and left.said != sent.get(f"{one}.was") and left.said:
        return building.first_row(left.said, known.names, clock.today())
    if ask in building.ALONE:
        return Row(left, ask)
    if ask in building.SEVERAL:
        many = sent.getlist(f"{one}.m") if hasattr(sent, "getlist") else sent.get(f"{one}.m", "").split()
        values = many if f"{one}.tick" in sent else " ".join(many).replace("，", " ").replace(",", " ").split()
        had = sent.get(f"{one}.tick", "").split()  # ticks stand in the fact's order, the text in its author's
        values = [*(value for value in had if value in values), *(value for value in values if value not in had)]
        return Row(left, ask, tuple(Operand("value", value) for value in values))
    right = []
    for place in range(2 if ask in building.TWO else 1):
        kind = sent.get(f"{one}.v{place}k", "value")
        text = sent.get(f"{one}.v{place}", "")
        if kind != sent.get(f"{one}.v{place}was", kind):
            text = _first(known, kind)
        if kind == "fact" and text:
            try:
                text = called(known, text).said
            except Half as waits:
                wrong += [waits.zh, waits.en]
        right.append(Operand(kind, text))
    return Row(left, ask, tuple(right))


def _first(known: Sketch, kind: str) -> str:
    """What a side of another kind begins with."""
    codes = [code for code, one in known.parameters.items() if bool(one.by) == (kind == "table")]
    return codes[0] if kind in ("parameter", "table") and codes else ""


def _asked(known: Sketch, group: Group, act: str, mark: str) -> Group:
    """``group`` after a button inside it: ``<mark>-row-0.1``, ``-group-``, ``-cut-``, ``-higher-``, ``-lower-``."""
    what, _dash, at = act.removeprefix(f"{mark}-").partition("-")
    if not act.startswith(f"{mark}-") or what not in ("row", "group", "cut", "higher", "lower"):
        return group
    path = [int(n) for n in at.split(".") if n.isdigit()]
    try:
        if what in ("row", "group"):
            inside = building.at(group, path)
            new: Part = Row(Operand("fact", ""), "yes")
            new = new if what == "row" else Group((new,), any=True)
            return building.put(group, [*path, len(inside.items) if isinstance(inside, Group) else 0], new, insert=True)
        if what == "cut":
            return building.put(group, path, None)
        part, to = building.at(group, path), [*path[:-1], path[-1] + (-1 if what == "higher" else 1)]
        if to[-1] < 0:
            return group
        return building.put(building.put(group, path, None), to, part, insert=True)
    except (IndexError, ValueError):
        return group
