"""Write docs/reference/personal-data.md from the declarations: what is held about persons, why, how long, who sees it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "personal-data.md"
HEAD = """# 个人信息清单 · Personal data

本页由各模块的 `personal.py` 生成（`python tools/personal_data.py`），逐字段说明目的、依据、敏感程度、可见范围和保存期限；
少一个字段，测试就不通过。Generated from each room's `personal.py`; a field that is not declared fails the tests.

“敏感”指《个人信息保护法》第二十八条的敏感个人信息；“密封”指加密存放（`access/seal.py`）；“他人”指涉及其他人或经办人的字段，
不进入本人的副本。*sensitive*: art. 28; *sealed*: encrypted at rest; *others*: about somebody else, never in the person's copy.
"""
KINDS = {"said": "一般 ordinary", "sensitive": "敏感 sensitive", "sealed": "密封 sealed", "words": "文字 free words",
         "others": "他人 others"}  # fmt: skip


def written() -> str:
    """The page as it should be."""
    from lianxin.access.roles import PERMISSIONS
    from lianxin.engine import personal

    parts = [HEAD]
    for table in personal.tables():
        if not table.personal:
            continue
        parts.append(
            f"\n## {table.model}\n\n"
            f"- 目的 purpose: {personal.PURPOSES[table.purpose][0]} · {personal.PURPOSES[table.purpose][1]}\n"
            f"- 依据 basis: {personal.BASES[table.basis][0]} · {personal.BASES[table.basis][1]}\n"
            f"- 期限 kept: {personal.TERMS[table.keep][0]} · {personal.TERMS[table.keep][1]}"
            f"{'；删除后仅留编号 · stays under a number' if table.keeps else ''}\n"
            f"- 可见 seen by: `{table.see}` ({PERMISSIONS[table.see]})\n"
            f"{f'- 不进副本 not in the copy: {table.why}' + chr(10) if table.apart else ''}\n"
            "| 字段 field | 类别 kind |\n|---|---|\n"
            + "".join(f"| {name} | {KINDS[kind]} |\n" for name, kind in sorted(table.kinds.items()) if kind in KINDS)
        )
    without = sorted(table.model for table in personal.tables() if not table.personal)
    parts.append(f"\n## 不含个人信息的表 · Tables that say nothing of a person\n\n{', '.join(without)}\n")
    return "".join(parts)


if __name__ == "__main__":
    sys.path[0] = str(ROOT / "src")  # this folder has a locale.py of its own
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianxin.site.settings")
    import django

    django.setup()
    PAGE.write_text(written())
    print(PAGE.relative_to(ROOT))
