"""``python -m tests.bench.languages``: is a problem ranked alike in Chinese and in English?

Each challenge of the cohort and each case of the demo that has both languages is asked once in
Chinese alone and once in English alone, of the teams of the cohort as they are: some write in one
language, some in both.
Writes ``data/benchmark/languages.json``, which the evaluation page shows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from matchmaker.benchmark import estimate, kendall_tau, shared_best
from matchmaker.kernel.resources import folder
from matchmaker.recommender import score_records, version
from matchmaker.recommender.records import EN, FACETS, ZH

Record = dict[str, Any]
DATA = folder("data")
TARGET = DATA / "benchmark" / "languages.json"
BARE: Record = {facet: [] for facet in FACETS}
NAMES = {
    "cohort": {"zh_TW": "示範資料的題目", "en": "Problems of the demonstration"},
    "cases": {"zh_TW": "政府報告的案例", "en": "Cases of the government report"},
}


@dataclass(frozen=True)
class Agreement:
    """How alike the rankings of one challenge are in the two languages."""

    challenge: str
    tau: float
    shared: float
    same_best: bool


def measure(challenges: Sequence[Record], teams: Sequence[Record]) -> list[Agreement]:
    """Ask each challenge in one language, then in the other."""
    in_chinese, in_english = (
        score_records([only(record, language) for record in challenges], teams)
        for language in (ZH, EN)
    )
    return [
        Agreement(
            str(record["id"]), kendall_tau(one, two), shared_best(one, two),
            bool(np.argmax(one) == np.argmax(two)),
        )
        for record, one, two in zip(challenges, in_chinese, in_english, strict=True)
    ]  # fmt: skip


def only(record: Mapping[str, Any], language: str) -> Record:
    """The record with its texts in one language alone."""
    return {name: _only(value, language) for name, value in record.items()}


def _only(value: Any, language: str) -> Any:
    if not isinstance(value, Mapping):
        return value
    if {ZH, EN} & value.keys():
        return {ZH: None, EN: None} | {language: value.get(language)}
    return only(value, language)


def sets() -> dict[str, list[Record]]:
    """The challenges that exist in both languages, by the name of their set."""
    cases = json.loads((DATA / "demo_cases.json").read_text("utf-8"))["cases"]
    asked = [
        {"id": case["id"], "title": case["title"], "pain": case["problem"]}
        | {facet: case[facet] for facet in FACETS}
        for case in cases
    ]
    found = {"cohort": _lines("challenges"), "cases": asked}
    return {name: list(filter(_is_bilingual, rows)) for name, rows in found.items()}


def _is_bilingual(record: Record) -> bool:
    """Whether title and problem stand in both languages."""
    return all(record[name][language] for name in ("title", "pain") for language in (ZH, EN))


def content() -> Record:
    """The figures as they are kept."""
    teams = _lines("teams")
    rows = []
    for name, challenges in sets().items():
        for tags in (True, False):
            found = measure([c if tags else c | BARE for c in challenges], teams)
            rows.append({"key": name, "name": NAMES[name], "tags": tags} | figures(found))
    return {
        "measured_on": f"{datetime.now(UTC):%Y-%m-%d}",
        "version": version(),
        "teams": len(teams),
        "sets": rows,
    }


def figures(found: Sequence[Agreement]) -> Record:
    """Mean with its interval, the worst challenge, and how many of the best teams are shared."""
    mean = estimate([each.tau for each in found])
    worst = min(found, key=lambda each: (each.tau, each.challenge))
    return {
        "challenges": len(found),
        "tau": {
            "mean": round(mean.mean, 4),
            "low": round(mean.low, 4),
            "high": round(mean.high, 4),
        },
        "worst": {"tau": round(worst.tau, 4), "challenge": worst.challenge},
        "shared": round(float(np.mean([each.shared for each in found])), 4),
        "same_best": round(float(np.mean([each.same_best for each in found])), 4),
    }


def report(console: Console, measured: Record) -> None:
    """Print the figures of each set."""
    table = Table(title="The same problem in Chinese and in English: how alike are the rankings?")
    table.add_column("set")
    table.add_column("tags")
    for head in ("problems", "tau", "interval", "worst", "shared of 10", "same best"):
        table.add_column(head, justify="right")
    for row in measured["sets"]:
        tau = row["tau"]
        table.add_row(
            row["key"], "with" if row["tags"] else "without", str(row["challenges"]),
            f"{tau['mean']:.3f}", f"{tau['low']:.2f}-{tau['high']:.2f}",
            f"{row['worst']['tau']:.3f} ({row['worst']['challenge']})",
            f"{10 * row['shared']:.1f}", f"{row['same_best']:.0%}",
        )  # fmt: skip
    console.print(table)


def _lines(name: str) -> list[Record]:
    with (DATA / "cohort" / f"{name}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def main() -> None:
    """Measure, print and keep."""
    measured = content()
    TARGET.write_text(json.dumps(measured, ensure_ascii=False, indent=1) + "\n", "utf-8")
    report(Console(width=110, highlight=False), measured)


if __name__ == "__main__":
    main()
