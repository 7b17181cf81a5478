import pytest
from django.test import Client

from lianxin.access.models import Account


@pytest.fixture
def town(kept_town, db):
    return kept_town()


@pytest.fixture
def enter(town):
    """A signed-in browser of somebody in the town."""

    def sign_in(name, language="zh-hans"):
        client = Client()
        client.force_login(Account.objects.get(pk=town.accounts[name]))
        client.cookies["django_language"] = language
        return client

    return sign_in


@pytest.fixture
def wife(enter):
    return enter("wife")
