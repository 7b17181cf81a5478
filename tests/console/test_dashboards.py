"""Leaders' pages, questions over the register, hall screens: who sees how much, and that nothing small gets out."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from lianxin.insight.models import Question, Reach, Screen
from lianxin.journal.models import Entry
from lianxin.outcomes.actions import Posted, post
from tests.console.test_insight import QUERY, signed_in, text, town  # noqa: F401  the small register and its readers
from tests.insight import city

pytestmark = pytest.mark.django_db
ASK = f"/console/explore/?{QUERY}"


def numbers(page: str) -> list[str]:
    """The numbers of an answer's table."""
    return re.findall(r'<td[^>]* class="n[^"]*"[^>]*><span>(?:<a[^>]*>)?([^<]+)', page)


def test_who_may_open_rows_asks_exactly_and_others_never_of_few(town: dict[str, Client]) -> None:  # noqa: F811
    exact = text(town["approver"], f"{ASK}&by=county&kind=visit")
    assert numbers(exact) == ["6", "2"]
    assert "explore/rows/?" in exact
    cut = text(town["leader"], f"{ASK}&by=county&kind=visit")
    assert numbers(cut) == ["—", "—"]  # one hidden alone would be the whole less the other
    assert '<b class="big-number">5</b>' in cut
    assert "explore/rows/" not in cut.split("</nav>")[-1]
    money = text(town["leader"], f"{ASK}&by=county&kind=payment&measure=sum+amount")
    assert "1,800.00" not in money
    assert "5,400.00" not in money
    one_more = {"kind": "visit", "service": "good-news", "area": city.VILLAGES[0], "happened_on": dt.date(2022, 5, 1)}
    post(outcomes=[Posted(**one_more, person=city.people(1, first=50)[0], source="one")], by=city.BY, at=city.AT)
    assert '<b class="big-number">5</b>' in text(town["leader"], f"{ASK}&kind=visit")


def test_a_line_opens_its_rows_and_goes_out_with_vouchers(town: dict[str, Client]) -> None:  # noqa: F811
    page = text(town["approver"], f"{ASK}&by=county&and=month&kind=visit")
    whole, first = re.findall(r'href="(/console/explore/rows/\?[^"]+)"', page)[:2]
    assert text(town["approver"], whole.replace("&amp;", "&")).count("data-row") == 8
    rows = text(town["approver"], first.replace("&amp;", "&"))
    assert rows.count("data-row") == 1
    assert "甲*" in rows
    taken = town["auditor"].get(f"/console/explore/table/?{QUERY}&kind=visit")
    table = b"".join(taken.streaming_content).decode()
    assert table.count("\r\n") == 9
    assert "row_digest" in table
    assert Entry.objects.get(action="journal.take").detail["rows"] == 8
    whole = b"".join(town["auditor"].get(f"/console/figures/families/table/?{QUERY}").streaming_content).decode()
    assert whole.count("\r\n") == 9
    book = town["leader"].get(f"{ASK}&by=county&kind=visit&as=xlsx")
    assert book.content[:2] == b"PK"
    assert Entry.objects.get(action="list.export").detail["list"] == "explore"


@pytest.mark.parametrize("wrong", ["category=a%27+OR+1%3D1", "kind=nothing", "level=x", "programme=a+b"])
def test_what_is_no_filter_asks_nothing_and_says_so(town: dict[str, Client], wrong: str) -> None:  # noqa: F811
    page = text(town["approver"], f"{ASK}&{wrong}")
    assert "没有这样的条件" in page
    assert "kind IS NOT NULL" in page


