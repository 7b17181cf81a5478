"""Paper as a client: a sheet is printed with the state of its case, and opens that case again wherever it is scanned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import Resolver404
from django.utils.translation import gettext as _

from lianxin.access.middleware import permission_of
from lianxin.access.models import Office
from lianxin.access.queries import within
from lianxin.casework import papers, sheetcodes, states
from lianxin.casework.asking import supplement
from lianxin.casework.deciding import confirm_proposed, decline
from lianxin.casework.models import Case, Paper, Sheet
from lianxin.casework.refusals import NoSuchCase, NotNow, Unfit
from lianxin.casework.scopes import visible_cases
from lianxin.casework.viewing import case as viewed
from lianxin.engine import clock
from lianxin.engine.facts import Name
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal import looks
from lianxin.people import mandates

PAPER = "sheet"  # under which a scanned sheet lies with its case
SOME = 800


@dataclass(frozen=True, slots=True)
class Wanted:
    """A sheet to be printed: for a case, or a list that ``opens`` an address again."""

    kind: str
    case: int | None = None
    notice: int | None = None
    opens: str = ""


@dataclass(frozen=True, slots=True)
class Printed:
    """What goes on the paper: the token for the picture, and the short code."""

    id: int
    token: str
    code: str


@dataclass(frozen=True, slots=True)
class Back:
    """A sheet that came back. ``moved``: its case is no longer where it was when the sheet was printed."""

    id: int
    kind: str
    code: str
    printed_at: dt.datetime
    case: int | None
    notice: int | None
    opens: str
    state: str
    step: int | None
    moved: bool
    ended: bool
    back_at: dt.datetime | None
    answer: str
    photo: int | None  # the paper of the case that shows it


def print_sheets(*, wanted: Sequence[Wanted], by: Actor, at: dt.datetime) -> list[Printed]:
    """Give each sheet its code, in order. Who printed what about whom stands in the journal; the persons can read it.

    Raises :class:`NoSuchCase` where a case does not exist for whoever prints.
    """
    cases = _cases(by, [one.case for one in wanted if one.case is not None], at)
    if any(one.case is not None and one.case not in cases for one in wanted):
        raise NoSuchCase(_("There is no such case."))
    rows = [_row(one, cases.get(one.case or 0), by, at) for one in wanted]
    again = _again(rows, by, at)
    if len(again) == len(rows):
        return [_printed(row) for row in again]
    persons = sorted({case.person_id for case in cases.values() if case.person_id is not None})
    single = next(iter(cases.values())) if len(cases) == 1 else None
    with journal.entry(
        action="case.print", by=by, at=at, person=single.person_id if single else None,
        case=single.pk if single else None, service=single.service if single and single.sealed else "",
        area=single.area if single else "", sheets=len(rows), kind=",".join(sorted({one.kind for one in wanted})),
    ) as writing:  # fmt: skip
        made = writing.add(rows)
        if len(persons) > 1:
            looks.contains(writing.id, persons)
    return [_printed(row) for row in made]


def _printed(row: Sheet) -> Printed:
    token = sheetcodes.token(row.pk, row.case_id, row.step, row.kind, row.printed_at)
    return Printed(row.pk, token, sheetcodes.spaced(row.code))


def _again(rows: Sequence[Sheet], by: Actor, at: dt.datetime) -> list[Sheet]:
    """The same sheets as this account printed them today, in order, where all of them are there and none came back: a page
    that is only looked at twice makes no second code. Fewer where something differs."""
    since = clock.midnight(clock.day(at))
    held = Sheet.objects.filter(by_account=by.account, printed_at__gte=since, back_at__isnull=True, answer="")
    cases, opens = {row.case_id for row in rows if row.case_id}, {row.opens for row in rows if not row.case_id}
    if by.account is None or len(cases) + len(opens) > SOME:
        return []
    found: dict[tuple[object, ...], list[Sheet]] = {}
    for row in held.filter(Q(case__in=cases) | Q(case__isnull=True, opens__in=opens)).order_by("-pk"):
        found.setdefault(_same(row), []).append(row)
    return [one.pop() for row in rows if (one := found.get(_same(row)))]


def _same(row: Sheet) -> tuple[object, ...]:
    return (row.kind, row.case_id, row.notice, row.opens, row.state, row.step, row.office)


def _row(one: Wanted, case: Case | None, by: Actor, at: dt.datetime) -> Sheet:
    return Sheet(
        code=sheetcodes.fresh(), kind=one.kind, case=case, notice=one.notice, opens=one.opens[:300],
        state=case.state if case else "", step=case.step if case else None, printed_at=at, by_account=by.account,
        office=by.office,
    )  # fmt: skip


def _cases(by: Actor, ids: Sequence[int], at: dt.datetime) -> dict[int, Case]:
    once, found = list(dict.fromkeys(ids)), dict[int, Case]()
    for start in range(0, len(once), SOME):
        rows = Case.objects.filter(visible_cases(by.scope, at), pk__in=once[start : start + SOME])
        found.update({case.pk: case for case in rows})
    return found


def find(actor: Actor, text: str, *, at: dt.datetime) -> int | None:
    """The id of the sheet that a picture's token, its address or a typed short code names; None for what says nothing.

    A sheet of another area says nothing, worded like one that does not exist.
    """
    token = sheetcodes.opened(text)
    if token is not None:
        row = Sheet.objects.filter(pk=token.sheet, case=token.case).first()
    else:
        code = sheetcodes.typed(text)
        row = Sheet.objects.filter(code=code).first() if code else None
    return row.pk if row is not None and _covered(actor, row, at) else None


def _covered(actor: Actor, row: Sheet, at: dt.datetime) -> bool:
    if row.case_id is not None:
        return actor.may("case.view") and viewed(actor, row.case_id, at=at) is not None
    if not _opens(actor, row.opens):
        return False
    mine = actor.account is not None and row.by_account == actor.account
    return mine or Office.objects.filter(within(actor.scope, "area_id"), pk=row.office or 0).exists()


def _opens(actor: Actor, address: str) -> bool:
    """Whether the actor may open pages of the kind that a sheet leads to: what came back shows no less than that page."""
    try:
        wanted = permission_of(urlsplit(address).path)
    except Resolver404:
        return False
    return wanted == "public" or (wanted is not None and actor.may(wanted))


def sheet(actor: Actor, pk: int, *, at: dt.datetime) -> Back | None:
    """One sheet, for whom its case (or list) exists."""
    row = Sheet.objects.filter(pk=pk).select_related("case").first()
    if row is None or not _covered(actor, row, at):
        return None
    case = row.case
    photo = _photos(row).first()
    return Back(
        row.pk, row.kind, sheetcodes.spaced(row.code), row.printed_at, row.case_id, row.notice, row.opens,
        row.state, row.step, case is not None and (case.state, case.step) != (row.state, row.step),
        case is not None and case.state in states.ENDED, row.back_at, row.answer, photo.pk if photo else None,
    )  # fmt: skip


def _photos(row: Sheet) -> QuerySet[Paper]:
    """What came back of a sheet, the newest first."""
    if row.case_id is None:
        return Paper.objects.filter(sheet=row).order_by("-pk")
    return Paper.objects.filter(case=row.case_id, code=PAPER, name=_named(row)).order_by("-pk")


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of a stamped or signed sheet: whose sheet, its short code, when it came."""

    id: int
    sheet: int
    code: str
    at: dt.datetime


