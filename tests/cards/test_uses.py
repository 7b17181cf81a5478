"""Uses without surveillance: we try to find out where somebody went, with everything that this house holds."""

import datetime as dt
import json

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db.models import Sum

from lianxin.access import keyring
from lianxin.cards import daykeys, usequeries, uses
from lianxin.cards.models import CardRate, DayClosed, Tally, Use, UseBatch
from lianxin.cards.useread import Unfit
from lianxin.engine import clock
from lianxin.journal.models import Entry
from lianxin.journal.queries import verify
from lianxin.ops import copies
from tests.factories.casework import SYSTEM
from tests.factories.devices import Machine, names, operator

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 5, 6, 11, tzinfo=dt.UTC)  # seven in the evening in Shanghai
DAY = AT.date()
NEXT = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
HER, NUMBERS = 4711, range(4000, 6000)


@pytest.fixture
def machines(kept_town):
    kept_town()
    first = Machine(AT)
    return first, Machine(AT, office=first.office, lines=("K9",))


def hand_in(machine, *rows, at=AT, **more):
    keys = uses.given_for_day(at)["keys"]
    return uses.take(**machine.batch(rows, keys=keys, **more), by=SYSTEM, at=at)


def two_days(machines):
    """She rides line 8 in the morning and evening, K9 at noon, and on the next day again; another person once."""
    for days in range(2):
        at = AT + days * NEXT
        day = at.date()
        hand_in(
            machines[0],
            (day, 8, "bereaved", HER, 1),
            (day, 17, "bereaved", HER, 1),
            (day, 8, "veteran", 5000, 1),
            at=at,
        )
        hand_in(machines[1], (day, 12, "bereaved", HER, 1), at=at)
        uses.night(by=SYSTEM, at=at + dt.timedelta(hours=8))  # half past two in the night, nearly


def test_nobody_finds_out_where_she_went(machines):
    morning = uses.given_for_day(AT)["keys"][DAY.isoformat()]  # a rogue device keeps the day's key
    two_days(machines)
    rows = list(Use.objects.values_list("day", "line", "hour", "pseudonym"))
    of_line = {}
    for day, line, _hour, pseudonym in rows:
        of_line.setdefault(pseudonym, set()).add((day, line))
    assert len(rows) == 8
    assert all(len(found) == 1 for found in of_line.values()), "no pseudonym leads to another line or another day"
    # with the stolen key and every number there is, nothing that is kept comes out: the pepper is gone
    held = {pseudonym for *_rest, pseudonym in rows}
    for line in ("8", "12", "K9"):
        for number in NUMBERS:
            card, rate = (int(one, 16) for one in names(bytes.fromhex(morning), number, line))
            signed = {one - (1 << 64) if one >> 63 else one for one in (card, rate)}
            assert not held & signed
    assert CardRate.objects.count() == 0, "how often is gone with the day"
    assert [day for day in (DAY, DAY + NEXT) if daykeys.of(day)] == []
    assert str(HER) not in daykeys.path().read_text()


def test_while_the_day_runs_one_devices_key_and_the_whole_database_find_nobody(machines):
    key = bytes.fromhex(uses.given_for_day(AT)["keys"][DAY.isoformat()])
    riders = list(NUMBERS[::50])
    for hour, machine in ((8, machines[0]), (9, machines[1]), (10, machines[0])):
        hand_in(machine, *((DAY, hour, "veteran", one, 6) for one in riders))
    for machine in (Machine(AT, office=operator(f"第{n}家"), lines=("12",)) for n in range(3)):
        hand_in(machine, *((DAY, 11, "veteran", one, 6) for one in riders))
    look = uses.given_for_day(AT + HOUR)["look"]
    assert len(look) == len(riders)
    held = set()
    for model in apps.get_app_config("cards").get_models():
        for row in model.objects.values_list():
            held |= {str(value) for value in row if type(value) is int} | {json.dumps(row, default=str)}
    text = " ".join(held)
    for number in NUMBERS:
        for line in ("8", "12", "K9"):
            for said in names(key, number, line):
                value = int(said, 16)
                assert not {str(value), str(value - (1 << 64))} & held and said not in text
    assert not any(str(int(one, 16) - (1 << 64) if int(one[0], 16) > 7 else int(one, 16)) in text for one in look)
    for model in (Use, CardRate):
        order = list(model.objects.order_by("uses", "pk").values_list("pk", flat=True))
        assert max(order) > 1 << 50, "an id says nothing of when a row came"
    whens = list(Use.objects.order_by("pk").values_list("hour", flat=True))
    assert whens != sorted(whens)


def test_one_operator_alone_puts_nobody_on_the_list_and_the_list_stands_for_an_hour(machines):
    for machine in (machines[0], machines[1], *(Machine(AT, office=machines[0].office) for _n in range(6))):
        hand_in(machine, *((DAY, hour, "veteran", HER, 20) for hour in (8, 9)))
    assert uses.given_for_day(AT + HOUR)["look"] == []
    others = [Machine(AT, office=operator(f"别家{n}")) for n in range(2)]
    for machine in others:
        hand_in(machine, (DAY, 10, "veteran", HER, 3), at=AT + HOUR)
        assert uses.given_for_day(AT + HOUR)["look"] == [], "within the hour nobody sees it change"
    assert len(uses.given_for_day(AT + 2 * HOUR)["look"]) == 1


