"""Collects every marked sentence into the zh-TW catalogue: ``make translations``.

Sentences that are gone are dropped, new ones are added empty and listed.
"""

from __future__ import annotations

import io
import sys
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "matchmaker" / "translations" / "zh_Hant_TW" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "msg": None,
    "ngettext": (1, 2),
}


@cache
def sentences() -> Catalog:
    """Every sentence marked in code and templates."""
    found = Catalog(locale="zh_Hant_TW")
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    for _file, _line, message, _comments, _context in extract_from_dir(
        str(ROOT), methods, options, keywords=KEYWORDS
    ):
        found.add(message)
    return found


def saved() -> Catalog:
    """The catalogue as it is in the project."""
    with SOURCE.open("rb") as file:
        return read_po(file, locale="zh_Hant_TW")


def missing(catalogue: Catalog) -> list[str]:
    """Sentences of the project that the catalogue has no translation for."""
    lacking = []
    for wanted in sentences():
        entry = catalogue.get(wanted.id) if wanted.id else None
        strings = entry.string if entry is not None else ""
        texts = strings if isinstance(strings, tuple | list) else (strings,)
        if wanted.id and not all(texts):
            lacking.append(str(wanted.id))
    return lacking


def unused(catalogue: Catalog) -> list[str]:
    """Sentences of the catalogue that the project no longer says."""
    wanted = sentences()
    return [str(entry.id) for entry in catalogue if entry.id and wanted.get(entry.id) is None]


def collect() -> list[str]:
    """Write the catalogue anew; returns what still needs a translation."""
    old, new = (
        saved(),
        Catalog(locale="zh_Hant_TW", project="Matchmaker", fuzzy=False, charset="utf-8"),
    )
    for wanted in sentences():
        if wanted.id:
            entry = old.get(wanted.id)
            flags = [flag for flag in wanted.flags if flag != "fuzzy"]
            new.add(wanted.id, entry.string if entry is not None else "", flags=flags)
    head = SOURCE.read_bytes().split(b"\n\n", 1)[0] + b"\n\n"
    body = io.BytesIO()
    write_po(body, new, width=0, sort_output=True, omit_header=True, no_location=True)
    SOURCE.write_bytes(head + body.getvalue())
    return missing(new)


if __name__ == "__main__":
    without = collect()
    for sentence in without:
        print(sentence)
    sys.exit(1 if without else 0)
