"""Changes of a file are cases: read like cells, compared, written as dated rows, and never over somebody else's change."""

import datetime as dt

import pytest
from django.db.models import F

from lianxin.access import seal
from lianxin.casework import actions, queries
from lianxin.casework.models import Case
from lianxin.casework.refusals import NotNow
from lianxin.engine.refusal import Refusal
from lianxin.journal.models import Entry
from lianxin.journal.queries import verify
from lianxin.notices.models import Notice
from lianxin.outcomes.models import Outcome
from lianxin.people import actions as people
from lianxin.people import changing, facts, models
from tests.factories.casework import AT, SIBLING_VILLAGE, VILLAGE, picture

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _chain(db):
    yield
    found = verify()
    assert (found.broken, found.because, found.what) == (None, "", "")


def asked(town, service, form, person=None, at=AT, by=None):
    """A change asked for, with the papers it needs."""
    by = by or town.wife
    case = town.open(service, person or town.persons["wife"], by, at, channel="app", form=form)
    papers = [one.code for one in queries.missing_of([case], at.date())[0] if one.kind == "material"]
    if papers:
        actions.supplement(case=case.pk, files=[actions.Upload(one, picture()) for one in papers], by=by, at=at)
    return case


def walk(town, case, at, *steps):
    """Accept (and verify), then deliver, an hour apart."""
    for place, (who, verb) in enumerate(steps):
        getattr(actions, verb)(cases=case.pk, by=getattr(town, who), at=at + dt.timedelta(hours=place + 1))
    return Case.objects.get(pk=case.pk)


CLERK = (("clerk", "accept"), ("clerk", "deliver"))


def now(person, group="particulars"):
    return (
        getattr(person, group)
        .filter(superseded_at__isnull=True)
        .order_by(F("valid_from").asc(nulls_first=True), "pk")
        .last()
    )


def test_a_new_phone_and_door_number_are_written_from_their_day(town):
    wife = town.persons["wife"]
    case = asked(town, "contact-change", {"phone": "１３９ 0000 1234", "address": "二号院", "since": "2026-05-01"})
    stored = Case.objects.get(pk=case.pk).form
    assert "13900001234" not in str(stored) and "0000 1234" not in str(stored)  # a phone lies sealed in the case too
    done = walk(town, case, AT, *CLERK)
    assert done.state == "delivered"
    row = now(wife)
    assert seal.unseal(row.phone_sealed, wife.salt, "phone") == "13900001234"
    assert (row.address, row.valid_from) == ("二号院", dt.date(2026, 5, 1))
    assert done.number in row.paper
    wife.refresh_from_db()
    assert wife.phone_mark is not None and wife.address == "二号院"
    assert Outcome.objects.get(case=case.pk).kind == "record"
    assert "13900001234" not in str(list(Entry.objects.values_list("detail", flat=True)))


@pytest.mark.parametrize(("service", "form", "said"), [
    ("contact-change", {"phone": "12"}, "联系电话"),
    ("identity-correction", {"id_number": "419901195803120115"}, "身份证号"),
    ("identity-correction", {"name": "123"}, "姓名"),
    ("move", {"home": "没有这个村", "since": "2026-05-01"}, "居住地"),
])  # fmt: skip
def test_what_cannot_be_read_is_refused_when_it_is_asked_for_with_the_way_out(town, service, form, said):
    with pytest.raises(Refusal) as refusal:
        asked(town, service, form)
    assert said in str(refusal.value.sentence) or "phone" in str(refusal.value.sentence)
    assert not Case.objects.exists()


def test_somebody_elses_change_is_shown_and_never_written_over(town):
    wife = town.persons["wife"]
    case = asked(town, "livelihood-change", {"employment": "employed", "since": "2026-05-01"})
    actions.accept(cases=case.pk, by=town.clerk, at=AT + dt.timedelta(hours=1))
    people.record(person=wife.pk, group="livelihood", says={"employment": "student"}, valid_from=dt.date(2026, 5, 2),
                  paper="学籍证明", by=town.clerk, at=AT + dt.timedelta(hours=2))  # fmt: skip
    view = queries.case(town.clerk, case.pk, at=AT + dt.timedelta(hours=3))
    assert [(line.column, line.clash) for line in view.changes] == [("employment", True)]
    with pytest.raises(NotNow):
        actions.deliver(cases=case.pk, by=town.clerk, at=AT + dt.timedelta(hours=3))
    assert now(wife, "livelihoods").employment == "student"
    actions.send_back(cases=case.pk, to_step=0, reason="wrong-facts", by=town.clerk, at=AT + dt.timedelta(hours=4))
    walk(town, case, AT + dt.timedelta(hours=4), *CLERK)
    assert now(wife, "livelihoods").employment == "employed"
    assert wife.livelihoods.filter(superseded_at__isnull=False, employment="student").exists()  # nothing is lost


