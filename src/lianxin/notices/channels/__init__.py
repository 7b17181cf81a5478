"""Roads for text messages. A provider is one module here; ``LIANXIN_SMS`` names it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from django.conf import settings


class Undelivered(Exception):  # noqa: N818  a provider's no is an answer
    """The provider did not take the message; ``again`` says whether another try makes sense."""

    def __init__(self, why: str, *, again: bool) -> None:
        super().__init__(why)
        self.why, self.again = why, again


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider says became of a message."""

    reference: str
    delivered: bool
    why: str = ""


class Channel(Protocol):
    """What a provider's module offers."""

    def send(self, phone: str, text: str, reference: str) -> str:
        """Hand a message over; returns the provider's own number for it. Raises :class:`Undelivered`."""

    def receipts(self, headers: Mapping[str, str], body: bytes) -> list[Receipt]:
        """Read what the provider reports back. Raises ``ValueError`` for a report that is not the provider's."""


def channel() -> Channel:
    """The provider that this home uses."""
    return import_module(f"lianxin.notices.channels.{settings.SMS}").CHANNEL
