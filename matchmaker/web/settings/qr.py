"""QR codes as one path of an inline picture, which needs no image file and no style."""

from __future__ import annotations

from dataclasses import dataclass

import segno

QUIET = 4  # modules of white around it, as the standard asks


@dataclass(frozen=True)
class Picture:
    """A QR code: ``size`` modules wide with its margin, ``path`` draws the dark ones."""

    size: int
    path: str


def picture(text: str) -> Picture:
    """The QR code of a text."""
    code = segno.make_qr(text, error="m")
    runs = [
        f"M{x + QUIET} {y + QUIET}h1v1h-1z"
        for y, row in enumerate(code.matrix)
        for x, is_dark in enumerate(row)
        if is_dark
    ]
    return Picture(len(code.matrix) + 2 * QUIET, "".join(runs))
