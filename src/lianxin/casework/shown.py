"""Cases as pages show them: plain values, both languages where the catalogue has both, never a model."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from lianxin.casework.judged import Judged
from lianxin.casework.missing import Missing
from lianxin.casework.words import day_words, done_words, said, state_words, step_words, when_words
from lianxin.catalogue.queries import Explained
from lianxin.engine.facts import Name
from lianxin.people.changing import Line


def number_there(channel: str, reference: str) -> str:
    """The number that somebody else gave an ask; the app's own key, by which it arrives once, is for nobody to read."""
    return "" if channel == "app" else reference


@dataclass(frozen=True, slots=True)
class Desk:
    """The office that has a case."""

    id: int
    name: Name
    phone: str
    level: str
    address: str = ""

    @property
    def words(self) -> str:
        """Its name in the reader's language."""
        return said(self.name)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of the inbox or of a list. ``who`` is the subject's name (masked where the viewer has no need)."""

    id: int
    number: str
    service: str
    service_name: Name
    kind: str
    kind_name: Name | None
    person: int | None
    family: int | None
    who: str
    area: str
    state: str
    step: str
    desk: Desk | None
    section: str  # the desk inside the office, where the step names one
    assignee: int | None
    due_at: dt.datetime | None
    light: str  # red | amber | green | ""
    opened_at: dt.datetime
    moved_at: dt.datetime
    amount: int | None
    channel: str
    sealed: bool
    lock: int  # give it back as ``expected``
    paused: bool = False

    @property
    def state_words(self) -> str:
        """The state in words."""
        return state_words(self.state)

    @property
    def step_words(self) -> str:
        """The step in words."""
        return step_words(self.step) if self.step else ""

    @property
    def name(self) -> str:
        """The service, with its kind where there is one."""
        return f"{said(self.service_name)} · {said(self.kind_name)}" if self.kind_name else said(self.service_name)

    @property
    def due_words(self) -> str:
        """Until when, as people say it: a day, or a day and an hour for an ask in hours."""
        if self.due_at is None:
            return ""
        ends_with_day = self.due_at.astimezone(dt.UTC).strftime("%H:%M:%S") == "15:59:59"
        return day_words(self.due_at) if ends_with_day else when_words(self.due_at)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows; ``after`` is the key of the next one, empty at the end."""

    rows: list[CaseRow]
    after: str = ""


@dataclass(frozen=True, slots=True)
class Happened:
    """One move of the timeline."""

    id: int
    at: dt.datetime
    who: str
    verb: str
    reason: str
    reason_words: str
    words: str
    from_step: int | None
    to_step: int | None
    to_state: str
    step: str = ""  # the step at which it was done
    under: int | None = None  # the mandate under which it was done for the subject
    brought: bool = True  # of a supplement: a paper came with it, or its original was looked at

    @property
    def done(self) -> str:
        """What was done, in words."""
        return done_words(self.verb, self.step, brought=self.brought)


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step of the route: ``done`` | ``now`` | ``ahead``."""

    index: int
    step: str
    at: str
    where: str
    within: str
    as_: str = ""  # what a delivery delivers

    @property
    def words(self) -> str:
        """The step in words."""
        return step_words(self.step)


@dataclass(frozen=True, slots=True)
class GapShown:
    """One thing that was asked for."""

    kind: str
    code: str
    name: Name
    words: str
    asked_at: dt.datetime
    met_at: dt.datetime | None
    waived: bool = False  # the desk went on without it


@dataclass(frozen=True, slots=True)
class PaperShown:
    """One paper on file; its content is read by :func:`queries.paper`."""

    id: int
    code: str
    name: str
    content_type: str
    size: int
    at: dt.datetime
    here: bool  # handed in for this case, not for an earlier one


@dataclass(frozen=True, slots=True)
class ObjectionShown:
    """One objection to a notice."""

    id: int
    at: dt.datetime
    words: str
    contact: bool
    upheld: bool | None
    finding: str


