"""The books: any order of gathering, paying, returning and repaying keeps them; faults are named; hledger agrees."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from lianxin.engine.money import plain_yuan
from lianxin.engine.refusal import Refusal
from lianxin.outcomes.models import Outcome
from lianxin.payments import actions, commands, queries
from lianxin.payments.models import Answer, Attempt, Batch, Line, Posting, Transaction
from tests.payments import together, town
from tests.payments.town import APPROVER, AT, CHECKER, CITY, MAKER, SERVICE

ROOT = Path(__file__).resolve().parents[2]


class Money(RuleBasedStateMachine):
    """Lines come due, go in batches, are paid, returned, taken back, repaid and cancelled, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.months = 0
        self.persons = town.people(4)
        self.read: list[tuple[int, bytes]] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    @rule(who=st.sets(st.integers(0, 3), min_size=1))
    def a_month_comes(self, who: set[int]) -> None:
        self.months += 1
        due = town.cases([self.persons[index] for index in sorted(who)])
        town.owe(due, period=f"2026-{self.months:03d}")
        town.owe(due, period=f"2026-{self.months:03d}")

    @rule(hands=st.integers(0, 3), stop=st.sampled_from(["", "cancel", "return"]))
    def a_batch_is_made(self, hands: int, stop: str) -> None:
        try:
            made = actions.make_batch(service=SERVICE, area=CITY, by=MAKER, at=AT)
        except Refusal:
            assert not Line.objects.filter(state="due").exists()
            return
        steps: list[Callable[[], object]] = [
            lambda: actions.check_batch(batch=made.id, by=CHECKER, at=AT),
            lambda: actions.approve_batch(batch=made.id, by=APPROVER, at=AT),
            lambda: actions.bank_file(batch=made.id, form="csv", by=MAKER, at=AT),
        ]
        for step in steps[:hands]:
            step()
        if hands == 3:
            return
        if stop == "return":
            actions.return_batch(batch=made.id, reason="look", by=CHECKER, at=AT)
            first = Line.objects.filter(batch=made.id).order_by("pk").values_list("pk", flat=True)[:1]
            actions.take_out(batch=made.id, lines=list(first), reason="out", by=MAKER, at=AT)
        actions.cancel_batch(batch=made.id, reason="not now", by=MAKER, at=AT)

    @precondition(lambda self: Batch.objects.filter(state__in=("sent", "settled")).exists())
    @rule(data=st.data())
    def the_bank_answers(self, data: st.DataObject) -> None:
        batches = Batch.objects.filter(state__in=("sent", "settled")).order_by("pk")
        batch = data.draw(st.sampled_from(list(batches)))
        tries = list(Attempt.objects.filter(batch=batch).exclude(result="dropped").order_by("serial"))
        rows = []
        for one in tries:
            word = data.draw(st.sampled_from(["成功", "失败", "处理中", ""]))
            if word and not (one.result == "returned" and word == "成功"):
                rows.append(
                    (one.serial, plain_yuan(one.amount), word, data.draw(st.sampled_from(["销户", "冻结", ""])))
                )
        if not rows:
            return
        file = town.answer(batch.number, rows)
        actions.read_return(batch=batch.pk, data=file, name="回盘", by=MAKER, at=AT)
        self.read.append((batch.pk, file))

    @precondition(lambda self: self.read)
    @rule(data=st.data())
    def an_old_file_is_sent_again(self, data: st.DataObject) -> None:
        batch, file = data.draw(st.sampled_from(self.read))
        before = (Transaction.objects.count(), Answer.objects.count())
        assert actions.read_return(batch=batch, data=file, name="回盘", by=MAKER, at=AT).repeated
        assert (Transaction.objects.count(), Answer.objects.count()) == before

    @precondition(lambda self: Line.objects.filter(state="suspense").exists())
    @rule(mended=st.booleans())
    def returned_lines_are_mended(self, mended: bool) -> None:
        lines = list(Line.objects.filter(state="suspense").order_by("pk"))
        if mended:
            town.give_account(lines[0].person)
        actions.repay(lines=[line.pk for line in lines], by=MAKER, at=AT)

    @precondition(lambda self: Line.objects.filter(state__in=("due", "suspense")).exists())
    @rule()
    def a_line_is_not_owed(self) -> None:
        line = Line.objects.filter(state__in=("due", "suspense")).order_by("-pk").first()
        actions.cancel_lines(lines=[line.pk], reason="taken back", by=CHECKER, at=AT)

    @invariant()
    def the_books_hold(self) -> None:
        assert queries.verify_books().broken == ""
        paid = Line.objects.filter(state="paid").aggregate(sum=Sum("amount"))["sum"] or 0
        drawn = Posting.objects.filter(account__startswith="appropriation:").aggregate(sum=Sum("amount"))["sum"] or 0
        counted = Outcome.objects.filter(kind="payment").aggregate(sum=Sum("amount"))["sum"] or 0
        assert paid == -drawn == counted
        assert all(n == 1 for n in _paid_attempts().values())


