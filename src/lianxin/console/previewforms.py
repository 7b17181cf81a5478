"""How a draft is brought to a trial: changed numbers, a changed text, a folder as zip, a file, or something pasted."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianxin.catalogue import draftfiles
from lianxin.console import words
from lianxin.engine import money
from lianxin.engine.declaration import Parameter, Service
from lianxin.engine.declaring import service_from_data, service_from_text
from lianxin.engine.documents import MAX_BYTES
from lianxin.engine.refusal import Refusal

Leaf = tuple[tuple[str, ...], Any]


def day_of(text: str) -> dt.date | None:
    """A day as an address writes it."""
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _day() -> forms.DateField:
    return forms.DateField(label=_("On which day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


def _leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """The numbers of a parameter's value: one, or each of a table's."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _leaves(below, (*path, key))
    else:
        yield path, value


class Numbers(forms.Form):
    """The numbers that count on the day, to be changed from that day on."""

    def __init__(self, service: Service, day: dt.date, data: Any = None) -> None:
        super().__init__(data)
        self.service, self.before = service, dict[tuple[str, tuple[str, ...]], Any]()
        self.fields["day"] = _day()
        self.initial["day"] = day
        for code, parameter in service.parameters.items():
            values = service.to_data()["parameters"][code]["values"]
            since = max((one for one in values if one <= day.isoformat()), default=min(values))
            for place, (path, value) in enumerate(_leaves(values[since])):
                name = f"{code}.{place}"
                self.before[code, path] = value
                self.fields[name] = self._field(parameter, path, value)
                self.initial[name] = _written(parameter, value)

    def _field(self, parameter: Parameter, path: tuple[str, ...], value: Any) -> forms.Field:
        said = [
            words.said(parameter.name),
            *(_key(self.service, *pair) for pair in zip(parameter.by, path, strict=False)),
        ]
        unit = gettext("yuan") if parameter.unit == "fen" else ""
        label = " · ".join(said) + (f" ({unit})" if unit else "")
        if isinstance(value, bool):
            return forms.ChoiceField(label=label, choices=[("true", _("yes")), ("false", _("no"))])
        if parameter.type == "date":
            return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        keys = {} if parameter.type == "text" else {"inputmode": "decimal"}
        return forms.CharField(label=label, max_length=40, widget=forms.TextInput(attrs=keys))

    def clean(self) -> dict[str, Any]:
        """Each number as the declaration writes it."""
        said = super().clean() or {}
        self.after = {}
        for code, parameter in self.service.parameters.items():
            for place, (path, old) in enumerate(pair for pair in self._of(code)):
                name = f"{code}.{place}"
                if name in said:
                    try:
                        self.after[code, path] = _read(parameter, said[name], old)
                    except ValueError:
                        self.add_error(name, gettext("This is no number; write it like %(as)s.") % {
                            "as": self.initial[name]})  # fmt: skip
        if not self.errors and self.after == self.before:
            raise forms.ValidationError(gettext("No number was changed. Change one, and try again."))
        return said

    def _of(self, code: str) -> list[Leaf]:
        return [(path, value) for (owner, path), value in self.before.items() if owner == code]

    def draft(self) -> Service:
        """The service with the changed numbers, from the day on."""
        data, day = copy.deepcopy(self.service.to_data()), self.cleaned_data["day"].isoformat()
        for code in {owner for (owner, path), value in self.after.items() if value != self.before[owner, path]}:
            values = data["parameters"][code]["values"]
            since = max((one for one in values if one <= day), default=min(values))
            values[day] = copy.deepcopy(values[since])
            for path, _old in self._of(code):
                _put(values, (day, *path), self.after[code, path])
        return service_from_data(data, facts=draftfiles.facts())

    def changed(self) -> list[dict[str, str]]:
        """What differs, in words."""
        made = []
        for code, parameter in self.service.parameters.items():
            for place, (path, old) in enumerate(self._of(code)):
                if self.after[code, path] != old:
                    label = str(self.fields[f"{code}.{place}"].label)
                    made.append({"name": label, "before": _written(parameter, old),
                                 "after": _written(parameter, self.after[code, path])})  # fmt: skip
        return made


