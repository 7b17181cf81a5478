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
# What the commands' own help says; main.py has the English.
_HELP = {
    "连心: support for those who serve and their families.": "连心：为军人、退役军人和他们的家人办事。",
    "credentials": "凭证",
    "decode and verify a credential offline": "不联网解读并验证一份凭证",
    "the digits, or the address that carries them behind #": "那串数字，或者 # 后面带着它的网址",
    "the keys that sign credentials": "签发凭证的密钥",
    "a new key: published now, signing in 14 days": "换一把新密钥：现在公布，14 天后启用",
    "default: LIANXIN_CARD_ALGORITHM": "默认按 LIANXIN_CARD_ALGORITHM",
    "it signs at once: the old one is in other hands": "立刻启用：旧的已落入他人之手",
    "nothing that a key signed is believed any more": "某把密钥签过的一律不再认可",
    "build the generated city and serve it": "建演示城市并打开网页",
    "card-holders (default 150000)": "持证人数（默认 150000）",
    "build only": "只建，不打开网页",
    "run all tests": "跑全部测试",
    "for pytest": "交给 pytest",
    "serve the pages": "打开网页服务",
    "run the background worker": "跑后台任务",
    "open a staff account with a role over an area": "为工作人员开账号：一个角色，一片区域",
    "code of the area (default: the whole city)": "区域代码（默认全市）",
    "code of the area (default: the whole city, for roles that serve all of it)": "区域代码（管全市的角色可以不写，就是全市）",
    "as colleagues call them": "同事怎么称呼（写姓名）",
    "a sealed service whose access list they join": "列入哪个保密事项的名单",
    "holds the ID number of whoever it is for (- is standard input)": "里面写着使用人的身份证号（- 为标准输入）",
    "read a ledger": "读入台账",
    "read a ledger as what its headers say": "按表头认出是哪种台账再读入",
    "read a ledger of public places for the map": "读入一张图的公开地点台账",
    "read where areas lie (GeoJSON) for the map": "读入各地区的轮廓（GeoJSON），用在一张图上",
    "which coordinates the file is written in": "文件里的坐标是哪一种",
    "whose outlines these are, and their review number": "轮廓的来源和审图号",
    "read back an exchange format": "读回交换格式的文件",
    "say what would happen, write nothing": "只说会怎样，不写入",
    "where the returned workbook goes": "退回的表格写到哪里",
    "take a whole import back": "整次导入撤回",
    "write an empty ledger with an example and the allowed words": "写一份空台账，带样例和可填的词",
    "write the people for another system": "把人员导出给别的系统",
    "only what changed since the last one of this kind": "只要上次导出以后变了的",
    "read the city's list of areas (csv, xlsx or xls: code, name, English name)": "读入区划表（区划代码、名称、英文名）",
    "which (without one: lists them)": "哪一份（不写就列出来）",
    "what judges; Spark is an extra": "由谁来判断；Spark 是选装件",
    "where Spark's workers find the facts (default: the home)": "Spark 的各台机器到哪里读要素（默认数据目录）",
    "services as data": "事项",
    "validate services and run their examples": "检查事项，跑样例",
    "store a version of each changed service": "把改过的事项存成新版本",
    "who would gain, who would lose, what it costs; stores nothing": "谁新享受、谁不再享受、要花多少钱；什么都不存",
    "one service folder, or a catalogue": "一个事项文件夹，或整个目录",
    "first day, to come or past (default: today)": "第一天：以后的某天，或要更正的过去某天（默认今天）",
    "last day (default: none)": "最后一天（默认没有）",
    "why it corrects past days": "为什么更正过去的日子",
    "the versions of services and their days": "事项有哪些版本、各从哪天起",
    "what differs between two versions, in words": "两个版本有什么不同，用话说出来",
    "number (default: the one before)": "版本号（默认前一版）",
    "number (default: the newest)": "版本号（默认最新一版）",
    "what past periods would come to now: who is owed, who owes": "过去各期按现在的政策和档案该是多少：该补谁、谁该退",
    "last day (default: today)": "最后一天（默认今天）",
    "take a version back before its first day": "在生效之前撤回一个版本",
    "why; it is recorded": "为什么（会记下来）",
    "judge everyone against everything in force": "把所有人与生效的事项逐一比对",
    "a day that is not today is judged and counted only; nothing is written": "不是今天的日子只比对、只计数，什么都不写",
    "judge the given facts; no database": "只判断给出的要素，不用数据库",
    "why someone is or is not entitled": "某人为什么能享受、为什么不能",
    "count the published numbers": "数出公布的数字",
    "build a review whose numbers are figures": "生成综述，数字都是数出来的",
    "FILE.html, .pdf or .docx": "写成 .html、.pdf 或 .docx",
    "the journal": "日志",
    "walk the chain and the rows it covers": "逐条核对日志和它盖住的记录",
    "published checkpoints that it must agree with": "要对得上的已公布检查点",
    "sign today's end of the chain and print all checkpoints": "给今天的链尾签名，打印全部检查点",
    "the books": "账簿",
    "prove that the books balance": "证明账是平的",
    "write the books as an hledger journal to stdout": "把账写成 hledger 格式输出",
    "the key ring": "钥匙",
    "the keys, and how far a change has come": "有哪些钥匙，换到哪一步",
    "a new key: seal everything anew while the pages work, retire the old one": "换新钥匙：网页照常用，全部重新封存，旧钥匙作废",
    "default: LIANXIN_CIPHER": "默认按 LIANXIN_CIPHER",
    "write a consistent copy while the work goes on": "不停机备份",
    "restore a copy into an empty home and verify it": "恢复到空的目录并核对",
    "run the benchmarks": "跑性能测量",
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


def translate(top: argparse.ArgumentParser) -> None:
    """Put the help of every command into the operator's language."""
    if language() != "zh":
        return
    top.description = _chinese(top.description)
    for action in top._actions:
        action.help = _chinese(action.help)
        if isinstance(action, argparse._SubParsersAction):
            for choice in action._choices_actions:
                choice.help = _chinese(choice.help)
            for one in dict.fromkeys(action.choices.values()):
                translate(one)


def _chinese(said: str | None) -> str | None:
    """A sentence of help in Chinese; ``one of`` and ``read a ledger of`` keep the codes that follow."""
    text = said or ""
    for begins, chinese in (("one of ", "从这些里选："), ("read a ledger of ", "读入台账：")):
        if text.startswith(begins):
            return chinese + text.removeprefix(begins)
    return _HELP.get(text, said)
