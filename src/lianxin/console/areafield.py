"""The one way to ask for an area: typed name, pinyin or code, chosen from what one's own scope covers.

Without scripts it is a plain field that takes a code or a whole name; the answer is always checked here.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from lianxin.access import tree
from lianxin.access.queries import area_names
from lianxin.engine.scope import Scope


def said(code: str) -> str:
    """An area as the picker writes it: its name and its code."""
    names = area_names([code]).get(code) if code else None
    return f"{names[0 if get_language() == 'zh-hans' else 1]} {code}" if names else code


class AreaPicker(forms.TextInput):
    """A combobox over the tree of areas."""

    def __init__(self, *, everywhere: bool = False, level: str = "") -> None:
        super().__init__()
        self.everywhere, self.level = everywhere, level

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The field with its list."""
        text = str(value or "")
        given = {
            "name": name, "value": said(text) if text.isdigit() else text, "attrs": attrs or {},
            "url": reverse("console:area-pick") + ("?everywhere=1" if self.everywhere else ""),
        }  # fmt: skip
        return render_to_string("ui/area_picker.html", given)


class AreaField(forms.CharField):
    """An area in being inside ``scope`` (set by the form); cleans to its code."""

    def __init__(self, *, everywhere: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Area"))
        kwargs.setdefault("help_text", _("Type a name, pinyin, initials or a code, then choose."))
        super().__init__(widget=AreaPicker(everywhere=everywhere), max_length=100, **kwargs)
        self.everywhere = everywhere
        self.scope = Scope()

    def clean(self, value: Any) -> str:
        """The code. Raises ``ValidationError`` where it means no area of one's own, or several."""
        text = str(super().clean(value) or "").strip()
        if not text:
            return ""
        last = text.split()[-1]
        code = tree.resolve(self.scope, last if last.isascii() and last.isdigit() else text, everywhere=self.everywhere)
        if code is None:
            raise ValidationError(gettext("No area of yours is called that, or several are; choose one from the list."))
        return code


class ScopedForm(forms.Form):
    """A form whose areas are those of ``scope``."""

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, AreaField):
                field.scope = scope
