"""The one permission check."""

from __future__ import annotations

from lianxin.engine.scope import Actor


class Refused(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """The actor may not do this at all (the page says so and journals nothing)."""


def require(actor: Actor, permission: str, *, area: str | None = None) -> None:
    """Raise :class:`Refused` unless a role grants ``permission`` and, where given, the scope covers ``area``."""
    if not actor.may(permission):
        raise Refused(permission)
    if area is not None and not actor.scope.covers(area):
        raise Refused(permission)
