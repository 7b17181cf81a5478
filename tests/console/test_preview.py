"""政策试算: numbers changed, drafts brought, who sees what of it."""

import dataclasses
import io
import re
import zipfile

import openpyxl
import pytest
from django.test import Client

from lianxin.access import actions as access
from lianxin.access.roles import ROLES
from lianxin.catalogue import actions as catalogue
from lianxin.catalogue import trials
from lianxin.catalogue.models import Run, Verdict, Version
from lianxin.engine import clock
from lianxin.engine.scope import Actor
from lianxin.journal.models import Entry
from tests.catalogue.town import AT, EAST, SYSTEM, WEST, broken_zip, build, declare

PAGE = "/console/trials/of/old-soldier/"
MANY = {EAST: [50, 57, 58, 59, *range(61, 79)], WEST: [40, 57, *range(58, 60), *range(70, 89)]}


@pytest.fixture
def town(db, settings, tmp_path):
    settings.DEMO, settings.HOME, settings.LANGUAGE_CODE = True, tmp_path / "home", "zh-hans"
    return build(tmp_path / "catalogue", MANY)


def sitting(role, area="4199"):
    account = access.seat(username=f"{role}-{area}", name=role, role=role, area=area, by=SYSTEM, at=AT)
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(account)
    session = client.session
    session["persona"] = True
    session.save()
    return client


def tried(client, **numbers):
    """A trial with changed numbers: the address of its page."""
    given = {"as": "numbers", "day": clock.today().isoformat(), "age_from.0": "60", "rate.0": "100.00", **numbers}
    answer = client.post(PAGE, given)
    assert answer.status_code == 302, re.findall(r'role="alert">[^<]*', answer.content.decode())
    return answer.url


def seen(client, address):
    return client.get(address).content.decode()


def test_changed_numbers_are_tried_and_people_open(town):
    client = sitting("approver")
    held = [model.objects.count() for model in (Version, Verdict, Run)]
    address = tried(client, **{"age_from.0": "58", "rate.0": "120.00"})
    assert [model.objects.count() for model in (Version, Verdict, Run)] == held
    result = trials.read(address.split("/")[-2], Actor(), AT)
    assert result is None  # nobody else's
    body = seen(client, address)
    assert "起领年龄: 60 → 58" in body
    assert "东城区" in body
    assert "每月标准 (元): 100.00 → 120.00" in body
    gains = seen(client, f"{address}people/?change=gain")
    assert gains.count("<tr data-row") == 4
    assert seen(client, f"{address}people/?change=gain&area=419902").count("<tr data-row") == 2
    assert not Entry.objects.filter(action__startswith="catalogue", at__gte=clock.midnight(clock.today())).exists()
    assert "<tr data-row" not in seen(client, f"{address}people/?change=lose")


def test_the_menu_leads_there_and_the_list_knows_no_sealed_service(town, tmp_path):
    catalogue.publish(
        path=declare(tmp_path, code="hidden-one", sealed=True), by=SYSTEM, at=AT, approved_by="two people"
    )
    client = sitting("approver")
    body = seen(client, "/console/trials/")
    assert "政策试算" in body
    assert "/console/trials/of/old-soldier/" in body
    assert "hidden-one" not in body
    assert client.get("/console/trials/of/hidden-one/").status_code == 404


def test_a_trial_opens_for_its_maker_alone_and_for_a_day(town, monkeypatch):
    client, other = sitting("approver"), sitting("approver", "419902")
    address = tried(client, **{"age_from.0": "58"})
    for where in ("", "people/", "file/"):
        assert client.get(address + where).status_code == 200
        assert other.get(address + where).status_code == 404
    assert client.get("/console/trials/00000000000000000000000000000000/").status_code == 404
    monkeypatch.setattr(trials, "KEPT", trials.KEPT * 0)
    assert client.get(address).status_code == 404


def test_a_county_sees_its_own_people_only(town):
    client = sitting("approver", "419902")
    address = tried(client, **{"age_from.0": "58"})
    assert ">2</p>" in seen(client, address)  # 58 and 59 of the east
    people = seen(client, f"{address}people/")
    assert "桃村" not in people
    assert "柳村" in people


