"""My household: who lives here, what our file says of us, who looked at it, and how to put it right."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from lianxin.access.gate import page
from lianxin.catalogue import queries as catalogue
from lianxin.companion.shell import mine, own, relatives, show
from lianxin.engine import clock, masking
from lianxin.journal import queries as journal
from lianxin.people import identities
from lianxin.people import queries as people

SEX = {"male": "man", "female": "woman"}
# What is written in the journal, as those read it about whom it was done. The rest is "worked on the file".
DONE = (
    ("people.reveal", "looked at a number in full"), ("people.view", "looked at the file"),
    ("people.record", "wrote something into the file"), ("people.account", "changed or checked an account"),
    ("people.mandate", "recorded who may act"), ("people.attest", "confirmed something for the forces"),
    ("people.import", "loaded a ledger"), ("people", "worked on the file"), ("case", "worked on a matter"),
    ("payment", "worked on a payment"), ("batch", "worked on a payment"), ("notices", "sent or made a call"),
    ("outcomes", "wrote down what was delivered"),
)  # fmt: skip


@page("own.view")
def household(request: HttpRequest) -> HttpResponse:
    """Who lives here, with numbers masked."""
    actor = mine(request)
    file = people.person(actor.scope, own(actor))
    acting = {one.id for one in relatives(actor)}
    members = []
    if file is not None:
        members.append({"name": file.person.name, "me": True, "mandate": False, "about": _about(file.person),
                        "numbers": " · ".join(part for part in (file.id_number, file.phone) if part)})  # fmt: skip
        open_files = {one.person.id: one.person for one in file.household}
        members += [
            {"name": open_files[pk].name, "me": False, "mandate": True, "about": _about(open_files[pk]), "numbers": ""}
            if pk in acting and pk in open_files
            else {"name": masking.name(name), "me": False, "mandate": False, "about": "", "numbers": ""}
            for pk, name in identities.lives_with(own(actor)).items()
        ]
    family = {"address": file.person.address if file else "", "code": file.household_code if file else ""}
    return show(request, "household", {"family": family, "members": members}, tab="household")


def _about(one: people.Hit) -> str:
    sex = pgettext("household", SEX[one.sex]) if one.sex in SEX else ""
    age = one.age(clock.today())
    years = ngettext("%(n)s year", "%(n)s years", age) % {"n": age} if age is not None else ""
    return " · ".join(part for part in (sex, years) if part)


def identity_of(file: people.PersonFile | None) -> list[tuple[str, str]]:
    """What the file says of a person, masked, as pairs of label and value."""
    if file is None:
        return []
    rows = [
        (_("Name"), file.person.name), (pgettext("household", "File number"), file.person.file_number),
        (_("Identity number"), file.id_number), (_("Phone"), file.phone),
        (_("File checked"), _("yes") if file.verified else _("not yet")),
    ]  # fmt: skip
    return [(label, value) for label, value in rows if value]


@page("own.view")
def trail(request: HttpRequest) -> HttpResponse:
    """Who looked at our file, and why."""
    actor = mine(request)
    hidden = [code for code, one in catalogue.in_force(clock.today()).items() if one.service.sealed]
    found = journal.about(own(actor), hidden=hidden, after=request.GET.get("after", ""), limit=30)
    rows: list[dict[str, Any]] = [
        {"words": _done(row.action), "at": row.at, "who": "" if row.by_account == actor.account else row.by_name,
         "why": row.purpose}
        for row in found.rows
    ]  # fmt: skip
    context = {"rows": rows, "more": found.next, "back": reverse("household"), "back_to": _("My household")}
    return show(request, "trail", context, tab="household")


def _done(action: str) -> str:
    return next((pgettext("household", words) for start, words in DONE if action.startswith(start)), action)
