"""The family circle from both ends: nothing shows without two words, each matter is shown or hidden, either one ends it."""

import datetime as dt

import pytest
from django.test import Client

from lianxin.access import actions as access
from lianxin.access.models import Account, Grant
from lianxin.casework import circle, circling
from lianxin.casework.circlemodels import CircleSheet, CircleWord
from lianxin.casework.models import Case
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.journal.models import Entry
from lianxin.notices.models import Notice
from lianxin.people import models as people
from tests.factories.casework import AT, CITY, SYSTEM, resident, write


def text(answer):
    return answer.content.decode()


@pytest.fixture
def home(town, enter):
    """A wife at home and a soldier far away, in households of their own, married on file, each with a phone."""
    wife, soldier = town.persons["wife"], town.persons["soldier"]
    write(people.Kin(person=wife, relative=soldier, kind="spouse", recorded_at=AT))
    made = access.open_accounts(
        accounts=[(Account(username="soldier", name="于川", person=soldier.pk), "")], by=SYSTEM, at=AT
    )
    town.accounts["soldier"] = made[0].pk
    return town


def matter(town, words="厨房水管爆了", who="wife", kind="repair"):
    person = town.persons[who]
    return town.open("household-help", person, family=person.family_id, kind=kind, channel="app", words=words)


def connect(town, shown=True):
    wife, soldier = town.persons["wife"], town.persons["soldier"]
    assert circle.agree(relative=soldier.pk, shown=shown, by=town.wife, at=clock.now()) is False
    assert circle.agree(relative=wife.pk, shown=True, by=town.soldier, at=clock.now()) is True


def test_nothing_shows_until_both_have_agreed(home, enter):
    matter(home)
    wife, soldier = home.persons["wife"], home.persons["soldier"]
    at_home, far = enter("wife"), enter("soldier")
    assert "维修" not in text(far.get("/circle/"))
    at_home.post(f"/circle/{soldier.pk}/agree/", {"shown": "yes"})
    page = text(far.get("/circle/"))
    assert "安梅想和您连心" in page
    assert "维修" not in page
    assert Notice.objects.get(person=soldier.pk, template="circle-asked").given == {"helper": "安梅"}
    far.post(f"/circle/{wife.pk}/agree/", {"shown": "yes"})
    page = text(far.get(f"/circle/{wife.pk}/"))
    assert "维修" in page
    assert "419901001001站" in page  # at which desk
    assert "厨房水管爆了" not in page  # her words are hers
    assert Case.objects.get().number not in page


def test_what_is_shown_must_be_chosen(home, enter):
    soldier = home.persons["soldier"]
    enter("wife").post(f"/circle/{soldier.pk}/agree/", {})
    assert circling.circles.ties(home.persons["wife"].pk, clock.today())[0].state == "none"


def test_each_matter_is_hidden_and_shown_at_once(home, enter):
    case = matter(home)
    connect(home)
    wife, soldier = home.persons["wife"], home.persons["soldier"]
    at_home, far = enter("wife"), enter("soldier")
    at_home.post(f"/circle/{soldier.pk}/show/", {"case": case.pk, "shown": "no"})
    assert "维修" not in text(far.get(f"/circle/{wife.pk}/"))
    late = far.post(f"/circle/{wife.pk}/thank/", {"case": case.pk, "words": "谢谢"})  # from a page that was open before
    assert late.status_code == 422 and "没有送出" in text(late) and "维修" not in text(late)
    at_home.post(f"/circle/{soldier.pk}/show/", {"case": case.pk, "shown": "yes"})
    assert "维修" in text(far.get(f"/circle/{wife.pk}/"))
    at_home.post(f"/circle/{soldier.pk}/show/", {"shown": "no"})  # new ones only
    matter(home, words="取个包裹", kind="errand")
    page = text(far.get(f"/circle/{wife.pk}/"))
    assert "维修" in page
    assert "跑腿代办" not in page


