"""What differs between two versions of a service, in words: Chinese and English, for whoever signs and whoever asks.

Pure. Conditions are paired by their text, then by what they say, then by the facts they look at, so that a changed one
is told as changed (the sentence before and after) and not as one removed and one added.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from lianxin.engine import differwords
from lianxin.engine.declaration import Condition, Parameter, Service, Step
from lianxin.engine.expressions import tree
from lianxin.engine.expressions.words import Speaker
from lianxin.engine.facts import Name

How = Literal["added", "removed", "changed"]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs: in which part, what it is called, the words before and after (None: there was none)."""

    part: str
    how: How
    what: Name
    before: Name | None
    after: Name | None
    since: dt.date | None = None  # of a parameter's value: the day from which it differs

    def sentence(self, language: str) -> str:
        """The whole in one sentence."""
        zh = language.startswith("zh")
        place, what = differwords.PARTS[self.part][language], self.what[language]
        before = self.before[language] if self.before else ""
        after = self.after[language] if self.after else ""
        since = differwords.day_said(self.since)[language] if self.since else ""
        when = (f"，{since}起" if zh else f" from {since}") if since else ""
        named = f"“{what}”" if what else ""
        if self.how == "added":
            return (
                f"{place}：新增{named}{when}：{after}"
                if zh
                else f"{place}: added {named}{when}: {after}".replace("  ", " ")
            )
        if self.how == "removed":
            return f"{place}：删去{named}{when}：{before}" if zh else f"{place}: removed {named}{when}: {before}"
        if zh:
            return f"{place}：{named}{when}，由“{before}”改为“{after}”"
        return f"{place}: {named}{when}: “{before}” became “{after}”"

    def to_json(self) -> dict[str, Any]:
        """As the command prints it."""
        return {
            "part": self.part, "how": self.how, "what": _pair(self.what), "before": _pair(self.before),
            "after": _pair(self.after), "since": self.since.isoformat() if self.since else None,
            "say": {"zh": self.sentence("zh"), "en": self.sentence("en")},
        }  # fmt: skip


def _pair(name: Name | None) -> dict[str, str] | None:
    return {"zh": name.zh, "en": name.en} if name else None


def differences(old: Service, new: Service) -> list[Difference]:
    """Everything in which ``new`` differs from ``old``, part by part; nothing where they say the same.

    Numbers inside sentences are named, not written out: what a number is worth on which day stands under ``parameters``.
    """
    told: list[Difference] = []
    for part in ("who", "unless"):
        told += _conditions(part, old, new)
    told += _amount(old, new)
    told += _parameters(old, new)
    told += _plain(old, new)
    told += _listed("kinds", old.kinds, new.kinds, lambda one: one.code, lambda one: one.name, differwords.kind_said)
    told += _listed(
        "materials", old.materials, new.materials, lambda one: one.code, lambda one: one.name, differwords.material_said
    )
    told += _form(old, new)
    told += _route(old.route, new.route)
    return told


def _said(service: Service, node: tree.Node) -> Name:
    """The sentence of a test with its parameters by name."""
    names = {code: parameter.name for code, parameter in service.parameters.items()}
    zh, en = (Speaker(language, service.facts, names=names).say(node) for language in ("zh", "en"))
    return Name(zh, en)


def _condition(service: Service, item: Condition) -> Name:
    said, cited = _said(service, item.tree), differwords.cited(item.cite)
    return Name(f"{item.say.zh}：{said.zh}{cited.zh}", f"{item.say.en}: {said.en}{cited.en}")


def _conditions(part: str, old: Service, new: Service) -> list[Difference]:
    before: Sequence[Condition] = getattr(old, part)
    after: Sequence[Condition] = getattr(new, part)
    pairs, gone, come = _paired(before, after, (
        lambda item: item.test, lambda item: (item.say.zh, item.say.en), lambda item: tree.fact_names(item.tree),
    ))  # fmt: skip
    pairs, gone, come = _overlapping(pairs, gone, come)
    told = []
    for left, right in pairs:
        was, now = _condition(old, left), _condition(new, right)
        if was != now:
            told.append(Difference(part, "changed", right.say, was, now))
        told += _beside(part, left, right)
    told += [Difference(part, "removed", item.say, _said(old, item.tree), None) for item in gone]
    told += [Difference(part, "added", item.say, None, _condition(new, item)) for item in come]
    return told


def _overlapping(
    pairs: list[tuple[Condition, Condition]], gone: Sequence[Condition], come: Sequence[Condition]
) -> tuple[list[tuple[Condition, Condition]], list[Condition], list[Condition]]:
    """What is left is paired where it looks at some of the same facts: a condition widened or narrowed."""
    made, left, right = list(pairs), list(gone), list(come)
    for one in gone:
        facts = set(tree.fact_names(one.tree))
        best = max(right, key=lambda other: len(facts & {*tree.fact_names(other.tree)}), default=None)
        if best is not None and facts & {*tree.fact_names(best.tree)}:
            made.append((one, best))
            left = [item for item in left if item is not one]
            right = [item for item in right if item is not best]
    return made, left, right


