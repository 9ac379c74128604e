"""Scorers that any matcher should beat: drawing lots, shared characters, shared words."""

import hashlib
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Record = Mapping[str, Any]
GRAMS = (2, 3, 4)
HAN = re.compile(r"[\u3400-\u9fff]+")
WORD = re.compile(r"[a-z0-9]+")
SATURATION, LENGTHS = 1.2, 0.75  # k1 and b of BM25, as usual


def random_scores(seed: int) -> Callable[[Sequence[Record], Sequence[Record]], Floats]:
    """A scorer that draws a lot for each pair; a pair's lot depends on its ids alone."""

    def scorer(challenges: Sequence[Record], teams: Sequence[Record]) -> Floats:
        lots = [[_lot(seed, c["id"], t["id"]) for t in teams] for c in challenges]
        return np.array(lots).reshape(len(challenges), len(teams))

    return scorer


def _lot(seed: int, challenge: object, team: object) -> float:
    digest = hashlib.sha256(f"{seed}:{challenge}:{team}".encode("utf8", "replace")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def character_scores(challenges: Sequence[Record], teams: Sequence[Record]) -> Floats:
    """Cosine of TF-IDF over runs of two to four characters; idf from the teams.

    tf is 1 + ln(count), idf is ln((1 + n) / (1 + df)) + 1.
    """
    told = [_grams(team) for team in teams]
    columns, idf = _rarity(told)
    asked = _rows([_grams(challenge) for challenge in challenges], columns, idf)
    scores: Floats = (asked @ _rows(told, columns, idf).T).toarray()
    return scores


def word_scores(challenges: Sequence[Record], teams: Sequence[Record]) -> Floats:
    """Cosine of TF-IDF over Latin words and pairs of Chinese characters; idf from the teams."""
    told = [_words(team) for team in teams]
    columns, idf = _rarity(told)
    scores: Floats = (
        _rows([_words(challenge) for challenge in challenges], columns, idf)
        @ _rows(told, columns, idf).T
    ).toarray()
    return scores


def bm25_scores(challenges: Sequence[Record], teams: Sequence[Record]) -> Floats:
    """Okapi BM25 over the same words, each word of the challenge counted once.

    Source: Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009.
    """
    told = [_words(team) for team in teams]
    lengths = [sum(words.values()) for words in told]
    mean = sum(lengths) / max(1, len(lengths)) or 1.0
    seen = Counter(word for words in told for word in words)
    weight = {w: math.log1p((len(told) - df + 0.5) / (df + 0.5)) for w, df in seen.items()}
    scores = np.zeros((len(challenges), len(teams)))
    for row, challenge in enumerate(challenges):
        asked = _words(challenge)
        for column, words in enumerate(told):
            slow = SATURATION * (1 - LENGTHS + LENGTHS * lengths[column] / mean)
            scores[row, column] = sum(
                weight[word] * words[word] * (SATURATION + 1) / (words[word] + slow)
                for word in asked
                if word in words
            )
    return scores


def _words(record: Record) -> Counter[str]:
    text = " ".join(_texts(record)).lower()
    pairs = (run[at : at + 2] for run in HAN.findall(text) for at in range(len(run) - 1))
    return Counter([*WORD.findall(text), *pairs])


def _rarity(told: Sequence[Counter[str]]) -> tuple[dict[str, int], Floats]:
    """Columns and idf of everything that teams say."""
    seen = Counter(gram for grams in told for gram in grams)
    columns = {gram: n for n, gram in enumerate(seen)}
    return columns, np.array([math.log((1 + len(told)) / (1 + df)) + 1 for df in seen.values()])


def _texts(record: Any) -> Iterator[str]:
    """Every text of a record but its id and its tags."""
    if isinstance(record, str):
        yield record
    elif isinstance(record, Mapping):
        for key, value in record.items():
            if key not in ("id", "lang", "domain", "tech"):
                yield from _texts(value)
    elif isinstance(record, list | tuple):
        for value in record:
            yield from _texts(value)


def _grams(record: Record) -> Counter[str]:
    text = re.sub(r"\s+", " ", " ".join(_texts(record)).lower())
    return Counter(text[at : at + n] for n in GRAMS for at in range(len(text) - n + 1))


def _rows(texts: Sequence[Counter[str]], columns: Mapping[str, int], idf: Floats) -> Any:
    """Unit rows; a gram that no team has counts for nothing."""
    values: list[float] = []
    places: list[int] = []
    starts = [0]
    for grams in texts:
        row = {
            columns[g]: (1 + math.log(n)) * idf[columns[g]]
            for g, n in grams.items()
            if g in columns
        }
        length = math.sqrt(sum(weight * weight for weight in row.values())) or 1.0
        places += row
        values += [weight / length for weight in row.values()]
        starts.append(len(places))
    return sparse.csr_matrix((values, places, starts), shape=(len(texts), max(1, len(columns))))
