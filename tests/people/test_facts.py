"""Facts of a day, as known at an instant."""

import datetime as dt
from unittest import mock

import pytest

from lianxin.engine.facts import VOCABULARY
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.people import dated, models
from lianxin.people.facts import frame

AT = dt.datetime(2026, 5, 6, 2, tzinfo=dt.UTC)
LATER = AT + dt.timedelta(days=10)
DAY = dt.date(2026, 6, 1)


def person(number, **given):
    one = models.Person.objects.create(
        file_number=f"CC{number:08d}", salt=b"0" * 16, name="甲乙", home="419902001001", entry=1
    )
    said = {"name": "甲乙", "home": "419902001001", "hukou": "419902001001", "recorded_at": AT, **given}
    write(models.Particulars(person=one, **said))
    return one


def write(*rows, at=AT):
    with journal.entry(action="test", by=Actor(), at=at) as writing:
        for row in rows:
            row.recorded_at = row.recorded_at or at
            writing.add([row])


def facts(one, day=DAY, **given):
    rows = frame(subject="person", day=day, ids=[one.pk], **given).to_dicts()
    return rows[0]


@pytest.mark.django_db
def test_every_fact_of_an_empty_file_has_its_declared_value():
    one = person(1)
    seen = facts(one)
    file = {"residence", "residence_county", "resident_here", "hukou_county", "hukou_here", "alive", "id"}
    for code, fact in VOCABULARY.items():
        if "person" in fact.subjects and code not in file:
            assert seen[code] == fact.absent_for("person"), code
    assert (seen["residence"], seen["resident_here"], seen["hukou_county"]) == ("419902001001", True, "419902")


@pytest.mark.django_db
def test_age_turns_on_the_birthday_and_the_dead_stay_dead():
    one = person(1, born_on=dt.date(1966, 6, 2), died_on=dt.date(2026, 7, 1))
    assert facts(one, dt.date(2026, 6, 1))["age"] == 59
    assert facts(one, dt.date(2026, 6, 2))["age"] == 60
    assert facts(one, dt.date(2026, 6, 30))["alive"] is True
    assert facts(one, dt.date(2026, 7, 1))["alive"] is False
    assert facts(one, dt.date(2026, 6, 30))["died_on"] is None


@pytest.mark.django_db
def test_service_runs_from_enlistment_to_discharge():
    one = person(1)
    write(models.Service(person=one, kind="conscript", enlisted_on=dt.date(2010, 9, 1),
                         discharged_on=dt.date(2015, 8, 31), settlement="self_employed", rural_at_enlistment=True))  # fmt: skip
    assert facts(one, dt.date(2009, 1, 1))["serving"] is False
    assert facts(one, dt.date(2011, 1, 1))["serving"] is True
    after = facts(one)
    assert (after["veteran"], after["serving"], after["service_years"]) == (True, False, 4)
    assert after["days_since_discharge"] == (DAY - dt.date(2015, 8, 31)).days
    assert after["rural_at_enlistment"] is True


@pytest.mark.django_db
def test_a_correction_is_known_from_its_instant_on():
    one = person(1)
    old = models.Livelihood(person=one, employment="employed", valid_from=dt.date(2026, 1, 1))
    write(old)
    with journal.entry(action="test", by=Actor(), at=LATER) as writing:
        writing.supersede(models.Livelihood, [old.pk], LATER)
        writing.add([models.Livelihood(person=one, employment="unemployed", unemployment_registered=True,
                                       valid_from=dt.date(2026, 1, 1), recorded_at=LATER)])  # fmt: skip
    assert facts(one)["employment"] == "unemployed"
    assert facts(one, known_at=AT + dt.timedelta(days=1))["employment"] == "employed"
    assert facts(one, known_at=LATER)["employment"] == "unemployed"
    assert facts(one, dt.date(2025, 1, 1))["employment"] is None


@pytest.mark.django_db
def test_the_family_of_a_serving_soldier_follows_from_kin():
    soldier, wife, mother, child, grown = (person(n, born_on=born) for n, born in enumerate(
        [dt.date(1990, 1, 1), dt.date(1992, 1, 1), dt.date(1965, 1, 1), dt.date(2020, 1, 1), dt.date(2005, 1, 1)], 1))  # fmt: skip
    write(models.Service(person=soldier, kind="nco", enlisted_on=dt.date(2010, 1, 1)))
    write(
        models.Kin(person=wife, relative=soldier, kind="spouse"),
        models.Kin(person=mother, relative=soldier, kind="parent"),
        models.Kin(person=child, relative=soldier, kind="child"),
        models.Kin(person=soldier, relative=grown, kind="fosterer"),
    )
    write(models.Award(person=soldier, merit="third", valid_from=dt.date(2022, 1, 1)),
          models.Award(person=soldier, merit="second", valid_from=dt.date(2021, 1, 1)))  # fmt: skip
    both = {one.pk: row for one in (soldier, wife, mother, child, grown) for row in [facts(one)]}
    everyone = {row["id"]: row for row in frame(subject="person", day=DAY).to_dicts()}
    assert everyone == both
    assert both[wife.pk]["spouse_serving"] and both[wife.pk]["military_family"]
    assert both[mother.pk]["child_serving"] and both[mother.pk]["child_best_merit"] == "second"
    assert both[child.pk]["parent_serving"] and both[child.pk]["military_family"]
    assert both[grown.pk]["parent_serving"] and not both[grown.pk]["military_family"]
    assert both[soldier.pk]["minor_children"] == 1
    assert (both[soldier.pk]["best_merit"], both[soldier.pk]["newest_merit"]) == ("second", "third")
    assert both[soldier.pk]["newest_merit_on"] == dt.date(2022, 1, 1)
    assert not both[soldier.pk]["military_family"]


