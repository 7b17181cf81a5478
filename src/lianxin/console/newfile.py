"""Open a file (建档) at the counter for somebody who has none: who they are, where they live, from which paper."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianxin.access.gate import Request, page
from lianxin.console.areafield import AreaField, ScopedForm
from lianxin.console.dayfield import DayInput
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.people import actions
from lianxin.people.columns import BY_CODE


def _choices(column: str) -> list[tuple[str, str]]:
    """The words that the ledger knows, as it reads them; shown in the reader's language."""
    chinese = (get_language() or "zh").startswith("zh")
    words = BY_CODE[column].words
    return [("", "—"), *((said[0], said[0] if chinese else code.replace("_", " ")) for code, said in words.items())]


class NewFile(ScopedForm):
    """Who somebody is, as the ledger of people asks it; an ID number says sex and birth by itself."""

    name = forms.CharField(label=_("Name"), max_length=60)
    id_number = forms.CharField(label=_("ID number"), required=False, max_length=30,
                                help_text=_("Sex and day of birth follow from it."))  # fmt: skip
    born_on = forms.DateField(label=_("Born on"), required=False, widget=DayInput(),
                              help_text=_("Only where there is no ID number."))  # fmt: skip
    sex = forms.ChoiceField(label=_("Sex"), required=False, choices=[])
    phone = forms.CharField(label=_("Phone"), required=False, max_length=30)
    home = AreaField(label=_("Lives in"))
    address = forms.CharField(label=_("Address"), required=False, max_length=120)
    hukou = forms.CharField(label=_("Registered in"), required=False, max_length=60,
                            help_text=_("County, township and village, or the code; 外地 for outside the city."))  # fmt: skip
    household = forms.CharField(label=_("Household code"), required=False, max_length=16,
                                help_text=_("Blank: a new household is begun."))  # fmt: skip
    role = forms.ChoiceField(label=_("To the head of the household"), required=False, choices=[])
    paper = forms.CharField(label=_("From which paper"), max_length=120)
    sure = forms.BooleanField(
        label=_("I have compared: it is somebody else"), required=False, widget=forms.HiddenInput()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("sex", "role"):
            field: Any = self.fields[name]
            field.choices = _choices(name)

    def ask_whether_sure(self) -> None:
        """Show the box: somebody of this name is on file."""
        self.fields["sure"].widget = forms.CheckboxInput()

    def says(self) -> dict[str, str]:
        """What was typed, as the ledger reads it."""
        given = self.cleaned_data
        return {name: given[name].isoformat() if name == "born_on" and given[name] else str(given[name] or "")
                for name in self.fields if name != "sure"}  # fmt: skip


@page("people.edit")
def new(request: Request) -> HttpResponse:
    """Whoever may be on file already is shown before, not after."""
    begin = {"name": request.GET.get("name", "")[:60], "paper": ""}
    form = NewFile(request.POST or None, scope=request.actor.scope, initial=begin)
    like: list[Any] = []
    met: int | None = None
    if request.method == "POST" and form.is_valid():
        says = form.says()
        like = actions.alike(request.actor.scope, says["name"], form.cleaned_data["born_on"])
        if like:
            form.ask_whether_sure()
        if not like or form.cleaned_data["sure"]:
            try:
                opened = actions.register(says=says, by=request.actor, at=clock.now())
            except actions.Wrong as wrong:
                for column, words in wrong.columns.items():
                    form.add_error(column if column in form.fields else None, words)
            except actions.OnFile as there:
                met = there.person
                form.add_error(None, str(there))
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, str(_("The file is open: %(number)s. Record below what the papers prove."))
                                 % {"number": opened.file_number})  # fmt: skip
                return redirect("console:person", person=opened.person)
    status = 422 if form.errors or like else 200
    given = {"form": form, "like": like, "met": met}
    return render(request, "console/people/new.html", given, status=status)


urls: list[URLPattern] = [path("people/new/", new, name="person-new")]
