"""Codes of the money rooms in words: states of batches and lines, movements of the books, accounts."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianxin.console import words
from lianxin.console.words import Words
from lianxin.payments.faults import BLOCKED, RETURNED

BATCH: dict[str, Words] = {
    "made": _("to be checked"), "checked": _("to be approved"), "approved": _("ready for the bank"),
    "sent": _("at the bank"), "settled": _("answered"), "returned": _("back with the maker"),
    "cancelled": _("cancelled"),
}  # fmt: skip
BATCH_TONES = {"made": "amber", "checked": "amber", "approved": "pine", "sent": "sky", "settled": "pine",
               "returned": "amber", "cancelled": ""}  # fmt: skip
LINE: dict[str, Words] = {
    "due": _("due"), "batched": _("in a batch"), "sent": _("at the bank"), "paid": _("paid"),
    "suspense": _("came back"), "cancelled": _("cancelled"), "netted": _("settled a debt"),
}  # fmt: skip
LINE_TONES = {"due": "amber", "batched": "sky", "sent": "sky", "paid": "pine", "suspense": "amber", "cancelled": "",
              "netted": ""}  # fmt: skip
RESULTS: dict[str, Words] = {
    "sent": _("no answer yet"), "paid": _("paid"), "returned": _("came back"), "dropped": _("taken out"),
}  # fmt: skip
MOVES: dict[str, Words] = {
    "accrue": _("Due after a decision"), "send": _("Sent to the bank"), "pay": _("Paid by the bank"),
    "bounce": _("Sent back by the bank"), "recall": _("Taken back after it was paid"), "repay": _("Owed again"),
    "cancel": _("Not owed"), "cancel-returned": _("Came back and is not owed"),
    "claim": _("To come back"), "refund": _("Given back"), "waive": _("Written off"),
    "net": _("Settles a debt instead of being paid"), "settle": _("A debt settled by what was owed"),
}  # fmt: skip
ACCOUNTS: dict[str, Words] = {
    "appropriation": _("Appropriation"), "payable": _("Owed"), "bank": _("On its way at the bank"),
    "suspense": _("Came back"), "expense": _("Decided in all"),
    "receivable": _("To come back"), "recovered": _("Corrected downwards"), "refund": _("Given back"),
    "netted": _("Settled debts instead of being paid"), "netting": _("Debts settled by what was owed"),
}  # fmt: skip


# What the register counts without a service of the catalogue.
BESIDES: dict[str, Words] = {"community-life": _("Life of the place"), "home-visit": _("Home visit")}


def service(names: Mapping[str, Mapping[str, str]], code: str) -> str:
    """The name of a service in the page's language, the code where it has none."""
    if code in BESIDES:
        return str(BESIDES[code])
    name = names.get(code, {})
    return name.get("zh" if get_language() == "zh-hans" else "en") or name.get("zh") or code


def blocked(code: str) -> str:
    """Why a line waits."""
    return str(BLOCKED[code][0]) if code in BLOCKED else code


def way_out(code: str) -> str:
    """What is to be done about it."""
    return str((BLOCKED.get(code) or RETURNED.get(code) or ("", ""))[1])


def returned(code: str) -> str:
    """Why the bank sent a line back."""
    return str(RETURNED[code][0]) if code in RETURNED else code


def account(name: str, names: Mapping[str, Mapping[str, str]]) -> str:
    """An account of the books in words: Owed · Allowance."""
    kind, _colon, code = name.partition(":")
    said = words.of(ACCOUNTS, kind)
    return said if kind == "bank" else f"{said} · {service(names, code)}"


def period(code: str) -> str:
    """A period as people say it: 2026-11 is November 2026; ``once`` has none."""
    if code == "once":
        return ""
    if len(code) == 7 and code[4] == "-" and get_language() == "zh-hans":
        return f"{code[:4]}年{int(code[5:])}月"
    return code
