"""The commands that need no database: what they write, what they refuse, and with which exit code."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICE = ROOT / "catalogue" / "services" / "accomp-subsidy"
HEADER = "id,accompanying,employment,unemployment_registered,unit_stationed_here,received_count,suspension"


def lianxin(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "lianxin.ops.main", *map(str, arguments)], capture_output=True, text=True,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin", "LIANXIN_HOME": "/nonexistent/home"},
    )  # fmt: skip


def judge(folder, text, *, service=SERVICE, day="2023-06-01"):
    facts, out = folder / "facts.csv", folder / "out.csv"
    facts.write_bytes(text if isinstance(text, bytes) else text.encode())
    ran = lianxin("judge", "--service", service, "--facts", facts, "--as-of", day, "--out", out)
    rows = list(csv.reader(out.read_text().splitlines())) if out.exists() else None
    return ran, rows


def test_judge_writes_what_the_format_says(tmp_path):
    rows = [
        HEADER,
        "b,true,unemployed,,1,3,none",
        "a,是,unemployed,TRUE,1,3,none",
        "c,0,employed,否,0,36,suspended",
    ]
    ran, out = judge(tmp_path, "\ufeff" + "\n".join(rows))
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert out == [
        ["id", "verdict", "amount", "missing", "because"],
        ["b", "unknown", "", "unemployment_registered", ""],
        ["a", "entitled", "90000", "", ""],
        ["c", "not_entitled", "", "", "0 1 2 3 unless-0"],
    ]


def test_judge_outside_its_days_and_without_columns(tmp_path):
    assert judge(tmp_path, "id\n007\n", day="2019-12-31")[1][1] == ["007", "not_entitled", "", "", "effective"]
    assert judge(tmp_path, "id\n007\n")[1][1][1] == "unknown"


@pytest.mark.parametrize(("text", "said"), [
    ("", "no header"),
    ("accompanying\ntrue\n", "no column id"),
    ("id,acompanying\na,true\n", "accompanying"),
    ("id,accompanying\na,true\nb,maybe\n", "line 3, column accompanying"),
    ("id,received_count\na,3.5\n", "column received_count"),
    ("id,received_count\na,99999999999999999999\n", "column received_count"),
    ("id,employment\na,Employed\n", "column employment"),
    ("id,enlisted_on\na,2020-02-30\n", "column enlisted_on"),
    ("id,accompanying\na,true\na,true\n", "line 3, column id"),
    ("id,accompanying\n,true\n", "line 2, column id"),
    ("id,accompanying,accompanying\na,true,true\n", "stands twice"),
    ("id,accompanying\na,true,x\n", "line 2"),
    ("id,accompanying\na\n", "line 2"),
    ('id,employment\n"a\nb",employed\nc,x\n', "line 4, column employment"),
    (b"id,accompanying\n\xff\xfe,true\n", "UTF-8"),
    (bytes(range(256)) * 4000, "UTF-8"),
    ("id\n\x00\n", "not a text file"),
])  # fmt: skip
def test_judge_refuses_what_it_cannot_read_with_line_and_column(tmp_path, text, said):
    ran, out = judge(tmp_path, text)
    assert ran.returncode == 1
    assert out is None
    assert said in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert "Traceback" not in ran.stderr


SHARE = """
code: share
name: {zh: 分, en: share}
summary: {zh: 分, en: share}
pillar: net
subject: person
mode: apply
effective: {from: 2020-01-01, to: null}
basis: [{source: test, standing: illustrative}]
who:
  - {test: "received_count >= 0", say: {zh: 有, en: some}}
