"""Cases that change a file: what they want, compared with what the file says, and written when they are delivered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from lianxin.casework.models import Case
from lianxin.casework.refusals import NotNow
from lianxin.catalogue.queries import version
from lianxin.engine.scope import Actor
from lianxin.journal.actions import Writing
from lianxin.people import changing
from lianxin.people.changing import Line, Wanted


def said(case: Case) -> dict[str, Any]:
    """The columns of the file that a case wants changed."""
    service = version(case.version_id).service
    return changing.said(service.form, case.form, case.person_id) if case.person_id is not None else {}


def compared(case: Case) -> list[Line]:
    """What the case wants beside what the file said when a desk last looked, and says now."""
    says = said(case)
    if not says or case.person_id is None:
        return []
    return changing.compared(person=case.person_id, says=says, looked_at=case.moved_at)


def rivals(case: Case) -> list[str]:
    """Numbers of other running cases that want to change the same columns of the same file."""
    mine = set(said(case)) - {changing.SINCE}
    if not mine:
        return []
    others = Case.objects.filter(person=case.person_id, closed_at__isnull=True).exclude(pk=case.pk)
    return [one.number for one in others.order_by("pk") if mine & set(said(one))]


def write(cases: Sequence[int], *, by: Actor, at: dt.datetime, writer: Writing) -> None:
    """Write what these cases want into the files. Raises :class:`NotNow` where somebody changed the same thing since a
    desk last looked at the case: it is sent back, both are looked at, and it is passed on again."""
    wanted = []
    for case in Case.objects.filter(pk__in=list(cases)).order_by("pk"):
        says = said(case)
        if not says or case.person_id is None:
            continue
        looked = case.moves.filter(at__lt=at).order_by("-pk").values_list("at", flat=True).first() or case.opened_at
        clash = changing.clashes(person=case.person_id, says=says, looked_at=looked)
        if clash:
            raise NotNow(
                _("Case %(number)s: the file says something else about “%(what)s” since you last looked (%(now)s). Send it "
                  "back, look at both, and pass it on again; nothing was changed.")
                % {"number": case.number, "what": clash[0].title, "now": clash[0].now}
            )  # fmt: skip
        wanted.append(Wanted(case.person_id, says, f"{version(case.version_id).service.name.zh} {case.number}"))
    changing.change(wanted=wanted, by=by, at=at, writer=writer)
