"""A trial in words: its lines, bars, people and the rows of its workbook."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from lianxin.catalogue import draftfiles
from lianxin.console import words
from lianxin.console.workbook import Head
from lianxin.engine import money

Said = dict[str, Any]
CHANGES: dict[str, str | Promise] = {
    "gain": _("would gain"), "lose": _("would lose"), "more": _("would get more"), "less": _("would get less"),
    "open": _("undecided: a fact is missing"), "same": _("as before"),
}  # fmt: skip
PARTS: dict[str, str | Promise] = {"counties": _("By area"), "ages": _("By age"), "categories": _("By category")}
FIRST: dict[str, str | Promise] = {"counties": _("Area"), "ages": _("Age"), "categories": _("Category")}
STAGES: dict[str, str | Promise] = {
    "facts": _("Reading the files of everybody (1 of 3)"), "judge": _("Judging (2 of 3)"), "count": _("Counting (3 of 3)"),
}  # fmt: skip
COLUMNS = ("entitled_before", "entitled", "gain", "lose", "more", "less", "unknown")
WIDE = 100  # of the longer bar


def tongue() -> str:
    """``zh`` or ``en``."""
    return "zh" if (get_language() or "zh").startswith("zh") else "en"


def stage(code: str) -> str:
    """How far the judging is."""
    return str(STAGES.get(code, _("It waits for its turn")))


def count(value: int | None) -> str:
    """A count; what is too small to be shown says so."""
    return gettext("not shown") if value is None else f"{value:,}"


def yuan(value: int | None) -> str:
    """An amount of fen in yuan."""
    return gettext("not shown") if value is None else money.yuan(value)


def _apart(before: int | None, after: int | None, say: Any, *, whole: bool = True) -> str:
    """How far two numbers are apart. Of money that was cut down (not ``whole``) nobody can tell."""
    if before is None or after is None:
        return ""
    if not whole:
        return gettext("not shown")
    return ("+" if after > before else "") + str(say(after - before))


def shown(said: Said, least: int) -> Said:
    """Everything the page of a finished trial shows."""
    result = said["result"]
    against = result["against"]
    return {
        "result": result, "code": result["service"], "name": result["name"][tongue()], "against": against,
        "cards": _cards(said, result), "summary": _summary(result, whole=said["opens"]), "least": least,
        "guarded": not said["opens"],
        "parts": [part for name, title in PARTS.items() if (part := _part(str(title), result, name))],
        "wanting": [
            (one["name"][tongue()], count(one["settles"]), count(one["among"])) for one in result["unknowns"][:12]
        ],
        "kind": gettext("persons") if result["subject"] == "person" else gettext("households"),
        "judged": f"{result['judged']:,}",
        "once": result["cost"] is not None and result["cost"]["month"] is None,
        "paid": _paid(result),
        "repeat": words.of(words.REPEATS, result["repeat"]),
    }  # fmt: skip


def _paid(result: Said) -> bool:
    return any(one is None or one["round"] for one in (result["cost"], result["cost_before"]))


def _cards(said: Said, result: Said) -> list[Said]:
    """The changes, each with how many; those who may open the people come to them from here."""
    return [
        {"code": code, "title": str(CHANGES[code]), "count": count(value), "opens": said["opens"] and bool(value)}
        for code in ("gain", "lose", "more", "less", "open")
        for value in (result["unknown" if code == "open" else code],)
    ]


def _summary(result: Said, *, whole: bool) -> list[tuple[str, str, str, str]]:
    rows = [
        (gettext(title), count(result[f"{name}_before"]), count(result[name]),
         _apart(result[f"{name}_before"], result[name], lambda one: f"{one:,}"))
        for name, title in (("entitled", "Entitled"), ("unknown", "A fact is missing"))
    ]  # fmt: skip
    if not _paid(result):
        return rows
    was, will = result["cost_before"], result["cost"]
    for key, title in (("month", gettext("Yuan a month")), ("year", gettext("Yuan a year"))):
        before, after = (None if one is None else one[key] for one in (was, will))
        if key == "month" and before is None and after is None and (was or will):
            continue  # given once: there is no month
        rows.append((title, yuan(before), yuan(after), _apart(before, after, money.yuan, whole=whole)))
    return rows


def _part(title: str, result: Said, name: str) -> Said | None:
    """One table with its bars: now above, the draft below."""
    lines = result[name]
    if not lines:
        return None
    top = max((one[key] or 0 for one in lines for key in ("entitled", "entitled_before")), default=0)
    return {
        "title": title, "code": name, "first": str(FIRST[name]),
        "rows": [
            {"name": one["name"][tongue()], "code": one["code"], "cells": [count(one[key]) for key in COLUMNS],
             "year": [yuan(None if one[key] is None else one[key]["year"]) for key in ("cost_before", "cost")],
             "bars": [round(WIDE * one[key] / top, 1) if top and one[key] is not None else 0
                      for key in ("entitled_before", "entitled")]}
            for one in lines
        ],
    }  # fmt: skip


def heads() -> list[Head]:
    """The columns of the workbook."""
    counted = [gettext(title) for title in ("Entitled now", "Entitled by the draft", "Would gain", "Would lose",
                                            "Would get more", "Would get less", "A fact is missing")]  # fmt: skip
    return [Head(gettext("Listed by")), Head(gettext("Part")), *(Head(title, "number") for title in counted),
            Head(gettext("Yuan a year, now"), "money"), Head(gettext("Yuan a year, draft"), "money")]  # fmt: skip


def sheet(result: Said) -> list[list[Any]]:
    """The rows of the workbook: the whole, then every part; what may not be shown stays empty."""

    def row(table: str, part: str, line: Said) -> list[Any]:
        costs = [None if line[key] is None else line[key]["year"] for key in ("cost_before", "cost")]
        return [table, part, *(line[key] for key in COLUMNS), *costs]

    made = [row(gettext("All"), "", result)]
    for name, title in PARTS.items():
        made += [row(str(title), one["name"][tongue()], one) for one in result[name]]
    for one in result["unknowns"]:
        made.append([gettext("Missing fact"), one["name"][tongue()], *[None] * 6, one["among"], None, None])
    return made


def change(row: Said) -> str:
    """What changes for one person."""
    code = row["change"]
    return str(CHANGES["open"] if code == "unknown" else CHANGES[code])


def facts(codes: str) -> str:
    """Facts by their names."""
    known = draftfiles.facts()
    return " · ".join(words.said(known[code].name) if code in known else code for code in codes.split())
