"""One day of one community, lived through from every side at once, and the day's page that says exactly what was done in it.

A wife with the app, a mother without a phone, a soldier with ten minutes and a bad line, the community's worker, the
volunteers, the plumber's shop and the military liaison, each at their own device. Things go wrong as they do: a button is
pressed twice, somebody cannot come, a thing is not mended at first, an answer comes on paper, a visit has no line.
"""

import datetime as dt
import html
import io
import re
from collections import Counter
from dataclasses import dataclass

import pypdf
import pytest
from PIL import Image

from tests.journeys.conftest import case_of
from tests.journeys.test_visits_offline import PAGE, WORDS, done, unseal, visit

pytestmark = [pytest.mark.browser, pytest.mark.city]
EAST = dt.timezone(dt.timedelta(hours=8))
# By kind, what the day adds: asked, done, done late, still running.
BY_KIND = {
    "维修": (2, 1, 0, 1),  # the wife's pipe; what the mother said on the doorstep
    "跑腿代办": (1, 1, 0, 0),  # the soldier, for his mother
    "搬抬": (1, 1, 0, 0),  # the liaison, for the same household
    "陪诊接送": (1, 1, 0, 0),  # the mother, at the counter
    "问待遇": (1, 0, 0, 0),  # became a case of its own
    "投诉": (1, 1, 0, 0),
}


def presses(who, button, *, twice=False):
    """Press what leads to another page, and be there."""
    with who.page.expect_navigation():
        (button.dblclick if twice else button.click)()
    bad = who.page.locator(".note.bad")
    assert bad.count() == 0, bad.first.inner_text()
    return who


def asks(somebody, kind, words, *, twice=False):
    """The app's largest button; returns the case."""
    somebody.go(f"/ask/household-help/{kind}/")
    somebody.page.fill("#words", words)
    button = somebody.page.locator("main form button.primary")
    (button.dblclick if twice else button.click)()
    somebody.page.wait_for_url(re.compile(r"/cases/\d+/\?sent="))
    somebody.reads("收到了", "编号")
    return case_of(somebody.page.url)


def job(helper, words):
    """A job on a giver's page, by its words."""
    return helper.go("/console/handed/").page.locator("article", has_text=words)


def takes(helper, words):
    presses(helper, job(helper, words).locator('form[action$="/take/"] button'))


def cannot(helper, words, why):
    one = job(helper, words)
    one.locator("details summary").click()
    one.locator('form[action$="/decline/"] input[name="words"]').fill(why)
    presses(helper, one.locator('form[action$="/decline/"] button'))
    assert job(helper, words).count() == 0


def did(helper, words, what, minutes, *, twice=False):
    one = job(helper, words)
    one.locator('form[action$="/done/"] input[name="words"]').fill(what)
    one.locator('input[name="minutes"]').fill(str(minutes))
    presses(helper, one.locator('form[action$="/done/"] button'), twice=twice)
    assert job(helper, words).count() == 0


def says_all_is_well(somebody, case, thanks, score="5"):
    somebody.go(f"/cases/{case}/")
    somebody.page.locator(f'.stars input[value="{score}"]').first.check(force=True)
    somebody.page.fill("#thanks", thanks)
    presses(somebody, somebody.page.get_by_role("button", name="都好了"))


def text_of(paper):
    """What stands on a printed paper."""
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper)).pages)


def photo():
    """A photo of a sheet whose picture cannot be read; the letters under it are typed."""
    out = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(out, "JPEG")
    return out.getvalue()


def house_of(city):
    """The mother's household."""
    person = city.personas["mother"]["person"]
    return city.later(f"from lianxin.people.models import Person\nprint(Person.objects.get(pk={person}).family_id)")


def offices(city):
    """Who can be sent: the shop's and the volunteers' offices."""
    named = {who: city.personas[who]["account"] for who in ("shop", "volunteer")}
    lines = city.later(
        f"from lianxin.access.queries import account_named\nfor who, name in {named!r}.items(): print(who, account_named(name).office_id)"
    )
    return dict(line.split() for line in lines.splitlines())


