"""The bank's file and what comes back: applied whole or not at all, once, whatever is sent again."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace

import openpyxl
import pytest
from django.db import connection
from django.utils import translation

from lianxin.access.models import Office
from lianxin.engine import effects
from lianxin.engine.refusal import Refusal
from lianxin.journal import queries as chain
from lianxin.journal.models import Entry
from lianxin.notices.models import Notice
from lianxin.notices.templates import words
from lianxin.outcomes.models import Outcome
from lianxin.payments import actions, queries, returnfile
from lianxin.payments.actions import answers
from lianxin.payments.models import Answer, Attempt, Batch, Line, Transaction
from lianxin.people import actions as people
from tests.payments import town
from tests.payments.town import APPROVER, AT, CHECKER, CITY, MAKER, SERVICE
from tests.people.ledgers import as_xlsx, swollen

pytestmark = pytest.mark.django_db
OK, NO = "交易成功", "失败"


def number(batch: int) -> str:
    return Batch.objects.get(pk=batch).number


def read(batch: int, data: bytes, name: str = "回盘.xlsx") -> actions.Read:
    return actions.read_return(batch=batch, data=data, name=name, by=MAKER, at=AT)


def ready(count: int = 3) -> int:
    town.owe(town.cases(town.people(count)))
    return town.sent()


@pytest.mark.parametrize("what", ["honest", "lying", "wide"])
def test_a_file_that_unpacks_to_too_much_is_never_unpacked(tmp_path, monkeypatch, what) -> None:
    batch = ready(1)
    path = tmp_path / "回盘.xlsx"
    as_xlsx(path, [{"序号": 1, "金额": 1, "处理结果": OK}])
    if what == "wide":
        book = openpyxl.load_workbook(path)
        book.active["XFD1048576"] = "1"
        book.save(path)
    else:
        monkeypatch.setattr(returnfile, "UNPACKED", 1_100_000)
        swollen(path, 4_000_000, 4_000_000 if what == "honest" else 10)
    with pytest.raises(Refusal, match="far more cells" if what == "wide" else "larger than 1 MB"):
        read(batch, path.read_bytes())
    assert Attempt.objects.get().result == "sent"


def test_bank_file_is_the_same_bytes_again_and_journalled() -> None:
    town.owe(town.cases(town.people(3)))
    made = actions.make_batch(service=SERVICE, area=CITY, by=MAKER, at=AT)
    with pytest.raises(Refusal, match="when the batch is approved"):
        actions.bank_file(batch=made.id, form="xlsx", by=MAKER, at=AT)
    actions.check_batch(batch=made.id, by=CHECKER, at=AT)
    actions.approve_batch(batch=made.id, by=APPROVER, at=AT)
    for form in ("xlsx", "csv", "csv-gb18030"):
        first = actions.bank_file(batch=made.id, form=form, by=MAKER, at=AT)
        again = actions.bank_file(batch=made.id, form=form, by=MAKER, at=AT + dt.timedelta(days=9))
        assert first.data == again.data
    assert Entry.objects.filter(action="payments.bank-file").count() == 6
    assert Transaction.objects.filter(source__endswith=":sent").count() == 1
    with pytest.raises(Refusal, match="xlsx"):
        actions.bank_file(batch=made.id, form="pdf", by=MAKER, at=AT)


def test_bank_file_holds_what_a_bank_needs_in_every_form() -> None:
    [rare] = town.people(1)
    type(rare).objects.filter(pk=rare.pk).update(name="𫖯䶮㛃")
    rare.accounts.update(holder="𫖯䶮㛃")
    town.owe(town.cases([rare]))
    batch = town.sent()
    account = f"6222{rare.pk:012d}000"
    expected = ["1", "𫖯䶮㛃", account, "澄川银行", "900.00", "未就业随军家属专项补助", number(batch)]
    for form, encoding in (("csv", "utf-8-sig"), ("csv-gb18030", "gb18030")):
        data = actions.bank_file(batch=batch, form=form, by=MAKER, at=AT).data
        rows = list(csv.reader(io.StringIO(data.decode(encoding))))
        assert rows[1] == expected
        assert rows[2][:2] == ["合计", "1 笔"]
        assert rows[2][5] == f"校验 {Batch.objects.get(pk=batch).file_digest[:16]}"
    sheet = openpyxl.load_workbook(io.BytesIO(actions.bank_file(batch=batch, form="xlsx", by=MAKER, at=AT).data)).active
    assert [cell.value for cell in sheet[2]] == [*expected[:4], 900, *expected[5:]]


def test_a_changed_order_is_not_written_again() -> None:
    batch = ready()
    Attempt.objects.filter(batch=batch, serial=1).update(amount=1)
    with pytest.raises(Refusal, match="sealed"):
        actions.bank_file(batch=batch, form="csv", by=MAKER, at=AT)


def test_return_posts_paid_and_suspends_returned() -> None:
    batch = ready()
    told: list[tuple[str, list[object]]] = []
    for name in ("payments-paid", "payments-returned"):
        effects.listens(name, "insight")(lambda *, payments, name=name, **_: told.append((name, payments)))
    try:
        done = read(batch, town.answer(number(batch), [
            (1, "900.00", OK, ""), (2, "900.00", NO, "收款账户已销户"), (3, "900.00", OK, "")]))  # fmt: skip
    finally:
        for listeners in effects._events.values():
            listeners[:] = [row for row in listeners if row[0] != effects.ROOM_ORDER.index("insight")]
    assert (done.paid, done.returned, done.paid_amount, done.returned_amount, done.waiting) == (2, 1, 180000, 90000, 0)
    assert [name for name, _ in told] == ["payments-paid", "payments-returned"]
    assert [one.fault for one in told[1][1]] == ["closed"]
    assert Outcome.objects.filter(kind="payment", amount=90000, category="first").count() == 2
    assert Line.objects.get(state="suspense").fault == "closed"
    assert Batch.objects.get(pk=batch).state == "settled"
    assert queries.verify_books().broken == ""
    assert chain.verify().broken is None


def test_the_same_file_again_changes_nothing() -> None:
    batch = ready()
    data = town.answer(number(batch), [(1, "900.00", OK, "")])
    first = read(batch, data)
    before = (Outcome.objects.count(), Transaction.objects.count(), Entry.objects.count())
    again = read(batch, data)
    assert again.repeated
    assert (again.paid, again.waiting) == (first.paid, first.waiting)
    assert (Outcome.objects.count(), Transaction.objects.count(), Entry.objects.count()) == before
    cumulative = town.answer(number(batch), [(1, "900.00", OK, ""), (2, "900.00", OK, ""), (3, "900.00", "处理中", "")])
    assert (read(batch, cumulative).paid, Outcome.objects.count()) == (1, 2)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([(1, "900.00", OK, ""), (9, "900.00", OK, "")], "Row 4: serial 9"),
        ([(1, "900.00", OK, ""), (2, "900.01", OK, "")], "Row 4 says 900.01"),
        ([(1, "900.00", OK, ""), (1, "900.00", OK, "")], "Rows 3 and 4"),
        ([(1, "900.00", OK, ""), (2, "900.00", "也许", "")], "row 4 is neither"),
        ([(1, "900.00", OK, ""), ("x", "900.00", OK, "")], "Row 4 has no serial"),
        ([(1, "900.00", OK, ""), (2, "很多", OK, "")], "row 4 is not an amount"),
        ([(1, "900.00", OK, ""), ("合计", "1800.00", "2笔", "")], "counts 2"),
        ([(1, "900.00", OK, ""), ("合计", "1800.00", "", "")], "total is 1,800.00"),
        ([], "no rows"),
    ],
)
def test_a_file_that_does_not_agree_applies_nothing(rows: list[tuple[object, str, str, str]], says: str) -> None:
    batch = ready()
    with pytest.raises(Refusal, match=says):
        read(batch, town.answer(number(batch), rows))
    assert Line.objects.filter(state="sent").count() == 3
    assert not Outcome.objects.exists()
    assert not Entry.objects.filter(action="payments.read-return").exists()


def test_a_file_of_another_batch_or_kind_is_refused() -> None:
    batch = ready()
    good = [(1, "900.00", OK, "")]
    for data, says in (
        (town.answer("20260101-00001", good), "answers batch 20260101-00001"),
        (town.answer("", good, title=False), "neither its batch nor the accounts"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "neither a workbook nor"),
        (b"PK\x03\x04broken", "cannot be opened"),
        ("你好，世界".encode(), "No headers"),
        (b"", "No headers"),
        (("序号,处理结果,金额\n" + "1" * 150_000 + ",成功,1\n").encode(), "neither a workbook nor"),
        ("序号,处理结果\n1,成功\n".encode(), "no column 金额"),
    ):
        with pytest.raises(Refusal, match=says):
            read(batch, data)
    assert Line.objects.filter(state="sent").count() == 3


def test_a_csv_in_the_banks_encoding_with_accounts_is_read() -> None:
    batch = ready(2)
    lines = [(one.serial, f"6222{one.line.person_id:012d}000") for one in Attempt.objects.select_related("line")]
    text = "序号,账号,交易金额,状态,备注\n" + "".join(
        f"{serial},{'****' + account[-4:] if serial == 1 else account},900,{OK},\n" for serial, account in lines
    )
    wrong = text.replace(lines[1][1], "6222999999999999999")
    with pytest.raises(Refusal, match="Row 3 has another account"):
        read(batch, wrong.encode("gb18030"), "a.csv")
    assert read(batch, text.encode("gb18030"), "a.csv").paid == 2


def test_a_returned_payment_is_paid_again_under_the_same_line() -> None:
    batch = ready(1)
    read(batch, town.answer(number(batch), [(1, "900.00", NO, "户名不符")]))
    line = Line.objects.get()
    assert (line.state, line.fault) == ("suspense", "name")
    assert actions.repay(lines=[line.pk], by=MAKER, at=AT).waiting == {line.pk: "check-account"}
    assert actions.repay(lines=[line.pk], by=MAKER, at=AT, words="asked").again == ()
    town.give_account(line.person)
    assert actions.repay(lines=[line.pk], by=MAKER, at=AT).again == (line.pk,)
    second = town.sent()
    with pytest.raises(Refusal, match="returned before"):
        read(batch, town.answer(number(batch), [(1, "900.00", OK, "")]))
    read(second, town.answer(number(second), [(1, "900.00", OK, "")]))
    assert (Line.objects.get().state, Line.objects.get().attempts) == ("paid", 2)
    assert sum(Outcome.objects.values_list("amount", flat=True)) == 90000
    assert queries.verify_books().broken == ""


def test_what_was_mended_at_the_bank_is_believed_what_is_a_wrong_name_is_verified_again() -> None:
    batch = ready(2)
    read(batch, town.answer(number(batch), [(1, "900.00", NO, "账户冻结"), (2, "900.00", NO, "户名不符")]))
    frozen, name = Line.objects.get(fault="frozen"), Line.objects.get(fault="name")
    rows = queries.lines(MAKER.scope, states=["suspense"])
    assert queries.repayable(MAKER.scope, AT.date(), rows) == {frozen.pk: "", name.pk: "check-account"}
    done = actions.repay(lines=[frozen.pk, name.pk], by=MAKER, at=AT, words="银行已解冻")
    assert (done.again, done.waiting) == ((frozen.pk,), {name.pk: "check-account"})
    clerk, other = (
        replace(town.hand("all", n), permissions=frozenset({"people.edit"})) for n in (11, 12)
    )  # fmt: skip
    entered = people.change_account(
        person=name.person_id, bank="澄川银行", number=f"6222{name.person_id:012d}000", holder=name.person.name,
        paper="银行卡", by=clerk, at=AT,
    )  # fmt: skip
    assert actions.repay(lines=[name.pk], by=MAKER, at=AT).waiting == {name.pk: "unverified"}
    people.verify_account(account=entered, by=other, at=AT)
    assert actions.repay(lines=[name.pk], by=MAKER, at=AT, words="核对过卡").again == (name.pk,)


def test_three_columns_are_enough_on_the_batchs_own_page() -> None:
    batch = ready(2)
    bare = "序号,金额,结果\n1,900.00,成功\n2,900.00,成功\n"
    with pytest.raises(Refusal, match="批次号"):
        read(batch, bare.rsplit("\n", 2)[0].encode(), "part.csv")
    with pytest.raises(Refusal, match="no column 结果"):
        read(batch, "序号,金额\n1,900.00\n".encode(), "short.csv")
    assert read(batch, bare.encode(), "whole.csv").paid == 2


def test_a_header_with_its_unit_and_under_a_title_is_understood() -> None:
    batch = ready(2)
    text = "澄川银行代发回单,,,\n顺序号,户名,发放金额(元),处理状态\n1,甲,900.00,成功\n2,乙,900.00,成功\n"
    assert read(batch, text.encode(), "a.csv").paid == 2


def test_a_header_nobody_knows_is_answered_with_what_was_found_and_what_would_be_known() -> None:
    batch = ready(1)
    text = "顺序号,户名,打卡数,处理状态\n1,甲,900.00,成功\n".encode()
    with pytest.raises(Refusal, match=r"headers are: 顺序号、户名、打卡数、处理状态.*one of: 金额、.*发放金额"):
        read(batch, text, "a.csv")
    with translation.override("zh-hans"), pytest.raises(Refusal, match="表头有：顺序号、户名、打卡数、处理状态"):
        read(batch, text, "a.csv")


def test_a_line_too_many_is_named_by_its_row() -> None:
    batch = ready(1)
    with pytest.raises(Refusal, match="Row 3: serial 2 is not in this batch"):
        read(batch, "序号,金额,结果\n1,900.00,成功\n2,900.00,成功\n".encode(), "a.csv")


def test_the_serial_is_the_column_that_has_serials() -> None:
    batch = ready(2)
    text = "流水号,序号,账号,金额,状态\n" + "".join(
        f"{'' if one.serial == 1 else 'B2026-77'},{one.serial},****{one.line.person_id:08d}000,900,{OK}\n"
        for one in Attempt.objects.select_related("line")
    )
    text = text.replace("账号", "备用")  # no account either: the serial alone
    assert read(batch, text.encode(), "a.csv").paid == 2


def test_money_that_comes_back_after_it_was_paid_is_reversed_and_paid_again() -> None:
    batch = ready(1)
    read(batch, town.answer(number(batch), [(1, "900.00", OK, "")]))
    read(batch, town.answer(number(batch), [(1, "900.00", "退汇", "账户冻结")]))
    assert sum(Outcome.objects.values_list("amount", flat=True)) == 0
    line = Line.objects.get()
    assert (line.state, line.fault, line.settled_on) == ("suspense", "frozen", None)
    assert queries.verify_books().broken == ""
    assert actions.repay(lines=[line.pk], by=MAKER, at=AT, words="the bank freed it").again == (line.pk,)
    second = town.sent()
    read(second, town.answer(number(second), [(1, "900.00", OK, "")]))
    assert sum(Outcome.objects.values_list("amount", flat=True)) == 90000
    assert queries.verify_books().broken == ""


class Killed(Exception):
    pass


class Fatal:
    """Lets the first writes through and dies at the given one."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, execute, sql, params, many, context):
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            self.left -= 1
            if not self.left:
                raise Killed
        return execute(sql, params, many, context)


