"""Forms for facts of a file: fields made from the people ledger's columns, so that words are said once."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.console.filewords import label, value
from lianxin.engine import money
from lianxin.people.columns import BY_CODE

YES_NO = [("", "—"), ("yes", _("yes")), ("no", _("no"))]
STANDINGS = ("combat", "nuclear_test", "returned_sick", "enlisted_before_1954", "disabled_soldier", "accompanying")


class FactForm(forms.Form):
    """One fact, since when it holds, and from which paper it was taken. ``group`` names the dated group."""

    group: ClassVar[str] = ""
    chosen: ClassVar[dict[str, str]] = {}  # attribute → column of the ledger whose words are its choices
    days: ClassVar[tuple[str, ...]] = ()
    flags: ClassVar[tuple[str, ...]] = ()
    amounts: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        made: dict[str, forms.Field] = {}
        for name, column in self.chosen.items():
            codes = STANDINGS if name == "code" else tuple(BY_CODE[column].words)
            made[name] = forms.ChoiceField(
                label=label(self.group, name), required=name in {"code", "merit", "state"},
                choices=[("", "—"), *((code, value(self.group, name, code)) for code in codes)],
            )  # fmt: skip
        day = forms.DateInput(attrs={"type": "date"})
        made |= {name: forms.DateField(label=label(self.group, name), required=False, widget=day) for name in self.days}
        for name in self.flags:
            made[name] = forms.ChoiceField(label=label(self.group, name), required=False, choices=YES_NO)
        for name in self.amounts:
            made[name] = forms.CharField(label=label(self.group, name), required=False)
        made["valid_from"] = forms.DateField(label=_("Holds since"), widget=day)
        made["paper"] = forms.CharField(label=_("From which paper"), max_length=120)
        self.fields.update(made)

    def clean(self) -> dict[str, Any]:
        """Amounts are yuan; something must be said."""
        given = super().clean() or {}
        for name in self.amounts:
            if given.get(name):
                try:
                    given[name] = money.fen(given[name])
                except ValueError:
                    self.add_error(name, str(_("An amount in yuan, for example 1,250.50")))
        if not self.errors and not self.says(given):
            self.add_error(None, str(_("Nothing was filled in; nothing was changed.")))
        return given

    def says(self, given: dict[str, Any] | None = None) -> dict[str, Any]:
        """What was filled in, as the row's attributes."""
        given = self.cleaned_data if given is None else given
        said = {name: given[name] for name in (*self.chosen, *self.days, *self.amounts) if given.get(name)}
        said |= {name: given[name] == "yes" for name in self.flags if given.get(name)}
        return said


class Service(FactForm):
    """Service in the forces; never a unit."""

    group = "service"
    chosen: ClassVar = {"kind": "service_kind", "settlement": "settlement"}
    days = ("enlisted_on", "discharged_on")
    flags = ("rural_at_enlistment",)


class Standing(FactForm):
    """A category."""

    group = "standing"
    chosen: ClassVar = {"code": "categories", "cause": "disability_cause"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grade"] = forms.IntegerField(
            label=label("standing", "grade"), required=False, min_value=1, max_value=10
        )
        self.order_fields(["code", "grade", "cause", "valid_from", "paper"])

    def says(self, given: dict[str, Any] | None = None) -> dict[str, Any]:
        """With the grade where there is one."""
        given = self.cleaned_data if given is None else given
        more = {"grade": given["grade"]} if given.get("grade") else {}
        return {**super().says(given), **more}


class Award(FactForm):
    """An award that the forces made known."""

    group = "award"
    chosen: ClassVar = {"merit": "merit"}
    flags = ("wartime",)


class Livelihood(FactForm):
    """Work, income and schooling."""

    group = "livelihood"
    chosen: ClassVar = {"employment": "employment", "education_stage": "education_stage"}
    flags = ("unemployment_registered", "employer_insured", "in_education", "able_to_work")
    amounts = ("monthly_income",)


FORMS: dict[str, type[FactForm]] = {"livelihood": Livelihood, "standing": Standing, "service": Service, "award": Award}