def _paid_attempts() -> dict[int, int]:
    found: dict[int, int] = {}
    for line in Attempt.objects.filter(result="paid").values_list("line_id", flat=True):
        found[line] = found.get(line, 0) + 1
    return found


@pytest.mark.django_db
def test_any_order_of_events_keeps_the_books() -> None:
    town.version()  # outside the examples: each rolls back what it did
    run_state_machine_as_test(Money, settings=settings(deadline=None, max_examples=20, stateful_step_count=16))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda: Posting.objects.filter(amount__gt=0).order_by("pk")[:1].get().delete(), "does not balance"),
        (lambda: Line.objects.filter(state="paid").update(state="sent"), "which its postings do not say"),
        (lambda: Posting.objects.filter(account__startswith="payable").update(account="payable:other"), "another service"),
        (lambda: Batch.objects.update(total=1), "another total"),
        (lambda: Transaction.objects.update(total=1), "says another total"),
        (lambda: Outcome.objects.update(amount=1), "the register counts"),
        (lambda: Attempt.objects.filter(result="paid").update(result="returned"), "attempts do not say"),
        (lambda: Transaction.objects.create(on="2026-11-23", how="pay", lines=0, total=0, source="x", entry_id=1), "no postings"),
    ],
)  # fmt: skip
def test_verify_names_the_first_fault(spoil: Callable[[], object], says: str) -> None:
    _a_year()
    assert commands.ledger_verify() == 0
    spoil()
    assert says in queries.verify_books().broken
    with pytest.raises(Refusal, match=says):
        commands.ledger_verify()


def _a_year() -> None:
    town.owe(town.cases(town.people(3)))
    batch = town.sent()
    number = Batch.objects.get(pk=batch).number
    rows = [(1, "900.00", "成功", ""), (2, "900.00", "失败", "销户")]
    actions.read_return(batch=batch, data=town.answer(number, rows), name="回盘", by=MAKER, at=AT)


@pytest.mark.django_db
def test_the_journal_for_hledger_holds_no_person_and_two_decimals() -> None:
    _a_year()
    text = queries.hledger_export()
    assert "    payable:accomp-subsidy  -2700.00 CNY\n" in text
    assert "林" not in text
    assert "CC0" not in text


@pytest.mark.hledger
@pytest.mark.django_db
def test_hledger_reads_the_books_and_finds_the_same_balances() -> None:
    _a_year()
    text = queries.hledger_export()
    for checks in (["check", "--strict"], ["check", "ordereddates"]):
        subprocess.run(["hledger", "-f", "-", *checks], input=text, text=True, check=True, capture_output=True)
    told = subprocess.run(["hledger", "-f", "-", "balance", "--flat", "-O", "csv", "--no-total"], input=text, text=True,
                          check=True, capture_output=True).stdout  # fmt: skip
    said = {line.split(",")[0].strip('"'): line.split(",")[1].strip('"') for line in told.splitlines()[1:]}
    ours = {one.account: f"{plain_yuan(one.balance)} CNY" for one in queries.books(MAKER.scope) if one.balance}
    assert said == ours
    assert ours == {"appropriation:accomp-subsidy": "-900.00 CNY", "bank:clearing": "-900.00 CNY",
                    "expense:accomp-subsidy": "2700.00 CNY", "suspense:accomp-subsidy": "-900.00 CNY"}  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_clicks_at_the_same_time_pay_once(tmp_path: Path) -> None:
    """On SQLite in a process with a database file: threads share the tests' own database in memory."""
    if connection.vendor == "postgresql":
        together.pay_once()
        return
    given = {**os.environ, "LIANXIN_HOME": str(tmp_path), "DATABASE_URL": ""}
    done = subprocess.run([sys.executable, "-m", "tests.payments.together"], env=given, cwd=ROOT, text=True,
                          capture_output=True)  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
