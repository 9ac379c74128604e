"""The list as a file: the same filter, the same order, the fields that are public."""

from __future__ import annotations

import json
from typing import Any

from flask import Response
from flask_babel import gettext as _

from matchmaker.audit.service import record as write_down
from matchmaker.challenges import queries
from matchmaker.challenges.content import LOCALIZED, TAGGED
from matchmaker.challenges.models import Challenge
from matchmaker.web import door
from matchmaker.web.challenges import filtering
from matchmaker.web.challenges.blueprint import bp
from matchmaker.web.downloads import as_file

TEXTS = tuple(name for name in LOCALIZED if name != "confidential")
PLAIN = (
    "data_rows", "data_labels", "data_sensitivity", "budget_twd", "k_poc", "poc_weeks",
    "provenance",
)  # fmt: skip
MOMENTS = ("published_at", "opens_at", "closes_at")
FIELDS = ("id", "kind", "state", "owner", "call", *TEXTS, *TAGGED, *PLAIN, "kpis", *MOMENTS)
TWO_SIDED = frozenset({"owner", *TEXTS})
COLUMNS = tuple(
    column
    for name in FIELDS
    for column in ((f"{name}_zh", f"{name}_en") if name in TWO_SIDED else (name,))
)
LONGEST_CELL = 32_000


@bp.get("/challenges.<any(csv, xlsx, json):kind>")
def export(kind: str) -> Response:
    """Exactly the challenges that the list shows under this filter."""
    found = queries.everything(
        door.db(), filtering.asked(), seen_by=door.actor(), now=door.now(), sort=filtering.sort()
    )
    _note(kind, len(found))
    records = [record(challenge) for challenge in found]
    name = _("Challenges %(day)s", day=f"{door.now():%Y-%m-%d}")
    if kind == "json":
        return as_file(kind, records, FIELDS, name)
    return as_file(kind, [flat(each) for each in records], COLUMNS, name)


def record(challenge: Challenge) -> dict[str, Any]:
    """What everybody may read of a challenge."""
    texts = {name: _sides(getattr(challenge, name)) for name in TEXTS}
    return {
        "id": challenge.key,
        "kind": challenge.kind.value,
        "state": challenge.state.value,
        "owner": _sides(challenge.organization.name),
        "call": challenge.call.slug,
        **texts,
        **{name: list(getattr(challenge, name)) for name in TAGGED},
        **{name: getattr(challenge, name) for name in PLAIN},
        "kpis": [
            {
                "id": kpi.code,
                "name": _sides(kpi.name),
                "unit": kpi.unit,
                "better": kpi.better.value,
                "baseline": kpi.baseline,
                "target": kpi.target,
                "method": _sides(kpi.method),
            }
            for kpi in challenge.kpis
        ],
        "published_at": challenge.published_at.isoformat() if challenge.published_at else None,
        "opens_at": challenge.call.opens_at.isoformat(),
        "closes_at": challenge.closes_at.isoformat(),
    }


def flat(found: dict[str, Any]) -> dict[str, Any]:
    """The same as one row of a table; texts that no cell holds are cut."""
    row = {name: value for name, value in found.items() if name not in TWO_SIDED}
    row["kpis"] = json.dumps(found["kpis"], ensure_ascii=False)
    for name in TWO_SIDED:
        row[f"{name}_zh"], row[f"{name}_en"] = found[name]["zh_TW"], found[name]["en"]
    return {
        name: value[:LONGEST_CELL] if isinstance(value, str) else value
        for name, value in row.items()
    }


def _sides(text: Any) -> dict[str, str | None]:
    return {"zh_TW": text.zh_TW, "en": text.en}


def _note(kind: str, rows: int) -> None:
    """Keep who took the list away; visitors took what everybody may read anyway."""
    if not door.actor().is_signed_in:
        return
    with door.database().transaction() as own:
        write_down(
            own, "challenge.export", actor=door.actor(), now=door.now(), kind="challenge",
            after={"format": kind, "rows": rows},
        )  # fmt: skip
