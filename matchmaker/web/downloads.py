"""Answers that a browser keeps as a file, under a name that may be Chinese."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response


def name_file(answer: Response, name: str) -> Response:
    """Have the answer kept as a file of this name.

    A header holds Latin letters only, so that another name goes beside it, encoded as RFC 6266
    says, and old browsers read the part of it that they can.
    """
    plain = name.encode("ascii", "ignore").decode().strip() or "file"
    encoded = {} if plain == name else {"filename*": f"UTF-8''{quote(name, safe='')}"}
    answer.headers.set("Content-Disposition", "attachment", filename=plain, **encoded)
    return answer
