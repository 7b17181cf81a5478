"""The pages of cards: found, opened, counted, handed over; the holder's own; the table everybody reads."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from lianxin.access.models import Account
from lianxin.cards import actions, scening
from lianxin.cards.models import Box, Card
from lianxin.casework import actions as casework
from lianxin.casework.models import Case
from lianxin.casework.refusals import Unfit
from lianxin.engine import clock
from tests.cards.conftest import filed
from tests.cards.test_life import in_hand, listed
from tests.cards.test_scenes import PUBLISHER, WRITER
from tests.factories.casework import AT, SYSTEM
from tests.house.test_deny_by_default import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True


def staff(town, name):
    client = signed_in(Account.objects.get(pk=town.accounts[name]))
    client.cookies["django_language"] = "en"
    return client


def page(client, url, **given):
    answer = client.get(url, given)
    assert answer.status_code == 200, url
    return answer.content.decode()


def test_a_box_is_counted_and_its_cards_handed_over_by_a_clerk(town, tmp_path):
    filed(town, "wife", "old_man")
    actions.read_list(path=listed(tmp_path, town, "wife", "old_man"), by=SYSTEM, at=AT)
    box, clerk = Box.objects.get(), staff(town, "clerk")
    assert "B1" in page(clerk, "/console/boxes/")
    shown = page(clerk, f"/console/boxes/{box.pk}/")
    assert "戴山河" in shown and "6217" not in shown
    cards = list(Card.objects.order_by("pk").values_list("pk", flat=True))
    clerk.post(f"/console/boxes/{box.pk}/do/count/", {"all": "no", "card": [cards[0]], "extra": "0"})
    assert "differs" in page(clerk, "/console/boxes/", state="differs")
    clerk.post(f"/console/boxes/{box.pk}/do/explain/", {"words": "已找到"})
    clerk.post(f"/console/boxes/{box.pk}/do/count/", {"all": "yes", "extra": "0"})
    form = page(clerk, "/console/cards/", box=box.pk, state="received", **{"as": "form"})
    assert "戴山河" in form and "安梅" in form
    clerk.post(f"/console/boxes/{box.pk}/do/hand/", {"card": cards, "signer": "self"})
    assert set(Card.objects.values_list("state", flat=True)) == {"delivered"}
    clerk.post(f"/console/boxes/{box.pk}/do/hand/", {"card": cards, "signer": "self"})  # a second click
    assert "handed over" in page(clerk, f"/console/cards/{cards[0]}/")


def test_the_bank_s_list_is_looked_at_first_then_taken(town, tmp_path):
    filed(town, "old_man")
    data = listed(tmp_path, town, "old_man", "neighbour").read_bytes()
    city = staff(town, "approver")
    url = "/console/boxes/bank/"
    looked = city.post(url, {"file": SimpleUploadedFile("a.csv", data), "what": "look"}).content.decode()
    assert "Row 3" in looked and Box.objects.count() == 0
    city.post(url, {"file": SimpleUploadedFile("a.csv", data), "what": "take"})
    assert Box.objects.count() == 1
    assert city.post(url, {"file": SimpleUploadedFile("a.exe", b"x"), "what": "take"}).status_code == 422
    broken = city.post(url, {"file": SimpleUploadedFile("a.xlsx", b"nothing"), "what": "take"}, follow=True)
    assert broken.status_code == 200 and "cannot be read" in broken.content.decode()


def test_a_card_in_hand_is_found_by_its_number_which_no_page_shows(town, tmp_path):
    [card] = in_hand(tmp_path, town, "old_man")
    clerk = staff(town, "clerk")
    answer = clerk.post("/console/cards/find/", {"number": "6217 0000 0000 0001"})
    assert answer.headers["Location"] == f"/console/cards/{card.pk}/"
    shown = page(clerk, f"/console/cards/{card.pk}/")
    assert "0001" in shown and "6217000000000001" not in shown
    assert "No card of your area" in clerk.post("/console/cards/find/", {"number": "1"}, follow=True).content.decode()
    assert staff(town, "sibling-clerk").get(f"/console/cards/{card.pk}/").status_code == 404


def test_the_holder_reports_it_lost_in_one_tap(town, tmp_path):
    [card] = in_hand(tmp_path, town, "wife")
    wife = staff(town, "wife")
    shown = page(wife, "/card/")
    assert f"/card/{card.pk}/lost/" in shown and "/ask/refusal-report/shop/" in shown
    wife.post(f"/card/{card.pk}/lost/")
    wife.post(f"/card/{card.pk}/lost/")
    assert Card.objects.get().state == "lost"
    assert "/ask/card-replacement/lost/" in page(wife, "/card/")
    other = in_hand_of_other(tmp_path, town)
    assert wife.post(f"/card/{other}/lost/").status_code == 404


def in_hand_of_other(tmp_path, town):
    filed(town, "old_man")
    actions.read_list(path=listed(tmp_path, town, "old_man", box="B9", start=6217000000000090), by=SYSTEM, at=AT)
    actions.count(box=Box.objects.get(number="B9").pk, by=SYSTEM, at=AT)
    return actions.hand(cards=Card.objects.get(state="received").pk, by=SYSTEM, at=AT)[0].pk


def test_everybody_reads_where_a_card_gives_what(town, client):
    client.cookies["django_language"] = "en"
    assert "Nothing is published yet" in page(client, "/rights/")
    at = clock.now()
    table = scening.draft(by=WRITER, at=at)
    scening.hand_in(table=table.pk, by=WRITER, at=at)
    scening.publish(table=table.pk, from_on=clock.day(at), by=PUBLISHER, at=at)
    assert "city buses" in page(client, "/rights/")
    reviewer = staff(town, "reviewer")
    assert "city buses" in page(reviewer, "/console/scenes/")
    poster = reviewer.get("/console/scenes/poster/")
    assert poster.content[:5] == b"%PDF-"
    assert staff(town, "approver").post("/console/scenes/begin/").status_code == 404  # who publishes does not write


def test_what_was_found_is_written_at_the_last_step_alone(town):
    case = town.open("refusal-report", town.persons["old_man"], kind="shop", form={"place": "维修铺"}, at=clock.now())
    reviewer = staff(town, "reviewer")
    assert case.number in page(reviewer, "/console/refusals/")
    url = f"/console/refusals/{case.pk}/"
    assert "side first" in page(reviewer, url)
    casework.accept(cases=case.pk, by=SYSTEM, at=clock.now())
    casework.advance(cases=case.pk, by=SYSTEM, at=clock.now())
    assert url in page(reviewer, f"/console/cases/{case.pk}/")
    reviewer.post(f"/console/cases/{case.pk}/do/deliver/", {"words": "办好了"})  # it never ends without what was found
    assert Case.objects.get(pk=case.pk).state == "open"
    assert reviewer.post(url, {"upheld": "yes"}).status_code == 422
    reviewer.post(url, {"upheld": "yes", "words": "已道歉"})
    assert Case.objects.get(pk=case.pk).state == "delivered"
    assert "Upheld" in page(reviewer, url)


def shot(wide, high):
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (wide, high), "white").save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize("size", [(200, 300), (600, 400), (400, 900)])
def test_a_portrait_that_cannot_be_printed_is_refused_in_words(town, size):
    case = town.open("preferential-card", town.persons["old_man"])
    with pytest.raises(Unfit):
        casework.supplement(case=case.pk, files=[casework.Upload("photo", shot(*size))], by=town.clerk, at=AT)
    casework.supplement(
        case=case.pk, files=[casework.Upload("photo", shot(358, 441))], by=town.clerk, at=AT + dt.timedelta(hours=1)
    )
