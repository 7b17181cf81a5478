"""At the counter: what a person agrees to, on paper, and a printed copy of everything held about them."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.casework import papers
from lianxin.console import background
from lianxin.console.acting import attempt
from lianxin.engine import clock
from lianxin.people import consents, copying, queries
from lianxin.people.queries import PersonFile
from lianxin.people.recording import Photo


class Said(forms.Form):
    """One consent on paper, given or taken back."""

    scope = forms.ChoiceField(label=_("What about"), choices=())
    what = forms.ChoiceField(label=_("The person"), widget=forms.RadioSelect,
                             choices=[("give", _("agrees")), ("stop", _("takes it back"))])  # fmt: skip
    paper = forms.CharField(label=_("Signed paper"), max_length=120, help_text=_("Such as: signed form, 3 March"))
    photo = forms.FileField(label=_("A photo of it"), required=False)

    def __init__(self, *given: object, **more: object) -> None:
        super().__init__(*given, **more)  # type: ignore[arg-type]
        place = 0 if (get_language() or "zh").startswith("zh") else 1
        field = self.fields["scope"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (code, asked.title[place]) for code, asked in consents.SCOPES.items() if code != consents.CIRCLE
        ]


def _file(request: Request, person: int) -> PersonFile:
    found = queries.person(request.actor.scope, person)
    if found is None:
        raise Http404
    return found


@page("case.open")
def data(request: Request, person: int) -> HttpResponse:
    """Consents of one person, and the copy."""
    file, actor = _file(request, person), request.actor
    form = Said(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        said, at = form.cleaned_data, clock.now()

        def act() -> None:
            photo = None
            if said["photo"] is not None:
                kept = papers.keep(said["photo"].read(), said["photo"].name or "")
                photo = Photo(kept.digest, kept.size, kept.content_type)
            if said["what"] == "give":
                consents.give(person=person, scope=said["scope"], channel="counter", paper=said["paper"], photo=photo,
                              by=actor, at=at)  # fmt: skip
            else:
                consents.withdraw(
                    person=person, scope=said["scope"], channel="counter", paper=said["paper"], by=actor, at=at
                )

        if attempt(request, act, _("It is noted; the person sees it in the app.")):
            return redirect("console:person-data", person=person)
    place = 0 if (get_language() or "zh").startswith("zh") else 1
    given = {
        "file": file, "form": form, "may_copy": actor.may("people.reveal"),
        "history": [(consents.SCOPES[one.scope].title[place], one) for one in consents.history(person)],
        "copy": copying.mine(account=actor.account, person=person, at=clock.now()),
    }  # fmt: skip
    return render(request, "console/people/data.html", given, status=422 if request.method == "POST" else 200)


@page("people.reveal")
@require_POST
def copy(request: Request, person: int) -> HttpResponse:
    """Make the copy after the person showed who they are; what was seen stands in the journal."""
    _file(request, person)
    made: list[int] = []

    def act() -> None:
        found = copying.ask(person=person, by=request.actor, at=clock.now(), seen=request.POST.get("seen", ""))
        if found.state == "working":
            made.append(found.pk)

    if attempt(request, act, _("The copy is being made.")) and made:
        background.start("lianxin.people.copying.make", f"copy-{made[0]}", made[0])
    return redirect("console:person-data", person=person)


@page("people.reveal")
def copy_file(request: Request, person: int) -> HttpResponse:
    """The file, to hand over: only to the account that asked for it."""
    _file(request, person)
    found = copying.mine(account=request.actor.account, person=person, at=clock.now())
    if found is None or found.state != "ready":
        return redirect("console:person-data", person=person)  # its hours are over, or it was a colleague's
    response = HttpResponse(copying.content(copy=found), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="copy-{clock.today().isoformat()}.zip"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


urls: list[URLPattern] = [
    path("people/<int:person>/data/", data, name="person-data"),
    path("people/<int:person>/data/copy/", copy, name="person-copy"),
    path("people/<int:person>/data/copy/file/", copy_file, name="person-copy-file"),
]
