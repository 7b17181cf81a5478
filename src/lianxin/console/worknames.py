"""What facts, numbers and tables are called in the workbench, and how they are found by what is typed."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianxin.engine.building import Half, Operand
from lianxin.engine.problems import nearest
from lianxin.engine.sketch import Sketch


def left_said(known: Sketch, operand: Operand) -> str:
    """How a fact, a number or a table is called on the page: its name in the page's language."""
    language = get_language() or "zh"
    if operand.kind == "fact" and operand.said in known.facts:
        return known.facts[operand.said].name[language]
    if operand.kind in ("parameter", "table") and operand.said in known.parameters:
        return f":{known.parameters[operand.said].name[language]}"
    return operand.said


def called(known: Sketch, text: str) -> Operand:
    """What a name typed on the page means: a fact by either name or its code, ``:`` and a number or table, else text."""
    text = text.strip()
    for code in known.names.facts:
        if text == code or text in (known.facts[code].name.zh, known.facts[code].name.en):
            return Operand("fact", code)
    if text[:1] in (":", "："):
        bare = text[1:].strip()
        for code, one in known.parameters.items():
            if bare in (code, one.name.zh, one.name.en):
                return Operand("table" if one.by else "parameter", code)
    if not any(sign in text for sign in "+-*/()") and text:
        chinese = (get_language() or "zh").startswith("zh")
        names = {
            (known.facts[code].name.zh if chinese else known.facts[code].name.en): code for code in known.names.facts
        }
        near = nearest(text, names)
        raise Half(f"没有要素“{text}”，最接近的是“{near}”", f"there is no fact “{text}”; the nearest is “{near}”")
    return Operand("text", text)


def options(known: Sketch, asked: str, limit: int = 12) -> list[tuple[str, str, str]]:
    """(value, name, remark) of facts, numbers and tables that fit what was typed, by name, code or pinyin."""
    language, word = get_language() or "zh", asked.strip().casefold()
    found = []
    for code in known.names.facts:
        fact = known.facts[code]
        groups = _("yes or no") if fact.type == "bool" else ", ".join(name[language] for name in fact.allowed.values())
        found.append(
            (fact.name[language], f"{fact.name.zh} {fact.name.en} {code} {_pinyin(fact.name.zh)}", groups or code)
        )
    for code, one in known.parameters.items():
        table = _("a table, looked up") if one.by else _("a number of this service")
        found.append((f":{one.name[language]}", f"{one.name.zh} {one.name.en} {code} {_pinyin(one.name.zh)}", table))
    fits = [one for one in found if word.lstrip(":：") in one[1].casefold()]
    fits.sort(key=lambda one: (not one[0].casefold().startswith(word), len(one[0])))
    return [(name, name, remark) for name, _words, remark in fits[:limit]]


def _pinyin(text: str) -> str:
    from pypinyin import lazy_pinyin

    sounds = lazy_pinyin(text)
    return "".join(sounds) + " " + "".join(one[:1] for one in sounds)
