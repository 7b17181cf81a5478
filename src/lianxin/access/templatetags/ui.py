"""What templates may say: money, names, days."""

from __future__ import annotations

from django import template

from lianxin.engine import masking, money

register = template.Library()


@register.filter
def yuan(fen: int | None) -> str:
    """Fen as 9,000.00."""
    return "" if fen is None else money.yuan(fen)


@register.filter
def masked(name: str) -> str:
    """A name as lists show it."""
    return masking.name(name)
