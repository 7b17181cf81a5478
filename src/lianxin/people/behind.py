"""The persons behind staff accounts: found by the number of their file alone, over the whole city."""

from __future__ import annotations

from collections.abc import Sequence

from lianxin.people.models import Person


def numbered(file_number: str) -> int | None:
    """The living person with this file number, whoever asks: what comes back is an id and nothing else."""
    rows = Person.objects.filter(
        file_number=file_number.strip().upper(), visible=True, survivor__isnull=True, died_on__isnull=True
    )
    return rows.values_list("pk", flat=True).first()


def named(persons: Sequence[int]) -> dict[int, str]:
    """What these persons are called; the page masks it."""
    return dict(Person.objects.filter(pk__in=list(persons)).values_list("pk", "name"))
