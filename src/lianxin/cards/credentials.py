"""The city's own credential, bound to a card: given out in three forms, renewed, withdrawn, checked.

In the app it names the phone's key and is renewed whenever the phone meets the city; on paper and on a printed card it
counts for a year or as long as the card. One of each form at most: a new phone or a new sheet ends the one before.
"""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.access.permissions import require
from lianxin.cards import keys
from lianxin.cards.models import Card, Count, Credential
from lianxin.cards.refusals import NoSuchCard, NotNow
from lianxin.cards.states import HELD
from lianxin.engine import cardnumbers, clock, cose, credential
from lianxin.engine.credential import APP, CARD, FORMS, PAPER, Checked
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal.actions import Writing
from lianxin.people import categories

# The bit of each class in a token: never another, for tokens that are out say the old one.
BITS = {"veteran": 0, "bereaved": 1, "disabled": 2, "serving": 3, "family": 4}
KINDS = {"veteran": 1, "bereaved": 2}
LASTS = {APP: dt.timedelta(days=30), PAPER: dt.timedelta(days=366), CARD: dt.timedelta(days=3 * 366)}
RENEWS = dt.timedelta(days=20)  # a phone's credential that ends sooner is renewed when it is met
REASONS = ("lost", "again", "other-phone", "holder", "desk")
SKIPS = 1000  # numbers at least, after a restore
SINCE = 300  # seconds before the moment of signing from which it counts: clocks differ


@dataclass(frozen=True, slots=True)
class Issued:
    """A credential as its holder is given it: the signed bytes, their text, and the code to type."""

    id: int
    card: int
    form: int
    number: int
    until: dt.datetime
    signed: bytes
    short: str

    @property
    def text(self) -> str:
        """The digits of the token."""
        return credential.text(self.signed)


@dataclass(frozen=True, slots=True)
class Given:
    """A credential in a list: which form, since when, until when, and whether it counts."""

    id: int
    form: str
    made_at: dt.datetime
    until: dt.datetime
    withdrawn_at: dt.datetime | None
    reason: str
    counts: bool


def _secret(purpose: bytes) -> bytes:
    return hmac.digest(bytes.fromhex(settings.KEYS["pseudonym"]), b"credential " + purpose, "sha256")


def given() -> int:
    """How many numbers were given out."""
    return Count.objects.filter(kind="number", year=0).values_list("last", flat=True).first() or 0


def _numbers(many: int) -> list[int]:
    row, _made = Count.objects.select_for_update().get_or_create(kind="number", year=0)
    first = row.last
    Count.objects.filter(pk=row.pk).update(last=first + many)
    secret = _secret(b"numbers")
    return [cardnumbers.number(place, secret) for place in range(first, first + many)]


def skip(*, by: Actor, at: dt.datetime) -> int:
    """Leave out as many numbers as there are cards, once after a copy was restored: between the copy and the accident
    numbers were given out that this home knows nothing of, and a number never stands on two codes. Returns how many."""
    many = max(SKIPS, Card.objects.count())
    with journal.entry(action="card.numbers-skipped", by=by, at=at, count=many):
        row, _made = Count.objects.select_for_update().get_or_create(kind="number", year=0)
        Count.objects.filter(pk=row.pk).update(last=row.last + many)
    return many


def short(number: int) -> str:
    """The code of a credential that somebody types where a camera does not do."""
    return cardnumbers.short(number, _secret(b"short codes"))


def give(*, cards: Collection[int], form: int, by: Actor, at: dt.datetime, phone: bytes = b"") -> list[Issued]:
    """Give out a credential for each of these cards, in their order; those of the same form before count no more.

    The cards are the actor's own, or lie in an area over which the actor keeps cards, and work (delivered or active).
    ``phone`` is the public key of the phone (33 bytes of P-256), for one card in the app. Raises :class:`NoSuchCard`,
    :class:`NotNow`.
    """
    if (form == APP) != bool(phone) or (form == APP and len(cards) != 1) or form not in FORMS:
        raise ValueError("a phone's key belongs to one card in the app")
    if phone:
        _a_key(phone)
    with transaction.atomic():
        rows = _allowed(cards, by)
        numbers = _numbers(len(rows))
        before = Credential.objects.filter(card__in=[row.pk for row in rows], form=form, withdrawn_at__isnull=True)
        # a new phone or sheet after a loss: whoever finds the old one does not pass with it
        before.update(withdrawn_at=at, reason="other-phone" if form == APP else "again")
        made = [
            Credential(card_id=row.pk, form=form, number=number, phone=phone or None, made_at=at, until=at + LASTS[form],
                       by_account=by.account)
            for row, number in zip(rows, numbers, strict=True)
        ]  # fmt: skip
        person = rows[0].holder_id if len(rows) == 1 else None
        with journal.entry(
            action="card.credential", by=by, at=at, person=person, form=FORMS[form], count=len(made)
        ) as writer:
            writer.add(made)
        return _signed(made, rows, by, at)


def _a_key(phone: bytes) -> None:
    try:
        cose.verifier(cose.ES256, phone)
    except ValueError:
        raise NotNow(_("The phone's key could not be read. Please open the page again.")) from None


def _allowed(cards: Collection[int], by: Actor) -> list[Card]:
    found = {row.pk: row for row in Card.objects.filter(pk__in=cards)}
    rows = [found[pk] for pk in cards if pk in found]
    for row in rows:
        _own_or_kept(row, by)
    if len(rows) != len(cards):
        raise NoSuchCard(_("There is no such card here."))
    if any(row.state not in HELD for row in rows):
        raise NotNow(_("The card is not in its holder's hands, or does not count now: no code can be made for it."))
    return rows


