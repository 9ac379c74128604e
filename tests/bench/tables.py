"""``python -m tests.bench.tables``: measures ranking and writes the tables of ``data/benchmark``.

Names of folders may follow; each holds ``challenges.jsonl``, ``teams.jsonl`` and ``qrels.jsonl``
in the short form of records. Their tags are left out, so that text alone is measured.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from matchmaker import benchmark
from matchmaker.benchmark import Figures
from matchmaker.kernel.resources import folder
from matchmaker.recommender import PARTS, Matcher, Weights, score_records, version

Record = dict[str, Any]
PLACE = folder("data") / "benchmark"
ALONE = {"text": "part_text", "bridge": "part_bridge", "meaning": "part_meaning"}
SCORERS = {
    "platform": score_records,
    "bm25": benchmark.bm25_scores,
    "words": benchmark.word_scores,
    "characters": benchmark.character_scores,
    "lot": benchmark.random_scores(7),
}
SETS = {
    "cohort": {
        "name": {"zh_TW": "示範資料的評分配對", "en": "Judged pairs of the demonstration"},
        "note": {
            "zh_TW": "題目、團隊與評分都是為示範而編寫，比真實情況容易。",
            "en": "Problems, teams and grades were invented for the demonstration: "
            "easier than reality.",
        },
    },
    "zh_match_dev": {
        "name": {
            "zh_TW": "中英文混合的人工題組",
            "en": "Hand-made set, Chinese and English mixed",
        },
        "note": {
            "zh_TW": "只比對文字，不看標籤；方法的權重曾參考這組資料，數字略為樂觀。",
            "en": "Text alone, without tags. The weights of the method were chosen with an eye on "
            "it, which flatters a little.",
        },
    },
    "sbir_dev": {
        "name": {
            "zh_TW": "美國 SBIR 題目與得標廠商",
            "en": "US SBIR topics and the firms that won them",
        },
        "note": {
            "zh_TW": "只比對文字；只有得標廠商算對，其他廠商也可能合適，因此數值偏低。"
            "方法的權重曾參考這組資料。",
            "en": "Text alone. Only the winner counts as right, though other firms may suit, so "
            "figures are low. The weights were chosen with an eye on it.",
        },
    },
}


def main() -> None:
    """Measure the cohort and every folder named."""
    PLACE.mkdir(exist_ok=True)
    cohort = folder("data") / "cohort"
    write("cohort", *(_lines(cohort / f"{n}.jsonl") for n in ("challenges", "teams", "fit")))
    for given in sys.argv[1:]:
        place = Path(given)
        challenges, teams = (_lines(place / f"{name}.jsonl") for name in ("challenges", "teams"))
        bare = {"domain": "", "tech": []}
        write(
            place.name,
            [record | bare for record in challenges],
            [record | bare for record in teams],
            _lines(place / "qrels.jsonl"),
        )


def write(
    key: str, challenges: Sequence[Record], teams: Sequence[Record], judged: Sequence[Record]
) -> None:
    """Measure every matcher on one labelled set and keep the table."""
    grades = benchmark.grade_matrix(challenges, teams, judged)
    content = {
        **SETS.get(key, {"name": {"zh_TW": key, "en": key}, "note": {}}),
        "measured_on": f"{datetime.now(UTC):%Y-%m-%d}",
        "version": version(),
        "challenges": len(challenges),
        "teams": len(teams),
        "judged": len(judged),
        "rows": [
            {
                "matcher": name,
                "figures": _figures(benchmark.measure(scorer(challenges, teams), grades)),
            }
            for name, scorer in _scorers(challenges, teams, grades).items()
        ],
    }
    target = PLACE / f"{key}.json"
    target.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
    sys.stdout.write(f"{target.name}: {len(challenges)} x {len(teams)}\n")


def _scorers(
    challenges: Sequence[Record], teams: Sequence[Record], grades: Any
) -> Mapping[str, Callable[[Sequence[Record], Sequence[Record]], Any]]:
    """The platform, its best part by itself, and the baselines."""
    nothing = dict.fromkeys(PARTS, 0.0)
    parts = {name: partial(_by, Weights(**nothing | {part: 1.0})) for part, name in ALONE.items()}
    value = {
        name: benchmark.measure(scorer(challenges, teams), grades).ndcg_at_10.mean
        for name, scorer in parts.items()
    }
    best = max(value, key=lambda name: value[name])
    platform = {"platform": SCORERS["platform"]}
    return platform | {best: parts[best]} | SCORERS


def _by(weights: Weights, challenges: Sequence[Record], teams: Sequence[Record]) -> Any:
    return Matcher(teams, weights=weights).scores(challenges)


def _figures(found: Figures) -> Mapping[str, Mapping[str, float]]:
    return {
        field.name: {
            key: round(value, 4)
            for key, value in asdict(getattr(found, field.name)).items()
            if key != "n"
        }
        for field in fields(found)
    }


def _lines(path: Path) -> list[Record]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


if __name__ == "__main__":
    main()
