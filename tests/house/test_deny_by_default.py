"""Every address says who may open it; everybody else reads as if it did not exist."""

import datetime as dt

import pytest
from django.db import connection
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from lianxin.access import actions as access
from lianxin.access import gate
from lianxin.access.models import Account, Area, Grant, Office
from lianxin.access.roles import PERMISSIONS, ROLES
from lianxin.engine.scope import Actor
from tests.factories.access import named

AT = dt.datetime(2026, 11, 2, 2, 0, tzinfo=dt.UTC)


def walkers(*roles):
    """Who walks every address: all of these, or on PostgreSQL, whose answers can differ only behind the gate, a few."""
    few = {"worker", "clerk", "reviewer", "auditor"} if connection.vendor == "postgresql" else set(roles)
    return sorted(few & set(roles))


def patterns(resolver=None, before=""):
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, before + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield before + str(entry.pattern), entry


ALL = sorted(patterns(), key=lambda row: row[0])
PLAIN = [(route, entry) for route, entry in ALL if "<" not in route and not route.startswith("sign-in/")]


def test_every_address_declares_who_may_open_it():
    missing = [
        route
        for route, entry in ALL
        if not hasattr(entry.callback, "permission")
        and not entry.callback.__module__.startswith(("allauth.account", "allauth.mfa", "allauth.socialaccount"))
    ]
    assert missing == []


def test_every_declared_permission_is_in_the_one_file_of_roles():
    named = {getattr(entry.callback, "permission", "public") for _, entry in ALL} - {"public"}
    assert named <= set(PERMISSIONS)
    granted = frozenset().union(*(role.may for role in ROLES.values()))
    assert granted == set(PERMISSIONS), "a permission nobody has, or a role's word that is no permission"


def test_payment_duties_never_meet_in_one_role():
    duties = {"batch.make", "batch.check", "batch.approve"}
    assert all(len(role.may & duties) <= 1 for role in ROLES.values())


@pytest.fixture
def staff(db, settings):
    settings.DEMO = True  # a persona's session stands for the second factor
    access.add_areas(areas=[("4199", "澄川市", "Chengchuan"), ("419902", "东城区", "Dongcheng")], by=Actor(), at=AT)
    office = access.add_offices(
        offices=[Office(name="甲站", kind="station", level="county", area=Area.objects.get(pk="419902"))],
        by=Actor(), at=AT,
    )[0]  # fmt: skip
    made = access.open_accounts(
        accounts=[(Account(username=role, name=role, office=office), "") for role in ROLES if role != "resident"],
        by=Actor(), at=AT,
    )  # fmt: skip
    access.give_roles(
        grants=[Grant(account=account, role=account.username, area="419902") for account in made], by=Actor(), at=AT
    )
    named(made, AT)
    return {account.username: account for account in made}


def signed_in(account):
    client = Client()
    client.force_login(account)
    session = client.session
    session["persona"] = True
    session.save()
    return client


class Shut:
    """The gate alone, knocked at in somebody's name: what it refuses needs no walk through all that stands before it."""

    def __init__(self, client, account):
        self.session, self.account = client.session, account
        self.actor = gate.actor_of(account, dt.datetime.now(dt.UTC))

    def says(self, entry, method="get", /, **parts):
        """The status with which the gate of this address answers, before the page looks anything up."""
        request = getattr(RequestFactory(), method)("/")
        request.user, request.session = self.account, self.session
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(gate, "actor_of", lambda account, at: self.actor)
            try:
                return entry.callback(request, **parts).status_code
            except Http404:
                return 404


@pytest.mark.django_db
def test_strangers_read_only_public_pages():
    client = Client()
    for route, entry in PLAIN:
        status = client.get("/" + route).status_code
        if getattr(entry.callback, "permission", "") == "public":
            assert status < 400 or status == 405, route
        else:
            assert status in {302, 405}, (route, status)


@pytest.mark.parametrize("role", walkers(*set(ROLES) - {"resident"}))
def test_a_role_opens_exactly_its_pages(staff, role):
    client = signed_in(staff[role])
    shut, walked = Shut(client, staff[role]), False
    for route, entry in PLAIN:
        permission = getattr(entry.callback, "permission", "public")
        if permission == "public" or permission in ROLES[role].may:
            status = client.get("/" + route).status_code
            assert status in {200, 301, 302, 405}, (role, route, permission, status)
            continue
        assert shut.says(entry) == 404, (role, route, permission)
        if not walked:  # and once the whole way, as a browser goes it
            assert client.get("/" + route).status_code == 404, (role, route, permission)
            walked = True


def test_staff_without_a_second_factor_are_sent_to_set_one_up(staff, settings):
    settings.DEMO = False
    client = signed_in(staff["clerk"])
    answer = client.get("/console/")
    assert answer.status_code in {302, 404}
    if answer.status_code == 302:
        assert "2fa" in answer.url
