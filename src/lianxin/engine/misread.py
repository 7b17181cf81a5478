"""What a YAML parser could not read, said in words of ours: the parser's own English never reaches a policy clerk.

Most slips in a catalogue are made at a Chinese keyboard (a full-width colon, a tab, no blank after a colon). They are
looked for first; what is left is told from the place at which the parser stopped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lianxin.engine.problems import Problem, short

_STRANGE = re.compile("[\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")  # what YAML 1.2 allows in no text
_NEAR = {"：": ":", "，": ",", "｛": "{", "｝": "}", "［": "[", "］": "]", "【": "[", "】": "]", "“": '"', "”": '"', "‘": "'",
         "’": "'", "－": "-", "＃": "#", "｜": "|"}  # fmt: skip
# A full-width sign where a sign of YAML must stand; inside a text it is what a Chinese sentence is written with.
_WIDE = re.compile(
    r"^\s*(?:- )?[A-Za-z_][\w-]*(：)|[{,，]\s*[A-Za-z_][\w-]*(：)|(，)\s*[A-Za-z_][\w-]*\s*[:：]"
    r"|:\s+([｛［【“‘｜])|^\s*(－)\s|([｝］】])\s*$"
)
_NO_BLANK = re.compile(r"^\s*(?:- )?([A-Za-z_][\w-]*:)[^\s:/]")
_FIRST, _LAST = re.compile(r"\s*(\S+)"), re.compile(r"(\S+)\s*$")
_QUOTE = re.compile(r":\s+((['\"]).*\2)\s*[^\s,}\]#]")


@dataclass(frozen=True, slots=True)
class _Told:
    zh: str
    en: str
    near: str = ""


# By what the parser (libyaml, or ruamel's own where there is no wheel) says, in this order; {word}: the text where it stopped.
_SAID: tuple[tuple[str, _Told], ...] = (
    ("end of stream", _Told("引号从这一行开始，到文件末尾也没有合上", "the quotation mark opened on this line is never closed")),
    ("',' or ']'", _Told(
        "这一行的 [ 没有合上，或者两项之间少了逗号",
        "the [ of this line is not closed, or a comma is missing between two items", "]")),
    ("',' or '}'", _Told(
        "这一行的 { 没有合上，或者两项之间少了逗号",
        "the { of this line is not closed, or a comma is missing between two items", "}")),
    ("mapping values are not allowed", _Told(
        "“{word}”的冒号不该出现在这里：文字里带“冒号加空格”的，把整段文字放进引号；否则看缩进和上一行",
        "the colon of '{word}' cannot stand here: put a text that holds a colon and a blank in quotes, else look at the"
        " indentation and at the line above")),
    ("sequence entries are not allowed", _Told(
        "“{word}”这里不能开始一个列表项：把“- ”另起一行并缩进",
        "no list item can begin at '{word}': put '- ' on a line of its own, indented")),
    ("mapping keys are not allowed", _Told("“{word}”这里不能写“? ”", "no '? ' can stand at '{word}'")),
    ("cannot start any token", _Told(
        "“{word}”不能用这个符号开头：把文字放进引号", "no text can begin with the sign at '{word}': put it in quotes")),
    ("that cannot start", _Told(
        "“{word}”不能用这个符号开头：把文字放进引号", "no text can begin with the sign at '{word}': put it in quotes")),
    ("escape", _Told(
        "双引号里的“{word}”不是认识的转义：用单引号，或者写成 \\\\",
        "'{word}' in double quotes is no known escape: use single quotes, or write \\\\")),
    ("hexdecimal", _Told(
        "双引号里 \\x、\\u 后面要写十六进制数字",
        "\\x and \\u in double quotes want hexadecimal digits after them")),
    ("another document", _Told("一个文件只写一份内容，去掉这里的“---”", "a file holds one document: take away the '---' here")),
    ("document end marker", _Told("文件应在上面的“...”处结束", "the file ends at the '...' above")),
    ("document separator", _Told("引号还没有合上就遇到“---”", "the quotation mark is not closed before '---'")),
    ("document indicator", _Told("引号还没有合上就遇到“---”", "the quotation mark is not closed before '---'")),
    ("document start", _Told(
        "“{word}”多出来了：文件的内容在上面已经结束",
        "'{word}' is too much: the file's content has ended above it")),
    ("'>'", _Told("不支持“!”标签：把以“!”开头的文字放进引号", "tags are not supported: put a text that begins with '!' in quotes")),
    ("tag", _Told("不支持“!”标签：把以“!”开头的文字放进引号", "tags are not supported: put a text that begins with '!' in quotes")),
    ("URI", _Told("不支持“!”标签：把以“!”开头的文字放进引号", "tags are not supported: put a text that begins with '!' in quotes")),
    ("directive", _Told("不支持以“%”开头的指令", "directives ('%') are not supported")),
    ("incompatible", _Told("不支持以“%”开头的指令", "directives ('%') are not supported")),
    ("indentation indicator", _Told(
        "“|”或“>”后面只能换行；缩进的数字是 1 到 9",
        "only a line break may follow '|' or '>', or a number from 1 to 9")),
    ("chomping", _Told(
        "“|”或“>”后面只能换行，文字从下一行起",
        "only a line break may follow '|' or '>': the text begins on the next line")),
    ("comment or a line break", _Told(
        "“|”或“>”后面只能换行，文字从下一行起",
        "only a line break may follow '|' or '>': the text begins on the next line")),
    ("comment or line break", _Told(
        "“|”或“>”后面只能换行，文字从下一行起",
        "only a line break may follow '|' or '>': the text begins on the next line")),
    ("'-' indicator", _Told(
        "“{word}”和上面的列表没有对齐：列表项以“- ”开头，各项缩进相同",
        "'{word}' does not line up with the list above: items begin with '- ' and are indented alike")),
    ("alphabetic or numeric", _Told(
        "“{word}”不能用这个符号开头：把文字放进引号", "no text can begin with the sign at '{word}': put it in quotes")),
    ("node content", _Told("“{word}”这里应有一个值", "a value is wanted at '{word}'")),
    ("expected ':'", _Told(
        "这里少了冒号：写成“名称: 值”，冒号后面有空格",
        "a colon is missing: write 'name: value', with a blank after the colon", ":")),
)  # fmt: skip
_LINED_UP = _Told(
    "“{word}”和上面的内容没有对齐，或者上面一项没有写完：同一层的缩进要相同",
    "'{word}' does not line up with what stands above, or the item above is not finished: one level has one indentation",
)


def problem(text: str, name: str, fault: Any) -> Problem:
    """The parser's complaint about ``text`` as one of ours; ``name`` is what errors call the file."""
    rows = text.split("\n")
    strange = _STRANGE.search(text)
    if strange:
        line = text.count("\n", 0, strange.start()) + 1
        return Problem(name, line, "", "", "这一行有看不见的特殊字符：删掉，重新输入",
                       "this line holds an invisible character that no text may hold: delete it and type it again")  # fmt: skip
    said, mark = str(getattr(fault, "problem", None) or ""), getattr(fault, "problem_mark", None)
    began = getattr(fault, "context_mark", None)
    if mark is None:
        return Problem(name, 1, "", "", "这份文件不是 YAML", "this file is not YAML")
    stopped = began if began is not None and ("end of stream" in said or "',' or" in said) else mark
    at, column = stopped.line, stopped.column
    at = min(at, len(rows) - 1)
    return _slip(name, rows, at, mark.line) or _stopped(name, rows[at], at, column, said)


