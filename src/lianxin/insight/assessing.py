"""What people do with a binder: charge somebody with a gap, review as the assessors would; and what the night keeps of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.access import actions as access
from lianxin.access import queries as places
from lianxin.access.permissions import Refused, require
from lianxin.engine import clock
from lianxin.engine.assessing import HUNDRED
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, Scope, over
from lianxin.insight import binder as binders
from lianxin.insight import evidence, trees
from lianxin.insight.assessmodels import Charge, Mark, Mock, Reminded, Score
from lianxin.insight.evidence import Binder
from lianxin.journal import actions as journal
from lianxin.notices import actions as notices

BEFORE = (14, 3, 0)  # days before the due day on which an owner is told
AFTER = 7  # and every so many days after it
TREND = 13  # months: one year and the month it is compared with


def charge(
    *, binder: Binder, indicator: str, owner: int, due_on: dt.date, words: str = "", by: Actor, at: dt.datetime
) -> Charge:
    """Name who closes a gap until when, and tell them. Raises :class:`Refusal` for an account that may not keep this binder,
    and for a day outside the year and the next two months."""
    require(by, "assess.keep", area=binder.area)
    evidence.line_of(binder, indicator)
    who = places.actor_numbered(owner, at)
    if who is None or not who.may("assess.keep") or not who.scope.covers(binder.area):
        raise Refusal(_("This account does not keep binders here; name somebody who does."))
    if not dt.date(binder.year, 1, 1) <= due_on <= dt.date(binder.year + 1, 2, 28):
        raise Refusal(_("The day lies outside the year of this binder."))
    with journal.entry(
        action="insight.charge", by=by, at=at, area=binder.area, tree=binder.code, year=binder.year
    ) as writer:
        made = writer.add([Charge(code=binder.code, year=binder.year, area=binder.area, indicator=indicator, owner=owner,
                                  owner_name=who.name[:80], due_on=due_on, words=words.strip()[:200], account=by.account,
                                  by_name=by.name[:80], at=at)])[0]  # fmt: skip
        notices.send(notices=[_notice(made)], by=by, at=at, writer=writer)
    return made


def _notice(one: Charge) -> notices.Message:
    version = trees.in_year(one.code, one.year)
    line = next((each for each in version.tree.indicators if each.code == one.indicator), None) if version else None
    name = line.name["zh"] if line else one.indicator
    return notices.Message("assessment-due", account=one.owner, area=one.area,
                           given={"kind": name, "until": one.due_on.isoformat(), "words": one.words})  # fmt: skip


def name_reviewer(*, binder: Binder, reviewer: int, by: Actor, at: dt.datetime) -> Mock:
    """Name who reviews a binder as the assessors would. Whoever keeps it does not review it."""
    require(by, "assess.keep", area=binder.area)
    found = trees.in_year(binder.code, binder.year)
    who = places.actor_numbered(reviewer, at)
    if found is None:
        raise Refused("assess.keep")
    if who is None or not who.may("assess.review") or not who.scope.covers(binder.area):
        raise Refusal(_("This account does not review binders here; name somebody who does."))
    if access.one_person(reviewer, [by.account]):
        raise Refusal(_("Somebody else reviews the binder that you keep."))
    with journal.entry(
        action="insight.mock", by=by, at=at, area=binder.area, tree=binder.code, year=binder.year
    ) as writer:
        return writer.add([Mock(tree_id=found.id, year=binder.year, area=binder.area, reviewer=reviewer,
                                reviewer_name=who.name[:80], account=by.account, by_name=by.name[:80], at=at)])[0]  # fmt: skip


def mark(*, mock: int, indicator: str, points: int, words: str, by: Actor, at: dt.datetime) -> Mark:
    """Write down what the named reviewer gives for an indicator, in hundredths, and why."""
    found = Mock.objects.filter(pk=mock).select_related("tree").first()
    if found is None:
        raise Refused("assess.review")
    require(by, "assess.review", area=found.area)
    if by.account != found.reviewer:
        raise Refusal(_("%(name)s reviews this binder; nobody else writes points.") % {"name": found.reviewer_name})
    line = next((one for one in trees.parsed(found.tree.text).indicators if one.code == indicator), None)
    if line is None:
        raise Refused(indicator)
    if not 0 <= points <= line.points:
        raise Refusal(_("Give between 0 and %(most)s points.") % {"most": f"{line.points / HUNDRED:g}"})
    if not words.strip():
        raise Refusal(_("Say in a few words why so many."))
    with journal.entry(action="insight.mark", by=by, at=at, area=found.area, mock=mock, indicator=indicator) as writer:
        return writer.add([Mark(mock=found, indicator=indicator, points=points, words=words.strip()[:400], account=by.account,
                                by_name=by.name[:80], at=at)])[0]  # fmt: skip


def remind(*, by: Actor, at: dt.datetime) -> int:
    """Tell whoever was charged with a gap that is still open: before the day, on it, and each week after it."""
    today, told = clock.day(at), 0
    rows = Charge.objects.filter(year__gte=today.year - 1, due_on__lte=today + dt.timedelta(days=max(BEFORE))).order_by(
        "pk"
    )
    newest = {(row.code, row.year, row.area, row.indicator): row for row in rows}
    open_: dict[Binder, set[str]] = {}
    for row in newest.values():
        left = (row.due_on - today).days
        if left not in BEFORE and not (left < 0 and -left % AFTER == 0):
            continue
        where = Binder(row.code, row.year, row.area)
        if where not in open_:
            made = binders.counted(where, scope=over(settings.CITY), today=today)
            open_[where] = {line.code for line in made.gaps if line.owner.charge} if made else set()
        if row.indicator not in open_[where]:
            continue
        with transaction.atomic():
            _row, new = Reminded.objects.get_or_create(charge=row, on=today)
            if new:
                notices.send(notices=[_notice(row)], by=by, at=at)
                told += 1
    return told


def keep_scores(*, by: Actor, at: dt.datetime, areas: Sequence[str] | None = None, months: int = TREND) -> int:
    """Keep every binder's self-score of this month, and of the months before that have none. Returns how many were counted.

    A month that ran is counted as it was known when it ended; one that ended before the tree was published is counted
    afterwards, by the days on which things happened, and says so.
    """
    today, made = clock.day(at), 0
    wanted = list(areas) if areas is not None else [settings.CITY, *(one.code for one in places.parts(settings.CITY))]
    for code in trees.published_codes():
        for area in wanted:
            held = set(
                Score.objects.filter(code=code, area=area)
                .exclude(month=today.replace(day=1))
                .values_list("month", flat=True)
            )
            for month in _months(today)[-months:]:
                if month not in held and _score(code, area, month, today):
                    made += 1
    if made:
        journal.note(action="insight.scores", by=by, at=at, scores=made)
    return made


def _months(today: dt.date) -> list[dt.date]:
    """The first days of the last months, the oldest first, the one that runs last."""
    month, found = today.replace(day=1), list[dt.date]()
    for _each in range(TREND):
        found.append(month)
        month = (month - dt.timedelta(days=1)).replace(day=1)
    return found[::-1]


def _score(code: str, area: str, month: dt.date, today: dt.date) -> bool:
    day, over_ = binders.day_of_month(month, today), month != today.replace(day=1)
    where, scope = Binder(code, month.year, area), over(settings.CITY)
    ended = binders.known_end(month) if over_ else None
    found = binders.counted(where, scope=scope, today=today, day=day, known_at=ended)
    afterwards = found is None and over_
    if afterwards:
        found = binders.counted(where, scope=scope, today=today, day=day)
    if found is None:
        return False
    Score.objects.update_or_create(
        code=code, area=area, month=month,
        defaults={
            "number": found.version.number, "day": day, "afterwards": afterwards, "points": found.points, "most": found.most,
            "bonus": found.bonus, "vetoes": len(found.vetoes), "unknown": found.unknown, "gaps": len(found.gaps),
            "parts": {line.code: line.points for line in found.lines},
        },
    )  # fmt: skip
    return True


def trend(scope: Scope, code: str, area: str, months: int = TREND) -> list[Score]:
    """The kept scores of a binder month by month, the oldest first."""
    if not scope.covers(area):
        raise Refused("assess.view")
    return list(Score.objects.filter(code=code, area=area).order_by("-month")[:months])[::-1]


def standing(scope: Scope, code: str, month: dt.date | None = None) -> list[Score]:
    """The newest kept score of every area of a scope, by area; or that of one month."""
    rows = Score.objects.filter(places.within(scope, "area"), code=code)
    rows = rows.filter(month=month) if month else rows
    newest: dict[str, Score] = {}
    for row in rows.order_by("month"):
        newest[row.area] = row
    return [newest[area] for area in sorted(newest)]
