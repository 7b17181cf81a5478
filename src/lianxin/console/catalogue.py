"""The catalogue as a clerk reads it: what is in force, what each service asks, gives and says, and its examples."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianxin.access.gate import Request, page
from lianxin.access.templatetags.ui import full_day
from lianxin.catalogue import folders, queries
from lianxin.console import lists, words
from lianxin.engine import clock, money
from lianxin.engine.declaration import Parameter, Service
from lianxin.engine.explaining import explain

SERVICES = lists.Listing(
    "services", _("Services"),
    (
        lists.Column("name", _("Service"), head=True, value=lambda one: words.said(one.service.name),
                     href=lambda one: reverse("console:service", args=[one.service.code])),
        lists.Column("pillar", _("Pillar"), value=lambda one: words.of(words.PILLARS, one.service.pillar)),
        lists.Column("mode", _("How it starts"), value=lambda one: words.of(words.MODES, one.service.mode)),
        lists.Column("repeat", _("How often"), value=lambda one: words.of(words.REPEATS, one.service.repeat)),
        lists.Column("steps", _("Steps"), value=lambda one: " → ".join(
            words.of(words.STEPS, step.step) for step in one.service.route)),
        lists.Column("number", _("Version"), "number"),
    ),
    (lists.Filter("pillar", _("Pillar"), tuple(words.PILLARS.items())),),
    words=_("What the city offers today. Each service is a folder of the catalogue; nobody edits it here."),
    template="console/catalogue/services.html",
    empty=_("No service is published yet"), empty_words=_("`lianxin catalogue publish` stores the first ones."),
)  # fmt: skip


@page("catalogue.view")
def services(request: Request) -> HttpResponse:
    """What is in force today."""

    def fetch(asked: lists.Asked) -> lists.Page:
        found = queries.visible(request.actor.scope, clock.today()).values()
        chosen = [one for one in found if asked.get("pillar") in {"", one.service.pillar}]
        return lists.Rows([] if asked.after else chosen)

    return lists.show(request, SERVICES, fetch, unpublished=_unpublished(request))


def _unpublished(request: Request) -> list[str]:
    """To those who write policy: services of the folder that no version says, without the sealed."""
    if not request.actor.may("catalogue.write"):
        return []
    known = queries.in_force(clock.today())
    codes = folders.unpublished(Path(settings.CATALOGUE), settings.HOME)
    return [code for code in codes if code not in known or not known[code].service.sealed]


def _value(parameter: Parameter, value: Any) -> str:
    if isinstance(value, dt.date):
        return full_day(value)
    if parameter.unit == "fen" and isinstance(value, int):
        return money.yuan(value)
    return str(value)


def _parameters(service: Service) -> list[dict[str, Any]]:
    """Every number of law with its dated values, the newest first."""
    made = []
    for parameter in service.parameters.values():
        values = []
        for since, value in sorted(parameter.values, reverse=True):
            shown = (
                " · ".join(f"{key} {_value(parameter, one)}" for key, one in value.items())
                if isinstance(value, dict)
                else _value(parameter, value)
            )
            values.append((since, shown))
        made.append({"name": words.said(parameter.name), "unit": parameter.unit, "values": values,
                     "standing": parameter.standing, "cite": parameter.cite})  # fmt: skip
    return made


@page("catalogue.view")
def service(request: Request, code: str) -> HttpResponse:
    """One service in words: who, how much, by which law, along which desks, proved by which examples."""
    found = queries.visible(request.actor.scope, clock.today()).get(code)
    if found is None:
        raise Http404
    opened = explain(found.service, {}, clock.today())
    language = get_language() or "zh"
    versions = queries.versions(code)
    given = {
        "one": found.service, "number": found.number, "name": words.said(found.service.name),
        "summary": words.said(found.service.summary),
        "conditions": [(row, words.said(row.say), row.sentence[language]) for row in opened.conditions],
        "amount": opened.amount_sentence[language] if opened.amount_sentence else "",
        "mode": words.of(words.MODES, found.service.mode), "repeat": words.of(words.REPEATS, found.service.repeat),
        "pillar": words.of(words.PILLARS, found.service.pillar),
        "parameters": _parameters(found.service),
        "materials": [(words.said(one.name), one.held) for one in found.service.materials],
        "kinds": [(words.said(one.name), words.within(one.within)) for one in found.service.kinds],
        "steps": [
            {"name": words.of(words.STEPS, step.step), "at": words.of(words.PLACES, step.at) if step.at else "",
             "desk": step.desk, "within": words.within(step.within)}
            for step in found.service.route
        ],
        "versions": versions,
        "examples": versions[0].examples if versions else [],
    }  # fmt: skip
    return render(request, "console/catalogue/service.html", given)


urls: list[URLPattern] = [
    path("services/", services, name="services"),
    path("services/<slug:code>/", service, name="service"),
]
