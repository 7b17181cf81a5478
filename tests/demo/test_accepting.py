"""A city of any size is built: a file that nobody has verified holds nothing up."""

import pytest

from lianxin.casework import whereabouts
from lianxin.casework.models import Case, Move
from lianxin.demo import benefits
from lianxin.people.models import Person
from tests.factories import casework
from tests.factories.casework import AT

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("verified", [True, False])
def test_whoever_lacks_a_paper_is_accepted_with_a_word_and_the_others_without(verified):
    town = casework.town()
    old = town.persons["old_man"]
    Person.objects.filter(pk=old.pk).update(verified=verified)
    casework.write(casework.people.Particulars(person=old, name=old.name, home=old.home, hukou=old.home, sex="male",
                                               recorded_at=AT, verified=verified))  # fmt: skip
    town.open(benefits.LIVING, old, channel="match")
    there = whereabouts.standing_at(casework.SYSTEM.scope, service=benefits.LIVING, states=["open"], step="accept")
    benefits._accepted(there, town.clerk, AT)
    assert Case.objects.get().step_name == "verify"
    assert bool(Move.objects.get(verb="accept").words) is not verified
