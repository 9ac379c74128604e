"""What would raise a team's fits: what most of the challenges on its list miss in its profile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from matchmaker import taxonomy
from matchmaker.kernel.i18n import Message, msg
from matchmaker.matching.models import Recommendation

MOST = 3
LEAST = 2  # challenges; what a single one misses stands beside that one
SENTENCES = {
    "gap.projects": (msg("Add a past project."), "projects"),
    "gap.results": (msg("State a result with its evidence in a past project."), "projects"),
    "gap.site": (msg("Name the site where a past project ran."), "projects"),
    "gap.capacity_unknown": (msg("Say how many PoCs you can take on."), "capacity"),
    "gap.language": (msg("Write your profile in the other language, too."), "profile"),
}


class Lack(NamedTuple):
    """Something that several challenges miss; ``section`` is where the profile says it."""

    sentence: Message
    challenges: int
    section: str


def lacks(listed: Iterable[Recommendation | None]) -> list[Lack]:
    """What the most challenges miss, most frequent first, then by name."""
    counted: Counter[str] = Counter()
    for recommendation in listed:
        if recommendation is not None:
            counted.update({key for gap in recommendation.counter for key in _keys(gap)})
    often = [(key, many) for key, many in counted.items() if many >= LEAST]
    often.sort(key=lambda pair: (-pair[1], pair[0]))
    return [_lack(key, many) for key, many in often[:MOST]]


def _keys(gap: Mapping[str, Any]) -> Iterator[str]:
    """What a gap is about: each concept that is asked for, or the code itself."""
    if gap["code"] == "gap.capability":
        yield from gap["params"]["concepts"]
    elif gap["code"] in SENTENCES:
        yield gap["code"]


def _lack(key: str, challenges: int) -> Lack:
    if key in SENTENCES:
        sentence, section = SENTENCES[key]
        return Lack(sentence, challenges, section)
    kind, _, term = key.partition(":")
    concept = taxonomy.label(kind, term)
    if kind == "modalities":
        asked = msg(
            "Show work with data of the kind “%(concept)s”, if you have any.", concept=concept
        )
    else:
        asked = msg("Show work in “%(concept)s”, if you have any.", concept=concept)
    return Lack(asked, challenges, "projects")
