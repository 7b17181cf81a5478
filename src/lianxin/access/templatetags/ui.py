"""What templates may say: money, names, days, lights, icons, fields, areas."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, RadioSelect
from django.template.context import RequestContext
from django.utils import translation
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from lianxin.access.queries import area_names
from lianxin.engine import clock, masking, money
from lianxin.engine.scope import Scope

register = template.Library()

SOON = dt.timedelta(days=2)
ICONS = {
    "check": '<path d="m3 8 4 4 6-8"/>',
    "missing": '<circle cx="8" cy="8" r="6"/><path d="M8 5v4m0 2v.5"/>',
    "none": '<circle cx="8" cy="8" r="6"/><path d="M5 8h6"/>',
    "clock": '<circle cx="8" cy="8" r="6"/><path d="M8 4.5V8l2.5 1.5"/>',
    "lock": '<rect x="3.5" y="7" width="9" height="6.5" rx="1.2"/><path d="M5.5 7V5a2.5 2.5 0 0 1 5 0v2"/>',
    "eye": '<path d="M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8z"/><circle cx="8" cy="8" r="1.8"/>',
    "phone": '<path d="M4 2h2.2l1 3-1.5 1.2a8 8 0 0 0 4 4L11 8.8l3 1V12c0 1-.9 2-2 2A10 10 0 0 1 2 4c0-1.1.9-2 2-2z"/>',
    "paper": '<path d="M4 1.5h5.5L12.5 4.5V14.5H4zM9.5 1.5v3h3"/>',
    "menu": '<path d="M2 4h12M2 8h12M2 12h12"/>',
    "close": '<path d="m4 4 8 8m0-8-8 8"/>',
    "down": '<path d="m4 6 4 4 4-4"/>',
    "help": '<circle cx="8" cy="8" r="6.5"/><path d="M6.2 6.2a1.9 1.9 0 1 1 2.6 1.7c-.6.3-.8.6-.8 1.3M8 11.2v.4"/>',
}


@register.filter
def yuan(fen: int | None) -> str:
    """Fen as 9,000.00."""
    return "" if fen is None else money.yuan(fen)


@register.filter
def masked(name: str) -> str:
    """A name as lists show it."""
    return masking.name(name or "")


@register.simple_tag
def icon(name: str, tone: str = "") -> SafeString:
    """A small line drawing; it says nothing by itself, words stand beside it."""
    body = mark_safe(ICONS[name])  # noqa: S308  our own constant drawings
    return format_html(
        '<svg class="icon {}" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.8" '
        'aria-hidden="true">{}</svg>', tone, body,
    )  # fmt: skip


def _as_day(value: dt.date | dt.datetime) -> dt.date:
    return clock.day(value) if isinstance(value, dt.datetime) else value


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """A day as people say it: today, tomorrow, 12 July, and the year where it is another one."""
    if not value:
        return ""
    on, now = _as_day(value), clock.today()
    near = {0: gettext("today"), 1: gettext("tomorrow"), -1: gettext("yesterday")}.get((on - now).days)
    if near:
        return near
    return short_day(on) if on.year == now.year else full_day(on)


def short_day(on: dt.date) -> str:
    """12 July, 7月12日."""
    return f"{on.month}月{on.day}日" if translation.get_language() == "zh-hans" else date_format(on, "j F")


@register.filter
def full_day(value: dt.date | dt.datetime | None) -> str:
    """12 July 2023, 2023年7月12日."""
    if not value:
        return ""
    on = _as_day(value)
    if translation.get_language() == "zh-hans":
        return f"{on.year}年{on.month}月{on.day}日"
    return date_format(on, "j F Y")


@register.filter
def moment(value: dt.datetime | None) -> str:
    """A day and the hour in Shanghai."""
    return f"{day(value)} {value.astimezone(clock.SHANGHAI):%H:%M}" if value else ""


@register.filter
def light(due: dt.datetime | None) -> str:
    """The colour of a due time: red past it, amber within two days, pine otherwise, blank without one."""
    if due is None:
        return ""
    left = due - clock.now()
    return "red" if left < dt.timedelta() else "amber" if left <= SOON else "pine"


def span(length: dt.timedelta) -> str:
    """A length of time in its largest fitting unit: 6 minutes, 3 hours, 2 days."""
    minutes = int(abs(length.total_seconds()) // 60)
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if minutes < 60 * 24:
        return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}
    days = minutes // (60 * 24)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


@register.filter
def left(due: dt.datetime | None) -> str:
    """How long until a due time, or how long past it."""
    if due is None:
        return ""
    rest = due - clock.now()
    if rest < dt.timedelta():
        return gettext("%(span)s over") % {"span": span(rest)}
    return gettext("%(span)s left") % {"span": span(rest)}


@register.filter
def due(value: dt.datetime | None) -> str:
    """A due time for lists: over by, hours left on its last day, or the day itself."""
    if value is None:
        return gettext("no deadline")
    rest = value - clock.now()
    return left(value) if rest < dt.timedelta(hours=20) else day(value)


@register.filter
def since(at: dt.datetime | None) -> str:
    """How long something has stood: 4 days, today."""
    if at is None:
        return ""
    return gettext("today") if clock.day(at) == clock.today() else span(clock.now() - at)


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """One field of a form: label, control, hint and what is wrong, tied together for screen readers."""
    widget = bound.field.widget
    kind = "choices" if isinstance(widget, RadioSelect) else "check" if type(widget) is CheckboxInput else "plain"
    return {"field": bound, "kind": kind}


@register.simple_tag(takes_context=True)
def signed_out(context: RequestContext) -> str:
    """Why somebody must sign in again, said once."""
    request = context.get("request")
    why, idle, *_staff = request.session.pop("over", ["", 0]) if request is not None else ("", 0)
    said = {
        "idle": gettext("Nothing was done for %(minutes)d minutes, so you were signed out. What was not saved is to be "
                        "entered again.") % {"minutes": idle},
        "time": gettext("You were signed in as long as is allowed at a stretch. Please sign in again."),
        "others": gettext("You were signed out from another device of yours."),
        "closed": gettext("This account was closed. Ask whoever keeps the accounts of your office."),
        "role": gettext("Your role was changed. Please sign in again."),
        "password": gettext("Your password was set anew. Please sign in with the new one."),
    }  # fmt: skip
    return said.get(why, "")


@register.simple_tag(takes_context=True)
def area(context: RequestContext, code: str) -> str:
    """The name of an area in the page's language. Lists give all their codes at once with :func:`know_areas`."""
    request = context.get("request")
    known: dict[str, tuple[str, str]] = getattr(request, "known_areas", {})
    if code and code not in known:
        known = {**known, **area_names([code])}
        if request is not None:
            request.known_areas = known
    names = known.get(code, ("", ""))
    return names[0] if translation.get_language() == "zh-hans" else names[1]


@register.filter
def covers(scope: Scope, code: str) -> bool:
    """Whether a scope covers an area."""
    return scope.covers(code)


@register.filter
def item(mapping: dict[Any, Any], key: Any) -> Any:
    """What a mapping holds under a key that the template knows as a variable."""
    return mapping.get(key, "") if mapping else ""


@register.filter
def cut_words(text: str) -> list[str]:
    """The words of a text, for short loops in templates."""
    return text.split()


@register.filter(name="clock")
def clock_words(due_at: dt.datetime | None) -> str:
    """The length alone: how long is left, or how long it is over."""
    return "" if due_at is None else span(due_at - clock.now())
