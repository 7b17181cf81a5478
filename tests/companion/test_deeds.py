"""What a household does here: ask, say yes, hand in, thank, object, have a refusal looked at again."""

import datetime as dt
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from lianxin.casework import actions, queries
from lianxin.casework.models import Case, Dispatch, Gap, Objection, Paper, Publicity, Rating
from lianxin.catalogue import actions as catalogue
from lianxin.engine import clock
from lianxin.people import models as people
from tests.factories.casework import SYSTEM, write


def photo(name="a.jpg"):
    drawn = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(drawn, "JPEG")
    return SimpleUploadedFile(name, drawn.getvalue(), "image/jpeg")


def now():
    return clock.now()


def text(answer):
    return answer.content.decode()


def lock(client, case):
    return re.search(r'name="expected" value="(\d+)"', text(client.get(f"/cases/{case.pk}/"))).group(1)


def test_what_is_longer_than_fits_is_refused_whole_and_stays_as_typed(town, wife):
    long = "我" * 990 + "𠮷😀" * 10
    answer = wife.post("/ask/household-help/errand/", {"words": long})
    assert answer.status_code == 422 and "1010" in text(answer) and long in text(answer)
    assert not Case.objects.exists()
    fits = "我" * 500 + "\r\n" + "𠮷" * 499
    wife.post("/ask/household-help/errand/", {"words": fits})
    case = Case.objects.get()
    assert case.words == fits.replace("\r\n", "\n")
    for url, more in ((f"/cases/{case.pk}/received/", {"well": "no"}), (f"/cases/{case.pk}/rate/", {"score": "5"})):
        answer = wife.post(url, {**more, "words": "谢" * 401})
        assert answer.status_code == 422 and "401" in text(answer) and "谢" * 401 in text(answer)
    # nobody has said that it is done: a stale page's thanks are not taken, and not lost either
    answer = wife.post(
        f"/cases/{case.pk}/received/", {"well": "yes", "words": "谢谢大家", "expected": lock(wife, case)}
    )
    assert answer.status_code == 422 and "谢谢大家" in text(answer)


@pytest.fixture
def proposal(town):
    """The wife's allowance, found by matching and waiting for her word."""
    wife = town.persons["wife"]
    write(people.Attested(person=wife, code="unit_stationed_here", holds=True, recorded_at=clock.now()))
    catalogue.match(as_of=clock.today(), by=SYSTEM, at=now(), services=["accomp-subsidy"])
    return Case.objects.get(person=wife, service="accomp-subsidy")


def test_an_ask_arrives_once_with_its_number(town, wife):
    sent = {"words": "厨房水管爆了", "form-place": "厨房", "form-when": "下午"}
    first = wife.post("/ask/household-help/repair/", {**sent, "photo": photo()})
    second = wife.post("/ask/household-help/repair/", sent)
    case = Case.objects.get(words="厨房水管爆了")
    assert first.url == second.url == f"/cases/{case.pk}/?sent=ask-household-help-repair"
    assert (case.channel, case.kind, case.form) == ("app", "repair", {"place": "厨房", "when": "下午"})
    page = text(wife.get(first.url))
    assert case.number in page
    assert 'data-sent="ask-household-help-repair"' in page
    assert "还没办好" not in page and "后来发现没办好" not in page  # nobody has been there yet
    assert Paper.objects.get(case=case).code == "photo"


def test_a_form_that_was_seen_opens_without_a_line(town, wife):
    assert 'data-keep="1"' in text(wife.get("/ask/household-help/repair/"))
    assert 'data-keep="0"' in text(wife.post("/ask/household-help/repair/", {}))


def test_an_ask_without_words_says_so_and_keeps_the_rest(town, wife):
    answer = wife.post("/ask/household-help/repair/", {"words": "", "form-place": "厨房"})
    assert answer.status_code == 422
    assert 'value="厨房"' in text(answer)
    assert "内容都还在" in text(answer)
    assert not Case.objects.exists()


def test_a_photo_that_cannot_be_read_costs_only_itself(town, wife):
    bad = SimpleUploadedFile("x.jpg", b"MZ not a picture", "image/jpeg")
    answer = wife.post("/ask/household-help/repair/", {"words": "灯坏了", "photo": bad}, follow=True)
    assert Case.objects.filter(words="灯坏了").count() == 1
    assert "照片没收到" in text(answer)


