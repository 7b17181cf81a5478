"""A family circle: agree, leave, show or hide each matter, thank, ask for those at home, have a page handed over.

Every word of one side is that side's alone; the machine only carries it. Whoever is not tied reads nothing and does
nothing; a tie that ended ends what was shown at once.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.casework import circling
from lianxin.casework.circlemodels import CircleShare, CircleSheet, CircleWord
from lianxin.casework.models import Dispatch
from lianxin.casework.refusals import NoSuchCase, NotNow, Unfit
from lianxin.engine import clock
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.notices import actions as notices
from lianxin.notices.actions import Message
from lianxin.people import circles, consents, identities, mandates
from lianxin.people.models import Person

WORDS = 200


def _own(by: Actor) -> int:
    if by.person is None:
        raise NoSuchCase(_("This account belongs to nobody's file."))
    return by.person


def _name(person: int) -> str:
    return identities.names([person]).get(person, "")


def _speaks(by: Actor, person: int | None, at: dt.datetime) -> tuple[int, str]:
    """Who says it and through which door: oneself in the app, or somebody at the counter under their mandate."""
    if person is None:
        return _own(by), "app"
    if mandates.held_by(by.account, person, clock.day(at)) is None:
        raise NotNow(_("Record the mandate first; nothing was changed."))
    return person, "counter"


def agree(
    *, relative: int, shown: bool, by: Actor, at: dt.datetime, person: int | None = None, paper: str = ""
) -> bool:
    """Invite a relative on file, or accept theirs; returns whether both have agreed now.

    ``shown``: one's matters show by themselves until one is hidden; otherwise each waits for a word. Again changes
    nothing but that. ``person``: who says so at a counter, by a signed ``paper`` and under a mandate; else the actor.
    Raises ``Refusal`` for who is no relative on file.
    """
    person, channel = _speaks(by, person, at)
    before = {tie.person: tie.state for tie in circles.ties(person, clock.day(at))}.get(relative, "none")
    with transaction.atomic():
        consents.give(person=person, scope=consents.CIRCLE, circle=relative, channel=channel, paper=paper, by=by, at=at)
        if circling.shows_by_itself(person, relative) != shown:
            _share(person, relative=relative, office=None, case=None, shown=shown, by=by, at=at)
        if before in {"none", "asked"}:
            template = "circle-standing" if before == "asked" else "circle-asked"
            notices.send(notices=[Message(template, person=relative, given={"helper": _name(person)})], by=by, at=at)
    return before in {"asked", "standing"}


def leave(*, relative: int, by: Actor, at: dt.datetime, person: int | None = None, paper: str = "") -> bool:
    """End a tie, take an invitation back, or say no to one: for both sides, from now on. False where there is none.

    ``person`` and ``paper`` as in :func:`agree`; to leave nothing needs to be signed.
    """
    person, channel = _speaks(by, person, at)
    before = {tie.person: tie.state for tie in circles.ties(person, clock.day(at))}.get(relative, "none")
    with transaction.atomic():
        ended = consents.end_tie(person=person, circle=relative, channel=channel, paper=paper, by=by, at=at)
        for one, other in ((person, relative), (relative, person)):
            _no_paper(one, other, by=by, at=at)
            if ended and not circles.standing(one, clock.day(at)):
                _nothing_to_unit(one, by=by, at=at)
        if ended and before in {"asked", "standing"}:
            template = "circle-ended" if before == "standing" else "circle-declined"
            notices.send(notices=[Message(template, person=relative, given={"helper": _name(person)})], by=by, at=at)
    return ended


def _share(
    person: int, *, relative: int | None, office: int | None, case: int | None, shown: bool, by: Actor, at: dt.datetime,
    paper: str = "",
) -> None:  # fmt: skip
    more = {"paper": paper} if paper else {}
    row = CircleShare(person_id=person, relative_id=relative, office_id=office, case_id=case, shown=shown, at=at)
    with journal.entry(action="circle.share", by=by, at=at, person=person, case=case, shown=shown, **more) as writing:
        writing.add([row])


def _signed(person: int | None, shown: bool, paper: str) -> str:
    """The paper on which somebody at the counter said what is shown; to hide again nothing needs to be signed."""
    if person is not None and shown and len(paper.strip()) < 2:
        raise Unfit(_("Name the signed paper on which they say what is shown; nothing was changed."))
    return paper.strip()[:120] if person is not None else ""


def share(
    *, relative: int, case: int | None, shown: bool, by: Actor, at: dt.datetime, person: int | None = None, paper: str = ""
) -> None:  # fmt: skip
    """Show a matter to a relative or hide it; without a case, whether matters show by themselves. Takes effect at once.

    ``person`` and ``paper`` as in :func:`agree`; to hide nothing needs to be signed.
    """
    paper = _signed(person, shown, paper)
    person, _channel = _speaks(by, person, at)
    if not circles.tied(person, relative, clock.day(at)):
        raise NoSuchCase(_("There is no such tie."))
    if case is None:
        if circling.shows_by_itself(person, relative) != shown:
            _share(person, relative=relative, office=None, case=None, shown=shown, by=by, at=at, paper=paper)
        return
    now = {one.row.id: one.shown for one in circling.choices(person, relative, at=at)}
    if case not in now:
        raise NoSuchCase(_("There is no such case."))
    if now[case] != shown:
        _share(person, relative=relative, office=None, case=case, shown=shown, by=by, at=at, paper=paper)


def share_with_unit(
    *, relative: int, case: int | None, shown: bool, by: Actor, at: dt.datetime, person: int | None = None, paper: str = ""
) -> None:  # fmt: skip
    """Show one matter to the unit's political officer, through the liaison office; without a case, whether to be counted.

    The office stands over the home and is the same for all who serve from there: which unit it is stands nowhere.
    ``person`` and ``paper`` as in :func:`share`.
    """
    paper = _signed(person, shown, paper)
    person, _channel = _speaks(by, person, at)
    office = circling.liaison_over(Person.objects.values_list("home", flat=True).get(pk=person))
    if office is None or not circles.tied(person, relative, clock.day(at)):
        raise NotNow(_("There is no liaison office over your place yet; nothing was changed."))
    if case is not None and case not in {one.row.id for one in circling.choices(person, relative, at=at)}:
        raise NoSuchCase(_("There is no such case."))
    last = CircleShare.objects.filter(person=person, office__isnull=False, case=case).order_by("-pk").first()
    if (last is not None and last.shown) != shown:
        _share(person, relative=None, office=office.pk, case=case, shown=shown, by=by, at=at, paper=paper)


def _nothing_to_unit(person: int, *, by: Actor, at: dt.datetime) -> None:
    """With the last tie of a person ends what was shown to the unit through it."""
    newest: dict[int | None, CircleShare] = {}
    for row in CircleShare.objects.filter(person=person, office__isnull=False).order_by("pk"):
        newest[row.case_id] = row
    for row in newest.values():
        if row.shown:
            _share(person, relative=None, office=row.office_id, case=row.case_id, shown=False, by=by, at=at)


def thank(*, case: int, words: str, by: Actor, at: dt.datetime) -> bool:
    """Thank the desk and the helper for a matter at home; they and the relative read it. False the second time."""
    person, words = _own(by), words.strip()[:WORDS]
    seen = circling.sees(by, case, at=at)
    if seen is None:
        raise NoSuchCase(_("There is no such case."))
    if not words:
        raise Unfit(_("Please write a word or two."))
    if seen.thanked:
        return False
    helpers = Dispatch.objects.filter(case=case, answer__in=["accepted", "done"]).values_list("office_id", flat=True)
    offices = {one for one in (seen.row.desk.id if seen.row.desk else None, *helpers) if one is not None}
    given = {"helper": _name(person), "service": _both(seen), "number": seen.row.number, "words": words}
    told = [Message("circle-thanks", office=one, case=case, given=given) for one in sorted(offices)]
    told.append(Message("circle-thanked", person=seen.owner, given=given))
    with journal.entry(action="circle.thank", by=by, at=at, person=seen.owner, case=case) as writing:
        writing.add([CircleWord(case_id=case, person_id=person, words=words, at=at)])
        notices.send(notices=told, by=by, at=at, writer=writing)
    return True


def _both(seen: circling.Seen) -> dict[str, str]:
    """The matter's name in both languages, as notices take it."""
    name = seen.row.kind_name or seen.row.service_name
    return {"zh": name.zh, "en": name.en}


