"""Random verbs in any order by anybody: no case is lost, none that is open lacks a desk or a day, every end is told."""

import datetime as dt
from unittest import mock

from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from lianxin.access.permissions import Refused
from lianxin.casework import actions, queries, states
from lianxin.casework.models import Case, Dispatch, Objection, Period, Publicity
from lianxin.engine.refusal import Refusal
from lianxin.journal import pictures
from lianxin.journal.queries import verify
from lianxin.notices.models import Notice
from lianxin.outcomes.models import Outcome
from lianxin.payments.derived import periods as of_the_books
from tests.factories import casework
from tests.factories.casework import AT, SYSTEM, pay

SERVICES = {
    "household-help": "wife", "accomp-subsidy": "wife", "living-subsidy-rural60": "old_man", "rights-case": "wife",
    "good-news": "soldier",
}  # fmt: skip
KINDS = {"household-help": "repair", "rights-case": "damages"}
ACTORS = [
    "worker",
    "clerk",
    "reviewer",
    "rights",
    "approver",
    "liaison",
    "mediator",
    "shop",
    "wife",
    "sibling",
    "system",
]
ENDS = {
    "case-refused",
    "withdrawn",
    "delivered",
    "lapsed",
    "standing-ended",
    "done-please-confirm",
    "listed",
    "line-made",
}
REASON = {"refuse": "conditions", "end": "no-longer", "reopen": "our-mistake", "send-back": "unclear"}
GAPS = [queries.Missing("material", "photo", "照片", "photo"), queries.Missing("field", "since", "说明", "word")]
SEEN: dict[str, int] = {}
picks = st.integers(0, 20)


