"""Pairs of challenges and teams: computed, stored with their reasons, and decided by people.

Words: *run* – one stored, reproducible computation over a call; *recommendation* – one pair in a
run with its score, parts and reasons; *candidacy* – what people decided about a pair, which
outlives runs. The only room that imports the recommender.
"""