def opens(who, href):
    """The rows behind a number: what each leads to, and the minutes that stand in it; read to the last page."""
    leads, minutes = [], 0
    while href:
        said = who.page.request.get(who.city.base + href)
        assert said.status == 200, href
        text = said.text()
        for row in re.findall(r"<tr data-row.*?</tr>", text, re.DOTALL):
            leads.append("".join(re.findall(r'data-label="[^"]*" class="[^"]*lead[^"]*"><span><a href="([^"]+)"', row)))
            minutes += sum(int(one) for one in re.findall(r'class="n[^"]*"><span>(\d+)<', row))
        after = re.search(r'href="([^"]+)" rel="next"', text)
        href = f"{href.split('?')[0]}{html.unescape(after.group(1))}" if after else ""
    return leads, minutes


@dataclass(frozen=True)
class Page:
    """The day's page of the community: each number with the address of its rows, the lines by kind, how asks came."""

    numbers: dict
    kinds: dict
    channels: dict
    helpers: dict


def page_of_the_day(worker, begun):
    """The review of the days since the day began: today, and tomorrow's first minutes where the test lives through midnight."""
    today = dt.datetime.now(EAST).date()
    page = worker.go(f"/console/desk/review/?from={begun}&to={today}").page
    link = "(one) => [one.innerText.trim(), one.querySelector('a')?.getAttribute('href') || '']"
    rows = f"(all) => all.map(row => [...row.cells].map({link}))"
    cards = f"(all) => all.map(one => [one.querySelector('span').innerText, ...({link})(one.querySelector('b'))])"
    pairs = f"(all) => all.map(one => [one.querySelector('span').innerText, ...({link})(one)])"
    return Page(
        {name: (said, href) for name, said, href in page.eval_on_selector_all(".numbers .card", cards)},
        {row[0][0]: row[1:5] for row in page.eval_on_selector_all("table.list tbody tr", rows)},
        {name: href for name, _said, href in page.eval_on_selector_all("#channels li", pairs)},
        {name: href for name, _said, href in page.eval_on_selector_all("#helpers li", pairs)},
    )


