"""The keeper of accounts says who stands behind one; whoever signs for money is somebody."""

import datetime as dt

import pytest

from lianxin.access import actions, queries
from lianxin.access.models import Account, Behind, Grant
from lianxin.engine import clock
from lianxin.engine.scope import Actor, over
from lianxin.people.models import Person
from tests.factories.access import identity
from tests.house.test_access_matrix import AT
from tests.house.test_deny_by_default import signed_in

pytestmark = pytest.mark.django_db
OPERATOR = Actor(permissions=frozenset({"*"}), scope=over("4199"), area="4199")
NEW = {"name": "小周", "username": "zhou", "role": "payment-maker", "area": "419902"}


@pytest.fixture
def keeper(kept_world, settings):
    settings.DEMO = True  # a persona's session stands for the second factor
    world = kept_world()
    return world, signed_in(world.staff["security"])


def person(world):
    return Person.objects.get(pk=world.objects["own"]["person"])


def test_an_account_that_signs_for_money_names_its_person_or_says_that_there_is_none(keeper):
    world, client = keeper
    assert client.post("/console/accounts/new/", NEW).status_code == 422
    assert client.post("/console/accounts/new/", {**NEW, "file_number": "CC99999999"}).status_code == 422
    assert not Account.objects.filter(username="zhou").exists()
    assert client.post("/console/accounts/new/", {**NEW, "file_number": person(world).file_number}).status_code == 302
    made = Account.objects.get(username="zhou")
    assert Behind.objects.get(account=made).person == person(world).pk
    page = client.get(f"/console/accounts/{made.pk}/").content.decode()
    assert person(world).name not in page  # masked
    assert client.post("/console/accounts/new/", {**NEW, "username": "wu", "number": "123"}).status_code == 422
    assert client.post("/console/accounts/new/", {**NEW, "username": "wu", "number": identity(1)}).status_code == 302
    assert queries.seat(over("419902"), Account.objects.get(username="wu").pk).named


def test_a_leader_needs_no_name_but_gets_no_money_role_without_one(keeper):
    _world, client = keeper
    assert client.post("/console/accounts/new/", {**NEW, "role": "leader"}).status_code == 302
    made = Account.objects.get(username="zhou")
    client.post(f"/console/accounts/{made.pk}/", {"role": "payment-checker", "area": "419902"})
    assert not Grant.objects.filter(account=made, role="payment-checker").exists()
    client.post(f"/console/accounts/{made.pk}/person/", {"number": identity(1)})
    client.post(f"/console/accounts/{made.pk}/", {"role": "payment-checker", "area": "419902"})
    assert Grant.objects.filter(account=made, role="payment-checker").exists()


def test_duties_that_lie_apart_never_meet_in_one_named_person(keeper):
    world, client = keeper
    maker, checker = (
        actions.seat(username=role, name="甲", role=role, area="419902", by=OPERATOR, at=AT)
        for role in ("payment-maker", "payment-checker")
    )
    number = person(world).file_number
    client.post(f"/console/accounts/{maker.pk}/person/", {"file_number": number})
    client.post(f"/console/accounts/{checker.pk}/person/", {"file_number": number})
    assert Behind.objects.filter(account=maker).exists() and not Behind.objects.filter(account=checker).exists()
    plain = actions.seat(username="plain", name="甲", role="clerk", area="419902", by=OPERATOR, at=AT)
    client.post(f"/console/accounts/{plain.pk}/person/", {"file_number": number})
    client.post(f"/console/accounts/{plain.pk}/", {"role": "payment-checker", "area": "419902"})
    assert not Grant.objects.filter(account=plain, role="payment-checker").exists()


def test_a_locked_account_is_seen_in_the_list(keeper):
    world, client = keeper
    now = clock.now()
    Account.objects.filter(pk=world.staff["clerk"].pk).update(locked_until=now + dt.timedelta(minutes=10))
    Account.objects.filter(pk=world.staff["reviewer"].pk).update(locked_until=now - dt.timedelta(minutes=1))
    page = client.get("/console/accounts/", headers={"accept-language": "zh-hans"}).content.decode()
    assert page.count("锁定到") == 1


def test_accounts_that_name_nobody_are_seen_by_the_administrators_and_two_of_one_number_never_hold_duties_that_lie_apart(
    keeper,
):
    world, client = keeper
    maker, checker = (
        actions.seat(username=role, name=f"{role} 甲", role=role, area="419902", by=OPERATOR, at=AT)
        for role in ("payment-maker", "payment-checker")
    )
    assert {maker.pk, checker.pk} <= {row[0] for row in queries.unnamed(over("419902"))}
    for role in ("security", "audit", "operator"):
        assert "payment-maker 甲" in signed_in(world.staff[role]).get("/console/powers/").content.decode()
    for one in (maker, checker):
        client.post(f"/console/accounts/{one.pk}/person/", {"number": identity(7)})
    assert {maker.pk, checker.pk} & {row[0] for row in queries.unnamed(over("419902"))} == {checker.pk}
