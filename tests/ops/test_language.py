"""Commands refuse in the operator's language: Chinese where the terminal is, English otherwise, as told before all."""

from __future__ import annotations

import ast
import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from lianxin.engine import tongue

ROOT = Path(__file__).resolve().parents[2]
HAN = re.compile("[一-鿿]")


def command(home: Path, *arguments: str, **languages: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lianxin.ops.main", *arguments], capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": os.environ["PATH"], "LIANXIN_HOME": str(home), **languages},
    )  # fmt: skip


def lianxin(home: Path, *arguments: str, **languages: str) -> tuple[int, str]:
    ran = command(home, *arguments, **languages)
    return ran.returncode, ran.stderr


@pytest.mark.parametrize(("given", "language"), [
    ({}, "en"), ({"LANG": "zh_CN.UTF-8"}, "zh"), ({"LANG": "C.UTF-8"}, "en"), ({"LANG": "de_DE"}, "en"),
    ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"), ({"LANG": "C", "LIANXIN_LANGUAGE": "zh"}, "zh"),
    ({"LANG": "zh_CN", "LIANXIN_LANGUAGE": "en"}, "en"), ({"LANG": "zh_CN", "LC_ALL": ""}, "zh"),
])  # fmt: skip
def test_the_language_is_the_terminals_unless_told(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], language: str
) -> None:
    for name in ("LIANXIN_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert tongue.language() == language


@pytest.mark.parametrize(("arguments", "code"), [
    (("figures",), 1), (("import", "people", "nowhere.xlsx"), 1), (("backup",), 2), (("match", "--as-of", "soon"), 2),
    (("catalogue", "check", "nowhere"), 1), (("bench", "nothing"), 2),
    (("account", "somebody", "--role", "nobody"), 2), (("account", "somebody", "--role", "clerk", "--area", "999999"), 2),
    (("backup", "nowhere/copy.tar.gz"), 1), (("import", "areas", os.devnull), 1), (("serve", "--port"), 2),
])  # fmt: skip
def test_a_refusal_is_in_one_language(tmp_path: Path, arguments: tuple[str, ...], code: int) -> None:
    home = tmp_path / "home"
    in_english = lianxin(home, *arguments, LANG="C.UTF-8")
    in_chinese = lianxin(home, *arguments, LANG="zh_CN.UTF-8")
    assert (in_english[0], in_chinese[0]) == (code, code)
    assert not HAN.search(in_english[1])
    assert HAN.search(in_chinese[1].splitlines()[-1])


def test_a_port_that_somebody_listens_on_is_refused(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        code, told = lianxin(tmp_path / "home", "serve", "--port", str(busy.getsockname()[1]), LANG="C")
    assert code == 1
    assert len(told.splitlines()) == 1


def test_help_is_in_the_operators_language(tmp_path: Path) -> None:
    """Every line of help has Chinese, and none of argparse's own words is left in English."""
    for asked in ("", "import", "account", "demo", "figures", "match", "review"):
        ran = subprocess.run(
            [sys.executable, "-m", "lianxin.ops.main", *asked.split(), "--help"], capture_output=True, text=True,
            check=True, env={"PYTHONPATH": str(ROOT / "src"), "PATH": os.environ["PATH"], "LANG": "zh_CN.UTF-8"},
        )  # fmt: skip
        assert "写法：" in ran.stdout
        for line in (
            "show this help",
            "options:",
            "positional arguments",
            "the whole city",
            "read a ledger",
            "Spark is",
            "which (",
        ):
            assert line not in ran.stdout


def test_what_the_rooms_refuse_follows(tmp_path: Path) -> None:
    home, wrong = tmp_path / "home", tmp_path / "areas.csv"
    wrong.write_text("4199,澄川市\n", encoding="utf-8")
    assert lianxin(home, "import", "areas", str(wrong), LANG="C")[0] == 0
    asked = ("account", "somebody", "--role", "auditor", "--area", "41")
    for language, said in (("zh", "地区代码"), ("en", "area code")):
        code, told = lianxin(home, *asked, LIANXIN_LANGUAGE=language)
        assert (code, said in told) == (1, True), told


def test_areas_come_from_a_workbook_too_under_chinese_headers(tmp_path: Path) -> None:
    import openpyxl

    book, home = openpyxl.Workbook(), tmp_path / "home"
    for row in (["区划代码", "名称", "英文名"], [4199, "澄川市", "Chengchuan"], ["419902", "临水县", ""]):
        book.active.append(row)
    book.save(tmp_path / "区划.xlsx")
    told = command(home, "import", "areas", str(tmp_path / "区划.xlsx"), LANG="C")
    assert json.loads(told.stdout) == {"read": 2, "added": 2}
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04broken")
    code, said = lianxin(home, "import", "areas", str(tmp_path / "broken.xlsx"), LANG="C")
    assert code == 1
    assert "unexpected" not in said


def test_review_without_a_code_names_the_reviews_and_without_a_file_says_how(tmp_path: Path) -> None:
    home, listed = tmp_path / "home", tmp_path / "areas.csv"
    listed.write_text("4199,澄川市\n", encoding="utf-8")
    command(home, "import", "areas", str(listed), LANG="C")
    told = command(home, "review", LANG="C")
    assert told.returncode == 0
    assert told.stdout.split()[0] == "annual"
    assert "What a household needs" in told.stdout
    assert "家里的事" in command(home, "review", LANG="zh_CN.UTF-8").stdout
    code, said = lianxin(home, "review", "annual", LANG="C")
    assert code == 2
    assert "--out FILE.pdf" in said
    lines = command(home, "figures", LANG="zh_CN.UTF-8").stdout
    assert " persons " not in lines
    assert " 分 " not in lines
    assert " 元 " in lines
    assert all(" 至 " in line or "（至 " in line for line in lines.splitlines())
    assert {one["unit"] for one in json.loads(command(home, "figures", "--json", LANG="C").stdout)} >= {"fen"}


def test_a_wrong_file_is_called_one_even_in_a_home_that_is_in_use(tmp_path: Path) -> None:
    home, wrong = tmp_path / "home", tmp_path / "note.tar.gz"
    home.mkdir()
    (home / "lianxin.sqlite3").write_bytes(b"kept")
    wrong.write_text("no copy", encoding="utf-8")
    code, said = lianxin(home, "restore", str(wrong), LANG="C")
    assert code == 1
    assert "is not a lianxin backup" in said
    assert (home / "lianxin.sqlite3").read_bytes() == b"kept"


def test_no_command_refuses_in_one_language_only() -> None:
    """Every ``Refusal`` of the commands' own modules is made by ``say`` or by a function that answers either."""
    files = [*(ROOT / "src/lianxin/ops").glob("*.py"), *(ROOT / "src/lianxin").glob("*/commands.py")]
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refusal":
                assert not isinstance(node.args[0], ast.Constant | ast.JoinedStr), f"{path.name}:{node.lineno}"


def test_a_match_of_another_day_says_that_nothing_was_written(tmp_path: Path) -> None:
    empty = {"LIANXIN_CATALOGUE": str(ROOT / "catalogue"), "LANG": "zh_CN.UTF-8"}
    assert "accomp-subsidy 未就业随军家属专项补助 第 1 版" in command(tmp_path, "catalogue", "publish", **empty).stdout
    ran = command(tmp_path, "match", "--as-of", "2019-06-01", "--service", "accomp-subsidy", "--json", **empty)
    assert (ran.returncode, json.loads(ran.stdout)[0]["cases_opened"]) == (0, 0)
    assert "2019-06-01 不是今天" in ran.stderr
    today = command(tmp_path, "match", "--service", "accomp-subsidy", **empty)
    assert "不是今天" not in today.stderr
    head, row = today.stdout.splitlines()
    assert head.split() == ["事项", "享受", "缺要素", "新增", "减少", "新办件", "元"]
    assert row.split()[:2] == ["accomp-subsidy", "未就业随军家属专项补助"]
    assert "条记录" in command(tmp_path, "journal", "verify", **empty).stdout
    assert "0 笔交易" in command(tmp_path, "ledger", "verify", **empty).stdout
