"""What every move of a proposal leaves behind: search entry, audit entry, event, version.

The audit record never holds words of a proposal. What only the team may know (drafts) is written
without the programme, so that a programme manager does not read it there either.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.audit.service import record
from matchmaker.kernel import search
from matchmaker.kernel.actor import Actor
from matchmaker.proposals import queries
from matchmaker.proposals.content import Content
from matchmaker.proposals.models import Attachment, Proposal, ProposalVersion


def note(
    session: Session,
    action: str,
    proposal: Proposal,
    *,
    actor: Actor,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str | None = None,
    in_team: bool = False,
) -> None:
    """Write an entry about a proposal; ``in_team`` keeps it from the programme manager."""
    record(
        session, action, actor=actor, now=now, kind="proposal", object_id=proposal.id,
        name=proposal.key, before=before, after=after, reason=reason,
        program_id=None if in_team else proposal.challenge.call.program_id,
    )  # fmt: skip


def remember(session: Session, proposal: Proposal) -> None:
    """Make a proposal findable by its title, its summary, its team and its challenge."""
    summary = Content.of(proposal.content).answer.summary
    team, challenge = proposal.team, proposal.challenge
    texts = [proposal.ref, team.ref, challenge.ref]
    for each in (proposal.title, summary, team.name, challenge.title):
        texts += [each.zh_TW, each.en]
    search.remember(session, "proposal", proposal.id, texts)


def freeze(
    session: Session, proposal: Proposal, *, actor: Actor, now: datetime, submitted: bool
) -> ProposalVersion:
    """Keep what the proposal says now as its next version, with the people of the team."""
    version = ProposalVersion(
        proposal=proposal,
        number=_next_number(session, proposal),
        content={
            **proposal.content,
            "attachments": [facts_of(file) for file in queries.attachments(session, proposal)],
        },
        people=_people(session, proposal),
        saved_at=now,
        saved_by=actor.user_id,
        was_submitted=submitted,
    )
    version.digest = hashlib.sha256(version.sealed_bytes).hexdigest()
    session.add(version)
    session.flush()
    return version


def facts_of(file: Attachment) -> dict[str, Any]:
    """What a version keeps of a file; the hash binds the content."""
    return {
        "id": file.public_id, "name": file.name, "kind": file.kind, "size": file.size,
        "sha256": file.sha256, "document": file.document,
    }  # fmt: skip


def same(one: ProposalVersion, content: Mapping[str, Any], files: Iterable[Attachment]) -> bool:
    """Whether a version says exactly this."""
    kept = {**content, "attachments": [facts_of(file) for file in files]}
    return one.content == kept


def _people(session: Session, proposal: Proposal) -> list[dict[str, Any]]:
    return [
        {"user_id": m.user_id, "name": m.name, "title": m.title, "role": m.role.value}
        for m in queries.current_members(session, proposal.team_id)
    ]


def _next_number(session: Session, proposal: Proposal) -> int:
    stmt = select(func.max(ProposalVersion.number)).where(
        ProposalVersion.proposal_id == proposal.id
    )
    return (session.scalar(stmt) or 0) + 1
