"""Consents: each apart, by whom it may be given, taken back as easily, and asked wherever data goes on."""

import datetime as dt

import pytest

from lianxin.casework import actions as casework
from lianxin.casework import queries, subjects
from lianxin.casework.models import Case
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, Scope, over
from lianxin.journal import actions as journal
from lianxin.journal.models import Entry
from lianxin.journal.queries import verify
from lianxin.people import circles, consents
from lianxin.people.models import Consent, Kin, Mandate, Membership, Person
from lianxin.people.queries import acted_for, own_children
from tests.house.test_deny_by_default import signed_in
from tests.house.world import OPERATOR

AT = dt.datetime(2026, 11, 2, 2, 0, tzinfo=dt.UTC)
CLERK = Actor(account=3, name="乙", permissions=frozenset({"case.open"}), scope=over("419902"))


@pytest.fixture
def world(kept_world, db, settings):
    settings.DEMO = True
    return kept_world()


@pytest.fixture
def own(world):
    return world.objects["own"]["person"]


def owner(person, *wards):
    return Actor(account=91, person=person, scope=Scope("self", persons=(person, *wards)), name="甲")


def relative(person, born=None):
    """Somebody of the same household."""
    first = Person.objects.get(pk=person)
    made = Person.objects.create(file_number=f"CC7{Person.objects.count():07d}", salt=b"s" * 16, name="丁小",
                                 home=first.home, born_on=born, family=first.family, entry=1)  # fmt: skip
    with journal.entry(action="test", by=OPERATOR, at=AT) as writing:
        writing.add([Membership(person=made, family=first.family, recorded_at=AT)])
    return made.pk


def test_given_once_taken_back_and_given_again_all_of_it_stays(world, own):
    by = owner(own)
    first = consents.give(person=own, scope="helper", channel="app", by=by, at=AT)
    assert consents.give(person=own, scope="helper", channel="app", by=by, at=AT) == first
    assert consents.agreed("helper", [own]) == {own}
    assert consents.agreed("exchange", [own]) == set()
    assert consents.withdraw(person=own, scope="helper", channel="app", by=by, at=AT + dt.timedelta(days=2))
    assert consents.agreed("helper", [own]) == set()
    assert not consents.withdraw(person=own, scope="helper", channel="app", by=by, at=AT)
    consents.give(person=own, scope="helper", channel="app", by=by, at=AT + dt.timedelta(days=3))
    assert [one.stands for one in consents.history(own)] == [True, False]
    assert Consent.objects.count() == 3  # nothing was overwritten
    assert verify().broken is None
    assert Entry.objects.filter(action__startswith="people.consent", person=own).count() == 3


def test_nobody_agrees_for_another_grown_up(world, own):
    other = world.objects["sibling"]["person"]
    for by in (owner(other), owner(other, own)):  # not even under a mandate that is no guardian's
        with pytest.raises(Refusal):
            consents.give(person=own, scope="helper", channel="app", by=by, at=AT)
    with pytest.raises(Refusal):
        consents.give(person=other, scope="helper", channel="counter", paper="签字表", by=CLERK, at=AT)
    assert not Consent.objects.exists()


def test_a_childs_own_word_does_not_count_and_the_guardians_does(world, own):
    child = relative(own, born=dt.date(2016, 1, 1))
    for by in (owner(child), owner(own, child)):
        with pytest.raises(Refusal):
            consents.give(person=child, scope="sensitive", channel="app", by=by, at=AT)
    with pytest.raises(Refusal):
        consents.give(person=child, scope="sensitive", channel="counter", paper="签字表", by=CLERK, at=AT)
    with journal.entry(action="test", by=OPERATOR, at=AT) as writing:
        writing.add([Mandate(person_id=child, proxy_person_id=own, kind="guardian", recorded_at=AT)])
    consents.give(person=child, scope="sensitive", channel="app", by=owner(own, child), at=AT)
    row = Consent.objects.get()
    assert (row.given_as, row.given_by_id) == ("guardian", own)


