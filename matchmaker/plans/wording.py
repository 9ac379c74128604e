"""Rules of a plan as sentences: why it is impossible, what would help, what binds it."""

from __future__ import annotations

from collections.abc import Mapping

from matchmaker.kernel.i18n import Message, msg
from matchmaker.matching.lifecycle import OBSTACLE_WORDS, Obstacle
from matchmaker.plans.lifecycle import CAUSE_WORDS, Cause
from matchmaker.plans.repairs import EXCLUDED, Kind, Repair, Rule

HIDDEN = msg(
    "One of the rules concerns something that you have a conflict of interest with. Somebody else "
    "has to look at it."
)
Names = Mapping[int, str]


def clash(rule: Rule, challenges: Names, teams: Names) -> Message:
    """One rule as part of a reason why no plan exists."""
    challenge, team = _names(rule, challenges, teams)
    match rule.kind:
        case Kind.DEMAND_MIN if rule.challenge is None:
            return msg("All challenges together need more teams than there is room for.")
        case Kind.DEMAND_MIN:
            return msg("%(challenge)s needs no fewer teams than %(value)s.",
                       challenge=challenge, value=rule.value)  # fmt: skip
        case Kind.DEMAND_MAX:
            return msg("%(challenge)s takes no more teams than %(value)s.",
                       challenge=challenge, value=rule.value)  # fmt: skip
        case Kind.CAPACITY if rule.team is None:
            return msg("All teams together can take on no more challenges.")
        case Kind.CAPACITY:
            return msg("%(team)s takes no more challenges than %(value)s.",
                       team=team, value=rule.value)  # fmt: skip
        case Kind.PINNED:
            return msg("%(team)s must work on %(challenge)s: %(why)s",
                       team=team, challenge=challenge, why=_cause(rule.why))  # fmt: skip
        case Kind.FORBIDDEN if rule.team is not None:
            return msg("%(team)s must not work on %(challenge)s: %(why)s",
                       team=team, challenge=challenge, why=obstacle(rule.why))  # fmt: skip
        case Kind.FORBIDDEN:
            return msg("Teams that must not work on %(challenge)s: %(value)s.",
                       value=rule.value, challenge=challenge)  # fmt: skip
        case Kind.UNKNOWN:
            return msg("Teams of which the run holds no score for %(challenge)s: %(value)s.",
                       value=rule.value, challenge=challenge)  # fmt: skip


def repair(offered: Repair, challenges: Names, teams: Names) -> Message:
    """One change that would be enough for its reason."""
    rule = offered.rule
    challenge, team = _names(rule, challenges, teams)
    match rule.kind:
        case Kind.DEMAND_MIN if rule.challenge is None:
            return msg("Ask for fewer teams in all; too many by %(by)s.", by=offered.by)
        case Kind.DEMAND_MIN:
            return msg("Let %(challenge)s do with %(value)s instead of %(now)s.",
                       challenge=challenge, value=offered.value, now=rule.value)  # fmt: skip
        case Kind.DEMAND_MAX:
            return msg("Let %(challenge)s take up to %(value)s instead of %(now)s.",
                       challenge=challenge, value=offered.value, now=rule.value)  # fmt: skip
        case Kind.CAPACITY if rule.team is None:
            return msg("Find more room among the teams; short by %(by)s.", by=offered.by)
        case Kind.CAPACITY:
            return msg("Let %(team)s take up to %(value)s instead of %(now)s.",
                       team=team, value=offered.value, now=rule.value)  # fmt: skip
        case Kind.PINNED:
            return msg("Do not hold %(team)s fast for %(challenge)s.",
                       team=team, challenge=challenge)  # fmt: skip
        case Kind.FORBIDDEN:
            return msg("Let %(teams)s work on %(challenge)s after all.",
                       teams=_listed(offered, teams), challenge=challenge)  # fmt: skip
        case Kind.UNKNOWN:
            return msg("Compute a run that scores %(teams)s for %(challenge)s.",
                       teams=_listed(offered, teams), challenge=challenge)  # fmt: skip


def held(rule: Rule, teams: Names) -> Message:
    """A team that is taken up while more challenges would choose it."""
    return msg(
        "%(team)s takes no more challenges than %(value)s; challenges that would choose it too: "
        "%(times)s.",
        team=teams.get(rule.team or 0, ""),
        value=rule.value,
        times=rule.times,
    )


def obstacle(code: str | None) -> Message:
    """What keeps a pair out."""
    if code is None or code == EXCLUDED:
        return msg("It was excluded from this plan.")
    return OBSTACLE_WORDS[Obstacle(code)]


def _cause(code: str | None) -> Message:
    return CAUSE_WORDS[Cause(code)] if code else CAUSE_WORDS[Cause.LOCKED]


def _names(rule: Rule, challenges: Names, teams: Names) -> tuple[str, str]:
    return challenges.get(rule.challenge or 0, ""), teams.get(rule.team or 0, "")


def _listed(offered: Repair, teams: Names) -> str:
    keys = list(offered.pairs or {}) or [offered.rule.team or 0]
    return ", ".join(teams.get(key, "") for key in keys)
