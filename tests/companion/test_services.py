"""Services are found and read by everybody, signed in or not, on the page and on paper."""

import datetime as dt
import io
import re
import zlib

import pypdf
import pytest
from django.test import Client

from lianxin.access.models import Account
from lianxin.access.queries import actor_of
from lianxin.catalogue import guides
from lianxin.companion import asks
from lianxin.engine import clock
from lianxin.people import models as people
from tests.companion.test_pages import HAN, words
from tests.factories.casework import resident

FAMILY = ("accomp-subsidy", "household-help", "child-school", "psych-support", "death-report", "honour-plaque")


def test_a_stranger_finds_and_reads(town):
    found = words(Client().get("/services/", {"q": "我妈没人送医院"}))
    assert "家里有事" in found
    assert "陪诊接送" in found
    page = words(Client().get("/services/accomp-subsidy/"))
    assert "经批准的随军家属" in page
    assert "《兵役法》第五十一条" in page
    assert "登录" in page


def test_a_wife_gets_from_her_words_to_the_form_in_one_step(town, wife):
    page = wife.get("/services/", {"q": "我妈没人送医院"}).content.decode()
    assert 'href="/ask/household-help/accompany/"' in page
    assert wife.get("/ask/household-help/accompany/").status_code == 200


def test_what_nothing_answers_leads_to_the_desk(town, wife):
    page = wife.get("/services/", {"q": "zxqvw"}).content.decode()
    assert "没有找到" in page
    assert 'href="/ask/"' in page


def test_words_of_danger_show_the_numbers_to_call(town):
    assert "12356" in words(Client().get("/services/", {"q": "我不想活了"}))
    assert "12356" not in words(Client().get("/services/", {"q": "灯坏了"}))


def test_sealed_services_are_found_by_what_they_are_and_staff_lists_are_not(town):
    stranger = Client()
    assert "心灵驿站" in words(stranger.get("/services/", {"q": "睡不着"}))
    assert stranger.get("/services/legal-aid/").status_code == 200
    for code in ("visit-border", "visit-mission", "unit-support", "nothing"):
        for rest in ("", "guide.pdf", "poster.pdf"):
            assert stranger.get(f"/services/{code}/{rest}").status_code == 404, code
    assert "边海防" not in words(stranger.get("/services/", {"q": "边防"}))


def test_a_case_of_the_sealed_service_changes_nothing_of_what_is_found(town, enter):
    before = words(Client().get("/services/", {"q": "打官司"}))
    town.open("legal-aid", town.persons["wife"], kind="court", words="x" * 20)
    assert words(Client().get("/services/", {"q": "打官司"})) == before


@pytest.mark.parametrize("address", ["/services/", "/services/?q=card", *(f"/services/{code}/" for code in FAMILY)])
def test_no_page_mixes_the_languages(town, address):
    chinese, english = Client(), Client()
    chinese.cookies["django_language"] = "zh-hans"
    english.cookies["django_language"] = "en"
    said = words(english.get(address))
    for name in ("连心",):
        said = said.replace(name, "")
    assert HAN.findall(said) == [], address
    if "q=" not in address:
        assert re.findall(r"[A-Za-z]{3,}", words(chinese.get(address))) == [], address


def test_a_death_is_told_at_the_desk_and_not_begun_here(town, wife):
    page = wife.get("/services/death-report/").content.decode()
    assert "/ask/death-report/" not in page


def test_nothing_about_the_dead_is_offered_to_a_mother(town, wife):
    page = wife.get("/services/bereaved-pension/").content.decode()
    assert "/entitled/bereaved-pension/" not in page
    assert "/entitled/accomp-subsidy/" in wife.get("/services/accomp-subsidy/").content.decode()


@pytest.mark.parametrize("address", ["/services/accomp-subsidy/guide.pdf", "/services/accomp-subsidy/poster.pdf",
                                     "/services/accomp-subsidy/poster.pdf?size=a3", "/services/guides.pdf"])  # fmt: skip