def want_paper(*, relative: int, wanted: bool, by: Actor, at: dt.datetime, person: int | None = None) -> None:
    """Have a page of what one shows handed over by the liaison where phones are restricted, or no longer.

    An invitation may go the same way: the soldier answers on the page, with a signature.
    """
    (person, _channel), day = _speaks(by, person, at), clock.day(at)
    state = {tie.person: tie.state for tie in circles.ties(person, day)}.get(relative, "none")
    if not wanted:
        _no_paper(person, relative, by=by, at=at)
        return
    office = circling.liaison_over(Person.objects.values_list("home", flat=True).get(pk=person))
    if state not in {"invited", "standing"} or office is None:
        raise NotNow(_("There is no liaison office over your place yet; nothing was changed."))
    if circling.wants_paper(person, relative):
        return
    with journal.entry(action="circle.paper", by=by, at=at, person=person) as writing:
        writing.add([CircleSheet(person_id=person, soldier_id=relative, office_id=office.pk, at=at)])
        notices.send(notices=[Message("circle-paper", office=office.pk)], by=by, at=at, writer=writing)


def _no_paper(person: int, soldier: int, *, by: Actor, at: dt.datetime) -> None:
    rows = CircleSheet.objects.filter(person=person, soldier=soldier, ended_at__isnull=True)
    if rows.exists():
        with journal.entry(action="circle.paper-ended", by=by, at=at, person=person):
            rows.update(ended_at=at)


