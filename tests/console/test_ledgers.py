"""Ledgers on their pages: look, load exactly that, take back; headers mapped once; files for other systems for one owner."""

import datetime as dt
import io
import json

import openpyxl
import pytest
from django.conf import settings as django_settings

from lianxin.access import actions as access
from lianxin.access.models import Grant
from lianxin.catalogue import actions as catalogue
from lianxin.console import feeding, imports
from lianxin.engine import clock
from lianxin.journal.models import Entry
from lianxin.people import exporting
from lianxin.people.models import Export, Import, Particulars, Person, Template
from tests.house.test_deny_by_default import signed_in
from tests.people.ledgers import AT, FAMILY, FATHER, OPERATOR, areas, as_csv, load, number

START, HISTORY, RUN, KEPT, FEED = (
    f"/console/{one}" for one in ("import/", "import/history/", "import/run/", "import/templates/", "exchange/")
)
OLD = {"姓名": "赵大", "身份证号": number(dt.date(1950, 1, 1), 77), "居住地": "419901001001", "户籍地": "419901001001",
       "服役类别": "义务兵", "入伍时间": "1969-12-01", "退役时间": "1975-03-01", "安置方式": "自主就业", "入伍时农村户籍": "是"}  # fmt: skip
DEATHS = [{"姓名": "赵大", "身份证号": OLD["身份证号"], "死亡日期": "2026-05-01"}]


@pytest.fixture
def city(db, settings, tmp_path):
    settings.DEMO = True
    settings.HOME = tmp_path
    areas()
    for role, area in (
        ("worker", "419901001001"),
        ("clerk", "419901001"),
        ("reviewer", "419901"),
        ("approver", "4199"),
    ):
        access.seat(username=role, name=role, role=role, area=area, by=OPERATOR, at=AT)
    access.seat(username="away", name="away", role="reviewer", area="419902", by=OPERATOR, at=AT)
    catalogue.publish(path=django_settings.CATALOGUE, by=OPERATOR, at=AT, approved_by="two people")
    load(as_csv(tmp_path / "people.csv", [*FAMILY, OLD]))
    return tmp_path


def client(name):
    return signed_in(Grant.objects.get(account__username=name).account)


def upload(client, rows, kind="auto", name="台账.csv"):
    text = "\n".join([",".join(rows[0]), *(",".join(str(cell) for cell in row.values()) for row in rows)])
    data = io.BytesIO(text.encode())
    data.name = name
    answer = client.post(START, {"ledger": data, "kind": kind})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return answer["Location"]


def body(client, url):
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def test_a_ledger_of_deaths_is_recognised_weighed_loaded_and_taken_back(city):
    clerk = client("clerk")
    token = upload(clerk, DEATHS)
    seen = body(clerk, token)
    assert "死亡" in seen
    assert "赵*" in seen
    assert OLD["身份证号"] not in seen
    assert 'href="/console/people/' in seen, "whoever would lose can be opened"
    assert Particulars.objects.filter(died_on__isnull=False).count() == 0
    assert clerk.post(token + "load/").status_code == 302
    assert Person.objects.get(name="赵大").died_on == dt.date(2026, 5, 1)
    clerk.post(token + "load/")  # a second click
    made = Import.objects.get(ledger="deaths")
    assert made.file_name in body(clerk, HISTORY + "?ledger=deaths&state=done")
    assert made.file_name not in body(clerk, HISTORY + "?ledger=moves")
    assert made.file_name in body(clerk, f"{RUN}{made.pk}/")
    assert clerk.post("/console/import/undo/", {"run": made.run}).status_code == 302
    assert Person.objects.get(name="赵大").died_on is None
    assert not list((city / "imports").glob("*/*.csv")), "an uploaded file does not stay"


def test_nobody_else_sees_an_upload_or_takes_an_import_back(city):
    token = upload(client("clerk"), DEATHS)
    client("clerk").post(token + "load/")
    made = Import.objects.get(ledger="deaths")
    away = client("away")
    for url in (token, token + "headers/", f"{RUN}{made.pk}/"):
        assert away.get(url).status_code == 404, url
    assert away.post("/console/import/undo/", {"run": made.run}).status_code == 404
    assert made.file_name not in body(away, HISTORY)
    assert client("worker").get(START).status_code in {403, 404}


def test_an_upload_that_nobody_came_back_to_goes(city, monkeypatch):
    token = upload(client("clerk"), DEATHS).split("/")[-2]
    assert (city / "imports" / token).is_dir()
    later = clock.now() + dt.timedelta(days=8)
    monkeypatch.setattr(imports.clock, "now", lambda: later)
    imports.sweep()
    assert not list((city / "imports").iterdir())


def test_what_changed_meanwhile_is_not_loaded(city):
    clerk = client("clerk")
    token = upload(clerk, DEATHS)
    load(as_csv(city / "x.csv", [{**OLD, "联系电话": "13900000000"}]), at=AT + dt.timedelta(days=1))
    clerk.post(token + "load/")
    assert Person.objects.get(name="赵大").died_on is None
    assert 'name="again"' in body(clerk, token)
    clerk.post(token + "load/", {"again": "yes"})
    clerk.post(token + "load/")
    assert Person.objects.get(name="赵大").died_on == dt.date(2026, 5, 1)


