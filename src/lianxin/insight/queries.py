"""Read drafts and publications. Published reviews are for everybody who may see figures; drafts for their area."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from lianxin.access.queries import within
from lianxin.engine.scope import Scope
from lianxin.insight import document, review, wording
from lianxin.insight.charts import Bar
from lianxin.insight.document import Number, Words
from lianxin.insight.figures import FigureValue
from lianxin.insight.models import Draft, Publication
from lianxin.insight.review import Part, Piece


def last_draft(scope: Scope, *, code: str, area: str, from_on: dt.date, to_on: dt.date) -> Draft | None:
    """The latest draft of a review over an area and a period."""
    found = Draft.objects.filter(within(scope, "area"), review=code, area=area, from_on=from_on, to_on=to_on)
    return found.order_by("-number").first()


def drafts(scope: Scope, limit: int = 50) -> list[Draft]:
    """The drafts of one's area, newest first."""
    return list(Draft.objects.filter(within(scope, "area")).order_by("-saved_at", "-id")[:limit])


def publications(limit: int = 50) -> list[Publication]:
    """Published reviews of the whole city, newest first: what is published may be read by all."""
    return list(Publication.objects.order_by("-known_at", "-id")[:limit])


def publication(pk: int) -> Publication | None:
    """One published review."""
    return Publication.objects.filter(pk=pk).first()


def as_published(found: Publication, language: str) -> tuple[Part, ...]:
    """The text with its numbers as they were published."""
    area = review.name_of(found.area, language)
    words = {"city": area, "area": area, "period": review.period(found.from_on, found.to_on, language)}
    blocks = document.parse(found.text, words)
    return tuple(
        _drawn(block.spans, found, language)
        if block.shape == "chart"
        else Part(block.shape, review.tight([_piece(span, found, language) for span in block.spans]))
        for block in blocks
    )


def _drawn(spans: tuple[Words | Number, ...], found: Publication, language: str) -> Part:
    """A chart as it was published."""
    code = next(span.code for span in spans if isinstance(span, Number))
    kept, tongue = found.figures.get(code, {}), language[:2]
    bars = tuple(Bar(*bar) for bar in kept.get("bars", {}).get(tongue, ()))
    return Part("chart", (Piece(kept.get("name", {}).get(tongue, code), code=code),), bars)


def _piece(span: Words | Number, found: Publication, language: str) -> Piece:
    if isinstance(span, Words):
        return Piece(span.text, span.bold)
    kept = found.figures.get(span.code, {})
    return Piece(kept.get("say" if span.sentence else "said", {}).get(language[:2], ""), code=span.code)


@dataclass(frozen=True, slots=True)
class Compared:
    """A published number beside what the register knows today."""

    code: str
    name: str
    published: str
    today: str  # blank where it is not for this reader
    moved: bool
    where: str
    days: str
    version: str
    root: str  # blank where it was published before numbers committed to their rows, or where sealed rows are in it
    sealed: bool  # sealed rows are in it: not open to drawing


def side_by_side(found: Publication, now: Mapping[str, FigureValue], language: str) -> list[Compared]:
    """Every published number, and the same number counted today."""
    tongue = language[:2]
    made = []
    for code, kept in found.figures.items():
        value = now.get(code)
        today = wording.exact(value.definition, value.value, language) if value else ""
        first = kept["from"] or ""
        made.append(
            Compared(
                code, kept["name"][tongue], kept["exact"][tongue], today,
                value is not None and value.value != kept["value"], kept["where"], f"{first} → {kept['to']}",
                kept["version"], kept.get("root", ""), bool(kept.get("sealed")),
            )
        )  # fmt: skip
    return made
