"""Finding the few best of a million texts or vectors, without looking at all of them closely.

Words: a *key* is the caller's number of a team; a *row* is what is stored of it; a *layer* is a
frozen run of rows in the order of their keys; the *delta* holds what came since the last layer
was frozen; a *hit* is a key with its score.

- ``SparseIndex``: rows of weighted features. Looks at the most telling postings first, then
  scores some thousand candidates exactly from their stored rows.
- ``DenseIndex``: rows of numbers, compared with all of them block by block; exact.

Both add, replace and remove one row at the cost of that row, however many there are; both are
saved as files that open at once and are replaced as a whole; both decide between equal scores by
key. What a feature weighs is the caller's affair: statistics stay frozen while rows come and go.
"""

from matchmaker.recommender.retrieval.dense import DenseIndex
from matchmaker.recommender.retrieval.layers import Hits, Index
from matchmaker.recommender.retrieval.sparse import Bag, SparseIndex
from matchmaker.recommender.retrieval.storage import Damaged, read_arrays, write_arrays

__all__ = [
    "Bag",
    "Damaged",
    "DenseIndex",
    "Hits",
    "Index",
    "SparseIndex",
    "read_arrays",
    "write_arrays",
]
