"""What the weights of words and concepts rest on, frozen: counts over the texts of a pool."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommender.parts import ConceptRarity
from matchmaker.recommender.retrieval.storage import Array
from matchmaker.recommender.spaces import Rarity

Hashes = NDArray[np.uint64]


class Features:
    """Numbers of features, found by 64-bit hashes, so that a million of them take little memory.

    Those known when the statistics were made are numbered by the order of their hashes; later
    ones follow as they come.
    """

    def __init__(self, hashes: Hashes, salt: int, later: Iterable[int] = ()):
        self.hashes, self.salt = hashes, salt
        self.later = {each: len(hashes) + n for n, each in enumerate(later)}

    @classmethod
    def of(cls, names: Sequence[str]) -> tuple[Self, NDArray[np.int32]]:
        """The features of these names, and the number of each name, shape (n_names,)."""
        salt = 0
        while True:
            found = np.fromiter((_hash(name, salt) for name in names), np.uint64, len(names))
            order = np.argsort(found)
            hashes = found[order]
            if not (hashes[1:] == hashes[:-1]).any():
                break
            salt += 1
        numbers = np.empty(len(names), np.int32)
        numbers[order] = np.arange(len(names))
        return cls(hashes, salt), numbers

    def __len__(self) -> int:
        return len(self.hashes) + len(self.later)

    def get(self, name: str) -> int | None:
        """The number of a feature; None if no team ever used it."""
        key = _hash(name, self.salt)
        at = int(np.searchsorted(self.hashes, np.uint64(key)))
        if at < len(self.hashes) and int(self.hashes[at]) == key:
            return at
        return self.later.get(key)

    def number(self, name: str) -> int:
        """The number of a feature, a new one if need be."""
        found = self.get(name)
        if found is None:
            found = self.later.setdefault(_hash(name, self.salt), len(self))
        return found


def _hash(name: str, salt: int) -> int:
    content = name.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(content, digest_size=8, salt=salt.to_bytes(8, "big")).digest())


class Statistics:
    """Frozen counts.

    Args:
        features: of all texts.
        texts: how many texts there were.
        seen: texts that held each feature, shape (n_features,).
        teams: how many teams there were. shown: teams that showed each concept.
    """

    def __init__(
        self,
        features: Features,
        texts: int,
        seen: NDArray[np.int32],
        teams: int,
        shown: Mapping[str, int],
    ):
        self.features, self.texts, self.seen = features, texts, seen
        self.teams, self.shown = teams, dict(shown)
        self.rarity: Rarity = FrozenRarity(self)
        self.concept_rarity: ConceptRarity = FrozenConceptRarity(teams, self.shown)

    def arrays(self) -> tuple[dict[str, Array], dict[str, Any]]:
        """What is stored: arrays and facts."""
        facts = {
            "texts": self.texts, "teams": self.teams, "shown": self.shown,
            "salt": self.features.salt,
        }  # fmt: skip
        return {"hashes": self.features.hashes, "seen": self.seen}, facts

    @classmethod
    def of(
        cls, arrays: Mapping[str, Array], facts: Mapping[str, Any], later: Iterable[int] = ()
    ) -> Self:
        """The statistics that were stored, with features that came later."""
        features = Features(arrays["hashes"], facts["salt"], later)
        return cls(features, facts["texts"], arrays["seen"], facts["teams"], facts["shown"])


class FrozenRarity(Rarity):
    """Inverse document frequency from frozen counts."""

    def __init__(self, statistics: "Statistics"):
        super().__init__([])
        self._texts = statistics.texts
        self._seen = _Seen(statistics)  # type: ignore[assignment] # read by feature only


class _Seen:
    """In how many texts a feature was seen."""

    def __init__(self, statistics: "Statistics"):
        self._features, self._counts = statistics.features, statistics.seen

    def __getitem__(self, feature: str) -> int:
        number = self._features.get(feature)
        return int(self._counts[number]) if number is not None and number < len(self._counts) else 0


class FrozenConceptRarity(ConceptRarity):
    """Rarity of concepts from frozen counts."""

    def __init__(self, teams: int, shown: dict[str, int]):
        self._teams, self._shown = teams, shown
