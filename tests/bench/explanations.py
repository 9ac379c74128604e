"""``python -m tests.bench.explanations [FOLDER …]``: do cited words really carry their score?

For the best ten teams of each challenge every cited place is cut out of its record, and the
record is scored again by ``score_records``, as somebody else would: a changed team means that the
whole index is built anew. A place is right when the score falls. Cutting a challenge is cheap and
done for all; of the places in teams a sample drawn by a fixed lot is tried (``--all`` takes each).

Without a folder the cohort is measured. A folder holds ``challenges.jsonl`` and ``teams.jsonl``;
tags of records in the short form are left out unless ``--tags`` is given.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from matchmaker.kernel.resources import folder
from matchmaker.recommender import Evidence, Run, recommend, score_records

Record = dict[str, Any]
COHORT = folder("data") / "cohort"
SAMPLE = 400  # places in teams that are cut, of all that are cited
BAR = 0.99
SEED = 11
WIDTH = 110
SHORT_NAMES = {"domains": "domain", "technologies": "tech"}


@dataclass(frozen=True)
class Cited:
    """One cited place of one recommendation."""

    challenge: int
    team: int
    part: str
    score: float
    evidence: Evidence

    @property
    def place(self) -> tuple[object, ...]:
        """What is cut and where it is scored; two parts may cite the same."""
        pair = self.challenge, self.team, self.evidence.side
        return (*pair, self.evidence.field, self.evidence.start, self.evidence.quote)


@dataclass
class Findings:
    """What cutting cited places did.

    Attributes:
        worst_sum: the largest difference between a score and the sum of its parts.
        cited: places cited, by side and part; tags count as places.
        tried, fell: places cut, and those whose cutting lowered the score, in the same way.
        misses: places that did not carry anything.
    """

    recommendations: int
    worst_sum: float
    cited: Counter[tuple[str, str]] = field(default_factory=Counter)
    tried: Counter[tuple[str, str]] = field(default_factory=Counter)
    fell: Counter[tuple[str, str]] = field(default_factory=Counter)
    misses: list[Cited] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The share of the tried places that carry the score."""
        return self.fell.total() / max(1, self.tried.total())

    def share_of(self, side: str) -> float:
        """The same for one side."""
        tried = sum(many for (own, _), many in self.tried.items() if own == side)
        return sum(many for (own, _), many in self.fell.items() if own == side) / max(1, tried)

    def mean(self, side: str) -> float:
        """Places cited for one recommendation on one side."""
        many = sum(many for (own, _), many in self.cited.items() if own == side)
        return many / max(1, self.recommendations)


def measure(
    challenges: Sequence[Record],
    teams: Sequence[Record],
    *,
    top: int = 10,
    sample: int | None = SAMPLE,
    seed: int = SEED,
) -> Findings:
    """Cut what the best ``top`` teams of each challenge are recommended for.

    Args:
        sample: how many of the places in teams are cut; None cuts them all.
    """
    run = recommend(challenges, teams, top=top)
    cited = list(_cited(run, challenges, teams))
    found = Findings(
        recommendations=sum(len(match.recommended) for match in run.matches),
        worst_sum=max(
            (abs(sum(p.parts.values()) - p.score) for m in run.matches for p in m.recommended),
            default=0.0,
        ),
        cited=Counter((each.evidence.side, each.part) for each in cited),
    )
    asked = [each for each in cited if each.evidence.side == "challenge"]
    told = [each for each in cited if each.evidence.side == "team"]
    if sample is not None and len(told) > sample:
        told = random.Random(seed).sample(told, sample)  # noqa: S311 - a lot, not a secret
    cut = chain(_without_asked(asked, challenges, teams), _without_told(told, challenges, teams))
    for each, left in cut:
        key = each.evidence.side, each.part
        found.tried[key] += 1
        found.fell[key] += left < each.score
        if left >= each.score:
            found.misses.append(each)
    return found


def _cited(run: Run, challenges: Sequence[Record], teams: Sequence[Record]) -> Iterable[Cited]:
    asked = {str(record["id"]): row for row, record in enumerate(challenges)}
    told = {str(record["id"]): row for row, record in enumerate(teams)}
    for match in run.matches:
        for pair in match.recommended:
            for reason in pair.reasons:
                for evidence in reason.evidence:
                    row, column = asked[pair.challenge_id], told[pair.team_id]
                    yield Cited(row, column, reason.part, pair.score, evidence)


def _without_asked(
    cited: Sequence[Cited], challenges: Sequence[Record], teams: Sequence[Record]
) -> Iterable[tuple[Cited, float]]:
    """Each place with the score of its pair once it is cut out of the challenge."""
    variants: dict[tuple[object, ...], Record] = {}
    key = {}
    for number, each in enumerate(cited):
        evidence = each.evidence
        key[number] = each.challenge, evidence.field, evidence.start, evidence.quote
        if key[number] not in variants:
            variants[key[number]] = without(challenges[each.challenge], evidence)
    row = {known: number for number, known in enumerate(variants)}
    scores = score_records(list(variants.values()), teams)
    for number, each in enumerate(cited):
        yield each, float(scores[row[key[number]], each.team])


