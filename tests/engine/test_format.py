"""What the format's page says: its own example, its errors, and input that means harm."""

from __future__ import annotations

import datetime as dt
import re
import time
from pathlib import Path

import polars as pl
import pytest

from lianxin.engine import checking, documents
from lianxin.engine.declaring import load_service, service_from_data, service_from_text
from lianxin.engine.differing import differences
from lianxin.engine.explaining import explain, verdict_of
from lianxin.engine.expressions.faults import ExpressionError
from lianxin.engine.expressions.parse import parse
from lianxin.engine.expressions.reference import Evaluation
from lianxin.engine.expressions.words import Speaker
from lianxin.engine.facts import VOCABULARY
from lianxin.engine.judging import candidates, judge
from lianxin.engine.problems import DeclarationErrors

from .conditions import NAMES, PARAMETERS

PUBLISHED = Path(__file__).parent / "published" / "accomp-subsidy"
DAY = dt.date(2023, 6, 1)


def test_the_published_service_and_its_examples_hold() -> None:
    report = checking.check(PUBLISHED)
    assert report.errors == []
    assert [(one.service.code, one.examples) for one in report.services] == [("accomp-subsidy", 4)]


def test_a_stored_version_judges_as_the_file_did() -> None:
    service = load_service(PUBLISHED)
    again = service_from_data(service.to_data())
    frame = pl.DataFrame({"id": [1, 2], "accompanying": [True, None], "received_count": [40, 1]})
    assert judge(service, frame, DAY).equals(judge(again, frame, DAY))


def test_nobody_and_everybody() -> None:
    service = load_service(PUBLISHED)
    empty = pl.DataFrame({"id": []}, schema={"id": pl.Int64})
    assert judge(service, empty, DAY).height == 0
    outside = judge(service, pl.DataFrame({"id": [1]}), dt.date(2019, 12, 31)).row(0, named=True)
    assert (outside["verdict"], outside["because"]) == ("not_entitled", "effective")
    assert candidates(service, pl.DataFrame({"id": [1]}), dt.date(2019, 12, 31)).height == 0


@pytest.mark.parametrize(("text", "value"), [
    ("7 / 2", 3.5), ("ROUND(2.5)", 3), ("ROUND(-2.5)", -3), ("ROUND(0.4999995)", 1), ("FLOOR(2.9999999)", 3),
    ("CEIL(2.0000001)", 2), ("1 / 0", None), ("9223372036854775807 + 1", None), ("LEAST(1, i)", None),
    ("LOOKUP(:by_t, 'c')", None), ("LOOKUP(:by_t, 'a')", 10), ("-9223372036854775808", -(2**63)),
    ("CASE WHEN i > 1 THEN 1 WHEN TRUE THEN 2 END", 2), ("CASE WHEN FALSE THEN 1 END", None),
])  # fmt: skip
def test_arithmetic_is_the_formats(text: str, value: object) -> None:
    tree = parse(text, NAMES, expect=("int", "decimal"))
    assert Evaluation({}, PARAMETERS).value(tree) == value


@pytest.mark.parametrize(("text", "missing"), [
    ("i > 1 AND b", ["b"]), ("i + j > 1", ["j"]), ("COALESCE(j, k) > 1", ["j", "k"]),
    ("CASE WHEN b THEN i WHEN i = 5 THEN j ELSE k END > 1", ["b", "j"]), ("j > 1 OR i = 5", []),
    ("i / 0 = 1", []), ("j + k + j > 1", ["j", "k"]), ("b IS NULL", []),
])  # fmt: skip
def test_dependence_is_structural(text: str, missing: list[str]) -> None:
    assert Evaluation({"i": 5}, PARAMETERS).missing(parse(text, NAMES)) == missing


