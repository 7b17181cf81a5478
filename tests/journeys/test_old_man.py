"""The old man's living subsidy: found without asking, on public notice, objected to, upheld by the facts, and due."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.city]


def test_the_old_mans_living_subsidy(be, city):
    name, person = city.personas["veteran"]["name"], city.personas["veteran"]["person"]
    case = city.later(
        "from lianxin.casework import queries\n"
        f"rows = queries.of_person(over('4199'), {person}, at=clock.now())\n"
        "print(next(row.id for row in rows if row.service == 'living-subsidy-rural60'))"
    )
    clerk, reviewer = be("clerk"), be("reviewer")
    clerk.does(case, "accept")
    reviewer.does(case, "advance")
    clerk.does(case, "publicise")

    stranger = be(None).go("/publicity/")
    masked = name[0] + "*" * max(len(name) - 2, 1) + (name[-1] if len(name) > 2 else "")
    while masked not in stranger.page.inner_text("main"):
        more = stranger.page.get_by_role("link", name="更多")
        assert more.count(), "the notice is not on view"
        more.click()
        stranger.page.wait_for_load_state("load")
    stranger.not_reads(name)
    notice = city.later(f"from lianxin.casework.models import Publicity\nprint(Publicity.objects.get(case={case}).pk)")
    stranger.go(f"/publicity/{notice}/")
    stranger.page.fill("#words", "我记得他没有当满五年兵")
    stranger.page.fill("#contact", "13800001234")
    with stranger.page.expect_navigation():
        stranger.press("提交")
    stranger.reads("您的异议已收到")

    clerk.go(f"/console/cases/{case}/").reads("我记得他没有当满五年兵")
    clerk.does(case, "answer-objection", upheld="no", finding="退役档案写明服役年限，与认定一致")
    closed = city.later(
        "from lianxin.casework import actions\n"
        "print(actions.close_due_publicity(by=SYSTEM, at=clock.now() + dt.timedelta(days=40)))"
    )
    assert int(closed) >= 1
    assert stranger.status(f"/publicity/{notice}/") == 404
    reviewer.does(case, "advance")
    be("approver").does(case, "deliver")
    due = city.later(f"from lianxin.payments.models import Line\nprint(Line.objects.get(case={case}).state)")
    assert due == "due"
    told = city.later(
        "from lianxin.notices.models import Notice\n"
        f"print(sorted(set(Notice.objects.filter(person={person}).values_list('channel', flat=True))))"
    )
    assert "app" not in told, "he has no account: he is called or visited"
