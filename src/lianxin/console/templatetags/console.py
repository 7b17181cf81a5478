"""The menu of the page that is being shown."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import translation

from lianxin.access.roles import ROLES
from lianxin.console import filewords, menu

register = template.Library()


@register.simple_tag(takes_context=True)
def console_menu(context: dict[str, Any]) -> list[menu.Shown]:
    """What the signed-in actor may open, in its sections, with the current page marked."""
    request = context["request"]
    return menu.shown(getattr(request, "actor", None), request.path)


@register.simple_tag
def role_name(code: str) -> str:
    """A role in the page's language."""
    role = ROLES.get(code)
    if role is None:
        return code
    return role.zh if translation.get_language() == "zh-hans" else role.en


@register.filter
def hand(name: str) -> str:
    """Who wrote something down, in words also where it was the machine's own command."""
    return filewords.hand(name)


@register.filter
def voucher(paper: str) -> str:
    """The paper behind a row, in words also where it was no paper but an attestation."""
    return filewords.voucher(paper)
