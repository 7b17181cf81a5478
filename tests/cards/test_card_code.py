"""My code, in the app and at the counter: whose card it is decides, and nothing is made for a card that does not count."""

import pytest
from django.test import Client

from lianxin.access.models import Account
from lianxin.cards.models import Card, Credential
from lianxin.companion import cardcode
from lianxin.console import background, cardcodes, cardjobs
from lianxin.engine import clock, cose, credential, qr
from lianxin.journal.models import Entry
from tests.factories.casework import VILLAGE

pytestmark = pytest.mark.django_db
PHONE = cose.P256Signer(bytes(range(2, 34)))


@pytest.fixture
def town(kept_town):
    return kept_town()


def enter(town, name):
    client = Client()
    client.force_login(Account.objects.get(pk=town.accounts[name]))
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": clock.now().timestamp()}]
    session.save()
    return client


def card(town, name="wife", state="active"):
    pk = town.persons[name].pk
    return Card.objects.create(person_id=pk, holder_id=pk, kind="veteran", area=VILLAGE, state=state,
                               since=clock.today(), moved_at=clock.now()).pk  # fmt: skip


def test_the_phone_gets_what_it_shows(town):
    mine, wife = card(town), enter(town, "wife")
    assert f'data-showing="{mine}"' in wife.get("/card/code/").content.decode()
    answer = wife.post(f"/card/code/{mine}/renew/", {"phone": PHONE.verifier().public().hex()})
    signed = bytes.fromhex(answer.json()["signed"])
    assert credential.claims(cose.read(signed).payload).holder == PHONE.verifier().public()
    again = wife.post(f"/card/code/{mine}/renew/", {"phone": PHONE.verifier().public().hex()})
    assert again.status_code == 200
    assert Credential.objects.count() == 1
    for wrong in ("", "zz", "02", "02" + "ff" * 32):
        refused = wife.post(f"/card/code/{mine}/renew/", {"phone": wrong})
        assert (refused.status_code, Credential.objects.count()) == (409, 1)
        assert "密钥" in refused.json()["said"]


def test_codes_are_given_out_so_many_times_an_hour(town):
    """Each new phone takes one of the city's numbers, of which there are only so many."""
    mine, wife = card(town), enter(town, "wife")
    for number in range(cardcode.CODES):
        phone = cose.P256Signer(bytes([number + 1]) * 32).verifier().public().hex()
        assert wife.post(f"/card/code/{mine}/renew/", {"phone": phone}).status_code == 200
    assert wife.post(f"/card/code/{mine}/renew/", {"phone": PHONE.verifier().public().hex()}).status_code == 429
    assert wife.post(f"/card/code/{mine}/paper.pdf").status_code == 429
    assert Credential.objects.count() == cardcode.CODES
    assert wife.get("/card/code/").status_code == 200


def test_the_sheet_and_its_end(town):
    mine, wife = card(town), enter(town, "wife")
    assert wife.post(f"/card/code/{mine}/paper.pdf").content.startswith(b"%PDF")
    sheet = Credential.objects.get()
    assert "纸上" in wife.get("/card/code/").content.decode()
    assert wife.post(f"/card/code/{mine}/end/{sheet.pk}/").status_code == 302
    assert Credential.objects.get().reason == "lost"
    assert wife.post(f"/card/code/{mine}/end/{sheet.pk + 9}/").status_code == 404


def test_another_ones_card_reads_as_nothing(town):
    other, wife = card(town, "old_man"), enter(town, "wife")
    for address in ("renew/", "paper.pdf", "end/1/"):
        assert wife.post(f"/card/code/{other}/{address}", {"phone": PHONE.verifier().public().hex()}).status_code == 404
    assert "data-showing" not in wife.get(f"/card/code/?card={other}").content.decode()
    assert Credential.objects.count() == 0


@pytest.mark.parametrize("state", ["filed", "lost", "suspended", "cancelled"])
def test_no_code_for_a_card_that_does_not_count(town, state):
    mine, wife = card(town, state=state), enter(town, "wife")
    assert "data-showing" not in wife.get("/card/code/").content.decode()
    assert wife.post(f"/card/code/{mine}/paper.pdf").status_code == 404


