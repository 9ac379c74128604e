"""The statistics of an index as bytes, and single teams scored by them later."""

import json
import zlib
from collections.abc import Iterable

import numpy as np

from matchmaker.recommender.index import TeamIndex, Tuning
from matchmaker.recommender.matcher import Matcher
from matchmaker.recommender.parts import ConceptRarity, Weights
from matchmaker.recommender.pool.part import Builder
from matchmaker.recommender.pool.slices import Slice
from matchmaker.recommender.pool.statistics import Features, Statistics
from matchmaker.recommender.records import TeamProfile
from matchmaker.recommender.retrieval.storage import Array


def frozen(index: TeamIndex, rarity: ConceptRarity) -> bytes:
    """What the weights of an index rest on, a few hundred kilobytes."""
    counts = index.rarity._seen
    names = list(counts)
    features, numbers = Features.of(names)
    seen = np.zeros(len(names), np.int32)
    seen[numbers] = [counts[name] for name in names]
    statistics = Statistics(features, index.rarity._texts, seen, rarity._teams, rarity._shown)
    _, facts = statistics.arrays()
    head = json.dumps(facts, ensure_ascii=False).encode("utf-8")
    return zlib.compress(
        b"".join((len(head).to_bytes(8, "big"), head, features.hashes.tobytes(), seen.tobytes()))
    )


def matcher_by(statistics: bytes, teams: Iterable[TeamProfile], weights: Weights) -> Matcher:
    """A matcher over teams that are weighed by frozen statistics.

    A team that was in the index then, and did not change, gets the numbers it got there.
    """
    content = zlib.decompress(statistics)
    begin = 8 + int.from_bytes(content[:8], "big")
    facts = json.loads(content[8:begin])
    many = (len(content) - begin) // 12
    arrays: dict[str, Array] = {
        "hashes": np.frombuffer(content, np.uint64, many, begin),
        "seen": np.frombuffer(content, np.int32, many, begin + 8 * many),
    }
    kept, tuning = Statistics.of(arrays, facts), Tuning()
    builder = Builder(kept, tuning)
    for team in teams:
        builder.add(team)
    return Matcher.over(Slice(builder.done()[0], kept, tuning), kept.concept_rarity, weights)
