"""Pictures of codes for paper and screen: a text as an SVG that prints sharp at any size."""

from __future__ import annotations

import io


def svg(text: str) -> str:
    """A QR code of ``text`` (medium correction: a seventh of it may be stained), with a border of two modules.

    A text of capitals, digits and ``:/.-`` alone becomes a smaller picture.
    """
    import qrcode
    from qrcode.image.svg import SvgPathImage

    made = qrcode.QRCode(border=2, error_correction=qrcode.constants.ERROR_CORRECT_M)
    made.add_data(text)
    out = io.BytesIO()
    made.make_image(image_factory=SvgPathImage).save(out)
    return out.getvalue().decode()


LARGEST = 10  # version: what a cheap camera reads from the hand


def modules(address: str, digits: str) -> list[list[bool]]:
    """The modules of a code that holds ``address#digits``, level M: the capitals packed, the digits packed tighter.

    ``address`` is capitals, digits and ``:/.-`` only. Raises ``ValueError`` where it comes to more than version 10.
    """
    import qrcode
    from qrcode.util import MODE_8BIT_BYTE, MODE_ALPHA_NUM, MODE_NUMBER, QRData

    made = qrcode.QRCode(border=0, error_correction=qrcode.constants.ERROR_CORRECT_M)
    for text, mode in ((address, MODE_ALPHA_NUM), ("#", MODE_8BIT_BYTE), (digits, MODE_NUMBER)):
        made.add_data(QRData(text.encode(), mode=mode))
    made.make(fit=True)
    if made.version > LARGEST:
        raise ValueError("the address is too long for a code that cheap cameras read")
    return [[bool(one) for one in row] for row in made.modules]


def address(address: str, digits: str) -> str:
    """:func:`modules` as an SVG with a border of four modules, which prints sharp at any size."""
    grid = modules(address, digits)
    size = len(grid) + 8
    runs = []
    for y, row in enumerate(grid, 4):
        x = 0
        while x < len(row):
            end = x
            while end < len(row) and row[end]:
                end += 1
            if end > x:
                runs.append(f"M{x + 4} {y}h{end - x}v1h-{end - x}z")
            x = end + 1
    drawn = f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{"".join(runs)}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">{drawn}</svg>'