def _key(service: Service, fact: str, key: str) -> str:
    """A table's key in words."""
    known = service.facts[fact]
    allowed = known.allowed.get(key)
    return words.said(allowed) if allowed is not None else f"{words.said(known.name)} {key}"


def _written(parameter: Parameter, value: Any) -> str:
    if parameter.unit == "fen" and isinstance(value, int) and not isinstance(value, bool):
        return money.plain_yuan(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read(parameter: Parameter, typed: Any, old: Any) -> Any:
    """What was typed, as the old value is written. Raises ``ValueError``."""
    if isinstance(typed, dt.date):
        return typed.isoformat()
    if isinstance(old, bool):
        return typed == "true"
    if isinstance(old, str):
        return typed
    if parameter.unit == "fen" and isinstance(old, int):
        return money.fen(typed)
    plain = typed.replace(",", "").strip()
    if not plain.isascii():
        raise ValueError(typed)
    return int(plain) if isinstance(old, int) and parameter.type == "int" else float(plain)


def _put(values: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for key in path[:-1]:
        values = values[key]
    values[path[-1]] = value


class Text(forms.Form):
    """The service's own text, to be changed anywhere."""

    text = forms.CharField(label=_("The declaration (service.yaml)"), max_length=MAX_BYTES, strip=False,
                           widget=forms.Textarea(attrs={"class": "review-text", "spellcheck": "false"}))  # fmt: skip
    day = _day()

    def draft(self) -> Service:
        """The declared service. Raises :class:`DeclarationErrors`."""
        return service_from_text(self.cleaned_data["text"].replace("\r\n", "\n"), facts=draftfiles.facts())

    def changed(self) -> list[dict[str, str]]:
        """Nothing in words: the text speaks."""
        return []


class Draft(forms.Form):
    """A draft from elsewhere."""

    file = forms.FileField(label=_("A folder as zip, or a service.yaml"), required=False,
                           widget=forms.ClearableFileInput(attrs={"accept": ".zip,.yaml,.yml,.json"}))  # fmt: skip
    text = forms.CharField(label=_("Or paste the declaration"), required=False, max_length=MAX_BYTES, strip=False,
                           widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}))  # fmt: skip
    day = _day()

    def clean(self) -> dict[str, Any]:
        """One of the two, read as text."""
        said = super().clean() or {}
        given = said.get("file")
        self.name, self.read = "service.yaml", str(said.get("text") or "")
        if given is not None:
            self.name, self.read = _opened(given.name, given.read(draftfiles.LARGEST + 1))
        if not self.read.strip() and not self.errors:
            raise forms.ValidationError(gettext("Choose a file, or paste a declaration."))
        return said

    def draft(self) -> Service:
        """The declared service. Raises :class:`DeclarationErrors`."""
        return service_from_text(self.read.replace("\r\n", "\n"), name=self.name, facts=draftfiles.facts())

    def changed(self) -> list[dict[str, str]]:
        """Nothing in words: the draft speaks."""
        return []


def _opened(name: str, data: bytes) -> tuple[str, str]:
    """What the declaration in an uploaded file is called, and its text. Nothing is unpacked onto the disk."""
    ending = name.lower().rpartition(".")[2]
    if ending not in {"zip", "yaml", "yml", "json"}:
        raise forms.ValidationError(gettext("This is not a zip, yaml or json file. Nothing was changed."))
    try:
        if ending == "zip":
            files = draftfiles.unzipped(data)
            place = draftfiles.declaration_in(files)
            name, text = place.name, files[place]
        else:
            text = data.decode("utf-8-sig")
    except Refusal as refusal:
        raise forms.ValidationError(refusal.sentence) from None
    except UnicodeDecodeError:
        raise forms.ValidationError(gettext("The declaration is not UTF-8 text.")) from None
    if len(text.encode()) > MAX_BYTES:
        raise forms.ValidationError(gettext("The file is too large for a service: 256 KB is the most."))
    return ("service.json" if name.lower().endswith(".json") else "service.yaml"), text
