"""Corrections of the past in the console: what was typed stays when something is wrong; a large one is work for later."""

import datetime as dt

import pytest

from lianxin.console import replays
from lianxin.payments.actions import finding
from lianxin.payments.replaymodels import Replay
from tests.house.test_deny_by_default import signed_in

pytestmark = pytest.mark.django_db
ASKED = {
    "service": "living-subsidy-sick",
    "from_on": "2026-06-01",
    "to_on": "2026-10-31",
    "reason": "按第七号通知更正",
    "least": "20",
}


@pytest.fixture
def maker(kept_world, settings):
    settings.DEMO = True  # a persona's session stands for the second factor
    world = kept_world()
    return world, signed_in(world.staff["payment-maker"])


def test_what_was_typed_stays_when_a_day_is_wrong_or_the_act_is_refused(maker):
    _world, client = maker
    for wrong in ({"from_on": "nonsense"}, {"from_on": "2026-12-01", "to_on": "2026-11-01"}):
        answer = client.post("/console/replays/", {**ASKED, **wrong})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert 'value="按第七号通知更正"' in page
        assert '<details class="card" open>' in page
    assert not Replay.objects.filter(service=ASKED["service"]).exists()


def test_a_large_one_is_found_by_the_worker_and_its_page_says_how_far_it_is(maker, monkeypatch):
    _world, client = maker
    started = []
    monkeypatch.setattr(finding, "SMALL", -1)
    monkeypatch.setattr(replays.background, "start", lambda *given: started.append(given))
    answer = client.post("/console/replays/", ASKED)
    made = Replay.objects.get(service=ASKED["service"])
    assert answer.url == f"/console/replays/{made.pk}/"
    assert started == [
        ("lianxin.console.replays.find", f"replay-{made.pk}", made.pk, int(client.session["_auth_user_id"]))
    ]
    page = client.get(answer.url).content.decode()
    assert "<progress" in page
    assert 'hx-trigger="every 3s"' in page
    replays.find(*started[0][2:])
    made.refresh_from_db()
    assert made.state == "nothing"
    assert "<progress" not in client.get(answer.url).content.decode()
    assert made.to_on <= dt.date(2026, 10, 31)
