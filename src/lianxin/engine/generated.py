"""What is generated from the language: ``docs/facts.md`` and the JSON Schemas that editors use.

``python -m lianxin.engine.generated`` writes them again; a test compares.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lianxin.engine import declaration as d
from lianxin.engine.assessing import SORTS, STANDINGS
from lianxin.engine.facts import GROUPS, SUBJECTS, TYPES, VOCABULARY, Fact
from lianxin.engine.figures import DISPLAYS, MEASURES, SHOWS
from lianxin.engine.register import KINDS, LEVELS, OVERS

ROOT = Path(__file__).resolve().parents[3]
_HEAD = """# Facts · 要素

Generated from `src/lianxin/engine/facts.py` by `python -m lianxin.engine.generated`. A condition may name these and the
city's own facts from `attributes.yaml`. 由代码生成；条件里可以写这些要素，以及 `attributes.yaml` 里本市增加的要素。

*Absent* is the value where the file has no row (— is unknown); in `judge` an absent cell is always unknown.
*Bars* marks facts that bar publicity: a service that uses one may not publicise. *Guard* names the fact that says
whether this one can apply. “缺省”是档案里没有记录时的值（— 为未知）；
“限公示”的要素不能用于公示的事项；“先问”是判断它是否适用的要素。
"""


def facts_page() -> str:
    """The whole of ``docs/facts.md``."""
    parts = [_HEAD]
    for code, name in GROUPS.items():
        facts = [fact for fact in VOCABULARY.values() if fact.group == code]
        if facts:
            parts.append(f"\n## {name.zh} · {name.en}\n")
            parts.append("| fact 要素 | name 名称 | type 类型 | of 对象 | absent 缺省 | bars 限公示 | guard 先问 |")
            parts.append("|---|---|---|---|---|---|---|")
            parts += [_row(fact) for fact in facts]
    return "\n".join(parts) + "\n"


def _row(fact: Fact) -> str:
    kind: str = fact.type
    if fact.allowed:
        kind += ": " + ", ".join(f"`{value}` {name.zh}" for value, name in fact.allowed.items())
    if fact.low is not None:
        kind += f" {fact.low}–{fact.high}"
    absent = "—" if fact.absent is None else str(fact.absent).lower() if isinstance(fact.absent, bool) else fact.absent
    cells = [
        f"`{fact.code}`", f"{fact.name.zh} · {fact.name.en}", kind, ", ".join(fact.subjects), str(absent),
        "yes 是" if fact.bars_publicity else "", ", ".join(f"`{guard}`" for guard in fact.guards),
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def _object(properties: dict[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": properties}
    return {**made, "required": list(required)} if required else made


def _one_of(words: tuple[str, ...]) -> dict[str, Any]:
    return {"enum": list(words)}


_TEXT: dict[str, Any] = {"type": "string"}
_EXPRESSION: dict[str, Any] = {"type": ["string", "boolean", "number"], "description": "the closed subset of SQL"}
_NAME = _object({"zh": _TEXT, "en": _TEXT}, ("zh", "en"))
_DAY = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_WITHIN = {"type": "string", "pattern": "^[0-9]+ (hour|day|working day|month)s?$"}
_CITE = _object({"law": _TEXT, "article": _TEXT, "standing": _one_of(("found", "illustrative")), "source": _TEXT})


def schemas() -> dict[str, dict[str, Any]]:
    """Every schema by its file's name."""
    made = {
        "service": _service(),
        "examples": {"type": "array", "items": _example()},
        "figure": _figure(),
        "attributes": {"type": ["array", "null"], "items": _attribute()},
        "assessment": _assessment(),
    }
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {f"{name}.json": {**head, "title": name, **schema} for name, schema in made.items()}


