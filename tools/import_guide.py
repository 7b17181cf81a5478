"""Write the tables of docs/import.md from the ledger's columns and the reasons: `python tools/import_guide.py`."""

from __future__ import annotations

from pathlib import Path

from lianxin.people.columns import COLUMNS, IGNORED, Column
from lianxin.people.ledgers import EVERY, EXTRA, KINDS, Kind

GUIDE = Path(__file__).resolve().parents[1] / "docs" / "import.md"
START, END = "<!-- columns: made by tools/import_guide.py -->", "<!-- end of columns -->"
LEDGERS, LEDGERS_END = "<!-- ledgers: made by tools/import_guide.py -->", "<!-- end of ledgers -->"
TYPES = {
    "text": ("文字", "text"), "name": ("姓名", "name"), "id": ("身份证号", "ID number"), "date": ("日期", "day"),
    "phone": ("电话", "phone"), "area": ("区划", "area"), "bool": ("是/否", "是/否 (yes/no)"), "choice": ("词", "word"),
    "grade": ("1–10", "1–10"), "yuan": ("元", "yuan"), "account": ("账号", "account"), "code": ("编号", "code"),
    "person": ("人", "person"), "number": ("数", "number"),
}  # fmt: skip


def _row(column: Column) -> str:
    zh, en = TYPES[column.kind]
    words = "；".join(
        f"{said[0]}" + (f"（{'、'.join(said[1:])}）" if len(said) > 1 else "") for said in column.words.values()
    )
    notes = "；".join(note for note in (column.zh_note, "可多个" if column.many else "", words) if note)
    english = "; ".join(note for note in (column.en_note, "several" if column.many else "") if note)
    must = "**必填**" if column.required else ""
    cells = [
        column.zh + must,
        "、".join(column.synonyms),
        f"{zh}",
        notes,
        column.en,
        en + (f": {english}" if english else ""),
    ]
    return "| " + " | ".join(cell.replace("|", "\\|") or " " for cell in cells) + " |"


def tables() -> str:
    """All columns, one line each, and the headers that are passed over."""
    head = "| 表头 | 也可以写成 | 内容 | 说明和可用的词 | header | content |\n|---|---|---|---|---|---|"
    passed = "、".join(IGNORED)
    return "\n".join(
        [START, head, *map(_row, COLUMNS), "", f"不读也不提示的表头 / passed over silently: {passed}", END]
    )


def _ledger(kind: Kind) -> str:
    """One ledger: what the command calls it, its own columns (needed ones marked), what it is for."""
    needed = {*kind.needs, *(kind.marks if len(kind.marks) == 1 else ())}
    columns = "、".join(f"{EVERY[code].zh}{'**必填**' if code in needed else ''}" for code in kind.says)
    return f"| `{kind.code}` | {kind.zh} | {columns} | {kind.zh_note} | {kind.en}: {kind.en_note} |"


def ledgers() -> str:
    """The ledgers besides people, and the columns that only they have."""
    head = "| 命令 | 台账 | 除了认人的列以外 | 说明 | in English |\n|---|---|---|---|---|"
    own = "| 表头 | 也可以写成 | 内容 | 说明和可用的词 | header | content |\n|---|---|---|---|---|---|"
    rows = [_ledger(kind) for kind in KINDS.values() if not kind.opens]
    return "\n".join([LEDGERS, head, *rows, "", "只有这些台账才有的表头 / headers that only these have:", "", own,
                      *map(_row, EXTRA), LEDGERS_END])  # fmt: skip


def written(text: str) -> str:
    """The guide with its tables brought up to date."""
    for start, end, made in ((START, END, tables()), (LEDGERS, LEDGERS_END, ledgers())):
        before, rest = text.split(start)
        text = before + made + rest.split(end)[1]
    return text


if __name__ == "__main__":
    GUIDE.write_text(written(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")
