"""A printed sheet opens its case again: its code, its old age, its area, and the yes that is signed on it."""

import datetime as dt
import shutil
import string

import pytest
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from lianxin.access import keyring
from lianxin.casework import actions, queries, sheetcodes, sheets
from lianxin.casework.models import Case, Move, Paper, Sheet
from lianxin.casework.refusals import NoSuchCase, NotNow, NotYours, Unfit
from lianxin.journal import queries as journal
from lianxin.people import actions as people
from lianxin.people.models import Mandate
from tests.factories.casework import AT, picture

LATER = AT + dt.timedelta(hours=3)


def printed(town, case, by=None, kind="status"):
    (one,) = sheets.print_sheets(wanted=[sheets.Wanted(kind, case=case.pk)], by=by or town.clerk, at=AT)
    return one


def proposed(town):
    return town.open("living-subsidy-rural60", town.persons["old_man"], proposed=True)


def test_the_picture_and_the_typed_code_open_the_same_sheet(town):
    one = printed(town, proposed(town), kind="proposal")
    for text in (one.token, f"HTTPS://X.EXAMPLE/CONSOLE/S/{one.token}/", one.code, one.code.lower().replace(" ", "-")):
        assert sheets.find(town.clerk, text, at=AT) == one.id
    said = sheetcodes.opened(one.token)
    row = Sheet.objects.get(pk=one.id)
    assert (said.sheet, said.case, said.step, said.kind) == (row.pk, row.case_id, row.step, "proposal")
    assert said.printed_at == AT


def test_nothing_personal_reads_from_the_code(town):
    one = printed(town, proposed(town))
    assert set(one.token) <= set(string.ascii_uppercase + "234567")
    assert town.persons["old_man"].file_number not in one.token


def test_a_forged_or_altered_token_says_nothing(town):
    one = printed(town, proposed(town))
    other = "A" if one.token[9] != "A" else "B"
    for text in (one.token[:9] + other + one.token[10:], one.token[:-2], "", "AAAA", "甲乙丙", one.token[::-1]):
        assert sheets.find(town.clerk, text, at=AT) is None


def test_a_sheet_of_another_area_says_nothing(town):
    one = printed(town, proposed(town))
    assert sheets.find(town.sibling_clerk, one.token, at=AT) is None
    assert sheets.find(town.sibling_clerk, one.code, at=AT) is None
    assert sheets.sheet(town.sibling_clerk, one.id, at=AT) is None
    with pytest.raises(NoSuchCase):
        sheets.take_back(sheet=one.id, data=picture(), by=town.sibling_clerk, at=AT)
    with pytest.raises(NoSuchCase):
        printed(town, Case.objects.get(), by=town.sibling_clerk)


def test_an_old_sheet_says_so_and_where_the_case_is_now(town):
    case = proposed(town)
    one = printed(town, case, kind="proposal")
    assert not sheets.sheet(town.clerk, one.id, at=AT).moved
    actions.note(cases=case.pk, words="打过电话", by=town.clerk, at=AT)
    assert not sheets.sheet(town.clerk, one.id, at=AT).moved, "a note moves nothing"
    actions.decline(cases=case.pk, by=town.clerk, at=LATER)
    back = sheets.sheet(town.clerk, one.id, at=LATER)
    assert (back.moved, back.ended, back.state) == (True, True, "proposed")


def test_after_a_change_of_keys_old_paper_still_opens(town, tmp_path, settings, monkeypatch):
    one = printed(town, proposed(town))
    shutil.copy(settings.KEYS_FILE, tmp_path / "keys.json")
    settings.KEYS_FILE = tmp_path / "keys.json"
    monkeypatch.setattr(keyring, "LOOKS_EVERY", 0.0)
    monkeypatch.setattr(keyring, "_seen", None)
    before = keyring.ring(fresh=True).active.id
    assert sheets.find(town.clerk, one.token, at=AT) == one.id
    keyring.activate(keyring.add(cipher=keyring.AES, day="2026-05-06").id)
    assert sheets.find(town.clerk, one.token, at=AT) == one.id, "an old key still proves what it signed"
    keyring.retire(before)
    assert sheets.find(town.clerk, one.token, at=AT) is None
    assert sheets.find(town.clerk, one.code, at=AT) == one.id, "the short code outlives every key"


