"""An account opened from the machine: whoever signs with it is named, and their number is nowhere to be read."""

import argparse
import io

import pytest

from lianxin.access import actions, behind
from lianxin.access.models import Account, Area, Office
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal, WrongUsage
from lianxin.ops import accounts, start

NUMBER = "419902199001010014"


def opened(name="zhou", role="clerk", **more):
    given = {"area": "419902001", "name": "周敏", "service": None, "password": None, "id_from": None}
    return accounts.account(argparse.Namespace(username=name, role=role, **{**given, **more}))


@pytest.fixture(autouse=True)
def areas(db):
    tree = [("4199", "澄川市", ""), ("419902", "临水县", ""), ("419902001", "河东镇", ""), ("419902002", "河西镇", "")]
    actions.add_areas(areas=tree, by=start.operator(), at=clock.now())


def test_a_code_that_no_area_has_founds_no_office(db):
    """A typing error is answered with the code that was meant."""
    there = Area.objects.count()
    with pytest.raises(WrongUsage, match=r"419902001.*河东镇"):
        opened(area="419902011")
    with pytest.raises(WrongUsage, match=r"419902"):
        opened(area="419903", role="auditor")
    assert (Account.objects.count(), Office.objects.count(), Area.objects.count()) == (0, 0, there)


def test_a_role_of_a_place_is_not_seated_at_the_city_by_silence(db, capsys):
    for role in ("clerk", "reviewer", "worker", "liaison"):
        with pytest.raises(WrongUsage, match="--area"):
            opened("somebody", role, area=None)
    assert opened("wang", "approver", area=None) == 0
    assert opened("head", "clerk", area="4199") == 0
    assert {one.office.area_id for one in Account.objects.all()} == {"4199"}


def test_a_taken_name_is_said_before_the_number_is_asked_for(db, monkeypatch):
    opened("zhou", role="leader")
    monkeypatch.setattr(accounts, "_number", lambda _source: pytest.fail("asked"))
    with pytest.raises(Refusal, match="zhou"):
        opened("zhou")


def test_who_signs_is_named_from_a_file_in_any_width(db, tmp_path, capsys):
    note = tmp_path / "number.txt"
    note.write_text("４１９９０２１９９００１０１００１４\n", encoding="utf-8-sig")
    assert opened(id_from=str(note)) == 0
    assert not behind.unnamed().filter(username="zhou").exists()
    assert NUMBER not in "".join(capsys.readouterr())


def test_two_accounts_of_one_number_are_one_person(db, monkeypatch):
    for name in ("zhou", "zhou2"):
        monkeypatch.setattr("sys.stdin", io.StringIO(NUMBER + "\n"))
        opened(name, id_from="-")
    one, other = Account.objects.filter(username__startswith="zhou").order_by("pk")
    assert behind.hands(one) == [one.pk, other.pk]


def test_without_a_number_the_operator_reads_what_the_account_cannot_do(db, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert opened() == 0
    assert capsys.readouterr().err.count("\n") == 1
    opened("li", role="liaison")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("text", "kind"), [("", WrongUsage), ("123", Refusal)])
def test_a_number_that_is_none_opens_no_account(db, tmp_path, text, kind):
    note = tmp_path / "number.txt"
    note.write_text(text)
    with pytest.raises(kind):
        opened(id_from=str(note))
    with pytest.raises(WrongUsage):
        opened(id_from=str(tmp_path / "missing.txt"))
    assert not Account.objects.filter(username="zhou").exists()
