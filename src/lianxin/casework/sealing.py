"""The access list of a sealed case: nobody else knows that it exists."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from lianxin.access.models import Account
from lianxin.casework.models import Case, Listed
from lianxin.casework.moving import Moving, run
from lianxin.casework.refusals import NoSuchCase, NotNow
from lianxin.engine.scope import Actor


def list_on(*, case: int, account: int, by: Actor, at: dt.datetime) -> Case:
    """Somebody on the list puts another account on it (an active one of the staff); twice is once."""
    if not Account.objects.filter(pk=account, is_active=True, office__isnull=False).exists():
        raise NoSuchCase(_("There is no such member of staff."))

    def body(moving: Moving) -> None:
        one = _sealed(moving)
        moving.follow(one, "note", reason="listed")
        if not Listed.objects.filter(case=one, account=account, until__isnull=True).exists():
            moving.writer.add([Listed(case=one, account=account)])

    return run("note", cases=case, by=by, at=at, expected=None, body=body, action="case.list")[0]


def list_off(*, case: int, account: int, by: Actor, at: dt.datetime) -> Case:
    """Take an account off the list; the last one stays, so that no case is left to nobody."""

    def body(moving: Moving) -> None:
        one = _sealed(moving)
        if not Listed.objects.filter(case=one, until__isnull=True).exclude(account=account).exists():
            raise NotNow(_("Somebody must stay on the list: put another on it first."))
        moving.follow(one, "note", reason="unlisted")
        Listed.objects.filter(case=one, account=account, until__isnull=True).update(until=at)

    return run("note", cases=case, by=by, at=at, expected=None, body=body, action="case.list")[0]


def _sealed(moving: Moving) -> Case:
    one = moving.cases[0]
    if not one.sealed:
        raise NotNow(_("This case is not sealed; it has no list."))
    if moving.by.person is not None and moving.by.office is None:
        raise NoSuchCase(_("There is no such case."))
    return one
