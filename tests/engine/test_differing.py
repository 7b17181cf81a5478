"""The difference between two versions in words: nothing where nothing differs, a sentence for all that does."""

import copy
import datetime as dt

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from lianxin.engine.attributes import vocabulary_for
from lianxin.engine.declaring import load_service, service_from_data
from lianxin.engine.differing import differences
from lianxin.engine.differwords import PARTS

FOLDERS = sorted(path for path in (settings.CATALOGUE / "services").iterdir() if path.is_dir())
MODEL = settings.CATALOGUE / "services" / "accomp-subsidy"
CITY = vocabulary_for(MODEL)


def load(folder):
    return load_service(folder, facts=CITY)


MODEL_DATA = load(MODEL).to_data()
FACTS = CITY


def changed(*edits):
    """The model's declaration with edits applied to a copy."""
    data = copy.deepcopy(MODEL_DATA)
    for edit in edits:
        edit(data)
    return service_from_data(data, facts=FACTS)


def told(*edits):
    return differences(changed(), changed(*edits))


def test_no_service_differs_from_itself():
    for folder in FOLDERS:
        service = load(folder)
        assert differences(service, service_from_data(service.to_data(), facts=service.facts)) == [], folder.name


@given(st.sampled_from(FOLDERS), st.sampled_from(FOLDERS))
def test_any_two_services_differ_in_sentences_of_both_languages(one, other):
    found = differences(load(one), load(other))
    assert bool(found) == (one != other)
    back = differences(load(other), load(one))
    assert {part.part for part in found} == {part.part for part in back}
    assert sum(row.how == "added" for row in found) == sum(row.how == "removed" for row in back)
    for row in found:
        assert row.part in PARTS
        assert all(row.sentence(language).strip() for language in ("zh", "en"))
        assert row.before != row.after


def test_a_rate_is_told_from_the_day_on_which_it_differs():
    def raised(data):
        data["parameters"]["monthly_rate"]["values"] = {
            **{str(day): value for day, value in data["parameters"]["monthly_rate"]["values"].items()},
            "2027-01-01": 120000,
        }

    [row] = told(raised)
    assert (row.part, row.how, row.since) == ("parameters", "changed", dt.date(2027, 1, 1))
    assert row.sentence("en").endswith("“900.00 yuan” became “1,200.00 yuan”")
    assert "2027 年 1 月 1 日起" in row.sentence("zh")


def test_a_condition_is_told_as_changed_with_the_sentence_before_and_after():
    def stricter(data):
        data["who"][1]["test"] = "employment = 'unemployed'"

    [row] = [one for one in told(stricter) if one.part == "who"]
    assert row.how == "changed"
    assert row.before != row.after
    assert MODEL_DATA["who"][1]["say"]["zh"] == row.what.zh


def _drop(part):
    return lambda data: data[part].pop(0)


@pytest.mark.parametrize(
    ("edit", "part", "how"),
    [
        (_drop("who"), "who", "removed"),
        (_drop("unless"), "unless", "removed"),
        (lambda data: data["who"].append({"test": "age >= 18", "say": {"zh": "成年", "en": "of age"}}), "who", "added"),
        (lambda data: data["route"].pop(1), "route", "removed"),
        (lambda data: data["route"][0].update({"within": "9 working days"}), "route", "changed"),
        (lambda data: data["route"].insert(0, data["route"].pop(1)), "route", "changed"),
        (lambda data: data["materials"].append({"code": "x", "name": {"zh": "纸", "en": "paper"}}), "materials", "added"),
        (lambda data: data.update({"repeat": "quarterly"}), "service", "changed"),
        (lambda data: data.update({"amount": ":monthly_rate * 2"}), "amount", "changed"),
        (lambda data: data["who"][0].update({"changeable": True}), "who", "changed"),
        (lambda data: data["parameters"]["monthly_rate"].update({"name": {"zh": "新名", "en": "new"}}), "parameters", "changed"),
    ],
)  # fmt: skip
def test_each_part_is_told(edit, part, how):
    found = told(edit)
    assert [(row.part, row.how) for row in found if row.part == part] == [(part, how)], [
        row.sentence("en") for row in found
    ]
    for row in found:
        assert row.sentence("zh") != row.sentence("en")
