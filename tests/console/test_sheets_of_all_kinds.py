"""Sheets that belong to no case: printed with a code, scanned they open what they are about, and keep the stamped copy."""

import io
from dataclasses import replace

import pypdf
import pytest

from lianxin.access.models import Account, Grant
from lianxin.casework import sheetcodes, sheets
from lianxin.casework.models import Paper, Sheet
from lianxin.partners import gifts
from lianxin.payments.models import Batch
from lianxin.people.models import Person
from tests.console.test_paper import photo
from tests.factories.casework import AT, TOWN
from tests.factories.casework import town as built
from tests.house.test_deny_by_default import signed_in


@pytest.fixture
def town(db, settings):
    settings.DEMO = True
    return built()


@pytest.fixture
def clerk(town):
    return signed_in(Account.objects.get(pk=town.accounts["clerk"]))


@pytest.fixture
def gift(town):
    firm = gifts.donor(name="澄川爱心企业", area=TOWN, by=town.clerk, at=AT)
    return gifts.receive(office=firm.pk, quantity=100_000, purpose="困难军属", area=TOWN, by=town.clerk, at=AT)


def letters(answer):
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages)


def token_of(row):
    return sheetcodes.token(row.pk, row.case_id, row.step, row.kind, row.printed_at)


def test_a_receipt_comes_back_stamped_and_lies_with_its_gift(town, clerk, gift):
    said = letters(clerk.get(f"/console/gifts/{gift.pk}/receipt/"))
    row = Sheet.objects.get(kind="receipt")
    assert sheetcodes.spaced(row.code) in said
    back = clerk.post("/console/scan/", {"photo": photo(token_of(row))})
    assert back["Location"] == f"/console/sheets/{row.pk}/"
    kept = Paper.objects.get(sheet=row)
    assert (kept.case_id, kept.person) == (None, None)
    page = clerk.get(f"/console/gifts/{gift.pk}/").content.decode()
    assert f"/console/sheets/{row.pk}/photo/{kept.pk}/" in page
    shown = clerk.get(f"/console/sheets/{row.pk}/photo/{kept.pk}/")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    row.refresh_from_db()
    assert row.back_at is not None and row.back_by == town.accounts["clerk"]
    # the same photo once more is kept once; another sheet's photos stay its own
    clerk.post(f"/console/sheets/{row.pk}/photo/", {"photo": photo(token_of(row))})
    assert Paper.objects.filter(sheet=row).count() == 1
    other = Sheet.objects.create(code=sheetcodes.fresh(), kind="receipt", opens="/console/gifts/999/", printed_at=AT,
                                 office=row.office, entry_id=row.entry_id)  # fmt: skip
    assert clerk.get(f"/console/sheets/{other.pk}/photo/{kept.pk}/").status_code == 404


def test_nobody_elsewhere_reads_what_came_back(town, clerk, gift):
    clerk.get(f"/console/gifts/{gift.pk}/receipt/")
    row = Sheet.objects.get(kind="receipt")
    clerk.post("/console/scan/", {"photo": photo(token_of(row))})
    kept = Paper.objects.get(sheet=row)
    for name in ("sibling-clerk", "sibling", "shop", "wife"):
        client = signed_in(Account.objects.get(pk=town.accounts[name]))
        assert client.get(f"/console/sheets/{row.pk}/photo/{kept.pk}/").status_code == 404, name
        assert client.get(f"/console/sheets/{row.pk}/").status_code == 404, name
    assert sheets.find(town.sibling_clerk, row.code, at=AT) is None


def test_the_code_alone_leads_to_the_gift_in_one_click_more(town, clerk, gift):
    clerk.get(f"/console/gifts/{gift.pk}/receipt/")
    row = Sheet.objects.get(kind="receipt")
    to = clerk.post("/console/scan/", {"code": row.code})["Location"]
    assert f'href="/console/gifts/{gift.pk}/"' in clerk.get(to).content.decode()


def test_a_household_card_opens_the_desk_with_its_household_and_the_app_on_its_own_phone(town, clerk):
    wife = Person.objects.select_related("family").get(pk=town.persons["wife"].pk)
    worker = signed_in(Account.objects.get(pk=town.accounts["worker"]))
    said = letters(worker.get(f"/console/desk/cards/{wife.family_id}/"))
    assert wife.family.code in said and wife.name not in said
    row = Sheet.objects.get(kind="card")
    for sent in ({"code": row.code}, {"photo": photo(token_of(row))}):
        assert f"house={wife.family_id}" in worker.post("/console/scan/", sent)["Location"]
    assert not Paper.objects.exists(), "nobody signs a card; its photo is not kept"
    opened = worker.get(f"/console/s/{token_of(row)}/", follow=True)
    assert opened.redirect_chain[-1][0].endswith(f"?q={wife.family.code}&house={wife.family_id}")
    own = signed_in(Account.objects.get(pk=town.accounts["wife"]))
    assert own.get(f"/console/s/{token_of(row)}/")["Location"] == "/"