@dataclass(frozen=True, slots=True)
class PublicityShown:
    """One public notice, exactly as it is shown."""

    id: int
    service: str
    area: str
    shown: dict[str, Any]
    from_on: dt.date
    until_on: dt.date
    state: str
    objections: tuple[ObjectionShown, ...] = ()

    @property
    def name(self) -> str:
        """The service in the reader's language."""
        return said(self.shown.get("service", {"zh": self.service, "en": self.service}))

    @property
    def where(self) -> str:
        """The place in the reader's language."""
        place = self.shown.get("township") or self.shown.get("county")
        return said(place) if place else ""

    @property
    def who(self) -> str:
        """The masked name."""
        return str(self.shown.get("masked_name", ""))


@dataclass(frozen=True, slots=True)
class DispatchShown:
    """One offer to a helper. ``phone`` is the asking office's; a household's own is never shown here."""

    id: int
    case: int
    number: str
    office: int
    helper: Name
    service_name: Name
    kind_name: Name | None
    words: str  # what the household said it needs
    added: str  # what the desk added
    place: str
    who: str
    form: dict[str, Any]
    desk: Desk | None
    offered_at: dt.datetime
    answer_by: dt.datetime | None
    answer: str  # offered | accepted | declined | unanswered | withdrawn | done
    answered_at: dt.datetime | None
    reason: str
    done_at: dt.datetime | None
    done_words: str
    due_at: dt.datetime | None
    still: str = ""  # what the household said is not well yet, where somebody was there before

    @property
    def name(self) -> str:
        """What it is, in the reader's language."""
        return said(self.kind_name or self.service_name)


@dataclass(frozen=True, slots=True)
class PeriodShown:
    """One period of a case: what was ordered and what became of it."""

    period: str
    amount: int | None
    state: str
    ordered_at: dt.datetime
    on: dt.date | None
    step: int


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case opened: everything that a page about it shows, and what the viewer may do with it."""

    row: CaseRow
    mode: str
    version: int
    words: str
    form: dict[str, Any]
    fields: dict[str, Any]  # the form's properties
    event_on: dt.date | None
    stands_from: dt.date | None
    stands_to: dt.date | None
    promised_at: dt.datetime | None
    closed_at: dt.datetime | None
    steps: list[StepShown]
    moves: list[Happened]
    gaps: list[GapShown]
    papers: list[PaperShown]
    notices: list[PublicityShown]
    dispatches: list[DispatchShown]
    periods: list[PeriodShown]
    ratings: list[tuple[int, str, dt.datetime]]
    verbs: tuple[str, ...]
    back_to: tuple[tuple[int, str], ...]  # earlier steps to which it may be sent back
    attestable: tuple[tuple[str, Name], ...]
    estimated: bool  # the due day counts days of a year without an official calendar
    assignee_name: str = ""
    listed: tuple[tuple[int, str], ...] = ()
    died_on: dt.date | None = None  # the person of the case died
    mine: bool = False  # the viewer is the subject or of the household
    missing: list[Missing] = field(default_factory=list)  # what it lacks today and nobody waived
    changes: list[Line] = field(default_factory=list)  # what it wants changed in the file, beside what stands there
    for_helper: bool = False  # the viewer's desk may answer for a helper on the phone
    became: tuple[int, str] | None = (
        None  # the case into which this ask was turned, where the viewer may see it: id, number
    )
    came_from: list[tuple[int, str]] = field(default_factory=list)  # the asks that were turned into this
    reference: str = ""  # its number where it came from
    rivals: list[str] = field(default_factory=list)  # numbers of other cases that want the same changed
    withheld: str = ""  # why the viewer has no button for the step, and who has
    explained: Explained | None = None  # to a desk: its conditions one by one, as the file says today
    today: Judged | None = None  # of a proposal: what a word today would open, by today's version

    @property
    def id(self) -> int:
        """The case's id."""
        return self.row.id

    @property
    def lacks(self) -> bool:
        """Whether papers or answers are missing, without which it is not accepted in silence."""
        return any(one.kind in {"material", "field"} for one in self.missing)

    def may(self, verb: str) -> bool:
        """Whether the viewer may do ``verb`` now."""
        return verb in self.verbs
