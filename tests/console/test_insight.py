"""Pages of figures and reviews: who reads what, numbers that open their rows, drafting, papers."""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.test import Client

from lianxin.access import actions as access
from lianxin.access.models import Account, Grant, Office
from lianxin.engine.scope import Actor
from lianxin.journal.models import Entry
from lianxin.outcomes.actions import Posted, post, reverse
from tests.insight import city

pytestmark = pytest.mark.django_db
QUERY = "from=2020-01-01&to=2023-06-30"
TEXT = "# 家里的事\n\n{{ city }} · {{ period }}\n\n为 {{ figure:families }} 户送喜报，发放 {{ figure:money }}。\n"


@pytest.fixture
def town(tmp_path: Path, settings: Any) -> dict[str, Client]:
    """The small register, and one signed-in account for each reader."""
    settings.CATALOGUE = city.catalogue(tmp_path / "catalogue")
    settings.DEMO = True
    (settings.CATALOGUE / "reviews").mkdir()
    (settings.CATALOGUE / "reviews" / "annual.md").write_text(TEXT, "utf-8")
    city.areas()
    rows = []
    for number, person in enumerate(city.people(8)):
        area = city.VILLAGES[0] if number < 6 else city.VILLAGES[3]
        given = {"service": "good-news", "area": area, "happened_on": dt.date(2022, 1 + number, 1), "person": person,
                 "family": 100 + number}  # fmt: skip
        rows.append(Posted(kind="visit", source=f"visit:{number}", **given))
        rows.append(Posted(kind="payment", source=f"pay:{number}", category="a", amount=90000, **given))
    post(outcomes=rows, by=city.BY, at=city.AT)
    readers = {"approver": "4199", "leader": "4199", "reviewer": "419901", "clerk": "419902001", "auditor": "4199",
               "payment-maker": "4199"}  # fmt: skip
    return {role: signed_in(role, area) for role, area in readers.items()}


def signed_in(role: str, area: str) -> Client:
    office = access.add_offices(
        offices=[Office(name=role, kind="bureau", level="city", area_id="4199")], by=Actor(), at=city.AT
    )[0]
    account = access.open_accounts(
        accounts=[(Account(username=role, name=role, office=office), "")], by=Actor(), at=city.AT
    )[0]
    access.give_roles(grants=[Grant(account=account, role=role, area=area)], by=Actor(), at=city.AT)
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(account)
    session = client.session
    session["persona"] = True
    session.save()
    return client


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def test_the_list_and_the_figure_show_the_number_and_its_parts(town: dict[str, Client]) -> None:
    listed = text(town["approver"], f"/console/figures/?{QUERY}")
    assert "数families" in listed
    assert "8 件" in listed
    page = text(town["approver"], f"/console/figures/families/?{QUERY}")
    assert "service = &#x27;good-news&#x27; AND kind = &#x27;visit&#x27;" in page
    assert "/console/figures/families/rows/?" in page
    assert "区419901" in page


def test_rows_open_for_those_who_may_and_are_masked(town: dict[str, Client]) -> None:
    page = text(town["approver"], f"/console/figures/families/rows/?{QUERY}&area=4199")
    assert page.count("data-row") == 8
    assert "甲*" in page
    assert "甲1" not in page
    assert town["leader"].get(f"/console/figures/families/rows/?{QUERY}").status_code == 404


@pytest.mark.parametrize("path", ["figures/", "figures/one-page/", "figures/families/", "figures/families/rows/",
                                  "review/annual/"])  # fmt: skip
def test_another_area_does_not_exist(town: dict[str, Client], path: str) -> None:
    own = town["reviewer"].get(f"/console/{path}?{QUERY}&area=419901")
    assert own.status_code == 200
    for area in ("419902", "4199", "419902001", "9999"):
        assert town["reviewer"].get(f"/console/{path}?{QUERY}&area={area}").status_code == 404, area
    assert town["payment-maker"].get(f"/console/{path}?{QUERY}").status_code == 404


def test_a_clerk_counts_only_what_the_office_covers(town: dict[str, Client]) -> None:
    assert "2 件" in text(town["clerk"], f"/console/figures/families/?{QUERY}")


def test_small_cells_are_not_for_the_leader(town: dict[str, Client]) -> None:
    page = text(town["leader"], f"/console/figures/families/?{QUERY}&area=419902")
    assert "不足 5" in page
    assert "2 件" not in page


