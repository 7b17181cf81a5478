"""The money pages: each hand sees its own next act, and a batch goes from due to counted through them."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lianxin.access import actions as access
from lianxin.access.models import Account, Area, Grant, Office
from lianxin.access.queries import actor_of
from lianxin.journal.models import Entry
from lianxin.outcomes.models import Outcome
from lianxin.payments import actions, queries
from lianxin.payments.models import Batch, Line
from tests.factories.access import named
from tests.payments import town
from tests.payments.town import AT, SERVICE

pytestmark = pytest.mark.django_db
ROLES = ("payment-maker", "payment-checker", "payment-approver", "auditor", "clerk", "worker")


@pytest.fixture
def staff(settings):
    settings.DEMO = True
    town.areas()
    office = Office.objects.create(name="甲局", kind="bureau", level="city", area=Area.objects.get(pk="4199"))
    made = access.open_accounts(
        accounts=[(Account(username=role, name=role, office=office, language="en"), "") for role in ROLES],
        by=town.SYSTEM, at=AT,
    )  # fmt: skip
    access.give_roles(
        grants=[Grant(account=one, role=one.username, area="4199") for one in made], by=town.SYSTEM, at=AT
    )
    named(made, AT)
    return {one.username: one for one in made}


def signed_in(account: Account) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(account)
    session = client.session
    session["persona"] = True
    session.save()
    return client


@pytest.fixture
def hands(staff):
    return {role: signed_in(account) for role, account in staff.items()}


def test_a_batch_goes_from_due_to_counted_through_the_pages(hands):
    maker, checker, approver = (hands[f"payment-{name}"] for name in ("maker", "checker", "approver"))
    town.owe(town.cases(town.people(3) + town.people(1, account=False, first=50)))
    due = maker.get("/console/payments/due/").content.decode()
    assert "3 lines, 2,700.00 yuan" in due
    assert "No bank account on file." in due
    assert "Make a batch" not in checker.get("/console/payments/due/").content.decode()
    assert "No bank account" in maker.get(f"/console/payments/due/{SERVICE}/").content.decode()
    answer = maker.post("/console/payments/make/", {"service": SERVICE, "area": "4199"}, follow=True)
    batch = Batch.objects.get()
    page = f"/console/payments/{batch.pk}/"
    assert "3 lines gathered. 1 wait" in answer.content.decode()
    assert "Waits for the checker" in maker.get(page).content.decode()
    assert checker.get(page).content.decode().count("btn primary") == 2  # the act, and the one in a closed box
    assert "Waits for the checker" in approver.get(page).content.decode()
    checker.post(page + "do/check/")
    assert "Approve 2,700.00 yuan" in approver.get(page).content.decode()
    approver.post(page + "do/approve/")
    sheet = approver.get(page + "sheet/").content.decode()
    assert "贰仟柒佰元整" in sheet
    assert approver.post(page + "file/", {"form": "csv"}).status_code == 404
    file = maker.post(page + "file/", {"form": "csv"})
    assert file["Content-Disposition"] == f'attachment; filename="{batch.number}.csv"'
    assert b"6222" in file.content
    assert maker.post(page + "file/", {"form": "csv"}).content == file.content
    data = town.answer(
        batch.number, [(1, "900.00", "成功", ""), (2, "901.00", "成功", ""), (3, "900.00", "失败", "销户")]
    )
    wrong = maker.post(page + "answer/", {"file": SimpleUploadedFile("a.xlsx", data)})
    assert wrong.status_code == 422
    assert "Row 4 says 901.00 yuan; 900.00 yuan were sent" in wrong.content.decode()
    data = town.answer(
        batch.number, [(1, "900.00", "成功", ""), (2, "900.00", "成功", ""), (3, "900.00", "失败", "销户")]
    )
    told = maker.post(page + "answer/", {"file": SimpleUploadedFile("a.xlsx", data)}, follow=True)
    assert "2 payments arrived (1,800.00 yuan), 1 came back." in told.content.decode()
    again = maker.post(page + "answer/", {"file": SimpleUploadedFile("b.xlsx", data)}, follow=True)
    assert "read before" in again.content.decode()
    assert Outcome.objects.filter(kind="payment").count() == 2
    assert "The account is closed." in maker.get("/console/payments/returned/").content.decode()
    line = Line.objects.get(state="suspense")
    scope = actor_of(Account.objects.get(username="payment-maker"), AT).scope
    assert set(queries.batches_of(scope, [line.pk]).values()) == {batch.pk}
    refused = maker.post("/console/payments/returned/repay/", {"line": line.pk}, follow=True)
    assert "It is still the account that is closed." in refused.content.decode()
    town.give_account(line.person)
    assert "due again" in maker.post(
        "/console/payments/returned/repay/", {"line": line.pk}, follow=True).content.decode()  # fmt: skip
    books = hands["auditor"].get("/console/payments/books/").content.decode()
    assert "Paid by the bank" in books
    proved = hands["auditor"].post("/console/payments/books/prove/", follow=True)
    assert "The books hold" in proved.content.decode()
    exported = hands["auditor"].post("/console/payments/books/prove/", {"what": "export"}).content.decode()
    assert "appropriation:accomp-subsidy" in exported


def test_the_maker_without_lines_reads_what_the_approver_still_has_to_press(hands):
    due = hands["payment-maker"].get("/console/payments/due/").content.decode()
    assert "has pressed “Hand to payment” on the case" in due
    assert "by themselves" not in due


def test_a_batch_is_sent_back_emptied_and_cancelled(hands):
    maker, checker = hands["payment-maker"], hands["payment-checker"]
    people = town.people(2)
    town.owe(town.cases(people))
    maker.post("/console/payments/make/", {"service": SERVICE, "area": "4199"})
    page = f"/console/payments/{Batch.objects.get().pk}/"
    town.give_account(people[0])
    shown = checker.get(page).content.decode()
    assert "1 line can no longer be paid" in shown
    assert "can no longer be paid" in checker.post(page + "do/check/", follow=True).content.decode()
    assert "Say what the maker" in checker.post(page + "do/return/", {"reason": " "}, follow=True).content.decode()
    checker.post(page + "do/return/", {"reason": "an account was changed"})
    assert "an account was changed" in maker.get(page).content.decode()
    line = Line.objects.order_by("pk")[0]
    maker.post(page + "do/take-out/", {"line": line.pk, "reason": "as said"})
    maker.post(page + "do/resubmit/")
    assert Batch.objects.get().count == 1
    maker.post(page + "do/cancel/", {"reason": "not this month"})
    assert Batch.objects.get().state == "cancelled"
    assert Line.objects.filter(state="due").count() == 2


def test_a_checker_settles_what_waits(hands):
    [one] = town.people(1)
    town.owe(town.cases([one]) + town.cases([one]))
    lines = list(Line.objects.order_by("pk"))
    page = f"/console/payments/due/{SERVICE}/"
    checker = hands["payment-checker"]
    assert "same period" in checker.get(page).content.decode()
    assert hands["payment-maker"].post(page + "settle/", {"line": lines[1].pk}).status_code == 404
    checker.post(page + "settle/", {"line": lines[1].pk, "reason": "two claims", "what": "clear"})
    checker.post(page + "settle/", {"line": lines[0].pk, "reason": "withdrawn", "what": "cancel"})
    assert [(line.state, line.cleared) for line in Line.objects.order_by("pk")] == [("cancelled", False), ("due", True)]


def test_a_sibling_county_does_not_know_of_a_batch(staff, hands):
    town.owe(town.cases(town.people(2)))
    made = actions.make_batch(service=SERVICE, area="419901", by=town.hand("maker", 90), at=AT)
    other = access.open_accounts(
        accounts=[(Account(username="b", name="b", office=staff["clerk"].office), "")], by=town.SYSTEM, at=AT
    )[0]
    access.give_roles(grants=[Grant(account=other, role="payment-maker", area="419902")], by=town.SYSTEM, at=AT)
    client = signed_in(other)
    for tail in ("", "sheet/", "answer/"):
        assert client.get(f"/console/payments/{made.id}/{tail}").status_code == 404
    for tail in ("file/", "do/cancel/"):
        assert client.post(f"/console/payments/{made.id}/{tail}", {"reason": "x"}).status_code == 404
    assert made.number not in client.get("/console/payments/").content.decode()
    for path in ("lines/", "due/", "returned/", f"due/{SERVICE}/"):
        assert "CC0000" not in client.get(f"/console/payments/{path}").content.decode()


def test_no_page_or_export_shows_an_account_number(hands):
    town.owe(town.cases(town.people(2)))
    batch = town.sent()
    maker = hands["payment-maker"]
    pages = ["", "due/", "lines/", "returned/", "books/", f"{batch}/", f"{batch}/sheet/", f"{batch}/answer/",
             f"{batch}/?as=form", "?as=form", "lines/?as=form"]  # fmt: skip
    for path in pages:
        assert "6222" not in maker.get(f"/console/payments/{path}").content.decode(), path
    before = Entry.objects.filter(action="list.export").count()
    assert maker.get(f"/console/payments/{batch}/?as=xlsx").content[:2] == b"PK"
    assert Entry.objects.filter(action="list.export").count() == before + 1


@pytest.mark.parametrize("path", ["", "lines/", "due/", "returned/", "books/", f"due/{SERVICE}/", "batch"])
def test_pages_ask_as_many_questions_for_many_rows_as_for_one(hands, path):
    maker = hands["payment-maker"]

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            answer = maker.get("/console/payments/" + (f"{batch}/" if path == "batch" else path))
        assert answer.status_code == 200
        return len(found)

    town.owe(town.cases(town.people(1) + town.people(1, account=False, first=40)))
    batch = actions.make_batch(service=SERVICE, area="4199", by=town.MAKER, at=AT).id
    actions.cancel_batch(batch=batch, reason="again", by=town.MAKER, at=AT)
    batch = town.sent()
    number = Batch.objects.get(pk=batch).number
    actions.read_return(
        batch=batch, data=town.answer(number, [(1, "900.00", "失败", "")]), name="", by=town.MAKER, at=AT
    )
    first = asked()
    town.owe(
        town.cases(
            town.people(6, first=100) + town.people(6, account=False, first=200),
        )
    )
    batch = town.sent()
    number = Batch.objects.get(pk=batch).number
    rows = [(serial, "900.00", "失败", "") for serial in range(1, 6)]
    actions.read_return(batch=batch, data=town.answer(number, rows), name="", by=town.MAKER, at=AT)
    town.owe(town.cases(town.people(6, first=300)))
    assert asked() <= first + (2 if path == "batch" else 0)


def test_givers_and_partners_are_listed_for_those_who_hand_out(hands):
    from lianxin.campaigns import actions as campaigns
    from lianxin.catalogue import actions as catalogue
    from lianxin.partners import actions as partners

    catalogue.publish(
        path=settings.CATALOGUE / "services" / "household-help", by=town.SYSTEM, at=AT, approved_by="test"
    )
    team = Office.objects.create(name="甲队", kind="volunteer", level="village", area_id="419901001001")
    shop = Office.objects.create(name="乙店", kind="partner", level="county", area_id="419901")
    campaigns.offer(office=team.pk, kinds=["repair"], area="419901001001", by=town.SYSTEM, at=AT)
    partners.agree(office=shop.pk, plaque="YJ-0001", offer="修水管", by=town.SYSTEM, at=AT)
    assert "甲队" in hands["worker"].get("/console/givers/?kind=repair").content.decode()
    assert "甲队" not in hands["worker"].get("/console/givers/?kind=carry").content.decode()
    assert "YJ-0001" in hands["clerk"].get("/console/partners/?state=open").content.decode()
    assert hands["payment-maker"].get("/console/partners/").status_code == 404


def test_a_village_reads_who_serves_it_from_above(staff):
    from lianxin.campaigns import actions as campaigns
    from lianxin.catalogue import actions as catalogue
    from lianxin.partners import actions as partners

    catalogue.publish(
        path=settings.CATALOGUE / "services" / "household-help", by=town.SYSTEM, at=AT, approved_by="test"
    )
    held = {}
    for name, area in (
        ("村队", "419901001001"),
        ("镇队", "419901001"),
        ("邻县队", "419902"),
    ):
        giver = Office.objects.create(name=name, kind="volunteer", level="township", area_id=area)
        held[name] = campaigns.offer(office=giver.pk, kinds=["repair"], area=area, by=town.SYSTEM, at=AT)[0].pk
    shop = Office.objects.create(name="乙店", kind="partner", level="county", area_id="419901")
    partners.agree(office=shop.pk, plaque="YJ-0001", offer="修水管", by=town.SYSTEM, at=AT)
    [worker] = access.open_accounts(accounts=[(Account(username="village", name="village", language="en"), "")],
                                    by=town.SYSTEM, at=AT)  # fmt: skip
    access.give_roles(grants=[Grant(account=worker, role="worker", area="419901001001")], by=town.SYSTEM, at=AT)
    named([worker], AT)
    client = Client()
    client.force_login(worker)
    read = client.get("/console/givers/").content.decode()
    assert [name for name in held if f">{name}<" in read] == ["村队", "镇队"]
    assert f"/console/givers/{held['村队']}/" in read
    assert f"/console/givers/{held['镇队']}/" not in read  # to read, not to change
    assert client.get(f"/console/givers/{held['镇队']}/").status_code == 404
    assert "乙店" in client.get("/console/partners/").content.decode()


def test_who_has_signed_reads_why_there_is_no_button_and_who_has_one(hands, staff):
    access.give_roles(
        grants=[Grant(account=staff["auditor"], role="payment-checker", area="4199")], by=town.SYSTEM, at=AT
    )
    town.owe(town.cases(town.people(1)))
    made = actions.make_batch(service=SERVICE, area="4199", by=actor_of(staff["payment-maker"], AT), at=AT).id
    page = hands["payment-maker"].get(f"/console/payments/{made}/").content.decode()
    assert "Who may do it:" in page and "auditor" in page and "payment-checker" in page
    actions.check_batch(batch=made, by=actor_of(staff["payment-checker"], AT), at=AT)
    page = hands["payment-checker"].get(f"/console/payments/{made}/").content.decode()
    assert "payment-approver" in page.split("Who may do it:")[1][:60]
    access.close_account(account=staff["payment-approver"].pk, by=town.SYSTEM, at=AT)
    page = hands["payment-checker"].get(f"/console/payments/{made}/").content.decode()
    assert "Nobody else may do it yet" in page
