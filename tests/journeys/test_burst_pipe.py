"""The pipe burst: by phone through the community worker, declined once, done, thanked and counted."""

import re

import pytest

from tests.journeys.conftest import case_of

pytestmark = [pytest.mark.browser, pytest.mark.city]


def office_of(city, persona):
    account = city.personas[persona]["account"]
    return city.later(f"from lianxin.access.queries import account_named\nprint(account_named({account!r}).office_id)")


def test_the_pipe_burst(be, city):
    name = city.personas["wife"]["name"]
    counted = city.number("asks-done")
    worker = be("worker").go(f"/console/desk/?q={name}")
    page = worker.page
    page.locator('input[name="kind"][value="household-help:repair"]').check(force=True)
    page.wait_for_timeout(800)
    page.fill("#words", "厨房水管爆了，水漫了一地")
    if page.locator("#office").count():
        page.select_option("#office", "")
    page.locator('form[action$="/desk/send/"] button.primary').click()
    page.wait_for_load_state("load")
    found = page.locator("ul.asks li", has_text=name[0]).filter(has_text=re.compile("维修")).last
    found.locator("a").click()
    page.wait_for_url("**/console/cases/*/")
    case = case_of(page.url)
    worker.does(case, "dispatch", office=office_of(city, "shop"))

    shop = be("shop").go("/console/handed/").reads("厨房水管爆了")
    job = shop.page.locator("article", has_text="厨房水管爆了")
    job.locator("details summary").click()
    job.locator('form[action$="/decline/"] input[name="words"]').fill("今天都在外地")
    job.locator('form[action$="/decline/"] button').click()
    shop.page.wait_for_load_state("load")
    assert shop.page.locator('form[action$="/take/"]').count() == 0 or "厨房水管爆了" not in job.all_inner_texts()

    wife = be("wife").go(f"/cases/{case}/").reads("对方来不了，另找人")
    worker.does(case, "dispatch", office=office_of(city, "volunteer"))
    wife.go(f"/cases/{case}/").reads("已请")
    volunteer = be("volunteer").go("/console/handed/")
    job = volunteer.page.locator("article", has_text="厨房水管爆了")
    job.locator('form[action$="/take/"] button').click()
    volunteer.page.wait_for_load_state("load")
    wife.go(f"/cases/{case}/").reads("已接下")
    job = volunteer.page.locator("article", has_text="厨房水管爆了")
    job.locator('form[action$="/done/"] input[name="words"]').fill("换了角阀，不漏了")
    job.locator('form[action$="/done/"] button').click()
    volunteer.page.wait_for_load_state("load")

    wife.go(f"/cases/{case}/").reads("换了角阀，不漏了", "办好了吗")
    wife.page.fill("#thanks", "多谢，来得真快")
    with wife.page.expect_navigation():
        wife.press("都好了")
    wife.reads("谢谢，会转告他们", "您的评价：很好")
    assert city.number("asks-done") == counted + 1
