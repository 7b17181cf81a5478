"""Finding people and writing into files: inside one's area, with a paper, by two people where money is concerned."""

import datetime as dt

import pytest

from lianxin.access import seal
from lianxin.access.permissions import Refused
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, Scope, over
from lianxin.journal import actions as journal
from lianxin.journal.models import Entry
from lianxin.journal.queries import verify
from lianxin.people import actions, filing, models, queries
from lianxin.people.facts import frame

AT = dt.datetime(2026, 5, 6, 2, tzinfo=dt.UTC)
MAY = frozenset({"people.edit", "people.view", "people.reveal", "case.open"})
CLERK = Actor(account=7, name="周", area="419902001", scope=over("419902001"), permissions=MAY)
COLLEAGUE = Actor(account=9, name="吴", area="419902001", scope=over("419902001"), permissions=MAY)
SIBLING = Actor(account=8, name="李", area="419902002", scope=over("419902002"), permissions=MAY)
ID = "419902195801010014"


def made(number, name, home="419902001001", **given):
    salt = seal.salt()
    person = models.Person.objects.create(
        file_number=f"CC{number:08d}", salt=salt, name=name, home=home, entry=1, address="青石巷 3 号楼", **given
    )
    with journal.entry(action="test", by=Actor(), at=AT) as writing:
        writing.add([models.Particulars(person=person, name=name, home=home, recorded_at=AT,
                                        id_sealed=seal.seal(ID, salt, "id"),
                                        phone_sealed=seal.seal("13900000412", salt, "phone"))])  # fmt: skip
    return person


@pytest.fixture
def lin(db):
    return made(1, "林静好", pinyin="linjinghao", initials="ljh", id_mark=seal.mark(ID, "id"),
                phone_mark=seal.mark("13900000412", "phone"))  # fmt: skip


@pytest.mark.parametrize("text", [
    ID, "４１９９０２１９５８０１０１００１４", "13900000412", "CC00000001", "cc00000001", "林静好", "林静", "静好", "林", "linjing",
    "ljh", "lj", " 林 静 好 "])  # fmt: skip
def test_a_person_is_found_by_whatever_is_known(lin, text):
    assert [hit.id for hit in queries.search(CLERK.scope, text)] == [lin.pk]
    assert queries.search(SIBLING.scope, text) == []
    assert queries.search(Scope(), text) == []


@pytest.mark.parametrize("text", ["", " ", "%", "_", "'; DROP TABLE people_person;--", "x" * 5000, "\x00", "🙂"])
def test_hostile_searches_find_nobody(lin, text):
    assert queries.search(CLERK.scope, text) == []


def test_a_file_is_masked_and_closed_to_the_sibling_area(lin):
    file = queries.person(CLERK.scope, lin.pk)
    assert (file.id_number, file.phone) == ("41*************014", "139****0412")
    assert queries.person(SIBLING.scope, lin.pk) is None


def test_a_reveal_needs_a_reason_and_stands_in_the_journal(lin):
    with pytest.raises(Refusal):
        filing.reveal(person=lin.pk, field="id", reason="", by=CLERK, at=AT)
    assert not Entry.objects.filter(action="people.reveal").exists()
    assert filing.reveal(person=lin.pk, field="id", reason="核对户口簿", by=CLERK, at=AT) == ID
    entry = Entry.objects.get(action="people.reveal")
    assert (entry.person, entry.purpose, entry.by_account) == (lin.pk, "核对户口簿", 7)
    assert ID not in str(entry.detail)
    with pytest.raises(Refusal):
        filing.reveal(person=lin.pk, field="id", reason="好奇一下", by=SIBLING, at=AT)
    with pytest.raises(Refused):
        filing.reveal(person=lin.pk, field="id", reason="好奇一下", by=Actor(scope=CLERK.scope), at=AT)


