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
