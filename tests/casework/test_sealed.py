"""A sealed case does not exist for anybody off its list: not in lists, counts, one page, the call list or a number."""

import datetime as dt

import pytest

from lianxin.casework import actions, queries
from lianxin.casework.models import Case, Listed
from lianxin.casework.refusals import NoSuchCase, NotNow
from lianxin.notices.models import Notice
from tests.factories.casework import AT, RIGHTS, SYSTEM


@pytest.fixture(autouse=True)
def _stand_ins(bank):
    pass


@pytest.fixture
def case(town):
    return town.open(RIGHTS, town.persons["wife"], by=town.wife, kind="damages", channel="app", words="被车撞了",
                     form={"wish": "要回医药费"})  # fmt: skip


def others(town):
    return [
        town.worker, town.clerk, town.reviewer, town.approver, town.auditor, town.sibling, town.sibling_rights,
        town.liaison, town.volunteer, town.mediator,
    ]  # fmt: skip


def test_nobody_off_the_list_sees_it_anywhere(town, case):
    for actor in others(town):
        assert queries.case(actor, case.pk, at=AT) is None
        assert queries.cases(actor.scope, at=AT).rows == []
        assert queries.inbox(actor, at=AT).rows == []
        assert set(queries.counts(actor, at=AT).values()) == {0}
        assert queries.of_person(actor.scope, case.person_id, at=AT) == []
        assert queries.household(actor.scope, town.persons["wife"].family_id, at=AT) == []
        assert queries.numbered(actor.scope, case.number, at=AT) is None
        with pytest.raises(NoSuchCase):
            actions.accept(cases=case.pk, by=actor, at=AT)


def test_its_list_and_its_subject_see_it(town, case):
    assert queries.case(town.wife, case.pk, at=AT).mine
    view = queries.case(town.rights, case.pk, at=AT)
    assert view.may("accept")
    assert [name for _account, name in view.listed] == ["rights"]
    assert [row.id for row in queries.inbox(town.rights, at=AT).rows] == [case.pk]
    assert queries.counts(town.rights, at=AT)["all"] == 1


def test_it_goes_to_the_mediator_and_back_and_is_counted(town, case):
    actions.accept(cases=case.pk, by=town.rights, at=AT)
    here = Case.objects.get(pk=case.pk)
    assert (here.step_name, here.office_id) == ("respond", town.offices["mediation"])
    assert [row.id for row in queries.inbox(town.mediator, at=AT).rows] == [case.pk]
    actions.advance(cases=case.pk, by=town.mediator, at=AT, words="双方同意调解")
    actions.deliver(cases=case.pk, by=town.rights, at=AT)
    actions.call_back(case=case.pk, reached=True, said="满意", by=town.rights, at=AT)
    assert Case.objects.get(pk=case.pk).state == "delivered"
    assert queries.cases(town.sibling_rights.scope, at=AT).rows == []


def test_its_number_leaves_no_gap_among_the_open_ones(town, case):
    first = town.open("accomp-subsidy", town.persons["wife"], channel="counter")
    second = town.open("living-subsidy-rural60", town.persons["old_man"])
    assert [one.number[-6:] for one in (case, first, second)] == ["900001", "000001", "000002"]


def test_its_notices_name_nothing_and_a_clerk_who_hands_it_in_sees_it_no_more(town):
    old = town.persons["old_man"]
    case = town.open(RIGHTS, old, by=town.clerk, kind="land-contract", channel="counter", words="地被占了")
    assert queries.case(town.clerk, case.pk, at=AT) is None
    notice = Notice.objects.get(person=old.pk)
    assert notice.template == "listed"
    assert "service" not in notice.given
    assert not Notice.objects.filter(office__isnull=False).exists()


def test_the_list_grows_by_those_on_it_and_never_to_nobody(town, case):
    with pytest.raises(NoSuchCase):
        actions.list_on(case=case.pk, account=town.clerk.account, by=town.clerk, at=AT)
    actions.list_on(case=case.pk, account=town.mediator.account, by=town.rights, at=AT)
    assert queries.case(town.mediator, case.pk, at=AT) is not None
    actions.list_off(case=case.pk, account=town.mediator.account, by=town.rights, at=AT)
    assert queries.case(town.mediator, case.pk, at=AT + dt.timedelta(seconds=1)) is None
    with pytest.raises(NotNow):
        actions.list_off(case=case.pk, account=town.rights.account, by=town.rights, at=AT)
    assert Listed.objects.filter(case=case, until__isnull=True).count() == 1


def test_its_journal_entries_carry_its_service(town, case):
    from lianxin.journal.models import Entry

    actions.accept(cases=case.pk, by=town.rights, at=AT)
    entries = Entry.objects.filter(case=case.pk)
    assert {entry.service for entry in entries} == {RIGHTS}
    assert entries.count() == 2
    assert SYSTEM.may("*")
