"""Who is told when something happens to runs and pairs."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.accounts import queries as accounts
from matchmaker.challenges.models import Challenge
from matchmaker.challenges.policy import OWNERS
from matchmaker.kernel.actor import Role, Scope
from matchmaker.kernel.events import subscribe
from matchmaker.matching import events, letters
from matchmaker.matching.models import Candidacy, Recommendation, RecommendationRun
from matchmaker.notifications import notices
from matchmaker.notifications.letters import SITE
from matchmaker.notifications.outbox import Recipient, add
from matchmaker.notifications.telling import News, tell

TEAM_LEADS = frozenset({Role.TEAM_LEAD})


@subscribe(events.TeamInvited)
def invite_the_team(session: Session, event: events.TeamInvited) -> None:
    """Mail the invitation to the lead of the team, in the words that the preview showed."""
    candidacy = _candidacy(session, event.candidacy_id)
    leads = accounts.holders(session, Scope.TEAM, event.team_id, [Role.TEAM_LEAD])
    for user in leads:
        to = Recipient.of(user)
        letter = letters.invitation(
            candidacy, answer_by=event.answer_by, lang=to.lang, site_url=SITE
        )
        add(
            session, "team_invited", letter.subject, letter.body, to=to, now=event.at,
            unique_key=f"team_invited:{candidacy.id}:{event.at.timestamp()}:{user.id}",
            program_id=candidacy.challenge.call.program_id,
        )  # fmt: skip
    ids = [user.id for user in leads]
    notices.tell(session, ids, "team_invited", "invitation", candidacy.id, now=event.at)


@subscribe(events.PairShortlisted)
def tell_of_wish(session: Session, event: events.PairShortlisted) -> None:
    """Tell the programme office that an owner wishes for a team."""
    _tell_managers(session, "pair_shortlisted", event)


@subscribe(events.InterestShown)
def tell_of_interest(session: Session, event: events.InterestShown) -> None:
    """Tell the programme office that a team is interested."""
    _tell_managers(session, "interest_shown", event)


@subscribe(events.InvitationDeclined)
def tell_of_decline(session: Session, event: events.InvitationDeclined) -> None:
    """Tell the programme office that a team does not want to."""
    _tell_managers(session, "invitation_declined", event)


@subscribe(events.InvitationExpired)
def tell_of_silence(session: Session, event: events.InvitationExpired) -> None:
    """Tell the programme office that nobody answered."""
    candidacy = _candidacy(session, event.candidacy_id)
    managers = accounts.holders(
        session, Scope.PROGRAM, candidacy.challenge.call.program_id, [Role.PM]
    )
    tell(session, managers, News("invitation_expired", "pair", candidacy.id, event.at))


@subscribe(events.RunFinished)
def tell_whoever_asked(session: Session, event: events.RunFinished) -> None:
    """Tell whoever asked for a run that it has ended."""
    run = session.get_one(RecommendationRun, event.run_id)
    if run.requested_by is not None:
        notices.tell(session, [run.requested_by], "run_finished", "run", run.id, now=event.at)


@subscribe(events.RunPublished)
def tell_both_sides(session: Session, event: events.RunPublished) -> None:
    """Tell owners and teams that there is something to look at; by notice, not by mail."""
    pairs = session.execute(
        select(Recommendation.challenge_id, Recommendation.team_id, Challenge.organization_id)
        .join(Recommendation.challenge)
        .where(Recommendation.run_id == event.run_id, Recommendation.rank.is_not(None))
    ).all()
    owner_of = {challenge_id: organization_id for challenge_id, _team, organization_id in pairs}
    owners = _by_thing(session, Scope.ORGANIZATION, set(owner_of.values()), OWNERS)
    teams = _by_thing(session, Scope.TEAM, {team_id for _c, team_id, _o in pairs}, TEAM_LEADS)
    for challenge_id, organization_id in owner_of.items():
        notices.tell(
            session, owners.get(organization_id, []), "recommendations_for_challenge", "matches",
            challenge_id, now=event.at,
        )  # fmt: skip
    for team_id, people in teams.items():
        notices.tell(
            session, people, "recommendations_for_team", "recommendations", team_id, now=event.at
        )


def _by_thing(
    session: Session, scope: Scope, ids: set[int], roles: frozenset[Role]
) -> dict[int, list[int]]:
    """Active holders of the roles, thing by thing. One statement."""
    found: dict[int, list[int]] = {}
    for thing_id, user_id in accounts.holder_ids(session, scope, ids, roles):
        found.setdefault(thing_id, []).append(user_id)
    return found


def _tell_managers(
    session: Session,
    kind: str,
    event: events.PairShortlisted | events.InterestShown | events.InvitationDeclined,
) -> None:
    candidacy = _candidacy(session, event.candidacy_id)
    managers = accounts.holders(
        session, Scope.PROGRAM, candidacy.challenge.call.program_id, [Role.PM]
    )
    tell(session, managers, News(kind, "pair", candidacy.id, event.at), but=event.actor_id)


def _candidacy(session: Session, candidacy_id: int) -> Candidacy:
    """A pair with all that the words about it need. One statement."""
    return session.execute(
        select(Candidacy)
        .where(Candidacy.id == candidacy_id)
        .options(
            joinedload(Candidacy.challenge).joinedload(Challenge.call),
            joinedload(Candidacy.challenge).joinedload(Challenge.organization),
            joinedload(Candidacy.team),
        )
    ).scalar_one()
