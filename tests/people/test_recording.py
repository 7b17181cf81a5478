"""Recording into a file by hand: lines of rows, contradictions, ends, withdrawals, a second person's look."""

import datetime as dt

import pytest

from lianxin.access import seal
from lianxin.engine.refusal import Refusal
from lianxin.journal.models import Entry
from lianxin.journal.queries import verify
from lianxin.people import actions, contradictions, models
from tests.people.files import AT, CLERK, COLLEAGUE, DAY, SIBLING, day, fact, person, record

LATER = AT + dt.timedelta(days=3)
pytestmark = pytest.mark.django_db


def rows(model, one):
    found = model.objects.filter(person=one, superseded_at__isnull=True)
    return sorted(((row.valid_from, row.valid_to) for row in found), key=lambda days: days[0] or dt.date.min)


def test_a_second_service_begins_anew_and_any_day_says_which_one_held():
    one = person(1, born_on=day("1980-01-01"))
    record(one, "service", {"kind": "conscript", "enlisted_on": day("2000-12-01"), "discharged_on": day("2002-12-01"),
                            "settlement": "self_employed"})  # fmt: skip
    record(one, "service", {"kind": "nco", "rank_class": "junior", "enlisted_on": day("2005-09-01")}, "2005-09-01")
    assert [fact(one, "serving", on) for on in ("2001-06-01", "2003-06-01", "2006-01-01")] == [True, False, True]
    assert fact(one, "veteran", "2003-06-01") is True
    assert fact(one, "settlement", "2026-01-01") is None, "the second service has no settlement yet"
    assert fact(one, "rank_class", "2026-01-01") == "junior"


def test_a_promotion_ends_the_row_before_and_carries_over_what_it_leaves_out():
    one = person(1, born_on=day("1980-01-01"))
    record(one, "service", {"kind": "conscript", "enlisted_on": day("2000-12-01"), "rural_at_enlistment": True})
    record(one, "service", {"kind": "nco", "enlisted_on": day("2000-12-01")}, "2002-12-01")
    assert rows(models.Service, one) == [(None, day("2002-11-30")), (day("2002-12-01"), None)]
    assert [fact(one, "service_kind", on) for on in ("2001-01-01", "2003-01-01")] == ["conscript", "nco"]
    assert fact(one, "rural_at_enlistment", "2003-01-01") is True


def test_what_is_recorded_late_about_an_earlier_time_leaves_the_later_as_it_was():
    one = person(1)
    record(one, "livelihood", {"employment": "retired"}, "2020-01-01")
    record(one, "livelihood", {"employment": "employed"}, "2010-01-01")
    assert [fact(one, "employment", on) for on in ("2009-01-01", "2015-01-01", "2021-01-01")] == [
        None, "employed", "retired"]  # fmt: skip
    record(one, "livelihood", {"employment": "unemployed"}, "2012-01-01", valid_to=day("2012-06-30"))
    assert [fact(one, "employment", on) for on in ("2011-12-31", "2012-06-30", "2012-07-01")] == [
        "employed", "unemployed", "employed"]  # fmt: skip
    assert verify().broken is None


def test_a_regrade_is_a_row_of_its_own_and_the_certificate_is_sealed():
    one = person(1)
    record(one, "standing", {"code": "disabled_soldier", "grade": 8, "cause": "duty", "graded_on": day("2010-01-01"),
                             "number": "军残甲000001"}, "2010-01-01")  # fmt: skip
    record(one, "standing", {"code": "disabled_soldier", "grade": 6, "graded_on": day("2015-05-01")}, "2015-05-01")
    assert [fact(one, "disability_grade", on) for on in ("2014-01-01", "2016-01-01")] == [8, 6]
    assert fact(one, "disability_cause", "2016-01-01") == "duty"
    row = models.Standing.objects.filter(superseded_at__isnull=True).last()
    assert b"000001" not in bytes(row.number_sealed)
    assert seal.unseal(row.number_sealed, one.salt, "paper") == "军残甲000001"


