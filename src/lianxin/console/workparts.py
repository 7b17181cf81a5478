"""Parts of the workbench that are rows of fields: the beginning, the route, papers, the form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianxin.console import words, workwords
from lianxin.console.workfields import Control, Sent, acted, get, named, number, put, rows, shown, standing, take
from lianxin.engine import declaration as d
from lianxin.engine.facts import SUBJECTS
from lianxin.engine.sketch import Sketch

LONG = 400  # letters of a field that is written over several lines
Data = dict[str, Any]


def _plain(data: Any, key: str) -> list[Any]:
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, list) else []


# -- the beginning: what it is called, whom it is for, since when, by which document


def basics(known: Sketch) -> list[Control]:
    """The fields of the first part."""
    dates = [(code, one.name[_tongue()]) for code, one in known.facts.items()
             if one.type == "date" and known.subject in one.subjects]  # fmt: skip
    return [
        Control("name.zh", _("Name in Chinese")), Control("name.en", _("Name in English")),
        Control("summary.zh", _("In one sentence, Chinese")), Control("summary.en", _("In one sentence, English")),
        Control("code", _("Code"), hint=_("small letters, digits, hyphens; a published service keeps its code")),
        Control("subject", _("Whom it judges"), "select", named(workwords.SUBJECTS, SUBJECTS)),
        Control("mode", _("How it starts"), "select", named(words.MODES)),
        Control("repeat", _("How often"), "select", named(words.REPEATS)),
        Control("per", _("Counted over"), "select", named(workwords.PERS)),
        Control("event", _("Each time this day is new"), "select", [("", "—"), *dates],
                hint=_("only where it is given for each event")),
        Control("effective.from", _("First day"), "date"), Control("effective.to", _("Last day"), "date"),
        Control("pillar", _("Pillar"), "select", named(words.PILLARS)),
        Control("worry", _("Door of the app"), "select", named(words.WORRIES, blank=True)),
        Control("fee.say.zh", _("Fee, Chinese"), hint=_("blank: it costs nothing")),
        Control("fee.say.en", _("Fee, English")), Control("fee.cite.law", _("Law by which it is charged")),
        Control("fee.cite.article", _("Article")), Control("fee.cite.source", _("or another source")),
        Control("sealed", _("Its very existence is for its access list only"), "check"),
    ]  # fmt: skip


def _tongue() -> str:
    return get_language() or "zh"


def _basis() -> list[Control]:
    return [Control("law", _("Law or document")), Control("article", _("Article")),
            Control("source", _("or another source")),
            Control("standing", _("Found or illustrative"), "select", [("", "—"), *standing()])]  # fmt: skip


def _kinds() -> list[Control]:
    return [Control("code", _("Code")), Control("name.zh", _("Chinese")), Control("name.en", _("English")),
            *_within("within", _("Within"))]  # fmt: skip


def _within(path: str, label: str) -> list[Control]:
    """A promised time is one text of the format and two fields of the page."""
    return [Control(f"{path}.n", label, "number"),
            Control(f"{path}.unit", _("Unit of time"), "select", named(words.UNITS, d.UNITS, blank=True))]  # fmt: skip


def _opened(data: Data, *paths: str) -> Data:
    """``data`` with each promised time taken apart for its fields."""
    made = dict(data)
    for path in paths:
        said = re.fullmatch(r"([0-9]+) (.+?)s?", str(made.get(path, "")).strip())
        made[path] = {"n": said.group(1), "unit": said.group(2) + "s"} if said else {}
    return made


def _shut(data: Data, before: Data, *paths: str) -> Data:
    """Promised times as the format writes them; what was written there in another way stays."""
    made = dict(data)
    for path in paths:
        apart = made.get(path)
        apart = apart if isinstance(apart, dict) else {}
        n, unit = str(apart.get("n", "")), str(apart.get("unit", ""))
        was = before.get(path)
        if apart == _opened(before, path)[path] and was is not None:
            made[path] = was
        elif n:
            made[path] = f"{n} {unit.removesuffix('s') if n == '1' else unit}".strip()
        else:
            made.pop(path, None)
    return made


def show_basics(known: Sketch) -> Data:
    """What the template of the first part draws."""
    data = known.data
    return {
        "fields": shown(basics(known), data),
        "basis": [shown(_basis(), one, f"basis-{n}-") for n, one in enumerate(_plain(data, "basis"))],
        "kinds": [shown(_kinds(), _opened(one, "within"), f"kinds-{n}-") for n, one in enumerate(_plain(data, "kinds"))
                  if isinstance(one, dict)],
    }  # fmt: skip


def read_basics(known: Sketch, sent: Sent, act: str) -> Data:
    """The first part as it was filled in."""
    made = take(basics(known), known.data, sent)
    effective = made.get("effective")
    if "effective.from" in sent:
        made["effective"] = {"from": get(made, "effective.from"), "to": get(made, "effective.to")}
        if isinstance(effective, dict) and effective == known.data.get("effective"):
            made["effective"] = known.data["effective"]
    if sent.get("event") == "":
        made.pop("event", None)
    basis = rows(sent, "basis", _plain(known.data, "basis"), lambda one, at: take(_basis(), one, sent, at))
    basis = acted(basis, act, "basis", {"source": _("write which document"), "standing": "illustrative"})
    kinds = rows(sent, "kinds", _plain(known.data, "kinds"), lambda one, at: _shut(
        take(_kinds(), _opened(one, "within"), sent, at), one, "within"))  # fmt: skip
    kinds = acted(kinds, act, "kinds", {"code": f"kind-{len(kinds) + 1}", "name": {"zh": "新的一类", "en": "new kind"}})
    for key, value in (("basis", basis), ("kinds", kinds)):
        if value or key in known.data:
            made[key] = value
        if not value and key == "kinds":
            made.pop(key, None)
    return made


# -- the route: a line of desks


def _step(step: str) -> list[Control]:
    more: list[Control] = []
    if step == "deliver":
        more = [Control("as", _("As what"), "select", named(workwords.DELIVERED, d.DELIVERIES))]
    if step == "publicise":
        more = [*_within("for", _("Shown for")), Control("show", _("What is shown"), "words",
                                                        hint=" ".join(d.SHOWN))]  # fmt: skip
    return [
        Control("step", _("Step"), "select", named(words.STEPS, d.STEPS)),
        Control("at", _("Where"), "select", named(words.PLACES, d.PLACES, blank=True)),
        Control("desk", _("Desk")), *_within("within", _("Within")), *more,
    ]  # fmt: skip


def show_route(known: Sketch) -> Data:
    """The line of desks."""
    line = [one if isinstance(one, dict) else {} for one in _plain(known.data, "route")]
    return {
        "line": [
            (words.step(str(one.get("step", "")), str(one.get("as", ""))),
             shown(_step(str(one.get("step", ""))), _opened(one, "within", "for"), f"route-{n}-"))
            for n, one in enumerate(line)
        ],
        "steps": named(words.STEPS, d.STEPS),
    }  # fmt: skip


def read_route(known: Sketch, sent: Sent, act: str) -> Data:
    """The line as it was filled in. A step that becomes another one leaves behind what only the old one has."""

    def one(before: Data, at: str) -> Data:
        step = sent.get(f"{at}step", str(before.get("step", "")))
        made = take(_step(step), _opened(before, "within", "for"), sent, at)
        made = _shut(made, before, "within", "for")
        if step != "deliver":
            made.pop("as", None)
        elif "as" not in made:
            made["as"] = "record"
        if step != "publicise":
            made.pop("for", None)
            made.pop("show", None)
        elif "for" not in made:
            made["for"] = "7 working days"
        return made

    line = rows(sent, "route", _plain(known.data, "route"), one)
    if act == "route-add":
        new = {"step": sent.get("route-new", "verify"), "at": "county", "within": "5 working days"}
        new |= {"as": "record"} if new["step"] == "deliver" else {}
        new |= {"for": "7 working days"} if new["step"] == "publicise" else {}
        ends = next((n for n, row in enumerate(line) if row.get("step") == "deliver"), len(line))
        return {"route": [*line[:ends], new, *line[ends:]]}
    return {"route": acted(line, act, "route", {})}


# -- papers


def _material() -> list[Control]:
    return [Control("code", _("Code")), Control("name.zh", _("Chinese")), Control("name.en", _("English")),
            Control("from", _("Comes from"), hint=_("who gives it, as in liaison")),
            Control("held", _("Not asked where the file holds it"), "check")]  # fmt: skip


def show_materials(known: Sketch) -> Data:
    """The papers."""
    return {
        "papers": [shown(_material(), one, f"materials-{n}-") for n, one in enumerate(_plain(known.data, "materials"))]
    }


def read_materials(known: Sketch, sent: Sent, act: str) -> Data:
    """The papers as they were filled in."""
    made = rows(sent, "materials", _plain(known.data, "materials"), lambda one, at: take(_material(), one, sent, at))
    blank = {"code": f"paper-{len(made) + 1}", "name": {"zh": "新的材料", "en": "new paper"}}
    made = acted(made, act, "materials", blank)
    return {"materials": made} if made or "materials" in known.data else {}


# -- the form

KINDS = ("text", "long", "date", "number", "yes", "choice")


def _question() -> list[Control]:
    return [
        Control("code", _("Code")), Control("zh", _("Question in Chinese")), Control("en", _("Question in English")),
        Control("kind", _("Answer"), "select", named(workwords.ANSWER_KINDS, KINDS)),
        Control("choices", _("Choices"), "long",
                hint=_("one a line: code = Chinese | English; only where one is chosen")),
        Control("hint", _("Hint")), Control("past", _("Not after today"), "check"),
        Control("required", _("Must be answered"), "check"),
    ]  # fmt: skip


def _asks(asked: Data) -> list[Control]:
    """The fields of one question: a list only where one is chosen of it, a last day only for a day."""
    only = {"choices": "choice", "past": "date"}
    return [one for one in _question() if only.get(one.path, asked["kind"]) == asked["kind"]]


def _kind(one: Mapping[str, Any]) -> str:
    if "enum" in one:
        return "choice"
    if one.get("format") == "date":
        return "date"
    if one.get("type") in ("integer", "number"):
        return "number"
    if one.get("type") == "boolean":
        return "yes"
    return "long" if int(number(str(one.get("maxLength", 0))) or 0) > 120 else "text"  # as the app draws it


def _as_question(code: str, one: Data, required: bool) -> Data:
    title = one.get("title")
    both = isinstance(title, dict)
    given = one.get("names")
    names = given if isinstance(given, dict) else {}
    lines = []
    for item in one.get("enum") or []:
        said = names.get(str(item), {})
        lines.append(
            f"{item} = {said.get('zh', item)} | {said.get('en', item)}"
            if isinstance(said, dict)
            else f"{item} = {said}"
        )
    return {
        "code": code, "zh": get(title, "zh") if both else title, "en": get(title, "en") if both else one.get("x-title-en"),
        "kind": _kind(one), "choices": "\n".join(lines), "hint": one.get("description"),
        "past": True if one.get("formatMaximum") == "today" else None, "required": required or None,
    }  # fmt: skip


def _as_property(asked: Data, before: Data) -> Data:
    """A question as the schema writes it; keys that the page does not know stay."""
    made = dict(before)
    if isinstance(before.get("title"), dict):
        made["title"] = {"zh": asked.get("zh") or "", "en": asked.get("en") or ""}
    else:
        put(made, "title", asked.get("zh"))
        put(made, "x-title-en", asked.get("en"))
    kind = asked.get("kind") or "text"
    if kind != _kind(before) or not before:
        for key in ("type", "format", "enum", "names", "maxLength", "formatMaximum"):
            made.pop(key, None)
        made["type"] = {"yes": "boolean", "number": "integer"}.get(kind, "string")
        made |= {"format": "date"} if kind == "date" else {"maxLength": LONG} if kind == "long" else {}
    if kind == "choice":
        made["enum"], made["names"] = _choices(str(asked.get("choices") or "one = 一 | one"))
    put(made, "description", asked.get("hint"))
    if kind == "date":
        put(made, "formatMaximum", "today" if asked.get("past") else None)
    return made


def _choices(text: str) -> tuple[list[str], dict[str, dict[str, str]]]:
    codes, names = [], {}
    for line in text.splitlines():
        code, _sign, said = line.partition("=")
        zh, _bar, en = said.partition("|")
        if code.strip() and code.strip() not in codes:
            codes.append(code.strip())
            names[code.strip()] = {"zh": zh.strip() or code.strip(), "en": en.strip() or code.strip()}
    return codes, names


def _questions(known: Sketch) -> list[Data]:
    form = known.data.get("form")
    form = form if isinstance(form, dict) else {}
    required, asked = form.get("required"), form.get("properties")
    required = required if isinstance(required, list) else []
    asked = asked if isinstance(asked, dict) else {}
    return [_as_question(code, one if isinstance(one, dict) else {}, code in required) for code, one in asked.items()]


def show_form(known: Sketch) -> Data:
    """The questions."""
    return {"questions": [shown(_asks(one), one, f"form-{n}-") for n, one in enumerate(_questions(known))]}


def read_form(known: Sketch, sent: Sent, act: str) -> Data:
    """The questions as they were filled in, as a JSON Schema."""
    before = _questions(known)
    form = dict(known.data["form"]) if isinstance(known.data.get("form"), dict) else {"type": "object"}
    given = form.get("properties")
    was = given if isinstance(given, dict) else {}
    read = rows(sent, "form", before, lambda one, at: take(_question(), one, sent, at))
    pairs: list[tuple[Data, Data]] = []
    for place, one in enumerate(read):
        now = before[place] if place < len(before) else {}
        has = was.get(now.get("code"), {})
        same = has and all(one.get(key) == now.get(key) for key in now if key not in ("code", "required"))
        pairs.append((one, has if same else _as_property(one, has)))
    taken = {one.get("code") for one in read}
    fresh = next(f"question_{n}" for n in range(1, 400) if f"question_{n}" not in taken)
    blank: Data = {"code": fresh, "zh": "新的问题", "en": "New question", "kind": "text"}
    pairs = acted(pairs, act, "form", (blank, _as_property(blank, {})))
    if not pairs:
        return {}
    form["properties"] = {str(one.get("code") or f"question_{n}"): has for n, (one, has) in enumerate(pairs)}
    must = [str(one["code"]) for one, _has in pairs if one.get("required") and one.get("code")]
    put(form, "required", must or None)
    return {"form": form}
