"""Print papers: a Typst template and its data to a PDF with the vendored Chinese serif. No Django, no network.

A template reads its data with ``json(bytes(sys.inputs.data))``; markup in a value prints as plain text.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FONTS = Path(__file__).resolve().parents[3] / "static" / "vendored" / "fonts"
FONT = "Noto Serif SC"


def pdf(template: Path, data: Mapping[str, Any], *, at: dt.datetime) -> bytes:
    """The paper as PDF; the same template, data and ``at`` give the same bytes.

    ``data`` is JSON-ready. Raises ``RuntimeError`` where the template itself is wrong.
    """
    import typst

    made = typst.compile(
        str(template), format="pdf", sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        font_paths=[str(FONTS)], ignore_system_fonts=True, timestamp=at.replace(microsecond=0),
    )  # fmt: skip
    return bytes(made)
