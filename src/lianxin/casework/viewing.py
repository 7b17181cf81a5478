"""One case opened for one viewer: a fixed number of queries, whatever its history."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.access.models import Account
from lianxin.casework import filework, foureyes, judged, mourning, offers, papers, states, subjects, withheld
from lianxin.casework.attesting import attestable
from lianxin.casework.duplicates import FOUND
from lianxin.casework.inbox import rows_of
from lianxin.casework.missing import Missing, still_missing
from lianxin.casework.models import Case, Dispatch, Gap, Listed, Move, Objection, Paper, Period, Publicity, Rating
from lianxin.casework.moving import listed_among, place_of, position
from lianxin.casework.permissions import Place, may
from lianxin.casework.public import barred
from lianxin.casework.reasons import REASONS
from lianxin.casework.scopes import visible_cases
from lianxin.casework.shown import (
    CaseView,
    GapShown,
    Happened,
    ObjectionShown,
    PaperShown,
    PeriodShown,
    PublicityShown,
    StepShown,
    number_there,
)
from lianxin.casework.words import said, step_words
from lianxin.catalogue.queries import Explained, Published, explain_under, version
from lianxin.engine import clock, routes, workdays
from lianxin.engine.facts import Name
from lianxin.engine.scope import Actor
from lianxin.people import changing, identities

# Verbs that no page offers: the machine's own steps between others.
INNER = frozenset({
    "order", "stand", "arrive", "fall-through", "bounce", "period", "lose", "find-again", "lapse", "object",
    "close-notice", "take", "turn-down", "give-up", "no-answer", "come-home",
})  # fmt: skip
RUNNING = states.ON_A_DESK | {states.PROPOSED}


def case(actor: Actor, pk: int, *, at: dt.datetime, masked: bool = False) -> CaseView | None:
    """One case, with what the actor may do with it; None where it does not exist for them."""
    found = _found(actor, pk, at)
    if found is None:
        return None
    speaks, listed = subjects.speaks_for(actor, at), listed_among([found], actor, at)
    here = place_of(found, actor, speaks, listed)
    published = version(found.version_id)
    row = rows_of([found], at=at, masked=masked)[0]
    outsider = here.subject and not actor.office
    schema: Any = published.service.form or {}
    died = mourning.died(found)
    verbs = _verbs(found, actor, here, published, died)
    explained, today = None, None
    if found.state == states.PROPOSED:  # nothing is decided: what it is worth is what a word today would open
        today = judged.judged([found], clock.day(at), spoken=True)[0]
    if actor.office:  # a desk reads the conditions one by one
        under = today.version if today else found.version_id
        explained = explain_under(under, person=found.person_id, family=found.family_id, day=clock.day(at))
    return CaseView(
        row=row, mode=found.mode, version=found.version_id, words=found.words,
        form=changing.masked(schema, found.form, found.person_id),
        fields=dict(schema.get("properties", {})), event_on=found.event_on, stands_from=found.stands_from,
        stands_to=found.stands_to, promised_at=found.promised_at, closed_at=found.closed_at,
        steps=steps_of(found, published), moves=_moves(found, outsider), gaps=_gaps(found), papers=_papers(found),
        notices=_notices(found, outsider), dispatches=_dispatches(found), periods=_periods(found),
        ratings=list(Rating.objects.filter(case=found).order_by("pk").values_list("score", "words", "at")),
        verbs=verbs, withheld="" if died else withheld.why(found, actor, here, verbs, at), died_on=died,
        back_to=_back_to(found, published),
        attestable=_attestable(found, published),
        changes=filework.compared(found) if found.closed_at is None and actor.office else [],
        for_helper=not found.sealed and actor.may("need.place" if here.need else "case.dispatch")
        and actor.scope.covers(found.area),
        became=next(iter(_seen(actor, at, Q(pk=found.became_id))), None) if found.became_id else None,
        came_from=_seen(actor, at, Q(became=found)), reference=number_there(found.channel, found.reference),
        rivals=filework.rivals(found) if found.closed_at is None and actor.office else [],
        estimated=found.due_at is not None and workdays.estimated(clock.day(found.moved_at), clock.day(found.due_at)),
        assignee_name=_names([found.assignee]).get(found.assignee or 0, ""),
        listed=_listed(found) if found.sealed and here.listed else (), mine=here.subject,
        missing=_missing(found, explained, clock.day(at)) if found.state in RUNNING and actor.office else [],
        explained=explained, today=today,
    )  # fmt: skip


def _missing(found: Case, explained: Explained | None, day: dt.date) -> list[Missing]:
    """What it lacks: by the same look at the file from which its conditions are shown."""
    unknown = explained.result.missing if explained is not None and explained.verdict == "unknown" else ()
    return still_missing([found], day, unknown=[unknown])[0]


def _seen(actor: Actor, at: dt.datetime, which: Q) -> list[tuple[int, str]]:
    """Those of these cases that the viewer may open: id and number."""
    rows = Case.objects.filter(which).order_by("pk").values_list("pk", "number")[:20]
    return [(pk, number) for pk, number in rows if _found(actor, pk, at) is not None]


def _found(actor: Actor, pk: int, at: dt.datetime) -> Case | None:
    seen = visible_cases(actor.scope, at)
    if actor.person is not None:  # staff and citizens alike see their own, and those they hold a mandate for
        speaks = subjects.speaks_for(actor, at)
        own = Q(person__in=speaks.persons) | Q(person__in=[person for person, _mandate, _services in speaks.mandates])
        own |= Q(family__in=speaks.families, person__isnull=True) | Q(family__in=speaks.families, mode="ask")
        found = Case.objects.filter(seen | own, pk=pk).select_related("office").first()
        if found is None or Case.objects.filter(seen, pk=pk).exists() or speaks.covers(found):
            return found
        return None
    if actor.may("*"):
        return Case.objects.filter(pk=pk).select_related("office").first()
    return Case.objects.filter(seen, pk=pk).select_related("office").first()


def may_be_missing(actor: Actor, pk: int, *, at: dt.datetime) -> list[Missing]:
    """What the case lacks today, as the desk's draft of the one list; empty where the case does not exist for them."""
    found = _found(actor, pk, at)
    return still_missing([found], clock.day(at))[0] if found is not None else []


