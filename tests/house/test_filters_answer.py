"""Every list answers whatever its own filters may hold: digits, a name, a day, each of its choices."""

import datetime as dt
import re

import pytest
from django.urls import get_resolver
from lxml import html

from tests.house.test_deny_by_default import signed_in
from tests.house.world import World

AT = dt.datetime(2026, 11, 2, 2, 0, tzinfo=dt.UTC)
GIVEN = {"date": ["2026-01-01"], "text": ["419902", "甲", "%_'\""], "search": ["419902", "甲", "%_'\""]}


def _pages(patterns=None, before=""):
    for one in patterns if patterns is not None else get_resolver().url_patterns:
        address = before + str(one.pattern)
        if hasattr(one, "url_patterns"):
            yield from _pages(one.url_patterns, address)
        elif address.startswith("console/") and "<" not in address and "(" not in address:
            yield "/" + address


def _asked(body):
    """Each control of the page's own filters with a value: (name, value)."""
    for form in html.fromstring(body).xpath("//main//form[translate(@method, 'GET', 'get')='get']"):
        for control in form.xpath(".//input[@name]"):
            for value in GIVEN.get(control.get("type", "text"), []):
                yield control.get("name"), value
        for control in form.xpath(".//select[@name]"):
            for choice in control.xpath(".//option/@value")[:4]:
                yield control.get("name"), choice


@pytest.mark.django_db
def test_no_filter_of_a_list_breaks_its_page(settings):
    settings.DEMO = True
    world = World.build(AT)
    clients = {role: signed_in(account) for role, account in world.staff.items()}
    tried = set()
    for address in sorted(set(_pages())):
        for role, client in clients.items():
            answer = client.get(address)
            if answer.status_code != 200 or not re.match("text/html", answer.headers["Content-Type"]):
                continue
            for name, value in _asked(answer.content.decode()):
                found = client.get(address, {name: value})
                assert found.status_code == 200, (role, address, name, value)
                tried.add((address, name))
            break
    assert ("/console/offices/", "text") in tried
    assert len(tried) > 30
