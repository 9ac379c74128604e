"""Verbs on proposals."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matchmaker.audit.service import record
from matchmaker.challenges.models import Challenge
from matchmaker.kernel.actor import Actor
from matchmaker.kernel.errors import Invalid, Stale, WrongState
from matchmaker.kernel.events import publish
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.permissions import require
from matchmaker.kernel.text import clean
from matchmaker.programs.models import Window
from matchmaker.proposals import award_policy as _award_policy  # noqa: F401 - registers its rules
from matchmaker.proposals import eligibility, guards, policy, queries
from matchmaker.proposals.content import (
    RATIO,
    Content,
    Kpis,
    People,
    Section,
    SectionContent,
    Share,
)
from matchmaker.proposals.events import (
    ProposalReturned,
    ProposalStarted,
    ProposalSubmitted,
    ProposalWithdrawn,
)
from matchmaker.proposals.lifecycle import PROPOSAL
from matchmaker.proposals.models import ConfidentialityAcceptance, Proposal, ProposalVersion
from matchmaker.proposals.policy import Intake, Sight
from matchmaker.proposals.recording import freeze, note, remember, same
from matchmaker.teams.engagement import fixes_members
from matchmaker.teams.models import Team

LONGEST_REASON = 1000


def start(
    session: Session,
    challenge: Challenge,
    team: Team,
    *,
    actor: Actor,
    now: datetime,
    provenance: str = "own",
) -> Proposal:
    """Begin a team's answer to a challenge; only the team knows of it.

    Raises:
        NotAllowed: the actor is not in the team.
        WrongState: the challenge is not open, or the team has a living proposal for it.
        Invalid: the team may not take part at all.
    """
    require(actor, "proposal.start", team)
    if challenge.window(now) is not Window.OPEN:
        raise WrongState(msg("The challenge takes no proposals at the moment."))
    guards.refuse_unmet(eligibility.checks(session, challenge, team), at_start=True)
    people = [Share(name=m.name) for m in queries.current_members(session, team.id)]
    proposal = Proposal(
        challenge=challenge,
        team=team,
        content=Content(people=People(tuple(people))).to_json(),
        created_at=now,
        created_by=actor.user_id,
        edited_at=now,
        edited_by=actor.user_id,
        provenance=provenance,
    )
    _insert(session, proposal)
    remember(session, proposal)
    note(
        session, "proposal.start", proposal, actor=actor, now=now, in_team=True,
        after={"state": proposal.state.value},
    )  # fmt: skip
    publish(
        session,
        ProposalStarted(proposal.id, challenge.id, team.id, actor.user_id, now),
    )
    return proposal


def save(
    session: Session,
    proposal: Proposal,
    part: SectionContent,
    *,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep one section of the draft; people may work on different sections at once.

    ``version`` is what :meth:`Proposal.edition` said of the section when its editor opened it.

    Raises:
        NotFound, NotAllowed: by the policy.
        WrongState: it is handed in, or the challenge has closed.
        Stale: somebody saved the section since ``version``.
        Invalid: entries that cannot be accepted.
    """
    proposal = queries.locked(session, proposal)
    guards.require_editing(actor, proposal, part.section, now=now)
    if proposal.edition(part.section) != version:
        raise Stale
    problems = part.problems()
    if isinstance(part, Kpis):
        ratios = {kpi.id for kpi in proposal.challenge.kpis if kpi.unit == RATIO}
        problems |= part.beyond_whole(ratios)
    if problems:
        raise Invalid(problems)
    before = getattr(Content.of(proposal.content), part.section)
    part = part.tidied().edited_from(before, by=actor.user_id, at=now)
    proposal.content = {**proposal.content, part.section.value: part.to_json()}
    proposal.edits = {**proposal.edits, part.section.value: version + 1}
    if part.section is Section.ANSWER:
        proposal.title = Content.of(proposal.content).answer.title
    guards.touch(proposal, actor=actor, now=now)
    session.flush()
    if part.section is Section.ANSWER:
        remember(session, proposal)


def snapshot(
    session: Session, proposal: Proposal, *, actor: Actor, now: datetime
) -> ProposalVersion:
    """Keep the draft as a numbered version to compare with later.

    Raises:
        NotFound, NotAllowed: by the policy.
        WrongState: nothing changed since the last version.
    """
    proposal = queries.locked(session, proposal)
    guards.require(actor, "proposal.edit", Sight(proposal, now))
    last = queries.versions(session, proposal, handed_in=False)[:1]
    files = queries.attachments(session, proposal)
    if last and same(last[0], proposal.content, files):
        raise WrongState(msg("Nothing has changed since the last version."))
    version = freeze(session, proposal, actor=actor, now=now, submitted=False)
    note(
        session, "proposal.snapshot", proposal, actor=actor, now=now, in_team=True,
        after={"version": version.number, "sha256": version.digest},
    )  # fmt: skip
    return version


