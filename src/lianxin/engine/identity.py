"""Resident identity numbers (GB 11643-1999): format, birth date and check digit hard, region softly."""

from __future__ import annotations

import datetime as dt

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def check_digit(first17: str) -> str:
    """The eighteenth character for seventeen digits (ISO 7064 MOD 11-2)."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True)) % 11]


def fault(number: str) -> str | None:
    """Why ``number`` cannot be an identity number: ``length``, ``characters``, ``date``, ``check``; None if sound."""
    if len(number) != 18:
        return "length"
    if not (number[:17].isascii() and number[:17].isdigit() and (number[17].isdigit() or number[17] == "X")):
        return "characters"
    if born(number) is None:
        return "date"
    return None if check_digit(number[:17]) == number[17] else "check"


def born(number: str) -> dt.date | None:
    """The birth date an identity number carries, or None where those digits are no date."""
    try:
        return dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex(number: str) -> str:
    """``male`` for an odd seventeenth digit, else ``female``."""
    return "male" if int(number[16]) % 2 else "female"