@pytest.mark.parametrize("text", [
    "CAST(i AS text) = '1'", "i::text = '1'", "i != 1", "i == 1", "ISNULL(i)", "b ISNULL", "+i = 1", "b -- yes",
    "/* x */ b", "b;", "i IN (1,)", "i > 1e5", "CASE i WHEN 1 THEN b END", "i IN ()", "i BETWEEN SYMMETRIC 1 AND 2",
    "b IS TRUE", "t.i = 1", '"i" = 1', "i AS j", "ROUND(i, 2) = 1", "i > 9223372036854775808",
    "day > DATE '2023-02-30'", "i > (SELECT 1)", "sum(i) > 1", "i = NULL", "b = c = f", "i", "t < 'a'", "t = 'z'",
    "i = '1'", "day > '2023-01-01'", "b = 1", "LOOKUP(:n, t) = 1", ":by_t = 1", "", "   ", "'", "b AND", "EXISTS(b)",
    "i IN (SELECT 1)", "b UNION b", "i[1] = 1", "i || j = 1", "?", "@i = 1", "{{ b }}", "$$b$$", "x'41' = t",
])  # fmt: skip
def test_nothing_else_parses(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse(text, NAMES)


def test_a_mistake_is_named_with_its_nearest_name_in_both_languages() -> None:
    data = load_service(PUBLISHED).to_data()
    who = [{**data["who"][0], "test": "acompanying"}, *data["who"][1:]]
    with pytest.raises(DeclarationErrors) as refused:
        service_from_data({**data, "who": who, "mode": "confrm"})
    found = {problem.word: problem for problem in refused.value.problems if problem.severity == "error"}
    assert found["acompanying"].nearest == "accompanying"
    assert "没有要素 acompanying" in found["acompanying"].sentence("zh")
    assert "there is no fact acompanying" in found["acompanying"].sentence("en")
    assert found["confrm"].nearest == "confirm"


def test_the_line_of_a_mistake_is_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "accomp-subsidy"
    folder.mkdir()
    text = (PUBLISHED / "service.yaml").read_text()
    (folder / "service.yaml").write_text(text.replace("unit_stationed_here", "unit_stationd_here"))
    line = next(n for n, row in enumerate(text.split("\n"), 1) if "unit_stationed_here" in row)
    with pytest.raises(DeclarationErrors) as refused:
        load_service(folder)
    assert [(problem.line, problem.nearest) for problem in refused.value.problems] == [(line, "unit_stationed_here")]


@pytest.mark.parametrize(("slip", "line", "word", "near", "zh"), [
    ("name:\n\tzh: 甲\n", 3, "Tab", "", "制表符"), ("name：{zh: 甲}\n a: b\n", 2, "：", ":", "全角"),
    ("say: {zh: 甲：乙, en: x\nrepeat: once\n", 2, "{zh:", "}", "没有合上"), ("say: '甲\n", 2, "'甲", "", "没有合上"),
    ("say: 甲: 乙\n", 2, "甲:", "", "冒号"), ("say:x\n k: y\n", 2, "say:", "say: ", "空格"), ("say: @甲\n", 2, "@甲", "", "引号"),
    ("who:\n  - test: a\n   say: b\n", 4, "say:", "", "对齐"), ("say: {zh: 甲}}\n", 2, "}", "", "对齐"),
    ("say: \"\\q\"\n", 2, "\\q", "", "转义"), ("say: !a!甲 b\n", 2, "甲", "", "标签"), ("say: \u200b\x7f\n", 2, "", "", "特殊字符"),
])  # fmt: skip
def test_what_the_parser_cannot_read_is_said_in_both_languages_and_none_of_its_words(
    slip, line, word, near, zh
) -> None:
    with pytest.raises(DeclarationErrors) as refused:
        documents.parse(f"code: x\n{slip}", "x/service.yaml")
    (told,) = refused.value.problems
    assert (told.line, told.word, told.nearest) == (line, word, near), told
    assert zh in told.zh
    assert not re.search("[A-Za-z]{4,}", told.zh.replace(word or " ", "")), told.zh
    assert not re.search("[\u4e00-\u9fff]", told.en.replace(word or " ", "")), told.en


def test_a_slip_in_a_form_is_named_on_its_own_line() -> None:
    text = (PUBLISHED / "service.yaml").read_text().replace("type: string", "type: strng")
    line = next(n for n, row in enumerate(text.split("\n"), 1) if "strng" in row)
    with pytest.raises(DeclarationErrors) as refused:
        service_from_text(text)
    assert [(one.line, one.word, one.nearest) for one in refused.value.problems] == [(line, "strng", "string")]


HOSTILE = {
    "deep lists": "[" * 100_000,
    "deep maps": "\n".join(" " * n + f"k{n}:" for n in range(1000)),
    "anchors": "a: &a [x,x,x,x,x,x,x,x,x]\n" + "\n".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]" for n in range(8)),
    "ten megabytes": "x" * 10_000_000,
    "a python object": "a: !!python/object/apply:os.system ['true']",
    "a bell": "a: \x07",
    "an endless number": "a: " + "9" * 100_000,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_quickly(tmp_path: Path, name: str) -> None:
    path = tmp_path / "service.yaml"
    path.write_text(HOSTILE[name])
    begun = time.process_time()
    with pytest.raises(DeclarationErrors):
        documents.read(path)
    assert time.process_time() - begun < 10


@pytest.mark.parametrize("text", [
    " AND ".join(["b"] * 100_000), "(" * 5_000 + "b" + ")" * 5_000, "NOT " * 3_000 + "b", "- " * 3_000 + "1 = 1",
    "i" + " + 1" * 3_000 + " = 1", "CASE WHEN b THEN " * 500 + "1" + " END" * 500, "'" * 9_999,
])  # fmt: skip
def test_hostile_conditions_are_refused_quickly(text: str) -> None:
    begun = time.process_time()
    with pytest.raises(ExpressionError):
        parse(text, NAMES)
    assert time.process_time() - begun < 10


def test_a_long_but_honest_condition_is_judged() -> None:
    data = load_service(PUBLISHED).to_data()
    text = " OR ".join(f"residence_county = '{419900 + n}'" for n in range(400))
    service = service_from_data({**data, "who": [{**data["who"][0], "test": text}], "parameters": data["parameters"]})
    frame = pl.DataFrame({"id": [1, 2, 3], "residence_county": ["419901", "110101", None], "suspension": ["none"] * 3})
    assert judge(service, frame, DAY)["verdict"].to_list() == ["entitled", "not_entitled", "unknown"]


def test_publicity_is_refused_where_a_fact_bars_it() -> None:
    data = load_service(PUBLISHED).to_data()
    route = [{"step": "publicise", "for": "7 working days", "show": ["masked_name"]}, *data["route"]]
    with pytest.raises(DeclarationErrors) as refused:
        service_from_data({**data, "route": route})
    assert {"accompanying", "unit_stationed_here"} <= {problem.word for problem in refused.value.problems}


def test_a_negative_amount_is_an_error_and_never_paid() -> None:
    data = load_service(PUBLISHED).to_data()
    service = service_from_data({**data, "who": [], "mode": "apply", "amount": "received_count - 10"})
    frame = pl.DataFrame({"id": [1, 2, 3], "received_count": [12, 3, None], "suspension": ["none"] * 3})
    rows = judge(service, frame, DAY).to_dicts()
    assert [(row["verdict"], row["amount"], row["error"]) for row in rows] == [
        ("entitled", 2, False), ("entitled", None, True), ("unknown", None, False),
    ]  # fmt: skip
    assert rows[2]["missing"] == "received_count"
    assert verdict_of(service, {"received_count": 3, "suspension": "none"}, DAY).error


def test_a_condition_is_a_sentence() -> None:
    service = load_service(PUBLISHED)
    speaker = Speaker("zh", VOCABULARY, values=service.values_on(DAY))
    assert speaker.say(service.who[1].tree) == "就业状态是未就业，并且已登记失业"
    english = Speaker("en", VOCABULARY, values=service.values_on(DAY))
    assert english.say(service.unless[0].tree) == "provincial notice in force is one of suspended, cancelled"


@pytest.mark.parametrize(("change", "word"), [
    (("x-file: phone", "x-file: phnoe"), "phnoe"), (("as: file", "as: record"), "delivers as file"),
])  # fmt: skip
def test_a_form_changes_only_what_a_file_has_and_only_by_a_delivery_to_it(tmp_path, change, word):
    folder = tmp_path / "services" / "contact-change"
    folder.mkdir(parents=True)
    text = (
        Path(__file__).resolve().parents[2] / "catalogue" / "services" / "contact-change" / "service.yaml"
    ).read_text(encoding="utf-8")
    (folder / "service.yaml").write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(DeclarationErrors) as refused:
        load_service(folder)
    assert word in str(refused.value)


def test_a_service_without_conditions_entitles_everyone() -> None:
    data = {key: value for key, value in load_service(PUBLISHED).to_data().items() if key not in ("unless", "amount")}
    route = [{"step": "deliver", "as": "record"}]
    service = service_from_data({**data, "who": [], "mode": "ask", "repeat": "on-demand", "route": route})
    frame = pl.DataFrame({"id": [1, 2]})
    rows = judge(service, frame, DAY).to_dicts()
    assert [(row["verdict"], row["missing"], row["because"]) for row in rows] == [("entitled", None, None)] * 2
    assert candidates(service, frame, DAY)["missing"].to_list() == ["", ""]
    assert judge(service, frame.clear(), DAY).height == 0


@pytest.mark.parametrize("text", ['name: "a\\0b"', '"a\\x07": 1'])
def test_control_characters_written_as_escapes_are_refused(text: str) -> None:
    with pytest.raises(DeclarationErrors):
        documents.parse(text, "service.yaml")
    with pytest.raises(DeclarationErrors):
        documents.parse('{"a": "b\\u0000"}', "service.json", as_json=True)


def test_a_condition_without_words_is_said_as_a_sentence_and_never_as_code() -> None:
    data = load_service(PUBLISHED).to_data()
    who = [{key: value for key, value in item.items() if key != "say"} for item in data["who"]]
    looked = explain(service_from_data({**data, "who": who}), {}, DAY).conditions[1]
    assert looked.test == "employment = 'unemployed' AND unemployment_registered"
    assert looked.say == looked.sentence
    assert looked.say.zh == "就业状态是未就业，并且已登记失业"


def test_a_fee_names_its_basis_and_a_new_one_is_told_between_versions() -> None:
    data = load_service(PUBLISHED).to_data()
    fee = {"say": {"zh": "工本费 10 元", "en": "10 yuan"}, "cite": {"law": "民法典", "article": "1"}}
    for wrong in ({"say": fee["say"]}, {**fee, "cite": {}}, {**fee, "sum": 10}):
        with pytest.raises(DeclarationErrors):
            service_from_data({**data, "fee": wrong})
    charged = service_from_data({**data, "fee": fee})
    told = [(one.how, one.after.zh) for one in differences(service_from_data(data), charged)]
    assert told == [("added", "工本费 10 元（民法典第1条）")]


@pytest.mark.parametrize("text", ["age IN (SELECT 1)", "age = (SELCT 1 FROM x)", "accompanying AND (selec age FROM t)"])
def test_a_query_is_told_that_there_are_none(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "accomp-subsidy"
    folder.mkdir()
    said = (PUBLISHED / "service.yaml").read_text().replace("test: accompanying", f"test: {text}", 1)
    (folder / "service.yaml").write_text(said)
    with pytest.raises(DeclarationErrors) as refused:
        load_service(folder)
    assert "sub-queries" in refused.value.problems[0].en and "子查询" in refused.value.problems[0].zh


SLIPS = {
    "an article that the law does not have": ('{law: 军人抚恤优待条例, article: "46"}', '{law: 军人抚恤优待条例, article: "4600"}', "4600", "64"),
    "the same under its whole name": ('{law: 兵役法, article: "51"}', '{law: 《中华人民共和国兵役法》, article: "66"}', "66", "65"),
    "a law one slip away": ('{law: 军人抚恤优待条例, article: "46"}', '{law: 军人抚恤优侍条例, article: "46"}', "军人抚恤优侍条例", "军人抚恤优待条例"),
    "a part of a fen": ("90000", "60000.5", "60000.5", "fen"),
}  # fmt: skip


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_in_a_citation_or_a_sum_is_an_error_with_its_line(tmp_path: Path, name: str) -> None:
    old, new, word, said = SLIPS[name]
    text = (PUBLISHED / "service.yaml").read_text()
    assert old in text
    folder = tmp_path / "accomp-subsidy"
    folder.mkdir()
    (folder / "service.yaml").write_text(text.replace(old, new, 1))
    with pytest.raises(DeclarationErrors) as refused:
        load_service(folder)
    problem = refused.value.problems[0]
    assert problem.line == next(n for n, row in enumerate(text.split("\n"), 1) if old in row)
    assert problem.word == word
    assert said in problem.sentence("en") and word in problem.sentence("zh")


def test_local_documents_are_free(tmp_path: Path) -> None:
    folder = tmp_path / "accomp-subsidy"
    folder.mkdir()
    text = (PUBLISHED / "service.yaml").read_text()
    for law in ("澄川市军人抚恤优待办法", "民兵工作条例", "澄川市人民政府令第3号"):
        (folder / "service.yaml").write_text(
            text.replace('{law: 兵役法, article: "51"}', f'{{law: {law}, article: "4600"}}', 1)
        )
        load_service(folder)


@pytest.mark.parametrize(
    ("text", "line"), [("a: &one {x: 1}\nb: *one\n", 1), ("a: 1\nb: [&x 2]\n", 2), ("a: &s 甲\n", 1)]
)
def test_an_anchor_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(DeclarationErrors) as refused:
        documents.parse(text, "x.yaml")
    assert [problem.line for problem in refused.value.problems] == [line]


def test_signs_in_a_text_are_no_anchors() -> None:
    text = 'a: "R&D, 5 *x"\nb: 甲 & 乙\nc: x &y\n'
    assert documents.plain(documents.parse(text, "x.yaml")) == {"a": "R&D, 5 *x", "b": "甲 & 乙", "c": "x &y"}
