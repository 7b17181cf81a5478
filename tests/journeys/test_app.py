"""The app over all its addresses with axe, in both languages and large letters; and the family circle from both ends."""

import datetime as dt
import os
import re

import pytest

from tests.journeys.conftest import case_of

pytestmark = [pytest.mark.browser, pytest.mark.city]
# What is sent to, or is no page: every other address of the face is opened below, or the test says which is missing.
NOT_PAGES = {
    "manifest", "worker", "say-yes", "say-no", "supplement", "received", "rate", "again", "withdraw", "consent", "copy",
    "copy-file", "paper", "circle-do", "complaint", "why-looked",
    "card-code-renew", "card-code-paper", "card-code-end",
    "booklet", "reach-file", "map-geojson", "map-points", "map-shapes", "open-data-file", "published-rows", "service-guide", "service-poster", "event-join", "event-leave", "event-photo", "form-preview", "card-lost",
}  # fmt: skip
SLOW = pytest.mark.skipif(not os.environ.get("LIANXIN_ALL_LOOKS"), reason="the other looks: LIANXIN_ALL_LOOKS=1")
# Both languages, both sizes of letters, the narrowest and the widest page; a check of 25 minutes has no room for the rest.
LOOKS = [("en", False, 1440), ("zh-hans", True, 320), pytest.param("zh-hans", False, 390, marks=SLOW),
         pytest.param("en", True, 390, marks=SLOW)]  # fmt: skip


def addresses(wife):
    """Every address of the household's face, filled with what is theirs."""
    from django.urls import reverse

    from lianxin.companion.urls import urlpatterns

    filled = {
        "object": [], "ask-for": [("household-help", "errand"), ("psych-support", "talk")], "apply": [("rights-case",)],
        "why": [("accomp-subsidy",)], "door": [("path",), ("home",), ("children",)],
        "wrong": [("accomp-subsidy", "employment"), ("accomp-subsidy", "accompanying")],
        "service": [("accomp-subsidy",), ("household-help",), ("psych-support",)],
    }  # fmt: skip
    for name, page, link in (("case", "/cases/", r"/cases/(\d+)/"), ("circle-one", "/circle/", r"/circle/(\d+)/"),
                             ("event", "/events/", r"/events/(\d+)/"),
                             ("object-back", "/money/", r"/money/back/([\w-]+)/"),
                             ("object", "/publicity/", r"/publicity/(\d+)/")):  # fmt: skip
        found = re.findall(link, wife.go(page).page.content())
        filled[name] = [(found[0],)] if found else []
    # one asks for a relative's home only where both have agreed
    asks = [
        re.findall(r"/circle/(\d+)/ask/", wife.go(f"/circle/{one}/").page.content()) for (one,) in filled["circle-one"]
    ]
    filled["circle-ask"] = [(found[0],) for found in asks if found]
    made = []
    for pattern in urlpatterns:
        if pattern.name in NOT_PAGES:
            continue
        assert "<" not in str(pattern.pattern) or pattern.name in filled, f"say how {pattern.name} is opened"
        made += [reverse(pattern.name, args=one) for one in filled.get(pattern.name, [()])]
    return made


@pytest.fixture(scope="module")
def connected(city, chromium):
    """A wife and a husband who have agreed, and something under way that he asked for."""
    from tests.journeys.conftest import Somebody

    pages = {}
    for who in ("wife", "soldier"):
        context = chromium.new_context(viewport={"width": 390, "height": 900}, locale="zh-CN")
        context.add_cookies([{"name": "django_language", "value": "zh-hans", "url": city.base}])
        page = context.new_page()
        page.goto(city.base + "/demo/")
        page.locator(f'form[action$="/become/{who}/"] button').first.click()
        page.wait_for_load_state("load")
        pages[who] = Somebody(page, city)
    yield pages
    for somebody in pages.values():
        somebody.page.context.close()


