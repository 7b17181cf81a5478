"""Accepting what is not whole (容缺受理): never in silence, only with a word why, and what was waived is kept."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianxin.casework.missing import Missing, still_missing
from lianxin.casework.models import Case, Gap, Move
from lianxin.casework.moving import Moving, step_of
from lianxin.casework.refusals import NotNow, Unfit
from lianxin.engine import clock

Lacking = list[tuple[Case, list[Missing]]]


def lacking(moving: Moving, *, waive: bool, words: str) -> Lacking:
    """Which of the cases at an acceptance lack papers or answers; raises :class:`NotNow` where that is not waived."""
    here = [case for case in moving.cases if step_of(case).step == "accept"]
    told = still_missing(here, clock.day(moving.at), unknown=[()] * len(here)) if here else []
    found = [(case, lacks) for case, lacks in zip(here, told, strict=True) if lacks]
    if found and not waive:
        case, lacks = found[0]
        chinese = (get_language() or "zh").startswith("zh")
        names = ("、" if chinese else ", ").join(one.zh if chinese else one.en for one in lacks)
        raise NotNow(
            _("Case %(number)s still lacks: %(what)s. Tell them once what is missing, or accept it with the rest to "
              "follow and say why. Nothing was changed.") % {"number": case.number, "what": names}
        )  # fmt: skip
    if found and not words.strip():
        raise Unfit(_("Say in a few words why it may go on without the rest."))
    return found


def keep(found: Lacking, moves: dict[int, Move], moving: Moving) -> None:
    """Keep what was waived, and by which move: the file shows it, and nobody is asked for it again."""
    asked = Gap.objects.filter(case__in=[case for case, _lacks in found], met_at__isnull=True)
    open_gaps = {(gap.case_id, gap.kind, gap.code): gap.pk for gap in asked}
    for case in {case for case, _kind, _code in open_gaps}:
        told = [gap for key, gap in open_gaps.items() if key[0] == case]
        Gap.objects.filter(pk__in=told).update(met_at=moving.at, met_move=moves[case].pk)
    moving.writer.add([
        Gap(case=case, kind=one.kind, code=one.code[:60], asked_at=moving.at, words=one.words[:200], name=one.name,
            met_at=moving.at, met_move=moves[case.pk].pk)
        for case, lacks in found
        for one in lacks
        if (case.pk, one.kind, one.code[:60]) not in open_gaps
    ])  # fmt: skip
