"""What a sound declaration may still not do, and what its author should look at twice."""

from __future__ import annotations

from collections.abc import Mapping

from lianxin.engine import declaration as d
from lianxin.engine.deliveries import FILE_COLUMNS, FILE_MARK
from lianxin.engine.documents import Node
from lianxin.engine.expressions import tree
from lianxin.engine.problems import nearest
from lianxin.engine.reading import Reader

WHOLE = 100  # percent


def check_safety(reader: Reader, service: d.Service, top: Node) -> None:
    """Note every safety rule that ``service`` breaks."""
    _publicity(reader, service, top)
    _start(reader, service, top)
    _event(reader, service, top)
    _money(reader, service, top)
    _guards(reader, service, top)
    _literals(reader, service, top)
    _file(reader, service, top)
    if service.burden() > d.BURDEN_BUDGET:
        reader.warn(
            top.line,
            "form",
            f"要群众填的和交的共 {service.burden()} 样，超过 {d.BURDEN_BUDGET} 样",
            f"it asks for {service.burden()} fields and papers, more than {d.BURDEN_BUDGET}",
        )


def _file(reader: Reader, service: d.Service, top: Node) -> None:
    """A form changes only columns that a file has, and only where the route delivers to the file."""
    properties = (service.form or {}).get("properties", {})
    marked = [str(one[FILE_MARK]) for one in properties.values() if isinstance(one, Mapping) and FILE_MARK in one]
    for column in marked:
        if column not in FILE_COLUMNS:
            reader.note(_line(top, "form"), column, f"档案里没有可以这样改的“{column}”",
                        f"a form cannot change {column} in a file", nearest(column, FILE_COLUMNS))  # fmt: skip
    if marked and not any(step.as_ == "file" for step in service.route):
        reader.note(_line(top, "route"), FILE_MARK, "表单要改档案，流程里却没有 deliver as: file",
                    "the form changes the file, but no step delivers as file")  # fmt: skip


def _line(top: Node, key: str) -> int:
    return top.lines.get(key, top.line)


def _publicity(reader: Reader, service: d.Service, top: Node) -> None:
    """No public list may show who serves, whose family serves, a minor, an illness or a disability."""
    if not any(step.step == "publicise" for step in service.route):
        return
    line = _line(top, "route")
    if service.sealed:
        reader.note(line, "publicise", "涉密可见范围的事项不能公示", "a sealed service may not publicise", "panel")
    for name in service.fact_names():
        if service.facts[name].bars_publicity:
            reader.note(
                line,
                name,
                f"条件用了不宜公开的要素 {name}，不能公示，改用内部评议（panel）",
                f"its conditions use {name}, which bars publicity: use a panel instead",
                "panel",
            )


def _start(reader: Reader, service: d.Service, top: Node) -> None:
    if service.who or service.mode == "ask":
        return
    line = _line(top, "who")
    if service.mode in ("confirm", "automatic"):
        reader.note(
            line,
            "who",
            "只有诉求（ask）可以没有条件，否则人人都会被匹配",
            "only an ask may have no conditions: everyone would match",
        )
    else:
        reader.warn(line, "who", "没有任何条件", "it has no conditions")


def _event(reader: Reader, service: d.Service, top: Node) -> None:
    line = _line(top, "event")
    if service.repeat == "per-event":
        dates = [
            name for name, fact in service.facts.items() if fact.type == "date" and service.subject in fact.subjects
        ]
        if service.event not in dates:
            word = service.event or "event"
            reader.note(
                line,
                word,
                "per-event 要写 event: 一个日期要素",
                "'per-event' needs 'event': a fact of date type",
                nearest(word, dates),
            )
    elif service.event:
        reader.note(line, "event", "只有 repeat: per-event 才写 event", "'event' is only for repeat: per-event")


def _money(reader: Reader, service: d.Service, top: Node) -> None:
    pays = any(step.as_ == "payment" for step in service.route)
    if service.amount is not None and not pays:
        reader.warn(
            _line(top, "amount"),
            "amount",
            "有金额，却没有 deliver as: payment 一步",
            "it has an amount but no step delivers it as payment",
        )
    if pays and service.amount is None:
        reader.warn(_line(top, "route"), "payment", "有付款一步，却没有金额", "it delivers a payment but has no amount")
    if (
        service.amount is not None
        and service.amount.tree.type == "int"
        and isinstance(service.amount.tree, tree.Literal)
    ):
        return


def _guards(reader: Reader, service: d.Service, top: Node) -> None:
    """A fact that may not apply is unknown; a condition should first ask whether it applies."""
    used = set(service.fact_names())
    whos = {name for item in service.who for name in tree.fact_names(item.tree)}
    for key, items in (("who", service.who), ("unless", service.unless)):
        for item in items:
            beside = set(tree.fact_names(item.tree)) | whos
            for name in tree.fact_names(item.tree):
                _guard(reader, service, name, beside, item.tree, _line(top, key))
    if service.amount is not None:
        for name in tree.fact_names(service.amount.tree):
            _guard(reader, service, name, used, service.amount.tree, _line(top, "amount"))


def _guard(reader: Reader, service: d.Service, name: str, beside: set[str], node: tree.Node, line: int) -> None:
    guards = service.facts[name].guards
    if not guards or beside & set(guards) or _asks_whether_known(node, name):
        return
    first = guards[0]
    reader.warn(
        line,
        name,
        f"要素 {name} 对有些人不适用（未知），条件里最好先问 {first}",
        f"{name} is unknown where it cannot apply: guard it with {first}",
    )


def _asks_whether_known(node: tree.Node, name: str) -> bool:
    asking = (
        found
        for found in tree.walk(node)
        if isinstance(found, tree.IsNull) or getattr(found, "function", "") == "COALESCE"
    )
    return any(name in tree.fact_names(found) for found in asking)


def _literals(reader: Reader, service: d.Service, top: Node) -> None:
    """A number of law belongs in a dated parameter. The hundred that makes a share of a percentage is none."""
    percent = any(parameter.unit == "percent" for parameter in service.parameters.values())
    items = [("who", item.test, item.tree) for item in service.who] + [
        ("unless", item.test, item.tree) for item in service.unless
    ]
    if service.amount is not None:
        items.append(("amount", service.amount.text, service.amount.tree))
    for key, _, node in items:
        for found in tree.walk(node):
            if isinstance(found, tree.Literal) and found.type in ("int", "decimal") and abs(float(found.value)) > 1:  # type: ignore[arg-type]
                if percent and found.value == WHOLE:
                    continue
                reader.warn(
                    _line(top, key),
                    str(found.value),
                    f"数字 {found.value} 写在条件里，法定的数最好写成参数",
                    f"the number {found.value} stands in a condition: numbers of law belong in parameters",
                )
