"""Public notices: masked, of the township at most, closing by themselves; objections."""

import datetime as dt
import json

import pytest

from lianxin.casework import actions, queries
from lianxin.casework.models import Case, Objection, Publicity
from lianxin.casework.refusals import NoSuchCase, NotNow, Unfit
from lianxin.engine import clock
from lianxin.journal.queries import verify
from lianxin.notices.models import Notice
from tests.factories.casework import AT, CITY, RIGHTS, SYSTEM, TOWN

DAY = dt.timedelta(days=1)


@pytest.fixture
def up(town):
    """The old man's case on public notice."""
    old = town.persons["old_man"]
    case = town.open("living-subsidy-rural60", old, area=old.home, amount=30000)
    actions.accept(cases=case.pk, by=town.clerk, at=AT)
    actions.advance(cases=case.pk, by=town.reviewer, at=AT)
    actions.publicise(cases=case.pk, by=town.clerk, at=AT)
    return Case.objects.get(pk=case.pk)


def now(case):
    return Case.objects.get(pk=case.pk)


def test_a_notice_shows_a_masked_name_and_a_township_and_nothing_else(up):
    [notice] = queries.publicities(CITY, day=clock.day(AT))
    assert (notice.who, notice.area) == ("戴*河", TOWN)
    said = json.dumps(notice.shown, ensure_ascii=False)
    assert "戴山河" not in said
    assert set(notice.shown) == {"service", "masked_name", "township"}
    assert "amount" not in said
    assert notice.until_on == dt.date(2026, 5, 14)  # seven working days; Saturday 9 May is worked
    assert queries.publicities("419902", day=clock.day(AT)) == []


def test_it_closes_by_itself_and_the_case_goes_on(up):
    assert actions.close_due_publicity(by=SYSTEM, at=AT + 8 * DAY) == 0
    assert now(up).state == "publicised"
    assert actions.close_due_publicity(by=SYSTEM, at=AT + 9 * DAY) == 1
    assert actions.close_due_publicity(by=SYSTEM, at=AT + 9 * DAY) == 0
    assert (now(up).state, now(up).step_name) == ("open", "approve")
    assert now(up).due_at is not None
    assert queries.publicities(CITY, day=clock.day(AT)) == []


def test_an_objection_not_upheld_lets_it_go_on(up, town):
    notice = Publicity.objects.get()
    made = actions.object_to(publicity=notice.pk, words="他没有当过兵吧", contact="13800001234", at=AT + DAY)
    assert b"13800001234" not in bytes(Objection.objects.get().contact_sealed)
    assert (now(up).state, now(up).step_name) == ("open", "publicise")
    assert [row.id for row in queries.inbox(town.clerk, at=AT + DAY).rows] == [up.pk]
    actions.object_to(publicity=notice.pk, words="我也觉得不对", at=AT + DAY)
    assert actions.close_due_publicity(by=SYSTEM, at=AT + 30 * DAY) == 0  # nothing closes over an open objection
    actions.answer_objection(
        objection=made.pk, upheld=False, finding="档案在，名册对得上", by=town.clerk, at=AT + 2 * DAY
    )
    assert now(up).state == "open"  # the second one is still unanswered
    second = Objection.objects.get(answered_at__isnull=True)
    actions.answer_objection(objection=second.pk, upheld=False, finding="同上", by=town.clerk, at=AT + 2 * DAY)
    assert now(up).state == "publicised"
    assert actions.close_due_publicity(by=SYSTEM, at=AT + 9 * DAY) == 1
    assert verify().broken is None


def test_an_upheld_objection_refuses_or_sends_back(up, town):
    made = actions.object_to(publicity=Publicity.objects.get().pk, words="年份写错了", at=AT + DAY)
    actions.answer_objection(objection=made.pk, upheld=True, finding="确实写错", to_step=1, by=town.clerk, at=AT + DAY)
    assert (now(up).state, now(up).step_name) == ("open", "verify")
    assert Publicity.objects.get().state == "closed"
    actions.advance(cases=up.pk, by=town.reviewer, at=AT + DAY)
    actions.publicise(cases=up.pk, by=town.clerk, at=AT + 2 * DAY)
    made = actions.object_to(publicity=Publicity.objects.order_by("-pk")[0].pk, words="他住在外省", at=AT + 3 * DAY)
    actions.answer_objection(objection=made.pk, upheld=True, finding="已迁出", by=town.clerk, at=AT + 3 * DAY)
    assert now(up).state == "refused"
    assert Notice.objects.filter(person=up.person_id, template="case-refused").exists()


def test_a_notice_that_is_down_takes_no_objection_and_words_are_needed(up, town):
    notice = Publicity.objects.get()
    with pytest.raises(Unfit):
        actions.object_to(publicity=notice.pk, words=" ", at=AT)
    actions.withdraw(cases=up.pk, by=town.clerk, at=AT, words="本人来电")
    assert queries.publicities(CITY, day=clock.day(AT)) == []
    with pytest.raises(NoSuchCase):
        actions.object_to(publicity=notice.pk, words="太晚了吗", at=AT)


def test_barred_facts_and_sealed_services_are_never_published(town):
    from lianxin.casework.public import barred

    wife = town.open("accomp-subsidy", town.persons["wife"], channel="counter")
    sealed = town.open(RIGHTS, town.persons["wife"], channel="counter", kind="damages")
    assert barred(wife)
    assert barred(sealed)
    Case.objects.filter(pk=wife.pk).update(state="open")
    with pytest.raises(NotNow):
        actions.publicise(cases=wife.pk, by=SYSTEM, at=AT)
    assert not Publicity.objects.exists()


def test_a_script_does_not_flood_the_desk_with_objections(up, client, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT + DAY)
    notice = Publicity.objects.get()
    answers = [client.post(f"/publicity/{notice.pk}/", {"words": f"第 {one} 条"}) for one in range(22)]
    assert [answer.status_code for answer in answers] == [302] * 20 + [422] * 2
    assert Objection.objects.count() == 20
    assert "第 21 条" in answers[-1].content.decode()  # what was written is still there
    monkeypatch.setattr(clock, "now", lambda: AT + DAY + dt.timedelta(hours=2))
    assert client.post(f"/publicity/{notice.pk}/", {"words": "后来再说"}).status_code == 302
