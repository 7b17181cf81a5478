"""Fields of a case's boxes that more than one page needs: what a service's form asks, and papers several at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.casework import actions
from lianxin.console import words
from lianxin.console.dayfield import DayInput
from lianxin.engine.forms import bound

PREFIX = "form_"
Schema = Mapping[str, Any]


class Several(forms.ClearableFileInput):
    """A file input that takes several photos at once."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(attrs={"multiple": True, "accept": "image/*,application/pdf"})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """All files under the name."""
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class Papers(forms.FileField):
    """Photos or PDFs, each checked as one file is; none is no fault."""

    def __init__(self) -> None:
        super().__init__(label=_("Photos or PDF"), required=False, widget=Several())

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The files that were chosen, in order."""
        given = data if isinstance(data, (list, tuple)) else [data]
        return [found for one in given if one and (found := super(Papers, self).clean(one, initial))]


def which(materials: Collection[tuple[str, str]], missing: Collection[str] = ()) -> forms.ChoiceField:
    """Which of a service's papers the files are; the first one that is missing is chosen already."""
    first = next((code for code, _name in materials if code in missing), None)
    return forms.ChoiceField(label=_("Which paper"), choices=[*materials, ("other", _("another paper"))], initial=first)


def original() -> forms.BooleanField:
    """The desk looked at the original and keeps no photo."""
    return forms.BooleanField(label=_("I saw the original, no photo is kept"), required=False)


def uploads(given: Mapping[str, Any], code: str = "code", files: str = "files") -> list[actions.Upload]:
    """What was handed in, as casework takes it."""
    return [actions.Upload(code=given[code], data=one.read(), name=one.name or "") for one in given.get(files) or []]


def asked(
    schema: Schema, day: dt.date, *, only: Collection[str] | None = None, needed: bool = True
) -> dict[str, forms.Field]:
    """The fields that a service's form asks; ``needed`` False leaves each of them free to stay empty."""
    required = set(schema.get("required", ())) if needed else set()
    return {
        PREFIX + name: _field(one, words.title(one, name), name in required, day)
        for name, one in schema.get("properties", {}).items()
        if only is None or name in only
    }


def _field(one: Schema, title: str, needed: bool, day: dt.date) -> forms.Field:
    if one.get("format") == "date":
        ends = {"min": bound(one, "formatMinimum", day), "max": bound(one, "formatMaximum", day)}
        attrs = {name: value for name, value in ends.items() if value}
        return forms.DateField(label=title, required=needed, widget=DayInput(attrs=attrs))
    if one.get("type") in {"integer", "number"}:
        return forms.IntegerField(label=title, required=needed)
    if one.get("type") == "boolean":
        return forms.BooleanField(label=title, required=False)
    if one.get("enum"):
        choices = [("", "—"), *((item, words.choice(one, item)) for item in one["enum"])]
        return forms.ChoiceField(label=title, required=needed, choices=choices)
    return forms.CharField(label=title, required=needed, max_length=one.get("maxLength", 400))


def said(given: Mapping[str, Any]) -> dict[str, Any]:
    """What was filled in, by the names of the service's own form."""
    return {
        name.removeprefix(PREFIX): value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in given.items()
        if name.startswith(PREFIX) and value not in (None, "")
    }