def test_a_question_is_kept_shared_within_its_area_and_is_a_figure(town: dict[str, Client]) -> None:  # noqa: F811
    page = text(town["approver"], f"{ASK}&kind=visit&service=good-news")
    yaml = re.search(r"<code>(code: .*?)</code>", page, re.DOTALL)
    assert yaml is not None
    assert "where: &quot;kind = &#x27;visit&#x27; AND service = &#x27;good-news&#x27;&quot;" in yaml.group(1)
    assert (
        town["approver"]
        .post(f"/console/explore/keep/?{QUERY}&kind=visit", {"name": "全市走访", "shared": "on"})
        .status_code
        == 302
    )
    assert (
        town["reviewer"].post(f"/console/explore/keep/?{QUERY}&area=419901", {"name": "区里的问题"}).status_code == 302
    )
    assert "全市走访" in text(town["leader"], "/console/explore/kept/")
    assert "区里的问题" not in text(town["leader"], "/console/explore/kept/")
    assert "全市走访" not in text(town["reviewer"], "/console/explore/kept/")
    kept = Question.objects.get(name="全市走访")
    assert town["reviewer"].get(f"/console/explore/kept/{kept.pk}/").status_code == 404
    assert town["leader"].post(f"/console/explore/kept/{kept.pk}/").status_code == 404
    assert town["approver"].post(f"/console/explore/kept/{kept.pk}/").status_code == 302
    assert not Question.objects.filter(pk=kept.pk).exists()


def test_the_leaders_day_hides_what_speaks_of_few(town: dict[str, Client]) -> None:  # noqa: F811
    day = dt.date(2022, 1, 1)
    Reach.objects.create(day=day, service="good-news", area="419901001", entitled=4000, missed=40, receiving=3960)
    Reach.objects.create(day=day, service="good-news", area="419902001", entitled=4000, missed=400, receiving=3600)
    page = text(town["leader"], "/console/today/")
    assert "94.5 %" in page
    beside = text(town["leader"], "/console/counties/")
    assert "高于全域，超出正常波动" in beside
    assert "100.0" in beside
    assert "10.0" in beside
    Reach.objects.filter(area="419901001").update(missed=3)
    assert ">3<" not in text(town["leader"], "/console/counties/")
    assert town["clerk"].get("/console/counties/?area=419901").status_code == 404
    assert town["leader"].get("/console/sections/").status_code == 200


def test_a_hall_screen_opens_by_its_link_alone_until_it_is_revoked(town: dict[str, Client], settings: Any) -> None:  # noqa: F811
    operator = signed_in("operator", "4199")
    until = dt.date.today() + dt.timedelta(days=30)
    more = [Posted(kind="visit", service="good-news", area=city.VILLAGES[0], happened_on=dt.date(2022, 9, 1), person=one,
                   family=200 + one, source=f"more:{one}") for one in city.people(130, first=20)]  # fmt: skip
    post(outcomes=more, by=city.BY, at=city.AT)
    (settings.CATALOGUE / "screen.yaml").write_text(
        "pages:\n  - name: {zh: 大厅, en: Hall}\n    figures: [families, rows, early]\n"
    )
    asked = {"name": "办事大厅", "area": "4199", "until_on": until.isoformat()}
    made = operator.post("/console/screens/", asked)
    assert made.status_code == 302
    link = re.search(r"/console/hall/[^\"<]+", text(operator, made.url))
    assert link is not None
    stranger = Client(headers={"accept-language": "zh-hans"})
    page = text(stranger, link.group(0))
    assert "130" in page
    assert "138" not in page
    assert 'http-equiv="refresh"' in page
    assert "甲" not in page
    for wrong in (link.group(0)[:-2] + "/", "/console/hall/1/", "/console/hall/1.x.y/"):
        assert stranger.get(wrong).status_code == 404
    assert town["approver"].get("/console/screens/").status_code == 404
    screen = Screen.objects.get()
    assert operator.post(f"/console/screens/{screen.pk}/revoke/").status_code == 302
    assert stranger.get(link.group(0)).status_code == 404
    assert operator.post("/console/screens/", {**asked, "area": city.VILLAGES[0]}).status_code == 200
    assert Screen.objects.count() == 1