@pytest.mark.parametrize(("born", "fine"), [(dt.date(2012, 11, 2), True), (dt.date(2012, 11, 3), False)])
def test_the_fourteenth_birthday_is_the_day(world, own, born, fine):
    young = relative(own, born=born)
    if fine:
        consents.give(person=young, scope="helper", channel="app", by=owner(young), at=AT)
    else:
        with pytest.raises(Refusal):
            consents.give(person=young, scope="helper", channel="app", by=owner(young), at=AT)


def test_on_paper_the_paper_is_named(world, own):
    with pytest.raises(Refusal):
        consents.give(person=own, scope="helper", channel="counter", paper=" ", by=CLERK, at=AT)
    consents.give(person=own, scope="helper", channel="counter", paper="签字表 11月2日", by=CLERK, at=AT)
    assert consents.history(own)[0].paper == "签字表 11月2日"


def test_the_circle_is_of_relatives_on_file_and_takes_two(world, own):
    other, wife = world.objects["sibling"]["person"], relative(own)
    for circle in (other, own, None):
        with pytest.raises(Refusal):
            consents.give(person=own, scope="circle", circle=circle, channel="app", by=owner(own), at=AT)
    consents.give(person=own, scope="circle", circle=wife, channel="app", by=owner(own), at=AT)
    assert consents.let_in(wife, AT.date()) == consents.let_in(own, AT.date()) == []  # one word is a question
    consents.give(person=wife, scope="circle", circle=own, channel="app", by=owner(wife), at=AT)
    assert consents.let_in(wife, AT.date()) == [own]
    assert consents.let_in(own, AT.date()) == [wife]
    Person.objects.filter(pk=wife).update(family=None)  # who is no relative any more sees nothing
    assert consents.let_in(wife, AT.date()) == consents.let_in(own, AT.date()) == []


def test_one_side_alone_ends_a_tie_for_both(world, own):
    wife = relative(own)
    for one, circle in ((own, wife), (wife, own)):
        consents.give(person=one, scope="circle", circle=circle, channel="app", by=owner(one), at=AT)
    assert consents.end_tie(person=own, circle=wife, channel="app", by=owner(own), at=AT)
    assert consents.let_in(wife, AT.date()) == consents.let_in(own, AT.date()) == []
    assert [one.stands for one in consents.history(wife)] == [False]
    assert not consents.end_tie(person=wife, circle=own, channel="app", by=owner(wife), at=AT)
    assert Entry.objects.filter(action="people.consent-ended", person=wife).count() == 1
    assert verify().broken is None


def test_a_child_stands_in_no_circle(world, own):
    child = relative(own, born=dt.date(2016, 1, 1))
    with pytest.raises(Refusal):
        consents.give(person=own, scope="circle", circle=child, channel="app", by=owner(own), at=AT)


def test_a_helper_sees_the_address_only_with_consent(world, own):
    helper = Actor(account=7, name="丙", permissions=frozenset({"case.respond"}),
                   scope=Scope("assigned", offices=(queries_office(world),)))  # fmt: skip
    Person.objects.filter(pk=own).update(address="一号院")
    Person.objects.get(pk=own).family.__class__.objects.filter(pk=Person.objects.get(pk=own).family_id).update(
        address="一号院"
    )
    casework.answer_dispatch(dispatch=world.objects["own"]["dispatch"], accept=True, by=helper, at=AT)
    assert [one.place for one in queries.dispatched_to(helper)] == [""]
    consents.give(person=own, scope="helper", channel="app", by=owner(own), at=AT)
    assert [one.place for one in queries.dispatched_to(helper)] == ["一号院"]
    consents.withdraw(person=own, scope="helper", channel="app", by=owner(own), at=AT)
    assert [one.place for one in queries.dispatched_to(helper)] == [""]


def queries_office(world):
    from lianxin.casework.models import Dispatch

    return Dispatch.objects.get(pk=world.objects["own"]["dispatch"]).office_id


def test_the_page_agrees_takes_back_and_forges_nothing(world, own):
    client = signed_in(world.resident)
    assert client.get("/household/data/").status_code == 200
    client.post("/household/data/consent/", {"scope": "helper"})
    assert consents.agreed("helper", [own]) == {own}
    client.post("/household/data/consent/", {"scope": "helper", "stop": "1"})
    assert consents.agreed("helper", [own]) == set()
    other = world.objects["sibling"]["person"]
    assert client.post("/household/data/consent/", {"scope": "helper", "for": other}).status_code == 404
    client.post("/household/data/consent/", {"scope": "everything", "given_as": "guardian"})
    client.post("/household/data/consent/", {"scope": "circle", "circle": other})
    assert Consent.objects.filter(superseded_at=None, valid_to=None).count() == 0


