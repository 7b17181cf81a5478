"""My household: who lives here, and what our file says of us."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from lianxin.access.gate import page
from lianxin.companion.shell import mine, own, relatives, show
from lianxin.engine import clock, masking
from lianxin.people import identities
from lianxin.people import queries as people

SEX = {"male": "man", "female": "woman"}


@page("own.view")
def household(request: HttpRequest) -> HttpResponse:
    """Who lives here, with numbers masked."""
    actor = mine(request)
    file = people.person(actor.scope, own(actor))
    acting = {one.id for one in relatives(actor, whole=True)}
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
