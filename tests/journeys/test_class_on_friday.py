"""A class: planned at the desk, a place taken in the app, ticked when she came, counted; and words of danger answered at once."""

import datetime as dt
import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.city]


def counted(city):
    """What the register holds of attendance and events of this place."""
    return [int(one) for one in city.later(
        "from lianxin.outcomes.models import Outcome\nfrom django.db.models import Sum\n"
        "for kind in ('appointment', 'event'):\n"
        "    rows = Outcome.objects.filter(kind=kind, service='community-life')\n"
        "    print(rows.aggregate(n=Sum('quantity'))['n'] or 0)"
    ).split()]  # fmt: skip


def test_a_class_from_plan_to_the_register(be, city):
    before = counted(city)
    worker = be("worker").go("/console/events/programmes/")
    page = worker.page
    page.locator('input[name="kind"][value="class"]').check(force=True)
    page.fill('[name="name"]', "手机课堂")
    page.locator("main form button.primary").last.click()
    page.wait_for_url("**/new/")
    now = dt.datetime.now(dt.timezone(dt.timedelta(hours=8)))
    start = now + dt.timedelta(minutes=50)
    page.fill('[name="title"]', "手机怎么挂号")
    page.fill('[name="on"]', start.date().isoformat())
    page.fill('[name="begins"]', start.strftime("%H:%M"))
    page.fill('[name="ends"]', (start + dt.timedelta(minutes=5)).strftime("%H:%M"))
    page.fill('[name="place"]', "社区活动室")
    page.fill('[name="places"]', "1")
    page.locator("main form button.primary").click()
    page.wait_for_url(re.compile(r"/console/events/\d+/$"))
    event = re.search(r"/events/(\d+)/", page.url).group(1)

    wife = be("wife").go("/events/").reads("手机怎么挂号", "还有 1 个名额")
    wife.go(f"/events/{event}/")
    with wife.page.expect_navigation():
        wife.page.locator('form[action$="/join/"] button').click()
    wife.reads("有位子")
    wife.go("/events/").reads("我报的名")

    name = city.personas["wife"]["name"]
    worker.go(f"/console/events/{event}/").reads(name)
    page.locator('input[name="came"]').first.check()
    page.locator('form[action$="/do/tick/"] button').click()
    page.wait_for_load_state("load")
    page.fill('[name="unnamed"]', "2")
    page.locator('form[action$="/do/hold/"] button').click()
    page.wait_for_load_state("load")
    worker.reads("已举办")
    assert counted(city) == [before[0] + 3, before[1] + 1]
    wife.go(f"/events/{event}/").reads("已举办")


def test_words_of_danger_bring_the_numbers_at_once_and_only_those(be, city):
    wife = be("wife").go("/ask/household-help/repair/")
    box = wife.page.locator("#alarm-card")
    assert not box.is_visible()
    wife.page.fill("#words", "气死我了，水管又漏了，想死你了快来")
    assert not box.is_visible()
    wife.page.fill("#words", "水管漏了，我真的不想活了")
    assert box.is_visible()
    assert "12356" in box.inner_text()
    wife.page.fill("#words", "气死我了，水管又漏了")
    with wife.page.expect_navigation():
        wife.page.locator("main form button.primary").click()
    wife.not_reads("12356")

    wife.go("/ask/psych-support/talk/").reads("12356")
    wife.page.fill("#words", "夜里总想着不如死了")
    with wife.page.expect_navigation():
        wife.page.locator("main form button.primary").click()
    wife.reads("12356", "现在就打")
    case = re.search(r"/cases/(\d+)/", wife.page.url).group(1)
    for outsider in ("worker", "clerk", "reviewer", "leader", "auditor", "sibling"):
        assert be(outsider).status(f"/console/cases/{case}/") == 404
    listener = be("counsellor").go(f"/console/cases/{case}/").reads("12356")
    listener.does(case, "accept")
    wife.go(f"/cases/{case}/").reads(city.personas["counsellor"]["name"])
