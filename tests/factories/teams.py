"""Makers of teams for tests, through the verbs of the room."""

from __future__ import annotations

from datetime import datetime
from itertools import count

from sqlalchemy.orm import Session

from matchmaker.accounts import queries as accounts
from matchmaker.accounts.models import User
from matchmaker.kernel.actor import SYSTEM
from matchmaker.organizations.models import Organization
from matchmaker.teams import service
from matchmaker.teams.entries import Capabilities, Capacity, Profile, Project
from matchmaker.teams.models import EvidenceKind, MemberRole, Team

_numbers = count(1)


def make_team(
    session: Session,
    now: datetime,
    *,
    lead: User | None = None,
    organization: Organization | None = None,
    listed: bool = True,
    provenance: str = "own",
    **profile: object,
) -> Team:
    """A listed team; with ``lead``, that person represents it."""
    content: dict[str, object] = {"name_en": f"Team {next(_numbers)}", **profile}
    team = service.create(
        session, Profile(**content), actor=SYSTEM, now=now,  # type: ignore[arg-type]
        organization=organization, provenance=provenance,
    )  # fmt: skip
    team.is_listed = listed
    if lead is not None:
        service.join(session, team, lead, MemberRole.LEAD, actor=SYSTEM, now=now)
    session.commit()
    return team


def make_member(session: Session, now: datetime, team: Team, user: User) -> User:
    """Somebody with an account who is in a team."""
    service.join(session, team, user, actor=SYSTEM, now=now)
    session.commit()
    return user


def make_full_team(session: Session, now: datetime, lead: User) -> Team:
    """A team that has said everything: texts in both languages, tags, a project with a proof."""
    team = make_team(
        session, now, lead=lead,
        name_zh="視覺智造", name_en="Visionwright",
        profile_zh="印刷電路板瑕疵檢測，少量影像也能訓練。",
        profile_en="Defect inspection of circuit boards from few images.",
        wishes_en="No defence work.",
        city="臺中市", founded=2019,
    )  # fmt: skip
    actor = accounts.actor_of(session, lead)
    service.set_capabilities(
        session, team,
        Capabilities(
            domains=["semiconductor"], technologies=["defect_detection"], modalities=["image"]
        ),
        version=team.version, actor=actor, now=now,
    )  # fmt: skip
    service.set_capacity(
        session, team, Capacity(2, None, ["central"], ["zh-TW", "en"]),
        version=team.version, actor=actor, now=now,
    )  # fmt: skip
    service.add_project(
        session, team,
        Project(
            title_zh="AOI 假警報", title_en="AOI false alarms", body_zh="兩條產線。", year=2024,
            site="Taichung plant", results="12% → 4%", evidence=EvidenceKind.LETTER,
        ),
        version=team.version, actor=actor, now=now,
    )  # fmt: skip
    session.commit()
    return team