def _sheet(pk: int, by: Actor, at: dt.datetime) -> circling.Page:
    found = next((one for one in circling.pages(by.scope, at=at) if one.id == pk), None)
    if found is None or not by.may("circle.hand"):
        raise NoSuchCase(_("There is no such page."))
    return found


def answer_on_paper(*, sheet: int, agreed: bool, paper: str, by: Actor, at: dt.datetime) -> None:
    """The liaison records the soldier's signed answer to an invitation that came on paper."""
    page = _sheet(sheet, by, at)
    if page.state != "invited" and page.state != "asked":
        raise NotNow(_("This was answered already; nothing was changed."))
    given = {"helper": page.soldier_name}
    with transaction.atomic():
        if agreed:
            consents.give(person=page.soldier, scope=consents.CIRCLE, circle=page.person, channel=consents.LIAISON,
                          paper=paper, by=by, at=at)  # fmt: skip
        else:
            consents.end_tie(
                person=page.soldier, circle=page.person, channel=consents.LIAISON, paper=paper, by=by, at=at
            )
            _no_paper(page.person, page.soldier, by=by, at=at)
        template = "circle-standing" if agreed else "circle-declined"
        notices.send(notices=[Message(template, person=page.person, given=given)], by=by, at=at)


def handed(*, soldier: int, by: Actor, at: dt.datetime) -> int:
    """Note that a soldier's page was handed over; returns from how many relatives it was."""
    rows = [one for one in circling.pages(by.scope, at=at) if one.soldier == soldier]
    if not rows or not by.may("circle.hand"):
        raise NoSuchCase(_("There is no such page."))
    with journal.entry(action="circle.handed", by=by, at=at, person=soldier) as writing:
        done = CircleSheet.objects.filter(pk__in=[one.id for one in rows]).update(handed_at=at, handed_by=by.account)
        writing.say(pages=done)
    return done
