"""Why a line cannot be paid, why the bank sent it back, and the way out of each, as words for the clerk."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

# Why a line waits: what is the matter, and the way out.
BLOCKED: dict[str, tuple[Words, Words]] = {
    "dead": (_("The payee has died."), _("The county reviews the decision; a line no longer owed is cancelled.")),
    "suspended": (_("A provincial suspension is in force."), _("It waits until the notice is lifted.")),
    "no-account": (_("No bank account on file."), _("The station asks the payee for one.")),
    "unverified": (_("The account is not verified."),
                   _("A colleague of the station, other than who entered it, verifies it in the payee's file.")),
    "cooling": (_("The account was changed a few days ago."), _("It can be used when the waiting days are over.")),
    "holder": (_("The account is not in the payee's own name."), _("Payments go to the payee's own account only.")),
    "duplicate": (_("Another line pays the same person for the same period."),
                  _("A checker compares the two: clear this one with a reason, or have it cancelled.")),
    "same-account": (_("The account is still the one that failed."),
                     _("Say how it was mended at the bank, or take another account into the payee's file.")),
    "check-account": (_("It is still the account as the bank did not accept it."),
                      _("Somebody of the station compares name and number with the bank card and enters the account again "
                        "in the payee's file; a second colleague verifies it there. Then it can be paid again.")),
    "closed-account": (_("It is still the account that is closed."),
                       _("The payee names another account; a second colleague verifies it in the payee's file.")),
    "changed": (_("The account was changed after the batch was made."), _("Take the line out; it goes with the next.")),
}  # fmt: skip

# What a bank says (code), how the clerk reads it, and what is to be done.
RETURNED: dict[str, tuple[Words, Words]] = {
    "closed": (_("The account is closed."), _("Ask the payee for another account.")),
    "frozen": (_("The account is frozen."), _("The payee asks the bank, or names another account.")),
    "name": (_("The name does not match the account."), _("The station compares the name in the file with the bank card.")),
    "number": (_("The bank knows no such account."), _("The station compares the number with the bank card.")),
    "dormant": (_("The account is asleep."), _("The payee wakes it at the bank, or names another account.")),
    "limit": (_("The account has reached its limit."), _("The payee asks the bank, or names another account.")),
    "other": (_("The bank gave another reason."), _("Ask the bank.")),
}  # fmt: skip

BY_BANK = frozenset({"frozen", "dormant", "limit", "other"})  # may be mended at the bank, the account staying the same


def same(fault: str) -> str:
    """What stands against paying again into the account that failed (a code of ``faults.BLOCKED``), by the bank's reason."""
    return "same-account" if fault in BY_BANK else "closed-account" if fault == "closed" else "check-account"


# The same in a notice, where both languages are kept.
REASONS = {
    "closed": {"zh": "账户已销户", "en": "the account is closed"},
    "frozen": {"zh": "账户被冻结", "en": "the account is frozen"},
    "name": {"zh": "户名和账户对不上", "en": "the name does not match the account"},
    "number": {"zh": "银行查不到这个账号", "en": "the bank knows no such account"},
    "dormant": {"zh": "账户长期没用，已休眠", "en": "the account is asleep"},
    "limit": {"zh": "账户超过了限额", "en": "the account has reached its limit"},
    "other": {"zh": "银行写了别的原因", "en": "the bank gave another reason"},
}

# Pieces of banks' own words, in the order in which they are looked for.
BANK_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("closed", ("销户", "注销", "已销", "closed")),
    ("frozen", ("冻结", "止付", "frozen", "blocked")),
    ("dormant", ("睡眠", "休眠", "久悬", "不动户", "dormant", "inactive")),
    ("limit", ("限额", "超限", "limit")),
    ("name", ("户名", "姓名", "名称不符", "name")),
    ("number", ("账号", "帐号", "卡号", "无此户", "不存在", "account", "number")),
)


def bank_code(words: str) -> str:
    """The code of what a bank wrote; its own words are not kept, for they may name people."""
    lowered = words.lower()
    for code, pieces in BANK_WORDS:
        if any(piece in lowered for piece in pieces):
            return code
    return "other"