def test_a_correction_supersedes_and_is_chained(lin):
    first = actions.record(person=lin.pk, group="livelihood", says={"employment": "employed", "monthly_income": 500000},
                          valid_from=dt.date(2026, 1, 1), paper="劳动合同", by=CLERK, at=AT)  # fmt: skip
    actions.record(person=lin.pk, group="livelihood", says={"employment": "unemployed"}, valid_from=dt.date(2026, 1, 1),
                  paper="失业登记", corrects=first, by=CLERK, at=AT)  # fmt: skip
    seen = frame(subject="person", day=dt.date(2026, 6, 1), ids=[lin.pk], codes=["employment", "monthly_income"])
    assert seen.to_dicts() == [{"id": lin.pk, "employment": "unemployed", "monthly_income": 500000}]
    assert models.Livelihood.objects.count() == 2
    assert verify().broken is None
    with pytest.raises(Refusal):
        actions.record(person=lin.pk, group="livelihood", says={"employment": "none"}, valid_from=None, paper="",
                      by=CLERK, at=AT)  # fmt: skip
    with pytest.raises(Refusal):
        actions.record(
            person=lin.pk, group="livelihood", says={"salt": b""}, valid_from=None, paper="甲", by=CLERK, at=AT
        )
    with pytest.raises(Refusal):
        actions.record(person=lin.pk, group="livelihood", says={"employment": "none"}, valid_from=None, paper="甲",
                      by=SIBLING, at=AT)  # fmt: skip


def test_a_first_account_is_verified_by_somebody_else_and_used(lin, settings):
    settings.COOLING_OFF_DAYS = 3
    given = {"person": lin.pk, "bank": "澄川银行", "number": "6222 0000 0000 0000", "paper": "存折"}
    with pytest.raises(Refusal):
        filing.change_account(**given, holder="别人", by=CLERK, at=AT)
    account = filing.change_account(**given, holder="林静好", by=CLERK, at=AT)
    day = AT.date()
    assert queries.usable_accounts([lin.pk], day) == {}
    with pytest.raises(Refusal):
        filing.verify_account(account=account, by=CLERK, at=AT)
    filing.verify_account(account=account, by=COLLEAGUE, at=AT)
    with pytest.raises(Refusal):
        filing.verify_account(account=account, by=COLLEAGUE, at=AT)
    assert queries.usable_accounts([lin.pk], day)[lin.pk].bank == "澄川银行"  # a first one: nothing to cool off from
    assert queries.person(CLERK.scope, lin.pk).accounts[0].masked == "**** 0000"
    assert verify().broken is None


def test_a_mandate_is_dated_and_gives_the_proxy_reach(lin):
    son = made(2, "林小")
    with pytest.raises(Refusal):
        actions.give_mandate(person=lin.pk, proxy_person=son.pk, kind="proxy", until=dt.date(2029, 1, 1), paper="委托书",
                            by=CLERK, at=AT)  # fmt: skip
    actions.give_mandate(person=lin.pk, proxy_person=son.pk, kind="proxy", until=dt.date(2026, 6, 1), paper="委托书",
                        by=CLERK, at=AT)  # fmt: skip
    assert queries.acted_for(son.pk, dt.date(2026, 6, 1)) == ((lin.pk,), ())
    assert queries.acted_for(son.pk, dt.date(2026, 6, 2)) == ((), ())


def test_households_are_found_by_code_caller_and_address(lin):
    with journal.entry(action="test", by=Actor(), at=AT) as writing:
        family = writing.add([models.Family(code="CC-7Q4M", home="419902001001", address="青石巷 3 号楼 2 单元 501")])[
            0
        ]
        writing.add([models.Membership(person=lin, family=family, recorded_at=AT)])
    lin.family = family
    lin.save(update_fields=["family"])
    for text in ("CC-7Q4M", "cc-7q4m", "林静", "13900000412", "青石巷", "ljh"):
        found = queries.households(CLERK.scope, text)
        assert [(one.code, [hit.id for hit in one.members]) for one in found] == [("CC-7Q4M", [lin.pk])], text
        assert queries.households(SIBLING.scope, text) == []
