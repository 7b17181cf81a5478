"""Operators are settled from signed counts at agreed rates, through three hands; what they counted otherwise is named."""

import csv
import datetime as dt

import pytest

from lianxin.access.models import Account
from lianxin.cards import claims, devices, forces, statements, tariffs, uses
from lianxin.cards.models import Device, Statement, Tally
from lianxin.cards.refusals import NotNow
from lianxin.engine import cose
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over
from lianxin.journal.queries import verify
from lianxin.outcomes.models import Outcome
from tests.factories.access import named
from tests.factories.casework import CITY, SYSTEM
from tests.factories.devices import Machine, operator

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 5, 28, 11, tzinfo=dt.UTC)
JUNE, MAY = dt.datetime(2026, 6, 3, 2, tzinfo=dt.UTC), dt.date(2026, 5, 1)


@pytest.fixture
def hands(kept_town):
    """Three people of the money desks."""
    town = kept_town()
    made = [
        Account.objects.create(username=f"hand{n}", name=f"手{n}", office_id=town.offices["bureau"]) for n in range(3)
    ]
    named(made, AT)
    return [
        Actor(account=one.pk, name=one.name, area=CITY, scope=over(CITY), permissions=frozenset({"*"})) for one in made
    ]


@pytest.fixture
def machine(hands):
    made = Machine(AT)
    with pytest.raises(Refusal, match="registered"):
        devices.confirm(device=made.device, by=SYSTEM, at=AT)
    devices.confirm(device=made.device, by=hands[2], at=AT)
    rate(hands, fen=150)
    rate(hands, fen=200, line="12", from_on=dt.date(2026, 5, 11))
    rate(hands, fen=100, kind="military")
    return made


def rate(hands, scene="bus", from_on=MAY, **given):
    one = tariffs.write(scene=scene, from_on=from_on, paper="澄财〔2026〕7号", by=hands[0], at=AT, **given)
    tariffs.agree(tariff=one.pk, by=hands[1], at=AT)


def count(machine, *rows, at=AT, **more):
    return uses.take(**machine.batch([(dt.date(2026, 5, day), hour, kind, None, n) for day, hour, kind, n in rows], **more),
                     by=SYSTEM, at=at)  # fmt: skip


def month(machine):
    count(machine, (9, 8, "veteran", 10), (9, 9, "bereaved", 4), military={"2026-05": 7})
    count(machine, (10, 8, "veteran", 3), (11, 8, "veteran", 5), line="12")


def signed(hands, machine):
    one = statements.make(office=machine.office.pk, month=MAY, by=hands[0], at=JUNE)
    statements.check(statement=one.pk, by=hands[1], at=JUNE)
    statements.approve(statement=one.pk, by=hands[2], at=JUNE)
    return Statement.objects.get(pk=one.pk)


def test_three_hands_and_an_exact_sum(hands, machine):
    month(machine)
    with pytest.raises(NotNow):
        statements.make(office=machine.office.pk, month=MAY, by=hands[0], at=AT)
    one = statements.make(office=machine.office.pk, month=MAY, by=hands[0], at=JUNE)
    assert (one.uses, one.total) == (29, 14 * 150 + 3 * 150 + 5 * 200 + 7 * 100)
    for act in (statements.check, statements.approve):
        with pytest.raises(Refusal):
            act(statement=one.pk, by=hands[0], at=JUNE)
    statements.check(statement=one.pk, by=hands[1], at=JUNE)
    with pytest.raises(Refusal):
        statements.approve(statement=one.pk, by=hands[1], at=JUNE)
    statements.approve(statement=one.pk, by=hands[2], at=JUNE)
    row = Outcome.objects.get(service="bus-free", category="uses")
    assert (row.quantity, row.amount, row.organisation) == (29, one.total, machine.office.pk)
    assert (row.happened_on, row.person) == (dt.date(2026, 5, 31), None)
    statements.pay(statement=one.pk, on=JUNE.date(), paper="付 12", by=hands[0], at=JUNE)
    assert verify().broken is None
    Statement.objects.filter(pk=one.pk).update(total=1)
    assert verify().broken is not None, "a statement altered by hand is found"


