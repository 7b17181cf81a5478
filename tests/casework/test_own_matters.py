"""Whose word counts: not a colleague's in their own matter, a mandate only for what it names, a helper only near by."""

import dataclasses
import datetime as dt

import pytest

from lianxin.access.models import Office
from lianxin.casework import actions, opening, queries
from lianxin.casework.models import Case, Dispatch
from lianxin.casework.refusals import NoSuchCase, NotYours, Unfit
from lianxin.people.actions import end_mandate, give_mandate
from lianxin.people.models import Person
from tests.factories.casework import AT, SIBLING_TOWN

pytestmark = pytest.mark.django_db


def test_nobody_decides_their_own_matter(town):
    old = town.persons["old_man"]
    case = town.open("contact-change", old, by=town.clerk, channel="counter")
    himself = dataclasses.replace(town.clerk, person=old.pk, permissions=town.clerk.permissions | {"own.ask"})
    shown = queries.case(himself, case.pk, at=AT)
    assert shown.mine
    assert not {"accept", "advance", "refuse", "deliver", "send-back"} & set(shown.verbs)
    with pytest.raises(NotYours):
        actions.refuse(cases=case.pk, reason="other", words="甲乙丙", by=himself, at=AT)
    assert "withdraw" in shown.verbs
    assert {"refuse"} <= set(queries.case(town.clerk, case.pk, at=AT).verbs)


def test_a_mandate_covers_what_it_names(town):
    case = town.open("living-subsidy-rural60", town.persons["old_man"], channel="match", proposed=True)
    until = AT.date() + dt.timedelta(days=30)
    give_mandate(person=case.person_id, proxy_person=None, kind="clerk", until=until, paper="电话同意",
                 services="household-help", by=town.clerk, at=AT)  # fmt: skip
    with pytest.raises(NotYours):
        actions.confirm_proposed(cases=case.pk, by=town.clerk, at=AT)
    give_mandate(person=case.person_id, proxy_person=None, kind="clerk", until=until, paper="电话同意",
                 services="household-help,living-subsidy-rural60", by=town.clerk, at=AT)  # fmt: skip
    actions.confirm_proposed(cases=case.pk, by=town.clerk, at=AT)
    assert Case.objects.get(pk=case.pk).state == "open"


def test_what_changes_while_an_ask_is_made_is_seen(town, monkeypatch):
    """The mandate ends, or the file is merged, between the look and the writing: no case comes of it."""
    old = town.persons["old_man"]
    until = AT.date() + dt.timedelta(days=30)
    given = give_mandate(person=old.pk, proxy_person=town.persons["wife"].pk, kind="proxy", until=until, paper="委托书",
                         by=town.clerk, at=AT)  # fmt: skip
    real, meanwhile = opening.hearers, lambda: None

    def looked(made):
        meanwhile()
        return real(made)

    monkeypatch.setattr(opening, "hearers", looked)
    monkeypatch.setattr(opening, "_alone", lambda: True)  # as in a page, where nothing is under way yet
    ask = {"by": town.wife, "kind": "repair", "channel": "app"}
    assert town.open("household-help", old, words="水管坏了", **ask).mode == "ask"
    meanwhile = lambda: end_mandate(mandate=given, reason="收回", by=town.clerk, at=AT)  # noqa: E731
    with pytest.raises(NotYours):
        town.open("household-help", old, words="灯坏了", **ask)
    meanwhile = lambda: Person.objects.filter(pk=old.pk).update(survivor=town.persons["neighbour"])  # noqa: E731
    with pytest.raises(Unfit):
        town.open("household-help", old, by=town.clerk, kind="repair", channel="phone", words="门坏了")
    assert Case.objects.count() == 1


def test_a_helper_stands_over_the_place_and_not_beside_it(town):
    case = town.open(
        "household-help", town.persons["wife"], by=town.wife, kind="repair", words="水管坏了", channel="app"
    )
    there = Office.objects.create(name="西队", kind="volunteer", level="township", area_id=SIBLING_TOWN)
    with pytest.raises(NoSuchCase):
        actions.dispatch(case=case.pk, office=there.pk, by=town.worker, at=AT)
    assert not Dispatch.objects.exists()
    actions.dispatch(case=case.pk, office=town.offices["volunteers"], by=town.worker, at=AT)
