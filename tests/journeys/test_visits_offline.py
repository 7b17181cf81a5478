"""A worker's round without a line: sealed on the phone, two visits with a signature, a reload, then sent twice; a conflict."""

import json

import pytest

expect = pytest.importorskip("playwright.sync_api").expect
pytestmark = [pytest.mark.browser, pytest.mark.city]
WORDS = "平安里2026走访"
PAGE = "/console/visits/device/"
STORED = """async () => {
  const db = await new Promise((yes) => { const open = indexedDB.open("visits"); open.onsuccess = () => yes(open.result); });
  const found = { sealed: 0, text: "" };
  for (const name of ["meta", "sealed"]) {
    const rows = await new Promise((yes) => { const all = db.transaction(name).objectStore(name).getAll(); all.onsuccess = () => yes(all.result); });
    if (name === "sealed") found.sealed = rows.length;
    const say = (value) => value instanceof ArrayBuffer ? new TextDecoder("utf-8").decode(value)
      : ArrayBuffer.isView(value) ? new TextDecoder("utf-8").decode(value) : typeof value === "object" && value ? Object.values(value).map(say).join(" ") : String(value);
    found.text += rows.map(say).join(" ");
  }
  for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) {
    if (request.url.includes("/console/")) found.text += await (await (await caches.open(name)).match(request)).text();
  }
  return found;
}"""


def planned(worker):
    """A list of the community's households for oneself; its id and what stands on it."""
    worker.go("/console/visits/plan/?occasion=round")
    addresses = worker.page.eval_on_selector_all(
        "tbody td.lead .small", "all => all.map(one => one.textContent.split(' · ')[1])"
    )
    for box in worker.page.locator("tbody input[type=checkbox]").all()[:20]:
        box.check(force=True)
    with worker.page.expect_navigation():
        worker.page.get_by_role("button", name="生成名单").click()
    return worker.page.url.rstrip("/").split("/")[-1], [one.strip() for one in addresses]


def unseal(page, words=WORDS):
    page.wait_for_selector("#view-locked:not([hidden])")
    page.fill("#words-in", words)
    page.locator("#open button").click()


def visit(page, number, found, *, sign=False, need=""):
    """One household of the route, written down as a thumb does."""
    page.wait_for_selector("#view-route:not([hidden])")
    page.locator("#route .stop").nth(number).click()
    page.wait_for_selector("#view-stop:not([hidden])")
    page.locator("#report label:has([value=met])").click()
    page.fill("#found", found)
    if need:
        page.locator("[data-do=need]").click()
        page.fill("#needs textarea", need)
    if sign:
        page.fill("#signer", "本人")
        pad = page.locator("#pad")
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        page.mouse.move(box["x"] + 30, box["y"] + 30)
        page.mouse.down()
        page.mouse.move(box["x"] + 180, box["y"] + 60, steps=6)
        page.mouse.up()


def done(page):
    page.locator("#report .form-end button").click()
    page.wait_for_selector("#view-route:not([hidden])")


def counted(city, visits):
    return json.loads(city.later(
        "import json\nfrom lianxin.campaigns.models import Report, Part\nfrom lianxin.outcomes.models import Outcome\n"
        "from lianxin.casework.models import Case\n"
        f"rows = Report.objects.filter(stop__list={visits})\n"
        "print(json.dumps([rows.count(), rows.exclude(signature='').count(), Outcome.objects.filter(source__startswith='visit:', "
        "family__in=rows.values('stop__family')).count(), Case.objects.filter(channel='visit', words='厨房水管漏水').count()]))"
    ))  # fmt: skip


