"""A few persons judged row by row: the same as everyone in columns."""

import datetime as dt
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianxin.catalogue import few, queries
from lianxin.catalogue.models import Verdict
from lianxin.engine import explaining, judging
from lianxin.journal import actions as journal
from lianxin.outcomes import actions as register
from lianxin.people import models
from tests.catalogue.test_match import AT, DAY, SYSTEM, city, run  # noqa: F401  the town of matching

KINDS = {
    "bool": st.booleans(), "int": st.integers(-5, 80), "decimal": st.floats(-5, 5), "text": st.just("none"),
    "date": st.dates(dt.date(2020, 1, 1), dt.date(2026, 5, 6)),
}  # fmt: skip


def stored():
    columns = ("service", "subject", "area", "verdict", "amount", "missing", "version", "event_on")
    return sorted(Verdict.objects.values_list(*columns), key=str)


def columns_only():
    return mock.patch.object(few, "FEW", -1)


@pytest.fixture
def homes(city):  # noqa: F811
    """Everybody lives in a household, two of them together; something was received."""
    with journal.entry(action="test", by=SYSTEM, at=AT) as writing:
        made = writing.add([models.Family(code=f"H{n}", home="419902001001") for n in range(3)])
        for one, home in zip(city.values(), (made[0], made[0], made[1], made[2]), strict=True):
            models.Person.objects.filter(pk=one.pk).update(family=home)
            writing.add([models.Membership(person=one, family=home, recorded_at=AT)])
        register.post(by=SYSTEM, at=AT, writer=writing, outcomes=[
            register.Posted(kind="payment", service="accomp-subsidy", area="419902001001", source=f"t:{n}", amount=1,
                            happened_on=dt.date(2026, 4, n + 1), person=city["wife"].pk, family=made[0].pk)
            for n in range(3)
        ])  # fmt: skip
    return city


def test_a_few_are_judged_as_everyone_is(homes):
    with columns_only():
        counts = run()
        before = stored()
    assert before
    Verdict.objects.all().delete()
    ids = sorted(one.pk for one in homes.values())
    again = run(persons=ids)
    assert stored() == before
    assert {code: (row.entitled, row.unknown, row.amount) for code, row in again.items()} == {
        code: (row.entitled, row.unknown, row.amount) for code, row in counts.items()
    }
    assert all((row.new, row.lost, row.cases_opened) == (0, 0, 0) for row in run(persons=ids).values())
    with columns_only():
        assert all((row.new, row.lost) == (0, 0) for row in run(persons=ids).values())
    assert stored() == before


def test_one_change_of_a_few_stores_what_everyone_would(homes):
    run()
    with journal.entry(action="test", by=SYSTEM, at=AT) as writing:
        rows = models.Standing.objects.filter(person=homes["wife"])
        writing.supersede(models.Standing, list(rows.values_list("pk", flat=True)), AT)
    lost = run(persons=[homes["wife"].pk])["accomp-subsidy"].lost
    mine = stored()
    assert lost == 1
    with columns_only():
        assert run()["accomp-subsidy"].lost == 0
    assert stored() == mine


@settings(max_examples=40)
@given(st.data())
def test_row_by_row_and_in_columns_say_the_same_of_any_facts(city, data):  # noqa: F811
    import polars as pl

    services = [found.service for found in queries.in_force(DAY).values() if found.service.is_matched()]
    service = data.draw(st.sampled_from(services))
    facts = {
        code: data.draw(
            st.none() | (st.sampled_from(sorted(fact.allowed)) if fact.allowed else KINDS[fact.type]), label=code
        )
        for code in service.fact_names()
        for fact in [service.facts[code]]
    }
    types = {"bool": pl.Boolean, "int": pl.Int64, "decimal": pl.Float64, "text": pl.String, "date": pl.Date}
    frame = pl.DataFrame(
        {"id": [1], **{code: [value] for code, value in facts.items()}},
        schema={"id": pl.Int64, **{code: types[service.facts[code].type] for code in facts}},
    )
    rows = judging.candidates(service, frame, DAY).to_dicts()
    found = explaining.candidate(service, facts, DAY)
    if not rows:
        assert found is None
        return
    letter = {"entitled": "E", "unknown": "U"}[rows[0]["verdict"]]
    assert found == (letter, rows[0]["amount"], rows[0]["missing"])


def test_the_fact_that_settles_most_comes_first(homes):
    run()
    wife, scope = homes["wife"], SYSTEM.scope
    with journal.entry(action="test", by=SYSTEM, at=AT) as writing:
        rows = models.Livelihood.objects.filter(person=wife, superseded_at__isnull=True)
        writing.supersede(models.Livelihood, list(rows.values_list("pk", flat=True)), AT)
        writing.add([models.Livelihood(person=wife, employment="unemployed", valid_from=dt.date(2025, 1, 1),
                                       recorded_at=AT)])  # fmt: skip
    run(persons=[wife.pk])
    found = queries.settling(scope, day=DAY)
    assert found == sorted(found, key=lambda row: (-row[1], row[0]))
    counts = dict(found)
    assert counts["unemployment_registered"] == 1
    for fact, count in found:
        rows = queries.gaps(scope, day=DAY, entitled=False, fact=fact, limit=500)
        assert count == len({row.subject for row in rows})
    assert queries.settling(type(scope)("area", ("419903",)), day=DAY) == []
