"""Forms for facts of a file: fields made from the people ledger's columns, so that words are said once."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.console.dayfield import DayInput
from lianxin.console.filewords import CHOICES, KIN, label, value
from lianxin.engine import money
from lianxin.engine.facts import VOCABULARY
from lianxin.engine.refusal import Refusal
from lianxin.people import attributes
from lianxin.people.columns import BY_CODE

YES_NO = [("", "—"), ("yes", _("yes")), ("no", _("no"))]
STANDINGS = ("combat", "nuclear_test", "returned_sick", "enlisted_before_1954", "disabled_soldier", "accompanying",
             "fallen")  # fmt: skip


class FactForm(forms.Form):
    """One fact, since when it holds, and from which paper it was taken. ``group`` names the dated group."""

    group: ClassVar[str] = ""
    chosen: ClassVar[dict[str, str]] = {}  # attribute → column of the ledger whose words are its choices
    days: ClassVar[tuple[str, ...]] = ()
    flags: ClassVar[tuple[str, ...]] = ()
    amounts: ClassVar[tuple[str, ...]] = ()

    texts: ClassVar[tuple[str, ...]] = ()
    since: ClassVar[bool] = True  # whether the day is asked for from which it holds
    must: ClassVar[tuple[str, ...]] = ("code", "merit", "state", "kind", "capacity", "relative", "family", "value")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        made: dict[str, forms.Field] = {name: self._choice(name) for name in self.chosen}
        for name in self.texts:
            made[name] = forms.CharField(label=label(self.group, name), required=name in self.must, max_length=60)
        day = DayInput()
        made |= {name: forms.DateField(label=label(self.group, name), required=False, widget=day) for name in self.days}
        for name in self.flags:
            made[name] = forms.ChoiceField(label=label(self.group, name), required=False, choices=YES_NO)
        for name in self.amounts:
            made[name] = forms.CharField(label=label(self.group, name), required=False)
        made["valid_from"] = forms.DateField(label=_("Holds since"), widget=day, required=self.since)
        made["paper"] = forms.CharField(label=_("From which paper"), max_length=120)
        made["photo"] = forms.FileField(
            label=_("Photo of the paper"), required=False, help_text=_("Not needed; kept sealed, without place and camera."),
            widget=forms.ClearableFileInput(attrs={"accept": "image/*,.pdf"}),
        )  # fmt: skip
        self.fields.update(made)

    def _choice(self, name: str) -> forms.ChoiceField:
        column = self.chosen[name]
        if name == "code" and self.group == "standing":
            codes: tuple[str, ...] = STANDINGS
        elif (self.group, name) in CHOICES:
            codes = tuple(CHOICES[self.group, name])
        elif column in BY_CODE:
            codes = tuple(BY_CODE[column].words)
        else:
            codes = tuple(VOCABULARY[column].allowed)
        return forms.ChoiceField(
            label=label(self.group, name), required=name in self.must and self.group != "service",
            choices=[("", "—"), *((code, value(self.group, name, code)) for code in codes)],
        )  # fmt: skip

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
        said = {name: given[name] for name in (*self.chosen, *self.texts, *self.days, *self.amounts) if given.get(name)}
        said |= {name: given[name] == "yes" for name in self.flags if given.get(name)}
        return said


class Service(FactForm):
    """Service in the forces; never a unit."""

    group = "service"
    chosen: ClassVar = {"kind": "service_kind", "rank_class": "rank_class", "settlement": "settlement"}
    days = ("enlisted_on", "discharged_on")
    flags = ("rural_at_enlistment",)
    since = False


class Standing(FactForm):
    """A category."""

    group = "standing"
    chosen: ClassVar = {"code": "categories", "cause": "disability_cause"}
    texts = ("number",)
    days = ("graded_on",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grade"] = forms.IntegerField(
            label=label("standing", "grade"), required=False, min_value=1, max_value=10
        )
        causes = {**BY_CODE["disability_cause"].words, **BY_CODE["bereaved_of"].words}
        cause = self.fields["cause"]
        if isinstance(cause, forms.ChoiceField):
            cause.choices = [("", "—"), *((code, value("standing", "cause", code)) for code in causes)]
        self.order_fields(["code", "grade", "cause", "graded_on", "number", "valid_from", "paper", "photo"])

    def says(self, given: dict[str, Any] | None = None) -> dict[str, Any]:
        """With the grade where there is one."""
        given = self.cleaned_data if given is None else given
        more = {"grade": given["grade"]} if given.get("grade") else {}
        return {**super().says(given), **more}


class Award(FactForm):
    """An award that the forces made known."""

    group = "award"
    chosen: ClassVar = {"merit": "merit", "detail": "detail"}
    flags = ("wartime",)
    texts = ("number",)


class Livelihood(FactForm):
    """Work, income and schooling."""

    group = "livelihood"
    chosen: ClassVar = {"employment": "employment", "employer_kind": "employer_kind",
                        "prior_employer": "prior_employer", "education_stage": "education_stage"}  # fmt: skip
    flags = ("unemployment_registered", "employer_insured", "in_education", "able_to_work")
    amounts = ("monthly_income",)
    texts = ("school",)
    days = ("graduates_on",)


class Capacity(FactForm):
    """Capacity in law as a court declared it."""

    group = "capacity"
    chosen: ClassVar = {"capacity": "capacity"}


class Document(FactForm):
    """A paper that the person holds."""

    group = "document"
    chosen: ClassVar = {"kind": "kind"}
    texts = ("number",)
    days = ("expires_on",)


class Attribute(FactForm):
    """A fact that this city added, read by its declared type."""

    group = "attribute"
    texts = ("value",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.ChoiceField(
            label=_("Fact"), choices=[("", "—"), *((code, attributes.called(code)) for code in attributes.own())]
        )
        self.fields["value"].help_text = _("Yes or no, a day, a number or a word, as this fact is written in ledgers.")
        self.order_fields(["code", "value", "valid_from", "paper", "photo"])

    def clean(self) -> dict[str, Any]:
        """The value as its type wants it."""
        given = super().clean()
        if given.get("code") and given.get("value"):
            try:
                given["value"] = attributes.kept(given["code"], given["value"])
            except Refusal as refusal:
                self.add_error("value", str(refusal))
        return given

    def says(self, given: dict[str, Any] | None = None) -> dict[str, Any]:
        """With which fact it is."""
        given = self.cleaned_data if given is None else given
        return {**super().says(given), **({"code": given["code"]} if given.get("code") else {})}


class Membership(FactForm):
    """The household that somebody joins."""

    group = "membership"
    texts = ("family",)


class Kin(FactForm):
    """A relative, and since when."""

    group = "kin"
    chosen: ClassVar = {"basis": "basis", "maintained": "maintained"}
    texts = ("relative",)
    since = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"] = forms.ChoiceField(
            label=_("What the relative is to this person"), choices=[("", "—"), *KIN.items()]
        )
        self.order_fields(["relative", "kind", "basis", "maintained", "valid_from", "paper", "photo"])

    def says(self, given: dict[str, Any] | None = None) -> dict[str, Any]:
        """With the kind of relative."""
        given = self.cleaned_data if given is None else given
        return {**super().says(given), "kind": given.get("kind", "")}


class EndForm(forms.Form):
    """Since when something no longer holds."""

    since = forms.DateField(label=_("No longer holds from"), widget=DayInput())
    reason = forms.ChoiceField(label=_("Why it ended"), required=False,
                               choices=[("", "—"), *CHOICES["kin", "ended_by"].items()])  # fmt: skip
    paper = forms.CharField(label=_("From which paper"), max_length=120)


class WithdrawForm(forms.Form):
    """What was wrong about a row that was never true."""

    why = forms.CharField(label=_("What was wrong"), max_length=200, min_length=2)


class PortraitForm(forms.Form):
    """The person's picture."""

    photo = forms.FileField(
        label=_("Photo"), widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("Drawn anew without place and camera, kept sealed, looked at by people only."),
    )  # fmt: skip
    paper = forms.CharField(label=_("From where"), max_length=120, help_text=_("Such as: taken at the counter today"))


FORMS: dict[str, type[FactForm]] = {
    "livelihood": Livelihood, "standing": Standing, "service": Service, "award": Award, "kin": Kin,
    "membership": Membership, "capacity": Capacity, "document": Document,
    "attribute": Attribute,
}  # fmt: skip


def offered() -> list[str]:
    """The groups that a page offers to record: the city's own facts only where it has any."""
    return [code for code in FORMS if code != "attribute" or attributes.own()]
