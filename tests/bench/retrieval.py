"""Retrieval at scale: the best twenty of many teams, as ratios to reading vectors from memory.

Teams are invented as what texts in Chinese and English become: Zipf terms, log-normal lengths,
about 75 different features each, weighed as BM25 does with statistics of the whole. They have no
topics, so the best are hard to tell apart; texts with topics would flatter the recall.
"""

from __future__ import annotations

import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy import sparse

from matchmaker.recommender.retrieval import Bag, DenseIndex, SparseIndex

VOCABULARY = 60_000
SLOPE = 1.05  # of Zipf's law
LENGTH, QUERY_LENGTH, SPREAD = 90, 120, 0.6  # medians in words, and sigma of the logarithm
DIMENSIONS = 384  # of the vectors that brute force reads, those of a small sentence encoder
MEANING = 256  # of the vectors that the product stores, at one byte a number
K, QUERIES, ADDED, SMALL = 20, 20, 300, 10_000
Singles = NDArray[np.float32]


@dataclass(frozen=True)
class Figure:
    """One measured thing beside its budget.

    Attributes:
        is_least: whether the budget is the least that is asked, not the most.
    """

    code: str
    name: str
    value: float
    budget: float | None
    shown: str
    is_least: bool = False

    @property
    def is_within(self) -> bool:
        """Whether the budget holds."""
        if self.budget is None:
            return True
        return self.value >= self.budget if self.is_least else self.value <= self.budget


@dataclass(frozen=True)
class Texts:
    """Texts as weighted rows, with the statistics that later ones are weighed by."""

    rows: Any
    idf: Singles
    mean_length: float

    def bag(self, terms: NDArray[np.integer[Any]]) -> Bag:
        """A text that came later, weighed by the statistics of those before."""
        known, counts = np.unique(terms, return_counts=True)
        return Bag(known, _bm25(self.idf[known], counts, len(terms) / self.mean_length))


def texts(many: int, seed: int = 3) -> Texts:
    """Invented texts, the same for the same seed."""
    random = np.random.default_rng(seed)
    lengths = _lengths(random, many, LENGTH)
    starts = np.concatenate(([0], np.cumsum(lengths)))
    ones = np.ones(starts[-1], np.float32)
    shape = (many, VOCABULARY)
    rows = sparse.csr_matrix((ones, _words(random, int(starts[-1])), starts), shape=shape)
    rows.sum_duplicates()
    held = np.bincount(rows.indices, minlength=VOCABULARY)
    idf = np.log1p((many - held + 0.5) / (held + 0.5)).astype(np.float32)
    relative = np.repeat((lengths / lengths.mean()).astype(np.float32), np.diff(rows.indptr))
    rows.data = _bm25(idf[rows.indices], rows.data, relative).astype(np.float32)
    return Texts(rows, idf, float(lengths.mean()))


def words(many: int, seed: int, median: int) -> Iterator[NDArray[np.int32]]:
    """The words of single texts."""
    random = np.random.default_rng(seed)
    for length in _lengths(random, many, median):
        yield _words(random, int(length))


def _lengths(random: np.random.Generator, many: int, median: int) -> NDArray[np.int64]:
    drawn = random.lognormal(np.log(median), SPREAD, many)
    return np.clip(drawn, 10, 1_200).astype(np.int64)


def _words(random: np.random.Generator, many: int) -> NDArray[np.int32]:
    shares = 1 / np.arange(1, VOCABULARY + 1) ** SLOPE
    edges = np.cumsum(shares / shares.sum())
    drawn = np.searchsorted(edges, random.random(many))
    return drawn.clip(0, VOCABULARY - 1).astype(np.int32)


def _bm25(idf: Any, counts: Any, relative: Any, k: float = 1.2, b: float = 0.75) -> Any:
    """Weights of terms by how often they occur in texts of some relative length."""
    return idf * counts * (k + 1) / (counts + k * (1 - b + b * relative))


def vectors(many: int, dimensions: int, seed: int = 3) -> Singles:
    """Unit vectors around 300 topics."""
    random = np.random.default_rng(seed)
    topics = np.random.default_rng(1).standard_normal((300, dimensions), np.float32)
    found = topics[random.integers(0, 300, many)]
    for low in range(0, many, 50_000):
        here = found[low : low + 50_000]
        here += 0.7 * random.standard_normal(here.shape, np.float32)
        here /= np.linalg.norm(here, axis=1, keepdims=True)
    return found


def spent(action: Callable[[], object]) -> float:
    """Processor seconds of one call."""
    started = time.process_time()
    action()
    return time.process_time() - started


def typical(action: Callable[[Any], object], over: Sequence[Any]) -> float:
    """Median processor seconds of a call, after one that warms up."""
    action(over[0])
    return statistics.median(spent(lambda one=one: action(one)) for one in over)


def read_limit(nbytes: int) -> float:
    """Seconds that one core needs to read so many bytes in a matrix-vector product."""
    block = np.ones((160_000, DIMENSIONS), np.float32)
    vector = np.ones(DIMENSIONS, np.float32)
    return nbytes / block.nbytes * min(spent(lambda: block.dot(vector)) for _ in range(9))


