"""What makes the first answer small: the first screen's styles inside the page, everything else once and for good.

A phone that was here before says in a cookie which version of the stylesheets and scripts it holds; then the page only
names them. To one that was not, the page brings the first screen's styles itself and fetches the rest when it is painted.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static

from lianxin.access import statics

COOKIE = "shell"
FIRST = ("ui/tokens.css", "companion/first.css")
STYLES = ("ui/tokens.css", "ui/ui.css", "companion/first.css", "companion/companion.css")
SCRIPTS = ("ui/ui.js", "companion/outbox.js", "companion/companion.js")
PICTURES = ("ui/icon.svg",)
_COMMENT = re.compile(r"/\*.*?\*/", re.S)


@dataclass(frozen=True, slots=True)
class Shell:
    """Addresses of this face's files; ``held``: this phone has this version of them already."""

    version: str
    held: bool
    styles: tuple[str, ...]
    late: tuple[str, ...]
    scripts: tuple[str, ...]

    @property
    def script_list(self) -> str:
        """The scripts' addresses as a list in JavaScript."""
        return json.dumps(self.scripts)


def version() -> str:
    """One short word for all files of this face together; another after any of them changed."""
    told = "".join(statics.digest(name) for name in (*STYLES, *SCRIPTS, *PICTURES, "companion/worker.js"))
    return hashlib.sha256(told.encode()).hexdigest()[:10]


def shell(said: str) -> Shell:
    """The files, for a phone whose cookie says ``said``."""
    now = version()
    return Shell(
        now, said == now, tuple(map(static, STYLES)), tuple(static(name) for name in STYLES if name not in FIRST),
        tuple(map(static, SCRIPTS)),
    )  # fmt: skip


def addresses() -> list[str]:
    """What the worker keeps on the phone."""
    return [static(name) for name in (*STYLES, *SCRIPTS, *PICTURES)]


def inlined(name: str) -> str:
    """A stylesheet without its comments and line ends."""
    path = finders.find(name)
    return _squeezed(path, statics.digest(name)) if isinstance(path, str) else ""


@lru_cache(maxsize=8)
def _squeezed(path: str, digest: str) -> str:
    del digest  # an edited file is read again
    return re.sub(r"\n\s*", "", _COMMENT.sub("", Path(path).read_text(encoding="utf-8")))