def test_counts_that_no_device_signed_are_never_paid(hands, machine):
    month(machine)
    Tally.objects.filter(line="8", kind="bereaved").update(uses=400)
    with pytest.raises(Refusal, match="not what the devices signed"):
        statements.make(office=machine.office.pk, month=MAY, by=hands[0], at=JUNE)
    assert Statement.objects.count() == 0


def test_the_forces_number_and_a_devices_key_written_by_hand_are_never_paid(hands, machine):
    month(machine)
    Tally.objects.filter(kind="military").update(uses=777)
    for _time in range(2):
        with pytest.raises(Refusal, match="not what the devices signed"):
            statements.make(office=machine.office.pk, month=MAY, by=hands[0], at=JUNE)
        count(machine, military={"2026-05": 1})  # the next batch seals nothing that was altered
    Tally.objects.filter(kind="military").update(uses=7, proof=forces.proof(machine.office.pk, "bus", MAY, 7))
    assert statements.make(office=machine.office.pk, month=MAY, by=hands[0], at=JUNE).uses == 29
    other = cose.Ed25519Signer(bytes(range(32)))
    Device.objects.filter(pk=machine.device).update(public=other.verifier().public())
    machine.key = other
    count(machine, (12, 8, "veteran", 10))
    with pytest.raises(Refusal, match="no second keeper"):
        statements.proven(machine.office.pk, MAY)


def test_who_registered_a_device_does_not_confirm_it(hands):
    office, key = operator("第九家"), cose.Ed25519Signer(bytes(range(32))).verifier().public()
    made, code = devices.register(office=office.pk, form="gate", scene="scenic", name="闸机", lines=["东门"], until=JUNE.date(),
                                  by=hands[0], at=AT)  # fmt: skip
    with pytest.raises(NotNow):
        devices.confirm(device=made.pk, by=hands[1], at=AT)
    devices.enrol(code=code, algorithm="Ed25519", key=key, by=SYSTEM, at=AT)
    with pytest.raises(Refusal, match="registered"):
        devices.confirm(device=made.pk, by=hands[0], at=AT)
    devices.confirm(device=made.pk, by=hands[1], at=AT)
    assert devices.sure(made.pk)
    devices.enrol(
        code=devices.code(device=made.pk, by=hands[1], at=AT), algorithm="Ed25519", key=key[::-1], by=SYSTEM, at=AT
    )
    assert not devices.sure(made.pk), "another key is another device"


def test_who_corrected_it_or_handed_it_in_again_is_no_other_hand(hands, machine):
    month(machine)
    one = statements.make(office=machine.office.pk, month=MAY, by=hands[0], at=JUNE)
    given = {
        "scene": "bus",
        "line": "8",
        "kind": "veteran",
        "uses": 9,
        "fen": 150,
        "words": "车载机坏了",
        "paper": "核对单 3",
    }
    statements.correct(statement=one.pk, **given, by=hands[1], at=JUNE)
    with pytest.raises(Refusal, match="corrected"):
        statements.check(statement=one.pk, by=hands[1], at=JUNE)
    statements.check(statement=one.pk, by=hands[2], at=JUNE)
    with pytest.raises(Refusal, match="corrected"):
        statements.approve(statement=one.pk, by=hands[1], at=JUNE)


def test_a_sheet_of_guesses_reads_no_small_count_out(hands, machine, tmp_path):
    month(machine)
    one = statements.make(office=machine.office.pk, month=MAY, by=hands[0], at=JUNE)
    sheet = tmp_path / "guess.csv"
    for guess in range(5):
        sheet.write_text(f"线路,日期,时段,人次\n8,2026-05-09,8,10\n8,2026-05-09,9,{guess}\n12,2026-05-11,8,5\n"
                         f"12,2026-05-10,8,{guess}\n12,2026-05-10,9,{guess}\n", encoding="utf-8")  # fmt: skip
        claim = claims.compare(statement=one.pk, path=sheet, name="x", by=hands[0], at=JUNE)
        assert (claim.differing, claim.found) == (0, [])
    sheet.write_text("线路,日期,时段,人次\n8,2026,3,1\n", encoding="utf-8")
    with pytest.raises(Refusal, match="Row 2"):
        claims.compare(statement=one.pk, path=sheet, name="b", by=hands[0], at=JUNE)


