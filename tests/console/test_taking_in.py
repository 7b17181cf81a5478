"""At the desk: what is missing is chosen already, an original is enough, the file answers what it knows."""

import datetime as dt

import pytest
from django.utils.translation import override

from lianxin.casework import actions, queries
from lianxin.casework.models import Case, Gap
from lianxin.casework.refusals import Unfit
from lianxin.catalogue import queries as catalogue
from lianxin.console import shown, verbs
from lianxin.people import models as people
from tests.factories.casework import AT, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(kept_town, db):
    return kept_town()


def lacking(town, person, code="accomp-subsidy"):
    case = town.open(code, person, channel="counter")
    return queries.case(town.clerk, case.pk, at=AT)


def test_an_original_that_was_seen_is_enough_and_no_photo_is_needed(town):
    known = {code: found.service for code, found in catalogue.in_force(AT.date()).items()}
    view = next(
        one
        for code, service in sorted(known.items())
        if service.subject == "person" and service.materials and not service.sealed and not service.kinds
        if (one := lacking(town, town.persons["wife"], code)) is not None
        and any(gap.kind == "material" for gap in one.missing)
    )
    paper = next(one.code for one in view.missing if one.kind == "material")
    about = shown.about(town.clerk, view, ["supplement"])
    form = verbs.box(verbs.VERBS["supplement"], about)
    assert form["code"].initial == paper, "the first that is missing is chosen already"
    by = {"by": town.clerk, "at": AT}
    with pytest.raises(Unfit):
        actions.supplement(case=view.id, **by)
    actions.supplement(case=view.id, seen=[paper], **by)
    assert paper not in {one.code for one in queries.case(town.clerk, view.id, at=AT).missing}
    assert Gap.objects.get(case=view.id, code=paper).met_at == AT
    with pytest.raises(Unfit):
        actions.supplement(case=view.id, seen=[paper], by=town.wife, at=AT)


def test_the_day_that_stands_in_the_file_is_not_asked_again(town):
    view = lacking(town, town.persons["wife"])
    assert "since" in {one.code for one in view.missing}
    other = town.persons["neighbour"]
    write(people.Livelihood(person=other, employment="unemployed", valid_from=dt.date(2025, 9, 1), recorded_at=AT))
    case = town.open("accomp-subsidy", other)
    assert Case.objects.get(pk=case.pk).form["since"] == "2025-09-01"


def test_an_attestation_asks_its_question_and_steps_are_called_by_what_they_deliver(town):
    case = town.open("good-news", town.persons["soldier"], event_on=AT.date())
    with override("zh-hans"):
        opened = shown.opened(town.liaison, queries.case(town.liaison, case.pk, at=AT))
    attest = next(one for one in (*opened.main, *opened.more) if one.verb.code == "attest")
    assert "于川" in attest.question.replace("于*", "于川") and "立功受奖" in attest.question
    names = [name for name, _where in opened.steps]
    assert len(names) == len(set(names))


def test_before_their_word_a_case_lies_nowhere(town):
    case = town.open("accomp-subsidy", town.persons["wife"], proposed=True)
    with override("zh-hans"):
        opened = shown.opened(town.clerk, queries.case(town.clerk, case.pk, at=AT))
    assert opened.where == opened.state and "站" not in opened.where
