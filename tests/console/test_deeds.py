"""No deed of the journal is shown as a bare code: every action that the source writes has words in both languages."""

import re
from pathlib import Path

from django.utils import translation

from lianxin.casework import states
from lianxin.console import words

SOURCE = Path(__file__).resolve().parents[2] / "src" / "lianxin"
WRITTEN = re.compile(r'(?:action="|_entry\("|entered\([^"]*")([a-z]+\.[a-z-]+)"')
INNER = {
    "order",
    "stand",
    "arrive",
    "fall-through",
    "bounce",
    "find-again",
    "lapse",
    "no-answer",
}  # never an entry's own


def actions():
    """Every action that an entry of the journal may carry."""
    found = {one for path in SOURCE.rglob("*.py") for one in WRITTEN.findall(path.read_text("utf-8"))}
    return found | {f"case.{verb}" for verb in set(states.TABLE) - INNER}


def test_every_deed_has_words_in_both_languages():
    found = actions()
    assert {"people.mandate", "people.account-verified", "case.supplement", "payments.cancel-lines"} <= found
    assert sorted(found - set(words.DEEDS)) == []
    for code in sorted(found):
        with translation.override("zh-hans"):
            assert re.search("[\u4e00-\u9fff]", words.deed(code)), code
        with translation.override("en"):
            assert words.deed(code).isascii(), code
