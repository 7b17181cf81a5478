"""Grants, over all roles and areas: never beyond one's own, never what one's class may not give, never duties together."""

import datetime as dt

import pytest
from tests.factories.access import identity, named

from lianxin.access import actions as access
from lianxin.access import standing
from lianxin.access.models import Account, Grant, Visit
from lianxin.access.organisation import NewAccount, NewOffice, Role, set_up
from lianxin.access.permissions import Refused
from lianxin.access.queries import actor_of, clashes
from lianxin.access.roles import ADMINISTRATORS, GIVES, ROLES, together
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over

AT = dt.datetime(2026, 5, 6, tzinfo=dt.UTC)
MACHINE = Actor(permissions=frozenset({"*"}), scope=over("4199"), area="4199")
AREAS = ("4199", "419902", "419902001", "419902001001", "419903", "419903001")
STAFF = sorted(set(ROLES) - {"resident"})


@pytest.fixture
def desk(db):
    access.add_areas(areas=[(code, f"区{code}", "") for code in AREAS], by=MACHINE, at=AT)
    made = {role: access.seat(username=role, name=role, role=role, area="419902", by=MACHINE, at=AT) for role in STAFF}
    office = made["clerk"].office
    fresh = access.open_accounts(accounts=[(Account(username="new", name="新", office=office), "")], by=MACHINE, at=AT)[
        0
    ]
    named([*made.values(), fresh], AT)
    return made, fresh


def test_every_grantor_role_and_area(desk):
    made, fresh = desk
    for grantor in STAFF:
        by = actor_of(made[grantor], AT)
        for role in STAFF:
            for area in AREAS:
                allowed = by.may("accounts.manage") and role in GIVES.get(grantor, ()) and area.startswith("419902")
                try:
                    grant = access.give_role(account=fresh.pk, role=role, area=area, by=by, at=AT)
                except (Refusal, Refused):
                    assert not allowed, (grantor, role, area)
                else:
                    assert allowed, (grantor, role, area)
                    access.end_roles(grants=[grant.pk], by=MACHINE, at=AT)


def test_the_three_administrators_stay_apart_and_do_no_business(desk):
    made, _ = desk
    for role in ADMINISTRATORS:
        may = ROLES[role].may
        assert not {one for one in may if one.startswith(("people.", "case.", "batch.", "own."))}, role
        for other in STAFF:
            assert together(role, other) == (role == other)
    for one in ADMINISTRATORS:
        for other in sorted(ADMINISTRATORS - {one}):
            with pytest.raises(Refusal):
                access.give_role(account=made[one].pk, role=other, area="419902", by=MACHINE, at=AT)
    with pytest.raises(Refusal):
        access.give_role(
            account=made["security"].pk, role="clerk", area="419902", by=actor_of(made["security"], AT), at=AT
        )
    assert not ROLES["audit"].may & {"accounts.manage", "areas.manage", "offices.manage", "secrecy.decide"}


def test_duties_never_overlap_in_time(desk):
    _, fresh = desk
    day = dt.date(2026, 6, 1)
    access.give_role(account=fresh.pk, role="payment-maker", area="419902", until=day, by=MACHINE, at=AT)
    with pytest.raises(Refusal):
        access.give_role(account=fresh.pk, role="payment-checker", area="419902", since=day, by=MACHINE, at=AT)
    with pytest.raises(Refusal):
        access.give_role(account=fresh.pk, role="payment-checker", area="419902", by=MACHINE, at=AT)
    access.give_role(
        account=fresh.pk, role="payment-checker", area="419902", since=day + dt.timedelta(days=1), by=MACHINE, at=AT
    )
    assert "payment-checker" not in actor_of(fresh, AT).roles


def test_duties_met_through_a_merged_file_are_refused_and_shown(desk):
    from tests.factories.casework import resident

    _, fresh = desk
    one, two = resident(11, "甲", home="419902001"), resident(12, "甲", home="419902001")
    other = access.open_accounts(accounts=[(Account(username="o", name="甲", office=fresh.office, person=two.pk), "")],
                                 by=MACHINE, at=AT)[0]  # fmt: skip
    Account.objects.filter(pk=fresh.pk).update(person=one.pk)
    access.give_role(account=fresh.pk, role="payment-maker", area="419902", by=MACHINE, at=AT)
    one.survivor, one.merged_at = two, AT
    one.save()
    with pytest.raises(Refusal):
        access.give_role(account=other.pk, role="payment-checker", area="419902", by=MACHINE, at=AT)
    assert clashes(over("4199")) == []
    access.give_roles(grants=[Grant(account=other, role="payment-checker", area="419902")], by=MACHINE, at=AT)
    assert [{a, b} for _, a, b in clashes(over("4199"))] == [{"payment-maker", "payment-checker"}]


