"""What the household's phone does for them: drafts, second clicks, no line, large letters, keyboard, no script."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.city]
PAGES = ["/", "/ask/", "/ask/household-help/repair/", "/entitled/", "/entitled/accomp-subsidy/", "/door/home/", "/cases/",
         "/money/", "/money/account/", "/messages/", "/household/", "/household/correct/", "/household/trail/", "/papers/",
         "/accessibility/", "/offline/", "/publicity/", "/apply/rights-case/"]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "elder", "wide"), [("zh-hans", False, 390), ("en", False, 1440), ("zh-hans", True, 320)]
)
def test_every_page_is_accessible_and_fits(be, city, language, elder, wide):
    from axe_playwright_python.sync_playwright import Axe

    wife = be("wife", language=language, wide=wide)
    if elder:
        wife.page.context.add_cookies([{"name": "size", "value": "elder", "url": city.base}])
    found = []
    for address in PAGES:
        wife.go(address)
        found += [
            (address, one["id"], one["nodes"][0]["target"]) for one in Axe().run(wife.page).response["violations"]
        ]
        width = wife.page.evaluate("document.documentElement.scrollWidth")
        if width > wide:
            found.append((address, "too wide", width))
    assert found == []


def test_a_draft_survives_and_is_gone_after_sending(be):
    wife = be("wife")
    page = wife.go("/ask/household-help/errand/").page
    page.fill("#words", "帮忙取一个包裹，门口的柜子")
    page.wait_for_timeout(500)
    wife.go("/").go("/ask/household-help/errand/")
    assert page.input_value("#words") == "帮忙取一个包裹，门口的柜子"
    assert page.locator("[data-restored]").is_visible()
    page.locator("main form button.primary").dblclick()
    page.wait_for_url("**/cases/*/?sent=*")
    wife.reads("收到了", "编号")
    number = page.locator(".big-number").inner_text()
    wife.go("/cases/")
    assert page.locator("main").get_by_text("跑腿代办").count() == 1, number
    wife.go("/ask/household-help/errand/")
    assert page.input_value("#words") == ""


def test_without_a_line_seen_pages_can_be_read_and_signing_out_removes_them(be):
    wife = be("wife")
    page = wife.go("/").page
    page.evaluate("navigator.serviceWorker.ready")
    wife.go("/household/").go("/household/")
    page.wait_for_timeout(300)
    page.context.set_offline(True)
    page.reload()
    wife.reads("这是您上次看到的页面", "本人")
    page.goto(wife.city.base + "/household/trail/")
    wife.reads("现在没有网", "什么都没丢")
    page.context.set_offline(False)
    wife.go("/household/")
    page.locator("form[data-sign-out] button").click()
    page.wait_for_load_state("load")
    page.wait_for_timeout(300)
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('draft:')).length") == 0
    assert page.evaluate("caches.has('pages')") is False


def test_everything_works_without_script(be):
    wife = be("wife", java_script_enabled=False)
    wife.go("/ask/").press("跑腿代办")
    wife.page.fill("#words", "没有脚本也能说")
    wife.press("提交")
    wife.page.wait_for_url("**/cases/*/?sent=*")
    wife.reads("收到了")


def test_keyboard_alone_reaches_the_biggest_button(be):
    page = be("wife").go("/").page
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.innerText.trim()"))
        if reached[-1] == "我要帮忙":
            page.keyboard.press("Enter")
            page.wait_for_url("**/ask/")
            return
    raise AssertionError(reached)


def test_large_letters_and_language_are_one_touch(be):
    wife = be("wife").go("/")
    wife.press("大字", within="header")
    assert wife.page.get_attribute("html", "data-size") == "elder"
    wife.press("English", within="footer")
    wife.reads("Ask for help")
    wife.press("Usual letters", within="header")
    assert wife.page.get_attribute("html", "data-size") is None
