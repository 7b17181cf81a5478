"""CBOR (RFC 8949), strict: the few kinds that signed tokens use, read within bounds, each written one way only.

Read are whole numbers, byte and text strings, arrays, maps, tags, true, false and null. Refused are floats, lengths
left open, numbers written longer than need be, the same key twice, deep nesting, and whatever follows the end. Where
``ordered`` is asked for, the keys of a map stand in the order of their bytes, so that a value has exactly one writing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DEPTH = 8  # of nesting: a token needs four
LARGEST = 4096  # bytes that are read unless the caller knows better
_SIMPLE = {20: False, 21: True, 22: None}


class NotCbor(ValueError):  # noqa: N818  an answer about what was read, not a fault of ours
    """The bytes are not CBOR as it is read here; the message says where and why, without the value."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A value that carries a tag."""

    tag: int
    value: Any


def head(major: int, number: int) -> bytes:
    """The first bytes of a value: its kind, and a number or length, as short as may be."""
    if number < 24:
        return bytes([major << 5 | number])
    for code, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << 8 * size:
            return bytes([major << 5 | code]) + number.to_bytes(size, "big")
    raise ValueError("a number above 64 bits")


def encode(value: Any) -> bytes:
    """The one writing of ``value`` (RFC 8949 §4.2.1). Raises ``ValueError`` for kinds that are not written here."""
    if value is None or value is True or value is False:
        return bytes([0xF6 if value is None else 0xF5 if value else 0xF4])
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        text = value.encode()
        return head(3, len(text)) + text
    if isinstance(value, Tagged):
        return head(6, value.tag) + encode(value.value)
    if isinstance(value, Mapping):
        pairs = sorted((encode(key), encode(held)) for key, held in value.items())
        return head(5, len(pairs)) + b"".join(key + held for key, held in pairs)
    if isinstance(value, Sequence):
        return head(4, len(value)) + b"".join(encode(one) for one in value)
    raise ValueError(f"{type(value).__name__} is not written")


def decode(data: bytes, *, largest: int = LARGEST, ordered: bool = True) -> Any:
    """The value that ``data`` writes, all of it. Raises :class:`NotCbor`."""
    if len(data) > largest:
        raise NotCbor("too large")
    reader = _Reader(data, ordered)
    value = reader.value(0)
    if reader.at != len(data):
        raise NotCbor("something follows the end")
    return value


class _Reader:
    """Walks through the bytes once; never reads beyond them and never makes room for what is not there."""

    __slots__ = ("at", "data", "ordered")

    def __init__(self, data: bytes, ordered: bool) -> None:
        self.data, self.at, self.ordered = data, 0, ordered

    def take(self, count: int) -> bytes:
        end = self.at + count
        if end > len(self.data):
            raise NotCbor("cut short")
        piece = self.data[self.at : end]
        self.at = end
        return piece

    def long(self, major: int, small: int) -> int:
        """A number that follows the first byte, in 1, 2, 4 or 8 bytes."""
        if small > 27 or major == 7:
            raise NotCbor("a kind that is not read")
        size = 1 << (small - 24)
        number = int.from_bytes(self.take(size), "big")
        if number < (24 if size == 1 else 1 << 4 * size):
            raise NotCbor("a number written longer than need be")
        return number

    def value(self, depth: int) -> Any:
        if depth > DEPTH:
            raise NotCbor("nested too deeply")
        at = self.at
        if at >= len(self.data):
            raise NotCbor("cut short")
        self.at = at + 1
        first = self.data[at]
        major, number = first >> 5, first & 31
        if number > 23:
            number = self.long(major, number)
        if major == 0:
            return number
        if major == 1:
            return -1 - number
        if major == 2:
            start = self.at
            end = self.at = start + number
            if end > len(self.data):
                raise NotCbor("cut short")
            return self.data[start:end]
        if major == 3:
            try:
                return self.take(number).decode()
            except UnicodeDecodeError:
                raise NotCbor("a text that is no UTF-8") from None
        if major == 4:
            return self.items(number, depth)
        if major == 5:
            return self.pairs(number, depth)
        if major == 6:
            return Tagged(number, self.value(depth + 1))
        if number not in _SIMPLE:
            raise NotCbor("a kind that is not read")
        return _SIMPLE[number]

    def items(self, count: int, depth: int) -> list[Any]:
        if count > len(self.data) - self.at:
            raise NotCbor("cut short")
        return [self.value(depth + 1) for _ in range(count)]

    def pairs(self, count: int, depth: int) -> dict[Any, Any]:
        if 2 * count > len(self.data) - self.at:
            raise NotCbor("cut short")
        found: dict[Any, Any] = {}
        before = b""
        for _ in range(count):
            start = self.at
            key = self.value(depth + 1)
            written = self.data[start : self.at]
            if not isinstance(key, int | str) or isinstance(key, bool):
                raise NotCbor("a key that is neither number nor text")
            if key in found:
                raise NotCbor("the same key twice")
            if self.ordered and written < before:
                raise NotCbor("keys out of order")
            before = written
            found[key] = self.value(depth + 1)
        return found
