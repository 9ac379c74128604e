"""From rows to what the recommender reads: texts in both languages, tags, KPIs, projects."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload, undefer

from matchmaker.challenges.models import Challenge
from matchmaker.kernel.localized import Localized
from matchmaker.matching import constraints
from matchmaker.matching.constraints import Rules
from matchmaker.matching.models import RecommendationRun
from matchmaker.matching.queries import MATCHED_STATES
from matchmaker.programs.models import Call
from matchmaker.recommender import ChallengeProfile, TeamProfile
from matchmaker.teams.models import Certificate, EvidenceKind, PastProject, Team

TEXTS = ("title", "summary", "background", "pain", "current_way", "wanted", "site")
CHALLENGE_TAGS = ("domains", "technologies", "modalities", "use_cases", "deployment")
TEAM_TAGS = ("domains", "technologies", "modalities")


@dataclass(frozen=True)
class ChallengeInput:
    """A challenge as a run reads it."""

    id: int
    version: int
    wanted: int
    profile: ChallengeProfile


@dataclass(frozen=True)
class TeamInput:
    """A team as a run reads it."""

    id: int
    version: int
    profile: TeamProfile


@dataclass(frozen=True)
class Inputs:
    """Everything that decides the outcome of a run."""

    challenges: Sequence[ChallengeInput]
    teams: Sequence[TeamInput]
    rules: Rules
    weights: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0

    @property
    def pairs(self) -> int:
        """How many pairs there are."""
        return len(self.challenges) * len(self.teams)

    def versions(self) -> dict[str, dict[str, int]]:
        """Which version of each row was read."""
        return {
            "challenges": {str(each.id): each.version for each in self.challenges},
            "teams": {str(each.id): each.version for each in self.teams},
        }

    def digest(self) -> str:
        """SHA-256 over all of it, whatever order the rows came in."""
        content = {
            "challenges": sorted((_plain(asdict(c)) for c in self.challenges), key=_by_id),
            "teams": sorted((_plain(asdict(t)) for t in self.teams), key=_by_id),
            "forbidden": sorted([*pair, code.value] for pair, code in self.rules.forbidden.items()),
            "absent": sorted([team, code.value] for team, code in self.rules.absent.items()),
            "pinned": sorted(list(pair) for pair in self.rules.pinned),
            "opinions": sorted([*pair, value] for pair, value in self.rules.opinions.items()),
            "weights": dict(self.weights),
            "seed": self.seed,
        }
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def read(session: Session, run: RecommendationRun) -> Inputs:
    """What a run is computed from, as it stands now. Eight statements."""
    call = session.get_one(Call, run.call_id)
    challenges = challenges_of(session, call.id)
    teams = teams_taking_part(session)
    return Inputs(
        [ChallengeInput(c.id, c.version, c.k_poc, challenge_profile(c)) for c in challenges],
        [TeamInput(t.id, t.version, team_profile(t)) for t in teams],
        constraints.rules_for(session, call, challenges, teams),
        weights={name: float(value) for name, value in run.weights.items()},
        seed=run.seed,
    )


def challenges_of(session: Session, call_id: int) -> list[Challenge]:
    """The challenges of a call that are matched, with all their texts. Two statements."""
    texts = ("background", "pain", "current_way", "wanted", "data_description")
    stmt = (
        select(Challenge)
        .where(Challenge.call_id == call_id, Challenge.state.in_(MATCHED_STATES))
        .options(
            *(undefer(getattr(Challenge, name)) for name in texts),
            selectinload(Challenge.kpis),
        )
        .order_by(Challenge.id)
    )
    return list(session.scalars(stmt))


def teams_taking_part(session: Session) -> list[Team]:
    """The listed teams with projects and certificates. Three statements."""
    stmt = (
        select(Team)
        .where(Team.is_listed.is_(True))
        .options(selectinload(Team.projects), selectinload(Team.certificates))
        .order_by(Team.id)
    )
    return list(session.scalars(stmt))


def teams_named(session: Session, team_ids: Sequence[int]) -> list[Team]:
    """Teams by their numbers, with projects and certificates. Three statements."""
    stmt = (
        select(Team)
        .where(Team.id.in_(team_ids))
        .options(selectinload(Team.projects), selectinload(Team.certificates))
        .order_by(Team.id)
    )
    return list(session.scalars(stmt))


def challenge_profile(challenge: Challenge) -> ChallengeProfile:
    """A challenge as the recommender reads it; confidential texts stay out."""
    record: dict[str, Any] = {
        "id": challenge.public_id,
        **{name: _both(getattr(challenge, name)) for name in TEXTS},
        "data": {"description": _both(challenge.data_description)},
        **{name: getattr(challenge, name) for name in CHALLENGE_TAGS},
    }
    record["wanted"] = _joined([challenge.wanted, *(kpi.name for kpi in challenge.kpis)])
    return ChallengeProfile.from_record(record)


def team_profile(team: Team) -> TeamProfile:
    """A team as the recommender reads it: profile, projects, certificates and tags."""
    return TeamProfile.from_record(
        {
            "id": team.public_id,
            "name": _both(team.name),
            "profile": _both(team.profile),
            "body": "\n".join(_certificate(held) for held in team.certificates),
            "projects": [_project(project) for project in team.projects],
            **{name: getattr(team, name) for name in TEAM_TAGS},
            "capacity": team.capacity,
            "languages": team.languages,
        }
    )


def _project(project: PastProject) -> dict[str, Any]:
    return {
        "title": _both(project.title),
        "body": _both(project.body),
        "site": project.site,
        "results": project.results,
        "evidence": project.evidence is not EvidenceKind.SELF,
    }


def _certificate(certificate: Certificate) -> str:
    return " ".join(part for part in (certificate.name, certificate.issuer) if part)


def _both(text: Localized) -> dict[str, str]:
    return {"zh_TW": text.zh_TW or "", "en": text.en or ""}


def _joined(texts: Iterable[Localized]) -> dict[str, str]:
    """Several texts as one, language by language, each on its own line."""
    known = list(texts)
    return {
        "zh_TW": "\n".join(text.zh_TW for text in known if text.zh_TW),
        "en": "\n".join(text.en for text in known if text.en),
    }


def _by_id(row: Mapping[str, Any]) -> int:
    return int(row["id"])


def _plain(value: Any) -> Any:
    """Sets as sorted lists, so that equal content has one form."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