def test_awards_stand_side_by_side_and_the_same_twice_is_refused():
    one = person(1)
    for merit, on in (("third", "2001-08-01"), ("second", "2003-08-01"), ("third", "2004-08-01")):
        record(one, "award", {"merit": merit}, on)
    assert models.Award.objects.filter(superseded_at__isnull=True).count() == 3
    with pytest.raises(Refusal, match=r"already|已有"):
        record(one, "award", {"merit": "third"}, "2001-08-01")


@pytest.mark.parametrize(("group", "says", "since", "code"), [
    ("service", {"kind": "nco", "enlisted_on": day("1979-01-01")}, None, "born-after-enlisted"),
    ("service", {"kind": "nco", "enlisted_on": day("2000-01-01"), "discharged_on": day("1999-01-01")}, None,
     "discharged-before-enlisted"),
    ("service", {"kind": "nco", "enlisted_on": day("2021-01-01")}, None, "served-after-death"),
])  # fmt: skip
def test_a_row_that_contradicts_the_file_is_refused_and_leaves_nothing(group, says, since, code):
    one = person(1, born_on=day("1980-01-01"), died_on=day("2020-01-01"))
    entries = Entry.objects.count()
    with pytest.raises(Refusal) as refused:
        record(one, group, says, since)
    assert "Nothing was changed" in refused.value.sentence or "没有改动" in refused.value.sentence
    assert models.Service.objects.count() == 0 and Entry.objects.count() == entries, code


def test_an_award_before_enlistment_is_refused_and_one_at_enlistment_is_not():
    one = person(1, born_on=day("1980-01-01"))
    record(one, "service", {"kind": "nco", "enlisted_on": day("2000-12-01")})
    with pytest.raises(Refusal):
        record(one, "award", {"merit": "third"}, "2000-11-30")
    record(one, "award", {"merit": "third"}, "2000-12-01")


def test_two_spouses_at_once_are_refused_until_the_first_marriage_has_ended():
    man, first, second = person(1, sex="male"), person(2, sex="female"), person(3, sex="female")
    row = record(man, "kin", {"relative": first.pk, "kind": "spouse"}, "2005-01-01")
    with pytest.raises(Refusal):
        record(second, "kin", {"relative": man.pk, "kind": "spouse"}, "2010-01-01")
    actions.end_row(person=man.pk, group="kin", row=row, since=day("2009-06-01"), reason="divorce", paper="离婚证",
                    by=CLERK, at=AT)  # fmt: skip
    record(second, "kin", {"relative": man.pk, "kind": "spouse"}, "2010-01-01")
    ended = models.Kin.objects.get(person=man, relative=first, superseded_at__isnull=True)
    assert (ended.valid_to, ended.ended_by) == (day("2009-05-31"), "divorce")
    assert contradictions.found(None, DAY) == set()


def test_a_widower_may_marry_again_and_nobody_marries_the_dead():
    man, first, second = person(1), person(2, died_on=day("2010-05-01")), person(3)
    record(man, "kin", {"relative": first.pk, "kind": "spouse"}, "2005-01-01")
    record(man, "kin", {"relative": second.pk, "kind": "spouse"}, "2010-05-01")
    other = person(4)
    with pytest.raises(Refusal):
        record(other, "kin", {"relative": first.pk, "kind": "spouse"}, "2011-01-01")


def test_nobody_becomes_their_own_ancestor_parent_of_an_elder_or_spouse_of_their_child():
    old, middle, young = (person(n, born_on=day(f"{year}-01-01")) for n, year in ((1, 1940), (2, 1965), (3, 1990)))
    record(middle, "kin", {"relative": old.pk, "kind": "parent"}, "1965-01-01")
    record(young, "kin", {"relative": middle.pk, "kind": "parent"}, "1990-01-01")
    for one, other, kind in ((old, young, "parent"), (old, middle, "spouse"), (old, old, "sibling")):
        with pytest.raises(Refusal):
            record(one, "kin", {"relative": other.pk, "kind": kind})
    unborn = [person(n) for n in (4, 5, 6)]
    record(unborn[0], "kin", {"relative": unborn[1].pk, "kind": "parent"})
    record(unborn[1], "kin", {"relative": unborn[2].pk, "kind": "fosterer"})
    with pytest.raises(Refusal):
        record(unborn[2], "kin", {"relative": unborn[0].pk, "kind": "parent"})


