"""Gives each challenge its teams, all at once: the best plan that keeps every rule.

Ranking each challenge alone sends everybody to the same few teams. Here all challenges choose
together, under how many teams each wants and how many challenges each team can take on.

The interface, kept stable (matrices are challenges × teams):

- ``assign(affinity, demand_min=, demand_max=, capacity=, forbidden=, pinned=, objective=,
  previous=, …)`` → ``Assignment``: ``assigned``, ``status``, ``total`` with ``bound`` and
  ``gap``, ``challenge_score``, ``attainment``, ``team_load``, ``reserve``, ``levels``; when no
  plan exists ``reasons``, ``binding`` (the codes of the first) and ``relaxations``.
- ``explain(plan, challenge, team, affinity, …)`` → why a pair is in or out, and what the other
  way would cost. ``compare(before, after)`` → who gains and who loses. ``use_of_teams(plan, …)``
  → load, room and demand of each team. ``reserve_list(problem, chosen, most)``.
- ``reason_said(problem, reason)``, ``repair_said(problem, repair)`` → ``Said(code, params)``;
  ``SENTENCES[code]`` is the msgid, ``say(said.named(challenges, teams), lang)`` the sentence.

Nothing here knows that rows are challenges: reviewers for proposals are assigned the same way.
Everything but the words loads the solver, so it is loaded when first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from matchmaker.recommender.assignment.rules import EVERY, Kind, Rule
from matchmaker.recommender.assignment.wording import SENTENCES, Said, say

if TYPE_CHECKING:
    from matchmaker.recommender.assignment.facts import reason_said, repair_said
    from matchmaker.recommender.assignment.feasibility import Repair, can_hold
    from matchmaker.recommender.assignment.leximin import Level
    from matchmaker.recommender.assignment.problem import Problem, problem_of
    from matchmaker.recommender.assignment.reasons import Reason
    from matchmaker.recommender.assignment.results import Assignment, Status, reserve_list
    from matchmaker.recommender.assignment.solving import assign
    from matchmaker.recommender.assignment.telling import (
        Comparison,
        Use,
        compare,
        explain,
        use_of_teams,
    )

__all__ = [
    "EVERY",
    "SENTENCES",
    "Assignment",
    "Comparison",
    "Kind",
    "Level",
    "Problem",
    "Reason",
    "Repair",
    "Rule",
    "Said",
    "Status",
    "Use",
    "assign",
    "can_hold",
    "compare",
    "explain",
    "problem_of",
    "reason_said",
    "repair_said",
    "reserve_list",
    "say",
    "use_of_teams",
]

PLACES = {
    "Assignment": "results", "Status": "results", "reserve_list": "results",
    "Comparison": "telling", "Use": "telling", "compare": "telling", "explain": "telling",
    "use_of_teams": "telling", "Level": "leximin", "Problem": "problem", "problem_of": "problem",
    "Reason": "reasons", "Repair": "feasibility", "can_hold": "feasibility", "assign": "solving",
    "reason_said": "facts", "repair_said": "facts",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in PLACES:
        raise AttributeError(name)
    return getattr(importlib.import_module(f"{__name__}.{PLACES[name]}"), name)
