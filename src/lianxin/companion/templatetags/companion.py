"""What the household's templates may say: drawings, days, states."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from lianxin.companion import lean, said

register = template.Library()
_ICONS = {
    "path": '<path d="M4 20 9 4h6l5 16M12 7v2m0 3v2m0 3v2"/>',
    "home": '<path d="m3 11 9-7 9 7M6 9v11h12V9M10 20v-6h4v6"/>',
    "children": '<circle cx="12" cy="7" r="3.2"/><path d="M5 20c0-4 3-7 7-7s7 3 7 7M9 16l3 2 3-2"/>',
    "tick": '<path d="m4 12 6 6L20 6"/>',
    "ask": '<circle cx="12" cy="12" r="9"/><path d="M12 7.5v5.5m0 3v.6"/>',
    "desk": '<path d="M3 20h18M5 20V9h14v11M8 9V5h8v4M9 13h6"/>',
    "work": '<rect x="4" y="4" width="16" height="17" rx="2"/><path d="M8 9h8m-8 4h8m-8 4h5"/>',
    "papers": '<rect x="3" y="5" width="18" height="14" rx="2"/><circle cx="8.5" cy="11" r="2"/><path d="M5.5 16c.6-1.6 5.4-1.6 6 0M14.5 10h4m-4 4h4"/>',  # noqa: E501
    "family": '<circle cx="8" cy="8" r="3"/><circle cx="17" cy="9" r="2.3"/><path d="M2.5 20c0-4 2.5-6 5.5-6s5.5 2 5.5 6M15 14.5c3.5-1 6.5 1.5 6.5 5.5"/>',  # noqa: E501
    "phone": '<path d="M6 3h4l1.5 5-2.5 1.800a12 12 0 0 0 5.200 5.200L16 12.5l5 1.5v4c0 1.5-1.300 3-3 3C10 21 3 14 3 6c0-1.700 1.5-3 3-3z"/>',  # noqa: E501
}


@register.simple_tag
def drawing(name: str, size: int = 24) -> SafeString:
    """A drawing that says nothing to a screen reader; the word stands beside it."""
    return format_html(
        '<svg width="{0}" height="{0}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.6" '
        'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{1}</svg>',
        size,
        mark_safe(_ICONS[name]),  # noqa: S308  our own drawings
    )


@register.filter
def until(due: dt.datetime | None) -> str:
    """Until when."""
    return said.until(due)


@register.filter
def state_said(code: str) -> str:
    """A case's state."""
    return said.state(code)


@register.filter
def line_said(code: str) -> str:
    """A payment's state."""
    return said.line(code)


@register.filter
def tone(code: str) -> str:
    """The colour of a state's tag."""
    return said.tone(code)


@register.filter
def dialled(number: str) -> str:
    """A phone number as a phone dials it."""
    return "".join(letter for letter in number if letter.isdigit() or letter == "+")


@register.simple_tag
def inlined(name: str) -> SafeString:
    """A stylesheet as it stands inside a page."""
    return mark_safe(lean.inlined(name))  # noqa: S308  our own stylesheet
