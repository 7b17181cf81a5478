import pytest

from tests.factories import casework


@pytest.fixture
def town(kept_town, db):
    return kept_town()


@pytest.fixture
def bank(monkeypatch):
    """The rooms of money, visits and errands as their contract says, where they are not the thing tested."""
    return casework.stand_ins(monkeypatch)
