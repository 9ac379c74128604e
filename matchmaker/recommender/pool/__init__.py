"""Large pools of teams: texts read once, kept as plain arrays, asked about in milliseconds.

Words: *statistics* are what the weights of words rest on – how many texts hold each feature, how
many teams show each concept – and stay frozen once they are made; a *part* holds teams as arrays,
weighed by such statistics; a *pool* is a large part and a small one for teams that came or changed
later; a *slice* is a handful of its teams as an index that scores and explains them.

For each challenge the pool picks candidates – by the words in the postings, by concepts, and all
pairs that a rule or an opinion names – and scores these exactly as ``TeamIndex`` would. Adding or
changing a team costs what that team costs.
"""

from matchmaker.recommender.pool.frozen import frozen, matcher_by
from matchmaker.recommender.pool.part import Part
from matchmaker.recommender.pool.pool import Pool
from matchmaker.recommender.pool.slices import Slice
from matchmaker.recommender.pool.statistics import Statistics

__all__ = ["Part", "Pool", "Slice", "Statistics", "frozen", "matcher_by"]