def test_an_organisation_is_not_set_up_with_duties_that_exclude_each_other(desk):
    """In one account, in two of one person, and with an account that person has already; otherwise nothing is left."""

    def one(username: str, number: str, *roles: str) -> NewAccount:
        return NewAccount(
            username, "郑", office="o", number=number, roles=tuple(Role(role, "419903") for role in roles)
        )

    def make(*accounts: NewAccount) -> dict[str, int]:
        return set_up(offices=[NewOffice("o", "站", "Station", "station", "county", "419903")], accounts=accounts,
                      by=MACHINE, at=AT)[1]  # fmt: skip

    first, second = identity(501), identity(502)
    before = Account.objects.count()
    for wrong in ([one("a", first, "payment-maker", "payment-checker")],
                  [one("a", first, "payment-maker"), one("b", first, "payment-approver")],
                  [one("a", "", "security", "clerk")]):  # fmt: skip
        with pytest.raises(Refusal):
            make(*wrong)
    assert Account.objects.count() == before
    assert (
        len(make(one("a", first, "payment-maker"), one("b", second, "payment-checker"), one("c", first, "clerk"))) == 3
    )
    with pytest.raises(Refusal):
        make(one("d", first, "payment-approver"))


def test_standing_in_names_both_ends_by_itself_and_hands_no_sealed_matter_on(desk):
    made, fresh = desk
    clerk = made["clerk"]
    since, until = clock.day(AT), clock.day(AT) + dt.timedelta(days=3)
    standing.stand_in(account=clerk.pk, substitute=fresh.pk, since=since, until=until, by=actor_of(clerk, AT), at=AT)
    actor = actor_of(fresh, AT)
    assert not actor.may("case.accept")
    acting = standing.standing_for(actor, clerk.pk, AT)
    assert acting.may("case.accept") and acting.account == fresh.pk and "代" in acting.name
    assert acting.scope.sealed == frozenset()
    assert standing.standing_for(actor, clerk.pk, AT + dt.timedelta(days=5)) is None
    assert standing.standing_for(actor, made["reviewer"].pk, AT) is None
    access.give_role(account=fresh.pk, role="payment-maker", area="419902", by=MACHINE, at=AT)
    assert standing.standing_for(actor_of(fresh, AT), clerk.pk, AT) is not None
    access.give_role(account=clerk.pk, role="payment-checker", area="419902", by=MACHINE, at=AT)
    assert standing.standing_for(actor_of(fresh, AT), clerk.pk, AT) is None, "duties that came since do not meet either"
    maker, checker = made["payment-maker"], made["payment-checker"]
    Account.objects.filter(pk=checker.pk).update(office=maker.office)
    with pytest.raises(Refusal):
        standing.stand_in(
            account=maker.pk, substitute=checker.pk, since=since, until=until, by=actor_of(maker, AT), at=AT
        )


def test_sessions_end_with_the_next_request_when_disabled_or_a_role_ends(desk, client, settings):
    settings.DEMO = True
    made, _ = desk
    for act in (
        lambda one: access.close_account(account=one.pk, by=MACHINE, at=clock.now()),
        lambda one: access.end_role(grant=Grant.objects.get(account=one, superseded_at__isnull=True).pk, by=MACHINE,
                                    at=clock.now()),
        lambda one: access.new_password(account=one.pk, password="a-new-password-9", by=MACHINE, at=clock.now()),
    ):  # fmt: skip
        one = made.pop("clerk", None) or made.pop("reviewer", None) or made.pop("approver")
        client.force_login(one)
        session = client.session
        session["persona"] = True
        session.save()
        assert client.get("/console/messages/").status_code == 200
        act(one)
        answer = client.get("/console/messages/")
        assert answer.status_code == 302 and "/sign-in/login/" in answer.url
        assert Visit.objects.get(account=one).ended_at is not None


def test_idle_and_absolute_time_outs_follow_the_role(desk, client, settings):
    settings.DEMO = True
    made, _ = desk
    client.force_login(made["operator"])
    session = client.session
    session["persona"] = True
    session.save()
    client.get("/console/messages/")
    now = clock.now()
    Visit.objects.update(seen_at=now - dt.timedelta(minutes=ROLES["operator"].idle - 1))
    assert client.get("/console/messages/").status_code == 200
    Visit.objects.update(seen_at=now - dt.timedelta(minutes=ROLES["operator"].idle + 1))
    assert client.get("/console/messages/").status_code == 302
    assert Visit.objects.get().why == "idle"