def test_who_may_not_open_people_sees_no_small_cell_and_writes_no_conditions(town):
    leader = sitting("leader")
    address = tried(leader, **{"age_from.0": "58"})  # two more in each county
    body = seen(leader, address)
    assert "不显示" in body
    assert "不足 5 人" in body
    assert not re.search(r">[+]?4<", body)
    assert leader.get(f"{address}people/").status_code == 404
    assert leader.get("/console/trials/draft/").status_code == 404
    form = seen(leader, PAGE)
    assert "/console/services/" not in form  # a page that they may not open
    assert 'name="text"' not in form
    text = {"as": "text", "text": "code: x", "day": clock.today().isoformat()}
    assert leader.post(PAGE, text).status_code == 404
    rows = list(openpyxl.load_workbook(io.BytesIO(leader.get(f"{address}file/").content)).active.values)
    assert {row[4] for row in rows[1:]} == {None}


def test_a_leader_changes_numbers_and_sees_no_small_cell(town):
    leader = sitting("leader")
    address = tried(leader, **{"age_from.0": "58"})
    assert "不显示" in seen(leader, address)
    assert "/people/" not in seen(leader, address)
    assert leader.get(f"{address}people/").status_code == 404


def test_the_workbook_says_the_same_and_is_recorded(town):
    client = sitting("approver")
    address = tried(client, **{"age_from.0": "58"})
    answer = client.get(f"{address}file/")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)
    assert rows[1][2:5] == (37, 41, 4)
    entry = Entry.objects.filter(action="list.export").latest("pk")
    assert entry.detail["list"] == "trial"


def test_the_list_of_people_goes_out_through_the_one_list_page(town):
    client = sitting("approver")
    address = tried(client, **{"age_from.0": "58"})
    assert client.get(f"{address}people/?as=xlsx").status_code == 200
    assert Entry.objects.filter(action="list.export").latest("pk").detail["list"] == "trial-people"


@pytest.mark.parametrize(("numbers", "said"), [
    ({}, "一个数字都没有改"),
    ({"age_from.0": "六十"}, "这不是数字"),
    ({"rate.0": "1.234"}, "这不是数字"),
    ({"age_from.0": "1e99"}, "这不是数字"),
    ({"day": "yesterday"}, "日期"),
])  # fmt: skip
def test_what_is_no_number_is_said_in_place(town, numbers, said):
    given = {"as": "numbers", "day": clock.today().isoformat(), "age_from.0": "60", "rate.0": "100.00", **numbers}
    answer = sitting("approver").post(PAGE, given)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def packed(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, text in files.items():
            made.writestr(name.replace("__", "/"), text)
    return io.BytesIO(out.getvalue())


def sent(client, name, data, **more):
    data.name = name
    return client.post("/console/trials/draft/", {"file": data, "day": clock.today().isoformat(), **more})


def test_a_folder_a_file_and_a_text_are_the_same_draft(town, tmp_path):
    client = sitting("approver")
    text = (declare(tmp_path / "draft", age=58) / "service.yaml").read_text("utf-8")
    day = clock.today().isoformat()
    zipped = packed(**{"old-soldier__service.yaml": text, "old-soldier__examples.yaml": "[]"})
    answers = [
        sent(client, "draft.zip", zipped), sent(client, "service.yaml", io.BytesIO(text.encode())),
        client.post("/console/trials/draft/", {"text": text.replace("\n", "\r\n"), "day": day}),
        client.post(PAGE, {"as": "text", "text": text, "day": day}),
    ]  # fmt: skip
    for answer in answers:
        assert answer.status_code == 302
        assert "第 1 版相比" in seen(client, answer.url)
        assert seen(client, f"{answer.url}people/?change=gain").count("<tr data-row") == 4


@pytest.mark.parametrize(("name", "data", "said"), [
    ("a.zip", b"PK nonsense", "不是能打开的 zip"),
    *(("a.zip", broken_zip(how), "不是能打开的 zip") for how in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)),
    ("a.zip", packed(readme="x").getvalue(), "没有 service.yaml"),
    ("a.zip", packed(a__x="", **{"a__service.yaml": "x", "b__service.yaml": "y"}).getvalue(), "好几个事项"),
    ("a.zip", packed(**{"service.yaml": "#" * 300_000}).getvalue(), "文件太大"),
    ("a.docx", b"x", "zip、yaml"),
    ("a.yaml", b"\xff\xfe", "UTF-8"),
    ("a.yaml", b"code: x\nwho: [{test: agee > 3, say: {zh: a, en: b}}]\n", "最接近的是“age”"),
    ("a.yaml", b"[[[[", "service.yaml"),
])  # fmt: skip
def test_a_broken_draft_is_told_what_is_wrong(town, name, data, said):
    answer = sent(sitting("approver"), name, io.BytesIO(data))
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_sealed_draft_is_refused(town, tmp_path):
    text = (declare(tmp_path / "draft", sealed=True) / "service.yaml").read_text("utf-8")
    answer = sitting("approver").post("/console/trials/draft/", {"text": text, "day": clock.today().isoformat()})
    assert answer.status_code == 422
    assert "保密事项" in answer.content.decode()


