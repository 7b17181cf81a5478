"""What the ``lianxin ledger`` commands do with the books."""

from __future__ import annotations

import sys

from lianxin.engine.refusal import Refusal
from lianxin.engine.tongue import say
from lianxin.payments import ledger


def ledger_verify() -> int:
    """Prove that the books balance; exit 1 names the first fault."""
    found = ledger.verify_books()
    if found.broken:
        raise Refusal(say(f"the books do not hold: {found.broken}", f"账对不上：{found.broken}"))
    print(say(f"{found.transactions} transactions, {found.postings} postings and {found.lines} lines hold",
              f"{found.transactions} 笔交易、{found.postings} 条分录、{found.lines} 条发放明细都对得上"))  # fmt: skip
    return 0


def ledger_export() -> int:
    """Write the books as an hledger journal to stdout."""
    sys.stdout.writelines(ledger.hledger())
    return 0