class Road(RuleBasedStateMachine):
    """One town, a handful of cases, and whatever people may do to them."""

    town = None

    @initialize()
    def begin(self):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.at, self.opened = AT, set()
        for service in SERVICES:
            self.open(service, "system", proposed=service == "accomp-subsidy")

    def teardown(self):
        if hasattr(self, "atomic"):
            books = [one for one in pictures._DERIVED if one is not of_the_books]  # this bank answers without any
            try:
                with mock.patch.object(pictures, "_DERIVED", books):
                    assert verify().broken is None
            finally:
                transaction.set_rollback(True)
                self.atomic.__exit__(None, None, None)

    def actor(self, name):
        return SYSTEM if name == "system" else getattr(self.town, name)

    def attempt(self, act, **given):
        """An answer, or a refusal in a clear sentence that changes nothing."""
        self.at += dt.timedelta(minutes=37)
        before = list(Case.objects.order_by("pk").values_list("pk", "state", "step", "version_lock", "due_at"))
        try:
            return act(at=self.at, **given)
        except (Refusal, Refused) as refused:
            assert str(refused)
            assert before == list(
                Case.objects.order_by("pk").values_list("pk", "state", "step", "version_lock", "due_at")
            )
            return None

    @rule(
        service=st.sampled_from(sorted(SERVICES)),
        name=st.sampled_from(["wife", "clerk", "system"]),
        proposed=st.booleans(),
    )
    def open(self, service, name, proposed):
        person = self.town.persons[SERVICES[service]]
        try:
            case = self.town.open(
                service, person, by=self.actor(name), at=self.at, kind=KINDS.get(service, ""), channel="app",
                family=person.family_id, proposed=proposed and service == "accomp-subsidy", area=person.home,
                event_on=AT.date() if service == "good-news" else None, amount=90000,
            )  # fmt: skip
        except Refusal:
            return
        self.opened.add(case.pk)

    @rule(
        pick=picks,
        choice=picks,
        step=st.integers(0, 4),
        yes=st.booleans(),
        name=st.sampled_from(["system", "system", *ACTORS]),
    )
    def something_possible(self, pick, choice, step, yes, name):
        """A verb that is possible now, mostly by somebody who may."""
        case = self.pick(pick)
        verbs = [verb for verb in queries.case(SYSTEM, case.pk, at=self.at).verbs if verb not in {"note", "take-up"}]
        if verbs:
            self.do(case, verbs[choice % len(verbs)], step, yes, self.actor(name))

    @rule(pick=picks, verb=st.sampled_from(sorted(states.TABLE)), step=st.integers(0, 4), name=st.sampled_from(ACTORS))
    def anything_by_anybody(self, pick, verb, step, name):
        self.do(self.pick(pick), verb, step, True, self.actor(name))

    @rule(pick=picks, steps=st.integers(1, 6))
    def the_usual_road(self, pick, steps):
        """The next usual thing, several times: so that the far ends are reached."""
        case = self.pick(pick)
        for _ in range(steps):
            verbs = queries.case(SYSTEM, case.pk, at=self.at).verbs
            usual = [verb for verb in ("confirm", "accept", "advance", "publicise", "dispatch", "deliver", "received",
                                       "call-back") if verb in verbs]  # fmt: skip
            if usual:
                self.do(Case.objects.get(pk=case.pk), usual[0], 0, True, SYSTEM)
            elif case.state == "publicised":
                self.time_passes(15)

    def do(self, case, verb, step, yes, by):
        SEEN[verb] = SEEN.get(verb, 0) + 1
        one, many = {"case": case.pk, "by": by}, {"cases": case.pk, "by": by}
        plain = {"confirm": "confirm_proposed", **{v: v for v in ("accept", "advance", "withdraw", "publicise", "deliver",
                                                                  "decline", "keep")}}  # fmt: skip
        if verb in plain:
            self.attempt(getattr(actions, plain[verb]), **many, expected=case.version_lock - (not yes))
        elif verb in {"refuse", "end", "reopen"}:
            self.attempt(getattr(actions, verb), **many, reason=REASON[verb])
        elif verb == "send-back":
            self.attempt(actions.send_back, **many, reason=REASON[verb], to_step=step)
        elif verb == "ask":
            self.attempt(actions.ask_missing, **one, gaps=GAPS)
        elif verb == "supplement":
            self.attempt(actions.supplement, **one, words="来了", fields={"since": "2024-01-01"} if yes else None)
        elif verb == "resume":
            self.attempt(actions.resume, **one)
        elif verb == "dispatch":
            self.errand(case, by, yes, step)
        elif verb in {"received", "not-received"}:
            self.attempt(actions.confirm_received, **one, received=verb == "received")
        elif verb == "call-back":
            self.attempt(actions.call_back, **one, reached=yes)
        elif verb == "rate":
            self.attempt(actions.rate, **one, score=step + 1)

    def errand(self, case, by, yes, step):
        offer = self.attempt(actions.dispatch, case=case.pk, office=self.town.offices["shop"], by=by)
        if offer is None or step == 4:
            return
        self.attempt(actions.answer_dispatch, dispatch=offer.pk, accept=yes, reason="没空", by=self.town.shop)
        if yes and step == 3:
            self.attempt(actions.answer_dispatch, dispatch=offer.pk, accept=False, reason="车坏了", by=self.town.shop)
        elif yes and step < 2:
            self.attempt(actions.done_dispatch, dispatch=offer.pk, words="好了", by=self.town.shop)

    @rule(upheld=st.booleans(), back=st.sampled_from([None, 0, 1]))
    def objection(self, upheld, back):
        notice = Publicity.objects.filter(state="open").first()
        if notice is not None:
            made = self.attempt(actions.object_to, publicity=notice.pk, words="不太对劲")
            self.attempt(actions.answer_objection, objection=made.pk, upheld=upheld, finding="查过了", to_step=back,
                         by=SYSTEM)  # fmt: skip

    @rule(days=st.integers(1, 40))
    def time_passes(self, days):
        self.at += dt.timedelta(days=days)
        actions.close_due_publicity(by=SYSTEM, at=self.at)
        actions.return_unanswered(by=SYSTEM, at=self.at)
        actions.periods_due(day=self.at.date(), by=SYSTEM, at=self.at)

    @rule(pick=picks, fault=st.sampled_from(["", "", "closed"]))
    def bank_answers(self, pick, fault):
        case = self.pick(pick)
        period = Period.objects.filter(case=case, source__startswith="payment:").order_by("-pk").first()
        if period is not None and case.state in {"underway", "standing", "review"}:
            pay(case, period=period.period, fault=fault, at=self.at)

    def pick(self, number):
        ids = sorted(self.opened)
        return Case.objects.get(pk=ids[number % len(ids)])

    @invariant()
    def nothing_is_lost(self):
        if not hasattr(self, "opened"):
            return
        assert set(Case.objects.values_list("pk", flat=True)) == self.opened
        for case in Case.objects.all():
            self.sound(case)
        for one in Objection.objects.filter(answered_at__isnull=True):
            assert one.publicity.case.state not in {states.PUBLICISED}

    def sound(self, case):
        assert case.state in states.STATES
        if case.state in states.ON_A_DESK:
            assert None not in (case.office_id, case.due_at)
            assert case.closed_at is None
        if case.state in states.ENDED:
            assert case.due_at is None
            assert case.closed_at is not None
            assert not Dispatch.objects.filter(case=case, answer__in=["offered", "accepted"]).exists()
            told = set(Notice.objects.filter(case=case.pk, person=case.person_id).values_list("template", flat=True))
            assert told & ENDS, (case.state, told)
        assert (case.paused_at is not None) == (case.state == states.WAITING)
        assert (case.state == states.PUBLICISED) == Publicity.objects.filter(case=case, state="open").exists()
        counted = sum(Outcome.objects.filter(case=case.pk).values_list("quantity", flat=True))
        assert 0 <= counted <= 1  # one delivery counts here: the money of these services is the bank's


def test_any_order(db, bank):
    SEEN.clear()
    Road.town = casework.town()
    run_state_machine_as_test(
        Road,
        settings=settings(max_examples=max(settings().max_examples // 4, 12), stateful_step_count=40, deadline=None),
    )
    # few examples may by chance leave out what is rarely possible; many may not
    many = settings().max_examples >= 100
    assert {"accept", "advance", *(("deliver", "dispatch", "ask", "refuse") if many else ())} <= set(SEEN)
