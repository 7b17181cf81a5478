"""Columns that came later: rows of before keep their digest, rows that use them are covered by it."""

import datetime as dt

import pytest

from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal import rows as digests
from lianxin.journal.queries import verify
from lianxin.people.models import Award, Person

AT = dt.datetime(2026, 5, 6, 2, tzinfo=dt.UTC)
BEFORE = ("person_id", "merit", "wartime", "valid_from", "valid_to", "recorded_at", "paper")


@pytest.fixture
def person(db):
    return Person.objects.create(file_number="CC00000001", salt=b"0" * 16, name="甲", entry=1)


def award(person, **given):
    return Award(person=person, merit="third", valid_from=dt.date(2020, 1, 1), recorded_at=AT, paper="证书", **given)


def test_a_row_that_says_nothing_new_has_the_digest_of_before(person):
    columns = digests.columns(Award)
    assert columns[-3:] == list(Award.later)
    row = award(person)
    values = [getattr(row, name) for name in columns]
    assert digests.of(Award, values) == digests.digest(values[:-3])
    said = [getattr(award(person, detail="fourth"), name) for name in columns]
    assert digests.of(Award, said) not in {digests.of(Award, values), digests.digest(said[:-3])}
    assert digests.many(Award, list(zip(values, said, strict=True))) == [
        digests.of(Award, values), digests.of(Award, said)
    ]  # fmt: skip


def test_loaded_without_them_or_with_them_the_chain_holds_and_tells_a_change(person):
    plain = (person.pk, "third", False, dt.date(2020, 1, 1), None, AT, "证书")
    with journal.entry(action="test", by=Actor(), at=AT) as writing:
        writing.load(Award, BEFORE, [plain, plain])
        writing.load(Award, (*BEFORE, "detail"), [(*plain, "fourth"), (*plain, "")])
        writing.add([award(person), award(person, number_mark=b"1" * 16)])
    assert verify().broken is None
    with journal.entry(action="test", by=Actor(), at=AT) as writing:
        assert writing.supersede(Award, list(Award.objects.values_list("pk", flat=True)), AT) == 6
    assert verify().broken is None
    Award.objects.filter(detail="").update(detail="good")
    assert verify().broken is not None
