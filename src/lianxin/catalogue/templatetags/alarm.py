"""Hotlines beside words that say danger, for every face."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.translation import get_language

from lianxin.catalogue import hotlines

register = template.Library()


@register.simple_tag
def hotlines_for(*texts: str) -> list[dict[str, str]]:
    """The numbers to show beside words that say danger; none otherwise. Nothing is kept of the question."""
    return _lines(hotlines.for_words(*(text for text in texts if text)))


@register.simple_tag
def hotlines_all() -> list[dict[str, str]]:
    """The numbers, for a page that shows them to everybody."""
    return _lines(hotlines.everyone())


@register.simple_tag
def alarm_words() -> dict[str, tuple[list[str], list[str]]]:
    """The list that the page compares with while somebody writes."""
    return hotlines.in_force().alarm.plain()


def _lines(found: Iterable[hotlines.Hotline]) -> list[dict[str, str]]:
    place = 0 if (get_language() or "zh").startswith("zh") else 1
    return [{"number": one.number, "name": one.name[place], "when": one.when[place]} for one in found]