def test_a_payments_row_says_what_it_is(town: dict[str, Client]) -> None:
    given = {"service": "good-news", "area": city.VILLAGES[0], "happened_on": dt.date(2022, 3, 1), "family": 100}
    post(outcomes=[Posted(kind="payment", source="payment:77", category="a", amount=90000, **given)], by=city.BY,
         at=city.AT)  # fmt: skip
    assert "发放明细 77" in town["approver"].get(f"/console/figures/money/rows/?{QUERY}").content.decode()


def test_unknown_codes_do_not_exist(town: dict[str, Client]) -> None:
    for path in ("figures/nothing/", "figures/nothing/rows/", "review/nothing/", "review/published/9/"):
        assert town["approver"].get(f"/console/{path}").status_code == 404


def test_what_cannot_be_read_asks_the_usual(town: dict[str, Client]) -> None:
    for query in ("from=x&to=2023-13-01", "area=419901;drop", "from=2023-06-30&to=2020-01-01", "after=_"):
        assert town["approver"].get(f"/console/figures/families/rows/?{query}").status_code in {200, 404}


def test_the_review_links_every_number_and_opens_its_panel(town: dict[str, Client]) -> None:
    page = text(town["approver"], f"/console/review/annual/?{QUERY}")
    assert re.search(r'<a class="f on" href="\?[^"]*figure=families#panel">8</a>', page)
    other = text(town["approver"], f"/console/review/annual/?{QUERY}&figure=money")
    assert "7,200.00 元" in other


def test_papers_carry_the_numbers_and_links_to_their_rows(town: dict[str, Client]) -> None:
    paper = text(town["approver"], f"/console/review/annual/?{QUERY}&as=html")
    assert paper.count("/console/figures/families/rows/?") == 2
    answer = town["approver"].get(f"/console/review/annual/?{QUERY}&as=pdf")
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    assert "8" in pages[0].extract_text()
    assert any("figures/families/rows" in str(note.get_object()) for note in pages[0]["/Annots"])
    assert town["approver"].get(f"/console/review/annual/?{QUERY}&as=docx").content[:2] == b"PK"


def test_draft_save_look_move_publish(town: dict[str, Client]) -> None:
    client, write = town["approver"], f"/console/review/annual/write/?{QUERY}"
    assert "{{ figure:families }}" in text(client, write)
    wrong = client.post(write, {"text": "# 甲\n\n{{ figure:familes }}"})
    assert wrong.status_code == 422
    assert "families" in wrong.content.decode()
    assert client.post(write, {"text": TEXT}).status_code == 302
    reverse(sources=["visit:0"], by=city.BY, at=city.AT, reason="twice")
    page = text(client, f"/console/review/annual/?{QUERY}")
    assert "8 件 → 7 件" in page
    publish = re.search(r'action="(/console/review/publish/\d+/)"', page)
    assert publish is not None
    assert client.post(publish.group(1)).url == "/console/review/"
    assert client.post(write, {"text": TEXT, "expected": "1"}).status_code == 302
    assert client.post(write, {"text": TEXT, "expected": "1"}).status_code == 422
    publish = re.search(r'action="(/console/review/publish/\d+/)"', text(client, f"/console/review/annual/?{QUERY}"))
    assert publish is not None
    made = client.post(publish.group(1))
    assert made.status_code == 302
    assert "/published/" in made.url
    reverse(sources=["visit:1"], by=city.BY, at=city.AT, reason="twice")
    after = text(town["clerk"], made.url)
    assert "7 件" in after
    shown = text(client, made.url)
    assert '<span class="tag amber">6 件</span>' in shown
    assert town["auditor"].get(write).status_code == 404


def test_exporting_rows_is_journalled(town: dict[str, Client]) -> None:
    answer = town["approver"].get(f"/console/figures/families/rows/?{QUERY}&as=xlsx")
    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"
    made = Entry.objects.get(action="list.export")
    assert (made.by_name, made.detail["list"], made.detail["rows"]) == ("approver", "figure-families", 8)


def unnamed(quantity: int, day: dt.date) -> Posted:
    return Posted(kind="appointment", service="cataract-surgery", area=city.VILLAGES[3], happened_on=day,
                  quantity=quantity, source=f"operation:{day}")  # fmt: skip


def test_a_hidden_number_tells_nothing_beside_itself(town: dict[str, Client]) -> None:
    reverse(sources=["visit:7"], by=city.BY, at=city.AT, reason="twice")
    page = text(town["leader"], f"/console/figures/families/?{QUERY}&area=419902")
    assert "不足 5" in page
    assert "<dt>行数</dt>" not in page
    assert "撤回" not in page.split("</nav>")[-1]
    assert "<dt>行数</dt><dd>7</dd>" in text(town["leader"], f"/console/figures/families/?{QUERY}")


