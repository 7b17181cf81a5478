"""Deletion with proof: two people, nothing that opens, nothing that is left in the clear, and a chain that closes."""

import datetime as dt
import json

import pytest
from django.apps import apps
from django.db import IntegrityError, connection

from lianxin.access import seal, sealedfiles
from lianxin.engine import personal
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over
from lianxin.journal import actions as journal
from lianxin.journal.models import Covered
from lianxin.journal.queries import verify
from lianxin.people import queries, retention
from lianxin.people.models import BankAccount, Disposal, Particulars, Person, Scan
from lianxin.people.protection import rules
from tests.house.test_deny_by_default import signed_in
from tests.house.world import OPERATOR

AT = dt.datetime(2026, 11, 2, 2, 0, tzinfo=dt.UTC)
MAY = frozenset({"retention.decide"})
FIRST = Actor(account=701, name="甲", permissions=MAY, scope=over("419902"), area="419902")
SECOND = Actor(account=702, name="乙", permissions=MAY, scope=over("419902"), area="419902")


@pytest.fixture
def world(kept_world, db, settings):
    settings.DEMO = True
    made = kept_world()
    Disposal.objects.all().delete()
    return made


@pytest.fixture
def dead(world):
    """Somebody dead for so long that their term is over, with a picture on file."""
    own = world.objects["own"]["person"]
    died = AT.date().replace(year=AT.year - rules().terms["file"].years - 1)
    digest = sealedfiles.keep(b"%PDF-1.4 an old paper")
    with journal.entry(action="test", by=OPERATOR, at=AT) as writing:
        salt = Person.objects.get(pk=own).salt
        writing.add([Particulars(person_id=own, name=world.names["own"], died_on=died, recorded_at=AT,
                                 id_sealed=seal.seal("41990119900101001X", salt, "id"))])  # fmt: skip
        writing.add(
            [Scan(person_id=own, kind="paper", content_type="application/pdf", size=22, digest=digest, recorded_at=AT)]
        )
    Person.objects.filter(pk=own).update(died_on=died, address="一号院")
    retention.propose_due(by=OPERATOR, at=AT)
    return own


def due(person):
    return Disposal.objects.get(person_id=person)


def test_what_is_due_is_proposed_once_and_nobody_living(world, dead):
    assert retention.propose_due(by=OPERATOR, at=AT) == 0
    assert list(Disposal.objects.values_list("person_id", "kind", "state")) == [(dead, "delete", "due")]


def test_a_death_within_the_term_is_archived_not_deleted(world):
    own = world.objects["own"]["person"]
    Person.objects.filter(pk=own).update(died_on=AT.date() - dt.timedelta(days=40))
    retention.propose_due(by=OPERATOR, at=AT)
    assert due(own).kind == "archive"
    retention.propose(pk=due(own).pk, reason="家属已办结", by=FIRST, at=AT)
    retention.decide(pk=due(own).pk, agree=True, by=SECOND, at=AT)
    assert not Person.objects.get(pk=own).visible
    assert bytes(Person.objects.get(pk=own).salt) != b""
    assert queries.person(over("4199"), own) is None


def test_two_people_and_never_one_in_two_clicks(world, dead):
    pk = due(dead).pk
    with pytest.raises(Refusal):
        retention.decide(pk=pk, agree=True, by=SECOND, at=AT)  # nobody proposed it
    retention.propose(pk=pk, reason="保存期已满", by=FIRST, at=AT)
    with pytest.raises(Refusal):
        retention.decide(pk=pk, agree=True, by=FIRST, at=AT)
    assert bytes(Person.objects.get(pk=dead).salt) != b""
    with pytest.raises(IntegrityError):
        Disposal.objects.filter(pk=pk).update(decided_by=FIRST.account)