def test_secrets_of_days_lie_where_nobody_copies_them_and_tomorrow_has_no_pepper(machines):
    keyring.keep("days", lambda _held: {"2020-01-01": {"key": "00", "pepper": "00"}})  # a home of before
    uses.given_for_day(AT)
    uses.night(by=SYSTEM, at=AT)
    assert "days" not in keyring.read()
    assert daykeys.of(DAY).pepper and daykeys.of(DAY + NEXT).pepper is None
    left = daykeys.path().with_name(f".{daykeys.path().name}.4194300")  # a process that was killed while it wrote
    left.write_text("{}")
    hand_in(machines[0], (DAY + NEXT, 8, "veteran", HER, 1), at=AT + NEXT)
    assert Use.objects.count() == 1 and daykeys.of(DAY + NEXT).pepper
    assert not left.exists()


def test_neither_journal_nor_signed_counts_nor_lists_hold_a_pseudonym(machines):
    two_days(machines)
    said = json.dumps(
        [*UseBatch.objects.values_list("counts", flat=True), *Entry.objects.values_list("detail", "rows")]
    )
    found, _after = usequeries.hours(SYSTEM.scope, limit=500)
    shown = json.dumps([found, [vars(one) for one in DayClosed.objects.all()]], default=str)
    for pseudonym in Use.objects.values_list("pseudonym", flat=True):
        written = (pseudonym & (1 << 64) - 1).to_bytes(8, "big").hex()
        for text in (said, shown):
            assert str(pseudonym) not in text and written not in text
    assert all(row["few"] for row in found), "three in an hour are not said exactly"
    assert verify().broken is None


def test_after_thirty_days_only_counts_are_left_and_proven(machines):
    two_days(machines)
    before = Tally.objects.aggregate(n=Sum("uses"))["n"]
    digest = uses.digest(DAY)
    done = uses.night(by=SYSTEM, at=AT + 31 * NEXT)
    assert (done["rows"], Use.objects.filter(day=DAY).count(), Use.objects.count()) == (4, 0, 4)
    closed = DayClosed.objects.get(what="rows", day=DAY)
    assert (closed.rows, closed.uses, closed.digest) == (4, 4, digest)
    assert Tally.objects.aggregate(n=Sum("uses"))["n"] == before == 8
    Tally.objects.filter(day=DAY + NEXT, line="K9").update(uses=0)
    with pytest.raises(RuntimeError, match="nothing was deleted"):
        uses.night(by=SYSTEM, at=AT + 32 * NEXT)
    assert Use.objects.count() == 4


def test_what_comes_late_is_counted_without_a_pseudonym(machines):
    keys = uses.given_for_day(AT)["keys"]
    late = machines[0].batch([(DAY, 8, "veteran", HER, 2)], keys=keys)
    uses.night(by=SYSTEM, at=AT + NEXT)
    assert uses.take(**late, by=SYSTEM, at=AT + 3 * NEXT).uses == 2
    assert (Tally.objects.get().uses, Use.objects.count(), CardRate.objects.count()) == (2, 0, 0)


def test_a_card_used_too_often_is_asked_for_at_every_gate_that_day_and_nobody_is_named(machines):
    for place in range(5):
        other = Machine(AT, office=operator(f"第{place % 2}家"))
        hand_in(other, *((DAY, hour, "veteran", HER, 3) for hour in (8, 9)), (DAY, 9, "veteran", 5000, 1))
    given = uses.given_for_day(AT + HOUR)
    assert given["look"] == [names(bytes.fromhex(given["keys"][DAY.isoformat()]), HER, "")[1]]
    uses.night(by=SYSTEM, at=AT + NEXT)
    closed = DayClosed.objects.get(what="rates")
    assert (closed.often, closed.most, closed.rows) == (1, settings.CARD_USES, 2)
    assert uses.given_for_day(AT + NEXT)["look"] == []


def test_the_forces_are_counted_by_month_and_nothing_else(machines):
    for days in range(3):
        hand_in(machines[0], (DAY, 8, "veteran", None, 1), military={"2026-05": 2}, at=AT + days * NEXT)
    one = Tally.objects.get(kind="military")
    assert (one.uses, one.line, one.day, one.hour) == (6, "", dt.date(2026, 5, 1), -1)
    with pytest.raises(Unfit, match="kind"):
        hand_in(machines[0], (DAY, 8, "military", None, 1))
    assert all(row["n"] == 3 for row in usequeries.hours(SYSTEM.scope)[0]), "no list by hour has them"


def test_no_backup_holds_a_secret_of_a_day(machines, tmp_path):
    two_days(machines)
    uses.given_for_day(AT)
    assert "pepper" in daykeys.path().read_text()
    call_command("dumpdata", "cards", output=str(tmp_path / "all.json"))
    text = (tmp_path / "all.json").read_text()
    for said in json.loads(daykeys.path().read_text()).values():
        for secret in said.values():
            assert secret not in text and secret not in settings.KEYS_FILE.read_text()
    assert daykeys.path().name not in (*copies._FOLDERS, "keys.json")
    assert clock.day(AT) == DAY