def test_a_sealed_matter_shows_to_nobody_whatever_was_said(home):
    case = matter(home)
    connect(home)
    circle.share(relative=home.persons["soldier"].pk, case=case.pk, shown=False, by=home.wife, at=clock.now())
    circle.share(relative=home.persons["soldier"].pk, case=case.pk, shown=True, by=home.wife, at=clock.now())
    Case.objects.update(sealed=True)
    assert circling.seen(home.soldier, [home.persons["wife"].pk], at=clock.now()) == {}
    assert circling.choices(home.persons["wife"].pk, home.persons["soldier"].pk, at=clock.now()) == []


def test_what_is_hidden_from_who_lives_there_stands_nowhere_in_their_app(home, enter):
    wife, soldier = home.persons["wife"], home.persons["soldier"]
    type(soldier).objects.filter(pk=soldier.pk).update(family=wife.family_id)
    case, other = matter(home), matter(home, kind="errand", words="取一次药")
    connect(home)
    far = enter("soldier")
    assert far.get(f"/cases/{case.pk}/").status_code == 200
    circle.share(relative=soldier.pk, case=case.pk, shown=False, by=home.wife, at=clock.now())
    assert far.get(f"/cases/{case.pk}/").status_code == 404
    for address in ("/", "/cases/", "/circle/"):
        assert "厨房水管爆了" not in text(far.get(address)) and case.number not in text(far.get(address)), address
    assert far.get(f"/cases/{other.pk}/").status_code == 200  # only that one
    assert enter("wife").get(f"/cases/{case.pk}/").status_code == 200
    circle.share(relative=soldier.pk, case=case.pk, shown=True, by=home.wife, at=clock.now())
    assert far.get(f"/cases/{case.pk}/").status_code == 200


@pytest.mark.parametrize("by_file", [False, True], ids=["a guardian's mandate", "a parent by the file"])
def test_a_childs_matter_shows_only_where_the_guardian_says_so(home, by_file):
    child = resident(77, "安小满", born=dt.date(2018, 5, 1))
    write(people.Kin(person=home.persons["wife"], relative=child, kind="parent", recorded_at=AT) if by_file else
          people.Mandate(person=child, proxy_person=home.persons["wife"], kind="guardian", recorded_at=AT))  # fmt: skip
    home.persons["child"] = child
    case = matter(home, who="child", kind="children")
    connect(home)
    wife, soldier, at = home.persons["wife"].pk, home.persons["soldier"].pk, clock.now()
    assert circling.seen(home.soldier, [wife], at=at) == {}
    assert [(one.row.id, one.shown, one.ward) for one in circling.choices(home.persons["wife"].pk, soldier, at=at)] == [
        (case.pk, False, True)
    ]
    circle.share(relative=soldier, case=case.pk, shown=True, by=home.wife, at=at)
    assert [one.row.id for one in circling.seen(home.soldier, [wife], at=at)[wife]] == [case.pk]


def test_thanks_reach_the_desk_and_home_once(home, enter):
    case = matter(home)
    connect(home)
    wife, far = home.persons["wife"], enter("soldier")
    for _ in range(2):
        far.post(f"/circle/{wife.pk}/thank/", {"case": case.pk, "words": "辛苦你们了"})
    assert CircleWord.objects.get().words == "辛苦你们了"
    assert Notice.objects.filter(template="circle-thanks", office=case.office_id).count() == 1
    assert Notice.objects.filter(template="circle-thanked", person=wife.pk).count() == 1
    assert "辛苦你们了" in text(far.get(f"/circle/{wife.pk}/"))


def test_from_afar_one_asks_for_home_and_home_sees_it(home, enter):
    connect(home)
    wife, far = home.persons["wife"], enter("soldier")
    page = f"/circle/{wife.pk}/ask/"
    assert far.post(page, {"kind": "errand", "words": ""}).status_code == 422
    sent = {"kind": "errand", "words": "帮我妈取药", "sent_key": "0c5f2d3e-0000-4000-8000-000000000001"}
    assert far.post(page, sent).status_code == 302
    case = Case.objects.get()
    assert (case.person_id, case.family_id, case.opened_by) == (wife.pk, wife.family_id, home.accounts["soldier"])
    assert "跑腿代办" in text(enter("wife").get("/cases/"))
    assert "跑腿代办" in text(far.get(f"/circle/{wife.pk}/"))
    far.post(page, {"call": "1", "words": "问问药吃完没有"})
    call = Case.objects.exclude(pk=case.pk).get()
    assert call.words == "请给安梅打个电话。 问问药吃完没有"
    assert call.kind == "call", "a kind of its own, counted by itself"
    assert call.promised_at - call.opened_at == dt.timedelta(hours=4)


