"""Consents: separate for each thing (个人信息保护法 art. 23, 29, 31), given and taken back, never without a trace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from lianxin.access.permissions import require
from lianxin.engine import clock
from lianxin.engine.personal import Pair
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.people import circles, wards
from lianxin.people.hits import opened
from lianxin.people.identities import some
from lianxin.people.models import Mandate, Person, Scan
from lianxin.people.protectedmodels import Consent
from lianxin.people.protection import rules
from lianxin.people.queries import own_children
from lianxin.people.recording import Photo

HELPER, EXCHANGE, SENSITIVE, CIRCLE = "helper", "exchange", "sensitive", circles.CIRCLE
LIAISON = "liaison"  # the channel of a word given on paper where phones are restricted


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that may be agreed to: its title, its words as they are read, and the article that asks for it."""

    title: Pair
    words: Pair
    article: str


SCOPES: dict[str, Asked] = {
    HELPER: Asked(
        ("让上门帮忙的人看到姓氏和住址", "Let helpers who come see surname and address"),
        ("志愿者、门店或结对单位接下您的求助后，能看到姓氏和住址，只用于这一次上门。不同意也照样办，由站里的人带路。",
         "A volunteer, shop or unit that took your ask sees surname and address, for this visit only. Without it the desk "
         "brings them to you."),
        "第二十三条",
    ),
    EXCHANGE: Asked(
        ("把必要信息交给一起办事的部门", "Pass what is needed to departments that work on it"),
        ("办这件事需要其他部门配合时，把姓名、身份证号和所办事项交给它，只用于这件事。",
         "Where another department must work on your matter, it receives name, ID number and the matter, for this only."),
        "第二十三条",
    ),
    SENSITIVE: Asked(
        ("使用健康、困难情况等敏感信息", "Use sensitive data: health, hardship"),
        ("您交来的诊断、残疾、收入等材料，只用于判断能不能享受相应待遇，窗口以外的人看不到。",
         "Papers on health, disability or income serve only to find what you are entitled to; nobody beyond the desk sees them."),
        "第二十九条",
    ),
    CIRCLE: Asked(
        ("让家人看到我的办事进度", "Let a relative see how my matters are going"),
        ("双方都同意后，这位家人能看到您让看的事项：名称、进度、在哪里办、到什么时候；看不到材料、金额和号码。随时可以收回。",
         "Once both agree, this relative sees the matters that you show: name, state, desk and day; no papers, amounts or "
         "numbers. You may end it any time."),
        "第二十三条",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Given:
    """One row of the history."""

    scope: str
    circle: int | None
    circle_name: str
    since: dt.date | None
    until: dt.date | None
    given_as: str
    channel: str
    version: str
    paper: str

    @property
    def stands(self) -> bool:
        """Whether it holds today."""
        return self.until is None


def _open(person: int, scope: str, circle: int | None) -> list[Consent]:
    rows = Consent.objects.filter(person_id=person, scope=scope, circle_id=circle, superseded_at__isnull=True)
    return list(rows.filter(valid_to__isnull=True).select_related("person"))


def _as(found: Person, by: Actor, at: dt.datetime, channel: str) -> tuple[str, int | None]:
    """As whom the actor agrees for a person, and who it was; a child's own word does not count (art. 31)."""
    born, today = found.born_on, clock.day(at)
    child = circles.child(born, today)
    if channel != "app":
        if child and not _guardians(found.pk, today):
            raise Refusal(_("A child under 14: a guardian must be on file, who agrees. Record the mandate first."))
        return ("guardian", _guardians(found.pk, today)[0]) if child else ("self", found.pk)
    if by.person == found.pk and not child:
        return "self", found.pk
    if by.person is not None and by.person in _guardians(found.pk, today):
        return "guardian", by.person
    raise Refusal(_("Only the person can agree to this; for a child or a ward, the guardian."))


def _guardians(person: int, day: dt.date) -> list[int]:
    """Who speaks for somebody: whoever holds a guardian's mandate, and below the age of consent the parents they live with."""
    rows = Mandate.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        person_id=person, kind="guardian", superseded_at__isnull=True, proxy_person__isnull=False,
    )  # fmt: skip
    held = [one for one in rows.values_list("proxy_person_id", flat=True) if one is not None]
    born = Person.objects.filter(pk=person).values_list("born_on", flat=True).first()
    if not circles.child(born, day):
        return held
    able = [one.id for one in wards.guardians([person], day).get(person, [])]
    return held + [one for one in able if one not in held and person in own_children(one, day)]


def _found(person: int, by: Actor, channel: str) -> Person:
    if channel == "app":
        if person != by.person and person not in by.scope.persons:
            raise Refusal(_("Only the person can agree to this; for a child or a ward, the guardian."))
        return Person.objects.get(pk=person)
    if channel == LIAISON:  # the caller has seen that the person stands on this liaison's list
        require(by, "case.attest")
        return Person.objects.get(pk=person)
    require(by, "case.open")
    found: Person | None = opened(by.scope).filter(pk=person).first()
    if found is None:
        raise Refusal(_("There is no file with that number in your area."))
    return found


def give(
    *, person: int, scope: str, channel: str, by: Actor, at: dt.datetime, circle: int | None = None, paper: str = "",
    photo: Photo | None = None,
) -> int:  # fmt: skip
    """Agree to one thing; agreeing again changes nothing. At a counter the signed paper is named, a photo may be kept."""
    if scope not in SCOPES or (scope == CIRCLE) == (circle is None):
        raise Refusal(_("There is no such consent."))
    found = _found(person, by, channel)
    given_as, giver = _as(found, by, at, channel)
    if circle is not None and (circle == person or not circles.related(person, circle, clock.day(at))):
        raise Refusal(_("A relative on file can be let in. Is somebody missing there? Tell the desk."))
    if channel != "app" and len(paper.strip()) < 2:
        raise Refusal(_("Name the signed paper; without it there is no consent."))
    held = _open(person, scope, circle)
    if held:
        return held[0].pk
    row = Consent(person=found, scope=scope, circle_id=circle, given_as=given_as, given_by_id=giver, channel=channel,
                  text_version=rules().version, valid_from=clock.day(at), recorded_at=at, paper=paper.strip()[:120])  # fmt: skip
    with journal.entry(action="people.consent", by=by, at=at, person=person, area=found.home, scope=scope) as writing:
        writing.add([row])
        if photo is not None:
            writing.add([Scan(person=found, kind="paper", content_type=photo.content_type, size=photo.size,
                              digest=photo.digest, recorded_at=at, paper=paper.strip()[:120])])  # fmt: skip
    return int(row.pk)


def withdraw(
    *, person: int, scope: str, channel: str, by: Actor, at: dt.datetime, circle: int | None = None, paper: str = ""
) -> bool:
    """Take a consent back from today on (art. 15: as easily as it was given); what was done under it stays done."""
    found = _found(person, by, channel)
    _as(found, by, at, channel)
    held = _open(person, scope, circle)
    if held:
        _end(held, channel=channel, paper=paper, by=by, at=at)
    return bool(held)


def end_tie(*, person: int, circle: int, channel: str, by: Actor, at: dt.datetime, paper: str = "") -> bool:
    """Leave a circle, or say no to an invitation: what either side agreed to about the other ends, for both, today."""
    found = _found(person, by, channel)
    _as(found, by, at, channel)
    held = [*_open(person, CIRCLE, circle), *_open(circle, CIRCLE, person)]
    if held:
        _end(held, channel=channel, paper=paper, by=by, at=at)
    return bool(held)


def _end(held: Sequence[Consent], *, channel: str, paper: str, by: Actor, at: dt.datetime) -> None:
    """End rows from today on: one entry for each person, so that each reads of it among what was done with their file."""
    for whose in {row.person_id: row.person for row in held}.values():
        rows = [row for row in held if row.person_id == whose.pk]
        with journal.entry(
            action="people.consent-ended", by=by, at=at, person=whose.pk, area=whose.home, scope=rows[0].scope
        ) as writing:
            writing.supersede(Consent, [row.pk for row in rows], at)
            writing.add([
                Consent(person=whose, scope=row.scope, circle_id=row.circle_id, given_as=row.given_as,
                        given_by_id=row.given_by_id, channel=channel, text_version=row.text_version,
                        valid_from=row.valid_from, valid_to=clock.day(at), recorded_at=at,
                        paper=(paper.strip() or row.paper)[:120])
                for row in rows
            ])  # fmt: skip


def agreed(scope: str, persons: Collection[int]) -> set[int]:
    """Of these persons, those whose consent holds: asked wherever data goes on."""
    found: set[int] = set()
    for part in some(list(persons)):
        rows = Consent.objects.filter(
            person_id__in=part, scope=scope, superseded_at__isnull=True, valid_to__isnull=True
        )
        found.update(rows.values_list("person_id", flat=True))
    return found


def households_agreed(scope: str, families: Iterable[int]) -> set[int]:
    """Of these households, those of which a member agreed."""
    rows = Consent.objects.filter(scope=scope, superseded_at__isnull=True, valid_to__isnull=True,
                                  person__family_id__in=list(families), person__survivor__isnull=True)  # fmt: skip
    return {one for one in rows.values_list("person__family_id", flat=True) if one is not None}


def let_in(person: int, day: dt.date) -> list[int]:
    """The relatives who let this person see how their matters are going, and are let in by them."""
    return circles.standing(person, day)


def history(person: int) -> Sequence[Given]:
    """Everything a person agreed to and took back, newest first. The caller has checked that it may be read."""
    rows = Consent.objects.filter(person_id=person, superseded_at__isnull=True).select_related("circle").order_by("-pk")
    return [
        Given(row.scope, row.circle_id, row.circle.name if row.circle else "", row.valid_from, row.valid_to, row.given_as,
              row.channel, row.text_version, row.paper)
        for row in rows
    ]  # fmt: skip