def _service() -> dict[str, Any]:
    condition = {
        "test": _EXPRESSION, "say": _NAME, "cite": _CITE, "changeable": {"type": "boolean"},
        "tell": _one_of(("subject", "desk")),
    }  # fmt: skip
    parameter = {
        "name": _NAME, "unit": _one_of(d.PARAMETER_UNITS), "standing": _one_of(("found", "illustrative")),
        "cite": _CITE, "by": {"type": "array", "items": _TEXT}, "values": {"type": "object", "propertyNames": _DAY},
    }  # fmt: skip
    step = {
        "step": _one_of(d.STEPS), "at": _one_of(d.PLACES), "desk": _TEXT, "within": _WITHIN,
        "as": _one_of(d.DELIVERIES), "for": _WITHIN, "show": {"type": "array", "items": _one_of(d.SHOWN)},
    }  # fmt: skip
    material = {"code": _TEXT, "name": _NAME, "from": _TEXT, "held": {"type": "boolean"}}
    conditions = {"type": ["array", "null"], "items": _object(condition, ("test",))}
    required = (
        "code", "name", "summary", "pillar", "subject", "mode", "effective", "basis", "who", "repeat", "per", "route",
    )  # fmt: skip
    return _object(
        {
            "code": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
            "name": _NAME,
            "summary": _NAME,
            "pillar": _one_of(d.PILLARS),
            "worry": _one_of(d.WORRIES),
            "subject": _one_of(SUBJECTS),
            "mode": _one_of(d.MODES),
            "sealed": {"type": "boolean"},
            "kinds": {
                "type": "array",
                "items": _object(
                    {"code": _TEXT, "name": _NAME, "within": _WITHIN, "becomes": {"type": "array", "items": _TEXT}},
                    ("code", "name"),
                ),
            },
            "effective": _object(
                {"from": {"anyOf": [_DAY, {"type": "null"}]}, "to": {"anyOf": [_DAY, {"type": "null"}]}}, ("from",)
            ),
            "basis": {"type": "array", "minItems": 1, "items": _CITE},
            "parameters": {"type": "object", "additionalProperties": _object(parameter, ("values",))},
            "who": conditions,
            "unless": conditions,
            "amount": _EXPRESSION,
            "fee": _object({"say": _NAME, "cite": _CITE}, ("say", "cite")),
            "repeat": _one_of(d.REPEATS),
            "event": _TEXT,
            "per": _one_of(d.PERS),
            "materials": {"type": "array", "items": _object(material, ("code", "name"))},
            "form": {"$ref": "https://json-schema.org/draft/2020-12/schema"},
            "route": {"type": "array", "minItems": 1, "items": _object(step, ("step",))},
        },
        required,
    )


def _example() -> dict[str, Any]:
    labels = {"type": "array", "items": {"type": ["string", "integer"]}}
    expect = {
        "verdict": _one_of(("entitled", "not_entitled", "unknown")), "amount": {"type": ["integer", "null"]},
        "missing": {"type": "array", "items": _TEXT}, "because": labels,
    }  # fmt: skip
    given = {"type": ["object", "null"]}
    return _object(
        {"name": _NAME, "day": _DAY, "given": given, "expect": _object(expect, ("verdict",))}, ("name", "day", "expect")
    )


def _figure() -> dict[str, Any]:
    period = {"type": "string", "pattern": r"^(to-date|[0-9]{4}-[0-9]{2}-[0-9]{2}\.\.([0-9]{4}-[0-9]{2}-[0-9]{2})?)$"}
    properties = {
        "over": _one_of(OVERS),
        "code": _TEXT, "name": _NAME, "unit": _NAME, "measure": _one_of(tuple(MEASURES)), "where": _EXPRESSION,
        "period": period, "say": _NAME, "show": _one_of(SHOWS), "display": _one_of(DISPLAYS),
        "attest": _object({"kind": _one_of(KINDS), "service": _TEXT, "programme": _TEXT, "category": _TEXT,
                           "level": _one_of(LEVELS), "unit": _TEXT}, ("kind", "service")),
    }  # fmt: skip
    return _object(properties, ("code", "name", "unit", "measure", "where"))


def _assessment() -> dict[str, Any]:
    points = {"type": "number", "exclusiveMinimum": 0, "maximum": 1000}
    standing = {"standing": _one_of(STANDINGS), "source": _NAME}
    indicator = {
        "code": _TEXT, "name": _NAME, "say": _NAME, "points": points, "formula": _EXPRESSION, "veto": _EXPRESSION,
        "bonus": {"type": "boolean"}, "evidence": {"type": "array", "items": _one_of(SORTS)},
        "least": {"type": "integer", "minimum": 0}, "owner": _TEXT,
        "due": {"type": "string", "pattern": "^[0-9]{2}-[0-9]{2}$"}, **standing,
    }  # fmt: skip
    lines = {
        "type": "array",
        "items": _object(indicator, ("code", "name", "points", "formula", "owner", "due", "standing")),
    }
    group = {"code": _TEXT, "name": _NAME, "points": points, "indicators": lines, **standing}
    groups = {"type": "array", "minItems": 1, "items": _object(group, ("code", "name", "standing", "indicators"))}
    properties = {"code": _TEXT, "name": _NAME, "from": _DAY, "to": _DAY, "groups": groups, **standing}
    return _object(properties, ("code", "name", "from", "standing", "groups"))


def _attribute() -> dict[str, Any]:
    allowed = {"type": ["array", "object"]}
    properties = {
        "code": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}, "type": _one_of(TYPES), "name": _NAME, "absent": {},
        "allowed": allowed, "subject": _one_of(SUBJECTS), "bars_publicity": {"type": "boolean"},
    }  # fmt: skip
    return _object(properties, ("code", "type", "name"))


def files() -> dict[Path, str]:
    """Every generated file and what it must hold."""
    made = {ROOT / "docs" / "facts.md": facts_page()}
    for name, schema in schemas().items():
        made[ROOT / "catalogue" / "schema" / name] = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
    return made


def write() -> None:
    """Write all generated files again."""
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
