"""Flat rows of a table to records with languages, lists and projects."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from matchmaker.kernel.i18n import msg
from matchmaker.kernel.tabular.problems import Findings

LANGUAGES = {"zh": "zh_TW", "zh_TW": "zh_TW", "en": "en"}
SIDED = re.compile(r"(?P<name>.+)_(?P<side>zh_TW|zh|en)")
NUMBERED = re.compile(r"project_(?P<number>[1-9]\d?)_(?P<name>.+)")


def nested(
    row: Mapping[str, Any], *, lists: Collection[str], findings: Findings, line: int
) -> dict[str, Any]:
    """A record from a flat row; a row that is a record already comes back equal.

    Args:
        lists: columns whose text is split at semicolons.
        findings: takes note of a cell that is no JSON list of projects.
    """
    record: dict[str, Any] = {}
    projects: dict[int, dict[str, Any]] = {}
    for column, value in row.items():
        numbered = NUMBERED.fullmatch(column)
        if numbered:
            if value not in ("", None):
                project = projects.setdefault(int(numbered["number"]), {})
                _place(project, numbered["name"], value)
        elif column == "projects" and isinstance(value, str):
            record["projects"] = _json_list(value, findings, line)
        elif column in lists and isinstance(value, str):
            record[column] = [part.strip() for part in re.split("[;；]", value) if part.strip()]
        else:
            _place(record, column, value)
    if projects:
        record["projects"] = [projects[number] for number in sorted(projects)]
    return record


def _place(record: dict[str, Any], column: str, value: Any) -> None:
    """Put a value at its name, or on its side of a text in two languages."""
    sided = SIDED.fullmatch(column)
    if not sided:
        record[column] = value
        return
    text = record.get(sided["name"])
    if not isinstance(text, dict):
        text = record[sided["name"]] = {"zh_TW": None, "en": None}
    text[LANGUAGES[sided["side"]]] = value or None


def _json_list(cell: str, findings: Findings, line: int) -> list[Any]:
    if not cell.strip():
        return []
    try:
        value = json.loads(cell)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        findings.add(msg("A JSON list of projects is expected here."), line, "projects")
        return []
    return value
