"""Write reviews: a draft remembers its numbers, a publication keeps them as they were published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from lianxin.access.permissions import Refused, require
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.insight import apart, figures, releasing, review, sealing, wording
from lianxin.insight.figures import FigureValue
from lianxin.insight.models import Draft, Publication
from lianxin.insight.register import View, Window
from lianxin.insight.review import Built
from lianxin.journal import actions as journal
from lianxin.journal import guard


def save_draft(
    *,
    code: str,
    from_on: dt.date,
    to_on: dt.date,
    area: str,
    text: str,
    by: Actor,
    at: dt.datetime,
    language: str = "zh-hans",
    expected: int | None = None,
) -> tuple[Draft, Built]:
    """Save the next draft of a review over an area and a period, with its numbers as they stand now.

    Nothing is saved when the text names a figure that there is not. ``expected`` is the number of the draft that was
    being edited: if somebody saved a later one meanwhile, this one is refused and nothing of theirs is lost.
    Returns the draft and the review as built, in which numbers that moved since the last draft are marked.
    """
    require(by, "review.draft", area=area)
    guard.check(text)
    last = Draft.objects.filter(review=code, area=area, from_on=from_on, to_on=to_on).order_by("-number").first()
    if expected is not None and last is not None and last.number != expected:
        raise Refusal(gettext("Somebody saved a later draft meanwhile; copy your text, reload and put it in again."))
    before = last.figures if last else {}
    built = review.build(
        code, from_on=from_on, to_on=to_on, area=area, scope=by.scope, opens=figures.opens(by), language=language,
        text=text, before=before,
    )  # fmt: skip
    with journal.entry(action="insight.draft", by=by, at=at, area=area, review=code) as writer:
        draft = Draft.objects.create(
            review=code, title=built.title[:120], area=area, from_on=from_on, to_on=to_on, text=text,
            figures=built.numbers, account=by.account, saved_at=at, number=last.number + 1 if last else 1,
        )  # fmt: skip
        writer.say(number=draft.number, figures=len(built.values))
    return draft, built


def publish(*, draft: int, by: Actor, at: dt.datetime) -> Publication:
    """Publish the draft as it stands: its text, and every number counted now, with definition and version.

    Refused where a number moved since the draft was saved (look at it and save again), where a later draft exists,
    and where fewer people stand behind a number than may be shown. What is published is never changed afterwards.
    """
    found = Draft.objects.filter(pk=draft).first()
    if found is None:
        raise Refused("review.draft")
    require(by, "review.draft", area=found.area)
    seen = releasing.published(settings.CITY)
    same = Draft.objects.filter(review=found.review, area=found.area, from_on=found.from_on, to_on=found.to_on)
    if same.filter(number__gt=found.number).exists():
        raise Refusal(gettext("A later draft exists; publish that one."))
    built = review.build(
        found.review, from_on=found.from_on, to_on=found.to_on, area=found.area, scope=by.scope, known_at=at,
        opens=figures.opens(by), language=by.language, text=found.text, before=found.figures,
    )  # fmt: skip
    if built.moved:
        raise Refusal(gettext("Numbers changed since the draft was saved; look at them and save it again."))
    _refuse_empty(built, by)
    _refuse_small(built, by, at)
    _refuse_telling(built, by, at)
    other = review.build(
        found.review, from_on=found.from_on, to_on=found.to_on, area=found.area, scope=by.scope, known_at=at,
        opens=figures.opens(by), language="en" if by.language[:2] == "zh" else "zh-hans", text=found.text,
    )  # fmt: skip
    with journal.entry(action="insight.publish", by=by, at=at, area=found.area, review=found.review) as writer:
        if seen != releasing.published(settings.CITY):
            raise Refusal(
                gettext("Something else was published meanwhile; publish once more, so that the two are compared.")
            )
        made = writer.add([
            Publication(
                review=found.review, title=built.title[:120], area=found.area, from_on=found.from_on,
                to_on=found.to_on, text=found.text, known_at=at,
                figures={value.code: {**kept(value), **_committed(value, at), **_charted(built, other, value.code)}
                         for value in built.values},
            )
        ])[0]  # fmt: skip
        writer.say(figures=len(built.values), draft=found.number)
    return made


def _charted(built: Built, other: Built, code: str) -> dict[str, Any]:
    """The bars of a number that is drawn, in both languages, as they were published."""
    found = {
        one.language[:2]: [[bar.name, bar.said, bar.value] for part in one.parts if part.shape == "chart" for bar in part.bars
                           if part.pieces[0].code == code]
        for one in (built, other)
    }  # fmt: skip
    return {"bars": found} if any(found.values()) else {}


def _refuse_empty(built: Built, by: Actor) -> None:
    """A number behind which nothing stands is missing, not nought: it stops the publication until it is taken out."""
    empty = [value.definition.name[by.language] for value in built.values if not value.hidden and not value.rows]
    if empty:
        said = gettext("Nothing stands behind: %(names)s. Take the sentence out, or enter what is missing.")
        raise Refusal(said % {"names": ", ".join(empty[:5])})


def _committed(value: FigureValue, at: dt.datetime) -> dict[str, Any]:
    """The root over the rows that a number counts, and how many they are. Nothing of that where sealed rows are counted in
    it: they are no leaves, so the number beside the leaves would say how many they are."""
    made = sealing.commit(value.definition, value.area, value.window, at)
    if len(made.leaves) != value.rows:
        return {"sealed": True}
    return {"root": made.root.hex(), "leaves": len(made.leaves)}


def _refuse_small(built: Built, by: Actor, at: dt.datetime) -> None:
    """What is published is read by people who may not open the rows: it is counted once more with their eyes."""
    if not built.values:
        return
    open_eyes = figures.evaluate(
        codes=[value.code for value in built.values], from_on=built.from_on, to_on=built.to_on, area=built.area,
        scope=by.scope.unlisted(), known_at=at, opens=False,
    )  # fmt: skip
    small = [value.definition.name[by.language] for value in open_eyes if value.hidden]
    if small:
        said = gettext("Too few people stand behind: %(names)s. Take the number out or widen the period.")
        raise Refusal(said % {"names": ", ".join(small[:5])})


def _refuse_telling(built: Built, by: Actor, at: dt.datetime) -> None:
    """A number that, beside one published before (a review's, a release's of open data), would speak of too few people stops
    the publication."""
    before: dict[str, list[apart.Told]] = releasing.compared(built.area)
    for made in Publication.objects.filter(area=built.area).order_by("pk"):
        for code, told in made.figures.items():
            since, until = told.get("from"), dt.date.fromisoformat(told["to"])
            window = Window(dt.date.fromisoformat(since) if since else None, until)
            before.setdefault(code, []).append(apart.Told(window, made.known_at, told["said"]["zh"]))
    view, together = View(at, by.scope.sealed), releasing.spans(built.area)
    for value in built.values:
        now = apart.Told(value.window, at, wording.said(value.definition, value.value, "zh"))
        other = apart.few_between(value.definition, view, built.area, now, before.get(value.code, ()))
        other = other or apart.few_beside(definition=value.definition, view=view, area=built.area, now=now,
                                          beside=together.get(value.code, ()))  # fmt: skip
        if other is not None:
            said = gettext(
                "Beside what was published on %(day)s, %(name)s would speak of fewer than %(few)s people. "
                "Use the same period, widen it, or take the number out."
            )
            raise Refusal(said % {"day": clock.day(other.known_at), "name": value.definition.name[by.language],
                                  "few": settings.SMALL_CELL})  # fmt: skip


def tongues(say: Callable[[str], str]) -> dict[str, str]:
    """The same thing in both languages, by language."""
    return {tongue: say(tongue) for tongue in ("zh", "en")}


def kept(value: FigureValue) -> dict[str, Any]:
    """A number as it is kept in a publication."""
    definition = value.definition
    window: Mapping[str, str | None] = {
        "from": value.window.from_on.isoformat() if value.window.from_on else None,
        "to": value.window.to_on.isoformat(),
    }
    return {
        "name": tongues(lambda tongue: definition.name[tongue]),
        "said": tongues(lambda tongue: wording.said(definition, value.value, tongue)),
        "say": tongues(lambda tongue: wording.sentence(definition, value.value, tongue)),
        "exact": tongues(lambda tongue: wording.exact(definition, value.value, tongue)),
        "value": value.value, "unit": value.unit, "version": value.version, "where": definition.where,
        "measure": f"{definition.kind} {definition.key}".strip(), "rows": value.rows, **window,
    }  # fmt: skip