def _without_told(
    cited: Sequence[Cited], challenges: Sequence[Record], teams: Sequence[Record]
) -> Iterable[tuple[Cited, float]]:
    """Each place with the score of its pair once it is cut out of the team."""
    known: dict[tuple[object, ...], float] = {}
    for each in cited:
        if each.place not in known:
            changed = [*teams]
            changed[each.team] = without(teams[each.team], each.evidence)
            scores = score_records([challenges[each.challenge]], changed)
            known[each.place] = float(scores[0, each.team])
        yield each, known[each.place]


def without(record: Record, evidence: Evidence) -> Record:
    """The record with a cited place, or a cited tag, taken out."""
    left = copy.deepcopy(record)
    if not evidence.language:
        name = evidence.field if evidence.field in left else SHORT_NAMES[evidence.field]
        tags = left[name]
        is_one = isinstance(tags, str)
        left[name] = "" if is_one else [tag for tag in tags if tag != evidence.quote]
        return left
    holder: Any = left
    *steps, last = evidence.field.replace("[", ".").replace("]", "").split(".")
    for step in steps:
        holder = holder[int(step)] if step.isdigit() else holder[step]
    text = holder[last]
    if text[evidence.start : evidence.end] != evidence.quote:
        raise ValueError(f"not a quotation of {evidence.field}: {evidence.quote}")
    holder[last] = text[: evidence.start] + text[evidence.end :]
    return left


def read(place: Path, *, tags: bool) -> tuple[list[Record], list[Record]]:
    """Challenges and teams of a folder."""
    bare = {"domain": "", "tech": []}
    found = []
    for name in ("challenges", "teams"):
        with (place / f"{name}.jsonl").open(encoding="utf-8") as lines:
            records = [json.loads(line) for line in lines if line.strip()]
        is_short = not tags and any("domain" in record for record in records)
        found.append([record | bare for record in records] if is_short else records)
    return found[0], found[1]


def report(console: Console, places: Sequence[Path] = (COHORT,), **how: Any) -> None:
    """Measure folders and print the figures of each set, then of each part."""
    tags, misses = how.pop("tags", False), how.pop("misses", 0)
    measured = []
    for place in places:
        challenges, teams = read(place, tags=tags)
        found = measure(challenges, teams, **how)
        measured.append((place.name, found))
        for each in found.misses[:misses]:
            pair = challenges[each.challenge]["id"], teams[each.team]["id"]
            console.print(place.name, *pair, each.part, each.evidence, markup=False)
    console.print(_sets(measured))
    console.print(_parts(measured))


def _sets(measured: Sequence[tuple[str, Findings]]) -> Table:
    table = Table(title=f"Cited places whose cutting lowers the score (bar: {BAR:.0%})")
    table.add_column("set")
    heads = (
        "pairs", "cut", "lower", "in challenges", "in teams",
        "cited a pair", "in challenges", "in teams", "sum of parts is off by",
    )  # fmt: skip
    for head in heads:
        table.add_column(head, justify="right")
    for name, found in measured:
        asked, told = found.mean("challenge"), found.mean("team")
        table.add_row(
            name, f"{found.recommendations:,}", f"{found.tried.total():,}",
            f"{found.share:.2%}" + ("" if found.share >= BAR else " !"),
            f"{found.share_of('challenge'):.2%}", f"{found.share_of('team'):.2%}",
            f"{asked + told:.1f}", f"{asked:.1f}", f"{told:.1f}", f"{found.worst_sum:.0e}",
        )  # fmt: skip
    return table


def _parts(measured: Sequence[tuple[str, Findings]]) -> Table:
    table = Table(title="The same by side and part")
    for head in ("set", "side", "part"):
        table.add_column(head)
    for head in ("cited a pair", "cut", "without effect"):
        table.add_column(head, justify="right")
    for name, found in measured:
        for key in sorted(found.cited):
            tried, fell = found.tried[key], found.fell[key]
            mean = found.cited[key] / max(1, found.recommendations)
            table.add_row(name, *key, f"{mean:.1f}", f"{tried:,}", f"{tried - fell:,}")
    return table


def main() -> None:
    """Measure the folders named, else the cohort."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.explanations")
    parser.add_argument("folders", nargs="*", type=Path, default=[COHORT])
    parser.add_argument("--all", action="store_true", help="cut each place, not a sample")
    parser.add_argument("--tags", action="store_true", help="keep tags of short records")
    parser.add_argument("--misses", type=int, default=0, help="show so many without effect")
    asked = parser.parse_args()
    report(
        Console(width=WIDTH, highlight=False), asked.folders, tags=asked.tags,
        misses=asked.misses, sample=None if asked.all else SAMPLE,
    )  # fmt: skip


if __name__ == "__main__":
    main()
