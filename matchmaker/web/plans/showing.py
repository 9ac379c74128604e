"""Plans as templates want them: rows with words, cells with steps of one hue, reasons as lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from matchmaker.kernel import formats
from matchmaker.kernel.i18n import Message
from matchmaker.matching.constraints import PairIds
from matchmaker.plans import queries, repairs, wording
from matchmaker.plans.lifecycle import CAUSE_WORDS, Objective, Role, WishKind
from matchmaker.plans.models import Plan, PlanWish
from matchmaker.plans.policy import Sight
from matchmaker.plans.repairs import Kind, Reason, Repair, Rule
from matchmaker.plans.sheet import Figures, Matrix, Row, TeamPlace
from matchmaker.web import door, languages
from matchmaker.web.matching import showing

STEPS = (0.2, 0.3, 0.4, 0.5)  # a cell is darker from each of these scores on; fair is 0.4
BINDING_SHOWN = 6
ALL_OF_IT = 0.9995
EXACT = 1e-6  # a smaller gap is none


@dataclass(frozen=True)
class Context:
    """What the rows of one plan are shown with: wishes and troubles by pair."""

    wishes: Mapping[PairIds, PlanWish]
    troubles: Mapping[PairIds, Message]
    may_wish: bool


def row(found: Row, context: Context) -> dict[str, Any]:
    """One challenge with its teams."""
    came_off = found.came_off
    return {
        "challenge": found.challenge,
        "name": found.challenge.ref or _("not public yet"),
        "least": came_off.least,
        "most": came_off.most,
        "filled": came_off.filled,
        "score": found.score,
        "attainment": found.attainment,
        "gets_all": found.attainment is not None and found.attainment >= ALL_OF_IT,
        "is_whole": found.is_whole,
        "planned": [place(each, context) for each in found.planned],
        "reserves": [place(each, context) for each in found.reserves],
    }


def place(found: TeamPlace, context: Context) -> dict[str, Any]:
    """One team with a challenge."""
    ids = (found.pair.challenge_id, found.pair.team_id)
    wish, recommendation = context.wishes.get(ids), found.recommendation
    reason = None
    if recommendation is not None and recommendation.is_explained:
        shown = showing.recommendation(recommendation, for_staff=True, most=1, quotes=0)
        reason = shown.reasons[0]["sentence"] if shown.reasons else None
    return {
        "team": found.team,
        "position": found.pair.position,
        "score": found.pair.score,
        "level": found.pair.band or "unknown",
        "reason": reason,
        "cause": CAUSE_WORDS[found.pair.cause] if found.pair.cause else None,
        "state": showing.state_of(found.candidacy, for_staff=True),
        "is_queued": found.candidacy is not None and found.candidacy.queued_at is not None,
        "is_planned": found.pair.role is Role.PLANNED,
        "is_locked": wish is not None and wish.kind is WishKind.LOCK,
        "excluded": wish if wish is not None and wish.kind is WishKind.EXCLUDE else None,
        "trouble": context.troubles.get(ids),
    }


def matrix(found: Matrix) -> dict[str, Any]:
    """The matrix with the step of each cell (0 lightest)."""
    return {
        "teams": found.teams,
        "rows": [
            {
                "challenge": row.challenge,
                "name": row.challenge.ref or _("not public yet"),
                "cells": [
                    {
                        "team": cell.team,
                        "score": cell.score,
                        "step": sum(cell.score >= step for step in STEPS)
                        if cell.score is not None
                        else None,
                        "is_planned": cell.role is Role.PLANNED,
                        "is_reserve": cell.role is Role.RESERVE,
                        "is_held_back": cell.is_held_back,
                    }
                    for cell in cells
                ],
            }
            for row, cells in found.rows
        ],
    }


def proof(plan: Plan, figures: Figures) -> str | None:
    """How good the plan is against what is possible; None for readers who do not see all of it."""
    if not figures.is_whole:
        return None
    gap = plan.outcome.get("gap")
    if plan.outcome.get("status") == "optimal":
        if plan.objective is Objective.FAIR:
            return _("Proven: no plan that keeps these rules leaves the worst-off better off.")
        if gap and gap > EXACT:
            return _(
                "Proven: no plan that keeps the old pairs as far as this one is better. One made "
                "from nothing could gain %(gap)s at most.",
                gap=formats.percent(gap, languages.current()),
            )
        return _("Proven: no plan that keeps these rules has a higher total.")
    if gap is None:
        return _("The best plan that was found; how much better one could be is not known.")
    return _(
        "The best plan that was found. A better one could gain %(gap)s at most.",
        gap=formats.percent(gap, languages.current()),
    )


def reasons(plan: Plan, sight: Sight, wishes: Mapping[PairIds, PlanWish]) -> list[dict[str, Any]]:
    """Why a plan is impossible, with what would help; what the reader may not see is not named."""
    found = repairs.reasons_of(plan)
    names = _Names([rule for reason in found for rule in _rules(reason)], sight)
    shown: list[dict[str, Any]] = []
    place = 0
    for reason in found:
        numbers = range(place, place + len(reason.repairs))
        place += len(reason.repairs)
        if not all(names.sees(rule) for rule in reason.rules):
            shown.append({"rules": [wording.HIDDEN], "repairs": []})
            continue
        shown.append(
            {
                "rules": [
                    wording.clash(rule, names.challenges, names.teams) for rule in reason.rules
                ],
                "repairs": [
                    _repair(each, number, names, wishes)
                    for number, each in zip(numbers, reason.repairs, strict=True)
                    if names.sees(each.rule)
                ],
            }
        )
    return shown


def binding(plan: Plan, sight: Sight) -> tuple[list[Message], int]:
    """The first rules that keep a plan from being better, and how many more there are."""
    found = repairs.binding_of(plan)
    names = _Names(found[: 4 * BINDING_SHOWN], sight)
    seen = [rule for rule in found[: 4 * BINDING_SHOWN] if names.sees(rule)][:BINDING_SHOWN]
    words = [wording.held(rule, names.teams) for rule in seen]
    return words, max(0, len(found) - len(seen))


def repair_words(repair: Repair, sight: Sight) -> Message:
    """One repair as the form shows it."""
    names = _Names([repair.rule, *_pairs(repair)], sight)
    return wording.repair(repair, names.challenges, names.teams)


def load_words(loads: Iterable[tuple[int, int]]) -> list[tuple[str, int]]:
    """How many teams get how many challenges, in words."""
    return [
        (
            ngettext("%(num)s challenge", "%(num)s challenges", load)
            if load
            else _("no challenge"),
            teams,
        )
        for load, teams in loads
    ]


class _Names:
    """References of what some rules speak of, as far as the reader may see it."""

    def __init__(self, rules: Sequence[Rule], sight: Sight):
        self._sight = sight
        wanted = {rule.challenge for rule in rules if rule.challenge is not None}
        self.found = queries.challenges_by_id(door.db(), wanted, sight)
        teams = {rule.team for rule in rules if rule.team is not None}
        self.of_teams = {
            team.id: team
            for team in queries.teams_by_id(door.db(), teams)
            if sight.sees_team(team.id)
        }
        lang = languages.current()
        self.challenges = {
            key: each.ref or each.title.best(lang)[0] for key, each in self.found.items()
        }
        self.teams = {
            key: f"{team.ref} {team.name.best(lang)[0]}" for key, team in self.of_teams.items()
        }

    def sees(self, rule: Rule) -> bool:
        return rule.is_seen(self._sight, self.found)


def _rules(reason: Reason) -> list[Rule]:
    return [
        *reason.rules,
        *(rule for each in reason.repairs for rule in (each.rule, *_pairs(each))),
    ]


def _pairs(repair: Repair) -> list[Rule]:
    """The pairs that a repair lets in, as rules of their own."""
    return [
        Rule(Kind.FORBIDDEN, repair.rule.challenge, team, None, why)
        for team, why in (repair.pairs or {}).items()
    ]


def _repair(
    repair: Repair, number: int, names: _Names, wishes: Mapping[PairIds, PlanWish]
) -> dict[str, Any]:
    """One repair: a number for the form, a wish to take back, or pairs to decide about."""
    rule = repair.rule
    pairs = [rule] if rule.kind is Kind.PINNED else _pairs(repair)
    if rule.kind is Kind.FORBIDDEN and rule.team is not None and not pairs:
        pairs = [rule]
    return {
        "words": wording.repair(repair, names.challenges, names.teams),
        "number": number if repair.is_number else None,
        "is_run": rule.kind is Kind.UNKNOWN,
        "pairs": [
            {
                "challenge": names.found[each.challenge],
                "team": names.of_teams[each.team],
                "has_wish": (each.challenge, each.team) in wishes,
                "why": wording.obstacle(each.why) if each.kind is Kind.FORBIDDEN else None,
            }
            for each in pairs
            if rule.kind is not Kind.UNKNOWN
            and each.challenge in names.found
            and each.team in names.of_teams
        ],
    }
