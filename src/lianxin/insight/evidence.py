"""Evidence of a binder, taken from what is there: rows of the register, achievements on paper, pictures, published reviews.

Nobody types it again. A piece *holds* while what it points at does: a row that is reversed, an achievement taken back, a
picture taken down no longer speak for an indicator. A row's words name service and county, never a person or a village.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from lianxin.access import queries as access
from lianxin.access.permissions import Refused, require
from lianxin.access.queries import under
from lianxin.campaigns.models import Picture, Terms
from lianxin.catalogue import queries as catalogue
from lianxin.engine import clock
from lianxin.engine.assessing import Indicator
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.insight import definitions, figures, trees
from lianxin.insight.assessmodels import Evidence, LetGo
from lianxin.insight.models import Publication
from lianxin.insight.register import View, Window
from lianxin.journal import actions as journal
from lianxin.outcomes.models import Attestation, Outcome, Ruling

LETTERS = {"row": "R", "attestation": "Z", "picture": "P", "review": "S"}
COUNTY = 6
SOME = 900


@dataclass(frozen=True, slots=True)
class Binder:
    """Which binder: a tree's code, a year, an area."""

    code: str
    year: int
    area: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence, bound (``id``) or offered (0)."""

    sort: str
    ref: int
    title: str
    on: dt.date
    id: int = 0
    holds: bool = True
    by_name: str = ""
    at: dt.datetime | None = None

    @property
    def called(self) -> str:
        """Its code as lists and papers say it: R-1024."""
        return f"{LETTERS[self.sort]}-{self.ref}"


def last_day(year: int, today: dt.date) -> dt.date:
    """The last day that a binder of a year counts."""
    return min(dt.date(year, 12, 31), today)


def offered(binder: Binder, one: Indicator, sort: str, *, today: dt.date, limit: int = 40, ref: int = 0) -> list[Piece]:
    """What may speak for an indicator, the newest first; ``ref`` asks for one thing alone."""
    if sort not in one.evidence:
        return []
    first, last = dt.date(binder.year, 1, 1), last_day(binder.year, today)
    if sort == "row":
        return _rows(binder, one, last, limit, ref)
    if sort == "attestation":
        found = Attestation.objects.filter(under(binder.area, "area"), figure__in=one.figures, rulings__verb="agree")
        rows = (
            (found.filter(pk=ref) if ref else found).exclude(rulings__verb="take-back").order_by("-happened_on", "-pk")
        )
        return [Piece("attestation", row.pk, row.title, row.happened_on) for row in rows[:limit]]
    if sort == "picture":
        terms = Terms.objects.filter(under(binder.area, "area"), superseded_at__isnull=True, starts_at__gte=clock.midnight(first),
                                     starts_at__lt=clock.midnight(last + dt.timedelta(days=1)))  # fmt: skip
        shown = Picture.objects.filter(state="shown", event__in=terms.values("event"))
        shown = (shown.filter(pk=ref) if ref else shown).order_by("-pk")
        return [Piece("picture", row.pk, row.caption, clock.day(row.at)) for row in shown[:limit]]
    made = Publication.objects.filter(area=binder.area, from_on__lte=last, to_on__gte=first).order_by("-pk")
    return [
        Piece("review", row.pk, row.title, clock.day(row.known_at))
        for row in (made.filter(pk=ref) if ref else made)[:limit]
    ]


def _rows(binder: Binder, one: Indicator, last: dt.date, limit: int, ref: int) -> list[Piece]:
    """Rows behind the indicator's figures, none that is sealed."""
    known, view = definitions.load(), View(None, frozenset())
    found: dict[int, tuple[dt.date, str, str]] = {}
    for code in one.figures:
        definition = known.get(code)
        if definition is None:
            continue
        window = figures.window_of(definition, dt.date(binder.year, 1, 1), last)
        tail, given = ("AND id = %s", [ref]) if ref else ("", [])
        rows = view.select(
            definition, "id, happened_on, service, area", area=binder.area, window=Window(window.from_on, window.to_on),
            tail=f"{tail} ORDER BY happened_on DESC, id DESC LIMIT {int(limit)}", given=given,
        )  # fmt: skip
        found.update({row[0]: (_day(row[1]), row[2], row[3]) for row in rows})
    newest = sorted(found.items(), key=lambda pair: (pair[1][0], pair[0]), reverse=True)[:limit]
    titles = _titles([(service, area) for _pk, (_on, service, area) in newest])
    return [Piece("row", pk, title, on) for (pk, (on, _s, _a)), title in zip(newest, titles, strict=True)]


def _day(value: dt.date | str) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)


def _titles(rows: Sequence[tuple[str, str]]) -> list[str]:
    services = {code: found.service.name["zh"] for code, found in catalogue.in_force(clock.today()).items()}
    counties = access.area_names([area[:COUNTY] for _service, area in rows])
    return [
        f"{services.get(service, service)} · {counties.get(area[:COUNTY], (area[:COUNTY], ''))[0]}"
        for service, area in rows
    ]