def test_a_large_city_is_judged_in_the_background(town, monkeypatch):
    client, started = sitting("approver"), []
    monkeypatch.setattr(trials, "AT_ONCE", 0)
    monkeypatch.setattr("lianxin.console.background.start", lambda *given: started.append(given))
    address = tried(client, **{"age_from.0": "58"})
    assert 'hx-trigger="every 1s"' in seen(client, address)
    assert client.get(f"{address}file/").status_code == 404
    from lianxin.console import preview

    function, _group, token, account = started[0]
    assert function == "lianxin.console.preview.run"
    preview.run(token, account)
    preview.run(token, account)
    assert "东城区" in seen(client, address)


def test_only_those_who_shape_policy_try_it():
    assert {role for role, one in ROLES.items() if "catalogue.try" in one.may} == {"approver", "leader", "policy"}


def test_conditions_of_ones_own_are_tried_only_by_whoever_may_open_the_people(town, monkeypatch):
    """Any condition can ask of one person's file; a number alone cannot."""
    assert all("gap.view" in one.may for one in ROLES.values() if "catalogue.drafts" in one.may)
    client = sitting("policy")
    assert client.get("/console/trials/draft/").status_code == 200
    narrow = dataclasses.replace(ROLES["policy"], may=ROLES["policy"].may - {"gap.view"})
    monkeypatch.setitem(ROLES, "policy", narrow)
    assert client.get("/console/trials/draft/").status_code == 404
    given = {"as": "text", "text": "code: old-soldier", "day": clock.today().isoformat()}
    assert client.post(PAGE, given).status_code == 404
    assert client.get(PAGE).status_code == 200


def test_a_trial_ends_with_the_right_to_what_it_shows(town, monkeypatch):
    client = sitting("approver")
    address = tried(client, **{"age_from.0": "58"})
    assert client.get(address).status_code == 200
    narrow = dataclasses.replace(ROLES["approver"], may=ROLES["approver"].may - {"gap.view"})
    monkeypatch.setitem(ROLES, "approver", narrow)
    assert [client.get(f"{address}{one}").status_code for one in ("", "people/", "file/")] == [404] * 3


def test_what_is_paid_now_reads_the_same_whatever_the_draft(town):
    client = sitting("leader")
    cells = set()
    for rate in ("120.00", "300.00", "9000.00"):
        rows = re.findall(r"每月（元）.*?</tr>", seen(client, tried(client, **{"rate.0": rate})), re.DOTALL)
        assert len(rows) == 1
        cells.add(re.findall(r">([^<>]*\d[^<>]*)<", rows[0])[0])
        assert "没有显示" in rows[0] or "不显示" in rows[0]  # how far apart they are
    assert len(cells) == 1