STRANGE = [{"对象": "赵大", "证号": OLD["身份证号"], "走的那天": "2026-05-01", "经办心得": "无"}]


def test_headers_are_mapped_once_and_remembered(city):
    clerk = client("clerk")
    token = upload(clerk, STRANGE)
    assert 'name="again"' in body(clerk, token)
    page = body(clerk, token + "headers/")
    assert all(header in page for header in STRANGE[0])
    assert OLD["身份证号"] not in page
    chosen = {"what": "keep", "ledger": "deaths", "name": "河东镇死亡表", "column-0": "name", "column-1": "id_number"}
    twice = clerk.post(token + "headers/", {**chosen, "column-2": "id_number"})
    assert twice.status_code == 422
    assert clerk.post(token + "headers/", {**chosen, "column-2": "died_on"})["Location"] == token
    assert "经办心得" not in body(clerk, token)
    again = upload(clerk, STRANGE)  # silently
    assert json.loads((city / "imports" / f"{again.split('/')[-2]}.json").read_text())["look"]["ledger"] == "deaths"
    clerk.post(again + "load/")
    assert Person.objects.get(name="赵大").died_on == dt.date(2026, 5, 1)


def test_templates_are_an_offices_own(city):
    clerk = client("clerk")
    token = upload(clerk, STRANGE)
    clerk.post(token + "headers/", {"what": "keep", "ledger": "deaths", "name": "表", "column-0": "name",
                                    "column-1": "id_number", "column-2": "died_on"})  # fmt: skip
    kept = Template.objects.get()
    assert "走的那天" in body(clerk, KEPT)
    assert client("away").get(f"{KEPT}?template={kept.pk}").status_code == 404
    assert client("away").post(KEPT, {"template": kept.pk, "what": "forget"}).status_code == 404
    given = {"template": kept.pk, "what": "change", "name": "新名", "column-0": "name", "column-1": "file_number"}
    clerk.post(KEPT, given)
    kept.refresh_from_db()
    assert (kept.name, kept.mapping["证号"], kept.mapping["走的那天"]) == ("新名", "file_number", "")
    clerk.post(KEPT, {"template": kept.pk, "what": "forget"})
    assert not Template.objects.exists()


def test_every_empty_ledger_can_be_fetched(city):
    clerk = client("clerk")
    page = body(clerk, START)
    codes = {part.split("/")[0] for part in page.split("/import/blank/")[1:]}
    assert {"deaths", "people", "x-national-registry"} <= codes
    for code in codes:
        data = b"".join(clerk.get(f"/console/import/blank/{code}/"))
        assert len(openpyxl.load_workbook(io.BytesIO(data)).worksheets) == 2, code
    assert clerk.get("/console/import/blank/nonsense/").status_code == 404


def test_files_for_other_systems_open_for_their_owner_only(city):
    reviewer = client("reviewer")
    order = {"exchange": "national-registry", "which": "all", "reason": "全国系统季度更新"}
    assert reviewer.post(FEED, {**order, "reason": ""}).status_code == 422
    assert reviewer.post(FEED, order).status_code == 302
    made = Export.objects.get()
    assert (made.state, made.area, made.rows) == ("ready", "419901", 2)
    data = b"".join(reviewer.get(f"{FEED}file/{made.pk}/"))
    said = [cell for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True) for cell in row]
    assert FATHER in said
    assert FATHER not in body(reviewer, FEED)
    assert Entry.objects.get(action="people.exchange").purpose == "全国系统季度更新"
    for other in ("approver", "away"):
        assert client(other).get(f"{FEED}file/{made.pk}/").status_code == 404
    assert client("worker").get(FEED).status_code in {403, 404}
    exporting.expire(at=clock.now() + dt.timedelta(days=3))
    body(reviewer, FEED)
    assert reviewer.get(f"{FEED}file/{made.pk}/").status_code == 404


def test_a_large_file_is_written_in_the_background(city, monkeypatch):
    queued = []
    monkeypatch.setattr(feeding, "AT_ONCE", 1)
    monkeypatch.setattr(feeding.background, "start", lambda function, group, *args: queued.append((function, args)))
    reviewer = client("reviewer")
    reviewer.post(FEED, {"exchange": "bank-payroll", "which": "all", "reason": "社保代发核对"})
    (job,) = queued
    assert "hx-trigger" in body(reviewer, FEED)
    feeding.run(*job[1])
    assert Export.objects.get().state == "ready"


def test_a_large_ledger_is_read_in_the_background(city, monkeypatch):
    queued = []
    monkeypatch.setattr(imports, "SMALL", 1)
    monkeypatch.setattr(imports.background, "start", lambda *args, **given: queued.append((args[2:], given)))
    clerk = client("clerk")
    token = upload(clerk, DEATHS)
    assert "hx-trigger" in body(clerk, token)
    imports.run(*queued[0][0], **queued[0][1])
    assert "赵*" in body(clerk, token)


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04broken", b"\x00\x01\x02" * 50, "姓名\n".encode(), b"<html><table>"]
)
def test_what_is_no_ledger_gets_a_sentence(city, content):
    data = io.BytesIO(content)
    data.name = "x.xlsx"
    answer = client("clerk").post(START, {"ledger": data, "kind": "deaths"})
    if answer.status_code == 302:
        assert 'role="alert"' in body(client("clerk"), answer["Location"])
    else:
        assert answer.status_code == 422  # an empty file