def measure(many: int) -> list[Figure]:
    """All figures at a size, one kind of index after the other, so that memory holds one."""
    brute, dense = _dense(many)
    found = [*_sparse(many, brute), *dense, *_adding(many)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1e3
    shown = f"{peak / 1e9:.1f} GB"
    return [*found, Figure("", "largest memory of this process", peak, None, shown)]


def _dense(many: int) -> tuple[float, list[Figure]]:
    """Seconds of brute force, and figures."""
    held = vectors(many, DIMENSIONS)
    asked = list(vectors(QUERIES, DIMENSIONS, 77))
    limit = read_limit(held.nbytes)
    index = DenseIndex.build(np.arange(many), held)
    brute = typical(lambda one: _best(held @ one), asked)
    ours = typical(lambda one: index.top(one, K), asked)
    recall = statistics.mean(
        len({*_best(held @ one)} & {*index.top(one, K).keys}) / K for one in asked
    )
    return brute, [
        Figure("", "dense brute force", brute / limit, None, f"{1e3 * brute:.1f} ms, "
               f"{brute / limit:.2f} x memory-read limit"),
        Figure("R2", "dense exact over memory-read limit", ours / limit, 1.2,
               f"{ours / limit:.2f} ({1e3 * ours:.1f} ms of {1e3 * limit:.1f} ms)"),
        Figure("R2", f"recall@{K} of dense exact", recall, 1.0, f"{recall:.3f}", is_least=True),
    ]  # fmt: skip


def _sparse(many: int, brute: float) -> list[Figure]:
    given = texts(many)
    index = SparseIndex.build(
        np.arange(many), given.rows.indptr, given.rows.indices, given.rows.data
    )
    asked = [np.unique(one) for one in words(QUERIES, 100, QUERY_LENGTH)]
    bags = [Bag(one, np.ones(len(one))) for one in asked]
    ours = typical(lambda bag: index.top(bag, K), bags)
    wanted = np.zeros(VOCABULARY, np.float32)
    shares = []
    for bag in bags:
        wanted[:] = 0
        wanted[bag.terms] = 1
        shares.append(len({*_best(given.rows @ wanted)} & {*index.top(bag, K).keys}) / K)
    recall = statistics.mean(shares)
    features = given.rows.nnz / many
    return [
        Figure("R1", f"text top {K} over dense brute force", ours / brute, 0.25,
               f"{ours / brute:.2f} ({1e3 * ours:.1f} ms of {1e3 * brute:.1f} ms)"),
        Figure("R1", f"recall@{K} against scoring all", recall, 0.95, f"{recall:.3f}",
               is_least=True),
        *_stored(index, many, features),
    ]  # fmt: skip


def _stored(index: SparseIndex, many: int, features: float) -> list[Figure]:
    """Bytes on disk, with a rounded vector for each team, and how quickly that opens."""
    rounded = DenseIndex(MEANING, np.int8)
    for key, one in enumerate(vectors(1_000, MEANING)):
        rounded.add(key, one)
    with tempfile.TemporaryDirectory() as name:
        text, meaning = Path(name, "text"), Path(name, "meaning")
        index.save(text)
        rounded.merge()
        rounded.save(meaning)
        own, more = _bytes(text) / many, _bytes(meaning) / 1_000
        opened = spent(lambda: SparseIndex.open(text))
    return [
        Figure("R4", "index of a team, text and meaning", own + more, 1_300,
               f"{own + more:.0f} B ({own:.0f} B for {features:.0f} features, {more:.0f} B for "
               f"{MEANING} numbers)"),
        Figure("", "opening the index of texts", opened, None, f"{1e3 * opened:.1f} ms"),
    ]  # fmt: skip


def _adding(many: int) -> list[Figure]:
    """Adding and editing single teams in a large index and in a small one, in turns."""
    given = {size: texts(size) for size in (SMALL, many)}
    index = {
        size: SparseIndex.build(
            np.arange(size), each.rows.indptr, each.rows.indices, each.rows.data
        )
        for size, each in given.items()
    }
    new = [given[many].bag(one) for one in words(ADDED, 5, LENGTH)]
    seconds: dict[tuple[str, int], list[float]] = {}
    for number, bag in enumerate(new):
        for size, each in index.items():
            added = spent(lambda e=each, s=size, n=number, b=bag: e.add(s + n, b))
            edited = spent(lambda e=each, s=size, n=number, b=bag: e.replace(n * s // ADDED, b))
            seconds.setdefault(("adding", size), []).append(added)
            seconds.setdefault(("editing", size), []).append(edited)
    middle = {what: statistics.median(times) for what, times in seconds.items()}
    return [
        Figure("R3", f"{verb} a team at {many:,} over {SMALL:,}",
               middle[verb, many] / middle[verb, SMALL], 1.3,
               f"{middle[verb, many] / middle[verb, SMALL]:.2f} "
               f"({1e6 * middle[verb, many]:.0f} µs)")
        for verb in ("adding", "editing")
    ]  # fmt: skip


def _best(scores: Singles) -> NDArray[np.int64]:
    near = np.argpartition(scores, -K)[-K:]
    return near[np.argsort(-scores[near])]


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def report(console: Console, many: int) -> None:
    """Measure and print."""
    table = Table(title=f"Retrieval over {many:,} teams (processor time of one thread)")
    for name in ("", "what", "measured", "budget"):
        table.add_column(name)
    for figure in measure(many):
        sign = "≥" if figure.is_least else "≤"
        budget = "" if figure.budget is None else f"{sign} {figure.budget:,}"
        shown = figure.shown if figure.is_within else f"{figure.shown} !"
        table.add_row(figure.code, figure.name, shown, budget)
    console.print(table)
