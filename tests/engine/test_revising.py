"""A text changed by its builder says what was asked, and what was not touched stands as its author wrote it."""

import difflib
import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lianxin.engine import documents
from lianxin.engine.problems import DeclarationErrors
from lianxin.engine.revising import block, revise

ROOT = Path(__file__).resolve().parents[2]
SERVICES = sorted((ROOT / "catalogue" / "services").glob("*/*.yaml"))
TEXT = """# what the office decided on 3 May
code: a-b   # the folder
name:    {zh: 甲, en: "one"}
parameters:
  rate:
    # from the finance section
    unit: fen
    values: {2020-01-01: 600, 2023-01-01: 900}   # two periods
who:
  # the first
  - test: serving AND NOT expelled
    say:  {zh: 现役, en: serving}
  # the second
  - test: age >= 60
    say:  {zh: 六十, en: sixty}
route:
  - {step: accept,  at: township, within: 5 working days}   # the window
  - {step: deliver, as: record,   at: city}
"""


def plain(text):
    return documents.plain(documents.parse(text, "x"))


def changed(**given):
    return {**plain(TEXT), **given}


def test_nothing_new_changes_no_letter():
    assert revise(TEXT, plain(TEXT)).text == TEXT


def test_one_value_of_a_line_changes_and_its_remark_stays():
    wanted = plain(TEXT)
    wanted["parameters"]["rate"]["values"]["2027-01-01"] = 1200
    made = revise(TEXT, wanted)
    assert not made.lost
    assert "values: {2020-01-01: 600, 2023-01-01: 900, 2027-01-01: 1200}   # two periods" in made.text
    assert made.text.replace(", 2027-01-01: 1200", "") == TEXT


def test_an_item_put_between_two_keeps_both_with_their_remarks():
    wanted = plain(TEXT)
    wanted["who"].insert(1, {"test": "sex = 'male'", "say": {"zh": "男", "en": "male"}})
    made = revise(TEXT, wanted)
    assert plain(made.text) == wanted
    assert not made.lost
    assert all(line in made.text.split("\n") for line in TEXT.split("\n"))


def test_a_step_moved_keeps_the_text_of_the_others():
    wanted = plain(TEXT)
    wanted["route"].insert(1, {"step": "panel", "at": "city", "within": "3 days"})
    made = revise(TEXT, wanted).text
    assert (
        "  - {step: accept,  at: township, within: 5 working days}   # the window\n  - {step: panel, at: city" in made
    )
    wanted["route"] = wanted["route"][1:]
    assert plain(revise(made, wanted).text) == wanted


def test_keys_come_and_go():
    wanted = changed(amount=":rate")
    made = revise(TEXT, wanted)
    assert made.text.endswith("amount: :rate\n")
    assert made.text.startswith(TEXT.rstrip("\n"))
    del wanted["amount"], wanted["name"]
    again = revise(made.text, wanted)
    assert again.text == TEXT.replace('name:    {zh: 甲, en: "one"}\n', "")
    assert not again.lost


def test_a_text_with_an_anchor_is_not_read_and_so_not_changed():
    with pytest.raises(DeclarationErrors, match="anchors"):
        revise("a: &one {x: 1}\nb: *one\nc: 2 # stays\n", {"a": {"x": 1}, "b": {"x": 2}, "c": 2})


WORDS = st.sampled_from(["甲", "one", "51", "true", "null", "a: b", "x # y", "", " pad ", "'q'", '"', ":rate", "-5 < x",
                         "- dash", "2023-01-01", "*all", "a, b", "{", "line\nbreak", "no", "1.5", "=", "~", "<<"])  # fmt: skip
KEYS = st.sampled_from(["zh", "en", "a-b", "rate", "1", "true", "2023-01-01", "说明", "x y", "a: b"])
SCALARS = st.none() | st.booleans() | st.integers(-9, 10**12) | st.sampled_from([0.5, 1e20]) | WORDS
DATA = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=12
)


@given(st.dictionaries(KEYS, DATA, max_size=4) | st.lists(DATA, max_size=4), DATA)
@example(
    [{"zh": None, "a-b": None, "en": None}, None], [{"en": None}]
)  # two keys beside each other leave the first line
def test_whatever_was_said_before_the_text_says_what_was_asked(before, after):
    text = block(before) + "\n"
    assert json.dumps(plain(text), sort_keys=True) == json.dumps(before, sort_keys=True)
    made = revise(text, after)
    assert json.dumps(plain(made.text), sort_keys=True) == json.dumps(after, sort_keys=True)


@given(st.data())
def test_a_real_declaration_keeps_every_line_that_was_not_asked_about(data):
    path = data.draw(st.sampled_from(SERVICES))
    text = path.read_text()
    wanted = plain(text)
    places = []

    def walk(value, way):
        for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
            places.append((*way, key))
            walk(value[key], (*way, key))

    walk(wanted, ())
    way = data.draw(st.sampled_from(places))
    held = wanted
    for key in way[:-1]:
        held = held[key]
    held_before = held[way[-1]]
    act = data.draw(st.sampled_from(["set", "drop", "twice"]))
    if act == "set":
        held[way[-1]] = data.draw(DATA)
    elif act == "drop":
        del held[way[-1]]
    elif isinstance(held, list):
        held.insert(data.draw(st.integers(0, len(held))), held[way[-1]])
    else:
        held["x-new"] = held[way[-1]]
    made = revise(text, wanted)
    assert json.dumps(plain(made.text), sort_keys=True) == json.dumps(wanted, sort_keys=True)
    plain_before = not isinstance(held_before, dict | list)
    if (
        act == "set"
        and plain_before
        and not isinstance(held.get(way[-1]) if isinstance(held, dict) else held[way[-1]], dict | list)
    ):
        assert not made.lost
        gone = [line for line in difflib.ndiff(text.splitlines(), made.text.splitlines()) if line.startswith("- ")]
        assert len(gone) <= 1, gone  # one value, one line


@pytest.mark.parametrize("path", SERVICES[:6], ids=lambda one: one.parent.name)
def test_plain_files_survive_being_written_anew(path):
    assert plain(block(plain(path.read_text()))) == plain(path.read_text())
