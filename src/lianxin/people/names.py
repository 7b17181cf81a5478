"""How a name is found: its characters in one form, its sounds in every reading, and what a person may type for them.

A name has *parts* (its characters from each place to the end) and, for each way to read it, *sounds* (syllables). What
is typed in letters is found whole, from any syllable on, with any syllable cut short: zhangjianguo, zhang jg, zjg, jianguo.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import product

from lianxin.people.readings import BEGINNINGS, COMPOUND, GIVEN, SURNAMES, VARIANTS

LONGEST = 60  # characters of a name or of what is typed for it
WAYS = 6  # readings of one name that are kept
HAN = re.compile("[㐀-䶿一-鿿豈-﫿\U00020000-\U000323af〇]")
_SILENT = "·•・‧∙⋅．.﹒,，、'’‘`-_—– \t\n\r\u3000\u200b\u200c\u200d\u200e\u200f\ufeff"
_SELECTORS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))  # of variants of one character's picture
_TABLE: dict[int, str | None] = {
    **{ord(one): None for one in _SILENT}, **dict.fromkeys(_SELECTORS), **{ord(one): said for one, said in VARIANTS.items()},
}  # fmt: skip
_MARKED = re.compile("[\u0080-\u2e7f]")


def folded(text: str) -> str:
    """Text as names are compared: full width and compatibility forms plain, one form of each character, no blanks
    and dots, lower case, ü as v and letters without tones."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    text = text.lower().replace("u:", "v").translate(_TABLE)
    return "".join(map(_plain, text)) if _MARKED.search(text) else text


def _plain(letter: str) -> str:
    """A letter without its tone; anything else as it is."""
    if letter.isascii() or ord(letter) > 0x2E7F:
        return letter
    bare = unicodedata.normalize("NFD", letter)
    return "v" if bare[:2] == "ü" else bare[0] if bare[0].isascii() else letter


@cache
def sound(character: str) -> str:
    """The commonest reading of one character, without tone; a Latin letter is itself; anything else is silent."""
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    from pypinyin import Style, lazy_pinyin

    said = lazy_pinyin(character, style=Style.NORMAL, errors="ignore", v_to_u=False)
    return _letters(said[0]) if said else ""


def _letters(said: str) -> str:
    return re.sub(r"[^a-z]", "", said.lower().replace("ü", "v"))


def _read(character: str, table: dict[str, str]) -> list[str]:
    said = [_letters(one) for one in table.get(character, "").split()]
    said = said or [one for one in [sound(character)] if one]
    return said + [one.replace("v", "yu") for one in said if "v" in one and len(one) > 1]  # 吕: lv, in passports lyu


def readings(name: str) -> tuple[tuple[str, ...], ...]:
    """The ways to say a name, syllable by syllable, the usual one first. A silent character has no syllable."""
    return _readings(folded(name)[:LONGEST])


@lru_cache(20_000)
def _readings(name: str) -> tuple[tuple[str, ...], ...]:
    heads: list[list[list[str]]] = []
    if len(name) > 2 and name[:2] in COMPOUND:
        heads.append([[_letters(one)] for one in COMPOUND[name[:2]].split()])
    heads.append([_read(name[:1], SURNAMES)])
    found: dict[tuple[str, ...], None] = {}
    for head in heads:
        rest = [_read(one, GIVEN) for one in name[len(head) :]]
        for said in product(*(some or [""] for some in head + rest)):
            found.setdefault(tuple(one for one in said if one))
            if len(found) == WAYS:
                return tuple(found)
    return tuple(one for one in found if one)


def sounds(name: str) -> tuple[str, str]:
    """Pinyin and initials of a whole name as it is usually said, cut to what their columns hold."""
    said = next(iter(readings(name)), ())
    return "".join(said)[:120], "".join(one[0] for one in said)[:30]


def terms(names: str) -> list[str]:
    """What somebody is looked up by, for names joined by a bar: each a beginning that a search may be.

    Characters from every place on (建国); sounds from every syllable on (jianguo); and ``initials syllables characters``
    (``zjg zhang jian guo 张建国``) for what is cut short. A whole name and its whole sound end with a bar.
    """
    found: dict[str, None] = {}
    whole: set[str] = set()
    for name in names.split("|"):
        plain = folded(name)[:LONGEST]
        whole.add(plain)
        for place in range(len(plain)):
            found[plain[place:]] = None
        for said in _readings(plain):
            initials = "".join([one[0] for one in said])
            same = len(said) == len(plain)
            whole.add("".join(said))
            for place in range(len(said)):
                rest = said[place:]
                found["".join(rest)] = None
                if len(rest) > 1:
                    found[f"{initials[place:]} {' '.join(rest)} {plain[place:] if same else plain}"] = None
    return [one + "|" if one in whole else one for one in found if one]


Piece = str  # a beginning of a syllable, or one Chinese character


@lru_cache(1000)
def cut(text: str) -> tuple[tuple[Piece, ...], ...]:
    """The likeliest ways to cut folded text into characters and beginnings of syllables, fewest pieces first."""
    ends: list[list[tuple[Piece, ...]]] = [[()]]
    for place in range(1, len(text) + 1):
        here: list[tuple[Piece, ...]] = []
        for size in range(1, min(6, place) + 1):
            piece = text[place - size : place]
            if (size == 1 and HAN.match(piece)) or piece in BEGINNINGS:
                here += [(*before, piece) for before in ends[place - size]]
        ends.append(sorted(here, key=len)[:8])
    found = ends[-1]
    fewest = len(found[0]) if found else 0
    return tuple(one for one in found if len(one) <= fewest + 2)


def fits(names: str, text: str) -> bool:
    """Whether folded ``text`` finds somebody of these names (joined by a bar)."""
    for name in names.split("|"):
        plain = folded(name)[:LONGEST]
        if text in plain:
            return True
        for said in readings(name):
            together = plain if len(said) == len(plain) else ""
            if any(_from(said, together, start, text) for start in range(len(said))):
                return True
    return False


def _from(said: tuple[str, ...], characters: str, start: int, text: str) -> bool:
    """Whether ``text`` is said by syllables from ``start`` on, each cut short or whole, or written as its character."""
    reached = {0}
    for place in range(start, len(said)):
        following: set[int] = set()
        for at in reached:
            if characters and text[at : at + 1] == characters[place]:
                following.add(at + 1)
            length = 0
            while length < len(said[place]) and text[at + length : at + length + 1] == said[place][length]:
                length += 1
                following.add(at + length)
        if len(text) in following:
            return True
        if not following:
            return False
        reached = following
    return False


def initials(piece: Piece) -> Iterator[str]:
    """The letters under which a piece begins a syllable: a character begins as each of its readings does."""
    if not HAN.match(piece):
        yield piece[0]
        return
    yield from dict.fromkeys(one[0] for table in (SURNAMES, GIVEN) for one in _read(piece, table))
