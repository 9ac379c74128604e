"""``python -m tests.bench.calibration``: what scores mean on labelled sets, left out by challenge.

Writes ``data/calibration/<set>.json``. Names of folders may follow, as for ``tests.bench.tables``.
A pair is right from grade 2 on; where only right pairs are listed, all others count as wrong.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from matchmaker.benchmark.ranking import RIGHT_FROM
from matchmaker.kernel.resources import folder
from matchmaker.recommender import score_records, version
from matchmaker.recommender.calibrating import cross_validated
from tests.bench.tables import SETS, _lines

PLACE = folder("data") / "calibration"
Record = dict[str, Any]


def main() -> None:
    """Measure the cohort and every folder named."""
    PLACE.mkdir(exist_ok=True)
    cohort = folder("data") / "cohort"
    write("cohort", *(_lines(cohort / f"{n}.jsonl") for n in ("challenges", "teams", "fit")))
    for given in sys.argv[1:]:
        place = Path(given)
        bare = {"domain": "", "tech": []}
        write(
            place.name,
            [record | bare for record in _lines(place / "challenges.jsonl")],
            [record | bare for record in _lines(place / "teams.jsonl")],
            _lines(place / "qrels.jsonl"),
        )


def write(
    key: str, challenges: Sequence[Record], teams: Sequence[Record], judged: Sequence[Record]
) -> None:
    """Measure one labelled set and keep what comes out."""
    content = measure(key, challenges, teams, judged)
    target = PLACE / f"{key}.json"
    target.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
    found = content["reliability"]
    sys.stdout.write(
        f"{target.name}: {found['pairs']} pairs, {found['accepted']} right, "
        f"Brier {found['brier']:.3f}, base rate {found['base']:.3f}, skill {found['skill']:.2f}\n"
    )


def measure(
    key: str, challenges: Sequence[Record], teams: Sequence[Record], judged: Sequence[Record]
) -> Record:
    """Reliability of calibrated scores over the judged pairs, cross-validated by challenge."""
    graded = {(row["challenge"], row["team"]): int(row["grade"]) for row in judged}
    rows = {record["id"]: n for n, record in enumerate(challenges)}
    columns = {record["id"]: n for n, record in enumerate(teams)}
    if all(grade >= RIGHT_FROM for grade in graded.values()):
        graded = {(c, t): graded.get((c, t), 0) for c in rows for t in columns}
    scores = score_records(challenges, teams)
    found = cross_validated(
        [float(scores[rows[c], columns[t]]) for c, t in graded],
        [grade >= RIGHT_FROM for grade in graded.values()],
        [c for c, _ in graded],
    )
    return {
        "name": SETS.get(key, {}).get("name", {"zh_TW": key, "en": key}),
        "measured_on": f"{datetime.now(UTC):%Y-%m-%d}",
        "version": version(),
        "challenges": len(challenges),
        "reliability": _short(found.to_dict()),
    }


def _short(value: Any) -> Any:
    """Four decimals are more than the data tell."""
    if isinstance(value, dict):
        return {name: _short(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_short(inner) for inner in value]
    return round(value, 4) if isinstance(value, float) else value


if __name__ == "__main__":
    main()