def test_a_day_from_all_sides(be, city):
    begun = dt.datetime.now(EAST).date()
    shop_office, team = (offices(city)[who] for who in ("shop", "volunteer"))
    mother = city.personas["mother"]["name"]
    worker, wife, soldier = be("worker"), be("wife"), be("soldier")
    shop, volunteer, liaison = be("shop"), be("volunteer"), be("liaison")
    before = {name: opens(worker, href) for name, (_said, href) in page_of_the_day(worker, begun).numbers.items()}
    lines = page_of_the_day(worker, begun).kinds

    # Seven in the morning: the pipe. Her thumb presses twice; one ask is recorded.
    pipe = asks(wife, "repair", "厨房水管爆了，一天里的第一件事", twice=True)
    board = worker.go("/console/desk/board/?kind=repair").page
    assert board.locator("tr", has_text="一天里的第一件事").count() == 1
    worker.does(pipe, "dispatch", office=shop_office)
    takes(shop, "一天里的第一件事")
    wife.go(f"/cases/{pipe}/").reads("已接下")

    # The mother stands at the counter with her card; no phone. The worker types its code, as the card says it.
    house = worker.go(f"/console/desk/?q={mother}").page
    card = house.request.get(city.base + house.get_by_role("link", name="户卡").get_attribute("href"))
    code = re.search(r"H\d{11}", re.sub(r"\s", "", text_of(card.body()))).group()
    worker.go(f"/console/desk/?q={code}").reads(mother, "独居老人")
    page = worker.page
    page.locator('input[name="kind"][value="household-help:accompany"]').check(force=True)
    page.wait_for_selector("#office")
    page.fill("#words", "明天去医院复查，想有人陪")
    page.select_option("#channel", "counter")
    page.select_option("#office", team)
    presses(worker, page.locator('form[action$="/desk/send/"] button.primary'), twice=True)
    rows = worker.go("/console/desk/board/?kind=accompany").page.locator("tr", has_text="想有人陪")
    assert rows.count() == 1
    hospital = case_of(rows.locator("a").first.get_attribute("href"))

    # The soldier has ten minutes: he asks his mother into his circle. She says yes at the counter, on paper.
    soldier.go("/circle/")
    soldier.page.locator("main details", has_text="母").locator("summary").first.click()
    soldier.page.locator("details[open] input[value=yes]").check()
    presses(soldier, soldier.page.locator("details[open] button.primary"))
    soldier.reads("问过了，还没回音")
    worker.go(f"/console/people/{city.personas['mother']['person']}/counter/")
    page.locator('input[name="how"][value="written"]').check(force=True)
    page.fill('[name="paper"]', "看过身份证，按了手印")
    presses(worker, page.get_by_role("button", name="记录委托"))
    circle = page.locator("#circle li", has_text=city.personas["soldier"]["name"])
    circle.locator('input[name="shown"][value="yes"]').check(force=True)
    circle.locator('input[name="paper"]').fill("今天签的连心同意书")
    presses(worker, circle.get_by_role("button", name="连上"))
    worker.reads("已连心")

    # Now he sees how it goes with her, and asks for her medicine; his line is gone in that moment, and comes back.
    soldier.go("/circle/").reads("陪诊接送")
    presses(soldier, soldier.page.get_by_role("link", name=re.compile(mother)))
    soldier.page.evaluate("navigator.serviceWorker.ready")
    presses(soldier, soldier.page.get_by_role("link", name="替这位家人说一声"))
    soldier.page.select_option("#kind", "errand")
    soldier.page.fill("#words", "帮我妈取一下降压药")
    soldier.page.context.set_offline(True)
    soldier.page.locator("main form button.primary").click()
    soldier.page.wait_for_url("**/waiting/")
    soldier.page.get_by_text(f"替{mother}说一声").first.wait_for()
    soldier.reads("现在还没有人收到")
    soldier.page.context.set_offline(False)
    soldier.page.locator(".outbox", has_text="收到了").wait_for()
    rows = worker.go("/console/desk/board/?kind=errand").page.locator("tr", has_text="取一下降压药")
    assert rows.count() == 1
    medicine = case_of(rows.locator("a").first.get_attribute("href"))

    # The liaison brings in one more for the same household, by its code.
    liaison.go("/console/desk/for-a-soldier/")
    liaison.page.fill('[name="who"]', code)
    liaison.page.select_option('[name="kind"]', "household-help:carry")
    liaison.page.fill('[name="words"]', "两袋米帮老人搬上楼")
    presses(liaison, liaison.page.locator("main form button.primary"))
    rows = worker.go("/console/desk/board/?kind=carry").page.locator("tr", has_text="两袋米帮老人搬上楼")
    rice = case_of(rows.locator("a").first.get_attribute("href"))

    # The volunteers cannot go to the hospital, but to the pharmacy; the worker goes to the hospital and carries the rice.
    cannot(volunteer, "想有人陪", "明天都要上课")
    worker.go("/console/desk/board/?holds=desk").reads("想有人陪")
    worker.does(hospital, "take-on")
    worker.does(medicine, "dispatch", office=team)
    takes(volunteer, "取一下降压药")
    worker.does(rice, "take-on")

    # The plumber says it is done; it still drips. It is taken up again, and the same shop comes once more.
    did(shop, "一天里的第一件事", "换了角阀", 40)
    wife.go(f"/cases/{pipe}/").reads("换了角阀")
    wife.page.locator("details summary", has_text="还没好").click()
    wife.page.fill("#not-yet", "还在滴水")
    presses(wife, wife.page.locator('button[value="no"]'))
    worker.go("/console/desk/board/?kind=repair").reads("还在滴水")
    worker.does(pipe, "dispatch", office=shop_office)
    shop.go("/console/handed/").reads("还在滴水")
    takes(shop, "一天里的第一件事")
    did(shop, "一天里的第一件事", "垫圈也换了，不滴了", 50, twice=True)
    says_all_is_well(wife, pipe, "这回真好了，多谢")
    did(volunteer, "取一下降压药", "药放在门口老人手里", 40)

    # What the community cannot do becomes a case; a complaint is answered, and she is not content; what weighs on her
    # goes to whoever listens and stands on no page of the community.
    benefit = asks(wife, "benefit", "辞了工作，一天里想问能领什么")
    worker.go(f"/console/cases/{benefit}/hand-up/")
    presses(worker, page.locator("main a", has_text="就业").first)
    presses(worker, page.locator("form.form button.primary"))
    worker.reads("由诉求转来")
    complaint = asks(wife, "complaint", "第一次没修好，害我又等半天")
    worker.does(complaint, "take-on").does(complaint, "said-done", words="和店里说过了，以后先试水再走", minutes="15")
    says_all_is_well(wife, complaint, "也没说怎么赔", score="2")
    wife.go("/ask/psych-support/talk/")
    wife.page.fill("#words", "一个人撑着，夜里睡不着")
    presses(wife, wife.page.locator("main form button.primary"))

    # The worker goes round without a line. The mother is at home, and says something on the doorstep.
    walker = be("worker", wide=390)
    walker.go("/console/visits/plan/?occasion=round")
    row = walker.page.locator("tbody tr", has_text=mother)
    row.locator("input[type=checkbox]").check(force=True)
    presses(walker, walker.page.get_by_role("button", name="生成名单"))
    visits = walker.page.url.rstrip("/").split("/")[-1]
    walker.go(PAGE).page.wait_for_selector("#lists input")
    walker.page.locator(f'#lists label:has(input[value="{visits}"])').click()
    for field in ("#pin", "#pin2"):
        walker.page.fill(field, WORDS)
    walker.page.locator("#choose button").click()
    walker.page.wait_for_selector("#view-route:not([hidden])")
    walker.page.context.set_offline(True)
    walker.page.reload()
    unseal(walker.page)
    visit(walker.page, 0, "老人精神好，米已经搬上楼", sign=True, need="卫生间的灯一闪一闪")
    done(walker.page)

    # What was done by the community itself is written down while the visit still lies on the phone; the line comes back.
    worker.does(rice, "said-done", words="搬上四楼了", minutes="20")
    worker.does(hospital, "said-done", words="陪着看完了，血压平稳", minutes="120")
    with walker.page.expect_response(lambda answer: answer.url.endswith("/sync/")) as sent:
        walker.page.context.set_offline(False)
        walker.page.evaluate("dispatchEvent(new Event('online'))")
    assert [one["state"] for one in sent.value.json()["answers"]] == ["done"]
    again = walker.page.request.post(city.base + PAGE + "sync/", data=sent.value.request.post_data, headers={
        "Content-Type": "application/json", "X-CSRFToken": sent.value.request.headers["x-csrftoken"], "Referer": city.base})  # fmt: skip
    assert [one["state"] for one in again.json()["answers"]] == ["done"]

    # Evening. The mother's letter comes back with a tick on it; the worker scans it, and its case stands where it waits.
    worker.go(f"/console/cases/{hospital}/")
    letter = page.request.post(f"{city.base}/console/cases/{hospital}/letter/", headers={"Referer": page.url}, form={
        "csrfmiddlewaretoken": page.locator('[name="csrfmiddlewaretoken"]').first.input_value()})  # fmt: skip
    paper = text_of(letter.body())
    assert "还没好" in paper and "血压平稳" in paper
    worker.go("/console/scan/")
    page.fill('[name="code"]', re.search(r"\b[A-Z0-9]{3}\s[A-Z0-9]{3}\s[A-Z0-9]{3}\b", paper).group())
    page.set_input_files('[name="photo"]', {"name": "sheet.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    presses(worker, page.locator("main form button.primary"))
    worker.reads("照片", mother[0])
    worker.does_here(hospital, "received", score="5", words="信上写：多亏有人陪")
    worker.does(medicine, "received", score="5", words="电话里说：药收到了")
    worker.does(rice, "received", score="3", words="电话里说：放错了屋，又挪了一次")
    liaison.go("/console/desk/for-a-soldier/")
    assert "tag pine" in liaison.page.locator("ul.lines li").first.inner_html()

    # The soldier's last minute: he reads that all of it is done, and says thank you for the rice.
    soldier.go("/circle/")
    presses(soldier, soldier.page.get_by_role("link", name=re.compile(mother)))
    soldier.reads("陪诊接送", "跑腿代办", "搬抬")
    card = soldier.page.locator("section.card", has_text="搬抬").first
    card.locator("details summary").click()
    card.locator("input[name=words]").fill("远方谢谢，米吃得上了")
    presses(soldier, card.locator("details button"))

    # The day's page, and what stands behind each of its numbers: these asks and no other, not one of them lost.
    made = page_of_the_day(worker, begun)
    after = {name: opens(worker, href) for name, (_said, href) in made.numbers.items()}
    visit_ask = next(iter(set(after["提出"][0]) - set(before["提出"][0]) - {
        f"/console/cases/{one}/" for one in (pipe, hospital, medicine, rice, benefit, complaint)}))  # fmt: skip
    day = {
        "提出": {pipe, hospital, medicine, rice, benefit, complaint, case_of(visit_ask)},
        "已办": {pipe, hospital, medicine, rice, complaint}, "超时办好": set(), "转为办件": {benefit}, "说没办好": {pipe},
        "好评感谢": {pipe, hospital, medicine, rice}, "不满意": {complaint}, "投诉": {complaint},
    }  # fmt: skip
    for name, cases in day.items():
        new = Counter(after[name][0]) - Counter(before[name][0])
        assert new == Counter(f"/console/cases/{one}/" for one in cases), name
        assert Counter(before[name][0]) - Counter(after[name][0]) == Counter(), name
        assert int(made.numbers[name][0]) == len(after[name][0]), name
    home = f"/console/desk/?house={house_of(city)}"
    for name in ("走访次数", "走访到的户"):
        assert Counter(after[name][0]) - Counter(before[name][0]) == Counter([home]), name
    assert Counter(before["没有走访的户"][0]) - Counter(after["没有走访的户"][0]) == Counter([home])
    for name in ("走访次数", "走访到的户", "没有走访的户"):
        assert int(made.numbers[name][0]) == len(after[name][0]), name
    assert (
        after["志愿工时（小时）"][1] == before["志愿工时（小时）"][1] + 50 + 40
    )  # what did not mend it is nobody's hour
    assert (
        abs(float(made.numbers["志愿工时（小时）"][0]) * 60 - after["志愿工时（小时）"][1]) <= 3
    )  # said in tenths of an hour

    # By kind: asked, done, done late, still running; how they came; who gave time.
    for name, added in BY_KIND.items():
        was = [int(said) for said, _href in lines.get(name, [("0", "")] * 4)]
        assert [int(said) for said, _href in made.kinds[name]] == [a + b for a, b in zip(was, added, strict=True)], name
        for said, href in made.kinds[name]:
            assert len(opens(worker, href)[0]) == int(said), (name, href)
    came = {name: opens(worker, href)[0] for name, href in made.channels.items()}
    for channel, cases in (("手机", {pipe, medicine, benefit, complaint}), ("窗口", {hospital}), ("联络员", {rice}),
                           ("上门", {case_of(visit_ask)})):  # fmt: skip
        assert {f"/console/cases/{one}/" for one in cases} <= set(came[channel]), channel
    assert sum(len(one) for one in came.values()) == len(after["提出"][0])
    assert sum(opens(worker, href)[1] for href in made.helpers.values()) == after["志愿工时（小时）"][1]

    # On Monday it is one A4: the same numbers, and nobody's name.
    sheet = page.request.get(page.url + "&as=pdf").body()
    assert len(pypdf.PdfReader(io.BytesIO(sheet)).pages) == 1
    said = re.sub(r"\s", "", text_of(sheet))
    for name, (text, _href) in made.numbers.items():
        assert f"{text}{name}" in said or name == "现在超时", (name, text)  # what is overdue moves with the clock
    for person in ("wife", "mother", "soldier"):
        assert city.personas[person]["name"] not in said
