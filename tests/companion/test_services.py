"""Services are found and read by everybody, signed in or not, on the page and on paper."""

import re
import zlib

import pytest
from django.test import Client

from lianxin.catalogue import guides
from lianxin.engine import clock
from tests.companion.test_pages import HAN, words

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
