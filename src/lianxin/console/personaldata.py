"""Which personal data is held, for the administrators: every field with its purpose, law, term; and the assessment sheet."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianxin.access import keyring
from lianxin.access import queries as access
from lianxin.access.gate import Request, page
from lianxin.access.roles import ROLES
from lianxin.console import papercodes, words
from lianxin.engine import clock, personal
from lianxin.journal import actions as journal
from lianxin.people import copywords
from lianxin.people.protection import rules

KINDS: dict[str, words.Words] = {
    "said": _("ordinary"), "sensitive": _("sensitive"), "sealed": _("sealed"), "words": _("free words"),
    "others": _("about others"),
}  # fmt: skip


def _tables() -> list[dict[str, Any]]:
    place = 0 if (get_language() or "zh").startswith("zh") else 1
    terms = rules().terms
    made = []
    for table in personal.tables():
        if not table.personal:
            continue
        term = terms.get(table.keep)
        made.append({
            "model": table.model, "title": copywords.TABLES.get(table.model, (table.model, table.model))[place],
            "purpose": personal.PURPOSES[table.purpose][place], "basis": personal.BASES[table.basis][place],
            "keep": personal.TERMS[table.keep][place], "years": term.years if term else None,
            "roles": [role.zh if place == 0 else role.en for role in ROLES.values() if table.see in role.may],
            "fields": [(copywords.field(name)[place] or name, kind, words.of(KINDS, kind))
                       for name, kind in table.kinds.items() if kind != "plain"],
        })  # fmt: skip
    return made


@page("personal.view")
def overview(request: Request) -> HttpResponse:
    """All tables that say something of a person; the keys under which values lie."""
    tables = _tables()
    given = {
        "tables": tables, "fields": sum(len(one["fields"]) for one in tables), "keys": list(keyring.ring().keys.values()),
        "rotation": access.rotation(),
    }  # fmt: skip
    return render(request, "console/access/personal.html", given)


@page("personal.view")
def assessment(request: Request) -> HttpResponse:
    """The sheet of the impact assessment (个人信息保护法 art. 55, 56), filled in as far as the software knows, to print."""
    journal.note(action="personal.assessment", by=request.actor, at=clock.now())
    tables = _tables()
    sensitive = [
        one for one in tables if any(kind in {"sensitive", "sealed", "words"} for _n, kind, _w in one["fields"])
    ]
    printed = papercodes.of_form(request, "form", request.path)
    given = {"tables": tables, "sensitive": sensitive, "day": clock.today(), "printed": printed}
    return render(request, "console/access/assessment.html", given)


urls: list[URLPattern] = [
    path("personal-data/", overview, name="personal"),
    path("personal-data/assessment/", assessment, name="assessment"),
]