def test_what_the_form_does_not_declare_is_not_taken(town, wife):
    wife.post("/ask/household-help/repair/", {"words": "灯坏了", "form-state": "delivered", "state": "delivered"})
    case = Case.objects.get(words="灯坏了")
    assert (case.form, case.state) == ({}, "open")


def test_the_pipe_is_followed_to_thanks(town, wife):
    wife.post("/ask/household-help/repair/", {"words": "水管爆了"})
    case = Case.objects.get(words="水管爆了")
    offer = actions.dispatch(case=case.pk, office=town.offices["shop"], by=town.worker, at=now())
    assert "已请维修铺来办" in text(wife.get(f"/cases/{case.pk}/"))
    actions.answer_dispatch(dispatch=offer.pk, accept=True, by=town.shop, at=now())
    assert "维修铺已接下" in text(wife.get(f"/cases/{case.pk}/"))
    actions.done_dispatch(dispatch=offer.pk, words="换了角阀", by=town.shop, at=now())
    page = text(wife.get(f"/cases/{case.pk}/"))
    assert "换了角阀" in page
    assert "往前走了一步" not in page, "the machine's own step is no news beside what was done"
    sent = {"expected": lock(wife, case), "well": "yes", "score": "5", "words": "多谢"}
    for _ in range(2):  # a second click is harmless
        assert wife.post(f"/cases/{case.pk}/received/", sent).status_code == 302
    assert Case.objects.get(pk=case.pk).state == "delivered"
    assert list(Rating.objects.filter(case=case).values_list("score", "words")) == [(5, "多谢")]
    assert "您的评价" in text(wife.get(f"/cases/{case.pk}/"))


def test_not_yet_takes_it_up_again(town, wife):
    wife.post("/ask/household-help/repair/", {"words": "灯坏了"})
    case = Case.objects.get(words="灯坏了")
    offer = actions.dispatch(case=case.pk, office=town.offices["shop"], by=town.worker, at=now())
    actions.answer_dispatch(dispatch=offer.pk, accept=True, by=town.shop, at=now())
    actions.done_dispatch(dispatch=offer.pk, words="好了", by=town.shop, at=now())
    silent = wife.post(f"/cases/{case.pk}/received/", {"well": "no", "words": ""})
    assert silent.status_code == 422
    wife.post(f"/cases/{case.pk}/received/", {"well": "no", "words": "还是不亮", "expected": lock(wife, case)})
    assert Case.objects.get(pk=case.pk).step_name == "dispatch"


def test_what_is_theirs_is_shown_with_reasons_and_one_word_starts_it(town, wife, proposal):
    home = text(wife.get("/"))
    assert "未就业随军家属专项补助" in home
    assert "900.00" in home
    why = text(wife.get("/entitled/accomp-subsidy/"))
    assert "经批准的随军家属" in why
    assert "《军人抚恤优待条例》第46条" in why
    assert f"/cases/{proposal.pk}/yes/" in why
    empty = wife.post(f"/cases/{proposal.pk}/yes/", {"expected": "0"}, follow=True)
    assert "请填一下" in text(empty)
    assert Case.objects.get(pk=proposal.pk).state == "proposed"
    answer = wife.post(f"/cases/{proposal.pk}/yes/", {"expected": "0", "form-since": "2026-01-05"})
    assert answer.url == f"/cases/{proposal.pk}/?sent=yes-{proposal.pk}"
    case = Case.objects.get(pk=proposal.pk)
    assert (case.state, case.form) == ("open", {"since": "2026-01-05"})
    assert proposal.number in text(wife.get(answer.url))
    again = wife.post(f"/cases/{proposal.pk}/yes/", {"expected": "0", "form-since": "2026-01-05"})
    assert again.status_code in {302, 422}
    assert Case.objects.filter(service="accomp-subsidy").count() == 1


def test_no_thank_you_is_taken_with_a_word(town, wife, proposal):
    wife.post(f"/cases/{proposal.pk}/no/", {"expected": "0", "words": "先不用"})
    assert Case.objects.get(pk=proposal.pk).state == "withdrawn"