def test_the_photo_lies_with_the_case_once_whatever_its_state(town):
    case = proposed(town)
    one = printed(town, case)
    actions.decline(cases=case.pk, by=town.clerk, at=AT)
    assert sheets.take_back(sheet=one.id, data=picture(), by=town.clerk, at=LATER)
    assert not sheets.take_back(sheet=one.id, data=picture(), by=town.clerk, at=LATER)
    paper = Paper.objects.get(case=case)
    assert (paper.code, paper.person) == ("sheet", case.person_id)
    assert queries.case(town.clerk, case.pk, at=LATER).papers[0].id == paper.pk
    assert Sheet.objects.get(pk=one.id).back_at == LATER
    assert journal.verify().broken is None


def test_a_signed_yes_is_confirmed_under_the_mandate_of_that_paper(town):
    case = proposed(town)
    one = printed(town, case, kind="proposal")
    with pytest.raises(Unfit):
        sheets.answered(sheet=one.id, yes=True, by=town.clerk, at=LATER)
    sheets.take_back(sheet=one.id, data=picture(), by=town.clerk, at=LATER)
    sheets.answered(sheet=one.id, yes=True, by=town.clerk, at=LATER)
    case.refresh_from_db()
    assert case.state == "open"
    mandate = Mandate.objects.get(person=case.person_id)
    assert (mandate.services, mandate.valid_to, mandate.kind) == (case.service, LATER.date(), "clerk")
    assert one.code in mandate.paper
    assert Move.objects.get(case=case, verb="confirm").mandate == mandate.pk
    with pytest.raises(NotNow):
        sheets.answered(sheet=one.id, yes=False, by=town.clerk, at=LATER)
    assert journal.verify().broken is None


def test_a_signed_no_declines_and_needs_no_mandate(town):
    case = proposed(town)
    one = printed(town, case, kind="proposal")
    sheets.take_back(sheet=one.id, data=picture(), by=town.clerk, at=LATER)
    sheets.answered(sheet=one.id, yes=False, by=town.clerk, at=LATER)
    case.refresh_from_db()
    assert case.state == "withdrawn"
    assert not Mandate.objects.exists()


def test_the_mandate_of_one_paper_confirms_nothing_else(town):
    old = town.persons["old_man"]
    people.give_mandate(person=old.pk, proxy_person=None, kind="clerk", until=AT.date(), paper="甲", by=town.clerk, at=AT,
                        services="annual-confirm")  # fmt: skip
    case = proposed(town)
    with pytest.raises(NotYours):
        actions.confirm_proposed(cases=case.pk, by=town.clerk, at=AT)


def test_what_staff_say_for_somebody_stands_under_the_mandate_they_hold(town):
    old = town.persons["old_man"]
    mandate = people.give_mandate(
        person=old.pk, proxy_person=None, kind="clerk", until=AT.date(), paper="口头", by=town.clerk, at=AT
    )
    asked = town.open("contact-change", old, by=town.clerk, channel="counter", form={"address": "东一社区 9 号"})
    assert asked.mandate == mandate
    actions.withdraw(cases=asked.pk, by=town.clerk, at=LATER)
    moves = dict(Move.objects.filter(case=asked).values_list("verb", "mandate"))
    assert moves == {"open": mandate, "withdraw": mandate}
    other = town.open("contact-change", town.persons["wife"], by=town.clerk, channel="counter", form={"address": "甲"})
    assert other.mandate is None


@given(st.text(sheetcodes.LETTERS, min_size=9, max_size=9), st.integers(0, 8), st.integers(1, 30))
def test_one_wrong_letter_is_always_told(text, place, step):
    code = sheetcodes.fresh()
    wrong = sheetcodes.LETTERS[(sheetcodes.LETTERS.index(code[place]) + step) % 31]
    assert sheetcodes.typed(code) == code
    assert sheetcodes.typed(code[:place] + wrong + code[place + 1 :]) is None


@given(st.integers(0, 7))
def test_two_letters_exchanged_are_always_told(place):
    code = sheetcodes.fresh()
    turned = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert turned == code or sheetcodes.typed(turned) is None


def test_a_code_is_given_once(town):
    one = printed(town, proposed(town))
    row = Sheet.objects.get(pk=one.id)
    row.pk = None
    with pytest.raises(IntegrityError):
        row.save(force_insert=True)