def paper(actor: Actor, pk: int, *, at: dt.datetime) -> tuple[bytes, str, str] | None:
    """The content, type and name of one paper: of a case that the actor may see, of their own or a ward's, or an earlier
    one that such a case asks for again. A sealed case's papers stay with it."""
    row = Paper.objects.filter(pk=pk).select_related("case").first()
    if row is None:
        return None
    here = row.case_id is not None and _found(actor, row.case_id, at) is not None
    if not here and not _reached(actor, row, at):
        return None
    return papers.read(row.digest), row.content_type, row.name


def _reached(actor: Actor, row: Paper, at: dt.datetime) -> bool:
    """Whether a paper of another case is the actor's to see all the same."""
    if row.person is None or (row.case is not None and row.case.sealed):
        return False
    if actor.scope.reach == "self" and row.person in actor.scope.persons:
        return True
    whose = {row.person, identities.survivors().get(row.person, row.person)}
    seen = Case.objects.filter(visible_cases(actor.scope, at), person__in=whose)
    return any(
        row.code in {material.code for material in version(number).service.materials}
        for number in seen.order_by().values_list("version_id", flat=True).distinct()
    )


def steps_of(found: Case, published: Published) -> list[StepShown]:
    """The steps of a case's route and where it stands on them."""
    ended = found.state in {states.DELIVERED, states.STANDING, states.REVIEW}
    rows = []
    for index, step in enumerate(published.service.route):
        where = "done" if index < found.step or (ended and index <= found.step) else "ahead"
        if index == found.step and found.state in states.ON_A_DESK - {states.REVIEW}:
            where = "now"
        rows.append(StepShown(index, step.step, step.at, where, str(step.within or step.for_ or ""), step.as_))
    return rows


# Who acted where no person did: the operator's commands, and the work that goes on by itself.
OF_NOBODY: dict[str, str | Promise] = {
    "operator": gettext_lazy("the system's operator"), "system": gettext_lazy("the system by itself"),
}  # fmt: skip


def _moves(found: Case, outsider: bool) -> list[Happened]:
    """The timeline. The household reads offices' names, not who in the office; notes stay inside."""
    rows, route, brought = [], version(found.version_id).service.route, _brought(found)
    for move in Move.objects.filter(case=found).order_by("pk"):
        if outsider and move.verb in {"note", "take-up"}:
            continue
        reason = REASONS.get(move.reason)
        inside = outsider and move.office is not None
        found_it = move.from_state == "" and found.channel == FOUND
        who = str(OF_NOBODY.get(move.by_name, move.by_name))
        rows.append(
            Happened(
                move.pk, move.at, "" if inside else _("the system") if found_it else who, move.verb, move.reason,
                said(reason.pair) if reason else move.reason,
                move.words if not inside or move.verb in {"send-back", "refuse", "ask", "end", "reopen"} else "",
                move.from_step, move.to_step, move.to_state,
                route[move.from_step].step if move.from_step is not None and move.from_step < len(route) else "",
                move.mandate, move.at in brought,
            )
        )  # fmt: skip
    return rows


