"""Figures and reviews."""

from __future__ import annotations

import argparse

from lianxin.ops import start


def figures(given: argparse.Namespace) -> int:
    """Count the published numbers."""
    start.django_ready(create=False)
    from lianxin.insight import commands

    return commands.figures(
        from_on=given.from_on, to_on=given.to_on, area=given.area, known_at=given.known_at, as_json=given.json,
        scope=start.operator().scope,
    )  # fmt: skip


def review(given: argparse.Namespace) -> int:
    """Build a review as a web page, a PDF or a docx."""
    start.django_ready(create=False)
    from lianxin.insight import commands

    return commands.review(
        code=given.code, from_on=given.from_on, to_on=given.to_on, area=given.area, known_at=given.known_at,
        out=given.out, scope=start.operator().scope,
    )  # fmt: skip