def test_without_an_agreed_rate_nothing_is_made(hands, machine):
    other = Machine(AT, office=machine.office, scene="scenic", lines=("东门",))
    count(other, (9, 9, "veteran", 2))
    with pytest.raises(Refusal, match="no second keeper"):
        statements.make(office=machine.office.pk, month=MAY, by=hands[0], at=JUNE)
    devices.confirm(device=other.device, by=hands[1], at=JUNE)
    one = tariffs.write(scene="scenic", fen=1000, from_on=MAY, paper="澄文旅〔2026〕3号", by=hands[0], at=AT)
    with pytest.raises(Refusal, match="东门"):
        statements.make(office=machine.office.pk, month=MAY, by=hands[0], at=JUNE)
    with pytest.raises(Refusal):
        tariffs.agree(tariff=one.pk, by=hands[0], at=AT)
    tariffs.agree(tariff=one.pk, by=hands[1], at=AT)
    assert statements.make(office=machine.office.pk, month=MAY, by=hands[0], at=JUNE).total == 2000


def test_what_comes_later_is_settled_by_itself_and_a_reversal_opens_the_month(hands, machine):
    month(machine)
    first = signed(hands, machine)
    with pytest.raises(NotNow):
        statements.make(office=machine.office.pk, month=MAY, by=hands[0], at=JUNE)
    count(machine, (20, 8, "veteran", 2), at=JUNE)
    later = signed(hands, machine)
    assert (later.uses, later.total) == (2, 300)
    for one in (first, later):
        statements.reverse(statement=one.pk, words="线路登记错了", by=hands[2], at=JUNE)
    assert sum(Outcome.objects.filter(service="bus-free", category="uses").values_list("quantity", flat=True)) == 0
    assert signed(hands, machine).uses == 31
    assert verify().broken is None


def test_a_dispute_ends_in_a_correction_with_its_paper(hands, machine, tmp_path):
    month(machine)
    one = statements.make(office=machine.office.pk, month=MAY, by=hands[0], at=JUNE)
    sheet = tmp_path / "运营.csv"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["城东公交 5月"], ["线路", "日期", "时段", "人次"], ["8", "2026年5月9日", "8:00-9:00", 10],
                                    ["8", "2026-05-09", "9时", 9], ["12", "2026/5/11", "8", 5]])  # fmt: skip
    claim = claims.compare(statement=one.pk, path=sheet, name=sheet.name, by=hands[0], at=JUNE)
    assert (claim.uses, claim.ours, claim.same, claim.differing) == (24, 22, 3, 1)
    assert claim.found == [["8", "2026-05-09", 9, None, 9]], "four in an hour are not said exactly"
    assert claims.compare(statement=one.pk, path=sheet, name=sheet.name, by=hands[0], at=JUNE).pk == claim.pk
    sheet.write_text("线路,日期,时段,人次\n8,哪天,8,1\n", encoding="utf-8")
    with pytest.raises(Refusal, match="Row 2"):
        claims.compare(statement=one.pk, path=sheet, name="b", by=hands[0], at=JUNE)
    given = {"scene": "bus", "line": "8", "kind": "bereaved", "uses": 5, "fen": 150, "words": "车载机坏了一小时"}
    with pytest.raises(Refusal):
        statements.correct(statement=one.pk, **given, paper="", by=hands[0], at=JUNE)
    statements.check(statement=one.pk, by=hands[1], at=JUNE)
    with pytest.raises(NotNow):
        statements.correct(statement=one.pk, **given, paper="核对单 3", by=hands[0], at=JUNE)
    statements.send_back(statement=one.pk, words="少五人次", by=hands[1], at=JUNE)
    statements.correct(statement=one.pk, **given, paper="核对单 3", by=hands[0], at=JUNE)
    found = Statement.objects.get(pk=one.pk)
    assert (found.uses, found.total, found.state) == (34, one.total + 750, "returned")
    statements.resubmit(statement=one.pk, by=hands[0], at=JUNE)
    statements.check(statement=one.pk, by=hands[1], at=JUNE)
    statements.approve(statement=one.pk, by=hands[2], at=JUNE)
    assert Tally.objects.get(line="8", kind="bereaved").uses == 4, "no count was changed"