def test_a_circle_from_both_ends(connected, be):
    wife, soldier, name = connected["wife"], connected["soldier"], connected["wife"].city.personas["wife"]["name"]
    # As the city stands they are connected: he sees what she shows, never what she keeps to herself; so does the unit.
    soldier.go("/circle/").reads(name, "已连心")
    soldier.press(f"看看{name}那边").reads("维修", "人在外头，多亏你们上门", "找工作").not_reads("陪诊接送")
    unit = be("political-officer").go("/console/circle/unit/").reads(name, "找工作").not_reads("维修", "陪诊接送")
    wife.go("/circle/").press(f"看看{wife.city.personas['soldier']['name']}那边")
    wife.page.locator("main details summary", has_text="退出连心").click()
    wife.press("终止")
    unit.go("/console/circle/unit/").not_reads(name)
    soldier.go("/circle/").not_reads(name)
    wife.go("/circle/")
    wife.page.locator("main details summary").first.click()
    wife.page.locator("details[open] input[value=yes]").check()
    wife.press("问一问")
    wife.reads("问过了，还没回音")
    soldier.go("/").reads("想和您连心")
    soldier.go("/circle/")
    soldier.page.locator("main section input[value=yes]").first.check()
    soldier.page.get_by_role("button", name="同意", exact=True).click()
    soldier.page.wait_for_load_state("load")
    soldier.reads("连上了", "已连心")
    home = soldier.page.url.removeprefix(soldier.city.base)
    soldier.press("替这位家人说一声")
    soldier.page.select_option("#kind", "errand")
    soldier.page.fill("#words", "帮忙取一下药，送到家里")
    soldier.press("提交")
    soldier.reads("会告诉家里", "跑腿代办", "这是您说的")
    wife.go("/cases/").reads("跑腿代办")
    case = case_of(wife.page.locator("a.card", has_text="跑腿代办").first.get_attribute("href"))
    soldier.page.locator("main details summary", has_text="说声谢谢").first.click()
    soldier.page.locator("details[open] input[name=words]").fill("远方谢谢你们")
    soldier.page.locator("details[open] button").first.click()
    soldier.page.wait_for_load_state("load")
    soldier.reads("远方谢谢你们")
    wife.go("/circle/")
    wife.page.locator("main a.primary").first.click()
    wife.page.wait_for_load_state("load")
    form = wife.page.locator(f'form[action$="/show/"]:has(input[name=case][value="{case}"])')
    form.get_by_role("button").click()
    wife.page.wait_for_load_state("load")
    soldier.go(home).not_reads("跑腿代办")
    form = wife.page.locator(f'form[action$="/show/"]:has(input[name=case][value="{case}"])')
    form.get_by_role("button").click()
    wife.page.wait_for_load_state("load")
    soldier.go(home).reads("跑腿代办")
    wife.press("印成纸页转交")
    liaison = be("liaison").go("/console/circle/")
    liaison.reads(wife.city.personas["soldier"]["name"], "双方同意")
    printed = liaison.page.locator('a[href$="page.pdf"]').first.get_attribute("href")
    assert liaison.page.request.get(liaison.city.base + printed).body().startswith(b"%PDF")
    liaison.press("已转交").reads("转交过")
    unit.go("/console/circle/unit/").not_reads(name)


@pytest.mark.parametrize(("language", "elder", "wide"), LOOKS)
def test_every_address_of_the_app_is_accessible_and_fits(connected, be, city, language, elder, wide):
    from axe_playwright_python.sync_playwright import Axe

    wife = be("wife", language=language, wide=wide)
    if elder:
        wife.page.context.add_cookies([{"name": "size", "value": "elder", "url": city.base}])
    found = []

    def look(state):
        wrong = Axe().run(wife.page).response["violations"]
        found.extend((state, one["id"], one["nodes"][0]["target"]) for one in wrong)
        width = wife.page.evaluate("document.documentElement.scrollWidth")
        if width > wide:
            found.append((state, "too wide", width))

    for address in addresses(wife):
        wife.go(address).settled()
        look(address)
    for address in ("/services/?q=我妈没人送医院", "/services/?q=zxqvw"):
        wife.go(address).settled()
        look(address)
    wife.go("/plan/").settled()
    wife.page.locator("input[value=job]").check()
    wife.page.fill("#day", (dt.date.today() + dt.timedelta(days=200)).isoformat())
    wife.page.locator("form.plan button.primary").click()
    wife.page.wait_for_selector("#answer")
    look("a plan and its answer")
    wife.go("/ask/household-help/repair/")  # a form that was sent empty
    wife.page.evaluate("document.querySelector('main form').noValidate = true")
    wife.page.locator("main form button.primary").click()
    wife.page.wait_for_load_state("load")
    look("an empty ask")
    wife.page.evaluate("navigator.serviceWorker.ready")
    wife.go("/ask/household-help/carry/")
    wife.page.fill("#words", f"搬一下 {language} {elder}")
    wife.page.context.set_offline(True)
    wife.page.locator("main form button.primary").click()
    wife.page.wait_for_url("**/waiting/")
    wife.page.wait_for_timeout(300)
    look("waiting without a line")
    wife.page.goto(city.base + "/money/account/")
    look("without a line")
    assert found == []


TWICE = "document.documentElement.style.fontSize = '200%'; document.body.style.fontSize = '34px'"


@pytest.mark.parametrize("wide", [320, 390])
@pytest.mark.parametrize("missing", ["", "companion/companion.css", "ui/ui.css"])
def test_letters_of_twice_the_size_break_nothing(be, city, wide, missing):
    """With all styles; and while one of the late stylesheets is still on its way over a slow line."""
    wife = be("wife", wide=wide, **({"service_workers": "block"} if missing else {}))
    stopped = []
    if missing:
        wife.page.route(f"**/{missing}*", lambda route: stopped.append(route.abort()))
    wrong = []
    for address in (
        "/",
        "/ask/",
        "/ask/household-help/repair/",
        "/entitled/",
        "/cases/",
        "/circle/",
        "/household/",
        "/card/",
    ):
        if missing:
            wife.page.context.clear_cookies(name="shell")  # a phone that was never here
        wife.go(address)
        if missing:
            wife.until("!document.querySelector('link[rel=late]')")
            wife.page.wait_for_load_state("networkidle")
        else:
            wife.settled()
        wife.page.evaluate(TWICE)
        if (width := wife.page.evaluate("document.documentElement.scrollWidth")) > wide:
            wrong.append((address, width))
    assert wrong == []
    assert bool(stopped) == bool(missing)
