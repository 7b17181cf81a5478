"""From ring to recorded ask by keyboard, counted; what the community cannot do is handed on; the night's duty; the week's A4."""

import re
import time

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.city]

PRESSES, SECONDS = 6, 20
SLOW = 1.0  # second for each character: sixty a minute, half of what a clerk is hired for


class Keys:
    """A keyboard that counts: text that says who calls or what they say is typed, everything else is a key press."""

    def __init__(self, page):
        self.page, self.pressed, self.typed = page, [], 0

    def type(self, words):
        self.page.keyboard.insert_text(words)  # as an input method hands it over
        self.typed += len(words)

    def press(self, key):
        self.page.keyboard.press(key)
        self.pressed.append(key)


def tail_of(city, person):
    """The last four digits of a phone, as the worker hears or reads them."""
    return city.later(
        "from lianxin.people.models import Particulars\nfrom lianxin.access import seal\n"
        f"row = Particulars.objects.filter(person={person}, superseded_at=None, phone_sealed__isnull=False).latest('pk')\n"
        "print(seal.unseal(row.phone_sealed, row.person.salt, 'phone')[-4:])"
    )


@pytest.mark.parametrize("by", ["name", "phone"])
def test_from_ring_to_recorded_ask(be, city, by):
    wife = city.personas["wife"]
    said = wife["name"] if by == "name" else tail_of(city, wife["person"])
    page = be("worker").go("/console/desk/").until("document.activeElement.id === 'caller'").page
    keys, began = Keys(page), time.monotonic()
    keys.type(said)  # the page stands open at the desk, its search box in focus
    with page.expect_navigation():
        keys.press("Enter")
    assert page.locator("h2#house, ol.lines").count(), page.inner_text("main")
    if page.locator("h2#house").count() == 0:  # several households: the first one's key is shown beside it
        row = page.locator("ol.lines li", has_text=re.compile(re.escape(wife["name"][0]))).first
        shown = row.locator("a[data-key]").get_attribute("data-key")
        with page.expect_navigation():
            keys.press(shown)
    assert wife["name"] in page.locator("fieldset label:has(input[name=caller]:checked)").inner_text()
    keys.press("1")  # repair
    assert page.evaluate("document.activeElement.id") == "words"
    page.wait_for_selector("#office")
    keys.type(f"灯不亮{by}")
    with page.expect_navigation():
        keys.press("Enter")
    seconds = time.monotonic() - began
    board = be("worker").go("/console/desk/board/?kind=repair").reads(f"灯不亮{by}")
    assert board.page.locator("tr", has_text=f"灯不亮{by}").count() == 1
    print(f"\nring to recorded ask by {by}: {len(keys.pressed)} key presses {keys.pressed}, {keys.typed} characters typed, "
          f"{seconds:.1f} s of the machine, {seconds + keys.typed * SLOW:.0f} s with a slow hand")  # fmt: skip
    assert len(keys.pressed) <= PRESSES, keys.pressed
    assert seconds + keys.typed * SLOW < SECONDS


def test_a_second_enter_records_nothing_twice(be, city):
    page = be("worker").go(f"/console/desk/?q={city.personas['wife']['name']}").page
    page.keyboard.press("3")
    page.keyboard.insert_text("搬一袋米上楼，只记一次")
    with page.expect_navigation():
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
    rows = be("worker").go("/console/desk/board/?kind=carry").page.locator("tr", has_text="只记一次")
    assert rows.count() == 1


def test_handed_on_the_household_reads_where_it_is(be, city):
    worker = be("worker").go(f"/console/desk/?q={city.personas['wife']['name']}")
    worker.page.keyboard.press("w")  # a question about a benefit
    worker.page.keyboard.insert_text("孩子他爸在部队，我辞了工作，能领点什么")
    with worker.page.expect_navigation():
        worker.page.keyboard.press("Enter")
    worker.go("/console/desk/board/?kind=benefit").page.locator("tr", has_text="我辞了工作").locator("a").first.click()
    worker.page.wait_for_url("**/console/cases/*/")
    asked = worker.page.url
    worker.press("转办")
    worker.page.locator("main a", has_text="就业").first.click()
    worker.page.wait_for_load_state("load")
    assert worker.page.input_value('textarea[name="words"]') == "孩子他爸在部队，我辞了工作，能领点什么"
    with worker.page.expect_navigation():
        worker.page.locator("form.form button.primary").click()
    worker.reads("由诉求转来")
    wife = be("wife").go(asked.replace(city.base, "").replace("/console", ""))
    wife.reads("转给对口的地方接着办")
    wife.page.locator("a.go", has_text="接着办").click()
    wife.page.wait_for_load_state("load")
    wife.reads("由您提的")


def test_the_night_is_somebodys(be, city):
    worker = be("worker").go("/console/desk/roster/")
    slots = worker.page.locator('input[name^="name-"]')
    name = city.personas["worker"]["name"]
    for n in range(slots.count()):
        slots.nth(n).fill(name)
    with worker.page.expect_navigation():
        worker.page.locator("form.stack button.primary").click()
    worker.go("/console/desk/").reads(f"值班 {name}")
    be("wife").go("/").reads(f"值班 {name[0]}同志")


def test_the_weeks_review_opens_its_rows_and_prints(be, city):
    worker = be("worker").go("/console/desk/review/?from=2020-01-01")
    box = worker.page.locator(".numbers .card", has_text="提出")
    number = int(box.locator("b").inner_text())
    paper = worker.page.request.get(worker.page.url + "&as=pdf")
    assert paper.status == 200 and paper.body().startswith(b"%PDF")
    box.locator("a").click()
    worker.page.wait_for_load_state("load")
    seen = worker.page.locator("tbody tr").count()
    while worker.page.locator('a[rel="next"]').count():
        worker.page.locator('a[rel="next"]').click()
        worker.page.wait_for_load_state("load")
        seen += worker.page.locator("tbody tr").count()
    assert seen == number > 0
