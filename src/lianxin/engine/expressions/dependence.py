"""On which absent facts an unknown item depends, for every row at once.

Dependence is structural: an unknown operator passes on its unknown operands, a null ``COALESCE`` all its arguments, a
``CASE`` its unknown ``WHEN``s before the branch taken and that branch.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lianxin.engine.expressions import tree
from lianxin.engine.expressions.to_polars import Compiler, Part


def absences(compiler: Compiler, node: tree.Node, unknown: Any = None) -> list[tuple[str, Any]]:
    """For each place where ``node`` looks at a fact, left to right: the fact, and whether it is missing there.

    ``unknown`` says where ``node`` itself is unknown, if a column holds that already.
    """
    if unknown is None:
        return list(_visit(compiler, node, None))
    reach = Part(unknown, 0, "bool", simple=True)
    if isinstance(node, tree.Case):
        return list(_visit_case(compiler, node.branches, node.default, reach))
    if _is_strict(node):
        return list(_visit(compiler, node, None))
    return [found for part in tree.children(node) for found in _visit(compiler, part, reach)]


def _is_strict(node: tree.Node) -> bool:
    loose = (tree.And, tree.Or, tree.In, tree.Between, tree.IsNull, tree.Case)
    return not (isinstance(node, loose) or (isinstance(node, tree.Call) and node.function == "COALESCE"))


def _visit(compiler: Compiler, node: tree.Node, reach: Part | None) -> Iterator[tuple[str, Any]]:
    """``reach``: where this node, if unknown, makes the whole item unknown (None: everywhere)."""
    match node:
        case tree.Literal() | tree.Parameter() | tree.IsNull():
            return
        case tree.Fact(name=name):
            absent = compiler.part(node).expr.is_null()
            yield name, absent if reach is None else reach.expr & absent
        case tree.And() | tree.Or() | tree.In() | tree.Between() | tree.Call(function="COALESCE"):
            inside = _unknown(compiler, node, reach)
            for part in tree.children(node):
                yield from _visit(compiler, part, inside)
        case tree.Case(branches=branches, default=default):
            yield from _visit_case(compiler, branches, default, _unknown(compiler, node, reach))
        case _:  # strict operators: an unknown operand is enough
            for part in tree.children(node):
                yield from _visit(compiler, part, reach)


def _visit_case(compiler: Compiler, branches: Any, default: tree.Node | None, reach: Part) -> Iterator[tuple[str, Any]]:
    for test, value in branches:
        yield from _visit(compiler, test, reach)
        part = compiler.part(test)
        true, step = part.expr.fill_null(value=False), max(part.step, reach.step)
        yield from _visit(compiler, value, compiler.share(Part(reach.expr & true, step, "bool")))
        reach = compiler.share(Part(reach.expr & ~true, step, "bool"))
    if default is not None:
        yield from _visit(compiler, default, reach)


def _unknown(compiler: Compiler, node: tree.Node, reach: Part | None) -> Part:
    part = compiler.part(node)
    absent = part.expr.is_null()
    if reach is None:
        return compiler.share(Part(absent, part.step, "bool"))
    return compiler.share(Part(reach.expr & absent, max(part.step, reach.step), "bool"))