def photo(actor: Actor, sheet: int, paper: int, *, at: dt.datetime) -> tuple[bytes, str] | None:
    """The photo of a sheet that belongs to no case: its bytes and what they are. None for whom the sheet says nothing."""
    row = Sheet.objects.filter(pk=sheet, case__isnull=True).first()
    held = Paper.objects.filter(pk=paper, sheet=row).first() if row is not None and _covered(actor, row, at) else None
    return (papers.read(held.digest), held.content_type) if held is not None else None


def photos_of(actor: Actor, opens: str, *, at: dt.datetime) -> list[Photo]:
    """The signed and stamped sheets that came back of what lies at an address, the newest first."""
    return _shown(actor, Paper.objects.filter(sheet__opens=opens, sheet__case__isnull=True), at)


def photos_of_sheet(actor: Actor, sheet: int, *, at: dt.datetime) -> list[Photo]:
    """What came back of one sheet that belongs to no case, the newest first."""
    return _shown(actor, Paper.objects.filter(sheet=sheet, sheet__case__isnull=True), at)


def _shown(actor: Actor, rows: QuerySet[Paper], at: dt.datetime) -> list[Photo]:
    return [Photo(one.pk, one.sheet.pk, sheetcodes.spaced(one.sheet.code), one.at)
            for one in rows.select_related("sheet").order_by("-pk")[:20]
            if one.sheet is not None and _covered(actor, one.sheet, at)]  # fmt: skip


def _named(row: Sheet) -> str:
    return f"盖章签字的回单 {sheetcodes.spaced(row.code)}"


