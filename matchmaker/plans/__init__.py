"""Cohort plans: which teams each challenge of a call gets, all challenges considered together.

Words: a *plan* is one solved version with the numbers it was asked to keep; its *base* is the
version it was changed from; a pair is *planned* or a *reserve*; a *wish* of the programme office
*locks* a pair or *excludes* it from the next version; *attainment* is what a challenge gets,
divided by what it would get choosing alone. Scores come from a run of ``matching``, whose hard
rules hold here too; ``recommender.assignment`` solves. ``solving`` loads it and is for those who
compute; all other modules here start quickly.
"""
