"""How commands are written: what argparse says of itself, in the operator's language."""

from __future__ import annotations

import argparse
import sys
from typing import Any, NoReturn

from lianxin.engine.tongue import language, say

# argparse asks gettext for each of its own sentences; there is no Chinese catalogue for them.
_CHINESE = {
    "usage: ": "写法：",
    "positional arguments": "要写的",
    "options": "可以加的",
    "show this help message and exit": "显示这份说明",
    "the following arguments are required: %s": "还要写上 %s",
    "unrecognized arguments: %s": "不认识 %s",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s：%(message)s",
    "expected one argument": "后面要跟一个值",
    "expected at least one argument": "后面至少要跟一个值",
    "expected %s argument": "后面要跟 %s 个值",
    "expected %s arguments": "后面要跟 %s 个值",
    "ignored explicit argument %r": "后面不跟值，却写了 %r",
    "not allowed with argument %s": "不能和 %s 一起用",
    "invalid choice: %(value)r (choose from %(choices)s)": "没有 %(value)r；可以写 %(choices)s",
    "invalid %(type)s value: %(value)r": "%(value)r 不能用",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s 不明确，可能是 %(matches)s",
}


def speak() -> None:
    """Let argparse speak the operator's language."""
    module: Any = argparse
    chinese = language() == "zh"
    module._ = lambda text: _CHINESE.get(text, text) if chinese else text
    module.ngettext = lambda one, many, count: module._(one if count == 1 else many)


class Parser(argparse.ArgumentParser):
    """Says what is wrong with a command's writing in the operator's language; the word at fault stands as written."""

    def error(self, message: str) -> NoReturn:
        """Usage and one sentence on stderr, exit code 2."""
        self.print_usage(sys.stderr)
        told = say(message, f"命令写得不对（{message}）；{self.prog} --help 说明写法")
        self.exit(2, f"{self.prog}: {told}\n")