amount: 100 / received_count
repeat: once
per: person
route: [{step: deliver, as: record}]
"""


def test_an_error_of_the_service_is_counted_and_never_paid(tmp_path):
    folder = tmp_path / "services" / "share"
    folder.mkdir(parents=True)
    (folder / "service.yaml").write_text(SHARE)
    ran, out = judge(tmp_path, "id,received_count\na,3\nb,0\n", service=folder)
    assert ran.returncode == 3, ran.stderr
    assert out[1:] == [["a", "entitled", "33", "", ""], ["b", "entitled", "", "", ""]]
    assert "1 rows" in ran.stderr


def test_a_citys_own_fact_is_read_from_two_folders_up(tmp_path):
    folder = tmp_path / "services" / "share"
    folder.mkdir(parents=True)
    (folder / "service.yaml").write_text(
        SHARE.replace("received_count >= 0", "medic").replace("amount: 100 / received_count\n", "")
    )
    ran, _ = judge(tmp_path, "id,medic\na,true\n", service=folder)
    assert ran.returncode == 1
    assert "medic" in ran.stderr
    (tmp_path / "attributes.yaml").write_text("- {code: medic, type: bool, absent: false, name: {zh: 医, en: medic}}\n")
    ran, out = judge(tmp_path, "id,medic\na,true\nb,\n", service=folder)
    assert ran.returncode == 0, ran.stderr
    assert [row[1] for row in out[1:]] == ["entitled", "unknown"]


def test_check_accepts_the_shipped_catalogue():
    ran = lianxin("catalogue", "check")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "accomp-subsidy: 4 examples hold" in ran.stdout


@pytest.mark.parametrize(("old", "new", "said"), [
    ("test: accompanying", "test: acompanying", "accompanying"),
    ("test: accompanying", "test: age", "true/false"),
    ("mode: confirm", "mode: confrm", "confirm"),
    ("code: accomp-subsidy", "code: accomp", "accomp-subsidy"),
    ("pillar: net", "pillar: net\npillar: net", "pillar"),
    ("pillar: net", "pilar: net", "pillar"),
    ("amount: :monthly_rate", "amount: :monthly_rat", "monthly_rate"),
    ("amount: :monthly_rate", "amount: CAST(1 AS INT)", "CAST"),
    ("test: accompanying", "test: accompanying AND (SELECT 1)", "SELECT"),
    ("test: unit_stationed_here", "test: unit_stationed_here > 3", ""),
    ("2023-01-01: 90000", "2023-13-01: 90000", "2023-13-01"),
    ("{2020-01-01: 36}", "{2021-01-01: 36}", "cap_months"),
    ("amount: 60000", "amount: 60001", "60001"),
    ("because: [0, 1, 2, 3, unless-0]", "because: [0, 1, 2, 3]", "because"),
    ("day: 2022-12-31", "day: 2023-12-31", "monthly_rate"),
    ("received_count: 36", "received_count: 35", "3"),
])  # fmt: skip
def test_check_names_file_line_word_and_nearest(tmp_path, old, new, said):
    folder = tmp_path / "accomp-subsidy"
    folder.mkdir()
    for name in ("service.yaml", "examples.yaml"):
        text = (SERVICE / name).read_text()
        (folder / name).write_text(text.replace(old, new, 1))
    ran = lianxin("catalogue", "check", folder)
    assert ran.returncode == 1, ran.stdout
    assert "accomp-subsidy/" in ran.stderr
    assert ", line " in ran.stderr
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("text", [
    b"\x00\x01\x02", b"a: &a [*a]", b"a: " + b"[" * 5000, b"x" * 600_000, "名: \udcff".encode("utf-8", "surrogateescape"),
    b"- 1\n- 2", b"", b"%YAML 9.9\n---\n", b"? ? ? ?",
    ("who: [{test: \"" + " AND ".join(["accompanying"] * 50_000) + "\"}]").encode(),
])  # fmt: skip
def test_check_refuses_hostile_files_quickly(tmp_path, text):
    folder = tmp_path / "accomp-subsidy"
    folder.mkdir()
    (folder / "service.yaml").write_bytes(text)
    ran = lianxin("catalogue", "check", folder)
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    assert ran.stderr.strip()


def test_wrong_usage_is_two_and_an_absent_path_one(tmp_path):
    assert lianxin("nonsense").returncode == 2
    assert lianxin("judge").returncode == 2
    assert lianxin("match", "--as-of", "yesterday").returncode == 2
    for arguments in (
        ("catalogue", "check", tmp_path),
        ("catalogue", "check", tmp_path / "no"),
        ("import", "people", tmp_path / "no.xlsx"),
    ):
        ran = lianxin(*arguments)
        assert ran.returncode == 1
        assert ran.stderr.count("\n") == 1