def test_two_cases_that_want_the_same_name_each_other(town):
    first = asked(town, "contact-change", {"phone": "13900001111"})
    second = asked(town, "contact-change", {"phone": "13900002222"}, at=AT + DAY)
    view = queries.case(town.clerk, second.pk, at=AT + DAY)
    assert view.rivals == [first.number]
    walk(town, first, AT + DAY, *CLERK)
    view = queries.case(town.clerk, second.pk, at=AT + 2 * DAY)
    assert (view.rivals, view.changes[0].clash) == ([], True)


def test_an_id_number_of_another_file_is_refused(town):
    from tests.people.ledgers import number

    taken = number(dt.date(1990, 1, 1))
    models.Person.objects.filter(pk=town.persons["old_man"].pk).update(id_mark=seal.mark(taken, "id"))
    case = asked(town, "identity-correction", {"id_number": taken})
    actions.accept(cases=case.pk, by=town.clerk, at=AT + DAY)
    actions.advance(cases=case.pk, by=town.reviewer, at=AT + 2 * DAY)
    with pytest.raises(Refusal):
        actions.deliver(cases=case.pk, by=town.reviewer, at=AT + 3 * DAY)
    assert Case.objects.get(pk=case.pk).state == "open"


def test_a_move_takes_what_stands_along_and_other_offices_see_it_from_then_on(town):
    wife = town.persons["wife"]
    case = asked(town, "transfer-county", {"home": SIBLING_VILLAGE, "since": "2026-05-05"})
    standing = town.open("household-help", wife, kind="repair", channel="phone", words="水管")
    Case.objects.filter(pk=standing.pk).update(state="standing")
    walk(town, case, AT, ("reviewer", "accept"), ("approver", "advance"), ("approver", "deliver"))
    wife.refresh_from_db()
    assert wife.home == SIBLING_VILLAGE
    assert Case.objects.get(pk=standing.pk).area == SIBLING_VILLAGE
    frame = facts.frame(subject="person", day=dt.date(2026, 5, 4), ids=[wife.pk], codes=["residence"])
    assert frame["residence"][0] == VILLAGE  # the day before it was still the old place
    Case.objects.filter(pk=standing.pk).update(state=standing.state)  # the walk would name what was altered by hand


def test_whoever_leaves_the_city_keeps_their_desk_until_the_transfer_is_settled(town):
    wife = town.persons["wife"]
    standing = town.open("household-help", wife, kind="repair", channel="phone", words="水管")
    Case.objects.filter(pk=standing.pk).update(state="standing")
    case = asked(town, "transfer-out", {"hukou": "外地", "home": "外地", "since": "2026-05-05"})
    walk(town, case, AT, ("reviewer", "accept"), ("approver", "advance"), ("approver", "deliver"))
    frame = facts.frame(subject="person", day=AT.date(), ids=[wife.pk], codes=["resident_here", "hukou_here"])
    assert (frame["resident_here"][0], frame["hukou_here"][0]) == (False, False)
    assert Case.objects.get(pk=standing.pk).area == VILLAGE
    Case.objects.filter(pk=standing.pk).update(state=standing.state)


def test_a_death_stops_everything_at_once(town):
    wife = town.persons["wife"]
    town.open("household-help", wife, town.wife, kind="repair", channel="app", words="水管")
    assert Notice.objects.filter(person=wife.pk, state__in=["sent", "pending"]).exists()
    case = asked(town, "death-report", {"died_on": "2026-05-04"}, by=town.clerk)
    walk(town, case, AT, *CLERK)
    wife.refresh_from_db()
    assert wife.died_on == dt.date(2026, 5, 4)
    assert not Notice.objects.filter(person=wife.pk, state__in=["sent", "pending"]).exists()
    assert facts.frame(subject="person", day=AT.date(), ids=[wife.pk], codes=["alive"])["alive"][0] is False


def test_what_contradicts_the_file_is_refused(town):
    case = asked(town, "death-report", {"died_on": "1990-01-01"}, by=town.clerk)  # before birth
    actions.accept(cases=case.pk, by=town.clerk, at=AT + DAY)
    with pytest.raises(Refusal):
        actions.deliver(cases=case.pk, by=town.clerk, at=AT + 2 * DAY)
    assert town.persons["wife"].particulars.filter(died_on__isnull=False).count() == 0


def test_a_sibling_county_sees_nothing_of_it(town):
    case = asked(town, "contact-change", {"phone": "13900001111"})
    assert queries.case(town.sibling_clerk, case.pk, at=AT) is None


def test_every_column_that_a_form_may_change_has_its_place_in_the_file():
    from lianxin.engine.deliveries import FILE_COLUMNS
    from lianxin.people.ledgers import EVERY

    assert set(EVERY) >= FILE_COLUMNS
    assert set(changing._HELD) == FILE_COLUMNS - {"bank", "holder", changing.SINCE}


def test_a_column_that_no_form_may_change_stops_the_form(db):
    with pytest.raises(Refusal):
        changing.marked({"properties": {"x": {"x-file": "disability_grade"}}})
