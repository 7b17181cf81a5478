"""Write: lines owed, batches through three hands, the bank's answers. Every act is one transaction."""

from lianxin.payments.actions.answers import Read, read_return
from lianxin.payments.actions.batches import (
    Made,
    approve_batch,
    cancel_batch,
    check_batch,
    make_batch,
    resubmit_batch,
    return_batch,
    take_out,
)
from lianxin.payments.actions.lines import cancel_lines, clear_duplicate, owe, repay
from lianxin.payments.actions.recoveries import decide, propose_back, propose_off
from lianxin.payments.actions.replays import Carried, approve, carry_out, drop, leave, propose, sign
from lianxin.payments.actions.sending import BankFile, bank_file
from lianxin.payments.faults import BY_BANK

__all__ = [
    "BY_BANK",
    "BankFile",
    "Carried",
    "Made",
    "Read",
    "approve",
    "approve_batch",
    "bank_file",
    "cancel_batch",
    "cancel_lines",
    "carry_out",
    "check_batch",
    "clear_duplicate",
    "decide",
    "drop",
    "leave",
    "make_batch",
    "owe",
    "propose",
    "propose_back",
    "propose_off",
    "read_return",
    "repay",
    "resubmit_batch",
    "return_batch",
    "sign",
    "take_out",
]  # fmt: skip