def test_a_hold_stops_it_until_it_is_lifted(world, dead):
    pk = due(dead).pk
    retention.propose(pk=pk, reason="保存期已满", by=FIRST, at=AT)
    retention.hold(pk=pk, reason="民事案件未结", by=SECOND, at=AT)
    for act in (lambda: retention.decide(pk=pk, agree=True, by=SECOND, at=AT),
                lambda: retention.propose(pk=pk, reason="保存期已满", by=FIRST, at=AT)):  # fmt: skip
        with pytest.raises(Refusal):
            act()
    assert retention.propose_due(by=OPERATOR, at=AT) == 0
    retention.lift(pk=pk, by=FIRST, at=AT)
    assert due(dead).state == "due"


def test_another_countys_list_is_not_mine(world, dead):
    other = Actor(account=703, permissions=MAY, scope=over("419903"))
    with pytest.raises(Refusal):
        retention.propose(pk=due(dead).pk, reason="保存期已满", by=other, at=AT)
    assert retention.listed(other.scope) == ([], "")


@pytest.fixture
def erased(world, dead, django_capture_on_commit_callbacks):
    kept = bytes(BankAccount.objects.get(person_id=dead).number_sealed), bytes(Person.objects.get(pk=dead).salt)
    digest = Scan.objects.filter(person_id=dead).latest("pk").digest
    retention.propose(pk=due(dead).pk, reason="保存期已满", by=FIRST, at=AT)
    with django_capture_on_commit_callbacks(execute=True):
        retention.decide(pk=due(dead).pk, agree=True, by=SECOND, at=AT)
    return dead, kept, digest


def test_nothing_opens_and_nothing_is_left_in_the_clear(world, erased):
    dead, (sealed, _salt), digest = erased
    with pytest.raises(ValueError, match="opened"):
        seal.unseal(sealed, Person.objects.get(pk=dead).salt, "account")
    assert not sealedfiles.where(digest).exists()
    found = []
    for model in apps.get_models():
        if model.__module__.startswith("lianxin.") and model._meta.label not in {"access.Account", "access.Office"}:
            for row in model._base_manager.values():
                text = json.dumps(row, ensure_ascii=False, default=str)
                if world.names["own"] in text or "一号院" in text:
                    found.append((model._meta.label, row))
    assert found == []
    assert world.names["sibling"] in Person.objects.values_list("name", flat=True)


def test_the_chain_closes_and_counts_stay(world, erased):
    assert verify().broken is None
    assert apps.get_model("casework.Case").objects.count() == 3 * len(world.objects)  # ask, need, report
    names = {model._meta.label for model in apps.get_models() if issubclass(model, Covered)}
    assert {table.model for table in personal.tables() if table.of and not table.keeps} & names


def test_the_certificate_is_checked_against_the_chain(world, erased):
    dead, _kept, _digest = erased
    row = due(dead)
    assert retention.check_certificate(pk=row.pk)
    assert world.names["own"] not in json.dumps(row.certificate, ensure_ascii=False)
    assert row.certificate["rows"]["people.BankAccount"] == 1
    Disposal.objects.filter(pk=row.pk).update(certificate={**row.certificate, "files": 0})
    assert not retention.check_certificate(pk=row.pk)


def test_a_certificate_does_not_hold_while_the_salt_is_there(world, erased):
    dead, (_sealed, salt), _digest = erased
    Person.objects.filter(pk=dead).update(salt=salt)
    assert not retention.check_certificate(pk=due(dead).pk)


def test_a_second_click_deletes_nothing_more(world, erased):
    with pytest.raises(Refusal):
        retention.decide(pk=due(erased[0]).pk, agree=True, by=SECOND, at=AT)
    assert retention.propose_due(by=OPERATOR, at=AT) == 0


def test_pages_propose_and_decide_with_two_people(world, dead):
    pk = due(dead).pk
    reviewer = signed_in(world.staff["reviewer"])
    assert reviewer.get("/console/retention/").status_code == 200
    assert reviewer.post(f"/console/retention/{pk}/propose/", {"reason": "保存期已满"}).status_code == 302
    reviewer.post(f"/console/retention/{pk}/agree/")
    assert due(dead).state == "proposed"
    assert reviewer.get(f"/console/retention/{pk}/").status_code == 200
    assert connection.vendor in {"sqlite", "postgresql"}
