"""A long list is walked in its own order: whoever is over a whole city waits no longer than a village."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianxin.casework import queries
from lianxin.catalogue.queries import gaps
from tests.factories.casework import AT


@pytest.mark.parametrize("who", ["approver", "reviewer"])
def test_nothing_is_sorted_for_the_first_page_of_a_city_or_a_county(town, who):
    scope = getattr(town, who).scope
    with CaptureQueriesContext(connection) as asked:
        queries.cases(scope, at=AT)
        gaps(scope, day=AT.date())
    pages = [one["sql"] for one in asked if re.search(r"ORDER BY .* LIMIT", one["sql"])]
    assert sum("casework_case" in sql for sql in pages) == 2, pages
    assert any("catalogue_verdict" in sql for sql in pages), pages
    if connection.vendor == "postgresql":
        return  # it knows how much of a table a range holds, and this table is small
    with connection.cursor() as cursor:
        for sql in pages:
            cursor.execute("EXPLAIN QUERY PLAN " + sql)
            assert "USE TEMP B-TREE FOR ORDER BY" not in {row[3] for row in cursor.fetchall()}, sql