def test_the_days_say_what_is_so(town: dict[str, Client]) -> None:
    listed = text(town["approver"], "/console/figures/one-page/?from=2022-03-01&to=2022-06-30")
    assert "2021-01-01 至 2022-06-30 （这个数字有固定的起始日；截止日按上面选的日期）" in listed
    assert "2020-03-01 至 2021-12-31 （这个数字有固定的截止日）" in listed
    assert "至 2022-06-30 （从有记录起累计；截止日按上面选的日期）" in listed
    assert "2022-03-01 至 2022-06-30</p>" in listed
    more = [Posted(kind="visit", service="good-news", area=city.VILLAGES[0], happened_on=dt.date(2022, 9, 1), person=one,
                   family=200 + one, source=f"late:{one}") for one in city.people(6, first=20)]  # fmt: skip
    post(outcomes=more, by=city.BY, at=city.AT)
    for_leader = text(town["leader"], "/console/figures/families/?from=2022-03-01&to=2022-06-20")
    assert "2021-01-01 至 2022-05-31 （为保护个人信息，期间作了调整）" in for_leader


def test_days_the_wrong_way_round_change_places_and_say_so(town: dict[str, Client]) -> None:
    for path in ("figures/", "figures/families/", "figures/one-page/", "review/annual/"):
        page = text(town["approver"], f"/console/{path}?from=2022-12-31&to=2021-01-01")
        assert 'name="from" value="2021-01-01"' in page
        assert 'name="to" value="2022-12-31"' in page
        assert "开始日期晚于结束日期，已对调。" in page
        assert "已对调" not in text(town["approver"], f"/console/{path}?{QUERY}")


def test_few_people_are_few_also_where_none_is_named(town: dict[str, Client], settings: Any) -> None:
    city.figure(settings.CATALOGUE, "operations", "sum quantity", "service = 'cataract-surgery'", "2021-01-01..")
    one = f"/console/figures/operations/?{QUERY}"
    post(outcomes=[unnamed(1, dt.date(2022, 1, 3))], by=city.BY, at=city.AT)
    page = text(town["leader"], one)
    assert "不足 5" in page
    assert "1 件" not in page
    assert "1 件" in text(town["approver"], one)
    post(outcomes=[unnamed(40, dt.date(2022, 2, 3))], by=city.BY, at=city.AT)
    assert "41 件" in text(town["leader"], one)
    assert "40 件" not in text(town["leader"], f"{one.split('?')[0]}?from=2022-02-01&to=2023-06-30")
    assert "1 件" not in text(town["leader"], f"{one.split('?')[0]}?from=2021-01-01&to=2022-01-31")


def test_rows_that_do_not_open_say_why(town: dict[str, Client]) -> None:
    said = "明细涉及个人，由经办和审批人员打开查看。"
    for path in ("figures/families/", "review/annual/"):
        assert said in text(town["leader"], f"/console/{path}?{QUERY}")
        assert said not in text(town["approver"], f"/console/{path}?{QUERY}")


@pytest.mark.parametrize(("fen", "said"), [
    (7_123_400, "7.1 万余元"), (7_100_000, "7.1 万元"), (371_234_500, "370 余万元"), (720_000, "7200 元"),
    (725_000, "7200 余元"), (1_000_000, "1 万元"), (1_234_500_000, "1200 余万元"),
])  # fmt: skip
def test_large_numbers_are_said_as_people_say_them(town: dict[str, Client], fen: int, said: str) -> None:
    reverse(sources=[f"pay:{number}" for number in range(8)], by=city.BY, at=city.AT, reason="twice")
    given = {"service": "x", "area": city.VILLAGES[0], "happened_on": dt.date(2022, 3, 1), "category": "a"}
    post(outcomes=[Posted(kind="payment", source="p", amount=fen, **given)], by=city.BY, at=city.AT)
    page = text(town["approver"], f"/console/figures/one-page/?{QUERY}")
    assert re.search(r">([^<]*元)\s*</a>", page).group(1) == said


def test_what_is_counted_is_said_in_words(town: dict[str, Client]) -> None:
    page = text(town["leader"], f"/console/figures/families/?{QUERY}")
    assert "有几户（同一户只算一次）：事项是good-news，并且做了什么是走访" in page
    assert "How many households, each once: Service is good-news and What is visit" in town["leader"].get(
        f"/console/figures/families/?{QUERY}", headers={"accept-language": "en"}).content.decode()  # fmt: skip
