"""An account opened from the machine: whoever signs with it is named, and their number is nowhere to be read."""

import argparse
import io

import pytest

from lianxin.access import behind
from lianxin.access.models import Account
from lianxin.engine.refusal import Refusal, WrongUsage
from lianxin.ops import accounts

NUMBER = "419902199001010014"


def opened(name="zhou", role="clerk", **more):
    given = {"area": "419902001", "name": "周敏", "service": None, "password": None, "id_from": None}
    return accounts.account(argparse.Namespace(username=name, role=role, **{**given, **more}))


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