def _slip(name: str, rows: list[str], *lines: int) -> Problem | None:
    """A slip of the keyboard on the line where the parser stopped, or on the one above."""
    for at in dict.fromkeys(one for line in lines for one in (line, line - 1) if 0 <= one < len(rows)):
        row = rows[at]
        if "\t" in row[: len(row) - len(row.lstrip())]:
            return Problem(name, at + 1, "Tab", "", "缩进用了制表符（Tab）：改用空格",
                           "this line is indented with a tab: use blanks")  # fmt: skip
        wide = _WIDE.search(row)
        if wide:
            sign = next(part for part in wide.groups() if part)
            return Problem(name, at + 1, sign, _NEAR[sign], f"用了全角的“{sign}”：这里要用半角符号",
                           f"'{sign}' is a full-width sign: the plain one is wanted here")  # fmt: skip
        close = _NO_BLANK.match(row)
        if close:
            word = close.group(1)
            return Problem(name, at + 1, word, f"{word} ", f"“{word}”的冒号后面要有空格",
                           f"a blank is wanted after the colon of '{word}'")  # fmt: skip
    return None


def _stopped(name: str, row: str, at: int, column: int, said: str) -> Problem:
    quoted = _QUOTE.search(row)
    if quoted and "end of stream" not in said:
        word = short(quoted.group(1), 24)
        return Problem(name, at + 1, word, "", f"引号 {word} 合上以后还有文字：把整段文字放进引号",
                       f"text stands after the closing quotation mark of {word}: put the whole text in quotes")  # fmt: skip
    told = next((one for key, one in _SAID if key in said), _LINED_UP)
    here = row[: column + 1] if "mapping values" in said else row[column:]
    found = _LAST.search(here) if "mapping values" in said else _FIRST.match(here)
    found = found or _LAST.search(row)
    word = short(found.group(1), 24) if found else ""
    if "escape" in said:
        word = word[:2]
    zh, en = told.zh.replace("{word}", word or "这里"), told.en.replace("{word}", word or "this place")
    return Problem(name, at + 1, word, told.near, zh, en)
