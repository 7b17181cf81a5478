"""Archives that somebody sent (workbooks, a service's folder): nothing reads one that would unpack to too much.

The one way into a zip. What an archive claims of its parts is not believed: each is unpacked piece by piece and counted.
"""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.utils.translation import gettext as _

from lianxin.people.errors import TooLarge

ZIP = b"PK\x03\x04"
UNREADABLE = (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, zlib.error, lzma.LZMAError,
              ValueError)  # what a damaged archive raises, by how it was packed  # fmt: skip
MOST_PARTS = 10_000
MEGA = 1024 * 1024


@contextmanager
def opened(source: IO[bytes], *, most: int, parts: int = MOST_PARTS) -> Iterator[Archive]:
    """The parts of an archive. Raises :class:`TooLarge` for more than ``most`` bytes or ``parts`` parts in all, and one
    of :data:`UNREADABLE` for what is no archive."""
    with zipfile.ZipFile(source) as archive:
        found = [one for one in archive.infolist() if not one.is_dir()]
        if len(found) > parts or sum(one.file_size for one in found) > most:
            raise too_large(most)
        yield Archive(source, found, most)


class Archive:
    """An open archive: its parts, and how many bytes may still be unpacked."""

    def __init__(self, source: IO[bytes], parts: list[zipfile.ZipInfo], most: int) -> None:
        self.parts = parts
        self._source, self._most, self._left = source, most, most

    def pieces(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        """A part as any reader unpacks it, whatever size the archive claims for it."""
        for piece in _unpacked(self._source, part):
            self._left -= len(piece)
            if self._left < 0:
                raise too_large(self._most)
            yield piece

    def read(self, part: zipfile.ZipInfo) -> bytes:
        """A whole part."""
        out = io.BytesIO()
        for piece in self.pieces(part):
            out.write(piece)
        return out.getvalue()


def too_large(most: int) -> TooLarge:
    """The one sentence for whatever unpacks to too much."""
    return TooLarge(
        _("Unpacked, this file is larger than %(most)d MB. Nothing was changed; copy what is needed into a new file and "
          "send that, or send it in parts.") % {"most": most // MEGA}
    )  # fmt: skip


def _unpacked(source: IO[bytes], part: zipfile.ZipInfo) -> Iterator[bytes]:
    source.seek(part.header_offset + 26)
    name, extra = (int.from_bytes(source.read(2), "little") for _ in range(2))
    source.seek(name + extra, io.SEEK_CUR)
    left = part.compress_size
    if part.flag_bits & 1 or part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise zipfile.BadZipFile
    if part.compress_type == zipfile.ZIP_STORED:
        while piece := source.read(min(left, MEGA)):
            left -= len(piece)
            yield piece
        return
    unpacking = zlib.decompressobj(-15)
    while not unpacking.eof:
        packed = unpacking.unconsumed_tail or source.read(min(left, 1 << 16))
        left -= 0 if unpacking.unconsumed_tail else len(packed)
        piece = unpacking.decompress(packed, MEGA)
        if not packed and not piece:  # cut off
            raise zipfile.BadZipFile
        yield piece
