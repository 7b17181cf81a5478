"""The copy by columns says what the database says: any rows, merges, areas, groups, wherever the copy ends."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import override_settings
from hypothesis import Phase, given
from hypothesis import settings as chosen
from hypothesis import strategies as st

from lianxin.insight import columnstore, definitions
from lianxin.insight.register import View, Window
from lianxin.outcomes.actions import Posted, post, reverse
from lianxin.outcomes.models import Outcome
from tests.insight import city, test_figures
from tests.insight.test_figures import DAYS, FOLDER, MERGES, ROWS

BY = st.sampled_from(
    [(), ("year",), ("month",), ("quarter",), ("county",), ("township", "kind"), ("category", "service")]
)


@override_settings(CATALOGUE=FOLDER)
class CopyIsTheRegister(test_figures.FiguresAreCounts):
    test_every_figure_is_the_plain_count = None  # type: ignore[assignment]

    @chosen(max_examples=25, phases=[Phase.generate])
    @given(st.lists(ROWS, max_size=8), st.lists(ROWS, max_size=4), MERGES, DAYS, DAYS,
           st.sampled_from(["4199", "419901", "419902001"]), BY, st.sampled_from([frozenset(), frozenset({"rights-case"}), None]))  # fmt: skip
    def test_both_ways_count_the_same(
        self, rows: list[dict[str, Any]], later: list[dict[str, Any]], merges: dict[int, tuple[int, int]], one: dt.date,
        two: dt.date, area: str, by: tuple[str, ...], sealed: frozenset[str] | None,
    ) -> None:  # fmt: skip
        if connection.vendor != "sqlite":
            pytest.skip("the copy is for SQLite")
        with (
            tempfile.TemporaryDirectory() as home,
            override_settings(HOME=Path(home)),
            patch.object(columnstore, "FROM_ROWS", 1),
        ):
            columnstore.forget()
            self.build(rows, merges)
            secret = {"kind": "advice", "service": "rights-case", "area": city.VILLAGES[0], "sealed": True}
            post(outcomes=[Posted(**secret, happened_on=one, source=f"secret:{n}", quantity=n) for n in range(3)],
                 by=city.BY, at=city.AT)  # fmt: skip
            held = columnstore.refresh()
            assert held == Outcome.objects.filter(sealed=False, reverses=None, reversals=None).count()
            for number, row in enumerate(later):
                given = {
                    key: row[key] for key in ("kind", "service", "category", "area", "family", "quantity", "amount")
                }
                post(
                    outcomes=[Posted(**given, happened_on=row["happened_on"], source=f"l{number}")],
                    by=city.BY,
                    at=city.AT,
                )
            if rows and rows[0]["back"] is None:
                reverse(sources=["s0"], by=city.BY, at=city.AT, reason="drill")
            window = Window(min(one, two), max(one, two))
            for definition in definitions.load().values():
                asked: dict[str, Any] = {"area": area, "window": window, "by": by}
                copied = View(None, sealed).measured(definition, **asked)
                with patch.object(columnstore, "now", lambda _: None):
                    asked_anew = View(None, sealed).measured(definition, **asked)
                assert sorted(copied, key=repr) == sorted(asked_anew, key=repr), definition.code
            assert columnstore.differences() == []
            if columnstore.refresh():
                assert columnstore.differences() == []
                Outcome.objects.filter(sealed=False, reverses=None).update(quantity=77)
                assert (
                    columnstore.differences() != [] or not Outcome.objects.filter(sealed=False, reversals=None).exists()
                )
            columnstore.forget()