def test_an_ask_is_for_those_in_the_circle_only_and_never_sealed_or_the_file(home):
    from lianxin.casework.actions import open_cases
    from lianxin.catalogue.queries import in_force
    from lianxin.engine.openings import Opening

    def opened(service, kind=""):
        version = in_force(clock.today())[service].version_id
        one = Opening(
            service=service, version=version, person=home.persons["wife"].pk, kind=kind, channel="app", words="甲"
        )
        return open_cases(openings=[one], by=home.soldier, at=clock.now())

    with pytest.raises(Refusal):
        opened("household-help", "errand")
    connect(home)
    assert len(opened("household-help", "errand")) == 1
    for service in ("contact-change", "death-report", "accomp-subsidy"):
        with pytest.raises(Refusal):
            opened(service)


def test_leaving_ends_it_for_both_and_what_was_open_is_closed(home, enter):
    case = matter(home)
    connect(home)
    wife, soldier = home.persons["wife"], home.persons["soldier"]
    far = enter("soldier")
    assert far.post(f"/circle/{wife.pk}/leave/").status_code == 302
    assert Notice.objects.filter(person=wife.pk, template="circle-ended").count() == 1
    assert far.get(f"/circle/{wife.pk}/").status_code == 302
    assert far.post(f"/circle/{wife.pk}/thank/", {"case": case.pk, "words": "x"}).status_code == 302
    assert not CircleWord.objects.exists()
    assert far.get(f"/circle/{wife.pk}/ask/").status_code == 404
    assert enter("wife").post(f"/circle/{soldier.pk}/show/", {"case": case.pk, "shown": "yes"}).status_code == 404


def test_no_to_an_invitation_is_told_kindly_and_leaves_nothing(home, enter):
    wife, soldier = home.persons["wife"], home.persons["soldier"]
    enter("wife").post(f"/circle/{soldier.pk}/agree/", {"shown": "yes"})
    enter("soldier").post(f"/circle/{wife.pk}/leave/")
    assert Notice.objects.filter(person=wife.pk, template="circle-declined").count() == 1
    assert [one.state for one in circling.circles.ties(soldier.pk, clock.today())] == ["none"]


def test_strangers_and_neighbours_stand_in_no_circle(home, enter):
    other = home.persons["neighbour"]
    far = enter("soldier")
    assert "石西" not in text(far.get("/circle/"))
    for address in (f"/circle/{other.pk}/", f"/circle/{other.pk}/ask/"):
        assert far.get(address).status_code == 404
    for what in ("agree", "leave", "show", "unit", "paper", "thank"):
        assert far.post(f"/circle/{other.pk}/{what}/", {"shown": "yes", "case": "1", "words": "x"}).status_code == 404


def test_names_of_relatives_who_have_not_spoken_are_masked(home, enter):
    page = text(enter("soldier").get("/circle/"))
    assert "安梅" not in page
    assert "爱人" in page


@pytest.fixture
def liaison(home):
    def sign_in(name):
        client = Client()
        client.force_login(Account.objects.get(pk=home.accounts[name]))
        client.cookies["django_language"] = "zh-hans"
        session = client.session
        session["account_authentication_methods"] = [{"method": "mfa"}]
        session.save()
        return client

    made = access.open_accounts(
        accounts=[(Account(username="officer", name="officer", office_id=home.offices["liaison"]), "")],
        by=SYSTEM,
        at=AT,
    )
    access.give_roles(grants=[Grant(account=made[0], role="political-officer", area=CITY)], by=SYSTEM, at=AT)
    home.accounts["officer"] = made[0].pk
    return sign_in