def bind(
    *, binder: Binder, indicator: str, sort: str, refs: Iterable[int], by: Actor, at: dt.datetime
) -> list[Evidence]:
    """Bind things that are there to an indicator. Raises :class:`Refusal` for what does not speak for it, or is bound already."""
    require(by, "assess.keep", area=binder.area)
    one = line_of(binder, indicator)
    wanted = list(dict.fromkeys(refs))
    if not wanted:
        raise Refusal(_("Tick what speaks for it."))
    held = {(piece.sort, piece.ref) for piece in bound(binder).get(indicator, [])}
    pieces = []
    for ref in wanted[:200]:
        found = offered(binder, one, sort, today=clock.day(at), limit=1, ref=ref)
        if not found:
            raise Refusal(
                _("%(code)s does not speak for this indicator.") % {"code": f"{LETTERS.get(sort, '?')}-{ref}"}
            )
        if (sort, ref) not in held:
            pieces += found
    if not pieces:
        raise Refusal(_("This is in the binder already."))
    with journal.entry(
        action="insight.evidence", by=by, at=at, area=binder.area, tree=binder.code, year=binder.year
    ) as writer:
        made = writer.add([
            Evidence(code=binder.code, year=binder.year, area=binder.area, indicator=indicator, sort=sort, ref=piece.ref,
                     title=piece.title[:200], on=piece.on, account=by.account, by_name=by.name[:80], at=at)
            for piece in pieces
        ])  # fmt: skip
        writer.say(indicator=indicator, pieces=len(made))
    return made


def line_of(binder: Binder, indicator: str) -> Indicator:
    """An indicator of the tree that counts the binder's year; raises ``Refused`` where there is none such."""
    found = trees.in_year(binder.code, binder.year)
    line = next((one for one in found.tree.indicators if one.code == indicator), None) if found else None
    if line is None:
        raise Refused(indicator)
    return line


def let_go(*, evidence: int, reason: str, by: Actor, at: dt.datetime) -> LetGo:
    """Take a piece out of a binder, with a reason; that it was there stays written."""
    found = Evidence.objects.filter(pk=evidence).first()
    if found is None:
        raise Refused("assess.keep")
    require(by, "assess.keep", area=found.area)
    if not reason.strip():
        raise Refusal(_("Say why it is taken out."))
    if LetGo.objects.filter(evidence=found).exists():
        raise Refusal(_("This was taken out already."))
    with journal.entry(
        action="insight.evidence-out", by=by, at=at, area=found.area, tree=found.code, year=found.year
    ) as writer:
        return writer.add(
            [LetGo(evidence=found, reason=reason.strip()[:200], account=by.account, by_name=by.name[:80], at=at)]
        )[0]


def bound(binder: Binder, known_at: dt.datetime | None = None) -> dict[str, list[Piece]]:
    """What is in a binder, by indicator, as known at an instant (None: now)."""
    return {
        indicator: pieces
        for (_area, indicator), pieces in bound_in(binder.code, binder.year, [binder.area], known_at).items()
    }


def bound_in(
    code: str, year: int, areas: Sequence[str], known_at: dt.datetime | None = None
) -> dict[tuple[str, str], list[Piece]]:
    """What is in the binders of several areas, by area and indicator."""
    rows = Evidence.objects.filter(code=code, year=year, area__in=areas).order_by("pk")
    gone = LetGo.objects.filter(evidence__in=rows)
    if known_at is not None:
        rows, gone = rows.filter(at__lte=known_at), gone.filter(at__lte=known_at)
    found = list(rows.exclude(pk__in=gone.values("evidence")))
    good = _holding(found, known_at)
    made: dict[tuple[str, str], list[Piece]] = {}
    for row in found:
        piece = Piece(row.sort, row.ref, row.title, row.on, row.pk, (row.sort, row.ref) in good, row.by_name, row.at)
        made.setdefault((row.area, row.indicator), []).append(piece)
    return made


def _holding(rows: Sequence[Evidence], known_at: dt.datetime | None) -> set[tuple[str, int]]:
    """Which of these things still stand."""
    asked: dict[str, list[int]] = {}
    for row in rows:
        asked.setdefault(row.sort, []).append(row.ref)
    until, ruled = (Q(recorded_at__lte=known_at), Q(at__lte=known_at)) if known_at else (Q(), Q())
    found: set[tuple[str, int]] = {("review", pk) for pk in asked.get("review", ())}
    for some in _some(asked.get("row", ())):
        back = set(Outcome.objects.filter(until, reverses__in=some).values_list("reverses_id", flat=True))
        rows_there = Outcome.objects.filter(pk__in=some, sealed=False).values_list("pk", flat=True)
        found |= {("row", pk) for pk in rows_there if pk not in back}
    for some in _some(asked.get("attestation", ())):
        verbs: dict[int, set[str]] = {}
        for pk, verb in Ruling.objects.filter(ruled, attestation__in=some).values_list("attestation_id", "verb"):
            verbs.setdefault(pk, set()).add(verb)
        found |= {("attestation", pk) for pk, said in verbs.items() if said == {"agree"}}
    for some in _some(asked.get("picture", ())):
        found |= {
            ("picture", pk) for pk in Picture.objects.filter(pk__in=some, state="shown").values_list("pk", flat=True)
        }
    return found


def _some(things: Sequence[int]) -> Iterable[Sequence[int]]:
    return (things[start : start + SOME] for start in range(0, len(things), SOME))
