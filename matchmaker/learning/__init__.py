"""Ranking models: weights learnt from people's decisions, measured, used where they win.

Words: a *model* is a set of weights with its card; *training* makes one from decisions; a model
that won is a *candidate*, the one in use is *active*, one that did not win is *rejected*.
"""
