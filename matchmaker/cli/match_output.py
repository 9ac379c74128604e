"""Where the answer of a command goes, and in which form."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from matchmaker.cli.match_report import refuse
from matchmaker.kernel.i18n import Lang, msg
from matchmaker.kernel.tabular import WRITERS

FORMATS = ("table", *(suffix.removeprefix(".") for suffix in WRITERS))
PIPE_WIDTH = 100


def chosen_format(kind: str | None, out: Path | None, lang: Lang) -> str:
    """The format asked for, else the file's, else what suits the place it goes to."""
    if out is None:
        chosen = kind or ("table" if sys.stdout.isatty() else "jsonl")
        if chosen == "xlsx":
            refuse([msg("An XLSX table needs a file: give --out.")], lang)
        return chosen
    suffix = out.suffix.lower()
    if kind is None and suffix not in WRITERS:
        kinds = ", ".join(WRITERS)
        refuse([msg("%(file)s: use one of %(kinds)s.", file=out.name, kinds=kinds)], lang)
    return kind or suffix.removeprefix(".")


def check_place(out: Path, inputs: Sequence[Path], lang: Lang) -> None:
    """Refuse a place that cannot be written before any work is done."""
    if out.is_dir() or not out.parent.is_dir() or not os.access(out.parent, os.W_OK):
        refuse([msg("%(file)s cannot be written there.", file=str(out))], lang)
    if any(path.exists() and out.exists() and path.samefile(out) for path in inputs):
        refuse([msg("%(file)s is one of the files to read.", file=str(out))], lang)


def why(error: Exception) -> str:
    """What went wrong with a file, in the words of the system."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
