"""Cases opened before a desk is staffed: they wait with whoever stands in, and go home when the right office is seated."""

import datetime as dt
import re

import pytest

from lianxin.access import actions as access
from lianxin.access.models import Account, Office
from lianxin.access.queries import actor_of
from lianxin.casework import actions, queries
from lianxin.casework.models import Case, Move
from lianxin.casework.refusals import NoSuchCase
from lianxin.catalogue import actions as catalogue
from lianxin.catalogue.queries import in_force
from lianxin.engine.openings import Opening
from lianxin.journal.models import Entry
from lianxin.notices import queries as notices
from tests.factories import casework
from tests.factories.casework import AT, CITY, COUNTY, ROOT, SYSTEM, TOWN, resident

pytestmark = pytest.mark.django_db
NEXT_DAY = AT + dt.timedelta(days=1)


@pytest.fixture
def bare(db):
    """A city of one administrator: areas, people, the catalogue, nobody at any desk."""
    access.add_areas(areas=casework._AREAS, by=SYSTEM, at=AT)
    guard = access.seat(username="guard", name="守", role="security", area=CITY, by=SYSTEM, at=AT)
    catalogue.publish(path=ROOT / "catalogue", by=SYSTEM, at=AT, approved_by="tests")
    return guard


def opened(person, service="living-subsidy-rural60", **given):
    version = in_force(AT.date())[service].version_id
    opening = Opening(service=service, version=version, person=person.pk, **given)
    return actions.open_cases(openings=[opening], by=SYSTEM, at=AT)[0]


def seat(role, area, name=""):
    name = name or f"{role}{area}"
    account = access.seat(username=name, name=name, role=role, area=area, by=SYSTEM, at=NEXT_DAY)
    return actor_of(Account.objects.select_related("office").get(pk=account.pk), NEXT_DAY)


def ids(actor):
    return [row.id for row in queries.inbox(actor, at=NEXT_DAY).rows]


def test_what_was_opened_early_goes_to_the_office_that_is_seated(bare):
    rural = [opened(resident(n, f"人{n}")) for n in (11, 12, 13)]
    news = opened(resident(14, "兵"), "good-news", event_on=AT.date())
    assert {case.office.area_id for case in (*rural, news)} == {CITY}
    promised = {case.pk: case.due_at for case in rural}
    clerk = seat("clerk", TOWN)
    assert sorted(ids(clerk)) == [case.pk for case in rural]
    assert {case.pk: case.due_at for case in Case.objects.filter(pk__in=promised)} == promised
    move = Move.objects.filter(case=rural[0].pk).latest("pk")
    assert (move.verb, move.to_state) == ("come-home", "open")
    assert Entry.objects.filter(action="case.come-home").count() == 1  # one entry for all of them
    liaison = seat("liaison", CITY)
    assert ids(liaison) == [news.pk]
    assert "attest-please" in {one.template for one in notices.mine(liaison)}
    assert actions.bring_home(by=SYSTEM, at=NEXT_DAY) == 0
    actions.accept(cases=rural[0].pk, by=clerk, at=NEXT_DAY, waive=True, words="随后补")


def test_the_night_finds_what_the_day_missed(bare):
    case = opened(resident(11, "人"))
    Office.objects.create(name="站", kind="station", level="township", area_id=TOWN)
    assert Case.objects.get(pk=case.pk).office.area_id == CITY
    assert actions.bring_home(by=SYSTEM, at=NEXT_DAY) == 1
    assert Case.objects.get(pk=case.pk).office.area_id == TOWN


def test_the_one_who_stands_in_does_the_step_with_its_own_permission(bare):
    case = opened(resident(11, "人"))
    clerk = seat("clerk", CITY)
    assert "accept" in queries.case(clerk, case.pk, at=NEXT_DAY).verbs
    leader = seat("leader", CITY)
    assert "accept" not in (getattr(queries.case(leader, case.pk, at=NEXT_DAY), "verbs", ()) or ())


def test_a_higher_office_never_does_a_step_with_a_lower_permission(bare):
    """At the county's own review in the county's own office the township's permission is not enough."""
    person = resident(11, "人")
    case = opened(person)
    seat("reviewer", COUNTY)
    Case.objects.filter(pk=case.pk).update(
        level="county", step=1, step_name="review", office=Office.objects.get(area_id=COUNTY).pk
    )
    clerk = seat("clerk", COUNTY)
    assert "advance" not in queries.case(clerk, case.pk, at=NEXT_DAY).verbs


