"""No page shows a code or a word of the other language where a word of ours belongs."""

import datetime as dt

import pytest
from django.utils.translation import gettext, override

from lianxin.access.roles import PERMISSIONS
from lianxin.casework import words as cases
from lianxin.companion import trail
from lianxin.demo.personas import CAST
from lianxin.engine import personal
from lianxin.engine.scope import Actor, over
from lianxin.journal import actions as journal
from lianxin.people import copywords
from tests.house.test_deny_by_default import signed_in
from tests.house.world import World

AT = dt.datetime(2026, 11, 2, 2, 0, tzinfo=dt.UTC)
SYSTEM = Actor(permissions=frozenset({"*"}), scope=over("4199"), area="4199")


def said(text):
    with override("zh-hans"):
        return gettext(text) if isinstance(text, str) else str(text)


@pytest.mark.parametrize("text", [*PERMISSIONS.values(), *(one.en for one in CAST), *cases.STEPS.values()])
def test_what_may_be_done_and_who_does_it_is_said_in_chinese(text):
    assert not said(text).isascii()


def test_every_declared_table_and_field_of_persons_has_a_word_in_both_languages():
    for table in personal.tables():
        if not table.personal:
            continue
        assert table.model in copywords.TABLES, f"say in people/copywords.py what {table.model} is called"
        for name, kind in table.kinds.items():
            if kind != "plain":
                zh, en = copywords.field(name)
                assert zh, (table.model, name)
                assert not zh.isascii(), (table.model, name)
                assert en.isascii() and "_" not in en, (table.model, name)


def test_covered_tables_are_called_by_their_words():
    assert copywords.called("people.kin", "zh-hans") == "亲属关系（不含对方信息）"
    assert copywords.called("people.kin", "en") == "Kin (without their data)"


@pytest.mark.django_db
def test_ones_own_signing_in_is_no_strangers_look(settings):
    settings.DEMO = True
    world = World.build(AT)
    person = world.objects["own"]["person"]
    own = Actor(account=world.resident.pk, name="甲", person=person)
    journal.note(action="access.sign-in", by=own, at=AT, person=person)
    journal.note(action="never-named", by=SYSTEM, at=AT, person=person)
    with override("zh-hans"):
        rows, _more = trail.looks_of(person, world.resident.pk)
    assert {(row.words, row.own) for row in rows} >= {("登录", True), ("处理了档案", False)}
    body = signed_in(world.resident).get("/household/trail/?mine=1").content.decode()
    assert "您自己" in body
    assert "access.sign-in" not in body
    others = signed_in(world.resident).get("/household/trail/").content.decode()
    assert "您自己" not in others
    assert "办理了档案" in others or "处理了档案" in others
