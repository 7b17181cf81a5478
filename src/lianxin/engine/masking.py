"""How personal data looks on a page to those who need not read it in full."""

from __future__ import annotations


def name(full: str) -> str:
    """张建国 → 张*国, 林静 → 林*; a rare character counts as one, and a very long name shows no more than four stars."""
    if len(full) <= 1:
        return full
    return full[0] + "*" if len(full) == 2 else full[0] + "*" * min(len(full) - 2, 4) + full[-1]


def number(full: str) -> str:
    """An identity number as the publicity rules show it: first two, last three."""
    return f"{full[:2]}{'*' * max(len(full) - 5, 0)}{full[-3:]}" if len(full) > 5 else "*" * len(full)


def phone(full: str) -> str:
    """13800001234 → 138****1234."""
    return f"{full[:3]}****{full[-4:]}" if len(full) >= 8 else "****"


def account(full: str) -> str:
    """A bank account shows its last four digits."""
    return f"**** {full[-4:]}" if len(full) >= 8 else "****"