def test_who_has_a_case_hands_it_on_and_it_stays_there(bare):
    case = opened(resident(11, "人"))
    clerk = seat("clerk", TOWN)
    county = seat("reviewer", COUNTY)
    targets = {pk for pk, *_ in queries.may_have(clerk, case.pk, NEXT_DAY)}
    assert county.office in targets
    sibling = seat("reviewer", "419902")
    with pytest.raises(NoSuchCase):
        actions.hand_on(case=case.pk, office=sibling.office, words="转", by=clerk, at=NEXT_DAY)
    actions.hand_on(case=case.pk, office=county.office, words="县里直接办", by=clerk, at=NEXT_DAY)
    assert ids(county) == [case.pk]
    assert actions.bring_home(by=SYSTEM, at=NEXT_DAY) == 0


def test_administrators_and_leaders_hear_nothing_of_the_citys_business(bare):
    opened(resident(11, "兵"), "good-news", event_on=AT.date())
    guard = actor_of(bare, NEXT_DAY)
    assert notices.mine(guard) == [] and notices.unread_count(guard) == 0
    assert notices.mine(seat("leader", CITY)) == []


def test_match_says_where_nobody_sits(bare):
    opened(resident(11, "人"))
    opened(resident(12, "兵"), "good-news", event_on=AT.date())
    told = queries.unmanned(SYSTEM.scope, NEXT_DAY)
    assert sum(one.count for one in told) == 2 and {one.area for one in told} == {CITY}
    seat("clerk", TOWN)
    seat("liaison", CITY)
    assert queries.unmanned(SYSTEM.scope, NEXT_DAY) == []


def test_the_page_says_that_nobody_may_do_the_step(bare):
    case = opened(resident(11, "兵"), "good-news", event_on=AT.date())
    approver = seat("approver", CITY)
    assert queries.case(approver, case.pk, at=NEXT_DAY).withheld


def test_who_withdrew_unseen_may_have_it_after_all(town):
    person = town.persons["wife"]
    case = town.open("good-news", person, event_on=AT.date())
    actions.withdraw(cases=case.pk, by=town.wife, at=AT)
    assert "reopen" in queries.case(town.wife, case.pk, at=AT).verbs
    assert "reopen" in queries.case(town.clerk, case.pk, at=AT).verbs
    again = town.open("good-news", person, by=town.clerk, channel="counter", event_on=AT.date())
    assert again.pk != case.pk and again.state == "open"
    actions.withdraw(cases=again.pk, by=town.wife, at=AT)
    actions.reopen(cases=case.pk, by=town.wife, at=NEXT_DAY, words="还是要")
    assert Case.objects.get(pk=case.pk).state == "open"


def test_the_machine_does_not_press_what_was_withdrawn(town):
    person = town.persons["wife"]
    case = town.open("good-news", person, event_on=AT.date())
    actions.withdraw(cases=case.pk, by=town.wife, at=AT)
    version = case.version_id
    found = Opening(service="good-news", version=version, person=person.pk, event_on=AT.date())
    assert actions.open_cases(openings=[found], by=SYSTEM, at=NEXT_DAY) == []


def test_who_sat_on_the_panel_is_told_who_approves(town, bank):
    case = _at_approval(town)
    panel = town.panel
    view = queries.case(panel, case.pk, at=AT)
    assert "advance" not in view.verbs
    assert re.split("[:：]", view.withheld)[-1].strip(" .。") == "approver"
    assert queries.case(town.approver, case.pk, at=AT).withheld == ""


def _at_approval(town):
    for one in in_force(AT.date()).values():
        steps = [step.step for step in one.service.route]
        if "panel" in steps and steps[steps.index("panel") + 1 :][:1] == ["approve"] and not one.service.sealed:
            break
    case = town.open(one.service.code, town.persons["wife"], channel="counter")
    place = steps.index("panel")
    office = Account.objects.get(pk=town.accounts["panel"]).office
    Case.objects.filter(pk=case.pk).update(
        step=place, step_name="panel", level="city", office=office, state="open", desk=""
    )
    actions.advance(cases=case.pk, by=town.panel, at=AT)
    assert Case.objects.get(pk=case.pk).step_name == "approve"
    return case


def test_an_office_that_comes_with_its_first_account_is_named_by_its_kind(bare):
    names = {Office.objects.get(pk=seat(role, "419901").office).name for role in ("reviewer", "liaison")}
    assert len(names) == 2 and all(name.startswith("东县") and name != "东县" for name in names)