def test_a_missing_fact_is_not_yet_found_and_never_a_cross(town, wife):
    catalogue.match(as_of=clock.today(), by=SYSTEM, at=now(), services=["accomp-subsidy"])
    why = text(wife.get("/entitled/accomp-subsidy/"))
    assert "还没找到" in why
    assert "✗" not in why
    assert "×" not in why


def test_a_suspension_is_only_spoken_of_at_the_window(town, wife, proposal):
    write(people.Suspension(person=town.persons["wife"], state="suspended", recorded_at=clock.now()))
    why = text(wife.get("/entitled/accomp-subsidy/"))
    assert "请到窗口来一趟" in why
    assert "0000-2000001" in why
    assert "中止" not in why
    assert "取消" not in why


def test_nothing_is_said_of_what_rests_on_a_death(town, wife):
    """She could have rights as bereaved: nobody tells her so."""
    page = text(wife.get("/door/home/")) + text(wife.get("/entitled/"))
    assert "遗属" not in page


def test_one_list_of_what_is_missing_is_met_with_one_photo_each(town, wife, proposal):
    wife.post(f"/cases/{proposal.pk}/yes/", {"expected": "0", "form-since": "2026-01-05"})
    actions.advance(cases=proposal.pk, by=town.liaison, at=now())
    actions.ask_missing(case=proposal.pk, by=town.clerk, at=now())
    page = text(wife.get(f"/cases/{proposal.pk}/"))
    codes = list(Gap.objects.filter(case=proposal).values_list("code", flat=True))
    assert "unemployment-certificate" in codes
    assert "就业创业证（失业登记页）" in page
    files = {f"paper-{code}": photo() for code in codes}
    wife.post(f"/cases/{proposal.pk}/more/", {"expected": lock(wife, proposal), **files})
    assert Case.objects.get(pk=proposal.pk).state == "open"
    assert "就业创业证（失业登记页）" in text(wife.get("/papers/"))
    paper = Paper.objects.filter(code="unemployment-certificate").get()
    shown = wife.get(f"/papers/{paper.pk}/")
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert shown.headers["Cache-Control"] == "private, no-store"


def test_nothing_chosen_is_said_kindly(town, wife, proposal):
    wife.post(f"/cases/{proposal.pk}/yes/", {"expected": "0", "form-since": "2026-01-05"})
    actions.advance(cases=proposal.pk, by=town.liaison, at=now())
    actions.ask_missing(case=proposal.pk, by=town.clerk, at=now())
    answer = wife.post(f"/cases/{proposal.pk}/more/", {"expected": lock(wife, proposal)})
    assert answer.status_code == 422
    assert 'role="alert"' in text(answer)


def test_a_refusal_says_why_under_which_clause_by_whom_and_how_to_go_on(town, wife, proposal):
    wife.post(f"/cases/{proposal.pk}/yes/", {"expected": "0", "form-since": "2026-01-05"})
    actions.advance(cases=proposal.pk, by=town.liaison, at=now())
    actions.refuse(cases=proposal.pk, reason="other", words="档案里的失业登记已经注销", by=town.clerk, at=now())
    page = text(wife.get(f"/cases/{proposal.pk}/"))
    assert "档案里的失业登记已经注销" in page
    assert "《兵役法》第51条" in page
    assert "419901001站" in page
    assert "请求重新看一看" in page
    wife.post(f"/cases/{proposal.pk}/again/", {"expected": lock(wife, proposal), "words": "上周刚登记"})
    assert Case.objects.get(pk=proposal.pk).state == "open"


def test_withdrawing_takes_two_words(town, wife):
    wife.post("/ask/household-help/errand/", {"words": "取包裹"})
    case = Case.objects.get(words="取包裹")
    assert wife.post(f"/cases/{case.pk}/withdraw/", {"words": "不用了"}).status_code == 422
    assert Case.objects.get(pk=case.pk).state == "open"
    wife.post(f"/cases/{case.pk}/withdraw/", {"words": "不用了", "sure": "yes"})
    assert Case.objects.get(pk=case.pk).state == "withdrawn"