def submit(
    session: Session,
    proposal: Proposal,
    *,
    version: int,
    accepts_terms: bool,
    actor: Actor,
    now: datetime,
) -> ProposalVersion:
    """Hand the proposal in: what it says now becomes a version that nobody can change.

    The closing time is read inside the transaction that writes, from locked rows; ``now`` is the
    instant at which the request arrived at the server, and the closing instant itself is late.

    Raises:
        NotFound, NotAllowed: the actor does not lead the team.
        WrongState: it is handed in already, or it is too late.
        Stale: somebody changed the proposal since ``version``.
        Invalid: the terms are not accepted, something is missing, or a rule is not met.
    """
    proposal = queries.locked(session, proposal)
    guards.require(actor, "proposal.submit_before_close", Sight(proposal, now))
    guards.refuse_late(proposal, now)
    if proposal.version != version:
        raise Stale
    guards.refuse_unready(session, proposal, accepts_terms)
    before = proposal.state
    frozen = freeze(session, proposal, actor=actor, now=now, submitted=True)
    proposal.state = PROPOSAL.after(before, "submit")
    proposal.submitted_at, proposal.submitted_by = now, actor.user_id
    proposal.submitted_version = frozen.number
    proposal.terms_accepted_at, proposal.terms_accepted_by = now, actor.user_id
    proposal.requested, proposal.info_due_at = [], None
    guards.touch(proposal, actor=actor, now=now)
    session.flush()
    remember(session, proposal)
    note(
        session, "proposal.submit", proposal, actor=actor, now=now, before={"state": before.value},
        after={"state": proposal.state.value, "version": frozen.number, "sha256": frozen.digest},
    )  # fmt: skip
    publish(session, ProposalSubmitted(*_who(proposal, actor, now), frozen.number))
    return frozen


def return_to_draft(session: Session, proposal: Proposal, *, actor: Actor, now: datetime) -> None:
    """Take back what was handed in, to change it while the challenge is open; versions stay.

    Raises:
        NotFound, NotAllowed: the actor does not lead the team.
        WrongState: it is not handed in, or the challenge has closed.
    """
    proposal = queries.locked(session, proposal)
    guards.require(actor, "proposal.return_to_draft_before_close", Sight(proposal, now))
    guards.refuse_late(proposal, now)
    before, version = proposal.state, proposal.submitted_version
    proposal.state = PROPOSAL.after(before, "return_to_draft")
    proposal.submitted_at = proposal.submitted_by = proposal.submitted_version = None
    guards.touch(proposal, actor=actor, now=now)
    session.flush()
    note(
        session, "proposal.return_to_draft", proposal, actor=actor, now=now,
        before={"state": before.value, "version": version}, after={"state": proposal.state.value},
    )  # fmt: skip
    publish(session, ProposalReturned(*_who(proposal, actor, now)))


def withdraw(
    session: Session, proposal: Proposal, *, reason: str = "", actor: Actor, now: datetime
) -> None:
    """Give the proposal up; the team may begin another one while the challenge is open.

    Raises:
        NotFound, NotAllowed: the actor does not lead the team.
        WrongState: it is decided on, or gone already.
        Invalid: the reason is too long.
    """
    proposal = queries.locked(session, proposal)
    guards.require(actor, "proposal.withdraw", Sight(proposal, now))
    text = clean(reason)
    if len(text) > LONGEST_REASON:
        raise Invalid({"reason": msg("Use at most %(n)s characters.", n=str(LONGEST_REASON))})
    if not PROPOSAL.allows(proposal.state, "withdraw"):
        raise WrongState(msg("The decision is being prepared. Ask the programme office instead."))
    before, was_handed_in = proposal.state, policy.was_seen(proposal)
    proposal.state = PROPOSAL.after(before, "withdraw")
    proposal.withdrawn_at, proposal.withdrawn_reason = now, text or None
    guards.touch(proposal, actor=actor, now=now)
    session.flush()
    note(
        session, "proposal.withdraw", proposal, actor=actor, now=now, reason=text or None,
        before={"state": before.value}, after={"state": proposal.state.value},
        in_team=not was_handed_in,
    )  # fmt: skip
    publish(session, ProposalWithdrawn(*_who(proposal, actor, now), was_handed_in))


def promise_confidentiality(
    session: Session, challenge: Challenge, *, actor: Actor, now: datetime
) -> None:
    """Keep the proposals to one's own challenge to oneself; doing so twice changes nothing.

    Raises:
        NotFound, NotAllowed: not a lead of the problem owner, or the challenge has not closed.
    """
    require(actor, "proposal.promise_confidentiality", Intake(challenge, now))
    promised = session.get(ConfidentialityAcceptance, (challenge.id, actor.user_id))
    if promised is not None:
        return
    session.add(
        ConfidentialityAcceptance(challenge_id=challenge.id, user_id=actor.user_id, accepted_at=now)
    )
    session.flush()
    record(
        session, "proposal.promise_confidentiality", actor=actor, now=now, kind="challenge",
        object_id=challenge.id, name=challenge.key, program_id=challenge.call.program_id,
    )  # fmt: skip


def _insert(session: Session, proposal: Proposal) -> None:
    """Add it; the database decides whether the team has a living one already."""
    try:
        with session.begin_nested():
            session.add(proposal)
    except IntegrityError:
        raise WrongState(
            msg("Your team has a proposal for this challenge already. Go on with that one.")
        ) from None


def _who(
    proposal: Proposal, actor: Actor, now: datetime
) -> tuple[int, int, int, int | None, datetime]:
    return proposal.id, proposal.challenge_id, proposal.team_id, actor.user_id, now


@fixes_members
def stands_in_a_closed_call(session: Session, team_id: int, now: datetime) -> bool:
    """The people of a team stay as they were handed in, once the challenge has closed."""
    return queries.stands_in_closed_challenge(session, team_id, now)
