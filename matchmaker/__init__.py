"""Matchmaker pairs AI problems with the teams that can solve them and says why."""

__version__ = "0.1.0"
