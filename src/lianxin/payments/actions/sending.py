"""The bank's file: written once, sealed by its digest, given again byte for byte, each time in the journal."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import gettext as _

from lianxin.access import seal
from lianxin.catalogue.models import Version
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.payments import bankfile, books
from lianxin.payments.actions.batches import change, held, must_hold
from lianxin.payments.bankfile import Order
from lianxin.payments.models import Attempt, Batch, Line


@dataclass(frozen=True, slots=True)
class BankFile:
    """A file to download."""

    name: str
    content_type: str
    data: bytes
    digest: str


def bank_file(*, batch: int, form: str, by: Actor, at: dt.datetime) -> BankFile:
    """Write the bank's file of an approved batch as ``xlsx``, ``csv`` or ``csv-gb18030``.

    The first writing sends the batch: lines go to the bank in the books and the content's digest is sealed. Every later
    one gives the same bytes. Each is journalled with the digest of the file. Raises :class:`Refusal`.
    """
    if form not in bankfile.FORMS:
        raise Refusal(_("The bank's file is xlsx, csv or csv in GB 18030."))
    with held(batch, by, "batch.bank") as found:
        if found.state not in ("approved", "sent", "settled"):
            raise Refusal(_("The bank's file is written when the batch is approved."))
        purpose, listed = purpose_of(found), orders(found)
        digest = bankfile.digest(found.number, purpose, listed)
        if found.state == "approved":
            must_hold(found, clock.day(at))
            _send(found, digest, by, at)
        elif digest != found.file_digest:
            raise Refusal(
                _("This batch no longer gives the file that was sealed. Call the administrator; send nothing.")
            )
    table = bankfile.rows(found.number, purpose, listed, digest)  # written outside the lock: nobody waits for it
    made_at = found.approved_at or at
    encoding = "utf-8" if form == "csv" else "gb18030"
    data = bankfile.as_xlsx(table, made_at) if form == "xlsx" else bankfile.as_csv(table, encoding)
    ending, content_type = bankfile.FORMS[form]
    printed = hashlib.sha256(data).hexdigest()
    journal.note(
        action="payments.bank-file", by=by, at=at, area=found.area, service=found.service if found.sealed else "",
        batch=found.number, form=form, digest=printed, count=found.count,
    )  # fmt: skip
    return BankFile(f"{found.number}.{ending}", content_type, data, printed)


def orders(batch: Batch) -> list[Order]:
    """What the bank is told, from the accounts as they were frozen. Unseals every account number of the batch."""
    rows = Attempt.objects.filter(batch=batch).exclude(result="dropped").order_by("serial")
    return [
        Order(serial, holder, seal.unseal(bytes(sealed), bytes(salt), "account"), bank, amount)
        for serial, holder, sealed, salt, bank, amount in rows.values_list(
            "serial", "account__holder", "account__number_sealed", "account__person__salt", "account__bank", "amount"
        )
    ]


def purpose_of(batch: Batch) -> str:
    """The purpose as the payee reads it on the statement: the Chinese name of the service they were judged by."""
    version = Version.objects.filter(line__batch=batch).order_by("pk").first()
    name = version.declaration.get("service", {}).get("name") if version else None
    said = name.get("zh") if isinstance(name, dict) else name
    return str(said or batch.service)


def _send(batch: Batch, digest: str, by: Actor, at: dt.datetime) -> None:
    lines = Line.objects.filter(batch=batch, state="batched")
    with journal.entry(
        action="payments.send-batch", by=by, at=at, area=batch.area, service=batch.service if batch.sealed else "",
        batch=batch.number, count=batch.count, total=batch.total, digest=digest,
    ) as writer:  # fmt: skip
        owed = list(lines.order_by("pk").values_list("pk", "service", "amount"))
        books.move(
            writer, how="send", source=f"batch:{batch.number}:sent", on=clock.day(at), owed=owed,
            batch=batch,
        )  # fmt: skip
        lines.update(state="sent", attempts=F("attempts") + 1)
        change(batch, writer, state="sent", sent_at=at, file_digest=digest)