def test_the_counter_makes_the_sheet_in_its_own_area_only(town):
    old = town.persons["old_man"].pk
    held = card(town, "old_man")
    clerk, sibling = enter(town, "clerk"), enter(town, "sibling-clerk")
    assert clerk.get(f"/console/people/{old}/card-code/").status_code == 200
    assert clerk.post(f"/console/people/{old}/card-code/{held}/sheet.pdf").content.startswith(b"%PDF")
    one = Credential.objects.get().pk
    for address in (f"{held}/sheet.pdf", f"{held}/end/{one}/"):
        assert sibling.post(f"/console/people/{old}/card-code/{address}").status_code == 404
    assert sibling.get(f"/console/people/{old}/card-code/").status_code == 404
    assert clerk.post(f"/console/people/{old}/card-code/{held}/end/{one}/").status_code == 302
    assert Credential.objects.get().withdrawn_at is not None


def test_sheets_for_many_are_one_job_that_prints_nobody_twice(town, settings, tmp_path, monkeypatch):
    settings.HOME = tmp_path
    card(town), card(town, "old_man"), card(town, "neighbour", state="filed")
    clerk, sibling, started = enter(town, "clerk"), enter(town, "sibling-clerk"), []
    monkeypatch.setattr(background, "start", lambda *args: started.append(args))
    monkeypatch.setattr(cardcodes, "AT_ONCE", 1)
    url = f"/console/cards/codes/?area={VILLAGE}"
    assert clerk.get(url).context["cards"] == 2
    assert not sibling.get(url).context["chosen"]  # another area's
    place = clerk.post("/console/cards/codes/", {"area": VILLAGE}).headers["Location"]
    assert "0 / 2" in clerk.get(place).content.decode() and Credential.objects.count() == 0
    for _twice in range(2):  # the worker may run it again
        cardjobs.run(*started[0][2:])
    assert (
        Credential.objects.filter(form=credential.PAPER, withdrawn_at=None).count() == Credential.objects.count() == 2
    )
    assert Entry.objects.get(action="card.credential").detail["count"] == 2
    assert clerk.get(f"{place}file/").content.startswith(b"%PDF")
    assert sibling.get(f"{place}file/").status_code == 404
    again = clerk.post("/console/cards/codes/", {"area": VILLAGE})  # everybody has one
    assert (again.status_code, len(started)) == (422, 1)
    clerk.post("/console/cards/codes/", {"area": VILLAGE, "anew": "yes"})
    cardjobs.run(*started[1][2:])
    assert sorted(Credential.objects.values_list("reason", flat=True)) == ["", "", "again", "again"]
    assert sibling.get("/console/cards/codes/?box=1").status_code == 404


def test_the_code_fits_version_ten_at_level_m():
    key = cose.Ed25519Signer(bytes(32))
    said = credential.Credential("4199", 2**24 - 1, 2, 2, frozenset(range(32)), 2**32 - 1, 2**32 - 1)
    digits = credential.text(credential.sign(said, key, 255))
    grid = qr.modules("HTTPS://" + "A" * 45 + "/V/", digits)
    assert (len(grid) - 17) // 4 <= 10
    with pytest.raises(ValueError, match="too long"):
        qr.modules("HTTPS://" + "A" * 200 + "/V/", digits)
    from lianxin.engine import qrbits

    assert qrbits.text([[int(one) for one in row] for row in grid]) == f"HTTPS://{'A' * 45}/V/#{digits}"


def test_codes_open_the_citys_public_address_where_it_has_one(town, settings):
    card(town)
    settings.CARD_ADDRESS = "https://card.chengchuan.example"
    assert 'data-verify="HTTPS://CARD.CHENGCHUAN.EXAMPLE/V/"' in enter(town, "wife").get("/card/code/").content.decode()
    settings.CARD_ADDRESS = ""
    assert 'data-verify="HTTP://TESTSERVER/V/"' in enter(town, "wife").get("/card/code/").content.decode()