def test_the_liaison_hands_over_a_page_of_what_was_shown_and_takes_the_signed_answer(home, enter, liaison):
    case = matter(home)
    wife, soldier = home.persons["wife"], home.persons["soldier"]
    at_home, desk = enter("wife"), liaison("liaison")
    assert "于川" not in text(desk.get("/console/circle/"))
    at_home.post(f"/circle/{soldier.pk}/agree/", {"shown": "yes"})
    at_home.post(f"/circle/{soldier.pk}/paper/", {"shown": "yes"})
    sheet = CircleSheet.objects.get()
    assert "于川" in text(desk.get("/console/circle/"))
    assert desk.get(f"/console/circle/{soldier.pk}/page.pdf").content.startswith(b"%PDF")  # an invitation to sign
    assert circling.on_page(soldier.pk, [wife.pk], at=clock.now()) == {}
    desk.post(f"/console/circle/sheet/{sheet.pk}/answer/", {"agreed": "yes", "paper": ""})
    assert circling.circles.standing(soldier.pk, clock.today()) == []  # without the paper there is no word
    desk.post(f"/console/circle/sheet/{sheet.pk}/answer/", {"agreed": "yes", "paper": "连心页 签名"})
    assert circling.circles.standing(soldier.pk, clock.today()) == [wife.pk]
    assert [one.row.id for one in circling.on_page(soldier.pk, [wife.pk], at=clock.now())[wife.pk]] == [case.pk]
    assert desk.get(f"/console/circle/{soldier.pk}/page.pdf").status_code == 200
    desk.post(f"/console/circle/{soldier.pk}/handed/")
    sheet.refresh_from_db()
    assert sheet.handed_at is not None
    assert Entry.objects.filter(action="circle.print", person=soldier.pk).count() == 2
    at_home.post(f"/circle/{soldier.pk}/paper/", {"shown": "no"})
    assert "于川" not in text(desk.get("/console/circle/"))
    assert desk.get(f"/console/circle/{soldier.pk}/page.pdf").status_code == 404


def test_the_unit_sees_what_the_family_shows_and_no_number_that_names_somebody(home, enter, liaison, settings):
    case = matter(home)
    connect(home)
    soldier, officer = home.persons["soldier"], liaison("officer")
    at_home = enter("wife")
    page = text(officer.get("/console/circle/unit/"))
    assert "安梅" not in page
    assert "维修" not in page
    at_home.post(f"/circle/{soldier.pk}/unit/", {"shown": "yes"})  # may count
    at_home.post(f"/circle/{soldier.pk}/unit/", {"case": case.pk, "shown": "yes"})
    page = text(officer.get("/console/circle/unit/"))
    assert "安梅" in page
    assert "维修" in page
    assert "太少" in page  # one family is no number
    settings.SMALL_CELL = 1
    counts = circling.unit_counts(home.officer.scope, at=clock.now())
    assert (counts.families, counts.running + counts.late) == (1, 1)
    at_home.post(f"/circle/{soldier.pk}/unit/", {"case": case.pk, "shown": "no"})
    assert "安梅" not in text(officer.get("/console/circle/unit/"))
    assert officer.get("/console/circle/").status_code == 404
    assert liaison("liaison").get("/console/circle/unit/").status_code == 404


def test_the_unit_is_shown_nothing_after_the_tie_has_ended(home, liaison):
    case = matter(home)
    connect(home)
    soldier = home.persons["soldier"].pk
    circle.share_with_unit(relative=soldier, case=case.pk, shown=True, by=home.wife, at=clock.now())
    circle.share_with_unit(relative=soldier, case=None, shown=True, by=home.wife, at=clock.now())
    assert len(circling.unit_sees(home.officer.scope, at=clock.now())) == 1
    circle.leave(relative=soldier, by=home.wife, at=clock.now())
    assert circling.unit_sees(home.officer.scope, at=clock.now()) == []
