"""What the verifier fetches: keys, signed lists and table, and how a typed code stands. Nothing else is ever asked."""

import datetime as dt
import json
import re

import pytest
from django.conf import settings

from lianxin.cards import credentials, keys, status
from lianxin.cards.models import Card, Credential
from lianxin.engine import cardstatus, clock
from lianxin.engine.credential import PAPER
from lianxin.verifier import views
from tests.factories.casework import SYSTEM, VILLAGE

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper(kept_town):
    """A sheet of the old man's card."""
    status.forget()
    person = kept_town().persons["old_man"]
    card = Card.objects.create(person_id=person.pk, holder_id=person.pk, kind="veteran", area=VILLAGE, state="active",
                               since=dt.date(2026, 1, 1), moved_at=clock.now())  # fmt: skip
    return credentials.give(cards=[card.pk], form=PAPER, by=SYSTEM, at=clock.now())[0]


def test_anybody_may_fetch_the_keys_the_lists_and_the_table(client, paper):
    said = client.get("/V/keys").json()
    assert (said["issuer"], len(said["keys"]), said["keys"][0]["crv"]) == (settings.CITY, 1, "Ed25519")
    assert set(said["keys"][0]) == {"kid", "use", "nbf", "kty", "crv", "alg", "x"}, "no secret"
    answer = client.get("/V/lists")
    lists = cardstatus.read(answer.content, issuer=settings.CITY, keys=keys.verifiers())
    assert lists.says(paper.number) == ""
    assert client.get("/V/lists", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert client.get("/V/table").status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_a_lost_card_is_in_the_lists_at_once_that_somebody_asks_anew(client, paper):
    before = client.get("/V/lists")
    Card.objects.update(state="lost")
    held = status._held["lists"]
    status._held["lists"] = (held[0] - status.LOOKS, held[1])  # some seconds later
    after = client.get("/V/lists", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert cardstatus.read(after.content, issuer=settings.CITY, keys=keys.verifiers()).says(paper.number) == "lost"
    assert status.LOOKS + 25 < 60, "a verifier with a line asks every 25 seconds"


@pytest.mark.parametrize(("state", "said"), [("active", "counts"), ("lost", "lost"), ("suspended", "withdrawn")])
def test_a_typed_code_says_how_it_stands_and_no_more(client, paper, state, said):
    Card.objects.update(state=state)
    answer = client.post("/V/typed", {"code": paper.short})
    assert answer.json()["state"] == said
    assert set(answer.json()) == {"state", "form", "classes"}


def test_a_typed_code_that_ran_out(client, paper):
    Credential.objects.update(until=clock.now() - dt.timedelta(days=1))
    assert client.post("/V/typed", {"code": paper.short}).json()["state"] == "expired"


@pytest.mark.parametrize("code", ["", "x", "000-000-000", "9" * 4000, "\u0000", "四五六", "<script>"])
def test_rough_codes_get_an_answer(client, paper, code):
    answer = client.post("/V/typed", {"code": code})
    assert answer.status_code in {200, 400}
    assert answer.status_code == 400 or answer.json()["state"] == "unknown"


def test_guessing_codes_stops_the_guesser_and_not_the_city(client, paper, monkeypatch):
    monkeypatch.setattr(views, "MOST_HERE", 3)
    found = [client.post("/V/typed", {"code": "123-456-789"}) for _ in range(5)]
    assert [one.status_code for one in found] == [200, 200, 200, 429, 429]
    assert client.post("/V/typed", {"code": paper.short}).json() == {"state": "too-many"}
    assert client.post("/V/typed", {"code": paper.short}, REMOTE_ADDR="192.0.2.7").json()["state"] == "counts"


def test_guessing_from_many_addresses_ends_for_the_city(client, paper, monkeypatch):
    monkeypatch.setattr(views, "MOST", 3)
    found = [client.post("/V/typed", {"code": "123-456-789"}, REMOTE_ADDR=f"192.0.2.{last}") for last in range(1, 6)]
    assert [one.status_code for one in found] == [200, 200, 200, 429, 429]


def test_the_poster_is_typeset_so_many_times_an_hour_for_one_address(client, db, monkeypatch):
    monkeypatch.setattr(views, "PAPERS", 1)
    monkeypatch.setattr(views.poster, "pdf", lambda *_args, **_given: b"%PDF")
    found = [client.get("/V/poster.pdf") for _ in range(2)]
    assert [one.status_code for one in found] == [200, 429]
    assert client.get("/V/poster.pdf", REMOTE_ADDR="192.0.2.7").status_code == 200


def test_the_page_speaks_one_language_and_brings_every_word(client, paper):
    for language, has in (("zh-hans", "免费"), ("en", "Free")):
        client.cookies["django_language"] = language
        text = client.get("/V/").content.decode()
        given = json.loads(re.search(r'<script id="given" type="application/json">(.*?)</script>', text, re.S)[1])
        assert given["verdicts"]["free"]["word"] == has
        words = json.dumps([given["verdicts"], given["rest"], given["scenes"]], ensure_ascii=False)
        assert bool(re.search("[\u4e00-\u9fff]", words)) is (language == "zh-hans")
        for code in re.findall(
            r'"?([\w-]+)"?: "(?:stop|look|unsure)"', (settings.ROOT / "static/verifier/verdict.js").read_text()
        ):
            assert code == "tone" or code in given["verdicts"], code
    assert client.get("/verify/").headers["Location"] == "/V/"
    assert client.get("/V/typed").status_code == 405
    assert "/V/" in client.get("/V/worker.js").content.decode()


@pytest.mark.parametrize(("language", "says"), [("zh-hans", "一页学会"), ("en", "The lesson, one page")])
def test_the_poster_and_its_lesson(client, db, language, says):
    import io

    from pypdf import PdfReader

    client.cookies["django_language"] = language
    pages = PdfReader(io.BytesIO(client.get("/V/poster.pdf").content)).pages
    assert len(pages) == 2
    assert says in pages[1].extract_text().replace("\n", "")
