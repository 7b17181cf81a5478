"""The counter: papers that come, what is missing when somebody accepts, and a case that has gone to another desk."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from lianxin.access.models import Account
from lianxin.casework import actions
from lianxin.casework.models import Case, Gap, Move, Paper
from lianxin.casework.refusals import NotNow, Unfit
from lianxin.engine import clock
from tests.factories import casework
from tests.factories.casework import AT, SYSTEM, picture
from tests.house.test_deny_by_default import signed_in


@pytest.fixture
def town(kept_town, db, settings, monkeypatch):
    settings.DEMO = True
    monkeypatch.setattr(clock, "now", lambda: AT)
    return kept_town()


def at_desk(town, name):
    return signed_in(Account.objects.get(pk=town.accounts[name]))


def photo(name="a.jpg", colour="white"):
    return SimpleUploadedFile(name, picture(colour), "image/jpeg")


def do(client, case, verb, **given):
    lock = Case.objects.get(pk=case).version_lock
    return client.post(f"/console/cases/{case}/do/{verb}/", {"expected": lock, **given}, follow=True)


def said(response):
    return " ".join(str(one) for one in response.context["messages"])


@pytest.fixture
def spouse(town):
    """A spouse's allowance, attested, on the clerk's desk; nothing of what it needs has come."""
    case = town.open("accomp-subsidy", town.persons["wife"], by=town.wife, channel="app")
    actions.advance(cases=case.pk, by=town.liaison, at=AT)
    return case.pk


def test_several_papers_are_attached_before_anything_was_asked(town, spouse):
    client = at_desk(town, "clerk")
    body = client.get(f"/console/cases/{spouse}/").content.decode()
    assert 'id="do-supplement"' in body
    assert 'enctype="multipart/form-data"' in body
    do(client, spouse, "supplement", code="unemployment-certificate", files=[photo(), photo("b.jpg", "red")],
       form_since="2026-01-05")  # fmt: skip
    assert list(Paper.objects.filter(case=spouse).values_list("code", flat=True)) == ["unemployment-certificate"] * 2
    assert Case.objects.get(pk=spouse).form == {"since": "2026-01-05"}
    do(client, spouse, "accept")
    assert Case.objects.get(pk=spouse).step_name == "verify"


def test_what_was_asked_for_comes_to_the_counter(town, spouse):
    client = at_desk(town, "clerk")
    do(client, spouse, "ask")
    assert Case.objects.get(pk=spouse).state == "waiting"
    do(client, spouse, "supplement", code="unemployment-certificate", files=[photo()], form_since="2026-01-05")
    assert Case.objects.get(pk=spouse).state == "open"


def test_each_of_several_files_is_checked_and_nothing_is_kept_when_one_is_wrong(town, spouse):
    client = at_desk(town, "clerk")
    wrong = SimpleUploadedFile("b.jpg", b"MZ\x90\x00 not a picture", "image/jpeg")
    response = do(client, spouse, "supplement", code="unemployment-certificate", files=[photo(), wrong])
    assert "note bad" in response.content.decode()
    assert not Paper.objects.filter(case=spouse).exists()


def test_what_is_missing_stops_an_acceptance_until_somebody_says_why(town, spouse):
    client = at_desk(town, "clerk")
    body = client.get(f"/console/cases/{spouse}/").content.decode()
    assert 'id="do-accept-lacking"' in body
    assert f"/console/cases/{spouse}/do/accept/" not in body
    do(client, spouse, "accept")
    do(client, spouse, "accept-lacking", words=" ")
    assert Case.objects.get(pk=spouse).step_name == "accept"
    do(client, spouse, "accept-lacking", words="就业创业证 5 月 20 日前补来")
    assert Case.objects.get(pk=spouse).step_name == "verify"
    assert Move.objects.get(case=spouse, verb="accept").words == "就业创业证 5 月 20 日前补来"
    assert set(Gap.objects.filter(case=spouse, met_at__isnull=False).values_list("code", flat=True)) == {
        "unemployment-certificate", "since",
    }  # fmt: skip
    assert "容缺" in at_desk(town, "reviewer").get(f"/console/cases/{spouse}/").content.decode()


def test_nobody_accepts_in_bulk_what_is_missing(town, spouse):
    with pytest.raises(NotNow) as refused:
        actions.advance(cases=[spouse], by=SYSTEM, at=AT)
    assert "就业创业证" in refused.value.sentence
    assert "失业日期" in refused.value.sentence


def test_their_yes_at_the_counter_asks_what_the_app_asks(town):
    wife = town.persons["wife"]
    case = town.open("accomp-subsidy", wife, area=wife.home, amount=90000, proposed=True).pk
    casework.write(casework.people.Mandate(person=wife, proxy_account=town.clerk.account, kind="clerk", recorded_at=AT))
    client = at_desk(town, "clerk")
    assert 'name="form_since"' in client.get(f"/console/cases/{case}/").content.decode()
    do(client, case, "confirm")
    assert Case.objects.get(pk=case).state == "proposed"
    do(client, case, "confirm", form_since="2030-01-01")
    assert Case.objects.get(pk=case).state == "proposed"
    do(client, case, "confirm", form_since="2026-01-05")
    done = Case.objects.get(pk=case)
    assert (done.state, done.form) == ("open", {"since": "2026-01-05"})


def test_an_answer_is_not_called_a_paper_and_a_paper_is(town):
    wife, subject = at_desk(town, "wife"), town.persons["wife"]
    case = town.open("accomp-subsidy", subject, area=subject.home, amount=90000, proposed=True).pk
    client = at_desk(town, "clerk")
    assert "有委托记录才能代为确认" in client.get(f"/console/cases/{case}/").content.decode()
    casework.write(casework.people.Mandate(person=subject, proxy_account=town.clerk.account, kind="clerk",
                                           services="accomp-subsidy", recorded_at=AT))  # fmt: skip
    asked = wife.get("/entitled/accomp-subsidy/").content.decode()
    assert "只差您补上下面这一点" in asked
    assert "您点个头就行" not in asked
    offered = client.get(f"/console/cases/{case}/").content.decode()
    assert "有委托记录才能代为确认" not in offered
    assert "这件事已有有效的委托" in offered
    do(client, case, "confirm", form_since="2026-01-05")
    desk, home = (at.get(address).content.decode() for at, address in (
        (client, f"/console/cases/{case}/"), (wife, f"/cases/{case}/")))  # fmt: skip
    assert "<b>收到材料</b>" not in desk
    assert "<b>补充了情况</b>" in desk
    assert "补充了情况" in home
    assert "补来了材料" not in home
    assert "do/not-received/" not in desk, "nothing has been done yet"
    do(client, case, "supplement", code="unemployment-certificate", seen="on")
    assert "<b>收到材料</b>" in client.get(f"/console/cases/{case}/").content.decode()
    assert "补来了材料" in wife.get(f"/cases/{case}/").content.decode()


def test_a_day_to_come_is_refused_wherever_it_is_written(town, spouse):
    client = at_desk(town, "clerk")
    response = do(client, spouse, "supplement", code="other", form_since="2030-01-01")
    assert "失业日期" in said(response)
    assert Case.objects.get(pk=spouse).form == {}
    with pytest.raises(Unfit):
        town.open("accomp-subsidy", town.persons["soldier"], by=town.clerk, channel="counter",
                  form={"since": "2026-05-07"})  # fmt: skip


def test_papers_are_brought_along_when_a_service_is_opened(town):
    wife = town.persons["wife"].pk
    client = at_desk(town, "clerk")
    client.post(f"/console/people/{wife}/open/accomp-subsidy/", {
        "form_since": "2026-01-05", "channel": "counter", "code": "unemployment-certificate", "files": [photo()],
    })  # fmt: skip
    case = Case.objects.get(person=wife)
    assert Paper.objects.get(case=case).code == "unemployment-certificate"


def test_whoever_hands_a_case_away_is_back_at_their_inbox(town):
    case = town.open("accomp-subsidy", town.persons["wife"], by=town.wife, channel="app").pk
    response = do(at_desk(town, "liaison"), case, "attest", fact_unit_stationed_here="yes", fact_accompanying="yes",
                  back=f"/console/cases/{case}/")  # fmt: skip
    assert Move.objects.filter(case=case, verb="advance").exists()
    assert response.redirect_chain[0][0] == "/console/inbox/"
    assert response.status_code == 200


def test_a_family_is_told_that_a_nod_is_enough_only_where_the_file_has_the_rest(town):
    wife, subject = at_desk(town, "wife"), town.persons["wife"]
    case = town.open("accomp-subsidy", subject, area=subject.home, amount=90000, proposed=True).pk
    Case.objects.filter(pk=case).update(form={"since": "2026-01-05"})
    asked = wife.get("/entitled/accomp-subsidy/").content.decode()
    assert "您点个头就行" in asked
    assert 'value="2026-01-05"' in asked
    wife.post(f"/cases/{case}/yes/", {"form-since": "2026-01-05", "expected": Case.objects.get(pk=case).version_lock})
    assert list(Move.objects.filter(case=case).order_by("pk").values_list("verb", flat=True))[-1] == "confirm"