def test_a_stale_page_says_what_happened_meanwhile(town, wife):
    wife.post("/ask/household-help/errand/", {"words": "取包裹"})
    case = Case.objects.get(words="取包裹")
    held = lock(wife, case)
    actions.dispatch(case=case.pk, office=town.offices["shop"], by=town.worker, at=now())
    answer = wife.post(f"/cases/{case.pk}/withdraw/", {"sure": "yes", "expected": held})
    assert answer.status_code == 422
    assert Case.objects.get(pk=case.pk).state == "open"
    assert Dispatch.objects.filter(case=case, answer="offered").exists()


def test_rights_are_asked_for_and_kept_from_the_phone(town, wife):
    write(
        people.Kin(
            person=town.persons["soldier"], relative=town.persons["wife"], kind="spouse", recorded_at=clock.now()
        )
    )
    answer = wife.post("/apply/rights-case/", {"kind": "marriage-family", "form-wish": "想调解"})
    assert answer.status_code == 302, text(answer)[-3000:]
    case = Case.objects.get(service="rights-case")
    assert case.sealed
    assert 'data-keep="0"' in text(wife.get(f"/cases/{case.pk}/"))
    assert 'data-keep="0"' in text(wife.get("/cases/"))
    assert 'data-keep="1"' in text(wife.get("/household/"))


def test_messages_are_read_by_opening_them(town, wife, proposal):
    assert "消息1条" in text(wife.get("/"))
    page = text(wife.get("/messages/"))
    assert "/entitled/accomp-subsidy/" in page
    assert "消息1条" not in text(wife.get("/"))


def test_a_new_account_rests_and_is_looked_at(town, wife, settings):
    days = settings.COOLING_OFF_DAYS
    assert f"{days}天" in text(wife.get("/money/account/"))
    wrong = wife.post("/money/account/", {"bank": "澄川银行", "number": "123", "again": "123"})
    assert wrong.status_code == 422
    differ = wife.post(
        "/money/account/", {"bank": "澄川银行", "number": "6200000000000001", "again": "6200000000000002"}
    )
    assert differ.status_code == 422
    sent = {"bank": "澄川银行", "number": "6200 0000 0000 0001", "again": "6200000000000001"}
    page = text(wife.post("/money/account/", sent, follow=True))
    assert "**** 0001" in page
    assert "6200000000000001" not in page
    assert not people.BankAccount.objects.get().verified


def test_the_file_is_put_right_through_the_desk(town, wife):
    answer = wife.post("/household/correct/", {"words": "地址写错了"}, follow=True)
    assert "地址写错了" in text(answer)
    assert Case.objects.get().office_id == town.offices["station.419901001001"]


def test_an_objection_reaches_the_desk_and_the_name_stays_masked(town):
    old = town.persons["old_man"]
    case = town.open("living-subsidy-rural60", old, at=now())
    actions.accept(cases=case.pk, by=town.clerk, at=now())
    actions.advance(cases=case.pk, by=town.reviewer, at=now())
    actions.publicise(cases=case.pk, by=town.clerk, at=now())
    notice = Publicity.objects.get()
    stranger = Client()
    page = text(stranger.get("/publicity/"))
    assert "戴*河" in page
    assert "戴山河" not in page
    assert text(stranger.get("/publicity/?area=419902")).count("戴*河") == 0
    short = stranger.post(f"/publicity/{notice.pk}/", {"words": "假"})
    assert short.status_code == 422
    sent = stranger.post(f"/publicity/{notice.pk}/", {"words": "他没有当过兵", "contact": "13800001234"}, follow=True)
    assert "异议已收到" in text(sent)
    objection = Objection.objects.get()
    assert objection.words == "他没有当过兵"
    assert b"13800001234" not in bytes(objection.contact_sealed)
    assert stranger.get("/publicity/999/").status_code == 404


def test_who_looked_is_shown_with_the_reason(town, wife):
    from lianxin.people import filing

    filing.reveal(person=town.persons["wife"].pk, field="phone", reason="核对电话", by=town.clerk, at=now())
    page = text(wife.get("/household/trail/"))
    assert "核对电话" in page
    assert "看了完整号码" in page


