"""Where a card gives which right: the table drawn up by one, published by another, printed as a poster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.cards import sceneread, scening
from lianxin.cards.scenes import CLASSES, RIGHTS, SCENES
from lianxin.console import cardwords, lists, papercodes
from lianxin.console.acting import attempt
from lianxin.console.areafield import AreaField
from lianxin.console.dayfield import DayInput
from lianxin.console.mygiving import as_pdf
from lianxin.engine import clock, paper
from lianxin.engine.asked import number_of

TEMPLATE = Path(__file__).with_name("scenes.typ")
DAYS = tuple((str(day), _("weekday %(day)d") % {"day": day}) for day in range(1, 8))


def line(row: sceneread.Scene) -> dict[str, Any]:
    """A line of the table in words, for pages and posters."""
    chinese = (get_language() or "zh").startswith("zh")
    right = cardwords.right(row.right)
    if row.percent is not None:
        right = gettext("pays %(percent)d %%") % {"percent": row.percent}
    return {
        "row": row,
        "scene": cardwords.scene(row.scene),
        "name": row.name if chinese else row.name_en or row.name,
        "place": row.place,
        "classes": cardwords.classes(row.classes),
        "right": right,
        "words": row.words if chinese else row.words_en or row.words,
        "days": days(row),
        "hours": row.hours,
        "cite": f"《{row.law}》" + (gettext("art. %(number)s") % {"number": row.article} if row.article else "")
        if row.law
        else "",
        "illustrative": row.standing != "found",
    }


def days(row: sceneread.Scene) -> str:
    """On which days, in words; blank is every day."""
    chinese = (get_language() or "zh").startswith("zh")
    names = "一二三四五六日" if chinese else ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    said = [("周" if chinese else "") + names[int(day) - 1] for day in row.weekdays]
    when = ("、" if chinese else ", ").join(said)
    if row.from_on or row.until_on:
        first, last = (one.isoformat() if one else "…" for one in (row.from_on, row.until_on))
        when = f"{when} {first} – {last}".strip()
    return when


@page("catalogue.view")
def scenes(request: Request) -> HttpResponse:
    """What is in force, and the editions."""
    now = sceneread.in_force(clock.today())
    rows = [line(row) for row in now.rows] if now else []
    lists.know_codes(request, [one["row"].area for one in rows])
    given = {
        "now": now,
        "rows": rows,
        "may": request.actor.permissions,
        "editions": [
            (one, cardwords.said(cardwords.EDITIONS, one.state)) for one in sceneread.editions(request.actor.scope)
        ],
        "public": request.build_absolute_uri(reverse("rights")),
    }
    return render(request, "console/cards/scenes.html", given)


class RowForm(forms.Form):
    """A line of the table."""

    scene = forms.ChoiceField(label=_("Where"), choices=())
    code = forms.SlugField(
        label=_("Code"), max_length=40, help_text=_("Small letters and hyphens; stays the same in every edition.")
    )
    name = forms.CharField(label=_("What it is called"), max_length=60)
    name_en = forms.CharField(label=_("In English"), max_length=80, required=False)
    area = AreaField(label=_("Within"), everywhere=True)
    place = forms.CharField(
        label=_("One place only"), max_length=80, required=False, help_text=_("Empty: every such place.")
    )
    classes = forms.MultipleChoiceField(label=_("For whom"), choices=(), widget=forms.CheckboxSelectMultiple)
    right = forms.ChoiceField(label=_("Which right"), choices=())
    percent = forms.IntegerField(
        label=_("Of a reduction: how much is paid, in %"), min_value=0, max_value=99, required=False
    )
    companions = forms.IntegerField(label=_("Who may come along"), min_value=0, max_value=9, required=False)
    weekdays = forms.MultipleChoiceField(
        label=_("On which days"), choices=DAYS, required=False, widget=forms.CheckboxSelectMultiple
    )
    hours = forms.CharField(label=_("Hours"), max_length=11, required=False, help_text="09:00-17:00")
    from_on = forms.DateField(label=_("From"), widget=DayInput(), required=False)
    until_on = forms.DateField(label=_("Until"), widget=DayInput(), required=False)
    needs_id = forms.BooleanField(label=_("The identity card is asked for too"), required=False)
    words = forms.CharField(label=_("What the place does, in one sentence"), max_length=200, required=False)
    words_en = forms.CharField(label=_("The same in English"), max_length=200, required=False)
    law = forms.CharField(label=_("Law or rule"), max_length=60, required=False)
    article = forms.CharField(label=_("Article"), max_length=12, required=False)

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, table in (("scene", SCENES), ("classes", CLASSES), ("right", RIGHTS)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField | forms.MultipleChoiceField)
            field.choices = [(code, cardwords.of_pair(pair)) for code, pair in table.items()]
        area = self.fields["area"]
        assert isinstance(area, AreaField)
        area.scope = actor.scope

    def says(self) -> dict[str, Any]:
        """What the table keeps of it."""
        given = dict(self.cleaned_data)
        given["weekdays"] = "".join(given["weekdays"])
        given["companions"] = given["companions"] or 0
        return given


def _one(edition: int) -> sceneread.Edition:
    found = sceneread.edition(edition)
    if found is None:
        raise Http404
    return found


@page("catalogue.view")
def edition(request: Request, edition: int) -> HttpResponse:
    """One edition: its lines; a draft is written here."""
    return _shown(request, _one(edition))


def _shown(request: Request, one: sceneread.Edition, form: RowForm | None = None) -> HttpResponse:
    chosen = number_of(request.GET.get("row", ""))
    row = next((row for row in one.rows if row.id == chosen), None)
    may = request.actor.permissions
    if form is None and one.state == "draft" and "scene.keep" in may:
        start: dict[str, Any] = {"area": request.actor.area}
        if row is not None:
            start = {name: getattr(row, name) for name in RowForm.base_fields} | {"weekdays": list(row.weekdays)}
        form = RowForm(actor=request.actor, initial=start)
    rows = [line(row) for row in one.rows]
    lists.know_codes(request, [one_row["row"].area for one_row in rows])
    given = {
        "one": one,
        "rows": rows,
        "form": form,
        "row": row,
        "may": may,
        "today": clock.today(),
        "state": cardwords.said(cardwords.EDITIONS, one.state),
    }
    return render(request, "console/cards/edition.html", given, status=422 if form is not None and form.errors else 200)


@page("scene.keep")
@require_POST
def begin(request: Request) -> HttpResponse:
    """Begin a draft, or go on with the one there is."""
    made: list[int] = []
    if attempt(request, lambda: made.append(scening.draft(by=request.actor, at=clock.now()).pk)):
        return redirect("console:scene-edition", edition=made[0])
    return redirect("console:scenes")


@page("scene.keep")
@require_POST
def write(request: Request, edition: int) -> HttpResponse:
    """Add or change a line, take one out, hand the draft in."""
    one, by, at, what = _one(edition), request.actor, clock.now(), request.POST.get("what", "")
    row = number_of(request.POST.get("row", ""))
    if what == "remove":
        attempt(request, lambda: scening.remove(table=edition, row=row or 0, by=by, at=at), _("Taken out."))
    elif what == "hand-in":
        attempt(
            request, lambda: scening.hand_in(table=edition, by=by, at=at), _("Handed in: somebody else publishes it.")
        )
    else:
        form = RowForm(request.POST, actor=by)
        if not form.is_valid() or not attempt(
            request, lambda: scening.write(table=edition, says=form.says(), row=row, by=by, at=at), _("Written.")
        ):
            return _shown(request, one, form)
    return redirect("console:scene-edition", edition=edition)


@page("scene.publish")
@require_POST
def decide(request: Request, edition: int) -> HttpResponse:
    """Publish what somebody else drew up, or give it back."""
    by, at = request.actor, clock.now()
    _one(edition)
    if request.POST.get("what") == "back":
        attempt(request, lambda: scening.give_back(table=edition, by=by, at=at), _("Given back."))
    else:
        form = forms.DateField()
        try:
            day = form.clean(request.POST.get("from", "") or clock.today().isoformat())
        except forms.ValidationError:
            day = clock.today()
        attempt(request, lambda: scening.publish(table=edition, from_on=day, by=by, at=at), _("Published."))
    return redirect("console:scene-edition", edition=edition)


@page("catalogue.view")
def poster(request: Request) -> HttpResponse:
    """The table in force as a poster; its code opens the public page."""
    now = sceneread.in_force(clock.today())
    if now is None:
        return redirect("console:scenes")  # which says that nothing is published yet
    chinese = (get_language() or "zh").startswith("zh")
    rows = [
        {key: one[key] for key in ("scene", "name", "place", "classes", "right", "words", "days", "hours")}
        for one in map(line, now.rows)
    ]
    data = {
        "lang": "zh" if chinese else "en",
        "title": gettext("Show the preferential card"),
        "rows": rows,
        "heads": [gettext("Where"), gettext("For whom"), gettext("What you do"), gettext("Days")],
        "foot": gettext(
            "Edition %(number)d, in force from %(day)s. Refused? Say so in the app or at the station; an answer comes "
            "within five working days."
        )
        % {"number": now.number, "day": now.from_on.isoformat() if now.from_on else ""},
    }
    code = papercodes.of_object(request, "list", reverse("rights"))
    return as_pdf(paper.pdf(TEMPLATE, data, at=clock.now(), code=code), f"rights-{now.number}")


urls: list[URLPattern] = [
    path("scenes/", scenes, name="scenes"),
    path("scenes/begin/", begin, name="scene-begin"),
    path("scenes/poster/", poster, name="scene-poster"),
    path("scenes/<int:edition>/", edition, name="scene-edition"),
    path("scenes/<int:edition>/write/", write, name="scene-write"),
    path("scenes/<int:edition>/decide/", decide, name="scene-decide"),
]
