"""The language in which a command speaks at the machine, before anything else is known of its operator."""

from __future__ import annotations

import os


def language() -> str:
    """``zh`` or ``en``: what ``LIANXIN_LANGUAGE`` says, else what the terminal's locale says, else English."""
    for name in ("LIANXIN_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        said = os.environ.get(name, "").lower()
        if said:
            return "zh" if said.startswith("zh") else "en"
    return "en"


def say(en: str, zh: str) -> str:
    """The sentence in the operator's language."""
    return zh if language() == "zh" else en