def test_the_counter_records_it(world, own):
    clerk = signed_in(world.staff["clerk"])
    page = f"/console/people/{own}/data/"
    assert clerk.post(page, {"scope": "helper", "what": "give", "paper": ""}).status_code == 422
    assert clerk.post(page, {"scope": "helper", "what": "give", "paper": "签字表"}).status_code == 302
    assert consents.agreed("helper", [own]) == {own}
    assert "签字表" in clerk.get(page).content.decode()
    assert clerk.post(page, {"scope": "helper", "what": "stop", "paper": "撤回书"}).status_code == 302
    assert consents.agreed("helper", [own]) == set()


def born(years, days=0):
    return dt.date(AT.year - years, AT.month, AT.day) + dt.timedelta(days=days)


def parent_of(person, child, basis="", kind="parent"):
    with journal.entry(action="test", by=OPERATOR, at=AT) as writing:
        writing.add([Kin(person_id=person, relative_id=child, kind=kind, basis=basis, recorded_at=AT)])


@pytest.mark.parametrize(("birth", "basis", "answers"), [
    (born(14), "", True), (born(18, 1), "", True), (born(18), "", False), (born(9), "step", False), (None, "", False),
])  # fmt: skip
def test_a_parent_acts_for_a_child_under_age_and_for_nobody_else(world, own, birth, basis, answers):
    child = relative(own, birth)
    parent_of(own, child, basis)
    assert acted_for(own, AT.date()) == (((child,) if answers else ()), ())
    assert acted_for(child, AT.date()) == ((), ())
    assert own_children(own, AT.date()) == ({child} if answers else set())
    assert (child in circles.kin_of(own, AT.date())) == (birth is None or birth <= born(18))


def test_whoever_lives_elsewhere_acts_for_no_child_without_a_mandate(world, own):
    child = relative(own, born(9))
    parent_of(own, child)
    Person.objects.filter(pk=child).update(family=None)
    assert acted_for(own, AT.date()) == ((), ())
    with pytest.raises(Refusal):
        consents.give(person=child, scope="helper", channel="app", by=owner(own, child), at=AT)


def test_beside_a_guardian_or_adoptive_parents_nobody_else_acts(world, own):
    child, other = relative(own, born(9)), relative(own, born(40))
    parent_of(own, child)
    parent_of(other, child, "adoption")
    assert acted_for(own, AT.date()) == ((), ())
    assert acted_for(other, AT.date()) == ((child,), ())
    with journal.entry(action="test", by=OPERATOR, at=AT) as writing:
        writing.add([Mandate(person_id=child, proxy_person_id=own, kind="guardian", services="", recorded_at=AT,
                             valid_from=AT.date(), valid_to=AT.date() + dt.timedelta(days=300))])  # fmt: skip
    assert acted_for(own, AT.date()) == ((child,), ())
    assert acted_for(other, AT.date()) == ((), ())


def test_a_parent_speaks_for_a_child_below_the_age_of_consent_without_a_mandate(world, own):
    young, older = relative(own, born(9)), relative(own, born(15))
    for child in (young, older):
        parent_of(own, child)
    consents.give(person=young, scope="helper", channel="app", by=owner(own, young, older), at=AT)
    assert consents.agreed("helper", [young]) == {young}
    with pytest.raises(Refusal):
        consents.give(person=older, scope="helper", channel="app", by=owner(own, young, older), at=AT)


def test_of_a_childs_matters_a_parent_sees_what_is_not_sealed(world, own):
    child = relative(own, born(9))
    parent_of(own, child)
    speaks = subjects.speaks_for(owner(own, child), AT)
    assert speaks.covers(Case(person_id=child, service="household-help", mode="ask"))
    assert not speaks.covers(Case(person_id=child, service="psych-support", mode="ask", sealed=True))