def _signed(made: Sequence[Credential], rows: Sequence[Card], by: Actor, at: dt.datetime) -> list[Issued]:
    key, day, secret = keys.signing(by=by, at=at), clock.day(at), _secret(b"short codes")
    held = categories.of([row.holder_id for row in rows], day)
    since, issued = int(at.timestamp()) - SINCE, []
    for one, card in zip(made, rows, strict=True):
        classes = {BITS[card.kind]} | (
            {BITS["disabled"]} if "disabled_soldier" in held.get(card.holder_id, ()) else set()
        )
        said = credential.Credential(
            settings.CITY, one.number, one.form, KINDS[card.kind], frozenset(classes), since, int(one.until.timestamp()),
            bytes(one.phone) if one.phone else b"",
        )  # fmt: skip
        signed = credential.sign(said, key.signer, key.number)
        issued.append(
            Issued(one.pk, card.pk, one.form, one.number, one.until, signed, cardnumbers.short(one.number, secret))
        )
    return issued


def renew(*, card: int, phone: bytes, by: Actor, at: dt.datetime) -> Issued:
    """The credential of this phone, signed anew and longer; a first one, or one for a new phone, is given out."""
    with transaction.atomic():
        row = Credential.objects.select_for_update().filter(card=card, form=APP, withdrawn_at__isnull=True).first()
        if row is None or bytes(row.phone or b"") != phone:
            return give(cards=[card], form=APP, by=by, at=at, phone=phone)[0]
        rows = _allowed([card], by)
        if row.until - at < RENEWS:
            row.until = at + LASTS[APP]
            Credential.objects.filter(pk=row.pk).update(until=row.until)
        return _signed([row], rows, by, at)[0]


def withdraw(*, credentials: Collection[int], reason: str, by: Actor, at: dt.datetime) -> int:
    """These count no more; says how many did. ``reason`` is one of :data:`REASONS`."""
    if reason not in REASONS:
        raise ValueError(reason)
    with transaction.atomic():
        rows = Credential.objects.filter(pk__in=credentials, withdrawn_at__isnull=True).select_related("card")
        for row in rows:
            _own_or_kept(row.card, by)
        with journal.entry(action="card.credential.withdraw", by=by, at=at, reason=reason, count=len(rows)):
            return Credential.objects.filter(pk__in=[row.pk for row in rows]).update(withdrawn_at=at, reason=reason)


def lost(*, card: int, at: dt.datetime, writer: Writing) -> int:
    """With the card its codes are lost, on whatever they stand, and stay so when it is found: who found it may have copied
    or kept them. Says how many ended, in the entry too; the caller has asked whose card it is."""
    ended = Credential.objects.filter(card=card, withdrawn_at__isnull=True).update(withdrawn_at=at, reason="lost")
    writer.say(codes=ended)
    return ended


def _own_or_kept(card: Card, by: Actor) -> None:
    """The card is the actor's or of somebody they act for, or lies where they keep cards."""
    if card.holder_id not in {by.person, *by.scope.persons}:
        if not by.may("card.keep"):
            raise NoSuchCard(_("There is no such card here."))
        require(by, "card.keep", area=card.area)


@dataclass(frozen=True, slots=True)
class Held:
    """A card in its holder's hands, for which codes may be given out."""

    card: int
    kind: str
    holder: int
    name: str


def held_by(persons: Collection[int], at: dt.datetime) -> list[Held]:
    """The cards that these persons hold and that count, in the order of the persons. The caller says whose they are."""
    rows = {
        row.holder_id: row for row in Card.objects.filter(holder__in=persons, state__in=HELD).select_related("holder")
    }
    return [Held(rows[pk].pk, rows[pk].kind, pk, rows[pk].holder.name) for pk in dict.fromkeys(persons) if pk in rows]


def of_cards(cards: Collection[int], at: dt.datetime) -> dict[int, list[Given]]:
    """What was given out for these cards, the newest first. The caller says whose cards they are."""
    found: dict[int, list[Given]] = {}
    for row in Credential.objects.filter(card__in=cards).select_related("card").order_by("-pk"):
        counts = row.withdrawn_at is None and row.until > at and row.card.state in HELD
        said = Given(row.pk, FORMS[row.form], row.made_at, row.until, row.withdrawn_at, row.reason, counts)
        found.setdefault(row.card_id, []).append(said)
    return found


def check(text: str, *, at: dt.datetime) -> Checked:
    """Read and believe a token of this city. Raises :class:`lianxin.engine.credential.Refused`."""
    return credential.check(text, issuer=settings.CITY, keys=keys.verifiers(), now=int(at.timestamp()))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a number stands: ``counts``, ``lost``, ``withdrawn``, ``expired`` or ``unknown``; and what a verifier needs."""

    state: str
    form: int = PAPER
    classes: int = 0


def standing(number: int, *, at: dt.datetime) -> Standing:
    """How the credential with this number stands now."""
    row = Credential.objects.filter(number=number).select_related("card").first()
    if row is None:
        return Standing("unknown")
    if row.card.state == "lost" or row.reason == "lost":
        return Standing("lost")
    if row.withdrawn_at is not None or row.card.state not in HELD:
        return Standing("withdrawn")
    if row.until <= at:
        return Standing("expired")
    held = categories.of([row.card.holder_id], clock.day(at)).get(row.card.holder_id, ())
    bits = 1 << BITS[row.card.kind] | (1 << BITS["disabled"] if "disabled_soldier" in held else 0)
    return Standing("counts", row.form, bits)


def typed(said: str, *, at: dt.datetime) -> Standing:
    """How the credential behind a typed code stands; a mistyped one is ``unknown``."""
    number = cardnumbers.of_short(said, _secret(b"short codes"))
    return Standing("unknown") if number is None else standing(number, at=at)
