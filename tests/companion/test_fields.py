"""A service's form: drawn from its schema, read back through it, nothing lost, nothing let in that it does not name."""

from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from lianxin.companion import fields

SCHEMA = {
    "type": "object",
    "properties": {
        "since": {"type": "string", "format": "date", "title": "失业日期", "x-title-en": "Out of work since"},
        "children": {
            "type": "integer",
            "minimum": 0,
            "maximum": 20,
            "title": {"zh": "几个孩子", "en": "How many children"},
        },
        "way": {"type": "string", "enum": ["post", "desk"], "names": {"post": {"zh": "邮寄", "en": "by post"}}},
        "sure": {"type": "boolean", "title": "知道了"},
        "words": {"type": "string", "maxLength": 400},
    },
    "required": ["since", "children"],
}


def sent(**given):
    return {fields.PREFIX + name: value for name, value in given.items()}


def test_values_come_back_as_their_types():
    values, errors = fields.read(SCHEMA, sent(since="2024-05-01", children=" 2 ", way="post", sure="true", words="好"))
    assert errors == {}
    assert values == {"since": "2024-05-01", "children": 2, "way": "post", "sure": True, "words": "好"}


def test_everything_that_is_missing_is_said_at_once():
    _values, errors = fields.read(SCHEMA, {})
    assert set(errors) == {"since", "children"}


def test_what_is_wrong_is_said_field_by_field_and_kept():
    given_ = sent(since="yesterday", children="many", way="pigeon")
    _values, errors = fields.read(SCHEMA, given_)
    assert set(errors) == {"since", "children", "way"}
    drawn = {one.code: one for one in fields.fields(SCHEMA, fields.kept(SCHEMA, given_), errors)}
    assert drawn["since"].value == "yesterday"
    assert drawn["children"].error


def test_a_bound_of_the_schema_holds():
    assert "children" in fields.read(SCHEMA, sent(since="2024-05-01", children="21"))[1]
    assert "words" in fields.read(SCHEMA, sent(since="2024-05-01", children="1", words="长" * 401))[1]


@given(st.dictionaries(st.text(min_size=1, max_size=12), st.text(max_size=40), max_size=8))
def test_only_declared_fields_are_read(given_):
    values, _errors = fields.read(SCHEMA, {**given_, **sent(owner="1", state="open")})
    assert set(values) <= set(SCHEMA["properties"])


def test_titles_follow_the_language():
    with translation.override("en"):
        english = {one.code: one for one in fields.fields(SCHEMA)}
    with translation.override("zh-hans"):
        chinese = {one.code: one for one in fields.fields(SCHEMA)}
    assert (english["since"].title, chinese["since"].title) == ("Out of work since", "失业日期")
    assert (english["children"].title, chinese["children"].title) == ("How many children", "几个孩子")
    assert english["way"].choices[0] == ("post", "by post")


def test_kinds_of_fields():
    drawn = {one.code: one.kind for one in fields.fields(SCHEMA)}
    assert drawn == {"since": "date", "children": "number", "way": "choice", "sure": "yes", "words": "long"}
