"""What is missing between a challenge and a team, or is not known: the other side of a reason."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from matchmaker.recommender.parts import asked_in, facet
from matchmaker.recommender.records import ChallengeProfile, TeamProfile

Params = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that speaks against a pair or is not known."""

    code: str
    params: Params = field(default_factory=dict)


def gaps(
    challenge: ChallengeProfile,
    team: TeamProfile,
    shown: frozenset[str],
    languages: tuple[set[str], set[str]],
) -> list[Gap]:
    """Everything missing.

    Args:
        shown: concepts the team declares or names.
        languages: those the challenge and the team are really written in.
    """
    return [
        *_missing_concepts(challenge, shown),
        *_missing_proof(team),
        *_missing_words(*languages),
    ]


def _missing_concepts(challenge: ChallengeProfile, shown: frozenset[str]) -> Iterator[Gap]:
    missing = [c for c in asked_in(challenge.concepts, "capability") if c not in shown]
    if missing:
        yield Gap("gap.capability", {"concepts": tuple(missing)})
    domains = sorted(c for c in challenge.concepts if facet(c) == "domains")
    if domains and not shown.intersection(domains):
        yield Gap("gap.domain", {"concepts": tuple(domains)})


def _missing_words(asked: set[str], told: set[str]) -> Iterator[Gap]:
    if told and asked and not told & asked:
        yield Gap("gap.language")


def _missing_proof(team: TeamProfile) -> Iterator[Gap]:
    projects = [item for item in team.items if item.key != "profile"]
    if not projects:
        yield Gap("gap.projects")
    else:
        if not any(project.has_site for project in projects):
            yield Gap("gap.site")
        if not any(project.has_result and project.has_evidence for project in projects):
            yield Gap("gap.results")
    if team.capacity is None:
        yield Gap("gap.capacity_unknown")
    elif team.capacity <= 0:
        yield Gap("gap.capacity")
