"""The facts that this city added (attributes.yaml), as columns of the ledger."""

from __future__ import annotations

from lianxin.people.columns import Column


def attribute_columns() -> tuple[Column, ...]:
    """A column for each attribute."""
    return ()
