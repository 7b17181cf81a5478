"""A filing leaves as a workbook and its answer comes back in it; the bank's activations come by file."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook

from lianxin.access import seal
from lianxin.cards import actions, filingfile
from lianxin.cards.models import Box, Card, Filing, Step
from lianxin.cards.refusals import NoSuchCard
from lianxin.casework.models import Case
from lianxin.journal.models import Entry
from lianxin.people.models import Particulars
from tests.cards.conftest import filed
from tests.cards.test_life import in_hand, listed
from tests.cards.test_pages import page, staff
from tests.factories.casework import AT, SYSTEM, write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo(settings, tmp_path):
    settings.DEMO, settings.HOME = True, tmp_path  # files that are made wait under the home


HEADS = [one.head for one in filingfile.COLUMNS]


def table(tmp_path, *rows, heads="档案编号,证件号码,办理结果,不予制发原因,箱号,卡号", name="answer.csv"):
    path = tmp_path / name
    path.write_text("\n".join(["某省退役军人事务厅", heads, *rows]), encoding="utf-8")
    return path


def sheet(data):
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def faults(found):
    return [(one.place, one.column, one.reason) for one in found.refused]


def test_each_row_of_an_answer_stands_for_itself_and_twice_is_once(town, tmp_path):
    cases = filed(town, "wife", "old_man")
    wife, old = (town.persons[name].file_number for name in ("wife", "old_man"))
    one = Filing.objects.get()
    path = table(tmp_path, f"{wife},,同意,,,", f"{old},,不予制发,照片不合格,,", f"{wife},,同意,,,", "XX1,,同意,,,",
                 f"{town.persons['neighbour'].file_number},,同意,,,", f"{old},,也许,,,", ",,同意,,,")  # fmt: skip
    looked = actions.read_answer(filing=one.pk, path=path, by=SYSTEM, at=AT, dry_run=True)
    assert (looked.done, Step.objects.exclude(verb="file").count()) == ({"agree": 1, "turn-down": 1, "make": 0}, 0)
    taken = actions.read_answer(filing=one.pk, path=path, by=SYSTEM, at=AT)
    assert faults(taken) == faults(looked) == [
        (5, "file_number", "twice"), (6, "file_number", "unknown"), (7, "file_number", "not-filed"),
        (8, "file_number", "twice"), (9, "file_number", "missing"),
    ]  # fmt: skip
    cards = {card.holder_id: card for card in Card.objects.all()}
    agreed, turned = (cards[town.persons[name].pk] for name in ("wife", "old_man"))
    assert (agreed.state, agreed.due_on, turned.state) == ("filed", None, "turned-down")
    assert Step.objects.get(verb="turn-down").words == "照片不合格"
    assert [Case.objects.get(pk=case.pk).state for case in cases] == ["underway", "open"]
    steps = Step.objects.count()
    again = actions.read_answer(filing=one.pk, path=path, by=SYSTEM, at=AT)
    assert (again.unchanged, Step.objects.count()) == (2, steps)
    bad = table(tmp_path, f"{wife},,不予制发,,,", f"{old},,同意,,,", name="bad.csv")
    assert faults(actions.read_answer(filing=one.pk, path=bad, by=SYSTEM, at=AT)) == [
        (3, "reason", "missing"), (4, "answer", "not-waiting")]  # fmt: skip
    boxed = table(tmp_path, f"{wife},,已制,,B7,", name="half.csv")
    assert faults(actions.read_answer(filing=one.pk, path=boxed, by=SYSTEM, at=AT)) == [(3, "number", "missing")]
    boxed = table(tmp_path, f"{wife},,已制,,B7,6217 0000 0000 0007", name="made.csv")
    assert actions.read_answer(filing=one.pk, path=boxed, by=SYSTEM, at=AT).done["make"] == 1
    assert (Card.objects.get(pk=agreed.pk).state, Box.objects.get().number) == ("made", "B7")
    assert actions.read_answer(filing=one.pk, path=boxed, by=SYSTEM, at=AT).unchanged == 1
    with pytest.raises(NoSuchCard):
        actions.read_answer(filing=one.pk + 1, path=boxed, by=SYSTEM, at=AT)


def test_the_workbook_leaves_masked_or_whole_and_comes_back_with_its_answers(town):
    filed(town, "wife", "old_man")
    for name, number in (("wife", "419901199503030028"), ("old_man", "419901194603030017")):
        one = town.persons[name]
        write(Particulars(person=one, id_sealed=seal.seal(number, bytes(one.salt), "id"), recorded_at=AT))
    one, city = Filing.objects.get(), staff(town, "approver")
    url = f"/console/cards/filings/{one.pk}/"
    assert url in page(city, "/console/cards/filings/")
    assert staff(town, "clerk").get(url).status_code == 404

    def leaves(**said):
        fetched = city.post(f"{url}workbook/", said).headers["Location"] + "file/"
        assert staff(town, "clerk").get(fetched).status_code == 404  # whoever asked for it, nobody else
        return sheet(city.get(fetched).content)

    masked = leaves()
    place = HEADS.index("证件号码")
    assert masked[0] == HEADS and [row[HEADS.index("姓名")] for row in masked[1:]] == ["安梅", "戴山河"]
    assert all("*" in str(row[place]) for row in masked[1:])
    city.post(f"{url}workbook/", {"whole": "yes", "reason": ""})
    assert Entry.objects.filter(action="list.export").count() == 1  # in full only with a reason
    whole = leaves(whole="yes", reason="报省厅制证")
    assert not any("*" in str(row[place]) for row in whole[1:]) and len(str(whole[1][place])) == 18
    entry = Entry.objects.filter(action="list.export").latest("pk")
    assert (entry.purpose, entry.detail["whole"], entry.detail["rows"]) == ("报省厅制证", True, 2)

    rows = [HEADS, *masked[1:]]
    rows[1][HEADS.index("办理结果")] = "制发"
    text = "\n".join(",".join(str(cell) for cell in row) for row in rows).encode()
    sent = {"file": SimpleUploadedFile("答复.csv", text), "what": "take"}
    said = city.post(url, sent).content.decode()
    back = said.split("/console/cards/files/")[1].split("/")[0]
    returned = sheet(city.get(f"/console/cards/files/{back}/file/").content)
    assert returned[0][:-1] == HEADS and [row[HEADS.index("姓名")] for row in returned[1:]] == ["戴山河"]
    assert filingfile.filings(SYSTEM.scope)[0].agreed == 1
    assert city.post(url, {"file": SimpleUploadedFile("a.exe", b"x"), "what": "take"}).status_code == 422


def test_activations_come_by_the_bank_s_file(town, tmp_path):
    [card] = in_hand(tmp_path, town, "old_man")
    later = AT + dt.timedelta(days=5)
    day = Step.objects.get(verb="hand").on
    number, early = "6217000000000001", day - dt.timedelta(days=1)

    def read(*rows, at=later):
        path = table(tmp_path, *rows, heads="卡号,激活日期", name="act.csv")
        return actions.read_activations(path=path, by=SYSTEM, at=at)

    found = read("6217000000000999,2026-05-07", f"{number},{early}", f"{number},2026-05-07", "12,2026-05-07")
    assert faults(found) == [(3, "number", "no-card"), (4, "day", "before-handing"), (5, "number", "twice"),
                             (6, "number", "unreadable")]  # fmt: skip
    assert faults(read(f"{number},2031-01-01")) == [(3, "day", "future")]
    assert faults(read(f"{number},五月")) == [(3, "day", "unreadable")]
    assert read(f"{number},2026年5月7日").done == {"activate": 1}
    assert read(f"{number},20260507").unchanged == 1
    one = Card.objects.get(pk=card.pk)
    assert (one.state, one.activated_on) == ("active", dt.date(2026, 5, 7))
    filed(town, "wife", at=later)
    listing = listed(tmp_path, town, "wife", box="B2", start=6217000000000050)
    actions.read_list(path=listing, by=SYSTEM, at=later)
    assert faults(read("6217000000000050,2026-05-07")) == [(3, "number", "not-handed")]
    assert "Take activations in" in page(staff(town, "approver"), "/console/cards/activations/")