def test_a_round_without_a_line(be, city):
    worker = be("worker", wide=390)
    page = worker.page
    visits, addresses = planned(worker)
    assert len(addresses) >= 3, "the community has too few households for a round"
    worker.go(PAGE)
    page.wait_for_selector("#lists input")
    page.locator(f'#lists label:has(input[value="{visits}"])').click()
    for field in ("#pin", "#pin2"):
        page.fill(field, WORDS)
    page.locator("#choose button").click()
    page.wait_for_selector("#view-route:not([hidden])")

    page.context.set_offline(True)
    page.reload()
    unseal(page, "ganz-falsch")
    page.wait_for_selector("#wrong .note")
    unseal(page)
    visit(page, 0, "身体还好", sign=True, need="厨房水管漏水")
    expect(page.locator("#kept")).to_contain_text("✓")
    page.reload()  # a battery that died in the middle
    unseal(page)
    page.wait_for_selector("#view-route:not([hidden])")
    page.locator("#route .stop").nth(0).click()
    expect(page.locator("#found")).to_have_value("身体还好")
    assert page.input_value("#needs textarea") == "厨房水管漏水"
    done(page)
    visit(page, 1, "老人说腿疼", sign=True)
    done(page)
    assert "2" in page.inner_text("#unsent")

    stored = page.evaluate(STORED)
    assert stored["sealed"] >= 3
    for clear in (*addresses, "身体还好", "厨房水管漏水", "老人说腿疼", WORDS):
        assert clear not in stored["text"], "something lies readable on the device"
    assert counted(city, visits) == [0, 0, 0, 0]

    clerk = be("clerk")  # meanwhile the township was there, and wrote it down at the desk
    clerk.go(f"/console/visits/{visits}/")
    with clerk.page.expect_navigation():
        clerk.page.get_by_role("link", name="录入走访").nth(1).click()
    clerk.page.fill('[name="words"]', "镇里上午来过")
    with clerk.page.expect_navigation():
        clerk.page.get_by_role("button", name="录入", exact=True).click()

    page.context.set_offline(False)
    with page.expect_response(lambda answer: answer.url.endswith("/sync/")) as sent:
        page.evaluate("dispatchEvent(new Event('online'))")
    states = sorted(one["state"] for one in sent.value.json()["answers"])
    assert states == ["conflict", "done"]
    again = page.request.post(  # the answer was lost and everything is sent once more
        city.base + PAGE + "sync/", data=sent.value.request.post_data, headers={
            "Content-Type": "application/json", "X-CSRFToken": sent.value.request.headers["x-csrftoken"], "Referer": city.base})  # fmt: skip
    assert sorted(one["state"] for one in again.json()["answers"]) == states
    assert counted(city, visits) == [3, 2, 2, 1]

    card = page.locator("#decide .conflict")
    card.wait_for()
    assert "镇里上午来过" in card.inner_text()
    with page.expect_response(lambda answer: answer.url.endswith("/sync/")):
        card.get_by_role("button", name="保留现有的").click()
    expect(page.locator("#decide .conflict")).to_have_count(0)
    assert counted(city, visits) == [3, 2, 2, 1]

    page.locator("#view-route details summary").click()
    page.locator("[data-do=back]").click()
    page.wait_for_selector("#view-choose:not([hidden])")
    assert page.evaluate(STORED)["sealed"] == 0
    worker.go(f"/console/visits/{visits}/").reads("已交回", "身体还好", "镇里上午来过")


def test_after_its_days_nothing_opens_any_more(be):
    worker = be("worker", wide=390)
    page = worker.page
    visits, _addresses = planned(worker)
    worker.go(PAGE)
    page.wait_for_selector("#lists input")
    page.locator(f'#lists label:has(input[value="{visits}"])').click()
    for field in ("#pin", "#pin2"):
        page.fill(field, WORDS)
    page.locator("#choose button").click()
    page.wait_for_selector("#view-route:not([hidden])")
    page.context.set_offline(True)
    page.clock.install()
    page.clock.fast_forward(8 * 24 * 3600 * 1000)
    page.reload()
    expect(page.locator("#said")).to_contain_text("已过期")
    assert page.locator("#view-locked").is_hidden()
    assert page.evaluate(STORED)["sealed"] == 0