KEY = "6990683b-c951-4408-bb8e-80829975428f"


def test_what_waited_on_a_phone_arrives_once_however_late_it_comes_again(town, wife):
    sent = {"words": "帮忙取药", "sent_key": KEY}
    first = wife.post("/ask/household-help/errand/", sent)
    case = Case.objects.get()
    Case.objects.update(opened_at=now() - dt.timedelta(days=3))  # the answer was lost; the phone tries again days later
    again = wife.post("/ask/household-help/errand/", sent)
    assert first.url == again.url
    assert Case.objects.get().pk == case.pk
    assert queries.case(SYSTEM, case.pk, at=now()).reference == ""  # the phone's key is shown to nobody
    other = wife.post("/ask/household-help/errand/", {**sent, "sent_key": KEY.replace("6", "7", 1)})
    assert other.url != first.url  # the same words on another day are another ask
    assert Case.objects.count() == 2


def test_a_key_opens_nothing_of_another_household(town, wife, enter):
    town.open("household-help", town.persons["neighbour"], family=town.persons["neighbour"].family_id, kind="errand",
              channel="app", words="隔壁的事", reference=KEY)  # fmt: skip
    answer = wife.post("/ask/household-help/errand/", {"words": "帮忙取药", "sent_key": KEY})
    assert Case.objects.filter(words="帮忙取药").count() == 1
    assert answer.url.startswith(f"/cases/{Case.objects.get(words='帮忙取药').pk}/")


def test_what_was_written_in_another_account_is_not_sent_in_this_one(town, wife):
    answer = wife.post("/ask/household-help/errand/", {"words": "别人的话", "sent_key": KEY, "sent_by": "0123456789ab"})
    assert answer.status_code == 409
    assert "另一个账号" in text(answer)
    assert Case.objects.count() == 0
    mark = re.search(r'name="sent_by" value="(\w+)"', text(wife.get("/ask/household-help/errand/"))).group(1)
    assert wife.post("/ask/household-help/errand/", {"words": "我的话", "sent_by": mark}).status_code == 302


def test_a_sealed_ask_leaves_nothing_on_the_phone(town, wife):
    answer = wife.get("/ask/psych-support/talk/")
    assert answer.status_code == 200
    page = text(answer)
    assert 'data-keep="0"' in page
    assert "data-draft" not in page
    assert "sent_key" not in page


def test_the_first_answer_brings_its_styles_and_the_next_only_names_them(town, wife):
    first = text(wife.get("/"))
    assert "<style" in first
    version = re.search(r'data-shell="(\w+)"', first).group(1)
    assert '<link rel="stylesheet"' not in first.split("<noscript>")[0]
    wife.cookies["shell"] = version
    second = text(wife.get("/"))
    assert "<style" not in second
    assert second.count('<link rel="stylesheet"') == 4
    wife.cookies["shell"] = "older"
    assert "<style" in text(wife.get("/"))


def test_public_pages_do_not_take_a_signed_in_household_for_strangers(town, wife):
    assert " data-stranger" not in text(wife.get("/accessibility/"))
    assert " data-stranger" in text(Client().get("/accessibility/"))


def test_texts_travel_compressed_and_files_keep_their_address(db):
    answer = Client().get("/", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    plain = text(Client().get("/"))
    assert re.search(r"/static/ui/ui\.css\?v=[0-9a-f]{10}", plain)


def test_my_card_says_what_it_knows_and_what_not(town, wife):
    page = text(wife.get("/card/"))
    assert "随军家属" in page
    assert "能不能领、依据哪一条" in page


def test_ratings_ask_for_a_word_and_show_the_words_given(town, wife):
    case = town.open("household-help", town.persons["wife"], family=town.persons["wife"].family_id, kind="errand",
                     channel="app", words="取药")  # fmt: skip
    Case.objects.filter(pk=case.pk).update(state="delivered", closed_at=now())
    assert f"/cases/{case.pk}/" in text(wife.get("/ratings/"))
    Rating.objects.create(case=case, score=5, words="谢谢", at=now(), entry_id=1)
    page = text(wife.get("/ratings/"))
    assert "谢谢" in page
    assert "非常满意" in page or "很好" in page
