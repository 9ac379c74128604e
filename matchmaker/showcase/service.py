"""Verbs on reported cases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker import taxonomy
from matchmaker.audit.service import record
from matchmaker.kernel import search
from matchmaker.kernel.actor import Actor
from matchmaker.kernel.errors import Invalid
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.localized import Localized
from matchmaker.kernel.permissions import require
from matchmaker.organizations.models import Organization
from matchmaker.showcase import policy as _policy  # noqa: F401 - registers its rules
from matchmaker.showcase.models import CaseGroup, ReportedCase
from matchmaker.teams.models import Team


def enter(
    session: Session,
    facts: Mapping[str, Any],
    *,
    source: Localized,
    owner: Organization | None,
    team: Team | None,
    actor: Actor,
    now: datetime,
) -> ReportedCase:
    """Enter a case with exactly the facts that its source states.

    ``facts`` is a record as in ``data/demo_cases.json``.

    Raises:
        NotAllowed: by the policy.
        Invalid: the case is entered already, or a term is not in the taxonomy.
    """
    require(actor, "reported_case.enter", None)
    _check(session, facts)
    case = ReportedCase(
        slug=facts["id"],
        group=CaseGroup(facts["group"]),
        programme=facts["programme"],
        stage=facts["stage"],
        kind=facts["kind"],
        title=_text(facts["title"]),
        problem=_text(facts["problem"]),
        collaboration=_text(facts["collaboration"]),
        solution=_text(facts["solution"]),
        site=_text(facts["site"]),
        owner_name=_text((facts["owner"] or {}).get("name")),
        solver_name=_text((facts["solver"] or {}).get("name")),
        owner_id=owner.id if owner else None,
        team_id=team.id if team else None,
        domains=list(facts["domains"]),
        technologies=list(facts["technologies"]),
        modalities=list(facts["modalities"]),
        kpis=list(facts["kpis"]),
        gaps=list(facts["gaps"]),
        note=facts.get("note"),
        source=source,
        published_at=now,
    )
    session.add(case)
    session.flush()
    sides = (case.title, case.problem, case.solution, case.owner_name, case.solver_name)
    search.remember(
        session, "reported_case", case.id, [t for side in sides for t in (side.zh_TW, side.en)]
    )
    record(
        session, "reported_case.enter", actor=actor, now=now, kind="reported_case",
        object_id=case.id, name=case.slug, after={"group": case.group.value},
    )  # fmt: skip
    return case


def _check(session: Session, facts: Mapping[str, Any]) -> None:
    if session.scalar(select(ReportedCase.id).where(ReportedCase.slug == facts["id"])):
        raise Invalid({"id": msg("This case is entered already.")})
    for kind in ("domains", "technologies", "modalities"):
        strange = taxonomy.unknown(kind, list(facts[kind]))
        if strange:
            raise Invalid({kind: msg("Unknown term: %(term)s.", term=strange[0])})


def _text(sides: Mapping[str, Any] | None) -> Localized:
    return Localized.from_json(dict(sides) if sides else None)
