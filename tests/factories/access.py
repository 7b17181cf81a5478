"""Staff accounts behind which somebody stands: without a name an account is nobody's second hand."""

import datetime as dt

from lianxin.access import behind
from lianxin.engine.identity import check_digit
from lianxin.engine.scope import Actor


def identity(number: int) -> str:
    """A sound ID number of nobody: the code 4199 is not allotted."""
    born = dt.date(1965, 1, 1) + dt.timedelta(days=number)
    return (first := f"419900{born:%Y%m%d}001") + check_digit(first)


def named(accounts, at) -> None:
    """A different person behind each of these accounts."""
    behind.begin(numbers={one.pk: identity(one.pk) for one in accounts}, by=Actor(), at=at)
