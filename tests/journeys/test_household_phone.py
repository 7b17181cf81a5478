"""What the household's phone does for them: drafts, second clicks, no line, large letters, keyboard, no script.

Every address with axe, and the family circle from both ends: test_app.py.
"""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.city]


def test_a_draft_survives_and_is_gone_after_sending(be):
    wife = be("wife")
    before = wife.go("/cases/").page.locator("main").get_by_text("跑腿代办").count()
    page = wife.go("/ask/household-help/errand/").page
    page.fill("#words", "帮忙取一个包裹，门口的柜子")
    wife.until(
        "Object.keys(localStorage).some((key) => key.startsWith('draft:') && localStorage.getItem(key).includes('包裹'))"
    )
    wife.go("/").go("/ask/household-help/errand/")
    wife.until("!document.querySelector('[data-restored]').hidden")
    assert page.input_value("#words") == "帮忙取一个包裹，门口的柜子"
    assert page.locator("[data-restored]").is_visible()
    page.locator("main form button.primary").dblclick()
    page.wait_for_url("**/cases/*/?sent=*")
    wife.reads("收到了", "编号")
    number = page.locator(".big-number").inner_text()
    wife.go("/cases/")
    assert page.locator("main").get_by_text("跑腿代办").count() == before + 1, number
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
    wife.reads("现在没有网", "什么都没有发出去")
    page.context.set_offline(False)
    wife.go("/household/")
    page.locator("form[data-sign-out] button").click()
    page.wait_for_load_state("load")
    page.wait_for_timeout(300)
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('draft:')).length") == 0
    assert page.evaluate("caches.has('pages')") is False


def test_an_ask_without_a_line_waits_on_the_phone_and_arrives_once(be):
    wife = be("wife")
    before = wife.go("/cases/").page.locator("main").get_by_text("搬抬").count()
    page = wife.go("/").page
    page.evaluate("navigator.serviceWorker.ready")
    wife.go("/ask/household-help/carry/")
    page.fill("#words", "没有网也想说：搬一下柜子")
    page.context.set_offline(True)
    page.locator("main form button.primary").click()
    page.wait_for_url("**/waiting/")
    page.get_by_text("搬抬").first.wait_for()  # the page draws what waits by itself
    wife.reads("在手机里等着", "搬抬", "还没有人收到")
    page.context.set_offline(False)
    page.locator(".outbox", has_text="收到了").wait_for()
    for _ in range(3):  # tried again: nothing waits any more
        wife.go("/cases/")
        page.wait_for_timeout(300)
    assert page.locator("main").get_by_text("搬抬").count() == before + 1
    wife.go("/ask/household-help/carry/")
    assert page.input_value("#words") == ""  # and its draft is gone


def test_a_lost_answer_is_tried_again_and_makes_no_second_ask(be):
    wife = be("wife")
    before = wife.go("/cases/").page.locator("main").get_by_text("维修").count()
    page = wife.go("/").page
    page.evaluate("navigator.serviceWorker.ready")
    wife.go("/ask/household-help/repair/")
    page.fill("#words", "灯坏了，只说一次")
    form = "new URLSearchParams(new FormData(document.querySelector('main form')))"
    sent = f"fetch(location.href, {{method: 'POST', body: {form}}}).then((answer) => answer.url)"
    assert page.evaluate(sent) == page.evaluate(sent)  # the same key, whichever answer was lost
    wife.go("/cases/")
    assert page.locator("main").get_by_text("维修").count() == before + 1


def test_a_page_seen_before_says_when_it_was_seen(be):
    wife = be("wife")
    page = wife.go("/").page
    page.evaluate("navigator.serviceWorker.ready")
    wife.go("/card/").go("/accessibility/").go("/card/")
    wife.until("caches.open('pages').then((kept) => kept.match('/card/')).then(Boolean)")
    page.context.set_offline(True)
    page.reload()
    wife.until("Boolean(document.querySelector('[data-seen-at]')?.textContent)")
    wife.reads("这是您上次看到的页面", "看到的时间", "我的证")
    page.goto(wife.city.base + "/household/trail/")
    page.go_back()
    wife.reads("我的证")  # the page that says "no line" takes nothing away


def test_leaving_with_something_unsent_warns_first(be):
    wife = be("wife")
    page = wife.go("/").page
    page.evaluate("navigator.serviceWorker.ready")
    wife.go("/household/").go("/ask/household-help/errand/")
    page.fill("#words", "退出前没发出去的")
    page.context.set_offline(True)
    page.locator("main form button.primary").click()
    page.wait_for_url("**/waiting/")
    page.goto(wife.city.base + "/household/")
    page.wait_for_timeout(500)
    page.locator("form[data-sign-out] button").click()
    wife.reads("还有没发出去的")


def test_in_large_letters_the_phone_stays_and_the_page_reads_itself(be, city):
    wife = be("wife")
    wife.page.context.add_cookies([{"name": "size", "value": "elder", "url": city.base}])
    wife.page.add_init_script(
        "window.spoken = []; window.SpeechSynthesisUtterance = function (words) { this.words = words; };"
        "Object.defineProperty(window, 'speechSynthesis', {value: {cancel() {},"
        " speak(said) { window.spoken.push(said.words); setTimeout(() => said.onend(), 0); }}});"
    )
    for address in ("/", "/cases/", "/circle/", "/ask/household-help/repair/"):
        wife.go(address)
        phone = wife.page.locator(".aid a[href^='tel:']")
        box = phone.bounding_box()
        assert box["y"] + box["height"] <= 900, address
    wife.go("/")
    wife.page.locator("[data-aloud]").click()
    wife.page.wait_for_timeout(800)
    spoken = wife.page.evaluate("window.spoken")
    assert spoken[0] == "家里有事，说一声"
    assert "请人帮忙" in spoken


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
        if reached[-1] == "请人帮忙":
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
