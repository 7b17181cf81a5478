"""Which texts of the pages have no Chinese yet: `python tools/texts.py` lists them, with the files that say them.

Reads templates and sources as text, so it needs no gettext tools. `python tools/texts.py --po` prints them ready to be
filled in.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "gettext_noop"}
IN_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
SAID_LATER = {"PERMISSIONS"}  # tables of plain texts that pages translate when they show them
_TAG = re.compile(
    r"""{%\s*(?:trans|translate)\s+(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')(?:\s+context\s+"([^"]*)")?"""
)
_CONTEXT = re.compile(r'context\s+"([^"]*)"')
_CALL = re.compile(r"""\b_\(\s*"((?:[^"\\]|\\.)*)"\s*\)""")
_BLOCK = re.compile(r"{%\s*block(?:trans|translate)\b([^%]*)%}(.*?){%\s*endblock(?:trans|translate)\s*%}", re.S)
_PLURAL = re.compile(r"{%\s*plural\s*%}")


Text = tuple[str, str]  # its context, or nothing, and the words


def _block(words: str, options: str) -> str:
    text = re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", words.replace("%", "%%"))
    return " ".join(text.split()) if "trimmed" in options else text


def of_template(text: str) -> set[Text]:
    """The texts of a template."""
    found = {(context, a or b) for a, b, context in _TAG.findall(text)} | {("", one) for one in _CALL.findall(text)}
    for options, body in _BLOCK.findall(text):
        context = _CONTEXT.search(options)
        found.add((context.group(1) if context else "", _block(_PLURAL.split(body)[0], options)))
    return found


def of_source(text: str) -> set[Text]:
    """The texts of a Python file: the constant arguments of gettext's functions."""
    found: set[Text] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            said = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            if name in CALLS and said and isinstance(node.args[0], ast.Constant):
                found.add(("", said[0]))
            elif name in IN_CONTEXT and len(said) > 1:
                found.add((said[0], said[1]))
        elif isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") in SAID_LATER:
            values = node.value.values if isinstance(node.value, ast.Dict) else []
            found |= {("", one.value) for one in values if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return found


def said() -> dict[Text, set[str]]:
    """Every text and the files that say it."""
    found: dict[Text, set[str]] = {}
    for path in sorted([*ROOT.glob("templates/**/*.html"), *ROOT.glob("src/lianxin/**/*.py")]):
        read = of_template if path.suffix == ".html" else of_source
        for text in read(path.read_text(encoding="utf-8")):
            found.setdefault(text, set()).add(str(path.relative_to(ROOT)))
    return found


def translated() -> set[Text]:
    """The texts that have Chinese in some part."""
    return {
        (entry.msgctxt or "", entry.msgid)
        for path in (ROOT / "locale" / "parts").glob("*.po")
        for entry in polib.pofile(str(path))
        if entry.msgstr or any(entry.msgstr_plural.values())
    }


def missing() -> dict[Text, set[str]]:
    """The texts without Chinese."""
    known = translated()
    return {text: files for text, files in said().items() if re.search(r"\w", text[1]) and text not in known}


def main() -> int:
    """Print what is missing; exit 1 when something is."""
    found = missing()
    for (context, text), files in sorted(found.items(), key=lambda item: (sorted(item[1]), item[0])):
        if "--po" in sys.argv:
            if context:
                print(f'msgctxt "{context}"')
            print(f"msgid {polib.escape(text)!r}".replace("msgid '", 'msgid "').rstrip("'") + '"\nmsgstr ""\n')
        else:
            print(f"{', '.join(sorted(files))}: {text!r}")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
