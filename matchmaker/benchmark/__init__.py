"""Measures how well a scorer ranks teams on challenges whose right answers are known.

A library that imports nothing of ours: the scorer comes in as a function of records
``(challenges, teams) -> array (n_challenges, n_teams)``, larger is better. Words: a *judgement*
is a grade 0–3 of one pair; grade 2 and 3 count as right.

- ``measure(scores, grades)`` → ``Figures``: nDCG@10, MRR, recall@5, recall@10, hit@1, each with a
  bootstrap interval over challenges. ``Figures.means()`` gives the bare numbers.
- ``grade_matrix(challenges, teams, judgements)`` → array from records.
- ``compare(first, second, …)`` → paired bootstrap of a difference.
- ``kendall_tau(first, second)`` and ``shared_best`` say how alike two rankings are.
- ``batch_dependence(scorer, challenges, teams)`` → 0 when a challenge scores alone as in a batch.
- ``random_scores(seed)``, ``character_scores``, ``word_scores`` and ``bm25_scores`` are the
  baselines beside which figures stand.
"""

from matchmaker.benchmark.agreement import kendall_tau, shared_best
from matchmaker.benchmark.baselines import (
    bm25_scores,
    character_scores,
    random_scores,
    word_scores,
)
from matchmaker.benchmark.intervals import Difference, Estimate, compare, estimate
from matchmaker.benchmark.ranking import (
    Figures,
    batch_dependence,
    grade_matrix,
    measure,
    ndcg,
    order_of,
    recall,
    reciprocal_rank,
)

__all__ = [
    "Difference",
    "Estimate",
    "Figures",
    "batch_dependence",
    "bm25_scores",
    "character_scores",
    "compare",
    "estimate",
    "grade_matrix",
    "kendall_tau",
    "measure",
    "ndcg",
    "order_of",
    "random_scores",
    "recall",
    "reciprocal_rank",
    "shared_best",
    "word_scores",
]
