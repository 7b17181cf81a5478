import pytest

from tests.factories import casework


@pytest.fixture
def town(db):
    return casework.town()
