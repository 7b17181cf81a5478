"""A mandate that names services opens those matters of a person, and nothing else of them."""

import datetime as dt

import pytest

from lianxin.access.models import Account
from lianxin.access.queries import actor_of
from lianxin.casework import actions
from lianxin.people import queries as people
from lianxin.people.actions import give_mandate
from tests.factories.casework import AT, picture, resident

pytestmark = pytest.mark.django_db
HELP, OTHER = "household-help", "contact-change"


@pytest.fixture
def old(town, monkeypatch):
    monkeypatch.setattr("lianxin.engine.clock.now", lambda: AT)
    return town.persons["old_man"]


def allow(town, old, services):
    give_mandate(person=old.pk, proxy_person=town.persons["wife"].pk, kind="proxy", services=services, paper="书面委托",
                 until=AT.date() + dt.timedelta(days=30), by=town.clerk, at=AT)  # fmt: skip


def matters(town, old):
    """One matter of each kind, and a paper handed in for the one that the mandate does not name."""
    asked = town.open(HELP, old, by=town.clerk, kind="repair", words="水管坏了", channel="counter")
    other = town.open(OTHER, old, by=town.clerk, channel="counter")
    actions.supplement(case=other.pk, by=town.clerk, at=AT, files=[actions.Upload("other", picture())])
    return asked, other, other.papers.get()


def test_a_named_service_is_open_and_nothing_else(town, old, wife):
    asked, other, paper = matters(town, old)
    allow(town, old, HELP)
    proxy = actor_of(Account.objects.get(pk=town.accounts["wife"]), AT)
    assert people.person(proxy.scope, old.pk) is None
    assert wife.get(f"/cases/{asked.pk}/").status_code == 200
    assert wife.get(f"/cases/{other.pk}/").status_code == 404
    assert wife.get(f"/papers/{paper.pk}/").status_code == 404
    listed = wife.get("/cases/").content.decode()
    assert f"/cases/{asked.pk}/" in listed and f"/cases/{other.pk}/" not in listed
    assert wife.get(f"/household/data/?for={old.pk}").status_code == 404
    assert wife.get(f"/ask/{HELP}/repair/?for={old.pk}").status_code == 200
    assert wife.get(f"/ask/{OTHER}/-/?for={old.pk}").status_code == 404
    assert wife.get(f"/entitled/living-subsidy-rural60/?for={old.pk}").status_code == 404
    choices = wife.get(f"/ask/?for={old.pk}").content.decode()
    assert f"/ask/{HELP}/repair/?for={old.pk}" in choices


def test_a_mandate_for_everything_opens_the_file(town, old, wife):
    asked, other, paper = matters(town, old)
    allow(town, old, HELP)
    allow(town, old, "")
    proxy = actor_of(Account.objects.get(pk=town.accounts["wife"]), AT)
    assert people.person(proxy.scope, old.pk) is not None
    for address in (
        f"/cases/{asked.pk}/",
        f"/cases/{other.pk}/",
        f"/papers/{paper.pk}/",
        f"/household/data/?for={old.pk}",
    ):
        assert wife.get(address).status_code == 200, address


def test_what_others_of_that_household_asked_for_stays_theirs(town, old, wife):
    """The mandate is the old man's word for his own matters, not for his daughter's; she reads his household's herself."""
    daughter = resident(40, "戴秀", born=dt.date(1975, 3, 3))
    old.refresh_from_db()
    people_of = {"family": old.family_id, "area": old.home, "by": town.clerk, "channel": "counter", "kind": "repair"}
    hers, his = (town.open(HELP, one, words="水管坏了", **people_of) for one in (daughter, old))
    for case in (hers, his):
        actions.supplement(case=case.pk, by=town.clerk, at=AT, files=[actions.Upload("other", picture())])
    allow(town, old, "")
    for case, opens in ((hers, False), (his, True)):
        paper = case.papers.get()
        assert [wife.get(one).status_code == 200 for one in (f"/cases/{case.pk}/", f"/papers/{paper.pk}/")] == [
            opens
        ] * 2
    listed = wife.get("/cases/").content.decode()
    assert f"/cases/{his.pk}/" in listed and f"/cases/{hers.pk}/" not in listed
