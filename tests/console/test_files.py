"""The page of a file: today, any past day, as it was known; where a row is from; recording, ending, withdrawing; pictures."""

import datetime as dt
import io
import re

import pytest
from PIL import Image

from lianxin.access.templatetags import ui
from lianxin.casework import papers
from lianxin.engine import clock
from lianxin.engine.scope import Actor, over
from lianxin.journal.models import Entry
from lianxin.people import actions, models
from tests.house.test_deny_by_default import signed_in

AT = dt.datetime(2026, 11, 2, 2, 0, tzinfo=dt.UTC)
SYSTEM = Actor(name="系统", permissions=frozenset({"*"}), scope=over("4199"), area="4199")


@pytest.fixture
def world(kept_world, db, settings):
    settings.DEMO = True
    return kept_world()


@pytest.fixture
def clerk(world):
    return signed_in(world.staff["clerk"])


@pytest.fixture
def person(world):
    return models.Person.objects.get(pk=world.objects["own"]["person"])


def page(client, person, query=""):
    answer = client.get(f"/console/people/{person.pk}/{query}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def picture(width=600, height=800):
    image = Image.new("RGB", (width, height), "#446655")
    exif = image.getexif()
    exif[0x010F] = "相机厂商"
    data = io.BytesIO()
    image.save(data, "JPEG", exif=exif)
    data.seek(0)
    data.name = "portrait.jpg"
    return data


def work(person, employment, since, at=AT, **more):
    return actions.record(person=person.pk, group="livelihood", says={"employment": employment}, valid_from=since,
                          paper="劳动合同原件", by=SYSTEM, at=at, **more)  # fmt: skip


def test_a_past_day_shows_what_held_then_under_a_banner_and_lets_nothing_be_written(clerk, person):
    work(person, "employed", dt.date(2010, 1, 1))
    work(person, "retired", dt.date(2020, 1, 1))
    today, then = page(clerk, person), page(clerk, person, "?as-of=2015-06-01")
    assert "退休" in today and "当时" in today
    assert "2015年6月1日 的档案" in then and "退休" not in then and "在职" in then
    assert "/record/" in today and "/record/" not in then and "/open/" not in then


def test_what_was_known_then_is_shown_as_it_was_known(clerk, person):
    first = AT - dt.timedelta(days=400)
    row = work(person, "employed", dt.date(2010, 1, 1), at=first)
    work(person, "unemployed", dt.date(2010, 1, 1), at=AT, corrects=row)
    known = (first + dt.timedelta(days=3)).date().isoformat()
    assert "失业" in page(clerk, person)
    then = page(clerk, person, f"?as-of=2012-01-01&known-at={known}")
    assert "在职" in then and "失业" not in then
    assert "失业" not in page(clerk, person, "?as-of=2012-01-01&known-at=2020-01-01"), "nothing was known yet"


@pytest.mark.parametrize("query", ["?as-of=abc", "?as-of=9999-99-99", "?known-at=%20", "?as-of=0001-01-01&known-at="])
def test_what_is_no_day_shows_today(clerk, person, query):
    assert "这里只能查看" not in page(clerk, person, query)


def test_each_value_of_a_row_says_who_set_it_when_and_from_which_paper(clerk, person):
    work(person, "self_employed", dt.date(2010, 1, 1))
    row = actions.record(person=person.pk, group="livelihood", says={"monthly_income": 500000},
                         valid_from=dt.date(2021, 1, 1), paper="工资单", by=SYSTEM, at=AT + dt.timedelta(hours=1))  # fmt: skip
    body = clerk.get(f"/console/people/{person.pk}/row/livelihood/{row}/").content.decode()
    assert "工资单" in body and "劳动合同原件" in body, "carried over with the paper it was taken from"
    history = clerk.get(f"/console/people/{person.pk}/history/livelihood/monthly_income/").content.decode()
    assert "5,000.00" in history and "工资单" in history and "系统" in history
    assert clerk.get(f"/console/people/{person.pk}/history/livelihood/salt/").status_code == 404


def test_a_form_records_ends_and_withdraws(clerk, person):
    url = f"/console/people/{person.pk}/record/award/"
    given = {
        "merit": "third",
        "wartime": "",
        "detail": "",
        "number": "军功0001",
        "valid_from": "2001-08-01",
        "paper": "证书",
    }
    assert clerk.post(url, {**given, "paper": ""}).status_code == 422
    assert clerk.post(url, given).status_code == 302
    award = models.Award.objects.get(person=person)
    body = page(clerk, person)
    assert "三等功" in body and "军功0001" not in body
    assert clerk.post(url, given, follow=True).content.decode().count("已有同一天") == 1
    row = f"/console/people/{person.pk}/row/award/{award.pk}/"
    assert clerk.post(row + "withdraw/", {"why": ""}).status_code == 422
    assert clerk.post(row + "withdraw/", {"why": "登记错了人"}).status_code == 302
    assert "三等功" not in page(clerk, person) and "三等功" in page(clerk, person, "?past=1")
    assert clerk.post(row + "withdraw/", {"why": "登记错了人"}).status_code == 422


def test_a_contradiction_is_refused_on_the_page_with_how_to_mend_it(clerk, person):
    url = f"/console/people/{person.pk}/record/service/"
    given = {"kind": "nco", "enlisted_on": "2010-09-01", "discharged_on": "2009-09-01", "paper": "档案"}
    answer = clerk.post(url, given)
    assert answer.status_code == 200 and "退役早于入伍" in answer.content.decode()
    assert not models.Service.objects.filter(person=person).exists()


def test_a_portrait_is_drawn_anew_sealed_and_shown_to_those_who_may(world, clerk, person, settings):
    url = f"/console/people/{person.pk}/portrait/"
    data = picture()
    assert "相机厂商".encode() in data.getvalue() or Image.open(data).getexif()
    data.seek(0)
    assert clerk.post(url, {"photo": data, "paper": "窗口拍摄"}).status_code == 302
    scan = models.Scan.objects.get(person=person, kind="portrait")
    shown = clerk.get(f"/console/people/{person.pk}/picture/{scan.pk}/")
    assert shown["Content-Type"] == "image/jpeg" and not Image.open(io.BytesIO(shown.content)).getexif()
    assert papers.read(scan.digest) == shown.content
    sealed = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    assert sealed and all(b"JFIF" not in path.read_bytes()[:40] for path in sealed)
    sibling = models.Person.objects.get(pk=world.objects["sibling"]["person"])
    assert clerk.get(f"/console/people/{sibling.pk}/picture/{scan.pk}/").status_code == 404
    assert f"/picture/{scan.pk}/" in page(clerk, person)
    pdf = io.BytesIO(b"%PDF-1.4\n%%EOF\n")
    pdf.name = "a.jpg"
    assert clerk.post(url, {"photo": pdf, "paper": "窗口"}).status_code == 200
    assert models.Scan.objects.filter(person=person, kind="portrait").count() == 1


def test_a_page_about_the_dead_is_quiet(clerk, person):
    models.Particulars.objects.filter(person=person).update(died_on=dt.date(2020, 1, 1))
    models.Person.objects.filter(pk=person.pk).update(died_on=dt.date(2020, 1, 1))
    body = page(clerk, person)
    assert "去世" in body and "/open/" not in body and "还没有账户" not in body and "档案已核实" not in body


def test_lists_of_flagged_files_hold_the_own_area_only(world, clerk):
    for place in ("own", "sibling"):
        models.Flag.objects.create(person_id=world.objects[place]["person"], code="two-spouses", since=AT.date())
        models.Flag.objects.create(person_id=world.objects[place]["person"], code="end-military_family",
                                   since=AT.date(), until=AT.date() + dt.timedelta(days=9))  # fmt: skip
    for url, said in (("/console/contradictions/", "同时有两位配偶"), ("/console/endings/", "军人家属")):
        body = clerk.get(url).content.decode()
        assert said in body
        assert f"/console/people/{world.objects['own']['person']}/" in body
        assert f"/console/people/{world.objects['sibling']['person']}/" not in body


def test_a_mandate_is_ended_on_the_page(world, clerk, person):
    mandate = world.objects["own"]["mandate"]
    assert clerk.post(f"/console/people/{person.pk}/mandate/{mandate}/end/", {"reason": "本人收回"}).status_code == 302
    assert Entry.objects.filter(action="people.mandate-ended", person=person.pk).exists()
    assert clerk.post(f"/console/people/{person.pk}/mandate/{mandate}/end/", {"reason": "再点"}).status_code == 404


def test_a_form_shows_a_day_as_a_browser_takes_it(clerk, person):
    """A browser leaves a day field empty unless it reads 2010-12-01: correcting a row would lose the day."""
    row = actions.record(person=person.pk, group="service", says={"kind": "conscript", "enlisted_on": dt.date(2010, 12, 1)},
                         valid_from=None, paper="退役证", by=SYSTEM, at=AT)  # fmt: skip
    body = clerk.get(f"/console/people/{person.pk}/row/service/{row}/correct/").content.decode()
    shown = re.search(r'<input[^>]*name="enlisted_on"[^>]*>', body)[0]
    assert 'type="date"' in shown
    assert 'value="2010-12-01"' in shown


def entered(person, number, at=AT):
    return actions.change_account(person=person.pk, bank="澄川银行", number=number, holder=person.name, paper="银行卡",
                                  by=SYSTEM, at=at)  # fmt: skip


def verified(client, person, account, number):
    url = f"/console/people/{person.pk}/account/{account}/verify/"
    assert client.get(url).status_code == 200
    answer = client.post(url, {"number": number}, follow=True)
    return answer.status_code, re.sub(r"\s+", " ", answer.content.decode())


def test_a_colleague_verifies_an_account_by_typing_its_number_and_reads_from_when_it_is_used(clerk, person):
    models.BankAccount.objects.filter(person=person).update(superseded_at=AT)
    first = entered(person, "6222000000001234")
    shown = page(clerk, person)
    assert f'href="/console/people/{person.pk}/account/{first}/verify/"' in shown
    assert f'action="/console/people/{person.pk}/account/{first}/verify/"' not in shown  # no verifying by one click
    for wrong in ("", "6222000000001235"):
        status, _said = verified(clerk, person, first, wrong)
        assert status == 422
        assert not models.BankAccount.objects.filter(person=person, verified=True).exists()
    _status, said = verified(clerk, person, first, "6222 0000 0000 1234")
    assert "已核验，现在起可以往这里发款。" in said
    assert "使用中" in said
    _status, said = verified(clerk, person, entered(person, "6222000000009999"), "６２２２000000009999")
    usable = models.BankAccount.objects.filter(person=person, verified=True).latest("pk").usable_from
    assert f"从 {ui.day(usable)} 起往这里发款" in said
    assert usable > clock.today()


def test_what_came_by_command_or_attestation_is_said_in_words(clerk, person):
    given = {"valid_from": dt.date(2026, 1, 1), "at": AT, "by": Actor(name="operator", permissions=frozenset({"*"}),
             scope=over("4199"), area="4199")}  # fmt: skip
    actions.record(person=person.pk, group="livelihood", says={"employment": "none"}, paper="attest", **given)
    row = models.Livelihood.objects.filter(person=person).latest("pk")
    for body in (page(clerk, person), page(clerk, person, f"row/livelihood/{row.pk}/")):
        assert "军地联络员核报" in body and "后台录入" in body
        assert "attest ·" not in body and "operator ·" not in body