def test_a_second_mother_by_birth_is_refused_and_by_adoption_is_not():
    child, first, second = person(1), person(2, sex="female"), person(3, sex="female")
    record(child, "kin", {"relative": first.pk, "kind": "parent"})
    with pytest.raises(Refusal):
        record(child, "kin", {"relative": second.pk, "kind": "parent", "basis": "birth"})
    record(child, "kin", {"relative": second.pk, "kind": "parent", "basis": "adoption"}, "2001-01-01")


def test_kin_are_linked_inside_the_area_only():
    one, far = person(1), person(2, home="419902002001")
    with pytest.raises(Refusal):
        record(one, "kin", {"relative": far.pk, "kind": "spouse"})
    with pytest.raises(Refusal):
        record(one, "kin", {"relative": far.pk, "kind": "spouse"}, by=SIBLING)


def test_a_wrong_row_is_withdrawn_with_a_reason_and_can_still_be_read():
    one = person(1)
    row = record(one, "award", {"merit": "first"}, "2001-08-01")
    with pytest.raises(Refusal):
        actions.withdraw(person=one.pk, group="award", row=row, reason="", by=CLERK, at=LATER)
    actions.withdraw(person=one.pk, group="award", row=row, reason="登记到别人名下", by=CLERK, at=LATER)
    assert fact(one, "best_merit") == "none"
    assert fact(one, "best_merit", known_at=AT) == "first"
    with pytest.raises(Refusal):
        actions.withdraw(person=one.pk, group="award", row=row, reason="再点一次", by=CLERK, at=LATER)
    assert Entry.objects.get(action="people.withdraw").purpose == "登记到别人名下"
    assert verify().broken is None


def test_an_entry_of_one_is_verified_by_another():
    one = person(1)
    row = record(one, "award", {"merit": "first"}, "2001-08-01")
    for by in (CLERK, SIBLING):
        with pytest.raises(Refusal):
            actions.verify_row(person=one.pk, group="award", row=row, by=by, at=AT)
    actions.verify_row(person=one.pk, group="award", row=row, by=COLLEAGUE, at=AT)
    with pytest.raises(Refusal):
        actions.verify_row(person=one.pk, group="award", row=row, by=COLLEAGUE, at=AT)
    assert verify().broken is None


def test_a_household_is_one_at_a_time_and_the_move_ends_the_one_before():
    one = person(1)
    for code in ("H1", "H2"):
        models.Family.objects.create(code=code, home="419902001001", entry_id=1)
    models.Family.objects.create(code="H3", home="419902002001", entry_id=1)
    record(one, "membership", {"family": "h1"}, "2010-01-01")
    record(one, "membership", {"family": "H2"}, "2020-01-01")
    one.refresh_from_db()
    assert one.family.code == "H2"
    assert rows(models.Membership, one) == [(day("2010-01-01"), day("2019-12-31")), (day("2020-01-01"), None)]
    with pytest.raises(Refusal):
        record(one, "membership", {"family": "H3"}, "2021-01-01")


def test_a_mandate_ends_on_the_day_it_is_taken_back_and_a_child_is_no_proxy():
    old, son, child = person(1), person(2, born_on=day("1990-01-01")), person(3, born_on=day("2015-01-01"))
    given = {"person": old.pk, "kind": "proxy", "until": day("2026-12-31"), "paper": "委托书", "by": CLERK, "at": AT}
    with pytest.raises(Refusal):
        actions.give_mandate(proxy_person=child.pk, **given)
    mandate = actions.give_mandate(proxy_person=son.pk, **given)
    with pytest.raises(Refusal):
        actions.end_mandate(mandate=mandate, reason="收回", by=SIBLING, at=LATER)
    actions.end_mandate(mandate=mandate, reason="本人收回", by=CLERK, at=LATER)
    held = models.Mandate.objects.get(superseded_at__isnull=True)
    assert held.valid_to == day("2026-05-08")
    with pytest.raises(Refusal):
        actions.end_mandate(mandate=held.pk, reason="再点一次", by=CLERK, at=LATER)
    assert verify().broken is None
