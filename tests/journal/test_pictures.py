"""Cases and batches are pictures of covered rows: what is altered in them by hand is named."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.payments import town
from tests.payments.town import APPROVER, AT, CHECKER, CITY, MAKER, SERVICE

from lianxin.casework.models import Case, Move
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal import pictures
from lianxin.journal.queries import verify
from lianxin.payments import actions
from lianxin.payments.models import Batch, Signing

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch() -> Batch:
    town.owe(town.cases(town.people(2)))
    made = actions.make_batch(service=SERVICE, area=CITY, by=MAKER, at=AT)
    actions.check_batch(batch=made.id, by=CHECKER, at=AT)
    actions.approve_batch(batch=made.id, by=APPROVER, at=AT)
    assert verify().broken is None
    return Batch.objects.get(pk=made.id)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [("batch", "total", 1), ("batch", "count", 7), ("batch", "checker_name", "赵"), ("batch", "approver", 77),
     ("batch", "number", "20260101-00001"), ("batch", "area", "419902"), ("batch", "made_at", AT - dt.timedelta(1)),
     ("batch", "file_digest", "0" * 64), ("case", "amount", 99999900), ("case", "amount", None), ("case", "step", 3),
     ("case", "state", "open"), ("case", "person_id", "another"), ("case", "stands_from", AT.date()),
     ("case", "stands_to", AT.date())],
)  # fmt: skip
def test_a_column_altered_by_hand_is_found_and_its_row_named(
    batch: Batch, table: str, column: str, value: object
) -> None:
    row = {"batch": Batch.objects, "case": Case.objects}[table].order_by("pk").last()
    assert row is not None
    was = getattr(row, column)
    value = Case.objects.earliest("pk").person_id if value == "another" else value
    assert was != value
    type(row).objects.filter(pk=row.pk).update(**{column: value})
    found = verify()
    assert (found.because, found.what, found.row) == (row._meta.label_lower, "altered", row.pk)
    type(row).objects.filter(pk=row.pk).update(**{column: was})
    assert verify().broken is None


def test_a_picture_without_a_record_is_named(batch: Batch) -> None:
    old = batch.pk
    batch.pk, batch.number = None, "slipped-in"
    batch.save(force_insert=True)
    assert (verify().because, verify().what, verify().row) == ("payments.batch", "added", batch.pk)
    assert batch.pk != old


def test_the_record_itself_cannot_be_altered_with_it(batch: Batch) -> None:
    Batch.objects.filter(pk=batch.pk).update(total=1)
    last = Signing.objects.filter(batch=batch).latest("pk")
    Signing.objects.filter(pk=last.pk).update(total=1)
    assert (verify().because, verify().row) == ("payments.signing", last.pk)


def test_an_older_home_begins_once_and_only_with_what_came_later(batch: Batch) -> None:
    """Rows of before have no signing and no amount; afterwards whatever is altered shows."""
    with journal.entry(action="test", by=Actor(), at=AT) as writer:  # as a home of before: moves name no amount
        writer.rewrite(Move, {pk: {"amount": None} for pk in Move.objects.values_list("pk", flat=True)})
    Case.objects.filter(pk=Case.objects.earliest("pk").pk).update(step=3)
    assert verify().broken is not None
    assert pictures.begin(by=Actor(), at=AT) == Case.objects.count()
    assert (verify().because, verify().row) == ("casework.case", Case.objects.earliest("pk").pk)
    Case.objects.filter(step=3).update(step=Case.objects.latest("pk").step)
    assert verify().broken is None
    assert pictures.begin(by=Actor(), at=AT) == 0
    Case.objects.update(amount=5)
    assert verify().because == "casework.case"


def test_a_home_whose_moves_named_the_amount_begins_with_the_rest_alone(batch: Batch) -> None:
    with journal.entry(action="test", by=Actor(), at=AT) as writer:
        writer.rewrite(Move, {pk: {"person": None} for pk in Move.objects.values_list("pk", flat=True)})
    Case.objects.filter(pk=Case.objects.latest("pk").pk).update(amount=5)  # altered before the upgrade: still found
    assert pictures.begin(by=Actor(), at=AT, came={"person", "family"}) == Case.objects.count()
    assert (verify().because, verify().row) == ("casework.case", Case.objects.latest("pk").pk)
    Case.objects.update(amount=90000)
    assert verify().broken is None


def test_a_batch_of_an_older_home_gets_its_first_signing(batch: Batch) -> None:
    number = batch.number
    batch.pk, batch.number = None, "of-before"
    batch.save(force_insert=True)
    assert pictures.begin(by=Actor(), at=AT) == 1
    assert verify().broken is None
    assert Signing.objects.filter(batch=batch).count() == 1
    assert Signing.objects.filter(number=number).count() == 3
