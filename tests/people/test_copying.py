"""The copy of everything held about a person: whole, theirs alone, gone after its hours."""

import datetime as dt
import io
import json
import zipfile

import pytest
from django.apps import apps

from lianxin.access import sealedfiles
from lianxin.engine import clock, personal
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, Scope
from lianxin.journal import actions as journal
from lianxin.journal.models import Entry
from lianxin.people import copying, copywords
from lianxin.people.models import Copy, Kin, Particulars, Scan, Standing
from tests.house.test_deny_by_default import signed_in
from tests.house.world import OPERATOR

AT = dt.datetime(2026, 11, 2, 2, 0, tzinfo=dt.UTC)


@pytest.fixture
def world(kept_world, db, settings):
    settings.DEMO = True
    return kept_world()


@pytest.fixture
def person(world):
    """Somebody with a row in many tables, kin to somebody else."""
    own, other = world.objects["own"]["person"], world.objects["sibling"]["person"]
    digest = sealedfiles.keep(b"%PDF-1.4 a certificate")
    with journal.entry(action="test", by=OPERATOR, at=AT) as writing:
        writing.add([Kin(person_id=own, relative_id=other, kind="spouse", recorded_at=AT)])
        writing.add([Standing(person_id=own, code="combat", recorded_at=AT, paper="参战证明")])
        writing.add(
            [Scan(person_id=own, kind="paper", content_type="application/pdf", size=22, digest=digest, recorded_at=AT)]
        )
    return own


def owner(person, account=91):
    return Actor(account=account, person=person, scope=Scope("self", persons=(person,), account=account), name="甲")


def opened(person, *, sealed=True):
    return zipfile.ZipFile(io.BytesIO(copying.written(person, at=AT, sealed=sealed, place=0)))


def test_every_personal_field_and_table_has_plain_words():
    missing = []
    for table in personal.tables():
        if not table.of or not table.personal or table.apart:
            continue
        missing += [] if table.model in copywords.TABLES else [table.model]
        for name, kind in table.kinds.items():
            if kind in {"said", "sensitive", "words", "sealed"} and not copywords.field(name)[0]:
                missing.append(f"{table.model}.{name}")
    assert missing == [], "give them words in people/copywords.py"


def test_the_copy_opens_and_holds_every_row_of_every_declared_table(world, person):
    archive = opened(person)
    assert archive.testzip() is None
    assert archive.read("copy.pdf").startswith(b"%PDF")
    said = json.loads(archive.read("data.json"))["tables"]
    for table in personal.tables():
        if table.of and table.personal and not table.apart:
            there = apps.get_model(table.model)._base_manager.filter(**{table.of: person}).count()
            assert len(said.get(table.model, [])) >= there, table.model
    assert {"people.Particulars", "people.Kin", "people.BankAccount", "casework.Case", "notices.Notice"} <= set(said)
    assert said["people.BankAccount"][0]["number_sealed"] == "6222000000000000"
    assert b"%PDF-1.4 a certificate" in [
        archive.read(name) for name in archive.namelist() if name.startswith("papers/")
    ]


def test_the_copy_holds_nothing_of_anybody_else(world, person):
    text = opened(person).read("data.json").decode()
    assert world.names["own"] in text
    for place in ("sibling", "parent"):
        assert world.names[place] not in text
    assert "relative_id" not in text
    assert "by_name" not in text


def test_the_copy_names_no_place_outside_itself(world, person):
    names = opened(person).namelist()
    assert all(not name.startswith(("/", "\\")) and ".." not in name and ":" not in name for name in names)


def test_a_row_in_another_file_is_not_in_mine(world, person):
    other = world.objects["sibling"]["person"]
    said = json.loads(opened(other).read("data.json"))["tables"]
    assert "people.Standing" not in said
    assert [row["name"] for row in said["people.Particulars"]] == [world.names["sibling"]]


def test_only_who_asked_takes_the_file_and_only_while_it_lasts(world, person):
    asked = copying.ask(person=person, by=owner(person), at=clock.now())
    copying.make(asked.pk)
    held = copying.mine(account=91, person=person, at=clock.now())
    assert held is not None
    assert zipfile.ZipFile(io.BytesIO(copying.content(copy=held))).namelist()[0] == "copy.pdf"
    assert copying.mine(account=92, person=person, at=clock.now()) is None
    assert copying.mine(account=91, person=world.objects["sibling"]["person"], at=clock.now()) is None
    assert copying.mine(account=91, person=person, at=held.expires_at) is None
    digest = held.digest
    assert copying.sweep(at=held.expires_at) == 1
    assert not sealedfiles.where(digest).exists()
    assert Copy.objects.get().state == "gone"


def test_asking_twice_is_one_copy_and_one_entry(world, person):
    first = copying.ask(person=person, by=owner(person), at=clock.now())
    assert copying.ask(person=person, by=owner(person), at=clock.now()) == first
    assert Entry.objects.filter(action="people.copy", person=person).count() == 1


def test_a_clerk_needs_the_paper_that_was_seen_and_an_own_area(world, person):
    clerk = signed_in(world.staff["clerk"])
    page = f"/console/people/{person}/data/"
    clerk.post(page + "copy/", {"seen": " "})
    assert not Copy.objects.exists()
    clerk.post(page + "copy/", {"seen": "身份证原件"})
    copying.make(Copy.objects.get().pk)
    assert clerk.get(page + "copy/file/").status_code == 200
    other = signed_in(world.staff["reviewer"]).get(page + "copy/file/")
    assert (other.status_code, other["Location"]) == (302, page)
    assert Entry.objects.get(action="people.copy").purpose == "身份证原件"
    assert (
        clerk.post(
            f"/console/people/{world.objects['sibling']['person']}/data/copy/", {"seen": "身份证原件"}
        ).status_code
        == 404
    )


def test_a_stranger_cannot_ask(world, person):
    with pytest.raises(Exception):  # noqa: B017  refused by permission
        copying.ask(person=person, by=owner(world.objects["sibling"]["person"]), at=AT)
    with pytest.raises(Refusal):
        copying.ask(person=world.objects["sibling"]["person"], at=AT, seen="身份证原件",
                    by=Actor(account=5, permissions=frozenset({"people.reveal"}), scope=Scope("area", ("419902",))))  # fmt: skip


def test_sealed_matters_are_not_on_paper_at_a_counter(world, person):
    case = apps.get_model("casework.Case").objects.filter(family__people=person).first()
    apps.get_model("casework.Case").objects.filter(pk=case.pk).update(sealed=True, person_id=person)
    at_home = json.loads(opened(person).read("data.json"))["tables"]
    at_counter = json.loads(opened(person, sealed=False).read("data.json"))["tables"]
    assert case.number in {row["number"] for row in at_home["casework.Case"]}
    assert case.number not in {row["number"] for row in at_counter.get("casework.Case", [])}
    moves = apps.get_model("casework.Move").objects.filter(case=case).count()
    assert len(at_home["casework.Move"]) - len(at_counter.get("casework.Move", [])) == moves > 0


def test_the_person_takes_it_in_the_app_and_nobody_elses(world, person, settings):
    client = signed_in(world.resident)
    assert client.get("/household/data/copy/file/").status_code == 404
    assert client.post("/household/data/copy/").status_code == 302
    copying.make(Copy.objects.get().pk)
    answer = client.get("/household/data/copy/file/")
    assert answer["Content-Type"] == "application/zip"
    assert answer["Cache-Control"] == "private, no-store"
    assert Particulars.objects.filter(person_id=person).exists()