def test_paper_is_made(town, address):
    answer = Client().get(address)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def inside(pdf):
    """The objects of a PDF, unpacked."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S)
    return pdf + b"".join(zlib.decompress(one) for one in packed if one[:1] == b"\x78")


def test_a_poster_is_as_large_as_was_asked(town):
    sizes = []
    for asked in ("", "?size=a3"):
        content = inside(Client().get(f"/services/bus-free/poster.pdf{asked}").content)
        box = re.search(rb"/MediaBox ?\[ ?0 0 ([\d.]+) ([\d.]+) ?\]", content)
        sizes.append((round(float(box[1])), round(float(box[2]))))
    assert sizes == [(595, 842), (842, 1191)]


def test_the_code_on_the_paper_opens_the_page(town, monkeypatch):
    seen = []
    monkeypatch.setattr(
        guides, "poster_pdf", lambda one, code, address, desk, **more: seen.append((code, address)) or b"%PDF"
    )
    Client().get("/services/bus-free/poster.pdf")
    code, address = seen[0]
    assert address == "http://testserver/services/bus-free/"
    assert Client().get(address.removeprefix("http://testserver")).status_code == 200
    assert "<svg" in code


def test_the_guide_prints_the_desk_of_the_reader(town, wife, monkeypatch):
    seen = []
    monkeypatch.setattr(guides, "guide_pdf", lambda pages, desk, **more: seen.append(desk) or b"%PDF")
    wife.get("/services/bus-free/guide.pdf")
    Client().get("/services/bus-free/guide.pdf")
    assert [one.phone for one in seen] == ["0000-2000001", "0000-5000001"]


def test_what_it_costs_stands_with_its_basis_and_else_it_is_free(town):
    page = words(Client().get("/services/household-help/"))
    assert "配件按实价付给店家" in page
    assert "与支持门店的约定" in page[page.index("配件按实价") :][:60]
    assert re.search(r"收费\s*不收费", words(Client().get("/services/accomp-subsidy/")))
    for address, said in (("household-help", "配件按实价"), ("accomp-subsidy", "不收费")):
        for paper in ("guide", "poster"):
            pages = pypdf.PdfReader(io.BytesIO(Client().get(f"/services/{address}/{paper}.pdf").content)).pages
            assert said in "".join(page.extract_text() for page in pages), (address, paper)


def test_the_guide_says_what_the_declaration_says(town):
    today = clock.today()
    found = guides.offered(today)
    for code, one in found.items():
        told = guides.guide(one, today)
        assert len(told.steps) == len(one.service.route), code
        assert len(told.basis) >= 1, code
        assert len(told.who) + len(told.not_if) == sum(
            item.tell != "desk" for item in (*one.service.who, *one.service.unless)
        ), code
    assert "visit-border" not in found


@pytest.mark.parametrize(("article", "said"), [("1", "一"), ("10", "十"), ("15", "十五"), ("46", "四十六"), ("100", "一百"),
                                               ("105", "一百零五"), ("110", "一百一十"), ("123", "一百二十三"), ("9-1", "9-1")])  # fmt: skip
def test_articles_are_numbered_as_statutes_number_them(article, said):
    assert guides._numeral(article) == said


def test_a_clerk_finds_at_the_counter_and_prints_with_the_own_phone(town, enter, settings, monkeypatch):
    settings.DEMO = True
    clerk = enter("clerk")
    session = clerk.session
    session["persona"] = "clerk"
    session.save()
    person = town.persons["wife"].pk
    page = clerk.get("/console/services/find/", {"q": "sui jun", "person": person}).content.decode()
    assert f'href="/console/people/{person}/open/accomp-subsidy/"' in page
    page = clerk.get("/console/services/find/", {"q": "送医院", "person": person}).content.decode()
    assert f'href="/console/people/{person}/open/household-help/?kind=accompany"' in page
    sealed = clerk.get("/console/services/find/", {"q": "想找人说说话", "person": person}).content.decode()
    assert "保密事项" in sealed
    assert f"/console/people/{person}/open/psych-support/" not in sealed
    seen = []
    monkeypatch.setattr(guides, "guide_pdf", lambda pages, desk, **more: seen.append(desk) or b"%PDF")
    clerk.get("/console/services/bus-free/guide.pdf")
    assert seen[0].phone == "0000-2000001"
    for address in ("/console/services/find/", "/console/services/find/?person=x&q=%27", "/console/services/guides.pdf",
                    "/console/services/bus-free/poster.pdf"):  # fmt: skip
        assert clerk.get(address).status_code == 200, address


def test_what_is_likely_asked_stands_first_and_nothing_is_out_of_reach(town, wife):
    page = wife.get("/ask/").content.decode()
    first = page[page.index('class="kinds"') : page.index("<details")]
    assert 0 < first.count('class="card"') <= 11
    for kind in ("repair", "support", "other"):
        assert f"/ask/household-help/{kind}/" in first
    assert "/ask/household-help/children/" not in first, "nobody under age in the household"
    shown = set(re.findall(r'href="(/ask/[a-z-]+/[a-z-]+/)"', page))
    every = {
        one.url
        for group in asks.groups(actor_of(Account.objects.get(username="wife"), clock.now()))
        for one in group["kinds"]
    }
    assert shown == every
    last = page[page.rindex("<details") :]
    assert "/ask/rehab-device/" in last and "/ask/bus-free/" in last, "the file speaks against them"
    assert "/ask/petition/" not in last


def test_who_has_a_child_and_who_asked_before_finds_that_first(town, wife):
    one = town.persons["wife"]
    child = resident(90, "小梅", born=clock.today() - dt.timedelta(days=3000))
    people.Membership.objects.filter(person=child).update(family=one.family_id)
    town.open("household-help", one, family=one.family_id, kind="quarrel", words="楼上吵")
    page = wife.get("/ask/").content.decode()
    first = page[page.index('class="kinds"') : page.index("<details")]
    assert "/ask/household-help/children/" in first
    assert first.index("/ask/household-help/quarrel/") < first.index("/ask/household-help/repair/")
