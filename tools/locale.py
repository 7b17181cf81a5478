"""Merge the rooms' parts of the Chinese texts into one catalogue and compile it.

Each part is a .po file with msgid (English) and msgstr (Chinese). Two parts that translate one text differently are an
error, so that a word never has two faces.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
PARTS = ROOT / "locale" / "parts"
OUT = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES"


def merge() -> polib.POFile:
    """All parts as one file, sorted by text."""
    merged = polib.POFile(wrapwidth=110)
    merged.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Language": "zh_Hans",
                       "Plural-Forms": "nplurals=1; plural=0;"}  # fmt: skip
    seen: dict[tuple[str | None, str], tuple[str, str]] = {}
    for path in sorted(PARTS.glob("*.po")):
        for entry in polib.pofile(str(path)):
            if entry.obsolete or not entry.msgid:
                continue
            key = (entry.msgctxt, entry.msgid)
            said = entry.msgstr or entry.msgstr_plural.get(0, "")
            if key in seen:
                if seen[key][0] != said:
                    print(f"{path.name}: {entry.msgid!r} is also {seen[key][0]!r} in {seen[key][1]}", file=sys.stderr)
                continue
            seen[key] = (said, path.name)
            entry.occurrences = []
            merged.append(entry)
    merged.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    return merged


def main() -> int:
    """Write django.po and django.mo."""
    OUT.mkdir(parents=True, exist_ok=True)
    merged = merge()
    merged.save(str(OUT / "django.po"))
    merged.save_as_mofile(str(OUT / "django.mo"))
    print(f"{len(merged)} texts")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
