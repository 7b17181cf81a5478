"""The family reads what is asked back and why, and says that it is wrong: nothing is asked for until that is decided."""

import datetime as dt

import pytest

from lianxin.casework.models import Case
from lianxin.payments import objections
from lianxin.payments.replaymodels import Correction, Recovery, Replay
from tests.payments.town import AT, cases, owe

pytestmark = pytest.mark.django_db
SERVICE = "accomp-subsidy"


@pytest.fixture
def debt(town):
    """900 yuan that the wife is to give back."""
    wife = town.persons["wife"]
    [given] = cases([wife])
    owe([given])
    line = wife.lines.get()
    replay = Replay.objects.create(service=SERVICE, area="4199", version_id=given.version, from_on=AT.date(), to_on=AT.date(),
                                   reason="按第七号通知更正", state="proposed", maker=1, made_at=AT)  # fmt: skip
    one = Correction.objects.create(replay=replay, case_id=given.case, person=wife, line=line, version_id=given.version,
                                    area=wife.home, period="2026-11", judged_on=AT.date(), kind="recover", was=90000, now=0,
                                    state="applied", entry_id=1)  # fmt: skip
    return Recovery.objects.create(correction=one, line=line, case_id=given.case, person=wife, service=SERVICE, area=wife.home,
                                   period="2026-11", amount=90000, created_at=AT - dt.timedelta(days=900), state="open",
                                   entry_id=1)  # fmt: skip


def test_it_is_said_why_and_an_objection_becomes_a_case_once(debt, wife):
    page = wife.get("/money/").content.decode()
    assert "按第七号通知更正" in page
    assert "900.00" in page
    address = f"/money/back/{SERVICE}/"
    assert wife.get(address).status_code == 200
    empty = wife.post(address, {"words": "  "})
    assert empty.status_code == 422
    assert wife.post(address, {"words": "那个月我没有工作"}).status_code == 302
    case = Case.objects.get(service=objections.SERVICE)
    assert (case.person_id, case.cause, case.words) == (debt.person_id, SERVICE, "那个月我没有工作")
    assert case.due_at is not None
    again = wife.post(address, {"words": "再说一次"})
    assert again.status_code == 422
    assert "再说一次" in again.content.decode()
    assert Case.objects.filter(service=objections.SERVICE).count() == 1
    assert case.number in wife.get("/money/").content.decode()


def test_nobody_objects_for_others_or_to_what_is_not_asked(debt, wife):
    assert wife.get("/money/back/nursing/").status_code == 404
    assert wife.get(f"/money/back/{SERVICE}/?for=999999").status_code == 404
