"""Every page of a household opens, in both languages, with empty, one and many; nobody else's page does."""

import re
from html import unescape

import pytest
from django.test import Client

from lianxin.access.models import Account
from lianxin.casework import actions
from tests.factories.casework import AT, SYSTEM, resident

OWN = ["/", "/ask/", "/ask/household-help/repair/", "/entitled/", "/door/home/", "/door/path/", "/door/children/",
       "/cases/", "/money/", "/money/account/", "/messages/", "/household/", "/household/correct/",
       "/household/trail/", "/household/data/", "/papers/", "/apply/rights-case/", "/card/", "/ratings/", "/circle/"]  # fmt: skip
PUBLIC = ["/", "/accessibility/", "/offline/", "/waiting/", "/manifest.webmanifest", "/worker.js", "/publicity/"]
HAN = re.compile(r"[\u4e00-\u9fff]")


def words(answer):
    """What a page says, without what is people's own or the language switch's."""
    html = answer.content.decode()
    html = re.sub(
        r"<(script|style|title|svg)\b.*?</\1>|<button[^>]*lang=.*?</button>|<!--.*?-->", " ", html, flags=re.S
    )
    return unescape(re.sub(r"<[^>]+>", " ", html))


@pytest.mark.parametrize("address", PUBLIC)
def test_public_pages_open_to_strangers(db, address):
    assert Client().get(address).status_code == 200


@pytest.mark.parametrize("address", [one for one in OWN if one != "/"])
def test_own_pages_ask_strangers_to_sign_in(db, address):
    answer = Client().get(address)
    assert answer.status_code == 302
    assert answer.url.startswith("/sign-in/")


@pytest.mark.parametrize("address", OWN)
def test_own_pages_open_empty(wife, address):
    answer = wife.get(address)
    assert answer.status_code == 200, address
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "我家" in answer.content.decode()


@pytest.mark.parametrize("address", OWN)
def test_english_pages_hold_no_chinese_but_names(town, enter, address):
    names = {"连心", "安梅", "一号院"}
    said = words(enter("wife", "en").get(address))
    for name in names:
        said = said.replace(name, "")
    assert HAN.findall(said) == [], address


@pytest.mark.parametrize("address", OWN + PUBLIC[1:4] + ["/publicity/"])
def test_chinese_pages_hold_no_english(town, wife, address):
    said = words(wife.get(address))
    assert re.findall(r"[A-Za-z]{3,}", said) == [], address


def test_the_first_page_is_small(town, wife):
    assert len(wife.get("/").content) < 20_000


def test_staff_go_to_the_console_and_strangers_read_what_it_is(town, enter):
    answer = enter("clerk").get("/")
    assert (answer.status_code, answer.url) == (302, "/console/")
    assert "登录" in Client().get("/").content.decode()


def test_a_case_of_another_household_does_not_exist(town, wife):
    other = town.open("household-help", town.persons["neighbour"], family=town.persons["neighbour"].family_id,
                      kind="repair", channel="phone", words="隔壁的事")  # fmt: skip
    for address in (f"/cases/{other.pk}/", "/cases/999999/", "/papers/1/", "/entitled/nothing/", "/door/nowhere/"):
        assert wife.get(address).status_code == 404, address
    for verb in ("yes", "no", "more", "received", "rate", "again", "withdraw"):
        sent = wife.post(f"/cases/{other.pk}/{verb}/", {"words": "x", "sure": "yes", "score": "5", "well": "yes"})
        assert sent.status_code == 404, verb
    assert "隔壁的事" not in wife.get("/cases/").content.decode()


def test_every_page_has_the_desks_phone(wife):
    for address in OWN:
        assert "0000-2000001" in wife.get(address).content.decode(), address


def test_many_matters_stay_a_page(town, wife, django_assert_max_num_queries):
    person = town.persons["wife"]
    for number in range(30):
        case = town.open(
            "household-help", person, family=person.family_id, kind="errand", channel="app", words=f"第{number}件"
        )
        if number > 3:
            actions.withdraw(cases=case.pk, by=SYSTEM, at=AT)
    with django_assert_max_num_queries(40):
        page = wife.get("/cases/").content.decode()
    assert page.count("已撤回") == 20
    older = re.search(r'href="(\?after=\d+)"', page).group(1)
    assert wife.get("/cases/" + older).content.decode().count("已撤回") == 6


def test_a_mandate_opens_a_relatives_pages_and_its_end_closes_them(town, enter):
    child = resident(77, "安小满")
    assert enter("wife").get(f"/ask/household-help/repair/?for={child.pk}").status_code == 404
    from lianxin.people import models as people
    from tests.factories.casework import write

    write(people.Mandate(person=child, proxy_person=town.persons["wife"], kind="guardian", recorded_at=AT))
    page = enter("wife").get(f"/ask/household-help/repair/?for={child.pk}")
    assert page.status_code == 200
    assert "安小满" in page.content.decode()


def test_a_resident_who_is_staff_sees_only_their_own_here(town, enter):
    person = resident(78, "顾两用")
    account = Account.objects.get(pk=town.accounts["clerk"])
    account.person = person.pk
    account.save(update_fields=["person"])
    other = town.persons["wife"]
    case = town.open("household-help", other, family=other.family_id, kind="repair", channel="phone", words="她的事")
    client = enter("clerk")
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa"}]
    session.save()
    assert client.get("/cases/").status_code == 200
    assert client.get(f"/cases/{case.pk}/").status_code == 404
