"""Areas come with those above them, and a bare code takes the first name it is given."""

import datetime as dt

import pytest

from lianxin.access import actions as access
from lianxin.access.models import Account, Area, Grant
from lianxin.access.queries import actor_of, within
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, Scope, over

AT = dt.datetime(2026, 5, 6, tzinfo=dt.UTC)
OPERATOR = Actor(permissions=frozenset({"*"}), scope=over("4199"))


@pytest.mark.django_db
def test_a_village_brings_its_township_county_and_city():
    assert access.add_areas(areas=[("419902001001", "柳树村", "Willow")], by=OPERATOR, at=AT) == 4
    assert list(Area.objects.order_by("code").values_list("code", "level", "parent_id")) == [
        ("4199", "city", None), ("419902", "county", "4199"), ("419902001", "township", "419902"),
        ("419902001001", "village", "419902001"),
    ]  # fmt: skip
    assert access.add_areas(areas=[("419902", "西城区", "")], by=OPERATOR, at=AT) == 0
    assert Area.objects.get(pk="419902").name == "西城区"
    access.add_areas(areas=[("419902", "别的名字", "")], by=OPERATOR, at=AT)
    assert Area.objects.get(pk="419902").name == "西城区"


@pytest.mark.django_db
def test_seat_opens_an_account_that_acts_in_its_area_only():
    account = access.seat(username="zhou", name="周", role="clerk", area="419902001", by=OPERATOR, at=AT, password="x1")
    actor = actor_of(account, AT)
    assert actor.may("case.accept")
    assert not actor.may("case.approve")
    assert actor.scope.covers("419902001007")
    assert not actor.scope.covers("419902002001")
    assert not actor.scope.covers("419902")


@pytest.mark.django_db
@pytest.mark.parametrize("area", ["", "41", "41990", "４１９９", "4199' OR 1=1", "9999"])
def test_seat_refuses_what_is_no_area_or_not_ones_own(area):
    with pytest.raises(Exception) as refused:
        access.seat(username="a", name="a", role="clerk", area=area, by=OPERATOR, at=AT)
    assert type(refused.value).__name__ in {"Refusal", "Refused"}
    assert not Account.objects.exists()


@pytest.mark.django_db
def test_a_name_is_given_once():
    access.seat(username="a", name="a", role="clerk", area="419902001", by=OPERATOR, at=AT)
    with pytest.raises(Refusal):
        access.seat(username="a", name="a", role="clerk", area="419902002", by=OPERATOR, at=AT)


@pytest.mark.django_db
def test_a_grant_ends_by_itself_and_at_once_when_taken_back():
    account = access.seat(username="a", name="a", role="clerk", area="419902001", by=OPERATOR, at=AT)
    grant = Grant.objects.get()
    access.end_roles(grants=[grant.pk], by=OPERATOR, at=AT)
    assert actor_of(account, AT).permissions == frozenset()
    assert actor_of(account, AT).scope.reach == "none"
    access.give_roles(
        grants=[Grant(account=account, role="clerk", area="419902001", valid_to=AT.date())], by=OPERATOR, at=AT
    )
    assert actor_of(account, AT).may("case.accept")
    assert not actor_of(account, AT + dt.timedelta(days=2)).may("case.accept")


@pytest.mark.django_db
def test_scope_covers_exactly_what_lies_below_its_prefixes():
    access.add_areas(areas=[("419902001001", "甲", ""), ("419903001001", "乙", "")], by=OPERATOR, at=AT)
    seen = Area.objects.filter(within(over("419902"), "code")).values_list("code", flat=True)
    assert set(seen) == {"419902", "419902001", "419902001001"}
    assert not Area.objects.filter(within(Scope(), "code")).exists()
    assert not Area.objects.filter(within(Scope("self", persons=(1,)), "code")).exists()
    assert over("4199").narrowed("419902").areas == ("419902",)
    assert over("419902").narrowed("4199").areas == ("419902",)
    assert over("419902").narrowed("419903").reach == "none"