def test_killed_between_any_two_writes_nothing_is_half_done() -> None:
    """Every write of the bank's file and of the return fails once in turn; afterwards the same call goes through."""
    town.owe(town.cases(town.people(2)))
    made = actions.make_batch(service=SERVICE, area=CITY, by=MAKER, at=AT)
    actions.check_batch(batch=made.id, by=CHECKER, at=AT)
    actions.approve_batch(batch=made.id, by=APPROVER, at=AT)
    data = town.answer(made.number, [(1, "900.00", OK, ""), (2, "900.00", NO, "销户")])
    assert _killed_at_every_write(lambda: actions.bank_file(batch=made.id, form="csv", by=MAKER, at=AT)) > 5
    assert _killed_at_every_write(lambda: read(made.id, data)) > 8
    assert sorted(Line.objects.values_list("state", flat=True)) == ["paid", "suspense"]
    assert Outcome.objects.count() == 1
    assert queries.verify_books().broken == ""
    assert chain.verify().broken is None


def _killed_at_every_write(act: Callable[[], object]) -> int:
    """Run ``act`` with its first, second, … write failing until none is left to fail; returns how many there were."""
    for fatal in range(1, 400):
        before = sorted(Line.objects.values_list("pk", "state"))
        entries = Entry.objects.count()
        try:
            with connection.execute_wrapper(Fatal(fatal)):
                act()
        except Killed:
            if Entry.objects.count() == entries:
                assert sorted(Line.objects.values_list("pk", "state")) == before
            assert queries.verify_books().broken == ""
        else:
            return fatal - 1
    raise AssertionError("it never went through")


