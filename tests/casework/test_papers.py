"""Papers are what they say they are, carry nothing hidden, and cannot be read from the disk."""

import io
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image

from lianxin.casework import actions, papers, queries
from lianxin.casework.models import Case, Paper
from lianxin.casework.refusals import Unfit
from lianxin.engine.secrecy import Secret
from tests.factories.casework import AT, picture

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.mark.parametrize("data", [b"", b"MZ\x90\x00", b"<html>", b"\xff\xd8\xff not a picture", b"%PDF-1.4 cut off",
                                  b"x" * (papers.LARGEST + 1)])  # fmt: skip
def test_what_is_no_photo_and_no_pdf_is_refused(data):
    with pytest.raises(Unfit):
        papers.keep(data)


def test_hidden_data_is_gone_and_the_disk_holds_no_clear_text():
    assert b"SECRETCAMERA" in picture()
    stored = papers.keep(picture())
    data = papers.read(stored.digest)
    assert b"SECRETCAMERA" not in data
    assert papers.kind_of(data) == "image/jpeg"
    on_disk = (Path(settings.MEDIA_ROOT) / stored.digest[:2] / stored.digest).read_bytes()
    assert data[:20] not in on_disk
    kept = papers.keep(PDF)
    assert papers.read(kept.digest) == PDF
    assert papers.keep(PDF) == kept


def test_an_altered_or_foreign_file_is_not_read():
    stored = papers.keep(picture("red"))
    path = Path(settings.MEDIA_ROOT) / stored.digest[:2] / stored.digest
    kept = path.read_bytes()
    path.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    with pytest.raises(ValueError, match="altered"):
        papers.read(stored.digest)
    for name in ("../../keys.json", "a" * 63, "A" * 64):
        with pytest.raises(FileNotFoundError):
            papers.read(name)


def test_a_paper_given_once_is_not_asked_again_and_strangers_cannot_open_it(town):
    wife = town.persons["wife"]
    case = town.open("accomp-subsidy", wife, by=town.wife, channel="app", form={"since": "2024-01-01"})
    actions.advance(cases=case.pk, by=town.liaison, at=AT)
    actions.supplement(
        case=case.pk, by=town.wife, at=AT, files=[actions.Upload("unemployment-certificate", picture("blue"))]
    )
    assert queries.may_be_missing(town.clerk, case.pk, at=AT) == []
    actions.withdraw(cases=case.pk, by=town.wife, at=AT)
    again = town.open("accomp-subsidy", wife, by=town.wife, channel="app", form={"since": "2024-01-01"})
    assert queries.missing_of([Case.objects.get(pk=again.pk)], AT.date())[0] == []
    one = Paper.objects.get()
    assert queries.paper(town.clerk, one.pk, at=AT)[1] == "image/jpeg"
    assert queries.paper(town.sibling_clerk, one.pk, at=AT) is None
    assert queries.paper(town.shop, one.pk, at=AT) is None


def test_a_form_is_checked_and_unknown_fields_are_dropped(town):
    wife = town.persons["wife"]
    with pytest.raises(Unfit):
        town.open("accomp-subsidy", wife, by=town.wife, channel="app", form={"since": "soon"})
    case = town.open(
        "accomp-subsidy", wife, by=town.wife, channel="app", form={"since": "2024-01-01", "state": "delivered"}
    )
    assert case.form == {"since": "2024-01-01"}


def test_whoever_has_one_case_opens_no_paper_of_another_matter(town):
    wife = town.persons["wife"]
    other = town.open("contact-change", wife, by=town.wife, channel="app")
    actions.supplement(case=other.pk, by=town.wife, at=AT, files=[actions.Upload("other", picture("green"))])
    one = Paper.objects.get()
    assert queries.paper(town.wife, one.pk, at=AT) is not None
    assert queries.paper(town.liaison, one.pk, at=AT) is None
    attests = town.open("accomp-subsidy", wife, by=town.wife, channel="app", form={"since": "2024-01-01"})
    assert queries.case(town.liaison, attests.pk, at=AT) is not None
    assert queries.paper(town.liaison, one.pk, at=AT) is None
    Paper.objects.filter(pk=one.pk).update(code="unemployment-certificate")  # which the open case asks for
    assert queries.paper(town.liaison, one.pk, at=AT) is not None


def told(tag, words, fmt="JPEG"):
    """A picture whose own particulars say something."""
    image = Image.new("RGB", (60, 80), "gray")
    exif = image.getexif()
    if tag == 0x9286:
        exif.get_ifd(0x8769)[tag] = b"UNICODE\0" + words.encode("utf-16-le")
    else:
        exif[tag] = words.encode("utf-16-le") if tag >= 0x9C9B else words
    out = io.BytesIO()
    image.save(out, fmt, exif=exif)
    return out.getvalue()


def titled(words):
    raw = b"\xfe\xff" + words.encode("utf-16-be")
    return b"%PDF-1.4\n1 0 obj\n<< /Title <" + raw.hex().encode() + b"> >>\nendobj\n%%EOF\n"


@pytest.mark.parametrize(
    "data", [told(0x9C9B, "71325部队营区"), told(0x9286, "71325部队营区"), titled("71325部队花名册")]
)
def test_a_paper_whose_own_particulars_name_a_unit_is_not_taken_in(db, data):
    before = set(Path(settings.MEDIA_ROOT).rglob("*"))
    with pytest.raises(Secret):
        papers.keep(data)
    assert set(Path(settings.MEDIA_ROOT).rglob("*")) == before


def test_a_paper_whose_name_says_a_unit_is_not_taken_in_and_ordinary_names_are(db):
    with pytest.raises(Secret):
        papers.keep(picture(), "71325部队营区.jpg")
    for name in ("IMG_20261129_101010.jpg", "微信图片_20261129.jpg", "身份证.jpg", "mmexport1700000000000.jpg"):
        papers.keep(picture(), name)
    papers.keep(told(0x9C9B, "户口簿首页"))
    papers.keep(titled("退役证"))
