"""What an ask costs, and that it lands where it belongs: few queries, the right desk, once."""

import datetime as dt
import itertools

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lianxin.access.models import Account, Office
from lianxin.casework.models import Case, Counter
from lianxin.people.models import Person
from tests.factories.casework import AT, COUNTY, SIBLING_VILLAGE, TOWN, VILLAGE, resident

HELP = "household-help"
MOST = 27  # queries of one ask from the app, the gate and the journal with it


@pytest.fixture
def wife(town):
    client = Client()
    client.force_login(Account.objects.get(pk=town.accounts["wife"]))
    client.get("/ask/household-help/repair/")
    return client


def test_an_ask_from_the_app_asks_the_database_little_and_no_more_for_the_tenth(town, wife):
    counted = []
    for words in ("水管爆了", "灯坏了", "门锁坏了", "水管又爆了"):
        with CaptureQueriesContext(connection) as asked:
            assert wife.post("/ask/household-help/repair/", {"words": words}).status_code == 302
        counted.append(len(asked))
    assert Case.objects.filter(person=town.persons["wife"]).count() == 4
    assert counted[-1] <= MOST
    assert counted[-1] <= counted[1], "a household that asked before costs no more"


@pytest.mark.parametrize("shut", [(), (VILLAGE,), (VILLAGE, TOWN), (VILLAGE, TOWN, COUNTY)])
def test_the_nearest_open_office_over_the_household_has_it(town, shut):
    Office.objects.filter(area__in=shut, kind__in=["station", "centre"]).update(open=False)
    names = {0: f"station.{VILLAGE}", 1: f"station.{TOWN}", 2: f"centre.{COUNTY}", 3: "bureau"}
    person = town.persons["wife"]
    case = town.open(
        HELP, person, by=town.wife, family=person.family_id, kind="repair", channel="app", words="水管爆了"
    )
    assert case.office_id == town.offices[names[len(shut)]]
    neighbour = town.persons["neighbour"]
    other = town.open(HELP, neighbour, family=neighbour.family_id, kind="repair", channel="phone", words="灯坏了")
    assert (other.office_id, other.area) == (town.offices[f"station.{SIBLING_VILLAGE}"], SIBLING_VILLAGE)


def test_a_person_whose_file_has_no_home_is_served_where_the_household_lives(town):
    homeless = resident(77, "何舟")
    Person.objects.filter(pk=homeless.pk).update(home="")
    case = town.open(HELP, homeless, family=homeless.family_id, kind="repair", channel="phone", words="水管爆了")
    assert (case.area, case.office_id) == (VILLAGE, town.offices[f"station.{VILLAGE}"])


def test_the_same_key_is_the_same_ask_however_late_and_without_one_only_within_two_minutes(town):
    person = town.persons["wife"]
    given = {"by": town.wife, "family": person.family_id, "kind": "repair", "channel": "app", "words": "水管爆了"}
    hour, minute = dt.timedelta(hours=1), dt.timedelta(minutes=1)
    first = town.open(HELP, person, reference="a-key-of-a-form", **given)
    assert town.open(HELP, person, reference="a-key-of-a-form", at=AT + hour, **given).pk == first.pk
    bare = town.open(HELP, person, **given)
    assert town.open(HELP, person, at=AT + minute, **given).pk == bare.pk
    assert town.open(HELP, person, at=AT + hour, **given).pk not in {first.pk, bare.pk}


def test_numbers_run_on_without_gap_for_one_or_many_sealed_ones_apart(town):
    people = [town.persons[name] for name in ("wife", "old_man", "soldier")]
    made = [
        town.open(HELP, one, family=one.family_id, kind="repair", channel="phone", words="水管爆了") for one in people
    ]
    last = [int(one.number[-6:]) for one in made]
    assert all(after == before + 1 for before, after in itertools.pairwise(last))
    assert Counter.objects.get(sealed=False).last == last[-1]
    assert all(Case.objects.get(number=one.number).pk == one.pk for one in made)


def test_a_role_that_ended_or_began_holds_from_the_next_page_on(town):
    from lianxin.access.models import Grant

    account = Account.objects.get(pk=town.accounts["clerk"])
    Account.objects.filter(pk=account.pk).update(must_change=False)
    client = Client()
    client.force_login(account)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa"}]
    session.save()
    assert client.get("/console/scan/").status_code == 200
    Grant.objects.filter(account=account).update(superseded_at=AT)
    assert client.get("/console/scan/").status_code == 404
    Grant.objects.filter(account=account).update(superseded_at=None)
    assert client.get("/console/scan/").status_code == 200
