"""Make the vendored fonts again: Noto Serif SC cut down to the characters that people's names and papers need.

    uv run --no-project --with fonttools python -P tools/fonts.py PACKAGE UNIHAN

PACKAGE is the unpacked npm package ``@expo-google-fonts/noto-serif-sc`` (0.4.3, OFL 1.1); UNIHAN is
``Unihan_OtherMappings.txt`` of the Unicode Character Database, whose ``kTGH`` names the 8,105 characters of the
Table of General Standard Chinese Characters (通用规范汉字表, 2013). Writes ``static/vendored/fonts`` and prints the
checksums for ``static/vendored/CHECKSUMS``.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from fontTools import subset

FONTS = Path(__file__).resolve().parents[1] / "static" / "vendored" / "fonts"
FACES = {"400Regular/NotoSerifSC_400Regular.ttf": "NotoSerifSC-Regular.ttf",
         "700Bold/NotoSerifSC_700Bold.ttf": "NotoSerifSC-Bold.ttf"}  # fmt: skip
# Latin, punctuation, arrows, numbers in circles, boxes for forms, CJK punctuation and full-width forms.
BLOCKS = [(0x20, 0x7E), (0xA0, 0xFF), (0x2010, 0x2027), (0x2030, 0x203B), (0x2103, 0x2103), (0x2116, 0x2116),
          (0x2160, 0x216B), (0x2190, 0x2193), (0x2460, 0x2473), (0x25A0, 0x25CF), (0x2713, 0x2713),
          (0x3000, 0x3017), (0x3220, 0x3229), (0xFF01, 0xFF5E), (0xFFE5, 0xFFE5)]  # fmt: skip
RARE = "㛃堃喆甯啰囍"  # seen in names, outside the table


def characters(unihan: Path) -> set[int]:
    """The code points to keep."""
    table = {
        int(line.split("\t")[0][2:], 16)
        for line in unihan.read_text("utf-8").splitlines()
        if not line.startswith("#") and "\tkTGH\t" in line
    }
    if len(table) != 8105:
        raise SystemExit(f"the table has 8105 characters, this file names {len(table)}")
    return table | {code for first, last in BLOCKS for code in range(first, last + 1)} | {ord(one) for one in RARE}


def cut(source: Path, target: Path, keep: set[int]) -> None:
    """Write the subset of one face."""
    options = subset.Options(
        hinting=False, layout_features=["kern", "locl", "vert", "halt", "palt"], name_IDs=["*"], notdef_outline=True,
        drop_tables=["DSIG", "BASE"],
    )  # fmt: skip
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=keep)
    cutter.subset(font)
    subset.save_font(font, str(target), options)
    print(f"{hashlib.sha256(target.read_bytes()).hexdigest()}  fonts/{target.name}")


if __name__ == "__main__":
    package, unihan = Path(sys.argv[1]), Path(sys.argv[2])
    FONTS.mkdir(parents=True, exist_ok=True)
    wanted = characters(unihan)
    for name, short in FACES.items():
        cut(package / name, FONTS / short, wanted)
