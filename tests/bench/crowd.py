"""A crowd of invented teams and problems, as many as wanted, in files as people have them.

Each text joins sentences of the invented cohort, in which some words give way to others of the
dictionary, so that a large crowd has the many rare words of a real one. The same seed gives the
same files. ``python -m tests.bench.crowd FOLDER --challenges 2000 --teams 100000``.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from matchmaker.demo.cohort import cohort
from matchmaker.recommender import analysis, lexicon

SWAPPED = 0.12  # of the words
SENTENCE = re.compile(r"[^。.!?！？\n]+[。.!?！？]*")
Record = dict[str, Any]


class Crowd:
    """Makes up records from the sentences of the cohort."""

    def __init__(self, seed: int = 0):
        self._random = random.Random(seed)
        everything = cohort()
        self._teams, self._challenges = everything.teams, everything.challenges
        self._told = _sentences(self._teams)
        self._asked = _sentences(self._challenges)
        self._words = {
            "zh_TW": sorted(w for w in lexicon.han()._lines if 2 <= len(w) <= 4),
            "en": sorted(word for word in lexicon.english() if len(word) > 3),
        }

    def teams(self, many: int) -> Iterator[Record]:
        """Teams with a profile and up to four projects, in one language or in both."""
        for number in range(many):
            model = self._random.choice(self._teams)
            sides = self._random.choice((("zh_TW",), ("zh_TW",), ("en",), ("zh_TW", "en")))
            yield {
                "id": f"T{number:06}",
                "name": dict.fromkeys(sides, f"Team {number}"),
                "profile": {side: self._text(self._told, side, 2, 5) for side in sides},
                "projects": [
                    self._project(sides) for _ in range(self._random.choice((0, 1, 1, 2, 2, 3, 4)))
                ],
                **{name: model.get(name) for name in ("domains", "technologies", "modalities")},
                "capacity": self._random.choice((None, 0, 1, 2, 3)),
            }

    def challenges(self, many: int) -> Iterator[Record]:
        """Problems with title, summary and what hurts."""
        for number in range(many):
            model = self._random.choice(self._challenges)
            sides = self._random.choice((("zh_TW",), ("zh_TW",), ("en",), ("zh_TW", "en")))
            yield {
                "id": f"C{number:05}",
                "title": {side: self._text(self._asked, side, 1, 1) for side in sides},
                "summary": {side: self._text(self._asked, side, 1, 2) for side in sides},
                "pain": {side: self._text(self._asked, side, 2, 5) for side in sides},
                **{name: model.get(name) for name in ("domains", "technologies", "modalities")},
            }

    def _project(self, sides: Iterable[str]) -> Record:
        chance = self._random.random()
        return {
            "title": {side: self._text(self._told, side, 1, 1) for side in sides},
            "body": {side: self._text(self._told, side, 1, 3) for side in sides},
            "results": "漏檢 1.8% → 0.4%" if chance < 0.6 else "",
            "evidence": "letter" if chance < 0.3 else "",
        }

    def _text(self, told: Mapping[str, list[str]], side: str, least: int, most: int) -> str:
        chosen = self._random.sample(told[side], self._random.randint(least, most))
        swap = self._in_chinese if side == "zh_TW" else self._in_english
        return "".join(swap(sentence) for sentence in chosen)

    def _in_chinese(self, sentence: str) -> str:
        def swapped(run: re.Match[str]) -> str:
            words = (run.group()[a:b] for a, b in analysis.cut(run.group()))
            return "".join(self._other(word, "zh_TW", len(word) > 1) for word in words)

        return analysis.HAN_RUN.sub(swapped, sentence)

    def _in_english(self, sentence: str) -> str:
        words = sentence.split()
        return " ".join(self._other(word, "en", len(word) > 4) for word in words) + " "

    def _other(self, word: str, side: str, may_go: bool) -> str:
        if may_go and self._random.random() < SWAPPED:
            return self._random.choice(self._words[side])
        return word


def _sentences(records: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """All sentences of records by language, each once, in order."""
    found: dict[str, dict[str, None]] = {"zh_TW": {}, "en": {}}

    def look(value: Any) -> None:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                if key in found and isinstance(inner, str):
                    found[key].update(dict.fromkeys(SENTENCE.findall(inner)))
                else:
                    look(inner)
        elif isinstance(value, list):
            for inner in value:
                look(inner)

    for record in records:
        look(record)
    return {side: [s for s in told if len(s.strip()) > 5] for side, told in found.items()}


def write(folder: Path, challenges: int, teams: int, seed: int = 0) -> tuple[Path, Path]:
    """Write both files and return their places."""
    crowd = Crowd(seed)
    places = folder / "challenges.jsonl", folder / "teams.jsonl"
    records = crowd.challenges(challenges), crowd.teams(teams)
    for place, rows in zip(places, records, strict=True):
        with place.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return places


def main() -> None:
    """Write the files that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.crowd", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--challenges", type=int, default=2_000)
    parser.add_argument("--teams", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    for place in write(asked.folder, asked.challenges, asked.teams, asked.seed):
        print(place)


if __name__ == "__main__":
    main()