def test_a_slip_the_review_and_the_roster_carry_their_codes(town, clerk):
    person = town.persons["wife"].pk
    worker = signed_in(Account.objects.get(pk=town.accounts["worker"]))
    said = letters(worker.post(f"/console/people/{person}/phone/"))
    slip = Sheet.objects.get(kind="slip")
    assert sheetcodes.spaced(slip.code) in said
    assert slip.opens == f"/console/people/{person}/phone/"
    said = letters(worker.get("/console/desk/review/?as=pdf"))
    review = Sheet.objects.get(kind="review")
    assert sheetcodes.spaced(review.code) in said
    assert worker.get(review.opens).status_code == 200
    page = clerk.get("/console/desk/roster/?as=form").content.decode()
    form = Sheet.objects.get(kind="form")
    assert sheetcodes.spaced(form.code) in page and form.opens == "/console/desk/roster/"
    clerk.get("/console/desk/roster/")
    assert Sheet.objects.filter(kind="form").count() == 1, "a page that is only read gets no code"


@pytest.mark.parametrize(("opens", "may", "opened"), [
    ("/console/payments/999/", frozenset({"batch.view", "home", "case.open"}), True),
    ("/console/payments/999/", frozenset({"home", "case.open"}), False),
    ("/console/circle/pages/#soldier-1", frozenset({"home", "case.open"}), False),
    ("/console/gifts/1/", frozenset({"gift.keep", "home", "case.open"}), True),
    ("/console/gifts/1/", frozenset({"home", "case.open"}), False),
    ("/nowhere/", frozenset({"home", "case.open"}), False),
])  # fmt: skip
def test_what_came_back_is_for_those_who_may_open_what_the_sheet_is_about(town, opens, may, opened):
    row = Sheet.objects.create(code=sheetcodes.fresh(), kind="form", opens=opens, printed_at=AT, office=town.clerk.office,
                               entry_id=1)  # fmt: skip
    reader = replace(town.clerk, permissions=may)
    assert (sheets.sheet(reader, row.pk, at=AT) is not None) is opened
    assert (sheets.find(reader, row.code, at=AT) is not None) is opened


def test_who_checks_money_scans_its_sheet_and_learns_nothing_of_a_case(town):
    """Whoever may open the page of a sheet may scan it; a letter of a case is nothing to them."""
    account = Account.objects.get(pk=town.accounts["panel"])
    Grant.objects.filter(account=account).update(role="payment-maker")
    maker = signed_in(account)
    batch = Batch.objects.create(number="T2", service="accomp-subsidy", area="4199", state="made", count=0, total=0, maker=1,
                                 made_at=AT)  # fmt: skip
    bank = Sheet.objects.create(code=sheetcodes.fresh(), kind="bank", opens=f"/console/payments/{batch.pk}/", printed_at=AT,
                                office=town.clerk.office, entry_id=1)  # fmt: skip
    case = town.open("household-help", town.persons["wife"], kind="repair", words="灯不亮")
    (letter,) = sheets.print_sheets(wanted=[sheets.Wanted("proposal", case=case.pk)], by=town.clerk, at=AT)
    assert "/console/scan/" in maker.get("/console/", follow=True).content.decode()
    found = maker.post("/console/scan/", {"photo": photo(bank.code), "code": bank.code})
    assert found["Location"] == f"/console/sheets/{bank.pk}/"
    assert Paper.objects.filter(sheet=bank).exists(), "the stamped sheet lies with its page"
    assert maker.post("/console/scan/", {"code": letter.code}).status_code == 422
    assert maker.get(f"/console/sheets/{letter.id}/").status_code == 404


def test_a_sheet_of_a_sealed_batch_is_nothing_to_who_is_not_on_its_list(town):
    approver = signed_in(Account.objects.get(pk=town.accounts["approver"]))
    batch = Batch.objects.create(number="T1", service="accomp-subsidy", area="4199", state="made", count=0, total=0, maker=1,
                                 made_at=AT)  # fmt: skip
    row = Sheet.objects.create(code=sheetcodes.fresh(), kind="bank", opens=f"/console/payments/{batch.pk}/", printed_at=AT,
                               office=town.clerk.office, entry_id=1)  # fmt: skip
    assert approver.get(f"/console/sheets/{row.pk}/").status_code == 200
    Batch.objects.filter(pk=batch.pk).update(sealed=True)
    assert approver.get(f"/console/sheets/{row.pk}/").status_code == 404