def test_a_long_file_is_taken_in_pieces_and_goes_on_after_a_kill(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "CHUNK", 2)
    batch = ready(5)
    rows = [(serial, "900.00", OK if serial % 2 else NO, "") for serial in range(1, 6)]
    wrong = [*rows[:4], (5, "900.01", OK, "")]
    with pytest.raises(Refusal, match="Row 7 says"):
        read(batch, town.answer(number(batch), wrong))
    assert Line.objects.filter(state="sent").count() == 5
    assert not Answer.objects.exists()
    data = town.answer(number(batch), rows)
    with pytest.raises(Killed), connection.execute_wrapper(Fatal(22)):
        read(batch, data)
    assert 0 < Line.objects.filter(state="sent").count() < 5
    assert queries.verify_books().broken == ""
    read(batch, data)
    again = read(batch, data)
    assert (again.repeated, again.waiting) == (True, 0)
    assert Outcome.objects.filter(kind="payment").count() == 3
    assert Line.objects.filter(state="suspense").count() == 2
    assert Batch.objects.get(pk=batch).state == "settled"
    assert queries.verify_books().broken == ""
    assert chain.verify().broken is None


def test_payees_and_their_station_are_told() -> None:
    town.areas()
    Office.objects.create(name="甲镇站", kind="station", level="township", area_id="419901001", phone="0999-1")
    batch = ready(2)
    read(batch, town.answer(number(batch), [(1, "900.00", OK, ""), (2, "900.00", NO, "账户已冻结")]))
    notes = Notice.objects.order_by("pk")
    assert [one.template for one in notes] == ["payment-paid", "payment-returned", "payment-returned-desk"]
    said = [words(one.template, one.given) for one in notes]
    assert said[0].startswith("“未就业随军家属专项补助”的900.00元到账了")
    assert "账户被冻结" in said[1]
    assert "甲镇站" in said[1]
    assert notes[2].office is not None
    assert notes[2].person is None
