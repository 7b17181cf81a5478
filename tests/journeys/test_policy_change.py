"""A policy clerk raises a monthly rate from a day and adds a condition; a colleague gives it back once, then publishes;
the wife reads the new amount and the new condition."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.city]
SERVICE = "accomp-subsidy"


def kept(page):
    """Wait until what was typed is kept."""
    expect(page.locator("[data-saved]")).to_have_text("已保存")


def part(clerk, draft, name):
    clerk.go(f"{draft}?part={name}")
    return clerk.page


def example(page, row, **given):
    for name, value in given.items():
        field = page.locator(f'[name="e-{row}-{name}"]')
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def test_a_rate_rises_and_a_condition_is_added(city, be):
    wife, clerk, chief = be("wife"), be("policy"), be("approver")
    wife.go(f"/entitled/{SERVICE}/").reads("900.00")
    clerk.go("/console/").reads("政策工作台")
    clerk.press("政策工作台", within="nav.menu")
    page = clerk.page
    page.select_option("#service", SERVICE)
    clerk.press("从它开始")
    draft = re.sub(r"\?.*", "", page.url).removeprefix(city.base)

    # The rate: a new value from today, typed in yuan.
    part(clerk, draft, "amount")
    page.get_by_role("button", name="从某天起的新数额").first.click()
    page.wait_for_selector('[name="p-monthly_rate-d-2"]')
    today = city.later("print(clock.today())")
    page.fill('[name="p-monthly_rate-d-2"]', today)
    page.fill('[name="p-monthly_rate-v-2"]', "1200")
    page.locator('[name="p-monthly_rate-v-2"]').press("Tab")  # onto the button that would take the row out: it must not
    expect(page.locator("#amount-said")).to_contain_text("1,200.00")
    kept(page)
    expect(page.locator("#parts")).to_contain_text("1")  # the new period has no example yet

    # A condition, from the builder, by the keyboard alone: pinyin finds the fact, arrows walk, Enter takes.
    part(clerk, draft, "conditions")
    page.locator("#who-add").press("Enter")
    page.wait_for_selector('[name="who-4-b.0.f"]')
    fact = page.locator('[name="who-4-b.0.f"]')
    fact.focus()
    fact.fill("")
    page.keyboard.type("nianling")
    page.wait_for_selector('[id="who-4-b.0.list"]:not([hidden]) [data-value="年龄"]')
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector('[name="who-4-b.0.v0"]')
    page.fill('[name="who-4-b.0.v0"]', "18")
    page.locator('[name="who-4-b.0.v0"]').press("Tab")
    expect(page.locator("#said-who-4")).to_have_text("年龄不少于18")
    kept(page)
    expect(page.locator('[name="who-4-say.zh"]')).to_have_value(
        "年龄不少于18"
    )  # the words go along until somebody writes others
    page.locator("#who-4 details summary").click()
    page.fill('[name="who-4-say.zh"]', "已满十八周岁")
    page.fill('[name="who-4-say.en"]', "aged eighteen or more")
    page.locator('[name="who-4-say.en"]').blur()
    kept(page)

    # Examples: one of the new rate, one in which nobody is old enough; the verdict stands beside what is expected.
    part(clerk, draft, "examples")
    rows = page.locator("table.examples tbody tr")
    for n in range(rows.count()):
        example(page, n, **{"g-age": "30" if n < 3 else "17"})
    kept(page)
    page.locator("#e-take-3").click()
    expect(page.locator('[name="e-3-expect.because"]')).to_have_value("0 1 2 3 4 unless-0")
    page.locator("#e-copy-0").click()
    page.wait_for_selector('[name="e-1-day"]')
    expect(rows).to_have_count(5)
    example(page, 1, **{"name.zh": "新标准", "name.en": "the new rate", "day": today, "amount": "1200"})
    page.locator('[name="e-1-amount"]').blur()
    expect(page.locator("#result-1")).to_contain_text("1,200.00")
    kept(page)

    # Handed in, with everything green; its author cannot publish it.
    part(clerk, draft, "publish")
    clerk.press("我核对过了").press("我看过了")
    page.fill("#words", "提高月标准，增加年龄条件")
    clerk.press("送审", within="aside").reads("已送审")
    assert page.get_by_role("button", name="发布", exact=True).count() == 0

    # One wrong turn: the colleague sees a word that is not kind, and gives it back.
    chief.go(draft).reads("提高月标准，增加年龄条件", "+  - test: age >= 18")
    chief.page.locator("details summary", has_text="退回").click()
    chief.page.fill("#reason", "“已满十八周岁”改成“年满 18 岁”")
    chief.press("退回起草人")
    clerk.go(draft).reads("改成“年满 18 岁”")
    part(clerk, draft, "conditions")
    page.locator("#who-4 details summary").click()
    page.fill('[name="who-4-say.zh"]', "年满 18 岁")
    page.locator('[name="who-4-say.zh"]').blur()
    kept(page)
    part(clerk, draft, "publish")
    clerk.press("我核对过了").press("我看过了")
    page.fill("#words", "按意见改了说法")
    clerk.press("送审", within="aside").reads("已送审")

    chief.go(draft)
    chief.press("发布").reads("起草", "已发布")
    wife.go(f"/entitled/{SERVICE}/").reads("1,200.00", "年满 18 岁")
    said = city.later(
        "from lianxin.journal.models import Entry\n"
        "print(*[e.action for e in Entry.objects.filter(action__startswith='catalogue.').order_by('id')][-6:])"
    )
    assert said.split()[-2:] == ["catalogue.approve", "catalogue.publish"] or "catalogue.return" in said


def test_two_write_at_once_and_nothing_is_lost(city, be):
    one, other = be("policy"), be("policy")
    one.go("/console/workbench/")
    one.page.fill("[name=zh]", "冬季取暖补助")
    one.page.fill("[name=en]", "Winter heating")
    one.page.fill("[name=code]", "winter-heating")
    one.press("新起一份")
    draft = re.sub(r"\?.*", "", one.page.url).removeprefix(city.base)
    for somebody in (one, other):
        part(somebody, draft, "basics")
    one.page.fill('[name="summary.zh"]', "一人写的")
    one.page.locator('[name="summary.zh"]').blur()
    kept(one.page)
    other.page.fill('[name="summary.zh"]', "另一人写的")
    other.page.locator('[name="summary.zh"]').blur()
    expect(other.page.locator("#saved")).to_contain_text("没有覆盖任何内容")
    assert other.page.input_value('[name="summary.zh"]') == "另一人写的"
    other.page.get_by_role("button", name="换成我的").click()
    kept(other.page)
    one.page.reload()
    assert one.page.input_value('[name="summary.zh"]') == "另一人写的"

    # The line goes away while somebody types: it is said, kept on the page, and sent when the line is back.
    one.page.context.set_offline(True)
    one.page.fill('[name="summary.en"]', "written on a train")
    one.page.locator('[name="summary.en"]').blur()
    expect(one.page.locator("[data-saved]")).to_contain_text("还没有保存")
    one.page.context.set_offline(False)
    expect(one.page.locator("[data-saved]")).to_have_text("已保存", timeout=15000)
    part(other, draft, "basics")
    assert other.page.input_value('[name="summary.en"]') == "written on a train"
