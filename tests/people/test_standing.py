"""Standing that follows from kin, over random families: nobody without a relative who serves, ends on their day."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.people import actions, held, kinfacts, models, turning
from lianxin.people.facts import frame
from tests.people.files import AT, CLERK, DAY, day, fact, person, record

PEOPLE = range(5)
BASE = dt.date(2000, 1, 1)
DAYS = st.integers(0, 40).map(lambda quarter: BASE + dt.timedelta(days=91 * quarter))
MAYBE = st.none() | DAYS
ROLES = {"spouse": "spouse", "parent": "parent", "fosterer": "parent"}
CODES = ["military_family", "bereaved", "pension_kin", "serving"]


@st.composite
def families(draw):
    who = [
        {"born_on": draw(st.sampled_from([dt.date(1950, 5, 5), dt.date(1975, 2, 28), dt.date(1992, 2, 29)])),
         "died_on": draw(st.none() | st.none() | DAYS)}
        for _ in PEOPLE
    ]  # fmt: skip
    served = {
        place: {"enlisted_on": since, "discharged_on": until if until is None or until > since else None}
        for place in draw(st.sets(st.sampled_from(PEOPLE), min_size=1, max_size=3))
        for since, until in [(draw(DAYS), draw(MAYBE))]
    }
    kin = []
    for _ in range(draw(st.integers(1, 7))):
        one, other = draw(st.permutations(PEOPLE))[:2]
        since, until = draw(MAYBE), draw(MAYBE)
        if since is not None and until is not None and until < since:
            until = None
        kin.append({
            "one": one, "other": other, "kind": draw(st.sampled_from(sorted(ROLES))), "valid_from": since,
            "valid_to": until, "basis": draw(st.sampled_from(["", "", "adoption", "step"])),
            "maintained": draw(st.sampled_from(["", "relative"])),
        })  # fmt: skip
    able = {place: draw(st.booleans()) for place in draw(st.sets(st.sampled_from(PEOPLE), max_size=2))}
    fallen = [place for place in served if who[place]["died_on"] and draw(st.booleans())]
    return who, served, kin, able, fallen


def built(family, order=lambda rows: rows):
    """The family written down; ``order`` turns the order in which its rows are recorded."""
    who, served, kin, able, fallen = family
    people = [person(number + 1, **given) for number, given in enumerate(who)]
    rows = [models.Service(person=people[place], kind="nco", recorded_at=AT, **said) for place, said in served.items()]
    rows += [
        models.Kin(person=people[row["one"]], relative=people[row["other"]], recorded_at=AT,
                   **{name: row[name] for name in ("kind", "valid_from", "valid_to", "basis", "maintained")})
        for row in kin
    ]  # fmt: skip
    rows += [models.Livelihood(person=people[place], able_to_work=can, recorded_at=AT) for place, can in able.items()]
    rows += [models.Standing(person=people[place], code="fallen", cause="duty", valid_from=who[place]["died_on"],
                             recorded_at=AT) for place in fallen]  # fmt: skip
    with journal.entry(action="test", by=Actor(), at=AT) as writing:
        for row in order(rows):
            writing.add([row])
    return people


def holds(row, on):
    return (row["valid_from"] is None or row["valid_from"] <= on) and (row["valid_to"] is None or row["valid_to"] >= on)


def counts(row):
    return row["basis"] != "step" or row["maintained"] != ""


def age(born, on):
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def said_military(family, place, on):
    """The statute read out by hand, one person at a time."""
    who, served, kin, able, _fallen = family

    def alive(one):
        return who[one]["died_on"] is None or who[one]["died_on"] > on

    def serving(one):
        said = served.get(one)
        until = said["discharged_on"] if said else None
        return bool(said) and said["enlisted_on"] <= on and (until is None or until > on) and alive(one)

    if not alive(place):
        return False
    dependent = age(who[place]["born_on"], on) < 18 or able.get(place) is False
    for row in kin:
        if not holds(row, on) or not counts(row):
            continue
        if row["kind"] == "spouse" and place in (row["one"], row["other"]):
            other = row["other"] if place == row["one"] else row["one"]
            if serving(other):
                return True
        elif (row["kind"] != "spouse" and row["one"] == place and serving(row["other"])) or (
            row["kind"] != "spouse" and row["other"] == place and serving(row["one"]) and dependent
        ):
            return True
    return False


def said_child_of_fallen(family, place, on):
    who, _served, kin, _able, fallen = family
    if who[place]["died_on"] is not None and who[place]["died_on"] <= on:
        return False
    return any(
        row["kind"] != "spouse" and counts(row) and place in (row["one"], row["other"])
        and (other := row["other"] if place == row["one"] else row["one"]) in fallen
        and who[other]["died_on"] <= on and (row["valid_from"] is None or row["valid_from"] <= on)
        and (row["valid_to"] is None or row["valid_to"] >= who[other]["died_on"])
        for row in kin
    )  # fmt: skip


def everyone(on):
    return {row["id"]: row for row in frame(subject="person", day=on, codes=CODES).to_dicts()}


few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.django_db
@few
@given(family=families(), on=DAYS)
def test_who_is_a_soldiers_family_follows_the_statute_for_all_as_for_one(family, on):
    with transaction.atomic():
        people = built(family)
        all_at_once = everyone(on)
        for place, one in enumerate(people):
            alone = frame(subject="person", day=on, ids=[one.pk], codes=CODES).to_dicts()[0]
            assert alone == all_at_once[one.pk]
            assert alone["military_family"] == said_military(family, place, on), (place, family)
            if said_child_of_fallen(family, place, on):
                assert alone["bereaved"]
            shown = {row.code for row in held.held([one.pk], on)}
            assert ("military_family" in shown, "bereaved" in shown) == (alone["military_family"], alone["bereaved"])
        transaction.set_rollback(True)


@pytest.mark.django_db
@few
@given(family=families(), on=DAYS)
def test_the_order_of_recording_does_not_matter(family, on):
    seen = []
    for order in (lambda rows: rows, lambda rows: list(reversed(rows))):
        with transaction.atomic():
            people = built(family, order)
            rows = everyone(on)
            seen.append([{**rows[one.pk], "id": 0} for one in people])
            transaction.set_rollback(True)
    assert seen[0] == seen[1]


@pytest.mark.django_db
@few
@given(family=families(), on=DAYS)
def test_what_was_known_then_is_what_a_snapshot_said(family, on):
    with transaction.atomic():
        people = built(family)
        snapshot = everyone(on)
        later = AT + dt.timedelta(days=1)
        for model in (models.Kin, models.Service, models.Standing):
            with journal.entry(action="test", by=Actor(), at=later) as writing:
                writing.supersede(model, list(model.objects.values_list("pk", flat=True)), later)
        known = {row["id"]: row for row in frame(subject="person", day=on, codes=CODES, known_at=AT).to_dicts()}
        assert known == snapshot
        assert not any(row["military_family"] or row["bereaved"] for row in everyone(on).values())
        assert [one.pk for one in people]
        transaction.set_rollback(True)


def married(soldier, wife, since="2010-01-01"):
    return record(wife, "kin", {"relative": soldier.pk, "kind": "spouse"}, since)


def soldier_and_wife():
    soldier, wife = person(1, sex="male", born_on=day("1985-01-01")), person(2, sex="female", born_on=day("1986-01-01"))
    record(soldier, "service", {"kind": "nco", "enlisted_on": day("2004-12-01")})
    return soldier, wife, married(soldier, wife)


@pytest.mark.django_db
def test_a_divorce_ends_what_came_from_the_marriage_on_its_day():
    _soldier, wife, row = soldier_and_wife()
    record(wife, "standing", {"code": "accompanying"}, "2012-01-01")
    actions.end_row(person=wife.pk, group="kin", row=row, since=day("2020-03-01"), reason="divorce", paper="离婚证",
                    by=CLERK, at=AT)  # fmt: skip
    for code in ("military_family", "accompanying"):
        assert [fact(wife, code, on) for on in ("2009-12-31", "2015-01-01", "2020-02-29", "2020-03-01")] == [
            False, True, True, False], code  # fmt: skip
    turning.look(day=DAY)
    assert [flag.code for flag in models.Flag.objects.all()] == ["accompanying-over"]


@pytest.mark.django_db
def test_a_discharge_ends_it_and_a_second_service_begins_it_again():
    soldier, wife, _row = soldier_and_wife()
    record(soldier, "service", {"enlisted_on": day("2004-12-01"), "discharged_on": day("2016-12-01")})
    record(soldier, "service", {"kind": "nco", "enlisted_on": day("2018-03-01")}, "2018-03-01")
    assert [fact(wife, "military_family", on) for on in ("2016-11-30", "2016-12-01", "2018-03-01")] == [
        True, False, True]  # fmt: skip


@pytest.mark.django_db
def test_a_child_is_family_until_the_eighteenth_birthday_or_the_end_of_studies():
    soldier, _wife, _row = soldier_and_wife()
    child = person(3, born_on=day("2006-06-15"))
    record(child, "kin", {"relative": soldier.pk, "kind": "parent"}, "2006-06-15")
    assert [fact(child, "military_family", on) for on in ("2024-06-14", "2024-06-15")] == [True, False]
    record(child, "livelihood", {"in_education": True, "graduates_on": day("2027-07-01")}, "2020-09-01")
    assert [fact(child, "military_family", on) for on in ("2024-06-15", "2027-06-30", "2027-07-01")] == [
        True, True, False]  # fmt: skip
    assert fact(child, "in_education", "2027-07-01") is False


@pytest.mark.django_db
def test_a_step_child_counts_where_it_was_brought_up_and_an_adopted_one_always():
    soldier, _wife, _row = soldier_and_wife()
    step, brought_up, adopted = (person(n, born_on=day("2015-01-01")) for n in (3, 4, 5))
    for child, more in ((step, {"basis": "step"}), (brought_up, {"basis": "step", "maintained": "self"}),
                        (adopted, {"basis": "adoption"})):  # fmt: skip
        record(child, "kin", {"relative": soldier.pk, "kind": "parent", **more}, "2016-01-01")
    assert [fact(one, "military_family") for one in (step, brought_up, adopted)] == [False, True, True]


def widowed():
    soldier, wife, _row = soldier_and_wife()
    mother = person(6, sex="female", born_on=day("1960-01-01"))
    record(soldier, "kin", {"relative": mother.pk, "kind": "parent"})
    models.Particulars.objects.filter(person=soldier).update(died_on=day("2015-08-01"))
    record(soldier, "standing", {"code": "fallen", "cause": "duty"}, "2015-08-01")
    return soldier, wife, mother


@pytest.mark.django_db
def test_the_bereaved_follow_from_the_dead_and_remarriage_ends_it_but_for_who_supports_the_parents():
    _soldier, wife, mother = widowed()
    assert [fact(wife, "bereaved", on) for on in ("2015-07-31", "2015-08-01", "2016-01-01")] == [False, True, True]
    assert (fact(wife, "bereaved_of"), fact(wife, "bereaved_as")) == ("duty", "spouse")
    assert (fact(mother, "bereaved"), fact(mother, "bereaved_as")) == (True, "parent")
    assert [fact(wife, "military_family", on) for on in ("2015-07-31", "2015-08-01")] == [True, False]
    second = person(7, sex="male", born_on=day("1984-01-01"))
    married(second, wife, "2018-05-01")
    assert [fact(wife, "bereaved", on) for on in ("2018-04-30", "2018-05-01")] == [True, False]
    record(mother, "kin", {"relative": wife.pk, "kind": "supporter"}, "2018-05-01")
    assert fact(wife, "bereaved", "2019-01-01") and fact(wife, "pension_kin", "2019-01-01")


@pytest.mark.django_db
def test_a_brother_counts_only_where_the_dead_maintained_him():
    soldier, _wife, _mother = widowed()
    plain, kept = person(8, born_on=day("2000-01-01")), person(9, born_on=day("2001-01-01"))
    record(plain, "kin", {"relative": soldier.pk, "kind": "sibling"})
    record(kept, "kin", {"relative": soldier.pk, "kind": "sibling", "maintained": "self"})
    assert [fact(one, "bereaved") for one in (plain, kept)] == [False, True]
    assert [fact(kept, "pension_kin", on) for on in ("2018-12-31", "2019-01-01")] == [True, False], "of age"


@pytest.mark.django_db
def test_the_night_tells_whom_the_day_changed_and_lists_what_ends_soon(monkeypatch):
    soldier, _wife, _row = soldier_and_wife()
    child = person(3, born_on=day("2008-05-10"))
    record(child, "kin", {"relative": soldier.pk, "kind": "parent"})
    told = []
    monkeypatch.setattr(turning.effects, "announce", lambda name, ids, **_: told.append((name, ids)))
    actions.turn(day=DAY, by=Actor(), at=AT)
    ends = models.Flag.objects.filter(person=child, until__isnull=False)
    assert [(flag.code, flag.until) for flag in ends] == [("end-military_family", day("2026-05-10"))]
    told.clear()
    assert actions.turn(day=day("2026-05-12"), by=Actor(), at=AT) == [child.pk], "missed days are caught up"
    assert told == [("person-changed", [child.pk])]
    assert actions.turn(day=day("2026-05-12"), by=Actor(), at=AT) == []
    assert not ends.all().exists()


def test_every_kin_set_names_its_law():
    for one in kinfacts.standing.rules()[0].values():
        assert one.law and one.article.startswith("第") and one.zh and one.en and one.kin, one.code