def _beside(part: str, left: Condition, right: Condition) -> list[Difference]:
    """What goes with a condition and decides nothing: whether it can be acted on, who is told."""
    told = []
    if left.changeable != right.changeable:
        words = {True: Name("本人可以办到", "the person can act on it"),
                 False: Name("本人办不到", "the person cannot act on it")}  # fmt: skip
        told.append(Difference(part, "changed", right.say, words[left.changeable], words[right.changeable]))
    if left.tell != right.tell:
        says = {
            "subject": Name("告诉本人", "the person is told"),
            "desk": Name("只请本人到窗口", "only “please come to the window”"),
        }
        told.append(Difference(part, "changed", right.say, says[left.tell], says[right.tell]))
    return told


def _paired(
    before: Sequence[Item], after: Sequence[Item], keys: Iterable[Callable[[Item], Any]]
) -> tuple[list[tuple[Item, Item]], list[Item], list[Item]]:
    """Items that are one and the same, by each key in turn; then what is left of either side, in order."""
    left, right = list(before), list(after)
    pairs: list[tuple[Item, Item]] = []
    for key in keys:
        for one in list(left):
            twin = next((other for other in right if key(other) == key(one)), None)
            if twin is not None:
                pairs.append((one, twin))
                left = [item for item in left if item is not one]
                right = [item for item in right if item is not twin]
    return pairs, left, right


def _amount(old: Service, new: Service) -> list[Difference]:
    before = _said(old, old.amount.tree) if old.amount else None
    after = _said(new, new.amount.tree) if new.amount else None
    same = before == after and (old.amount.text if old.amount else "") == (new.amount.text if new.amount else "")
    if same or (before == after and before is not None):
        return []
    how: How = "added" if before is None else "removed" if after is None else "changed"
    return [Difference("amount", how, Name("算法", "rule"), before, after)]


def _parameters(old: Service, new: Service) -> list[Difference]:
    told = []
    for code in dict.fromkeys([*old.parameters, *new.parameters]):
        before, after = old.parameters.get(code), new.parameters.get(code)
        if before is None or after is None:
            one = before or after
            assert one is not None
            said = [(since, differwords.value_said(one, value)) for since, value in one.values]
            words = differwords.both(lambda place, said=said: (  # type: ignore[misc]
                "；".join(f"{differwords.day_said(since).zh}起 {value.zh}" for since, value in said) if not place
                else "; ".join(f"from {differwords.day_said(since).en} {value.en}" for since, value in said)))  # fmt: skip
            gone = after is None
            told.append(Difference("parameters", "removed" if gone else "added", one.name,
                                   words if gone else None, None if gone else words))  # fmt: skip
            continue
        told += _values(before, after)
        if before.name != after.name:
            told.append(Difference("parameters", "changed", before.name, before.name, after.name))
        if (before.standing, before.cite) != (after.standing, after.cite):
            told.append(
                Difference(
                    "parameters",
                    "changed",
                    after.name,
                    differwords.standing_said(before),
                    differwords.standing_said(after),
                )
            )
    return told


def _values(before: Parameter, after: Parameter) -> list[Difference]:
    """Day by day: where the value that holds differs, and from when; a run of equal differences is told once."""
    told: list[Difference] = []
    last: tuple[Name, Name] | None = None
    for day in sorted({since for since, _value in (*before.values, *after.values)}):
        was, now = differwords.value_said(before, before.on(day)), differwords.value_said(after, after.on(day))
        if was == now:
            last = None
        elif (was, now) != last:
            how: How = "added" if was == differwords.NOTHING else "removed" if now == differwords.NOTHING else "changed"
            told.append(Difference("parameters", how, after.name, None if was == differwords.NOTHING else was,
                                   None if now == differwords.NOTHING else now, day))  # fmt: skip
            last = (was, now)
    return told


def _plain(old: Service, new: Service) -> list[Difference]:
    told = []
    for code, (zh, en) in differwords.LABELS.items():
        before, after = _field(old, code), _field(new, code)
        if before != after:
            how: How = (
                "added" if before == differwords.NOTHING else "removed" if after == differwords.NOTHING else "changed"
            )
            told.append(Difference("service", how, Name(zh, en), None if before == differwords.NOTHING else before,
                                   None if after == differwords.NOTHING else after))  # fmt: skip
    return told


