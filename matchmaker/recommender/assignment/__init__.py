"""Gives each challenge its teams, all at once: the best plan that keeps every rule."""

from matchmaker.recommender.assignment.solving import assign

__all__ = ["assign"]
