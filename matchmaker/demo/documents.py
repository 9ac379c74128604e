"""Small documents that proposals of the demo come with: one page of PDF, made here."""

from __future__ import annotations

from collections.abc import Sequence

TOP, LEADING = 760, 24  # points
FONT = b"/Resources << /Font << /F1 5 0 R >> >>"


def pdf(lines: Sequence[str]) -> bytes:
    """A page that shows these lines. Latin letters only: the page embeds no font."""
    shown = "".join(f"({_escaped(line)}) Tj 0 -{LEADING} Td " for line in lines)
    page = f"BT /F1 14 Tf 60 {TOP} Td {shown}ET".encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R %b >>" % FONT,
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    return _assembled(objects)


def _assembled(objects: Sequence[bytes]) -> bytes:
    """The objects as a file, with the table that says where each begins."""
    file, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return file + (
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (size, table, size, len(file))
    )


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
