"""A photo of a printed code reads back: turned, shaded, stained, blurred; and what is none reads as nothing."""

import io
import random

import pytest
import qrcode
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageFilter

from lianxin.engine import qrbits, qrread

TEXT = "HTTPS://LIANXIN.EXAMPLE/CONSOLE/S/AEAQCAAAAAAAAAAAAEAAAAAAABY3YQ2WXKJ5TPVUEGDQYQ/"


def drawn(text, box=7, border=4):
    made = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=border, box_size=box)
    made.add_data(text)
    return made.make_image().convert("L")


def jpeg(image, quality=75):
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def page(code):
    """A sheet of A4 with lines of writing and the code at its foot."""
    made = Image.new("L", (1240, 1754), 255)
    for row in range(120, 1200, 44):
        for column in range(90, 1100, 31):
            made.paste(40, (column, row, column + 17, row + 4 + (column * row) % 19))
    made.paste(code.resize((230, 230)), (930, 1450))
    return made


@pytest.mark.parametrize("turn", [0, 7, 90, 173, 270])
def test_a_whole_page_however_it_lay(turn):
    assert qrread.read(jpeg(page(drawn(TEXT)).rotate(turn, expand=True, fillcolor=200))) == TEXT


def test_a_photo_in_a_shadow_from_the_side_and_out_of_focus():
    sheet = page(drawn(TEXT))
    wide, high = sheet.size
    askew = sheet.transform((wide, high), Image.QUAD, (60, 20, 0, high, wide, high - 30, wide - 70, 90), Image.BICUBIC)
    shade = Image.linear_gradient("L").resize(askew.size).point(lambda v: 80 + v * 175 // 255)
    assert qrread.read(jpeg(ImageChops.multiply(askew.filter(ImageFilter.GaussianBlur(1.2)), shade))) == TEXT


def test_what_an_office_scanner_makes_is_a_pdf_of_photos():
    out = io.BytesIO()
    back, front = page(Image.new("L", (230, 230), 255)), page(drawn(TEXT)).rotate(2, fillcolor=240)
    back.save(out, "PDF", save_all=True, append_images=[front], quality=70)
    assert qrread.read(out.getvalue()) == TEXT
    assert qrread.read(b"%PDF-1.7 nothing " + b"\xff\xd8\xff" * 9) is None


def test_what_says_that_it_is_huge_is_never_decoded(monkeypatch):
    monkeypatch.setattr(qrread, "PIXELS", 300 * 300)
    decoded = []
    monkeypatch.setattr(
        Image.Image, "convert", lambda one, _mode, real=Image.Image.convert: decoded.append(one.size) or real(one, "L")
    )
    whole = jpeg(Image.new("L", (301, 300), 255))
    assert qrread.read(whole) is None and decoded == []
    half = jpeg(Image.new("L", (200, 300), 255))  # two of them are more than all pages may have
    assert qrread.read(b"%PDF-1.4 " + b"".join(b"stream " + half + b" endstream" for _ in range(4))) is None
    assert decoded == [(200, 300)]


def test_a_stain_over_a_corner_of_the_data_is_mended():
    code = drawn(TEXT)
    side = code.width
    code.paste(0, (side // 2, side // 2, side // 2 + side // 8, side // 2 + side // 8))
    assert qrread.read(jpeg(code)) == TEXT


@pytest.mark.parametrize("data", [b"", b"no picture", jpeg(Image.new("L", (400, 400), 255)),
                                  jpeg(Image.effect_noise((500, 500), 90))])  # fmt: skip
def test_where_there_is_no_code_nothing_is_read(data):
    assert qrread.read(data) is None


def test_a_picture_made_of_corner_marks_holds_nobody_up(monkeypatch):
    """Every mark is compared with those before it: a picture of thousands is given up after the first."""
    marks, known = [], qrread.Mark
    monkeypatch.setattr(qrread, "Mark", lambda *given: marks.append(given) or known(*given))
    mark = drawn(TEXT, box=4, border=0).crop((0, 0, 28, 28))
    made = Image.new("L", (1200, 1200), 255)
    for row in range(0, 1160, 36):
        for column in range(0, 1160, 36):
            made.paste(mark, (column, row))
    assert qrread.read(jpeg(made, 95)) is None
    assert 0 < len(marks) < 1024  # the picture has 1,089, and is looked at six times


def test_too_much_gone_is_nothing_and_never_another_text():
    code = drawn(TEXT)
    side = code.width
    code.paste(255, (side // 3, side // 3, side, side))
    assert qrread.read(jpeg(code)) is None


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=60) | st.from_regex(r"\A[0-9]{1,60}\Z")
       | st.from_regex(r"\A[A-Z0-9:/.]{1,90}\Z"), seed=st.integers(0, 9999))  # fmt: skip
def test_any_text_through_its_modules_with_as_much_broken_as_may_be(text, seed):
    made = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    made.add_data(text, optimize=0)
    made.make(fit=True)
    if made.version > 10:
        return
    grid = [[int(bool(cell)) for cell in row] for row in made.get_matrix()]
    chance = random.Random(seed)
    size = len(grid)
    for _ in range(made.version + 1):  # below what one block of level M mends
        x, y = chance.randrange(9, size - 9), chance.randrange(9, size - 9)
        grid[y][x] ^= 1
    assert qrbits.text(grid) == text
