"""Ask once for everything that is missing; the clock stands still until it came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from lianxin.casework import papers, states
from lianxin.casework.missing import Missing, still_missing
from lianxin.casework.models import Case, Gap, Paper
from lianxin.casework.moving import Expected, Moving, promise, run
from lianxin.casework.opening import fitting
from lianxin.casework.papers import Upload
from lianxin.casework.refusals import NotNow, Unfit
from lianxin.casework.telling import tell, tell_office
from lianxin.catalogue.queries import version
from lianxin.engine import clock, workdays
from lianxin.engine.scope import Actor
from lianxin.people import changing

MOST_FILES = 12
PORTRAIT = "photo"  # the material that is printed on a card


def ask_missing(
    *,
    case: int,
    by: Actor,
    at: dt.datetime,
    gaps: Sequence[Missing] | None = None,
    words: str = "",
    expected: Expected = None,
) -> Case:
    """Tell the subject everything that is missing, once, in one list; the clock stops.

    ``gaps`` is the list as the desk edited it; without one, all that is missing. Raises :class:`NotNow` where
    nothing is missing, or where a list is out already: a second list is what this prevents.
    """

    def body(moving: Moving) -> None:
        one = moving.cases[0]
        wanted = list(gaps) if gaps is not None else still_missing([one], clock.day(at))[0]
        if not wanted:
            raise NotNow(_("Nothing is missing; the case can go on."))
        moving.follow(one, "ask", words=words)
        one.paused_at = at
        moving.settle()
        asked = dict.fromkeys((gap.kind, gap.code) for gap in wanted)
        by_key = {(gap.kind, gap.code): gap for gap in wanted}
        moving.writer.add([
            Gap(case=one, kind=kind, code=code[:60], asked_at=at, words=by_key[kind, code].words[:200],
                name=by_key[kind, code].name)
            for kind, code in asked
        ])  # fmt: skip
        names = [gap.name for gap in by_key.values()]
        tell([one], "gaps-told", by=by, at=at, writer=moving.writer, more={one.pk: {"missing": names}})

    return run("ask", cases=case, by=by, at=at, expected=expected, body=body)[0]


def supplement(
    *,
    case: int,
    by: Actor,
    at: dt.datetime,
    files: Sequence[Upload] = (),
    fields: Mapping[str, Any] | None = None,
    words: str = "",
    seen: Sequence[str] = (),
    expected: Expected = None,
) -> Case:
    """Something that was missing comes: photos or PDFs, form fields, words. When all came the clock goes on.

    ``seen``: papers whose original a desk looked at and of which no photo is kept; they count as handed in.

    A file whose ``code`` is a gap's meets it; so does a field. Facts are met by a paper or words under their code,
    which the desk then verifies. Nothing is kept when one file cannot be taken: :class:`Unfit` says which way out.
    """
    if len(files) > MOST_FILES:
        raise Unfit(_("Send at most 12 photos at a time. Nothing was lost."))
    seen = list(seen) if by.office else []
    if not files and not fields and not words.strip() and not seen:
        if by.office:
            raise Unfit(
                _("Nothing to keep yet: choose a photo, or tick that you saw the original, or fill in a field.")
            )
        raise Unfit(_("Nothing was chosen yet: take a photo or fill in a field."))
    stored = [(upload.code, papers.keep(upload.data, upload.name)) for upload in files]

    def body(moving: Moving) -> None:
        one = moving.cases[0]
        published = version(one.version_id)
        if any(need.code == PORTRAIT for need in published.service.materials):
            for upload in files:
                if upload.code == PORTRAIT:
                    papers.portrait(upload.data)
        if fields:
            more = fitting(published, dict(fields), clock.day(at))
            changing.read(changing.said(published.service.form, more, None))
            one.form = {**one.form, **changing.closed(published.service.form, more, one.person_id)}
        given = (
            {code for code, _stored in stored}
            | set(seen)
            | {name for name, value in (fields or {}).items() if value not in (None, "")}
        )
        open_gaps = list(Gap.objects.filter(case=one, met_at__isnull=True))
        met = [gap for gap in open_gaps if gap.code in given]
        whole = len(met) == len(open_gaps)
        looked = _seen_words(published, seen)
        moving.follow(one, "supplement", words=" ".join(part for part in (words.strip(), looked) if part)[:2000])
        if one.state == states.WAITING and whole:
            go_on(moving, one)
        last = moving.moves[-1]
        moving.settle()
        moving.writer.add([_paper(one, code, found, moving, names(published, code)) for code, found in stored])
        Gap.objects.filter(pk__in=[gap.pk for gap in met]).update(met_at=at, met_move=last.pk)
        moving.writer.add([
            Gap(case=one, kind="material", code=code[:60], asked_at=at, met_at=at, met_move=last.pk,
                name=_pair(published, code))
            for code in seen if code not in {gap.code for gap in met}
        ])  # fmt: skip
        if one.state == states.OPEN and whole and open_gaps:
            tell_office([one], "all-came", by=by, at=at, writer=moving.writer)

    return run("supplement", cases=case, by=by, at=at, expected=expected, body=body, also=["resume"])[0]


def _seen_words(published: Any, seen: Sequence[str]) -> str:
    if not seen:
        return ""
    return _("Original seen, no photo kept: %(names)s") % {"names": "、".join(names(published, code) for code in seen)}


def _pair(published: Any, code: str) -> dict[str, str]:
    for material in published.service.materials:
        if material.code == code:
            return {"zh": str(material.name.zh), "en": str(material.name.en)}
    return {"zh": code, "en": code}


def resume(*, case: int, by: Actor, at: dt.datetime, words: str = "", expected: Expected = None) -> Case:
    """The desk goes on without what is still missing (容缺受理): the rest is waived, with a word why."""

    def body(moving: Moving) -> None:
        one = moving.cases[0]
        go_on(moving, one, words=words)
        last = moving.moves[-1]
        moving.settle()
        Gap.objects.filter(case=one, met_at__isnull=True).update(met_at=at, met_move=last.pk)

    return run("resume", cases=case, by=by, at=at, expected=expected, body=body)[0]


def go_on(moving: Moving, case: Case, *, words: str = "") -> None:
    """Start the clock again where it stood, at the desk that asked."""
    moving.follow(case, "resume", words=words)
    if case.paused_at is not None:
        unit = promise(case).unit
        if case.due_at is not None:
            case.due_at = workdays.resumed(case.due_at, unit, case.paused_at, moving.at).at
        if case.promised_at is not None:
            case.promised_at = workdays.resumed(case.promised_at, "hours", case.paused_at, moving.at).at
    case.paused_at = None


def names(published: Any, code: str) -> str:
    """What a paper is called on file."""
    for material in published.service.materials:
        if material.code == code:
            return str(material.name.zh)
    fact = published.service.facts.get(code)
    return str(fact.name.zh) if fact is not None else code


def _paper(case: Case, code: str, stored: papers.Stored, moving: Moving, name: str) -> Paper:
    return Paper(
        person=case.person_id, case=case, code=code[:60], name=name[:120], content_type=stored.content_type,
        size=stored.size, digest=stored.digest, at=moving.at, by_account=moving.by.account,
    )  # fmt: skip
