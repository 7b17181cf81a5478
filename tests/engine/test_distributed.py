"""Judging on Spark: what is said where it is not installed, what is written for it. The rest needs Spark itself."""

import datetime as dt
import os
import re
from pathlib import Path

import polars as pl
import pytest

from lianxin.engine import distributed
from lianxin.engine.expressions.to_spark import SparkCompiler
from lianxin.engine.judging import Asked
from lianxin.engine.refusal import Refusal

from .test_expressions_agree import declared

ROOT = Path(__file__).resolve().parents[2]


def test_without_the_extra_one_sentence_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(distributed, "find_spec", lambda name: None if name == "pyspark" else object())
    with pytest.raises(Refusal) as refused, distributed.judging(ROOT):
        pass
    said = str(refused.value)
    assert "pip install --require-hashes -r requirements-spark.txt" in said and "\n" not in said
    monkeypatch.setattr(distributed, "say", lambda en, zh: zh)
    with pytest.raises(Refusal, match=r"选装件.*requirements-spark\.txt"):
        distributed.must_be_here()


def test_without_java_one_sentence_says_so(monkeypatch):
    monkeypatch.setattr(distributed, "find_spec", lambda name: object())
    monkeypatch.setattr(distributed.shutil, "which", lambda name: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(Refusal, match="needs Java 17"):
        distributed.must_be_here()


def test_the_base_does_not_grow():
    for name in ("requirements.txt", "requirements-dev.txt"):
        assert not re.search(r"(?m)^(pyspark|py4j)==", (ROOT / name).read_text()), name
    assert re.search(r"(?m)^pyspark==", (ROOT / "requirements-spark.txt").read_text())


def test_facts_lie_in_files_of_so_many_rows_and_no_number_is_none(tmp_path):
    asked = [Asked(declared(["d > 1", "i > 2"], [], None)), Asked(declared(["i > 2"], [], None), {"i": "i of one"})]
    frame = pl.DataFrame({"id": range(7), "d": [float("nan"), 1.5, None, 2.0, float("inf"), 0.0, 1.0], "i": range(7)})
    names = distributed._write(asked, frame.with_columns(pl.col("i").alias("i of one")), tmp_path / "facts", 3)
    parts = sorted((tmp_path / "facts").iterdir())
    assert [pl.read_parquet(part).height for part in parts] == [3, 3, 1]
    whole = pl.concat([pl.read_parquet(part) for part in parts])
    assert whole[names["d", "decimal"]].to_list() == [None, 1.5, None, 2.0, None, 0.0, 1.0]
    assert {*names} == {("d", "decimal"), ("i", "int"), ("i of one", "int")}


@pytest.mark.parametrize("word", ["a' OR TRUE --", "\\", "连心", "x\n"])
def test_a_text_that_is_more_than_letters_stands_as_bytes(word):
    assert SparkCompiler({})._constant(word, "text").text == f"CAST(X'{word.encode().hex()}' AS string)"


def test_a_day_is_a_day():
    assert SparkCompiler({})._constant(dt.date(2023, 1, 1), "date").text == "DATE'2023-01-01'"
    with pytest.raises(ValueError, match="Invalid isoformat"):
        SparkCompiler({})._constant("2023-01-01' OR TRUE", "date")


def test_what_a_killed_match_left_is_taken_away_by_the_next_and_a_running_one_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr(distributed, "YOUNG", -1)
    dead, running = tmp_path / "match-a", tmp_path / "match-b"
    for folder in (dead, running):
        folder.mkdir()
        (folder / "part.parquet").touch()
    lock = distributed._alive(running)
    distributed._clear(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["match-b"]
    os.close(lock)
    distributed._clear(tmp_path)
    assert not [*tmp_path.iterdir()]