def _field(service: Service, code: str) -> Name:
    value = getattr(service, code)
    tables: dict[str, Mapping[str, tuple[str, str]]] = {
        "pillar": differwords.PILLARS,
        "worry": differwords.WORRIES, "subject": differwords.SUBJECTS,
        "mode": differwords.MODES, "repeat": differwords.REPEATS, "per": differwords.PERS,
    }  # fmt: skip
    if isinstance(value, Name):
        return value
    if code == "sealed":
        return Name("保密", "sealed") if value else Name("不保密", "not sealed")
    if code == "effective":
        first, last = (
            differwords.day_said(value.from_),
            differwords.day_said(value.to) if value.to else Name("以后", "on"),
        )
        return Name(f"{first.zh}至{last.zh}", f"{first.en} to {last.en}" if value.to else f"{first.en} on")
    if code == "basis":
        cited = [differwords.cited(one) for one in value]
        return differwords.both(lambda place: "".join(one[("zh", "en")[place]] for one in cited).strip()) if cited \
            else differwords.NOTHING  # fmt: skip
    if code == "fee" and value:
        cite = differwords.cited(value.cite)
        return Name(value.say.zh + cite.zh, value.say.en + cite.en)
    if code == "event":
        fact = service.facts.get(value)
        return fact.name if fact else Name(value, value) if value else differwords.NOTHING
    return differwords.word(tables[code], value) if value else differwords.NOTHING


def _listed(
    part: str, before: Sequence[Item], after: Sequence[Item], key: Callable[[Item], str],
    name: Callable[[Item], Name], say: Callable[[Item], Name],
) -> list[Difference]:  # fmt: skip
    pairs, gone, come = _paired(before, after, (key,))
    told = [
        Difference(part, "changed", name(left), say(left), say(right))
        for left, right in pairs
        if say(left) != say(right)
    ]
    told += [Difference(part, "removed", name(one), say(one), None) for one in gone]
    return told + [Difference(part, "added", name(one), None, say(one)) for one in come]


def _form(old: Service, new: Service) -> list[Difference]:
    told = []
    before, after = _fields(old), _fields(new)
    for code in dict.fromkeys([*before, *after]):
        was, now = before.get(code), after.get(code)
        if was != now:
            how: How = "added" if was is None else "removed" if now is None else "changed"
            title = (now or was or (Name(code, code), ""))[0]
            told.append(Difference("form", how, title, _asked(was), _asked(now)))
    return told


def _fields(service: Service) -> dict[str, tuple[Name, str]]:
    """Each field's title, and all that is asked of it in a form that can be compared."""
    form = service.form or {}
    found = {}
    for code, asked in (form.get("properties") or {}).items():
        title = asked.get("title", code)
        name = Name(str(title.get("zh", code)), str(title.get("en", code))) if isinstance(title, Mapping) else \
            Name(str(title), str(asked.get("x-en", title)))  # fmt: skip
        rest = {key: value for key, value in asked.items() if key not in {"title", "x-en"}}
        must = code in (form.get("required") or [])
        found[code] = (name, json.dumps([rest, must], ensure_ascii=False, sort_keys=True, default=str))
    return found


_KINDS = {
    "string": ("文字", "text"), "integer": ("整数", "a whole number"), "number": ("数字", "a number"),
    "boolean": ("是或否", "yes or no"), "date": ("日期", "a day"), "array": ("多项", "several"),
}  # fmt: skip


def _asked(field: tuple[Name, str] | None) -> Name | None:
    if field is None:
        return None
    rest, must = json.loads(field[1])
    kind = differwords.word(_KINDS, str(rest.pop("format", "") or rest.get("type", "string")))
    rest.pop("type", None)
    choices = rest.pop("enum", None)
    more = {key: value for key, value in rest.items() if not key.startswith("x-") and key != "oneOf"}
    other = "、".join(f"{key} {value}" for key, value in sorted(more.items()))
    told = differwords.both(lambda place: ("（" if not place else " (") + (kind.zh if not place else kind.en)
                 + (("，必填" if must else "，选填") if not place else (", required" if must else ", optional"))
                 + ((("，可选：" if not place else ", one of ") + "、".join(map(str, choices))) if choices else "")
                 + ((("，" if not place else ", ") + other) if other else "") + ("）" if not place else ")"))  # fmt: skip
    return Name(field[0].zh + told.zh, field[0].en + told.en)


def _route(before: Sequence[Step], after: Sequence[Step]) -> list[Difference]:
    """Steps are paired in their order, so that one put in between is told as added."""
    keys = (lambda one: one, lambda one: (one.step, one.at), lambda one: (one.step, one.as_))
    pairs, gone, come = _paired(before, after, keys)
    told = [
        Difference("route", "changed", differwords.word(differwords.STEPS, right.step),
                   differwords.step_said(left), differwords.step_said(right))
        for left, right in pairs if left != right
    ]  # fmt: skip
    told += [
        Difference("route", "removed", differwords.word(differwords.STEPS, one.step), differwords.step_said(one), None)
        for one in gone
    ]
    told += [
        Difference("route", "added", differwords.word(differwords.STEPS, one.step), None, differwords.step_said(one))
        for one in come
    ]
    order = {id(right): before.index(left) for left, right in pairs}
    places = [order[id(one)] for one in after if id(one) in order]
    if places != sorted(places):
        told.append(
            Difference(
                "route", "changed", Name("先后", "order"), differwords.order_said(before), differwords.order_said(after)
            )
        )
    return told
