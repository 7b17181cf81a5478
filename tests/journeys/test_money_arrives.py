"""The wife: from "you are entitled, here is why" to money arrived and counted. A paper is missing; the bank returns it."""

import csv
import io

import pytest

from tests.journeys.conftest import case_of

pytestmark = [pytest.mark.browser, pytest.mark.city]


def paper():
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (900, 600), "white").save(out, "JPEG")
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def batch_signed(be, service):
    """A batch of everything due, through three hands; the rows of the bank's file, and where the maker stands."""
    maker = be("payment-maker").go("/console/payments/due/")
    maker.page.locator(f'form:has(input[name="service"][value="{service}"]) button').first.click()
    maker.page.wait_for_url("**/console/payments/*/")
    batch = maker.page.url.rstrip("/").rsplit("/", 1)[1]
    for persona, act in (("payment-checker", "check"), ("payment-approver", "approve")):
        one = be(persona).go(f"/console/payments/{batch}/")
        one.page.locator(f'form[action$="/do/{act}/"] button').first.click()
        one.page.wait_for_load_state("load")
        assert one.page.locator(".note.bad").count() == 0, one.page.inner_text("main")
    maker.go(f"/console/payments/{batch}/")
    form = maker.page.locator(f'form[action$="/{batch}/file/"]').first
    form.locator("select").select_option("csv")
    with maker.page.expect_download() as download:
        form.locator("button").click()
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file) if row and row[0].isdigit()]
    return maker, batch, rows


def bank_answers(maker, batch, rows, fails=""):
    """The bank's return file: everybody is paid but the one named."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["序号", "账号", "金额", "处理结果", "失败原因"])
    for row in rows:
        failed = bool(fails) and row[1] == fails
        writer.writerow([row[0], row[2], row[4], "失败" if failed else "成功", "账户已销户" if failed else ""])
    maker.go(f"/console/payments/{batch}/answer/")
    maker.page.set_input_files(
        'input[type="file"]',
        {"name": "return.csv", "mimeType": "text/csv", "buffer": out.getvalue().encode("utf-8-sig")},
    )
    maker.page.locator("main form button.primary, main form button").first.click()
    maker.page.wait_for_url(f"**/console/payments/{batch}/")


def test_from_you_are_entitled_to_money_arrived_and_counted(be, city):
    name, person = city.personas["wife"]["name"], city.personas["wife"]["person"]
    counted = city.number("accomp-yuan")

    wife = be("wife").reads("未就业随军家属专项补助", "900.00")
    wife.press("看看为什么，点头就办")
    wife.page.wait_for_url("**/entitled/accomp-subsidy/")
    wife.reads("经批准的随军家属", "《军人抚恤优待条例》第46条", "已登记失业", "部队驻本市")
    wife.page.fill('[name="form-since"]', "2026-03-01")
    wife.press("好，请办理")
    wife.page.wait_for_url("**/cases/*/?sent=*")
    wife.reads("收到了")
    case = case_of(wife.page.url)

    liaison = be("liaison").go(f"/console/cases/{case}/")
    liaison.page.locator('[data-opens="do-attest"]').first.click()
    for yes in liaison.page.locator('dialog#do-attest input[value="yes"]').all():
        yes.check(force=True)
    liaison.page.locator("dialog#do-attest button").first.click()
    liaison.page.wait_for_load_state("load")

    be("clerk").does(case, "ask")
    wife.go(f"/cases/{case}/").reads("还差1样", "就业创业证")
    wife.page.set_input_files('input[name="paper-unemployment-certificate"]', paper())
    with wife.page.expect_navigation():
        wife.press("一起提交")
    wife.reads("收到了，谢谢").not_reads("还差1样")

    be("clerk").does(case, "accept")
    be("reviewer").does(case, "advance")
    approver = be("approver")
    be("panel").does(case, "advance")
    approver.does(case, "advance").does(case, "deliver")
    wife.go("/money/").reads("已定，等下一批发放")

    maker, batch, rows = batch_signed(be, "accomp-subsidy")
    assert name in [row[1] for row in rows]
    wife.go("/money/").reads("已交银行，在路上")
    bank_answers(maker, batch, rows, fails=name)
    wife.go("/money/").reads("银行退回，钱替您留着")
    wife.press("更正账户")
    wife.page.wait_for_url("**/money/account/*")
    wife.reads("绝不会问您要密码")
    wife.page.fill("#bank", "澄川银行")
    wife.page.fill("#number", "6200 0012 3456 7890")
    wife.page.fill("#again", "6200001234567890")
    wife.page.locator("main form button.primary").click()
    wife.page.wait_for_url("**/money/")
    wife.reads("新账户收到了", "**** 7890", "窗口正在核对").not_reads("6200001234567890")

    clerk = be("clerk").go(f"/console/people/{person}/")
    clerk.page.locator('a[href*="/verify/"]').first.click()
    clerk.page.wait_for_url("**/verify/")
    clerk.page.fill('[name="number"]', "6200001234567890")
    clerk.page.locator("main form button.primary").click()
    clerk.page.wait_for_url(f"**/console/people/{person}/")
    clerk.reads("已核验")
    number = wife.go("/papers/").page.locator("dd", has_text="CC").first.inner_text()
    maker.go("/console/payments/returned/")
    maker.page.locator("li", has_text=number).locator("form button").first.click()
    maker.page.wait_for_load_state("load")

    maker, batch, rows = batch_signed(be, "accomp-subsidy")
    assert [row[2] for row in rows if row[1] == name] == ["6200001234567890"]
    bank_answers(maker, batch, rows)
    wife.go("/money/").reads("已到账")
    wife.go(f"/cases/{case}/").reads("银行退回，钱替您留着", "已到账")

    others = city.later(
        "from lianxin.payments.models import Line\n"
        "from django.db.models import Sum\n"
        f"print(Line.objects.filter(case={case}, state='paid').count(), Line.objects.filter(case={case}).count())"
    )
    assert others == "1 1"
    assert city.number("accomp-yuan") > counted
    rows_of = city.later(
        "from lianxin.outcomes.models import Outcome\n"
        f"print(list(Outcome.objects.filter(case={case}, kind='payment').values_list('amount', 'person')))"
    )
    assert rows_of == f"[(90000, {person})]"
    be("approver").go("/console/figures/accomp-yuan/rows/?q=").reads(name[0])
