"""Psychological support: asked for in the app or handed in by a worker, sealed, one named person, a clock, no trace."""

import datetime as dt

import pytest

from lianxin.casework import actions, queries
from lianxin.casework.models import Case, Move
from lianxin.casework.refusals import NoSuchCase
from lianxin.journal.models import Entry
from lianxin.notices.models import Notice
from lianxin.notices.templates import words
from lianxin.outcomes.models import Outcome
from tests.factories.casework import AT, SYSTEM

PSYCH = "psych-support"


def others(town):
    return [town.worker, town.clerk, town.reviewer, town.approver, town.auditor, town.sibling, town.rights,
            town.sibling_rights, town.liaison, town.volunteer, town.mediator]  # fmt: skip


@pytest.fixture(params=["app", "counter"])
def case(town, request):
    by = town.wife if request.param == "app" else town.worker
    return town.open(PSYCH, town.persons["wife"], by=by, kind="talk", channel=request.param, words="夜里睡不着")


def test_nobody_off_its_list_meets_it_whoever_handed_it_in(town, case):
    for actor in others(town):
        assert queries.case(actor, case.pk, at=AT) is None
        assert queries.cases(actor.scope, at=AT).rows == []
        assert queries.inbox(actor, at=AT).rows == []
        assert set(queries.counts(actor, at=AT).values()) == {0}
        assert queries.of_person(actor.scope, case.person_id, at=AT) == []
        assert queries.numbered(actor.scope, case.number, at=AT) is None
        with pytest.raises(NoSuchCase):
            actions.accept(cases=case.pk, by=actor, at=AT)
    assert queries.case(town.wife, case.pk, at=AT).mine


def test_its_counsellor_has_four_hours_and_becomes_the_named_person(town, case):
    assert [row.id for row in queries.inbox(town.counsellor, at=AT).rows] == [case.pk]
    assert case.due_at - AT <= dt.timedelta(hours=4)
    assert case.office_id == town.offices["counsel"]
    actions.accept(cases=case.pk, by=town.counsellor, at=AT)
    view = queries.case(town.wife, case.pk, at=AT)
    assert (view.assignee_name, view.row.step) == ("counsellor", "deliver")
    actions.deliver(cases=case.pk, by=town.counsellor, at=AT, words="谈了一个小时", minutes=60)
    row = Outcome.objects.get()
    assert (row.kind, row.service, row.category, row.sealed) == ("appointment", PSYCH, "talk", True)
    assert queries.case(town.counsellor, case.pk, at=AT).row.step == "call-back"
    actions.call_back(case=case.pk, reached=True, said="好多了", by=town.counsellor, at=AT + dt.timedelta(days=10))
    assert Case.objects.get(pk=case.pk).state == "delivered"


def test_no_message_says_what_it_is(town, case):
    actions.accept(cases=case.pk, by=town.counsellor, at=AT)
    told = Notice.objects.filter(case=case.pk)
    assert told
    for one in told:
        assert "心灵" not in words(one.template, one.given, "zh-hans")
        assert "talk" not in words(one.template, one.given, "en").lower()
    assert not told.filter(office__isnull=False).exists()
    assert all(entry.service == PSYCH for entry in Entry.objects.filter(case=case.pk))


def test_nothing_of_the_words_is_marked_on_anybody(town):
    calm = town.open(PSYCH, town.persons["wife"], by=town.wife, kind="talk", channel="app", words="想聊聊")
    dark = town.open(PSYCH, town.persons["old_man"], by=SYSTEM, kind="talk", channel="app", words="不想活了")
    said = {"id", "number", "person_id", "family_id", "words", "opened_by", "channel"}
    kept = [
        {field.attname: getattr(one, field.attname) for field in Case._meta.concrete_fields} for one in (calm, dark)
    ]
    assert {name for name in kept[0] if kept[0][name] != kept[1][name]} <= said
    assert Move.objects.filter(case=dark).exclude(reason="").count() == 0


def test_the_counsellors_office_meets_nothing_else(town):
    """Sitting where sealed matters come in shows no other matter, and no rights case strays there."""
    town.open("household-help", town.persons["wife"], kind="repair", channel="phone", words="水管漏了",
              family=town.persons["wife"].family_id)  # fmt: skip
    rights = town.open("rights-case", town.persons["wife"], by=town.wife, kind="damages", channel="app", words="被车撞了",
                       form={"wish": "调解"})  # fmt: skip
    actions.accept(cases=rights.pk, by=town.rights, at=AT)
    assert Case.objects.get(pk=rights.pk).office_id == town.offices["mediation"]
    assert queries.cases(town.counsellor.scope, at=AT).rows == []
    assert set(queries.counts(town.counsellor, at=AT).values()) == {0}
