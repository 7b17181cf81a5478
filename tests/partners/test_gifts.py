"""Gifts: numbered once, given on in parts, taken back, never more given than received; a donor reads what, not who."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from lianxin.access import actions as access
from lianxin.access.models import Account
from lianxin.access.permissions import Refused
from lianxin.access.queries import actor_of
from lianxin.engine import paper, qr
from lianxin.engine.refusal import Refusal
from lianxin.journal import queries as chain
from lianxin.outcomes.models import Outcome
from lianxin.partners import gifts, givenon
from lianxin.partners.models import Gift, ReceiptCount, Use
from tests.campaigns.place import AT, SYSTEM
from tests.payments import town

DAY = dt.date(2026, 5, 6)
TOWN = "419901001"


def staff(name, role, area):
    account = access.seat(username=name, name=name, role=role, area=area, by=SYSTEM, at=AT)
    return actor_of(Account.objects.select_related("office").get(pk=account.pk), AT)


@pytest.fixture
def desk(db):
    town.areas()
    return staff("clerk", "clerk", TOWN)


@pytest.fixture
def firm(desk):
    return gifts.donor(name="澄川爱心企业", area=TOWN, by=desk, at=AT)


def money(desk, firm, quantity=100_000, **more):
    return gifts.receive(office=firm.pk, quantity=quantity, purpose="困难军属", area=TOWN, by=desk, at=AT, **more)


def counted(category):
    rows = Outcome.objects.filter(service="donation", category=category)
    return sum(row.amount or 0 for row in rows)


def test_every_receipt_has_its_own_number_even_of_what_was_taken_back(desk, firm):
    first = money(desk, firm)
    gifts.reverse(gift=first.pk, reason="写错了金额", by=desk, at=AT)
    gifts.reverse(gift=first.pk, reason="写错了金额", by=desk, at=AT)
    second = money(desk, firm)
    assert (first.number, second.number) == ("JZ-2026-000001", "JZ-2026-000002")
    assert counted("received-money") == 100_000
    [kept, back] = givenon.gifts(desk.scope)
    assert (kept.left, back.left, back.reason) == (100_000, 0, "写错了金额")
    pdf = givenon.receipt(givenon.gift(desk.scope, second.pk), AT, paper.Code(qr.svg("HTTPS://TEST/1"), "K7Q D29 XM4"))
    assert pdf.startswith(b"%PDF-")


def test_parts_are_given_on_and_taken_back_and_the_donor_reads_what_not_who(desk, firm):
    held = money(desk, firm)
    [person] = town.people(1)
    person.home = TOWN + "001"
    person.save(update_fields=["home"])
    [case] = town.cases([person], "household-help")
    for words in (f"给{person.name}家", "送到13912345678", "身份证419901199001011234"):
        with pytest.raises(Refusal, match="never reads who"):
            gifts.give(gift=held.pk, quantity=1, words=words, case=case.case, by=SYSTEM, at=AT)
    part = gifts.give(gift=held.pk, quantity=60_000, words="一户困难军属的取暖费", case=case.case, by=SYSTEM, at=AT)
    with pytest.raises(Refusal, match="more than is left"):
        gifts.give(gift=held.pk, quantity=40_001, words="再给一户", by=desk, at=AT)
    with pytest.raises(Refusal, match="Take that back first"):
        gifts.reverse(gift=held.pk, reason="退回", by=desk, at=AT)
    donor = staff("donor", "donor", TOWN)
    Account.objects.filter(pk=donor.account).update(office=firm)
    donor = actor_of(Account.objects.select_related("office").get(pk=donor.account), AT)
    [mine] = givenon.mine(donor.scope)
    assert [(one.quantity, one.words, one.case) for one in mine.parts] == [(60_000, "一户困难军属的取暖费", None)]
    assert givenon.gifts(donor.scope) == []
    gifts.take_back(use=part.pk, reason="没有发成", by=desk, at=AT)
    gifts.take_back(use=part.pk, reason="没有发成", by=desk, at=AT)
    assert givenon.mine(donor.scope)[0].left == 100_000
    assert counted("given-money") == 0
    assert chain.verify().broken is None


def test_a_sealed_or_foreign_case_and_another_county_are_nothing(desk, firm):
    held = money(desk, firm)
    with pytest.raises(Refusal, match="no such case"):
        gifts.give(gift=held.pk, quantity=1, words="一户", case=999_999, by=desk, at=AT)
    other = staff("other", "clerk", "419902001")
    with pytest.raises(gifts.NoSuchGift):
        gifts.give(gift=held.pk, quantity=1, words="一户", by=other, at=AT)
    assert givenon.gift(other.scope, held.pk) is None
    assert givenon.gifts(other.scope) == []
    with pytest.raises(Refused):
        gifts.receive(office=firm.pk, quantity=1, purpose="x", area=TOWN, by=staff("w", "worker", TOWN + "001"), at=AT)


def test_things_are_counted_in_their_unit(desk, firm):
    with pytest.raises(Refusal, match="counted"):
        money(desk, firm, 20, thing="棉被")
    held = money(desk, firm, 20, thing="棉被", unit="床")
    gifts.give(gift=held.pk, quantity=8, words="八户老人", by=desk, at=AT)
    row = givenon.gift(desk.scope, held.pk)
    assert (givenon.said(row, row.left), row.parts[0].quantity) == ("12 床", 8)
    assert givenon.totals(desk.scope) == {"received": 0, "given": 0}


def test_a_gift_is_not_given_before_it_came(desk, firm):
    held = money(desk, firm, on=DAY)
    for on in (DAY - dt.timedelta(days=1), DAY + dt.timedelta(days=1)):
        with pytest.raises(Refusal, match="cannot have been"):
            gifts.give(gift=held.pk, quantity=1, words="一户", by=desk, at=AT, on=on)
    with pytest.raises(Refusal, match="still to come"):
        money(desk, firm, on=DAY + dt.timedelta(days=1))


def test_the_database_itself_refuses_to_give_more_than_came(desk, firm):
    held = money(desk, firm)
    for wrong in (100_001, -1):
        with pytest.raises(IntegrityError), transaction.atomic():
            Gift.objects.filter(pk=held.pk).update(used=wrong)


OPS = st.lists(
    st.tuples(st.sampled_from(["receive", "give", "back", "reverse"]), st.integers(0, 4), st.integers(1, 120)),
    max_size=30,
)


@pytest.mark.django_db
@settings(max_examples=30)
@given(ops=OPS)
def test_whatever_happens_what_is_given_and_what_is_left_are_what_came(ops):
    class Undo(Exception):
        pass

    try:
        with transaction.atomic():
            town.areas()
            _walk(ops)
            raise Undo
    except Undo:
        pass


def _walk(ops):
    firm = gifts.donor(name="甲", area=TOWN, by=SYSTEM, at=AT)
    model, parts, numbers = {}, {}, []
    for what, n, amount in ops:
        pks = list(model)
        if what == "receive":
            made = money(SYSTEM, firm, amount)
            model[made.pk] = amount
            numbers.append(made.number)
        elif what == "give" and pks:
            pk = pks[n % len(pks)]
            fits = model[pk] is not None and amount <= model[pk] - sum(q for g, q in parts.values() if g == pk)
            try:
                parts[gifts.give(gift=pk, quantity=amount, words="一户", by=SYSTEM, at=AT).pk] = (pk, amount)
                assert fits
            except Refusal:
                assert not fits
        elif what == "back" and parts:
            use = list(parts)[n % len(parts)]
            gifts.take_back(use=use, reason="没发成", by=SYSTEM, at=AT)
            del parts[use]
        elif what == "reverse" and pks:
            pk = pks[n % len(pks)]
            used = any(g == pk for g, _q in parts.values())
            try:
                gifts.reverse(gift=pk, reason="退回", by=SYSTEM, at=AT)
                assert not used
                model[pk] = None
            except Refusal:
                assert used
        for row in Gift.objects.all():
            given_on = sum(use.quantity for use in Use.objects.filter(gift=row, reversed_at=None))
            assert given_on == row.used == sum(q for g, q in parts.values() if g == row.pk)
            assert 0 <= row.used <= row.quantity
    received = sum(quantity for quantity in model.values() if quantity is not None)
    assert counted("received-money") == received
    assert counted("given-money") == sum(q for _g, q in parts.values())
    assert len(set(numbers)) == len(numbers) == sum(ReceiptCount.objects.values_list("last", flat=True))
