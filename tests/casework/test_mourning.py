"""A death is told to the living; nothing is asked of the dead, and no list offers them what they were entitled to."""

import datetime as dt

import pytest

from lianxin.casework import actions, queries, subjects
from lianxin.catalogue import queries as catalogue
from lianxin.catalogue.models import Run, Verdict
from lianxin.catalogue.queries import in_force
from lianxin.notices.models import Notice
from tests.casework.test_filework import CLERK, asked, walk
from tests.factories.casework import AT, people, write

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def reported(town, person):
    return asked(town, "death-report", {"died_on": "2026-05-04"}, person=person, by=town.clerk)


def heard(case):
    return set(Notice.objects.filter(case=case.pk).values_list("person", flat=True))


def test_a_report_of_a_death_is_never_told_to_the_dead(town):
    wife, soldier = town.persons["wife"], town.persons["soldier"]
    write(people.Kin(person=wife, relative=soldier, kind="spouse", recorded_at=AT))
    case = walk(town, reported(town, soldier), AT, *CLERK)
    assert case.state == "delivered"
    assert heard(case) == {wife.pk}


def test_of_a_death_the_nearest_kin_hears_where_the_household_is_empty(town):
    alone, wife, brother = town.persons["old_man"], town.persons["wife"], town.persons["soldier"]
    people.Person.objects.filter(pk=alone.pk).update(family=None)
    write(people.Kin(person=brother, relative=alone, kind="sibling", recorded_at=AT))
    write(people.Kin(person=alone, relative=wife, kind="parent", recorded_at=AT))
    assert heard(reported(town, alone)) == {wife.pk}


def test_of_a_death_the_next_hears_where_the_nearest_is_dead_too(town):
    alone, wife, brother = town.persons["old_man"], town.persons["wife"], town.persons["soldier"]
    people.Person.objects.filter(pk=alone.pk).update(family=None)
    people.Person.objects.filter(pk=wife.pk).update(died_on=AT.date())
    write(people.Kin(person=brother, relative=alone, kind="sibling", recorded_at=AT))
    write(people.Kin(person=alone, relative=wife, kind="parent", recorded_at=AT))
    assert heard(reported(town, alone)) == {brother.pk}


def test_of_a_death_nobody_hears_where_nobody_is_left(town):
    alone = town.persons["old_man"]
    people.Person.objects.filter(pk=alone.pk).update(family=None)
    assert heard(reported(town, alone)) == set()


def test_the_dead_are_not_asked_and_not_listed_as_waiting_for_anything(town):
    wife = town.persons["wife"]
    open_case = asked(town, "contact-change", {"phone": "13900001111"})
    verdict = Verdict.objects.create(
        service="accomp-subsidy", subject=wife.pk, area=wife.home, verdict="E", since=AT.date(),
        version_id=in_force(AT.date())["accomp-subsidy"].version_id, run=Run.objects.create(as_of=AT.date(), at=AT, services=["accomp-subsidy"], state="done"),
    )  # fmt: skip
    assert [row.id for row in catalogue.gaps(town.clerk.scope, day=AT.date())] == [verdict.pk]
    assert "ask" in queries.case(town.clerk, open_case.pk, at=AT).verbs
    walk(town, reported(town, wife), AT, *CLERK)
    seen = queries.case(town.clerk, open_case.pk, at=AT + DAY)
    assert seen.died_on == dt.date(2026, 5, 4)
    assert not {"ask", "confirm", "rate"} & set(seen.verbs)
    assert {"refuse"} <= set(seen.verbs)
    assert catalogue.gaps(town.clerk.scope, day=AT.date()) == catalogue.entitlements_of(wife.pk) == []
    Run.objects.create(as_of=AT.date(), at=AT + 2 * DAY, services=["accomp-subsidy"], state="done")
    assert catalogue.entitlements_of(wife.pk)  # what is found for the dead once the death is known stands
    actions.refuse(cases=open_case.pk, reason="died", by=town.clerk, at=AT + DAY)
    assert "rate" not in queries.case(town.clerk, open_case.pk, at=AT + DAY).verbs


def test_a_households_matter_goes_on_with_the_household_when_who_asked_has_died(town):
    wife, soldier = town.persons["wife"], town.persons["soldier"]
    people.Person.objects.filter(pk=soldier.pk).update(family=wife.family_id)
    ask = town.open(
        "household-help", wife, town.wife, family=wife.family_id, kind="repair", channel="app", words="水管"
    )
    walk(town, reported(town, wife), AT, *CLERK)
    assert subjects.told([ask])[ask.pk] == [soldier.pk]