@pytest.mark.django_db
@pytest.mark.parametrize("few", [0, 2, 4, 500])
def test_some_are_read_as_everyone_is_however_many_are_few(few):
    """The same of one, of two and of all with their kin, whether they or their kin count as a few or as many."""
    born = [dt.date(1990, 1, 1), dt.date(1992, 1, 1), dt.date(1965, 1, 1), dt.date(2020, 1, 1), dt.date(1970, 1, 1)]
    soldier, wife, mother, child, widow = (person(n, born_on=day) for n, day in enumerate(born, 1))
    dead = person(6, born_on=dt.date(1968, 1, 1), died_on=dt.date(2011, 1, 1))
    write(models.Service(person=soldier, kind="nco", enlisted_on=dt.date(2010, 1, 1)),
          models.Kin(person=wife, relative=soldier, kind="spouse"), models.Kin(person=mother, relative=soldier, kind="parent"),
          models.Kin(person=child, relative=soldier, kind="child"), models.Kin(person=widow, relative=dead, kind="spouse"),
          models.Standing(person=dead, code="fallen", cause="duty", valid_from=dt.date(2011, 1, 1)),
          models.Standing(person=wife, code="accompanying", valid_from=dt.date(2020, 1, 1)),
          models.Attested(person=soldier, code="unit_stationed_here", holds=True, valid_from=dt.date(2020, 1, 1)),
          models.Award(person=soldier, merit="second", valid_from=dt.date(2021, 1, 1)))  # fmt: skip
    family = models.Family(code="CC-1", home="419902001001")
    write_family(family)
    write(*(models.Membership(person=one, family=family) for one in (soldier, wife, child)))
    everyone = {row["id"]: row for row in frame(subject="person", day=DAY).to_dicts()}
    homes = frame(subject="family", day=DAY).to_dicts()
    assert everyone[wife.pk]["accompanying"] and everyone[wife.pk]["unit_stationed_here"]
    assert everyone[widow.pk]["bereaved"] and everyone[child.pk]["parent_serving"]
    with mock.patch.object(dated, "FEW", few):
        for some in ([soldier], [wife], [widow], [dead, child], [soldier, wife, mother, child, widow, dead]):
            ids = [one.pk for one in some]
            rows = frame(subject="person", day=DAY, ids=ids).to_dicts()
            assert {row["id"]: row for row in rows} == {pk: everyone[pk] for pk in ids}
            for codes in (["bereaved", "age"], ["unit_stationed_here"], ["accompanying"], ["minor_children"]):
                rows = frame(subject="person", day=DAY, ids=ids, codes=codes).to_dicts()
                assert {row["id"]: row for row in rows} == {
                    pk: {"id": pk, **{code: everyone[pk][code] for code in codes}} for pk in ids
                }
        assert frame(subject="family", day=DAY, ids=[family.pk]).to_dicts() == homes


@pytest.mark.django_db
def test_standing_suspension_bank_and_attested_facts():
    one = person(1)
    write(
        models.Standing(person=one, code="disabled_soldier", grade=6, cause="duty", valid_from=dt.date(2020, 1, 1)),
        models.Standing(person=one, code="accompanying", valid_from=dt.date(2020, 1, 1), valid_to=dt.date(2026, 5, 31)),
        models.Suspension(person=one, state="suspended", valid_from=dt.date(2026, 6, 1)),
        models.BankAccount(
            person=one, bank="甲", number_sealed=b"1", number_mark=b"1" * 16, holder="甲", verified=True
        ),
        models.Attested(person=one, code="unit_stationed_here", holds=True, valid_from=dt.date(2026, 1, 1)),
    )
    seen = facts(one)
    assert (seen["disabled_soldier"], seen["disability_grade"], seen["disability_cause"]) == (True, 6, "duty")
    assert (seen["suspension"], seen["bank_verified"], seen["unit_stationed_here"]) == ("suspended", True, True)
    assert seen["accompanying"] is False
    assert facts(one, dt.date(2026, 5, 31))["accompanying"] is True
    assert facts(one, dt.date(2026, 5, 31))["suspension"] == "none"


@pytest.mark.django_db
def test_a_household_is_counted_from_who_belongs_to_it_and_lives():
    father, child, gone = person(1, born_on=dt.date(1980, 1, 1)), person(2, born_on=dt.date(2015, 1, 1)), person(3)
    family = models.Family(code="CC-1", home="419902001001")
    write_family(family)
    write(models.Service(person=father, kind="nco", enlisted_on=dt.date(2000, 1, 1)))
    write(models.Membership(person=father, family=family), models.Membership(person=child, family=family),
          models.Membership(person=gone, family=family, valid_to=dt.date(2025, 1, 1)))  # fmt: skip
    seen = frame(subject="family", day=DAY, ids=[family.pk]).to_dicts()[0]
    assert (seen["members"], seen["has_serving"], seen["has_minor"], seen["has_veteran"]) == (2, True, True, False)
    assert seen["resident_here"] is True


def write_family(family):
    with journal.entry(action="test", by=Actor(), at=AT) as writing:
        writing.add([family])