def of_case(case: int) -> list[tuple[int, str, dt.datetime, str]]:
    """The sheets printed for a case, newest first: id, kind, when, short code. The caller has shown it may see the case."""
    rows = Sheet.objects.filter(case=case).order_by("-pk")[:20]
    return [(row.pk, row.kind, row.printed_at, sheetcodes.spaced(row.code)) for row in rows]


def take_back(*, sheet: int, data: bytes, by: Actor, at: dt.datetime) -> bool:
    """Keep the photo of a stamped or signed sheet with its case, whatever the case's state; it moves nothing.

    A sheet that belongs to no case (a receipt, a list, a bank sheet) keeps its photos itself.

    Returns False where this very photo lies there already.
    """
    row = _mine(by, sheet, at)
    case = row.case
    stored = papers.keep(data)
    beside = {"case": case} if case is not None else {"sheet": row}
    if Paper.objects.filter(digest=stored.digest, **beside).exists():
        return False
    with _entered(row, "case.sheet-back", by, at) as writing:
        writing.add([Paper(
            person=case.person_id if case else None, case=case, sheet=row, code=PAPER, name=_named(row),
            content_type=stored.content_type, size=stored.size, digest=stored.digest, at=at, by_account=by.account,
        )])  # fmt: skip
        Sheet.objects.filter(pk=row.pk, back_at__isnull=True).update(back_at=at, back_by=by.account)
    return True


def _entered(row: Sheet, action: str, by: Actor, at: dt.datetime) -> Any:
    case = row.case
    if case is None:
        return journal.entry(action=action, by=by, at=at, area=by.area, sheet=row.pk)
    return journal.entry(action=action, by=by, at=at, person=case.person_id, case=case.pk, area=case.area,
                         service=case.service if case.sealed else "", sheet=row.pk)  # fmt: skip


def _mine(by: Actor, sheet: int, at: dt.datetime) -> Sheet:
    row = Sheet.objects.filter(pk=sheet).select_related("case").first()
    if row is None or not _covered(by, row, at):
        raise NoSuchCase(_("There is no such sheet."))
    return row


def answered(
    *,
    sheet: int,
    yes: bool,
    by: Actor,
    at: dt.datetime,
    expected: int | None = None,
    fields: Mapping[str, Any] | None = None,
) -> Case:
    """What was ticked and signed on a proposal's letter: yes is confirmed under the mandate of that paper, no declined.

    The signed sheet must lie with the case; it is the mandate's paper, for this service and this day only.
    """
    with transaction.atomic():
        Sheet.objects.select_for_update().filter(pk=sheet).first()  # sent twice at once, the second waits and is told
        row = _mine(by, sheet, at)
        case = row.case
        if case is None or row.kind != "proposal":
            raise Unfit(_("Nothing was asked on this sheet."))
        if row.answer:
            raise NotNow(_("This sheet was answered already; nothing was changed."))
        if not Paper.objects.filter(case=case, code=PAPER, name=_named(row)).exists():
            raise Unfit(_("Photograph the signed sheet first: it is the proof of their word."))
        if yes:
            made = _yes(row, case, by, at, expected)
            if fields:
                supplement(case=case.pk, fields=fields, by=by, at=at)
        else:
            (made,) = decline(cases=[case.pk], by=by, at=at, expected=expected, words=_named(row))
        Sheet.objects.filter(pk=row.pk).update(answer="yes" if yes else "no")
    return made


def _yes(row: Sheet, case: Case, by: Actor, at: dt.datetime, expected: int | None) -> Case:
    mandate = None
    if case.person_id is not None and not by.may("*"):
        mandate = mandates.give_mandate(
            person=case.person_id, proxy_person=None, kind="clerk", until=clock.day(at), paper=_named(row), by=by, at=at,
            services=case.service,
        )  # fmt: skip
    (made,) = confirm_proposed(cases=[case.pk], by=by, at=at, expected=expected, mandate=mandate, words=_named(row))
    return made


def pair(kind: str) -> Name:
    """What a kind of sheet is called."""
    return {
        "proposal": Name("征询意见信", "letter that asks for a yes or no"),
        "status": Name("办理情况告知信", "letter on where it stands"),
        "list": Name("打印的名单", "printed list"),
        "route": Name("走访单", "visiting list"),
        "bank": Name("发放审批单", "payment sheet"),
        "circle": Name("连心圈纸页", "page of a family circle"),
        "hours": Name("志愿服务证明", "certificate of hours"),
        "receipt": Name("捐赠收据", "receipt for a gift"),
        "review": Name("综述", "review"),
        "card": Name("户卡", "household card"),
        "slip": Name("绑定凭条", "slip that binds a phone"),
        "form": Name("打印的表单", "printed form"),
    }[kind]
