"""The same ask sent four times in one moment, each over a connection of its own, is one case."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections

from lianxin.casework.models import Case
from tests.factories.casework import town as build


@pytest.mark.postgresql  # on SQLite one writes at a time, and looks again when it is their turn; threads share a test's memory
@pytest.mark.django_db(transaction=True)
def test_four_clicks_in_one_moment_open_one_case() -> None:
    town = build()
    wife, start, found = town.persons["wife"], threading.Barrier(4), []
    said: dict[str, Any] = {"family": wife.family_id, "kind": "repair", "channel": "app", "words": "水管爆了"}

    def click() -> None:
        start.wait()
        try:
            found.append(town.open("household-help", wife, by=town.wife, **said).pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    assert Case.objects.count() == 1
