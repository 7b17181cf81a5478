"""Papers on file: photographed once, checked by what they are, stripped of hidden data, sealed on disk by digest."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from lianxin.access import sealedfiles
from lianxin.casework.refusals import Unfit
from lianxin.journal import guard
from lianxin.people.retention import named_anywhere

LARGEST = 10 * 1024 * 1024  # bytes
LARGEST_SIDE = 3000  # pixels: a page of A4 stays readable, a photo loses what nobody needs
MOST_PIXELS = 60_000_000
PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was handed in: which paper it is meant to be, its bytes. Its own name is checked and never kept."""

    code: str
    data: bytes
    name: str = ""


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


def fits(data: bytes) -> str:
    """What kind of file it is, of a size that is taken; raises :class:`Unfit` with the way out."""
    if not data:
        raise Unfit(_("The file is empty. Nothing was lost; send it again."))
    if len(data) > LARGEST:
        raise Unfit(_("The file is larger than 10 MB. Nothing was lost; a photo of the page will do."))
    return kind_of(data)


def hold(data: bytes) -> Stored:
    """Keep a photo while it is found out what it belongs to; :func:`let_go` takes it away where nothing names it then."""
    stored = keep(data)
    _held().mkdir(mode=0o700, exist_ok=True)
    (_held() / stored.digest).touch()
    return stored


def let_go(before: float) -> int:
    """Remove the photos that were held since before this moment (seconds of the clock) and that no row names; how many."""
    done = 0
    for note in _held().iterdir() if _held().is_dir() else ():
        if note.stat().st_mtime < before:
            done += not named_anywhere(note.name) and sealedfiles.remove(note.name)
            note.unlink(missing_ok=True)
    return done


def _held() -> Path:
    return Path(settings.HOME) / "held"


def keep(data: bytes, name: str = "") -> Stored:
    """Check and store one file; the same content is stored once. Raises :class:`Unfit` with the way out.

    What rides along (the file's ``name``, the words in a photo's or a PDF's own particulars) is looked through by the
    guard before it is thrown away: a paper that says it shows a unit's camp is not taken in at all.
    """
    content_type = fits(data)
    guard.check(Path(name).stem, *(_pdf_words(data) if content_type == PDF else _photo_words(data)))
    if content_type != PDF:
        data, content_type = _redrawn(data)
    return Stored(sealedfiles.keep(data), len(data), content_type)


def read(digest: str) -> bytes:
    """The content of a stored file. Raises ``FileNotFoundError``, or ``ValueError`` where it was altered on disk."""
    return sealedfiles.read(digest)


def portrait(data: bytes) -> None:
    """Look at a portrait for a card: a photo, upright, large enough to print (one inch at 300 dots: 295 by 413).

    Its measures alone are looked at. Whose face it is, people see; no machine ever compares it.
    """
    from PIL import Image, ImageOps

    if kind_of(data) == PDF:
        raise Unfit(_("A portrait is a photo, not a PDF. Nothing was lost; take a photo."))
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "WEBP"]) as opened:
            wide, high = ImageOps.exif_transpose(opened).size
    except Exception as broken:
        raise Unfit(_("The picture cannot be opened. Nothing was lost; take it again.")) from broken
    if wide < PORTRAIT_SIZE[0] or high < PORTRAIT_SIZE[1]:
        raise Unfit(_("The portrait is too small to be printed: at least %(wide)d by %(high)d dots. Nothing was lost; take it "
                      "again.")
                    % {"wide": PORTRAIT_SIZE[0], "high": PORTRAIT_SIZE[1]})  # fmt: skip
    if not 1.15 <= high / wide <= 1.7:
        raise Unfit(
            _("A portrait is upright, head and shoulders, like on an identity card. Nothing was lost; take it again.")
        )


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


PORTRAIT_SIZE = (295, 413)  # dots: one inch at 300
_WORDY = (0x010D, 0x010E, 0x013B, 0x8298, 0x9286, 0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E, 0x9C9F)  # names, titles, comments
_EXIF = 0x8769  # where a photo keeps its comment
_PDF_WORDS = re.compile(
    rb"/(?:Title|Subject|Keywords|Author)\s*(?:\(((?:[^()\\]|\\.){0,400})\)|<([0-9A-Fa-f\s]{0,1600})>)"
)


def _photo_words(data: bytes) -> list[str]:
    """The words in a photo's own particulars. A picture that cannot be opened has none; it is refused later."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "WEBP"]) as opened:
            exif = opened.getexif()
            held = [*exif.items(), *exif.get_ifd(_EXIF).items(), *((0x010E, one) for one in opened.info.values())]
    except Exception:  # noqa: BLE001  (whatever a damaged picture raises)
        return []
    return [words for tag, value in held if tag in _WORDY and (words := _text(tag, value))]


def _text(tag: int, value: object) -> str:
    """A particular as text: Windows writes its own in UTF-16, a comment says its writing in eight bytes before it."""
    if isinstance(value, str):
        return value[:2000]
    if isinstance(value, tuple) and all(isinstance(one, int) and 0 <= one < 256 for one in value):
        value = bytes(value)
    if not isinstance(value, bytes):
        return ""
    body = value[8:] if tag == 0x9286 else value
    wide = tag in _WORDY[5:] or (tag == 0x9286 and value.startswith(b"UNICODE"))
    return body[:4000].decode("utf-16-le" if wide else "utf-8", "ignore").replace("\0", "").strip()


def _pdf_words(data: bytes) -> list[str]:
    """Title, subject, author and keywords as the file names them."""
    found = []
    for plain, coded in _PDF_WORDS.findall(data[:LARGEST]):
        raw = plain if plain else bytes.fromhex(re.sub(rb"\s", b"", coded).decode().ljust(2, "0")) if coded else b""
        if raw.startswith(b"\xfe\xff"):
            found.append(raw[2:].decode("utf-16-be", "ignore"))
        else:
            found.append(raw.decode("utf-8", "ignore"))
    return found
