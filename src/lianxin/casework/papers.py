"""Papers on file: photographed once, checked by what they are, stripped of hidden data, sealed on disk by digest."""

from __future__ import annotations

import io
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lianxin.access import sealedfiles
from lianxin.casework.refusals import Unfit

LARGEST = 10 * 1024 * 1024  # bytes
LARGEST_SIDE = 3000  # pixels: a page of A4 stays readable, a photo loses what nobody needs
MOST_PIXELS = 60_000_000
PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was handed in: which paper it is meant to be, and its bytes. Its own name is never kept."""

    code: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as it lies in the home's papers."""

    digest: str
    size: int
    content_type: str


def kind_of(data: bytes) -> str:
    """What the bytes are by their first ones: jpeg, png, webp or pdf; raises :class:`Unfit` for anything else."""
    if data[:3] == b"\xff\xd8\xff":
        return "image/jpeg"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[:5] == b"%PDF-" and b"%%EOF" in data[-2048:]:
        return PDF
    raise Unfit(_("This is not a photo (JPEG, PNG, WebP) or a PDF. Nothing was lost; take a photo and send that."))


def keep(data: bytes) -> Stored:
    """Check and store one file; the same content is stored once. Raises :class:`Unfit` with the way out."""
    if not data:
        raise Unfit(_("The file is empty. Nothing was lost; send it again."))
    if len(data) > LARGEST:
        raise Unfit(_("The file is larger than 10 MB. Nothing was lost; a photo of the page will do."))
    content_type = kind_of(data)
    if content_type != PDF:
        data, content_type = _redrawn(data)
    return Stored(sealedfiles.keep(data), len(data), content_type)


def read(digest: str) -> bytes:
    """The content of a stored file. Raises ``FileNotFoundError``, or ``ValueError`` where it was altered on disk."""
    return sealedfiles.read(digest)


def _redrawn(data: bytes) -> tuple[bytes, str]:
    """The picture drawn anew: upright, no place, no camera, nothing that rode along behind it."""
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "WEBP"]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Unfit(_("The picture is too large to be read. Nothing was lost; take it again smaller."))
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
            drawn = upright.convert("RGB")
    except Unfit:
        raise
    except Exception as broken:
        raise Unfit(_("The picture cannot be opened. Nothing was lost; take it again.")) from broken
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=88, optimize=True)
    return out.getvalue(), "image/jpeg"