def _brought(found: Case) -> set[dt.datetime]:
    """The moments at which a paper came, or the original of one was looked at."""
    looked = Gap.objects.filter(case=found, kind="material").values_list("met_at", flat=True)
    return {*Paper.objects.filter(case=found).values_list("at", flat=True), *(at for at in looked if at is not None)}


def _gaps(found: Case) -> list[GapShown]:
    moves = Move.objects.filter(case=found, verb__in=["accept", "resume"]).exclude(words="")
    waived = set(moves.values_list("pk", flat=True))
    return [
        GapShown(
            gap.kind, gap.code, Name(gap.name.get("zh", gap.code), gap.name.get("en", gap.code)), gap.words,
            gap.asked_at, gap.met_at, gap.met_move in waived,
        )
        for gap in Gap.objects.filter(case=found).order_by("pk")
    ]  # fmt: skip


def _papers(found: Case) -> list[PaperShown]:
    """The papers of this case, and earlier ones of the person for what this service asks (never from sealed cases)."""
    codes = [material.code for material in version(found.version_id).service.materials]
    files = identities.files_of([found.person_id]) if found.person_id else []
    earlier = Q(person__in=files, code__in=codes, case__sealed=False)
    rows = Paper.objects.filter(Q(case=found) | earlier).order_by("pk")
    return [
        PaperShown(row.pk, row.code, row.name, row.content_type, row.size, row.at, row.case_id == found.pk)
        for row in rows
    ]


def _notices(found: Case, outsider: bool) -> list[PublicityShown]:
    rows = list(Publicity.objects.filter(case=found).order_by("pk"))
    objections: dict[int, list[ObjectionShown]] = {}
    if rows and not outsider:
        for one in Objection.objects.filter(publicity__in=rows).order_by("pk"):
            objections.setdefault(one.publicity_id, []).append(
                ObjectionShown(one.pk, one.at, one.words, one.contact_sealed is not None, one.upheld, one.finding)
            )
    return [
        PublicityShown(
            row.pk, row.service, row.area, row.shown, row.from_on, row.until_on, row.state,
            tuple(objections.get(row.pk, ())),
        )
        for row in rows
    ]  # fmt: skip


def _dispatches(found: Case) -> list[Any]:
    rows = Dispatch.objects.filter(case=found).select_related("office", "case__office").order_by("pk")
    return offers.shown(list(rows))


def _periods(found: Case) -> list[PeriodShown]:
    rows = Period.objects.filter(case=found).order_by("pk")
    return [PeriodShown(row.period, row.amount, row.state, row.ordered_at, row.on, row.step) for row in rows]


def _verbs(found: Case, actor: Actor, here: Place, published: Published, died: dt.date | None) -> tuple[str, ...]:
    open_verbs = routes.allowed(states.TABLE, published.service.route, position(found))
    kept = [verb for verb in open_verbs if verb not in INNER and may(actor, verb, here)]
    if found.mode != "automatic" and found.state != states.PROPOSED and "decline" in kept:
        kept.remove("decline")
    if died is not None:  # nobody asks the dead what they thought of it, nor whether they agree
        kept = [verb for verb in kept if verb not in {"rate", "confirm", "ask"}]
    if "publicise" in kept and barred(found):
        kept.remove("publicise")
    if "advance" in kept and foureyes.agreed_already([found], actor):
        kept.remove("advance")
    if "overrule" in kept and not Objection.objects.filter(publicity__case=found, answered_at__isnull=True).exists():
        kept.remove("overrule")
    return tuple(kept)


def _back_to(found: Case, published: Published) -> tuple[tuple[int, str], ...]:
    if found.state not in {states.OPEN, states.WAITING}:
        return ()
    return tuple((index, step_words(step.step)) for index, step in enumerate(published.service.route[: found.step]))


def _attestable(found: Case, published: Published) -> tuple[tuple[str, Name], ...]:
    if found.step_name != "attest":
        return ()
    return tuple((code, published.service.facts[code].name) for code in attestable(published))


def _listed(found: Case) -> tuple[tuple[int, str], ...]:
    accounts = list(Listed.objects.filter(case=found, until__isnull=True).values_list("account", flat=True))
    names = _names(accounts)
    return tuple((account, names.get(account, "")) for account in accounts)


def _names(accounts: list[int] | list[int | None]) -> dict[int, str]:
    wanted = [account for account in accounts if account is not None]
    return dict(Account.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
