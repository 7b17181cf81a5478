"""Paper at a desk: letters are printed with their code, scanned back by photo or by nine letters, and answered."""

import io
import re
import time

import pypdf
import pytest
import qrcode
from PIL import Image

from lianxin.access import sealedfiles
from lianxin.casework import actions, papers, sheets
from lianxin.casework.models import Case, Paper, Sheet
from lianxin.engine import clock
from lianxin.notices.models import Notice
from tests.factories.casework import AT, VILLAGE
from tests.factories.casework import town as built
from tests.house.test_deny_by_default import signed_in

from lianxin.access.models import Account  # isort: skip


@pytest.fixture
def town(db, settings):
    settings.DEMO = True
    return built()


@pytest.fixture
def clerk(town):
    return signed_in(Account.objects.get(pk=town.accounts["clerk"]))


@pytest.fixture
def case(town):
    return town.open("living-subsidy-rural60", town.persons["old_man"], proposed=True)


def text_of(response):
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(response.content)).pages)


def photo(token, **more):
    """A photo of a sheet as a scanner sends it."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=6)
    code.add_data(f"HTTPS://TESTSERVER/CONSOLE/S/{token}/")
    sheet = Image.new("RGB", (900, 1200), "white")
    sheet.paste(code.make_image().convert("RGB"), (500, 800))
    sheet.paste("blue", (100, 700, 260, 720))
    out = io.BytesIO()
    sheet.rotate(4, fillcolor="grey").save(out, "JPEG", **more)
    out.seek(0)
    out.name = "scan.jpg"
    return out


def printed(case, by):
    (one,) = sheets.print_sheets(wanted=[sheets.Wanted("proposal", case=case.pk)], by=by, at=AT)
    return one


def test_a_letter_asks_for_the_yes_with_its_code(clerk, case):
    answer = clerk.post(f"/console/cases/{case.pk}/letter/", headers={"Accept-Language": "en"})
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "no-store"
    said = text_of(answer)
    row = Sheet.objects.get()
    assert row.kind == "proposal"
    assert "戴山河" in said
    assert sheets.sheetcodes.spaced(row.code) in said
    assert re.search("愿意|Yes, please", said)


def test_once_it_is_said_to_be_done_the_letter_asks_whether_all_is_well(clerk, town):
    old = town.persons["old_man"]
    ask = town.open("household-help", old, family=old.family_id, kind="carry", channel="counter", words="搬米")
    open_ = clerk.post(f"/console/cases/{ask.pk}/letter/")
    assert not re.search("都好了|all is well", text_of(open_))
    offer = actions.dispatch(case=ask.pk, office=town.offices["volunteers"], by=town.worker, at=AT)
    actions.answer_dispatch(dispatch=offer.pk, accept=True, by=town.worker, at=AT)
    actions.done_dispatch(dispatch=offer.pk, words="搬上四楼了", by=town.worker, at=AT)
    said = text_of(clerk.post(f"/console/cases/{ask.pk}/letter/"))
    assert re.search("都好了|all is well", said) and re.search("还没好|not yet", said)
    assert "搬上四楼了" in said
    sheet = Sheet.objects.latest("pk")
    answer = clerk.post("/console/scan/", {"photo": photo("NOTHING"), "code": sheet.code})
    page = clerk.get(answer["Location"]).content.decode()
    assert f"/cases/{ask.pk}/do/received/" in page and f"/cases/{ask.pk}/do/not-received/" in page
    assert Paper.objects.filter(case=ask.pk, code="sheet").exists()
    assert f"/console/cases/{ask.pk}/letter/" in page  # a receipt, to hand over at once
    actions.confirm_received(case=ask.pk, received=True, by=town.worker, at=AT)
    receipt = text_of(clerk.post(f"/console/cases/{ask.pk}/letter/"))
    assert "搬上四楼了" in receipt and re.search("办结日期|Ended on", receipt)
    assert not re.search("在哪里办|With whom", receipt)  # nobody has it any more


def test_the_photo_opens_the_case_and_the_yes_is_one_click(clerk, town, case):
    one = printed(case, town.clerk)
    answer = clerk.post("/console/scan/", {"photo": photo(one.token)})
    assert answer["Location"] == f"/console/sheets/{one.id}/"
    assert Paper.objects.get(case=case).code == "sheet"
    page = clerk.get(answer["Location"])
    assert page.context["asks"]
    clerk.post(f"/console/sheets/{one.id}/yes/", {"expected": page.context["one"].lock})
    case.refresh_from_db()
    assert case.state == "open"
    again = clerk.get(f"/console/sheets/{one.id}/")
    assert again.context["sheet"].moved
    assert not again.context["asks"]
    clerk.post(f"/console/sheets/{one.id}/yes/", {"expected": page.context["one"].lock})
    assert case.moves.filter(verb="confirm").count() == 1


def test_a_photo_that_cannot_be_read_is_kept_while_the_code_is_typed(clerk, town, case):
    one = printed(case, town.clerk)
    blank = io.BytesIO()
    Image.new("RGB", (300, 300), "white").save(blank, "JPEG")
    blank.seek(0)
    blank.name = "scan.jpg"
    page = clerk.post("/console/scan/", {"photo": blank})
    assert page.status_code == 422
    kept = page.context["form"].initial["kept"]
    wrong = clerk.post("/console/scan/", {"kept": kept, "code": one.code[:-1] + ("2" if one.code[-1] != "2" else "3")})
    assert wrong.status_code == 422
    assert wrong.context["form"].initial["kept"] == kept
    answer = clerk.post("/console/scan/", {"kept": kept, "code": one.code.lower()})
    assert answer["Location"] == f"/console/sheets/{one.id}/"
    assert Paper.objects.filter(case=case, code="sheet").count() == 1


def test_a_photo_whose_sheet_nobody_names_is_taken_away_and_one_that_was_named_stays(clerk, town, case):
    one = printed(case, town.clerk)

    def sent(**also):
        blank = io.BytesIO()
        Image.new("RGB", (310, 300), "white").save(blank, "JPEG")
        blank.seek(0)
        blank.name = "scan.jpg"
        return clerk.post("/console/scan/", {"photo": blank, **also})

    papers.let_go(time.time() + 60)
    files = set(sealedfiles.stored())
    sent()
    assert len(set(sealedfiles.stored()) - files) == 1
    assert papers.let_go(time.time() - 60) == 0
    assert papers.let_go(time.time() + 60) == 1
    assert set(sealedfiles.stored()) == files
    sent()
    sent(code=one.code)
    assert papers.let_go(time.time() + 60) == 0
    assert len(set(sealedfiles.stored()) - files) == 1


def test_looking_at_a_printed_page_twice_makes_one_code(clerk, town, case):
    first, again = printed(case, town.clerk), printed(case, town.clerk)
    assert (first.id, first.token, first.code) == (again.id, again.token, again.code)
    assert sheets.find(town.clerk, again.token, at=clock.now()) == first.id
    Sheet.objects.update(back_at=clock.now())  # it came back: the next one is another sheet
    assert printed(case, town.clerk).id != first.id
    count = Sheet.objects.count()
    for _ in range(2):
        assert clerk.get("/console/cases/?as=form").status_code == 200
    assert Sheet.objects.count() == count + 1


def test_no_photo_no_code_and_a_forged_photo_are_told(clerk, case):
    for given in ({}, {"code": "甲"}, {"kept": "forged", "code": ""}):
        assert clerk.post("/console/scan/", given).status_code == 422


def test_elsewhere_the_same_photo_says_nothing(town, case):
    one = printed(case, town.clerk)
    sibling = signed_in(Account.objects.get(pk=town.accounts["sibling-clerk"]))
    assert sibling.post("/console/scan/", {"photo": photo(one.token)}).status_code == 422
    assert sibling.get(f"/console/sheets/{one.id}/").status_code == 404
    assert sibling.get(f"/CONSOLE/S/{one.token}/", follow=True).redirect_chain[-1][0].startswith("/console/scan/")
    assert not Paper.objects.filter(case=case).exists()


def test_a_phones_own_camera_opens_it_for_staff_and_for_the_household(town, clerk, case):
    one = printed(case, town.clerk)
    assert clerk.get(f"/CONSOLE/S/{one.token}/", follow=True).redirect_chain[-1][0] == f"/console/sheets/{one.id}/"
    asked = town.open("household-help", town.persons["wife"], by=town.wife, channel="app", kind="repair", words="漏水",
                      family=town.persons["wife"].family_id)  # fmt: skip
    (mine,) = sheets.print_sheets(wanted=[sheets.Wanted("status", case=asked.pk)], by=town.worker, at=AT)
    wife = signed_in(Account.objects.get(person=town.persons["wife"].pk))
    assert wife.get(f"/CONSOLE/S/{mine.token}/")["Location"] == f"/cases/{asked.pk}/"
    assert wife.get(f"/CONSOLE/S/{one.token}/").status_code == 404


def test_those_whom_nothing_reaches_get_letters_and_a_returned_one_ends_the_visit(town, clerk, case):
    Notice.objects.filter(case=case.pk).update(channel="print", state="pending")
    answer = clerk.post("/console/calls/letters/")
    assert answer["Content-Type"] == "application/pdf"
    row = Sheet.objects.get()
    notice = Notice.objects.get(pk=row.notice)
    assert notice.state == "pending", "a printed letter is not yet in anybody's hand"
    token = sheets.sheetcodes.token(row.pk, row.case_id, row.step, row.kind, row.printed_at)
    clerk.post("/console/scan/", {"photo": photo(token)})
    notice.refresh_from_db()
    assert notice.state == "done"
    assert clerk.post("/console/calls/letters/")["Location"] == "/console/calls/?visits=1"


def test_a_sealed_matter_is_never_put_on_paper(town):
    case = town.open("rights-case", town.persons["wife"], by=town.rights, channel="counter", kind="debt-contract")
    rights = signed_in(Account.objects.get(pk=town.accounts["rights"]))
    assert Case.objects.get(pk=case.pk).sealed
    assert rights.post(f"/console/cases/{case.pk}/letter/").status_code == 404
    assert not Sheet.objects.exists()


def test_a_printed_list_carries_its_code_and_opens_again_without_what_was_typed(town, clerk):
    page = clerk.get("/console/cases/?state=open&number=2026-0506&as=form")
    assert "data:image/svg+xml" in page.content.decode()
    row = Sheet.objects.get()
    assert row.opens == "/console/cases/?state=open"
    assert clerk.get(f"/console/scan/?s={row.code}")["Location"] == row.opens
    assert f'href="{row.opens}"' in clerk.get(f"/console/sheets/{row.pk}/").content.decode()
    sibling = signed_in(Account.objects.get(pk=town.accounts["sibling-clerk"]))
    assert sibling.get(f"/console/sheets/{row.pk}/").status_code == 404


def test_a_households_card_is_scanned_like_any_sheet(town, clerk):
    wife = town.persons["wife"]
    wife.refresh_from_db()
    answer = clerk.post("/console/scan/", {"code": wife.family.code})
    assert f"house={wife.family_id}" in answer["Location"]
    assert clerk.post("/console/scan/", {"code": "H00000000000"}).status_code == 422
    sibling = signed_in(Account.objects.get(pk=town.accounts["sibling-clerk"]))
    assert sibling.post("/console/scan/", {"code": wife.family.code}).status_code == 422


def test_a_stale_page_of_a_sheet_changes_nothing(town, clerk, case):
    one = printed(case, town.clerk)
    clerk.post("/console/scan/", {"photo": photo(one.token)})
    old = Case.objects.get(pk=case.pk).version_lock
    actions.note(cases=case.pk, words="甲", by=town.clerk, at=AT)
    clerk.post(f"/console/sheets/{one.id}/yes/", {"expected": old})
    case.refresh_from_db()
    assert (case.state, case.area) == ("proposed", VILLAGE)
